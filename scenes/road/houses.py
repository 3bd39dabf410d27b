"""Houses of a quiet street: a body with windows and a door, a roof with two slopes, a chimney, a garden before it."""

from __future__ import annotations

import numpy as np

from scenes.kit.facades import Parts, Plane
from scenes.kit.quads import linear
from scenes.kit.roads import Colour, Run
from scenes.road import verges

WALLS: tuple[Colour, ...] = tuple(
    linear(c)
    for c in (
        (0.86, 0.84, 0.79),
        (0.84, 0.78, 0.66),
        (0.80, 0.80, 0.78),
        (0.82, 0.72, 0.62),
        (0.74, 0.76, 0.74),
        (0.88, 0.86, 0.82),
    )
)
ROOFS: tuple[Colour, ...] = ((1.0, 1.0, 1.0), (0.85, 0.78, 0.74), (0.55, 0.58, 0.64), (0.78, 0.70, 0.66))
DOORS: tuple[Colour, ...] = tuple(
    linear(c) for c in ((0.24, 0.32, 0.30), (0.42, 0.28, 0.20), (0.30, 0.32, 0.38), (0.62, 0.60, 0.56))
)
PALES: tuple[Colour, ...] = tuple(
    linear(c) for c in ((0.82, 0.81, 0.77), (0.46, 0.40, 0.33), (0.34, 0.40, 0.38))
)
TRIM = linear((0.82, 0.81, 0.78))


def window(
    run: Run,
    plane: Plane,
    y: float,
    x: float,
    z: float,
    wide: float,
    high: float,
    cell: tuple[int, int],
    lit: bool,
) -> None:
    """A framed window with a sill, set a little back; ``lit``: a lamp burns behind it at night."""
    parts = run.at(y)
    deep = 0.10
    column, row = cell
    u0, u1 = column / 8.0 + 0.004, (column + 1) / 8.0 - 0.004
    v0, v1 = 1.0 - (row + 1) / 4.0 + 0.002, 1.0 - row / 4.0 - 0.002
    corners = np.stack(
        [
            plane.at(x, z, 0.012),
            plane.at(x + wide, z, 0.012),
            plane.at(x + wide, z + high, 0.012),
            plane.at(x, z + high, 0.012),
        ],
        1,
    )
    parts["panes"].add(corners, [[u0, v0], [u1, v0], [u1, v1], [u0, v1]])
    for a, b, c, d in (
        (x - 0.09, x, z - 0.06, z + high + 0.09),
        (x + wide, x + wide + 0.09, z - 0.06, z + high + 0.09),
        (x, x + wide, z + high, z + high + 0.09),
    ):
        plane.rect(parts["plain"], a, b, c, d, deep * 0.4, tint=TRIM)
    plane.slab(parts["plain"], x - 0.14, x + wide + 0.14, z - 0.10, z, 0.0, 0.16, tint=TRIM, ends=False)
    if lit:
        half_w = wide / 2
        for k in range(2):
            a = x + 0.06 + k * (half_w - 0.02)
            plane.rect(parts["lit"], a, a + half_w - 0.10, z + 0.06, z + high - 0.06, 0.016)


def entrance(run: Run, front: Plane, parts: Parts, middle: float, low: float, top: float) -> None:
    """What a door has: its frame and panels, a pane, a handle, a letter box, a number and a lamp beside it."""
    plain = parts["plain"]
    for a, b in ((middle - 0.58, middle - 0.50), (middle + 0.50, middle + 0.58)):
        front.rect(plain, a, b, low, top, 0.05, tint=TRIM)
    dark = (0.02, 0.021, 0.022)
    front.rect(plain, middle - 0.30, middle + 0.30, top - 0.62, top - 0.16, 0.026, tint=dark)
    front.rect(plain, middle - 0.012, middle + 0.012, top - 0.62, top - 0.16, 0.028, tint=TRIM)
    for a, b in ((low + 0.14, low + 0.62), (low + 0.74, low + 1.16)):
        front.rect(plain, middle - 0.34, middle + 0.34, a, b, 0.024, tint=(0.10, 0.095, 0.085))
    brass = (0.42, 0.40, 0.34)
    front.rect(plain, middle + 0.36, middle + 0.40, low + 0.95, low + 1.12, 0.07, tint=brass)
    front.rect(plain, middle - 0.14, middle + 0.14, low + 0.66, low + 0.71, 0.036, tint=brass)
    # the number: white strokes on blue
    a, z = middle + 0.72, low + 1.42
    front.rect(plain, a, a + 0.20, z, z + 0.16, 0.012, tint=(0.02, 0.06, 0.22))
    for k in range(int(run.rng.integers(1, 3))):
        at = a + 0.035 + 0.08 * k
        high = run.rng.uniform() < 0.5
        front.rect(plain, at + 0.03, at + 0.05, z + 0.03, z + 0.13, 0.015, tint=(0.7, 0.7, 0.7))
        if high:
            front.rect(plain, at, at + 0.03, z + 0.075, z + 0.092, 0.015, tint=(0.7, 0.7, 0.7))
            front.rect(plain, at, at + 0.015, z + 0.075, z + 0.13, 0.015, tint=(0.7, 0.7, 0.7))
    front.slab(
        plain, middle - 0.86, middle - 0.72, low + 1.60, low + 1.84, 0.0, 0.12, tint=(0.03, 0.03, 0.032)
    )


def drainage(
    run: Run,
    parts: Parts,
    xs: tuple[float, float],
    ys: tuple[float, float],
    high: float,
    over: float,
    slope: float,
    gable: bool,
    side: int,
) -> None:
    """Gutters along the eaves, and a pipe down at a corner of the front."""
    (x0, x1), (y0, y1) = xs, ys
    zinc = (0.22, 0.225, 0.23)
    z = high - over * slope - 0.06
    if gable:
        for y, way in ((y0 - over, -1), (y1 + over, 1)):
            a, b = sorted((y, y + way * 0.12))
            parts["metal"].boxes(
                (x0 - over, a, z - 0.10), (x1 + over, b, z), tint=zinc, metres=None, sides="yYz"
            )
    else:
        for x, way in ((x0 - over, -1), (x1 + over, 1)):
            a, b = sorted((x, x + way * 0.12))
            parts["metal"].boxes(
                (a, y0 - over, z - 0.10), (b, y1 + over, z), tint=zinc, metres=None, sides="xXz"
            )
    front = x0 if side > 0 else x1
    corner = y0 + 0.18 if run.rng.uniform() < 0.5 else y1 - 0.18
    x = front - side * 0.06
    run.pole(x, corner, 0.0, high - 0.35, 0.045, zinc, 6, 1.0)
    if not gable:
        eave = front - side * (over + 0.06)
        a, b = sorted((x, eave))
        parts["metal"].boxes(
            (a, corner - 0.035, high - 0.40),
            (b, corner + 0.035, high - 0.33),
            tint=zinc,
            metres=None,
            sides="xXyYzZ",
        )


def house(run: Run, side: int, front_x: float, y: float, wide: float, deep: float, storeys: int) -> None:
    """``side``: 1 on the right of the road; its front, which faces the road, at ``front_x``."""
    rng = run.rng
    wall, roof = WALLS[rng.integers(len(WALLS))], ROOFS[rng.integers(len(ROOFS))]
    base, high = 0.15, 0.45 + 2.75 * storeys
    x0, x1 = sorted((front_x, front_x + side * deep))
    y0, y1 = y - wide / 2, y + wide / 2
    parts = run.at(y)
    run.shade((x0 + x1) / 2, y, abs(x1 - x0) / 2 + 2.2, wide / 2 + 2.2, 0.06)
    kind = "brick" if rng.uniform() < 0.22 else "wall"
    tint = wall if kind == "wall" else (0.95, 0.92, 0.90)
    parts[kind].boxes((x0, y0, 0.0), (x1, y1, high), tint=tint, metres=4.0, sides="xXyY")
    parts["concrete"].boxes(
        (x0 - 0.03, y0 - 0.03, 0.0),
        (x1 + 0.03, y1 + 0.03, base + 0.3),
        tint=linear((0.55, 0.54, 0.52)),
        metres=4.0,
        sides="xXyYZ",
    )
    # slopes to the road and away from it, or gables towards the road
    rise, over = 0.42 * deep / 2 + 1.2, 0.45
    gable = rng.uniform() < 0.35
    if not gable:
        xm = (x0 + x1) / 2
        for xa, way in ((x0 - over, 1), (x1 + over, -1)):
            run_x = xm - xa
            z_low = high - over * rise / (deep / 2)
            start, along = ((y1 + over), -(wide + 2 * over)) if way > 0 else ((y0 - over), wide + 2 * over)
            parts["tiles"].rect(
                (xa, start, z_low), (0, along, 0), (run_x, 0, high + rise - z_low), tint=roof, metres=4.0
            )
            parts["plain"].boxes(
                (min(xa, xa + way * 0.12), y0 - over, z_low - 0.16),
                (max(xa, xa + way * 0.12), y1 + over, z_low),
                tint=TRIM,
                metres=None,
                sides="xXyYz",
            )
        for yy, way in ((y0, -1), (y1, 1)):
            a, b = ((x0, yy, high), (x1, yy, high)) if way < 0 else ((x1, yy, high), (x0, yy, high))
            top = (xm, yy, high + rise - 0.05)
            parts[kind].add(
                [a, b, top, top], [[0, 0], [deep / 4, 0], [deep / 8, rise / 4], [deep / 8, rise / 4]], tint
            )
        ridge = (xm, y)
    else:
        rise = 0.42 * wide / 2 + 1.2
        ym = y
        z_low = high - over * rise / (wide / 2)
        for ya, way in ((y0 - over, 1), (y1 + over, -1)):
            start, along = ((x0 - over), deep + 2 * over) if way > 0 else ((x1 + over), -(deep + 2 * over))
            parts["tiles"].rect(
                (start, ya, z_low), (along, 0, 0), (0, ym - ya, high + rise - z_low), tint=roof, metres=4.0
            )
        for xx, way in ((x0, -1), (x1, 1)):
            a, b = ((xx, y1, high), (xx, y0, high)) if way < 0 else ((xx, y0, high), (xx, y1, high))
            top = (xx, ym, high + rise - 0.05)
            parts[kind].add(
                [a, b, top, top], [[0, 0], [wide / 4, 0], [wide / 8, rise / 4], [wide / 8, rise / 4]], tint
            )
        ridge = ((x0 + x1) / 2, ym)
    parts["brick"].boxes(
        (ridge[0] - 0.35, ridge[1] + 0.8, high),
        (ridge[0] + 0.35, ridge[1] + 1.4, high + rise + 0.9),
        tint=(0.8, 0.76, 0.74),
        metres=4.0,
        sides="xXyYZ",
    )
    drainage(run, parts, (x0, x1), (y0, y1), high, over, rise / ((wide if gable else deep) / 2), gable, side)
    # openings: towards the road and towards who drives by
    out = np.array([-side, 0.0, 0.0])
    along = np.array([0.0, -side, 0.0]) * -1.0 if side < 0 else np.array([0.0, -1.0, 0.0])
    along = np.array([0.0, 1.0, 0.0]) if side < 0 else np.array([0.0, -1.0, 0.0])
    front = Plane(np.array([front_x, y0 if side < 0 else y1, 0.0]), along, out)
    south = Plane(np.array([x0, y0, 0.0]), np.array([1.0, 0.0, 0.0]), np.array([0.0, -1.0, 0.0]))
    north = Plane(np.array([x1, y1, 0.0]), np.array([-1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0]))
    frames = int(rng.integers(4))
    dressed = [(int((frames + rng.integers(3)) % 4), int(rng.integers(3))) for _ in range(24)]
    used = iter(dressed * 4)
    bays = max(2, int(wide / 3.0))
    door = int(rng.integers(bays))
    for storey in range(storeys):
        z = 0.45 + 2.75 * storey
        for k in range(bays):
            middle = wide * (k + 0.5) / bays
            if storey == 0 and k == door:
                front.rect(
                    parts["plain"],
                    middle - 0.5,
                    middle + 0.5,
                    base + 0.15,
                    z + 2.05,
                    0.02,
                    tint=DOORS[rng.integers(len(DOORS))],
                    metres=None,
                )
                front.slab(
                    parts["plain"], middle - 0.62, middle + 0.62, z + 2.05, z + 2.17, 0.0, 0.5, tint=TRIM
                )
                entrance(run, front, parts, middle, base + 0.15, z + 2.05)
                front.slab(
                    parts["concrete"],
                    middle - 0.8,
                    middle + 0.8,
                    0.0,
                    base + 0.15,
                    0.0,
                    0.9,
                    tint=linear((0.6, 0.59, 0.57)),
                )
                continue
            window(run, front, y, middle - 0.6, z + 0.85, 1.2, 1.35, next(used), bool(rng.uniform() < 0.30))
        for plane in (south, north):
            for k in range(2):
                share = rng.uniform()
                if share >= 0.7:
                    continue
                lit, cell = bool(rng.uniform() < 0.25), next(used)
                # who drives by sees the other gable only when looking back
                if plane is south or share < 0.3:
                    window(run, plane, y, deep * (k + 0.5) / 2 - 0.5, z + 0.9, 1.0, 1.25, cell, lit)


def garden(
    run: Run, side: int, kerb_x: float, front_x: float, y0: float, y1: float, gate: tuple[float, float] | None
) -> None:
    """Between pavement and house: a wall or hedge with a gap for the way in, shrubs, now and then a tree."""
    rng = run.rng
    x = kerb_x + side * 0.25
    spans = [(y0 + 0.1, y1 - 0.1)] if gate is None else [(y0 + 0.1, gate[0]), (gate[1], y1 - 0.1)]
    style = rng.uniform()
    for a, b in spans:
        if b - a < 0.6:
            continue
        if 0.45 <= style < 0.55:
            verges.pales(run, x + side * 0.05, a, b, 0.05, PALES[rng.integers(len(PALES))])
        elif style < 0.45:
            run.hedge(x + side * 0.2, a, b, float(rng.uniform(0.95, 1.6)), z=0.06)
        else:
            low, high = sorted((x, x + side * 0.22))
            top = float(rng.uniform(0.55, 0.95))
            kind = "brick" if style < 0.68 else "wall"
            run.at((a + b) / 2)[kind].boxes(
                (low, a, 0.0),
                (high, b, top),
                tint=(0.9, 0.88, 0.85) if kind == "brick" else WALLS[rng.integers(len(WALLS))],
                metres=4.0,
            )
            run.at((a + b) / 2)["concrete"].boxes(
                (low - 0.04, a, top),
                (high + 0.04, b, top + 0.06),
                tint=linear((0.66, 0.65, 0.62)),
                metres=4.0,
            )
            if style > 0.8:
                run.hedge(x + side * 0.6, a + 0.2, b - 0.2, top + 0.45, 0.5)
    for _ in range(int(rng.integers(2, 5))):
        run.tree(
            x + side * float(rng.uniform(1.0, max(1.2, abs(front_x - x) - 0.8))),
            float(rng.uniform(y0 + 0.8, y1 - 0.8)),
            float(rng.uniform(0.8, 2.2)),
            "bush",
        )
    if rng.uniform() < 0.40:
        run.tree(
            x + side * float(rng.uniform(1.8, max(2.0, abs(front_x - x) - 1.5))),
            float(rng.uniform(y0 + 2, y1 - 2)),
            float(rng.uniform(4.5, 8.0)),
            ("maple", "birch", "oak")[rng.integers(3)],
        )
