"""Cars, vans, buses and people: simple bodies of the right size, with smooth normals."""

from __future__ import annotations

from collections.abc import Sequence
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
        (0.48, 0.13, 0.11),
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


SKINS = tuple(
    linear(c)
    for c in (
        (0.78, 0.60, 0.50),
        (0.66, 0.48, 0.38),
        (0.46, 0.32, 0.25),
        (0.82, 0.66, 0.57),
        (0.34, 0.24, 0.20),
    )
)
HAIRS = tuple(
    linear(c)
    for c in (
        (0.16, 0.12, 0.10),
        (0.30, 0.21, 0.14),
        (0.55, 0.45, 0.32),
        (0.52, 0.51, 0.50),
        (0.10, 0.09, 0.09),
    )
)
TOPS = tuple(
    linear(c)
    for c in (
        (0.22, 0.25, 0.32),
        (0.60, 0.58, 0.54),
        (0.46, 0.18, 0.17),
        (0.26, 0.33, 0.28),
        (0.74, 0.72, 0.69),
        (0.15, 0.15, 0.16),
        (0.52, 0.42, 0.30),
        (0.36, 0.44, 0.54),
        (0.66, 0.56, 0.36),
    )
)
LEGS = tuple(
    linear(c)
    for c in (
        (0.20, 0.23, 0.30),
        (0.14, 0.14, 0.15),
        (0.42, 0.38, 0.32),
        (0.28, 0.28, 0.29),
        (0.24, 0.28, 0.36),
    )
)


def _limb(
    quads: Quads,
    rows: Sequence[tuple[float, float, float, float, float]],
    tints: Sequence[Colour],
    gait: tuple[float, float],
    sides: int = 4,
) -> None:
    """A round limb from rows of x, y, z, half width, half depth, from below upwards, a tint for each stretch between
    them; swings as ``gait`` says."""
    a = 2 * np.pi * (np.arange(sides + 1) + 0.5) / sides
    rings = np.array([[(x + w * np.cos(t), y + d * np.sin(t), z) for t in a] for x, y, z, w, d in rows])
    uvs = np.broadcast_to(np.array(gait), (len(rows), sides + 1, 2))
    loft(quads, rings, np.broadcast_to(np.array(tints)[:, None, :], (len(rows) - 1, sides, 3)), uvs)


def person(rng: np.random.Generator) -> Mesh:
    """A walking person, facing +y, feet on z = 0; texture coordinates carry the gait."""
    quads = Quads()
    high = float(rng.normal(1.70, 0.08))
    stout = float(rng.uniform(0.9, 1.15))
    skin, hair = SKINS[rng.integers(len(SKINS))], HAIRS[rng.integers(len(HAIRS))]
    top, legs = TOPS[rng.integers(len(TOPS))], LEGS[rng.integers(len(LEGS))]
    hip, shoulder = 0.52 * high, 0.82 * high
    still = (0.0, 0.0)
    skirt = rng.uniform() < 0.22
    for side in (-1.0, 1.0):
        x, gait = side * 0.085, (side * 0.42, hip)
        leg = (
            (x, 0.04, 0.0, 0.06, 0.15),
            (x, 0.01, 0.09, 0.055, 0.07),
            (x, -0.01, 0.28 * high, 0.07, 0.08),
            (x, 0.0, hip, 0.105, 0.12),
        )
        _limb(quads, leg, (TYRE, skin if skirt else legs, skin if skirt else legs), gait)
        ax, swing = side * 0.215 * stout, (-side * 0.38, shoulder)
        arm = (
            (ax + side * 0.03, 0.03, 0.44 * high, 0.04, 0.05),
            (ax + side * 0.02, 0.02, 0.50 * high, 0.045, 0.05),
            (ax, 0.0, 0.66 * high, 0.058, 0.06),
            (ax * 0.9, 0.0, shoulder, 0.065, 0.07),
        )
        _limb(quads, arm, (skin, top, top), swing, 3)
    if skirt:
        _limb(
            quads,
            ((0, 0, 0.30 * high, 0.20, 0.17), (0, 0, 0.60 * high, 0.15 * stout, 0.11)),
            (legs,),
            still,
            6,
        )
    low = 0.40 * high if rng.uniform() < 0.35 else 0.50 * high
    trunk = (
        (0, 0, low, 0.17 * stout, 0.12),
        (0, 0, 0.60 * high, 0.15 * stout, 0.105),
        (0, 0, 0.76 * high, 0.19 * stout, 0.12),
        (0, 0, shoulder + 0.02, 0.16, 0.09),
        (0, 0, 0.86 * high, 0.05, 0.05),
    )
    _limb(quads, trunk, (top,) * 4, still, 6)
    _limb(
        quads,
        (
            (0, 0.01, 0.85 * high, 0.05, 0.05),
            (0, 0.015, 0.88 * high, 0.065, 0.08),
            (0, 0.01, 0.95 * high, 0.078, 0.095),
        ),
        (skin, skin),
        still,
        5,
    )
    _limb(
        quads,
        (
            (0, -0.035, 0.89 * high, 0.08, 0.075),
            (0, -0.012, 0.955 * high, 0.085, 0.10),
            (0, -0.01, high, 0.02, 0.02),
        ),
        (hair, hair),
        still,
        5,
    )
    if rng.uniform() < 0.35:
        quads.boxes(
            (-0.15, -0.26, 0.58 * high),
            (0.15, -0.10, 0.80 * high),
            tint=TOPS[rng.integers(len(TOPS))],
            metres=None,
        )
        mesh = quads.mesh()
        uv = np.array(mesh.uvs)
        uv[-20:] = 0.0
        return replace(mesh, uvs=uv)
    return quads.mesh()


def person_outline() -> Mesh:
    """A few boxes that throw a walking person's shadow."""
    quads = Quads()
    gaits: list[tuple[float, float]] = []
    for low, high, gait in (
        ((-0.14, -0.06, 0.0), (-0.03, 0.06, 0.88), (-0.42, 0.88)),
        ((0.03, -0.06, 0.0), (0.14, 0.06, 0.88), (0.42, 0.88)),
        ((-0.20, -0.10, 0.80), (0.20, 0.10, 1.42), (0.0, 0.0)),
        ((-0.08, -0.09, 1.42), (0.08, 0.09, 1.70), (0.0, 0.0)),
    ):
        before = quads.count
        quads.boxes(low, high)
        gaits += [gait] * (4 * (quads.count - before))
    return replace(quads.mesh(), uvs=np.array(gaits, dtype=np.float32))
