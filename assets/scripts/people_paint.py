"""The pictures of people: skin, cloth, hair, eyes, packed into one atlas.

Cloth is painted in greys, so that a member's own colours tint it; places on it are known by the body's surface, on
which the garments lie, so that seams, buttons and folds are drawn where they belong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.scripts.people_body import INDEX, Array
from assets.scripts.people_clothes import Wearer

Picture = NDArray[np.float32]
"""(height, width, 3), sRGB, 0 to 1, first row uppermost."""

HEAD = (0.635, 0.14, 1.0, 0.83)
"""The head's part of the skin's picture: u and v of its lower left and upper right corner."""
UPPER = (0.0, 0.42, 0.76, 0.985)
"""Trunk and arms."""
LOWER = (0.09, 0.13, 0.67, 0.62)
"""Hips and legs."""


@dataclass(frozen=True, eq=False)
class Surface:
    """The body's surface by texel of a part of its picture: where, facing where, and whether at all."""

    place: Array
    normal: Array
    there: NDArray[np.bool_]
    bone: dict[str, Array]


def surface(wearer: Wearer, crop: tuple[float, float, float, float], width: int, height: int) -> Surface:
    u0, v0, u1, v1 = crop
    uv = (wearer.base.uvs[wearer.corners] - [u0, v0]) / [u1 - u0, v1 - v0]
    xy = uv * [width, -height] + [0, height] - 0.5
    names = ("upperarm_l", "lowerarm_l", "upperarm_r", "lowerarm_r", "thigh_l", "calf_l", "thigh_r", "calf_r")
    extra = np.concatenate(
        [wearer.points, wearer.normals, wearer.base.weights[:, [INDEX[n] for n in names]]], axis=1
    )
    found = np.zeros((height, width, extra.shape[1]))
    there = np.zeros((height, width), dtype=bool)
    for corners, triangle in zip(xy, wearer.faces, strict=True):
        low = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
        high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 1, [width, height])
        if (high <= low).any() or np.ptp(corners, axis=0).max() > 200:
            continue
        a, b, c = corners
        d = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if abs(d) < 1e-9:
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
        s = ((x - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (y - a[1])) / d
        t = ((b[0] - a[0]) * (y - a[1]) - (x - a[0]) * (b[1] - a[1])) / d
        inside = (s > -0.02) & (t > -0.02) & (s + t < 1.02)
        if not inside.any():
            continue
        share = np.stack([1 - s - t, s, t], axis=-1)[inside]
        found[y[inside], x[inside]] = share @ extra[triangle]
        there[y[inside], x[inside]] = True
    bone = {name: found[..., 6 + k] for k, name in enumerate(names)}
    return Surface(found[..., :3], found[..., 3:6], there, bone)


def blurred(picture: Array, radius: float) -> Array:
    """By a Gaussian, each channel."""
    channels = picture[..., None] if picture.ndim == 2 else picture
    low, high = float(channels.min()), float(channels.max())
    span = max(high - low, 1e-9)
    done = [_gauss((channels[..., k] - low) / span, radius) for k in range(channels.shape[2])]
    out = np.stack(done, axis=-1) * span + low
    return out[..., 0] if picture.ndim == 2 else out


def _gauss(values: Array, radius: float) -> Array:
    reach = max(1, int(3 * radius))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2)
    kernel /= kernel.sum()
    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if k == axis else (0, 0) for k in (0, 1)], mode="edge")
        values = np.apply_along_axis(lambda row: np.convolve(row, kernel, mode="valid"), axis, padded)
    return values


def filled(picture: Array, there: NDArray[np.bool_], rounds: int = 12) -> Array:
    """Colours grow over the borders of what is painted, against seams in coarse mip levels."""
    picture, there = picture.copy(), there.copy()
    for _ in range(rounds):
        total, count = np.zeros_like(picture), np.zeros(there.shape)
        for dy, dx in ((0, 1), (0, -1), (1, 0), (-1, 0)):
            shifted = np.roll(there, (dy, dx), (0, 1))
            total += np.roll(picture, (dy, dx), (0, 1)) * shifted[..., None]
            count += shifted
        grown = ~there & (count > 0)
        picture[grown] = (total / np.maximum(count, 1)[..., None])[grown]
        there |= grown
    if not there.all():
        picture[~there] = picture[there].mean(axis=0)
    return picture


def noise(points: Array, size_m: float, seed: int, octaves: int = 3) -> Array:
    """Smooth random values around 0 by place, of about unit size."""
    rng = np.random.default_rng(seed)
    total, weight = np.zeros(points.shape[:-1]), 0.0
    for octave in range(octaves):
        for _ in range(4):
            k = rng.normal(size=3)
            k *= 2 * np.pi / (size_m / 2**octave) * rng.uniform(0.5, 1.0) / np.linalg.norm(k)
            total += 0.5**octave * np.sin(points @ k + rng.uniform(0, 2 * np.pi))
        weight += 2.0 * 0.25**octave
    return total / np.sqrt(weight)


def bundle(points: Array, direction: Array, size_m: float, seed: int) -> Array:
    """Folds that run across ``direction``: a bent wave, sharp in the valleys. 0 to 1."""
    rng = np.random.default_rng(seed)
    warp = noise(points, size_m * 3.0, seed + 1, 2) * size_m * 0.8
    phase = (points @ direction + warp) * (2 * np.pi / size_m) + rng.uniform(0, 6)
    strength = np.clip(0.25 + 0.7 * noise(points, size_m * 2.2, seed + 2, 2), 0.0, 1.0)
    return strength * (0.5 + 0.5 * np.sin(phase)) ** 1.6


def folds(s: Surface, wearer: Wearer, seed: int) -> Array:
    """Height of the folds in cloth over the body, about 0 to 1: around elbows and knees, at waist, groin, hems."""
    p = s.place
    total = np.zeros(p.shape[:-1])

    def near(joint: str, reach: float) -> Array:
        return np.exp(-np.sum((p - wearer.joint(joint)) ** 2, axis=-1) / (2 * reach**2))

    for k, side in enumerate("lr"):
        arm = wearer.joint(f"hand_{side}") - wearer.joint(f"upperarm_{side}")
        arm /= np.linalg.norm(arm)
        slant = np.array([0.5 if side == "l" else -0.5, 0.0, 1.0])
        groin = np.array([0.7 if side == "l" else -0.7, 0.0, 0.75])
        for strength, joint, reach, way, size in (
            (0.80, "lowerarm", 0.060, arm, 0.044),
            (0.45, "hand", 0.050, arm, 0.034),
            (0.50, "upperarm", 0.090, slant / np.linalg.norm(slant), 0.062),
            (0.60, "calf", 0.070, np.array([0.12, 0.1, 1.0]), 0.060),
            (0.70, "foot", 0.100, np.array([0.0, 0.15, 1.0]), 0.052),
            (0.60, "thigh", 0.100, groin, 0.058),
        ):
            seed += 10
            total += strength * near(f"{joint}_{side}", reach) * bundle(p, way, size, seed + k)
    waist = np.exp(-(((p[..., 2] - wearer.joint("spine1")[2]) / 0.09) ** 2))
    total += 0.4 * waist * bundle(p, np.array([0.15, 0.1, 1.0]), 0.075, seed + 70)
    broad = np.clip(0.5 + 0.5 * noise(p, 0.35, seed + 80, 2), 0, 1)
    return total + 0.35 * broad


def relief_shade(height: Array, s: Surface, deep_m: float = 0.006) -> Array:
    """How the light from above falls on the folds, around 1."""
    per_row = np.gradient(height, axis=0)
    per_column = np.gradient(height, axis=1)
    dz = np.gradient(s.place[..., 2], axis=0), np.gradient(s.place[..., 2], axis=1)
    step = np.gradient(s.place, axis=0), np.gradient(s.place, axis=1)
    size = [np.maximum(np.sum(v**2, axis=-1), 1e-8) for v in step]
    # slope of the folds along the surface's way up
    slope = per_row * dz[0] / size[0] + per_column * dz[1] / size[1]
    slope = np.clip(slope * deep_m, -0.9, 0.9)
    hollow = height - blurred(height, 6.0)
    return np.where(s.there, np.clip(1.0 - 0.45 * slope + 0.16 * hollow, 0.45, 1.35), 1.0)


Painter = Callable[[Surface, Wearer], Array]


class Atlas:
    """Charts side by side in one picture."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.pictures: dict[str, Picture] = {}
        self.at: dict[str, tuple[int, int, int, int]] = {}

    def add(self, name: str, picture: Array) -> None:
        self.pictures[name] = np.clip(picture, 0.0, 1.0).astype(np.float32)

    def packed(self, gap: int = 8) -> Picture:
        """On shelves, the tallest first; fills ``at`` with x, y, width, height of each."""
        order = sorted(self.pictures, key=lambda n: -self.pictures[n].shape[0])
        x, y, shelf = 0, 0, 0
        for name in order:
            h, w = self.pictures[name].shape[:2]
            if x + w + gap > self.width:
                x, y, shelf = 0, y + shelf, 0
            self.at[name] = (x, y, w, h)
            shelf = max(shelf, h + gap)
            x += w + gap
        whole = np.full((-(-(y + shelf) // 4) * 4, self.width, 3), 0.5, dtype=np.float32)
        for name, (x, y, w, h) in self.at.items():
            grown = np.pad(self.pictures[name], ((0, gap), (0, gap), (0, 0)), mode="edge")
            whole[y : y + h + gap, x : x + w + gap] = grown[: whole.shape[0] - y, : whole.shape[1] - x]
        return whole

    def place(self, chart: str, uvs: Array, whole: tuple[int, int]) -> Array:
        """Coordinates of a chart as those of the whole picture (width, height)."""
        x, y, w, h = self.at[chart]
        inner = np.clip(uvs, 0.0, 1.0) * [w - 1, h - 1] + 0.5
        return np.stack([(x + inner[..., 0]) / whole[0], 1.0 - (y + h - inner[..., 1]) / whole[1]], axis=-1)


def grey(picture: Array) -> Array:
    return np.repeat((picture[..., :3] @ np.array([0.299, 0.587, 0.114]))[..., None], 3, axis=-1)
