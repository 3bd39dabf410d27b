"""What people and builders leave on a front: downpipes, conditioners, flowers, blinds let down over loggias; and a café's
tables under the trees. Few quads each; drawn from a generator that the front's own place seeds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Openings, Parts, Plane
from scenes.kit.quads import Z, linear
from scenes.kit.town import KERB

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

ZINC = linear((0.50, 0.52, 0.54))
WHITE = linear((0.80, 0.80, 0.78))
DARK = linear((0.20, 0.21, 0.22))
CLAY = linear((0.62, 0.36, 0.26))
BOX = linear((0.34, 0.30, 0.27))
TIMBER = linear((0.55, 0.40, 0.26))
BLINDS: tuple[tuple[Colour, Colour], ...] = (
    (linear((0.80, 0.50, 0.24)), linear((0.88, 0.84, 0.74))),
    (linear((0.30, 0.44, 0.36)), linear((0.86, 0.85, 0.78))),
    (linear((0.72, 0.68, 0.58)), linear((0.84, 0.81, 0.74))),
    (linear((0.34, 0.42, 0.56)), linear((0.84, 0.85, 0.84))),
)
BLOOMS = (
    linear((0.86, 0.22, 0.24)),
    linear((0.90, 0.52, 0.62)),
    linear((0.92, 0.86, 0.80)),
    linear((0.62, 0.34, 0.64)),
)
CHAIRS = (linear((0.62, 0.16, 0.14)), linear((0.72, 0.60, 0.38)))


def dress(
    parts: Parts, plane: Plane, width: float, kind: str, holes: Openings, ground: float, eaves: float
) -> None:
    """Everything on one front: ``eaves`` is its height over the pavement, m."""
    rng = np.random.default_rng(abs(int(plane.origin @ (131, 17, 0))) + int(10 * width))
    if kind in ("stone", "stucco", "brick"):
        pipe = 0.22 if rng.uniform() < 0.7 else width - 0.34
        plane.slab(parts["plain"], pipe, pipe + 0.11, 0.5, eaves - 0.4, 0.03, 0.14, tint=ZINC)
        clamps = np.arange(2.0, eaves - 1.0, 2.6)
        plane.slab(
            parts["plain"], pipe - 0.02, pipe + 0.13, clamps, clamps + 0.05, 0.0, 0.16, tint=ZINC, ends=False
        )
    if kind in ("stucco", "brick"):
        _conditioners(parts, plane, holes, rng)
    if kind in ("stone", "stucco", "brick"):
        for k in np.flatnonzero(rng.uniform(size=len(holes.x0)) < 0.16):
            _flower_box(parts, plane, holes.x0[k] + 0.05, holes.x1[k] - 0.05, holes.z0[k] + 0.02, 0.10, rng)
    if kind == "loggia":
        _lived_in(parts, plane, holes, rng)
    if kind in ("ribbon", "glass"):
        lines = np.unique(holes.z0)
        plane.slab(parts["plain"], 0.0, width, lines - 0.06, lines, 0.0, 0.07, tint=ZINC, ends=False)


def _conditioners(parts: Parts, plane: Plane, holes: Openings, rng: np.random.Generator) -> None:
    for k in np.flatnonzero(rng.uniform(size=len(holes.x0)) < 0.07):
        x, z = holes.x1[k] + 0.22, holes.z0[k] - 0.10
        plane.slab(parts["plain"], x, x + 0.80, z, z + 0.56, 0.06, 0.36, tint=WHITE)
        a = 2.0 * np.pi * np.arange(9) / 8.0
        fan = plane.at(x + 0.30 + 0.22 * np.cos(a), z + 0.28 + 0.22 * np.sin(a), 0.364)
        middle = plane.at(x + 0.30, z + 0.28, 0.364)
        for p, q in zip(fan[:-1], fan[1:], strict=True):
            parts["plain"].add([middle[0], p, q, middle[0]], None, DARK)


def _flower_box(
    parts: Parts, plane: Plane, x0: float, x1: float, z: float, out: float, rng: np.random.Generator
) -> None:
    """A box with leaves that hang over it, and blooms."""
    plane.slab(
        parts["plain"], x0, x1, z, z + 0.18, out - 0.14, out + 0.06, tint=CLAY if rng.uniform() < 0.5 else BOX
    )
    count = max(2, round((x1 - x0) / 0.30))
    at = x0 + (x1 - x0) * (np.arange(count) + 0.5) / count
    size = rng.uniform(0.17, 0.26, count)
    _tufts(parts, plane, at, np.full(count, z + 0.20), np.full(count, out + 0.05), size, rng)
    tone = BLOOMS[rng.integers(len(BLOOMS))]
    for x in rng.uniform(x0 + 0.05, x1 - 0.05, 2 * count):
        h = z + 0.14 + 0.24 * rng.uniform()
        plane.rect(parts["plain"], x - 0.03, x + 0.03, h, h + 0.05, out + 0.12, tint=tone)


def _tufts(
    parts: Parts, plane: Plane, x: Array, z: Array, d: Array, size: Array, rng: np.random.Generator
) -> None:
    """Leafy cards that face outwards and a little up, lit from above."""
    lean = rng.uniform(-0.4, 0.4, len(x))
    wide = size[:, None] * (plane.along + lean[:, None] * plane.out)
    high = size[:, None] * (Z + 0.35 * plane.out * rng.uniform(-1, 1, (len(x), 1)))
    middle = plane.at(x, z, d)
    corners = np.stack(
        [middle - wide - high, middle + wide - high, middle + wide + high, middle - wide + high], 1
    )
    tint = np.array(linear((0.80, 0.92, 0.72))) * rng.uniform(0.5, 0.9, (len(x), 1))
    normals = np.broadcast_to(0.5 * Z + 0.85 * plane.out, corners.shape)
    parts["leaves"].add(corners, None, tint, normals)


def _lived_in(parts: Parts, plane: Plane, holes: Openings, rng: np.random.Generator) -> None:
    """Loggias of people: blinds of cloth, plants over the parapet, a lamp, washing."""
    for x0, x1, z0, z1 in zip(holes.x0, holes.x1, holes.z0, holes.z1, strict=True):
        chance = rng.uniform()
        if chance < 0.26:
            cloth = BLINDS[rng.integers(len(BLINDS))]
            drop, reach = rng.uniform(0.45, 0.8), rng.uniform(0.5, 0.8)
            edges = np.linspace(x0 + 0.04, x1 - 0.04, 9)
            tint = np.array([cloth[k % 2] for k in range(8)])
            a, b = edges[:-1], edges[1:]
            sheet = np.stack(
                [
                    plane.at(x, z, d)
                    for x, z, d in (
                        (a, z1 - drop, reach),
                        (b, z1 - drop, reach),
                        (b, z1 - 0.03, -0.05),
                        (a, z1 - 0.03, -0.05),
                    )
                ],
                1,
            )
            parts["plain"].add(sheet, None, tint)
            parts["plain"].add(sheet[:, [1, 0, 3, 2]], None, 0.55 * tint)
            plane.rect(parts["plain"], a, b, z1 - drop - 0.14, z1 - drop, reach, tint=0.95 * tint)
        if 0.20 < chance < 0.55:
            a = x0 + rng.uniform(0.0, 0.5) * (x1 - x0)
            _flower_box(parts, plane, a, min(a + rng.uniform(0.7, 1.4), x1), z0 + 0.84, 0.16, rng)
        elif chance > 0.72:
            # something that stands on the floor and looks over the parapet: a bush, a rolled parasol, a bicycle's bag
            x = rng.uniform(x0 + 0.3, x1 - 0.3)
            if rng.uniform() < 0.6:
                count = 5
                _tufts(
                    parts, plane, x + rng.uniform(-0.18, 0.18, count), z0 + 1.1 + rng.uniform(0.0, 0.4, count),
                    np.full(count, -0.45), rng.uniform(0.22, 0.34, count), rng,
                )  # fmt: skip
            else:
                tone = BLINDS[rng.integers(len(BLINDS))][0]
                plane.slab(parts["plain"], x, x + 0.14, z0, z0 + 1.95, -0.5, -0.36, tint=tone)
        if rng.uniform() < 0.3:
            x = (x0 + x1) / 2
            plane.slab(parts["plain"], x - 0.10, x + 0.10, z1 - 0.10, z1, -0.6, -0.4, tint=WHITE)


TABLE_EVERY_M, SEAT_M = 2.6, 0.66
"""From table to table, and from a table's middle to the middle of its seats."""


def seats(x0: float, x1: float, y: float) -> list[tuple[float, float, float]]:
    """Of the tables that :func:`terrace` puts up: x, y, and the side that the guest looks to (+1: along x)."""
    count = max(1, round((x1 - x0) / TABLE_EVERY_M))
    tables = [x0 + (x1 - x0) * (k + 0.5) / count for k in range(count)]
    return [(x - towards * SEAT_M, y, towards) for x in tables for towards in (1.0, -1.0)]


def terrace(parts: Parts, x0: float, x1: float, y: float) -> None:
    """Tables of a café along the kerb, under parasols, between two planters. Frame: the town's; y: their row."""
    rng = np.random.default_rng(77)
    plain = parts["plain"]
    for k, (at, _, towards) in enumerate(seats(x0, x1, y)):
        _chair(parts, at, y, towards, CHAIRS[(k + k // 2) % 2])
        if towards < 0.0:
            continue
        x = at + SEAT_M
        a = 2.0 * np.pi * np.arange(11) / 10.0
        rim = np.stack([x + 0.34 * np.cos(a), y + 0.34 * np.sin(a), np.full(11, KERB + 0.735)], 1)
        top = np.array((x, y, KERB + 0.735))
        for p, q in zip(rim[:-1], rim[1:], strict=True):
            plain.add([top, p, q, top], None, linear((0.74, 0.72, 0.68)))
            plain.add([p - 0.03 * Z, q - 0.03 * Z, q, p], None, ZINC)
        plain.boxes((x - 0.025, y - 0.025, KERB), (x + 0.025, y + 0.025, KERB + 0.71), tint=DARK)
        plain.boxes((x - 0.20, y - 0.20, KERB), (x + 0.20, y + 0.20, KERB + 0.02), tint=DARK)
        plain.boxes((x + 0.05, y - 0.12, KERB + 0.735), (x + 0.11, y - 0.06, KERB + 0.82), tint=WHITE)
        if k == 2:
            plain.boxes((x - 0.16, y + 0.02, KERB + 0.735), (x - 0.09, y + 0.09, KERB + 0.95), tint=CHAIRS[1])
    for x in (x0 - 0.15, x1 + 0.15):
        plain.boxes((x - 0.20, y - 0.42, KERB), (x + 0.20, y + 0.42, KERB + 0.55), tint=BOX)
        middle = np.stack(
            [
                x + rng.uniform(-0.16, 0.16, 10),
                y + rng.uniform(-0.36, 0.36, 10),
                KERB + rng.uniform(0.6, 0.95, 10),
            ],
            1,
        )
        for at in middle:
            turn = rng.uniform(0, np.pi)
            wide, high = 0.26 * np.array((np.cos(turn), np.sin(turn), 0.0)), 0.26 * Z
            corners = np.stack([at - wide - high, at + wide - high, at + wide + high, at - wide + high])
            parts["leaves"].add(
                corners,
                None,
                np.array(linear((0.72, 0.90, 0.66))) * rng.uniform(0.5, 0.9),
                np.tile((0.0, -0.5, 0.86), (4, 1)),
            )
    # no saturated red: cars that pass before it would make it flash
    parasols = linear((0.82, 0.78, 0.68)), linear((0.60, 0.30, 0.27))
    for k, (at, _, _) in enumerate(seats(x0, x1, y)[::2]):
        _parasol(parts, at + SEAT_M, y, parasols[k % 2])
    # the board with today's dishes
    bx, by = x1 + 0.75, y + 0.1
    for side in (-1.0, 1.0):
        foot, head = (
            np.array((bx - 0.28, by + side * 0.24, KERB)),
            np.array((bx - 0.28, by + side * 0.03, KERB + 0.95)),
        )
        plain.add(
            [foot, foot + (0.56, 0, 0), head + (0.56, 0, 0), head] if side < 0 else [foot + (0.56, 0, 0), foot, head, head + (0.56, 0, 0)],
            None,
            linear((0.20, 0.21, 0.20)),
        )  # fmt: skip


def _chair(parts: Parts, x: float, y: float, towards: float, tone: Colour) -> None:
    """A chair that looks along x (+1 or -1): seat, back, four legs."""
    plain = parts["plain"]
    plain.boxes(
        (x - 0.20, y - 0.20, KERB + 0.41), (x + 0.20, y + 0.20, KERB + 0.45), tint=tone, sides="xXyYZz"
    )
    at = x - towards * 0.20
    plain.boxes((at - 0.02, y - 0.20, KERB + 0.58), (at + 0.02, y + 0.20, KERB + 0.86), tint=tone)
    for sx in (-0.18, 0.18):
        for sy in (-0.18, 0.18):
            high = KERB + (0.60 if sx * towards < 0 else 0.41)
            plain.boxes(
                (x + sx - 0.014, y + sy - 0.014, KERB),
                (x + sx + 0.014, y + sy + 0.014, high),
                tint=DARK,
                sides="xXyY",
            )


def _parasol(parts: Parts, x: float, y: float, tone: Colour) -> None:
    plain = parts["plain"]
    plain.boxes((x - 0.022, y - 0.022, KERB), (x + 0.022, y + 0.022, KERB + 2.55), tint=TIMBER)
    plain.boxes((x - 0.24, y - 0.24, KERB), (x + 0.24, y + 0.24, KERB + 0.06), tint=DARK)
    a = 2.0 * np.pi * (np.arange(9) + 0.5) / 8.0
    rim = np.stack([x + 1.25 * np.cos(a), y + 1.25 * np.sin(a), np.full(9, KERB + 2.18)], 1)
    top = np.array((x, y, KERB + 2.62))
    for k, (p, q) in enumerate(zip(rim[:-1], rim[1:], strict=True)):
        tint = np.array(tone) * (1.0 if k % 2 else 0.9)
        plain.add([p, q, top, top], None, tint)
        plain.add([q, p, top, top], None, 0.6 * tint)
        plain.add([p - 0.16 * Z, q - 0.16 * Z, q, p], None, 0.92 * tint)
