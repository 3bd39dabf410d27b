"""What the scene tells of washing and of putting in order, summed up step by step (docs/measures.md)."""

from __future__ import annotations

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Moment
from vr_runtime.protocol.deeds import ORDERED, WASHED

DEFINITIONS = {
    "wash_count": Definition("count", "hand", "wash/1", ()),
    "wash_time": Definition("s", "hand", "wash/1", ()),
    "ordering": Definition("s", "hand", "ordering/1", (), "each thing put in order"),
    "ordering_count": Definition("count", "hand", "ordering/1", ()),
    "ordering_time": Definition("s", "hand", "ordering/1", ()),
    "ordering_residual": Definition("1", "hand", "ordering/1", ()),
}


class _Sum:
    __slots__ = ("begin_ns", "count", "end_ns", "residual", "seconds")

    def __init__(self, begin_ns: int) -> None:
        self.begin_ns = self.end_ns = begin_ns
        self.count = 0
        self.seconds = 0.0
        self.residual: float | None = None
        """Told last."""


class Doing:
    """Of all things of a scene. ``wash`` itself is told by ``touching``."""

    def __init__(self) -> None:
        self._washed: dict[str, _Sum] = {}
        self._ordered: dict[str, _Sum] = {}

    def begin_step(self) -> None:
        self._washed.clear()
        self._ordered.clear()

    def leave_scene(self) -> None:
        """Deeds are whole when they are told."""

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        for deed in moment.deeds:
            if deed.what == WASHED:
                self._add(self._washed, deed.thing, deed.t_on_ns, deed.t_off_ns)
            elif deed.what == ORDERED:
                each = self._add(self._ordered, deed.thing, deed.t_on_ns, deed.t_off_ns)
                more: tuple[tuple[str, float], ...] = ()
                if deed.residual is not None:
                    each.residual = deed.residual
                    more = (("residual", deed.residual),)
                seconds = max(0, deed.t_off_ns - deed.t_on_ns) / 1e9
                found = Found("ordering", deed.t_on_ns, max(deed.t_on_ns, deed.t_off_ns), seconds, 1.0, more)
                out.append((deed.thing, found))

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for kind, sums in (("wash", self._washed), ("ordering", self._ordered)):
            for thing, each in sums.items():
                begin, end = each.begin_ns, each.end_ns
                out.append((thing, Found(f"{kind}_count", begin, end, float(each.count), 1.0)))
                out.append((thing, Found(f"{kind}_time", begin, end, each.seconds, 1.0)))
                if each.residual is not None:
                    out.append((thing, Found("ordering_residual", begin, end, each.residual, 1.0)))

    @staticmethod
    def _add(sums: dict[str, _Sum], thing: str, on_ns: int, off_ns: int) -> _Sum:
        each = sums.get(thing)
        if each is None:
            each = sums[thing] = _Sum(on_ns)
        each.count += 1
        each.begin_ns = min(each.begin_ns, on_ns)
        each.end_ns = max(each.end_ns, on_ns, off_ns)
        each.seconds += max(0, off_ns - on_ns) / 1e9
        return each
