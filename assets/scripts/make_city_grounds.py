"""Makes the textures of walls, roofs, lawns and leaves: ``python assets/scripts/make_city_grounds.py``. Seeded."""

from __future__ import annotations

import numpy as np
from paint import Plane, coloured, noise, over, save

N = 512


def joints(
    rng: np.random.Generator, rows: int, columns: int, gap: float, shift: float = 0.5, size: int = N
) -> tuple[Plane, Plane]:
    """Blocks in bond: (tone of each block, deviation 1; how much joint there is, 0 to 1)."""
    y, x = np.mgrid[0:size, 0:size] / size
    row = np.floor(y * rows).astype(int)
    x_in = x * columns + shift * (row % 2)
    column = np.floor(x_in).astype(int) % columns
    tone = rng.standard_normal((rows, columns))[row % rows, column]
    fy = np.abs((y * rows) % 1.0 - 0.5) * 2.0
    fx = np.abs(x_in % 1.0 - 0.5) * 2.0
    edge = np.maximum((fy - 1.0) * (size / rows) / 2.0, (fx - 1.0) * (size / columns) / 2.0)
    return tone, np.clip(1.0 + edge / gap, 0.0, 1.0)


def stucco(rng: np.random.Generator) -> Plane:
    streaks = noise(rng, N, 400, 6, 0.9, (0.12, 1.0))
    shade = 0.80 + 0.016 * noise(rng, N, 512, 40) + 0.014 * streaks + 0.012 * noise(rng, N, 6, 2, 0.3)
    return coloured(shade, (1.0, 0.995, 0.985))


def ashlar(rng: np.random.Generator) -> Plane:
    tone, joint = joints(rng, 10, 4, 1.6)
    shade = 0.80 + 0.014 * tone + 0.018 * noise(rng, N, 300, 20) + 0.016 * noise(rng, N, 8, 2, 0.4)
    shade += 0.012 * noise(rng, N, 400, 8, 0.9, (0.12, 1.0))
    return coloured(shade * (1.0 - 0.22 * joint), (1.0, 0.985, 0.955))


def brick(rng: np.random.Generator) -> Plane:
    tone, joint = joints(rng, 48, 16, 1.0)
    shade = 0.70 + 0.034 * tone + 0.02 * noise(rng, N, 300, 30) + 0.03 * noise(rng, N, 5, 2, 0.2)
    warm = np.array([1.0, 0.99, 0.97]) + 0.02 * tone[..., None] * np.array([1.0, -0.3, -0.6])
    picture = shade[..., None] * warm
    return over(picture, (0.66, 0.65, 0.63), 0.7 * joint)


def concrete(rng: np.random.Generator) -> Plane:
    _, joint = joints(rng, 2, 2, 1.3, 0.0)
    shade = (
        0.72
        + 0.022 * noise(rng, N, 512, 30)
        + 0.012 * noise(rng, N, 30, 6)
        + 0.014 * noise(rng, N, 5, 2, 0.3)
    )
    shade += 0.018 * noise(rng, N, 400, 8, 0.9, (0.1, 1.0))
    pits = np.clip(noise(rng, N, 7, 3, 0.0) - 2.6, 0.0, 1.0)
    return coloured(shade * (1.0 - 0.16 * joint) - 0.12 * pits, (1.0, 0.995, 0.98))


def roof_flat(rng: np.random.Generator) -> Plane:
    """Bitumen sheets with gravel, patches and pools' rims; 8 m wide."""
    stain = noise(rng, N, 512, 60)
    shade = 0.60 + 0.035 * stain + 0.03 * noise(rng, N, 60, 8) + 0.045 * noise(rng, N, 4, 2, 0.1)
    rim = np.exp(-((stain - 0.9) ** 2) / 0.01)
    pool = np.clip((stain - 0.9) * 4.0, 0.0, 1.0)
    _, sheet = joints(rng, 1, 8, 1.2, 0.0)
    return coloured(shade * (1.0 - 0.10 * pool - 0.09 * rim) * (1.0 - 0.07 * sheet), (1.0, 0.985, 0.965))


def roof_tile(rng: np.random.Generator) -> Plane:
    """Clay tiles, 16 rows of 20 in 4 m; each row's lower edge throws a line of shade."""
    tone, _ = joints(rng, 16, 20, 1.0, 0.0)
    y, x = np.mgrid[0:N, 0:N] / N
    across = np.abs(np.sin(np.pi * x * 20.0))
    down = (y * 16.0) % 1.0
    shade = 0.62 + 0.06 * tone + 0.03 * noise(rng, N, 300, 30) + 0.02 * noise(rng, N, 5, 2, 0.2)
    shade *= (0.74 + 0.26 * across) * (1.0 - 0.45 * np.clip((down - 0.82) / 0.18, 0.0, 1.0))
    warm = np.array([1.0, 0.62, 0.46]) + 0.03 * tone[..., None] * np.array([0.0, 1.0, 1.2])
    moss = np.clip(noise(rng, N, 200, 30) - 1.3, 0.0, 1.0) * 0.35
    return over(shade[..., None] * warm, (0.34, 0.33, 0.28), moss)


def zinc(rng: np.random.Generator) -> Plane:
    """Sheets with standing seams, 8 in 4 m."""
    y, x = np.mgrid[0:N, 0:N] / N
    seam = np.exp(-(((x * 8.0) % 1.0 - 0.5) ** 2) / 0.0012)
    shadow = np.exp(-(((x * 8.0) % 1.0 - 0.55) ** 2) / 0.0016)
    sheet = rng.standard_normal((2, 8))[np.floor(y * 2).astype(int), np.floor(x * 8 + 0.5).astype(int) % 8]
    shade = (
        0.60
        + 0.012 * sheet
        + 0.018 * noise(rng, N, 400, 20, 1.0, (0.25, 1.0))
        + 0.008 * noise(rng, N, 6, 2, 0.3)
    )
    return coloured(shade + 0.10 * seam - 0.16 * shadow, (0.95, 0.985, 1.03))


def deck(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """The platform's tiles, 0.6 m, four by four in 2.4 m: colour, and normal with roughness."""
    size = 1024
    tone, joint = joints(rng, 4, 4, 2.6, 0.0, size)
    grain = noise(rng, size, 5, 2, 0.2)
    cloud = noise(rng, size, 500, 40)
    pits = np.clip(noise(rng, size, 9, 4, 0.0) - 2.7, 0.0, 1.0)
    shade = 0.585 + 0.012 * tone + 0.014 * cloud + 0.012 * noise(rng, size, 40, 6) + 0.02 * grain - 0.2 * pits
    picture = coloured(shade * (1.0 - 0.42 * joint), (1.0, 0.985, 0.955))
    height = 0.10 * grain + 0.25 * noise(rng, size, 20, 4) - 3.5 * joint - 1.2 * pits
    gy, gx = np.gradient(height)
    normal = np.stack([0.5 - 0.10 * gx, 0.5 + 0.10 * gy, np.clip(0.93 + 0.03 * cloud, 0, 1)], axis=-1)
    return picture, normal


def grass(rng: np.random.Generator) -> Plane:
    shade = 0.42 + 0.03 * noise(rng, N, 400, 40) + 0.05 * noise(rng, N, 12, 2, 0.4)
    dry = np.clip(0.35 + 0.2 * noise(rng, N, 300, 30), 0, 1)[..., None]
    return shade[..., None] * (np.array([0.80, 1.05, 0.52]) * (1 - dry) + np.array([1.12, 1.04, 0.66]) * dry)


def leaves(rng: np.random.Generator) -> Plane:
    """A spray of leaves with alpha: twigs from the lower edge, leaves along them, gaps that one looks through."""
    size = 512
    y, x = np.mgrid[0:size, 0:size]
    picture = np.zeros((size, size, 4))
    picture[..., :3] = (0.36, 0.44, 0.22)
    stems: list[tuple[float, float, float]] = []
    for turn in np.linspace(-2.5, 2.5, 13) + rng.normal(0.0, 0.10, 13):
        way = float(turn)
        at = np.array([size / 2, size * 0.62]) + rng.uniform(6, 60) * np.array([np.sin(way), -np.cos(way)])
        for step in range(64):
            way += rng.normal(0.0, 0.045)
            at = at + 4.0 * np.array([np.sin(way), -np.cos(way)])
            if not (14 < at[0] < size - 14 and 14 < at[1] < size - 14):
                break
            if step % 6 == 3:
                stems.append((at[0], at[1], way))
            picture[np.hypot(x - at[0], y - at[1]) < 2.4] = (0.34, 0.27, 0.17, 1.0)
    order = rng.permutation(len(stems))
    for rank, k in enumerate(order):
        cx, cy, way = stems[k]
        for side in (-1.0, 1.0):
            turn = way + side * rng.uniform(0.5, 1.3)
            long, slim = rng.uniform(19, 30), rng.uniform(0.36, 0.52)
            px, py = cx + np.sin(turn) * long * 1.15, cy - np.cos(turn) * long * 1.15
            if not (long < px < size - long and long < py < size - long):
                continue
            along = (x - px) * np.sin(turn) - (y - py) * np.cos(turn)
            across = (x - px) * np.cos(turn) + (y - py) * np.sin(turn)
            width = (
                slim
                * long
                * np.clip(1.0 - (along / long) ** 2, 0.0, 1.0) ** 0.7
                * (1.0 - 0.22 * along / long)
            )
            inside = (np.abs(along) < long) & (np.abs(across) < width)
            light = 0.62 + 0.38 * rank / len(order) + rng.uniform(-0.12, 0.12)
            fold = 1.0 + 0.10 * np.sign(across) * rng.choice([-1.0, 1.0])
            rib = np.exp(-((across / 1.6) ** 2)) * 0.16
            tone = np.array([0.45, 0.52, 0.29]) + rng.uniform(-0.035, 0.035, 3)
            shaded = (light * fold + rib)[..., None] * tone
            picture[inside, :3] = shaded[inside]
            picture[inside, 3] = 1.0
    return picture


def bark(rng: np.random.Generator) -> Plane:
    """A plane tree's: plates of grey, olive and cream that peel; once around, 1.6 m up."""
    plates = noise(rng, N, 300, 16, 1.5, (1.0, 0.7))
    shade = 0.46 + 0.03 * noise(rng, N, 8, 2, 0.3) + 0.02 * noise(rng, N, 60, 10, 1.0, (1.0, 0.25))
    picture = coloured(shade, (1.0, 0.94, 0.84))
    picture = over(picture, (0.60, 0.58, 0.44), np.clip((plates - 0.35) * 6.0, 0.0, 0.9))
    picture = over(picture, (0.74, 0.70, 0.58), np.clip((plates - 1.25) * 6.0, 0.0, 0.9))
    picture = over(picture, (0.33, 0.30, 0.25), np.clip((-plates - 0.75) * 5.0, 0.0, 0.8))
    rims = np.exp(-((plates - 0.30) ** 2) / 0.004) + np.exp(-((plates - 1.2) ** 2) / 0.004)
    return picture * (1.0 - 0.22 * np.clip(rims, 0, 1) + 0.06 * noise(rng, N, 5, 2, 0.2))[..., None]


def dust(rng: np.random.Generator) -> Plane:
    """What lies on a glass floor that people walk on: haze, drops dried up, scuffs; alpha says how much."""
    size = 512
    film = np.clip(0.5 + 0.25 * noise(rng, size, 400, 30) + 0.10 * noise(rng, size, 30, 4), 0.0, 1.0)
    specks = np.clip(noise(rng, size, 8, 3, 0.0) - 2.3, 0.0, 1.0)
    scuffs = np.clip(noise(rng, size, 90, 3, 0.6, (0.25, 1.0)) - 1.9, 0.0, 1.0)
    rims = np.exp(-((noise(rng, size, 60, 14, 0.5) - 1.8) ** 2) / 0.004)
    picture = np.ones((size, size, 4))
    picture[..., :3] = (0.72, 0.74, 0.73)
    picture[..., 3] = 0.05 + 0.07 * film + 0.35 * specks + 0.10 * scuffs + 0.05 * rims
    return picture


def bars() -> Plane:
    """One metre of iron railing, 1 m high, as a cut-out: nine uprights, a rail at the foot, scrolls in the middle."""
    size = 256
    y, x = np.mgrid[0:size, 0:size] / size
    upright = np.abs((x * 9.0) % 1.0 - 0.5) < 0.10
    rails = (y > 0.90) & (y < 0.94) | (y < 0.03) | (np.abs(y - 0.16) < 0.012)
    ring = np.abs(np.hypot((x * 4.5) % 1.0 - 0.5, (y - 0.53) * 4.5) - 0.36) < 0.06
    picture = np.zeros((size, size, 4))
    picture[..., :3] = (0.17, 0.18, 0.19)
    picture[..., 3] = (upright | rails | ring).astype(float)
    return picture


def main() -> None:
    makers = (
        stucco,
        ashlar,
        brick,
        concrete,
        roof_flat,
        roof_tile,
        zinc,
    )
    for number, make in enumerate(makers):
        save(make(np.random.default_rng(100 + number)), f"textures/city/{make.__name__}.jpg")
    save(bark(np.random.default_rng(112)), "textures/city/bark.jpg")
    save(grass(np.random.default_rng(110)), "textures/city/grass.jpg")
    colour, normal = deck(np.random.default_rng(202))
    save(colour, "textures/city/deck.jpg")
    save(normal, "textures/city/deck_n.jpg", quality=90)
    save(dust(np.random.default_rng(204)), "textures/city/dust.png")
    save(bars(), "textures/city/bars.png")
    save(leaves(np.random.default_rng(203)), "textures/city/leaves.png")


if __name__ == "__main__":
    main()
