"""Lamps, a vehicle's mirrors and wiped panes: arrays that shaders read, refilled in place each frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from panda3d.core import NodePath, PTA_LVecBase4f

Colour = Sequence[float]


class Rows:
    """Rows of four numbers under a shader's name."""

    def __init__(self, root: NodePath, name: str, count: int) -> None:
        self.rows: NDArray[np.float32] = np.zeros((count, 4), dtype=np.float32)
        self._held = PTA_LVecBase4f.empty_array(count)
        self.send()
        root.set_shader_input(name, self._held)

    def send(self) -> None:
        self._held.set_data(self.rows.tobytes())


class Lamps:
    """What lights materials made with ``lamps=True``; see ``lamps.glsl``. All are off at first. Places are in the
    scene's world, colours linear, strengths radiances of a white matt surface close by."""

    OTHERS = 4
    """Lamps that may be anywhere."""

    def __init__(self, root: NodePath) -> None:
        self._sent = Rows(root, "lamps", 14)
        self._rows = self._sent.rows
        self._rows[1] = (0.0, 1.0, 0.0, 0.0)
        self._rows[2] = (0.0, 0.0, 30.0, 0.0)
        self._rows[3] = (1.0, 0.8, 0.55, 8.0)
        self._rows[5] = (1.0, 1.0, 1.0, 1.0)
        self._panes = Rows(root, "cabin_sun", 18)
        self._panes.rows[2:, 2] = 1e3
        self._panes.send()

    def panes(self, to_sun: Sequence[float], corners: ArrayLike) -> None:
        """Through which panes the sun shines into what was made with ``cabin=True``: up to four, (n, 4, 3), each
        going round, flat and bulging outwards in the sight of the sun. None at first."""
        sun = np.asarray(to_sun, dtype=np.float64)
        sun = sun / np.linalg.norm(sun)
        across = np.cross((0.0, 0.0, 1.0), sun)
        across /= np.linalg.norm(across)
        axes = np.stack([across, np.cross(sun, across)])
        rows = self._panes.rows
        rows[:2, :3] = axes
        rows[2:] = (0.0, 0.0, 1e3, 0.0)
        for number, pane in enumerate(np.asarray(corners, dtype=np.float64)):
            flat = pane @ axes.T
            along = np.roll(flat, -1, axis=0) - flat
            inwards = np.stack([-along[:, 1], along[:, 0]], axis=1)
            inwards /= np.linalg.norm(inwards, axis=1, keepdims=True)
            if ((flat.mean(axis=0) - flat) * inwards).sum() < 0.0:
                inwards = -inwards
            first = 2 + 4 * number
            rows[first : first + 4, :2] = inwards
            rows[first : first + 4, 2] = (inwards * flat).sum(axis=1)
        self._panes.send()

    def headlights(self, place: Sequence[float], ahead: Sequence[float], strength: float) -> None:
        """The own vehicle's, dipped; ``ahead`` is a level unit vector (x, y)."""
        self._rows[0] = (*place, strength)
        self._rows[1, :2] = ahead[:2]

    def street(
        self,
        left_x: float,
        right_x: float,
        spacing_m: float,
        first_y: float,
        height_m: float,
        colour: Colour,
        strength: float,
    ) -> None:
        """Two endless rows along y."""
        self._rows[2] = (left_x, right_x, spacing_m, first_y)
        self._rows[3] = (*colour, height_m)
        self._rows[1, 3] = strength

    def wet(self, share: float) -> None:
        """How wet is what was made with ``wet=True``, 0 to 1."""
        self._rows[1, 2] = share

    def cabin(self, place: Sequence[float], colour: Colour, strength: float, day: float) -> None:
        """Instruments' glow, and the share of the baked daylight, on what was made with ``cabin=True``."""
        self._rows[4] = (*place, strength)
        self._rows[5] = (*colour, day)

    def other(
        self, number: int, place: Sequence[float], colour: Colour, strength: float, reach_m: float
    ) -> None:
        """One of ``OTHERS`` lamps anywhere."""
        self._rows[6 + number] = (*place, strength)
        self._rows[10 + number] = (*colour, reach_m)

    def send(self) -> None:
        """Let the values count; once a frame."""
        self._sent.send()


class Mirror:
    """What mirrors show that were made with ``rear_view``; see ``rear.glsl``."""

    BEHIND = 7
    """Vehicles that it can show."""

    def __init__(self, root: NodePath) -> None:
        self._sent = Rows(root, "rear", 21)
        self.rows = self._sent.rows

    def behind(
        self, number: int, x: float, y: float, half_m: float, high_m: float, colour: Colour, lamps: float
    ) -> None:
        """One of ``BEHIND`` vehicles; a half width of 0: none."""
        self.rows[6 + number] = (x, y, half_m, high_m)
        self.rows[13 + number] = (*colour, lamps)

    def send(self) -> None:
        self._sent.send()
