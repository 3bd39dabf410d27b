"""Makes the textures of what one stands on in the heights scene: ``python assets/scripts/make_heights_textures.py``.
Seeded."""

from __future__ import annotations

import numpy as np
from paint import Plane, coloured, noise, over, save

FOLDER = "textures/heights"


def relief(height: Plane, strength: float, roughness: Plane | None = None) -> Plane:
    """A normal map from heights (pixels): x and y in red and green, a factor on the roughness in blue."""
    gx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * 0.5 * strength
    gy = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * 0.5 * strength
    length = np.sqrt(gx**2 + gy**2 + 1.0)
    blue = np.ones_like(height) if roughness is None else roughness
    return np.stack([0.5 - 0.5 * gx / length, 0.5 + 0.5 * gy / length, blue], axis=-1)


def raw_concrete(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Concrete as it came out of its boards, 2 m wide: the boards' marks, pores, stains that ran down, tie holes."""
    n = 1024
    y, x = np.mgrid[0:n, 0:n] / n
    boards = 10
    board = np.floor(y * boards).astype(int)
    tone = rng.standard_normal(boards)[board]
    seam = np.clip((np.abs((y * boards) % 1.0 - 0.5) - 0.485) / 0.01, 0.0, 1.0)
    grain = noise(rng, n, 300, 4, 0.7, (1.0, 0.06))
    shade = (
        0.60
        + 0.030 * tone
        + 0.012 * grain
        + 0.020 * noise(rng, n, 700, 60)
        + 0.012 * noise(rng, n, 6, 2, 0.2)
    )
    runs = np.clip(noise(rng, n, 900, 12, 0.9, (0.07, 1.0)) - 0.9, 0.0, 1.0)
    shade -= 0.035 * runs
    pores = np.clip(noise(rng, n, 9, 3, 0.0) - 2.5, 0.0, 1.0)
    height = 1.2 * seam - 3.0 * np.clip(pores * 2.0, 0.0, 1.0) + 0.25 * grain + 0.4 * tone
    for cx in (0.25, 0.75):
        for cy in (0.25, 0.75):
            r = np.hypot(x - cx, y - cy) * n
            shade = np.where(r < 7.0, shade * 0.62, shade)
            run = np.exp(-(((x - cx) * n / 5.0) ** 2)) * np.exp(-np.abs(y - cy) * 9.0) * (y > cy)
            shade -= 0.04 * run
            height -= 4.0 * np.clip(1.0 - (r / 7.0) ** 4, 0.0, 1.0)
    picture = coloured(shade * (1.0 - 0.20 * seam) - 0.20 * pores, (1.0, 0.99, 0.965))
    return picture, relief(height, 0.35)


def gravel(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Round gravel on a flat roof, 1.5 m wide: stones of 8 to 30 mm laid over one another."""
    n = 1024
    height = np.zeros((n, n))
    picture = np.full((n, n, 3), 0.22)
    tones = np.array(
        [(0.66, 0.64, 0.60), (0.56, 0.54, 0.51), (0.74, 0.72, 0.68), (0.60, 0.55, 0.48), (0.50, 0.50, 0.50)]
    )
    for k in range(9500):
        r = rng.uniform(4.0, 11.0) * (1.25 if k < 3000 else 1.0)
        cx, cy, a = rng.uniform(0, n), rng.uniform(0, n), rng.uniform(0, np.pi)
        flat = rng.uniform(0.65, 1.0)
        m = int(r) + 2
        ix, iy = np.arange(int(cx) - m, int(cx) + m + 1), np.arange(int(cy) - m, int(cy) + m + 1)
        dx, dy = np.meshgrid(ix - cx, iy - cy)
        u, v = np.cos(a) * dx + np.sin(a) * dy, (-np.sin(a) * dx + np.cos(a) * dy) / flat
        d2 = (u**2 + v**2) / r**2
        inside = d2 < 1.0
        dome = np.sqrt(np.clip(1.0 - d2, 0.0, 1.0)) * r * 0.7
        rows, columns = np.meshgrid(iy % n, ix % n, indexing="ij")
        here = height[rows, columns]
        lifted = here.max() * 0.55 + dome
        over_it = inside & (lifted > here)
        shade = rng.uniform(0.78, 1.08) * (0.60 + 0.40 * np.sqrt(np.clip(1.0 - d2, 0.0, 1.0)))
        colour = tones[rng.integers(len(tones))] * shade[..., None]
        patch = picture[rows, columns]
        patch[over_it] = colour[over_it]
        picture[rows, columns] = patch
        here = np.where(over_it, lifted, here)
        height[rows, columns] = here
    low = height < 1.0
    picture[low] = 0.25
    dirt = np.clip(0.5 + 0.25 * noise(rng, n, 500, 60), 0.0, 1.0)
    picture = picture * (0.86 + 0.20 * dirt[..., None])
    return picture, relief(height, 0.30)


def planks(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Scaffold boards, five across 1.2 m, 2.4 m long up the picture: grey spruce, worn, splashed with mortar."""
    w, n = 5, 1024
    y, x = np.mgrid[0:n, 0:n] / n
    board = np.floor(x * w).astype(int)
    tone = rng.standard_normal(w)[board]
    fibre = noise(rng, n, 800, 3, 0.75, (0.03, 1.0))
    wide = noise(rng, n, 900, 40, 1.0, (0.08, 1.0))
    edge = np.abs((x * w) % 1.0 - 0.5) * 2.0
    gap = np.clip((edge - 0.965) / 0.02, 0.0, 1.0)
    shade = 0.56 + 0.035 * tone + 0.030 * fibre + 0.030 * wide
    picture = coloured(shade, (1.0, 0.90, 0.76))
    for _ in range(26):
        cx, cy, r = rng.uniform(), rng.uniform(), rng.uniform(0.004, 0.010)
        d = np.hypot((x - cx) * 1.0, (y - cy) * 0.55) / r
        picture = over(picture, (0.33, 0.24, 0.16), 0.7 * np.exp(-(d**2)))
    splash = np.clip(noise(rng, n, 60, 3, 0.5) - 2.0, 0.0, 1.0)
    picture = over(picture, (0.62, 0.61, 0.59), 0.9 * splash)
    tread = np.clip(0.5 + 0.3 * noise(rng, n, 500, 50), 0.0, 1.0)
    picture *= (0.84 + 0.16 * tread)[..., None]
    band = ((y < 0.02) | (y > 0.985)).astype(float)
    picture = over(picture, (0.45, 0.46, 0.47), 0.9 * band)
    picture = over(picture, (0.05, 0.045, 0.04), gap)
    return picture, relief(-5.0 * gap + 0.5 * fibre, 0.4)


def primer(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Red lead on rolled steel, 1 m wide: brushed unevenly, rust that blooms through, scratches, dust, boot marks."""
    n = 1024
    y, x = np.mgrid[0:n, 0:n] / n
    brushed = noise(rng, n, 500, 3, 0.8, (0.05, 1.0))
    cloudy = noise(rng, n, 800, 40)
    shade = 0.46 + 0.022 * brushed + 0.028 * cloudy + 0.012 * noise(rng, n, 6, 2, 0.2)
    picture = coloured(shade, (1.0, 0.47, 0.37))
    rust = np.clip(noise(rng, n, 160, 4, 0.9) - 1.25, 0.0, 1.0)
    picture = over(picture, (0.30, 0.17, 0.11), 0.9 * rust)
    core = np.clip(noise(rng, n, 40, 3, 0.6) - 1.9, 0.0, 1.0)
    picture = over(picture, (0.22, 0.13, 0.09), core)
    height = 0.3 * brushed - 1.5 * rust
    for _ in range(70):
        cx, cy, a, long = rng.uniform(), rng.uniform(), rng.uniform(0, np.pi), rng.uniform(0.01, 0.12)
        dx, dy = (x - cx + 0.5) % 1.0 - 0.5, (y - cy + 0.5) % 1.0 - 0.5
        u, v = np.cos(a) * dx + np.sin(a) * dy, -np.sin(a) * dx + np.cos(a) * dy
        line = np.exp(-((v * n / 1.1) ** 2)) * (np.abs(u) < long / 2)
        picture = over(picture, (0.56, 0.50, 0.47), 0.75 * line * rng.uniform(0.4, 1.0))
        height -= 1.5 * line
    for _ in range(9):  # soles that came out of wet mortar
        cx, cy, a = rng.uniform(), rng.uniform(), rng.normal(0.0, 0.3)
        dx, dy = (x - cx + 0.5) % 1.0 - 0.5, (y - cy + 0.5) % 1.0 - 0.5
        u, v = np.cos(a) * dx + np.sin(a) * dy, -np.sin(a) * dx + np.cos(a) * dy
        sole = ((u / 0.047) ** 2 + ((v - 0.02) / 0.10) ** 2 < 1.0) | (
            (u / 0.038) ** 2 + ((v + 0.12) / 0.035) ** 2 < 1.0
        )
        tread = np.clip(np.sin(v * 420.0) * 2.0, 0.0, 1.0) * np.clip(
            0.5 + 0.5 * noise(rng, n, 80, 6), 0.0, 1.0
        )
        picture = over(picture, (0.60, 0.57, 0.53), 0.42 * sole * tread * rng.uniform(0.3, 1.0))
    dust = np.clip(0.5 + 0.4 * noise(rng, n, 400, 30), 0.0, 1.0)
    picture = over(picture, (0.58, 0.54, 0.50), 0.16 * dust)
    return picture, relief(height, 0.4, np.clip(0.8 + 0.2 * rust + 0.1 * dust, 0.0, 1.0))


def render(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Rubbed render on a wall, 2 m wide: grains, trowel's arcs, faint stains under the coping."""
    n = 1024
    grain = noise(rng, n, 24, 4, 0.5)
    arcs = noise(rng, n, 220, 12, 0.8)
    shade = 0.84 + 0.010 * grain + 0.010 * arcs + 0.014 * noise(rng, n, 900, 120)
    shade -= 0.020 * np.clip(noise(rng, n, 900, 14, 0.9, (0.05, 1.0)) - 0.7, 0.0, 1.0)
    cracks = np.exp(-(noise(rng, n, 300, 20, 1.0) ** 2) / 0.00003)
    shade -= 0.05 * cracks * np.clip(noise(rng, n, 500, 60) - 0.6, 0.0, 1.0)
    return coloured(shade, (1.0, 0.985, 0.955)), relief(grain + 0.5 * arcs, 0.35)


def grating() -> Plane:
    """Open steel grating, 0.4 m wide: bearing bars every 33 mm up the picture, cross rods every 100 mm; alpha: metal."""
    n = 512
    y, x = np.mgrid[0:n, 0:n] / n

    def line(at: Plane, count: int, half: float) -> Plane:
        d = np.abs((at * count) % 1.0 - 0.5) / count * n
        return np.clip(half + 0.5 - d, 0.0, 1.0)

    bars, rods = line(x, 12, 2.6), line(y, 4, 3.2)
    twist = 0.5 + 0.5 * np.sin(2 * np.pi * x * 60.0)
    shade = np.where(bars > 0.5, 0.60, 0.50 + 0.06 * twist)
    picture = np.zeros((n, n, 4))
    picture[..., :3] = shade[..., None] * np.array([0.98, 1.0, 1.02])
    picture[..., 3] = np.maximum(bars, rods)
    return picture


def main() -> None:
    for number, make in enumerate((raw_concrete, gravel, planks, primer, render)):
        colour, normal = make(np.random.default_rng(300 + number))
        save(colour, f"{FOLDER}/{make.__name__}.jpg", quality=84)
        save(normal, f"{FOLDER}/{make.__name__}_n.jpg", quality=90)
    save(grating(), f"{FOLDER}/grating.png")


if __name__ == "__main__":
    main()
