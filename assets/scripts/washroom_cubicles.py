"""What the washroom's cubicles hold: toilets, flush plates, paper, hinges and locks."""

from __future__ import annotations

import numpy as np
from bake.bodies import Array, bevelled, circle, fan, placed, skin, tube, turned, turned_over
from washroom_parts import METAL, PORCELAIN, WHITE, X0, Parts, add, moved

from scenes.washroom import objects as place


def egg(z: float, rear: float, front: float, half: float, steps: int = 40, square: float = 4.5) -> Array:
    """An outline, square towards the wall (at x = ``rear``) and round in front (at ``front``), around y = 0."""
    a = 2 * np.pi * np.arange(steps) / steps
    middle = rear + 0.42 * (front - rear)
    c, s = np.cos(a), np.sin(a)
    x = np.where(c > 0, middle + (front - middle) * c, middle - (middle - rear) * np.abs(c) ** (2 / square))
    y = np.where(c > 0, half * s, half * np.sign(s) * np.abs(s) ** (2 / square))
    return np.stack([x, y, np.full(steps, z)], 1)


def toilet(parts: Parts, y: float, seat: str) -> None:
    wall = place.DUCT_X + 0.002
    outside = [
        egg(0.0, wall, -1.385, 0.118, square=6),
        egg(0.012, wall, -1.380, 0.120, square=6),
        egg(0.05, wall, -1.385, 0.118, square=6),
        egg(0.13, wall, -1.375, 0.116, square=6),
        egg(0.21, wall, -1.335, 0.130),
        egg(0.28, wall, -1.272, 0.156),
        egg(0.34, wall, -1.228, 0.174),
        egg(0.375, wall, -1.214, 0.180),
        egg(0.393, wall, -1.212, 0.181),
        egg(0.400, wall + 0.003, -1.217, 0.178),
        egg(0.402, wall + 0.012, -1.226, 0.170),
    ]
    inside = [
        egg(0.402, -1.622, -1.252, 0.142, square=3),
        egg(0.398, -1.616, -1.258, 0.136, square=3),
        egg(0.385, -1.610, -1.262, 0.133, square=3),
        egg(0.36, -1.605, -1.268, 0.130, square=3),
        egg(0.31, -1.595, -1.285, 0.120, square=2.6),
        egg(0.26, -1.580, -1.320, 0.098, square=2.4),
        egg(0.22, -1.560, -1.365, 0.072, square=2.2),
        egg(0.19, -1.545, -1.400, 0.055, square=2.0),
        egg(0.15, -1.535, -1.420, 0.048, square=2.0),
    ]
    bowl = skin(np.stack(outside + inside), tint=PORCELAIN)
    add(parts, "ceramic", moved(bowl, y=y))
    water = fan(egg(0.192, -1.546, -1.399, 0.056, square=2.0), (0.50, 0.54, 0.52))
    add(parts, "gloss", moved(water, y=y))
    for side in (-1, 1):
        cap = turned(((0.009, 0), (0.009, 0.004), (0.006, 0.007), (0, 0.008)), WHITE, 12)
        add(parts, "plastic", placed(cap, (-1.50, y + side * 0.118, 0.05), (0, side, 0)))
    z = place.SEAT_Z - 0.0125
    ring = []
    for out, height in (
        (0.00, 0.0),
        (-0.004, -0.0),
        (-0.004, 0.012),
        (0.002, 0.020),
        (0.012, 0.0245),
        (0.025, 0.0255),
    ):
        ring.append(egg(z + height, -1.640 + out * 0.6, -1.216 - out, 0.186 - out, square=3.2))
    for shrink, height in ((0.055, 0.0245), (0.066, 0.019), (0.070, 0.010), (0.068, 0.0), (0.05, -0.001)):
        ring.append(
            egg(z + height, -1.640 + 0.42 * shrink + 0.03, -1.216 - shrink * 0.95, 0.186 - shrink, square=2.6)
        )
    ring.append(ring[0])
    add(parts, seat, moved(skin(np.stack(ring), tint=(0.83, 0.83, 0.81)), y=y))
    for side in (-1, 1):
        hinge = tube(
            np.array([(-1.655, y + side * 0.06, place.SEAT_Z), (-1.655, y + side * 0.10, place.SEAT_Z)]),
            0.011,
            METAL,
            14,
        )
        add(parts, "chrome", hinge)
        add(
            parts,
            "chrome",
            moved(turned(((0.013, 0.40), (0.012, 0.42), (0, 0.422)), METAL, 14), -1.655, y + side * 0.08),
        )


def flush(parts: Parts, y: float, name: str) -> None:
    at = (place.DUCT_X, y, 0.95)
    ring = turned(
        ((0.062, 0.0), (0.062, 0.004), (0.058, 0.008), (0.047, 0.009), (0.044, 0.006), (0.043, 0.0)),
        METAL,
        36,
    )
    add(parts, "steel", placed(ring, at, (1, 0, 0)))
    plate = turned(
        ((0.041, 0.0), (0.041, 0.010), (0.041, 0.010), (0.039, 0.0125), (0.030, 0.0138), (0.0, 0.0142)),
        METAL,
        36,
    )
    add(parts, name, placed(plate, (at[0] + 0.004, y, at[2]), (1, 0, 0)))


def roll(parts: Parts, x: float, wall_y: float, z: float, name: str) -> None:
    """A paper holder on a partition: a hood of steel, the roll, its loose end in front."""
    y = wall_y - 0.013
    hood = []
    for k in range(9):
        a = np.pi * (0.0 + 0.62 * k / 8)
        hood.append(
            [
                (x - 0.068, y - 0.066 + 0.066 * np.cos(a), z + 0.012 + 0.066 * np.sin(a)),
                (x + 0.068, y - 0.066 + 0.066 * np.cos(a), z + 0.012 + 0.066 * np.sin(a)),
            ]
        )
    outer = np.array(hood)
    middle = np.array([x, y - 0.066, z + 0.012])
    inner = outer + (middle - outer) * [0.0, 0.03, 0.03]
    add(
        parts,
        "steel",
        skin(outer, closed=False, tint=METAL, flip=True),
        skin(inner, closed=False, tint=METAL),
    )
    add(parts, "steel", bevelled((x - 0.068, y - 0.004, z - 0.05), (x + 0.068, y, z + 0.075), 0.001, METAL))
    bar = np.array([(x - 0.066, y - 0.062, z), (x + 0.066, y - 0.062, z)])
    add(parts, "chrome", tube(bar, 0.008, METAL, 12))
    body = turned(
        ((0.022, -0.05), (0.052, -0.05), (0.052, -0.05), (0.052, 0.05), (0.052, 0.05), (0.022, 0.05)),
        (0.84, 0.84, 0.82),
        36,
    )
    core = turned_over(turned(((0.022, -0.05), (0.022, 0.05)), (0.42, 0.33, 0.24), 20))
    add(
        parts,
        "paper_still",
        placed(body, (x, y - 0.062, z), (1, 0, 0)),
        placed(core, (x, y - 0.062, z), (1, 0, 0)),
    )
    rows = []
    for k in range(8):
        t = k / 7
        u = np.linspace(-0.049, 0.049, 7)
        rows.append(
            np.column_stack(
                [
                    x + u,
                    np.full(7, y - 0.062 - 0.0525 - 0.006 * t * t),
                    z - 0.115 * t + 0.003 * np.sin(u * 120) * (t > 0.95),
                ]
            )
        )
    sheet = np.stack(rows)
    front = skin(sheet, closed=False, tint=(0.85, 0.85, 0.83), flip=True)
    add(parts, name, front, skin(sheet + [0, 0.001, 0], closed=False, tint=(0.82, 0.82, 0.80)))


def hinges_and_feet(parts: Parts) -> None:
    front = place.CUBICLES_X[1]
    y0, y1, y2 = place.CUBICLES_Y
    foot = turned(((0.024, 0.0), (0.024, 0.004), (0.012, 0.007), (0.010, 0.012), (0.010, 0.142)), METAL, 16)
    for y in (y0 + 0.02, y0 + 0.22, y0 + 0.98, y1 + 0.22, y1 + 0.98, y2 - 0.06):
        add(parts, "steel", moved(foot, front - 0.013, y))
    for y in (y0, y1):
        for x in (X0 + 0.35, X0 + 1.0):
            add(parts, "steel", moved(foot, x, y))
    for y in (y0 + 0.25, y1 + 0.25):
        for z in (0.35, 1.75):
            add(
                parts,
                "steel",
                tube(np.array([(front - 0.032, y, z), (front - 0.032, y, z + 0.09)]), 0.009, METAL, 12),
            )
    # locks: a turn on the inside, a disc that shows free or not on the outside; the second cubicle's door is ajar
    for hinge, degrees, along in ((y0 + 0.25, 97.0, 0.64), (y1 + 0.25, 20.0, 0.64)):
        a = np.radians(degrees)
        direction = np.array([-np.sin(a), np.cos(a), 0.0])
        out = np.array([np.cos(a), np.sin(a), 0.0])
        middle = np.array([front - 0.023, hinge + 0.003, 1.02]) + direction * along
        for side in (0.0, 1.0):
            face = middle + out * (0.0205 if side else -0.0005)
            axis = out if side else -out
            disc = turned(((0.026, 0), (0.026, 0.003), (0.022, 0.006), (0, 0.007)), METAL, 24)
            add(parts, "steel", placed(disc, face, axis))
            if side:
                add(
                    parts,
                    "gloss",
                    placed(fan(circle(0.009, 16, (0, 0, 0.0075)), (0.12, 0.42, 0.16)), face, axis),
                )
            else:
                knob = turned(((0.010, 0.006), (0.009, 0.022), (0.007, 0.027), (0, 0.028)), METAL, 16)
                add(parts, "steel", placed(knob, face, axis))
        if degrees > 90:
            hook = middle - out * 0.0015 + [0, 0, 0.68] - direction * 0.28
            bent = np.array([(0, 0), (0.03, -0.008), (0.045, 0.012)])
            add(
                parts,
                "chrome",
                tube(np.array([hook - out * u + [0, 0, v] for u, v in bent]), 0.006, METAL, 10),
            )


def brush(parts: Parts, y: float) -> None:
    x = -1.62
    pot = turned(
        ((0.0, 0.002), (0.050, 0.002), (0.052, 0.006), (0.047, 0.12), (0.043, 0.125), (0.038, 0.12)),
        WHITE,
        24,
    )
    add(parts, "plastic", moved(pot, x, y))
    rod = tube(
        np.array([(x, y, 0.1), (x + 0.004, y, 0.25), (x + 0.01, y + 0.004, 0.40)]),
        [0.008, 0.007, 0.010],
        WHITE,
        12,
    )
    add(parts, "plastic", rod)
