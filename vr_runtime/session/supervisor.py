"""What safety demands of the session. Each demand can only tell, block, hold or lower.

A cause that grows older (a silent link, lost tracking) climbs through levels; a level once reached stays until the
whole cause has cleared. A cause that a person's word brings (sickness, distress, a mark) has the level that the last
word gave it, and only a person's word takes it back. What a demand did to the session stays until the therapist acts.
The heart rate tells people and does nothing else.
"""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.answers import AlarmState
from vr_runtime.protocol.events import DemandMade
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Cause, DemandKind, Refusal
from vr_runtime.session.alarms import PRIORITIES, REMEDIES, WORDS
from vr_runtime.session.clocks import Clocks
from vr_runtime.session.felt import Felt
from vr_runtime.session.frame import Inputs

STRENGTH = {kind: number for number, kind in enumerate(DemandKind)}
"""Demands by their strength: the order in which the enumeration names them, mildest first."""

_AT_ONCE = -1.0
_SLOW_S = 2.0
"""The mean age of what is not committed is that of about so long."""
_PACE_S = 0.5
"""The share of late frames is that of about so long."""


class Demand(NamedTuple):
    cause: Cause
    kind: DemandKind


class Block(NamedTuple):
    """Why nothing may be raised now."""

    reason: Refusal
    cause: Cause
    message: str


_REASONS = {
    Cause.LINK_SILENT: Refusal.LINK_SILENT,
    Cause.RECORD_FAILING: Refusal.RECORD_FAILING,
}


class Watch:
    """One cause and its levels: (age in seconds that must be exceeded, demand), rising."""

    __slots__ = ("age_s", "cause", "levels", "reached", "since_ns")

    def __init__(self, cause: Cause, *levels: tuple[float, DemandKind]) -> None:
        self.cause = cause
        self.levels = levels
        self.reached = 0
        self.age_s = 0.0
        self.since_ns = 0

    @property
    def kind(self) -> DemandKind | None:
        """The strongest demand in force."""
        return self.levels[self.reached - 1][1] if self.reached else None


class Supervisor:
    """Told the inputs of each frame; :attr:`demands`, :attr:`block` and :attr:`holding` hold until the next."""

    def __init__(self, limits: SafetyLimits, session_s: float | None = None) -> None:
        """``session_s``: after so long the session's time is told to be over; None: it has no end of its own."""
        self._limits = limits
        self._session_s = session_s
        hold = (
            (limits.tracking_hold_s, DemandKind.HOLD),
            (limits.tracking_safe_place_s, DemandKind.SAFE_PLACE),
        )
        self._link = Watch(
            Cause.LINK_SILENT,
            (limits.link_no_raise_s, DemandKind.BLOCK_RAISE),
            (limits.link_hold_s, DemandKind.HOLD),
            (limits.link_lower_s, DemandKind.LOWER),
            (limits.link_safe_place_s, DemandKind.SAFE_PLACE),
        )
        self._record = Watch(Cause.RECORD_FAILING, (_AT_ONCE, DemandKind.BLOCK_RAISE))
        self._tracking = Watch(Cause.TRACKING_LOST, *hold)
        self._headset = Watch(Cause.HEADSET_OFF, *hold)
        self._display = Watch(Cause.DISPLAY_LOST, *hold)
        self._flash = Watch(Cause.FLASH_GUARD, (_AT_ONCE, DemandKind.SAFE_PLACE))
        self._heart = Watch(Cause.SENSOR_STALE, (limits.heart_stale_s, DemandKind.ALERT))
        self._slow = Watch(Cause.RECORD_SLOW, (_AT_ONCE, DemandKind.ALERT))
        self._late = Watch(Cause.FRAMES_LATE, (limits.late_alert_s, DemandKind.ALERT))
        self._sickness = Watch(
            Cause.SICKNESS, (_AT_ONCE, DemandKind.ALERT), (_AT_ONCE, DemandKind.BLOCK_RAISE)
        )
        self._distress = Watch(Cause.DISTRESS, (_AT_ONCE, DemandKind.BLOCK_RAISE))
        self._unanswered = Watch(Cause.UNANSWERED, (_AT_ONCE, DemandKind.BLOCK_RAISE))
        self._dissociation = Watch(Cause.DISSOCIATION, (_AT_ONCE, DemandKind.SAFE_PLACE))
        self._heart_fall = Watch(Cause.HEART_FALL, (_AT_ONCE, DemandKind.ALERT))
        self._heart_high = Watch(Cause.HEART_HIGH, (_AT_ONCE, DemandKind.ALERT))
        self._head_on = Watch(Cause.TIME_ON_HEAD, (limits.head_on_s, DemandKind.ALERT))
        self._session = Watch(Cause.SESSION_TIME, (_AT_ONCE, DemandKind.ALERT))
        # In the order in which a refusal names them.
        self._watches = (
            self._link,
            self._record,
            self._flash,
            self._display,
            self._headset,
            self._tracking,
            self._dissociation,
            self._sickness,
            self._distress,
            self._unanswered,
            self._late,
            self._slow,
            self._heart_fall,
            self._heart,
            self._heart_high,
            self._head_on,
            self._session,
        )
        self._late_share = 0.0
        self._record_age_s = 0.0
        self._there_ns: dict[Cause, int] = {}
        self._sensed_ns: int | None = None
        self.block: Block | None = None
        self.holding: Cause | None = None
        """The cause of a demand to hold or more, or None."""

    @property
    def demands(self) -> tuple[Demand, ...]:
        """Every demand in force, by cause and rising strength."""
        return tuple(Demand(w.cause, kind) for w in self._watches for _, kind in w.levels[: w.reached])

    @property
    def alarms(self) -> tuple[AlarmState, ...]:
        """One for each cause, with its strongest demand."""
        return tuple(
            AlarmState(
                cause=w.cause,
                demand=w.kind,
                since_ns=w.since_ns,
                message=WORDS[w.cause],
                remedy=REMEDIES[w.cause],
                priority=PRIORITIES[w.cause],
            )
            for w in self._watches
            if w.reached
        )

    def update(self, inputs: Inputs, felt: Felt, clocks: Clocks) -> list[DemandMade]:
        """Look at one frame's inputs, at what is known of the patient, and at the clocks. Returns the demands that
        begin or end with it, in a fixed order."""
        changes: list[DemandMade] = []
        now = inputs.now_ns
        self._look(self._link, inputs.link_age_s, now, changes)
        self._look(self._record, None if inputs.record_ok else 0.0, now, changes)
        self._look(self._flash, 0.0 if inputs.flash_guard else None, now, changes)
        self._look(self._display, self._lost(Cause.DISPLAY_LOST, inputs.display_ok, now), now, changes)
        self._look(self._headset, self._lost(Cause.HEADSET_OFF, inputs.headset_on, now), now, changes)
        self._look(self._tracking, self._lost(Cause.TRACKING_LOST, inputs.tracking, now), now, changes)
        self._look(self._heart, inputs.heart_age_s, now, changes)
        self._look(self._late, self._lost(Cause.FRAMES_LATE, self._keeps_pace(inputs), now), now, changes)
        self._look(self._head_on, clocks.head_on_s, now, changes)
        over = self._session_s is not None and clocks.session_s >= self._session_s
        for watch, level in (
            (self._sickness, felt.sickness),
            (self._distress, int(felt.distress_at_top)),
            (self._unanswered, int(felt.unanswered)),
            (self._dissociation, int(felt.dissociated)),
            (self._heart_fall, int(felt.heart_falls)),
            (self._heart_high, int(felt.heart_high)),
            (self._session, int(over)),
            (self._slow, int(self._is_slow(inputs))),
        ):
            if level != watch.reached:
                self._set(watch, level, now, changes)
        self._sensed_ns = now
        if changes:
            self._conclude()
        return changes

    def _lost(self, cause: Cause, there: bool, now: int) -> float | None:
        """Seconds since the last frame that had it, None while it is there. The inputs hold what was sensed in the
        frame before, so the time counts from that one: a loss is never older than it is said to be, and the safe
        place never later than its limit by the frame in which the loss was noticed."""
        if there:
            self._there_ns[cause] = now if self._sensed_ns is None else self._sensed_ns
            return None
        return (now - self._there_ns.setdefault(cause, now)) / 1e9

    def _keeps_pace(self, inputs: Inputs) -> bool:
        """Whether fewer frames are late than the limit, over about the last half second."""
        share = min(1.0, max(0.0, inputs.dt_s) / _PACE_S)
        self._late_share += (float(inputs.late) - self._late_share) * share
        return self._late_share <= self._limits.late_share

    def _is_slow(self, inputs: Inputs) -> bool:
        """Whether what is not committed is older than the limit in the mean. Once told, it stays until the mean has
        fallen to half of it."""
        share = min(1.0, max(0.0, inputs.dt_s) / _SLOW_S)
        self._record_age_s += (inputs.record_age_s - self._record_age_s) * share
        limit_s = self._limits.record_slow_s * (0.5 if self._slow.reached else 1.0)
        return self._record_age_s > limit_s

    @staticmethod
    def _set(watch: Watch, level: int, now: int, changes: list[DemandMade]) -> None:
        """A person's word, or a measure, gives a cause its level."""
        if watch.reached == 0:
            watch.since_ns = now
        watch.age_s = (now - watch.since_ns) / 1e9
        while watch.reached < level:
            changes.append(_made(watch, watch.levels[watch.reached][1], active=True))
            watch.reached += 1
        while watch.reached > level:
            watch.reached -= 1
            changes.append(_made(watch, watch.levels[watch.reached][1], active=False))

    @staticmethod
    def _look(watch: Watch, age_s: float | None, now: int, changes: list[DemandMade]) -> None:
        if age_s is None or age_s <= watch.levels[0][0]:
            if watch.reached:
                for _, kind in watch.levels[: watch.reached]:
                    changes.append(_made(watch, kind, active=False))
                watch.reached = 0
            return
        watch.age_s = age_s
        if watch.reached == 0:
            watch.since_ns = now - int(age_s * 1e9)
        while watch.reached < len(watch.levels) and age_s > watch.levels[watch.reached][0]:
            changes.append(_made(watch, watch.levels[watch.reached][1], active=True))
            watch.reached += 1

    def _conclude(self) -> None:
        self.block = None
        self.holding = None
        for watch in self._watches:
            kind = watch.kind
            if kind is None or STRENGTH[kind] < STRENGTH[DemandKind.BLOCK_RAISE]:
                continue
            if self.block is None:
                self.block = Block(
                    _REASONS.get(watch.cause, Refusal.HELD),
                    watch.cause,
                    f"{WORDS[watch.cause]}: {REMEDIES[watch.cause]}",
                )
            if self.holding is None and STRENGTH[kind] >= STRENGTH[DemandKind.HOLD]:
                self.holding = watch.cause


def _made(watch: Watch, kind: DemandKind, *, active: bool) -> DemandMade:
    message = WORDS[watch.cause] if active else ""
    return DemandMade(cause=watch.cause, demand=kind, active=active, age_s=watch.age_s, message=message)
