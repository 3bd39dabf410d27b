"""Samples of an eye tracker, one frame at a time: which are to be believed, and how fast the gaze turns."""

from __future__ import annotations

from collections import deque

from vr_runtime.measures.poses import Vector, angle_deg
from vr_runtime.measures.settings import Settings
from vr_runtime.protocol.pose import Pose

_SHORTEST_S = 0.02
"""Frames come unevenly: a turn within less than this is held against this time."""


class GazeTrack:
    """The direction of gaze in the tracked space, so that the head's own movement is in it already.

    A sample is missing where the head or the eyes are not tracked, where the eyes would be outside the head, and
    where the gaze would have turned faster than any eye does. Missing samples are bridged for ``eye_gap_s``; after
    a longer time the next sample begins anew.
    """

    def __init__(self, settings: Settings) -> None:
        self._gap_ns = round(settings.eye_gap_s * 1e9)
        self._base_ns = round(settings.velocity_base_s * 1e9)
        self._jump_deg_s = settings.gaze_jump_deg_s
        self._from_head_m2 = settings.eye_from_head_m**2
        self._recent: deque[tuple[int, Vector]] = deque(maxlen=4)
        self.t_ns: int | None = None
        """Of the last good sample."""
        self.dt_s = 0.0
        """Since the good sample before; 0 where this one begins anew."""
        self.origin: Vector = (0.0, 0.0, 0.0)
        self.direction: Vector = (0.0, 1.0, 0.0)
        self.speed_deg_s = 0.0
        """Over the last ``velocity_base_s`` or a little more; 0 where this is not known."""

    def update(self, t_ns: int, head: Pose | None, eye: Pose | None) -> bool:
        """Whether this frame has a good sample. ``head`` and ``eye`` are sound poses."""
        if head is None or eye is None:
            return False
        dx, dy, dz = eye.x - head.x, eye.y - head.y, eye.z - head.z
        if dx * dx + dy * dy + dz * dz > self._from_head_m2:
            return False
        direction = eye.forward()
        since_ns = None if self.t_ns is None else t_ns - self.t_ns
        if since_ns is not None and 0 <= since_ns <= self._gap_ns:
            if since_ns == 0:
                return False
            dt_s = since_ns / 1e9
            if angle_deg(direction, self.direction) > self._jump_deg_s * max(dt_s, _SHORTEST_S):
                return False
            self.dt_s = dt_s
            self.speed_deg_s = self._speed(t_ns, direction)
        else:
            self._recent.clear()
            self.dt_s = self.speed_deg_s = 0.0
        self._recent.append((t_ns, direction))
        self.t_ns, self.direction, self.origin = t_ns, direction, (eye.x, eye.y, eye.z)
        return True

    def lost(self, t_ns: int) -> bool:
        """No good sample for longer than is bridged."""
        return self.t_ns is None or not 0 <= t_ns - self.t_ns <= self._gap_ns

    def forget(self) -> None:
        self._recent.clear()
        self.t_ns = None

    def _speed(self, t_ns: int, direction: Vector) -> float:
        recent = self._recent
        before_ns, before = recent[0]
        for i in range(len(recent) - 1, -1, -1):
            if t_ns - recent[i][0] >= self._base_ns:
                before_ns, before = recent[i]
                break
        return angle_deg(direction, before) / max((t_ns - before_ns) / 1e9, self._base_ns / 1e9)
