"""Turning vectors between the tracked space and the scene's world. Pure arithmetic, for sound and tests."""

from __future__ import annotations

from math import cos, radians, sin
from typing import NamedTuple

from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.scene import Viewpoint

Vector = tuple[float, float, float]


class Listener(NamedTuple):
    """Where somebody hears from, in the scene's world: position (m), unit vectors forward and up."""

    position: Vector = (0.0, 0.0, 1.6)
    forward: Vector = (0.0, 1.0, 0.0)
    up: Vector = (0.0, 0.0, 1.0)


def turned(pose: Pose, vector: Vector) -> Vector:
    """The vector turned by the pose's quaternion."""
    x, y, z, w = pose.qx, pose.qy, pose.qz, pose.qw
    a, b, c = vector
    tx, ty, tz = 2 * (y * c - z * b), 2 * (z * a - x * c), 2 * (x * b - y * a)
    return (a + w * tx + y * tz - z * ty, b + w * ty + z * tx - x * tz, c + w * tz + x * ty - y * tx)


def to_world(viewpoint: Viewpoint, vector: Vector) -> Vector:
    """A direction of the tracked space, in the scene's world: roll about Y, then pitch about X, then heading
    about Z, as Panda3D does it."""
    x, y, z = vector
    c, s = cos(radians(viewpoint.roll)), sin(radians(viewpoint.roll))
    x, z = c * x + s * z, c * z - s * x
    c, s = cos(radians(viewpoint.pitch)), sin(radians(viewpoint.pitch))
    y, z = c * y - s * z, s * y + c * z
    c, s = cos(radians(viewpoint.heading)), sin(radians(viewpoint.heading))
    return (c * x - s * y, s * x + c * y, z)


def listener(viewpoint: Viewpoint, head: Pose) -> Listener:
    """The head's place and directions in the scene's world."""
    x, y, z = to_world(viewpoint, (head.x, head.y, head.z))
    return Listener(
        (x + viewpoint.x, y + viewpoint.y, z + viewpoint.z),
        to_world(viewpoint, turned(head, (0.0, 1.0, 0.0))),
        to_world(viewpoint, turned(head, (0.0, 0.0, 1.0))),
    )
