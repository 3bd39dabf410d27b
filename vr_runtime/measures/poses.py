"""Which poses can be believed, and directions from them. Tracked space: metres, Z up, +Y forward."""

from __future__ import annotations

import math

from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Pose

Vector = tuple[float, float, float]

_UNIT_NEAR = 1e-5
"""So near to 1 (squared) it is what 32-bit floats make of a unit quaternion."""
_FARTHEST_M = 1e4

NOT_FINITE, NOT_UNIT = "not_finite", "not_unit"


def fault(pose: Pose, tolerance: float = Settings.unit_tolerance) -> str:
    """What is wrong with a pose by itself: ``NOT_FINITE`` (a number that is none, or beyond any room), ``NOT_UNIT`` (a
    quaternion whose length is farther than ``tolerance`` from 1), or nothing."""
    x, y, z, qx, qy, qz, qw = pose
    square = qx * qx + qy * qy + qz * qz + qw * qw
    # comparisons with NaN are false
    if not (abs(x) + abs(y) + abs(z) < _FARTHEST_M and math.isfinite(square)):
        return NOT_FINITE
    return "" if abs(square - 1.0) <= 2.0 * tolerance else NOT_UNIT


def sound(pose: Pose | None) -> Pose | None:
    """The pose with a quaternion of length 1; None where it has a :func:`fault`."""
    if pose is None or fault(pose):
        return None
    x, y, z, qx, qy, qz, qw = pose
    square = qx * qx + qy * qy + qz * qz + qw * qw
    if abs(square - 1.0) <= _UNIT_NEAR:
        return pose
    k = 1.0 / math.sqrt(square)
    return Pose(x, y, z, k * qx, k * qy, k * qz, k * qw)


def cosine_to(origin: Vector, direction: Vector, point: Vector) -> float | None:
    """Of the angle between a unit direction and the way from the origin to the point; 1 at the point itself, None
    where the point is none."""
    sx, sy, sz = point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]
    square = sx * sx + sy * sy + sz * sz
    if not square < _FARTHEST_M * _FARTHEST_M:
        return None
    if square < 1e-12:
        return 1.0
    cosine = (direction[0] * sx + direction[1] * sy + direction[2] * sz) / math.sqrt(square)
    return 1.0 if cosine > 1.0 else -1.0 if cosine < -1.0 else cosine


def unit_to(origin: Vector, point: Vector) -> Vector:
    """Direction from the origin to the point; +Y at the point itself."""
    sx, sy, sz = point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]
    length = math.sqrt(sx * sx + sy * sy + sz * sz)
    return (sx / length, sy / length, sz / length) if length > 1e-6 else (0.0, 1.0, 0.0)


def angle_deg(one: Vector, other: Vector) -> float:
    """Between two unit vectors; good for small angles as well."""
    dx, dy, dz = one[0] - other[0], one[1] - other[1], one[2] - other[2]
    return math.degrees(2.0 * math.asin(min(1.0, 0.5 * math.sqrt(dx * dx + dy * dy + dz * dz))))
