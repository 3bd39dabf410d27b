"""The whole city as meshes by material, with its light worked out. NumPy alone; seeded; the same each time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from scenes.kit import distance, marks, roofs, shopfronts, streets, sunlight, tower, trimmings
from scenes.kit.facades import KINDS, WALLS, Parts, Plane, modelled, painted
from scenes.kit.moving import PAINTS, car, far_car
from scenes.kit.quads import X, Y, linear
from scenes.kit.town import KERB, MAIN_Y0, TOWER, TOWER_TOP, House, Town, plan
from scenes.kit.trees import tree
from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.float64]

SEED = 20
TO_SUN = (-0.654, -0.349, 0.669)
"""Towards the sun: from the left, a little from behind, at 42 degrees, so that the fronts across the street and the
platform's corner of the tower are sunlit."""
NEAR_M = 84.0
"""Fronts nearer than this have real openings."""
DETAIL_M = 165.0
"""Roofs nearer than this carry chimneys, dormers, machines."""
EYES = ((-1.7, 1.7), (-1.6, 3.4), (-0.2, 153.0))
"""Where eyes can be before the tower: from, to, along each axis. What cannot be seen from there is left out."""
ROOF_EYES = ((-1.7, 1.7), (-5.2, -1.2), (2.0, 153.0))
"""Where eyes can be on the tower, when it ends under them."""
LOW_TOWER = 13.0
"""How high the tower stands in the second sun map, m: low enough for the sun to reach a roof on it."""
CAFE_TABLES = (-4.9, 0.4, 14.95)
"""Where a café has its tables, before its front and between two trees: x from, x to, y."""
BEHIND, PARTS_OF_TOWER = "behind.", ("shaft.", "strip.", "plinth.")
"""Beginnings of the names of meshes that are shown apart: what only a roof on the tower lets one see, and the tower."""


@dataclass(frozen=True, eq=False)
class City:
    meshes: dict[str, Mesh]
    """By material."""
    sun: sunlight.SunDepths
    low_sun: sunlight.SunDepths
    """The same with a low tower."""


def build(seed: int = SEED) -> City:
    rng = np.random.default_rng(seed)
    town = plan(rng)
    parts = Parts()
    solid = [_box(h.x0, h.y0, h.x1, h.y1, h.eaves) for h in town.houses]
    for house in town.houses:
        _house(parts, house, rng)
    trimmings.terrace(parts, *CAFE_TABLES)
    standing = tower.raise_tower(rng)
    near_roofs = [parts[name].corners() for name in ("roof_zinc", "roof_tile", "wall_concrete", "wall_brick")]
    clutter = parts["plain"].corners()
    streets.lay(parts, town)
    marks.lay(parts, town)
    far = distance.spread(parts, np.random.default_rng(seed + 1))
    discs = np.array(
        [tree(parts, x, y, z, high, rng, cards=_cards(np.hypot(x, y))) for x, y, high, z in town.trees]
    )
    _lamps(parts, town)
    parked, shadows = _parked(town, rng)
    near_patches = np.concatenate([*near_roofs, clutter])
    near_patches = near_patches[np.abs(near_patches[:, 0, :2] - (0.0, 60.0)).max(axis=1) < 260.0]
    casters = np.concatenate([*solid, near_patches, *shadows, *(_box(*row) for row in far)])
    sun, low_sun = (
        sunlight.sun_depths(
            np.concatenate([casters, _box(*TOWER, top)]),
            TO_SUN,
            (10.0, 45.0, 0.0),
            discs=discs,
            rng=np.random.default_rng(seed + 2),
        )
        for top in (TOWER_TOP, LOW_TOWER)
    )
    bulk = sunlight.heights(
        (-420.0, -220.0),
        (420.0, 460.0),
        2.0,
        np.array([*((h.x0, h.y0, h.x1, h.y1, h.eaves) for h in town.houses), (*TOWER, TOWER_TOP)]),
    )
    made = {name: quads.mesh() for name, quads in parts.by.items() if quads.count}
    made["paint"] = parked
    meshes: dict[str, Mesh] = {}
    for name, mesh in made.items():
        before, behind = _seen(mesh)
        for key, some in ((name, before), (BEHIND + name, behind)):
            if some.any():
                meshes[key] = _lit(_patches(mesh, some), bulk, name)
    for part, pieces in standing.items():
        for name, quads in pieces.by.items():
            meshes[f"{part}.{name}"] = _lit(quads.mesh(), bulk, name)
    return City(meshes, sun, low_sun)


def _cards(away: float) -> int:
    """Of a tree so many metres from the tower."""
    return 168 if away < 45.0 else 64 if away < 90.0 else 20 if away < 180.0 else 9


def _seen(mesh: Mesh) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which patches (of four vertices each) turn their front to a place where eyes can be: those that are seen from
    before the tower, and the others that are seen from a roof on it."""
    corners = mesh.positions.reshape(-1, 4, 3).astype(np.float64)
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])

    def faced(eyes: tuple[tuple[float, float], ...]) -> NDArray[np.bool_]:
        each = [((np.array(eye) - corners[:, 0]) * normals).sum(axis=1) for eye in product(*eyes)]
        return np.asarray(np.max(each, axis=0) > 0.0)

    before = faced(EYES) & ~_behind_tower(corners)
    # yards and courts far behind are never looked into from a roof's front edge
    far = corners[:, :, 1].max(axis=1) < -190.0
    return before, faced(ROOF_EYES) & ~before & ~far


def _patches(mesh: Mesh, some: NDArray[np.bool_]) -> Mesh:
    keep = np.repeat(some, 4)
    count = int(keep.sum()) // 4
    first = (np.arange(count, dtype=np.uint32) * 4)[:, None]
    triangles = np.stack([first + np.array([[0, 1, 2]]), first + np.array([[0, 2, 3]])], axis=1).reshape(
        -1, 3
    )
    columns = {
        name: value[keep] for name, value in vars(mesh).items() if value is not None and name != "triangles"
    }
    return Mesh(triangles=triangles, **columns)


def _behind_tower(corners: Array) -> NDArray[np.bool_]:
    """Which patches the tower hides from every eye: their corners lie behind its front, and the lines to them from
    the four corners of where eyes can be go through it."""
    x0, _, x1, y1 = TOWER
    behind = corners[..., 1] < y1 - 0.05
    for ex, ey in product(EYES[0], (y1 + 0.1, EYES[1][1])):
        through = ex + (corners[..., 0] - ex) * (ey - y1) / np.maximum(ey - corners[..., 1], 1e-3)
        behind &= (through > x0) & (through < x1)
    return np.asarray(behind.all(axis=1), dtype=np.bool_)


def _lit(mesh: Mesh, bulk: sunlight.Heights, name: str) -> Mesh:
    """With the share of sky that each vertex sees, never quite dark: streets send light back."""
    points, normals = mesh.positions.astype(np.float64), mesh.normals.astype(np.float64)
    seen = np.ones(len(points))
    inside = (np.abs(points[:, 0]) < 380) & (points[:, 1] > -200) & (points[:, 1] < 440)
    seen[inside] = sunlight.sky_view(bulk, points[inside], normals[inside])
    # openings and undersides of balconies lie back from the front: a little darker
    dim = {"windows": 0.85, "shops": 0.9, "wide": 0.9, "bars": 0.9}.get(name, 1.0)
    low = np.where(normals[:, 2] < -0.5, 0.6, 1.0)
    if name == "leaves":  # light comes through crowns
        return replace(mesh, occlusion=0.72 + 0.28 * seen)
    return replace(mesh, occlusion=(0.42 + 0.58 * seen) * dim * low)


def _box(x0: float, y0: float, x1: float, y1: float, top: float) -> Array:
    """The six... five faces of a block that stands on the ground, as patches (5, 4, 3)."""
    a, b, c, d = (x0, y0), (x1, y0), (x1, y1), (x0, y1)

    def wall(p: tuple[float, float], q: tuple[float, float]) -> list[tuple[float, float, float]]:
        return [(*p, 0.0), (*q, 0.0), (*q, top), (*p, top)]

    return np.array([wall(a, b), wall(b, c), wall(c, d), wall(d, a), [(*p, top) for p in (a, b, c, d)]])


def _planes(h: House) -> dict[str, tuple[Plane, float]]:
    return {
        "s": (Plane(np.array([h.x0, h.y0, KERB]), X, -Y), h.x1 - h.x0),
        "n": (Plane(np.array([h.x1, h.y1, KERB]), -X, Y), h.x1 - h.x0),
        "w": (Plane(np.array([h.x0, h.y1, KERB]), -Y, -X), h.y1 - h.y0),
        "e": (Plane(np.array([h.x1, h.y0, KERB]), Y, X), h.y1 - h.y0),
    }


def _house(parts: Parts, h: House, rng: np.random.Generator) -> None:
    eaves = h.eaves - KERB
    for side, (plane, width) in _planes(h).items():
        middle = plane.at(width / 2, 0.0)[0]
        faces_us = float(plane.out @ (np.array([0.0, 8.0, 0.0]) - middle)) > 0.0
        if side in h.front and faces_us and np.hypot(middle[0], middle[1] - 8.0) < NEAR_M:
            holes = modelled(
                parts, plane, width, h.storeys, h.kind, h.tint, rng, ground=h.ground, storey=h.storey
            )
            wall = parts[f"wall_{WALLS[h.kind]}"]
            shopfronts.ground_floor(parts, plane, width, h.ground - 0.28, wall, h.tint, True)
            trimmings.dress(parts, plane, width, h.kind, holes, h.ground, eaves)
        elif side in h.front:
            upper = Plane(plane.origin + (0, 0, h.ground), plane.along, plane.out)
            painted(parts, upper, width, 0.0, eaves - h.ground, h.kind, h.tint, rng, storey=h.storey)
            row = int(rng.integers(4)) / 4.0
            shop_uv = np.array([[0, row], [1, row], [1, row + 0.25], [0, row + 0.25]])
            parts["shops"].add(
                np.stack(
                    [
                        plane.at(0, 0)[0],
                        plane.at(width, 0)[0],
                        plane.at(width, h.ground)[0],
                        plane.at(0, h.ground)[0],
                    ]
                ),
                shop_uv,
            )
        elif side == h.court:
            painted(
                parts,
                plane,
                width,
                0.0,
                eaves,
                h.kind if h.kind in KINDS[:3] else "ribbon",
                tuple(0.95 * c for c in h.tint),
                rng,
                storey=h.storey,
            )
        else:
            plane.rect(parts["wall_stucco"], 0.0, width, 0.0, eaves, tint=linear((0.74, 0.71, 0.66)))
    detail = h.distance < DETAIL_M
    if h.roof == "mansard":
        axis = "y" if h.front in ("w", "e") else "x"
        roofs.mansard(parts, h.x0, h.y0, h.x1, h.y1, h.eaves, axis, rng, detail=detail)
    elif h.roof == "hip":
        roofs.hip(parts, h.x0, h.y0, h.x1, h.y1, h.eaves, rng)
    else:
        roofs.flat(parts, h.x0, h.y0, h.x1, h.y1, h.eaves, h.tint, rng, detail=detail)


def _lamps(parts: Parts, town: Town) -> None:
    """Street lamps: a pole, an arm over the road, a flat head."""
    dark, head = linear((0.24, 0.26, 0.27)), linear((0.70, 0.70, 0.68))
    for x, y, turn in town.lamps:
        if np.hypot(x, y) > 150:
            continue
        out = 1.0 if turn == 0.0 else -1.0
        parts["plain"].boxes((x - 0.06, y - 0.06, KERB), (x + 0.06, y + 0.06, 7.4), tint=dark)
        low, high = sorted((y, y + out * 1.5))
        parts["plain"].boxes((x - 0.04, low, 7.3), (x + 0.04, high, 7.38), tint=dark)
        low, high = sorted((y + out * 1.2, y + out * 1.9))
        parts["plain"].boxes((x - 0.14, low, 7.26), (x + 0.14, high, 7.36), tint=head, sides="xXyYzZ")


def drawn_by_scene(x: float, y: float, heading: float) -> bool:
    """Whether a parked car stands so near that the scene draws it itself, finer than the city's."""
    del heading
    return abs(x) < 19.0 and abs(y - MAIN_Y0) < 6.0


def _parked(town: Town, rng: np.random.Generator) -> tuple[Mesh, list[Array]]:
    """Cars at the kerb as one mesh, and boxes for their shadows."""
    meshes: list[Mesh] = []
    shadows: list[Array] = []
    for x, y, heading in town.parked:
        if np.hypot(x, y - 8) > 130:
            continue
        kind = str(rng.choice(["hatch", "sedan", "van"], p=[0.55, 0.35, 0.10]))
        paint = PAINTS[rng.integers(len(PAINTS))]
        if not drawn_by_scene(x, y, heading):
            body = car(kind, paint) if np.hypot(x, y - 8) < 75 else far_car(paint)
            meshes.append(body.moved(x, y, 0.0, float(np.degrees(heading)), 1.0))
        long, wide = (2.0, 0.8) if abs(np.sin(heading)) > 0.5 else (0.8, 2.0)
        shadows.append(_box(x - long, y - wide, x + long, y + wide, 0.85)[:, :, :])
        shadows.append(_box(x - 0.6 * long, y - 0.6 * wide, x + 0.6 * long, y + 0.6 * wide, 1.35))
    return merge(meshes), shadows
