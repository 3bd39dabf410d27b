"""What the washroom has at its walls and on its floor: the entrance's fittings, bin, dryer, radiator, sign, pipes."""

from __future__ import annotations

import numpy as np
import washroom_room as room
from bake.bodies import Array, arc, bevelled, block, fan, placed, rounded, skin, tube, turned
from washroom_parts import DARK, GREY, METAL, WHITE, X0, X1, Y0, Parts, add

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import Mesh, merge


def entrance(parts: Parts) -> None:
    thing = place.BY_ID["door_handle"]
    x, y, z = thing.motion.pivot if thing.motion else thing.centre
    for side_x in (x,):
        rose = turned(((0.027, 0), (0.027, 0.006), (0.024, 0.009), (0.011, 0.010), (0.011, 0.045)), METAL, 28)
        add(parts, "steel", placed(rose, (side_x, Y0, z), (0, 1, 0)))
    path = arc(
        (
            (x, Y0 + 0.040, z),
            (x, y - 0.008, z),
            (x - 0.012, y, z),
            (x - 0.06, y, z),
            (x - 0.115, y, z),
            (x - 0.128, y - 0.012, z),
            (x - 0.130, y - 0.03, z),
        ),
        30,
    )
    add(parts, "door_handle", tube(path, 0.0095, METAL, 16))
    key = turned(((0.026, 0), (0.026, 0.005), (0.022, 0.007), (0.0, 0.0075)), METAL, 24)
    add(parts, "steel", placed(key, (x, Y0 + 0.0025, z - 0.072), (0, 1, 0)))
    add(
        parts,
        "plastic",
        bevelled((x - 0.003, Y0 + 0.009, z - 0.084), (x + 0.003, Y0 + 0.0105, z - 0.062), 0.0005, DARK),
    )
    a, b = room.DOOR_EDGES
    for height in (0.25, 1.0, 1.8):
        add(
            parts,
            "steel",
            tube(
                np.array([(a - 0.002, Y0 + 0.012, height), (a - 0.002, Y0 + 0.012, height + 0.1)]),
                0.009,
                METAL,
                12,
            ),
        )
    # the closer
    top = place.DOOR_SIZE[1]
    add(
        parts,
        "plastic",
        block(
            (a + 0.08, Y0 + 0.001, top - 0.09),
            (a + 0.32, Y0 + 0.055, top - 0.025),
            0.006,
            0.004,
            GREY,
            axis=0,
        ),
    )
    add(
        parts,
        "steel",
        bevelled((a + 0.16, Y0 + 0.06, top - 0.022), (a + 0.185, Y0 + 0.20, top - 0.014), 0.002, METAL),
    )
    add(
        parts,
        "steel",
        bevelled((a + 0.16, Y0 + 0.018, top + 0.002), (a + 0.36, Y0 + 0.035, top + 0.012), 0.002, METAL),
    )
    # a switch, and a sign without words beside the door: hands under water
    sx = b + 0.22
    add(
        parts,
        "gloss",
        block((sx - 0.043, Y0, 1.06), (sx + 0.043, Y0 + 0.010, 1.146), 0.004, 0.003, WHITE, axis=1),
    )
    add(
        parts, "gloss", bevelled((sx - 0.03, Y0 + 0.010, 1.072), (sx + 0.03, Y0 + 0.014, 1.134), 0.002, WHITE)
    )


def bin_(parts: Parts) -> None:
    x, y, z = place.BY_ID["bin_lid"].centre
    dx, dy, dz = place.BY_ID["bin_lid"].size
    steel = (0.42, 0.43, 0.43)
    rings, inner = [], []
    for height, share in (
        (0.0, 0.90),
        (0.012, 0.915),
        (0.012, 0.915),
        (0.35, 0.955),
        (0.60, 0.985),
        (0.622, 0.99),
    ):
        loop = room_loop(dx * share, dy * share, 0.035)
        rings.append(np.column_stack([loop[:, 0] + x, loop[:, 1] + y, np.full(len(loop), height)]))
    add(parts, "plastic", skin(np.stack(rings), tint=steel))
    for height, share in ((0.622, 0.99), (0.624, 0.965), (0.60, 0.95), (0.42, 0.92)):
        loop = room_loop(dx * share, dy * share, 0.035)
        inner.append(np.column_stack([loop[:, 0] + x, loop[:, 1] + y, np.full(len(loop), height)]))
    add(parts, "plastic", skin(np.stack(inner), tint=(0.02, 0.02, 0.022)))
    add(parts, "plastic", fan(inner[-1], (0.05, 0.05, 0.052)))
    # the bag's edge hangs over the rim
    rng = np.random.default_rng(3)
    bag = []
    wave = rng.standard_normal(64)
    for height, out in ((0.625, 0.955), (0.6265, 0.985), (0.622, 1.004), (0.60, 1.012), (0.575, 1.016)):
        loop = room_loop(dx * out, dy * out, 0.04, 15)
        ruffle = np.interp(np.arange(len(loop)), np.linspace(0, len(loop), 64), wave)
        drop = (0.626 - height) / 0.05
        loop = loop * (1 + 0.006 * ruffle[:, None] * drop)
        bag.append(np.column_stack([loop[:, 0] + x, loop[:, 1] + y, height + 0.010 * ruffle * drop]))
    add(parts, "gloss", skin(np.stack(bag)[::-1], tint=(0.06, 0.06, 0.065), flip=False))
    # used paper inside
    for _ in range(9):
        add(
            parts,
            "paper_still",
            crumple(
                rng,
                (x + rng.uniform(-0.09, 0.09), y + rng.uniform(-0.08, 0.08), 0.47 + 0.03 * rng.random()),
                0.045,
            ),
        )
    lid = []
    for height, share in (
        (0.0, 0.985),
        (0.0, 1.0),
        (0.012, 1.005),
        (0.019, 0.985),
        (0.024, 0.9),
        (0.028, 0.6),
        (0.030, 0.2),
        (0.0302, 0.02),
    ):
        loop = room_loop(dx * share, dy * share, 0.04 * min(1, share))
        lid.append(np.column_stack([loop[:, 0] + x, loop[:, 1] + y, np.full(len(loop), z - 0.010 + height)]))
    under = merge([fan(lid[0], (0.10, 0.10, 0.105), flip=True), fan(lid[-1], (0.36, 0.37, 0.38))])
    add(parts, "bin_lid", skin(np.stack(lid), tint=(0.36, 0.37, 0.38)), under)
    add(
        parts,
        "plastic",
        bevelled((x - dx / 2 - 0.05, y - 0.05, 0.012), (x - dx / 2 + 0.02, y + 0.05, 0.028), 0.006, DARK),
    )


def room_loop(dx: float, dy: float, corner: float, steps: int = 6) -> Array:
    return rounded((dx, dy), corner, steps)


def crumple(rng: np.random.Generator, at: tuple[float, float, float], size: float) -> Mesh:
    """A ball of used paper."""
    n, m = 7, 10
    theta, phi = np.linspace(0.02, np.pi - 0.02, n), 2 * np.pi * np.arange(m) / m
    radius = size * (0.55 + 0.45 * rng.random((n, m)))
    rings = np.stack(
        [
            radius * np.sin(theta)[:, None] * np.cos(phi),
            radius * np.sin(theta)[:, None] * np.sin(phi),
            -0.75 * radius * np.cos(theta)[:, None],
        ],
        axis=2,
    )
    mesh = skin(rings + np.asarray(at), tint=(0.74, 0.72, 0.67))
    # creased: every triangle flat
    corners = mesh.positions[mesh.triangles].reshape(-1, 3)
    face = np.cross(corners[1::3] - corners[::3], corners[2::3] - corners[::3])
    face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-9)
    return Mesh(corners, np.repeat(face, 3, 0), np.arange(len(corners)).reshape(-1, 3)).tinted(
        (0.74, 0.72, 0.67)
    )


def dryer(parts: Parts, y: float, z: float) -> None:
    add(
        parts, "gloss", block((X1 - 0.16, y - 0.13, z), (X1, y + 0.13, z + 0.28), 0.045, 0.018, WHITE, axis=0)
    )
    add(
        parts,
        "plastic",
        bevelled((X1 - 0.13, y - 0.06, z - 0.004), (X1 - 0.05, y + 0.06, z + 0.004), 0.002, DARK),
    )
    for k in range(6):
        add(
            parts,
            "plastic",
            bevelled(
                (X1 - 0.1605, y - 0.05, z + 0.045 + 0.012 * k),
                (X1 - 0.1595, y + 0.05, z + 0.050 + 0.012 * k),
                0.0004,
                DARK,
            ),
        )


def radiator(parts: Parts, y0: float, y1: float) -> None:
    z0, z1 = 0.16, 0.76
    white = (0.80, 0.80, 0.78)
    x = X0 + 0.05
    count = 14
    step = (y1 - y0) / count
    for k in range(count):
        y = y0 + (k + 0.5) * step
        add(
            parts,
            "gloss",
            block((x, y - step * 0.43, z0), (x + 0.055, y + step * 0.43, z1), 0.018, 0.012, white, axis=2),
        )
    add(
        parts,
        "gloss",
        block((x + 0.008, y0, z1 - 0.09), (x + 0.045, y1, z1 - 0.04), 0.012, 0.008, white, axis=1),
    )
    add(
        parts,
        "gloss",
        block((x + 0.008, y0, z0 + 0.04), (x + 0.045, y1, z0 + 0.09), 0.012, 0.008, white, axis=1),
    )
    add(
        parts,
        "gloss",
        tube(
            arc(
                (
                    (x + 0.026, y1, z0 + 0.065),
                    (x + 0.026, y1 + 0.06, z0 + 0.065),
                    (x + 0.026, y1 + 0.085, z0 + 0.04),
                    (x + 0.026, y1 + 0.085, 0.0),
                ),
                14,
            ),
            0.009,
            white,
            12,
        ),
    )
    add(
        parts,
        "gloss",
        placed(
            turned(((0.016, 0), (0.018, 0.02), (0.017, 0.055), (0.012, 0.062), (0, 0.064)), WHITE, 18),
            (x + 0.026, y1 + 0.06, z0 + 0.065),
            (1, 0, 0),
        ),
    )


def floor_sign(parts: Parts, x: float, y: float) -> None:
    """A folding board of yellow plastic that warns of a wet floor, by a picture."""
    yellow = (0.80, 0.55, 0.03)
    for side in (-1, 1):
        board = bevelled((-0.14, -0.006, 0.0), (0.14, 0.006, 0.60), 0.004, yellow)
        m = np.eye(4)
        a = side * 0.2
        m[:3, :3] = [[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]]
        m[1, 3] = -side * 0.0 + side * 0.12
        turn = np.eye(4)
        c, s = np.cos(0.6), np.sin(0.6)
        turn[:2, :2] = [[c, -s], [s, c]]
        turn[:2, 3] = (x, y)
        placed_ = turn @ m
        add(parts, "gloss", board.transformed(placed_))
        mark = Mesh(
            np.array([(-0.10, 0, 0.24), (0.10, 0, 0.24), (0, 0, 0.42)]),
            np.tile([0, 1.0, 0], (3, 1)),
            np.array([[0, 2, 1]]),
        ).tinted(DARK)
        inner = Mesh(
            np.array([(-0.082, 0, 0.25), (0.082, 0, 0.25), (0, 0, 0.398)]),
            np.tile([0, 1.0, 0], (3, 1)),
            np.array([[0, 2, 1]]),
        ).tinted(yellow)
        stick = bevelled((-0.008, -0.0002, 0.285), (0.008, 0.0002, 0.35), 0.0001, DARK)
        dot = bevelled((-0.009, -0.0002, 0.262), (0.009, 0.0002, 0.277), 0.0001, DARK)
        for mesh, lift in ((mark, 0.0066), (inner, 0.0070), (stick, 0.0073), (dot, 0.0073)):
            face = mesh.moved(0, lift, 0)
            if side < 0:
                face = mesh.moved(0, lift, 0, 0).transformed(np.diag([-1.0, -1.0, 1.0, 1.0]))
            add(parts, "gloss", face.transformed(placed_))


def pipes(parts: Parts) -> None:
    """What every such room has in a corner."""
    white = (0.70, 0.69, 0.66)
    x, y = X0 + 0.05, Y0 + 0.06
    for dx, r in ((0.0, 0.022), (0.07, 0.014)):
        add(
            parts,
            "gloss",
            tube(np.array([(x + dx, y, z) for z in np.linspace(0, room.TOP, 27)]), r, white, 14),
        )
        for z in (0.5, 1.6, 2.4):
            add(
                parts, "steel", tube(np.array([(x + dx, y, z), (x + dx, y, z + 0.018)]), r + 0.003, METAL, 14)
            )
    # coat hooks on the free wall
    add(parts, "steel", bevelled((X0, -0.62, 1.62), (X0 + 0.008, 0.42, 1.68), 0.002, METAL))
    for k in range(5):
        yk = -0.52 + 0.21 * k
        add(
            parts,
            "chrome",
            tube(
                arc(
                    (
                        (X0 + 0.006, yk, 1.665),
                        (X0 + 0.045, yk, 1.655),
                        (X0 + 0.06, yk, 1.675),
                        (X0 + 0.058, yk, 1.70),
                    ),
                    10,
                ),
                np.array([0.006] * 10 + [0.0085]),
                METAL,
                10,
            ),
        )


def litter(parts: Parts) -> None:
    rng = np.random.default_rng(11)
    for at in ((1.33, -0.36, 0.028), (1.18, -0.72, 0.024), (-0.75, 2.16, 0.026)):
        add(parts, "paper_still", crumple(rng, at, 0.038))
