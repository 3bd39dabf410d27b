"""What is seen of the breathing guide: a soft light over the lake that rises and widens as one breathes in, its
reflection, and a ring on the water around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.calm.land import WATER_Z
from vr_runtime.stage.mesh import quad

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen

AT = (-2.2, 27.0)
"""Where on the lake, m; straight ahead, beside the jetty."""
LOW_M, RISES_M = 1.4, 2.2
"""Height of the light over the water, empty, and how far it rises."""
SMALL_M, WIDENS_M = 1.1, 1.7
"""Its radius, empty, and what it gains."""
RING_M, RING_WIDENS_M = 2.4, 4.2
WARM = (1.45, 0.95, 0.42)


class GuidePicture:
    """Three soft patches. All slow: no part of the picture changes quickly enough to be called a flash."""

    def __init__(self, kitchen: Kitchen) -> None:
        y, x = np.mgrid[-1:1:64j, -1:1:64j]
        r = np.hypot(x, y)
        edge = np.clip(1.0 - r, 0.0, 1.0)
        glow = 0.75 * np.exp(-((r / 0.34) ** 2)) + 0.42 * edge**2
        ring = np.exp(-(((r - 0.80) / 0.085) ** 2)) + 0.20 * edge**1.5
        streak = np.exp(-((x / 0.34) ** 2)) * np.clip(1.0 - y * y, 0.0, 1.0) ** 2
        self._light = self._patch(kitchen, "light", glow, [(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)])
        flat = [(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)]
        self._ring = self._patch(kitchen, "ring", ring, flat)
        self._mirrored = self._patch(kitchen, "light in the water", streak, flat)

    def _patch(
        self, kitchen: Kitchen, name: str, alpha: np.ndarray, corners: list[tuple[int, int, int]]
    ) -> NodePath:
        pixels = np.ones((*alpha.shape, 4))
        pixels[..., 3] = np.clip(alpha, 0.0, 1.0)
        soft = kitchen.material(
            name,
            colour=(0.0, 0.0, 0.0),
            roughness=1.0,
            texture=kitchen.texture(name, pixels, wrap="clamp"),
            emissive=WARM,
            transparent=True,
            shine=0.0,
            fogged=False,
        )
        node = kitchen.mesh(name, quad(corners), soft)
        node.hide()
        return node

    def draw(self, seen: float, full: float) -> None:
        """``seen``: how much of it, ``full``: how full the lungs should be; both 0 to 1."""
        if seen <= 0.0:
            for node in (self._light, self._ring, self._mirrored):
                node.hide()
            return
        for node in (self._light, self._ring, self._mirrored):
            node.show()
        x, y = AT
        up, wide = LOW_M + RISES_M * full, SMALL_M + WIDENS_M * full
        self._light.set_pos(x, y, WATER_Z + up)
        self._light.set_scale(wide)
        self._light.set_color_scale(1.0, 1.0, 1.0, seen * (0.75 + 0.25 * full))
        self._ring.set_pos(x, y, WATER_Z + 0.03)
        self._ring.set_scale(RING_M + RING_WIDENS_M * full)
        self._ring.set_color_scale(1.0, 1.0, 1.0, seen * (0.45 + 0.3 * full))
        # the higher the light, the nearer its reflection
        self._mirrored.set_pos(x, y - 2.0 * up, WATER_Z + 0.05)
        self._mirrored.set_scale(0.8 * wide, 3.0 * wide, 1.0)
        self._mirrored.set_color_scale(1.0, 1.0, 1.0, seen * (0.35 + 0.25 * full))
