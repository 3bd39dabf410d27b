"""The platform's parts as meshes. Frame: x across, y out over the drop (the wall at WALL_Y, the edge at EDGE_Y), z = 0
on the floor; rails are one metre high and are scaled to theirs; everything is 3 m wide and is scaled or moved to its
width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scenes.heights.logic import EDGE_Y, WALL_Y
from scenes.kit.quads import Quads, linear
from vr_runtime.stage.mesh import Mesh

HALF = 1.5
DEEP = EDGE_Y - WALL_Y
STEEL = linear((0.33, 0.34, 0.35))
DARK = linear((0.25, 0.26, 0.27))
COPING = linear((0.80, 0.79, 0.76))
WALLING = linear((0.80, 0.77, 0.72))
TILE_M = 2.4
WIDTHS = (3.0, 2.5, 2.1, 1.75, 1.45, 1.2, 1.0, 0.8, 0.65, 0.5, 0.4, 0.3)
"""Floors are made in these widths and scaled a little in between, so that tiles keep their size."""


def floor(width: float) -> Mesh:
    """The tiled floor, in pieces of half a metre; texture coordinates in metres."""
    n = max(1, round(width / 0.5))
    xs, ys = np.linspace(-width / 2, width / 2, n + 1), np.linspace(WALL_Y, EDGE_Y, 7)
    made = Quads()
    for x0, x1 in zip(xs[:-1], xs[1:], strict=True):
        for y0, y1 in zip(ys[:-1], ys[1:], strict=True):
            corners = [(x0, y0, 0.0), (x1, y0, 0.0), (x1, y1, 0.0), (x0, y1, 0.0)]
            # a joint runs under the edge, so the last row of tiles is whole
            made.add(corners, [[(x / TILE_M + 0.5, (y - EDGE_Y) / TILE_M) for x, y, _ in corners]])
    mesh = made.mesh()
    back = np.clip((mesh.positions[:, 1] - WALL_Y) / 0.8, 0.0, 1.0)
    return replace(mesh, occlusion=0.55 + 0.45 * back)


def pane() -> Mesh:
    """The glass floor, 3 m wide: three panes with open joints."""
    made = Quads()
    for y0, y1 in ((WALL_Y, -0.58), (-0.56, 0.45), (0.47, EDGE_Y - 0.02)):
        made.rect(
            (-HALF, y0, 0.0), (2 * HALF, 0, 0), (0, y1 - y0, 0), metres=1.6, shift=(0.3 * y0, 0.17 * y0)
        )
    return made.mesh()


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


def solid_wall(along: str) -> Mesh:
    """A parapet, its inner face towards the person, 1 m high; ``along`` 'x' at the edge, 'y' at a side (x = 0)."""
    made = Quads()
    if along == "x":
        made.boxes(
            (-HALF, EDGE_Y - 0.14, -0.30), (HALF, EDGE_Y, 1.0), tint=WALLING, metres=4.0, sides="xXyYZ"
        )
    else:
        made.boxes(
            (-0.07, WALL_Y, -0.30), (0.07, EDGE_Y - 0.14, 1.0), tint=WALLING, metres=4.0, sides="xXyYZ"
        )
    mesh = made.mesh()
    low = np.clip(mesh.positions[:, 2] / 0.5, 0.0, 1.0)
    return replace(mesh, occlusion=0.6 + 0.4 * low)


def coping(along: str) -> Mesh:
    """The stone on top of a parapet, its underside at z = 0."""
    made = Quads()
    if along == "x":
        made.boxes(
            (-HALF - 0.03, EDGE_Y - 0.18, 0.0),
            (HALF + 0.03, EDGE_Y + 0.04, 0.05),
            tint=COPING,
            metres=4.0,
            sides="xXyYzZ",
        )
    else:
        made.boxes((-0.11, WALL_Y, 0.0), (0.11, EDGE_Y - 0.18, 0.05), tint=COPING, metres=4.0, sides="xXyYzZ")
    return made.mesh()


def _tube(
    made: Quads,
    a: tuple[float, float, float],
    b: tuple[float, float, float],
    radius: float,
    sides: int,
    tint: tuple[float, float, float],
) -> None:
    """A round bar from a to b with smooth sides, open at its ends."""
    start, end = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    axis = (end - start) / np.linalg.norm(end - start)
    u = np.cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < 0.9 else (1.0, 0.0, 0.0))
    u /= np.linalg.norm(u)
    v = np.cross(axis, u)
    t = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.cos(t)[:, None] * u + np.sin(t)[:, None] * v
    low, top = start + radius * ring, end + radius * ring
    made.add(
        np.stack([low[:-1], low[1:], top[1:], top[:-1]], 1),
        None,
        tint,
        np.stack([ring[:-1], ring[1:], ring[1:], ring[:-1]], 1),
    )


def bars(along: str) -> Mesh:
    """Posts and uprights, 1 m high."""
    made = Quads()
    run = (
        np.linspace(-HALF + 0.02, HALF - 0.02, 28)
        if along == "x"
        else np.linspace(WALL_Y + 0.05, EDGE_Y - 0.05, 28)
    )
    for k, s in enumerate(run):
        x, y = (float(s), EDGE_Y - 0.06) if along == "x" else (0.0, float(s))
        if k % 9 == 0:
            made.boxes((x - 0.022, y - 0.022, -0.12), (x + 0.022, y + 0.022, 1.0), tint=DARK, sides="xXyY")
        else:
            _tube(made, (x, y, 0.08), (x, y, 1.0), 0.007, 4, DARK)
    a, b = float(run[0]), float(run[-1])
    low = (
        ((a, EDGE_Y - 0.072, 0.06), (b, EDGE_Y - 0.048, 0.085))
        if along == "x"
        else ((-0.012, a, 0.06), (0.012, b, 0.085))
    )
    made.boxes(*low, tint=DARK, sides="xXyYzZ")
    return made.mesh()


def handrail(along: str, wide: float = 0.025, tint: tuple[float, float, float] = DARK) -> Mesh:
    """A round handrail, its middle at z = 0."""
    made = Quads()
    if along == "x":
        _tube(made, (-HALF - 0.01, EDGE_Y - 0.06, 0.0), (HALF + 0.01, EDGE_Y - 0.06, 0.0), wide, 10, tint)
    else:
        _tube(made, (0.0, WALL_Y, 0.0), (0.0, EDGE_Y - 0.04, 0.0), wide, 10, tint)
    return made.mesh()


def glass_posts(along: str) -> Mesh:
    """Slender steel posts with clamps for the panes, 1 m high."""
    made = Quads()
    for s in (
        (-HALF + 0.03, -0.5, 0.5, HALF - 0.03) if along == "x" else (WALL_Y + 0.1, -0.57, 0.46, EDGE_Y - 0.09)
    ):
        x, y = (s, EDGE_Y - 0.06) if along == "x" else (0.0, s)
        made.boxes((x - 0.018, y - 0.03, -0.14), (x + 0.018, y + 0.03, 1.0), tint=STEEL, sides="xXyY")
        for z in (0.22, 0.78):
            made.boxes(
                (x - 0.05, y - 0.035, z - 0.03), (x + 0.05, y + 0.015, z + 0.03), tint=STEEL, sides="xXyYzZ"
            )
    return made.mesh()


def glass_panes(along: str) -> Mesh:
    """The panes between the posts: from 8 cm to 96 cm."""
    made = Quads()
    for a, b in (
        ((-1.44, -0.54), (-0.46, 0.46), (0.54, 1.44))
        if along == "x"
        else ((-1.45, -0.61), (-0.53, 0.42), (0.50, 1.37))
    ):
        if along == "x":
            made.rect((a, EDGE_Y - 0.065, 0.08), (b - a, 0, 0), (0, 0, 0.88))
        else:
            made.rect((0.0, a, 0.08), (0, b - a, 0), (0, 0, 0.88))
    return made.mesh()


def glass_rims(along: str) -> Mesh:
    """The panes' cut edges, which look green."""
    made = Quads()
    green = linear((0.45, 0.62, 0.57))
    for a, b in (
        ((-1.44, -0.54), (-0.46, 0.46), (0.54, 1.44))
        if along == "x"
        else ((-1.45, -0.61), (-0.53, 0.42), (0.50, 1.37))
    ):
        for z in (0.08, 0.955):
            if along == "x":
                made.boxes((a, EDGE_Y - 0.071, z), (b, EDGE_Y - 0.059, z + 0.006), tint=green, sides="yYzZ")
            else:
                made.boxes((-0.006, a, z), (0.006, b, z + 0.006), tint=green, sides="xXzZ")
        for s in (a, b):
            if along == "x":
                made.boxes(
                    (s - 0.003, EDGE_Y - 0.071, 0.08),
                    (s + 0.003, EDGE_Y - 0.059, 0.96),
                    tint=green,
                    sides="xXyY",
                )
            else:
                made.boxes((-0.006, s - 0.003, 0.08), (0.006, s + 0.003, 0.96), tint=green, sides="xXyY")
    return made.mesh()


def rail_shadow(kind: str) -> Mesh:
    """What the left rail shades of the floor, flat, for a reach of 1 m to the right of it (scaled to the true one)."""
    made = Quads()

    def patch(u0: float, u1: float, y0: float, y1: float) -> None:
        slant = 0.53
        corners = [(u0, y0 + slant * u0), (u1, y0 + slant * u1), (u1, y1 + slant * u1), (u0, y1 + slant * u0)]
        made.add([(u, min(y, EDGE_Y - 0.14), 0.0) for u, y in corners])

    if kind == "solid":
        patch(0.0, 1.05, WALL_Y, EDGE_Y + 0.5)
    else:
        patch(0.97, 1.02, WALL_Y, EDGE_Y + 0.5)
        if kind == "bars":
            patch(0.06, 0.085, WALL_Y, EDGE_Y + 0.5)
            for k, s in enumerate(np.linspace(WALL_Y + 0.05, EDGE_Y - 0.05, 28)):
                wide = 0.022 if k % 9 == 0 else 0.008
                reach = min(0.97, (EDGE_Y - 0.16 - s) / 0.53)
                if reach > 0.05:
                    patch(0.0, float(reach), float(s) - wide, float(s) + wide)
        else:
            for s in (WALL_Y + 0.1, -0.57, 0.46):
                patch(0.0, 0.97, s - 0.03, s + 0.03)
    return made.mesh()


def door() -> tuple[Mesh, Mesh]:
    """A sliding door in the tower's wall behind the person: what is matt, and the panes."""
    matt, glass = Quads(), Quads()
    y = WALL_Y + 0.06  # the tower's wall runs on behind
    frame, wall = linear((0.30, 0.31, 0.32)), linear((0.78, 0.75, 0.70))
    matt.boxes((-1.75, y - 0.05, 0.0), (-1.12, y + 0.03, 2.75), tint=wall, metres=4.0, sides="xXYZ")
    matt.boxes((1.12, y - 0.05, 0.0), (1.75, y + 0.03, 2.75), tint=wall, metres=4.0, sides="xXYZ")
    matt.boxes((-1.12, y - 0.05, 2.25), (1.12, y + 0.03, 2.75), tint=wall, metres=4.0, sides="YzZ")
    for x in (-1.12, -0.03, 1.06):
        matt.boxes((x, y - 0.04, 0.0), (x + 0.06, y + 0.02, 2.25), tint=frame, sides="xXY")
    for z in (0.0, 2.18):
        matt.boxes((-1.12, y - 0.04, z), (1.12, y + 0.02, z + 0.07), tint=frame, sides="YzZ")
    # a room behind: curtain on one side, dusk on the other
    back = y - 0.035
    matt.rect((1.06, back, 0.05), (-1.03, 0, 0), (0, 0, 2.15), tint=linear((0.17, 0.17, 0.17)))
    for k in range(14):
        x = -0.03 - k * 0.078
        tone = linear((0.60 + 0.05 * (k % 2), 0.57 + 0.05 * (k % 2), 0.52 + 0.05 * (k % 2)))
        matt.rect((x, back, 0.05), (-0.078, 0, 0), (0, 0, 2.15), tint=tone)
    glass.rect((1.06, y - 0.015, 0.05), (-2.18, 0, 0), (0, 0, 2.15))
    return matt.mesh(), glass.mesh()


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
