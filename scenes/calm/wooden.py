"""The bench and the jetty. Used by the script that makes the calm place, not while it is shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.calm import land
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import board, cut_up, leg
from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]
GREY = linear((0.72, 0.69, 0.64))
DECK_Z = -0.72


def jetty(rng: np.random.Generator) -> Quads:
    quads = Quads()
    x, y0, y1, wide = land.JETTY
    y = y0
    while y < y1:
        tone = tuple(np.array(GREY) * rng.uniform(0.78, 1.1))
        off, drop = rng.normal(0, 0.012), rng.normal(0, 0.003)
        board(
            quads,
            (x - wide / 2 + off, y, DECK_Z - 0.035 + drop),
            (x + wide / 2 + off, y + 0.138, DECK_Z + drop),
            tone,
            sides="xXyYZ",
            bevel=0.004,
        )
        y += 0.150
    for side in (-1.0, 1.0):
        bx = x + side * (wide / 2 - 0.18)
        board(
            quads,
            (bx - 0.05, y0 + 0.05, DECK_Z - 0.20),
            (bx + 0.05, y1 - 0.05, DECK_Z - 0.036),
            tuple(np.array(GREY) * 0.7),
            sides="xXyz",
        )
        for k, py in enumerate(np.linspace(y0 + 1.2, y1 - 0.12, 6)):
            px = x + side * (wide / 2 + 0.03)
            top = DECK_Z + (0.55 if k in (3, 5) else 0.04) + rng.normal(0, 0.02)
            leg(quads, (px, py, -2.4), (px, py, top), 0.085, 0.08, tuple(np.array(GREY) * 0.85), 12)
            leg(quads, (px, py, top), (px, py, top + 0.001), 0.08, 0.002, GREY, 12)
    return cut_up(quads, 0.8)


def bench() -> Quads:
    """A plain bench with a back, at the origin, looking along +y, 1.5 m wide."""
    quads = Quads()
    for k in range(4):
        y = -0.20 + 0.108 * k
        board(
            quads,
            (-0.75, y, 0.425),
            (0.75, y + 0.094, 0.455),
            tuple(np.array(GREY) * (0.95 + 0.04 * (k % 2))),
            bevel=0.006,
        )
    for z in (0.56, 0.70, 0.83):
        y = -0.25 - 0.20 * (z - 0.45)
        board(quads, (-0.75, y - 0.028, z), (0.75, y, z + 0.095), GREY, bevel=0.006)
    for x in (-0.62, 0.62):
        dark = tuple(np.array(GREY) * 0.8)
        board(quads, (x - 0.035, 0.10, -0.1), (x + 0.035, 0.17, 0.425), dark, bevel=0.005)
        board(quads, (x - 0.035, -0.20, 0.36), (x + 0.035, 0.17, 0.425), dark, bevel=0.005)
        # the back leg leans
        for z0, z1 in ((-0.1, 0.45), (0.45, 0.93)):
            a0, a1 = -0.20 - 0.20 * (z0 - 0.45) * (z0 > 0.4), -0.20 - 0.20 * (z1 - 0.45) * (z1 > 0.4)
            for side in "XxyY":
                quads.add(_prism(x, a0, a1, z0, z1, side), None, dark)
    return cut_up(quads, 0.4)


def _prism(x: float, a0: float, a1: float, z0: float, z1: float, side: str) -> Array:
    left, right, t = x - 0.035, x + 0.035, 0.07
    return np.array(
        {
            "X": [(right, a0 - t, z0), (right, a0, z0), (right, a1, z1), (right, a1 - t, z1)],
            "x": [(left, a0, z0), (left, a0 - t, z0), (left, a1 - t, z1), (left, a1, z1)],
            "y": [(left, a0 - t, z0), (right, a0 - t, z0), (right, a1 - t, z1), (left, a1 - t, z1)],
            "Y": [(right, a0, z0), (left, a0, z0), (left, a1, z1), (right, a1, z1)],
        }[side]
    )


def across_the_sun(mesh: Mesh, cuts: int = 8) -> tuple[Array, Array]:
    """Places (n, 3) spread over a mesh of patches, and how much each hides of the sun (n,), m2."""
    corners = mesh.positions.astype(np.float64).reshape(-1, 4, 3)
    share = (np.arange(cuts) + 0.5) / cuts
    s, t = (v.reshape(1, -1, 1) for v in np.meshgrid(share, share))
    c0, c1, c2, c3 = (corners[:, [k]] for k in range(4))
    places = (1 - s) * (1 - t) * c0 + s * (1 - t) * c1 + s * t * c2 + (1 - s) * t * c3
    half = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1]) / 2.0
    hidden = np.abs(half @ land.TO_SUN) / cuts**2
    return places.reshape(-1, 3), np.repeat(hidden, cuts**2)


def lit(mesh: Mesh, open_: Array | float = 1.0, sunlit: Array | float = 1.0) -> Array:
    """Sun and sky on what stands in the open; undersides get light from the grass. ``sunlit``: share of the sun that
    the trees let through to each vertex."""
    n = mesh.normals.astype(np.float64)
    sun = np.maximum(n @ land.TO_SUN, 0.0)[:, None] * land.SUN * np.asarray(sunlit).reshape(-1, 1)
    up = 0.5 + 0.5 * n[:, [2]]
    return sun + np.asarray(open_).reshape(-1, 1) * (land.SKY * up + land.GROUND * 1.4 * (1 - up))
