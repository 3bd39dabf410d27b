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
from shop_goods import (
    Colour,
    bar,
    books,
    boxes,
    bread,
    cheeses,
    clocks,
    figures,
    flowers,
    fruit,
    glasses,
    hangers,
    linen,
    mirrors,
    papers,
    rgb,
    shoes,
    toys,
)

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
            draw.rectangle(
                (x0 * n + 18, floor + 16, x1 * n - 18, 0.965 * n), outline=rgb(0.72 * body), width=5
            )
            draw.line((x0 * n + 18, 0.965 * n, x1 * n - 18, 0.965 * n), fill=rgb(1.3 * body + 0.03), width=4)
    draw.rectangle((0, 0.972 * n, n, n), fill=rgb((0.50, 0.49, 0.47)))
    draw.rectangle((a, 0.968 * n, b, n), fill=rgb((0.60, 0.59, 0.57)))
    # the fascia
    sign, y0, y1 = np.array(shop.sign), int(SIGN_TOP * n), int(SIGN_LOW * n)
    draw.rectangle((0, 0, n, y1 + 14), fill=rgb(0.86 * body))
    draw.rectangle((0.012 * n, y0, 0.988 * n, y1), fill=rgb(sign))
    draw.rectangle(
        (0.018 * n, y0 + 8, 0.982 * n, y1 - 8),
        outline=rgb(sign + 0.22 * (np.array(shop.letters) - sign)),
        width=3,
    )
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


RED_SHARE = 0.68
"""Most of red in a colour's light. From 0.8 on it counts as a saturated red, and what drives past a shop of such a
colour makes it flash."""


def calm(picture: Plane) -> Plane:
    """The same picture (sRGB, 0 to 1), its reds no purer than ``RED_SHARE``: green and blue are raised."""
    light = np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)
    red, others = light[..., :1], light[..., 1:]
    rest = others.sum(axis=-1, keepdims=True)
    wanted = red * (1.0 / RED_SHARE - 1.0)
    light = np.concatenate([red, others + np.maximum(wanted - rest, 0.0) / 2.0], axis=-1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def main() -> None:
    n = 4 * CELL
    colour, shines, glass = Image.new("RGB", (n, n)), Image.new("RGB", (n, n)), Image.new("L", (n, n))
    for number, shop in enumerate(SHOPS):
        at = (number % 4 * CELL, number // 4 * CELL)
        for whole, part in zip((colour, shines, glass), front(number, shop), strict=True):
            whole.paste(part.resize((CELL, CELL), Image.Resampling.LANCZOS), at)
    save(calm(np.asarray(colour) / 255.0), "textures/city/shops.jpg", 88)
    save(
        calm(np.asarray(shines.resize((n // 2, n // 2), Image.Resampling.LANCZOS)) / 255.0),
        "textures/city/shops_e.jpg",
        86,
    )
    flat = np.full((n // 2, n // 2, 3), 0.5)
    flat[..., 2] = 1.0 - 0.90 * np.asarray(glass.resize((n // 2, n // 2), Image.Resampling.LANCZOS)) / 255.0
    save(flat, "textures/city/shops_n.jpg", 90)


if __name__ == "__main__":
    main()
