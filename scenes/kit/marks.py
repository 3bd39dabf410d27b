"""What lies on the streets' ground: covers, drains, grates around trees, patches, cracks, oil, gum, fallen leaves.

Flat patches just over the ground, whose picture is ``marks.png``: four by four, in the order of
``assets/scripts/make_city_streets.py``. Drawn from a generator of its own, the same each time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import Quads
from scenes.kit.town import (
    KERB,
    MAIN_ROAD,
    MAIN_WIDE,
    MAIN_Y0,
    PITCH_X,
    PITCH_Y,
    SIDE_ROAD,
    SIDE_X0,
    Town,
)

Array = NDArray[np.float64]

NAMES = (
    "cover", "plates", "drain", "grate",
    "pit", "patch", "trench", "oil",
    "leaves", "gum", "cracks", "slabs",
    "arrow", "valves", "stain", "leaves too",
)  # fmt: skip
LIFT_M = 0.005
GRATE_M = 1.16
SEED = 41


class Marks:
    """Puts marks on the ground."""

    def __init__(self, quads: Quads) -> None:
        self._quads = quads

    def put(
        self, name: str, x: float, y: float, z: float, wide: float, long: float | None = None, *,
        turn: float = 0.0, tone: float = 1.0,
    ) -> None:  # fmt: skip
        """One of ``NAMES`` with its middle at x, y; ``wide`` along x and ``long`` along y (m) before it is turned."""
        cell = NAMES.index(name)
        u0, v0 = cell % 4 / 4.0 + 0.002, 1.0 - (cell // 4 + 1) / 4.0 + 0.002
        a = np.array((np.cos(turn), np.sin(turn), 0.0)) * wide / 2
        b = np.array((-np.sin(turn), np.cos(turn), 0.0)) * (wide if long is None else long) / 2
        at = np.array((x, y, z + LIFT_M))
        s = 0.246
        uvs = [[u0, v0], [u0 + s, v0], [u0 + s, v0 + s], [u0, v0 + s]]
        self._quads.add([at - a - b, at + a - b, at + a + b, at - a + b], [uvs], (tone, tone, tone))


def lay(parts: Parts, town: Town) -> None:
    """All marks on the streets that are seen well."""
    rng = np.random.default_rng(SEED)
    marks = Marks(parts["marks"])
    _around_trees(marks, town, rng)
    for row, reach in ((0, 120.0), (1, 110.0), (-1, 60.0)):
        _along(marks, rng, MAIN_Y0 + PITCH_Y * row, MAIN_ROAD / 2, -reach, reach, True)
    for column in (0, -1):
        x = SIDE_X0 + PITCH_X * column
        _along(marks, rng, x, SIDE_ROAD / 2, 24.0, 72.0, False)
        _along(marks, rng, x, SIDE_ROAD / 2, -50.0, -8.0, False)
    _before_the_tower(marks, rng)


def _around_trees(marks: Marks, town: Town, rng: np.random.Generator) -> None:
    for x, y, _, z in town.trees:
        in_street = (
            min(abs(abs((y - MAIN_Y0 + PITCH_Y / 2) % PITCH_Y - PITCH_Y / 2) - MAIN_ROAD / 2 - 0.9), 9.0)
            < 0.05
        )
        if not in_street or np.hypot(x, y) > 140.0:
            continue
        marks.put("grate" if y < MAIN_Y0 + 20.0 else "pit", x, y, z, GRATE_M)
        if np.hypot(x, y) < 60.0:
            side = np.sign(y - (MAIN_Y0 + PITCH_Y * round((y - MAIN_Y0) / PITCH_Y)))
            for _ in range(2):
                kind = "leaves" if rng.uniform() < 0.5 else "leaves too"
                marks.put(
                    kind,
                    x + rng.normal(0, 1.2),
                    y + side * rng.uniform(0.9, 1.8),
                    z,
                    1.7,
                    turn=rng.uniform(0, 6),
                )
            marks.put("leaves", x + rng.normal(0, 1.0), y - side * 1.25, 0.0, 2.2, 0.55, turn=0.0)


def _along(
    marks: Marks, rng: np.random.Generator, middle: float, half: float, start: float, end: float, main: bool
) -> None:
    """One street from ``start`` to ``end``: along x (main) or y, its middle at ``middle`` on the other axis, m."""

    def put(name: str, along: float, across: float, z: float, wide: float, long: float, **how: float) -> None:
        if main:
            marks.put(name, along, middle + across, z, wide, long, **how)
        else:
            marks.put(name, middle + across, along, z, long, wide, **how)

    def junction(at: float) -> bool:
        step, first = (PITCH_X, SIDE_X0) if main else (PITCH_Y, MAIN_Y0)
        return abs((at - first + step / 2) % step - step / 2) < 13.0

    length = end - start
    for side in (-1.0, 1.0):
        for at in np.arange(start + 6.0, end, 23.0):
            if not junction(at):
                put("drain", float(at), side * (half - 0.30), 0.0, 0.52, 0.52)
        for _ in range(int(length / 13)):
            at = float(rng.uniform(start, end))
            if not junction(at):
                put(
                    "oil",
                    at,
                    side * (half - 1.3 + rng.normal(0, 0.2)),
                    0.0,
                    1.5,
                    1.2,
                    tone=rng.uniform(0.8, 1.2),
                )
        for _ in range(int(length / 17)):
            at = float(rng.uniform(start, end))
            if not junction(at):
                put("plates", at, side * (half + rng.uniform(1.9, 2.9)), KERB, 1.1, 1.1)
        for _ in range(int(length / 15)):
            at, wide = float(rng.uniform(start, end)), float(rng.choice([1.0, 1.5, 2.0]))
            if not junction(at):
                put("slabs", at, side * (half + 2.3), KERB, wide, wide, tone=rng.uniform(0.82, 1.0))
        for _ in range(int(length / 12)):
            put(
                "stain", float(rng.uniform(start, end)), side * (half + rng.uniform(1.2, 3.4)), KERB, 2.2, 1.8
            )
    for _ in range(int(length / 15)):
        put("cover", float(rng.uniform(start, end)), float(rng.choice([-1.6, 0.4, 1.6])), 0.0, 0.82, 0.82)
    for _ in range(int(length / 16)):
        wide, long = rng.uniform(1.2, 4.5), rng.uniform(0.9, 1.8)
        across = rng.uniform(-half + 2.8, half - 2.8)
        put("patch", float(rng.uniform(start, end)), across, 0.0, wide, long, tone=rng.uniform(0.85, 1.1))
    for _ in range(int(length / 30)):
        along, across = float(rng.uniform(start, end)), middle + rng.uniform(-1.0, 1.0)
        x, y = (along, across) if main else (across, along)
        turn, tone = np.pi / 2 if main else 0.0, rng.uniform(0.9, 1.1)
        marks.put("trench", x, y, 0.0, half * 1.2, 0.9, turn=turn, tone=tone)
    for _ in range(int(length / 24)):
        put(
            "cracks",
            float(rng.uniform(start, end)),
            rng.uniform(-half + 1.5, half - 1.5),
            0.0,
            2.4,
            2.4,
            turn=rng.uniform(0, 6),
        )
    if main:
        for side in (-1.0, 1.0):
            for junction_x in (SIDE_X0 - PITCH_X, SIDE_X0):
                # traffic keeps to the right: towards +x on the side of -y
                marks.put(
                    "arrow",
                    junction_x + side * 15.5,
                    middle + side * 1.6,
                    0.0,
                    1.3,
                    3.6,
                    turn=side * np.pi / 2,
                )


def _before_the_tower(marks: Marks, rng: np.random.Generator) -> None:
    """Where one stands at the first step, and looks down on from the first floors."""
    kerb = MAIN_Y0 - MAIN_ROAD / 2
    wall = MAIN_Y0 - MAIN_WIDE / 2
    for _ in range(16):
        marks.put(
            "gum", rng.uniform(-9, 9), rng.uniform(wall + 0.8, kerb - 0.9), KERB, 1.1, turn=rng.uniform(0, 6)
        )
    for x, y in ((-2.4, kerb - 1.3), (3.3, kerb - 2.2)):
        marks.put("valves", x, y, KERB, 0.55)
    marks.put("plates", 1.25, kerb - 1.55, KERB, 0.9)
    marks.put("slabs", -1.0, kerb - 2.5, KERB, 1.0, tone=0.9)
    for x, wide in ((-1.2, 1.7), (4.6, 1.5), (-6.8, 1.6)):
        marks.put("leaves", x, kerb - 0.75, KERB, wide, turn=rng.uniform(0, 6))
        marks.put("leaves too", x + 1.6, kerb + 0.30, 0.0, 1.8, 0.5)
    marks.put("patch", 1.4, kerb + 3.0, 0.0, 2.6, 1.3, tone=0.95)
    marks.put("oil", -0.4, kerb + 1.3, 0.0, 1.6)
    marks.put("oil", 5.6, kerb + 1.1, 0.0, 1.4)
