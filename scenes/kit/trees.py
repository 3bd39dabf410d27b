"""Trees: a trunk and clumps of leaves, each a card seen from both sides, lit as the ball that they form."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import Quads, linear

Array = NDArray[np.float64]

BARK = linear((0.36, 0.32, 0.28))


def tree(
    parts: Parts, x: float, y: float, z: float, high: float, rng: np.random.Generator, *, cards: int = 22
) -> Array:
    """Adds one tree; returns the ball of its crown: x, y, z, radius."""
    bare = high * float(rng.uniform(0.30, 0.40))
    wide = high * float(rng.uniform(0.26, 0.34))
    tall = (high - bare) / 2
    trunk(parts["plain"], x, y, z, bare + tall * 0.7, 0.10 + 0.012 * high)
    middle = np.array([x, y, z + bare + tall])
    # points on and in the crown, fuller outside
    direction = rng.standard_normal((cards, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    depth = rng.uniform(0.35, 0.86, cards) ** 0.6
    centre = middle + direction * depth[:, None] * (wide, wide, tall)
    size = wide * rng.uniform(0.85, 1.25, cards) * (8.0 / max(cards, 12)) ** 0.5 * 0.78
    facing = 0.5 * direction + 0.75 * rng.standard_normal((cards, 3))
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    aside = np.cross(facing, rng.standard_normal((cards, 3)))
    aside /= np.linalg.norm(aside, axis=1, keepdims=True)
    up = np.cross(facing, aside)
    a, b = aside * size[:, None], up * size[:, None]
    corners = np.stack([centre - a - b, centre + a - b, centre + a + b, centre - a + b], axis=1)
    normals = corners - middle + (0, 0, 0.25 * tall)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    shade = 0.45 + 0.35 * depth + 0.25 * (centre[:, 2] - middle[2]) / tall
    hue = (
        np.array(linear((0.95, 0.90, 0.92)))
        * rng.uniform(0.65, 0.95)
        * (1.0 + 0.12 * rng.standard_normal(3) * (1, 0.3, 1))
    )
    tint = np.clip(shade[:, None] * hue * rng.uniform(0.85, 1.15, (cards, 1)), 0.0, 1.0)
    leaf = parts["leaves"]
    leaf.add(corners, None, tint, normals)
    leaf.add(corners[:, [1, 0, 3, 2]], [[1, 0], [0, 0], [0, 1], [1, 1]], tint, normals[:, [1, 0, 3, 2]])
    return np.array([*middle, max(wide, tall) * 0.95])


def trunk(quads: Quads, x: float, y: float, z: float, high: float, radius: float, sides: int = 5) -> None:
    """A tapering trunk with smooth sides."""
    a = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.stack([np.cos(a), np.sin(a), 0 * a], 1)
    low, top = ring * radius + (x, y, z), ring * radius * 0.6 + (x, y, z + high)
    corners = np.stack([low[:-1], low[1:], top[1:], top[:-1]], 1)
    normals = np.stack([ring[:-1], ring[1:], ring[1:], ring[:-1]], 1)
    quads.add(corners, None, BARK, normals)
