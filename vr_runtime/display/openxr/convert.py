"""OpenXR's axes and ours. OpenXR: X right, Y up, -Z forward. Palier: X right, +Y forward, Z up; both right-handed and
in metres. The turn is (x, y, z) -> (x, -z, y), for positions and for the vector part of quaternions alike, so that
the identity looks ahead in both."""

from __future__ import annotations

from typing import Protocol

from vr_runtime.protocol.pose import Pose


class _Vector(Protocol):
    x: float
    y: float
    z: float


class _Quaternion(_Vector, Protocol):
    w: float


class XrPose(Protocol):
    """What ``xr.Posef`` looks like."""

    @property
    def position(self) -> _Vector: ...
    @property
    def orientation(self) -> _Quaternion: ...


def to_pose(posef: XrPose) -> Pose:
    """An ``XrPosef``, in Palier's axes."""
    p, q = posef.position, posef.orientation
    return Pose(p.x, -p.z, p.y, q.x, -q.z, q.y, q.w)


def to_xr(pose: Pose) -> tuple[tuple[float, float, float], tuple[float, float, float, float]]:
    """A pose's position (x, y, z) and quaternion (x, y, z, w), in OpenXR's axes."""
    return (pose.x, pose.z, -pose.y), (pose.qx, pose.qz, -pose.qy, pose.qw)
