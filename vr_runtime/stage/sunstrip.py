"""Sunlight along a road that repeats for ever: where what stands still keeps the sun off, worked out beforehand.

A picture of the ground beside and on the road. Each cell holds how high the highest thing stands that lies on the sun's
ray to that cell: what is lower on the same ray has no sun. It covers one period of the road and repeats; the scene says
each frame where the world is on it, which costs one small array and no pass. Things that move are shaded by it and are
not in it. (``sunmap.py`` is for scenes that stand.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from panda3d.core import NodePath, SamplerState, Texture

from vr_runtime.stage.lamps import Rows

TOP_M = 25.5
"""The highest that a cell can hold, m; a step of its 8 bits is a decimetre."""


@dataclass(frozen=True, eq=False)
class SunStrip:
    """Route's frame: x to the right, y along the road, z up from it, m."""

    heights: NDArray[np.uint8]
    """(along, across) shares of ``TOP_M`` in 255ths; first row at y = 0, first column at ``low_x_m``."""
    low_x_m: float
    wide_m: float
    period_m: float
    to_sun: tuple[float, float, float]
    """Any length, z above 0."""

    def __post_init__(self) -> None:
        if self.heights.ndim != 2 or min(self.wide_m, self.period_m, self.to_sun[2]) <= 0.0:
            raise ValueError(
                "sun strip: a picture with two axes, a width, a period and a sun above the ground"
            )


class HungStrip:
    """Strips by name on a root, of which one is used; the first one until another is asked for."""

    def __init__(self, root: NodePath, made: dict[str, SunStrip]) -> None:
        self._root = root
        self._made = made
        self._textures = {name: _texture(name, strip.heights) for name, strip in made.items()}
        self._sent = Rows(root, "sun_strip_at", 2)
        self._used = ""
        self.use(next(iter(made)))

    def use(self, name: str) -> None:
        """The strip of this name from now on; one that there is not: no shadows."""
        if name == self._used:
            return
        self._used = name
        strip = self._made.get(name)
        if strip is None:
            self._sent.rows[1, 3] = 0.0
            return
        self._root.set_shader_input("sun_strip", self._textures[name])
        x, y, z = strip.to_sun
        self._sent.rows[1] = (x / z, y / z, 1.0 / TOP_M, 1.0)

    def place(self, x_m: float, y_m: float) -> None:
        """Where the world's origin is in the route's frame."""
        strip = self._made.get(self._used)
        if strip is not None:
            self._sent.rows[0] = (
                x_m - strip.low_x_m, y_m % strip.period_m, 1.0 / strip.wide_m, 1.0 / strip.period_m
            )  # fmt: skip
        self._sent.send()


def _texture(name: str, heights: NDArray[np.uint8]) -> Texture:
    texture = Texture(f"sun_strip_{name}")
    along, across = heights.shape
    texture.setup_2d_texture(across, along, Texture.T_float, Texture.F_depth_component)
    depths = 1.0 - heights.astype(np.float32) / np.float32(255.0)
    texture.set_ram_image(np.ascontiguousarray(depths).tobytes())
    texture.set_minfilter(SamplerState.FT_shadow)
    texture.set_magfilter(SamplerState.FT_shadow)
    texture.set_wrap_u(SamplerState.WM_clamp)
    texture.set_wrap_v(SamplerState.WM_repeat)
    texture.set_keep_ram_image(False)
    return texture
