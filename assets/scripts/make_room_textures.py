"""Paints what the baseline room is covered with: ``python assets/scripts/make_room_textures.py`` (2 s). Seeded."""

from __future__ import annotations

import numpy as np
from paint import Plane, coloured, noise, over, save
from PIL import Image, ImageDraw

FOLDER = "textures/room"


def normals(height: Plane, strength: float, rough: Plane | float = 1.0) -> Plane:
    """A height field (tiling) as a normal map: x and y in red and green, a factor on the roughness in blue."""
    dx = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * strength
    dy = (np.roll(height, 1, 0) - np.roll(height, -1, 0)) * strength
    length = np.sqrt(1.0 + dx**2 + dy**2)
    return np.stack(
        [0.5 - 0.5 * dx / length, 0.5 - 0.5 * dy / length, np.broadcast_to(rough, dx.shape)], axis=-1
    )


def boards(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Oiled oak boards, 2.4 m square: 18 rows of two boards each, ends shifted."""
    n, rows = 1024, 18
    y, x = np.mgrid[0:n, 0:n] / n
    row = np.floor(y * rows).astype(int)
    shift = rng.uniform(0, 1, rows)[row]
    along = (x + shift) * 2.0
    column = np.floor(along).astype(int) % 2
    tone = rng.standard_normal((rows, 2))[row, column]
    hue = rng.standard_normal((rows, 2))[row, column]
    grain = np.zeros((n, n))
    figure = noise(rng, n, 900, 40, 1.0, (0.08, 1.0))
    fibre = noise(rng, n, 300, 2, 0.35, (0.05, 1.0))
    pores = noise(rng, n, 60, 2, 0.0, (0.06, 1.0))
    for r in range(rows):  # each board has a piece of grain of its own
        pick = row == r
        roll = int(rng.integers(n))
        wave = np.sin(
            9.0 * np.roll(figure, roll, 1) + 22.0 * (y * rows % 1.0 - 0.5) ** 2 * rng.uniform(0.4, 1.6)
        )
        grain[pick] = (0.45 * wave + 0.8 * np.roll(fibre, roll, 1))[pick]
    fy = np.abs((y * rows) % 1.0 - 0.5) * 2.0
    fx = np.abs(along % 1.0 - 0.5) * 2.0
    gap = np.clip((fy - 1.0) * (n / rows / 2) / 1.1 + 1.0, 0, 1) + np.clip(
        (fx - 1.0) * (n / 4) / 1.1 + 1.0, 0, 1
    )
    gap = np.clip(gap, 0.0, 1.0)
    shade = 0.655 + 0.026 * tone + 0.024 * grain - 0.05 * np.clip(pores - 1.6, 0, 1)
    warm = np.stack([1.05 + 0 * hue, 0.875 + 0.010 * hue, 0.685 + 0.018 * hue], axis=-1)
    picture = shade[..., None] * warm * (1.0 - 0.55 * gap[..., None])
    height = -1.5 * gap + 0.05 * grain + 0.25 * noise(rng, n, 200, 60, 1.0, (0.4, 1.0)) * 0.2
    rough = 0.80 + 0.07 * grain / 2 + 0.15 * gap
    return picture, normals(height, 0.35, np.clip(rough, 0, 1))


def plaster(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Rolled paint, 1.6 m square."""
    n = 512
    nap = noise(rng, n, 9, 2, 0.4)
    shade = 0.955 + 0.004 * noise(rng, n, 512, 60) + 0.006 * nap
    return coloured(shade, (1, 1, 1)), normals(nap, 0.05)


def wood(rng: np.random.Generator) -> Plane:
    """Grain along u, 1 m square, to be multiplied with a tint."""
    n = 512
    figure = noise(rng, n, 500, 40, 1.0, (0.10, 1.0))
    fibre = noise(rng, n, 200, 2, 0.35, (0.05, 1.0))
    y, _ = np.mgrid[0:n, 0:n] / n
    shade = (
        0.90 + 0.032 * np.sin(8.0 * figure) + 0.035 * fibre + 0.03 * noise(rng, n, 500, 120, 1.0, (0.3, 1.0))
    )
    return np.stack([shade, shade**1.12, shade**1.3], axis=-1)


def weave(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Upholstery, 0.25 m square."""
    n, threads = 256, 64
    y, x = np.mgrid[0:n, 0:n] / n
    over_under = np.where((np.floor(x * threads) + np.floor(y * threads)) % 2 > 0, 1.0, 0.0)
    warp = np.abs(np.sin(np.pi * x * threads)) * over_under + np.abs(np.sin(np.pi * y * threads)) * (
        1 - over_under
    )
    slubs = noise(rng, n, 200, 4, 0.4, (0.08, 1.0)) + noise(rng, n, 200, 4, 0.4, (1.0, 0.08))
    height = warp + 0.10 * slubs
    shade = 0.80 + 0.13 * (warp - 0.6) + 0.028 * slubs + 0.02 * noise(rng, n, 6, 2, 0.1)
    return coloured(shade, (1.0, 0.995, 0.985)), normals(height, 0.30)


def wool(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Coarse knit, 0.25 m square."""
    n, wales, courses = 256, 22, 26
    y, x = np.mgrid[0:n, 0:n] / n
    u = (x * wales) % 1.0
    v = (y * courses + np.abs(u - 0.5) * 0.9) % 1.0
    stitch = np.sin(np.pi * v) ** 0.7 * (0.45 + 0.55 * np.sin(np.pi * ((u * 2) % 1.0)))
    fuzz = noise(rng, n, 8, 2, 0.1)
    shade = 0.70 + 0.22 * (stitch - 0.5) + 0.025 * fuzz
    return coloured(shade, (1, 0.995, 0.98)), normals(stitch + 0.05 * fuzz, 0.55)


def linen(rng: np.random.Generator) -> Plane:
    """Curtains, 0.5 m square."""
    n = 256
    slubs = noise(rng, n, 250, 3, 0.3, (0.05, 1.0)) + noise(rng, n, 250, 3, 0.3, (1.0, 0.05))
    return coloured(0.93 + 0.018 * slubs + 0.010 * noise(rng, n, 4, 2, 0.0), (1.0, 0.995, 0.98))


def rug(rng: np.random.Generator) -> Plane:
    """A woven rug, 2.1 x 1.45 m: pale field, borders, a few quiet rows of lozenges."""
    h, w = 706, 1024
    y, x = np.mgrid[0:h, 0:w]
    xm, ym = x / w * 2.10, y / h * 1.45
    rim = np.minimum(np.minimum(xm, 2.10 - xm), np.minimum(ym, 1.45 - ym))
    cream, sand, sage, rust = ((0.84, 0.80, 0.72), (0.73, 0.66, 0.55), (0.55, 0.58, 0.51), (0.66, 0.49, 0.39))
    picture = np.broadcast_to(np.array(cream), (h, w, 3)).copy()
    for row in range(7):
        cy = 0.205 + row * 0.173
        lozenge = np.abs(((xm + (0.075 if row % 2 else 0.0)) % 0.15) - 0.075) / 0.055 + np.abs(ym - cy) / 0.05
        inner = (rim > 0.12).astype(float)
        tone = (sand, sage, sand, rust)[row % 4]
        picture = over(picture, tone, inner * np.clip((1.0 - lozenge) * 12, 0, 0.85))
        picture = over(picture, cream, inner * np.clip((0.45 - lozenge) * 12, 0, 1))
        stripe = np.exp(-(((ym - cy - 0.0865) / 0.006) ** 4))
        picture = over(picture, sage, inner * stripe * 0.6)
    for a, b, tone in ((0.075, 0.105, sage), (0.050, 0.062, rust), (0.0, 0.018, sand)):
        picture = over(picture, tone, ((rim > a) & (rim < b)) * 0.85)
    wefts = (
        1.0
        + 0.05 * np.sin(2 * np.pi * ym / 0.0062)
        + 0.03 * np.sin(2 * np.pi * xm / 0.0124 + np.pi * np.floor(ym / 0.0062))
    )
    square = noise(rng, 1024, 300, 3, 0.5, (0.15, 1.0))[:h]
    worn = noise(rng, 1024, 900, 120)[:h]
    return picture * (wefts + 0.020 * square + 0.016 * worn)[..., None]


HILLS = (
    (0.47, (0.66, 0.71, 0.73)),
    (0.54, (0.56, 0.64, 0.64)),
    (0.62, (0.60, 0.64, 0.52)),
    (0.72, (0.70, 0.66, 0.47)),
    (0.83, (0.52, 0.55, 0.41)),
)
DUNES = (
    (0.58, (0.62, 0.69, 0.73)),
    (0.68, (0.80, 0.75, 0.64)),
    (0.80, (0.74, 0.67, 0.53)),
    (0.90, (0.62, 0.60, 0.47)),
)


def paintings(rng: np.random.Generator) -> Plane:
    """From below: hills with a lake; two leaves on paper; dunes by the sea."""
    paper = np.concatenate([_leaf_print(rng, kind) for kind in (0, 1)], axis=1)
    hills = _landscape(rng, HILLS, (0.80, 0.82, 0.80), 0.775)
    dunes = _landscape(rng, DUNES, (0.74, 0.80, 0.84), None)
    return np.concatenate([dunes, paper, hills], axis=0)


def _landscape(
    rng: np.random.Generator,
    ridges: tuple[tuple[float, tuple[float, float, float]], ...],
    air: tuple[float, float, float],
    lake: float | None,
) -> Plane:
    h, w = 512, 768
    y, x = np.mgrid[0:h, 0:w]
    u, v = x / w, y / h
    stroke = noise(rng, 1024, 500, 6, 0.9, (0.15, 1.0))[:h, :w]
    sky = np.array(air) + (v[..., None] ** 1.5) * np.array([0.10, 0.03, -0.08])
    picture = sky + 0.025 * stroke[..., None]
    for k, (level, tone) in enumerate(ridges):
        waves = [0.035 / f * np.sin(2 * np.pi * f * u + rng.uniform(0, 6)) for f in (0.7, 1.3, 2.1, 3.7, 7.0)]
        ridge = level + sum(waves) * (0.02 if lake is None and k == 0 else 1.0)
        body = np.array(tone) + 0.03 * np.roll(stroke, 97 * k, 1)[..., None]
        body = body + 0.10 * np.clip(v - ridge, 0, 1)[..., None]
        picture = over(picture, body, np.clip((v - ridge) * 60, 0, 1))
    if lake is not None:
        water = np.clip((0.030 - np.abs(v - lake - 0.01 * np.sin(5 * u))) * 90, 0, 1)
        water *= np.clip((0.36 - np.abs(u - 0.55)) * 12, 0, 1)
        picture = over(picture, np.array([0.78, 0.80, 0.79]) + 0.02 * stroke[..., None], water * 0.85)
    return picture


def _leaf_print(rng: np.random.Generator, kind: int) -> Plane:
    """A pressed twig on cream paper behind a mount."""
    h, w, f = 512, 384, 3
    sheet = Image.new("L", (w * f, h * f), 0)
    draw = ImageDraw.Draw(sheet)
    s = np.linspace(0, 1, 40)
    bend = 0.10 if kind == 0 else -0.08
    spine = np.stack([0.5 + bend * np.sin(s * 2.2) - bend * 0.5, 0.80 - 0.58 * s], 1) * (w * f, h * f)
    draw.line([tuple(p) for p in spine], fill=210, width=6)
    for k in range(13 if kind == 0 else 17):
        t = 0.12 + 0.86 * k / (12 if kind == 0 else 16)
        at = spine[int(t * 39)]
        side = 1 if k % 2 else -1
        angle = -np.pi / 2 + side * ((1.0 - 0.55 * t) if kind == 0 else 0.85)
        long = (0.17 - 0.07 * t) * h * f * (0.75 if kind == 0 else 0.62)
        wide = long * (0.20 if kind == 0 else 0.13)
        a = np.linspace(0, 1, 24)
        edge = wide * np.sin(np.pi * a**0.8)
        d, n = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        shape = [at + long * i * d + e * n for i, e in zip(a, edge, strict=True)]
        shape += [at + long * i * d - e * n for i, e in zip(a[::-1], edge[::-1], strict=True)]
        draw.polygon([tuple(p) for p in shape], fill=int(200 + 30 * rng.uniform()))
    cover = np.asarray(sheet.resize((w, h), Image.Resampling.LANCZOS)) / 255.0
    stain = noise(rng, 512, 200, 4, 0.8)[:h, :w]
    picture = coloured(0.90 + 0.008 * stain, (1.0, 0.975, 0.925))
    tone = np.array([0.40, 0.46, 0.36] if kind == 0 else [0.47, 0.43, 0.33])
    picture = over(picture, tone + 0.05 * stain[..., None], cover * 0.9)
    y, x = np.mgrid[0:h, 0:w]
    rim = np.minimum(np.minimum(x, w - 1 - x), np.minimum(y, h - 1 - y))
    picture = over(picture, (0.955, 0.95, 0.935), np.clip((48 - rim) / 1.5, 0, 1))
    return picture * (1.0 - 0.22 * np.exp(-(((rim - 49) / 1.6) ** 2)))[..., None]


def leaf(rng: np.random.Generator) -> Plane:
    """A broad leaf along u: midrib, side veins, a paler rim."""
    h, w = 128, 256
    y, x = np.mgrid[0:h, 0:w]
    u, v = x / w, np.abs(y / (h - 1) - 0.5) * 2.0
    rib = np.exp(-((v / 0.05) ** 2))
    vein = np.abs(np.sin(np.pi * (u * 9.0 - v * 1.6)))
    veins = np.exp(-((vein / 0.10) ** 2)) * (1 - v) * 0.7
    tone = np.array([0.335, 0.45, 0.25]) * (1.0 + 0.06 * noise(rng, 256, 200, 8)[:h, :w, None])
    picture = tone * (0.92 + 0.16 * vein[..., None])
    picture = over(picture, (0.56, 0.64, 0.42), np.clip(0.75 * rib + 0.35 * veins, 0, 1))
    return picture * (1.0 - 0.12 * u[..., None])


def main() -> None:
    rng = np.random.default_rng(31)
    for name, (picture, bumps) in {
        "boards": boards(rng),
        "plaster": plaster(rng),
        "weave": weave(rng),
        "wool": wool(rng),
    }.items():
        save(picture, f"{FOLDER}/{name}.jpg", 84)
        save(bumps, f"{FOLDER}/{name}_n.jpg", 90)
    save(wood(rng), f"{FOLDER}/wood.jpg", 84)
    save(linen(rng), f"{FOLDER}/linen.jpg", 80)
    save(rug(rng), f"{FOLDER}/rug.jpg", 82)
    save(paintings(rng), f"{FOLDER}/paintings.jpg", 86)
    save(leaf(rng), f"{FOLDER}/leaf.jpg", 84)


if __name__ == "__main__":
    main()
