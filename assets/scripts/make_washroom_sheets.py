"""Paints the dirt of the washroom's walls, counter, bowls and floor, each where it comes from:
``python assets/scripts/make_washroom_sheets.py`` (a minute). Seeded. Which sheet lies where: scenes/washroom/sheets.py.

The alpha tells how early a place is reached while dirt grows (``Kitchen.material``'s ``spreading``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from paint import Plane, save  # noqa: E402
from washroom_brush import (  # noqa: E402
    BROWN,
    DARK,
    SOAP,
    WATER,
    YELLOW,
    Canvas,
)

from scenes.washroom import objects, sheets  # noqa: E402

FOLDER = "textures/washroom"
X0, X1 = objects.ROOM_X
Y0, Y1 = objects.ROOM_Y


def canvas(name: str, seed: int) -> Canvas:
    sheet = sheets.SHEETS[name]
    _, _, w, h = sheet.cell
    return Canvas(np.random.default_rng(seed), w, h, w / float(np.linalg.norm(sheet.u)))


def low(c: Canvas, reach: float, above: float = 0.10) -> Plane:
    """1 at the floor to 0 at height ``reach``; ``above``: how high the sheet begins."""
    return np.clip(1 - (c.z + above) / reach, 0, 1)


def foot(c: Canvas, x0: float, strength: float = 1.0) -> None:
    """What every tiled wall has near the floor: dirt in the joints and on the lowest tiles, splashes of the mop."""
    near = low(c, 0.95) ** 1.3
    c.joints(x0, 0.10, 0.30, 0.15, strength * (0.10 + 0.80 * near))
    edge = 0.14 + 0.10 * c.cloud(0.5, 0.02)[:1]
    c.film(np.clip((edge - c.z) / 0.16, 0, 1), 0.70 * strength, (0.36, 0.32, 0.25), grain_m=0.3, hard=0.55)
    c.film(low(c, 0.8) ** 1.5, 0.5 * strength, (0.42, 0.38, 0.30), grain_m=0.35, hard=0.6, streak=(1.0, 0.5))
    for _ in range(int(5 * c.wide)):
        c.scuff(
            c.rng.uniform(0, c.wide),
            c.rng.uniform(0.0, 0.10),
            c.rng.uniform(0.03, 0.12),
            c.rng.normal(0, 0.25),
            0.55 * strength,
        )
    for _ in range(int(3 * c.wide)):
        x = c.rng.uniform(0, c.wide)
        c.splash(x, 0.02, 0.13, int(c.rng.uniform(12, 40)), WATER, 0.6 * strength, up=0.9, largest=0.004)


def bin_wall() -> Canvas:
    """The bin stands before it, the dryer hangs on it, the counter ends beside it."""
    c = canvas("bin_wall", 61)
    left = sheets.SHEETS["bin_wall"].corner[1]

    def x(y: float) -> float:
        return left - y

    foot(c, -left)
    bin_x, top = x(objects.BY_ID["bin_lid"].centre[1]), 0.64 - 0.10
    c.splash(bin_x + 0.02, top + 0.10, 0.17, 330, BROWN, 0.95, up=1.3, largest=0.0055)
    c.splash(bin_x - 0.15, top + 0.20, 0.10, 120, (0.36, 0.24, 0.15), 0.8, up=1.2)
    c.splash(bin_x + 0.14, top - 0.05, 0.10, 110, YELLOW, 0.75, up=1.1)
    c.runs(bin_x - 0.17, bin_x + 0.18, top + 0.06, 15, 0.42, BROWN, 0.8, 0.0032)
    c.runs(bin_x - 0.05, bin_x + 0.12, top + 0.22, 4, 0.30, (0.38, 0.28, 0.18), 0.7, 0.004)
    ragged = 0.25 * (c.cloud(0.3, 0.03) - 0.5)
    blot = np.exp(-(((c.x - bin_x) / 0.22 + ragged) ** 2)) * np.exp(
        -((np.maximum(c.z - top, 0) / 0.16 + ragged) ** 2)
    )
    c.film(
        blot * np.clip(0.3 + c.z / top, 0, 1),
        0.66,
        (0.40, 0.34, 0.25),
        grain_m=0.2,
        hard=0.6,
        streak=(0.5, 1.0),
    )
    for dx, dz, a in ((-0.26, 0.30, 0.6), (0.23, 0.34, 2.4), (0.10, 0.42, 1.2)):
        c.hand(bin_x + dx, top + dz, 0.13, a, 0.6)
    # what drips out of the dryer, off wet hands
    dry_x, dry_z = x(-1.08), 1.15 - 0.10
    c.runs(dry_x - 0.10, dry_x + 0.10, dry_z, 17, 0.62, YELLOW, 0.85, 0.0036)
    c.splash(dry_x, dry_z - 0.16, 0.13, 210, YELLOW, 0.75, up=1.5, largest=0.004)
    c.film(
        np.exp(-(((c.x - dry_x) / 0.15) ** 2))
        * np.clip((dry_z - c.z) / 0.1, 0, 1)
        * np.clip(1 - (dry_z - c.z) / 0.75, 0, 1),
        0.5,
        (0.55, 0.47, 0.30),
        hard=0.5,
        streak=(0.2, 1.0),
    )
    # off the counter's end
    c.runs(0.02, 0.10, 0.84 - 0.10, 5, 0.45, WATER, 0.6)
    c.splash(0.03, 0.90, 0.12, 120, WATER, 0.6, up=0.8)
    c.hand(x(-0.16), 1.02, 0.16, -1.1, 0.5)
    return c


def side_wall() -> Canvas:
    """The towels hang on it; beside them the wall is wiped with wet hands."""
    c = canvas("side_wall", 62)
    left = sheets.SHEETS["side_wall"].corner[1]
    foot(c, -left)
    box, mouth = left - 2.26, 1.18 - 0.10
    c.runs(box - 0.12, box + 0.12, mouth, 14, 0.24, (0.44, 0.38, 0.28), 0.85, 0.0034)
    c.splash(box, mouth - 0.12, 0.12, 170, WATER, 0.8, up=1.0, largest=0.004)
    for side in (-1, 1):
        c.runs(box + side * 0.145, box + side * 0.155, mouth + 0.30, 3, 0.35, (0.40, 0.33, 0.24), 0.6, 0.003)
        for k in range(3):
            c.hand(
                box + side * (0.16 + 0.03 * k),
                mouth + 0.06 + 0.11 * k,
                0.11,
                np.pi / 2 + side * c.rng.normal(-0.6, 0.4),
                0.75 - 0.1 * k,
            )
    end = left - 2.40
    c.runs(end - 0.05, end + 0.02, 0.86 - 0.10, 8, 0.55, WATER, 0.75, 0.0036)
    c.splash(end, 0.80, 0.14, 190, WATER, 0.75, up=1.0)
    c.hand(end - 0.25, 0.92, 0.2, -0.4, 0.6)
    c.hand(end - 0.42, 1.13, 0.15, -1.3, 0.5)
    # the mop leans in the corner
    c.runs(0.02, 0.35, 0.60, 9, 0.45, DARK, 0.6, 0.003)
    c.splash(0.15, 0.22, 0.2, 260, (0.30, 0.27, 0.22), 0.8, up=0.8)
    return c


def far_wall() -> Canvas:
    """Below the window: what condenses runs down from the ends of its sill and from its joint."""
    c = canvas("far_wall", 63)
    left = sheets.SHEETS["far_wall"].corner[0]
    foot(c, left)
    x0, x1, sill = 0.25 - left, 1.45 - left, c.tall - 0.001
    for at in (x0 - 0.03, x1 + 0.03):
        c.runs(at - 0.05, at + 0.05, sill, 10, 1.0, (0.38, 0.335, 0.25), 0.9, 0.0042)
    c.runs(x0, x1, sill, 26, 0.75, (0.46, 0.42, 0.33), 0.75, 0.0034)
    drip = np.clip(1 - (sill - c.z) / 0.5, 0, 1) * ((c.x > x0 - 0.1) & (c.x < x1 + 0.1))
    c.film(drip, 0.45, (0.44, 0.40, 0.31), grain_m=0.2, hard=0.6, streak=(0.12, 1.0))
    c.splash(c.wide - 0.35, 0.25, 0.2, 260, (0.30, 0.27, 0.22), 0.8, up=0.8)
    for _ in range(5):
        c.hand(c.rng.uniform(0.1, c.wide), c.rng.uniform(0.75, 1.2), 0.13, c.rng.uniform(-2, 2), 0.45)
    c.splash(c.wide * 0.4, 0.75, 0.12, 60, BROWN, 0.65)
    return c


def left_wall() -> Canvas:
    """The radiator's wall: dust that rose from it, wet coats below the hooks."""
    c = canvas("left_wall", 64)
    foot(c, sheets.SHEETS["left_wall"].corner[1])
    warm = (
        np.exp(-(((c.x - 1.38) / 0.6) ** 4))
        * np.clip((c.z - 0.6) / 0.05, 0, 1)
        * np.clip(1 - (c.z - 0.6) / 0.7, 0, 1)
    )
    c.film(warm, 0.55, (0.30, 0.28, 0.25), grain_m=0.35, hard=0.5, streak=(0.3, 1.0))
    c.runs(0.8, 1.9, c.tall - 0.002, 12, 0.5, WATER, 0.6, loose=0.3)
    c.runs(0.02, 0.2, 1.2, 6, 0.9, (0.42, 0.30, 0.18), 0.75, 0.004, 0.15)
    return c


def door_wall() -> Canvas:
    """Beside the door: the switch in its corner of the wall, pushed at in passing."""
    c = canvas("door_wall", 65)
    corner = sheets.SHEETS["door_wall"].corner
    foot(c, -corner[0])
    switch, z = corner[0] - (-0.55 + 0.22), 1.10 - 0.10
    ring = np.exp(-(((c.x - switch) / 0.10) ** 2 + ((c.z - z) / 0.11) ** 2))
    c.film(ring, 0.85, (0.38, 0.33, 0.26), grain_m=0.1, hard=0.5)
    for a in (0.3, 1.2, 2.2, -0.5, 2.9):
        c.hand(switch + 0.03 * np.cos(a), z + 0.03 * np.sin(a), 0.10, a, 0.75)
    for _ in range(6):
        c.hand(
            c.rng.uniform(0.2, c.wide - 0.1), c.rng.uniform(0.7, 1.15), 0.15, c.rng.uniform(-0.5, 0.5), 0.5
        )
    c.splash(0.5, 0.55, 0.15, 90, BROWN, 0.6)
    return c


def above_counter() -> Canvas:
    c = canvas("above_counter", 66)
    for y in objects.BASINS_Y:
        at = sheets.SHEETS["above_counter"].corner[1] - y
        c.splash(at, -0.03, 0.2, 700, WATER, 0.9, up=0.6, largest=0.0035)
        c.splash(at + 0.19, 0.0, 0.06, 90, SOAP, 0.8, up=1.0)
    c.film(np.clip(1 - c.z / 0.035, 0, 1), 0.9, (0.34, 0.31, 0.26), hard=0.4)
    c.film(np.ones_like(c.x), 0.35, WATER, hard=0.6)
    return c


def partition(name: str, seed: int, edges: tuple[float, ...]) -> Canvas:
    """Board: wiped by shoulders and hands, splashed near the floor; ``edges``: x of what is gripped."""
    c = canvas(name, seed)
    grey = (0.36, 0.35, 0.31)
    c.film(low(c, 0.75, 0.15), 0.6, (0.44, 0.42, 0.36), grain_m=0.3, hard=0.5, streak=(0.5, 1.0))
    c.film(low(c, 0.30, 0.15), 0.8, (0.30, 0.27, 0.21), grain_m=0.2, hard=0.5)
    for _ in range(14):
        c.splash(c.rng.uniform(0, c.wide), c.rng.uniform(0.0, 0.25), 0.12, 34, (0.50, 0.48, 0.42), 0.65)
    c.splash(
        c.wide * (0.25 if name == "cubicle_right" else 0.75),
        0.22,
        0.18,
        200,
        YELLOW,
        0.8,
        up=0.9,
        largest=0.004,
    )
    for _ in range(9):
        c.scuff(
            c.rng.uniform(0, c.wide),
            c.rng.uniform(0.0, 0.22),
            c.rng.uniform(0.05, 0.2),
            c.rng.normal(0, 0.4),
            0.7,
        )
    for edge in edges:
        band = np.exp(-(((c.x - edge) / 0.06) ** 2)) * np.exp(-(((c.z - 0.95) / 0.3) ** 2))
        c.film(band, 0.75, grey, grain_m=0.12, hard=0.6)
        for _ in range(4):
            c.hand(
                edge + c.rng.normal(0, 0.02),
                c.rng.uniform(0.75, 1.25),
                0.12,
                c.rng.choice([0.0, np.pi]) + c.rng.normal(0, 0.3),
                0.75,
                grey,
            )
    for _ in range(5):
        c.hand(
            c.rng.uniform(0.1, c.wide - 0.1), c.rng.uniform(0.6, 1.3), 0.16, c.rng.uniform(0, 6), 0.55, grey
        )
    c.runs(0.1, c.wide - 0.1, 1.5, 7, 0.5, (0.47, 0.45, 0.38), 0.6, 0.003, 0.7)
    c.runs(0.1, c.wide - 0.1, 0.8, 6, 0.4, (0.42, 0.36, 0.22), 0.65, 0.003, 0.5)
    return c


def duct() -> Canvas:
    """Behind the bowl: yellow splashes at its height, fingers around the button, runs from button and screws."""
    c = canvas("duct", 70)
    middle = 1.8 - sheets.SHEETS["duct"].corner[1]
    ring = np.hypot(c.x - middle, c.z - 0.946)
    c.film(np.exp(-((ring / 0.11) ** 2)), 0.9, (0.32, 0.28, 0.21), grain_m=0.08, hard=0.5)
    for a in (0.2, 1.0, 1.9, 2.7, 3.9, 5.2):
        c.hand(middle + 0.055 * np.cos(a), 0.946 + 0.055 * np.sin(a), 0.09, a, 0.85, (0.30, 0.26, 0.20))
    c.runs(middle - 0.055, middle + 0.055, 0.90, 12, 0.46, (0.36, 0.30, 0.19), 0.9, 0.0034)
    c.splash(middle, 0.50, 0.19, 420, YELLOW, 0.85, up=0.9, largest=0.004)
    c.splash(middle - 0.12, 0.44, 0.10, 120, BROWN, 0.75, up=0.8, largest=0.0045)
    c.splash(middle + 0.16, 0.34, 0.10, 90, BROWN, 0.65, up=0.8)
    c.film(low(c, 0.40, 0.0), 0.75, (0.34, 0.30, 0.22), grain_m=0.25, hard=0.6, streak=(0.6, 1.0))
    for at in (0.335, 0.865):
        seam = np.exp(-(((c.x - at + 0.013) / 0.006) ** 2))
        c.film(seam, 0.7, DARK, grain_m=0.15, hard=0.6)
        c.runs(at - 0.03, at + 0.005, 1.09, 3, 0.5, (0.36, 0.31, 0.22), 0.7)
    for at in (0.037, 0.287, 0.357, 0.817, 0.887, 1.137):
        c.runs(at - 0.004, at + 0.004, 1.04, 2, 0.20, (0.42, 0.26, 0.12), 0.7, 0.0026)
    c.film(np.clip((c.z - 1.06) / 0.05, 0, 1), 0.7, (0.27, 0.25, 0.20), hard=0.4)
    return c


def shelf() -> Canvas:
    """Rings of cups, dust towards the wall, burns at the edge."""
    c = canvas("shelf", 71)
    c.film(np.clip((c.z - 0.06) / 0.14, 0, 1) ** 1.5, 0.9, (0.30, 0.28, 0.24), hard=0.3)
    c.film(np.ones_like(c.x), 0.45, (0.34, 0.31, 0.26), hard=0.7)
    for x, z in ((0.25, 0.09), (0.71, 0.12), (0.76, 0.10)):
        far = np.abs(np.hypot(c.x - x, c.z - z) - 0.038)
        c.put(0.85 * np.clip(1 - far / 0.0035, 0, 1) * (0.3 + 0.7 * c.cloud(0.05, 0.006)), (0.28, 0.18, 0.10))
    for x in (0.12, 0.48, 0.53, 0.95):
        c.scuff(x, 0.012, 0.035, 1.4 + c.rng.normal(0, 0.2), 1.0, (0.13, 0.08, 0.05), 0.005)
    c.splash(0.5, 0.08, 0.3, 200, WATER, 0.7)
    return c


def cubicle_tiles() -> Canvas:
    c = canvas("cubicle_tiles", 72)
    corner = sheets.SHEETS["cubicle_tiles"].corner
    c.joints(corner[1], corner[2], 0.30, 0.15, 0.25 + 0.65 * np.clip(1 - c.z / 0.3, 0, 1))
    c.film(np.clip(1 - c.z / 0.14, 0, 1), 0.75, (0.40, 0.36, 0.28), hard=0.5, grain_m=0.2)
    c.runs(0.19, 0.27, 0.42, 6, 0.36, YELLOW, 0.75)
    c.runs(0.0, c.wide, 0.70, 9, 0.45, (0.46, 0.42, 0.33), 0.6, loose=0.4)
    c.splash(0.6, 0.12, 0.25, 240, WATER, 0.7, up=0.7)
    c.hand(0.85, 0.28, 0.16, 0.5, 0.55)
    return c


MADE = {
    "bin_wall": bin_wall,
    "side_wall": side_wall,
    "far_wall": far_wall,
    "left_wall": left_wall,
    "door_wall": door_wall,
    "above_counter": above_counter,
    "cubicle_left": lambda: partition("cubicle_left", 67, (0.03,)),
    "cubicle_right": lambda: partition("cubicle_right", 68, (1.24, 0.48)),
    "leaf": lambda: partition("leaf", 69, (0.62,)),
    "duct": duct,
    "shelf": shelf,
    "cubicle_tiles": cubicle_tiles,
}


# ------------------------------------------------------------ counter, bowls, floor


def counter() -> Plane:
    """Seen from above, the patient below: drying water, soap below the pumps, scum along the wall, hairs."""
    width, height = sheets.SIZES["counter_dirt"]
    c = Canvas(np.random.default_rng(80), width, height, width / sheets.COUNTER_M[0])
    pale, grey = (0.50, 0.49, 0.46), (0.38, 0.365, 0.33)
    wall = X1 - 0.02 - sheets.COUNTER_AT[1]
    c.film(np.clip(1 - (wall - c.z) / 0.05, 0, 1), 0.85, grey, grain_m=0.1, hard=0.5)
    c.film(np.ones_like(c.x), 0.42, (0.36, 0.355, 0.34), grain_m=0.3, hard=0.8, streak=(1.0, 0.5))
    for y in objects.BASINS_Y:
        x, z = sheets.COUNTER_AT[0] - y, objects.BASIN_X - sheets.COUNTER_AT[1]
        rim = np.hypot((c.x - x) / 0.235, (c.z - z) / 0.187)
        c.film(np.exp(-(((rim - 1.0) / 0.10) ** 2)), 0.75, pale, grain_m=0.07, hard=0.6)
        for _ in range(3):
            a = c.rng.uniform(0, 6.28)
            c.splash(x + 0.24 * np.cos(a), z + 0.2 * np.sin(a), 0.12, 150, pale, 0.9, largest=0.007, flow=0.0)
        tap = objects.TAP_X - sheets.COUNTER_AT[1]
        c.film(
            np.exp(-((np.hypot(c.x - x, c.z - tap) / 0.06) ** 2)),
            0.95,
            (0.54, 0.53, 0.48),
            grain_m=0.04,
            hard=0.5,
        )
        pump, large = x + 0.19, {0: 0.75, 1: 1.15, 2: 0.9}[objects.BASINS_Y.index(y)]
        way = c.cloud(0.08, 0.015, 1.4) - 0.5
        far = np.hypot((c.x - pump + 0.012) / 0.045, (c.z - tap + 0.055) / 0.06) / large + 0.9 * way
        rim = np.clip(1 - np.abs(far - 0.92) / 0.10, 0, 1)
        c.put(np.clip((1 - far) / 0.08, 0, 1) * (0.42 + 0.45 * rim), (0.60, 0.55, 0.52))
        c.splash(pump, tap - 0.06, 0.07, 70, (0.62, 0.57, 0.54), 0.85, flow=0.0)
        for _ in range(3):
            c.hair(x + c.rng.uniform(-0.35, 0.35), c.rng.uniform(0.03, 0.5), c.rng.uniform(0.04, 0.14))
    for x, z in ((0.83, 0.12), (1.62, 0.42)):
        far = np.abs(np.hypot(c.x - x, c.z - z) - 0.036)
        c.put(0.8 * np.clip(1 - far / 0.003, 0, 1) * (0.25 + 0.75 * c.cloud(0.05, 0.006)), (0.55, 0.46, 0.36))
    return c.picture()


N = 512


def bowl(seed: int, *, toilet: bool) -> Plane:
    """One bowl unrolled from above: its waste in the middle, its rim at the circle."""
    c = Canvas(np.random.default_rng(seed), N, N, N / 0.5)
    px, pz = c.x - 0.25, c.z - 0.25
    s, turn = np.hypot(px, pz) / 0.24, np.arctan2(px, pz)  # the turn from the wall's side
    ragged = 0.05 * (c.cloud(0.12, 0.02) - 0.5) + 0.02 * (c.cloud(0.02, 0.004) - 0.5)
    if toilet:
        line = np.clip(1 - np.abs(s + ragged - 0.31) / 0.05, 0, 1)
        c.put(0.95 * line * (0.35 + 0.65 * c.cloud(0.06, 0.006)), (0.40, 0.29, 0.14))
        c.put(
            0.75 * np.clip(1 - np.abs(s + ragged - 0.42) / 0.09, 0, 1) * c.cloud(0.08, 0.008),
            (0.52, 0.42, 0.22),
        )
        c.put(
            0.6 * np.clip((s - 0.86) / 0.14, 0, 1) ** 2 * (s < 1.04) * c.cloud(0.12, 0.01, 1.4),
            (0.50, 0.44, 0.29),
        )
        inward, tints = 24, ((0.50, 0.40, 0.20), (0.42, 0.30, 0.16), (0.56, 0.48, 0.30))
    else:
        film = np.clip(1.05 - s / 0.85, 0, 1)
        c.put(
            0.78
            * film**0.8
            * (0.35 + 0.65 * c.cloud(0.16, 0.01, 1.5))
            * (0.85 + 0.15 * c.cloud(0.02, 0.004)),
            (0.55, 0.525, 0.46),
        )
        part = 0.35 + 0.65 * c.cloud(0.16, 0.03)
        c.put(
            0.85 * np.clip(1 - np.abs(s + ragged - 0.60) / 0.03, 0, 1) * part * c.cloud(0.05, 0.006),
            (0.50, 0.47, 0.40),
        )
        c.put(
            0.55 * np.clip(1 - np.abs(s + ragged - 0.70) / 0.02, 0, 1) * c.cloud(0.1, 0.01),
            (0.56, 0.53, 0.46),
        )
        c.put(
            0.95
            * np.clip(1 - np.abs(s + 2 * ragged - 0.13) / 0.055, 0, 1)
            * (0.4 + 0.6 * c.cloud(0.03, 0.004)),
            (0.36, 0.28, 0.17),
        )
        # rust and scale below the spout, from the overflow to the waste
        way = (
            np.exp(-(((px + 0.006 * np.sin(14 * s + seed)) / (0.005 + 0.006 * s)) ** 2))
            * (pz > 0)
            * np.clip((0.86 - s) * 5, 0, 1)
        )
        c.put(0.85 * way * (0.25 + 0.75 * c.cloud(0.05, 0.006, 1.2, (0.3, 1.0))), (0.50, 0.42, 0.24))
        inward, tints = 9, ((0.55, 0.52, 0.45), (0.48, 0.44, 0.36), (0.60, 0.54, 0.46))
    for _ in range(inward):
        a, begin = c.rng.uniform(-np.pi, np.pi), c.rng.uniform(0.6, 0.98)
        end = begin - c.rng.uniform(0.08, 0.5 if toilet else 0.4)
        sway = a + 0.05 * np.sin(9 * s + a) + 0.02 * np.sin(23 * s)
        off = np.abs((turn - sway + np.pi) % (2 * np.pi) - np.pi) * s * 0.24
        thick = c.rng.uniform(0.0012, 0.0035) * (0.6 + 0.8 * c.cloud(0.04, 0.006))
        body = np.clip(1.4 * (1 - off / thick), 0, 1) * (s < begin) * np.clip((s - end) / 0.12, 0, 1)
        c.put(c.rng.uniform(0.45, 0.85) * body, tints[int(c.rng.integers(3))])
    for _ in range(3):
        a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.35, 0.85)
        c.splash(0.25 + r * np.cos(a), 0.25 + r * np.sin(a), 0.05, 70, tints[1], 0.8, largest=0.004, flow=0.0)
    if not toilet:
        a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.5, 0.8)
        c.splash(
            0.25 + r * np.cos(a),
            0.25 + r * np.sin(a),
            0.012,
            9,
            (0.80, 0.82, 0.80),
            0.8,
            largest=0.008,
            flow=0.0,
        )
        for _ in range(4):
            a, r = c.rng.uniform(0, 6.28), 0.24 * c.rng.uniform(0.05, 0.6)
            c.hair(0.25 + r * np.cos(a), 0.25 + r * np.sin(a), c.rng.uniform(0.04, 0.12), 0.7)
    else:
        c.splash(0.25, 0.36, 0.08, 60, (0.30, 0.20, 0.10), 0.85, largest=0.006, flow=0.0)
    c.early *= s < 1.04
    return c.picture()


def floor_dirt() -> Plane:
    """2.4 m square, tiling, on the grid of the floor's tiles: dull film, dirty joints, soles, drips, hairs, shreds."""
    n = 1024
    c = Canvas(np.random.default_rng(90), n, n, n / 2.4)
    patch = c.cloud(1.1, 0.03, 1.1)
    c.film(np.clip(patch * 1.4 - 0.2, 0, 1), 0.85, (0.20, 0.175, 0.135), grain_m=0.4, hard=0.6)
    c.film(np.ones_like(c.x), 0.45, (0.24, 0.21, 0.165), grain_m=0.25, hard=0.7)
    c.joints(0.0, 0.0, 0.30, 0.30, 0.40 + 0.45 * patch, (0.13, 0.105, 0.075), 0.006)
    for _ in range(9):
        sole(
            c,
            c.rng.uniform(0.2, 2.2),
            c.rng.uniform(0.2, 2.2),
            c.rng.uniform(0, 6.28),
            c.rng.uniform(0.55, 0.9),
        )
    for _ in range(16):
        c.splash(
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.1, 2.3),
            0.10,
            26,
            (0.20, 0.16, 0.11),
            0.75,
            largest=0.007,
            flow=0.0,
        )
    for _ in range(16):
        c.scuff(
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.1, 2.3),
            c.rng.uniform(0.06, 0.22),
            c.rng.uniform(0, 6.28),
            0.65,
            width=0.006,
        )
    for _ in range(70):
        c.hair(c.rng.uniform(0.1, 2.3), c.rng.uniform(0.1, 2.3), c.rng.uniform(0.05, 0.16), 0.55)
    for _ in range(34):
        x, z, r = c.rng.uniform(0.05, 2.35), c.rng.uniform(0.05, 2.35), c.rng.uniform(0.004, 0.013)
        c.drop(
            x,
            z,
            r,
            c.rng.uniform(0.4, 0.75),
            (0.62, 0.60, 0.55),
            c.rng.uniform(0, 6.28),
            c.rng.uniform(1, 2.2),
        )
    return c.picture()


def sole(c: Canvas, x: float, z: float, heading: float, strength: float) -> None:
    """The print of a wet shoe: ball and heel, with bars across."""
    u = (c.x - x) * np.cos(heading) + (c.z - z) * np.sin(heading)
    v = -(c.x - x) * np.sin(heading) + (c.z - z) * np.cos(heading)
    ball = np.hypot((u - 0.06) / 0.085, (v - 0.008) / 0.046)
    heel = np.hypot((u + 0.095) / 0.042, v / 0.034)
    body = np.clip((1 - np.minimum(ball, heel)) * 6, 0, 1)
    bars = np.clip(0.5 + 1.4 * np.sin(u * 2 * np.pi / 0.017 + 0.5 * np.sin(v * 90)), 0, 1)
    c.put(strength * body * bars * np.clip(c.cloud(0.08, 0.008) * 1.5 - 0.2, 0, 1), (0.155, 0.13, 0.095))


def main(wanted: list[str]) -> None:
    """All pictures, or those that are named."""
    for picture, (width, height) in sheets.SIZES.items():
        names = [name for name, sheet in sheets.SHEETS.items() if sheet.picture == picture]
        if not names or (wanted and picture not in wanted):
            continue
        whole = np.zeros((height, width, 4))
        whole[..., :3] = np.rint(np.asarray(WATER) * 20) / 20
        for name in names:
            x, y, w, h = sheets.SHEETS[name].cell
            whole[y : y + h, x : x + w] = MADE[name]().picture(0.02 if h > 120 else 0.004)
        save(whole, f"{FOLDER}/{picture}.png")
    if not wanted or "counter_dirt" in wanted:
        save(counter(), f"{FOLDER}/counter_dirt.png")
    if not wanted or "bowls" in wanted:
        quarters = [bowl(85 + k, toilet=k == 3) for k in range(4)]
        save(np.vstack([np.hstack(quarters[:2]), np.hstack(quarters[2:])]), f"{FOLDER}/bowls.png")
    if not wanted or "floor_dirt" in wanted:
        save(floor_dirt(), f"{FOLDER}/floor_dirt.png")


if __name__ == "__main__":
    main(sys.argv[1:])
