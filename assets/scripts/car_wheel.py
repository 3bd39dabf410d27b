"""The steering wheel and what stands behind it."""

from __future__ import annotations

import numpy as np
from car_front import BLACK, DARK, LEATHER, SATIN
from car_shapes import Parts, about, chip, rounded, smooth, soft, tube

from scenes.road import cabin


def wheel(parts: Parts) -> None:
    """In its own frame: its plane is x and z, the driver on the side of -y."""
    r = cabin.WHEEL_RADIUS
    a = np.linspace(0, 2 * np.pi, 57)
    thick = (
        0.0150
        + 0.0022 * np.exp(-(((np.mod(a + np.pi, 2 * np.pi) - np.pi - 0.35) / 0.25) ** 2))
        + 0.0022 * np.exp(-(((np.mod(a, 2 * np.pi) - np.pi + 0.35) / 0.25) ** 2))
    )
    rim = np.stack([r * np.cos(a), 0 * a, r * np.sin(a)], 1)
    parts.add("wheel", tube(rim, thick, 12, closed=True, caps=False), LEATHER)
    for k in np.arange(0, 2 * np.pi, 0.06):
        at = ((r - 0.0148) * np.cos(k), -0.002, (r - 0.0148) * np.sin(k))
        parts.add("wheel", chip((0.0016, 0.006, 0.0042), at, about("y", -k)), (0.10, 0.10, 0.10))
    hub = soft((0.165, 0.060, 0.125), (0, 0.004, -0.006), 3.4, 12, 28)
    parts.add("wheel", hub, (0.045, 0.045, 0.047))
    parts.add("wheel", soft((0.128, 0.014, 0.092), (0, -0.027, -0.004), 4.0, 8, 26), (0.055, 0.055, 0.057))
    for side in (-1, 1):
        line = smooth(
            [
                (side * 0.060, 0.000, 0.012),
                (side * 0.105, 0.004, 0.016),
                (side * 0.150, 0.003, 0.018),
                (side * 0.178, 0.0, 0.020),
            ],
            10,
        )
        parts.add(
            "wheel",
            tube(line, [0.034, 0.031, 0.028, 0.026, 0.024, 0.023, 0.022, 0.022, 0.021, 0.018], 16, flat=0.42),
            (0.045, 0.045, 0.047),
        )
        parts.add(
            "wheel_gloss",
            rounded((0.058, 0.008, 0.036), (side * 0.112, -0.0085, 0.017), 0.0035, cell=0.02),
            BLACK,
        )
        for dx, dz in ((-0.014, 0.009), (0.012, 0.009), (-0.014, -0.009), (0.012, -0.009)):
            parts.add(
                "wheel",
                rounded(
                    (0.020, 0.004, 0.012),
                    (side * 0.112 + dx, -0.0125, 0.017 + dz),
                    0.0016,
                    cell=1.0,
                    around=2,
                ),
                (0.050, 0.050, 0.052),
            )
        # the lower spokes
        line = smooth(
            [
                (side * 0.022, 0.002, -0.055),
                (side * 0.030, 0.006, -0.100),
                (side * 0.044, 0.004, -0.145),
                (side * 0.052, 0.0, -0.172),
            ],
            10,
        )
        parts.add("wheel", tube(line, 0.0145, 12, flat=0.6), (0.045, 0.045, 0.047))
        line = line + np.array([0.0, -0.0085, 0.0])
        parts.add("wheel_gloss", tube(line, 0.0052, 10, flat=0.6), SATIN)


def column(parts: Parts) -> None:
    """Behind the wheel: shroud and stalks."""
    x, y, z = cabin.WHEEL
    parts.add(
        "plastic",
        rounded((0.115, 0.20, 0.085), (x, y + 0.115, z - 0.030), 0.025, turn=about("x", -cabin.WHEEL_TILT)),
        DARK,
    )
    for side in (-1, 1):
        line = smooth(
            [
                (x + side * 0.05, y + 0.075, z - 0.008),
                (x + side * 0.12, y + 0.060, z + 0.012),
                (x + side * 0.185, y + 0.035, z + 0.028),
            ],
            12,
        )
        parts.add(
            "plastic",
            tube(line, [0.008] * 6 + [0.009, 0.0095, 0.0095, 0.0095, 0.009, 0.006], 12, flat=0.7),
            DARK,
        )


def build(parts: Parts) -> None:
    wheel(parts)
    column(parts)
