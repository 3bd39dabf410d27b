"""Touches and washing, from what the scene tells of the patient's hands (docs/measures.md)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vr_runtime.measures.found import Found
from vr_runtime.protocol.deeds import LET_GO, TOUCHED, WASHED
from vr_runtime.protocol.events import PatientDid


class _Thing:
    """One thing in one step."""

    __slots__ = ("count", "first_ns", "seconds")

    def __init__(self) -> None:
        self.count = 0
        self.first_ns: int | None = None
        self.seconds = 0.0


class _Open(NamedTuple):
    """A touch under way. One hand may be on two things of one name, such as two taps."""

    thing: str
    hand: str
    start_ns: int


class Touching:
    """Of all things of a scene. ``update`` once a frame; ``out`` takes pairs of a thing and what was found."""

    def __init__(self) -> None:
        self._open: list[_Open] = []
        self.begin_step()

    def begin_step(self) -> None:
        """Forget the step before. A hand that stays where it is goes on touching; the touch is not counted anew."""
        self._things: dict[str, _Thing] = {}
        self._onset_ns: int | None = None
        self._exposed_s = 0.0
        self._tracked_s = 0.0

    def leave_scene(self) -> None:
        """Another scene is shown: what was held is no more."""
        self._open.clear()

    def update(
        self,
        t_ns: int,
        dt_s: float,
        exposed: bool,
        tracked: bool,
        deeds: Sequence[PatientDid],
        out: list[tuple[str, Found]],
    ) -> None:
        """``tracked``: at least one hand is."""
        if exposed:
            if self._onset_ns is None:
                self._onset_ns = t_ns
            self._exposed_s += dt_s
            self._tracked_s += dt_s if tracked else 0.0
        for deed in deeds:
            if deed.what == TOUCHED:
                touched = self._thing(deed.thing)
                touched.count += 1
                if touched.first_ns is None:
                    touched.first_ns = deed.t_on_ns
                self._open.append(_Open(deed.thing, deed.hand, deed.t_on_ns))
            elif deed.what == LET_GO:
                for at, (thing, hand, start_ns) in enumerate(self._open):
                    if (thing, hand) == (deed.thing, deed.hand):
                        del self._open[at]
                        self._touch(thing, start_ns, deed.t_off_ns, out)
                        break
            elif deed.what == WASHED:
                seconds = (deed.t_off_ns - deed.t_on_ns) / 1e9
                out.append((deed.thing, Found("wash", deed.t_on_ns, deed.t_off_ns, seconds, 1.0)))
        if not exposed and self._open:
            for thing, _, start_ns in self._open:
                self._touch(thing, start_ns, t_ns, out)
            self._open.clear()

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        """What the step came to."""
        for at, held in enumerate(self._open):
            self._touch(held.thing, held.start_ns, t_off_ns, out)
            self._open[at] = held._replace(start_ns=max(held.start_ns, t_off_ns))
        onset_ns = self._onset_ns
        if onset_ns is None:
            return
        quality = self._tracked_s / self._exposed_s if self._exposed_s > 0.0 else 0.0
        for name, thing in self._things.items():
            out.append((name, Found("touch_count", onset_ns, t_off_ns, float(thing.count), quality)))
            out.append((name, Found("touch_time", onset_ns, t_off_ns, thing.seconds, quality)))
            if thing.first_ns is not None:
                first_ns = max(onset_ns, thing.first_ns)
                latency = (first_ns - onset_ns) / 1e9
                out.append((name, Found("touch_latency", onset_ns, first_ns, latency, quality)))

    def _touch(self, name: str, start_ns: int, end_ns: int, out: list[tuple[str, Found]]) -> None:
        if end_ns <= start_ns:
            return
        seconds = (end_ns - start_ns) / 1e9
        self._thing(name).seconds += seconds
        out.append((name, Found("touch", start_ns, end_ns, seconds, 1.0)))

    def _thing(self, name: str) -> _Thing:
        if name not in self._things:
            self._things[name] = _Thing()
        return self._things[name]
