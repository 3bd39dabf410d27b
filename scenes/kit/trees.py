"""Trees: a trunk, limbs, and sprays of leaves, each a card seen from both sides, in lobes with gaps between them.

Each card is lit as the ball that its lobe forms, leaning up: leaves let light through, so that no side is black.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import Quads, linear

Array = NDArray[np.float64]

HUES = tuple(
    linear(c)
    for c in (
        (0.82, 0.86, 0.74),
        (0.92, 0.90, 0.74),
        (0.72, 0.82, 0.74),
        (0.88, 0.84, 0.68),
        (0.78, 0.86, 0.82),
    )
)
"""One for each tree; they multiply the picture of leaves."""
BARKS = tuple(linear(c) for c in ((0.92, 0.90, 0.84), (0.78, 0.74, 0.68), (0.86, 0.80, 0.72)))
BARK_M = 1.6
"""How much of a trunk's height its picture covers."""
LIMBS_FROM = 40
"""With so many cards or more a tree has limbs and lobes."""


def tree(
    parts: Parts, x: float, y: float, z: float, high: float, rng: np.random.Generator, *, cards: int = 22
) -> Array:
    """Adds one tree; returns the ball of its crown: x, y, z, radius."""
    bare = high * float(rng.uniform(0.30, 0.40))
    wide = high * float(rng.uniform(0.27, 0.35))
    tall = (high - bare) / 2
    near = cards >= LIMBS_FROM
    middle = np.array([x, y, z + bare + tall])
    lobes = 8 if near else 4 if cards > 12 else 1
    # lobes lie around the middle like petals, one on top
    turn = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.arange(lobes) / max(lobes - 1, 1)
    rise = rng.uniform(-0.55, 0.45, lobes)
    out = np.sqrt(1.0 - rise**2) * rng.uniform(0.46, 0.66, lobes)
    place = np.stack([np.cos(turn) * out * wide, np.sin(turn) * out * wide, rise * tall * 0.9], axis=1)
    place[-1] = (0.1 * wide, 0.0, 0.55 * tall) if lobes > 1 else (0.0, 0.0, 0.0)
    radius = np.array((wide, wide, tall * 0.95)) * ((0.56 if near else 0.66) if lobes > 1 else 1.0)
    bark = np.array(BARKS[rng.integers(len(BARKS))]) * rng.uniform(0.85, 1.1)
    thick = 0.085 + 0.013 * high
    lean = rng.normal(0.0, 0.02, 2) * high
    fork = np.array([x + lean[0], y + lean[1], z + bare * 0.95])
    limb(
        parts["bark"],
        np.array([x, y, z]),
        fork,
        thick,
        0.72 * thick,
        bark,
        9 if near else 5 if cards > 12 else 3,
    )
    if near:
        for k in range(lobes):
            elbow = fork + 0.5 * (middle + place[k] - fork) * (1.1, 1.1, 0.8)
            limb(parts["bark"], fork - (0, 0, 0.1), elbow, 0.42 * thick, 0.26 * thick, 0.9 * bark, 5)
            limb(parts["bark"], elbow, middle + place[k] * 1.15, 0.26 * thick, 0.06 * thick, 0.8 * bark, 4)
    elif cards > 12:
        limb(parts["bark"], fork, middle + (0, 0, 0.3 * tall), 0.6 * thick, 0.3 * thick, bark, 4)
    _crown(parts["leaves"], middle, place, radius, tall, cards, near, rng)
    return np.array([*middle, max(wide, tall) * 0.95])


def _crown(
    leaf: Quads,
    middle: Array,
    place: Array,
    radius: Array,
    tall: float,
    cards: int,
    near: bool,
    rng: np.random.Generator,
) -> None:
    lobe = np.arange(cards) % len(place)
    direction = rng.standard_normal((cards, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    depth = rng.uniform(0.25, 0.92, cards) ** 0.6
    heart = middle + place[lobe]
    centre = heart + direction * depth[:, None] * radius
    share = (len(place) / cards) ** 0.5
    size = (
        radius[:2].mean()
        * rng.uniform(0.80, 1.25, cards)
        * share
        * (1.62 if near else 1.75 if cards > 12 else 2.0)
    )
    facing = 0.45 * direction + 0.75 * rng.standard_normal((cards, 3)) + (0, 0, 0.25)
    facing /= np.linalg.norm(facing, axis=1, keepdims=True)
    # twigs grow outwards and a little up: the picture's twig starts at its lower edge
    up = direction + (0.0, 0.0, 0.35) + 0.35 * rng.standard_normal((cards, 3))
    up -= (up * facing).sum(axis=1, keepdims=True) * facing
    up /= np.linalg.norm(up, axis=1, keepdims=True)
    aside = np.cross(up, facing)
    a, b = aside * size[:, None], up * size[:, None]
    corners = np.stack([centre - a - b, centre + a - b, centre + a + b, centre - a + b], axis=1)
    ball = corners - (0.5 * heart + 0.5 * middle)[:, None, :]
    ball /= np.linalg.norm(ball, axis=2, keepdims=True)
    normals = ball + (0.0, 0.0, 0.55)
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    shade = 0.60 + 0.28 * depth + 0.22 * (centre[:, 2] - middle[2]) / tall
    hue = np.array(HUES[rng.integers(len(HUES))]) * rng.uniform(0.78, 1.0)
    vary = 1.0 + rng.normal(0.0, 0.10, (cards, 3)) * (1.0, 0.45, 0.9)
    tint = np.clip(shade[:, None] * hue * vary * rng.uniform(0.82, 1.15, (cards, 1)), 0.02, 1.0)
    leaf.add(corners, None, tint, normals)


def limb(quads: Quads, low: Array, top: Array, wide: float, thin: float, tint: Array, sides: int) -> None:
    """A tapering piece of wood with smooth sides; the picture runs around it once and up it by the metre."""
    way = top - low
    long = float(np.linalg.norm(way))
    way = way / max(long, 1e-9)
    aside = np.cross(way, (0.0, 1.0, 0.13) if abs(way[1]) < 0.9 else (1.0, 0.0, 0.0))
    aside /= np.linalg.norm(aside)
    a = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.cos(a)[:, None] * aside + np.sin(a)[:, None] * np.cross(way, aside)
    foot, head = low + ring * wide, top + ring * thin
    corners = np.stack([foot[:-1], foot[1:], head[1:], head[:-1]], 1)
    normals = np.stack([ring[:-1], ring[1:], ring[1:], ring[:-1]], 1)
    u, v = np.arange(sides + 1) / sides, long / BARK_M
    zero, up = np.zeros(sides), np.full(sides, v)
    uvs = np.stack(
        [
            np.stack([u[:-1], zero], 1),
            np.stack([u[1:], zero], 1),
            np.stack([u[1:], up], 1),
            np.stack([u[:-1], up], 1),
        ],
        1,
    )
    quads.add(corners, uvs, tint, normals)
