"""Sunlight that a scene worked out beforehand: how far from the sun's side the first thing lies.

Two square pictures seen from the sun, parallel: a fine one around the middle, a coarse one of all the rest. They are
made by the scene (with NumPy, while it is built or long before) and never change, so they cost a look-up and no
pass. Moving things are not in them: they are shaded by what stands still, and throw shadows of their own by
``Kitchen.flock``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from panda3d.core import LVecBase4f, NodePath, SamplerState, Texture


@dataclass(frozen=True, eq=False)
class SunMap:
    """Frame: ``right``, ``up`` and ``away`` are unit vectors (world), ``away`` pointing away from the sun."""

    near: NDArray[np.float32]
    """(n, n), first row at the lowest ``up``: depth in 0 to 1 over ``-half_depth_m`` to ``half_depth_m`` along
    ``away``; 1 where nothing stands."""
    far: NDArray[np.float32]
    """(n, n), the same over a wider square."""
    right: tuple[float, float, float]
    up: tuple[float, float, float]
    away: tuple[float, float, float]
    middle: tuple[float, float, float]
    """World point in the middle of both squares, m."""
    near_half_m: float
    far_half_m: float
    half_depth_m: float

    def __post_init__(self) -> None:
        if (
            self.near.shape != self.far.shape
            or self.near.ndim != 2
            or self.near.shape[0] != self.near.shape[1]
        ):
            raise ValueError(f"sun map: squares of one size, not {self.near.shape} and {self.far.shape}")


class HungMap:
    """A sun map's textures on a root; of several on one root the one used last holds."""

    def __init__(self, root: NodePath, made: SunMap) -> None:
        self._root = root
        self._inputs: dict[str, Texture | LVecBase4f] = {}
        for name, depths in (("near", made.near), ("far", made.far)):
            self._inputs[f"sun_map_{name}"] = _texture(name, depths)
        for name, axis in (("right", made.right), ("up", made.up), ("away", made.away)):
            offset = -sum(a * m for a, m in zip(axis, made.middle, strict=True))
            self._inputs[f"sun_map_{name}"] = LVecBase4f(*axis, offset)
        self._inputs["sun_map_reach"] = LVecBase4f(
            made.near_half_m, made.far_half_m, made.half_depth_m, float(len(made.near))
        )
        self.use()

    def use(self) -> None:
        """Light everything below the root by this map from now on."""
        for name, value in self._inputs.items():
            self._root.set_shader_input(name, value)


def hang(root: NodePath, made: SunMap) -> HungMap:
    """Give the maps to everything below ``root`` that asks for them."""
    return HungMap(root, made)


def _texture(name: str, depths: NDArray[np.float32]) -> Texture:
    size = len(depths)
    texture = Texture(f"sun_map_{name}")
    texture.setup_2d_texture(size, size, Texture.T_float, Texture.F_depth_component)
    texture.set_ram_image(np.ascontiguousarray(depths, dtype=np.float32).tobytes())
    texture.set_minfilter(SamplerState.FT_shadow)
    texture.set_magfilter(SamplerState.FT_shadow)
    texture.set_wrap_u(SamplerState.WM_clamp)
    texture.set_wrap_v(SamplerState.WM_clamp)
    texture.set_keep_ram_image(False)
    return texture
