"""The patient's own clothes and face, as hands touch them: guessed from the head alone. Metres, tracked space."""

from __future__ import annotations

from math import dist, hypot

from scenes.kit.touch import LEAVE_M, SKIN_M, Point, turned
from vr_runtime.protocol.pose import Pose

CLOTHES, FACE = "clothes", "face"

MOUTH: Point = (0.0, 0.06, -0.09)
"""Middle of the face that can be touched, in the head's frame; a headset covers what lies above."""
FACE_M = 0.07
TRUNK_M = 0.15
"""Half the width of the trunk that clothes are felt on,"""
TRUNK_BELOW_M = (0.32, 0.72)
"""from and to so far below the eyes, standing or sitting upright."""
UPRIGHT = 0.75
"""Lower than this share of its greatest height the head leans, and nobody knows where the trunk is."""


class Body:
    """Remembers how tall the person is."""

    def __init__(self) -> None:
        self._tallest_m = 0.0

    def distances(self, skin: tuple[Point, ...], head: Pose) -> dict[str, float]:
        """From a hand's skin to clothes and face; what is farther away than a touch is left out."""
        self._tallest_m = max(self._tallest_m, head.z)
        x, y, z = turned(MOUTH, head)
        mouth = (head.x + x, head.y + y, head.z + z)
        near: dict[str, float] = {}
        face = min(max(0.0, dist(point, mouth) - FACE_M - SKIN_M) for point in skin)
        if face < LEAVE_M:
            near[FACE] = face
        if head.z >= UPRIGHT * self._tallest_m:
            clothes = min(_from_trunk(point, head) for point in skin)
            if clothes < LEAVE_M:
                near[CLOTHES] = clothes
        return near


def _from_trunk(point: Point, head: Pose) -> float:
    x, y, z = point
    beyond = max(0.0, z - head.z + TRUNK_BELOW_M[0], head.z - TRUNK_BELOW_M[1] - z)
    beside = max(0.0, hypot(x - head.x, y - head.y) - TRUNK_M - SKIN_M)
    return hypot(beyond, beside)
