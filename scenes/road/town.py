"""The quiet street and the crossroads as stretches of road. Used by the script that makes them, not while they are
shown; lanes and entrances are where ``route.py`` says."""

from __future__ import annotations

import numpy as np

from scenes.kit.quads import linear
from scenes.kit.roads import KERB_M, WHITE, Colour, Run
from scenes.road import houses, verges
from scenes.road.places import PIECE_M
from scenes.road.route import JUNCTION_Y, PERIOD_M, PLACES, STOP_M

GRASS: Colour = (0.74, 0.78, 0.70)
Parked = list[tuple[float, float, float]]
"""x, y, heading (degrees) of cars that stand at the kerb."""


def street() -> tuple[Run, Parked]:
    """A quiet street with houses; cars stand at both kerbs."""
    run = Run(PERIOD_M, PIECE_M, 41)
    rng = run.rng
    run.carriageway(-5.5, 5.5, (-1.6, 1.6))
    run.patches(-5.0, 5.0, 26)
    run.dashes(0.0, 1.5, 6.0, 0.10)
    for side in (-1, 1):
        run.kerb(side * 5.5, side)
        lo, hi = sorted((side * 5.64, side * 7.9))
        run.flat("pave", lo, hi, KERB_M, metres=4.0, tint=(0.92, 0.91, 0.90), vary=0.03)
        lo, hi = sorted((side * 7.9, side * 30.0))
        run.flat("grass", lo, hi, 0.06, tint=GRASS, vary=0.06, step_m=20.0)
        lo, hi = sorted((side * 30.0, side * 200.0))
        run.flat("grass", lo, hi, 0.0, metres=7.0, tint=(0.6, 0.66, 0.52), vary=0.1)
    ambulance = PLACES["residential"].ambulance or (0.0, 0.0)
    parked: Parked = []
    for side in (-1, 1):
        y = 0.0
        while y < PERIOD_M - 8.0:
            wide = float(rng.uniform(13.5, 19.0))
            wide = min(wide, PERIOD_M - y)
            middle = y + wide / 2
            drive = None
            if side > 0:
                gates = [g for g in run.every(50.0, 25.0) if y <= g < y + wide]
                drive = gates[0] if gates else None
            gate = (
                (drive - 2.2, drive + 2.2)
                if drive is not None
                else (middle + wide * 0.22, middle + wide * 0.22 + 1.2)
            )
            gate = (max(gate[0], y + 0.2), min(gate[1], y + wide - 0.2))
            front = side * float(rng.uniform(12.0, 14.5))
            gap = 2.6 if drive is None else 5.6
            body = wide - gap
            at = y + body / 2 + 0.6
            if drive is not None:
                # the house leaves the way in free
                at = y + body / 2 + 0.2 if drive > middle else y + wide - body / 2 - 0.2
                lo, hi = gate
                run.at(drive)["pave"].rect(
                    (7.9, lo, 0.075),
                    (side * 14.0, 0, 0),
                    (0, hi - lo, 0),
                    tint=(0.86, 0.84, 0.80),
                    metres=4.0,
                )
            houses.house(
                run,
                side,
                front,
                at,
                max(7.0, body),
                float(rng.uniform(8.0, 10.0)),
                int(rng.choice([1, 2, 2, 2])),
            )
            houses.garden(run, side, side * 7.9, front, y, y + wide, gate)
            y += wide
        for _ in range(70):
            run.tree(
                side * float(rng.uniform(27.0, 48.0)),
                float(rng.uniform(0, PERIOD_M)),
                float(rng.uniform(7.0, 13.0)),
                ("oak", "maple", "birch", "spruce")[rng.integers(4)],
                cards=2,
            )
        for y in np.arange(3.0, PERIOD_M - 4.0, 6.3):
            away = [abs((y - g + 25.0) % 50.0 - 25.0) for g in (25.0,)] if side > 0 else [99.0]
            stands = side > 0 and abs(y - ambulance[1]) < 12.0
            # nobody stands where the own car is parked, nor before and behind it too near
            own = side > 0 and (y < 9.0 or y > PERIOD_M - 8.0)
            own = own or (side > 0 and abs(y - 27.0) < 9.0)
            if away[0] > 6.2 and not stands and not own and rng.uniform() < 0.62:
                parked.append((side * 4.40, float(y), 0.0 if side > 0 else 180.0))
        for y in run.every(23.0, 9.0 if side > 0 else 14.0):
            gate_near = side > 0 and abs((y - 25.0 + 25.0) % 50.0 - 25.0) < 4.0
            if rng.uniform() < 0.30 and not gate_near:
                verges.bins(run, side * 6.45, y, KERB_M, side)
        verges.drains(run, side * 5.46, side, 25.0, 6.0 if side > 0 else 17.0)
        verges.tufts(run, *sorted((side * 7.86, side * 8.15)), 110, (0.08, 0.26), lambda x: 0.08)
    for y in (4.0, 404.0):
        run.sign(0, 7.2, y + 60.0)
        run.sign(0, -7.2, y + 190.0, back=True)
    run.lamps(-6.1, 40.0, 10.0, 6.2, 1.2)
    run.lamps(6.1, 40.0, 10.0, 6.2, -1.2)
    return run, parked


def crossroads() -> tuple[Run, Parked]:
    run = Run(PERIOD_M, PIECE_M, 43)
    rng = run.rng
    run.carriageway(-3.6, 3.6, (-1.75, 1.75))
    run.carriageway(3.6, 6.8, ())
    run.patches(-3.2, 6.4, 22)
    y = JUNCTION_Y
    run.line(-3.4, 0.12)
    for _, a, b in run.spans():
        for at in np.arange(a, b, 6.0):
            if abs(at - y) > 14.0:
                run.mark(-0.06, 0.06, at, at + 2.0)
                run.mark(3.36, 3.48, at, at + 1.0)
        # no overtaking before and after the crossroads
        for c, d in ((y - 26.0, y - STOP_M), (y + STOP_M, y + 26.0)):
            c, d = max(a, c), min(b, d)
            if d - c > 0.5:
                run.mark(-0.07, 0.07, c, d)
    for side in (-1, 1):
        kerb = 6.8 if side > 0 else 3.6
        run.kerb(side * kerb, side)
        lo, hi = sorted((side * (kerb + 0.14), side * (kerb + 2.2)))
        run.flat("pave", lo, hi, KERB_M, tint=(0.9, 0.89, 0.88), vary=0.03)
        lo, hi = sorted((side * (kerb + 2.2), side * 34.0))
        run.flat("grass", lo, hi, 0.08, tint=GRASS, vary=0.06, step_m=25.0)
        lo, hi = sorted((side * 34.0, side * 300.0))
        run.flat("grass", lo, hi, 0.0, metres=8.0, tint=(0.66, 0.72, 0.56), vary=0.1)
        at = 0.0
        while at < PERIOD_M - 10.0:
            wide = float(rng.uniform(16.0, 26.0))
            middle = at + wide / 2
            if abs(middle - y) > 24.0 and rng.uniform() < 0.62:
                front = side * float(rng.uniform(kerb + 9.0, kerb + 13.0))
                gates = [g for g in run.every(50.0, 25.0) if at <= g < at + wide] if side > 0 else []
                gate = (gates[0] - 2.3, gates[0] + 2.3) if gates else None
                houses.house(
                    run,
                    side,
                    front,
                    middle,
                    float(rng.uniform(9.0, 13.0)),
                    float(rng.uniform(8.5, 11.0)),
                    int(rng.choice([1, 2, 2])),
                )
                houses.garden(run, side, side * (kerb + 2.2), front, at, at + wide, gate)
            elif abs(middle - y) > 20.0:
                for _ in range(5):
                    run.tree(
                        side * float(rng.uniform(kerb + 4.0, 26.0)),
                        at + float(rng.uniform(0, wide)),
                        float(rng.uniform(5.0, 11.0)),
                        ("oak", "maple", "birch")[rng.integers(3)],
                    )
            at += wide
        for _ in range(90):
            tx, ty = side * float(rng.uniform(30.0, 90.0)), float(rng.uniform(0, PERIOD_M))
            if abs(ty - y) > 9.0:
                run.tree(
                    tx,
                    ty,
                    float(rng.uniform(7.0, 13.0)),
                    ("oak", "maple", "birch", "spruce")[rng.integers(4)],
                    cards=2,
                )
    for g in run.every(50.0, 25.0):
        run.at(g)["pave"].rect(
            (6.8, g - 2.0, 0.128), (16.0, 0, 0), (0, 4.0, 0), tint=(0.80, 0.78, 0.74), metres=4.0
        )
    crossing_road(run, y)
    run.lamps(-4.6, 40.0, 20.0, 8.0, 1.6)
    run.lamps(7.8, 40.0, 20.0, 8.0, -1.6)
    for side in (-1, 1):
        kerb = 6.8 if side > 0 else 3.6
        verges.drains(run, side * (kerb - 0.04), side, 40.0, 12.0 if side > 0 else 31.0)
        near = [(y - 12.0, y + 12.0)]
        verges.tufts(
            run, *sorted((side * (kerb + 2.25), side * (kerb + 4.2))), 420, (0.14, 0.42), lambda x: 0.08, near
        )
    run.sign(10, 8.3, 120.0, size=0.62, z=1.6, wide=2.6)
    run.sign(11, 8.6, y - 84.0, size=0.85, z=2.1, wide=2.6)
    run.sign(8, 7.6, y - 110.0, size=0.9)
    run.sign(1, 7.6, y - 180.0)
    run.sign(12, 8.2, y - 62.0, size=1.5, z=2.6, wide=1.2)
    return run, []


def crossing_road(run: Run, y: float) -> None:
    """The other road, its stop lines and crossings for people; it passes under everything that lies beside the own."""
    parts = run.at(y)
    rng = run.rng
    for x0, x1 in ((-220.0, -3.4), (-3.4, 6.9), (6.9, 220.0)):
        n = 20
        edges = np.linspace(y - 3.6, y + 3.6, n + 1)
        for a, b in zip(edges[:-1], edges[1:], strict=True):
            off = min(abs((a + b) / 2 - y - lane) for lane in (-1.75, 1.75))
            tone = 0.86 + 0.12 * np.exp(-(((off - 0.75) / 0.3) ** 2)) - 0.06 * np.exp(-((off / 0.28) ** 2))
            z = 0.135 if abs(x0 + x1) > 10 else 0.003
            parts["asphalt"].rect(
                (x0, a, z),
                (x1 - x0, 0, 0),
                (0, b - a, 0),
                tint=(tone,) * 3,
                metres=8.0,
                shift=(x0 / 8, a / 8),
            )
    for side in (-1, 1):
        edge = 6.8 if side > 0 else 3.6
        for x in np.arange(9.0, 120.0, 6.0):
            parts["marks"].rect(
                (side * (x + edge), y - 0.06, 0.145),
                (side * 2.0, 0, 0) if side > 0 else (2.0, 0, 0),
                (0, 0.12, 0),
                tint=WHITE,
                metres=2.0,
            )
        a = y - 3.4 if side > 0 else y
        parts["marks"].rect(
            (side * (edge + 4.6) - 0.2, y if side > 0 else a - 3.4, 0.146),
            (0.4, 0, 0),
            (0, 3.4, 0),
            tint=WHITE,
            metres=2.0,
        )
        for kerb_y, way in ((y - 3.6, -1), (y + 3.6, 1)):
            x0, x1 = sorted((side * (edge + 2.4), side * 120.0))
            low_y = kerb_y if way > 0 else kerb_y - 1.8
            parts["pave"].rect(
                (x0, low_y, 0.20), (x1 - x0, 0, 0), (0, 1.8, 0), tint=(0.88, 0.87, 0.86), metres=4.0
            )
            parts["plain"].boxes(
                (x0, min(kerb_y, kerb_y + way * 0.14), 0.10),
                (x1, max(kerb_y, kerb_y + way * 0.14), 0.205),
                tint=linear((0.62, 0.61, 0.59)),
                metres=None,
                sides="xXyYZ",
            )
        for x in np.arange(20.0, 170.0, 8.5):
            for way in (-1, 1):
                if rng.uniform() < 0.7:
                    run.tree(
                        side * (x + float(rng.uniform(-2, 2))),
                        y + way * float(rng.uniform(7.0, 11.0)),
                        float(rng.uniform(5.0, 11.0)),
                        ("oak", "maple", "birch")[rng.integers(3)],
                    )
    run.mark(0.15, 3.4, y - STOP_M - 0.25, y - STOP_M + 0.25, 0.011)
    run.mark(-3.4, -0.15, y + STOP_M - 0.25, y + STOP_M + 0.25, 0.011)
    for at in (y - 6.4, y + 4.4):
        for x in np.arange(-3.0, 3.2, 1.0):
            run.mark(x, x + 0.5, at, at + 2.0, 0.011)
