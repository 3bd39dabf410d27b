"""From a distance field to few triangles: surface nets, and thinning out by quadric error."""

from __future__ import annotations

import heapq
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Faces = NDArray[np.int64]


def surface_nets(
    field: Callable[[Array], Array], low: Array, high: Array, cell: float
) -> tuple[Array, Faces]:
    """The surface ``field == 0`` as vertices (n, 3) and triangles (m, 3), counter-clockwise seen from outside:
    one vertex in each cell that the surface passes through (Gibson 1998)."""
    counts = np.ceil((high - low) / cell).astype(int) + 1
    axes = [low[axis] + cell * np.arange(counts[axis]) for axis in range(3)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    values = field(grid).reshape(counts)
    cells = counts - 1
    sums, crossings = np.zeros((*cells, 3)), np.zeros(cells)
    for axis in range(3):
        first = np.take(values, range(counts[axis] - 1), axis=axis)
        second = np.take(values, range(1, counts[axis]), axis=axis)
        crossed = (first < 0) != (second < 0)
        share = np.where(crossed, first / np.where(crossed, first - second, 1.0), 0.0)
        others = [other for other in range(3) if other != axis]
        for corner in range(4):
            shift = [corner & 1, corner >> 1]
            window: list[slice] = [slice(None)] * 3
            for other, by in zip(others, shift, strict=True):
                window[other] = slice(by, by + cells[other])
            hit = crossed[tuple(window)]
            place = np.zeros((*cells, 3))
            place[..., axis] = share[tuple(window)]
            for other, by in zip(others, shift, strict=True):
                place[..., other] = by
            sums += np.where(hit[..., None], place, 0.0)
            crossings += hit
    used = crossings > 0
    number = np.full(cells, -1)
    number[used] = np.arange(int(used.sum()))
    corners = np.stack(np.meshgrid(*(np.arange(count) for count in cells), indexing="ij"), axis=-1)
    points = low + cell * (corners[used] + sums[used] / crossings[used][:, None])
    return points, _faces(values, number, cells)


def _faces(values: Array, number: Faces, cells: Faces) -> Faces:
    """Two triangles around each edge of the grid that the surface crosses."""
    found: list[Faces] = []
    for axis in range(3):
        b, c = (axis + 1) % 3, (axis + 2) % 3
        window: list[slice] = [slice(1, cells[other]) for other in range(3)]
        window[axis] = slice(0, cells[axis])
        inside = values[tuple(window)] < 0
        ahead = list(window)
        ahead[axis] = slice(1, cells[axis] + 1)
        beyond = values[tuple(ahead)] < 0
        crossed = np.argwhere(inside != beyond)
        origin = crossed + np.array([1 if other != axis else 0 for other in range(3)])
        leaving = inside[tuple(crossed.T)]
        unit = np.eye(3, dtype=int)
        ring = [
            number[tuple((origin - unit[b] * db - unit[c] * dc).T)]
            for db, dc in ((1, 1), (0, 1), (0, 0), (1, 0))
        ]
        quad = np.stack(ring, axis=1)
        quad = np.where(leaving[:, None], quad, quad[:, ::-1])
        found += [quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]]
    return np.concatenate(found)


def thinned(points: Array, faces: Faces, wanted: int) -> tuple[Array, Faces]:
    """About ``wanted`` triangles: the edge whose vanishing costs least goes first (Garland and Heckbert 1997)."""
    points = points.copy()
    corners = points[faces]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(normals, axis=1, keepdims=True)
    normals /= np.maximum(areas, 1e-12)
    planes = np.concatenate([normals, -np.einsum("ij,ij->i", normals, corners[:, 0])[:, None]], axis=1)
    weighed = planes[:, :, None] * planes[:, None, :] * areas[:, :, None]
    quadrics = np.zeros((len(points), 4, 4))
    for corner in range(3):
        np.add.at(quadrics, faces[:, corner], weighed)
    around: list[set[int]] = [set() for _ in points]
    for index, face in enumerate(faces.tolist()):
        for vertex in face:
            around[vertex].add(index)
    alive = {index: list(face) for index, face in enumerate(faces.tolist())}
    version = [0] * len(points)

    def cost(a: int, b: int) -> tuple[float, Array]:
        quadric = quadrics[a] + quadrics[b]
        tries = [points[a], points[b], (points[a] + points[b]) / 2]
        flat = quadric[:3, :3] + np.eye(3) * 1e-6 * np.trace(quadric)
        tries.append(np.linalg.solve(flat, -quadric[:3, 3] + 1e-6 * np.trace(quadric) * tries[2]))
        length = float(np.linalg.norm(points[a] - points[b]))
        costs = [
            float(np.append(place, 1.0) @ quadric @ np.append(place, 1.0)) + 1e-3 * length**2
            for place in tries
        ]
        best = int(np.argmin(costs))
        return costs[best], tries[best]

    heap: list[tuple[float, int, int, int, int]] = []

    def offer(a: int, b: int) -> None:
        a, b = min(a, b), max(a, b)
        heapq.heappush(heap, (cost(a, b)[0], a, b, version[a], version[b]))

    for a, b in {
        (min(x, y), max(x, y)) for f in faces.tolist() for x, y in zip(f, f[1:] + f[:1], strict=True)
    }:
        offer(a, b)
    while len(alive) > wanted and heap:
        _, a, b, at_a, at_b = heapq.heappop(heap)
        if version[a] != at_a or version[b] != at_b:
            continue
        place = cost(a, b)[1]
        shared = around[a] & around[b]
        if (
            len(shared) != 2
            or not _manifold(alive, around, a, b)
            or _flips(alive, around, points, a, b, place)
        ):
            continue
        for index in shared:
            for vertex in alive.pop(index):
                around[vertex].discard(index)
        for index in around[b]:
            alive[index] = [a if vertex == b else vertex for vertex in alive[index]]
        around[a] |= around[b]
        around[b] = set()
        points[a], quadrics[a] = place, quadrics[a] + quadrics[b]
        version[a] += 1
        version[b] += 1
        for other in {vertex for index in around[a] for vertex in alive[index]} - {a}:
            offer(a, other)
    left = np.array(list(alive.values()))
    kept, numbered = np.unique(left, return_inverse=True)
    return points[kept], numbered.reshape(-1, 3)


def _manifold(alive: dict[int, list[int]], around: list[set[int]], a: int, b: int) -> bool:
    """The two ends share no neighbours but the two tips of the faces between them."""
    near = [{vertex for index in around[end] for vertex in alive[index]} - {a, b} for end in (a, b)]
    return len(near[0] & near[1]) == 2


def _flips(
    alive: dict[int, list[int]], around: list[set[int]], points: Array, a: int, b: int, place: Array
) -> bool:
    """Whether a face would turn over, or nearly so."""
    for index in (around[a] | around[b]) - (around[a] & around[b]):
        old = [points[vertex] for vertex in alive[index]]
        new = [place if vertex in (a, b) else points[vertex] for vertex in alive[index]]
        before = np.cross(old[1] - old[0], old[2] - old[0])
        after = np.cross(new[1] - new[0], new[2] - new[0])
        if before @ after < 0.3 * np.linalg.norm(before) * np.linalg.norm(after):
            return True
    return False
