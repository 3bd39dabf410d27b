"""Bodies as meshes: boxes that light can vary over, bodies of revolution, and the spider."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh, merge, quad

Array = NDArray[np.float64]
Point = tuple[float, float, float]


def panel(corner: Point, across: Point, up: Point, cell_m: float, uv_m: float = 1.0) -> Mesh:
    """A rectangle facing ``across`` x ``up``, cut into cells no larger than ``cell_m``; its texture repeats every
    ``uv_m`` metres."""
    o, a, b = (np.array(value) for value in (corner, across, up))
    wide, tall = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    cuts = max(1, ceil(tall / cell_m)), max(1, ceil(wide / cell_m))
    return quad([o, o + a, o + a + b, o + b], uv=(wide / uv_m, tall / uv_m), rows=cuts[0], columns=cuts[1])


def block(low: Sequence[float], high: Sequence[float], cell_m: float = 0.15, uv_m: float = 0.6) -> Mesh:
    """A box by opposite corners."""
    (x0, y0, z0), (x1, y1, z1) = low, high
    dx, dy, dz = x1 - x0, y1 - y0, z1 - z0
    faces = (
        ((x0, y0, z0), (dx, 0, 0), (0, 0, dz)),
        ((x1, y0, z0), (0, dy, 0), (0, 0, dz)),
        ((x1, y1, z0), (-dx, 0, 0), (0, 0, dz)),
        ((x0, y1, z0), (0, -dy, 0), (0, 0, dz)),
        ((x0, y0, z1), (dx, 0, 0), (0, dy, 0)),
        ((x0, y1, z0), (dx, 0, 0), (0, -dy, 0)),
    )
    return merge(panel(*face, cell_m, uv_m) for face in faces)


def turned(profile: Sequence[tuple[float, float]], sides: int = 40) -> Mesh:
    """A body of revolution about the Z axis, smooth, from (radius, height) pairs; outside to the right of the way
    from the first pair to the last."""
    pairs = np.array(profile, dtype=float)
    a = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    ring = np.stack([np.cos(a), np.sin(a)], axis=1)
    along = np.gradient(pairs, axis=0)
    out = np.stack([along[:, 1], -along[:, 0]], axis=1)
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    positions = [np.column_stack([ring * r, np.full(sides + 1, z)]) for r, z in pairs]
    normals = [np.column_stack([ring * r, np.full(sides + 1, z)]) for r, z in out]
    row = np.arange(sides)[:, None]
    one = np.concatenate([row + [0, 1, sides + 2], row + [0, sides + 2, sides + 1]])
    triangles = np.concatenate([one + k * (sides + 1) for k in range(len(pairs) - 1)])
    return Mesh(np.concatenate(positions), np.concatenate(normals), triangles)


def tube(line: Array, radii: Array, sides: int = 6) -> Mesh:
    """A round limb along a line of points (n, 3)."""
    along = np.gradient(line, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.cross(along, [0.0, 0.0, 1.0])
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    up = np.cross(side, along)
    a = np.linspace(0.0, 2.0 * np.pi, sides + 1)
    out = np.cos(a)[None, :, None] * side[:, None] + np.sin(a)[None, :, None] * up[:, None]
    positions = line[:, None] + out * radii[:, None, None]
    row = np.arange(sides)[:, None]
    one = np.concatenate([row + [0, sides + 2, 1], row + [0, sides + 1, sides + 2]])
    triangles = np.concatenate([one + k * (sides + 1) for k in range(len(line) - 1)])
    return Mesh(positions.reshape(-1, 3), out.reshape(-1, 3), triangles)


def ball(centre: Point, half: Point, tint: Sequence[float]) -> Mesh:
    """An ellipsoid."""
    a = np.linspace(-np.pi / 2, np.pi / 2, 13)
    unit = turned([(float(np.cos(v)), float(np.sin(v))) for v in a], 18)
    normals = unit.positions / np.array(half)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Mesh(unit.positions * np.array(half) + np.array(centre), normals, unit.triangles).tinted(tint)


BROWN, PALE, DARK = (0.075, 0.047, 0.026), (0.19, 0.125, 0.07), (0.028, 0.018, 0.012)
HIPS_DEG = (48.0, 78.0, 104.0, 136.0)
"""Directions of a side's legs, from the front."""
SPAN_M = (0.021, 0.018, 0.016, 0.021)


def body() -> Mesh:
    """A house spider looking along +Y, 12 mm long without its legs, the ground at z = 0."""
    parts = [
        ball((0, 0.0022, 0.0042), (0.0023, 0.0030, 0.0017), BROWN),
        ball((0, -0.0042, 0.0046), (0.0029, 0.0044, 0.0026), BROWN),
        ball((0, 0.0050, 0.0038), (0.0012, 0.0011, 0.0011), DARK),
    ]
    for k in range(5):  # the chevrons on its back
        y = -0.0016 - 0.0013 * k
        parts.append(ball((0, y, 0.0067 - 0.00008 * k * k), (0.0013 - 0.0001 * k, 0.0004, 0.0006), PALE))
    for side in (-1.0, 1.0):
        feeler = np.array(
            [(side * 0.0009, 0.005, 0.004), (side * 0.0016, 0.0072, 0.0046), (side * 0.0015, 0.0086, 0.0022)]
        )
        parts.append(tube(feeler, np.array([0.0004, 0.00035, 0.0002])).tinted(PALE))
    return merge(parts)


def legs(which: int) -> Mesh:
    """Every other leg (0 or 1), so that each half can swing against the other."""
    parts = []
    for side in (-1.0, 1.0):
        for k, (angle, span) in enumerate(zip(HIPS_DEG, SPAN_M, strict=True)):
            if (k + (side > 0)) % 2 != which:
                continue
            way = np.array([side * np.sin(np.radians(angle)), np.cos(np.radians(angle)), 0.0])
            hip = np.array([side * 0.0017, 0.0022 + 0.0013 * (1.5 - k), 0.0040])
            along = np.array([0.0, 0.12, 0.34, 0.52, 0.78, 1.0])
            height = np.array([0.0040, 0.0066, 0.0098, 0.0092, 0.0040, 0.0003])
            line = hip + way * (along * span)[:, None]
            line[:, 2] = height
            thick = np.array([0.00062, 0.00060, 0.00050, 0.00042, 0.00030, 0.00012])
            limb = tube(line, thick)
            bands = np.repeat(np.where(np.arange(6) % 2, 0.6, 1.25), 7)[:, None] * np.array(PALE)
            parts.append(Mesh(limb.positions, limb.normals, limb.triangles, tint=bands))
    return merge(parts)
