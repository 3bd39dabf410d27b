"""Makes the textures of windows and whole facades: ``python assets/scripts/make_city_openings.py``.

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
    """What is seen through glass by day: dim, a paler ceiling, something bright at the back; in one of eight a lamp."""
    y = np.linspace(0.0, 1.0, h)[:, None]
    x = np.linspace(0.0, 1.0, w)[None, :]
    level = rng.uniform(0.17, 0.29)
    shade = level * (1.20 - 0.50 * y) + 0.02 * np.sin(6.0 * x + rng.uniform(0, 6))
    lit = rng.uniform() < 0.125
    picture = shade[..., None] * np.array([0.94, 0.99, 1.05])
    if lit:
        glow = np.exp(-((x - rng.uniform(0.3, 0.7)) ** 2 + ((y - 0.25) * h / w) ** 2) / 0.25)
        picture = picture + glow[..., None] * np.array([0.52, 0.38, 0.20])
    image = Image.fromarray((np.clip(picture, 0, 1) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    for _ in range(rng.integers(1, 4)):
        cx, top = rng.uniform(0, w), rng.uniform(0.35, 0.8) * h
        tone = level * rng.uniform(0.5, 2.1)
        draw.rectangle(
            (cx, top, cx + rng.uniform(0.1, 0.4) * w, h), fill=rgb((tone, tone * 0.95, tone * 0.88))
        )
    return image.filter(ImageFilter.GaussianBlur(w * 0.02))


SKY = np.array([0.66, 0.76, 0.88])


def mirrored(rng: np.random.Generator, w: int, h: int, leaves: int) -> Plane:
    """How much of the sky each pixel of the glass mirrors, (h, w): the fronts across the street stand dark below, and
    each leaf hangs a little differently."""
    y = np.linspace(0.0, 1.0, h)[:, None]
    x = np.linspace(0.0, 1.0, w)[None, :]
    strength = rng.uniform(0.10, 0.46)
    line = rng.uniform(0.15, 0.85)
    leaf = np.minimum((x * leaves).astype(int), leaves - 1)
    shift = rng.uniform(-0.10, 0.10, leaves)[leaf]
    roofs = (
        line + shift + 0.05 * np.sign(np.sin(7.0 * x + rng.uniform(0, 6))) + 0.025 * np.sign(np.sin(19.0 * x))
    )
    cloud = 0.80 + 0.20 * np.sin(5.0 * x + 7.0 * y + rng.uniform(0, 6)) * np.sin(9.0 * y + rng.uniform(0, 6))
    sky = 1.0 / (1.0 + np.exp(np.clip((y - roofs) / 0.006, -60.0, 60.0)))
    return strength * (sky * cloud * (1.0 - 0.35 * y) + 0.16)


def dressing(rng: np.random.Generator, image: Image.Image) -> None:
    """Curtains, blinds or nothing, behind the glass."""
    draw = ImageDraw.Draw(image)
    w, h = image.size
    kind = rng.choice(["none", "none", "sides", "sides", "half", "full", "blind", "blind", "slats"])
    c = np.array(CURTAINS[rng.integers(len(CURTAINS))]) * rng.uniform(0.70, 0.95)
    if kind == "half":  # a net across the lower part, on a rod
        top = rng.uniform(0.40, 0.62) * h
        for x in range(w):
            fold = 0.86 + 0.14 * np.sin(x * 55.0 / w)
            draw.line((x, top, x, h), fill=rgb(tuple(0.95 * c * fold)))
        draw.line((0, top, w, top), fill=rgb(tuple(0.55 * c)), width=max(1, h // 100))
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
    on_glass = mirrored(rng, w, h, 1 if style == "sash" else 2)
    if (
        style == "casement" and rng.uniform() < 0.14
    ):  # a leaf that stands open: nothing is mirrored in its gap
        half = slice(0, w // 2) if rng.uniform() < 0.5 else slice(w // 2, w)
        on_glass[:, half] = 0.0
        stand_open = True
    else:
        half, stand_open = slice(0, 0), False
    seen = np.asarray(image) / 255.0
    seen = over(seen, SKY, on_glass)
    if stand_open:
        seen[:, half] *= 0.55
    image = Image.fromarray((np.clip(seen, 0, 1) * 255).astype(np.uint8))
    if rng.uniform() < 0.22:  # a plant on the sill
        leafy = ImageDraw.Draw(image)
        for _ in range(60):
            px, py = rng.uniform(0.12, 0.88) * w, h * (0.95 - abs(rng.normal(0.0, 0.06)))
            r = rng.uniform(0.012, 0.03) * w
            tone = np.array((0.26, 0.40, 0.18)) * rng.uniform(0.6, 1.25)
            leafy.ellipse((px - r, py - r, px + r, py + r), fill=rgb(tuple(tone)))
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
    """Eight columns (``FRAMES``) by four rows of cells 256 by 512. Rows: two of casements, sashes, modern."""
    colour = Image.new("RGB", (2048, 2048))
    glass = Image.new("L", (1024, 1024))
    for row, style in enumerate(("casement", "casement", "sash", "modern")):
        for column in range(8):
            rng = np.random.default_rng(1000 + row * 8 + column)
            image, mask = window(rng, 256, 512, style, FRAMES[column])
            colour.paste(image, (column * 256, row * 512))
            glass.paste(mask.resize((128, 256), Image.Resampling.LANCZOS), (column * 128, row * 256))
    return np.asarray(colour) / 255.0, gloss(np.asarray(glass) / 255.0)


def wide() -> tuple[Plane, Plane, Plane]:
    """Sliding windows for loggias, ribbons and fronts of glass: eight columns (four of dark frames, four of white) by
    four rows of cells 256 square. Colour, what shines (rooms, and the sky on the glass), gloss."""
    colour, shines = Image.new("RGB", (2048, 1024)), Image.new("RGB", (2048, 1024))
    glass = Image.new("L", (2048, 1024))
    n = 512
    for row in range(4):
        for column in range(8):
            rng = np.random.default_rng(1500 + row * 8 + column)
            leaves = int(rng.choice([2, 3]))
            frame = np.array((0.24, 0.24, 0.25) if column < 4 else (0.84, 0.84, 0.83))
            within = room(rng, n, n)
            dressing(rng, within)
            seen = np.asarray(within) / 255.0 * 0.85
            on_glass = mirrored(rng, n, n, leaves)
            seen = over(seen, SKY, np.clip(1.15 * on_glass, 0.0, 1.0))
            image = Image.new("RGB", (n, n), rgb((0.10, 0.11, 0.12)))
            shine = Image.fromarray((np.clip(seen, 0, 1) * 255).astype(np.uint8))
            mask = Image.new("L", (n, n), 255)
            pens = ImageDraw.Draw(image), ImageDraw.Draw(shine), ImageDraw.Draw(mask)
            blind = rng.uniform(0.10, 0.75) * n if rng.uniform() < 0.34 else 0.035 * n
            # a roller blind outside, its box above; daylight falls on it
            slats = np.array((0.72, 0.70, 0.66) if column % 2 else (0.62, 0.60, 0.56))
            for y in range(0, int(blind), 9):
                pens[0].rectangle((0, y, n, y + 8), fill=rgb(tuple(slats * (0.96 + 0.04 * ((y // 9) % 2)))))
                pens[0].line((0, y + 8, n, y + 8), fill=rgb(tuple(0.72 * slats)), width=2)
            pens[1].rectangle((0, 0, n, blind), fill=(0, 0, 0))
            pens[2].rectangle((0, 0, n, blind), fill=0)
            edges = [(0, 0, 14, n), (n - 15, 0, n, n), (0, n - 20, n, n), (0, blind, n, blind + 12)]
            edges += [(n * k / leaves - 11, blind, n * k / leaves + 11, n) for k in range(1, leaves)]
            for box in edges:
                for pen, tone in zip(pens, (rgb(tuple(frame)), (0, 0, 0), 0), strict=True):
                    pen.rectangle(box, fill=tone)
                pens[0].line((box[2], box[1], box[2], box[3]), fill=rgb(tuple(0.7 * frame)), width=2)
            at = (column * 256, row * 256)
            for whole, part in zip((colour, shines, glass), (image, shine, mask), strict=True):
                whole.paste(part.resize((256, 256), Image.Resampling.LANCZOS), at)
    small = glass.resize((1024, 512), Image.Resampling.LANCZOS)
    return np.asarray(colour) / 255.0, np.asarray(shines) / 255.0, gloss(np.asarray(small) / 255.0)


def gloss(glass: Plane) -> Plane:
    """Flat normals; roughness factor 0.10 on glass, 1 elsewhere."""
    flat = np.full((*glass.shape, 3), 0.5)
    flat[..., 2] = 1.0 - 0.90 * glass
    return flat


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
    # ribbons stand beside the balconies of the tower
    fine = 2 * size if kind == "ribbon" else size
    colour = np.asarray(image.resize((fine, fine), Image.Resampling.LANCZOS)) / 255.0
    flat = gloss(np.asarray(glass.resize((size, size), Image.Resampling.LANCZOS)) / 255.0)
    height = np.asarray(relief.resize((size, size), Image.Resampling.LANCZOS)).astype(float) / 32.0
    gy, gx = np.gradient(height)
    flat[..., 0] = 0.5 - 0.20 * gx
    flat[..., 1] = 0.5 + 0.20 * gy
    return colour, flat


def main() -> None:
    colour, flat = windows()
    save(colour, "textures/city/windows.jpg", 88)
    save(flat, "textures/city/windows_n.jpg", 90)
    colour, shines, flat = wide()
    save(colour, "textures/city/wide.jpg", 88)
    save(shines, "textures/city/wide_e.jpg", 88)
    save(flat, "textures/city/wide_n.jpg", 90)
    for number, kind in enumerate(("stone", "stucco", "brick", "ribbon", "glass", "loggia")):
        colour, normal = facade(number, kind)
        save(over(colour, (0, 0, 0), np.zeros(colour.shape[:2])), f"textures/city/facade_{kind}.jpg", 88)
        save(normal, f"textures/city/facade_{kind}_n.jpg", 90)


if __name__ == "__main__":
    main()
