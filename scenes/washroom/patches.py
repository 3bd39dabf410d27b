"""Flat pieces and coats that dirt and wear are drawn on: where they lie and which part of a picture they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenes.washroom import objects
from scenes.washroom.sheets import BASINS, COUNTER_AT, COUNTER_M, WASTE_X, Sheet, texture_part
from vr_runtime.stage.mesh import Mesh, merge

Point = tuple[float, float, float]
TOP = objects.COUNTER_Z
FLOOR_M = 2.4
"""What the floor's picture spans: eight tiles."""


class Patch(NamedTuple):
    """A rectangle from ``corner`` along ``u`` and ``v`` (m), with a part of its texture."""

    corner: Point
    u: Point
    v: Point
    at: tuple[float, float] = (0.0, 0.0)
    repeats: tuple[float, float] = (1.0, 1.0)
    rim_m: float = 0.09
    """Towards its border it thins out over this width."""


def level(
    x: float, y: float, dx: float, dy: float, z: float, at: tuple[float, float] = (0, 0), per_m: float = 2.0
) -> Patch:
    return Patch((x - dx / 2, y - dy / 2, z), (dx, 0, 0), (0, dy, 0), at, (dx * per_m, dy * per_m))


def on_counter(low: float, high: float, per_m: float = 2.0) -> tuple[Patch, ...]:
    """The counter from ``low`` to ``high`` (y), its basins left out."""
    x0, x1 = objects.COUNTER_X
    made, marks = [], [low]
    for y in objects.BASINS_Y:
        marks += [edge for edge in (y - 0.235, y + 0.235) if low < edge < high]
    marks.append(high)
    for a, b in zip(marks[:-1], marks[1:], strict=True):
        strips: tuple[tuple[float, float], ...] = ((x0 + 0.004, x1 - 0.02),)
        if any(abs((a + b) / 2 - y) < 0.235 for y in objects.BASINS_Y):
            strips = ((x0 + 0.004, objects.BASIN_X - 0.187), (objects.BASIN_X + 0.187, x1 - 0.02))
        for c, d in strips:
            at, repeats = (c * per_m, a * per_m), ((d - c) * per_m, (b - a) * per_m)
            made.append(Patch((c, a, TOP), (d - c, 0, 0), (0, b - a, 0), at, repeats, 0.0))
    return tuple(made)


def flat(patches: Sequence[Patch], lift_m: float) -> Mesh:
    """Rectangles a little before their surfaces, cut so that light may vary over them."""
    made = []
    for patch in patches:
        corner, u, v = (np.asarray(part, dtype=np.float64) for part in (patch.corner, patch.u, patch.v))
        normal = np.cross(u, v)
        normal /= np.linalg.norm(normal)
        s, t = np.meshgrid(*(_cuts(float(np.linalg.norm(side)), patch.rim_m) for side in (u, v)))
        columns = s.shape[1]
        s, t = s.reshape(-1, 1), t.reshape(-1, 1)
        edge = (np.minimum(s, t) < 1e-6) | (np.maximum(s, t) > 1.0 - 1e-6)
        first = (np.arange(len(s)).reshape(-1, columns)[:-1, :-1]).reshape(-1, 1)
        made.append(
            Mesh(
                corner + normal * lift_m + s * u + t * v,
                np.tile(normal, (len(s), 1)),
                np.concatenate([first + [0, 1, columns + 1], first + [0, columns + 1, columns]], axis=0),
                uvs=np.hstack([s, t]) * patch.repeats + patch.at,
                occlusion=np.where(edge, 0.0 if patch.rim_m > 0.0 else 1.0, 1.0),
            )
        )
    return merge(made)


def _cuts(length_m: float, rim_m: float) -> NDArray[np.float64]:
    """Where a side is cut, 0 to 1: at its rims, and every 0.3 m between."""
    rim = min(rim_m / length_m, 0.3)
    inner = np.linspace(rim, 1.0 - rim, max(2, round(length_m * (1.0 - 2.0 * rim) / 0.3) + 1))
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def coat(mesh: Mesh, per_m: float, lift_m: float = 0.0004) -> Mesh:
    """A thing's surface again, a little larger, its texture laid on from the nearest axis."""
    axis = np.abs(mesh.normals).argmax(axis=1)
    u = np.where(axis == 0, mesh.positions[:, 1], mesh.positions[:, 0])
    v = np.where(axis == 2, mesh.positions[:, 1], mesh.positions[:, 2])
    uvs = np.stack([u, v], axis=1) * per_m
    return Mesh(
        mesh.positions + mesh.normals * lift_m,
        mesh.normals,
        mesh.triangles,
        uvs,
        light=mesh.light,
    )


def sheet_patch(sheet: Sheet) -> Patch:
    """A painted sheet where it lies; its picture thins out towards its rim by itself."""
    x, y, w, h = texture_part(sheet)
    return Patch(sheet.corner, sheet.u, sheet.v, (x, y), (w, h), 0.0)


def tiled_floor(x0: float, y0: float, x1: float, y1: float) -> Patch:
    """A part of the floor, on the grid of its tiles."""
    at, repeats = (x0 / FLOOR_M, y0 / FLOOR_M), ((x1 - x0) / FLOOR_M, (y1 - y0) / FLOOR_M)
    return Patch((x0, y0, 0.0), (x1 - x0, 0, 0), (0, y1 - y0, 0), at, repeats)


def counter_top(lift_m: float) -> Mesh:
    """The counter in small squares, with holes for the basins, whose rims hide the holes' steps."""
    (left, front), (long, deep) = COUNTER_AT, COUNTER_M
    x = np.linspace(objects.COUNTER_X[0] + 0.003, objects.COUNTER_X[1] - 0.021, 27)
    y = np.linspace(objects.COUNTER_Y[0] + 0.003, objects.COUNTER_Y[1] - 0.003, 121)
    across, along = np.meshgrid(x, y)
    inside = np.zeros(across.shape, bool)
    for middle in objects.BASINS_Y:
        far = np.abs((across - objects.BASIN_X) / 0.165) ** 2.6 + np.abs((along - middle) / 0.209) ** 2.6
        inside |= far < 1.0
    free = ~(inside[:-1, :-1] | inside[1:, :-1] | inside[:-1, 1:] | inside[1:, 1:])
    columns = len(x)
    first = (np.arange(across.size).reshape(across.shape)[:-1, :-1])[free].reshape(-1, 1)
    across, along = across.ravel(), along.ravel()
    return Mesh(
        np.column_stack([across, along, np.full(len(across), TOP + lift_m)]),
        np.tile([0.0, 0.0, 1.0], (len(across), 1)),
        np.concatenate([first + [0, 1, columns + 1], first + [0, columns + 1, columns]], axis=0),
        uvs=np.column_stack([(left - along) / long, (across - front) / deep]),
    )


def bowl_coat(mesh: Mesh, bowl: str) -> Mesh:
    """A bowl's inside again, with its quarter of the bowls' picture unrolled over it (see sheets.py)."""
    x, y, z = (mesh.positions[:, k].astype(np.float64) for k in range(3))
    up = (z - z.min()) / max(float(np.ptp(z)), 1e-6)
    quarter = BASINS.index(bowl)
    if bowl == "bowl":
        middle, half, wall = (-1.437 - 0.043 * (1.0 - up), objects.TOILETS_Y[0]), (0.185, 0.142), -1.0
    else:
        middle = (objects.BASIN_X + (WASTE_X - objects.BASIN_X) * (1.0 - up), objects.BASINS_Y[quarter])
        half, wall = (0.160, 0.204), 1.0
    back, right = (x - middle[0]) / half[0] * wall, -(y - middle[1]) / half[1] * wall
    far = np.hypot(back, right)
    out = 0.6 * np.minimum(far, 1.08) + 0.4 * up
    back, right = (0.48 * out * part / np.maximum(far, 1e-6) for part in (back, right))
    corner = (0.5 * (quarter % 2), 0.5 - 0.5 * (quarter // 2))
    # its outside stays as it is
    outward = (mesh.normals[:, 0] * back * wall - mesh.normals[:, 1] * right * wall > 0.12) & (up < 0.93)
    return Mesh(
        mesh.positions + mesh.normals * 0.0004,
        mesh.normals,
        mesh.triangles[~outward[mesh.triangles].any(axis=1)],
        np.column_stack([corner[0] + 0.5 * (0.5 + right), corner[1] + 0.5 * (0.5 + back)]),
        light=mesh.light,
    )


def within(mesh: Mesh, low: Point, high: Point) -> Mesh:
    """The triangles of a mesh that lie in a box."""
    inside = ((mesh.positions > low) & (mesh.positions < high)).all(axis=1)
    triangles = mesh.triangles[inside.take(mesh.triangles).all(axis=1)]
    kept, new = np.unique(triangles, return_inverse=True)
    return Mesh(
        mesh.positions[kept],
        mesh.normals[kept],
        new.reshape(-1, 3).astype(np.uint32),
        light=None if mesh.light is None else mesh.light[kept],
    )
