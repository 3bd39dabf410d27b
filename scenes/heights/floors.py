"""Floors that can turn to glass or to mesh: slabs, panes with joints and dust, grating of two layers."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from scenes.kit.quads import Quads, linear
from vr_runtime.stage.mesh import Mesh

TILE_M = 2.4
GRATING_M = 0.4
GREEN = linear((0.40, 0.58, 0.53))


def _cells(x0: float, x1: float, y0: float, y1: float, step: float) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.linspace(x0, x1, max(1, ceil((x1 - x0) / step)) + 1),
        np.linspace(y0, y1, max(1, ceil((y1 - y0) / step)) + 1),
    )


def slabs(x0: float, x1: float, y0: float, y1: float, *, wall: bool = True) -> Mesh:
    """The tiled floor, in pieces of half a metre; a joint runs under the edge ``y1``. Darker at a wall at ``y0``."""
    xs, ys = _cells(x0, x1, y0, y1, 0.5)
    made = Quads()
    for a, b in zip(xs[:-1], xs[1:], strict=True):
        for c, d in zip(ys[:-1], ys[1:], strict=True):
            corners = [(a, c, 0.0), (b, c, 0.0), (b, d, 0.0), (a, d, 0.0)]
            made.add(corners, [[(x / TILE_M + 0.5, (y - y1) / TILE_M) for x, y, _ in corners]])
    mesh = made.mesh()
    if not wall:
        return mesh
    back = np.clip((mesh.positions[:, 1] - y0) / 0.8, 0.0, 1.0)
    return replace(mesh, occlusion=0.55 + 0.45 * back)


def panes(x0: float, x1: float, y0: float, y1: float, *, metres: float = 1.6) -> Mesh:
    """Glass in panes of about a metre with open joints of 2 cm."""
    xs, ys = _cells(x0, x1, y0, y1, 1.1)
    made = Quads()
    for i, (a, b) in enumerate(zip(xs[:-1], xs[1:], strict=True)):
        for j, (c, d) in enumerate(zip(ys[:-1], ys[1:], strict=True)):
            made.rect(
                (a + 0.01, c + 0.01, 0.0),
                (b - a - 0.02, 0, 0),
                (0, d - c - 0.02, 0),
                metres=metres,
                shift=(0.31 * i + 0.13 * j, 0.17 * i + 0.29 * j),
            )
    return made.mesh()


def rims(x0: float, x1: float, y0: float, y1: float) -> Mesh:
    """The panes' cut edges and the bearing strips under the joints."""
    xs, ys = _cells(x0, x1, y0, y1, 1.1)
    made = Quads()
    for x in xs:
        made.rect((x - 0.011, y0, -0.005), (0.022, 0, 0), (0, y1 - y0, 0), tint=GREEN)
        made.boxes(
            (x - 0.03, y0, -0.06), (x + 0.03, y1, -0.03), tint=linear((0.30, 0.31, 0.32)), sides="xXZz"
        )
    for y in ys:
        made.rect((x0, y - 0.011, -0.004), (x1 - x0, 0, 0), (0, 0.022, 0), tint=GREEN)
        made.boxes(
            (x0, y - 0.03, -0.062), (x1, y + 0.03, -0.032), tint=linear((0.30, 0.31, 0.32)), sides="yYZz"
        )
    return made.mesh()


def grating(x0: float, x1: float, y0: float, y1: float) -> tuple[Mesh, Mesh]:
    """Open grating: its upper edge at z = 0 and its lower edge 3 cm below, which is what makes it look deep."""
    layers = []
    for z, tone in ((-0.03, 0.45), (0.0, 1.0)):
        made = Quads()
        corners = [(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)]
        made.add(corners, [[(x / GRATING_M, y / GRATING_M) for x, y, _ in corners]], (tone, tone, tone))
        layers.append(made.mesh())
    return layers[0], layers[1]


def grating_frame(x0: float, x1: float, y0: float, y1: float) -> Mesh:
    """Flat bars that bind the grating's panels, and the angles that carry them."""
    made = Quads()
    steel = linear((0.44, 0.45, 0.46))
    xs = np.linspace(x0, x1, max(1, round((x1 - x0) / 1.0)) + 1)
    for x in xs:
        made.boxes((x - 0.004, y0, -0.035), (x + 0.004, y1, 0.001), tint=steel, sides="xXZ")
    for y in np.linspace(y0, y1, max(1, round((y1 - y0) / 1.05)) + 1):
        made.boxes((x0, y - 0.004, -0.035), (x1, y + 0.004, 0.001), tint=steel, sides="yYZ")
        made.boxes(
            (x0, y - 0.03, -0.10), (x1, y + 0.03, -0.04), tint=linear((0.28, 0.29, 0.30)), sides="yYZz"
        )
    return made.mesh()
