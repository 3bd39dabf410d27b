"""One eye's view: where it is and how far it sees to each side."""

from __future__ import annotations

from typing import NamedTuple

from vr_runtime.protocol.pose import Pose


class View(NamedTuple):
    """``pose``: of the eye, in the tracked space. The angles are those of the frustum's planes from straight ahead,
    in radians: ``left`` and ``down`` negative, ``right`` and ``up`` positive, as OpenXR's ``XrFovf``."""

    pose: Pose
    left: float
    right: float
    up: float
    down: float
