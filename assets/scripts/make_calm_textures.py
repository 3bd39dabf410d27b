"""Paints the calm place: ``python assets/scripts/make_calm_textures.py`` (about two minutes). Seeded."""

from __future__ import annotations

import numpy as np
from paint import Plane, coloured, noise, over, save
from paint_tree import bled, display, growth, portrait
from PIL import Image, ImageDraw

from scenes.calm import land

FOLDER = "textures/calm"
KINDS = ("oak", "maple", "birch", "spruce", "bush", "oak", "maple", "spruce")
"""Columns of the picture of trees; rows: the sun behind the tree, aside behind, aside before, before."""
TURNS = (20.0, 70.0, 115.0, 160.0)


def trees(rng: np.random.Generator) -> Plane:
    """(4 x 256, 8 x 256, 4): light from the left; mirrored where it comes from the right."""
    columns = []
    up = land.TO_SUN[2]
    level = np.sqrt(1.0 - up**2)
    for kind in KINDS:
        tree = growth.grow(kind, rng)
        rows = []
        for turn in TURNS:
            a = np.radians(turn)
            to_sun = np.array([-np.sin(a) * level, np.cos(a) * level, up])
            rows.append(bled(portrait(tree, to_sun, land.SUN, land.SKY, land.GROUND, 256, rng)))
        columns.append(np.concatenate(rows, axis=0))
    sheet = np.concatenate(columns, axis=1)
    sheet[..., :3] = display(sheet[..., :3])
    # steps that leaves hide, for a smaller file
    sheet[..., :3] = np.round(sheet[..., :3] * 63.0) / 63.0
    # a little fuller than it is: small pictures of it lose their rims
    sheet[..., 3] = np.clip(sheet[..., 3] * 1.35, 0.0, 1.0)
    return sheet


def drawn(size: tuple[int, int], strokes, fine: int = 3) -> Plane:  # type: ignore[no-untyped-def]
    """Shapes drawn in their order at ``fine`` times the size: (polygon of points 0 to 1, colour), with alpha."""
    w, h = size
    sheet = Image.new("RGBA", (w * fine, h * fine), (0, 0, 0, 0))
    draw = ImageDraw.Draw(sheet)
    for points, colour in strokes:
        ink = tuple(int(np.clip(c, 0, 1) * 255) for c in colour) + (255,)
        draw.polygon([(x * w * fine, (1 - y) * h * fine) for x, y in points], fill=ink)
    big = np.asarray(sheet, dtype=np.float64) / 255.0
    big[..., :3] *= big[..., 3:]
    small = big.reshape(h, fine, w, fine, 4).mean(axis=(1, 3))
    small[..., :3] /= np.maximum(small[..., 3:], 1e-6)
    return bled(small)


def twigs(rng: np.random.Generator) -> Plane:
    """Four leafy twigs, each in a quarter of the picture."""
    quarters = []
    for kind in range(4):
        strokes = []
        for _ in range(19):
            spread = rng.uniform(-1.25, 1.25)
            foot = np.array([0.5, 0.17]) + rng.normal(0, 0.03, 2)
            long = rng.uniform(0.34, 0.74) * (1.0 - 0.38 * abs(spread))
            s = np.linspace(0, 1, 9)[:, None]
            way = np.array([np.sin(spread), np.cos(spread)])
            line = foot + s * long * way + s**2 * np.array([0.10 * spread, -0.12])
            side = np.array([way[1], -way[0]]) * 0.004
            strokes.append((np.concatenate([line - side, (line + side)[::-1]]), (0.30, 0.25, 0.19)))
            for _ in range(30):
                t = rng.uniform(0.18, 1.0)
                at = foot + t * long * way + t**2 * np.array([0.10 * spread, -0.12])
                turn = spread + rng.choice([-1, 1]) * rng.uniform(0.4, 1.2)
                d = np.array([np.sin(turn), np.cos(turn)])
                n = np.array([d[1], -d[0]])
                size, a = rng.uniform(0.042, 0.072), np.linspace(0, 1, 9)
                wide = size * (0.34 if kind < 2 else 0.27) * np.sin(np.pi * a**0.85)
                leaf = np.concatenate(
                    [
                        at + size * a[:, None] * d + wide[:, None] * n,
                        (at + size * a[:, None] * d - wide[:, None] * n)[::-1],
                    ]
                )
                tone = np.array([0.50, 0.58, 0.33]) * rng.uniform(0.62, 1.12) + rng.normal(0, 0.012, 3)
                strokes.append((leaf, tone))
                half = np.concatenate(
                    [at + size * a[:, None] * d + wide[:, None] * n, (at + size * a[:, None] * d)[::-1]]
                )
                strokes.append((half, tone * 0.88))
        order = [
            strokes[i]
            for i in np.argsort(rng.uniform(size=len(strokes)) - [0.7 * (sum(c) < 0.8) for _, c in strokes])
        ]
        quarters.append(drawn((256, 256), order))
    return np.concatenate([np.concatenate(quarters[:2], 1), np.concatenate(quarters[2:], 1)], 0)


def blade(foot: float, tall: float, lean: float, wide: float, curl: float = 1.6) -> np.ndarray:
    s = np.linspace(0, 1, 12)
    x = foot + lean * s**curl
    y = tall * s
    w = wide * (1 - s**1.8) * 0.5 + 0.0006
    return np.concatenate([np.stack([x - w, y], 1), np.stack([x + w, y], 1)[::-1]])


def grasses(rng: np.random.Generator) -> Plane:
    """Four tufts side by side: two of blades, one with seed heads, one of reeds."""
    tufts = []
    for kind in range(4):
        strokes = []
        for k in range(64 if kind < 3 else 26):
            deep = k / 64
            foot = rng.uniform(0.12, 0.88)
            tall = rng.uniform(0.50, 0.96)
            if kind < 3:  # higher in the middle, so that many of them have no common line
                tall *= 0.38 + 0.62 * np.sin(np.pi * foot) ** 1.3
            lean = rng.normal(0, 0.16 if kind < 3 else 0.05) + (foot - 0.5) * 0.25
            tone = np.array([0.42, 0.47, 0.24]) if kind < 3 else np.array([0.40, 0.45, 0.28])
            tone = tone * (0.72 + 0.42 * deep) * rng.uniform(0.85, 1.12)
            if rng.uniform() < 0.22:
                tone = np.array([0.62, 0.56, 0.36]) * rng.uniform(0.8, 1.05)
            wide = rng.uniform(0.013, 0.024) * (1.0 if kind < 3 else 1.5)
            strokes.append((blade(foot, tall, lean, wide), tone))
            if (kind == 2 and k % 4 == 0) or (kind == 3 and k % 4 == 0):
                stalk = blade(foot, 0.93, lean * 0.6, 0.011, 1.8)
                strokes.append((stalk, (0.58, 0.52, 0.34)))
                top = np.array([foot + lean * 0.6, 0.93])
                for _ in range(26 if kind == 2 else 1):
                    at = (
                        top + (rng.normal(0, 0.005), -0.20 * rng.uniform()) if kind == 2 else top + (0, -0.12)
                    )
                    size = (0.0045, 0.014) if kind == 2 else (0.016, 0.09)
                    a = np.linspace(0, 2 * np.pi, 10)
                    seed = at + np.stack([np.cos(a) * size[0], np.sin(a) * size[1]], 1)
                    tint = np.array([0.56, 0.50, 0.34]) if kind == 2 else np.array([0.27, 0.20, 0.14])
                    strokes.append((seed, tint * rng.uniform(0.8, 1.1)))
        tufts.append(drawn((256, 256), strokes))
    return np.concatenate(tufts, axis=1)


def flowers(rng: np.random.Generator) -> Plane:
    """Four heads seen from above: daisy, buttercup, cornflower, clover."""
    heads = []
    for petals, long, wide, tone, heart, size in (
        (21, 0.44, 0.060, (0.93, 0.92, 0.88), (0.88, 0.70, 0.20), 0.15),
        (5, 0.40, 0.26, (0.93, 0.79, 0.18), (0.82, 0.66, 0.16), 0.10),
        (11, 0.44, 0.12, (0.44, 0.48, 0.78), (0.30, 0.28, 0.52), 0.13),
        (34, 0.36, 0.05, (0.80, 0.60, 0.70), (0.74, 0.54, 0.62), 0.16),
    ):
        strokes = []
        for k in range(petals):
            a = 2 * np.pi * k / petals + rng.normal(0, 0.06)
            d, n = np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])
            s = np.linspace(0, 1, 10)[:, None]
            edge = wide * np.sin(np.pi * np.clip(s * 0.92 + 0.06, 0, 1)) ** 0.6
            reach = long * rng.uniform(0.88, 1.08)
            shape = np.concatenate([0.5 + s * reach * d + edge * n, (0.5 + s * reach * d - edge * n)[::-1]])
            strokes.append((shape, np.array(tone) * rng.uniform(0.86, 1.0)))
        a = np.linspace(0, 2 * np.pi, 20)
        strokes.append((0.5 + size * np.stack([np.cos(a), np.sin(a)], 1), heart))
        heads.append(drawn((64, 64), strokes))
    return np.concatenate(heads, axis=1)


def ground(rng: np.random.Generator) -> Plane:
    """Short grass seen from above, 2 m square: blades over blades, straw and soil between them."""
    n, f = 1024, 1
    sheet = Image.new("RGB", (n * f, n * f), (82, 80, 50))
    draw = ImageDraw.Draw(sheet)
    for k in range(30000):
        deep = k / 30000
        x, y, a = rng.uniform(0, n), rng.uniform(0, n), rng.uniform(0, 2 * np.pi)
        long, bend = rng.uniform(14, 44), rng.normal(0, 0.5)
        tone = np.array([116, 126, 66]) * (0.58 + 0.50 * deep) * rng.uniform(0.82, 1.15)
        if rng.uniform() < 0.16:
            tone = np.array([158, 144, 96]) * (0.7 + 0.35 * deep)
        mid = (x + long * 0.5 * np.cos(a), y + long * 0.5 * np.sin(a))
        end = (mid[0] + long * 0.5 * np.cos(a + bend), mid[1] + long * 0.5 * np.sin(a + bend))
        ink = tuple(int(v) for v in np.clip(tone, 0, 255))
        for ox in (-n, 0, n):
            for oy in (-n, 0, n):
                if -60 < x + ox < n + 60 and -60 < y + oy < n + 60:
                    draw.line(
                        [(x + ox, y + oy), (mid[0] + ox, mid[1] + oy), (end[0] + ox, end[1] + oy)],
                        fill=ink,
                        width=3,
                    )
    picture = np.asarray(sheet.resize((512, 512), Image.Resampling.LANCZOS), dtype=np.float64) / 255.0
    return picture * (1.0 + 0.05 * noise(rng, 512, 500, 60))[..., None]


def woods(rng: np.random.Generator) -> Plane:
    """Woods on a far slope, 120 m square: crowns beside crowns, each with its lit and its dark side."""
    n = 512
    y, x = np.mgrid[0:n, 0:n]
    picture = np.full((n, n, 3), (0.135, 0.165, 0.12))
    count = 1500
    rows = np.sort(rng.uniform(0, n, count))
    for cy in rows:
        cx, r = rng.uniform(0, n), rng.uniform(8, 17)
        tone = np.array([0.33, 0.37, 0.22]) * rng.uniform(0.75, 1.15) + rng.normal(0, 0.012, 3)
        dark = rng.uniform() < 0.25
        for ox in (-n, 0, n):
            for oy in (-n, 0, n):
                x0, x1, y0, y1 = (
                    int(cx + ox - r),
                    int(cx + ox + r) + 1,
                    int(cy + oy - r * 1.3),
                    int(cy + oy + r * 1.2) + 1,
                )
                if x1 <= 0 or y1 <= 0 or x0 >= n or y0 >= n:
                    continue
                w = (slice(max(y0, 0), min(y1, n)), slice(max(x0, 0), min(x1, n)))
                dx, dy = (x[w] - cx - ox) / r, (y[w] - cy - oy) / (r * (1.6 if dark else 1.1))
                inside = 1.0 - np.hypot(dx * (1.6 if dark else 1.0), dy)
                shade = np.clip(0.72 - 0.36 * dx - 0.34 * dy, 0.2, 1.4) * (0.55 if dark else 1.0)
                picture[w] = over(picture[w], tone * shade[..., None], np.clip(inside * 5, 0, 1))
    return picture * (1.0 + 0.13 * noise(rng, n, 7, 2, 0.2))[..., None]


def bark(rng: np.random.Generator) -> Plane:
    """Ridged bark, grey; 1 m square, v along the trunk."""
    n = 256
    ridge = noise(rng, n, 60, 4, 0.6, (1.0, 0.16))
    cracks = np.clip(-ridge - 0.4, 0, 1.2)
    shade = 0.62 + 0.07 * ridge - 0.28 * cracks + 0.03 * noise(rng, n, 5, 2, 0.1)
    return coloured(shade, (1.0, 0.94, 0.86))


def planks(rng: np.random.Generator) -> Plane:
    """Weathered wood, grain along u, 1 m square: to be multiplied with a tint."""
    n = 256
    fibre = noise(rng, n, 200, 2, 0.4, (0.05, 1.0))
    crack = np.clip(noise(rng, n, 250, 3, 0.4, (0.03, 1.0)) - 1.7, 0, 1)
    shade = 0.74 + 0.055 * fibre + 0.05 * noise(rng, n, 256, 60, 1.0, (0.3, 1.0)) - 0.30 * crack
    return coloured(shade, (1.0, 0.97, 0.92))


def ripples(rng: np.random.Generator) -> Plane:
    """Slopes of small waves in red and green; slow patches in blue."""
    n = 512
    waves = noise(rng, n, 120, 10, 1.3, (0.75, 1.0)) + 0.30 * noise(rng, n, 40, 6, 0.8)
    dx, dy = (np.roll(waves, -1, 1) - np.roll(waves, 1, 1)), (np.roll(waves, 1, 0) - np.roll(waves, -1, 0))
    top = 3.2 * np.hypot(dx, dy).std() * 1.6
    lanes = noise(rng, n, 300, 20, 1.2)
    return np.stack([0.5 + 0.5 * dx / top, 0.5 + 0.5 * dy / top, 0.5 + 0.2 * lanes], axis=-1)


def main() -> None:
    rng = np.random.default_rng(77)
    for name, made, quality in (
        ("ground.jpg", ground(rng), 82),
        ("woods.jpg", woods(rng), 82),
        ("bark.jpg", bark(rng), 82),
        ("planks.jpg", planks(rng), 82),
        ("ripples.jpg", ripples(rng), 92),
        ("twigs.png", twigs(rng), 0),
        ("grass.png", grasses(rng), 0),
        ("flowers.png", flowers(rng), 0),
        ("trees.png", trees(rng), 0),
    ):
        save(made, f"{FOLDER}/{name}", quality)
        print(name, flush=True)


if __name__ == "__main__":
    main()
