"""Country road, motorway and tunnel as stretches of road. Used by the script that makes them, not while they are
shown; lanes and entrances are where ``route.py`` says."""

from __future__ import annotations

import numpy as np

from scenes.kit.quads import linear
from scenes.kit.roads import CONCRETE, KERB_M, STEEL, Colour, Run
from scenes.road import verges
from scenes.road.places import PIECE_M
from scenes.road.route import PERIOD_M
from scenes.road.town import GRASS, Parked

FIELDS: tuple[Colour, ...] = (
    (0.86, 0.90, 0.70),
    (1.0, 0.92, 0.66),
    (0.72, 0.80, 0.62),
    (0.62, 0.52, 0.42),
    (0.90, 0.96, 0.74),
)


def fields(run: Run, from_m: float) -> None:
    """Land beside the road out to where the air takes it: strips of crops, hedges and woods between them."""
    rng = run.rng
    for side in (-1, 1):
        for y in run.every(100.0):
            for a, b in ((from_m, 60.0), (60.0, 150.0), (150.0, 420.0)):
                tint = np.array(FIELDS[rng.integers(len(FIELDS))]) * rng.uniform(0.85, 1.0)
                x0, x1 = sorted((side * a, side * b))
                size = 4.0 if a < 50 else 9.0
                run.at(y)["grass"].rect(
                    (x0, y, -0.05),
                    (x1 - x0, 0, 0),
                    (0, 100.0, 0),
                    tint=tint,
                    metres=size,
                    shift=(x0 / size, y / size),
                )
        for _ in range(46):
            x, y = side * float(rng.uniform(58.0, 64.0)), float(rng.uniform(0, PERIOD_M))
            run.tree(x, y, float(rng.uniform(4.0, 9.0)), ("oak", "maple", "bush")[rng.integers(3)], cards=2)
        for _ in range(60):
            middle, spread = float(rng.uniform(0, PERIOD_M)), 30.0
            x, y = (
                side * float(rng.uniform(145.0, 190.0)),
                (middle + float(rng.uniform(-spread, spread))) % PERIOD_M,
            )
            run.tree(
                x,
                y,
                float(rng.uniform(9.0, 16.0)),
                ("oak", "spruce", "maple", "oak")[rng.integers(4)],
                cards=2,
            )


def country() -> tuple[Run, Parked]:
    run = Run(PERIOD_M, PIECE_M, 42)
    rng = run.rng
    run.carriageway(-3.9, 3.9, (-1.75, 1.75))
    run.patches(-3.4, 3.4, 18)
    run.dashes(0.0, 3.0, 9.0, 0.12)
    for side in (-1, 1):
        run.line(side * 3.45, 0.14)
        for a, b, za, zb, tint in (
            (3.9, 4.5, -0.01, -0.04, (0.74, 0.66, 0.52)),
            (4.5, 6.6, -0.04, -0.06, GRASS),
            (6.6, 7.6, -0.06, -0.55, (0.66, 0.74, 0.58)),
            (7.6, 8.8, -0.55, -0.04, (0.72, 0.80, 0.62)),
            (8.8, 11.0, -0.04, -0.04, GRASS),
        ):
            x = (side * a, side * b) if side > 0 else (side * b, side * a)
            run.flat(
                "grass", *x, (za, zb) if side > 0 else (zb, za), metres=3.0, tint=tint, vary=0.08, step_m=25.0
            )
        run.reflectors(side * 4.7, 50.0, 5.0 if side > 0 else 25.0)
        for y in run.every(25.0):
            if rng.uniform() < 0.62:
                gate = side > 0 and abs((y - 50.0 + 50.0) % 100.0 - 50.0) < 9.0
                if not gate:
                    run.tree(
                        side * float(rng.uniform(9.2, 11.5)),
                        y + float(rng.uniform(-5, 5)),
                        float(rng.uniform(7.5, 13.5)),
                        ("oak", "maple", "birch", "oak")[rng.integers(4)],
                    )
        for y in run.every(50.0):
            if rng.uniform() < 0.55:
                y0, y1 = y + 2.0, y + 48.0
                if side > 0 and any(y0 < g + 5 and y1 > g - 5 for g in run.every(100.0, 50.0)):
                    y0 = y + 8.0 if abs((y % 100.0) - 50.0) < 1 else y + 2.0
                    y1 = y + 42.0 if abs(y % 100.0) < 1 else y + 48.0
                a = y0
                while a < y1 - 2.0:
                    # here lower, there higher, now and then a gap
                    b = min(y1, a + float(rng.uniform(5.0, 14.0)))
                    run.hedge(
                        side * 10.2 + float(rng.uniform(-0.2, 0.2)), a, b, float(rng.uniform(1.2, 2.4)), float(rng.uniform(1.0, 1.6)), -0.05, wild=1.0
                    )  # fmt: skip
                    a = b + (float(rng.uniform(1.2, 4.0)) if rng.uniform() < 0.35 else -0.5)
            elif side < 0 or not any(y < g + 5 and y + 50.0 > g - 5 for g in run.every(100.0, 50.0)):
                verges.fence(run, side * 10.4, y + 1.0, y + 49.0, -0.04)
        for _ in range(60):
            run.tree(
                side * float(rng.uniform(4.6, 9.5)),
                float(rng.uniform(0, PERIOD_M)),
                float(rng.uniform(0.25, 0.8)),
                "bush",
                -0.15,
                2,
            )
        tracks = [(g - 3.0, g + 3.0) for g in run.every(100.0, 50.0)] if side > 0 else []
        verges.tufts(run, *sorted((side * 4.6, side * 6.4)), 900, (0.16, 0.42), lambda x: -0.05, tracks)
        verges.tufts(
            run,
            *sorted((side * 6.7, side * 9.6)),
            1100,
            (0.30, 0.75),
            lambda x: -0.30 if abs(x) < 8.6 else -0.06,
            tracks,
        )
    verges.cables(run, -12.6, 50.0, 21.0)
    fields(run, 11.0)
    # farm tracks on the right, and the lay-by where an ambulance can stand
    for y in run.every(100.0, 50.0):
        run.at(y)["pave"].rect(
            (3.9, y - 2.0, 0.0), (22.0, 0, 0), (0, 4.0, 0), tint=(0.62, 0.56, 0.47), metres=4.0
        )
        run.box("plain", (9.4, y - 2.5, 0.0), (9.6, y - 2.3, 1.2), linear((0.42, 0.34, 0.26)))
        run.box("plain", (9.4, y + 2.3, 0.0), (9.6, y + 2.5, 1.2), linear((0.42, 0.34, 0.26)))
    run.at(300.0)["pave"].rect(
        (3.9, 284.0, 0.005), (3.0, 0, 0), (0, 34.0, 0), tint=(0.60, 0.57, 0.52), metres=4.0
    )
    run.sign(10, 6.2, 190.0, size=0.62, z=1.55, wide=2.6)
    run.sign(11, 6.3, 455.0, size=0.80, z=1.9, wide=2.6)
    run.sign(3, 5.4, 120.0)
    run.sign(7, 5.4, 520.0, size=0.7)
    run.sign(3, -5.4, 700.0, back=True)
    return run, []


def motorway() -> tuple[Run, Parked]:
    run = Run(PERIOD_M, PIECE_M, 44)
    rng = run.rng
    for side in (-1, 1):
        lanes = [side * x for x in (3.5, 7.0, 10.5)]
        run.carriageway(*sorted((side * 1.1, side * 15.4)), lanes)  # type: ignore[misc]
        run.line(side * 1.75, 0.2)
        run.line(side * 12.35, 0.22)
        for x in (5.25, 8.75):
            run.dashes(side * x, 3.0, 13.0 if PERIOD_M % 13.0 == 0 else 12.5, 0.15)
        run.guard_rail(side * 15.9, -side)
        for a, b, za, zb in ((15.4, 18.0, -0.02, 0.0), (18.0, 30.0, 0.0, 2.4), (30.0, 60.0, 2.4, 2.4)):
            x = (side * a, side * b) if side > 0 else (side * b, side * a)
            run.flat(
                "grass",
                *x,
                (za, zb) if side > 0 else (zb, za),
                tint=(0.78, 0.84, 0.68),
                vary=0.06,
                step_m=25.0,
            )
        lo, hi = sorted((side * 60.0, side * 420.0))
        run.flat("grass", lo, hi, 1.6, metres=9.0, tint=(0.74, 0.78, 0.58), vary=0.15)
        for _ in range(190):
            x = float(rng.uniform(22.0, 56.0))
            run.tree(
                side * x,
                float(rng.uniform(0, PERIOD_M)),
                float(rng.uniform(4.0, 12.0)),
                ("oak", "maple", "spruce", "birch", "bush")[rng.integers(5)],
                min(2.4, max(0.0, (x - 18.0) * 0.2)),
                2,
            )
        for y in run.every(50.0, 10.0):
            run.box(
                "plain",
                (side * 16.4 - 0.05, y - 0.05, 0.0),
                (side * 16.4 + 0.05, y + 0.05, 0.95),
                (0.72, 0.72, 0.70),
            )
        run.sign(5, side * 17.2, 60.0, size=1.1, z=2.6, back=side < 0)
    run.flat("grass", -1.1, 1.1, 0.0, tint=(0.6, 0.62, 0.5))
    run.barrier(0.0)
    run.lamps(-0.001, 50.0, 25.0, 12.0, 2.6)
    run.lamps(0.001, 50.0, 25.0, 12.0, -2.6)
    gantry(run, 130.0)
    gantry(run, 530.0)
    bridge(run, 330.0)
    run.patches(2.0, 15.0, 12)
    return run, []


def gantry(run: Run, y: float) -> None:
    """A beam over one side of a motorway with boards of arrows."""
    for x in (0.62, 17.4):
        run.box("metal", (x - 0.2, y - 0.2, 0.0), (x + 0.2, y + 0.2, 7.6), STEEL)
    for z in (6.3, 7.5):
        run.box("metal", (0.5, y - 0.12, z), (17.5, y + 0.12, z + 0.16), STEEL, "xXyYzZ")
    for x in np.arange(1.2, 17.0, 1.35):
        run.box("metal", (x - 0.04, y - 0.05, 6.4), (x + 0.04, y + 0.05, 7.5), STEEL, "xXyY")
    run.sign(12, 5.2, y - 0.35, size=2.6, z=7.0, post=False, wide=1.35)
    run.sign(13, 10.4, y - 0.35, size=2.6, z=7.0, post=False, wide=1.35)


def bridge(run: Run, y: float) -> None:
    """A road that crosses above."""
    run.box("concrete", (-44.0, y - 5.0, 5.6), (44.0, y + 5.0, 6.9), CONCRETE, "xXyYzZ")
    run.box("concrete", (-44.0, y - 5.3, 6.6), (44.0, y - 4.95, 7.7), (0.46, 0.45, 0.43), "xXyYZz")
    run.box("concrete", (-44.0, y + 4.95, 6.6), (44.0, y + 5.3, 7.7), (0.46, 0.45, 0.43), "xXyYZz")
    for x in (-17.2, 17.2):
        for dy in (-3.0, 3.0):
            run.pole(x, y + dy, 0.0, 5.6, 0.5, (0.40, 0.39, 0.37), 12, 1.0)
    for side in (-1, 1):
        run.box(
            "grass", *_sorted3((side * 26.0, y - 6.0, 0.0), (side * 60.0, y + 6.0, 6.3)), (0.7, 0.76, 0.6)
        )
    run.at(y)["asphalt"].rect(
        (-15.4, y - 5.0, 0.006), (30.8, 0, 0), (0, 10.0, 0), tint=(0.58, 0.58, 0.58), metres=8.0
    )


def _sorted3(
    a: tuple[float, float, float], b: tuple[float, float, float]
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    return tuple(min(p) for p in zip(a, b, strict=True)), tuple(max(p) for p in zip(a, b, strict=True))  # type: ignore[return-value]


def tunnel() -> tuple[Run, Parked]:
    """A lit tube: bands of lamps without gaps, so that nothing flickers past."""
    run = Run(PERIOD_M, PIECE_M, 45)
    run.carriageway(-3.7, 3.7, (-1.75, 1.75))
    run.line(-3.5, 0.15)
    run.line(3.5, 0.15)
    run.dashes(0.0, 3.0, 12.5, 0.13)
    for side in (-1, 1):
        run.kerb(side * 3.75, side)
        lo, hi = sorted((side * 3.89, side * 4.8))
        run.flat("concrete", lo, hi, KERB_M, tint=(0.5, 0.49, 0.47))
        run.upright("concrete", side * 4.8, KERB_M, 0.95, -side, tint=(0.34, 0.34, 0.34))
        run.upright("plain", side * 4.8, 0.95, 3.3, -side, tint=(0.62, 0.60, 0.54), lean_m=0.02)
        run.upright("plain", side * 4.79, 0.95, 1.06, -side, tint=(0.16, 0.22, 0.34))
        # the vault, in straight pieces
        ring = [(4.78, 3.3), (4.45, 4.2), (3.7, 4.95), (2.5, 5.45), (1.2, 5.68), (0.0, 5.75)]
        for (xa, za), (xb, zb) in zip(ring[:-1], ring[1:], strict=True):
            run.upright("concrete", side * xa, za, zb, -side, tint=(0.40, 0.385, 0.36), lean_m=xa - xb)
        # panels' joints
        for y in run.every(4.0):
            run.box(
                "plain",
                *_sorted3((side * 4.79, y - 0.012, 0.95), (side * 4.77, y + 0.012, 3.3)),
                (0.36, 0.35, 0.32),
                "xX",
            )
        run.flat("lit", *sorted((side * 1.75, side * 2.15)), 5.27, tint=(1, 1, 1))  # type: ignore[misc]
        for parts, a, b in run.spans():
            x0, x1 = sorted((side * 1.70, side * 2.20))
            parts["metal"].boxes((x0, a, 5.26), (x1, b, 5.42), tint=(0.3, 0.3, 0.3), metres=None, sides="xX")
            parts["lit"].rect((x0 + 0.05, b, 5.255), (0.40, 0, 0), (0, a - b, 0))
        for y in run.every(100.0, 40.0):
            run.box(
                "plain",
                *_sorted3((side * 4.78, y - 1.0, 0.12), (side * 4.70, y + 1.0, 2.35)),
                (0.02, 0.16, 0.08),
                "xXyYZ",
            )
            run.box(
                "plain",
                *_sorted3((side * 4.70, y - 0.9, 0.12), (side * 4.68, y + 0.9, 2.25)),
                (0.03, 0.24, 0.12),
                "xX",
            )
            for dy in (-1.2,):
                run.sign(14, side * 4.42, y + dy, size=0.55, z=2.75, post=False)
        for y in run.every(25.0, 12.0):
            run.box(
                "lit",
                *_sorted3((side * 4.77, y - 0.06, 0.42), (side * 4.73, y + 0.06, 0.50)),
                (1, 1, 1),
                "xXyYZ",
            )
        for y in run.every(200.0, 90.0):
            fan(run, side * 0.95, y)
        for z in (4.30, 4.42):
            run.upright("metal", side * (4.38 - (z - 4.3)), z, z + 0.05, -side, tint=(0.2, 0.2, 0.2))
    run.sign(2, 4.15, 60.0, size=0.7, z=2.4, post=False)
    return run, []


def fan(run: Run, x: float, y: float) -> None:
    a = np.linspace(0, 2 * np.pi, 17)
    ring = np.stack([0.42 * np.cos(a), 0 * a, 0.42 * np.sin(a)], 1)
    quads = run.at(y)["metal"]
    low, high = ring + (x, y, 5.0 - 0.1), ring + (x, y + 2.6, 5.0 - 0.1)
    unit = ring / 0.42
    normals = np.stack([unit[:-1], unit[1:], unit[1:], unit[:-1]], 1)
    quads.add(np.stack([low[1:], low[:-1], high[:-1], high[1:]], 1), None, (0.34, 0.34, 0.35), -normals * -1)
    middle = np.tile([x, y, 4.9], (16, 1))
    quads.add(np.stack([low[:-1], low[1:], middle, middle], 1), None, (0.03, 0.03, 0.03))
