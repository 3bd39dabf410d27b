"""Who the people are, and how each of them is dressed (see ``make_people.py``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from assets.scripts import people_body as bodies
from assets.scripts import people_clothes as clothes
from assets.scripts import people_hair as hair
from assets.scripts.people_clothes import Fitted, Part, Wearer
from assets.scripts.people_paint import HEAD, LOWER, UPPER


@dataclass(frozen=True)
class Look:
    """One person."""

    name: str
    female: float
    race: Mapping[str, float]
    height_m: float
    top: str
    bottom: str
    hair: str
    old: float = 0.0
    weight: float = 0.5
    muscle: float = 0.5
    eyes: str = "eye_brown"
    details: Mapping[str, float] = field(default_factory=dict)


CALM = {"mouth/mouth-angles-up": 0.35}
"""The base mesh looks a little sour by itself."""

PEOPLE = (
    Look(
        "anna",
        1.0,
        {"caucasian": 1.0},
        1.68,
        "knit",
        "jeans",
        "long:female02:10:2",
        eyes="eye_blue",
        details={"head/head-oval": 0.5, "nose/nose-scale-horiz-decr": 0.4},
    ),
    Look(
        "joy",
        1.0,
        {"african": 1.0},
        1.66,
        "blazer",
        "trousers",
        "bun",
        weight=0.6,
        details={"head/head-round": 0.4},
    ),
    Look("mei", 1.0, {"asian": 1.0}, 1.61, "coat", "trousers", "long:female03:13:2", weight=0.45),
    Look(
        "ruth",
        1.0,
        {"caucasian": 1.0},
        1.62,
        "knit",
        "skirt",
        "bun",
        old=0.85,
        weight=0.65,
        details={"head/head-round": 0.5, "head/head-fat-incr": 0.3},
    ),
    Look(
        "nora",
        0.95,
        {"caucasian": 0.5, "african": 0.5},
        1.70,
        "tshirt",
        "jeans",
        "long:female01:11:5",
        details={"head/head-diamond": 0.4, "mouth/mouth-scale-horiz-incr": 0.3},
    ),
    Look(
        "tom",
        0.0,
        {"caucasian": 1.0},
        1.80,
        "tshirt",
        "jeans",
        "short",
        eyes="eye_blue",
        details={"head/head-oval": 0.4},
    ),
    Look(
        "sam",
        0.0,
        {"african": 1.0},
        1.78,
        "shirt",
        "chino",
        "short:0.004",
        muscle=0.6,
        details={"head/head-rectangular": 0.4},
    ),
    Look("ken", 0.0, {"asian": 1.0}, 1.73, "jacket", "jeans", "short:0.014", weight=0.45),
    Look(
        "otto",
        0.0,
        {"caucasian": 1.0},
        1.75,
        "jacket",
        "trousers",
        "short:0.007:0.55",
        old=0.9,
        weight=0.62,
        details={"nose/nose-scale-vert-incr": 0.3, "head/head-fat-incr": 0.3},
    ),
    Look(
        "max",
        0.05,
        {"caucasian": 0.7, "asian": 0.3},
        1.83,
        "blazer",
        "trousers",
        "short:0.012",
        weight=0.6,
        details={"head/head-square": 0.4, "nose/nose-hump-incr": 0.5},
    ),
)


def figure(look: Look, base: bodies.Base) -> np.ndarray:
    """The body alone, as it stands: its points, m."""
    return bodies.shaped(
        base,
        female=look.female,
        old=look.old,
        weight=look.weight,
        muscle=look.muscle,
        races=dict(look.race),
        details={**CALM, **look.details},
        height_m=look.height_m,
    )


def dressed(
    look: Look,
    base: bodies.Base,
    wardrobe: Mapping[str, Fitted],
    reallusion: Path,
    place: Callable[[str, np.ndarray], np.ndarray],
) -> tuple[list[Part], Wearer]:
    points = figure(look, base)
    joints = bodies.joints(base, points)
    points = bodies.curled(base, points, 1.0)
    wearer = Wearer(base, points, joints)
    below = bottom(look, wearer, wardrobe)
    above = top(look, wearer, wardrobe)
    for part in below:
        near = above.points[:, 2] < wearer.joint("spine2")[2]
        near &= (
            above.weights[:, [bodies.INDEX[f"{n}_{s}"] for n in ("lowerarm", "hand") for s in "lr"]].sum(1)
            < 0.1
        )
        moved = above.points.copy()
        moved[near] = hair.outside(above.points[near], part, 0.006, 0.04)
        above = replace(above, points=moved)
    worn = [
        *below,
        above,
        clothes.put_on(wardrobe["shoes"], wearer, "shoes", "shoes", margin=0.003),
    ]
    hidden = wearer.hidden(worn)
    face = "face_o" if look.old > 0.6 else "face_f" if look.female > 0.5 else "face_m"
    skin = wearer.skin(hidden, HEAD, place, face)
    style, *rest = look.hair.split(":")
    more = []
    if style == "short":
        length, recede = float(rest[0]) if rest else 0.011, float(rest[1]) if len(rest) > 1 else 0.0
        skin = hair.cropped(skin, wearer, length, 3, recede)
    elif style == "bun":
        skin = hair.cropped(skin, wearer, 0.009, 4)
        more = [bun(wearer)]
    else:
        skin = hair.cropped(skin, wearer, 0.003, 5)
        more = [hair.long_hair(reallusion, *rest, wearer)]
    others = [in_chart(part) for part in (*more, *eyes(look, wearer), *worn)]
    return [skin, *(replace(p, chart="", uvs=place(p.chart, p.uvs)) for p in others)], wearer


def bun(wearer: Wearer) -> Part:
    """A knot of hair at the back of the head."""
    eye = wearer.joint("eye_l")
    n, m = 14, 9
    a, b = np.meshgrid(np.linspace(0, 2 * np.pi, n + 1), np.linspace(-np.pi / 2, np.pi / 2, m))
    wave = 1.0 + 0.05 * np.sin(3 * a + 4 * b)
    points = np.stack(
        [0.040 * np.cos(b) * np.cos(a) * wave, 0.034 * np.sin(b), 0.036 * np.cos(b) * np.sin(a) * wave], -1
    )
    points = points.reshape(-1, 3) + [0.0, eye[1] - 0.205, eye[2] + 0.012]
    grid = (np.arange(m - 1)[:, None] * (n + 1) + np.arange(n)[None, :]).reshape(-1, 1)
    faces = np.concatenate([grid + [0, 1, n + 2], grid + [0, n + 2, n + 1]])
    uv = np.stack([a / 3.0 % 1.0, 0.4 + 0.5 * (b / np.pi)], -1).reshape(-1, 2)
    weights = np.zeros((len(points), len(bodies.NAMES)))
    weights[:, bodies.INDEX["head"]] = 1.0
    return Part(
        "hair", "strands", points, faces, np.clip(uv, 0, 1)[faces], weights, np.full(len(points), 0.9)
    )


def eyes(look: Look, wearer: Wearer) -> list[Part]:
    made = []
    for side in "lr":
        quads, _ = wearer.base.faces[f"helper-{side}-eye"]
        faces = bodies.triangles(quads)
        used, at = np.unique(faces, return_inverse=True)
        points = wearer.points[used]
        centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
        size = np.ptp(points[:, 0])
        uv = 0.5 + (points[:, [0, 2]] - centre[[0, 2]]) / (size * 1.06)
        three = at.reshape(-1, 3)
        front = points[three].mean(axis=1)[:, 1] > centre[1] - 0.1 * size
        weights = np.zeros((len(points), len(bodies.NAMES)))
        weights[:, bodies.INDEX[f"eye_{side}"]] = 1.0
        made.append(
            Part(
                "eye", look.eyes, points, three[front], uv[three[front]], weights, np.full(len(points), 0.86)
            )
        )
    return made


def top(look: Look, wearer: Wearer, wardrobe: Mapping[str, Fitted]) -> Part:
    if look.top == "tshirt":
        return clothes.put_on(wardrobe["tshirt"], wearer, "top", "tshirt", margin=0.010, smooth=3)
    arm = {s: wearer.along(f"lowerarm_{s}", f"hand_{s}") for s in "lr"}
    on_arm = {s: wearer.weight(f"lowerarm_{s}", f"hand_{s}") > 0.5 for s in "lr"}
    neck = wearer.joint("neck")
    hip = wearer.joint("thigh_l")[2]
    low = {
        "coat": hip - 0.02,
        "knit": hip + 0.01,
        "shirt": hip + 0.0,
        "jacket": hip + 0.02,
        "blazer": hip - 0.03,
    }
    collar = {"coat": 0.030, "knit": -0.012, "shirt": 0.030, "jacket": 0.034, "blazer": 0.028}[look.top]
    on_head = wearer.weight("head", "jaw", "lid_l", "lid_r", "eye_l", "eye_r") > 0.25

    def worn(points: np.ndarray) -> np.ndarray:
        arms = wearer.arms() > 0.5
        # the neckline dips in front
        rise = points[:, 2] + 0.45 * (points[:, 1] - neck[1])
        bare = (rise > neck[2] + collar) & (np.hypot(points[:, 0], 0.8 * (points[:, 1] - neck[1])) < 0.079)
        trunk = (points[:, 2] > low[look.top]) & ~bare & ~on_head & ~arms
        sleeve = arms & ~(on_arm["l"] & (arm["l"] > 0.97)) & ~(on_arm["r"] & (arm["r"] > 0.97))
        return trunk | sleeve

    loose = {"coat": 0.020, "knit": 0.011, "shirt": 0.010, "jacket": 0.020, "blazer": 0.017}[look.top]
    lift = np.full(len(wearer.points), loose)
    near_neck = np.clip((wearer.points[:, 2] - neck[2] + 0.08) / 0.08, 0, 1) * (wearer.arms() < 0.3)
    # over what is worn below
    lift = lift + 0.014 * np.clip((hip + 0.14 - wearer.points[:, 2]) / 0.06, 0, 1) * (wearer.arms() < 0.3)
    lift = lift * (1 - (0.45 if look.top == "knit" else 0.2) * near_neck)

    def form(points: np.ndarray, used: np.ndarray) -> np.ndarray:
        # cloth hangs straight from chest and hips: the waist is filled up
        trunk = wearer.arms()[used] < 0.3
        middle = wearer.joint("spine2")
        moved = points.copy()
        for k in np.flatnonzero(trunk & (points[:, 2] < wearer.joint("spine3")[2] + 0.10)):
            flat = points[k, :2] - middle[:2]
            moved[k, :2] = middle[:2] + flat * (1 + {"knit": 0.02, "shirt": 0.05}.get(look.top, 0.06))
        return moved

    made = wearer.garment("top", look.top, worn, lift, smooth=14, margin=0.5 * loose, form=form)
    return (
        made
        if look.top == "knit"
        else clothes.collared(made, wearer, 0.034 if look.top == "shirt" else 0.045)
    )


def bottom(look: Look, wearer: Wearer, wardrobe: Mapping[str, Fitted]) -> list[Part]:
    if look.bottom in ("jeans", "chino"):
        return [clothes.put_on(wardrobe["jeans"], wearer, "bottom", look.bottom, margin=0.006, smooth=3)]
    hip = wearer.joint("thigh_l")[2]
    ankle = wearer.joint("foot_l")[2]
    arms = wearer.arms() > 0.3
    if look.bottom == "skirt":
        return [skirt(wearer)]

    def worn(points: np.ndarray) -> np.ndarray:
        return (points[:, 2] < hip + 0.12) & (points[:, 2] > ankle - 0.01) & ~arms

    def form(points: np.ndarray, used: np.ndarray) -> np.ndarray:
        moved = points.copy()
        for side in "lr":
            a, b = wearer.joint(f"calf_{side}"), wearer.joint(f"foot_{side}")
            top_ = wearer.joint(f"thigh_{side}")
            mine = (points[:, 0] < 0) == (side == "l")
            z = points[:, 2]
            low = mine & (z < hip - 0.12)
            t = np.clip((z - b[2]) / (a[2] - b[2]), 0, 1)[:, None]
            t2 = np.clip((z - a[2]) / (top_[2] - a[2]), 0, 1)[:, None]
            axis = np.where(z[:, None] < a[2], b + t * (a - b), a + t2 * (top_ - a))
            flat = points[:, :2] - axis[:, :2]
            r = np.linalg.norm(flat, axis=1, keepdims=True)
            least = np.interp(z, (b[2], a[2], hip - 0.1), (0.078, 0.076, 0.07))[:, None]
            wider = np.maximum(r, 0.35 * r + 0.65 * least + 0.0) / np.maximum(r, 1e-6)
            shift = np.where(z[:, None] < a[2], -0.018 * (1 - t), 0.0)
            moved[low, :2] = (axis[:, :2] + flat * wider)[low]
            moved[low, 1] += shift[low, 0]
        return moved

    return [wearer.garment("bottom", "trousers", worn, 0.010, smooth=12, margin=0.005, form=form)]


def skirt(wearer: Wearer) -> Part:
    """To below the knee, from the base mesh's own skirt."""
    quads, _ = wearer.base.faces["helper-skirt"]
    faces = bodies.triangles(quads)
    used, at = np.unique(faces, return_inverse=True)
    three = at.reshape(-1, 3)
    points = wearer.points[used].copy()
    knee = wearer.joint("calf_l")[2]
    keep = points[three][:, :, 2].min(axis=1) > knee - 0.14
    keep &= points[three][:, :, 2].max(axis=1) < wearer.joint("thigh_l")[2] + 0.14
    three = three[keep]
    use2, at2 = np.unique(three, return_inverse=True)
    points, used, three = points[use2], used[use2], at2.reshape(-1, 3)
    centre = points.mean(axis=0)
    around = np.arctan2(points[:, 0] - centre[0], points[:, 1] - centre[1])
    u = 0.5 + around / (2 * np.pi)
    v = (points[:, 2] - points[:, 2].min()) / np.ptp(points[:, 2])
    uv = np.stack([u, v], axis=1)[three]
    wrap = np.ptp(uv[..., 0], axis=1) > 0.5
    uv[wrap, :, 0] = np.where(uv[wrap, :, 0] < 0.5, 1.0, uv[wrap, :, 0])
    fold = 1.0 + 0.020 * np.sin(around * 11 + 2 * np.sin(around * 3)) * (1 - v)
    points[:, :2] = centre[:2] + (points[:, :2] - centre[:2]) * fold[:, None] * 0.96
    points = hair.outside(points, wearer, 0.009)
    weights = wearer.base.weights[used].copy()
    shade = 0.86 + 0.14 * np.cos(around * 11 + 2 * np.sin(around * 3)) * (1 - v)
    return Part("bottom", "plain", points, three, uv * 0.8 + 0.1, weights, shade)


def in_chart(part: Part) -> Part:
    """Garments made from the body's surface show a part of its picture."""
    if part.chart in ("knit", "shirt", "jacket", "blazer", "coat"):
        u0, v0, u1, v1 = UPPER
    elif part.chart == "trousers":
        u0, v0, u1, v1 = LOWER
    else:
        return part
    return replace(part, uvs=(part.uvs - [u0, v0]) / [u1 - u0, v1 - v0])
