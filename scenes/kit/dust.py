"""Dusty air: a warm haze, low veils that the wind drives along the ground, and motes near by.

The haze is plain arithmetic (``air``, ``light``); what drifts are two Geoms. Nothing keeps a state: the same moment at
the same amount always looks the same, and the amount may be turned at any speed that a parameter has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.flock import MOST
from vr_runtime.stage.mesh import Mesh, merge

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

HAZE: Colour = (0.60, 0.49, 0.36)
"""What the air glows with by day in the thickest dust, linear."""
SUN: Colour = (0.42, 0.33, 0.22)
"""What is left of the sun's light there."""
THICKEST_M = 55.0
"""In the thickest dust things fade by 63 % in this distance."""

VEILS, NEAREST_M, FARTHEST_M = 80, 9.0, 42.0
"""No veil comes nearer: a sheet that passes through the head startles and shows what it is."""
MOTES_A_CLUSTER, CLUSTER_M, ASIDE_M, MOTES_M = 8, 0.7, 1.3, 7.0
"""Motes come in clusters of that half width; the middle of none comes nearer than ``ASIDE_M``."""


def air(amount: float, haze: Colour, reach_m: float) -> tuple[Colour, float]:
    """Haze and its reach for ``Kitchen.fog``, from what they are without dust. ``amount``: 0 none to 1 thickest."""
    share = _eased(amount)
    reach = 1.0 / (1.0 / reach_m + amount**1.5 / THICKEST_M)
    return mixed(haze, _lit(HAZE, haze), share), reach


def light(amount: float, sun: Colour) -> Colour:
    """The sun through the dust: dimmer and warmer."""
    share = _eased(amount)
    r, g, b = (s * (1.0 - share + share * left) for s, left in zip(sun, SUN, strict=True))
    return (r, g, b)


def sky(amount: float, colour: Colour) -> Colour:
    """Light of the sky through the dust, or the colour that the sky shows."""
    return mixed(colour, _lit(HAZE, colour), 0.85 * _eased(amount))


def clouds(amount: float, share: float) -> float:
    """How much of the clouds is still seen."""
    return share * (1.0 - min(1.0, max(0.0, 1.6 * amount)))


def mixed(a: Colour, b: Colour, share: float) -> Colour:
    r, g, b_ = (x + (y - x) * share for x, y in zip(a, b, strict=True))
    return (r, g, b_)


def _eased(amount: float) -> float:
    amount = min(1.0, max(0.0, amount))
    return amount * (2.0 - amount)


def _lit(colour: Colour, by: Colour) -> Colour:
    """Dust has no light of its own: it is as bright as the clear air's haze, so that night stays night."""
    bright = (by[0] + by[1] + by[2]) / (colour[0] + colour[1] + colour[2])
    return (colour[0] * bright, colour[1] * bright, colour[2] * bright)


def _card(x: float, z: float, wide: float, high: float, y: float = 0.0) -> Mesh:
    """Upright, facing -y; lit as the ground is, whichever way it turns."""
    w, h = wide / 2, high / 2
    at = [(x - w, y, z - h), (x + w, y, z - h), (x + w, y, z + h), (x - w, y, z + h)]
    return Mesh(
        positions=np.array(at, np.float32),
        normals=np.tile(np.float32([0, 0, 1]), (4, 1)),
        triangles=np.array([[0, 1, 2], [0, 2, 3]], np.uint32),
        uvs=np.float32([[0, 0], [1, 0], [1, 1], [0, 1]]),
    )


class Dust:
    """What drifts. Build it with the scene, ``draw`` it with the scene's time."""

    def __init__(
        self, kitchen: Kitchen, *, wind_m_s: tuple[float, float] = (1.6, 0.7), seed: int = 9
    ) -> None:
        rng = np.random.default_rng(seed)
        self._speed = float(np.hypot(*wind_m_s))
        along = np.array(wind_m_s) / max(self._speed, 1e-6) if self._speed > 0.0 else np.array([1.0, 0.0])
        self._along, self._across = along, np.array([-along[1], along[0]])

        def looks(name: str, texture: str, opacity: float) -> object:
            return kitchen.material(
                name,
                colour=(0.90, 0.78, 0.60),
                roughness=1.0,
                texture=kitchen.texture_file(f"textures/road/{texture}.png", wrap="clamp"),
                opacity=opacity,
                transparent=True,
                flock=True,
                rigid=True,
                two_sided=True,
                shine=0.0,
            )

        veils = [
            _card(0.0, high * rng.uniform(0.30, 0.46), wide, high)
            for wide, high in zip(rng.uniform(4.0, 10.0, VEILS), rng.uniform(1.6, 3.6, VEILS), strict=True)
        ]
        self._veils = kitchen.flock("veils of dust", veils, looks("veils of dust", "mist", 0.55))  # type: ignore[arg-type]
        clusters = [
            merge(
                [
                    _card(x, z, size, size, y)
                    for (x, y), z, size in zip(
                        rng.uniform(-CLUSTER_M, CLUSTER_M, (MOTES_A_CLUSTER, 2)),
                        rng.uniform(0.2, 2.6, MOTES_A_CLUSTER),
                        rng.uniform(0.012, 0.034, MOTES_A_CLUSTER),
                        strict=True,
                    )
                ]
            )
            for _ in range(MOST)
        ]
        self._motes = kitchen.flock("motes of dust", clusters, looks("motes of dust", "halo", 1.0))  # type: ignore[arg-type]
        # where each begins, in the wind's own frame: along it and across it
        self._veil_at = rng.uniform(-FARTHEST_M, FARTHEST_M, (VEILS, 2))
        self._veil_pace = rng.uniform(0.75, 1.35, VEILS)
        self._mote_at = rng.uniform(-MOTES_M, MOTES_M, (MOST, 2))
        self._mote_pace = rng.uniform(0.25, 0.6, MOST)
        self._mote_turn = rng.uniform(0.0, 2 * np.pi, MOST)
        self._rows = (np.zeros((VEILS, 4)), np.zeros((MOST, 4)))
        self.draw(0.0, 0.0)

    def places(self, t_s: float, at: tuple[float, float] = (0.0, 0.0)) -> tuple[Array, Array]:
        """Where veils and motes are, (n, 2) each, m: they drift with the wind, and around the middle as round a post."""
        made = []
        for start, pace, half, nearest, sway in (
            (self._veil_at, self._veil_pace, FARTHEST_M, NEAREST_M, 0.0),
            (self._mote_at, self._mote_pace, MOTES_M, ASIDE_M, 0.12 * np.sin(0.7 * t_s + self._mote_turn)),
        ):
            gone = (start[:, 0] + half + self._speed * pace * t_s) % (2 * half) - half
            aside = start[:, 1] + sway
            clear = np.maximum(nearest**2 - gone**2, 0.0)
            aside = np.where(start[:, 1] < 0.0, -1.0, 1.0) * np.sqrt(aside**2 + clear)
            made.append(np.outer(gone, self._along) + np.outer(aside, self._across) + np.asarray(at))
        return made[0], made[1]

    def draw(self, t_s: float, amount: float, at: tuple[float, float] = (0.0, 0.0)) -> None:
        """``at``: the middle of it, where the patient's place is (not the head: what drifts stays in the world)."""
        for flock, rows, here in zip(
            (self._veils, self._motes), self._rows, self.places(t_s, at), strict=True
        ):
            if amount <= 0.0:
                flock.node.hide()
                continue
            flock.node.show()
            flock.node.set_color_scale(1.0, 1.0, 1.0, min(1.0, amount))
            rows[:, :2] = here
            away = here - np.asarray(at)
            rows[:, 2] = np.arctan2(-away[:, 0], away[:, 1])
            rows[:, 3] = 0.0
            flock.place(rows)
