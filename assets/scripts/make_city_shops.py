"""Makes the pictures of shop fronts: ``python assets/scripts/make_city_shops.py``. Seeded.

Sixteen shops, four by four, each 4 m wide and 4 m high. Three pictures: what daylight falls on (joinery, lettering, dark
glass), what shines through the glass (lamps, shelves and goods, and the sky on it), and normals with roughness (blue).
Their names are words for trades: no firm is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from paint import ASSETS, Plane, save
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[float, float, float]
CELL, TIMES = 512, 2
"""Pixels of a shop in the picture, and how much finer it is painted."""
SIGN_TOP, SIGN_LOW = 0.028, 0.150
"""The fascia, shares of the height from the top; awnings begin under it."""
GLASS_TOP = 0.185
PLAIN, SERIF, SCRIPT = (
    ASSETS / "fonts" / f"{name}-latin.ttf" for name in ("Roboto-Medium", "Caladea-Bold", "Caladea-BoldItalic")
)


@dataclass(frozen=True)
class Shop:
    name: str
    face: object
    """Font of its name."""
    joinery: Colour
    sign: Colour
    letters: Colour
    goods: Callable[[np.random.Generator, ImageDraw.ImageDraw, int, int], None]
    lamp: Colour = (1.0, 0.86, 0.66)
    level: float = 0.62
    """How bright it is inside."""
    riser: float = 0.14
    """Height of the wall under the windows, a share of the front's."""
    door: float = 0.40
    """Where the door begins, a share of the width."""


def rgb(colour: Colour | Plane) -> tuple[int, int, int]:
    r, g, b = (round(255 * min(max(float(value), 0.0), 1.0)) for value in colour)
    return r, g, b


def shelves(
    rng: np.random.Generator,
    draw: ImageDraw.ImageDraw,
    w: int,
    h: int,
    tints: list[Colour],
    rows: int,
    wide: tuple[float, float],
    high: tuple[float, float],
    top: float = 0.22,
    board: Colour = (0.52, 0.40, 0.28),
    round_tops: bool = False,
) -> None:
    """Rows of goods on boards; sizes are shares of a row's height."""
    step = (0.96 - top) * h / rows
    for row in range(rows):
        floor = top * h + (row + 1) * step
        x = 0.01 * w
        while x < 0.98 * w:
            a, b = rng.uniform(*wide) * step, rng.uniform(*high) * step
            tone = np.array(tints[rng.integers(len(tints))]) * rng.uniform(0.8, 1.1)
            box = (x, floor - b, x + a, floor)
            (draw.ellipse if round_tops else draw.rectangle)(box, fill=rgb(tone))
            if not round_tops:
                draw.line((x + a, floor - b, x + a, floor), fill=rgb(0.6 * tone), width=2)
            x += a * rng.uniform(1.02, 1.22)
        draw.rectangle((0, floor, w, floor + max(3, 0.012 * h)), fill=rgb(board))
        draw.rectangle((0, floor + 0.012 * h, w, floor + 0.026 * h), fill=rgb(0.45 * np.array(board)))


def bread(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    crust = [(0.72, 0.46, 0.20), (0.80, 0.56, 0.28), (0.62, 0.36, 0.16)]
    shelves(rng, draw, w, int(0.66 * h), crust, 2, (0.16, 0.24), (0.75, 0.9))
    for k in range(9):
        for row, tone in ((0.74, (0.86, 0.66, 0.38)), (0.86, (0.90, 0.72, 0.62)), (0.98, (0.78, 0.50, 0.26))):
            x = (k + 0.5) / 9 * w
            draw.ellipse(
                (x - 0.045 * w, (row - 0.07) * h, x + 0.045 * w, row * h),
                fill=rgb(np.array(tone) * rng.uniform(0.85, 1.1)),
            )


def boxes(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.95, 0.95, 0.94), (0.60, 0.80, 0.70), (0.90, 0.92, 0.96), (0.55, 0.70, 0.85), (0.95, 0.80, 0.75)]
    shelves(rng, draw, w, h, tints, 5, (0.3, 0.7), (0.4, 0.8), board=(0.80, 0.84, 0.82))


def bar(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.30, 0.42, 0.22), (0.62, 0.34, 0.12), (0.80, 0.70, 0.48), (0.45, 0.16, 0.12)]
    shelves(rng, draw, w, int(0.62 * h), tints, 2, (0.10, 0.16), (0.55, 0.9), 0.16)
    draw.rectangle((0, 0.66 * h, w, h), fill=rgb((0.34, 0.20, 0.12)))
    draw.rectangle((0, 0.64 * h, w, 0.675 * h), fill=rgb((0.72, 0.56, 0.34)))
    for _ in range(3):
        x, tone = rng.uniform(0.08, 0.9) * w, rng.uniform(0.25, 0.7, 3)
        draw.ellipse((x - 0.05 * w, 0.47 * h, x + 0.05 * w, 0.57 * h), fill=rgb((0.70, 0.52, 0.42)))
        draw.rounded_rectangle(
            (x - 0.10 * w, 0.575 * h, x + 0.10 * w, 0.9 * h), radius=int(0.05 * w), fill=rgb(tone)
        )


def books(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [tuple(c) for c in 0.25 + 0.6 * rng.uniform(size=(14, 3))]
    shelves(rng, draw, w, int(0.74 * h), tints, 4, (0.07, 0.16), (0.6, 0.85), 0.14)
    shelves(rng, draw, w, h, tints, 1, (0.5, 0.9), (0.75, 0.95), 0.78)


def flowers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.90, 0.30, 0.40), (0.95, 0.80, 0.30), (0.95, 0.92, 0.90), (0.72, 0.40, 0.75), (0.95, 0.55, 0.30)]
    for _ in range(260):
        x, y = rng.uniform(0, w), h * (0.42 + 0.5 * rng.uniform() ** 0.8)
        r = rng.uniform(0.012, 0.03) * h
        draw.ellipse((x - r, y - 1.5 * r, x + r, y + 1.5 * r), fill=rgb(np.array((0.24, 0.42, 0.20)) * rng.uniform(0.6, 1.3)))
    for k in range(7):
        cx, tone = (k + 0.5) / 7 * w, tints[rng.integers(len(tints))]
        base = (0.62 + 0.26 * (k % 2)) * h
        for _ in range(26):
            x, y, r = cx + rng.normal(0, 0.04) * w, base - abs(rng.normal(0, 0.05)) * h, rng.uniform(0.008, 0.018) * h
            draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb(np.array(tone) * rng.uniform(0.75, 1.08)))
        draw.polygon(
            [(cx - 0.055 * w, base), (cx + 0.055 * w, base), (cx + 0.04 * w, base + 0.1 * h), (cx - 0.04 * w, base + 0.1 * h)],
            fill=rgb((0.50, 0.54, 0.56)),
        )


def cheeses(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.95, 0.86, 0.60), (0.94, 0.92, 0.84), (0.86, 0.66, 0.30), (0.80, 0.72, 0.62)]
    shelves(rng, draw, w, h, tints, 4, (0.5, 0.9), (0.3, 0.55), round_tops=True)


def fruit(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.90, 0.30, 0.16), (0.95, 0.60, 0.15), (0.50, 0.66, 0.20), (0.95, 0.86, 0.30), (0.46, 0.20, 0.30)]
    for row in range(4):
        for column in range(5):
            x0, y0 = column / 5 * w, (0.44 + 0.14 * row) * h
            tone = np.array(tints[rng.integers(len(tints))])
            for _ in range(34):
                x, y, r = x0 + rng.uniform(0.1, 0.9) * w / 5, y0 + rng.uniform(0.0, 0.10) * h, 0.016 * h
                draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb(tone * rng.uniform(0.75, 1.1)))
            draw.rectangle((x0, y0 + 0.105 * h, x0 + w / 5 - 2, y0 + 0.14 * h), fill=rgb((0.62, 0.46, 0.28)))


def glasses(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    shelves(rng, draw, w, h, [(0.20, 0.20, 0.22), (0.50, 0.36, 0.24)], 5, (0.4, 0.5), (0.10, 0.16), board=(0.88, 0.88, 0.86))


def mirrors(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for k in range(3):
        x = (k + 0.5) / 3 * w
        draw.rounded_rectangle((x - 0.10 * w, 0.24 * h, x + 0.10 * w, 0.58 * h), radius=12, fill=rgb((0.78, 0.82, 0.84)))
        draw.rectangle((x - 0.09 * w, 0.68 * h, x + 0.09 * w, 0.82 * h), fill=rgb((0.14, 0.13, 0.14)))
        draw.rectangle((x - 0.07 * w, 0.52 * h, x + 0.07 * w, 0.70 * h), fill=rgb((0.20, 0.18, 0.19)))
        draw.rectangle((x - 0.012 * w, 0.82 * h, x + 0.012 * w, h), fill=rgb((0.55, 0.56, 0.57)))


def hangers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    draw.line((0, 0.34 * h, w, 0.34 * h), fill=rgb((0.70, 0.71, 0.72)), width=6)
    x = 0.02 * w
    while x < 0.95 * w:
        wide, tone = rng.uniform(0.03, 0.09) * w, np.array(rng.uniform(0.25, 0.9, 3))
        tone = 0.5 * tone + 0.5 * tone.mean()
        low = rng.uniform(0.68, 0.86) * h
        draw.polygon([(x, 0.40 * h), (x + wide / 2, 0.36 * h), (x + wide, 0.40 * h), (x + wide, low), (x, low)], fill=rgb(tone))
        x += wide * rng.uniform(1.0, 1.25)
    draw.rectangle((0, 0.88 * h, w, h), fill=rgb((0.72, 0.72, 0.70)))


def papers(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [tuple(c) for c in 0.3 + 0.65 * rng.uniform(size=(16, 3))]
    shelves(rng, draw, w, h, tints, 5, (0.42, 0.6), (0.72, 0.9), 0.14, (0.70, 0.70, 0.70))


def shoes(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.30, 0.18, 0.12), (0.12, 0.12, 0.13), (0.60, 0.38, 0.22), (0.80, 0.78, 0.74), (0.50, 0.14, 0.14)]
    shelves(rng, draw, w, h, tints, 5, (0.45, 0.55), (0.20, 0.34), board=(0.80, 0.70, 0.56), round_tops=True)


def clocks(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for row in range(4):
        for column in range(4):
            x, y, r = (column + 0.5) / 4 * w, (0.26 + 0.19 * row) * h, rng.uniform(0.04, 0.068) * h
            draw.ellipse((x - r, y - r, x + r, y + r), fill=rgb((0.64, 0.50, 0.26)))
            draw.ellipse((x - 0.85 * r, y - 0.85 * r, x + 0.85 * r, y + 0.85 * r), fill=rgb((0.95, 0.94, 0.90)))
            draw.line((x, y, x, y - 0.6 * r), fill=rgb((0.1, 0.1, 0.1)), width=3)
            draw.line((x, y, x + 0.5 * r, y), fill=rgb((0.1, 0.1, 0.1)), width=3)


def toys(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.92, 0.24, 0.20), (0.20, 0.50, 0.85), (0.95, 0.80, 0.20), (0.30, 0.70, 0.35), (0.80, 0.58, 0.40)]
    shelves(rng, draw, w, h, tints, 4, (0.3, 0.8), (0.3, 0.85), board=(0.90, 0.88, 0.82))


def linen(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    tints = [(0.90, 0.88, 0.84), (0.70, 0.78, 0.84), (0.86, 0.76, 0.70), (0.62, 0.70, 0.58)]
    shelves(rng, draw, w, h, tints, 6, (0.7, 1.1), (0.5, 0.85), board=(0.80, 0.74, 0.66))


def figures(rng: np.random.Generator, draw: ImageDraw.ImageDraw, w: int, h: int) -> None:
    for k in range(3):
        x, tone = (k + 0.5 + rng.uniform(-0.1, 0.1)) / 3 * w, rng.uniform(0.25, 0.85, 3)
        under = rng.uniform(0.15, 0.5, 3)
        draw.ellipse((x - 0.035 * w, 0.26 * h, x + 0.035 * w, 0.35 * h), fill=rgb((0.86, 0.80, 0.74)))
        draw.polygon([(x - 0.10 * w, 0.38 * h), (x + 0.10 * w, 0.38 * h), (x + 0.07 * w, 0.62 * h), (x - 0.07 * w, 0.62 * h)], fill=rgb(tone))
        draw.polygon([(x - 0.07 * w, 0.62 * h), (x + 0.07 * w, 0.62 * h), (x + 0.10 * w, 0.92 * h), (x - 0.10 * w, 0.92 * h)], fill=rgb(under))
    draw.rectangle((0, 0.93 * h, w, h), fill=rgb((0.78, 0.74, 0.68)))


WHITE = (0.94, 0.93, 0.90)
GOLD = (0.86, 0.70, 0.36)
SHOPS = (
    Shop("BOULANGERIE", SERIF, (0.33, 0.20, 0.13), (0.30, 0.17, 0.11), (0.93, 0.82, 0.58), bread, level=0.74),
    Shop("PHARMACIE", PLAIN, (0.84, 0.86, 0.84), (0.88, 0.90, 0.88), (0.05, 0.46, 0.25), boxes, (0.94, 1.0, 0.98), 0.86, 0.06, 0.66),
    Shop("Café du Coin", SCRIPT, (0.46, 0.10, 0.10), (0.50, 0.10, 0.10), (0.96, 0.84, 0.56), bar, (1.0, 0.76, 0.46), 0.56, 0.18),
    Shop("LIBRAIRIE", SERIF, (0.13, 0.27, 0.21), (0.11, 0.25, 0.19), GOLD, books, level=0.62, door=0.06),
    Shop("Fleurs", SCRIPT, (0.66, 0.73, 0.62), (0.70, 0.77, 0.66), (0.22, 0.34, 0.20), flowers, level=0.66, riser=0.05),
    Shop("FROMAGERIE", SERIF, (0.20, 0.30, 0.44), (0.17, 0.27, 0.42), WHITE, cheeses, level=0.70, door=0.68),
    Shop("PRIMEURS", PLAIN, (0.24, 0.42, 0.20), (0.22, 0.42, 0.18), (0.98, 0.90, 0.50), fruit, level=0.60, riser=0.04),
    Shop("OPTIQUE", PLAIN, (0.22, 0.23, 0.25), (0.90, 0.90, 0.89), (0.12, 0.14, 0.18), glasses, (0.95, 0.97, 1.0), 0.84, 0.08, 0.70),
    Shop("Coiffure", SCRIPT, (0.38, 0.28, 0.40), (0.36, 0.25, 0.39), (0.92, 0.86, 0.90), mirrors, level=0.74, door=0.06),
    Shop("PRESSING", PLAIN, (0.80, 0.83, 0.86), (0.16, 0.40, 0.62), WHITE, hangers, (0.95, 0.98, 1.0), 0.74, 0.10, 0.70),
    Shop("PRESSE · PAPETERIE", PLAIN, (0.54, 0.16, 0.13), (0.80, 0.22, 0.16), WHITE, papers, (1.0, 0.94, 0.84), 0.66, 0.12, 0.40),
    Shop("CHAUSSURES", SERIF, (0.60, 0.52, 0.42), (0.56, 0.47, 0.37), (0.98, 0.95, 0.88), shoes, level=0.68, door=0.68),
    Shop("HORLOGER", SERIF, (0.16, 0.17, 0.22), (0.13, 0.14, 0.19), GOLD, clocks, level=0.58, riser=0.22),
    Shop("Jouets", SCRIPT, (0.84, 0.62, 0.20), (0.86, 0.64, 0.20), (0.40, 0.12, 0.14), toys, level=0.72, riser=0.12),
    Shop("LINGE DE MAISON", SERIF, (0.74, 0.72, 0.68), (0.78, 0.76, 0.72), (0.28, 0.30, 0.36), linen, level=0.66, door=0.06),
    Shop("MODE", PLAIN, (0.13, 0.13, 0.14), (0.11, 0.11, 0.12), WHITE, figures, (1.0, 0.92, 0.82), 0.68, 0.08, 0.68),
)  # fmt: skip


def inside(rng: np.random.Generator, shop: Shop, w: int, h: int) -> Plane:
    """What is seen through one pane, shining: walls, ceiling, goods, lamps and their light, which falls off downwards."""
    y = np.linspace(0.0, 1.0, h)[:, None, None]
    wall = shop.level * (0.52 - 0.20 * y) * np.array(shop.lamp) * np.ones((1, w, 1))
    image = Image.fromarray((np.clip(wall, 0, 1) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, w, 0.085 * h), fill=rgb(0.62 * shop.level * np.array(shop.lamp)))
    shop.goods(rng, draw, w, h)
    image = image.filter(ImageFilter.GaussianBlur(1.2 * TIMES))
    lit = np.asarray(image) / 255.0 * shop.level * np.array(shop.lamp)
    x = np.linspace(0.0, w / h, w)[None, :, None]
    glow = np.zeros((h, w, 1))
    count = max(2, round(w / h * 4.5))
    for k in range(count):
        r2 = (x - (k + 0.5) / count * w / h) ** 2 + (y - 0.10) ** 2
        glow = glow + 0.9 * np.exp(-r2 / 0.0006) + 0.22 * np.exp(-r2 / 0.02)
    lit = lit * (1.12 - 0.34 * y) + np.clip(glow, 0, 1.2) * shop.level * np.array(shop.lamp)
    # the sky and the other side of the street on the glass: pale above, roofs cut into it
    cut = 0.30 + 0.05 * np.sign(np.sin(9.0 * x + rng.uniform(0, 6))) + 0.03 * np.sign(np.sin(23.0 * x))
    sky = np.where(y < cut, 0.17, 0.035) * np.array([0.80, 0.92, 1.05])
    return np.clip(lit + sky, 0.0, 1.0)


def lettered(shop: Shop, w: int, h: int) -> Image.Image:
    """The name as a mask that fills a fascia of that size, a little spread."""
    font = ImageFont.truetype(str(shop.face), h * 2)
    gap = int(h * 2 * (0.10 if shop.face != SCRIPT else 0.02))
    wide = sum(int(font.getlength(c)) + gap for c in shop.name)
    mask = Image.new("L", (wide + h, h * 4), 0)
    draw, x = ImageDraw.Draw(mask), h // 2
    for c in shop.name:
        draw.text((x, h // 2), c, 255, font=font)
        x += int(font.getlength(c)) + gap
    box = mask.getbbox()
    assert box is not None, shop.name
    word = mask.crop(box)
    tall = 0.84 if shop.face == SCRIPT else 0.60
    scale = min(0.88 * w / word.width, tall * h / word.height)
    # long names are set narrower rather than small
    high = min(tall * h, word.height * scale * 1.25)
    word = word.resize((max(1, int(word.width * scale)), max(1, int(high))), Image.Resampling.LANCZOS)
    out = Image.new("L", (w, h), 0)
    out.paste(word, ((w - word.width) // 2, (h - word.height) // 2))
    return out


def front(number: int, shop: Shop) -> tuple[Image.Image, Image.Image, Image.Image]:
    """Colour, what shines, and where glass is (255)."""
    rng = np.random.default_rng(2000 + number)
    n = CELL * TIMES
    body = np.array(shop.joinery)
    image, shines = Image.new("RGB", (n, n), rgb(body)), Image.new("RGB", (n, n), 0)
    glass = Image.new("L", (n, n), 0)
    draw, mask, lit = ImageDraw.Draw(image), ImageDraw.Draw(glass), ImageDraw.Draw(shines)
    top, low, wide = GLASS_TOP * n, (1.0 - shop.riser) * n, 0.24
    room = inside(rng, shop, n, int(0.965 * n - top))
    panes: list[tuple[float, float, float]] = []
    if shop.door > 0.10:
        panes.append((0.035, shop.door - 0.03, low))
    panes.append((shop.door, shop.door + wide, 0.965 * n))
    if shop.door + wide < 0.90:
        panes.append((shop.door + wide + 0.03, 0.965, low))
    for a, b, floor in panes:
        split = (b - a) > 0.42
        for k in range(2 if split else 1):
            x0, x1 = a + (b - a) * (k / 2 if split else 0), a + (b - a) * ((k + 1) / 2 if split else 1)
            x0, x1 = int((x0 + (0.008 if k else 0)) * n), int((x1 - (0.008 if split and not k else 0)) * n)
            y0, y1 = int(top), int(floor)
            part = Image.fromarray((room[: y1 - y0, x0:x1] * 255).astype(np.uint8))
            draw.rectangle((x0 - 5, y0 - 5, x1 + 4, y1 + 4), fill=rgb(0.62 * body))
            draw.rectangle((x0, y0, x1 - 1, y1 - 1), fill=rgb((0.10, 0.11, 0.12)))
            shines.paste(part, (x0, y0))
            mask.rectangle((x0, y0, x1 - 1, y1 - 1), fill=255)
    # the door: stiles, a bar to push, a light over it
    a, b = shop.door * n, (shop.door + wide) * n
    stile = 0.022 * n
    for x0, y0, x1, y1 in (
        (a, top, a + stile, 0.965 * n),
        (b - stile, top, b, 0.965 * n),
        (a, 0.90 * n, b, 0.965 * n),
        (a, top + 0.135 * n, b, top + 0.160 * n),
    ):
        for pen, tone in ((draw, rgb(1.12 * body + 0.02)), (lit, (0, 0, 0)), (mask, 0)):
            pen.rectangle((x0, y0, x1, y1), fill=tone)
    for pen, tone in ((draw, rgb((0.72, 0.70, 0.64))), (lit, (0, 0, 0)), (mask, 0)):
        pen.rectangle((b - 0.045 * n, 0.52 * n, b - 0.035 * n, 0.68 * n), fill=tone)
    # panels under the windows, a step, pilasters
    for x0, x1, floor in panes:
        if floor < 0.95 * n and shop.riser > 0.09:
            draw.rectangle((x0 * n + 18, floor + 16, x1 * n - 18, 0.965 * n), outline=rgb(0.72 * body), width=5)
            draw.line((x0 * n + 18, 0.965 * n, x1 * n - 18, 0.965 * n), fill=rgb(1.3 * body + 0.03), width=4)
    draw.rectangle((0, 0.972 * n, n, n), fill=rgb((0.50, 0.49, 0.47)))
    draw.rectangle((a, 0.968 * n, b, n), fill=rgb((0.60, 0.59, 0.57)))
    # the fascia
    sign, y0, y1 = np.array(shop.sign), int(SIGN_TOP * n), int(SIGN_LOW * n)
    draw.rectangle((0, 0, n, y1 + 14), fill=rgb(0.86 * body))
    draw.rectangle((0.012 * n, y0, 0.988 * n, y1), fill=rgb(sign))
    draw.rectangle((0.018 * n, y0 + 8, 0.982 * n, y1 - 8), outline=rgb(sign + 0.22 * (np.array(shop.letters) - sign)), width=3)
    draw.rectangle((0, y1 + 1, n, y1 + 12), fill=rgb(0.45 * sign))
    draw.line((0, y0 - 3, n, y0 - 3), fill=rgb(1.25 * body + 0.04), width=6)
    word = lettered(shop, int(0.976 * n), y1 - y0)
    shade = word.filter(ImageFilter.GaussianBlur(3))
    image.paste(rgb(0.5 * sign), (int(0.012 * n) + 4, y0 + 5), shade)
    image.paste(rgb(shop.letters), (int(0.012 * n), y0), word)
    if number == 1:  # a pharmacy's cross on both sides of its name
        for x in (0.07, 0.93):
            cx, cy, r = x * n, (y0 + y1) / 2, 0.040 * n
            for box in ((cx - r, cy - r / 3, cx + r, cy + r / 3), (cx - r / 3, cy - r, cx + r / 3, cy + r)):
                draw.rectangle(box, fill=rgb((0.05, 0.50, 0.25)))
    # dust low down, the ceiling's shade on the fascia
    pixels = np.asarray(image) / 255.0
    y = np.linspace(0.0, 1.0, n)[:, None, None]
    pixels = pixels * (1.0 - 0.14 * np.exp(-(1.0 - y) / 0.03)) * (1.0 - 0.20 * np.exp(-y / 0.012))
    pixels = pixels * (1.0 + 0.012 * rng.standard_normal((n, n, 1)))
    return Image.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8)), shines, glass


def main() -> None:
    n = 4 * CELL
    colour, shines, glass = Image.new("RGB", (n, n)), Image.new("RGB", (n, n)), Image.new("L", (n, n))
    for number, shop in enumerate(SHOPS):
        at = (number % 4 * CELL, number // 4 * CELL)
        for whole, part in zip((colour, shines, glass), front(number, shop), strict=True):
            whole.paste(part.resize((CELL, CELL), Image.Resampling.LANCZOS), at)
    save(np.asarray(colour) / 255.0, "textures/city/shops.jpg", 88)
    save(np.asarray(shines.resize((n // 2, n // 2), Image.Resampling.LANCZOS)) / 255.0, "textures/city/shops_e.jpg", 86)
    flat = np.full((n // 2, n // 2, 3), 0.5)
    flat[..., 2] = 1.0 - 0.90 * np.asarray(glass.resize((n // 2, n // 2), Image.Resampling.LANCZOS)) / 255.0
    save(flat, "textures/city/shops_n.jpg", 90)


if __name__ == "__main__":
    main()
