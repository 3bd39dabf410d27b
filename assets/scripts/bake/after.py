"""What is done with light after it was baked: holes filled, noise taken out, reflections blurred by roughness."""

from __future__ import annotations

import numpy as np
import pyoidn
from numpy.typing import NDArray

from vr_runtime.stage.roomlight import directions

Floats = NDArray[np.float32]


def dilated(picture: Floats, known: NDArray[np.bool_], texels: int = 24) -> Floats:
    """Unknown texels take the mean of their known neighbours, ring by ring."""
    held, known = np.where(known[..., None], picture, 0.0).astype(np.float32), known.copy()
    for _ in range(texels):
        if known.all():
            break
        total, count = np.zeros_like(held), np.zeros(known.shape, np.float32)
        for dy in (-1, 0, 1):
            for dx in (-1, 0, 1):
                near = np.roll(known, (dy, dx), (0, 1))
                total += np.roll(held, (dy, dx), (0, 1)) * near[..., None]
                count += near
        grown = ~known & (count > 0)
        held[grown] = total[grown] / count[grown][:, None]
        known |= grown
    return held


def denoised(picture: Floats, kind: str = "RTLightmap") -> Floats:
    """By Open Image Denoise; ``RTLightmap`` for light maps, ``RT`` for pictures."""
    made = np.ascontiguousarray(picture, np.float32)
    return np.maximum(pyoidn.denoise(made, hdr=kind == "RT", filter_type=kind), 0.0)


def seen(panorama: Floats, towards: Floats) -> Floats:
    """A panorama's (``Studio.panorama``) radiance in directions (..., 3), between its pixels."""
    height, width = panorama.shape[:2]
    d = towards / np.linalg.norm(towards, axis=-1, keepdims=True)
    x = (0.5 + np.arctan2(d[..., 0], d[..., 1]) / (2 * np.pi)) * width - 0.5
    y = np.clip((0.5 - np.arcsin(np.clip(d[..., 2], -1, 1)) / np.pi) * height - 0.5, 0, height - 1)
    i, j = np.floor(x).astype(int), np.minimum(np.floor(y).astype(int), height - 2)
    fx, fy = (x - i)[..., None], (y - j)[..., None]
    a, b = i % width, (i + 1) % width
    over = panorama[j, a] * (1 - fx) + panorama[j, b] * fx
    under = panorama[j + 1, a] * (1 - fx) + panorama[j + 1, b] * fx
    return (over * (1 - fy) + under * fy).astype(np.float32)


def halved(picture: Floats) -> Floats:
    h, w = picture.shape[0] // 2 * 2, picture.shape[1] // 2 * 2
    return picture[:h, :w].reshape(h // 2, 2, w // 2, 2, 3).mean(axis=(1, 3))


def irradiance(panorama: Floats, towards: Floats) -> Floats:
    """What a matt surface facing each direction (n, 3) receives, over pi."""
    small = panorama
    while small.shape[1] > 64:
        small = halved(small)
    h, w = small.shape[:2]
    elevation = np.pi * (0.5 - (np.arange(h) + 0.5) / h)
    azimuth = 2 * np.pi * ((np.arange(w) + 0.5) / w - 0.5)
    c = np.cos(elevation)[:, None]
    d = np.stack([c * np.sin(azimuth), c * np.cos(azimuth), np.sin(elevation)[:, None] + 0 * azimuth], -1)
    share = (c * (np.pi / h) * (2 * np.pi / w) + 0 * azimuth).reshape(-1)
    facing = np.maximum(towards @ d.reshape(-1, 3).T, 0.0) * share
    return (facing @ small.reshape(-1, 3) / np.pi).astype(np.float32)


def blurred(panorama: Floats, towards: Floats, roughness: float, rays: int = 192) -> Floats:
    """What a surface of this roughness mirrors towards each direction (n, 3): rays spread by the GGX distribution, seen
    and reflected along the normal."""
    alpha = max(roughness * roughness, 1e-3)
    k = np.arange(rays)
    # van der Corput's sequence
    u = np.array([sum(int(bit) / 2 ** (p + 1) for p, bit in enumerate(bin(i)[:1:-1])) for i in k])
    phi = 2 * np.pi * (k + 0.5) / rays
    cos_h = np.sqrt((1 - u) / (1 + (alpha * alpha - 1) * u))
    sin_h = np.sqrt(np.maximum(1 - cos_h**2, 0))
    local = np.stack([2 * cos_h * sin_h * np.cos(phi), 2 * cos_h * sin_h * np.sin(phi), 2 * cos_h**2 - 1], -1)
    local = local[local[:, 2] > 0.02]
    n = towards / np.linalg.norm(towards, axis=1, keepdims=True)
    helper = np.where(np.abs(n[:, 2:3]) < 0.9, [[0.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]])
    t = np.cross(helper, n)
    t /= np.linalg.norm(t, axis=1, keepdims=True)
    b = np.cross(n, t)
    total, weight = np.zeros((len(n), 3)), 0.0
    for x, y, z in local:
        total += z * seen(panorama, x * t + y * b + z * n)
        weight += z
    return (total / weight).astype(np.float32)


def cube_levels(panorama: Floats, size: int) -> tuple[Floats, ...]:
    """Levels for ``CubeMap``: sharp, then blurred; the last two hold the light of each half of the room."""
    count = size.bit_length()
    levels = []
    for k in range(count):
        side = size >> k
        d = directions(side).reshape(-1, 3).astype(np.float64)
        if k == 0:
            level = seen(panorama, d)
        elif k >= count - 2:
            level = irradiance(panorama, d / np.linalg.norm(d, axis=1, keepdims=True))
        else:
            small = panorama
            while small.shape[1] > 8 * side:
                small = halved(small)
            level = blurred(small, d, k / (count - 3))
        levels.append(level.reshape(6, side, side, 3).astype(np.float32))
    return tuple(levels)
