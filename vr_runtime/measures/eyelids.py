"""Eyes closed, and blinks; only where the openness of the eyelids is told."""

from __future__ import annotations

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment
from vr_runtime.measures.settings import Settings

_LIDS = ("lid_closed", "lid_open", "eye_gap_s")
_CLOSURE = ("eye_closure_s", *_LIDS)

DEFINITIONS: dict[str, Definition] = {
    "eye_closure": Definition("s", "eye", "eye_closure/1", _CLOSURE, "each closing of the eyes"),
    "eye_closure_share": Definition("1", "eye", "eye_closure/1", _CLOSURE),
    "blink_rate": Definition(
        "1/min", "eye", "blink/1", ("blink_least_s", "blink_most_s", "rate_least_s", *_CLOSURE)
    ),
}

_SLACK = 0.1
"""A signal from 0 to 1 may overshoot by this much; what is farther off is none."""


class Eyelids:
    """A :class:`~vr_runtime.measures.moment.Measure`. Counts while a stimulus is shown."""

    def __init__(self, settings: Settings) -> None:
        self._s = settings
        self._gap_ns = round(settings.eye_gap_s * 1e9)
        self._last_ns: int | None = None
        self._closed_ns: int | None = None
        self.begin_step()

    def begin_step(self) -> None:
        self._first_ns: int | None = None
        self._exposed_s = self._observed_s = self._closed_s = 0.0
        self._blinks = self._longer = 0

    def leave_scene(self) -> None:
        self._last_ns = self._closed_ns = None

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        if not moment.exposed:
            self._end(out)
            self._last_ns = None
            return
        self._exposed_s += moment.dt_s
        openness, t_ns, last_ns = moment.openness, moment.t_ns, self._last_ns
        told = openness is not None and -_SLACK <= openness <= 1.0 + _SLACK
        joined = last_ns is not None and 0 < t_ns - last_ns <= self._gap_ns
        if not told or openness is None:
            if not joined and last_ns is not None:
                self._end(out)
                self._last_ns = None
            return
        if last_ns is not None and not joined:
            self._end(out)
        dt_ns = t_ns - last_ns if joined and last_ns is not None else 0
        self._observed_s += dt_ns / 1e9
        if self._first_ns is None:
            self._first_ns = t_ns
        if self._closed_ns is not None:
            if openness > self._s.lid_open:
                self._end(out)
        elif openness < self._s.lid_closed:
            self._closed_ns = t_ns - dt_ns
        self._last_ns = t_ns

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        self._end(out)
        first_ns = self._first_ns
        if first_ns is None or self._observed_s <= 0.0:
            return
        quality = self._observed_s / self._exposed_s if self._exposed_s > 0.0 else 0.0
        more = (("observed_s", round(self._observed_s, 3)),)
        share = min(1.0, self._closed_s / self._observed_s)
        out.append(("", Found("eye_closure_share", first_ns, t_off_ns, share, quality, more)))
        open_s = self._observed_s - self._closed_s
        if open_s >= self._s.rate_least_s:
            rate = 60.0 * self._blinks / open_s
            counts = (*more, ("count", float(self._blinks)), ("longer", float(self._longer)))
            out.append(("", Found("blink_rate", first_ns, t_off_ns, rate, quality, counts)))

    def _end(self, out: list[tuple[str, Found]]) -> None:
        """The lids have opened, or the signal is lost: they were closed until the last sample."""
        closed_ns, self._closed_ns = self._closed_ns, None
        if closed_ns is None or self._last_ns is None:
            return
        length_s = (self._last_ns - closed_ns) / 1e9
        s = self._s
        if length_s >= s.eye_closure_s:
            self._closed_s += length_s
            out.append(("", Found("eye_closure", closed_ns, self._last_ns, length_s, 1.0)))
        elif length_s > s.blink_most_s:
            self._longer += 1
        elif length_s >= s.blink_least_s:
            self._blinks += 1
