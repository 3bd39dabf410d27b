"""Paints what the washroom is covered with: ``python assets/scripts/make_washroom_textures.py`` (15 s). Seeded."""

from __future__ import annotations

import numpy as np
from make_room_textures import normals
from paint import Plane, coloured, noise, over, save

FOLDER = "textures/washroom"


def cells(n: int, across: int, down: int) -> tuple[Plane, Plane, Plane, Plane]:
    """A grid of tiles: share across and down within each tile, and its column and row."""
    y, x = np.mgrid[0:n, 0:n] / n
    return x * across % 1.0, y * down % 1.0, np.floor(x * across), np.floor(y * down)


def joints(n: int, across: int, down: int, width: float, soft: float) -> Plane:
    """How deep a joint is: 1 in its middle, 0 on the tile; ``width`` and ``soft`` in pixels."""
    fx, fy, _, _ = cells(n, across, down)
    edge = np.minimum(np.minimum(fx, 1 - fx) * n / across, np.minimum(fy, 1 - fy) * n / down)
    return np.clip((width / 2 + soft - edge) / soft, 0.0, 1.0)


def per_tile(rng: np.random.Generator, n: int, across: int, down: int) -> Plane:
    _, _, i, j = cells(n, across, down)
    return rng.standard_normal((down, across))[j.astype(int), i.astype(int)]


def tile(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Glazed white tiles, 0.30 x 0.15 m, 1.2 m square: each a little out of true, with its own waves."""
    n, across, down = 1024, 4, 8
    joint = joints(n, across, down, 2.2, 1.8)
    round_edge = joints(n, across, down, 3.0, 9.0)
    tone = 0.865 + 0.010 * per_tile(rng, n, across, down) + 0.004 * noise(rng, n, 300, 30)
    warm = 0.006 * per_tile(rng, n, across, down)
    picture = np.stack([tone + warm, tone, tone - 0.018 - warm], axis=-1)
    grime = np.clip(0.55 + 0.28 * noise(rng, n, 500, 60), 0, 1)
    grout = np.stack([0.62 - 0.16 * grime, 0.60 - 0.17 * grime, 0.55 - 0.18 * grime], axis=-1)
    grout += 0.03 * noise(rng, n, 8, 2, 0.3)[..., None]
    picture = over(picture, grout, joint)
    # speckles and faint drips on the glaze
    specks = np.clip(noise(rng, n, 5, 2, 0.0) - 3.4, 0, 1) * (1 - joint)
    picture = over(picture, (0.55, 0.50, 0.42), 0.5 * specks)
    fx, fy, _, _ = cells(n, across, down)
    lean = (
        per_tile(rng, n, across, down) * (fx - 0.5) * 5.5 + per_tile(rng, n, across, down) * (fy - 0.5) * 3.2
    )
    waves = 0.55 * noise(rng, n, 260, 70, 1.0) + 0.02 * noise(rng, n, 12, 3, 0.5)
    height = lean + waves - 2.6 * round_edge**2 - 1.0 * joint
    rough = np.clip(0.30 + 0.09 * np.clip(noise(rng, n, 400, 40), -1, 2) + 0.7 * joint, 0.15, 1.0)
    return picture, normals(height, 0.22, rough)


def floor(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Stoneware tiles of 0.30 m, 2.4 m square: mottled, with a dull path of dirt in the joints."""
    n, across = 1024, 8
    joint = joints(n, across, across, 1.6, 1.4)
    edge = joints(n, across, across, 2.0, 8.0)
    mottle = 0.014 * noise(rng, n, 60, 6, 0.7) + 0.012 * noise(rng, n, 4, 2, 0.0)
    tone = 0.505 + 0.015 * per_tile(rng, n, across, across) + mottle
    picture = np.stack([tone * 1.02, tone * 0.985, tone * 0.925], axis=-1)
    specks = np.clip(noise(rng, n, 4, 2, 0.0) - 1.6, 0, 1)
    picture = over(picture, (0.30, 0.29, 0.27), 0.5 * specks)
    picture = over(picture, (0.66, 0.64, 0.60), 0.4 * np.clip(noise(rng, n, 4, 2, 0.0) - 1.9, 0, 1))
    worn = np.clip(0.5 + 0.5 * noise(rng, n, 700, 90), 0, 1)
    picture = over(picture, (0.36, 0.33, 0.28), 0.22 * worn + 0.22 * edge * worn)
    grout = np.stack([0.27 + 0 * worn, 0.25 + 0 * worn, 0.22 + 0 * worn], axis=-1)
    grout += 0.02 * noise(rng, n, 8, 2, 0.3)[..., None]
    picture = over(picture, grout, joint)
    # streaks of a mop that dried
    streaks = np.clip(noise(rng, n, 500, 12, 0.8, (0.2, 1.0)) - 0.5, 0, 1)
    picture = over(picture, (0.60, 0.58, 0.54), 0.06 * streaks)
    height = 0.9 * noise(rng, n, 5, 2, 0.3) * 0.12 - 1.2 * joint - 0.8 * edge**2
    fx, fy, _, _ = cells(n, across, across)
    height += per_tile(rng, n, across, across) * (fx - 0.5) + per_tile(rng, n, across, across) * (fy - 0.5)
    rough = np.clip(0.62 + 0.22 * worn - 0.12 * streaks + 0.3 * joint, 0, 1)
    return picture, normals(height, 0.22, rough)


def plaster(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Rolled paint, 1.6 m square, a little cloudy; white, to be tinted."""
    n = 512
    nap = noise(rng, n, 9, 2, 0.4)
    shade = 0.955 + 0.008 * noise(rng, n, 512, 60) + 0.006 * nap
    return coloured(shade, (1, 1, 1)), normals(nap, 0.07)


def ceiling(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Mineral tiles of 0.6 m in a grid of white metal, 1.2 m square: pinholes and fissures."""
    n, across = 1024, 2
    bar = joints(n, across, across, 19.0, 1.2)
    groove = joints(n, across, across, 26.0, 3.0) - joints(n, across, across, 19.0, 1.2)
    holes = np.clip((noise(rng, n, 7, 2.2, 0.0) - 1.9) * 2.2, 0, 1)
    fissures = np.clip((noise(rng, n, 26, 4, 0.4, (0.5, 1.0)) - 2.0) * 1.6, 0, 1)
    marks = np.clip(holes + fissures, 0, 1) * (1 - bar)
    shade = 0.90 + 0.006 * noise(rng, n, 400, 60) + 0.012 * per_tile(rng, n, across, across)
    picture = coloured(shade, (1.0, 0.995, 0.975))
    picture = over(picture, (0.62, 0.61, 0.59), 0.55 * marks)
    picture = over(picture, (0.93, 0.93, 0.92), bar)
    picture = over(picture, (0.34, 0.33, 0.31), 0.85 * np.clip(groove, 0, 1))
    height = -2.0 * marks + 2.4 * bar + 0.15 * noise(rng, n, 6, 2, 0.2)
    return picture, normals(height, 0.16, np.clip(0.9 - 0.35 * bar, 0, 1))


def laminate(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Hard board, 0.8 m square: fine pearl, wiped so often that it shows; white, to be tinted."""
    n = 512
    pearl = noise(rng, n, 5, 2, 0.1)
    wiped = noise(rng, n, 300, 20, 0.8, (0.35, 1.0))
    shade = 0.955 + 0.010 * pearl + 0.010 * wiped
    scratches = np.zeros((n, n))
    for _ in range(38):
        x0, y0, a = rng.integers(n), rng.integers(n), rng.uniform(0, np.pi)
        length = int(rng.uniform(10, 70))
        t = np.arange(length)
        bend = rng.normal(0, 0.004)
        i = (y0 + t * np.sin(a + bend * t)).astype(int) % n
        j = (x0 + t * np.cos(a + bend * t)).astype(int) % n
        scratches[i, j] = np.maximum(scratches[i, j], rng.uniform(0.2, 1.0))
    picture = over(coloured(shade, (1, 1, 1)), (1.0, 1.0, 1.0), 0.25 * scratches)
    rough = np.clip(0.62 + 0.10 * np.clip(wiped, -1.5, 1.5) + 0.3 * scratches, 0, 1)
    return picture, normals(0.5 * pearl + 0.5 * noise(rng, n, 120, 30) - 2 * scratches, 0.035, rough)


def counter(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Speckled composite, 0.6 m square."""
    n = 1024
    base = 0.235 + 0.006 * noise(rng, n, 300, 40)
    picture = np.stack([base * 0.99, base * 1.0, base * 1.02], axis=-1)
    for low, colour, cover in (
        (1.9, (0.50, 0.50, 0.49), 0.9),
        (2.2, (0.07, 0.07, 0.075), 0.9),
        (2.5, (0.66, 0.64, 0.60), 0.9),
        (2.6, (0.36, 0.30, 0.24), 0.8),
    ):
        grain = noise(rng, n, 7.5, 3.0, 0.0)
        picture = over(picture, colour, cover * np.clip((grain - low) * 2.2, 0, 1))
    picture = picture + 0.012 * noise(rng, n, 4, 2, 0.0)[..., None]
    wiped = noise(rng, n, 400, 25, 0.9, (0.3, 1.0))
    rough = np.clip(0.58 + 0.16 * np.clip(wiped, -1.5, 1.6), 0.2, 1)
    return picture, normals(0.5 * noise(rng, n, 6, 2, 0.2) + 0.3 * noise(rng, n, 150, 40), 0.02, rough)


def veneer(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Pale oak veneer under lacquer, 0.9 m square, grain upright."""
    n = 1024
    figure = noise(rng, n, 900, 60, 1.0, (0.14, 1.0))
    fibre = noise(rng, n, 300, 2, 0.35, (0.05, 1.0))
    pores = np.clip(noise(rng, n, 60, 2, 0.0, (0.05, 1.0)) - 1.5, 0, 1)
    x = np.mgrid[0:n, 0:n][1] / n
    shade = 0.60 + 0.035 * np.sin(14.0 * figure + 3 * np.sin(2 * np.pi * x)) + 0.022 * fibre
    picture = np.stack([shade * 1.08, shade * 0.94, shade * 0.75], axis=-1)
    picture = over(picture, (0.28, 0.20, 0.13), 0.45 * pores)
    rough = np.clip(0.62 + 0.05 * fibre + 0.1 * pores, 0, 1)
    return picture, normals(0.2 * fibre - 0.7 * pores, 0.05, rough)


def metalwork(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Brushed stainless steel, 0.5 m square, brushed along u, with marks of fingers and cloths."""
    n = 512
    brush = noise(rng, n, 200, 1.5, 0.1, (1.0, 0.02))
    smear = noise(rng, n, 200, 20, 0.9)
    shade = 0.80 + 0.022 * brush + 0.012 * smear
    picture = coloured(shade, (1.0, 0.995, 0.985))
    rough = np.clip(0.66 + 0.05 * brush + 0.14 * np.clip(smear, -1, 2), 0, 1)
    return picture, normals(brush, 0.06, rough)


def pane(rng: np.random.Generator) -> Plane:
    """What frosted glass shows of an overcast afternoon: sky above, a dim hedge below. Not tiling."""
    n = 256
    y, x = np.mgrid[0:n, 0:n] / n
    hedge = np.clip((y - 0.70 - 0.05 * noise(rng, n, 250, 70)) * 4.5, 0, 1)
    sky = np.stack([0.86 - 0.05 * y, 0.91 - 0.04 * y, 0.965 - 0.02 * y], axis=-1)
    picture = over(sky, (0.50, 0.57, 0.50), 0.75 * hedge)
    blotch = 1.0 + 0.018 * noise(rng, n, 40, 8, 0.8) + 0.012 * noise(rng, n, 3, 2, 0.0)
    corner = 1 - 0.06 * (2 * np.abs(x - 0.5)) ** 3
    return picture * (blotch * corner)[..., None]


def main() -> None:
    rng = np.random.default_rng(2024)
    for made in (tile, floor, plaster, ceiling, laminate, counter, veneer, metalwork):
        picture, relief = made(rng)
        save(picture, f"{FOLDER}/{made.__name__}.jpg")
        save(relief, f"{FOLDER}/{made.__name__}_n.jpg", quality=90)
    save(pane(rng), f"{FOLDER}/pane.jpg")


if __name__ == "__main__":
    main()
