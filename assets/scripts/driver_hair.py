"""Her hair: some hundred locks that grow from the scalp, fall under their weight and stay outside of head and jumper;
each is a strip of the picture of strands that this paints too (see ``make_driver.py``)."""

from __future__ import annotations

import numpy as np

from assets.scripts.people_body import INDEX, NAMES, Array
from assets.scripts.people_clothes import Part, Wearer
from assets.scripts.people_hair import scalp

STEP_M = 0.0125
ROWS = 12
"""Of points along a lock."""
STRIPS = 4
STRANDS = 420
"""Kinds of locks side by side in the picture."""
PART_X = 0.022
"""Where the parting is: over her left eye, so that most hair falls to the passenger's side."""


def picture(width: int = 1024, height: int = 1024, seed: int = 4) -> Array:
    """(height, width, 4): strands from the root (above) to loose ends; light and dark ones."""
    rng = np.random.default_rng(seed)
    colour = np.zeros((height, width, 3))
    cover = np.zeros((height, width))
    each = width // STRIPS
    rows = np.arange(height) / height
    base = np.array([0.385, 0.308, 0.248])
    for strip in range(STRIPS):
        left = strip * each
        tufts = rng.uniform(0.12, 0.88, 9)
        for k in range(STRANDS):
            # deep strands first and dark, upper ones lighter; they keep together in tufts that part towards the ends
            layer = k / STRANDS
            tuft = tufts[rng.integers(len(tufts))]
            at_root = 0.5 + 0.44 * (2.0 * rng.beta(2.1, 2.1) - 1.0)
            x = (at_root + (tuft - at_root) * 0.62 * rows**1.4 + rng.normal(0.0, 0.035) * rows) * each
            x = (
                x
                + rng.normal(0.0, 4.0)
                * np.sin(rows * np.pi * rng.uniform(0.6, 2.2) + rng.uniform(0, 6.3))
                * rows
            )
            start = abs(rng.normal(0.0, 0.035))
            end = np.clip(rng.normal(0.88, 0.11), 0.40, 0.995)
            tone = base * (0.66 + 0.42 * layer) * rng.lognormal(0.0, 0.13)
            if rng.random() < 0.12:
                tone = tone * np.array([1.34, 1.30, 1.24])
            wide = rng.uniform(0.5, 1.4) * np.clip((end - rows) / 0.16, 0.25, 1.0)
            there = (rows < end) & (rows >= start)
            for dx in range(-3, 4):
                at = np.round(x).astype(int) + dx
                weight = np.clip(wide + 0.5 - np.abs(at - x), 0.0, 1.0)
                ok = there & (at > 2) & (at < each - 3) & (weight > 0.0)
                r, c = np.flatnonzero(ok), left + at[ok]
                w = weight[ok][:, None]
                colour[r, c] = colour[r, c] * (1 - w) + tone * w
                cover[r, c] = np.maximum(cover[r, c], weight[ok])
    colour *= (0.88 + 0.20 * rows)[:, None, None]
    bare = cover < 0.05
    colour[bare] = base * 0.72
    return np.concatenate([np.clip(colour, 0, 1), np.clip(cover, 0, 1)[..., None]], axis=-1)


def locks(wearer: Wearer, others: list[Part], seed: int = 11) -> tuple[Part, Array]:
    """All locks as one part, whose coordinates are those of :func:`picture`, and their normals: the mass of hair's, not
    each strip's."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    rng = np.random.default_rng(seed)
    points, faces = [wearer.points], [wearer.faces]
    first = len(wearer.points)
    for part in others:
        points.append(part.points)
        faces.append(part.faces + first)
        first += len(part.points)
    tree = BVHTree.FromPolygons(np.concatenate(points).tolist(), np.concatenate(faces).tolist())
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    head = wearer.weight("head") > 0.5
    used = np.unique(wearer.faces)
    used = used[head[used]]
    crown = wearer.points[used, 2].max()
    centre = np.array([eye[0], eye[1] - 0.085, crown - 0.095])
    wearer_points = wearer.points
    grows = scalp(wearer_points - [eye[0], 0.0, 0.0], _Centred(wearer, eye[0])) > 0.40
    triangles = wearer.faces[(grows & head)[wearer.faces].all(axis=1)]
    flat = np.cross(
        wearer_points[triangles[:, 1]] - wearer_points[triangles[:, 0]],
        wearer_points[triangles[:, 2]] - wearer_points[triangles[:, 0]],
    )
    area = np.linalg.norm(flat, axis=1)
    made_points, made_faces, made_uvs, made_normals, shades, weights = [], [], [], [], [], []
    count = 0

    def roots(n: int) -> Array:
        chosen = rng.choice(len(triangles), n, p=area / area.sum())
        s = rng.dirichlet((1, 1, 1), n)
        return np.einsum("nk,nkd->nd", s, wearer_points[triangles[chosen]])

    def push(p: Array, lift: float) -> tuple[Array, Array]:
        place, normal, _, away = tree.find_nearest(Vector(p))
        n = np.array(normal[:])
        out = float((p - np.array(place[:])) @ n)
        if away < 0.06 and out < lift:
            p = p + n * (lift - out)
        return p, n

    plan = [(0, 95, 0.0030), (1, 130, 0.0060), (2, 85, 0.0085), (3, 80, 0.0072)]
    ear_y = eye[1] - 0.094
    for layer, n, lift in plan:
        at = roots(n * (40 if layer == 3 else 5))
        height = (at[:, 2] - eye[2]) / (crown - eye[2])
        keep = height > (-0.9, -0.2, 0.30, 0.0)[layer]
        # the ear stays free
        keep &= ~((at[:, 1] > ear_y) & (at[:, 2] < eye[2] + 0.012))
        if layer == 3:
            # fine ones at the edge of the scalp, so that it is soft
            grown = scalp(at - [eye[0], 0.0, 0.0], _Centred(wearer, eye[0]))
            keep &= (grown < 0.92) & (at[:, 1] > eye[1] - 0.09)
        at = at[keep][:n]
        if layer in (1, 2):
            # along the parting
            k = n // 3
            y = rng.uniform(eye[1] - 0.150, eye[1] - 0.030, k)
            line = np.stack([eye[0] - PART_X + rng.normal(0, 0.002, k), y, np.full(k, crown + 0.05)], axis=1)
            hits = [tree.ray_cast(Vector(p), Vector((0, 0, -1)))[0] for p in line]
            at = np.concatenate([at, np.array([h[:] for h in hits if h is not None])])
        for root in at:
            side = 1.0 if root[0] > eye[0] - PART_X else -1.0
            p, out = push(root, 0.0015)
            back = np.clip((eye[1] - root[1]) / 0.17, 0.0, 1.0)
            # away from the parting, and back over the ear
            way = np.array([side * (1.0 - 0.35 * back), -0.60 + 0.1 * back, -0.10])
            way += rng.normal(0, 0.07, 3)
            # each finds its own way past the ear
            past, over = ear_y + rng.normal(0.002, 0.007), eye[2] + 0.028 + rng.normal(0.0, 0.010)
            thin = layer == 3 or rng.random() < 0.14
            if thin:
                way += rng.normal(0, 0.10, 3)
                over -= abs(rng.normal(0.0, 0.012))
            lowest = eye[2] - 0.245 + rng.normal(0.0, 0.022)
            line = [p]
            stuck = 0
            for i in range(40):
                pull = np.array([0.0, 0.0, -1.0])
                # combed back: the line rises from the ear to the forehead
                rise = over + 0.34 * max(p[1] - (eye[1] - 0.078), 0.0)
                over_ear = p[1] > past and p[2] < rise + 0.018
                if over_ear:
                    pull = np.array([0.0, -1.0, 0.12 if p[2] < rise else -0.25])
                way = 0.74 * way + (0.62 if over_ear else 0.26) * pull
                low = np.clip((eye[2] - 0.06 - p[2]) / 0.15, 0.0, 1.0)
                # hangs behind the shoulders
                way += 0.10 * low * np.array([0.6 * (eye[0] - p[0]) / 0.08, -0.35, 0.0])
                way /= np.linalg.norm(way)
                q, out = push(p + STEP_M * way, lift * min(1.0, 0.3 + 0.2 * i) + 0.0025 * low)
                moved = (q - p) / max(np.linalg.norm(q - p), 1e-6)
                way = 0.45 * way + 0.55 * moved
                stuck = stuck + 1 if q[2] > p[2] - 0.003 and p[2] < eye[2] - 0.05 else 0
                if stuck > 2 or (q[1] > eye[1] - 0.075 and q[2] < eye[2] - 0.03):
                    break
                p = q
                line.append(p)
                if p[2] < lowest:
                    break
            if len(line) < 9:
                continue
            line = np.array(line)
            for _ in range(6):
                line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
            # more of them where the head is round
            t = np.linspace(0.0, 1.0, ROWS) ** 1.15
            take = t * (len(line) - 1)
            line = np.stack([np.interp(take, np.arange(len(line)), line[:, k]) for k in range(3)], axis=1)
            m = ROWS
            along = np.gradient(line, axis=0)
            along /= np.linalg.norm(along, axis=1, keepdims=True)
            # the mass of hair is round as the head is; below it looks away from the neck
            away = line - np.array([centre[0], centre[1], 0.0])
            away[:, 2] = np.clip(line[:, 2] - centre[2], 0.0, None)
            away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
            face = away - along * np.sum(away * along, axis=1, keepdims=True)
            face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-6)
            across = np.cross(along, face)
            half = (rng.uniform(0.003, 0.006) if thin else rng.uniform(0.013, 0.020)) * np.interp(
                t, (0, 0.3, 0.75, 1.0), (0.55, 1.0, 1.0, 0.8)
            )
            roll = rng.normal(0, 0.13) * np.clip((eye[2] + 0.02 - line[:, 2]) / 0.10, 0.15, 1.0)[:, None]
            across = across * np.cos(roll) + face * np.sin(roll)
            rows = np.stack([line - across * half[:, None], line + across * half[:, None]], 1)
            strip = int(rng.integers(STRIPS))
            flip = rng.random() < 0.5
            u = (strip + np.array([0.01, 0.99])) / STRIPS
            u = u[::-1] if flip else u
            v = 1.0 - (0.01 + 0.985 * t)
            uv = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=-1).reshape(-1, 2)
            bend = face + rng.normal(0.0, 0.06, 3)
            bend = np.stack([bend - 0.20 * across, bend + 0.20 * across], 1)
            bend /= np.linalg.norm(bend, axis=2, keepdims=True)
            grid = (np.arange(m - 1)[:, None] * 2).reshape(-1, 1)
            tri = np.concatenate([grid + [0, 1, 3], grid + [0, 3, 2]])
            made_points.append(rows.reshape(-1, 3))
            made_faces.append(tri + count)
            made_uvs.append(uv)
            made_normals.append(bend.reshape(-1, 3))
            # a sheen around the crown, dark beneath and at the roots
            h = (line[:, 2] - eye[2]) / 0.11
            sheen = 0.94 + 0.75 * np.exp(-(((h - 0.58 - rng.normal(0, 0.03)) / 0.18) ** 2))
            sheen += 0.16 * np.exp(-(((h + 0.75 - rng.normal(0, 0.12)) / 0.35) ** 2))
            deep = (0.62, 0.90, 1.06, 1.0)[layer] * np.interp(t, (0.0, 0.12, 1.0), (0.82, 1.0, 1.05))
            lock = rng.lognormal(0.0, 0.15)
            shades.append(np.repeat(sheen * deep * lock, 2))
            loose = np.clip((eye[2] - 0.10 - line[:, 2]) / 0.12, 0.0, 1.0)
            w = np.zeros((m, len(NAMES)))
            w[:, INDEX["head"]] = 1.0 - loose
            w[:, INDEX["neck"]] = 0.55 * loose
            w[:, INDEX["spine3"]] = 0.45 * loose
            weights.append(np.repeat(w, 2, axis=0))
            count += 2 * m
    faces_ = np.concatenate(made_faces)
    uvs = np.concatenate(made_uvs)
    part = Part(
        "hair",
        "",
        np.concatenate(made_points),
        faces_,
        uvs[faces_],
        np.concatenate(weights),
        np.concatenate(shades),
    )
    return part, np.concatenate(made_normals)


class _Centred:
    """A wearer seen from the middle of the own head."""

    def __init__(self, wearer: Wearer, x: float) -> None:
        self.points, self.faces = wearer.points - [x, 0.0, 0.0], wearer.faces[_head(wearer)]
        self._wearer, self._x = wearer, x

    def joint(self, name: str) -> Array:
        return self._wearer.joint(name) - [self._x, 0.0, 0.0]


def _head(wearer: Wearer) -> Array:
    return (wearer.weight("head") > 0.5)[wearer.faces].all(axis=1)
