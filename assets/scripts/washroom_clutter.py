"""What gathers in a public washroom and what holds it together: joints, brackets and screws, what stands in a cubicle,
a mop and its bucket, valves below the counter, paper that was dropped."""

from __future__ import annotations

import numpy as np
import washroom_room as room
from bake.bodies import Array, arc, bevelled, block, circle, fan, placed, rounded, skin, tube, turned
from washroom_parts import DARK, GREY, METAL, WHITE, X0, X1, Y1, Parts, add, moved
from washroom_walls import crumple

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import Mesh, merge

CAULK = (0.42, 0.40, 0.35)
Point = tuple[float, float, float]


def bead(parts: Parts, a: Point, b: Point, radius: float = 0.004) -> None:
    """A line of silicone, half of it in the joint that it closes; cut so that light may vary along it."""
    ends = np.array([a, b], dtype=float)
    count = max(2, int(np.linalg.norm(ends[1] - ends[0]) / 0.15))
    path = ends[0] + (ends[1] - ends[0]) * np.linspace(0, 1, count + 1)[:, None]
    add(parts, "gloss", tube(path, radius, CAULK, 6))


def joints(parts: Parts) -> None:
    """Where board, counter and glass meet the tiles."""
    y0, y1 = place.COUNTER_Y
    top = place.COUNTER_Z + 0.10
    bead(parts, (X1 - 0.001, y0, top), (X1 - 0.001, y1, top))
    bead(parts, (X1 - 0.021, y0 + 0.004, place.COUNTER_Z), (X1 - 0.021, y1 - 0.004, place.COUNTER_Z), 0.003)
    a, b = place.CUBICLES_Y[0] + 0.013, place.CUBICLES_Y[2]
    bead(parts, (X0 + 0.001, a, 1.155), (X0 + 0.001, b, 1.155), 0.005)
    bead(parts, (place.DUCT_X + 0.001, a, 0.001), (place.DUCT_X + 0.001, b, 0.001), 0.005)
    for y in (place.CUBICLES_Y[0] + 0.014, place.CUBICLES_Y[1] - 0.014, place.CUBICLES_Y[1] + 0.014):
        bead(parts, (place.DUCT_X + 0.001, y, 0.15), (place.DUCT_X + 0.001, y, 1.12), 0.003)
    x0, x1, z0, _ = room.WINDOW
    bead(parts, (x0 - 0.03, Y1 - 0.002, z0 - 0.022), (x1 + 0.03, Y1 - 0.002, z0 - 0.022), 0.003)
    for y in place.BASINS_Y:
        loop = room.hole(40, (room.BOWL[0] * 1.107, room.BOWL[1] * 1.107), 2.7) + [place.BASIN_X, y]
        ring = np.column_stack([loop, np.full(len(loop), place.COUNTER_Z)])
        add(parts, "gloss", tube(np.vstack([ring, ring[:1]]), 0.0028, CAULK, 6, caps=False))


def screw(parts: Parts, at: Point, out: Point) -> None:
    head = turned(((0.0058, 0.0), (0.0055, 0.0016), (0.0035, 0.0030), (0.0, 0.0033)), METAL, 10)
    add(parts, "steel", placed(head, at, out))
    add(parts, "plastic", placed(fan(circle(0.0019, 6, (0, 0, 0.0034)), DARK), at, out))


def brackets(parts: Parts) -> None:
    """Angles and screws between partitions, wall and fronts, on the sides that a patient in the first cubicle sees."""
    front = place.CUBICLES_X[1] - 0.026
    low, high = place.CUBICLES_Y[0] + 0.013, place.CUBICLES_Y[1] - 0.013
    for y, side in ((low, 1.0), (high, -1.0)):
        for z in (1.34, 1.86):
            for x, out in ((X0, 1.0), (front, -1.0)):
                if out < 0 and side > 0 and z > 1.5:
                    continue
                a, b = sorted((x, x + out * 0.034))
                c, d = sorted((y, y + side * 0.003))
                add(parts, "steel", bevelled((a, c, z), (b, d, z + 0.06), 0.001, METAL))
                e, f = sorted((x, x + out * 0.003))
                g, h = sorted((y, y + side * 0.034))
                add(parts, "steel", bevelled((e, g, z), (f, h, z + 0.06), 0.001, METAL))
                for dz in (0.014, 0.046):
                    screw(parts, (x + out * 0.02, y + side * 0.003, z + dz), (0, side, 0))
    # the panels before the cistern are held by screws
    for first in place.CUBICLES_Y[:2]:
        for y in (first + 0.05, first + 0.30, first + 0.37, first + 0.83, first + 0.90, first + 1.15):
            for z in (0.09, 1.05):
                screw(parts, (place.DUCT_X, y, z), (1, 0, 0))


def cubicle(parts: Parts) -> None:
    """The first cubicle's small things."""
    low, high = place.CUBICLES_Y[0] + 0.013, place.CUBICLES_Y[1] - 0.013
    # a bin for sanitary towels, between wall and bowl
    x, y = -1.555, 1.335
    add(
        parts,
        "plastic",
        block((x - 0.10, y - 0.075, 0.0), (x + 0.10, y + 0.075, 0.45), 0.03, 0.008, (0.62, 0.62, 0.60)),
    )
    add(
        parts,
        "plastic",
        block((x - 0.104, y - 0.079, 0.452), (x + 0.104, y + 0.079, 0.50), 0.03, 0.014, (0.50, 0.50, 0.49)),
    )
    add(parts, "plastic", bevelled((x + 0.095, y - 0.03, 0.475), (x + 0.108, y + 0.03, 0.488), 0.003, GREY))
    # bags for them, on the partition
    add(
        parts,
        "gloss",
        block((-1.60, low, 1.24), (-1.48, low + 0.032, 1.43), 0.008, 0.005, (0.74, 0.74, 0.72), axis=1),
    )
    add(parts, "plastic", bevelled((-1.575, low + 0.0315, 1.29), (-1.505, low + 0.0328, 1.305), 0.0005, DARK))
    sheet = np.array(
        [
            [(-1.568 + 0.056 * u, low + 0.034 + 0.012 * v, 1.297 - 0.055 * v) for u in np.linspace(0, 1, 5)]
            for v in np.linspace(0, 1, 5)
        ]
    )
    add(
        parts,
        "paper_still",
        skin(sheet, closed=False, tint=(0.72, 0.70, 0.66)),
        skin(sheet - [0, 0.001, 0], closed=False, tint=(0.7, 0.7, 0.66), flip=True),
    )
    # coat hooks: one on each partition
    for hx, hy, side in ((-1.31, low, 1.0), (-0.72, high, -1.0)):
        plate = turned(((0.024, 0.0), (0.024, 0.004), (0.018, 0.007), (0.0, 0.0075)), METAL, 20)
        add(parts, "steel", placed(plate, (hx, hy, 1.66), (0, side, 0)))
        for dz, reach in ((0.0, 0.05), (-0.012, 0.03)):
            bent = arc(
                (
                    (hx, hy + side * 0.004, 1.66 + dz),
                    (hx, hy + side * reach * 0.7, 1.652 + dz * 2),
                    (hx, hy + side * reach, 1.664 + dz * 2),
                    (hx, hy + side * (reach + 0.006), 1.688 + dz * 2),
                ),
                9,
            )
            add(parts, "chrome", tube(bent, np.array([0.0052] * 9 + [0.0075]), METAL, 10))
    # on the shelf: a spare roll, a used tissue; on the tiles: a scent box
    roll = turned(
        ((0.02, 0.0), (0.052, 0.0), (0.053, 0.004), (0.053, 0.096), (0.052, 0.1), (0.02, 0.1), (0.02, 0.0)),
        (0.82, 0.82, 0.80),
        30,
    )
    add(parts, "paper_still", moved(roll, -1.80, 2.21, 1.155))
    add(parts, "paper_still", placed(fan(circle(0.0195, 16), (0.30, 0.24, 0.18)), (-1.80, 2.21, 1.2545)))
    tail = np.array(
        [
            [
                (
                    -1.80 + 0.052 + 0.05 * t + 0.02 * np.sin(3 * t),
                    2.235 - u,
                    1.158 + 0.05 * (1 - t) ** 2 + 0.004 * np.sin(40 * u) * t,
                )
                for u in np.linspace(0, 0.095, 6)
            ]
            for t in np.linspace(0, 1, 8)
        ]
    )
    tail[..., 2] = np.maximum(tail[..., 2], 1.1565)
    add(
        parts,
        "paper_still",
        skin(tail, closed=False, tint=(0.8, 0.8, 0.78)),
        skin(tail, closed=False, tint=(0.76, 0.76, 0.74), flip=True),
    )
    add(parts, "gloss", block((X0, 1.40, 1.58), (X0 + 0.06, 1.48, 1.76), 0.012, 0.008, WHITE, axis=0))
    for k in range(4):
        add(
            parts,
            "plastic",
            bevelled(
                (X0 + 0.0598, 1.415, 1.60 + 0.012 * k), (X0 + 0.0606, 1.465, 1.604 + 0.012 * k), 0.0002, DARK
            ),
        )
    # on the open leaf's outer face, which looks into the cubicle: a pull of steel
    hinge, a = np.array([place.CUBICLES_X[1] - 0.023, place.CUBICLES_Y[0] + 0.253]), np.radians(97.0)
    along, out = np.array([-np.sin(a), np.cos(a)]), np.array([np.cos(a), np.sin(a)])
    at = hinge + along * 0.64 + out * 0.020
    pull = arc(
        [
            (*(at + out * d), z)
            for d, z in ((0.0, 1.16), (0.03, 1.165), (0.04, 1.19), (0.04, 1.33), (0.03, 1.355), (0.0, 1.36))
        ],
        26,
    )
    add(parts, "chrome", tube(pull, 0.007, METAL, 12))


def below_counter(parts: Parts) -> None:
    """Corner valves and hoses to the taps."""
    for y in place.BASINS_Y:
        for side in (-1, 1):
            z, yy = 0.52, y + side * 0.09
            valve = turned(
                (
                    (0.022, 0.0),
                    (0.022, 0.004),
                    (0.010, 0.006),
                    (0.010, 0.05),
                    (0.014, 0.052),
                    (0.015, 0.075),
                    (0.0, 0.077),
                ),
                METAL,
                14,
            )
            add(parts, "chrome", placed(valve, (X1, yy, z), (-1, 0, 0)))
            path = arc(
                (
                    (X1 - 0.04, yy, z),
                    (X1 - 0.045, yy, z + 0.08),
                    (place.TAP_X + 0.01, y + side * 0.03, 0.70),
                    (place.TAP_X, y + side * 0.012, 0.82),
                ),
                14,
            )
            add(parts, "steel", tube(path, 0.0055, METAL, 8))


def mop(parts: Parts) -> None:
    """A bucket on castors in the corner below the window, a mop in it."""
    x, y = 1.55, 3.26
    blue, rim = (0.05, 0.13, 0.30), (0.07, 0.17, 0.36)
    rings = []
    for z, half in (
        (0.07, 0.115),
        (0.08, 0.125),
        (0.33, 0.155),
        (0.335, 0.165),
        (0.35, 0.165),
        (0.35, 0.15),
        (0.20, 0.135),
    ):
        loop = room_loop(2.3 * half, 1.75 * half)
        rings.append(np.column_stack([loop + [x, y], np.full(len(loop), z)]))
    add(parts, "plastic", skin(np.stack(rings), tint=blue))
    add(parts, "gloss", fan(rings[-1] + [0, 0, 0.01], (0.13, 0.135, 0.12)))
    for dx in (-0.09, 0.09):
        for dy in (-0.07, 0.07):
            wheel = turned(
                ((0.0, -0.012), (0.028, -0.012), (0.03, -0.008), (0.03, 0.008), (0.028, 0.012), (0.0, 0.012)),
                DARK,
                16,
            )
            add(parts, "plastic", placed(wheel, (x + dx, y + dy, 0.03), (0, 1, 0)))
            add(
                parts,
                "steel",
                bevelled(
                    (x + dx - 0.008, y + dy - 0.018, 0.03),
                    (x + dx + 0.008, y + dy + 0.018, 0.085),
                    0.003,
                    METAL,
                ),
            )
    # the wringer on the rim
    add(parts, "plastic", block((x - 0.16, y + 0.02, 0.30), (x + 0.16, y + 0.14, 0.46), 0.03, 0.006, rim))
    add(parts, "plastic", bevelled((x - 0.13, y + 0.04, 0.459), (x + 0.13, y + 0.12, 0.462), 0.001, DARK))
    handle = arc(
        (
            (x - 0.165, y - 0.1, 0.33),
            (x - 0.17, y - 0.12, 0.44),
            (x, y - 0.13, 0.50),
            (x + 0.17, y - 0.12, 0.44),
            (x + 0.165, y - 0.1, 0.33),
        ),
        20,
    )
    add(parts, "steel", tube(handle, 0.005, METAL, 8))
    # the mop: a shaft that leans into the corner, its strands in the bucket
    foot, head = np.array([x - 0.05, y - 0.06, 0.36]), np.array([X1 - 0.03, Y1 - 0.03, 1.42])
    shaft = foot + (head - foot) * np.linspace(0, 1, 12)[:, None]
    add(parts, "gloss", tube(shaft, 0.012, (0.66, 0.66, 0.64), 12))
    add(parts, "plastic", tube(shaft[-2:] + [0, 0, 0.01], 0.0145, rim, 12))
    add(
        parts,
        "plastic",
        moved(turned(((0.045, 0.0), (0.045, 0.03), (0.02, 0.06), (0.016, 0.09)), rim, 16), *foot),
    )
    rng = np.random.default_rng(21)
    for k in range(26):
        a, r = 2 * np.pi * k / 26, 0.06 + 0.05 * rng.random()
        end = foot + [r * np.cos(a), r * np.sin(a), -0.10 - 0.06 * rng.random()]
        strand = arc(
            (
                foot + [0.03 * np.cos(a), 0.03 * np.sin(a), 0.01],
                foot + [0.8 * r * np.cos(a), 0.8 * r * np.sin(a), 0.004],
                end,
            ),
            6,
        )
        add(parts, "paper_still", tube(strand, 0.0075, (0.36, 0.34, 0.29), 5))


def room_loop(dx: float, dy: float) -> Array:
    return rounded((dx, dy), 0.05, 5)


def towel(rng: np.random.Generator, at: Point, heading: float, size: float = 0.2) -> Mesh:
    """A used paper towel on the floor: a sheet that was crushed and fell open."""
    n = 9
    s, t = np.meshgrid(np.linspace(-0.5, 0.5, n), np.linspace(-0.5, 0.5, n))
    height = np.zeros((n, n))
    for _ in range(7):
        a, p, steep = rng.uniform(0, np.pi), rng.uniform(-0.4, 0.4), rng.uniform(0.2, 0.7)
        height += steep * np.abs(np.cos(a) * s + np.sin(a) * t - p)
    height = size * 0.42 * (height - height.min()) / np.ptp(height) + size * 0.03 * rng.random((n, n))
    shrink = 0.52 + 0.16 * rng.random((n, n))
    c, d = np.cos(heading), np.sin(heading)
    x, y = size * s * shrink, size * t * shrink * 0.8
    rings = np.stack([at[0] + c * x - d * y, at[1] + d * x + c * y, at[2] + 0.002 + height], 2)
    tint = (0.62 + 0.08 * rng.random()) * np.array([1.0, 0.97, 0.90])
    front = skin(rings, closed=False, tint=tint)
    back = skin(rings - [0, 0, 0.0008], closed=False, tint=0.9 * tint, flip=True)
    if front.normals[:, 2].mean() < 0:
        front, back = (
            skin(rings, closed=False, tint=tint, flip=True),
            skin(rings - [0, 0, 0.0008], closed=False, tint=0.9 * tint),
        )
    return _creased(front, back)


def _creased(*sides: Mesh) -> Mesh:
    """Every triangle flat."""
    made = []
    for side in sides:
        corners = side.positions[side.triangles].reshape(-1, 3)
        face = np.cross(corners[1::3] - corners[::3], corners[2::3] - corners[::3])
        face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-9)
        tint = side.tint if side.tint is not None else np.ones_like(side.positions)
        made.append(
            Mesh(
                corners,
                np.repeat(face, 3, 0),
                np.arange(len(corners)).reshape(-1, 3),
                tint=tint[side.triangles].reshape(-1, 3),
            )
        )
    return merge(made)


def dropped(parts: Parts) -> None:
    """Paper on the floor that comes as the room gets dirtier: a little, then a heap by the bin."""
    rng = np.random.default_rng(41)
    x, y, _ = place.BY_ID["bin_lid"].centre
    for at, size in (
        ((x - 0.27, y + 0.20, 0.0), 0.20),
        ((0.95, 2.75, 0.0), 0.18),
        ((-0.60, 1.98, 0.0), 0.16),
    ):
        add(parts, "litter_some", towel(rng, at, rng.uniform(0, 6), size))
    for _ in range(3):
        spot = (x + rng.uniform(-0.5, -0.25), y + rng.uniform(-0.35, 0.45), 0.024)
        add(parts, "litter_some", crumple(rng, spot, 0.032))
    for _ in range(7):
        add(
            parts,
            "litter_much",
            towel(
                rng,
                (x + rng.uniform(-0.48, -0.22), y + rng.uniform(-0.42, 0.5), 0.0),
                rng.uniform(0, 6),
                rng.uniform(0.15, 0.23),
            ),
        )
    for spot in (
        (x + 0.05, y + 0.30, 0.0),
        (x - 0.05, y - 0.32, 0.0),
        (1.62, 0.55, 0.0),
        (1.55, 2.10, 0.0),
        (0.35, 0.9, 0.0),
        (1.2, 3.2, 0.0),
    ):
        add(parts, "litter_much", towel(rng, spot, rng.uniform(0, 6), rng.uniform(0.15, 0.22)))
    for spot in (
        (-0.95, 1.36, 0.022),
        (-1.25, 2.22, 0.02),
        (1.25, 0.2, 0.028),
        (1.05, 1.5, 0.026),
        (0.4, 2.9, 0.026),
    ):
        add(parts, "litter_much", crumple(rng, spot, 0.03))
    # one hangs out below the lid
    u = np.linspace(-0.06, 0.06, 8)
    rows = [
        np.column_stack(
            [
                np.full(8, x - 0.168 - 0.012 * np.sin(2.6 * t) + 0.004 * np.sin(60 * u[0] + 9 * t))
                + 0.004 * np.sin(70 * u),
                y + 0.03 + u * (1 - 0.15 * t),
                0.632 - 0.13 * t + 0.01 * np.sin(45 * u) * t,
            ]
        )
        for t in np.linspace(0, 1, 7)
    ]
    sheet = np.stack(rows)
    add(
        parts,
        "litter_much",
        skin(sheet, closed=False, tint=(0.74, 0.72, 0.66)),
        skin(sheet + [0.001, 0, 0], closed=False, tint=(0.68, 0.66, 0.6), flip=True),
    )


def made(parts: Parts) -> None:
    joints(parts)
    brackets(parts)
    cubicle(parts)
    below_counter(parts)
    mop(parts)
    dropped(parts)
