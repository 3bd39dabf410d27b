"""Where the rails are in the tracked space, and how far hands are from holding one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from scenes.kit.touch import SIDES, SKIN_M, Point, skin
from vr_runtime.protocol.deeds import Side
from vr_runtime.protocol.pose import Hands

Line = tuple[Point, Point]

RAIL = "rail"
"""What the rails are called in deeds."""
THICK_M = 0.025
"""Half the thickness of a rail."""
GRIP_M = 0.06
"""A fist around a rail has its palm this far from the middle of it: nearer counts as no distance at all. With the
touch's own 2 cm a hand within 8 cm of the rail's middle holds it."""
LEAST_M = 0.3
"""A rail lower than this is nothing to hold."""


def distance(point: Point, line: Line) -> float:
    """From a point to the nearest point of a line from end to end, m."""
    (ax, ay, az), (bx, by, bz) = line
    dx, dy, dz = bx - ax, by - ay, bz - az
    px, py, pz = point[0] - ax, point[1] - ay, point[2] - az
    length2 = dx * dx + dy * dy + dz * dz
    s = min(max((px * dx + py * dy + pz * dz) / length2, 0.0), 1.0) if length2 > 0.0 else 0.0
    ox, oy, oz = px - s * dx, py - s * dy, pz - s * dz
    return sqrt(ox * ox + oy * oy + oz * oz)


def reach(hands: Hands, rails: Sequence[Line]) -> Mapping[Side, Mapping[str, float]]:
    """How far each tracked hand is from holding a rail, m, as ``scenes.kit.touch.Contacts`` wants it."""
    found: dict[Side, Mapping[str, float]] = {}
    if not rails:
        return found
    for side, hand in zip(SIDES, hands[:2], strict=True):
        if hand is None:
            continue
        palm = min(distance((hand.x, hand.y, hand.z), line) for line in rails) - GRIP_M
        fingers = min(distance(point, line) for point in skin(hand, side) for line in rails)
        found[side] = {RAIL: max(0.0, min(palm, fingers - THICK_M - SKIN_M))}
    return found
