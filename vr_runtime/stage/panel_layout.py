"""The rating panel's shape: where things lie on it, and which value lies under a ray. Pure arithmetic, no Panda3D.

The panel's frame: its middle, X to the patient's right, Z up along the panel, -Y out of it towards the patient.
Metres. The panel stands ``AHEAD_M`` from the head, ``BELOW_M`` under the eyes, leaning back so that it faces them.
"""

from __future__ import annotations

from math import atan2, cos, sin
from typing import Final, NamedTuple

from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Rated, Scale
from vr_runtime.stage.turns import turned

AHEAD_M: Final = 1.2
BELOW_M: Final = 0.32
HALF_WIDTH_M: Final = 0.47
HALF_HEIGHT_M: Final = 0.215
HALF_TRACK_M: Final = 0.37
"""The scale runs from -HALF_TRACK_M to +HALF_TRACK_M ..."""
TRACK_Z_M: Final = -0.012
"""... at this height."""
QUESTION_Z_M: Final = 0.152
VALUE_Z_M: Final = 0.062
NUMBERS_Z_M: Final = -0.064
WORDS_Z_M: Final = -0.104
HINT_Z_M: Final = -0.172

STEPS: Final = {
    Scale.SUDS_100: 5.0,
    Scale.SUDS_10: 1.0,
    Scale.CHILD_8: 1.0,
    Scale.PERCENT: 5.0,
    Scale.FMS_20: 1.0,
}
"""Between two values that can be answered, in the scale's own unit."""


class Panel(NamedTuple):
    """What is shown. Only the therapist's question opens it; ``raw`` None: no answer is marked yet."""

    pose: Pose
    """In the tracked space."""
    what: Rated
    scale: Scale
    raw: float | None = None
    pointer: tuple[float, float] | None = None
    """Where a hand points on the panel: (x, z), m."""
    opacity: float = 1.0


def placed(heading: float, x: float, y: float, eyes_z: float) -> Pose:
    """Where the panel stands for a head at (x, y, eyes_z) that faces ``heading`` (radians, counter-clockwise from
    +Y)."""
    lean = -atan2(BELOW_M, AHEAD_M) / 2
    a, b = (cos(heading / 2), sin(heading / 2)), (cos(lean), sin(lean))
    return Pose(
        x - sin(heading) * AHEAD_M,
        y + cos(heading) * AHEAD_M,
        eyes_z - BELOW_M,
        a[0] * b[1],
        a[1] * b[1],
        a[1] * b[0],
        a[0] * b[0],
    )


def pointed_at(panel: Pose, aim: Pose) -> tuple[float, float] | None:
    """Where the ray of an aim meets the panel's front, (x, z); None: beside it, or away from it."""
    back = (-panel.qx, -panel.qy, -panel.qz)
    inverse = Pose(0.0, 0.0, 0.0, *back, panel.qw)
    origin = turned(inverse, (aim.x - panel.x, aim.y - panel.y, aim.z - panel.z))
    ray = turned(inverse, aim.forward())
    if ray[1] < 1e-6 or origin[1] >= 0.0:
        return None
    far = -origin[1] / ray[1]
    x, z = origin[0] + far * ray[0], origin[2] + far * ray[2]
    return (x, z) if abs(x) <= HALF_WIDTH_M and abs(z) <= HALF_HEIGHT_M else None


def share_at(x_m: float) -> float:
    """The share of the scale (0 to 1) at a place along it."""
    return max(0.0, min(1.0, (x_m / HALF_TRACK_M + 1.0) / 2.0))


def place_of(share: float) -> float:
    """The place, m, of a share of the scale."""
    return (2.0 * share - 1.0) * HALF_TRACK_M


def answerable(share: float, scale: Scale) -> float:
    """The nearest value that can be answered, in the scale's unit."""
    step = STEPS[scale]
    return round(share * scale.top / step) * step
