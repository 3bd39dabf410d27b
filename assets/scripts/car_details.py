"""What makes the car's inside somebody's: seams and piping, mats, pedals, and the small things that lie about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from car_shapes import Array, Colour, Parts, about, chip, grid, rounded, smooth, tube, turned

from scenes.road import cabin
from vr_runtime.stage.mesh import Mesh

THREAD = (0.44, 0.43, 0.40)
SHADOW = (0.030, 0.030, 0.032)
SEAM = (0.085, 0.086, 0.088)
MAT = (0.105, 0.104, 0.103)
BINDING = (0.27, 0.265, 0.25)
HEEL = (0.030, 0.030, 0.031)
RUBBER = (0.022, 0.022, 0.023)


def upright(mesh: Mesh) -> Mesh:
    """A body turned about y, stood up: y becomes z."""
    m = np.eye(4)
    m[:3, :3] = about("x", np.pi / 2)
    return mesh.transformed(m)


def dashed(line: Array, radius: float, seen: Colour, gap: Colour) -> Mesh:
    """A row of stitches: a thin tube that changes its colour every other piece."""
    made = tube(line, radius, 3, caps=False)
    rows = len(line)
    shades = np.where((np.arange(rows) % 4 < 3)[:, None], np.asarray(seen), np.asarray(gap))
    return replace(made, tint=np.repeat(shades, len(made.positions) // rows, axis=0))


def stitched(parts: Parts, line: Array, radius: float = 0.0014) -> None:
    parts.by.setdefault("cloth", []).append(dashed(line, radius, THREAD, SHADOW))


class Pad:
    """The front of a cushion as ``car_shapes.soft`` makes it: where its surface is over (a, b), each -1 to 1."""

    def __init__(self, size: Sequence[float], centre: Sequence[float], power: float, turn: Array) -> None:
        self._half, self._centre = np.asarray(size) / 2, np.asarray(centre)
        self._power, self._turn = power, turn

    def at(self, a: Array, b: Array, axis: int, way: float, lift: float = 0.0) -> Array:
        """Points (n, 3) on the side that looks along ``axis`` (1 or 2), ``way`` -1 or 1."""
        p = self._power
        # rows and columns of the superellipsoid share one power
        high = np.clip(1.0 - np.abs(a) ** p - np.abs(b) ** p, 0.0, 1.0) ** (1.0 / p)
        local = np.zeros((len(a), 3))
        other = 3 - axis
        local[:, 0], local[:, other], local[:, axis] = a, b, way * high
        local = local * self._half
        local[:, axis] += way * lift
        return local @ self._turn.T + self._centre


def seat_seams(parts: Parts, x: float) -> None:
    """Piping around the inserts, and quilted rows across them."""
    cushion = Pad((0.30, 0.44, 0.08), (x, 0.07, 0.535), 4.5, about("x", 0.14))
    back = Pad((0.28, 0.07, 0.54), (x, -0.248, 0.795), 4.2, about("x", 0.36))
    turn = np.linspace(0, 2 * np.pi, 44)
    c, s = np.cos(turn), np.sin(turn)
    ring_a = np.sign(c) * np.abs(c) ** 0.42
    ring_b = np.sign(s) * np.abs(s) ** 0.42
    for pad, axis, way in ((cushion, 2, 1.0), (back, 1, 1.0)):
        parts.add(
            "cloth", tube(pad.at(0.955 * ring_a, 0.955 * ring_b, axis, way, 0.0), 0.0030, 4, caps=False), SEAM
        )
        stitched(parts, pad.at(0.90 * ring_a, 0.90 * ring_b, axis, way, 0.0006))
        across = np.linspace(-0.86, 0.86, 15)
        for b in np.linspace(-0.66, 0.66, 5):
            at = np.full(15, b)
            parts.add("cloth", tube(pad.at(across, at, axis, way, -0.0012), 0.0024, 3, caps=False), SEAM)


def mat(parts: Parts, x: float, pedals: bool) -> None:
    """A carpet mat with a bound edge, a little crooked, trodden at the heels."""
    turn = about("z", 0.03 if pedals else -0.02)
    y = 0.555
    rows = np.linspace(-0.26, 0.26, 18)
    columns = np.linspace(-0.205, 0.205, 14)
    rng = np.random.default_rng(5 if pedals else 6)
    wave = 0.002 * rng.standard_normal((18, 14))
    points = np.array([[(a, b, 0.0) for a in columns] for b in rows]) @ turn.T + (x, y, 0.299)
    points[..., 2] += wave
    sheet = grid(points)
    a = (sheet.positions[:, 0] - x) / 0.205
    b = (sheet.positions[:, 1] - y) / 0.26
    # grit that shoes brought in lies where the feet are
    worn = np.exp(-(((b - 0.25) / 0.45) ** 2) - (a / 0.55) ** 2) * rng.uniform(0.2, 1.0, len(a))
    tint = np.asarray(MAT) + worn[:, None] * np.array((0.085, 0.075, 0.058))
    parts.by.setdefault("cloth", []).append(replace(sheet, tint=np.clip(tint, 0, 1)))
    edge = np.array(
        [(-0.205, -0.26, 0), (0.205, -0.26, 0), (0.205, 0.26, 0), (-0.205, 0.26, 0), (-0.205, -0.26, 0)]
    )
    ring = np.concatenate([np.linspace(p, q, 8)[:-1] for p, q in zip(edge[:-1], edge[1:], strict=True)])
    ring = np.concatenate([ring, ring[:1]]) @ turn.T + (x, y, 0.301)
    parts.add("cloth", tube(ring, 0.006, 6, caps=False), BINDING)
    if pedals:
        parts.add(
            "plastic", rounded((0.20, 0.15, 0.006), (x + 0.06, y - 0.02, 0.303), 0.0025, cell=0.2), HEEL
        )
        for k in range(6):
            parts.add(
                "plastic",
                chip((0.18, 0.006, 0.004), (x + 0.06, y - 0.08 + 0.024 * k, 0.3065)),
                (0.055, 0.055, 0.055),
            )


def pedals(parts: Parts) -> None:
    """Plates of metal with rubber ribs, and a rest for the left foot."""
    for x, wide, high in ((-0.22, 0.055, 0.13), (-0.345, 0.085, 0.07), (-0.47, 0.075, 0.065)):
        y = 0.76 if high < 0.1 else 0.79
        turn = about("x", -0.55)
        at = np.array((x, y, 0.43))
        parts.add("gloss", rounded((wide, 0.012, high), at, 0.005, turn=turn), (0.50, 0.50, 0.51))
        for k in range(4):
            off = turn @ np.array((0.0, -0.0075, (k - 1.5) * high / 4.4))
            parts.add(
                "plastic",
                rounded((wide * 0.82, 0.005, high / 9.0), at + off, 0.002, cell=1.0, around=2, turn=turn),
                RUBBER,
            )
        parts.add("gloss", tube([(x, y + 0.02, 0.43), (x, y + 0.16, 0.60)], 0.008, 8), (0.16, 0.16, 0.16))
    rest = about("x", -0.62)
    parts.add(
        "plastic", rounded((0.085, 0.014, 0.21), (-0.60, 0.80, 0.40), 0.006, turn=rest), (0.045, 0.045, 0.046)
    )
    for k in range(5):
        off = rest @ np.array((0.0, -0.009, (k - 2) * 0.036))
        parts.add(
            "plastic",
            rounded(
                (0.070, 0.005, 0.012),
                np.array((-0.60, 0.80, 0.40)) + off,
                0.002,
                cell=1.0,
                around=2,
                turn=rest,
            ),
            (0.09, 0.09, 0.09),
        )


def bottle(parts: Parts) -> None:
    """A half-empty bottle of water in the front holder."""

    def body(profile: list[tuple[float, float]], colour: Colour) -> None:
        parts.add("gloss", upright(turned(profile, 18)).moved(-0.045, 0.245, 0.575), colour)

    body([(0.0, 0.002), (0.028, 0.0), (0.031, 0.006), (0.031, 0.045), (0.030, 0.050)], (0.40, 0.46, 0.49))
    body(
        [(0.030, 0.050), (0.0312, 0.052), (0.0312, 0.066), (0.0312, 0.066), (0.0312, 0.082)],
        (0.06, 0.17, 0.36),
    )
    body([(0.0312, 0.082), (0.0312, 0.116), (0.030, 0.118)], (0.62, 0.63, 0.62))
    body(
        [(0.030, 0.118), (0.031, 0.126), (0.0305, 0.150), (0.027, 0.170), (0.018, 0.188), (0.0125, 0.196)],
        (0.52, 0.56, 0.58),
    )
    body(
        [(0.0125, 0.196), (0.0145, 0.197), (0.0150, 0.212), (0.0135, 0.2145), (0.0, 0.215)],
        (0.07, 0.20, 0.44),
    )


def cup(parts: Parts) -> None:
    """A paper cup with a lid in the holder behind it."""

    def body(material: str, profile: list[tuple[float, float]], colour: Colour) -> None:
        parts.add(material, upright(turned(profile, 20)).moved(-0.045, 0.155, 0.575), colour)

    body("plastic", [(0.0, 0.0), (0.027, 0.0), (0.0365, 0.092)], (0.60, 0.57, 0.50))
    body("plastic", [(0.0312, 0.030), (0.0348, 0.064)], (0.22, 0.13, 0.075))
    body(
        "gloss",
        [
            (0.0365, 0.092),
            (0.0395, 0.093),
            (0.0395, 0.099),
            (0.0355, 0.104),
            (0.034, 0.104),
            (0.034, 0.101),
            (0.0, 0.101),
        ],
        (0.045, 0.042, 0.040),
    )


def coins(parts: Parts) -> None:
    gold, silver, copper = (0.46, 0.34, 0.13), (0.46, 0.46, 0.45), (0.34, 0.15, 0.07)
    for x, y, r, colour in (
        (0.066, 0.300, 0.0128, silver),
        (0.078, 0.322, 0.0118, gold),
        (0.058, 0.330, 0.0096, copper),
        (0.080, 0.286, 0.0094, copper),
        (0.060, 0.315, 0.0111, gold),
    ):
        lift = 0.602 + (0.002 if colour == gold and r < 0.0115 else 0.0)
        made = turned([(0.0, 0.0022), (r * 0.93, 0.0022), (r, 0.0016), (r, 0.0)][::-1], 18)
        parts.add("gloss", upright(made).moved(x, y, lift), colour)


def telephone(parts: Parts) -> None:
    """It charges: its cable comes out under the keys of the heating."""
    turn = about("z", 0.32) @ about("x", 0.17)
    at = np.array((0.034, 0.535, 0.648))
    parts.add(
        "gloss", rounded((0.073, 0.148, 0.0085), at, 0.0038, cell=0.05, turn=turn), (0.014, 0.014, 0.016)
    )
    foot = at + turn @ np.array((0.0, -0.074, 0.0))
    line = smooth(
        [
            (-0.075, 0.585, 0.672),
            (-0.082, 0.548, 0.648),
            (-0.070, 0.475, 0.633),
            (-0.020, 0.438, 0.632),
            (0.030, 0.432, 0.634),
            tuple(foot + (0.004, -0.012, 0.001)),
            tuple(foot),
        ],
        40,
    )
    parts.add("plastic", tube(line, 0.0019, 6), (0.60, 0.60, 0.58))
    parts.add(
        "plastic",
        rounded((0.010, 0.018, 0.006), foot + (0.0, -0.008, 0.0), 0.002, cell=1.0, around=2),
        (0.60, 0.60, 0.58),
    )


def parking_disc(parts: Parts) -> None:
    """On the dashboard behind the windscreen: a blue card with a window that shows the hour."""
    at = np.array((0.50, 0.895, 0.9800))
    turn = about("z", -0.16)

    def put(mesh: Mesh, off: tuple[float, float, float], colour: Colour) -> None:
        m = np.eye(4)
        m[:3, :3] = turn
        parts.add("plastic", mesh.transformed(m).moved(*(at + turn @ np.array(off))), colour)

    put(chip((0.112, 0.150, 0.0016), (0, 0, 0)), (0, 0, 0.0), (0.035, 0.115, 0.36))
    put(chip((0.098, 0.136, 0.0006), (0, 0, 0)), (0, 0, 0.0009), (0.045, 0.14, 0.42))
    half = upright(turned([(0.0, 0.0012), (0.043, 0.0012), (0.043, 0.0)][::-1], 30))
    put(half, (0, -0.012, 0.0008), (0.72, 0.72, 0.69))
    for k in range(12):
        a = 2 * np.pi * k / 12
        m = about("z", a)
        made = chip((0.0022, 0.011, 0.0006), (0, 0, 0), m)
        put(made, (-0.034 * np.sin(a), -0.012 + 0.034 * np.cos(a), 0.0023), (0.03, 0.03, 0.04))
    put(chip((0.030, 0.004, 0.0006), (0, 0, 0)), (0, 0.052, 0.0014), (0.72, 0.72, 0.69))
    put(chip((0.004, 0.030, 0.0006), (0, 0, 0), about("z", 0.9)), (0.004, -0.006, 0.0026), (0.40, 0.04, 0.03))


def papers(parts: Parts) -> None:
    """In the pockets of the doors, and a folded map beside the passenger's knee."""
    for side, arm in ((-1.0, 0.02), (1.0, 0.02)):
        for k, (tone, off) in enumerate(
            (((0.56, 0.55, 0.50), 0.0), ((0.50, 0.28, 0.20), 0.05), ((0.20, 0.30, 0.38), -0.10))
        ):
            if side > 0 and k == 2:
                continue
            parts.add(
                "plastic",
                rounded(
                    (0.006, 0.155, 0.13),
                    (side * (0.683 - 0.006 * k), arm + 0.10 + off, 0.425 + 0.012 * k),
                    0.0015,
                    cell=0.3,
                    around=2,
                    turn=about("x", 0.06 * (k - 1)),
                ),
                tone,
            )


def build(parts: Parts) -> None:
    for x in (-cabin.SEAT_X, cabin.SEAT_X):
        seat_seams(parts, x)
    mat(parts, -0.36, True)
    mat(parts, 0.36, False)
    for make in (pedals, bottle, cup, coins, telephone, parking_disc, papers):
        make(parts)
