"""Bodies that furniture is made of: cushions, turned bodies, boards. Used by scripts that make scenes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.indoors import Solid
from scenes.kit.moving import loft
from scenes.kit.quads import Quads

Array = NDArray[np.float64]
Colour = tuple[float, float, float]
Point = tuple[float, float, float]


@dataclass
class Furniture:
    """What is drawn, and the boxes that the light meets (with their colours)."""

    parts: Parts = field(default_factory=Parts)
    solids: list[Solid] = field(default_factory=list)
    group: str = ""
    """The piece that is being made: its solids stand together."""

    def solid(
        self,
        low: Point,
        high: Point,
        colour: Colour,
        *,
        tight: float = 0.006,
        turn: float = 0.0,
        pivot: tuple[float, float] = (0.0, 0.0),
        lets_through: float = 0.0,
    ) -> None:
        """A box for the light only, a little smaller than what is drawn."""
        a = tuple(v + tight for v in low)
        b = tuple(v - tight for v in high)
        self.solids.append(Solid(a, b, colour, turn, pivot, lets_through, self.group))  # type: ignore[arg-type]

    def round_solid(
        self, centre: tuple[float, float], radius: float, z0: float, z1: float, colour: Colour
    ) -> None:
        """An upright cylinder for the light: two boxes crossed."""
        x, y = centre
        r = 0.80 * radius
        for turn in (0.0, np.pi / 4):
            self.solid((x - r, y - r, z0), (x + r, y + r, z1), colour, tight=0.0, turn=turn, pivot=centre)

    def block(
        self,
        part: str,
        low: Point,
        high: Point,
        colour: Colour,
        *,
        sides: str = "xXyYzZ",
        bevel: float = 0.004,
    ) -> None:
        """A board: a box with narrow bevels that catch the light, and the same for the light."""
        board(self.parts[part], low, high, colour, sides=sides, bevel=bevel)
        self.solid(low, high, colour, tight=0.003)


def board(
    quads: Quads,
    low: Sequence[float],
    high: Sequence[float],
    colour: Colour,
    *,
    sides: str = "xXyYzZ",
    bevel: float = 0.004,
) -> None:
    """A box whose faces are drawn in by a bevel; the bevel's patches join neighbouring faces that are drawn."""
    lo, hi = np.array(low, dtype=float), np.array(high, dtype=float)
    b = min(bevel, 0.3 * float((hi - lo).min()))
    middle, half = (lo + hi) / 2, (hi - lo) / 2
    drawn = {
        (axis, 1.0 if name.isupper() else -1.0)
        for axis, letter in enumerate("xyz")
        for name in sides
        if name.lower() == letter
    }
    for axis, sign in drawn:
        u, v = (axis + 1) % 3, (axis + 2) % 3
        # towards a face that is not drawn the face runs to the very edge
        cut = {a: {s: b if (a, s) in drawn else 0.0 for s in (-1.0, 1.0)} for a in (u, v)}
        corners = []
        for su, sv in ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)):
            p = middle.copy()
            p[axis] += sign * half[axis]
            p[u] += su * (half[u] - cut[u][su])
            p[v] += sv * (half[v] - cut[v][sv])
            corners.append(p)
        quads.add(np.array(corners if sign > 0 else corners[::-1]), None, colour)
    if b < 0.001:
        return
    for axis in range(3):  # edges along this axis
        u, v = (axis + 1) % 3, (axis + 2) % 3
        for su in (-1.0, 1.0):
            for sv in (-1.0, 1.0):
                if (u, su) not in drawn or (v, sv) not in drawn:
                    continue
                ends = []
                for sa in (-1.0, 1.0):
                    p, q = middle.copy(), middle.copy()
                    for r in (p, q):
                        r[axis] += sa * (half[axis] - (b if (axis, sa) in drawn else 0.0))
                    p[u], p[v] = middle[u] + su * half[u], middle[v] + sv * (half[v] - b)
                    q[u], q[v] = middle[u] + su * (half[u] - b), middle[v] + sv * half[v]
                    ends.append((p, q))
                patch = np.array([ends[0][0], ends[1][0], ends[1][1], ends[0][1]])
                out = np.zeros(3)
                out[u], out[v] = su, sv
                if np.cross(patch[2] - patch[0], patch[3] - patch[1]) @ out < 0:
                    patch = patch[::-1]
                n = np.zeros((4, 3))
                n[:, u], n[:, v] = su, sv
                quads.add(patch, None, colour, n / np.sqrt(2.0))


def soft_box(
    quads: Quads,
    low: Point,
    high: Point,
    colour: Colour,
    *,
    power: float = 5.0,
    rows: int = 12,
    columns: int = 28,
    turn: float = 0.0,
    pivot: tuple[float, float] = (0.0, 0.0),
    lean: float = 0.0,
) -> None:
    """A cushion: a rounded box (superellipsoid), turned about an upright axis through ``pivot`` (radians); ``lean``:
    how far its top lies behind its foot, m for each m of height."""
    centre, half = (np.array(low) + high) / 2, (np.array(high, dtype=float) - low) / 2
    # more rings where the surface bends
    v = (np.pi / 2 * np.sin(np.linspace(-np.pi / 2, np.pi / 2, rows + 1)))[:, None]
    u = np.linspace(-np.pi, np.pi, columns + 1)[None, :]
    e = 2.0 / power

    def bent(value: Array) -> Array:
        return np.sign(value) * np.abs(value) ** e

    x = bent(np.cos(v)) * bent(np.cos(u))
    y = bent(np.cos(v)) * bent(np.sin(u))
    z = bent(np.sin(v)) * np.ones_like(u)
    rings = centre + np.stack([x, y, z], axis=-1) * half
    rings[..., 1] += lean * (rings[..., 2] - low[2])
    c, s = np.cos(turn), np.sin(turn)
    rel = rings[..., :2] - pivot
    flat = np.stack([c * rel[..., 0] - s * rel[..., 1], s * rel[..., 0] + c * rel[..., 1]], axis=-1) + pivot
    rings = np.concatenate([flat, rings[..., 2:]], axis=-1)
    loft(quads, rings, np.broadcast_to(np.array(colour), (rows, columns, 3)))


def turned(
    quads: Quads,
    profile: Sequence[tuple[float, float]],
    centre: tuple[float, float],
    colour: Colour,
    sides: int = 20,
) -> None:
    """A body of revolution from (radius, height) pairs, from below upwards; sharp where a pair is given twice."""
    a = 2 * np.pi * np.arange(sides + 1) / sides
    runs: list[list[tuple[float, float]]] = [[]]
    for pair in profile:
        if runs[-1] and runs[-1][-1] == pair:
            runs.append([])
        runs[-1].append(pair)
    for run in runs:
        if len(run) < 2:
            continue
        rings = np.array(
            [[(centre[0] + r * np.cos(t), centre[1] + r * np.sin(t), z) for t in a] for r, z in run]
        )
        loft(quads, rings, np.broadcast_to(np.array(colour), (len(run) - 1, sides, 3)))


def leg(
    quads: Quads, foot: Point, top: Point, thin: float, thick: float, colour: Colour, sides: int = 10
) -> None:
    """A slanting round leg."""
    a = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.stack([np.cos(a), np.sin(a), 0 * a], 1)
    rings = np.stack([ring * thin + foot, ring * thick + top])
    loft(quads, rings, np.broadcast_to(np.array(colour), (1, sides, 3)))


def cut_up(quads: Quads, most_m: float) -> Quads:
    """The same with patches no longer than ``most_m``, so that baked light can vary over them."""
    made = Quads()
    corners, tints, normals = quads.corners(), np.concatenate(quads._tints), quads.normals()
    uvs = np.concatenate(quads._uvs)
    w = np.maximum(
        np.linalg.norm(corners[:, 1] - corners[:, 0], axis=1),
        np.linalg.norm(corners[:, 2] - corners[:, 3], axis=1),
    )
    h = np.maximum(
        np.linalg.norm(corners[:, 3] - corners[:, 0], axis=1),
        np.linalg.norm(corners[:, 2] - corners[:, 1], axis=1),
    )
    nu, nv = np.maximum(np.ceil(w / most_m), 1).astype(int), np.maximum(np.ceil(h / most_m), 1).astype(int)
    for i, j in sorted({(int(i), int(j)) for i, j in zip(nu, nv, strict=True)}):
        pick = (nu == i) & (nv == j)
        for a in range(i):
            for b in range(j):
                at = [(a / i, b / j), ((a + 1) / i, b / j), ((a + 1) / i, (b + 1) / j), (a / i, (b + 1) / j)]
                parts = []
                for values in (corners[pick], uvs[pick], normals[pick]):
                    c0, c1, c2, c3 = (values[:, k] for k in range(4))
                    parts.append(
                        np.stack(
                            [
                                (1 - s) * (1 - t) * c0 + s * (1 - t) * c1 + s * t * c2 + (1 - s) * t * c3
                                for s, t in at
                            ],
                            1,
                        )
                    )
                made.add(parts[0], parts[1], tints[pick], parts[2])
    return made
