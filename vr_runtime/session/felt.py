"""What is known of how the patient feels, as far as safety asks: ratings, missed prompts, marks, the heart.

All of it is a person's word or a measured heart rate. The heart rate raises an alarm and nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from vr_runtime.protocol.course_events import Marked
from vr_runtime.protocol.events import (
    EventBody,
    RatingGiven,
    RatingMissed,
)
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import AgeBand, Observed, Rated, Reporter, Scale

SECOND = 1_000_000_000
JUMP_NS = 120 * SECOND
"""A rise of sickness counts when it came within so long (clinical.md 1.9)."""
FALL_S = 30
"""A fall of heart rate counts when it came within so many seconds (clinical.md 1.9)."""
HIGH_S = 60
"""A high heart rate counts after so many seconds (clinical.md 1.9)."""

_PATIENTS = (Reporter.PATIENT, Reporter.PATIENT_HEADSET, Reporter.VIRTUAL)


class Felt:
    """Told what happened; the supervisor reads what it means. ``blood_injection``: the protocol watches for the fall
    of heart rate before fainting."""

    def __init__(
        self, limits: SafetyLimits, *, blood_injection: bool = False, age: AgeBand = AgeBand.UNKNOWN
    ) -> None:
        self._limits = limits
        self._blood_injection = blood_injection
        # Tanaka et al. 2001: 208 - 0.7 * age. The band's youngest gives its highest limit: no alarm for nothing.
        self._high_bpm = 0.85 * (208.0 - 0.7 * age.youngest)
        self._sickness: list[tuple[int, float]] = []
        self._distress: list[float] = []
        self._missed = 0
        self._bpm: deque[float] = deque(maxlen=FALL_S + 1)
        self._bpm_ns: int | None = None
        self._high_s = 0
        self.sickness = 0
        """0: well enough; 1: warn; 2: nothing harder."""
        self.panic = False
        self.dissociated = False

    @property
    def distress_at_top(self) -> bool:
        """Two ratings in a row at the top of the scale, or a panic that was marked and nothing lower rated since."""
        last = self._distress[-2:]
        return self.panic or (len(last) == 2 and min(last) >= self._limits.distress_top)

    @property
    def unanswered(self) -> bool:
        return self._missed >= self._limits.unanswered

    @property
    def heart_falls(self) -> bool:
        """Only where the protocol watches for it: a fall within half a minute, or a rate below the limit."""
        if not self._blood_injection or not self._bpm:
            return False
        now = self._bpm[-1]
        return max(self._bpm) - now >= self._limits.heart_fall_bpm or now < self._limits.heart_low_bpm

    @property
    def heart_high(self) -> bool:
        return self._high_s >= HIGH_S

    def hear(self, events: Iterable[EventBody], now_ns: int) -> None:
        """What the session did and was told in a frame."""
        for body in events:
            if isinstance(body, RatingGiven):
                self._rated(body, now_ns)
            elif isinstance(body, RatingMissed):
                self._missed += 1
            elif isinstance(body, Marked):
                self.panic = self.panic or body.what is Observed.PANIC
                self.dissociated = self.dissociated or body.what is Observed.DISSOCIATION

    def heart(self, bpm: float | None, now_ns: int) -> None:
        """The heart rate now, or None where there is none to be trusted. One value a second is kept."""
        if self._bpm_ns is not None and now_ns - self._bpm_ns < SECOND:
            return
        self._bpm_ns = now_ns
        if bpm is None:
            self._bpm.clear()
            self._high_s = 0
            return
        self._bpm.append(bpm)
        self._high_s = self._high_s + 1 if bpm > self._high_bpm else 0

    def _rated(self, rating: RatingGiven, now_ns: int) -> None:
        if rating.reported_by in _PATIENTS:
            self._missed = 0
            self.dissociated = False
        if rating.what is Rated.DISTRESS:
            self._distress = [*self._distress[-1:], rating.value]
            if rating.value < self._limits.distress_top:
                self.panic = False
        elif rating.what is Rated.SICKNESS:
            raw = rating.raw if rating.scale is Scale.FMS_20 else rating.value / 5.0
            self._sickness = [(at, value) for at, value in self._sickness if now_ns - at <= JUMP_NS]
            jumped = any(raw - value >= self._limits.sickness_jump for _, value in self._sickness)
            self._sickness.append((now_ns, raw))
            if raw >= self._limits.sickness_block or jumped:
                self.sickness = 2
            else:
                self.sickness = 1 if raw >= self._limits.sickness_warn else 0
