"""The tracked space and its recentring: pure arithmetic on poses."""

from __future__ import annotations

from dataclasses import dataclass
from math import acos, atan2, cos, degrees, sin
from typing import Final

from vr_runtime.protocol.pose import Hands, Pose


@dataclass(frozen=True)
class Space:
    """A tracked space laid over another one: its origin stands at (x, y) there, turned by ``heading`` (radians,
    counter-clockwise seen from above). Heights are the same in both."""

    x: float = 0.0
    y: float = 0.0
    heading: float = 0.0

    def pose(self, outer: Pose) -> Pose:
        """A pose of the outer space, in this one."""
        c, s = cos(self.heading), sin(self.heading)
        dx, dy = outer.x - self.x, outer.y - self.y
        half = -self.heading / 2
        qz, qw = sin(half), cos(half)
        return Pose(
            c * dx + s * dy,
            c * dy - s * dx,
            outer.z,
            qw * outer.qx - qz * outer.qy,
            qw * outer.qy + qz * outer.qx,
            qw * outer.qz + qz * outer.qw,
            qw * outer.qw - qz * outer.qz,
        )

    def hands(self, outer: Hands) -> Hands:
        left, right = outer
        return Hands(None if left is None else self.pose(left), None if right is None else self.pose(right))

    def outward(self, direction: tuple[float, float, float]) -> tuple[float, float, float]:
        """A direction of this space, in the outer one."""
        c, s = cos(self.heading), sin(self.heading)
        x, y, z = direction
        return (c * x - s * y, s * x + c * y, z)

    def outside(self, point: tuple[float, float, float]) -> tuple[float, float, float]:
        """A point of this space, in the outer one."""
        x, y, z = self.outward(point)
        return (self.x + x, self.y + y, z)


HERE: Final = Space()


def space_at(head: Pose) -> Space:
    """The space whose origin is under this head and whose +Y is where the head faces."""
    return Space(head.x, head.y, heading(head))


def heading(pose: Pose) -> float:
    """Which way a head faces: radians counter-clockwise from +Y. Taken from the ear-to-ear axis, so that it
    holds for somebody who looks straight down."""
    x, y, z, w = pose.qx, pose.qy, pose.qz, pose.qw
    return atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z))


def turn_deg(before: Pose, after: Pose) -> float:
    """The angle between two orientations, in degrees."""
    dot = before.qx * after.qx + before.qy * after.qy + before.qz * after.qz + before.qw * after.qw
    return degrees(2 * acos(min(1.0, abs(dot))))
