"""The origin of the tracked space: a place on the floor and a heading, moved when the therapist recentres."""

from __future__ import annotations

from math import atan2, cos, sin

from vr_runtime.protocol.pose import Hands, Pose


class Origin:
    """Where the tracked space's origin stands in the space that the device reports in. Height is kept."""

    def __init__(self) -> None:
        self._x = self._y = self._yaw = 0.0

    def move_to(self, head: Pose) -> None:
        """Make the head's present place and heading (yaw alone) the origin. ``head`` as the device reports it."""
        forward = head.forward()
        self._x, self._y = head.x, head.y
        if forward[0] ** 2 + forward[1] ** 2 > 1e-9:
            self._yaw = atan2(-forward[0], forward[1])

    def seen_from(self, pose: Pose) -> Pose:
        """A reported pose in the tracked space."""
        if self._x == 0.0 and self._y == 0.0 and self._yaw == 0.0:
            return pose
        dx, dy = pose.x - self._x, pose.y - self._y
        c, s = cos(-self._yaw), sin(-self._yaw)
        qz, qw = sin(-self._yaw / 2.0), cos(-self._yaw / 2.0)
        return Pose(
            c * dx - s * dy,
            s * dx + c * dy,
            pose.z,
            qw * pose.qx - qz * pose.qy,
            qw * pose.qy + qz * pose.qx,
            qw * pose.qz + qz * pose.qw,
            qw * pose.qw - qz * pose.qz,
        )

    def hands_seen_from(self, hands: Hands) -> Hands:
        return Hands(
            None if hands.left is None else self.seen_from(hands.left),
            None if hands.right is None else self.seen_from(hands.right),
        )
