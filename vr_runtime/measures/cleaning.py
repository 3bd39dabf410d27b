"""What no head and no hand can do, taken out before the body's measures see it, and counted.

A pose that is no number, a quaternion that is none, a place that jumped: head or hand count as not tracked in that
frame, and whatever is under way ends there. Nothing is repaired.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from vr_runtime.measures.definition import Definition
from vr_runtime.measures.found import Found
from vr_runtime.measures.moment import Measure, Moment, Seen
from vr_runtime.measures.poses import NOT_FINITE, NOT_UNIT, fault
from vr_runtime.measures.settings import Settings
from vr_runtime.measures.spans import Watched
from vr_runtime.protocol.pose import Hands, Pose

DEFINITIONS = {
    "tracking_faults": Definition(
        "count", "head", "tracking_faults/1", ("jump_m_s", "hand_jump_m_s", "unit_tolerance", "gap_s")
    ),
}

FAULTS: tuple[str, ...] = (NOT_FINITE, NOT_UNIT, "jumps", "hand_jumps", "gaps", "time_back")


class Clean:
    """A measure made of measures: it hands on each moment without what cannot be."""

    def __init__(self, measures: Sequence[Measure], settings: Settings) -> None:
        self._measures = tuple(measures)
        self._tolerance = settings.unit_tolerance
        self._jump_m_s = settings.jump_m_s
        self._hand_jump_m_s = settings.hand_jump_m_s
        self._t_ns: int | None = None
        self._head: Pose | None = None
        self._left: Pose | None = None
        self._right: Pose | None = None
        self._watched = Watched()
        self._faults: dict[str, int] = dict.fromkeys(FAULTS, 0)

    def begin_step(self) -> None:
        self._watched.begin_step()
        self._faults = dict.fromkeys(FAULTS, 0)
        for measure in self._measures:
            measure.begin_step()

    def leave_scene(self) -> None:
        for measure in self._measures:
            measure.leave_scene()

    def update(self, moment: Moment, out: list[tuple[str, Found]]) -> None:
        t_ns, dt_s = moment.t_ns, moment.dt_s
        last_ns, self._t_ns = self._t_ns, t_ns
        if dt_s <= 0.0:
            if last_ns is not None:
                self._faults["time_back" if t_ns <= last_ns else "gaps"] += 1
            self._head = self._left = self._right = None
        hands = moment.hands
        head = moment.head
        if head is not None:
            head, self._head = self._one(head, self._head, dt_s, self._jump_m_s, "jumps")
        else:
            self._head = None
        left, right = hands
        if left is not None:
            left, self._left = self._one(left, self._left, dt_s, self._hand_jump_m_s, "hand_jumps")
        else:
            self._left = None
        if right is not None:
            right, self._right = self._one(right, self._right, dt_s, self._hand_jump_m_s, "hand_jumps")
        else:
            self._right = None
        seen = moment.seen
        for one in seen:
            if not _known(one):
                seen = tuple(each for each in seen if _known(each))
                self._faults[NOT_FINITE] += 1
                break
        if moment.exposed:
            self._watched.see(t_ns, dt_s, head is not None)
        if (
            head is not moment.head
            or left is not hands.left
            or right is not hands.right
            or seen is not moment.seen
        ):
            moment = moment._replace(head=head, hands=Hands(left, right), seen=seen)
        for measure in self._measures:
            measure.update(moment, out)

    def summary(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        for measure in self._measures:
            measure.summary(t_off_ns, out)
        watched, faults = self._watched, self._faults
        total = sum(faults.values())
        if total or watched.onset_ns is not None:
            onset_ns = t_off_ns if watched.onset_ns is None else min(watched.onset_ns, t_off_ns)
            more = tuple((name, float(n)) for name, n in faults.items() if n)
            out.append(
                ("", Found("tracking_faults", onset_ns, t_off_ns, float(total), watched.quality, more))
            )

    def finish(self, t_off_ns: int, out: list[tuple[str, Found]]) -> None:
        """The session is over, after its last ``summary``: what waits for more to come waits no longer."""
        for measure in self._measures:
            finish = getattr(measure, "finish", None)
            if finish is not None:
                finish(t_off_ns, out)

    def _one(
        self, pose: Pose, before: Pose | None, dt_s: float, limit_m_s: float, jumped: str
    ) -> tuple[Pose | None, Pose | None]:
        """The pose if it can be, and what the next one is compared with."""
        wrong = fault(pose, self._tolerance)
        if wrong:
            self._faults[wrong] += 1
            return None, None
        if before is not None and dt_s > 0.0:
            dx, dy, dz = pose[0] - before[0], pose[1] - before[1], pose[2] - before[2]
            if dx * dx + dy * dy + dz * dz > (limit_m_s * dt_s) ** 2:
                self._faults[jumped] += 1
                return None, pose
        return pose, pose


def _known(one: Seen) -> bool:
    """Its distance may be unknown (NaN), its place may not."""
    x, y, z = one.point
    return math.isfinite(x + y + z) and not math.isinf(one.distance_m)
