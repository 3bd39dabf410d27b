"""The rest of the car's inside: doors, seats, roof, belts, floor."""

from __future__ import annotations

import numpy as np
from car_front import BELOW, BLACK, DARK, DASH, LOWER, SATIN
from car_shapes import Array, Parts, about, grid, inward, rounded, sheet, smooth, soft, tube, turned

from scenes.road import cabin

LINING = (0.62, 0.605, 0.570)
CLOTH = (0.125, 0.127, 0.132)
INSERT = (0.255, 0.258, 0.262)
CARPET = (0.130, 0.128, 0.124)

BELT = [(1.00, 0.985), (0.60, 0.985), (0.0, 0.992), (-0.60, 1.005), (-1.20, 1.030), (-1.62, 1.060)]
"""(y, z) along the lower edge of the side windows."""


def belt_z(y: Array | float) -> Array:
    at = np.array(BELT)[::-1]
    return np.interp(y, at[:, 0], at[:, 1])


def roof_half(y: Array | float) -> Array:
    """Half width of the roof's lower edge."""
    return np.interp(y, [-1.75, -1.2, -0.4, 0.35], [0.50, 0.545, 0.570, 0.560])


def rail_z(y: Array | float) -> Array:
    return np.interp(y, [-1.75, -1.3, -0.5, 0.0, 0.35], [1.24, 1.315, 1.36, 1.365, 1.345])


def doors(parts: Parts) -> None:
    for side in (-1.0, 1.0):
        for y0, y1, arm in ((0.98, -0.36, 0.02), (-0.385, -1.12, -0.62)):
            ys = np.linspace(y0, y1, 24 if arm > 0 else 12)
            rows = []
            for y in ys:
                top = float(belt_z(y))
                near = np.exp(-(((y - arm) / 0.36) ** 4))
                rows.append(
                    [
                        (0.765, top + 0.004),
                        (0.735, top + 0.006),
                        (0.708, top + 0.004),
                        (0.696, top - 0.006),
                        (0.690, top - 0.03),
                        (0.692, top - 0.09),
                        (0.700, top - 0.13),
                    ]
                    + [
                        (0.706, 0.80),
                        (0.700 - 0.045 * near, 0.742),
                        (0.690 - 0.062 * near, 0.722),
                        (0.690 - 0.062 * near, 0.700),
                        (0.694 - 0.048 * near, 0.680),
                        (0.700, 0.655),
                        (0.704, 0.58),
                    ]
                    + [
                        (0.690, 0.47),
                        (0.676, 0.45),
                        (0.676, 0.36),
                        (0.690, 0.33),
                        (0.70, 0.30),
                        (0.705, 0.25),
                    ]
                )
            made = np.array([[(side * x, y, z) for x, z in row] for row, y in zip(rows, ys, strict=True)])
            upper, middle, lower = made[:, :7], made[:, 6:14], made[:, 13:]
            parts.add("plastic", inward(upper), DASH)
            parts.add("plastic", inward(middle), LOWER)
            parts.add("plastic", inward(lower), BELOW)
            insert = sheet(
                lambda s, t, y0=y0, y1=y1, side=side: (
                    side * (0.6985 - 0.004 * np.sin(np.pi * t)),
                    y0 - 0.12 + (y1 - y0 + 0.24) * s,
                    0.785 + 0.075 * t,
                ),
                6,
                20,
                flip=side > 0,
            )
            parts.add("cloth", insert, INSERT)
            line = smooth(
                [
                    (side * 0.668, arm + 0.30, 0.80),
                    (side * 0.650, arm + 0.33, 0.83),
                    (side * 0.655, arm + 0.40, 0.85),
                    (side * 0.69, arm + 0.44, 0.85),
                ],
                10,
            )
            parts.add("plastic", tube(line, 0.0125, 10, flat=0.7), DASH)
            parts.add(
                "gloss", rounded((0.016, 0.105, 0.040), (side * 0.692, arm + 0.40, 0.885), 0.007), BLACK
            )
            parts.add(
                "gloss", rounded((0.014, 0.075, 0.016), (side * 0.682, arm + 0.395, 0.885), 0.005), SATIN
            )
            for k in range(2 if side > 0 or arm < 0 else 4):
                parts.add(
                    "gloss",
                    rounded(
                        (0.020, 0.030, 0.012),
                        (side * (0.636 + 0.026 * (k % 2)), arm + 0.16 + 0.045 * (k // 2), 0.727),
                        0.004,
                        cell=1.0,
                    ),
                    (0.045, 0.045, 0.048),
                )
            speaker = turned([(0.0, 0.0), (0.075, 0.0), (0.082, -0.004), (0.088, 0.003)], 32)
            m = np.eye(4)
            m[:3, :3] = about("z", -side * np.pi / 2)
            parts.add(
                "plastic",
                speaker.transformed(m).moved(side * 0.672, arm + 0.48 if arm > 0 else arm + 0.30, 0.405),
                DARK,
            )
            # the gap to the next door
            parts.add(
                "gloss",
                tube([(side * 0.705, y1 + 0.004, 0.32), (side * 0.695, y1 + 0.004, 0.98)], 0.006, 6),
                BLACK,
            )
        # what stands between the doors, and beside the rear bench
        parts.add(
            "lining",
            rounded((0.05, 0.15, 0.76), (side * 0.712, -0.372, 0.63), 0.012, cell=0.25),
            (0.34, 0.33, 0.31),
        )
        parts.add("plastic", rounded((0.05, 0.70, 0.80), (side * 0.712, -1.45, 0.66), 0.012, cell=0.25), DASH)
        # seals at the foot of the windows
        ys = np.linspace(0.98, -1.60, 40)
        parts.add(
            "plastic",
            tube(np.stack([np.full(40, side * 0.726), ys, belt_z(ys) + 0.006], 1), 0.009, 8),
            (0.008, 0.008, 0.008),
        )
        # pillars between the windows and the roof's edge
        for y_low, y_high, wide in ((-0.40, -0.34, 0.11), (-1.20, -1.12, 0.12)):
            rows = []
            for t in np.linspace(0, 1, 14):
                y = y_low + (y_high - y_low) * t
                z = float(belt_z(y)) * (1 - t) + (float(rail_z(y)) + 0.01) * t
                x = 0.712 * (1 - t) + float(roof_half(y)) * t
                w = wide * (1.0 - 0.25 * t)
                rows.append(
                    smooth(
                        [
                            (side * (x + 0.03), y + w / 2, z),
                            (side * (x - 0.006), y + w / 2, z),
                            (side * (x - 0.020), y + w / 3, z),
                            (side * (x - 0.022), y - w / 3, z),
                            (side * (x - 0.006), y - w / 2, z),
                            (side * (x + 0.03), y - w / 2, z),
                        ],
                        14,
                    )
                )
            parts.add("lining", inward(np.array(rows)), LINING)
            if y_low > -1:
                parts.add(
                    "plastic", rounded((0.02, 0.035, 0.10), (side * 0.625, y_high - 0.02, 1.21), 0.008), DARK
                )
        # behind the last window
        rows = np.array(
            [
                [
                    (side * (0.70 * (1 - t) + 0.50 * t), y, float(belt_z(-1.2)) * (1 - t) + 1.30 * t)
                    for y in np.linspace(-1.25 - 0.02 * t, -1.75 + 0.12 * t, 8)
                ]
                for t in np.linspace(0, 1, 8)
            ]
        )
        parts.add("lining", inward(rows), LINING)


def roof(parts: Parts) -> None:
    def lining(s: Array, t: Array) -> tuple[Array, Array, Array]:
        y = 0.335 - 2.08 * t
        across = 2 * s - 1
        x = across * roof_half(y)
        top = np.interp(y, [-1.75, -1.3, -0.4, 0.1, 0.335], [1.26, 1.365, 1.425, 1.425, 1.388])
        z = top - (top - rail_z(y)) * np.abs(across) ** 3.2
        y = y + 0.0 * x - 0.065 * across**2 * np.clip(1 - t * 12, 0, 1)
        return x, y, z

    parts.add("lining", sheet(lining, 22, 19, flip=False), LINING)
    # edge rail and handles
    for side in (-1.0, 1.0):
        ys = np.linspace(0.30, -1.70, 30)
        parts.add(
            "lining",
            tube(np.stack([side * (roof_half(ys) + 0.004), ys, rail_z(ys) - 0.004], 1), 0.020, 12),
            LINING,
        )
        parts.add(
            "plastic",
            tube(np.stack([side * (roof_half(ys) + 0.026), ys, rail_z(ys) - 0.012], 1), 0.010, 8),
            (0.008, 0.008, 0.008),
        )
        for y in (-0.05, -0.80):
            line = smooth(
                [
                    (side * 0.560, y + 0.09, 1.352),
                    (side * 0.545, y + 0.07, 1.330),
                    (side * 0.545, y - 0.07, 1.330),
                    (side * 0.560, y - 0.09, 1.352),
                ],
                14,
            )
            parts.add("lining", tube(line, 0.0105, 10, flat=0.7), (0.55, 0.535, 0.505))
        visor = rounded((0.36, 0.150, 0.018), (side * 0.31, 0.222, 1.383), 0.0085, turn=about("x", -0.16))
        parts.add("lining", visor, (0.57, 0.555, 0.525))
        parts.add(
            "plastic",
            tube([(side * 0.10, 0.295, 1.385), (side * 0.52, 0.275, 1.372)], 0.006, 8),
            (0.30, 0.29, 0.28),
        )
    parts.add("lining", soft((0.20, 0.15, 0.035), (0, 0.205, 1.402), 5.0), (0.57, 0.555, 0.525))
    for x in (-0.045, 0.045):
        parts.add("gloss", rounded((0.060, 0.050, 0.006), (x, 0.185, 1.3855), 0.0028), (0.66, 0.64, 0.58))
    # over the windscreen
    parts.add(
        "plastic",
        grid(
            np.array([[cabin.windscreen(x, u) for x in np.linspace(-1, 1, 25)] for u in (0.985, 1.0, 1.03)])
            - (0, 0.003, 0.006),
            flip=True,
        ),
        (0.01, 0.01, 0.01),
    )


def seat(parts: Parts, x: float) -> None:
    tilt = about("x", 0.14)
    lean = about("x", 0.36)
    parts.add("cloth", soft((0.47, 0.50, 0.17), (x, 0.06, 0.470), 5.0, 12, 32, tilt), CLOTH)
    parts.add("cloth", soft((0.30, 0.44, 0.08), (x, 0.07, 0.535), 4.5, 10, 28, tilt), INSERT)
    for side in (-1, 1):
        parts.add(
            "cloth", soft((0.105, 0.46, 0.13), (x + side * 0.195, 0.05, 0.525), 3.2, 10, 24, tilt), CLOTH
        )
    parts.add("cloth", soft((0.47, 0.15, 0.64), (x, -0.315, 0.800), 4.6, 14, 32, lean), CLOTH)
    parts.add("cloth", soft((0.28, 0.07, 0.54), (x, -0.248, 0.795), 4.2, 12, 26, lean), INSERT)
    for side in (-1, 1):
        parts.add(
            "cloth", soft((0.10, 0.16, 0.50), (x + side * 0.19, -0.262, 0.765), 3.0, 12, 24, lean), CLOTH
        )
        parts.add(
            "gloss",
            tube([(x + side * 0.055, -0.425, 1.07), (x + side * 0.055, -0.445, 1.13)], 0.0065, 10),
            SATIN,
        )
    parts.add("cloth", soft((0.27, 0.10, 0.18), (x, -0.440, 1.195), 3.6, 16, 32, about("x", 0.2)), CLOTH)
    parts.add("plastic", rounded((0.50, 0.46, 0.10), (x, 0.06, 0.375), 0.03), DARK)
    # the belt's buckle
    inner = -np.sign(x) * 0.245
    parts.add(
        "plastic", rounded((0.028, 0.05, 0.075), (x + inner, -0.13, 0.545), 0.008, turn=about("x", 0.5)), DARK
    )
    parts.add("gloss", rounded((0.020, 0.012, 0.020), (x + inner, -0.112, 0.585), 0.004), (0.40, 0.02, 0.015))


def rear(parts: Parts) -> None:
    lean = about("x", 0.32)
    for x in (-0.34, 0.34):
        parts.add("cloth", soft((0.62, 0.52, 0.20), (x, -0.86, 0.475), 5.5, 8, 18, about("x", 0.12)), CLOTH)
        parts.add("cloth", soft((0.62, 0.16, 0.62), (x, -1.235, 0.790), 5.5, 8, 18, lean), CLOTH)
        parts.add("cloth", soft((0.36, 0.06, 0.50), (x, -1.165, 0.780), 4.5, 6, 16, lean), INSERT)
        parts.add("cloth", soft((0.24, 0.09, 0.14), (x, -1.345, 1.115), 3.6, 8, 16, about("x", 0.2)), CLOTH)
    parts.add("plastic", rounded((1.30, 0.42, 0.03), (0, -1.56, 1.000), 0.012), DARK)


def floor(parts: Parts) -> None:
    def carpet(s: Array, t: Array) -> tuple[Array, Array, Array]:
        y = 1.14 - 2.5 * t
        x = -0.76 + 1.52 * s
        z = 0.285 + 0.30 * np.clip((y - 0.86) / 0.28, 0, 1) ** 1.5
        return x, y, z

    parts.add("cloth", sheet(carpet, 24, 18, flip=True), CARPET)
    parts.add(
        "plastic",
        grid(
            np.array([[(x, 1.14, z) for x in np.linspace(-0.72, 0.72, 12)] for z in (0.58, 0.80, 0.96)]),
            flip=False,
        ),
        BLACK,
    )


def build(parts: Parts) -> None:
    for make in (doors, roof, rear, floor):
        make(parts)
    seat(parts, -cabin.SEAT_X)
    seat(parts, cabin.SEAT_X)
