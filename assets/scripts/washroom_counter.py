"""What stands on the washroom's counter and hangs above it: basins, taps, soap, paper towels, a phone."""

from __future__ import annotations

import numpy as np
import washroom_room as room
from bake.bodies import arc, bevelled, block, circle, fan, placed, skin, tube, turned, turned_over
from washroom_parts import DARK, METAL, PORCELAIN, WHITE, X1, Parts, add, moved

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import merge


def basin(parts: Parts, y: float) -> None:
    """A bowl let into the counter from above, its rim on the counter."""
    z = place.COUNTER_Z
    a, b = room.BOWL
    steps: list[tuple[float, float, float]] = []
    # rim: outside going up, over, then down into the bowl (share of the half sizes, height, roundness)
    for share, height, power in (
        (1.105, 0.000, 2.7),
        (1.115, 0.004, 2.7),
        (1.105, 0.010, 2.7),
        (1.07, 0.0135, 2.7),
        (1.02, 0.0125, 2.65),
        (0.985, 0.006, 2.6),
        (0.965, -0.008, 2.55),
        (0.94, -0.035, 2.5),
        (0.90, -0.065, 2.45),
        (0.82, -0.095, 2.4),
        (0.68, -0.118, 2.3),
        (0.48, -0.131, 2.2),
        (0.26, -0.137, 2.1),
        (0.11, -0.1395, 2.0),
    ):
        steps.append((share, height, power))
    rings = []
    for share, height, power in steps:
        loop = room.hole(48, (a * share, b * share), power)
        sunk = 0.02 * max(0.0, 0.9 - share)  # the waste lies towards the wall
        rings.append(
            np.column_stack([loop[:, 0] + place.BASIN_X + sunk, loop[:, 1] + y, 0 * loop[:, 0] + z + height])
        )
    add(parts, "ceramic", skin(np.stack(rings), tint=PORCELAIN))
    waste = turned(
        ((0.012, -0.004), (0.012, 0.0), (0.024, 0.0025), (0.028, 0.001), (0.029, -0.004)), METAL, 24
    )
    foot = (place.BASIN_X + 0.0158, y, z - 0.137)
    add(parts, "chrome", placed(turned_over(waste), foot))
    add(parts, "plastic", placed(fan(circle(0.0125, 16, (0, 0, -0.003)), DARK), foot))
    # the overflow, under the tap
    add(
        parts,
        "plastic",
        placed(fan(circle(0.008, 14), DARK), (place.BASIN_X + 0.1465, y, z - 0.052), (-1, 0, 0.25)),
    )
    # under the counter: the trap and its pipe
    trap = turned(
        (
            (0.016, 0.50),
            (0.016, 0.42),
            (0.016, 0.42),
            (0.032, 0.418),
            (0.034, 0.41),
            (0.034, 0.33),
            (0.028, 0.315),
            (0.0, 0.312),
        ),
        METAL,
        16,
    )
    add(parts, "chrome", moved(turned_over(trap), place.BASIN_X + 0.016, y, 0.2))
    add(
        parts,
        "chrome",
        tube(arc(((place.BASIN_X + 0.016, y, 0.6), (1.72, y, 0.6), (X1, y, 0.6)), 10), 0.014, METAL, 10),
    )


def tap(parts: Parts, number: int, y: float) -> None:
    x, z = place.TAP_X, place.COUNTER_Z
    body = turned(
        (
            (0.031, 0.0),
            (0.031, 0.003),
            (0.028, 0.006),
            (0.0245, 0.009),
            (0.0225, 0.02),
            (0.0215, 0.06),
            (0.0215, 0.115),
            (0.021, 0.128),
            (0.019, 0.133),
        ),
        METAL,
        28,
    )
    add(parts, "chrome", moved(body, x, y, z))
    path = arc(
        (
            (x, y, z + 0.085),
            (x - 0.05, y, z + 0.108),
            (x - 0.10, y, z + 0.122),
            (x - 0.14, y, z + 0.121),
            (place.SPOUT_X - 0.002, y, z + 0.108),
            (place.SPOUT_X - 0.004, y, z + 0.090),
        ),
        22,
    )
    thick = np.interp(np.linspace(0, 1, len(path)), [0, 0.3, 0.8, 1], [0.0165, 0.0145, 0.0125, 0.0125])
    add(parts, "chrome", tube(path, thick, METAL, 16))
    add(
        parts,
        "plastic",
        placed(fan(circle(0.0105, 16), DARK), (place.SPOUT_X - 0.004, y, z + 0.0897), (0, 0, -1)),
    )
    top = z + 0.134
    hub = turned(
        ((0.019, 0.0), (0.0215, 0.003), (0.0218, 0.02), (0.020, 0.027), (0.014, 0.032), (0.0, 0.034)),
        METAL,
        28,
    )
    bar = arc(
        (
            (x - 0.005, y, top + 0.022),
            (x - 0.05, y, top + 0.028),
            (x - 0.095, y, top + 0.038),
            (x - 0.112, y, top + 0.042),
        ),
        12,
    )
    wide = np.interp(np.linspace(0, 1, len(bar)), [0, 0.2, 0.85, 1], [0.013, 0.0095, 0.0085, 0.004])
    lever = merge([moved(hub, x, y, top), tube(bar, wide, METAL, 12, flat=0.55)])
    add(parts, f"tap_{number}", lever)
    # the mark on the lever's hub is of two colours, as on every mixer
    for side, colour in ((1, (0.5, 0.06, 0.05)), (-1, (0.05, 0.13, 0.5))):
        dot = placed(
            fan(circle(0.0028, 10), colour), (x - 0.0218, y + side * 0.0032, top + 0.012), (-1, 0, 0)
        )
        add(parts, f"tap_{number}", dot)


def soap(parts: Parts, number: int, y: float) -> None:
    x, y = place.TAP_X, y - 0.19
    z = place.COUNTER_Z
    bottle = turned(
        (
            (0.0, 0.001),
            (0.028, 0.001),
            (0.0315, 0.004),
            (0.033, 0.012),
            (0.033, 0.09),
            (0.030, 0.106),
            (0.020, 0.118),
            (0.0125, 0.121),
            (0.0125, 0.129),
        ),
        (0.80, 0.79, 0.74),
        26,
    )
    add(parts, "gloss", moved(bottle, x, y, z))
    # what is in it shows through as a level
    add(
        parts,
        "gloss",
        moved(
            turned(
                ((0.0333, 0.010), (0.0334, 0.06), (0.0334, 0.06), (0.0328, 0.0605)), (0.62, 0.50, 0.42), 26
            ),
            x,
            y,
            z,
        ),
    )
    collar = turned(
        ((0.0145, 0.119), (0.0155, 0.122), (0.0155, 0.136), (0.012, 0.139), (0.0, 0.139)), WHITE, 20
    )
    add(parts, "gloss", moved(collar, x, y, z))
    stem = turned(
        (
            (0.0045, 0.136),
            (0.0045, 0.150),
            (0.0045, 0.150),
            (0.012, 0.150),
            (0.014, 0.153),
            (0.0135, 0.163),
            (0.010, 0.168),
            (0.0, 0.169),
        ),
        WHITE,
        18,
    )
    spout = tube(
        arc(((x, y, z + 0.158), (x - 0.03, y, z + 0.160), (x - 0.044, y, z + 0.152)), 8),
        np.linspace(0.006, 0.0042, 9),
        WHITE,
        10,
    )
    add(parts, f"soap_{number}", moved(stem, x, y, z), spout)


def towels(parts: Parts) -> None:
    """A steel dispenser on the wall with paper hanging out below."""
    y, z = 2.26, 1.18
    low, high = (X1 - 0.115, y - 0.135, z), (X1, y + 0.135, z + 0.36)
    add(parts, "steel", block(low, high, 0.018, 0.006, METAL, axis=2))
    add(
        parts,
        "plastic",
        bevelled((X1 - 0.108, y - 0.11, z - 0.002), (X1 - 0.05, y + 0.11, z + 0.001), 0.001, DARK),
    )
    add(
        parts,
        "plastic",
        bevelled((X1 - 0.117, y - 0.02, z + 0.15), (X1 - 0.1145, y + 0.02, z + 0.26), 0.001, DARK),
    )
    add(
        parts,
        "chrome",
        placed(
            turned(((0.008, 0), (0.008, 0.003), (0.0, 0.0035)), METAL, 14),
            (X1 - 0.115, y, z + 0.32),
            (-1, 0, 0),
        ),
    )
    # a folded sheet: creased, its corners lifted
    rows = []
    for k in range(9):
        t = k / 8
        v = np.linspace(-0.1, 0.1, 13)
        x = X1 - 0.082 - 0.028 * t**1.5 + 0.004 * np.sin(v * 55) * t - 0.010 * (v / 0.1) ** 2 * t * t
        rows.append(np.column_stack([x, y + v, z + 0.01 - 0.115 * t + 0.006 * np.cos(v * 31) * t]))
    sheet = np.stack(rows)
    back = sheet + [0.0015, 0, 0]
    front = skin(sheet, closed=False, tint=(0.80, 0.78, 0.73))
    add(parts, "towels", front, turned_over(skin(back, closed=False, tint=(0.76, 0.74, 0.69))))


def phone(parts: Parts) -> None:
    x, y, _ = place.BY_ID["phone"].centre
    dx, dy, dz = place.BY_ID["phone"].size
    z = place.COUNTER_Z + 0.0006
    body = block(
        (x - dx / 2, y - dy / 2, z), (x + dx / 2, y + dy / 2, z + dz), 0.010, 0.0025, (0.022, 0.024, 0.028)
    )
    screen = bevelled(
        (x - dx / 2 + 0.004, y - dy / 2 + 0.004, z + dz - 0.0005),
        (x + dx / 2 - 0.004, y + dy / 2 - 0.004, z + dz + 0.0002),
        0.0001,
        (0.005, 0.005, 0.006),
    )
    add(parts, "phone", body, screen)
