"""The platform's parts as meshes. Frame: x across, y out over the drop (the wall at WALL_Y, the edge at EDGE_Y), z = 0
on the floor; rails are one metre high and are scaled to theirs; everything is 3 m wide and is scaled or moved to its
width."""

from __future__ import annotations

import numpy as np

from scenes.heights.places import EDGE_Y, WALL_Y
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import board
from vr_runtime.stage.mesh import Mesh

HALF = 1.5
STEEL = linear((0.33, 0.34, 0.35))
DARK = linear((0.25, 0.26, 0.27))
WIDTHS = (3.0, 2.5, 2.1, 1.75, 1.45, 1.2, 1.0, 0.8, 0.65, 0.5, 0.4, 0.3)
"""Floors are made in these widths and scaled a little in between, so that tiles keep their size."""


def beams_across() -> Mesh:
    """The frame's parts that grow with the width: the edge, two cross beams, the ledger on the wall."""
    made = Quads()
    made.boxes((-HALF, EDGE_Y - 0.06, -0.16), (HALF, EDGE_Y, -0.004), tint=STEEL, sides="xXyYzZ")
    for y in (-0.57, 0.46):
        made.boxes((-HALF, y - 0.03, -0.14), (HALF, y + 0.03, -0.03), tint=DARK, sides="yYzZ")
    made.boxes((-HALF, WALL_Y, -0.16), (HALF, WALL_Y + 0.06, -0.004), tint=DARK, sides="yYzZ")
    return made.mesh()


def beam_out(side: float) -> Mesh:
    """One of the two beams that carry the floor, at x = 0, and the strut below it; ``side``: -1 left, 1 right."""
    made = Quads()
    x0, x1 = sorted((0.0, -side * 0.07))
    made.boxes((x0, WALL_Y, -0.18), (x1, EDGE_Y, -0.004), tint=STEEL, sides="xXyYzZ")
    low, high = np.array([x0 + 0.01, WALL_Y, -1.9]), np.array([x0 + 0.01, EDGE_Y - 0.5, -0.18])
    across = np.array([0.05, 0.0, 0.0])
    thick = np.array([0.0, -0.04, 0.05])
    for shift, face in ((thick, across), (-thick, -across)):
        start = low + shift + (0 if face[0] > 0 else 0.05) * np.array([1, 0, 0])
        made.rect(start, face, high - low, tint=DARK)
    for x, flip in ((0.0, False), (0.05, True)):
        a, b = low + (x, 0, 0) - thick, high + (x, 0, 0) - thick
        corners = [a, b, b + 2 * thick, a + 2 * thick]
        made.add(corners[::-1] if flip else corners, None, DARK)
    return made.mesh()


def rail_shadow(kind: str, y0: float = WALL_Y, y1: float = EDGE_Y) -> Mesh:
    """What a left rail from ``y0`` to ``y1`` shades of the floor, flat, for a reach of 1 m to the right of it (scaled to
    the true one)."""
    made = Quads()

    def patch(u0: float, u1: float, a: float, b: float) -> None:
        slant = 0.53
        corners = [(u0, a + slant * u0), (u1, a + slant * u1), (u1, b + slant * u1), (u0, b + slant * u0)]
        made.add([(u, min(y, y1 - 0.14), 0.0) for u, y in corners])

    if kind == "solid":
        patch(0.0, 1.05, y0, y1 + 0.5)
    else:
        patch(0.97, 1.02, y0, y1 + 0.5)
        if kind == "bars":
            patch(0.06, 0.085, y0, y1 + 0.5)
            for k, s in enumerate(np.linspace(y0 + 0.05, y1 - 0.05, 28)):
                wide = 0.022 if k % 9 == 0 else 0.008
                reach = min(0.97, (y1 - 0.16 - s) / 0.53)
                if reach > 0.05:
                    patch(0.0, float(reach), float(s) - wide, float(s) + wide)
        else:
            for s in np.linspace(y0 + 0.1, y1 - 0.9, 3):
                patch(0.0, 0.97, float(s) - 0.03, float(s) + 0.03)
    return made.mesh()


def door() -> tuple[Mesh, Mesh]:
    """The way out to the platform: a painted steel door in its frame, a lamp over it. What is matt, and what glows."""
    matt, glow = Quads(), Quads()
    y = WALL_Y
    frame, leaf, plate = linear((0.30, 0.31, 0.32)), linear((0.33, 0.42, 0.44)), linear((0.66, 0.66, 0.65))
    for low, high in (
        ((-0.58, y, 0.0), (-0.50, y + 0.06, 2.16)),
        ((0.50, y, 0.0), (0.58, y + 0.06, 2.16)),
        ((-0.50, y, 2.08), (0.50, y + 0.06, 2.16)),
    ):
        board(matt, low, high, frame)
    board(matt, (-0.50, y, 0.015), (0.50, y + 0.03, 2.08), leaf)
    for z0, z1 in ((0.18, 0.92), (1.12, 1.94)):
        board(matt, (-0.38, y + 0.03, z0), (0.38, y + 0.036, z1), tuple(1.06 * c for c in leaf))
    board(matt, (-0.50, y + 0.03, 0.03), (0.50, y + 0.034, 0.16), plate)
    board(matt, (0.34, y + 0.03, 0.98), (0.42, y + 0.05, 1.10), plate)
    board(matt, (0.22, y + 0.06, 1.04), (0.40, y + 0.08, 1.062), plate)
    board(matt, (-0.13, y + 0.036, 1.56), (0.13, y + 0.040, 1.74), linear((0.86, 0.72, 0.18)))
    matt.rect((0.055, y + 0.0405, 1.59), (-0.11, 0, 0), (0, 0, 0.11), tint=linear((0.10, 0.10, 0.10)))
    board(matt, (-0.14, y, 2.30), (0.14, y + 0.10, 2.42), frame)
    glow.boxes((-0.12, y + 0.01, 2.285), (0.12, y + 0.095, 2.302), sides="yYz")
    # cables and a box beside it
    board(matt, (0.82, y, 1.10), (1.06, y + 0.10, 1.48), plate)
    board(matt, (0.92, y, 1.48), (0.95, y + 0.03, 2.9), plate)
    return matt.mesh(), glow.mesh()


def planter() -> tuple[Mesh, Mesh]:
    """A long pot at the back left corner, and the plant in it (leaf cards; z = 0 at the earth)."""
    pot, plant = Quads(), Quads()
    clay = linear((0.62, 0.47, 0.38))
    pot.boxes((-1.36, WALL_Y + 0.12, 0.0), (-1.02, WALL_Y + 0.80, 0.40), tint=clay)
    pot.rect((-1.34, WALL_Y + 0.14, 0.385), (0.30, 0, 0), (0, 0.64, 0), tint=linear((0.22, 0.18, 0.15)))
    rng = np.random.default_rng(7)
    for _ in range(26):
        lean = rng.normal(0.0, 0.16, 2)
        foot = np.array([rng.uniform(-0.10, 0.10), rng.uniform(-0.26, 0.26), 0.0])
        high = rng.uniform(0.25, 0.62)
        a = rng.uniform(0, np.pi)
        across = np.array([np.cos(a), np.sin(a), 0.0]) * rng.uniform(0.12, 0.2)
        up = np.array([*lean, high])
        corners = np.stack([foot - across, foot + across, foot + across + up, foot - across + up])
        normal = np.tile(np.array([lean[0], lean[1], 0.8]) / np.linalg.norm([*lean, 0.8]), (4, 1))
        tint = np.array(linear((0.80, 0.86, 0.72))) * rng.uniform(0.5, 1.0)
        for order, uv in (
            ((0, 1, 2, 3), [[0, 0], [1, 0], [1, 1], [0, 1]]),
            ((1, 0, 3, 2), [[1, 0], [0, 0], [0, 1], [1, 1]]),
        ):
            plant.add(corners[list(order)], uv, tint, normal)
    return pot.mesh(), plant.mesh()


def flag(strips: int = 6) -> list[Mesh]:
    """A flag in upright strips of equal width, each from x = 0 outwards, to be chained; 1.5 m by 1 m."""
    made: list[Mesh] = []
    wide = 1.5 / strips
    for k in range(strips):
        quads = Quads()
        tone = linear(((0.20, 0.40, 0.42), (0.86, 0.82, 0.70), (0.20, 0.40, 0.42))[k * 3 // strips])
        corners = [(0.0, 0.0, -0.5), (wide, 0.0, -0.5), (wide, 0.0, 0.5), (0.0, 0.0, 0.5)]
        quads.add(corners, None, tone)
        made.append(quads.mesh())
    return made
