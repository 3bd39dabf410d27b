"""Paints the dirt of the washroom's walls, counter, bowls and floor, each where it comes from:
``python assets/scripts/make_washroom_sheets.py [picture ...]`` (a minute). Seeded. Which sheet lies where: scenes/washroom/sheets.py.

The alpha tells how early a place is reached while dirt grows (``Kitchen.material``'s ``spreading``).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE)]

from paint import Plane, save  # noqa: E402
from washroom_brush import BROWN, DARK, SOAP, WATER, YELLOW, Canvas  # noqa: E402
from washroom_grounds import bowl, counter, floor_dirt  # noqa: E402

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
    c.splash(bin_x + 0.02, top + 0.10, 0.21, 620, BROWN, 0.95, up=1.25, largest=0.0042)
    c.splash(bin_x - 0.15, top + 0.20, 0.13, 190, (0.40, 0.33, 0.23), 0.8, up=1.2)
    c.splash(bin_x + 0.14, top - 0.05, 0.10, 110, YELLOW, 0.75, up=1.1)
    c.runs(bin_x - 0.17, bin_x + 0.18, top + 0.06, 15, 0.42, BROWN, 0.8, 0.0032)
    c.runs(bin_x - 0.05, bin_x + 0.12, top + 0.22, 4, 0.30, (0.40, 0.33, 0.23), 0.7, 0.004)
    ragged = 0.25 * (c.cloud(0.3, 0.03) - 0.5)
    blot = np.exp(-(((c.x - bin_x) / 0.22 + ragged) ** 2)) * np.exp(
        -((np.maximum(c.z - top, 0) / 0.16 + ragged) ** 2)
    )
    c.film(
        blot * np.clip(0.3 + c.z / top, 0, 1),
        0.5,
        (0.44, 0.39, 0.30),
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
    c.runs(box - 0.12, box + 0.12, mouth, 20, 0.45, (0.44, 0.38, 0.28), 0.85, 0.0034)
    c.splash(box, mouth - 0.12, 0.16, 420, WATER, 0.95, up=1.1, largest=0.0045)
    c.splash(box + 0.05, 0.62, 0.30, 420, WATER, 0.85, up=0.9)
    c.film(
        np.exp(-(((c.x - box) / 0.17) ** 4))
        * np.clip((mouth - c.z) / 0.03, 0, 1)
        * np.clip(1 - (mouth - c.z) / 0.4, 0, 1),
        0.5,
        (0.50, 0.46, 0.37),
        grain_m=0.2,
        hard=0.6,
        streak=(0.2, 1.0),
    )
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
    c.runs(x0, x1, sill, 22, 1.1, (0.43, 0.385, 0.295), 0.95, 0.0042)
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
        c.splash(at, -0.03, 0.2, 500, (0.55, 0.51, 0.42), 0.9, up=0.6, largest=0.0035)
        c.splash(at + 0.19, 0.0, 0.06, 90, SOAP, 0.8, up=1.0)
    c.film(np.clip(1 - c.z / 0.05, 0, 1) ** 2, 0.7, (0.55, 0.51, 0.43), hard=0.4)
    c.film(np.ones_like(c.x), 0.3, (0.62, 0.585, 0.50), hard=0.6)
    return c


def partition(name: str, seed: int, edges: tuple[float, ...]) -> Canvas:
    """Board: wiped by shoulders and hands, splashed near the floor; ``edges``: x of what is gripped."""
    c = canvas(name, seed)
    grey = (0.45, 0.46, 0.42)
    c.film(low(c, 0.75, 0.15), 0.6, (0.47, 0.46, 0.40), grain_m=0.3, hard=0.5, streak=(0.5, 1.0))
    c.film(low(c, 0.30, 0.15), 0.75, (0.42, 0.40, 0.33), grain_m=0.25, hard=0.5)
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
        c.film(band, 0.7, grey, grain_m=0.12, hard=0.45)
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
    c.runs(middle - 0.055, middle + 0.055, 0.90, 14, 0.46, (0.36, 0.30, 0.19), 1.0, 0.0036)
    c.splash(middle, 0.50, 0.21, 620, YELLOW, 1.0, up=0.9, largest=0.0042)
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
