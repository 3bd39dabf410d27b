"""Flat surfaces of a room, each with its place in one light map.

A chart is a rectangle in the world, given by a corner and two axes; what is drawn on it (cells, slabs' faces, tops with
holes) takes its light-map coordinates from where it lies on the rectangle. Texture coordinates are metres over the
material's repeat, counted from the world's origin, so that tiles run on around corners.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import cos, radians, sin

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.float64]
Point = Sequence[float]
AXES = np.eye(3)
GUTTER = 3
"""Texels between charts."""


@dataclass
class Chart:
    """``size`` m along the unit vectors ``u`` and ``v`` from ``origin``; ``weight``: its share of texels a metre."""

    origin: Array
    u: Array
    v: Array
    size: tuple[float, float]
    weight: float = 1.0
    at: tuple[int, int] = (0, 0)
    texels: tuple[int, int] = (1, 1)


@dataclass
class Piece:
    mesh: Mesh
    chart: int
    local: Array
    """(n, 2) m from the chart's origin."""


@dataclass
class Surfaces:
    """Everything that takes the light map, by material."""

    repeat: dict[str, float]
    """The size of a material's texture, m."""
    charts: list[Chart] = field(default_factory=list)
    pieces: dict[str, list[Piece]] = field(default_factory=dict)
    boxes: list[tuple[Array, Array]] = field(default_factory=list)
    """Corners of the slabs that stand straight: light does not reach surfaces within them."""

    def chart(self, origin: Point, u: Point, v: Point, size: tuple[float, float], weight: float = 1.0) -> int:
        self.charts.append(
            Chart(np.asarray(origin, float), np.asarray(u, float), np.asarray(v, float), size, weight)
        )
        return len(self.charts) - 1

    def add(self, material: str, chart: int, mesh: Mesh) -> None:
        """A mesh that lies (almost) in a chart's plane; what sticks out takes the light of the nearest rim."""
        held = self.charts[chart]
        offset = mesh.positions.astype(np.float64) - held.origin
        local = np.stack([offset @ held.u, offset @ held.v], 1)
        repeat = self.repeat[material]
        where = mesh.positions.astype(np.float64)
        uvs = np.stack([where @ held.u, where @ held.v], 1) / repeat
        made = Mesh(mesh.positions, mesh.normals, mesh.triangles, uvs, tint=mesh.tint)
        self.pieces.setdefault(material, []).append(Piece(made, chart, np.clip(local, 0.0, held.size)))

    def cell(
        self,
        material: str,
        chart: int,
        u: tuple[float, float],
        v: tuple[float, float],
        tint: Sequence[float] = (1, 1, 1),
    ) -> None:
        """A rectangle of a chart, in m from its origin."""
        held = self.charts[chart]
        corners = [
            held.origin + held.u * a + held.v * b
            for a, b in ((u[0], v[0]), (u[1], v[0]), (u[1], v[1]), (u[0], v[1]))
        ]
        normal = np.cross(held.u, held.v)
        mesh = Mesh(np.array(corners), np.tile(normal, (4, 1)), np.array([[0, 1, 2], [0, 2, 3]])).tinted(tint)
        self.add(material, chart, mesh)

    def slab(
        self,
        material: str,
        low: Point,
        high: Point,
        bevel: float = 0.002,
        tint: Sequence[float] = (1, 1, 1),
        *,
        leave_out: Iterable[tuple[int, int]] = (),
        weight: float = 1.0,
        turn: tuple[tuple[float, float], float] | None = None,
    ) -> dict[tuple[int, int], int]:
        """A box with narrow bevels. Returns its charts by (axis, 0 low or 1 high); faces in ``leave_out`` get a chart
        but are not drawn. ``turn``: about an upright axis through (x, y), degrees counter-clockwise."""
        lo, hi = np.asarray(low, float), np.asarray(high, float)
        left_out = set(leave_out)
        if turn is None:
            self.boxes.append((lo, hi))
        made: dict[tuple[int, int], int] = {}
        groups: dict[int, list[Mesh]] = {}
        for axis in range(3):
            for sign in (0, 1):
                normal = AXES[axis] * (1.0 if sign else -1.0)
                v = AXES[2] if axis != 2 else AXES[1]
                u = np.cross(v, normal)
                corner = np.where(normal + u + v > 0.5, hi, lo)
                # the corner with the least u and v on this face
                origin = corner.copy()
                for unit in (u, v):
                    k = int(np.abs(unit).argmax())
                    origin[k] = lo[k] if unit[k] > 0 else hi[k]
                k = int(np.abs(normal).argmax())
                origin[k] = hi[k] if sign else lo[k]
                size = (abs(float(u @ (hi - lo))), abs(float(v @ (hi - lo))))
                made[axis, sign] = self.chart(origin, u, v, size, weight)
        for (axis, sign), chart in made.items():
            held = self.charts[chart]
            normal = np.cross(held.u, held.v)
            w, h = held.size
            inner = [
                held.origin + held.u * a + held.v * b
                for a, b in (
                    (bevel, bevel),
                    (w - bevel, bevel),
                    (w - bevel, h - bevel),
                    (bevel, h - bevel),
                )
            ]
            if (axis, sign) not in left_out:
                groups.setdefault(chart, []).append(
                    Mesh(np.array(inner), np.tile(normal, (4, 1)), np.array([[0, 1, 2], [0, 2, 3]]))
                )
            # each face brings the bevels towards the axis after it
            p = (axis + 1) % 3
            t = 3 - axis - p
            for other in (0, 1):
                a, b = AXES[axis] * (1 if sign else -1), AXES[p] * (1 if other else -1)
                ends = []
                for end in (0, 1):
                    point = np.zeros(3)
                    point[axis] = hi[axis] if sign else lo[axis]
                    point[p] = hi[p] if other else lo[p]
                    point[t] = hi[t] - bevel if end else lo[t] + bevel
                    ends.append((point - b * bevel, point - a * bevel))
                quad = [ends[0][0], ends[0][1], ends[1][1], ends[1][0]]
                normals = [a, b, b, a]
                order = [[0, 1, 2], [0, 2, 3]]
                if np.cross(quad[1] - quad[0], quad[2] - quad[0]) @ (a + b) < 0:
                    order = [[2, 1, 0], [3, 2, 0]]
                groups.setdefault(chart, []).append(Mesh(np.array(quad), np.array(normals), np.array(order)))
        for chart, parts in groups.items():
            self.add(material, chart, merge(parts).tinted(tint))
        if turn is not None:
            for chart in made.values():
                self._turn(material, chart, *turn)
        return made

    def _turn(self, material: str, chart: int, pivot: tuple[float, float], degrees: float) -> None:
        c, s = cos(radians(degrees)), sin(radians(degrees))
        m = np.eye(4)
        m[:2, :2] = [[c, -s], [s, c]]
        m[:2, 3] = np.asarray(pivot) - m[:2, :2] @ np.asarray(pivot)
        for piece in self.pieces[material]:
            if piece.chart == chart:
                piece.mesh = piece.mesh.transformed(m)

    # ------------------------------------------------------------ the map

    def pack(self, size: int) -> float:
        """Give every chart its place in a square map; returns texels a metre."""
        density = 110.0
        while not self._shelves(size, density):
            density *= 0.985
        return density

    def _shelves(self, size: int, density: float) -> bool:
        for chart in self.charts:
            w, h = (max(2, int(np.ceil(side * density * chart.weight))) for side in chart.size)
            chart.texels = (w, h)
        x = y = tall = 0
        for chart in sorted(self.charts, key=lambda c: (-c.texels[1], -c.texels[0])):
            w, h = chart.texels
            if w + 2 * GUTTER > size:
                return False
            if x + w + 2 * GUTTER > size:
                x, y, tall = 0, y + tall, 0
            if y + h + 2 * GUTTER > size:
                return False
            chart.at = (x + GUTTER, y + GUTTER)
            x, tall = x + w + 2 * GUTTER, max(tall, h + 2 * GUTTER)
        return True

    def reached(self, size: int) -> NDArray[np.bool_]:
        """(size, size), first row lowest: the texels of charts that lie within no slab. Call :meth:`pack` before."""
        free = np.zeros((size, size), bool)
        for chart in self.charts:
            (x, y), (w, h) = chart.at, chart.texels
            a = ((np.arange(w) + 0.5) / w * chart.size[0])[None, :, None]
            b = ((np.arange(h) + 0.5) / h * chart.size[1])[:, None, None]
            # a little in front of the surface
            at = chart.origin + a * chart.u + b * chart.v + 0.0015 * np.cross(chart.u, chart.v)
            covered = np.zeros((h, w), bool)
            for low, high in self.boxes:
                covered |= ((at > low - 0.0012) & (at < high + 0.0012)).all(axis=2)
            free[y : y + h, x : x + w] = ~covered
        return free

    def meshes(self, size: int) -> dict[str, Mesh]:
        """By material, with light-map coordinates (v = 0 at the picture's lower edge). Call :meth:`pack` before."""
        made = {}
        for material, pieces in self.pieces.items():
            parts, charts = [], []
            for piece in pieces:
                chart = self.charts[piece.chart]
                share = piece.local / np.maximum(chart.size, 1e-9)
                texels = np.asarray(chart.at) + share * np.asarray(chart.texels)
                charts.append(texels / size)
                parts.append(piece.mesh)
            whole = merge(parts)
            made[material] = Mesh(
                whole.positions,
                whole.normals,
                whole.triangles,
                whole.uvs,
                tint=whole.tint,
                lightmap_uvs=np.concatenate(charts),
            )
        return made
