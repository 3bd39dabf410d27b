"""A tower crane beside the tower, whose jib passes over the street at the construction storey. z = 0: the patient's feet."""

from __future__ import annotations

import numpy as np

from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import leg

MAST = (-24.0, -16.0)
"""x, y of the mast: in the yard behind the low houses."""
UP, DOWN = 10.0, -150.0
WAY, SIDE = np.array([0.50, 0.866, 0.0]), np.array([0.866, -0.50, 0.0])
"""Along the jib, and across it."""
YELLOW = linear((0.86, 0.66, 0.13))
GREY = linear((0.35, 0.35, 0.35))
PALE = linear((0.80, 0.80, 0.78))
WIRE = linear((0.25, 0.25, 0.25))


def crane() -> Quads:
    made = Quads()
    _mast(made)
    _jib(made)
    return made


def _mast(made: Quads) -> None:
    x, y = MAST
    for dx in (-0.8, 0.8):
        for dy in (-0.8, 0.8):
            made.boxes(
                (x + dx - 0.08, y + dy - 0.08, DOWN),
                (x + dx + 0.08, y + dy + 0.08, UP),
                tint=YELLOW,
                sides="xXyY",
            )
    step = 2.0
    for k, z in enumerate(np.arange(DOWN, UP, step)):
        s = 0.8 if k % 2 else -0.8
        for d in (-0.8, 0.8):
            leg(made, (x - s, y + d, z), (x + s, y + d, z + step), 0.04, 0.04, YELLOW, 3)
            leg(made, (x + d, y - s, z), (x + d, y + s, z + step), 0.04, 0.04, YELLOW, 3)
    made.boxes((x - 1.1, y - 1.1, UP), (x + 1.1, y + 1.1, UP + 0.5), tint=GREY, sides="xXyYzZ")
    made.boxes((x + 0.9, y - 0.4, UP + 0.2), (x + 2.2, y + 1.0, UP + 2.4), tint=PALE, sides="xXyYzZ")
    made.boxes(
        (x + 1.2, y + 1.0, UP + 1.0),
        (x + 2.1, y + 1.02, UP + 2.2),
        tint=linear((0.14, 0.17, 0.19)),
        sides="Y",
    )


def _jib(made: Quads) -> None:
    foot = np.array([*MAST, UP + 0.6])
    top = foot + (0.0, 0.0, 6.5)

    def bar(p: np.ndarray, q: np.ndarray, thick: float, tone: tuple[float, float, float] = YELLOW) -> None:
        leg(made, tuple(map(float, p)), tuple(map(float, q)), thick, thick, tone, 4)  # type: ignore[arg-type]

    for a, b in ((-14.0, 0.0), (0.0, 46.0)):
        for across, rise in ((-0.6, 0.0), (0.6, 0.0), (0.0, 1.1)):
            p, q = (foot + t * WAY + across * SIDE + (0, 0, rise) for t in (a, b))
            bar(p, q, 0.07)
        for k, t in enumerate(np.arange(a, b, 1.5)):
            s, there = (0.6 if k % 2 else -0.6), min(t + 1.5, b)
            bar(foot + t * WAY + s * SIDE, foot + there * WAY - s * SIDE, 0.03)
            m = foot + (t + there) / 2 * WAY + (0, 0, 1.1)
            for s in (-0.6, 0.6):
                bar(foot + t * WAY + s * SIDE, m, 0.03)
                bar(m, foot + there * WAY + s * SIDE, 0.03)
    for s in (-0.5, 0.5):
        bar(foot + s * SIDE, top, 0.08)
    for t, rise in ((-13.0, 0.2), (18.0, 1.1), (40.0, 1.1)):
        bar(top, foot + t * WAY + (0, 0, rise), 0.035, WIRE)
    weight = foot - 12.0 * WAY
    made.boxes(
        weight - (1.0, 1.0, 2.4), weight + (1.0, 1.0, 0.0), tint=linear((0.62, 0.61, 0.58)), sides="xXyYzZ"
    )
    hook = foot + 34.0 * WAY
    for s in (-0.15, 0.15):
        bar(hook + s * SIDE, hook + s * SIDE - (0, 0, 9.0), 0.014, WIRE)
    made.boxes(hook - (0.18, 0.10, 9.7), hook + (0.18, 0.10, -9.0), tint=YELLOW, sides="xXyYzZ")
    bar(hook - (0, 0, 9.8), hook - (0, 0, 10.3), 0.05, GREY)
