"""Cars, vans and buses: simple bodies of the right size, with smooth normals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenes.kit.quads import Quads, linear
from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

PANE = linear((0.13, 0.16, 0.19))
TYRE = linear((0.11, 0.11, 0.11))
TRIM = linear((0.16, 0.16, 0.17))
LAMP = linear((0.86, 0.86, 0.82))
TAIL = linear((0.45, 0.08, 0.07))
PAINTS: tuple[Colour, ...] = tuple(
    linear(c)
    for c in (
        (0.82, 0.82, 0.81),
        (0.60, 0.61, 0.62),
        (0.20, 0.21, 0.22),
        (0.34, 0.35, 0.37),
        (0.15, 0.18, 0.26),
        (0.38, 0.18, 0.16),  # no purer red: a car that passes near by would count as a red flash
        (0.74, 0.72, 0.67),
        (0.30, 0.38, 0.48),
        (0.10, 0.10, 0.11),
        (0.42, 0.44, 0.40),
    )
)


def loft(quads: Quads, rings: Array, tints: Array, uvs: Array | None = None) -> None:
    """A skin over rings (r, p, 3) of points that run counter-clockwise seen from the last ring; ``tints``
    (r - 1, p - 1, 3) one a patch; ``uvs`` (r, p, 2) one a point. Smooth normals."""
    a, b, c, d = rings[:-1, :-1], rings[:-1, 1:], rings[1:, 1:], rings[1:, :-1]
    corners = np.stack([a, b, c, d], axis=2)
    face = np.cross(c - a, d - b)
    normals = np.zeros_like(rings)
    normals[:-1, :-1] += face
    normals[:-1, 1:] += face
    normals[1:, 1:] += face
    normals[1:, :-1] += face
    if np.allclose(rings[:, 0], rings[:, -1]):  # closed around
        seam = normals[:, 0] + normals[:, -1]
        normals[:, 0] = normals[:, -1] = seam
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-9)
    n = np.stack([normals[:-1, :-1], normals[:-1, 1:], normals[1:, 1:], normals[1:, :-1]], axis=2)
    t = None
    if uvs is not None:
        t = np.stack([uvs[:-1, :-1], uvs[:-1, 1:], uvs[1:, 1:], uvs[1:, :-1]], axis=2).reshape(-1, 4, 2)
    quads.add(
        corners.reshape(-1, 4, 3),
        t if t is not None else np.zeros((1, 4, 2)),
        tints.reshape(-1, 3),
        n.reshape(-1, 4, 3),
    )


CAR = {
    # stations from the tail to the nose: y, height of the skirt, of the belt, of the top, half width, half width of the top
    "hatch": (
        (-2.02, 0.42, 0.78, 0.80, 0.70, 0.62),
        (-1.95, 0.28, 0.92, 0.98, 0.84, 0.66),
        (-1.70, 0.22, 0.95, 1.40, 0.87, 0.60),
        (-0.90, 0.20, 0.94, 1.47, 0.88, 0.60),
        (0.05, 0.20, 0.92, 1.44, 0.88, 0.59),
        (0.80, 0.20, 0.90, 1.00, 0.88, 0.68),
        (1.55, 0.22, 0.84, 0.90, 0.86, 0.70),
        (1.95, 0.30, 0.70, 0.72, 0.78, 0.66),
        (2.05, 0.42, 0.60, 0.61, 0.66, 0.58),
    ),
    "sedan": (
        (-2.30, 0.42, 0.80, 0.82, 0.70, 0.62),
        (-2.22, 0.28, 0.92, 0.97, 0.84, 0.68),
        (-1.50, 0.22, 0.94, 1.00, 0.88, 0.66),
        (-0.95, 0.20, 0.93, 1.36, 0.89, 0.58),
        (0.00, 0.20, 0.92, 1.43, 0.89, 0.58),
        (0.35, 0.20, 0.91, 1.36, 0.89, 0.58),
        (1.00, 0.20, 0.90, 0.98, 0.89, 0.70),
        (1.80, 0.22, 0.83, 0.88, 0.87, 0.70),
        (2.20, 0.30, 0.70, 0.72, 0.78, 0.66),
        (2.30, 0.42, 0.60, 0.61, 0.66, 0.58),
    ),
    "van": (
        (-2.45, 0.36, 1.05, 1.90, 0.90, 0.84),
        (-2.40, 0.26, 1.08, 1.98, 0.95, 0.86),
        (-0.40, 0.22, 1.08, 2.02, 0.96, 0.86),
        (0.70, 0.22, 1.08, 1.98, 0.96, 0.84),
        (1.05, 0.22, 1.06, 1.72, 0.96, 0.80),
        (1.65, 0.22, 1.00, 1.10, 0.94, 0.78),
        (2.30, 0.26, 0.84, 0.90, 0.90, 0.74),
        (2.45, 0.36, 0.66, 0.68, 0.80, 0.70),
    ),
    "bus": (
        (-5.95, 0.40, 1.05, 2.95, 1.22, 1.16),
        (-5.85, 0.32, 1.05, 3.02, 1.26, 1.20),
        (-2.00, 0.30, 1.05, 3.05, 1.27, 1.21),
        (2.00, 0.30, 1.05, 3.05, 1.27, 1.21),
        (5.60, 0.30, 1.05, 3.02, 1.27, 1.20),
        (5.88, 0.32, 1.00, 2.85, 1.24, 1.16),
        (6.00, 0.40, 0.90, 2.60, 1.18, 1.10),
    ),
}


def car(kind: str, paint: Colour) -> Mesh:
    """A vehicle with its middle at the origin, wheels on z = 0, nose towards +y."""
    stations = np.array(CAR[kind])
    rings, tints = [], []
    for y, skirt, belt, top, wide, high in stations:
        crown = top + (0.04 if top - belt > 0.2 else 0.015)
        right = [
            (wide * 0.92, skirt),
            (wide, (skirt + belt) / 2),
            (wide * 0.97, belt),
            (high, top),
            (0.0, crown),
        ]
        ring = [(x, y, z) for x, z in right] + [(-x, y, z) for x, z in reversed(right[:-1])]
        rings.append(ring[::-1])
    tall = stations[:, 3] - stations[:, 2]
    boxy = kind in ("van", "bus")
    for i in range(len(stations) - 1):
        lo, hi = sorted((tall[i], tall[i + 1]))
        row: list[Colour] = [paint] * 8
        side_glass = lo > 0.35 if not boxy else hi > 0.6 and (kind == "bus" or stations[i, 0] > 0.0)
        if side_glass:
            row[2] = row[5] = PANE
        if hi > 0.3 and lo <= 0.35 and not (boxy and i < 2):
            row[2] = row[5] = PANE if not boxy else row[2]
            row[3] = row[4] = PANE  # windscreens
        if i in (0, len(stations) - 2):
            lamp = TAIL if i == 0 else LAMP
            row[1] = row[6] = lamp
        tints.append(row)
    if kind == "bus":
        tints[-1][3] = tints[-1][4] = PANE
        tints[-2][2] = tints[-2][5] = tints[-1][2] = tints[-1][5] = PANE
    quads = Quads()
    skin = np.array(rings)
    loft(quads, skin, np.array(tints))
    for end, order in ((skin[0], (0, 1, 2, 3)), (skin[-1], (3, 2, 1, 0))):
        lower = np.array([end[0], end[8], end[6], end[2]])[list(order)]
        upper = np.array([end[2], end[6], end[5], end[3]])[list(order)]
        quads.add(lower, np.zeros((1, 4, 2)), paint)
        glass = PANE if boxy else paint
        quads.add(upper, np.zeros((1, 4, 2)), glass)
    front, back = stations[-1, 0] * 0.66, stations[0, 0] * 0.62
    radius, half = (0.32, 0.86) if not boxy else ((0.36, 0.93) if kind == "van" else (0.48, 1.24))
    for y in (front, back):
        for side in (-1.0, 1.0):
            _wheel(quads, side * half * 1.01, y, radius, side)
    # the dark under the body
    length, skirt, wide = stations[-1, 0], 0.3, half * 0.95
    quads.boxes((-wide, -length * 0.9, 0.16), (wide, length * 0.9, skirt + 0.1), tint=TRIM, sides="xXyY")
    return _plain(quads)


def far_car(paint: Colour) -> Mesh:
    """A car of a few patches, for where it is only some pixels long."""
    quads = Quads()
    quads.boxes((-0.88, -2.05, 0.25), (0.88, 2.05, 0.86), tint=paint, metres=None)
    low = np.array([(-0.80, -1.75, 0.86), (0.80, -1.75, 0.86), (0.80, 1.05, 0.86), (-0.80, 1.05, 0.86)])
    top = np.array([(-0.62, -1.25, 1.42), (0.62, -1.25, 1.42), (0.62, 0.20, 1.42), (-0.62, 0.20, 1.42)])
    for k in range(4):
        n = (k + 1) % 4
        quads.add([low[k], low[n], top[n], top[k]], None, PANE)
    quads.add(top, None, paint)
    return _plain(quads)


def _wheel(quads: Quads, x: float, y: float, radius: float, side: float, sides: int = 8) -> None:
    a = 2 * np.pi * np.arange(sides + 1) / sides
    rim = np.stack([np.full(sides + 1, x), y + radius * np.cos(a), radius + radius * np.sin(a)], 1)
    hub = np.array([x, y, radius])
    inner = hub + (rim - hub) * 0.55
    for ring_out, ring_in, tint in (
        (rim, inner, TYRE),
        (inner, np.tile(hub, (sides + 1, 1)), linear((0.45, 0.45, 0.46))),
    ):
        corners = np.stack([ring_out[:-1], ring_out[1:], ring_in[1:], ring_in[:-1]], 1)
        quads.add(corners if side > 0 else corners[:, [1, 0, 3, 2]], np.zeros((1, 4, 2)), tint)


def _plain(quads: Quads) -> Mesh:
    made = quads.mesh()
    return replace(made, uvs=np.zeros((len(made.positions), 2), dtype=np.float32))
