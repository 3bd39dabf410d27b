"""Trees as pictures: their leaves splatted far to near, lit by how thick the crown stands towards the sun."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.calm import growth  # noqa: E402

Array = NDArray[np.float64]


def display(light: Array) -> Array:
    """Linear to sRGB."""
    x = np.clip(light, 0.0, 1.0)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055)


def portrait(
    tree: growth.Tree,
    to_sun: Array,
    sun: Array,
    sky: Array,
    ground: Array,
    size: int,
    rng: np.random.Generator,
) -> Array:
    """(size, size, 4) linear radiance and cover: the tree seen from -y, its foot in the middle of the lower edge."""
    f = 2
    n = size * f
    crown = growth.Crown(tree)
    reach = max(float(np.abs(tree.leaves[:, 0]).max()) * 2.06, float(tree.leaves[:, 2].max()) * 1.03)
    scale = n / reach
    tone = 1.0 + 0.16 * rng.standard_normal((len(tree.leaves), 1))
    of_clump = 1.0 + 0.10 * rng.standard_normal((int(tree.of_clump.max()) + 1, 3)) * (1.0, 0.6, 0.8)
    albedo = np.array(tree.habit.leaf) * np.clip(tone, 0.6, 1.5) * of_clump[tree.of_clump]
    colour = albedo * growth.light(crown, tree.leaves, tree.outward, to_sun, sun, sky, ground)
    points, colours, radii = [tree.leaves], [colour], [np.full(len(tree.leaves), 1)]
    for line, radius in tree.limbs:
        steps = max(int(np.linalg.norm(line[-1] - line[0]) * scale / 0.45), 4)
        at = np.linspace(0, len(line) - 1, steps)
        k = np.minimum(at.astype(int), len(line) - 2)
        p = line[k] + (at - k)[:, None] * (line[k + 1] - line[k])
        r = np.interp(at, np.arange(len(radius)), radius)
        across = np.maximum((r * scale).astype(int), 0)
        for w in range(-int(across.max()), int(across.max()) + 1):
            use = np.abs(w) <= across
            s = np.clip(w / np.maximum(r[use] * scale, 0.7), -1, 1)
            normal = np.stack([s, -np.sqrt(1 - s**2), 0 * s], axis=1)
            place = p[use] + normal * r[use, None]
            lit = np.maximum(normal @ to_sun, 0)[:, None] * sun * crown.clear(place, to_sun)[:, None]
            grain = 1.0 + 0.22 * rng.standard_normal((len(place), 1))
            points.append(place)
            colours.append(
                np.array(tree.habit.bark)
                * np.clip(grain, 0.4, 1.7)
                * (lit + 0.55 * sky * crown.sky(place)[:, None])
            )
            radii.append(np.zeros(len(place), int))
    at, tones, fat = np.concatenate(points), np.concatenate(colours), np.concatenate(radii)
    x, y = at[:, 0] * scale + n / 2, n - 1 - at[:, 2] * scale
    picture = np.zeros((n, n, 4))
    rows, columns, values, depth = [], [], [], []
    leaf_px = max(scale * (0.062 if tree.habit.tall > 5.0 else 0.026) / 2, 0.9)
    reach_px = int(np.ceil(leaf_px))
    around = [(a, b) for a in range(-reach_px, reach_px + 1) for b in range(-reach_px, reach_px + 1)]
    for dx, dy in around:
        if np.hypot(dx, dy) > leaf_px + 0.35:
            continue
        use = (fat > 0) if (dx or dy) else np.ones(len(fat), bool)
        columns.append(np.round(x[use] + dx).astype(int))
        rows.append(np.round(y[use] + dy).astype(int))
        values.append(tones[use])
        depth.append(at[use, 1])
    r, c, v = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    order = np.argsort(-np.concatenate(depth), kind="stable")
    order = order[(r[order] >= 0) & (r[order] < n) & (c[order] >= 0) & (c[order] < n)]
    picture[r[order], c[order], :3] = v[order]
    picture[r[order], c[order], 3] = 1.0
    small = picture.reshape(size, f, size, f, 4).mean(axis=(1, 3))
    cover = small[..., 3:]
    small[..., :3] = np.where(cover > 0, small[..., :3] / np.maximum(cover, 1e-6), 0.0)
    return small


def bled(picture: Array) -> Array:
    """What is clear takes the colour of what is near, so that edges stay leafy when the picture is made small."""
    colour, cover = picture[..., :3] * picture[..., 3:], picture[..., 3:]
    filled, known = picture[..., :3].copy(), cover > 0.02
    k = 1
    c, w = colour.copy(), cover.copy()
    while k < max(picture.shape[:2]) // 2 and not known.all():
        for axis in (0, 1):
            c = c + np.roll(c, k, axis) + np.roll(c, -k, axis)
            w = w + np.roll(w, k, axis) + np.roll(w, -k, axis)
        new = ~known & (w > 1e-6)
        filled = np.where(new, c / np.maximum(w, 1e-9), filled)
        known |= new
        k *= 2
    return np.concatenate([filled, cover], axis=2)
