"""The glass lift: its cabin (z = 0 on its floor, which rides with the patient) and the rails on the tower's front.

Frame: x across, y out over the drop. Walls and rails are kinds of railing and are made in ``railings``.
"""

from __future__ import annotations

import numpy as np

from scenes.heights.places import PLACES, WALL_Y
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import Furniture, board, leg
from vr_runtime.stage.mesh import Mesh

LIFT = PLACES["lift"]
HALF = 1.0
BACK, FRONT = LIFT.back_y, LIFT.edge_y
HIGH = 2.42
STEEL = linear((0.52, 0.53, 0.54))
BRIGHT = linear((0.70, 0.71, 0.71))
DARK = linear((0.13, 0.135, 0.14))
WHITE = linear((0.88, 0.88, 0.86))
GREEN = linear((0.45, 0.62, 0.57))
PILLARS = ((-HALF, BACK), (HALF - 0.05, BACK), (-HALF, FRONT - 0.05), (HALF - 0.05, FRONT - 0.05))


def cabin() -> Furniture:
    made = Furniture()
    metal = made.parts["metal"]
    # the floor's frame and what carries it
    for low, high in (
        ((-HALF - 0.02, FRONT - 0.06, -0.16), (HALF + 0.02, FRONT, -0.003)),
        ((-HALF - 0.02, BACK, -0.16), (HALF + 0.02, BACK + 0.06, -0.003)),
        ((-HALF - 0.02, BACK + 0.06, -0.16), (-HALF + 0.05, FRONT - 0.06, -0.003)),
        ((HALF - 0.05, BACK + 0.06, -0.16), (HALF + 0.02, FRONT - 0.06, -0.003)),
    ):
        made.block("metal", low, high, STEEL)
    for y in (-0.62, 0.06):
        board(metal, (-HALF + 0.05, y - 0.025, -0.13), (HALF - 0.05, y + 0.025, -0.035), DARK)
    # posts and the ring on top
    for x, y in PILLARS:
        made.block("metal", (x, y, 0.0), (x + 0.05, y + 0.05, HIGH), STEEL)
    for low, high in (
        ((-HALF, FRONT - 0.07, HIGH), (HALF, FRONT, HIGH + 0.14)),
        ((-HALF, BACK, HIGH), (HALF, BACK + 0.07, HIGH + 0.14)),
        ((-HALF, BACK + 0.07, HIGH), (-HALF + 0.07, FRONT - 0.07, HIGH + 0.14)),
        ((HALF - 0.07, BACK + 0.07, HIGH), (HALF, FRONT - 0.07, HIGH + 0.14)),
    ):
        made.block("metal", low, high, STEEL)
    # ceiling with its lamps, machinery on it
    made.parts["matt"].rect((-HALF, FRONT, HIGH + 0.02), (2 * HALF, 0, 0), (0, BACK - FRONT, 0), tint=WHITE)
    made.parts["matt"].rect((-HALF, BACK, HIGH + 0.14), (2 * HALF, 0, 0), (0, FRONT - BACK, 0), tint=STEEL)
    made.solid((-HALF, BACK, HIGH + 0.02), (HALF, FRONT, HIGH + 0.14), WHITE)
    for x in (-0.5, 0.5):
        for y in (-0.85, 0.25):
            turned_down(made.parts["lamp"], x, y, HIGH + 0.018, 0.07)
    made.block("metal", (-0.7, BACK + 0.05, HIGH + 0.14), (0.7, BACK + 0.35, HIGH + 0.42), DARK)
    _back(made)
    _panel(made)
    made.solid((-12.0, -20.0, -60.0), (12.0, WALL_Y, 60.0), STEEL, tight=0.0)
    return made


def turned_down(quads: Quads, x: float, y: float, z: float, radius: float) -> None:
    """A round lamp in a ceiling, seen from below."""
    a = np.linspace(0, 2 * np.pi, 17)
    rim = np.stack([x + radius * np.cos(a), y + radius * np.sin(a), np.full(17, z)], 1)
    middle = np.array([x, y, z])
    for p, q in zip(rim[:-1], rim[1:], strict=True):
        quads.add([middle, q, p, middle], None)


def _back(made: Furniture) -> None:
    """Brushed panels beside a door of two leaves, the transom with its sign, a kick plate."""
    y = BACK + 0.03
    for a, b in ((-HALF + 0.05, -0.52), (0.52, HALF - 0.05)):
        made.block("metal", (a, y, 0.0), (b, y + 0.02, HIGH), BRIGHT)
    made.block("metal", (-0.52, y, 2.12), (0.52, y + 0.02, HIGH), BRIGHT)
    board(made.parts["metal"], (-0.56, y - 0.03, 0.0), (0.56, y + 0.03, 0.012), DARK, bevel=0.002)
    board(made.parts["matt"], (-0.17, y + 0.02, 2.17), (0.17, y + 0.035, 2.35), DARK)


def leaf() -> Furniture:
    """The right one of the cabin door's leaves, closed; the left one is its mirror image."""
    made = Furniture()
    y = BACK + 0.03
    made.block("metal", (0.003, y - 0.028, 0.012), (0.525, y - 0.004, 2.12), BRIGHT)
    for x in np.linspace(0.09, 0.45, 4):
        board(
            made.parts["metal"],
            (float(x) - 0.002, y - 0.005, 0.1),
            (float(x) + 0.002, y - 0.001, 2.05),
            STEEL,
            bevel=0.001,
        )
    return made


def landing() -> Furniture:
    """What closes the way behind the cabin's door: the landing's own door, lit by the cabin."""
    made = Furniture()
    y = BACK - 0.02
    for a, b in ((-0.56, -0.004), (0.004, 0.56)):
        made.block("metal", (a, y - 0.03, 0.0), (b, y, 2.2), linear((0.46, 0.40, 0.34)))
    return made


def _panel(made: Furniture) -> None:
    """The column of buttons at the right front post, turned inwards, with a sign over it."""
    x = HALF - 0.06
    made.block("metal", (x - 0.025, FRONT - 0.34, 0.80), (x, FRONT - 0.10, 1.78), BRIGHT)
    board(made.parts["matt"], (x - 0.032, FRONT - 0.30, 1.56), (x - 0.024, FRONT - 0.14, 1.74), DARK)
    for row in range(7):
        for y in (FRONT - 0.27, FRONT - 0.17):
            z = 0.92 + 0.085 * row
            board(
                made.parts["matt"],
                (x - 0.032, y - 0.018, z - 0.018),
                (x - 0.025, y + 0.018, z + 0.018),
                WHITE,
                bevel=0.004,
            )
    board(
        made.parts["matt"],
        (x - 0.034, FRONT - 0.245, 0.82),
        (x - 0.025, FRONT - 0.195, 0.87),
        linear((0.75, 0.16, 0.12)),
        bevel=0.004,
    )
    leg(
        made.parts["metal"],
        (x - 0.01, FRONT - 0.22, 0.0),
        (x - 0.01, FRONT - 0.22, 0.80),
        0.02,
        0.02,
        STEEL,
        10,
    )


SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc",
    "5": "afgcd", "6": "afgedc", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}  # fmt: skip


def digit(name: str) -> Quads:
    """A sign's digit in the xz plane, facing -y, 1 m high and 0.56 m wide about its middle."""
    made = Quads()
    w, h, t = 0.20, 0.42, 0.05
    bars = {
        "a": (-w, w, h - t, h + t), "g": (-w, w, -t, t), "d": (-w, w, -h - t, -h + t),
        "f": (-w - t, -w + t, 0.04, h), "b": (w - t, w + t, 0.04, h),
        "e": (-w - t, -w + t, -h, -0.04), "c": (w - t, w + t, -h, -0.04),
    }  # fmt: skip
    for key in SEGMENTS[name]:
        x0, x1, z0, z1 = bars[key]
        made.rect((x0, 0.0, z0), (x1 - x0, 0, 0), (0, 0, z1 - z0))
    return made


def guides(top: float) -> Furniture:
    """Rails on the tower's front from the street to ``top``, their brackets, the counterweight's wires."""
    made = Furniture()
    metal = made.parts["metal"]
    for x in (-0.72, 0.72):
        made.parts["metal"].boxes(
            (x - 0.05, WALL_Y, 0.0), (x + 0.05, WALL_Y + 0.012, top), tint=STEEL, sides="xXY"
        )
        made.parts["metal"].boxes(
            (x - 0.008, WALL_Y + 0.012, 0.0), (x + 0.008, WALL_Y + 0.09, top), tint=BRIGHT, sides="xXY"
        )
    for x in (-0.30, -0.27, 0.27, 0.30):
        metal.boxes((x - 0.006, WALL_Y + 0.10, 0.0), (x + 0.006, WALL_Y + 0.112, top), tint=DARK, sides="xXY")
    z = np.arange(1.5, top, 1.5)
    for x0, x1 in ((-0.86, -0.58), (0.58, 0.86)):
        low = np.stack([np.full_like(z, x0), np.full_like(z, WALL_Y), z - 0.05], 1)
        high = np.stack([np.full_like(z, x1), np.full_like(z, WALL_Y + 0.03), z + 0.05], 1)
        metal.boxes(low, high, tint=DARK, sides="xXYzZ")
    low = np.stack([np.full_like(z, -0.86), np.full_like(z, WALL_Y), z - 0.03], 1)
    high = np.stack([np.full_like(z, 0.86), np.full_like(z, WALL_Y + 0.02), z + 0.03], 1)
    metal.boxes(low, high, tint=STEEL, sides="YzZ")
    return made


def weight() -> Furniture:
    """The counterweight between the rails; z = 0 at its middle."""
    made = Furniture()
    for k in range(9):
        made.block(
            "metal", (-0.5, WALL_Y + 0.03, -0.9 + 0.2 * k), (0.5, WALL_Y + 0.13, -0.72 + 0.2 * k), DARK
        )
    return made


SIGNS = ((0.0, BACK + 0.068, 2.26, 0.11, 180.0), (HALF - 0.095, FRONT - 0.22, 1.65, 0.11, -90.0))
"""Where the storey is shown: x, y, z, height of a digit (m), turn (degrees): over the door, over the buttons."""


def walls() -> dict[str, Mesh]:
    """Glass from floor to ceiling on three sides, in slim profiles."""
    steel, pane = Quads(), Quads()
    high = HIGH - 0.01
    for x in (-HALF + 0.028, HALF - 0.028):
        pane.rect((x, BACK + 0.05, 0.02), (0, FRONT - BACK - 0.1, 0), (0, 0, high - 0.02))
        for z in (0.0, high - 0.04):
            board(steel, (x - 0.015, BACK + 0.05, z), (x + 0.015, FRONT - 0.05, z + 0.04), BRIGHT)
    y = FRONT - 0.028
    for a, b in ((-HALF + 0.05, -0.006), (0.006, HALF - 0.05)):
        pane.rect((a, y, 0.02), (b - a, 0, 0), (0, 0, high - 0.02))
    steel.boxes((-0.004, y - 0.006, 0.02), (0.004, y + 0.006, high), tint=GREEN, sides="xXyY")
    for z in (0.0, high - 0.04):
        board(steel, (-HALF + 0.05, y - 0.015, z), (HALF - 0.05, y + 0.015, z + 0.04), BRIGHT)
    return {"metal": steel.mesh(), "glass": pane.mesh()}
