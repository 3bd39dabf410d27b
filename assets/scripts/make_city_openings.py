"""Makes the textures of windows, shop fronts and whole facades: ``python assets/scripts/make_city_openings.py``.

A window cell is a window seen straight on, without the wall. Facade pictures are four bays by four storeys, for the
houses that stand too far away for windows of their own. With each goes a picture of normals and roughness (blue),
in which glass is smooth. Seeded.
"""

from __future__ import annotations

import numpy as np
from paint import Plane, noise, over, save
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[float, float, float]

FRAMES: tuple[Colour, ...] = (
    (0.86, 0.85, 0.82),
    (0.84, 0.83, 0.80),
    (0.86, 0.85, 0.83),
    (0.82, 0.81, 0.79),
    (0.30, 0.30, 0.31),
    (0.34, 0.36, 0.37),
    (0.42, 0.34, 0.27),
    (0.40, 0.31, 0.24),
)
"""By column of the picture of windows: four white ones, two grey, two of wood."""
CURTAINS: tuple[Colour, ...] = (
    (0.80, 0.77, 0.70),
    (0.74, 0.70, 0.62),
    (0.68, 0.62, 0.55),
    (0.62, 0.50, 0.42),
    (0.55, 0.58, 0.60),
    (0.80, 0.79, 0.76),
)


def rgb(colour: Colour) -> tuple[int, int, int]:
    r, g, b = (round(255 * min(max(value, 0.0), 1.0)) for value in colour)
    return r, g, b


def room(rng: np.random.Generator, w: int, h: int) -> Image.Image:
    """What is seen through glass by day: dim, a paler ceiling, something bright at the back."""
    y = np.linspace(0.0, 1.0, h)[:, None]
    x = np.linspace(0.0, 1.0, w)[None, :]
    level = rng.uniform(0.17, 0.27)
    shade = level * (1.20 - 0.50 * y) + 0.02 * np.sin(6.0 * x + rng.uniform(0, 6))
    picture = shade[..., None] * np.array([0.94, 0.99, 1.05])
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(1, 4)):
        cx, top = rng.uniform(0, w), rng.uniform(0.35, 0.8) * h
        tone = level * rng.uniform(0.5, 2.1)
        draw.rectangle(
            (cx, top, cx + rng.uniform(0.1, 0.4) * w, h), fill=rgb((tone, tone * 0.95, tone * 0.88))
        )
    return image.filter(ImageFilter.GaussianBlur(w * 0.02))


def dressing(rng: np.random.Generator, image: Image.Image) -> None:
    """Curtains, blinds or nothing, behind the glass."""
    draw = ImageDraw.Draw(image)
    w, h = image.size
    kind = rng.choice(["none", "none", "sides", "sides", "full", "blind", "blind", "slats"])
    c = np.array(CURTAINS[rng.integers(len(CURTAINS))]) * rng.uniform(0.62, 0.85)
    if kind in ("sides", "full"):
        reach = 0.5 if kind == "full" else rng.uniform(0.16, 0.36)
        for x in range(w):
            side = min(x, w - 1 - x) / w
            if side < reach:
                fold = 0.88 + 0.12 * np.sin(x * 40.0 / w + rng.uniform(-0.2, 0.2))
                draw.line((x, 0, x, h), fill=rgb(tuple(c * fold)))
    elif kind == "blind":
        low = rng.uniform(0.15, 0.8) * h
        draw.rectangle((0, 0, w, low), fill=rgb(tuple(c)))
        draw.line((0, low, w, low), fill=rgb(tuple(c * 0.7)), width=max(1, h // 90))
    elif kind == "slats":
        low = rng.uniform(0.3, 1.0) * h
        for y in range(0, int(low), max(3, h // 36)):
            draw.line((0, y, w, y), fill=rgb(tuple(c * 0.92)), width=max(1, h // 60))


def window(
    rng: np.random.Generator, w: int, h: int, style: str, frame: Colour
) -> tuple[Image.Image, Image.Image]:
    """Colour, and where glass is (255)."""
    image = room(rng, w, h)
    dressing(rng, image)
    glass = Image.new("L", (w, h), 255)
    draw, mask = ImageDraw.Draw(image), ImageDraw.Draw(glass)
    edge = max(2, round(w * 0.065))
    bars: list[tuple[float, float, float, float]] = []
    if style == "casement":
        bars.append((w / 2 - edge * 0.8, 0, w / 2 + edge * 0.8, h))
        if rng.uniform() < 0.6:
            cross = h * rng.uniform(0.24, 0.32)
            bars.append((0, cross - edge / 2, w, cross + edge / 2))
        if rng.uniform() < 0.35:
            bars.append((0, h * 0.64, w, h * 0.64 + edge * 0.5))
    elif style == "sash":
        bars.append((0, h * 0.5 - edge * 0.6, w, h * 0.5 + edge * 0.6))
        bars.append((w / 2 - edge * 0.3, 0, w / 2 + edge * 0.3, h))
    else:
        at = rng.choice([0.33, 0.67])
        bars.append((w * at - edge * 0.4, 0, w * at + edge * 0.4, h))
    rim = [(0, 0, edge, h), (w - edge, 0, w, h), (0, 0, w, edge), (0, h - edge * 1.3, w, h)]
    for x0, y0, x1, y1 in [*rim, *bars]:
        shade = np.array(frame)
        draw.rectangle((x0, y0, x1, y1), fill=rgb(tuple(shade)))
        draw.line((x1, y0, x1, y1), fill=rgb(tuple(shade * 0.7)), width=max(1, w // 64))
        draw.line((x0, y1, x1, y1), fill=rgb(tuple(shade * 0.6)), width=max(1, w // 64))
        mask.rectangle((x0, y0, x1, y1), fill=0)
    # the lintel's shade on frame and curtains
    dark = np.asarray(image).astype(float) / 255.0
    fall = np.linspace(0.0, 1.0, h)[:, None, None]
    dark *= 1.0 - 0.45 * np.exp(-fall / 0.09)
    return Image.fromarray((dark * 255).astype(np.uint8)), glass


def windows() -> tuple[Plane, Plane]:
    """Eight columns (``FRAMES``) by four rows of cells 128 by 256. Rows: two of casements, sashes, modern."""
    colour = Image.new("RGB", (1024, 1024))
    glass = Image.new("L", (1024, 1024))
    for row, style in enumerate(("casement", "casement", "sash", "modern")):
        for column in range(8):
            rng = np.random.default_rng(1000 + row * 8 + column)
            image, mask = window(rng, 256, 512, style, FRAMES[column])
            colour.paste(image.resize((128, 256), Image.Resampling.LANCZOS), (column * 128, row * 256))
            glass.paste(mask.resize((128, 256), Image.Resampling.LANCZOS), (column * 128, row * 256))
    return np.asarray(colour) / 255.0, gloss(np.asarray(glass) / 255.0)


def gloss(glass: Plane) -> Plane:
    """Flat normals; roughness factor 0.10 on glass, 1 elsewhere."""
    flat = np.full((*glass.shape, 3), 0.5)
    flat[..., 2] = 1.0 - 0.90 * glass
    return flat


SHOPS: tuple[tuple[Colour, Colour], ...] = (
    ((0.20, 0.27, 0.24), (0.82, 0.77, 0.62)),
    ((0.36, 0.16, 0.15), (0.88, 0.84, 0.76)),
    ((0.17, 0.21, 0.30), (0.86, 0.86, 0.84)),
    ((0.70, 0.66, 0.58), (0.28, 0.24, 0.20)),
    ((0.24, 0.24, 0.25), (0.80, 0.62, 0.30)),
    ((0.46, 0.38, 0.28), (0.90, 0.88, 0.82)),
    ((0.62, 0.63, 0.62), (0.25, 0.30, 0.38)),
    ((0.30, 0.20, 0.24), (0.84, 0.76, 0.70)),
)


def shop(number: int, w: int = 512, h: int = 512) -> tuple[Image.Image, Image.Image]:
    """A shop front 4 m wide and 4 m high: stall riser, panes, door, sign without letters that can be read."""
    rng = np.random.default_rng(2000 + number)
    body, lettering = SHOPS[number]
    image = Image.new("RGB", (w, h), rgb(body))
    glass = Image.new("L", (w, h), 0)
    draw, mask = ImageDraw.Draw(image), ImageDraw.Draw(glass)
    top, bottom = 0.24 * h, 0.86 * h
    door = rng.choice([0.06, 0.40, 0.70])
    x = 0.04
    while x < 0.95:
        wide = 0.24 if abs(x - door) < 0.02 else min(door - x - 0.02 if door > x else 1.0, 0.96 - x)
        wide = max(min(wide, 0.44), 0.12)
        low = h * 0.97 if abs(x - door) < 0.02 else bottom
        cell = room(rng, max(8, int(wide * w)), int(low - top))
        lit = ImageDraw.Draw(cell)
        for _ in range(14):  # goods
            gx, gy = rng.uniform(0, cell.width), rng.uniform(0.45, 0.95) * cell.height
            tone = rng.uniform(0.12, 0.5)
            tint = tone * (1.0 + 0.35 * (rng.uniform(size=3) - 0.5))
            lit.rectangle((gx, gy, gx + rng.uniform(8, 44), gy + rng.uniform(10, 70)), fill=rgb(tuple(tint)))
        for k in range(4):  # lamps
            lit.ellipse(
                (cell.width * (k + 0.5) / 4 - 4, 14, cell.width * (k + 0.5) / 4 + 4, 22),
                fill=rgb((0.95, 0.86, 0.66)),
            )
        image.paste(cell, (int(x * w), int(top)))
        mask.rectangle((x * w, top, (x + wide) * w, low), fill=255)
        x += wide + 0.025
    sign = np.array(body) * 0.85
    draw.rectangle((0, 0.05 * h, w, 0.19 * h), fill=rgb(tuple(sign)))
    draw.line((0, 0.19 * h, w, 0.19 * h), fill=rgb(tuple(sign * 0.5)), width=6)
    at = rng.uniform(0.14, 0.3) * w
    while at < 0.78 * w:  # strokes that look like letters from afar
        wide = rng.uniform(8, 20)
        draw.rectangle((at, 0.085 * h, at + wide * 0.35, 0.155 * h), fill=rgb(lettering))
        if rng.uniform() < 0.7:
            bar = rng.choice([0.085, 0.115, 0.147])
            draw.rectangle((at, bar * h, at + wide, bar * h + 5), fill=rgb(lettering))
        at += wide + rng.uniform(6, 12) + (26 if rng.uniform() < 0.15 else 0)
    return image, glass


def shops() -> tuple[Plane, Plane]:
    """Four by two shop fronts of 256 by 256."""
    colour, glass = Image.new("RGB", (1024, 512)), Image.new("L", (1024, 512))
    for number in range(8):
        image, mask = shop(number)
        at = (number % 4 * 256, number // 4 * 256)
        colour.paste(image.resize((256, 256), Image.Resampling.LANCZOS), at)
        glass.paste(mask.resize((256, 256), Image.Resampling.LANCZOS), at)
    return np.asarray(colour) / 255.0, gloss(np.asarray(glass) / 255.0)


def facade(number: int, kind: str) -> tuple[Plane, Plane]:
    """Four bays by four storeys, 512 by 512: wall, openings, sills, the shade that they throw."""
    rng = np.random.default_rng(3000 + number)
    size, cell = 512, 128
    grain = (
        0.015 * noise(rng, size, 300, 20)
        + 0.012 * noise(rng, size, 6, 2, 0.3)
        + 0.012 * noise(rng, size, 400, 8, 0.9, (0.12, 1.0))
    )
    wall = np.repeat((0.80 + grain)[..., None], 3, axis=2)
    if kind == "brick":
        rows = np.arange(size) // 4
        wall *= (1.0 + 0.03 * rng.standard_normal((size // 4, size // 8)))[
            rows[:, None], np.arange(size)[None, :] // 8
        ][..., None]
    image = Image.fromarray((np.clip(wall, 0, 1) * 255).astype(np.uint8)).resize(
        (1024, 1024), Image.Resampling.BICUBIC
    )
    glass, relief = Image.new("L", (1024, 1024), 0), Image.new("L", (1024, 1024), 128)
    draw, mask, high = ImageDraw.Draw(image), ImageDraw.Draw(glass), ImageDraw.Draw(relief)
    big = cell * 2
    shapes = {
        "stone": (0.29, 0.71, 0.20, 0.84),
        "stucco": (0.31, 0.69, 0.24, 0.80),
        "brick": (0.28, 0.72, 0.22, 0.78),
        "ribbon": (0.03, 0.97, 0.30, 0.78),
        "glass": (0.02, 0.98, 0.04, 0.90),
        "loggia": (0.08, 0.92, 0.16, 0.92),
    }
    x0s, x1s, y0s, y1s = shapes[kind]
    frame = FRAMES[{"stone": 0, "stucco": 1, "brick": 2}.get(kind, 4)]
    for row in range(4):
        for column in range(4):
            x, y = column * big, row * big
            x0, x1, y0, y1 = x + x0s * big, x + x1s * big, y + y0s * big, y + y1s * big
            w, h = int(x1 - x0), int(y1 - y0)
            pane, clear = window(
                rng, w, h, "modern" if kind in ("ribbon", "glass", "loggia") else "casement", frame
            )
            shaded = np.asarray(pane).astype(float)
            fall = np.linspace(0, 1, h)[:, None, None]
            deep = 0.28 if kind == "loggia" else 0.10
            shaded *= 1.0 - 0.6 * np.clip(1.0 - fall / deep, 0, 1) ** 0.5
            image.paste(Image.fromarray(shaded.astype(np.uint8)), (int(x0), int(y0)))
            glass.paste(clear, (int(x0), int(y0)))
            high.rectangle((x0, y0, x1, y1), fill=96)
            sill = np.array([0.74, 0.73, 0.71])
            if kind in ("stone", "stucco", "brick"):
                draw.rectangle((x0 - 8, y1, x1 + 8, y1 + 7), fill=rgb(tuple(sill)))
                draw.rectangle((x0 - 6, y1 + 8, x1 + 6, y1 + 14), fill=rgb((0.52, 0.51, 0.50)))
                high.rectangle((x0 - 8, y1, x1 + 8, y1 + 8), fill=160)
            if kind == "stone":
                draw.rectangle((x0 - 9, y0 - 9, x1 + 9, y0 - 1), fill=rgb((0.86, 0.85, 0.82)))
                draw.rectangle((x0 - 9, y0 - 9, x0 - 1, y1), fill=rgb((0.84, 0.83, 0.80)))
                draw.rectangle((x1 + 1, y0 - 9, x1 + 9, y1), fill=rgb((0.84, 0.83, 0.80)))
            if kind == "stucco" and rng.uniform() < 0.85:
                tone = (0.42, 0.46, 0.45)
                for sx in (x0 - 0.17 * big, x1 + 2):
                    draw.rectangle((sx, y0, sx + 0.16 * big, y1), fill=rgb(tone))
                    for k in range(int(y0) + 4, int(y1), 8):
                        draw.line((sx, k, sx + 0.16 * big, k), fill=rgb((0.34, 0.38, 0.37)), width=2)
            if kind == "loggia":
                rail = y1 - 0.34 * big
                draw.rectangle((x0 - 6, rail, x1 + 6, y1 + 4), fill=rgb((0.70, 0.70, 0.69)))
                mask.rectangle((x0 - 6, rail, x1 + 6, y1 + 4), fill=0)
                draw.rectangle((x0 - 6, y1 + 5, x1 + 6, y1 + 14), fill=rgb((0.40, 0.40, 0.40)))
        if kind in ("stone",):
            draw.rectangle((0, row * big + big - 9, 1024, row * big + big - 1), fill=rgb((0.84, 0.83, 0.81)))
            draw.rectangle((0, row * big + big - 0, 1024, row * big + big + 5), fill=rgb((0.60, 0.59, 0.58)))
        if kind in ("ribbon", "glass"):
            for column in range(5):
                draw.line(
                    (column * big, row * big, column * big, row * big + big),
                    fill=rgb((0.45, 0.46, 0.47)),
                    width=6,
                )
    colour = np.asarray(image.resize((size, size), Image.Resampling.LANCZOS)) / 255.0
    flat = gloss(np.asarray(glass.resize((size, size), Image.Resampling.LANCZOS)) / 255.0)
    height = np.asarray(relief.resize((size, size), Image.Resampling.LANCZOS)).astype(float) / 32.0
    gy, gx = np.gradient(height)
    flat[..., 0] = 0.5 - 0.20 * gx
    flat[..., 1] = 0.5 + 0.20 * gy
    return colour, flat


def main() -> None:
    for name, made in (("windows", windows()), ("shops", shops())):
        save(made[0], f"textures/city/{name}.jpg", 90)
        save(made[1], f"textures/city/{name}_n.jpg", 92)
    for number, kind in enumerate(("stone", "stucco", "brick", "ribbon", "glass", "loggia")):
        colour, normal = facade(number, kind)
        save(over(colour, (0, 0, 0), np.zeros(colour.shape[:2])), f"textures/city/facade_{kind}.jpg", 88)
        save(normal, f"textures/city/facade_{kind}_n.jpg", 90)


if __name__ == "__main__":
    main()
