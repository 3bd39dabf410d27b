"""The driver's pictures: face, hands, jeans and a knitted jumper whose folds lie where she bends (``make_driver.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from assets.scripts import driver_hairline as hairline
from assets.scripts import people_body as bodies
from assets.scripts import people_charts as charts
from assets.scripts import people_paint as paint
from assets.scripts.people_body import Array, Base
from assets.scripts.people_clothes import Wearer
from assets.scripts.people_hair import scalp
from assets.scripts.people_paint import HEAD, UPPER, Atlas, blurred, filled, noise

KNIT_SIZE = (1150, 854)
FACE_SIZE = (600, 1130)
HANDS_SIZE = (840, 400)
HANDS = (0.353, 0.003, 0.772, 0.203)
CHEST = (0.12, 0.60, 0.66, 0.965)
"""Parts of the skin's picture."""
HAIR = np.array([0.40, 0.325, 0.265])
STITCH_M = 0.0046
"""Width of a stitch."""


def layout(
    base: Base, pictures: Mapping[str, Array], races: Mapping[str, float]
) -> tuple[Atlas, tuple[int, int]]:
    """The atlas with everything but the jumper, whose place is kept."""
    points = bodies.shaped(
        base, female=1.0, old=0.0, weight=0.5, muscle=0.5, races=races, details={}, height_m=1.7
    )
    woman = Wearer(base, points, bodies.joints(base, points))
    atlas = Atlas(1780)
    skin = pictures["young_lightskinned_male_diffuse"][..., :3]
    print("skin", skin.shape)
    face = charts.resized(charts.cropped(skin, HEAD), *FACE_SIZE)
    s = paint.surface(woman, HEAD, *FACE_SIZE)
    made = calmer(charts._face(face, s, woman, "face_f"), s, woman)
    made = filled(brown_haired(made, s, woman), s.there, 6)
    eye = 0.5 * (woman.joint("eye_l") + woman.joint("eye_r"))
    low = s.there & (s.place[..., 2] < eye[2] - 0.105)
    neck = made[low].mean(axis=0)
    # triangles that reach over a seam of the picture find skin there
    near = blurred(s.there.astype(float), 6.0) > 0.02
    made[~near] = neck
    atlas.add("face_f", made)
    hands = charts.resized(charts.cropped(skin, HANDS), *HANDS_SIZE)
    # a woman's: smoother and a little paler
    atlas.add("skin", np.clip(0.35 * hands + 0.65 * blurred(hands, 1.6), 0, 1) ** 0.94)
    chest = charts.resized(charts.cropped(skin, CHEST), 360, 240)
    # the neck's middle lies in this part: there it goes over into the head's
    middle = (
        chest[int(0.25 * 240) : int(0.42 * 240), int(0.44 * 360) : int(0.56 * 360)]
        .reshape(-1, 3)
        .mean(axis=0)
    )
    print("neck", neck, middle)
    atlas.add("chest", np.clip(chest * neck / middle, 0, 1))
    jeans = pictures["jeans_basic_diffuse"][..., :3]
    atlas.add("jeans", charts.resized(filled(jeans, jeans.sum(axis=-1) > 0.15, 8), 480, 480))
    eye = Atlas(64)
    eye_chart(eye, pictures["brown_eye"][..., :3])
    for name, picture in eye.pictures.items():
        atlas.add(name, picture)
    atlas.add("shoes", np.full((24, 24, 3), 0.8))
    atlas.add("mouth", np.full((24, 24, 3), 1.0) * (0.20, 0.11, 0.10))
    atlas.add("web", np.full((24, 24, 3), 0.20))
    atlas.add("knit", np.full((KNIT_SIZE[1], KNIT_SIZE[0], 3), 0.8))
    whole = atlas.packed()
    return atlas, (whole.shape[1], whole.shape[0])


def brown_haired(face: Array, s: paint.Surface, wearer: Wearer) -> Array:
    """The scalp in her hair's colour, so that no gap shows skin; it fades into fine hairs before the hairline."""
    grows = scalp(s.place, wearer)
    fuzz = np.clip(grows + 0.28 * noise(s.place, 0.006, 9, 2) * (grows > 0.02) * (grows < 0.98), 0, 1)
    lines = charts._strands(s, wearer)
    cut = np.clip((fuzz - 0.35) / 0.4, 0, 1)[..., None]
    # skin in place of the people's grey strands
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    x, y, z = np.moveaxis(s.place - eye, -1, 0)
    beside = s.there & (cut[..., 0] < 0.02) & (np.abs(z) < 0.03) & (y < -0.04) & (y > -0.11)
    made = face + (np.median(face[beside], axis=0) - (0.60 + 0.20 * lines)[..., None]) * cut
    # no rim between what was there and what is put there
    seam = blurred(np.where(s.there, cut[..., 0], 0.0), 4.0)[..., None] > 0.01
    made = np.where(seam, blurred(filled(made, s.there, 6), 4.0), made)
    far = hairline.inside(s.place, wearer)
    soft = np.clip((far + 0.015) / 0.020, 0, 1)
    soft = soft * soft * (3 - 2 * soft)
    fine = np.clip(
        soft + (0.30 * lines + 0.12 * noise(s.place, 0.004, 9, 2)) * np.clip(3 * soft * (1 - soft), 0, 1),
        0,
        1,
    )
    fine = blurred(np.where(s.there, fine, 0.0), 0.6)[..., None]
    return made * (1 - fine) + (0.78 + 0.10 * lines)[..., None] * HAIR * fine


def calmer(face: Array, s: paint.Surface, wearer: Wearer) -> Array:
    """Evener skin than the picture's young man's, without his shadow of a beard; brows that are arched."""
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    apart = abs(wearer.joint("eye_l")[0])
    x, y, z = np.moveaxis(s.place - eye, -1, 0)
    x = np.abs(x)
    # the people's brows off
    was = charts._brow(x, y, z, apart, thick=0.0030)
    was = np.clip(0.50 * was * (0.75 + 0.25 * noise(s.place * [3.0, 1.0, 1.0], 0.004, 5, 2)), 0, 0.85)[
        ..., None
    ]
    made = np.clip((face - np.array([0.20, 0.14, 0.11]) * was) / (1 - was), 0, 1)
    mouth = np.exp(-((x / 0.031) ** 4) - ((z + 0.066) / 0.019) ** 4)
    eyes = np.exp(-(((x - apart) / 0.019) ** 4) - (z / 0.011) ** 4)
    free = (1 - np.maximum(mouth, eyes)) * (y > -0.12)
    # one tone, as bright as it is
    grey = made.mean(axis=-1, keepdims=True)
    cheek = (np.abs(z + 0.025) < 0.02) & (x > 0.02) & (x < 0.05) & (y > -0.03)
    tone = made[cheek].mean(axis=0)
    made = made + (grey * tone / tone.mean() - made) * (0.38 * free)[..., None]
    low = np.clip((-0.012 - z) / 0.02, 0, 1) * free
    even = blurred(made, 9.0)
    bright = grey[cheek].mean()
    made = made + (even - made) * (0.50 * low)[..., None]
    # a beard's shadow is darker than the cheek
    dark = np.clip(bright - blurred(made.mean(axis=-1), 9.0), 0, 0.2) * np.clip((-0.03 - z) / 0.02, 0, 1)
    made = made * (1 + 0.55 * dark * free)[..., None]
    arch = 0.0190 + 0.0050 * np.clip((x - 0.014) / 0.022, 0, 1) - 0.0075 * np.clip((x - 0.037) / 0.017, 0, 1)
    taper = np.clip((x - 0.010) / 0.007, 0, 1) * np.clip((0.054 - x) / 0.018, 0, 1)
    brow = (
        taper
        * np.exp(-(((z - arch) / (0.0034 - 0.0012 * np.clip((x - 0.03) / 0.02, 0, 1))) ** 2))
        * (y > -0.03)
    )
    hairs = 0.80 + 0.14 * noise(s.place * [1.5, 1.0, 1.0], 0.0022, 15, 2)
    amount = np.clip(0.62 * brow * hairs, 0, 0.8)[..., None]
    blush = np.exp(-(((x - 0.040) / 0.017) ** 2) - ((z + 0.034) / 0.014) ** 2) * (y > -0.06)
    made = made * (1 - blush[..., None] * (0.00, 0.055, 0.045))
    return made * (1 - amount) + np.array([0.235, 0.17, 0.135]) * amount


def eye_chart(atlas: Atlas, eye: Array) -> None:
    h, w = eye.shape[:2]
    middle = eye[int(0.06 * h) : int(0.94 * h), int(0.02 * w) : int(0.90 * w)]
    brown = charts.resized(middle, 128, 128)
    yy, xx = np.mgrid[0:128, 0:128]
    ring = np.hypot(xx - 63.5, yy - 63.5)
    iris = np.clip((31 - ring) / 3, 0, 1)[..., None] * np.clip((ring - 12) / 3, 0, 1)[..., None]
    light = paint.grey(brown)
    light = light * np.array([0.95, 1.25, 1.45]) * 1.9 + 0.06
    atlas.add("eye_blue", brown * (1 - iris) + np.clip(light, 0, 0.8) * iris)


def creases(place: Array, wearer: Wearer) -> Array:
    """Height of the folds in the jumper as she sits, about 0 to 1: at elbows, armpits, waist and shoulders."""
    total = np.zeros(place.shape[:-1])

    def near(at: Array, reach: float) -> Array:
        return np.exp(-np.sum((place - at) ** 2, axis=-1) / (2 * reach**2))

    seed = 500
    for side, sign in (("l", -1.0), ("r", 1.0)):
        shoulder, elbow, wrist = (wearer.joint(f"{n}_{side}") for n in ("upperarm", "lowerarm", "hand"))
        upper, lower = elbow - shoulder, wrist - elbow
        upper, lower = upper / np.linalg.norm(upper), lower / np.linalg.norm(lower)
        inner = lower - upper
        inner /= np.linalg.norm(inner)
        # the crook of the arm folds across it, the armpit towards the chest
        seed += 20
        bent = (upper + lower) / np.linalg.norm(upper + lower)
        total += 0.95 * near(elbow + 0.03 * inner, 0.055) * paint.bundle(place, bent, 0.034, seed)
        total += 0.55 * near(elbow - 0.10 * upper, 0.06) * paint.bundle(place, upper, 0.055, seed + 3)
        total += 0.55 * near(elbow + 0.12 * lower, 0.06) * paint.bundle(place, lower, 0.050, seed + 6)
        total += 0.80 * near(wrist - 0.045 * lower, 0.030) * paint.bundle(place, lower, 0.020, seed + 8)
        arm_pit = shoulder + np.array([-sign * 0.035, 0.03, -0.07])
        slant = np.array([sign * 0.75, -0.2, -0.6])
        total += (
            0.85 * near(arm_pit, 0.065) * paint.bundle(place, slant / np.linalg.norm(slant), 0.042, seed + 9)
        )
        side_of = wearer.joint("spine2") + np.array([sign * 0.11, 0.06, 0.02])
        total += (
            0.65
            * near(side_of, 0.09)
            * paint.bundle(place, np.array([sign * 0.35, 0.25, 0.9]), 0.055, seed + 12)
        )
    waist = np.exp(-(((place[..., 2] - wearer.joint("spine1")[2] - 0.02) / 0.075) ** 2))
    total += 0.75 * waist * paint.bundle(place, np.array([0.1, 0.25, 1.0]), 0.052, 570)
    return total + 0.25 * np.clip(0.5 + 0.5 * noise(place, 0.30, 580, 2), 0, 1)


def folded(points: Array, wearer: Wearer, used: Array) -> Array:
    """The jumper's points lifted by its folds."""
    out = wearer.normals[used]
    return points + out * (0.0085 * creases(points, wearer))[:, None]


def stitches(height: int, width: int, across_px: float, up_px: float) -> tuple[Array, Array]:
    """Stocking stitch in a picture: height 0 to 1, and how dark it is between the stitches."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    column = x / across_px
    u = column - np.floor(column)
    leg = np.abs(u - 0.5) * 2.0  # 0 in the middle of a stitch, 1 between two
    v = (y / up_px + 0.55 * leg) % 1.0
    form = (
        np.sin(np.pi * np.clip(v, 0, 1)) ** 0.7
        * (1.0 - leg**3 * 0.85)
        * (0.55 + 0.45 * np.clip(leg * 3, 0, 1))
    )
    return form, 1.0 - 0.24 * (1.0 - form)


def knit(wearer: Wearer) -> tuple[Array, Array]:
    """Colour (grey) and relief of the jumper."""
    width, height = KNIT_SIZE
    s = paint.surface(wearer, UPPER, width, height)
    per_px = np.linalg.norm(np.gradient(s.place, axis=1), axis=-1)
    size = float(np.median(per_px[s.there & (per_px < 0.004)]))
    print("knit", size * 1000, "mm a pixel")
    fold = creases(s.place, wearer)
    fold = np.where(s.there, fold, 0.0)
    form, dark = stitches(height, width, STITCH_M / size, STITCH_M * 0.8 / size)
    form = np.where(s.there, form, 0.5)
    hollow = fold - blurred(fold, 9.0)
    shade = np.clip(1.0 + 0.85 * hollow, 0.52, 1.30)
    mottled = 1.0 + 0.035 * noise(s.place, 0.02, 77, 3) + 0.03 * noise(s.place, 0.15, 78, 2)
    grey = 0.86 * shade * mottled * dark
    picture = filled(np.repeat(grey[..., None], 3, axis=-1), s.there, 8)
    relief = 0.0075 * fold + 0.0008 * form
    dx = np.gradient(relief, axis=1) / size
    dy = -np.gradient(relief, axis=0) / size
    bump = np.stack([-dx, -dy], axis=-1)
    bump /= np.sqrt(1.0 + np.sum(bump**2, axis=-1, keepdims=True))
    bump = np.where(s.there[..., None], bump, 0.0)
    return picture, bump


def save(atlas: Atlas, wearer: Wearer, folder: Path) -> None:
    """Colours, and normals with a roughness."""
    picture, bump = knit(wearer)
    atlas.add("knit", picture)
    whole = atlas.packed()
    relief = Atlas(atlas.width)
    rough = {
        "knit": 1.0,
        "jeans": 0.95,
        "face_f": 0.60,
        "skin": 0.62,
        "chest": 0.62,
        "web": 0.7,
        "mouth": 0.6,
        "shoes": 0.5,
        "eye_blue": 0.12,
    }
    rng = np.random.default_rng(3)
    for name, chart in atlas.pictures.items():
        flat = np.full(chart.shape, 0.5, dtype=np.float32)
        flat[..., 2] = rough[name]
        if name == "knit":
            flat[..., :2] = 0.5 + 0.5 * bump
        if name in ("face_f", "skin", "chest"):
            pores = blurred(rng.normal(0, 1, (*chart.shape[:2], 2)), 1.0)
            flat[..., :2] += 0.05 * pores
        relief.add(name, flat)
    low = relief.packed()
    for name, values in (("driver", whole), ("driver_n", low)):
        image = Image.fromarray((np.clip(values, 0, 1) * 255 + 0.5).astype(np.uint8))
        if name == "driver_n":
            # half as fine: it is loaded faster, and the stitches are in the colours too
            image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
        image.save(folder / f"{name}.jpg", quality=88, optimize=True)
