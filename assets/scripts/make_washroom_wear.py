"""Paints what years leave on the washroom's board and tiles, and the cleaners' list on its door:
``python assets/scripts/make_washroom_wear.py`` (20 s). Seeded. There are no words in it.

The alpha is how much of it covers what lies below.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from bake.bodies import arc  # noqa: E402
from paint import Plane, save  # noqa: E402
from washroom_brush import RUBBER, Canvas, Colour  # noqa: E402

from scenes.washroom import sheets  # noqa: E402

BLACK: Colour = (0.07, 0.07, 0.09)
BLUE: Colour = (0.10, 0.12, 0.34)
RED: Colour = (0.42, 0.10, 0.10)
BARE: Colour = (0.60, 0.66, 0.66)
"""What is below the board's colour."""


def canvas(name: str, seed: int) -> Canvas:
    sheet = sheets.WEAR[name]
    _, _, w, h = sheet.cell
    return Canvas(np.random.default_rng(seed), w, h, w / float(np.linalg.norm(sheet.u)))


def scrubbed(c: Canvas, left: float) -> Plane:
    """What scrubbing has left of a pen's line: ``left`` 0 to 1, in wiped streaks."""
    wiped = c.cloud(0.12, 0.004, 1.0, (1.0, 0.35))
    return np.clip(left * 0.6 + (wiped - 0.5) * 0.9 + 0.25, 0.10, 1.0) * left


def curve(points: list[tuple[float, float]], at: tuple[float, float], size: float) -> Plane:
    path = arc([(x, z, 0.0) for x, z in points], 12 * len(points))[:, :2]
    return path * size + np.asarray(at)


def tag(
    c: Canvas, x: float, z: float, size: float, colour: Colour, left: float, width: float = 0.007
) -> None:
    """Loops of a felt pen that look like a name and are none."""
    rng, points, u = c.rng, [], 0.0
    shapes = (
        [(0.0, 0.0), (0.04, 0.55), (0.10, 0.60), (0.08, 0.05), (0.16, 0.0)],
        [(0.0, 0.05), (0.09, 0.30), (0.03, 0.34), (0.02, 0.08), (0.12, 0.02)],
        [(0.0, 0.30), (0.05, -0.25), (0.02, -0.28), (0.14, 0.22), (0.20, 0.05)],
        [(0.0, 0.02), (0.07, 0.26), (0.12, 0.02), (0.19, 0.24), (0.24, 0.0)],
        [(0.0, 0.0), (0.13, 0.42), (0.02, 0.44), (0.15, 0.14), (0.06, 0.0), (0.20, -0.04)],
    )
    for _ in range(int(rng.integers(4, 7))):
        shape = shapes[int(rng.integers(len(shapes)))]
        wide, tall = rng.uniform(0.9, 1.5), rng.uniform(0.7, 1.2)
        points += [(u + wide * x_, tall * z_ + 0.15 * u) for x_, z_ in shape]
        u += wide * shape[-1][0] + rng.uniform(0.0, 0.05)
    torn = scrubbed(c, left)
    c.stroke(curve(points, (x, z), size), width, 0.9, colour, torn)
    under = [(-0.05, -0.2), (0.4 * u, -0.26 + rng.normal(0, 0.03)), (u + 0.1, -0.16), (0.7 * u, -0.30)]
    c.stroke(curve(under, (x, z), size), width * 0.8, 0.9, colour, torn)


def heart(c: Canvas, x: float, z: float, size: float, colour: Colour, strength: float, width: float) -> None:
    t = np.linspace(0, 2 * np.pi, 60)
    path = np.column_stack(
        [np.sin(t) ** 3, (13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16]
    )
    c.stroke(path * size * 0.5 + [x, z], width, strength, colour, 0.35 + 0.65 * c.cloud(0.03, 0.003))


def face(c: Canvas, x: float, z: float, size: float, colour: Colour, left: float) -> None:
    torn = scrubbed(c, left)
    t = np.linspace(0, 2 * np.pi * 1.03, 50)
    c.stroke(np.column_stack([x + size * np.cos(t), z + size * 0.95 * np.sin(t)]), 0.004, 0.85, colour, torn)
    t = np.linspace(3.6, 5.8, 20)
    c.stroke(
        np.column_stack([x + 0.6 * size * np.cos(t), z + 0.55 * size * np.sin(t)]), 0.004, 0.85, colour, torn
    )
    for side in (-1, 1):
        c.stroke(
            np.array([[x + side * 0.3 * size, z + 0.2 * size], [x + side * 0.3 * size, z + 0.42 * size]]),
            0.004,
            0.85,
            colour,
            torn,
        )


def tally(c: Canvas, x: float, z: float, count: int) -> None:
    for k in range(count):
        c.stroke(
            np.array(
                [
                    [x + 0.011 * k, z + c.rng.normal(0, 0.002)],
                    [x + 0.011 * k + 0.002, z + 0.04 + c.rng.normal(0, 0.002)],
                ]
            ),
            0.0022,
            0.75,
            BARE,
        )
    c.stroke(np.array([[x - 0.008, z + 0.008], [x + 0.011 * count, z + 0.034]]), 0.0022, 0.75, BARE)


def scratches(c: Canvas, count: int) -> None:
    for _ in range(count):
        x, z = c.rng.uniform(0.02, c.wide - 0.02), c.rng.normal(0.55 * c.tall, 0.25 * c.tall)
        a, length = c.rng.normal(0.0, 0.9), c.rng.gamma(1.5, 0.035)
        bend = c.rng.normal(0, 0.15) * length
        path = np.array(
            [
                [x, z],
                [x + 0.5 * length * np.cos(a), z + 0.5 * length * np.sin(a) + bend],
                [x + length * np.cos(a), z + length * np.sin(a)],
            ]
        )
        c.stroke(
            path,
            c.rng.uniform(0.0009, 0.0022),
            c.rng.uniform(0.3, 0.75),
            BARE,
            0.3 + 0.7 * c.cloud(0.03, 0.003),
        )
    for _ in range(int(8 * c.wide)):
        c.scuff(
            c.rng.uniform(0, c.wide),
            c.rng.uniform(0.0, 0.2),
            c.rng.uniform(0.05, 0.18),
            c.rng.normal(0, 0.35),
            0.6,
            RUBBER,
            0.0045,
        )
    # chipped lower edge
    for _ in range(int(26 * c.wide)):
        c.drop(
            c.rng.uniform(0, c.wide),
            c.rng.uniform(0.0, 0.008),
            c.rng.uniform(0.002, 0.006),
            0.85,
            (0.33, 0.27, 0.20),
            0.0,
            1.6,
        )


def sticker(c: Canvas, x: float, z: float, wide: float, tall: float) -> None:
    """Somebody tore it off: paper and glue stay."""
    inside = (np.abs(c.x - x) < wide / 2) & (np.abs(c.z - z) < tall / 2)
    c.put(np.where(inside, 0.30, 0.0) * (0.4 + 0.6 * c.cloud(0.05, 0.005)), (0.44, 0.50, 0.48))
    paper = np.clip((c.cloud(0.08, 0.012, 1.4) - 0.72) * 9, 0, 1)
    c.put(np.where(inside, 0.88 * paper, 0.0), (0.66, 0.65, 0.60))


def left() -> Canvas:
    c = canvas("cubicle_left", 101)
    scratches(c, 42)
    tag(c, 0.86, 1.30, 0.20, BLACK, 0.8)
    tag(c, 0.16, 1.02, 0.14, BLUE, 0.42, 0.005)
    heart(c, 1.02, 1.52, 0.07, BARE, 0.8, 0.003)
    tally(c, 0.80, 1.60, 4)
    face(c, 0.50, 1.34, 0.035, BLACK, 0.5)
    sticker(c, 0.55, 1.55, 0.09, 0.07)
    return c


def right() -> Canvas:
    c = canvas("cubicle_right", 102)
    scratches(c, 48)
    tag(c, 0.20, 1.24, 0.17, RED, 0.45)
    tag(c, 0.72, 1.40, 0.24, BLACK, 0.55)
    heart(c, 0.55, 1.05, 0.06, BARE, 0.75, 0.003)
    tally(c, 0.40, 1.00, 4)
    sticker(c, 0.98, 1.18, 0.10, 0.10)
    return c


def leaf() -> Canvas:
    c = canvas("leaf", 103)
    scratches(c, 46)
    tag(c, 0.22, 1.24, 0.16, BLUE, 0.5, 0.006)
    face(c, 0.52, 1.47, 0.03, BLACK, 0.55)
    sticker(c, 0.40, 1.55, 0.11, 0.08)
    heart(c, 0.17, 1.49, 0.05, BARE, 0.75, 0.003)
    return c


def duct() -> Canvas:
    c = canvas("duct", 104)
    scratches(c, 22)
    tag(c, 0.85, 0.72, 0.13, BLACK, 0.38, 0.005)
    return c


def tiles() -> Canvas:
    c = canvas("cubicle_tiles", 105)
    tag(c, 0.62, 0.50, 0.16, BLACK, 0.32, 0.007)
    # a plate: nothing but paper goes in here
    x, z, r = 0.885, 0.455, 0.052
    inside = (np.abs(c.x - x) < 0.065) & (np.abs(c.z - z) < 0.065)
    c.put(np.where(inside, 1.0, 0.0), (0.80, 0.80, 0.78))
    far = np.hypot(c.x - x, c.z - z)
    bottle = (np.abs(c.x - x) < 0.014) & (np.abs(c.z - z + 0.006) < 0.024) | (np.abs(c.x - x) < 0.006) & (
        np.abs(c.z - z - 0.022) < 0.009
    )
    c.colour[bottle] = (0.12, 0.12, 0.12)
    ring = (np.abs(far - r) < 0.007) | (np.abs((c.x - x) + (c.z - z)) < 0.008) & (far < r)
    c.colour[ring] = (0.62, 0.12, 0.10)
    return c


def cleaners_list() -> Canvas:
    """When it was cleaned and by whom: ticks and initials that cannot be read; the last days stand empty."""
    c = canvas("list", 106)
    c.put(np.full_like(c.x, 0.3), (0.90, 0.90, 0.88))
    grey: Colour = (0.30, 0.32, 0.34)
    c.put(
        np.where((c.z > 0.262) & (c.z < 0.284) & (c.x > 0.012) & (c.x < 0.198), 1.01, 0.0), (0.16, 0.33, 0.34)
    )
    left_x, right_x, top, bottom = 0.012, 0.198, 0.25, 0.022
    for z in np.linspace(bottom, top, 16):
        c.put(np.where((np.abs(c.z - z) < 0.0006) & (c.x > left_x) & (c.x < right_x), 1.01, 0.0), grey)
    for x in (left_x, 0.05, 0.083, 0.116, 0.149, right_x):
        c.put(np.where((np.abs(c.x - x) < 0.0006) & (c.z > bottom) & (c.z < top), 1.01, 0.0), grey)
    rows = np.linspace(top, bottom, 16)
    for k in range(15):
        z = (rows[k] + rows[k + 1]) / 2
        c.stroke(
            np.column_stack([np.linspace(0.017, 0.043, 14), z + c.rng.normal(0, 0.0016, 14)]),
            0.0014,
            1.02,
            (0.25, 0.25, 0.27),
        )
        if k > 9:
            continue
        for x in (0.066, 0.099, 0.132):
            if c.rng.random() < 0.86:
                tick = np.array([[-0.004, 0.0], [-0.001, -0.004], [0.006, 0.005]]) * c.rng.uniform(
                    0.8, 1.2
                ) + [x, z]
                c.stroke(tick, 0.0014, 1.03, BLUE)
        n = int(c.rng.integers(5, 9))
        sign = np.column_stack([np.linspace(0.154, 0.18, n), z + c.rng.normal(0, 0.003, n)])
        c.stroke(arc([(x, y, 0.0) for x, y in sign], 40)[:, :2], 0.0012, 1.03, BLUE)
    for x, z in ((0.0, c.tall), (c.wide, c.tall), (0.0, 0.0), (c.wide, 0.0)):
        tape = (np.abs((c.x - x) * np.sign(x - 0.1) - (c.z - z) * np.sign(z - 0.1)) < 0.013) & (
            np.hypot(c.x - x, c.z - z) < 0.03
        )
        c.colour[tape] = c.colour[tape] * [0.9, 0.86, 0.72]
    c.early[:] = 1.0
    return c


def ceiling() -> Canvas:
    """A pipe above it dripped once, and again: rings of brown, the outermost the darkest."""
    c = canvas("ceiling", 107)
    far = np.hypot((c.x - 0.5) / 0.36, (c.z - 0.52) / 0.30) + 0.5 * (c.cloud(0.7, 0.08, 1.5) - 0.5)
    for reach, strength in ((1.0, 0.50), (0.72, 0.36), (0.45, 0.42)):
        inside = np.clip((reach - far) / 0.06, 0, 1)
        rim = np.exp(-(((far - reach + 0.06) / 0.06) ** 2))
        c.put(strength * inside * (0.42 + 0.58 * rim), (0.55, 0.44, 0.27))
    return c


MADE = {
    "cubicle_left": left,
    "cubicle_right": right,
    "leaf": leaf,
    "duct": duct,
    "cubicle_tiles": tiles,
    "list": cleaners_list,
    "ceiling": ceiling,
}


def main() -> None:
    width, height = sheets.SIZES["wear"]
    whole = np.zeros((height, width, 4))
    for name, made in MADE.items():
        x, y, w, h = sheets.WEAR[name].cell
        whole[y : y + h, x : x + w] = made().picture(steps=60)
    save(whole, "textures/washroom/wear.png")


if __name__ == "__main__":
    main()
