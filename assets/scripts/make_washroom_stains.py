"""Paints the washroom's dirt and wet: ``python assets/scripts/make_washroom_stains.py`` (10 s). Seeded.

The alpha of each picture tells how early a place is reached while dirt grows (``Kitchen.material``'s ``spreading``):
255 at once, 0 never. Pictures tile, but for ``puddle`` and ``hands``.
"""

from __future__ import annotations

import numpy as np
from make_room_textures import normals
from paint import Plane, noise, save

FOLDER = "textures/washroom"
N = 512


def ranks(values: Plane) -> Plane:
    """Spread evenly over 0 to 1."""
    order = values.ravel().argsort().argsort().reshape(values.shape)
    return order / (values.size - 1)


def spots(rng: np.random.Generator, count: int, least: float, most: float, *, round_: float = 0.35) -> Plane:
    """Drops of many sizes on a tile of N pixels: 1 in a drop's middle to 0 at its rim; the larger, the rarer."""
    y, x = np.mgrid[0:N, 0:N].astype(float)
    made = np.zeros((N, N))
    for _ in range(count):
        r = least * (most / least) ** (rng.random() ** 2.2)
        cx, cy, a = rng.uniform(0, N), rng.uniform(0, N), rng.uniform(0, np.pi)
        long = 1 + rng.random() * round_
        dx, dy = (x - cx + N / 2) % N - N / 2, (y - cy + N / 2) % N - N / 2
        u, v = dx * np.cos(a) + dy * np.sin(a), -dx * np.sin(a) + dy * np.cos(a)
        wobble = 1 + 0.16 * np.sin(3 * np.arctan2(v, u) + a * 5) + 0.08 * np.sin(7 * np.arctan2(v, u) + a * 9)
        made = np.maximum(made, np.clip(1.25 * (1 - np.hypot(u / long, v * long) / (r * wobble)), 0, 1))
    return made


def with_alpha(colour: Plane, alpha: Plane) -> Plane:
    # in few steps, so that the files stay small: nobody sees more
    colour, alpha = (
        np.rint(np.clip(part, 0, 1) * steps) / steps for part, steps in ((colour, 24), (alpha, 80))
    )
    return np.concatenate([colour, alpha[..., None]], axis=-1)


def brown(
    rng: np.random.Generator, deep: tuple[float, float, float], pale: tuple[float, float, float]
) -> Plane:
    mix = ranks(noise(rng, N, 200, 6, 0.7))[..., None]
    return np.asarray(deep) * mix + np.asarray(pale) * (1 - mix)


def grime(rng: np.random.Generator) -> Plane:
    """What hands leave: greasy smears with the lines of skin in them, specks, crusts in the low places."""
    smear = ranks(noise(rng, N, 260, 10, 0.9, (0.45, 1.0)))
    patch = ranks(noise(rng, N, 400, 60, 1.0))
    specks = np.clip(noise(rng, N, 6, 2, 0.0) - 1.7, 0, 1)
    ridges = 0.5 + 0.5 * np.sin(0.75 * np.mgrid[0:N, 0:N][0] + 5 * noise(rng, N, 120, 40))
    early = 0.55 * patch + 0.45 * smear - 0.07 * ridges * (patch > 0.5)
    early = np.clip((early - 0.18) * 1.05, 0, 0.92) + 0.35 * specks
    return with_alpha(brown(rng, (0.20, 0.165, 0.12), (0.37, 0.325, 0.25)), early)


def splash(rng: np.random.Generator) -> Plane:
    """Dried drops, most of them tiny, in swarms with bare places between, over a thin film."""
    drops = np.maximum(spots(rng, 150, 2.6, 9.0, round_=0.7), 0.9 * spots(rng, 900, 1.1, 2.8))
    swarm = np.clip((ranks(noise(rng, N, 300, 50, 1.1)) - 0.20) * 2.2, 0, 1)
    patch = ranks(noise(rng, N, 90, 8, 0.8))
    # a drop dries with a dark rim
    rim = np.clip(1 - np.abs(drops - 0.25) / 0.22, 0, 1) * (drops > 0.02)
    smear = ranks(noise(rng, N, 260, 30, 1.5))
    film = 0.56 * smear**1.5 * (0.35 + 0.65 * swarm)
    early = np.maximum(np.clip(0.62 + 0.38 * patch, 0, 1) * np.clip(drops * 2.4, 0, 1) * swarm, film)
    colour = brown(rng, (0.34, 0.29, 0.215), (0.49, 0.45, 0.365)) * (1 - 0.35 * rim[..., None])
    return with_alpha(colour, early)


def puddle(rng: np.random.Generator) -> Plane:
    """A spill that spreads from its middle, drops around it."""
    y, x = np.mgrid[0:N, 0:N] / N * 2 - 1
    ragged = 0.16 * noise(rng, N, 260, 70, 1.0) + 0.03 * noise(rng, N, 40, 12, 0.6)
    far = np.hypot(x * 1.05 + 0.1 * y, y * 1.1) + ragged
    pool = np.clip(1.0 - far / 0.82, 0, 1) ** 0.7
    around = spots(rng, 60, 4, 16) * (np.hypot(x, y) < 0.9)
    early = np.maximum(pool, 0.32 * around * (np.hypot(x, y) > 0.5))
    early *= np.clip((1.0 - np.maximum(np.abs(x), np.abs(y))) * 12, 0, 1)
    colour = brown(rng, (0.30, 0.235, 0.09), (0.46, 0.385, 0.17))
    return with_alpha(colour, early)


def hand(size: int, rng: np.random.Generator, spread: float) -> Plane:
    """The greasy print of an open hand, upright: 0 to 1."""
    y, x = np.mgrid[0:size, 0:size] / size * 2 - 1
    y = -y

    def bar(ax: float, ay: float, bx: float, by: float, r: float) -> Plane:
        t = np.clip(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2), 0, 1)
        return np.clip((r - np.hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay))) / 0.05, 0, 1)

    made = np.maximum(bar(-0.12, -0.42, 0.14, -0.48, 0.27), bar(-0.16, -0.22, 0.2, -0.22, 0.2))
    made *= 1 - 0.7 * np.clip(1 - np.hypot((x - 0.02) / 0.2, (y + 0.38) / 0.16), 0, 1)
    for k, (root, length) in enumerate(((-0.27, 0.52), (-0.09, 0.62), (0.09, 0.58), (0.26, 0.44))):
        lean = (k - 1.5) * spread
        for a, b in ((0.16, 0.40), (0.48, 0.68), (0.78, 0.98)):  # the pads between the joints
            made = np.maximum(
                made,
                bar(
                    root + lean * a * length,
                    -0.05 + a * length,
                    root + lean * b * length,
                    -0.05 + b * length,
                    0.075,
                ),
            )
    made = np.maximum(made, bar(-0.45, -0.32, -0.60, -0.08, 0.085))
    return np.maximum(made, bar(-0.66, 0.0, -0.69, 0.07, 0.08))


def hands(rng: np.random.Generator) -> Plane:
    """Four prints, two by two: two clear, two wiped along."""
    half = N // 2
    early = np.zeros((N, N))
    for k in range(4):
        made = hand(half, rng, (0.10, 0.22, 0.14, 0.05)[k])
        if k % 2:
            made = made[:, ::-1]
        if k > 1:
            made = np.mean([np.roll(made, (3 * s, -2 * s), (0, 1)) for s in range(14)], axis=0)
        # grease runs together
        for axis in (0, 1):
            made = np.mean([np.roll(made, k, axis) for k in range(-4, 5)], axis=0)
        texture = 0.55 + 0.22 * noise(rng, half, 60, 6, 0.6)
        lines = 0.5 + 0.5 * np.sin(0.9 * np.mgrid[0:half, 0:half][0] + 4 * noise(rng, half, 80, 30))
        edge = np.clip(half / 2 - np.abs(np.mgrid[0:half, 0:half] - half / 2).max(axis=0), 0, 8) / 8
        i, j = k // 2 * half, k % 2 * half
        early[i : i + half, j : j + half] = made * np.clip(texture - 0.12 * lines + 0.2, 0.15, 0.95) * edge
    return with_alpha(brown(rng, (0.21, 0.15, 0.09), (0.36, 0.28, 0.18)), early)


def film(rng: np.random.Generator) -> Plane:
    """On a mirror: drops that dried, runs, the arcs of a cloth, a haze of dust; pale."""
    drops = np.maximum(spots(rng, 120, 2, 9), 0.7 * spots(rng, 300, 1.2, 3.5))
    ring = np.clip(1 - np.abs(drops - 0.3) / 0.3, 0, 1) * (drops > 0.02)
    wiped = ranks(noise(rng, N, 200, 6, 0.5, (0.12, 1.0)))
    haze = ranks(noise(rng, N, 500, 70, 1.0))
    early = 0.55 * ring * haze + 0.30 * wiped**2 * haze + 0.22 * haze**2
    colour = np.broadcast_to(np.array([0.66, 0.655, 0.62]), (N, N, 3)) * (0.85 + 0.15 * haze[..., None])
    return with_alpha(colour, np.clip(early, 0, 1))


def wet(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Water on a flat surface: drops, then pools; and its relief."""
    pools = ranks(noise(rng, N, 330, 70, 1.1))
    drops = np.maximum(spots(rng, 130, 3, 15), spots(rng, 420, 1.5, 4))
    pool = np.clip((pools - 0.52) * 2.1, 0, 1)
    early = np.maximum(0.85 * pool, np.where(drops > 0.05, 0.35 + 0.6 * ranks(noise(rng, N, 200, 60)), 0))
    height = 7.0 * np.sqrt(np.clip(drops, 0, 1)) + 9.0 * np.sqrt(np.clip(pool, 0, 0.2) / 0.2)
    flat = np.ones((N, N, 3)) * 0.02
    return with_alpha(flat, early), normals(height, 0.35, 1.0)


def main() -> None:
    for seed, made in enumerate((grime, splash, puddle, hands, film)):
        save(made(np.random.default_rng((515, seed))), f"{FOLDER}/{made.__name__}.png")
    picture, relief = wet(np.random.default_rng((515, 9)))
    save(picture, f"{FOLDER}/wet.png")
    save(relief, f"{FOLDER}/wet_n.jpg", quality=90)


if __name__ == "__main__":
    main()
