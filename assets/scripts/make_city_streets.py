"""Makes the textures of streets: ``python assets/scripts/make_city_streets.py``. Seeded.

Roadways, pavement and kerb repeat, and have nothing on them that would show it. What is there but once or here and there
(covers, drains, patches, cracks, oil, gum, leaves) lies on them from a picture of marks, four by four, with alpha.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from make_city_grounds import joints
from numpy.typing import NDArray
from paint import Plane, coloured, noise, over, save

WARM = (1.0, 0.992, 0.975)


def asphalt(rng: np.random.Generator, size: int, metres: float) -> Plane:
    """Grey stone chips in bitumen that has worn pale, (size, size, 3), ``metres`` wide."""
    px = size / metres
    chips = noise(rng, size, max(0.035 * px, 2.6), 2, 0.0)
    shade = 0.385 + 0.034 * np.clip(chips, -1.6, 2.4) + 0.012 * noise(rng, size, 1.2 * px, 0.2 * px)
    shade += 0.014 * noise(rng, size, 5.0 * px, 1.5 * px)
    pale = np.clip(chips - 1.7, 0.0, 1.0)
    return over(coloured(shade, WARM), (0.64, 0.62, 0.58), 0.5 * pale)


def line(picture: Plane, x0: float, x1: float, y0: float, y1: float, wear: Plane) -> Plane:
    """White paint over a part (shares of the width and the height), worn through where ``wear`` is high."""
    h, w = picture.shape[:2]
    y, x = np.mgrid[0:h, 0:w]
    inside = (x >= x0 * w) & (x < x1 * w) & (y >= y0 * h) & (y < y1 * h)
    return over(picture, (0.80, 0.80, 0.77), inside * np.clip(0.86 - 0.30 * wear, 0.06, 0.93))


def setts(rng: np.random.Generator, picture: Plane, x0: float, x1: float, rows: int, along: int) -> Plane:
    """Granite setts in ``rows`` along the picture's height between two shares of its width: the gutter."""
    h, w = picture.shape[:2]
    a, b = round(x0 * w), round(x1 * w)
    y, x = np.mgrid[0:h, 0 : b - a]
    row = np.minimum((x / (b - a) * rows).astype(int), rows - 1)
    at = y / h * along + 0.5 * (row % 2)
    tone = rng.standard_normal((along, rows))[np.floor(at).astype(int) % along, row]
    fy, fx = np.abs(at % 1.0 - 0.5) * 2.0, np.abs((x / (b - a) * rows) % 1.0 - 0.5) * 2.0
    joint = np.clip(np.maximum(fx, fy) * 10.0 - 9.0, 0.0, 1.0)
    grain = noise(rng, max(h, w), 6, 2, 0.2)[:h, : b - a]
    stone = coloured(0.50 + 0.035 * tone + 0.025 * grain, (1.0, 0.99, 0.97))
    picture[:, a:b] = over(stone, (0.22, 0.21, 0.19), 0.8 * joint)
    return picture


def road(rng: np.random.Generator, size: int, width_m: float, parking_m: float) -> Plane:
    """A street's roadway: across the picture its width, up the picture 12 m of it. Two lanes, parking beside, gutters."""
    picture = asphalt(rng, size, width_m)
    _, x = np.mgrid[0:size, 0:size] / size
    metres = x * width_m
    lane = (width_m - 2 * parking_m) / 2
    for middle in (parking_m + lane / 2, width_m - parking_m - lane / 2):
        for track in (-0.75, 0.75):
            picture *= 1.0 + 0.055 * np.exp(-(((metres - middle - track) / 0.28) ** 2))[..., None]
        drips = np.exp(-(((metres - middle) / 0.35) ** 2)) * (
            0.6 + 0.4 * np.clip(noise(rng, size, 300, 30), -1, 1)
        )
        picture *= 1.0 - 0.08 * drips[..., None]
    # where cars stand it is darker, and spotted
    parked = (metres < parking_m) | (metres > width_m - parking_m)
    spots = np.clip(noise(rng, size, 0.5 * size / 10, 0.03 * size / 10, 1.3) - 1.1, 0.0, 1.0)
    picture *= (1.0 - parked * (0.03 + 0.10 * spots))[..., None]
    wear = noise(rng, size, 0.5 * size / 10, 3, 0.95)
    half = 0.06 / width_m
    for y0 in (0.125, 0.625):
        picture = line(picture, 0.5 - half, 0.5 + half, y0, y0 + 0.25, wear)
    for side in (parking_m, width_m - parking_m):
        at = side / width_m
        low, high = (0.30 / width_m, at) if side < width_m / 2 else (at, 1.0 - 0.30 / width_m)
        for k in range(2):
            picture = line(picture, at - 0.8 * half, at + 0.8 * half, k * 0.5, k * 0.5 + 0.5, wear + 0.9)
            picture = line(picture, low, high, k * 0.5 + 0.0005, k * 0.5 + 0.0105, wear + 1.0)
    for x0, x1 in ((0.0, 0.30 / width_m), (1.0 - 0.30 / width_m, 1.0)):
        picture = setts(rng, picture, x0, x1, 2, 56)
    dirt = np.exp(-np.maximum(metres - 0.05, 0) / 0.22) + np.exp(
        -np.maximum(width_m - 0.05 - metres, 0) / 0.22
    )
    patchy = 0.65 + 0.35 * np.clip(noise(rng, size, 0.8 * size / 10, 0.1 * size / 10), -1, 1)
    return picture * (1.0 - 0.26 * np.clip(dirt, 0, 1) * patchy)[..., None]


def junction(rng: np.random.Generator) -> Plane:
    return asphalt(rng, 1024, 12.0)


def crossing(rng: np.random.Generator) -> Plane:
    """Bars along the way of the cars: four bars across the picture, 4 m of walking up it."""
    picture = asphalt(rng, 512, 5.0)
    wear = noise(rng, 512, 60, 3, 0.95)
    for k in range(4):
        picture = line(picture, k / 4 + 0.0625, k / 4 + 0.1875, 0.06, 0.94, wear + 0.5)
    return picture


def pavement(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Slabs of half a metre, 4 m wide: colour, and normal with roughness."""
    n = 1024
    tone, joint = joints(rng, 8, 8, 2.4, size=n)
    grain = noise(rng, n, 5, 2, 0.2)
    cloud = noise(rng, n, 300, 30)
    shade = 0.575 + 0.026 * tone + 0.020 * cloud + 0.022 * grain + 0.012 * noise(rng, n, 40, 6)
    spots = np.clip(noise(rng, n, 14, 7, 0.0) - 2.7, 0.0, 1.0)
    dirt = np.clip(noise(rng, n, 200, 20) - 0.9, 0.0, 1.0)
    picture = coloured(shade * (1.0 - 0.08 * dirt), (1.0, 0.985, 0.955))
    picture = over(picture, (0.33, 0.32, 0.29), 0.72 * joint)
    picture = over(picture, (0.40, 0.39, 0.38), 0.7 * spots)
    moss = joint * np.clip(noise(rng, n, 200, 20) - 0.8, 0.0, 1.0)
    picture = over(picture, (0.30, 0.34, 0.20), 0.6 * moss)
    height = 0.12 * grain + 0.25 * noise(rng, n, 24, 5) - 3.0 * joint + 0.5 * tone
    gy, gx = np.gradient(height)
    gx, gy = np.clip(gx, -3, 3), np.clip(gy, -3, 3)
    normal = np.stack([0.5 - 0.09 * gx, 0.5 + 0.09 * gy, np.clip(0.95 + 0.03 * cloud, 0, 1)], axis=-1)
    return picture, normal


def kerb(rng: np.random.Generator) -> Plane:
    """Granite stones of 1 m, four along the picture: their tops in its upper three quarters, their faces below."""
    h, w = 256, 1024
    y, x = np.mgrid[0:h, 0:w]
    stone = np.floor(x / w * 4).astype(int)
    tone = rng.standard_normal(4)[stone]
    speck = noise(rng, w, 5, 2, 0.0)[:h]
    shade = 0.585 + 0.022 * tone + 0.030 * speck + 0.02 * noise(rng, w, 120, 14)[:h]
    gap = np.abs((x / w * 4) % 1.0 - 0.5) * 2.0
    joint = np.clip((gap - 0.985) / 0.008, 0.0, 1.0)
    edge = np.exp(-(((y - 0.75 * h) / 5.0) ** 2))
    low = np.clip((y - 0.75 * h) / (0.25 * h), 0.0, 1.0)
    shade = shade + 0.06 * edge - 0.12 * low * (y > 0.75 * h) - 0.05 * np.exp(-y / 8.0)
    rubbed = np.clip(noise(rng, w, 90, 8, 0.8, (0.3, 1.0))[:h] - 1.1, 0.0, 1.0)
    picture = over(coloured(shade, (1.0, 0.99, 0.975)), (0.22, 0.22, 0.22), 0.35 * rubbed * (y > 0.6 * h))
    return over(picture, (0.26, 0.25, 0.23), 0.85 * joint)


CELL = 256
Cell = tuple[Plane, NDArray[np.floating[Any]]]
"""Colour (CELL, CELL, 3) and cover (CELL, CELL)."""


def grid() -> tuple[Plane, Plane]:
    """x and y of each pixel, -1 to 1, y up."""
    y, x = np.mgrid[0:CELL, 0:CELL]
    return (x + 0.5) / CELL * 2.0 - 1.0, 1.0 - (y + 0.5) / CELL * 2.0


def flat(colour: tuple[float, float, float]) -> Plane:
    return np.broadcast_to(np.asarray(colour), (CELL, CELL, 3)).copy()


def cover_round(rng: np.random.Generator) -> Cell:
    """A cast iron cover, 0.8 of the cell, in a ring of mortar."""
    x, y = grid()
    r = np.hypot(x, y)
    iron = 0.30 + 0.02 * noise(rng, CELL, 40, 3) + 0.05 * ((np.sin(22 * x) * np.sin(22 * y)) > 0.1)
    picture = coloured(iron, (1.0, 0.97, 0.93))
    picture = over(picture, (0.16, 0.155, 0.15), np.exp(-(((r - 0.70) / 0.018) ** 2)))
    picture = over(picture, (0.44, 0.43, 0.41), (r > 0.76) * 1.0)
    picture = over(picture, (0.15, 0.15, 0.15), np.exp(-(((r - 0.76) / 0.02) ** 2)))
    for at in (-0.45, 0.45):
        picture = over(picture, (0.10, 0.10, 0.10), (np.hypot(x - at, (y) * 0.5) < 0.05) * 1.0)
    return picture, np.clip((0.93 - r) / 0.05, 0.0, 1.0) * (0.85 + 0.15 * (r < 0.77))


def cover_square(rng: np.random.Generator) -> Cell:
    """Two plates of a telephone's chamber."""
    x, y = grid()
    plates = np.maximum(np.abs(x), np.abs(y) * 1.5)
    iron = 0.36 + 0.02 * noise(rng, CELL, 60, 3) + 0.045 * ((np.floor(14 * x) + np.floor(14 * y)) % 2)
    picture = coloured(iron, (1.0, 0.98, 0.95))
    for gap in (np.abs(x), np.abs(plates - 0.86)):
        picture = over(picture, (0.14, 0.14, 0.14), np.exp(-((gap / 0.014) ** 2)))
    picture = over(picture, (0.52, 0.51, 0.49), (plates > 0.875) * 1.0)
    return picture, np.clip((0.96 - plates) / 0.03, 0.0, 1.0)


def drain(rng: np.random.Generator) -> Cell:
    """A gully's grate."""
    x, y = grid()
    square = np.maximum(np.abs(x), np.abs(y))
    picture = coloured(0.31 + 0.02 * noise(rng, CELL, 40, 3), (1.0, 0.97, 0.94))
    slots = (np.abs((x * 5.5) % 1.0 - 0.5) < 0.27) & (np.abs(np.abs(y) - 0.38) < 0.30) & (np.abs(x) < 0.74)
    picture = over(picture, (0.035, 0.035, 0.035), slots * 1.0)
    picture = over(picture, (0.12, 0.12, 0.12), np.exp(-(((square - 0.86) / 0.02) ** 2)))
    return picture, np.clip((0.95 - square) / 0.03, 0.0, 1.0)


def tree_grate(rng: np.random.Generator) -> Cell:
    """A cast iron grate around a trunk: soil in its middle, slots in rings."""
    x, y = grid()
    r, square = np.hypot(x, y), np.maximum(np.abs(x), np.abs(y))
    picture = coloured(0.24 + 0.015 * noise(rng, CELL, 40, 3), (1.0, 0.96, 0.92))
    turn = np.arctan2(y, x) / (2 * np.pi)
    for ring, count in ((0.44, 20), (0.60, 28), (0.76, 36), (0.92, 44), (1.08, 50)):
        slot = (np.abs(r - ring) < 0.055) & (np.abs((turn * count) % 1.0 - 0.5) < 0.26) & (square < 0.88)
        picture = over(picture, (0.05, 0.045, 0.04), slot * 1.0)
    soil = coloured(0.20 + 0.04 * noise(rng, CELL, 30, 2, 0.3), (1.05, 0.92, 0.78))
    picture = np.where((r < 0.34)[..., None], soil, picture)
    for axis in (x, y):
        picture = over(picture, (0.10, 0.10, 0.10), np.exp(-((axis / 0.012) ** 2)) * (r > 0.34))
    picture = over(picture, (0.34, 0.33, 0.32), (square > 0.92) * 1.0)
    return picture, np.clip((0.985 - square) / 0.02, 0.0, 1.0)


def tree_pit(rng: np.random.Generator) -> Cell:
    """Soil with weeds and fallen leaves, in a rim of stone."""
    x, y = grid()
    square = np.maximum(np.abs(x), np.abs(y))
    picture = coloured(0.27 + 0.04 * noise(rng, CELL, 40, 2, 0.4), (1.06, 0.93, 0.78))
    weeds = np.clip(noise(rng, CELL, 60, 5, 0.5) - 0.9, 0.0, 1.0)
    picture = over(picture, (0.26, 0.34, 0.16), weeds)
    picture, _ = strewn(rng, picture, np.zeros((CELL, CELL)), 70, (3.0, 6.0), LEAVES)
    picture = over(picture, (0.58, 0.57, 0.55), (square > 0.90) * 1.0)
    picture = over(picture, (0.20, 0.19, 0.18), np.exp(-(((square - 0.90) / 0.015) ** 2)))
    return picture, np.clip((0.985 - square) / 0.02, 0.0, 1.0)


LEAVES = ((0.52, 0.38, 0.16), (0.44, 0.40, 0.18), (0.58, 0.46, 0.20), (0.36, 0.26, 0.14), (0.34, 0.38, 0.18))


def strewn(
    rng: np.random.Generator,
    picture: Plane,
    cover: Plane,
    count: int,
    size: tuple[float, float],
    tones: tuple[tuple[float, float, float], ...],
    slim: float = 0.55,
) -> Cell:
    """Little ovals thrown over a cell; sizes in pixels."""
    y, x = np.mgrid[0:CELL, 0:CELL]
    for _ in range(count):
        cx, cy = rng.uniform(8, CELL - 8, 2)
        long, turn = rng.uniform(*size), rng.uniform(0, np.pi)
        u = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn)
        v = -(x - cx) * np.sin(turn) + (y - cy) * np.cos(turn)
        inside = (u / long) ** 2 + (v / (long * slim)) ** 2 < 1.0
        picture[inside] = np.array(tones[rng.integers(len(tones))]) * rng.uniform(0.8, 1.15)
        cover = np.maximum(cover, inside)
    return picture, cover


def patch(rng: np.random.Generator) -> Cell:
    """A repair: newer, darker asphalt with sealed seams."""
    x, y = grid()
    edge = np.maximum(np.abs(x), np.abs(y)) + 0.006 * noise(rng, CELL, 60, 6)
    shade = 0.335 + 0.022 * noise(rng, CELL, 4, 2, 0.0) + 0.01 * noise(rng, CELL, 80, 10)
    picture = over(coloured(shade, WARM), (0.15, 0.15, 0.15), 0.8 * np.exp(-(((edge - 0.92) / 0.016) ** 2)))
    return picture, np.clip((0.97 - edge) / 0.05, 0.0, 1.0) * 0.9


def stone_patch(rng: np.random.Generator) -> Cell:
    """Slabs that were lifted and laid anew, paler than the others."""
    x, y = grid()
    tone, joint = joints(rng, 4, 4, 2.0, size=CELL)
    shade = 0.655 + 0.02 * tone + 0.02 * noise(rng, CELL, 5, 2, 0.2)
    picture = over(coloured(shade, (1.0, 0.985, 0.96)), (0.40, 0.39, 0.36), 0.7 * joint)
    return picture, (np.maximum(np.abs(x), np.abs(y)) < 0.99) * 0.85


def trench(rng: np.random.Generator) -> Cell:
    """A strip across, refilled and sunk a little."""
    _, y = grid()
    edge = np.abs(y) + 0.02 * noise(rng, CELL, 60, 6)
    shade = 0.36 + 0.022 * noise(rng, CELL, 4, 2, 0.0) + 0.012 * noise(rng, CELL, 60, 10)
    picture = over(coloured(shade, WARM), (0.15, 0.15, 0.15), 0.8 * np.exp(-(((edge - 0.84) / 0.025) ** 2)))
    return picture, np.clip((0.93 - edge) / 0.08, 0.0, 1.0) * 0.9


def oil(rng: np.random.Generator) -> Cell:
    """Where a car dripped."""
    x, y = grid()
    r = np.hypot(x, y)
    drops = np.clip(noise(rng, CELL, 22, 6, 0.2) - 0.9, 0.0, 1.0) * np.exp(-((r / 0.55) ** 2))
    film = np.exp(-((r / 0.42) ** 2)) * (0.55 + 0.25 * noise(rng, CELL, 60, 10))
    return flat((0.10, 0.10, 0.11)), np.clip(0.42 * film + 0.8 * drops, 0.0, 0.8) * (r < 0.97)


def fallen(rng: np.random.Generator) -> Cell:
    return strewn(rng, flat((0.46, 0.36, 0.18)), np.zeros((CELL, CELL)), 34, (3.2, 6.5), LEAVES)


def gum(rng: np.random.Generator) -> Cell:
    tones = ((0.34, 0.33, 0.32), (0.28, 0.27, 0.27), (0.66, 0.64, 0.61))
    picture, cover = strewn(
        rng, flat((0.32, 0.31, 0.30)), np.zeros((CELL, CELL)), 26, (1.6, 3.2), tones, 0.85
    )
    return picture, 0.75 * cover


def cracks(rng: np.random.Generator) -> Cell:
    """Cracks run over with bitumen."""
    cover = np.zeros((CELL, CELL))
    y, x = np.mgrid[0:CELL, 0:CELL]
    for _ in range(3):
        at, way = rng.uniform(30, CELL - 30, 2), rng.uniform(0, 2 * np.pi)
        for _ in range(46):
            way += rng.normal(0.0, 0.28)
            at = at + 4.5 * np.array([np.cos(way), np.sin(way)])
            if not (8 < at[0] < CELL - 8 and 8 < at[1] < CELL - 8):
                break
            cover = np.maximum(cover, np.clip(2.1 - np.hypot(x - at[0], y - at[1]), 0.0, 1.0))
    return flat((0.13, 0.13, 0.135)), 0.6 * cover


def arrow(rng: np.random.Generator) -> Cell:
    """Straight on, in worn paint."""
    x, y = grid()
    shaft = (np.abs(x) < 0.10) & (y > -0.9) & (y < 0.2)
    head = (y >= 0.2) & (y < 0.9) & (np.abs(x) < 0.42 * (0.9 - y) / 0.7)
    wear = noise(rng, CELL, 40, 2, 0.95)
    return flat((0.80, 0.80, 0.77)), (shaft | head) * np.clip(0.78 - 0.30 * wear, 0.0, 0.9)


def valves(rng: np.random.Generator) -> Cell:
    """Small round and square caps of gas and water."""
    x, y = grid()
    picture, cover = flat((0.30, 0.29, 0.28)), np.zeros((CELL, CELL))
    for cx, cy, r, square in ((-0.45, 0.1, 0.30, False), (0.42, -0.2, 0.24, True)):
        d = np.maximum(np.abs(x - cx), np.abs(y - cy)) if square else np.hypot(x - cx, y - cy)
        tone = (0.34, 0.335, 0.33) if square else (0.16, 0.24, 0.36)
        picture = over(picture, tone, (d < r) * 1.0)
        picture = over(picture, (0.12, 0.12, 0.12), np.exp(-(((d - 0.9 * r) / 0.02) ** 2)))
        cover = np.maximum(cover, d < r)
    return over(picture, (0.5, 0.5, 0.5), 0.15 * np.clip(noise(rng, CELL, 20, 3), 0, 1)), cover


def scuffs(rng: np.random.Generator) -> Cell:
    """Rain, dust and shoes: a soft stain on paving."""
    x, y = grid()
    r = np.hypot(x, y)
    stain = np.clip(0.5 + 0.5 * noise(rng, CELL, 120, 12, 1.2), 0.0, 1.0) * np.clip(1.2 - 1.3 * r, 0.0, 1.0)
    return flat((0.24, 0.23, 0.21)), 0.26 * stain


MARKS = (
    cover_round, cover_square, drain, tree_grate,
    tree_pit, patch, trench, oil,
    fallen, gum, cracks, stone_patch,
    arrow, valves, scuffs, fallen,
)  # fmt: skip
"""Their order is that of ``scenes.kit.marks``."""


def main() -> None:
    save(road(np.random.default_rng(200), 2048, 11.2, 2.4), "textures/city/road.jpg", 86)
    save(road(np.random.default_rng(201), 1024, 10.0, 2.0), "textures/city/side_road.jpg", 86)
    save(junction(np.random.default_rng(107)), "textures/city/junction.jpg", 84)
    save(crossing(np.random.default_rng(108)), "textures/city/crossing.jpg")
    colour, normal = pavement(np.random.default_rng(109))
    save(colour, "textures/city/pavement.jpg", 88)
    save(normal, "textures/city/pavement_n.jpg", 90)
    save(kerb(np.random.default_rng(111)), "textures/city/kerb.jpg")
    whole = np.zeros((4 * CELL, 4 * CELL, 4))
    for number, make in enumerate(MARKS):
        colour, cover = make(np.random.default_rng(300 + number))
        rows, columns = number // 4 * CELL, number % 4 * CELL
        whole[rows : rows + CELL, columns : columns + CELL, :3] = colour
        whole[rows : rows + CELL, columns : columns + CELL, 3] = cover
    save(whole, "textures/city/marks.png")


if __name__ == "__main__":
    main()
