"""Baked light of a room: what comes straight from window, sun and lamp, and what all surfaces send on.

NumPy alone; made offline by a script, never while a scene is shown. The tracer sees the room as boxes (each may be
turned about an upright axis) inside a hull; light comes through one window (sky, garden and sun) and from one lamp.
First the light on coarse cells of all surfaces is worked out, bounce by bounce (``settle``); then each point gathers
it along directions that all points share, so that neighbours differ smoothly instead of grainily (``gather``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
BATCH = 8192
"""Points that are worked on at once: the arrays of a batch stay in the processor's cache."""
NUDGE = np.float32(0.004)
CELLS = 20
"""Cells along each edge of a wall for the light that bounces."""


@dataclass(frozen=True)
class Solid:
    """A box that light meets. ``turn``: radians about the upright axis through ``pivot``."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]
    colour: tuple[float, float, float]
    turn: float = 0.0
    pivot: tuple[float, float] = (0.0, 0.0)
    lets_through: float = 0.0
    """Share of light that passes (curtains)."""
    group: str = ""
    """Solids of one group stand together: rays that miss their common box miss them all."""


@dataclass(frozen=True, eq=False)
class Hull:
    """The room for the tracer. Colours are linear albedos."""

    low: Array
    high: Array
    faces: Array
    """(6, 3): albedo of the planes x0, x1, y0, y1, z0 (floor), z1 (ceiling)."""
    solids: Sequence[Solid]
    window: tuple[float, float, float, float]
    """x0, x1, z0, z1 of the opening in the plane y1."""
    bars: tuple[float, float, float]
    """The window's middle post (x, half width) and transom (z); all of the same half width."""
    sky: Array
    """Radiance of the sky outside, and of the garden under it."""
    garden: Array
    to_sun: Array
    sun: Array
    """Light of the sun on a surface that faces it, over pi."""
    sun_soft_m: float
    lamp: Array
    lamp_radius: float
    glow: Array
    """Radiance of the lamp's shade."""
    walls: Array = field(default_factory=lambda: np.zeros((6, CELLS, CELLS, 3), np.float32))
    """Light on the cells of the six planes, by the two other axes; filled by ``settle``."""
    faces_of_solids: dict[int, Array] = field(default_factory=dict)
    """Light (6, 3) on each solid's faces, by its place in ``solids``."""


def around(normals: Array, u: float, v: float) -> Array:
    """One direction each, cosine-weighted around the normals, from two numbers in 0 to 1."""
    r, a = float(np.sqrt(u)), float(2.0 * np.pi * v)
    helper = np.where(np.abs(normals[:, [2]]) < 0.9, np.float32([[0, 0, 1]]), np.float32([[1, 0, 0]]))
    t = np.cross(helper, normals)
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    b = np.cross(normals, t)
    return (
        t * (r * float(np.cos(a))) + b * (r * float(np.sin(a))) + normals * float(np.sqrt(max(1.0 - u, 0.0)))
    )


def _turned(values: Array, turn: float) -> Array:
    c, s = float(np.cos(turn)), float(np.sin(turn))
    out = values.copy()
    out[:, 0] = c * values[:, 0] + s * values[:, 1]
    out[:, 1] = c * values[:, 1] - s * values[:, 0]
    return out


def _inverse(way: Array) -> Array:
    return (1.0 / np.where(np.abs(way) < 1e-7, 1e-7, way)).astype(np.float32)


def _slabs(low: Array, high: Array, origin: Array, inverse: Array) -> tuple[Array, Array, Array]:
    a, b = (low - origin) * inverse, (high - origin) * inverse
    near = np.minimum(a, b)
    return near.max(axis=1), np.maximum(a, b).min(axis=1), near


def _bounds(solid: Solid) -> tuple[Array, Array]:
    """The box around a turned box."""
    low, high = np.asarray(solid.low, np.float32), np.asarray(solid.high, np.float32)
    corners = np.array(
        [[(low, high)[i][0], (low, high)[j][1], 0.0] for i in (0, 1) for j in (0, 1)], np.float32
    )
    pivot = np.array([*solid.pivot, 0.0], np.float32)
    flat = _turned(corners - pivot, -solid.turn) + pivot
    return np.array([*flat[:, :2].min(axis=0), low[2]]), np.array([*flat[:, :2].max(axis=0), high[2]])


class Tracer:
    """Flights among the solids of one hull."""

    def __init__(self, hull: Hull) -> None:
        self.hull = hull
        groups: dict[str, list[int]] = {}
        for k, solid in enumerate(hull.solids):
            groups.setdefault(solid.group or f"{k}", []).append(k)
        self._groups: list[tuple[Array, Array, list[int]]] = []
        for members in groups.values():
            boxes = [_bounds(hull.solids[k]) for k in members]
            low, high = (np.array(side, np.float32) for side in zip(*boxes, strict=True))
            self._groups.append((low.min(axis=0), high.max(axis=0), members))

    def _meetings(self, origin: Array, way: Array):  # type: ignore[no-untyped-def]
        """For each solid that may be met: its number, the rays, distances in and out, local axis distances, way."""
        inverse = _inverse(way)
        for low, high, members in self._groups:
            enter, leave, _ = _slabs(low, high, origin, inverse)
            rays = np.flatnonzero((enter < leave) & (leave > 1e-4))
            if not len(rays):
                continue
            o, w, i = origin[rays], way[rays], inverse[rays]
            for k in members:
                solid = self.hull.solids[k]
                if solid.turn:
                    pivot = np.array([*solid.pivot, 0.0], np.float32)
                    local = _turned(w, solid.turn)
                    yield (
                        k,
                        rays,
                        *_slabs(
                            np.asarray(solid.low, np.float32),
                            np.asarray(solid.high, np.float32),
                            _turned(o - pivot, solid.turn) + pivot,
                            _inverse(local),
                        ),
                        local,
                    )
                else:
                    yield (
                        k,
                        rays,
                        *_slabs(np.asarray(solid.low, np.float32), np.asarray(solid.high, np.float32), o, i),
                        w,
                    )

    def clear(self, origin: Array, way: Array, reach: Array) -> Array:
        """Share of light that comes through from as far as ``reach``."""
        share = np.ones(len(origin), np.float32)
        for k, rays, enter, leave, _, _ in self._meetings(origin, way):
            hit = (enter < leave) & (enter > 1e-4) & (enter < reach[rays])
            share[rays[hit]] *= np.float32(self.hull.solids[k].lets_through)
        return share

    def seen(self, origin: Array, way: Array) -> Array:
        """Radiance (n, 3) that comes back along each way from surfaces; window and lamp count as dark."""
        hull = self.hull
        best = np.full(len(origin), np.inf, np.float32)
        out = np.zeros_like(way)
        for k, rays, enter, leave, near, local in self._meetings(origin, way):
            hit = np.flatnonzero((enter < leave) & (enter > 1e-4) & (enter < best[rays]))
            if not len(hit):
                continue
            axis = near[hit].argmax(axis=1)
            face = axis * 2 + (local[hit, axis] < 0)
            best[rays[hit]] = enter[hit]
            light = hull.faces_of_solids.get(k)
            colour = np.asarray(hull.solids[k].colour, np.float32)
            out[rays[hit]] = 0.0 if light is None else light[face] * colour
        t = (np.where(way > 0, hull.high, hull.low) - origin) * _inverse(way)
        axis = t.argmin(axis=1)
        rows = np.arange(len(t))
        wall = np.flatnonzero(t[rows, axis] < best)
        axis = axis[wall]
        at = origin[wall] + t[wall, axis][:, None] * way[wall]
        x0, x1, z0, z1 = hull.window
        hole = (
            (axis == 1)
            & (way[wall, 1] > 0)
            & (at[:, 0] > x0)
            & (at[:, 0] < x1)
            & (at[:, 2] > z0)
            & (at[:, 2] < z1)
        )
        face = axis * 2 + (way[wall, axis] > 0)
        share = (at - hull.low) / (hull.high - hull.low) * CELLS
        cell = np.clip(share.astype(int), 0, CELLS - 1)
        u, v = np.where(axis == 0, cell[:, 1], cell[:, 0]), np.where(axis == 2, cell[:, 1], cell[:, 2])
        out[wall] = hull.walls[face, v, u] * hull.faces[face] * ~hole[:, None]
        return out


def sunlit(tracer: Tracer, points: Array, normals: Array) -> Array:
    """Light (n, 3) straight from the sun through the window."""
    hull = tracer.hull
    out = np.zeros_like(points)
    facing = np.maximum(normals @ hull.to_sun, 0.0)
    t = (hull.high[1] + np.float32(0.13) - points[:, 1]) / hull.to_sun[1]
    at = points + t[:, None] * hull.to_sun
    x0, x1, z0, z1 = hull.window
    soft, (post, half, transom) = hull.sun_soft_m, hull.bars

    def inside(d: Array) -> Array:
        return np.clip(d / soft + 0.5, 0.0, 1.0)

    through = inside(at[:, 0] - x0) * inside(x1 - at[:, 0]) * inside(at[:, 2] - z0) * inside(z1 - at[:, 2])
    through *= 1.0 - inside(half - np.abs(at[:, 0] - post)) * min(1.0, 2 * half / soft)
    through *= 1.0 - inside(half - np.abs(at[:, 2] - transom)) * min(1.0, 2 * half / soft)
    lit = np.flatnonzero((facing * through * (t > 1e-4)) > 1e-4)
    if len(lit):
        way = np.repeat(hull.to_sun[None, :], len(lit), axis=0)
        free = tracer.clear(points[lit] + normals[lit] * NUDGE, way, t[lit])
        out[lit] = (facing[lit] * through[lit] * free)[:, None] * hull.sun
    return out


def daylit(tracer: Tracer, points: Array, normals: Array, across: int) -> Array:
    """Light (n, 3) straight from sky and garden through the window, from an even grid over its opening."""
    hull = tracer.hull
    x0, x1, z0, z1 = hull.window
    cell = np.float32((x1 - x0) * (z1 - z0) / max(across, 1) ** 2)
    out = np.zeros_like(points)
    start = points + normals * NUDGE
    for i in range(across):
        for j in range(across):
            # rows are shifted against each other, so that upright edges throw no ladder of shadows
            x = x0 + (x1 - x0) * ((i + (j * 0.618) % 1.0) % across) / across
            z = z0 + (z1 - z0) * ((j + (i * 0.618) % 1.0) % across) / across
            to = np.array([x, hull.high[1] - 0.001, z], np.float32) - start
            reach = np.linalg.norm(to, axis=1)
            way = to / reach[:, None]
            facing = (normals * way).sum(axis=1) * way[:, 1]
            lit = np.flatnonzero(facing > 1e-4)
            if not len(lit):
                continue
            free = tracer.clear(start[lit], way[lit], reach[lit])
            up = np.clip(way[lit][:, [2]] * np.float32(4.0) + np.float32(0.3), 0.0, 1.0)
            radiance = hull.garden + (hull.sky - hull.garden) * up
            out[lit] += (facing[lit] / reach[lit] ** 2 * free * (cell / np.float32(np.pi)))[
                :, None
            ] * radiance
    return out


def lamplit(tracer: Tracer, points: Array, normals: Array, count: int) -> Array:
    """Light (n, 3) straight from the lamp's shade, a glowing ball: from points spread over it."""
    hull = tracer.hull
    out = np.zeros_like(points)
    start = points + normals * NUDGE
    area = np.float32(np.pi * hull.lamp_radius**2)
    for k in range(count):
        z = 1.0 - 2.0 * (k + 0.5) / count
        a, r = k * 2.39996, float(np.sqrt(1.0 - z * z))
        spot = hull.lamp + np.array([r * np.cos(a), r * np.sin(a), z], np.float32) * np.float32(
            0.8 * hull.lamp_radius
        )
        to = spot - start
        reach = np.linalg.norm(to, axis=1)
        way = to / np.maximum(reach, 1e-6)[:, None]
        facing = np.maximum((normals * way).sum(axis=1), 0.0)
        lit = np.flatnonzero((facing > 1e-4) & (reach > 0.02))
        if not len(lit):
            continue
        free = tracer.clear(start[lit], way[lit], reach[lit] - np.float32(0.02))
        near2 = np.maximum(reach[lit] ** 2, np.float32(2.0 * hull.lamp_radius**2))
        out[lit] += (facing[lit] * free * area / (near2 * np.float32(np.pi * count)))[:, None] * hull.glow
    return out


def straight(hull: Hull, points: Array, normals: Array, *, window: int = 8, lamp: int = 14) -> Array:
    """Light (n, 3) at each point straight from sun, window and lamp, over pi."""
    tracer = Tracer(hull)
    total = np.zeros_like(points)
    for begin in range(0, len(points), BATCH):
        rows = slice(begin, begin + BATCH)
        at, n = points[rows], normals[rows]
        total[rows] = sunlit(tracer, at, n) + daylit(tracer, at, n, window) + lamplit(tracer, at, n, lamp)
    return total


def bounced(hull: Hull, points: Array, normals: Array, *, rays: int) -> Array:
    """Light (n, 3) at each point from all surfaces, over pi, once the hull is settled."""
    tracer = Tracer(hull)
    total = np.zeros_like(points)
    k = np.arange(rays)
    spread = np.stack([(0.5 + k * 0.7548776662) % 1.0, (0.5 + k * 0.5698402910) % 1.0], axis=1)
    for begin in range(0, len(points), BATCH):
        rows = slice(begin, begin + BATCH)
        at, n = points[rows], normals[rows]
        got = np.zeros_like(at)
        for u, v in spread:
            # small things in full sun would otherwise shine along single directions
            got += np.minimum(tracer.seen(at + n * NUDGE, around(n, float(u), float(v))), np.float32(1.6))
        total[rows] = got / rays
    return total


def gather(hull: Hull, points: Array, normals: Array, *, rays: int) -> Array:
    """All light (n, 3) arriving at each point, over pi: a white matt surface there shows this radiance."""
    points, normals = np.asarray(points, np.float32), np.asarray(normals, np.float32)
    return straight(hull, points, normals) + bounced(hull, points, normals, rays=rays)


def settle(hull: Hull, *, rays: int = 160, bounces: int = 5) -> None:
    """Work out the light on the coarse cells of all surfaces; kept in the hull."""
    points: list[Array] = []
    normals: list[Array] = []
    middle = (np.arange(CELLS) + 0.5) / CELLS
    v, u = (w.ravel() for w in np.meshgrid(middle, middle, indexing="ij"))
    size = hull.high - hull.low
    for face in range(6):
        axis, far = divmod(face, 2)
        share = np.zeros((CELLS * CELLS, 3), np.float32)
        rest = [i for i in range(3) if i != axis]
        share[:, rest[0]], share[:, rest[1]], share[:, axis] = u, v, far
        points.append(hull.low + share * size)
        n = np.zeros((CELLS * CELLS, 3), np.float32)
        n[:, axis] = -1.0 if far else 1.0
        normals.append(n)
    for solid in hull.solids:
        low, high = np.asarray(solid.low, np.float32), np.asarray(solid.high, np.float32)
        pivot = np.array([*solid.pivot, 0.0], np.float32)
        for face in range(6):
            axis, far = divmod(face, 2)
            n = np.zeros((1, 3), np.float32)
            n[0, axis] = 1.0 if far else -1.0
            for s, t in ((0.2, 0.3), (0.8, 0.2), (0.3, 0.8), (0.7, 0.7)):  # four places on each face
                share = np.zeros(3, np.float32)
                rest = [i for i in range(3) if i != axis]
                share[rest[0]], share[rest[1]], share[axis] = s, t, far
                p = (low + share * (high - low))[None, :]
                points.append(_turned(p - pivot, -solid.turn) + pivot)
                normals.append(_turned(n, -solid.turn))
    at, n = np.concatenate(points), np.concatenate(normals)
    light = first = straight(hull, at, n, window=6, lamp=8)
    for _ in range(bounces):
        _keep(hull, light)
        light = first + bounced(hull, at, n, rays=rays)
    _keep(hull, light)


def _keep(hull: Hull, light: Array) -> None:
    count = 6 * CELLS * CELLS
    hull.walls[:] = light[:count].reshape(6, CELLS, CELLS, 3)
    of_solids = light[count:].reshape(len(hull.solids), 6, 4, 3).mean(axis=2)
    for k in range(len(hull.solids)):
        hull.faces_of_solids[k] = of_solids[k]
