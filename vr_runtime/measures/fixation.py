"""Fixations by dispersion (I-DT), sample by sample, at a cost that does not grow.

After Salvucci and Goldberg 2000, with the thresholds that Llanes-Jurado et al. 2020 (doi:10.3390/s20174956) found best
in a headset: at least 0.25 s within 1.0 degree.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from vr_runtime.measures.poses import Vector
from vr_runtime.measures.settings import Settings

_WAYS = 5
_TURNS = tuple((math.cos(math.pi * k / _WAYS), math.sin(math.pi * k / _WAYS)) for k in range(_WAYS))
"""Directions along which the width of a fixation is kept: the largest of them is its dispersion within 5 %."""


class Fixation(NamedTuple):
    t_on_ns: int
    t_off_ns: int


class Fixations:
    """Fed with directions of gaze in the tracked space (unit vectors), ``end`` where the samples break off.

    The dispersion is the largest angle between any two samples of the fixation. Fed with the differences between the
    direction of gaze and that to a stimulus, it finds fixations on what moves, or is walked past.
    """

    def __init__(self, settings: Settings) -> None:
        self._window_ns = round(settings.fixation_s * 1e9)
        self._dispersion = math.radians(settings.fixation_deg)
        self._chord2 = (2.0 * math.sin(0.5 * self._dispersion)) ** 2
        self._window: list[tuple[int, Vector]] = []
        """Samples that all lie within the dispersion of each other, before they last long enough."""
        self._low = [0.0] * _WAYS
        self._high = [0.0] * _WAYS
        self._right: Vector = (1.0, 0.0, 0.0)
        self._up: Vector = (0.0, 0.0, 1.0)
        self._last_ns = 0
        self.since_ns: int | None = None
        """Begin of the fixation under way; None where there is none."""
        self._centre: Vector = (0.0, 1.0, 0.0)

    def update(self, t_ns: int, direction: Vector, axis: Vector | None = None) -> Fixation | None:
        """One sample; the fixation that it ended. ``axis``: what a difference of directions lies across, about."""
        ended = None
        if self.since_ns is not None:
            if self._holds(direction):
                self._last_ns = t_ns
                return None
            ended = self.end()
        window = self._window
        x, y, z = direction
        chord2 = self._chord2
        for i in range(len(window) - 1, -1, -1):
            px, py, pz = window[i][1]
            px, py, pz = px - x, py - y, pz - z
            if px * px + py * py + pz * pz > chord2:
                del window[: i + 1]
                break
        window.append((t_ns, direction))
        if t_ns - window[0][0] >= self._window_ns:
            self._begin(axis)
        self._last_ns = t_ns
        return ended

    def end(self) -> Fixation | None:
        """The samples break off: the fixation that was under way."""
        self._window.clear()
        since_ns, self.since_ns = self.since_ns, None
        return None if since_ns is None else Fixation(since_ns, self._last_ns)

    def _begin(self, axis: Vector | None) -> None:
        window = self._window
        self.since_ns = window[0][0]
        sx = sum(d[0] for _, d in window)
        sy = sum(d[1] for _, d in window)
        sz = sum(d[2] for _, d in window)
        k = 1.0 / len(window)
        self._centre = (k * sx, k * sy, k * sz)
        cx, cy, cz = axis or self._centre
        k = 1.0 / math.sqrt(cx * cx + cy * cy + cz * cz)
        cx, cy, cz = k * cx, k * cy, k * cz
        # two axes across the direction: the first across whichever of Z and X it is farther from
        ax, ay, az = (-cy, cx, 0.0) if abs(cz) < 0.9 else (0.0, -cz, cy)
        k = 1.0 / math.sqrt(ax * ax + ay * ay + az * az)
        rx, ry, rz = self._right = (k * ax, k * ay, k * az)
        self._up = (cy * rz - cz * ry, cz * rx - cx * rz, cx * ry - cy * rx)
        ux, uy, uz = self._up
        across = [(d[0] * rx + d[1] * ry + d[2] * rz, d[0] * ux + d[1] * uy + d[2] * uz) for _, d in window]
        for k, (c, s) in enumerate(_TURNS):
            along = [c * u + s * v for u, v in across]
            self._low[k], self._high[k] = min(along), max(along)
        window.clear()

    def _holds(self, direction: Vector) -> bool:
        """Whether the fixation, with this sample, is still no wider than it may be; takes the sample in."""
        x, y, z = direction
        (rx, ry, rz), (ux, uy, uz) = self._right, self._up
        u, v = x * rx + y * ry + z * rz, x * ux + y * uy + z * uz
        cx, cy, cz = self._centre
        cx, cy, cz = x - cx, y - cy, z - cz
        if cx * cx + cy * cy + cz * cz > 4.0 * self._chord2:
            return False
        most = self._dispersion
        low, high = self._low, self._high
        for k, (c, s) in enumerate(_TURNS):
            along = c * u + s * v
            if along > high[k]:
                if along - low[k] > most:
                    return False
                high[k] = along
            if along < low[k]:
                if high[k] - along > most:
                    return False
                low[k] = along
        return True
