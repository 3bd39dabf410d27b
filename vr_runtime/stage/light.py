"""A scene's light and air as shader inputs of its root; set again only where they changed."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from panda3d.core import LVecBase4f, NodePath

HANDS_SUN = "sun on hands"
"""The tag of a scene's root with the share of its sun that reaches hands."""


class Light:
    """Keeps the last values: an unchanged call makes no new render state."""

    def __init__(self, root: NodePath) -> None:
        self._root = root
        self._now: dict[str, tuple[float, ...]] = {}
        self.sun((0.3, -0.4, 0.85), (0.0, 0.0, 0.0))
        self.sky((0.6, 0.6, 0.62), (0.5, 0.5, 0.5), (0.3, 0.29, 0.28))
        self.no_fog()
        self.exposure(0.0)
        self.sky_time(0.0)

    def _set(self, name: str, *values: float) -> None:
        if self._now.get(name) != values:
            self._now[name] = values
            self._root.set_shader_input(name, LVecBase4f(*values))

    def sun(self, direction: Sequence[float], colour: Sequence[float]) -> None:
        x, y, z = (float(value) for value in direction)
        length = sqrt(x * x + y * y + z * z)
        if length < 1e-9:
            raise ValueError("the sun's direction is a zero vector; give one that points to the sun")
        self._set("sun_direction", x / length, y / length, z / length, 0.0)
        self._set("sun_colour", *(float(value) for value in colour), 0.0)

    def sky(self, zenith: Sequence[float], horizon: Sequence[float], ground: Sequence[float]) -> None:
        self._set("sky_zenith", *(float(value) for value in zenith), 0.0)
        self._set("sky_horizon", *(float(value) for value in horizon), 0.0)
        self._set("sky_ground", *(float(value) for value in ground), 0.0)

    def fog(self, colour: Sequence[float], distance_m: float, start_m: float, sun_glow: float) -> None:
        if distance_m <= 0.0:
            raise ValueError(
                f"fog over {distance_m:g} m; the distance must be above 0 (no_fog() takes fog away)"
            )
        self._set("fog_colour", *(float(value) for value in colour), float(sun_glow))
        self._set("fog_reach", 1.0 / float(distance_m), float(start_m), 0.0, 0.0)

    def no_fog(self) -> None:
        self._set("fog_colour", 0.5, 0.5, 0.5, 0.0)
        self._set("fog_reach", 0.0, 0.0, 0.0, 0.0)

    def exposure(self, stops: float) -> None:
        self._set("exposure", 2.0 ** float(stops), 0.0, 0.0, 0.0)

    def sky_time(self, t_s: float) -> None:
        self._set("sky_time", float(t_s), 0.0, 0.0, 0.0)
