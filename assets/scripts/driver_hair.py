"""Her hair: some hundred locks that grow from parting, scalp and hairline, fall under their weight and stay outside of
head and jumper; each is a strip of the picture of strands (see ``make_driver.py``)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assets.scripts.driver_hairline import eye_and_size, hairline, inside
from assets.scripts.driver_strands import DENSE, SHORT, STRIPS, WISPS
from assets.scripts.people_body import INDEX, NAMES, Array
from assets.scripts.people_clothes import Part, Wearer

STEP_M = 0.0125
ROWS = 12
"""Of points along a lock."""
SHORT_ROWS = 4
"""And along one of the short hairs at the hairline."""
PART_X = 0.022
"""Where the parting is: over her left eye, so that most hair falls to the passenger's side."""


@dataclass(frozen=True)
class Kind:
    """Locks of one sort; lengths in metres."""

    number: int
    lift: float
    half: tuple[float, float]
    deep: float
    """How bright: what lies below is darker."""
    strips: tuple[int, ...]
    stray: float = 0.06


PLAN = {
    "deep": Kind(60, 0.0024, (0.012, 0.018), 0.95, DENSE),
    "middle": Kind(112, 0.0056, (0.010, 0.014), 0.99, DENSE),
    "edge": Kind(92, 0.0042, (0.006, 0.010), 1.0, DENSE, 0.08),
    "parting": Kind(146, 0.0086, (0.008, 0.013), 1.03, DENSE),
    "crown": Kind(38, 0.0088, (0.010, 0.015), 1.03, DENSE),
    "loose": Kind(20, 0.0098, (0.004, 0.008), 1.03, WISPS, 0.12),
    "ear": Kind(14, 0.0020, (0.004, 0.007), 1.0, WISPS, 0.08),
}
SHORT_HAIRS = 260


def locks(wearer: Wearer, others: list[Part], seed: int = 11) -> tuple[Part, Array]:
    """All locks as one part, whose coordinates are those of :func:`picture`, and their normals: the mass of hair's, not
    each strip's."""
    grown = _Growth(wearer, others, seed)
    for name, kind in PLAN.items():
        for root, way in grown.roots(name, kind.number):
            grown.lock(root, way, kind)
    for root, way in grown.roots("short", SHORT_HAIRS):
        grown.short(root, way)
    return grown.part()


class _Growth:
    """Where hair grows on a head, and what has grown."""

    def __init__(self, wearer: Wearer, others: list[Part], seed: int) -> None:
        from mathutils.bvhtree import BVHTree

        self._rng = np.random.default_rng(seed)
        points, faces, first = [], [], 0
        for part in (wearer, *others):
            points.append(part.points)
            faces.append(part.faces + first)
            first += len(part.points)
        self._tree = BVHTree.FromPolygons(np.concatenate(points).tolist(), np.concatenate(faces).tolist())
        self._wearer = wearer
        self._eye, self._size = eye_and_size(wearer)
        self._centre = np.array([self._eye[0], self._eye[1] - 0.085, self._eye[2] + self._size - 0.095])
        head = wearer.weight("head") > 0.5
        self._triangles = wearer.faces[head[wearer.faces].all(axis=1)]
        a, b, c = (wearer.points[self._triangles[:, k]] for k in range(3))
        self._area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
        self._made: list[tuple[Array, ...]] = []

    # -- roots

    def _somewhere(self, number: int) -> Array:
        chosen = self._rng.choice(len(self._triangles), number, p=self._area / self._area.sum())
        share = self._rng.dirichlet((1, 1, 1), number)
        return np.einsum("nk,nkd->nd", share, self._wearer.points[self._triangles[chosen]])

    def _above(self, x: Array, y: Array) -> Array:
        """Places of the scalp seen from above."""
        from mathutils import Vector

        high = self._eye[2] + self._size + 0.05
        down = Vector((0, 0, -1))
        hits = [self._tree.ray_cast(Vector((u, v, high)), down)[0] for u, v in zip(x, y, strict=True)]
        return np.array([hit[:] for hit in hits if hit is not None])

    def roots(self, name: str, number: int) -> list[tuple[Array, Array]]:
        """Roots of one sort, and which way the hair sets out from them."""
        rng, eye = self._rng, self._eye
        if name == "parting":
            y = eye[1] + rng.uniform(-0.140, 0.004, number)
            side = np.where(np.arange(number) % 5 < 3, 1.0, -1.0)
            x = eye[0] - PART_X + side * np.abs(rng.normal(0.0004, 0.0011, number))
            at = self._above(x, y)
            at = at[inside(at, self._wearer) > 0.005]
        elif name == "crown":
            at = self._above(
                eye[0] - PART_X + rng.normal(0.008, 0.006, number),
                eye[1] - 0.140 + rng.normal(0, 0.004, number),
            )
        else:
            at = self._somewhere(number * 90)
            far = inside(at, self._wearer)
            back = eye[1] - at[:, 1]
            low, high, hind = {
                "short": (-0.009, 0.005, 0.112),
                "edge": (-0.001, 0.007, 0.120),
                "middle": (0.012, 1.0, 1.0),
                "deep": (0.004, 1.0, 1.0),
                "loose": (0.012, 1.0, 1.0),
                "ear": (0.0, 0.012, 0.075),
            }[name]
            at = at[(far > low) & (far < high) & (back < hind)]
            if name == "ear":
                at = at[at[:, 2] < eye[2] + 0.045]
            if name in ("middle", "loose"):
                # in front locks from parting and hairline cover all: no root shows there
                at = at[
                    (at[:, 2] > eye[2] - 0.02) & (at[:, 1] < eye[1] - (0.070 if name == "middle" else 0.06))
                ]
            if name == "short":
                at = at[(at[:, 2] > eye[2] + 0.022) | (rng.random(len(at)) < 0.45)]
            at = at[:number]
        return [(root, self._sets_out(root, name)) for root in at]

    def _sets_out(self, root: Array, name: str) -> Array:
        """Away from the parting, and back over the ear."""
        x, y, z = root - self._eye
        side = 1.0 if x > -PART_X else -1.0
        back = np.clip(-y / 0.17, 0.0, 1.0)
        way = np.array([side * (1.0 - 0.35 * back), -0.60 + 0.1 * back, -0.10])
        if name == "crown":
            a = self._rng.uniform(-1.9, 1.9)
            way = np.array([np.sin(a), -np.cos(a), -0.1])
        if name in ("edge", "short", "ear"):
            # up from the forehead, straight back from the temple, down before the ear
            high = np.clip(z / 0.060, 0.0, 1.0)
            way = np.array([side * (0.15 + 0.65 * high), -0.85, 0.05 + 0.40 * high])
            if z < 0.012:
                way = np.array([0.0, -0.75, -0.25 - 12.0 * np.clip(-z, 0.0, 0.05)])
        return way + self._rng.normal(0, 0.10 if name == "short" else 0.06, 3)

    # -- hair

    def _push(self, p: Array, lift: float) -> Array:
        from mathutils import Vector

        place, normal, _, away = self._tree.find_nearest(Vector(p))
        n = np.array(normal[:])
        out = float((p - np.array(place[:])) @ n)
        p = p + n * (lift - out) if away < 0.06 and out < lift else p
        # what crosses the ear lies over it, not in its folds
        x, y, z = p - self._eye
        free = 1.0 - ((y + 0.083) / 0.034) ** 2 - ((z + 0.006) / 0.034) ** 2
        if free > 0.0:
            least = 0.066 + 0.026 * np.sqrt(free) + 0.4 * lift
            if 0.060 < abs(x) < least and lift > 0.0015:
                p = np.array([self._eye[0] + np.copysign(least, x), p[1], p[2]])
        if z > -0.13:
            # nor does it stand off, at the side or behind
            widest, hind = 0.0915 + 0.9 * lift, -0.1715 - 0.6 * lift
            x, y, z = p - self._eye
            p = self._eye + [np.clip(x, -widest, widest), max(y, hind), z]
        return p

    def lock(self, root: Array, way: Array, kind: Kind) -> None:
        rng, eye = self._rng, self._eye
        lift = kind.lift * rng.uniform(0.92, 1.08)
        p = self._push(root, 0.0012)
        way = way + rng.normal(0, kind.stray, 3)
        # each finds its own way over the ear and falls behind it; some hang over its upper part
        past = eye[1] - 0.092 + rng.normal(0.001, 0.012)
        wave = rng.uniform(0.0, 6.3)
        over = eye[2] + (rng.normal(-0.012, 0.008) if kind is PLAN["ear"] else rng.normal(-0.002, 0.007))
        droop = rng.normal(0.0, 0.0045)
        lowest = eye[2] - 0.245 + rng.normal(0.0, 0.022)
        line = [p]
        stuck = 0
        for i in range(42):
            pull = np.array([0.0, 0.0, -1.0])
            up, _ = hairline(np.array((eye[1] - p[1]) / self._size))
            rise = max(over, eye[2] + float(up) * self._size - droop)
            over_ear = p[1] > past and p[2] < rise + 0.016
            if over_ear:
                pull = np.array([0.0, -1.0, 0.15 if p[2] < rise else -0.30])
            fall = 0.26 + 0.30 * np.clip((eye[2] + 0.050 - p[2]) / 0.03, 0.0, 1.0)
            way = 0.74 * way + (0.62 if over_ear else fall) * pull
            if p[1] < past and p[2] < eye[2] + 0.03:
                # behind the ear it turns down at once, and in towards the neck
                way = way * [1.0, 0.45, 1.0] + [
                    0.10 * (eye[0] - p[0]) / 0.10 * (p[2] < eye[2] - 0.02),
                    0.0,
                    0.0,
                ]
            low = np.clip((eye[2] - 0.06 - p[2]) / 0.15, 0.0, 1.0)
            # hangs behind the shoulders
            way = way + 0.10 * low * np.array([0.6 * (eye[0] - p[0]) / 0.08, -0.35, 0.0])
            way = way + 0.16 * np.sqrt(low) * np.sin(0.55 * i + wave) * np.array([0.4, 1.0, 0.0])
            way = way / np.linalg.norm(way)
            q = self._push(p + STEP_M * way, lift * min(1.0, 0.3 + 0.25 * i) + 0.0025 * low)
            moved = (q - p) / max(np.linalg.norm(q - p), 1e-6)
            way = 0.45 * way + 0.55 * moved
            stuck = stuck + 1 if q[2] > p[2] - 0.003 and p[2] < eye[2] - 0.05 else 0
            if stuck > 2 or (q[1] > eye[1] - 0.068 and q[2] < eye[2] - 0.035):
                break
            p = q
            line.append(p)
            if p[2] < lowest:
                break
        if len(line) < 9:
            return
        # more points where the head is round
        t = np.interp(np.arange(ROWS), (0, 7, ROWS - 1), (0.0, 0.46, 1.0))
        half = rng.uniform(*kind.half) * np.interp(t, (0, 0.25, 0.75, 1.0), (0.55, 1.0, 1.0, 0.8))
        self._strip(np.array(line), t, half, int(rng.choice(kind.strips)), kind.deep, lift)

    def short(self, root: Array, way: Array) -> None:
        rng = self._rng
        p = self._push(root, 0.0004)
        line = [p]
        long_m = rng.uniform(0.016, 0.036)
        for i in range(8):
            way = way + np.array([0.0, -0.05, -0.05])
            way = way / np.linalg.norm(way)
            q = self._push(p + long_m / 8 * way, 0.0006 + 0.0005 * i)
            way = 0.5 * way + 0.5 * (q - p) / max(np.linalg.norm(q - p), 1e-6)
            p = q
            line.append(p)
        t = np.linspace(0.0, 1.0, SHORT_ROWS)
        half = np.full(SHORT_ROWS, rng.uniform(0.0036, 0.0056))
        self._strip(np.array(line), t, half, SHORT, 1.12)

    def _strip(self, line: Array, t: Array, half: Array, strip: int, deep: float, lift: float = 0.0) -> None:
        from mathutils import Vector

        rng, eye, m = self._rng, self._eye, len(t)
        if m == ROWS:
            for _ in range(14):
                line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
            line[1:] = [self._push(p, lift * min(1.0, 0.3 + 0.2 * i)) for i, p in enumerate(line[1:])]
        for _ in range(4 if m == ROWS else 1):
            line[1:-1] = 0.25 * line[:-2] + 0.5 * line[1:-1] + 0.25 * line[2:]
        take = t * (len(line) - 1)
        line = np.stack([np.interp(take, np.arange(len(line)), line[:, k]) for k in range(3)], axis=1)
        along = np.gradient(line, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        # the mass of hair is round as the head is; below it looks away from the neck
        away = line - np.array([self._centre[0], self._centre[1], 0.0])
        away[:, 2] = np.clip(line[:, 2] - self._centre[2], 0.0, None)
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
        # it lies flat on the head
        nearest = [self._tree.find_nearest(Vector(p)) for p in line]
        flat = np.array([n[:] for _, n, _, _ in nearest])
        for _ in range(3):
            flat[1:-1] = 0.25 * flat[:-2] + 0.5 * flat[1:-1] + 0.25 * flat[2:]
        on = np.clip((line[:, 2] - eye[2] + 0.01) / 0.04, 0.0, 1.0)[:, None]
        face = flat * on + away * (1.0 - on)
        face = face - along * np.sum(face * along, axis=1, keepdims=True)
        face /= np.maximum(np.linalg.norm(face, axis=1, keepdims=True), 1e-6)
        across = np.cross(along, face)
        roll = rng.normal(0, 0.13) * np.clip((eye[2] + 0.02 - line[:, 2]) / 0.10, 0.1, 1.0)[:, None]
        across = across * np.cos(roll) + face * np.sin(roll)
        u = (strip + np.array([0.01, 0.99])) / STRIPS
        u = u[::-1] if rng.random() < 0.5 else u
        v = 1.0 - (0.005 + 0.99 * t)
        uv = np.stack(np.broadcast_arrays(u[None, :], v[:, None]), axis=-1).reshape(-1, 2)
        # lit as the mass, whichever way a lock crosses it
        bend = 0.75 * away + 0.25 * face + rng.normal(0.0, 0.02, 3)
        bend = np.stack([bend - 0.12 * across, bend + 0.12 * across], 1)
        bend /= np.linalg.norm(bend, axis=2, keepdims=True)
        # a sheen around the crown, dark at the roots
        h = (line[:, 2] - eye[2]) / 0.11
        shade = 0.97 + 0.55 * np.exp(-(((h - 0.60) / 0.24) ** 2)) + 0.14 * np.exp(-(((h + 0.75) / 0.4) ** 2))
        if m == ROWS:
            shade = shade * np.interp(t, (0.0, 0.10, 1.0), (0.96, 1.0, 1.06))
        shade = shade * deep * rng.lognormal(0.0, 0.05)
        loose = np.clip((eye[2] - 0.10 - line[:, 2]) / 0.12, 0.0, 1.0)
        w = np.zeros((m, len(NAMES)))
        w[:, INDEX["head"]] = 1.0 - loose
        w[:, INDEX["neck"]] = 0.55 * loose
        w[:, INDEX["spine3"]] = 0.45 * loose
        rows = np.stack([line - across * half[:, None], line + across * half[:, None]], 1)
        grid = (np.arange(m - 1)[:, None] * 2).reshape(-1, 1)
        faces = np.concatenate([grid + [0, 1, 3], grid + [0, 3, 2]])
        self._made.append(
            (
                rows.reshape(-1, 3),
                faces,
                uv,
                bend.reshape(-1, 3),
                np.repeat(shade, 2),
                np.repeat(w, 2, axis=0),
            )
        )

    def part(self) -> tuple[Part, Array]:
        points, faces, uvs, bends, shades, weights = zip(*self._made, strict=True)
        first = np.cumsum([0, *(len(p) for p in points[:-1])])
        whole = np.concatenate([f + k for f, k in zip(faces, first, strict=True)])
        uv = np.concatenate(uvs)
        part = Part(
            "hair",
            "",
            np.concatenate(points),
            whole,
            uv[whole],
            np.concatenate(weights),
            np.concatenate(shades),
        )
        return part, np.concatenate(bends)
