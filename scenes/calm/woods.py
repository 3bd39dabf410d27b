"""Trees and hills of the calm place as meshes. Used by the script that makes it, not while it is shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.calm import growth, land
from scenes.kit.moving import loft
from scenes.kit.quads import Quads
from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.float64]
NEAR = (
    # kind, x, y, share of its usual height, seed
    ("oak", -14.5, -4.2, 1.0, 3),
    ("birch", 12.5, 12.5, 0.95, 5),
    ("birch", 15.6, 10.2, 1.05, 6),
    ("maple", 11.5, -7.5, 0.95, 8),
    ("birch", -21.0, 16.2, 0.95, 9),
)
SPRITES = ("oak", "maple", "birch", "spruce", "bush", "oak", "maple", "spruce")
TURNS = (20.0, 70.0, 115.0, 160.0)
"""Columns and rows of the picture of trees; see make_calm_textures.py."""
SUN_AZIMUTH = float(np.arctan2(land.TO_SUN[0], land.TO_SUN[1]))


def planted(kind: str, x: float, y: float, share: float, seed: int) -> growth.Tree:
    """One near tree at its place."""
    tree = growth.grow(kind, np.random.default_rng(seed))
    foot = np.array([x, y, float(land.height(np.array([x]), np.array([y]))[0]) - 0.05])
    limbs = [(line * share + foot, radius * share) for line, radius in tree.limbs]
    return growth.Tree(
        tree.habit,
        limbs,
        tree.leaves * share + foot,
        tree.outward,
        tree.of_clump,
        tree.centres * share + foot,
    )


def wood(tree: growth.Tree, crown: growth.Crown) -> Mesh:
    """Trunk and limbs."""
    quads = Quads()
    rng = np.random.default_rng(1)
    for k, (line, radius) in enumerate(tree.limbs):
        if radius[0] < 0.02:
            continue
        if k:
            line, radius = line[::2], radius[::2]
        sides = 12 if k == 0 else 4
        a = 2 * np.pi * np.arange(sides + 1) / sides
        way = np.gradient(line, axis=0)
        way /= np.linalg.norm(way, axis=1, keepdims=True)
        side = np.cross(way, [0.3, 1.0, 0.1])
        side /= np.linalg.norm(side, axis=1, keepdims=True)
        up = np.cross(way, side)
        ring = side[:, None] * np.cos(a)[None, :, None] + up[:, None] * np.sin(a)[None, :, None]
        bulge = (
            1.0
            + (0.10 * rng.standard_normal(sides) if k == 0 else np.zeros(sides))[np.arange(sides + 1) % sides]
        )
        rings = line[:, None] + ring * (radius[:, None] * bulge)[..., None]
        along = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
        uvs = np.stack(
            np.broadcast_arrays(a[None, :] / (2 * np.pi) * (2.0 if k == 0 else 0.4), along[:, None]), -1
        )
        tint = np.array(tree.habit.bark) * 2.6
        loft(quads, rings, np.broadcast_to(np.minimum(tint, 1.0), (len(line) - 1, sides, 3)), uvs)
    mesh = quads.mesh()
    n, p = mesh.normals.astype(np.float64), mesh.positions.astype(np.float64)
    sun = np.maximum(n @ land.TO_SUN, 0)[:, None] * land.SUN * crown.clear(p, land.TO_SUN)[:, None]
    sky = (0.25 + 0.75 * crown.sky(p))[:, None] * (land.SKY * (0.5 + 0.5 * n[:, [2]]) + land.GROUND * 1.5)
    return Mesh(**{**vars(mesh), "light": sun + 0.8 * sky, "sway": np.zeros(len(p))})


def leaves(tree: growth.Tree, crown: growth.Crown, cards: int, size: float, rng: np.random.Generator) -> Mesh:
    """Cards of twigs in the crown, each a little bent out of the others' planes."""
    pick = rng.choice(len(tree.leaves), cards, replace=False)
    centre, out = tree.leaves[pick], tree.outward[pick]
    facing = out + 0.55 * rng.standard_normal(out.shape)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    # twigs point outwards and up, or hang
    aim = (
        out * (1, 1, 0.4) + (0, 0, -0.5 if tree.habit.hangs else 0.25) + 0.35 * rng.standard_normal(out.shape)
    )
    across = np.cross(facing, aim)
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    along = np.cross(across, facing)
    half = size * rng.uniform(0.75, 1.25, cards)[:, None] / 2
    a, b = across * half, along * half
    corners = np.stack([centre - a - b, centre + a - b, centre + a + b, centre - a + b], axis=1)
    quarter = rng.integers(4, size=cards)
    u, v = (quarter % 2) * 0.5, (quarter // 2) * 0.5
    flip = np.where(rng.uniform(size=cards) < 0.5, 1.0, 0.0)
    s = np.array([0.0, 1.0, 1.0, 0.0])[None, :]
    s = np.abs(flip[:, None] - s)
    uvs = np.stack(
        [u[:, None] + 0.004 + s * 0.492, v[:, None] + 0.004 + np.array([[0, 0, 1, 1]]) * 0.492], axis=-1
    )
    at, normal = corners.reshape(-1, 3), np.repeat(out, 4, axis=0)
    light = growth.light(crown, at, normal, land.TO_SUN, land.SUN, land.SKY, land.GROUND * 1.6)
    tone = np.array(tree.habit.leaf) / np.array([0.225, 0.30, 0.090])
    tint = tone * rng.uniform(0.85, 1.12, (cards, 1)) * (1 + 0.05 * rng.standard_normal((cards, 3)))
    first = (np.arange(cards) * 4)[:, None, None]
    return Mesh(
        positions=at,
        normals=normal,
        triangles=(first + np.array([[[0, 1, 2], [0, 2, 3]]])).reshape(-1, 3),
        uvs=uvs.reshape(-1, 2),
        tint=np.clip(np.repeat(tint, 4, axis=0), 0, 1),
        light=light,
        sway=np.tile([0.45, 0.45, 1.0, 1.0], cards),
    )


def shade_map(
    trees: list[growth.Tree], half_m: float, size: int, boards: tuple[Array, Array] | None = None
) -> Array:
    """Share of the sun that comes through the near trees to the ground: (size, size), first row at -y.

    ``boards``: what else stands in the sun, as places (n, 3) and the area of each across the sun's way, m2.
    """
    total = np.zeros((size, size))
    cell = 2 * half_m / size
    if boards is not None:
        p, across = boards
        at = p - land.TO_SUN * ((p[:, 2] - land.height(p[:, 0], p[:, 1])) / land.TO_SUN[2])[:, None]
        i, j = ((at[:, 0] + half_m) / cell).astype(int), ((at[:, 1] + half_m) / cell).astype(int)
        # front and back of a board both count, so half of each; dense enough to leave little of the sun
        np.add.at(total, (j, i), 0.5 * 2.2 * across / land.TO_SUN[2] / cell**2)
    for tree in trees:
        points = [(tree.leaves, 0.0042 * (tree.habit.wide / 4.5))]
        for line, radius in tree.limbs:
            if radius[0] > 0.04:
                steps = np.linspace(0, len(line) - 1, 120)
                k = np.minimum(steps.astype(int), len(line) - 2)
                p = line[k] + (steps - k)[:, None] * (line[k + 1] - line[k])
                long = float(np.linalg.norm(line[-1] - line[0])) / 120
                points.append((p, 4.0 * long * float(radius.mean())))
        for p, area in points:
            ground = land.height(p[:, 0], p[:, 1])
            at = p - land.TO_SUN * ((p[:, 2] - ground) / land.TO_SUN[2])[:, None]
            i, j = ((at[:, 0] + half_m) / cell).astype(int), ((at[:, 1] + half_m) / cell).astype(int)
            keep = (i >= 0) & (j >= 0) & (i < size) & (j < size)
            np.add.at(total, (j[keep], i[keep]), 0.5 * area / land.TO_SUN[2] / cell**2)
    for axis in (0, 1):
        total = (np.roll(total, 1, axis) + 2 * total + np.roll(total, -1, axis)) / 4
    lit = np.exp(-1.15 * total)
    y, x = np.mgrid[0:size, 0:size] / (size - 1.0) * 2 - 1
    return 1.0 - (1.0 - lit) * land.smooth(0.0, 0.12, 1.0 - np.maximum(np.abs(x), np.abs(y)))


def ring(rng: np.random.Generator) -> tuple[Array, Array, NDArray[np.int_]]:
    """Trees around the lake and behind the meadow: feet (n, 3), heights (n,), columns of the picture."""
    found: list[tuple[float, float, float, int]] = []
    cx, cy, a, b = land.LAKE
    for off, step in ((3.0, 3.4), (9.0, 4.6), (17.0, 5.6), (30.0, 7.0), (48.0, 9.0)):
        angle = 0.0
        while angle < 2 * np.pi:
            angle += step / np.hypot(a * np.sin(angle), b * np.cos(angle))
            out = off + rng.uniform(-2.0, 3.0) + 6.0 * max(0.0, float(np.sin(9 * angle)))
            x, y = cx + (a + out) * np.cos(angle), cy + (b + out) * np.sin(angle)
            open_ = np.hypot(x, y) < 62.0 and abs(x) < 58.0
            if open_ or rng.uniform() < 0.12:
                continue
            stand = np.sin(7 * angle + 1.0) + 0.6 * np.sin(17 * angle)
            if off < 5.0 and rng.uniform() < 0.55:
                column, tall = 4, rng.uniform(2.0, 4.5)
            elif stand > 0.5 and rng.uniform() < 0.75:
                column, tall = int(rng.choice([3, 7])), rng.uniform(13.0, 24.0)
            else:
                column = int(rng.choice([0, 1, 2, 5, 6], p=[0.22, 0.24, 0.14, 0.18, 0.22]))
                tall = rng.uniform(9.0, 17.0)
            found.append((x, y, tall, column))
    for off, step in ((0.0, 3.2), (6.0, 4.0), (14.0, 5.0), (26.0, 6.0)):  # the meadow's edge behind
        for az in np.arange(np.radians(66.0), np.radians(294.0), step / 70.0):
            r = 62.0 + off + 12.0 * np.sin(3 * az) + 5.0 * np.sin(8 * az + 1) + rng.uniform(-2, 2)
            x, y = r * np.sin(az), r * np.cos(az)
            if land.shore_distance(np.array([x]), np.array([y]))[0] < 2.0:
                continue
            low = off < 1.0 and rng.uniform() < 0.6
            column = 4 if low else int(rng.choice([0, 1, 2, 3, 5, 6, 7]))
            found.append((x, y, rng.uniform(2.2, 4.2) if low else rng.uniform(9.0, 17.0), column))
    for x, y, tall, column in (
        (-38.0, -24.0, 11.0, 0),
        (30.0, -34.0, 13.0, 6),
        (42.0, -8.0, 12.0, 5),
        (-44.0, 3.0, 12.5, 1),
        (36.0, 6.0, 3.6, 4),
        (27.0, 13.5, 2.8, 4),
        (-31.0, 12.0, 3.2, 4),
        (-47.0, 18.0, 13.0, 2),
        (46.0, 18.0, 12.0, 2),
        (-12.0, -40.0, 3.2, 4),
        (9.0, -46.0, 3.6, 4),
    ):
        found.append((x, y, tall, column))
    rows = np.array(found)
    z = land.height(rows[:, 0], rows[:, 1]) - 0.15
    return np.column_stack([rows[:, :2], z]), rows[:, 2], rows[:, 3].astype(int)


def facing(feet: Array, columns: NDArray[np.int_]) -> tuple[NDArray[np.int_], NDArray[np.bool_]]:
    """Which row of the picture each tree shows, and whether it is mirrored: by where the sun stands for it."""
    delta = (SUN_AZIMUTH - np.arctan2(feet[:, 0], feet[:, 1]) + np.pi) % (2 * np.pi) - np.pi
    row = np.abs(np.degrees(np.abs(delta))[:, None] - np.array(TURNS)).argmin(axis=1)
    return row, delta > 0


def cards(feet: Array, tall: Array, columns: NDArray[np.int_], rng: np.random.Generator) -> Mesh:
    """Far trees: one card each, turned to the person."""
    row, mirrored = facing(feet, columns)
    # the picture's edge in metres for a tree of its usual height
    habits = [growth.HABITS[SPRITES[c]] for c in range(len(SPRITES))]
    edge = np.array([max(h.tall * 1.05, 2.2 * h.wide) / h.tall for h in habits])[columns] * tall
    az = np.arctan2(feet[:, 0], feet[:, 1])
    across = np.stack([np.cos(az), -np.sin(az), 0 * az], 1) * (edge / 2)[:, None]
    up = np.array([0.0, 0.0, 1.0]) * edge[:, None]
    corners = np.stack([feet - across, feet + across, feet + across + up, feet - across + up], axis=1)
    n = len(feet)
    u0 = columns / 8.0 + 0.001
    u = np.where(
        mirrored[:, None],
        u0[:, None] + np.array([[1, 0, 0, 1]]) * 0.123,
        u0[:, None] + np.array([[0, 1, 1, 0]]) * 0.123,
    )
    v = 1.0 - (row + 1)[:, None] / 4.0 + 0.002 + np.array([[0, 0, 1, 1]]) * 0.246
    tint = rng.uniform(0.82, 1.0, (n, 1)) * (1.0 + 0.06 * rng.standard_normal((n, 3)) * (1, 0.4, 0.8))
    first = (np.arange(n) * 4)[:, None, None]
    return Mesh(
        positions=corners.reshape(-1, 3),
        normals=np.repeat(np.stack([-np.sin(az), -np.cos(az), 0 * az], 1), 4, axis=0),
        triangles=(first + np.array([[[0, 1, 2], [0, 2, 3]]])).reshape(-1, 3),
        uvs=np.stack([u, v], axis=-1).reshape(-1, 2),
        tint=np.clip(np.repeat(tint, 4, axis=0), 0, 1),
    )


def hill_height(r: Array, az: Array) -> Array:
    """Wooded hills beyond the lake, m."""
    first = (46 + 26 * np.sin(2.3 * az + 0.4) + 14 * np.sin(5.1 * az + 2) + 5 * np.sin(13 * az)) * np.exp(
        -(((r - 760) / 210) ** 2)
    )
    second = (118 + 46 * np.sin(1.7 * az + 2.2) + 30 * np.sin(4.3 * az) + 9 * np.sin(11 * az + 1)) * np.exp(
        -(((r - 1420) / 330) ** 2)
    )
    third = (205 + 70 * np.sin(1.9 * az + 4.0) + 36 * np.sin(4.9 * az + 1) + 10 * np.sin(15 * az)) * np.exp(
        -(((r - 2050) / 330) ** 2)
    )
    return np.maximum(np.maximum(first, second), third) * (0.55 + 0.45 * np.cos(0.8 * az)) + 6.0


def hills() -> Mesh:
    r = np.array(
        [
            430,
            520,
            600,
            660,
            710,
            760,
            820,
            900,
            1010,
            1120,
            1220,
            1310,
            1390,
            1450,
            1540,
            1680,
            1790,
            1880,
            1960,
            2040.0,
        ]
    )
    az = np.radians(np.linspace(-112, 112, 150))
    rr, aa = np.meshgrid(r, az, indexing="ij")
    rough = 5.0 * np.sin(rr * 0.045 + 31 * aa) * np.sin(57 * aa) + 3.0 * np.sin(140 * aa + rr * 0.02)
    z = hill_height(rr, aa) + rough * np.clip(rr / 1500, 0.3, 1.0)
    rings = np.stack([rr * np.sin(aa), rr * np.cos(aa), z], axis=-1)
    quads = Quads()
    uvs = np.stack([aa * 8.0, (rr + 1.6 * z) / 150.0], axis=-1)
    loft(quads, rings, np.ones((len(r) - 1, len(az) - 1, 3)) * (0.92, 1.0, 0.9), uvs)
    mesh = quads.mesh()
    n = mesh.normals.astype(np.float64)
    light = np.maximum(n @ land.TO_SUN, 0.0)[:, None] * land.SUN * 1.1 + land.SKY * 0.85
    return Mesh(**{**vars(mesh), "light": light})


def thicket(trees: list[growth.Tree], rng: np.random.Generator) -> tuple[list[Mesh], Mesh]:
    """Near trees: their leaves apiece, their wood together."""
    crowns = [growth.Crown(tree) for tree in trees]
    leafy = [
        leaves(
            t,
            c,
            {"oak": 5000, "maple": 3000, "birch": 2750}[k[0]],
            {"oak": 0.72, "maple": 0.735, "birch": 0.54}[k[0]],
            rng,
        )
        for t, c, k in zip(trees, crowns, NEAR, strict=True)
    ]
    return leafy, merge([wood(t, c) for t, c in zip(trees, crowns, strict=True)])
