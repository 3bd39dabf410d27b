"""What people wear: garments made from the body's own surface, and others' garments fitted to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assets.scripts.people_body import INDEX, Array, Base, Ints, triangles


@dataclass(frozen=True, eq=False)
class Part:
    """Something of one look: skin, a garment, hair."""

    kind: str
    """Decides which of a member's colours tints it."""
    chart: str
    """Which picture of the atlas it shows; empty where the coordinates are the atlas's own already."""
    points: Array
    faces: Ints
    """(m, 3)."""
    uvs: Array
    """(m, 3, 2) within the chart."""
    weights: Array
    shade: Array
    """(n,) factor on the colour: shadow that the form throws on itself."""
    hairy: Array | None = None
    """(n,) how much of the skin is covered by hair."""


def normals(points: Array, faces: Ints) -> Array:
    """At each vertex, by area."""
    flat = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
    found = np.zeros_like(points)
    for k in range(3):
        np.add.at(found, faces[:, k], flat)
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)


def neighbours(count: int, faces: Ints) -> tuple[Ints, Ints]:
    """Directed edges, each once."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    edges = np.unique(np.concatenate([edges, edges[:, ::-1]]), axis=0)
    del count
    return edges[:, 0], edges[:, 1]


def smoothed(points: Array, faces: Ints, times: int, keep: Array | float = 0.0) -> Array:
    """By the mean of the neighbours; ``keep`` (0 to 1 a vertex) holds places."""
    a, b = neighbours(len(points), faces)
    degree = np.bincount(a, minlength=len(points))[:, None]
    held = np.broadcast_to(np.asarray(keep), (len(points),))[:, None]
    for _ in range(times):
        mean = np.zeros_like(points)
        np.add.at(mean, a, points[b])
        mean = np.where(degree > 0, mean / np.maximum(degree, 1), points)
        points = points + (1.0 - held) * 0.55 * (mean - points)
    return points


def even_rim(points: Array, faces: Ints, times: int = 14) -> Array:
    """With rims that run evenly, whatever steps the faces made that they were cut from."""
    edges = rim(faces)
    both = np.concatenate([edges, edges[:, ::-1]])
    degree = np.bincount(both[:, 0], minlength=len(points))[:, None]
    for _ in range(times):
        mean = np.zeros_like(points)
        np.add.at(mean, both[:, 0], points[both[:, 1]])
        points = np.where(degree > 0, 0.5 * points + 0.5 * mean / np.maximum(degree, 1), points)
    return points


def rim(faces: Ints) -> Ints:
    """Edges with a face on one side only, running with it."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    key = np.sort(edges, axis=1)
    _, at, count = np.unique(key, axis=0, return_index=True, return_counts=True)
    return edges[at[count == 1]]


class Wearer:
    """A body and what it is dressed in."""

    def __init__(self, base: Base, points: Array, joints: Array) -> None:
        self.base, self.points, self.joints = base, points, joints
        quads, corners = base.faces["body"]
        self.faces, self.corners = triangles(quads), triangles(corners)
        self.normals = normals(points, self.faces)

    def joint(self, name: str) -> Array:
        return self.joints[INDEX[name]]

    def along(self, bone: str, child: str) -> Array:
        """Of every vertex, how far it lies along a bone (0 at its joint, 1 at the child's)."""
        a, b = self.joint(bone), self.joint(child)
        return (self.points - a) @ (b - a) / ((b - a) @ (b - a))

    def weight(self, *names: str) -> Array:
        return self.base.weights[:, [INDEX[n] for n in names]].sum(axis=1)

    def arms(self) -> Array:
        return self.weight(*(f"{n}_{s}" for n in ("upperarm", "lowerarm", "hand") for s in "lr"))

    def garment(
        self,
        kind: str,
        chart: str,
        worn: Callable[[Array], NDArray[np.bool_]],
        offset: Array | float,
        *,
        smooth: int = 10,
        margin: float = 0.004,
        form: Callable[[Array, Ints], Array] | None = None,
        hem_m: float = 0.012,
    ) -> Part:
        """The body's surface where ``worn``, lifted off by ``offset`` (m), smoothed, formed and hemmed."""
        inside = worn(self.points)
        chosen = inside[self.faces].all(axis=1)
        faces, corners = self.faces[chosen], self.corners[chosen]
        used, at = np.unique(faces, return_inverse=True)
        faces = at.reshape(-1, 3)
        skin, out = self.points[used], self.normals[used]
        lift = np.broadcast_to(np.asarray(offset, dtype=float), (len(self.points),))[used]
        edge = np.zeros(len(used))
        edge[np.unique(rim(faces))] = 1.0
        points = smoothed(skin + out * lift[:, None], faces, smooth, keep=0.6 * edge)
        if form is not None:
            points = form(points, used)
        for _ in range(3):
            short = margin - np.einsum("ij,ij->i", points - skin, out)
            points = points + out * np.maximum(short, 0.0)[:, None]
            points = smoothed(points, faces, 1, keep=0.5 + 0.5 * edge)
        short = 0.6 * margin - np.einsum("ij,ij->i", points - skin, out)
        points = points + out * np.maximum(short, 0.0)[:, None]
        points = even_rim(points, faces)
        part = Part(
            kind, chart, points, faces, self.base.uvs[corners], self.base.weights[used], np.ones(len(used))
        )
        return hemmed(part, skin, hem_m)

    def hidden(self, parts: list[Part], reach_m: float = 0.05) -> NDArray[np.bool_]:
        """Which vertices of the body lie under something worn, and all their neighbours too."""
        from mathutils import Vector
        from mathutils.bvhtree import BVHTree

        covered = np.zeros(len(self.points), dtype=bool)
        used = np.unique(self.faces)
        for part in parts:
            tree = BVHTree.FromPolygons(part.points.tolist(), part.faces.tolist())
            for i in used[~covered[used]]:
                start = Vector(self.points[i] - 0.004 * self.normals[i])
                covered[i] = tree.ray_cast(start, Vector(self.normals[i]), reach_m)[0] is not None
                if not covered[i]:  # what pokes through
                    start = Vector(self.points[i] + 0.001 * self.normals[i])
                    covered[i] = tree.ray_cast(start, -Vector(self.normals[i]), 0.016)[0] is not None
        # shoes leave nothing of the foot to be seen
        ankle = min(self.joint("foot_l")[2], self.joint("foot_r")[2])
        covered |= (self.weight("foot_l", "toe_l", "foot_r", "toe_r") > 0.3) & (
            self.points[:, 2] < ankle + 0.01
        )
        a, b = neighbours(len(self.points), self.faces)
        for _ in range(2):
            bare = np.zeros(len(covered), dtype=bool)
            np.logical_or.at(bare, a, ~covered[b])
            covered &= ~bare
        return covered

    def skin(
        self,
        hidden: NDArray[np.bool_],
        crop: tuple[float, float, float, float],
        place: Callable[[str, Array], Array],
        face: str,
    ) -> Part:
        """What shows of the skin: the head in its own picture, the rest in the body's."""
        seen = ~hidden[self.faces].all(axis=1)
        # the sockets behind the eyes are never seen
        uv = self.base.uvs[self.corners]
        seen &= ~((uv[..., 0] < 0.155) & (uv[..., 1] > 0.54) & (uv[..., 1] < 0.64)).all(axis=1)
        uv = uv[seen]
        u0, v0, u1, v1 = crop
        head = ((uv[..., 0] > u0) & (uv[..., 1] > v0) & (uv[..., 1] < v1)).all(axis=1)
        on_head = place(face, (uv - [u0, v0]) / [u1 - u0, v1 - v0])
        used, at = np.unique(self.faces[seen], return_inverse=True)
        return Part(
            "skin",
            "",
            self.points[used],
            at.reshape(-1, 3),
            np.where(head[:, None, None], on_head, place("skin", uv)),
            self.base.weights[used],
            np.ones(len(used)),
            np.zeros(len(used)),
        )


def hemmed(part: Part, skin: Array, deep_m: float) -> Part:
    """With every rim folded in towards the body, so that cloth has thickness."""
    edges = rim(part.faces)
    on_rim = np.unique(edges)
    inner = len(part.points) + np.arange(len(on_rim))
    where = np.zeros(len(part.points), dtype=np.int64)
    where[on_rim] = inner
    centre = part.points.mean(axis=0)
    del centre
    middle = np.zeros((len(part.points), 3))
    a, b = neighbours(len(part.points), part.faces)
    degree = np.bincount(a, minlength=len(part.points))[:, None]
    np.add.at(middle, a, part.points[b])
    middle /= np.maximum(degree, 1)
    back = middle[on_rim] - part.points[on_rim]
    back *= deep_m / np.maximum(np.linalg.norm(back, axis=1, keepdims=True), 1e-9)
    folded = part.points[on_rim] + 0.85 * (skin[on_rim] - part.points[on_rim]) + back
    i, j = edges[:, 0], edges[:, 1]
    strip = np.concatenate([np.stack([j, i, where[i]], axis=1), np.stack([j, where[i], where[j]], axis=1)])
    uv_of = np.zeros((len(part.points) + len(on_rim), 2))
    uv_of[part.faces] = part.uvs
    uv_of[inner] = uv_of[on_rim]
    return replace(
        part,
        points=np.concatenate([part.points, folded]),
        faces=np.concatenate([part.faces, strip]),
        uvs=np.concatenate([part.uvs, uv_of[strip]]),
        weights=np.concatenate([part.weights, part.weights[on_rim]]),
        shade=np.concatenate([part.shade, np.full(len(on_rim), 0.45)]),
    )


def collared(part: Part, wearer: Wearer, deep_m: float) -> Part:
    """With a collar turned down around the neck."""
    neck = wearer.joint("neck")
    # the rim in front of the hem that is folded in
    first = int(np.argmax(part.shade < 0.5)) if (part.shade < 0.5).any() else len(part.points)
    edges = rim(part.faces[(part.faces < first).all(axis=1)])
    at_neck = part.points[:, 2] > neck[2] - 0.10
    at_neck &= np.hypot(part.points[:, 0], part.points[:, 1] - neck[1]) < 0.14
    edges = edges[at_neck[edges].all(axis=1)]
    used, at = np.unique(edges, return_inverse=True)
    i, j = at.reshape(-1, 2).T
    base = part.points[used]
    out = base - [0.0, neck[1], 0.0]
    out[:, 2] = 0.0
    out /= np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)
    front = np.clip(out[:, 1:2], 0.0, 1.0) ** 3
    up = np.array([0.0, 0.0, 1.0])
    rows = [
        # the stand, then the fall, whose outer face is the cloth's inner one
        base,
        base - 0.003 * out + 0.010 * up,
        base + 0.003 * out + 0.009 * up,
        base + (0.013 + 0.006 * front) * out - (0.4 * deep_m + 0.008 * front - 0.010) * up,
        base + (0.017 + 0.010 * front) * out - (deep_m + 0.024 * front - 0.014) * up,
    ]
    n = len(used)
    start = len(part.points)
    strips = []
    open_ = (0.5 * (out[i, 1] + out[j, 1])) > 0.975
    for k, turned_over in ((0, False), (2, True), (3, True)):
        chosen = ~open_ if turned_over else np.ones(len(i), dtype=bool)
        a, b, c, d = (v[chosen] for v in (i + k * n, j + k * n, j + (k + 1) * n, i + (k + 1) * n))
        both = [np.stack([b, a, d], axis=1), np.stack([b, d, c], axis=1)]
        strips += [three[:, ::-1] for three in both] if turned_over else both
    strip = np.concatenate(strips)
    uv_of = np.zeros((len(part.points), 2))
    uv_of[part.faces] = part.uvs
    own = np.tile(uv_of[used], (len(rows), 1))
    shade = np.repeat([0.9, 1.0, 1.0, 1.0, 0.95], n)
    return replace(
        part,
        points=np.concatenate([part.points, *rows]),
        faces=np.concatenate([part.faces, strip + start]),
        uvs=np.concatenate([part.uvs, own[strip]]),
        weights=np.concatenate([part.weights, *[part.weights[used]] * len(rows)]),
        shade=np.concatenate([part.shade, shade]),
    )


@dataclass(frozen=True, eq=False)
class Fitted:
    """Others' garment, held by the body's triangles, so that it goes along with any shape."""

    faces: Ints
    uvs: Array
    held_by: Ints
    """(n,) the body's triangle."""
    shares: Array
    """(n, 3) where on it."""
    apart: Array
    """(n, 3) from there, in the triangle's own frame, m."""


def frames(points: Array, faces: Ints) -> Array:
    """Each triangle's axes as columns."""
    a, b, c = (points[faces[:, k]] for k in range(3))
    x = b - a
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    z = np.cross(x, c - a)
    z /= np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-12)
    return np.stack([x, np.cross(z, x), z], axis=2)


def fit(points: Array, faces: Ints, uvs: Array, body: Array, body_faces: Ints) -> Fitted:
    """Holds a garment that fits ``body`` by its triangles."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    tree = BVHTree.FromPolygons(body.tolist(), body_faces.tolist())
    held, on = [], []
    for point in points:
        place, _, index, _ = tree.find_nearest(Vector(point))
        held.append(index)
        on.append(place[:])
    held_by, at = np.array(held), np.array(on)
    a, b, c = (body[body_faces[held_by, k]] for k in range(3))
    solved = [
        np.linalg.lstsq(np.stack([p, q, r], axis=1), o, rcond=None)[0]
        for p, q, r, o in zip(a, b, c, at, strict=True)
    ]
    shares = np.array(solved)
    shares = np.clip(shares, 0.0, 1.0)
    shares /= shares.sum(axis=1, keepdims=True)
    local = frames(body, body_faces[held_by])
    rest = np.einsum("nk,nkd->nd", shares, body[body_faces[held_by]])
    apart = np.einsum("ndk,nd->nk", local, points - rest)
    return Fitted(faces, uvs, held_by, shares, apart)


def put_on(
    fitted: Fitted, wearer: Wearer, kind: str, chart: str, *, margin: float = 0.004, smooth: int = 2
) -> Part:
    """The garment on somebody."""
    corners = wearer.faces[fitted.held_by]
    rest = np.einsum("nk,nkd->nd", fitted.shares, wearer.points[corners])
    apart = np.einsum("ndk,nk->nd", frames(wearer.points, corners), fitted.apart)
    apart = smoothed(apart, fitted.faces, smooth)
    out = np.einsum("nk,nkd->nd", fitted.shares, wearer.normals[corners])
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    short = margin - np.einsum("ij,ij->i", apart, out)
    weights = np.einsum("nk,nkb->nb", fitted.shares, wearer.base.weights[corners])
    from assets.scripts.people_hair import outside

    return Part(
        kind,
        chart,
        outside(rest + apart + out * np.maximum(short, 0.0)[:, None], wearer, 0.7 * margin),
        fitted.faces,
        fitted.uvs,
        weights,
        np.ones(len(rest)),
    )


def welded(points: Array, faces: Ints) -> tuple[Array, Ints]:
    """Vertices at one place become one; degenerate and doubled faces go."""
    _, first, at = np.unique(np.round(points, 5), axis=0, return_index=True, return_inverse=True)
    return points[first], at.reshape(-1)[faces]
