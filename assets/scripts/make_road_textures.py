"""Makes the pictures of the road scene: ``python assets/scripts/make_road_textures.py``. Seeded.

Asphalt, worn paint, grained plastic, cloth, the faces of the instruments, the screen, road signs, a row of houses.
"""

from __future__ import annotations

from math import cos, radians, sin

import numpy as np
from paint import ASSETS, Plane, coloured, noise, save
from PIL import Image, ImageDraw, ImageFont

FONT = ASSETS / "fonts" / "Roboto-Medium-latin.ttf"
GRAIN = "textures/road"


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def array(picture: Image.Image) -> Plane:
    return np.asarray(picture.convert("RGB"), dtype=np.float64) / 255.0


def normals(height: Plane, strength: float, rough: Plane) -> Plane:
    """Red and green: the normal's x and y; blue: a factor on the roughness."""
    dx = np.roll(height, -1, 1) - np.roll(height, 1, 1)
    dy = np.roll(height, 1, 0) - np.roll(height, -1, 0)
    n = np.stack([-dx * strength, -dy * strength, np.ones_like(height)], -1)
    n /= np.linalg.norm(n, axis=-1, keepdims=True)
    return np.stack([n[..., 0] / 2 + 0.5, n[..., 1] / 2 + 0.5, np.clip(rough, 0, 1)], -1)


def asphalt(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """8 m of it: stones, stains, cracks sealed with tar."""
    n = 1024
    stones = noise(rng, n, 9, 2.2, 0.0)
    fine = noise(rng, n, 5, 2.0, 0.0)
    shade = (
        0.40 + 0.020 * noise(rng, n, n, 120) + 0.012 * noise(rng, n, 120, 20) + 0.030 * stones + 0.022 * fine
    )
    light = np.clip(noise(rng, n, 7, 2.5, 0.0) - 1.9, 0, 1)
    shade = shade + 0.16 * light
    # cracks: where a smooth noise passes nought, in some places only
    field = noise(rng, n, 500, 60, 1.6) + 0.10 * noise(rng, n, 40, 6, 1.0)
    slope = np.hypot(*np.gradient(field)) + 1e-4
    line = np.abs(field) / slope
    some = np.clip(noise(rng, n, 800, 200, 1.0) * 2.0 - 1.1, 0, 1)
    tar = np.clip(4.5 - line, 0, 1) * some
    crack = (
        np.clip(
            1.6
            - np.abs(noise(rng, n, 300, 30, 1.5))
            / (np.hypot(*np.gradient(noise(rng, n, 300, 30, 1.5))) + 1e-3),
            0,
            1,
        )
        * 0.0
    )
    oil = np.clip(noise(rng, n, 260, 60, 1.4) - 1.7, 0, 1)
    picture = coloured(shade * (1 - 0.30 * tar) * (1 - 0.14 * oil) - 0.1 * crack, (1.0, 0.995, 0.985))
    height = 0.55 * stones + 0.45 * fine
    rough = 0.94 - 0.22 * tar - 0.12 * oil + 0.03 * noise(rng, n, n, 60)
    return picture, normals(height * (1 - 0.8 * tar), 0.16, rough)


def grain(rng: np.random.Generator) -> Plane:
    """The skin of moulded plastic: small leathery cells; 0.10 m."""
    n = 256
    cells = np.abs(noise(rng, n, 16, 6, 0.4))
    return normals(
        np.tanh(cells * 1.5) + 0.12 * noise(rng, n, 5, 2, 0.0), 0.34, 0.92 + 0.05 * noise(rng, n, 60, 6)
    )


def cloth(rng: np.random.Generator) -> tuple[Plane, Plane]:
    """Woven cloth with a fine rib; 0.12 m."""
    n = 256
    y, x = np.mgrid[0:n, 0:n] / n
    weave = np.sin(2 * np.pi * 40 * x) * np.sin(2 * np.pi * 40 * y)
    rib = np.sin(2 * np.pi * 10 * (x + y))
    shade = 0.80 + 0.10 * weave + 0.05 * rib + 0.06 * noise(rng, n, 12, 2, 0.3)
    return coloured(np.clip(shade, 0, 1), (1, 1, 1)), normals(
        weave * 0.8 + 0.5 * rib, 0.35, np.full((n, n), 0.97)
    )


def felt(rng: np.random.Generator) -> Plane:
    n = 256
    return coloured(0.91 + 0.030 * noise(rng, n, 5, 2, 0.1) + 0.004 * noise(rng, n, 60, 8), (1, 1, 1))


def dial(
    pen: ImageDraw.ImageDraw,
    x: float,
    y: float,
    r: float,
    top: int,
    step: int,
    minor: int,
    size: int,
    red: int | None = None,
) -> None:
    """Marks and figures; where a needle stands at nought is at the lower left."""

    def place(share: float, reach: float) -> tuple[float, float]:
        a = radians(225.0 - 270.0 * share)
        return x + r * reach * cos(a), y - r * reach * sin(a)

    for k in range(top * minor + 1):
        share = k / (top * minor)
        if k % minor and share > 1:
            continue
        long = k % minor == 0
        hot = red is not None and share >= red / top
        colour = (232, 84, 60) if hot else (236, 238, 240)
        pen.line(
            [place(share, 0.97), place(share, 0.86 if long else 0.915)], fill=colour, width=7 if long else 3
        )
    for k in range(0, top + 1, step):
        at = place(k / top, 0.69)
        pen.text(at, f"{k * (10 if red is None else 1)}", fill=(240, 241, 243), font=font(size), anchor="mm")


def cluster() -> Plane:
    """The instruments' face, 0.320 x 0.128 m, four pixels a millimetre."""
    w, h, k = 1280, 512, 4000
    picture = Image.new("RGB", (w, h), (9, 9, 10))
    pen = ImageDraw.Draw(picture)
    r = 0.053 * k
    for offset, kind in ((-0.082, "rev"), (0.082, "speed")):
        x, y = w / 2 + offset * k, h / 2
        pen.ellipse([x - r, y - r, x + r, y + r], fill=(14, 14, 16))
        pen.arc(
            [x - r * 0.985, y - r * 0.985, x + r * 0.985, y + r * 0.985], 135, 45, fill=(90, 92, 96), width=3
        )
        if kind == "rev":
            dial(pen, x, y, r, 7, 1, 4, 42, red=6)
            pen.text((x, y - 62), "1/min x 1000", fill=(170, 172, 176), font=font(20), anchor="mm")
        else:
            dial(pen, x, y, r, 18, 2, 2, 34)
            pen.text((x, y - 62), "km/h", fill=(190, 192, 196), font=font(26), anchor="mm")
        pen.ellipse([x - 24, y - 24, x + 24, y + 24], fill=(20, 20, 21))
    # the small screen between them: outside temperature, distance, range; fuel and water below
    pen.rounded_rectangle([w / 2 - 96, h / 2 - 150, w / 2 + 96, h / 2 + 96], 12, fill=(12, 15, 18))
    for line, (text, size, tone) in enumerate(
        (("12.5 °C", 36, 230), ("48 210 km", 30, 200), ("410 km", 30, 170))
    ):
        pen.text(
            (w / 2, h / 2 - 104 + 66 * line), text, fill=(tone, tone, tone), font=font(size), anchor="mm"
        )
    for x0, share in ((w / 2 - 88, 0.62), (w / 2 + 8, 0.5)):
        for j in range(8):
            lit = j / 8 < share
            pen.rectangle(
                [x0 + j * 10, h / 2 + 130, x0 + j * 10 + 6, h / 2 + 146],
                fill=(210, 212, 214) if lit else (44, 45, 47),
            )
    return array(picture.resize((w // 2, h // 2), Image.Resampling.LANCZOS))


def screen() -> Plane:
    """The screen in the middle: the hour, the radio, the heating."""
    w, h = 1024, 562
    picture = Image.new("RGB", (w, h), (14, 18, 24))
    pen = ImageDraw.Draw(picture)
    for y in range(h):
        t = y / h
        pen.line([(0, y), (w, y)], fill=(int(16 + 8 * t), int(22 + 10 * t), int(30 + 14 * t)))
    pen.rectangle([0, 0, w, 74], fill=(10, 13, 17))
    pen.text((36, 37), "12.5 °C", fill=(200, 206, 212), font=font(38), anchor="lm")
    for k in range(4):
        pen.rectangle([w - 120 + 20 * k, 52 - 9 * k, w - 108 + 20 * k, 56], fill=(190, 196, 202))
    pen.rounded_rectangle([36, 112, 600, 452], 24, fill=(26, 34, 44))
    pen.text((72, 176), "FM", fill=(130, 150, 170), font=font(40), anchor="lm")
    pen.text((72, 270), "97.6", fill=(236, 240, 244), font=font(112), anchor="lm")
    pen.line([(72, 380), (560, 380)], fill=(70, 82, 96), width=6)
    pen.line([(330, 366), (330, 394)], fill=(224, 150, 70), width=8)
    for k in range(6):
        pen.text((72 + 97 * k, 418), f"{88 + 4 * k}", fill=(120, 132, 146), font=font(28), anchor="mm")
    for k, (title, value) in enumerate((("AUX", "off"), ("BT", "on"))):
        y = 112 + 176 * k
        pen.rounded_rectangle([636, y, 988, y + 164], 24, fill=(26, 34, 44))
        pen.text((672, y + 52), title, fill=(130, 150, 170), font=font(36), anchor="lm")
        pen.text((672, y + 112), value, fill=(226, 231, 236), font=font(50), anchor="lm")
    pen.rectangle([0, 486, w, h], fill=(10, 13, 17))
    for x, text in ((140, "20.0"), (512, "AUTO"), (884, "20.0")):
        pen.text((x, 524), text, fill=(206, 212, 218), font=font(40), anchor="mm")
    return array(picture.resize((w // 2, h // 2), Image.Resampling.LANCZOS))


SIGN = 256
"""Pixels of one sign; four by four of them on the picture."""


def signs() -> Image.Image:
    sheet = Image.new("RGBA", (4 * SIGN, 4 * SIGN), (0, 0, 0, 0))
    red, white, black, blue, green, yellow = (
        (178, 30, 34),
        (238, 238, 234),
        (20, 20, 22),
        (22, 66, 142),
        (16, 104, 64),
        (238, 190, 30),
    )

    def cell(number: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
        made = Image.new("RGBA", (SIGN * 2, SIGN * 2), (0, 0, 0, 0))
        return made, ImageDraw.Draw(made)

    def put(number: int, made: Image.Image) -> None:
        sheet.paste(
            made.resize((SIGN, SIGN), Image.Resampling.LANCZOS), ((number % 4) * SIGN, (number // 4) * SIGN)
        )

    for number, text in enumerate(("30", "50", "70", "90", "110", "130")):
        made, pen = cell(number)
        pen.ellipse([8, 8, 504, 504], fill=white)
        pen.ellipse([16, 16, 496, 496], fill=red)
        pen.ellipse([80, 80, 432, 432], fill=white)
        pen.text((256, 262), text, fill=black, font=font(220 if len(text) == 2 else 160), anchor="mm")
        put(number, made)
    made, pen = cell(6)  # give way
    pen.polygon([(8, 40), (504, 40), (256, 480)], fill=red)
    pen.polygon([(100, 92), (412, 92), (256, 370)], fill=white)
    put(6, made)
    made, pen = cell(7)  # road with priority
    pen.polygon([(256, 8), (504, 256), (256, 504), (8, 256)], fill=white)
    pen.polygon([(256, 70), (442, 256), (256, 442), (70, 256)], fill=yellow)
    put(7, made)
    made, pen = cell(8)  # signals ahead
    pen.polygon([(256, 20), (504, 470), (8, 470)], fill=red)
    pen.polygon([(256, 110), (432, 428), (80, 428)], fill=white)
    for k, colour in enumerate((red, (230, 160, 20), green)):
        pen.ellipse([226, 210 + 72 * k, 286, 270 + 72 * k], fill=colour)
    put(8, made)
    made, pen = cell(9)  # crossing of people
    pen.rectangle([8, 8, 504, 504], fill=blue)
    pen.polygon([(256, 60), (450, 440), (62, 440)], fill=white)
    pen.ellipse([236, 160, 286, 210], fill=black)
    pen.line([(260, 210), (252, 310), (210, 410)], fill=black, width=26)
    pen.line([(252, 310), (300, 410)], fill=black, width=26)
    pen.line([(200, 280), (258, 235), (320, 280)], fill=black, width=20)
    put(9, made)
    # boards that are drawn 2.6 times as wide as high: the name of a place where it begins, and the ways from there on
    made = Image.new("RGBA", (1332, 512), white)
    pen = ImageDraw.Draw(made)
    pen.rounded_rectangle([10, 10, 1321, 501], 40, fill=white, outline=red, width=44)
    pen.text((666, 262), "MONTCLAIR", fill=black, font=font(196), anchor="mm")
    put(10, made)
    made = Image.new("RGBA", (1332, 512), white)
    pen = ImageDraw.Draw(made)
    pen.rounded_rectangle([10, 10, 1321, 501], 30, fill=white, outline=black, width=10)
    pen.line([(10, 256), (1321, 256)], fill=black, width=8)
    for row, (place, far, way) in enumerate((("Bellefontaine", "4", 1), ("Saint-Martin", "11", -1))):
        y = 134 + 246 * row
        pen.text((180, y), place, fill=black, font=font(136), anchor="lm")
        pen.text((1270, y), far, fill=black, font=font(136), anchor="rm")
        x = 96
        if way > 0:
            pen.polygon(
                [
                    (x - 34, y + 22),
                    (x - 34, y + 70),
                    (x + 34, y + 70),
                    (x + 34, y - 20),
                    (x + 66, y - 20),
                    (x + 10, y - 92),
                    (x - 46, y - 20),
                    (x - 14, y - 20),
                    (x - 14, y + 22),
                ],
                fill=black,
            )
        else:
            pen.polygon(
                [
                    (x + 56, y - 18),
                    (x - 6, y - 18),
                    (x - 6, y - 58),
                    (x - 76, y),
                    (x - 6, y + 58),
                    (x - 6, y + 18),
                    (x + 56, y + 18),
                ],
                fill=black,
            )
    put(11, made)
    made, pen = cell(12)  # a big board of directions: arrows, no names of places
    pen.rectangle([0, 0, 512, 512], fill=white)
    pen.rectangle([10, 10, 502, 502], fill=blue)
    for x in (140, 372):
        pen.line([(x, 440), (x, 180)], fill=white, width=36)
        pen.polygon([(x - 62, 190), (x + 62, 190), (x, 84)], fill=white)
    put(12, made)
    made, pen = cell(13)
    pen.rectangle([0, 0, 512, 512], fill=white)
    pen.rectangle([10, 10, 502, 502], fill=blue)
    pen.line([(190, 450), (190, 170)], fill=white, width=36)
    pen.polygon([(128, 180), (252, 180), (190, 80)], fill=white)
    pen.line([(190, 380), (330, 240)], fill=white, width=30)
    pen.polygon([(300, 210), (370, 200), (356, 276)], fill=white)
    put(13, made)
    made, pen = cell(14)  # way out of a tunnel
    pen.rectangle([0, 0, 512, 512], fill=white)
    pen.rectangle([8, 8, 504, 504], fill=green)
    pen.rectangle([300, 110, 420, 410], fill=white)
    pen.ellipse([180, 110, 230, 160], fill=white)
    pen.line([(205, 160), (190, 270), (130, 380)], fill=white, width=30)
    pen.line([(190, 270), (260, 310), (270, 390)], fill=white, width=30)
    pen.line([(130, 240), (200, 190), (270, 250)], fill=white, width=24)
    put(14, made)
    made, pen = cell(15)  # red and white stripes
    for k in range(-8, 10):
        pen.polygon([(k * 100, 512), (k * 100 + 50, 512), (k * 100 + 562, 0), (k * 100 + 512, 0)], fill=red)
        pen.polygon(
            [(k * 100 + 50, 512), (k * 100 + 100, 512), (k * 100 + 612, 0), (k * 100 + 562, 0)], fill=white
        )
    put(15, made)
    return sheet


def glow() -> Plane:
    """A lamp's halo: brightness falls away from the middle."""
    n = 128
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / n * 2 - 1
    r = np.hypot(x, y)
    core = (
        np.exp(-((r / 0.085) ** 2)) + 0.34 * np.exp(-((r / 0.22) ** 2)) + 0.12 * np.clip(1 - r, 0, 1) ** 2.5
    )
    return np.clip(core * np.clip((1 - r) * 6, 0, 1), 0, 1)


def shade() -> Plane:
    """The dark under a vehicle: how much light is kept out."""
    n = 64
    y, x = np.abs((np.mgrid[0:n, 0:n] + 0.5) / n * 2 - 1)
    edge = np.clip((1 - x) / 0.30, 0, 1) * np.clip((1 - y) / 0.16, 0, 1)
    return 0.82 * edge * edge * (3 - 2 * edge)


def mist(rng: np.random.Generator) -> Plane:
    """Spray: a ragged cloud that thins out at its rim."""
    n = 128
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / n * 2 - 1
    ragged = 0.75 + 0.22 * noise(rng, n, 60, 6, 1.2)
    return np.clip(ragged * np.clip(1 - x * x, 0, 1) ** 1.5 * np.clip(1 - y * y, 0, 1) ** 1.2, 0, 1)


def marks(rng: np.random.Generator) -> Plane:
    n = 256
    worn = np.clip(
        0.88 - 0.05 * noise(rng, n, 200, 20) - 0.22 * np.clip(noise(rng, n, 10, 2, 0.1) - 1.1, 0, 1), 0, 1
    )
    return coloured(worn, (1, 1, 0.985))


def field_noise(rng: np.random.Generator) -> Plane:
    n = 256
    made = noise(rng, n, 120, 3, 0.7)
    return coloured(np.clip(0.5 + 0.22 * made, 0, 1), (1, 1, 1))


def main() -> None:
    rng = np.random.default_rng(77)
    picture, bumps = asphalt(rng)
    save(picture, f"{GRAIN}/asphalt.jpg", 84)
    save(bumps, f"{GRAIN}/asphalt_n.jpg", 84)
    save(grain(rng), f"{GRAIN}/grain_n.jpg", 90)
    woven, ribs = cloth(rng)
    save(woven, f"{GRAIN}/cloth.jpg", 86)
    save(ribs, f"{GRAIN}/cloth_n.jpg", 90)
    save(felt(rng), f"{GRAIN}/felt.jpg", 86)
    save(cluster(), f"{GRAIN}/cluster.png")
    save(screen(), f"{GRAIN}/screen.png")
    save(marks(rng), f"{GRAIN}/marks.jpg", 84)
    save(field_noise(rng), f"{GRAIN}/noise.jpg", 88)
    save(np.dstack([np.ones((128, 128, 3)), mist(rng)]), f"{GRAIN}/mist.png")
    halo = glow()
    save(np.dstack([np.ones((64, 64, 3)), shade()]), f"{GRAIN}/shade.png")
    signs().save(ASSETS / GRAIN / "signs.png", optimize=True)
    save(np.dstack([np.ones((128, 128, 3)), halo]), f"{GRAIN}/halo.png")


if __name__ == "__main__":
    main()
