"""Each picture of the people's atlas; see ``people_paint.py``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PIL import Image

from assets.scripts import people_paint as paint
from assets.scripts.people_body import Array
from assets.scripts.people_clothes import Wearer
from assets.scripts.people_hair import scalp
from assets.scripts.people_paint import HEAD, LOWER, UPPER, Atlas, Surface, blurred, filled, grey, noise

HEAD_SIZE = (600, 1130)
UPPER_SIZE = (760, 565)
LOWER_SIZE = (560, 480)


def resized(picture: Array, width: int, height: int) -> Array:
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS)).astype(float) / 255.0


def cropped(picture: Array, crop: tuple[float, float, float, float]) -> Array:
    h, w = picture.shape[:2]
    u0, v0, u1, v1 = crop
    return picture[int((1 - v1) * h) : int((1 - v0) * h), int(u0 * w) : int(u1 * w)]


def faces(atlas: Atlas, skin: Array, man: Wearer, woman: Wearer) -> None:
    """The head's skin thrice: a woman's, a man's, and an older person's; hair is painted on the scalp in grey."""
    face = resized(cropped(skin, HEAD), *HEAD_SIZE)
    for name, wearer in (("face_m", man), ("face_f", woman), ("face_o", man)):
        s = paint.surface(wearer, HEAD, *HEAD_SIZE)
        made = filled(_face(face, s, wearer, name), s.there, 6)
        atlas.add(name, made)


def _face(face: Array, s: Surface, wearer: Wearer, name: str) -> Array:
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    apart = abs(wearer.joint("eye_l")[0])
    x, y, z = np.moveaxis(s.place - eye, -1, 0)
    x = np.abs(x)
    made = face.copy()
    # the mouth lies where the picture is reddest in front
    lips = np.clip((face[..., 0] - face[..., 1] - 0.20) / 0.10, 0, 1) * (z < -0.045) * (z > -0.085) * (y > 0)
    lips = blurred(lips * (x < 0.03), 2.0)
    if name == "face_f":
        smooth = blurred(face, 2.2)
        made = 0.45 * made + 0.55 * smooth
        made = made * (1 - 0.35 * lips[..., None]) + np.array([0.62, 0.27, 0.26]) * 0.35 * lips[..., None]
        cheek = np.exp(-(((x - 0.040) / 0.016) ** 2) - ((z + 0.030) / 0.015) ** 2) * (y > -0.05)
        made = made * (1 - 0.10 * cheek[..., None]) + np.array([0.78, 0.42, 0.38]) * 0.10 * cheek[..., None]
    if name == "face_m":
        beard = (y > -0.06) * np.clip((-z - 0.042) / 0.02, 0, 1) * np.clip((0.135 + z) / 0.03, 0, 1)
        beard = blurred(beard * (lips < 0.3), 8.0)
        rng = np.random.default_rng(2)
        dots = rng.uniform(0.75, 1.0, beard.shape)
        made *= (1 - 0.22 * beard * dots)[..., None] * np.array([1.0, 1.0, 1.02])
    if name == "face_o":
        made = _aged(made, s, x, y, z, apart)
    # the brows a little stronger
    brow = _brow(x, y, z, apart, thick=0.0030 if name == "face_f" else 0.0042)
    hairs = 0.75 + 0.25 * noise(s.place * [3.0, 1.0, 1.0], 0.004, 5, 2)
    tone = np.array([0.20, 0.14, 0.11]) if name != "face_o" else np.array([0.45, 0.40, 0.37])
    amount = np.clip(0.50 * brow * hairs, 0, 0.85)[..., None]
    made = made * (1 - amount) + tone * amount
    grows = scalp(s.place, wearer)
    fuzz = np.clip(grows + 0.28 * noise(s.place, 0.006, 9, 2) * (grows > 0.02) * (grows < 0.98), 0, 1)
    strands = 0.60 + 0.20 * _strands(s, wearer)
    shade = np.clip((fuzz - 0.35) / 0.4, 0, 1)[..., None]
    return made * (1 - shade) + strands[..., None] * shade


def _brow(x: Array, y: Array, z: Array, apart: float, thick: float) -> Array:
    middle = 0.0200 + 0.0025 * np.clip((x - 0.012) / 0.022, 0, 1) - 0.009 * np.clip((x - 0.037) / 0.018, 0, 1)
    taper = np.clip((x - 0.009) / 0.006, 0, 1) * np.clip((0.052 - x) / 0.014, 0, 1)
    del apart
    return taper * np.exp(-(((z - middle) / thick) ** 2)) * (y > -0.03)


def _strands(s: Surface, wearer: Wearer) -> Array:
    """Fine dark and light lines that run from the crown."""
    crown = wearer.points[np.unique(wearer.faces), 2].max()
    top = np.array([0.0, wearer.joint("eye_l")[1] - 0.13, crown])
    away = s.place - top
    around = np.arctan2(away[..., 0], away[..., 1])
    far = np.linalg.norm(away, axis=-1)
    lines = sum(
        np.sin(around * k + 5.0 * np.sin(far * 40.0 + k) + 2.0 * noise(s.place, 0.05, k, 2))
        for k in (61, 97, 151)
    )
    return np.clip(lines / 2.2, -1, 1) * 0.8 + 0.2 * noise(s.place, 0.01, 3, 2)


def _aged(made: Array, s: Surface, x: Array, y: Array, z: Array, apart: float) -> Array:
    """Lines on the forehead, around eyes and mouth; spots; paler lips."""
    front = np.clip((y + 0.045) / 0.03, 0, 1)
    lines = np.zeros(x.shape)
    for k in range(4):
        at = 0.036 + 0.0085 * k + 0.002 * np.sin(x * 90 + k)
        lines += np.exp(-(((z - at) / 0.0010) ** 2)) * (x < 0.045) * 0.8
    crow = np.clip(1 - np.abs(x - 0.058) / 0.014, 0, 1) * (np.abs(z) < 0.016)
    lines += crow * (0.5 + 0.5 * np.sin(z / 0.0042 * 2 + x * 160)) ** 6
    fold = np.exp(-(((x - (0.019 - 0.40 * (z + 0.035))) / 0.0016) ** 2)) * (z < -0.03) * (z > -0.056)
    lines += 0.9 * fold
    bag = np.exp(-(((z + 0.0165 - 0.08 * (x - apart) ** 2 / 0.01) / 0.0016) ** 2)) * (
        np.abs(x - apart) < 0.017
    )
    lines += 0.8 * bag
    lines = blurred(lines * front, 1.3) * np.clip(0.75 + 0.5 * noise(s.place, 0.02, 41, 2), 0.2, 1.2)
    made = made * (1 - 0.17 * np.clip(lines, 0, 1.2))[..., None]
    spots = np.clip(noise(s.place, 0.012, 31, 2) - 1.5, 0, 1)
    made = made * (1 - np.array([0.06, 0.10, 0.13]) * blurred(spots, 1.0)[..., None])
    return np.clip(made * np.array([1.0, 0.975, 0.965]), 0, 1)


def cloth(s: Surface, wearer: Wearer, seed: int, *, base: float, weave_m: float, deep: float = 1.0) -> Array:
    """Folded cloth in grey."""
    height = paint.folds(s, wearer, seed)
    shade = paint.relief_shade(height, s, 0.008 * deep)
    grain = (
        1.0
        + 0.020 * noise(s.place, 2.5 * weave_m, seed + 200, 1)
        + 0.03 * noise(s.place, 0.12, seed + 300, 3)
    )
    return base * shade * grain


def line(distance: Array, width_m: float, dark: float) -> Array:
    return 1.0 - dark * np.exp(-((distance / width_m) ** 2))


def tops(atlas: Atlas, wearers: Mapping[str, Wearer]) -> None:
    for name, seed, base, who in (
        ("knit", 1, 0.80, "f"),
        ("shirt", 2, 0.86, "m"),
        ("jacket", 3, 0.74, "m"),
        ("blazer", 4, 0.70, "m"),
        ("coat", 5, 0.72, "f"),
    ):
        wearer = wearers[who]
        s = paint.surface(wearer, UPPER, *UPPER_SIZE)
        shade = cloth(s, wearer, 100 * seed, base=base, weave_m=0.004 if name == "knit" else 0.0025)
        x, y, z = np.moveaxis(s.place, -1, 0)
        front = (s.normal[..., 1] > 0.0) & (np.abs(x) < 0.2)
        neck = wearer.joint("neck")[2] - 0.045
        hip = wearer.joint("thigh_l")[2]
        made = np.repeat(shade[..., None], 3, axis=-1)
        if name == "knit":
            rib = 0.94 + 0.06 * np.sin(x / 0.0035)
            made *= np.where(z < hip + 0.035, rib, 1.0)[..., None]
        if name == "shirt":
            made *= np.where(front, line(x - 0.016, 0.0016, 0.35) * line(x + 0.016, 0.0016, 0.35), 1.0)[
                ..., None
            ]
            k = np.round((z - neck + 0.05) / 0.088)
            button = np.hypot(x, z - (neck - 0.05 + k * 0.088))
            made *= np.where(front & (z < neck), 1 - 0.55 * np.exp(-((button / 0.0048) ** 4)), 1.0)[..., None]
            pocket = np.maximum(np.abs(x + 0.075) - 0.05, np.abs(z - (neck - 0.17)) - 0.06)
            made *= np.where(front, line(pocket, 0.0014, 0.3), 1.0)[..., None]
        if name == "jacket":
            made *= np.where(front, line(x, 0.004, 0.75), 1.0)[..., None]
            teeth = (np.abs(x) < 0.0045) & (np.sin(z / 0.0016) > 0) & front
            made = np.where(teeth[..., None], 0.62, made)
            for side in (-1, 1):
                seam = (z - hip - 0.15) - 1.3 * (side * x - 0.12)
                made *= np.where(front & (np.abs(side * x - 0.12) < 0.05), line(seam, 0.003, 0.5), 1.0)[
                    ..., None
                ]
            made *= np.where(np.abs(z - (neck - 0.16)) < 0.02, line(z - (neck - 0.16), 0.002, 0.25), 1.0)[
                ..., None
            ]
        if name in ("blazer", "coat"):
            deep = 0.20 if name == "blazer" else 0.10
            v = np.clip((z - (neck - deep)) / deep, 0, 1.4) * 0.075
            inside = front & (np.abs(x) < v) & (z < neck + 0.1)
            lapel = front & (np.abs(x) < v + 0.055 * np.clip((z - neck + deep) / deep, 0, 1)) & ~inside
            made = np.where(lapel[..., None], made * 0.88, made)
            edge = np.abs(np.abs(x) - v)
            made *= np.where(front & (z > neck - deep), line(edge, 0.0025, 0.45), 1.0)[..., None]
            made *= np.where(front & (z < neck - deep), line(x - 0.008, 0.0022, 0.6), 1.0)[..., None]
            for at in (0.02, 0.11, 0.20) if name == "coat" else (0.02, 0.12):
                button = np.hypot(x + 0.012, z - (neck - deep - at))
                made *= np.where(front, 1 - 0.6 * np.exp(-((button / 0.009) ** 6)), 1.0)[..., None]
            for side in (-1, 1):
                pocket = np.maximum(np.abs(side * x - 0.105) - 0.06, np.abs(z - hip - 0.075) - 0.016)
                made *= np.where(front, line(pocket, 0.0018, 0.4), 1.0)[..., None]
            made = np.where(inside[..., None], np.minimum(1.0, 1.28 * shade[..., None]), made)
        for side in "lr":
            wrist = wearer.joint(f"hand_{side}")
            arm = wrist - wearer.joint(f"lowerarm_{side}")
            t = (s.place - wrist) @ arm / (arm @ arm)
            on = s.bone[f"lowerarm_{side}"] > 0.3
            made *= np.where(on, line(t + 0.16, 0.008, 0.30), 1.0)[..., None]
        atlas.add(name, filled(made, s.there))


def trousers(atlas: Atlas, wearers: Mapping[str, Wearer]) -> None:
    wearer = wearers["m"]
    s = paint.surface(wearer, LOWER, *LOWER_SIZE)
    x, y, z = np.moveaxis(s.place, -1, 0)
    made = np.repeat(cloth(s, wearer, 900, base=0.80, weave_m=0.003, deep=1.2)[..., None], 3, axis=-1)
    hip = wearer.joint("thigh_l")[2]
    front = s.normal[..., 1] > 0.1
    fly = (np.abs(x) < 0.03) & front & (z > hip - 0.09)
    made *= np.where(fly, line(x - 0.004, 0.002, 0.5) * line(x - 0.028, 0.0012, 0.3), 1.0)[..., None]
    for side in (-1, 1):
        pocket = (z - hip - 0.02) - 1.6 * (side * x - 0.13)
        made *= np.where(front & (np.abs(side * x - 0.13) < 0.035), line(pocket, 0.002, 0.45), 1.0)[..., None]
        leg = s.bone["thigh_l" if side < 0 else "thigh_r"] + s.bone["calf_l" if side < 0 else "calf_r"]
        out = np.abs(s.normal[..., 0] * side - 0.97)
        made *= np.where((leg > 0.3) & (out < 0.06), line(out, 0.012, 0.25), 1.0)[..., None]
    made *= line(z - hip - 0.10, 0.0018, 0.4)[..., None]
    atlas.add("trousers", filled(made, s.there))


def others(atlas: Atlas, skin: Array, folder: Mapping[str, Array]) -> None:
    """Others' pictures, most of them without their colour."""
    atlas.add("skin", resized(skin, 640, 640))
    jeans = folder["jeans"]
    there = jeans.sum(axis=-1) > 0.15
    atlas.add("jeans", resized(filled(jeans, there, 8), 720, 720))
    light = grey(jeans)
    even = light - blurred(light[..., 0], 40.0)[..., None] + 0.62
    atlas.add("chino", resized(filled(np.clip(0.74 + 0.8 * (even - 0.62), 0.3, 1), there, 8), 560, 560))
    shirt = grey(folder["tshirt"])
    atlas.add("tshirt", resized(shirt, 420, 420))
    shoe = folder["shoes"]
    atlas.add("shoes", resized(np.clip(grey(shoe) * 1.25, 0, 1), 420, 420))
    strands = grey(folder["strands"])
    level = blurred(strands[..., 0], 30.0)[..., None]
    atlas.add("strands", np.clip(0.62 * (strands + 0.12) / (level + 0.12), 0, 1))
    eye = folder["eye"]
    h, w = eye.shape[:2]
    middle = eye[int(0.06 * h) : int(0.94 * h), int(0.02 * w) : int(0.90 * w)]
    brown = resized(middle, 128, 128)
    atlas.add("eye_brown", brown)
    yy, xx = np.mgrid[0:128, 0:128]
    ring = np.hypot(xx - 63.5, yy - 63.5)
    iris = np.clip((31 - ring) / 3, 0, 1)[..., None] * np.clip((ring - 12) / 3, 0, 1)[..., None]
    light_eye = grey(brown) * np.array([0.95, 1.25, 1.45]) * 1.9 + 0.06
    atlas.add("eye_blue", brown * (1 - iris) + np.clip(light_eye, 0, 0.8) * iris)
    plain = np.full((24, 24, 3), 0.85)
    atlas.add("plain", plain)
