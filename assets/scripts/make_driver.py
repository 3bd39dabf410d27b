"""Makes the woman at the wheel of the road's own car, whom the patient sees from the passenger's seat.

    python assets/scripts/make_driver.py MAKEHUMAN MORSE

The sources are those of ``make_people.py``, whose helpers this uses; she is ``anna`` of the people. Unlike them she is
stored as she sits: back against the seat, hands closed round the rim, the jumper, the belt and the hair laid on that
posed body. Wants bpy, numpy and pillow. Result: ``models/driver.npz``, ``textures/road/driver*``, the car's frame.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(Path(__file__).resolve().parent)]

import car_body as car  # noqa: E402

from assets.scripts import driver_hair as hair  # noqa: E402
from assets.scripts import driver_paint as paint  # noqa: E402
from assets.scripts import driver_pose as pose  # noqa: E402
from assets.scripts import driver_strands as strands  # noqa: E402
from assets.scripts import make_people as people  # noqa: E402
from assets.scripts import people_body as bodies  # noqa: E402
from assets.scripts import people_clothes as clothes  # noqa: E402
from assets.scripts import people_looks as looks  # noqa: E402
from assets.scripts.people_clothes import Part, Wearer  # noqa: E402
from assets.scripts.people_hair import cropped, outside  # noqa: E402
from assets.scripts.people_paint import HEAD  # noqa: E402
from assets.scripts.people_store import rows, shadowed, thinned  # noqa: E402
from scenes.kit import stored  # noqa: E402
from scenes.road import cabin, seats  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge  # noqa: E402

FIGURE = "anna"
FRIENDLY = {"expression/units/caucasian/mouth-corner-puller": 0.30, "mouth/mouth-angles-up": 0.45}
TRIANGLES = {"skin": 5400, "eye": 120, "top": 3600, "bottom": 560, "shoes": 100}
TINTS = {
    "skin": (0.97, 0.93, 0.90),
    "top": (0.185, 0.245, 0.265),
    "bottom": (0.42, 0.45, 0.52),
    "shoes": (0.05, 0.045, 0.04),
    "eye": (1.0, 1.0, 1.0),
    "hair": (1.0, 1.0, 1.0),
}
"""Linear; what multiplies the pictures."""


def sat_on() -> Mesh:
    """Her seat, where it stands when she drives."""
    meshes, _ = stored.load("models/own_car.npz")
    seat, _ = seats.seat_and_rest(meshes["cloth"])
    return seat.moved(y=seats.SEAT_AHEAD_M)


def jumper(wearer: Wearer, upright: Wearer) -> tuple[Part, np.ndarray]:
    """Made on the posed body; where it is worn is told by the upright one."""
    neck = upright.joint("neck")
    hip = upright.joint("thigh_l")[2]
    p = upright.points
    arms = upright.arms() > 0.5
    on_head = upright.weight("head", "jaw", "lid_l", "lid_r", "eye_l", "eye_r") > 0.25
    rise = p[:, 2] + 0.42 * (p[:, 1] - neck[1])
    bare = (rise > neck[2] - 0.004) & (np.hypot(p[:, 0], 0.8 * (p[:, 1] - neck[1])) < 0.085)
    sleeve = arms.copy()
    for side in "lr":
        on = upright.weight(f"lowerarm_{side}", f"hand_{side}") > 0.5
        sleeve &= ~(on & (upright.along(f"lowerarm_{side}", f"hand_{side}") > 0.955))
    mask = ((p[:, 2] > hip - 0.01) & ~bare & ~on_head & ~arms) | sleeve
    lift = np.full(len(p), 0.0105)
    lift += 0.004 * np.clip((hip + 0.16 - p[:, 2]) / 0.08, 0, 1) * (upright.arms() < 0.3)
    for side in "lr":
        # fuller at the elbow and above the cuff
        t = upright.along(f"lowerarm_{side}", f"hand_{side}")
        on = upright.weight(f"lowerarm_{side}") > 0.4
        lift += on * (0.006 * np.exp(-(((t - 0.72) / 0.16) ** 2)) - 0.004 * np.clip((t - 0.88) / 0.05, 0, 1))
    near_neck = np.clip((p[:, 2] - neck[2] + 0.08) / 0.08, 0, 1) * (upright.arms() < 0.3)
    lift *= 1 - 0.35 * near_neck

    def form(points: np.ndarray, used: np.ndarray) -> np.ndarray:
        return paint.folded(points, wearer, used)

    made = wearer.garment("top", "knit", lambda _: mask, lift, smooth=9, margin=0.006, form=form, hem_m=0.010)
    # whatever lies under it is left out, but for a hand's breadth at its rims
    covered = mask.copy()
    a, b = clothes.neighbours(len(covered), wearer.faces)
    for _ in range(2):
        near = np.zeros(len(covered), dtype=bool)
        np.logical_or.at(near, a, ~covered[b])
        covered &= ~near
    return made, covered


def body(base: bodies.Base, wardrobe: dict, place) -> tuple[list[Part], Wearer, np.ndarray, np.ndarray]:
    look = next(one for one in looks.PEOPLE if one.name == FIGURE)
    look = replace(look, height_m=1.68, details={**look.details, **FRIENDLY})
    points = looks.figure(look, base)
    joints = bodies.joints(base, points)
    sitting, matrices, places, held = pose.seated(base, points, joints, sat_on())
    upright = Wearer(base, held, joints)
    wearer = Wearer(base, sitting, places)
    top, covered = jumper(wearer, upright)
    worn = [
        clothes.put_on(wardrobe["jeans"], upright, "bottom", "jeans", margin=0.006, smooth=3),
        clothes.put_on(wardrobe["shoes"], upright, "shoes", "shoes", margin=0.003),
    ]
    worn = [replace(part, points=pose.bent(matrices, part.weights, part.points)) for part in worn]
    near = top.points[:, 2] < places[bodies.INDEX["spine2"]][2]
    near &= (
        top.weights[:, [bodies.INDEX[f"{n}_{s}"] for n in ("lowerarm", "hand") for s in "lr"]].sum(1) < 0.1
    )
    moved = top.points.copy()
    moved[near] = outside(top.points[near], worn[0], 0.006, 0.04)
    top = replace(top, points=moved)
    legs = upright.points[:, 2] < upright.joint("thigh_l")[2] + 0.02
    legs &= upright.arms() < 0.3
    skin = wearer.skin(covered | legs, HEAD, place, "face_f")
    # the scalp is even under the hair
    turned = upright.skin(covered | legs, HEAD, place, "face_f")
    grown = cropped(turned, upright, 0.0006, 5)
    skin = replace(skin, points=pose.bent(matrices, grown.weights, grown.points), hairy=grown.hairy)
    eyes = [
        replace(part, points=pose.bent(matrices, part.weights, part.points))
        for part in looks.eyes(look, upright)
    ]
    others = [looks.in_chart(part) for part in (*eyes, top, *worn)]
    parts = [skin, *(replace(p, chart="", uvs=place(p.chart, p.uvs)) for p in others)]
    return parts, wearer, places, matrices


def belt(parts: list[Part], place) -> Part:
    """Over shoulder and lap, pressed on what she wears."""
    worn = [part for part in parts if part.kind in ("top", "bottom")]
    meshes = [Mesh(p.points, clothes.normals(p.points, p.faces), p.faces) for p in worn]
    arm = [bodies.INDEX[f"{n}_{s}"] for n in ("upperarm", "lowerarm", "hand") for s in "lr"]
    off = [part.weights[:, arm].sum(axis=1) < 0.35 for part in worn]
    lying = merge(
        [
            Mesh(m.positions, m.normals, m.triangles[keep[m.triangles].all(axis=1)])
            for m, keep in zip(meshes, off, strict=True)
        ]
    )
    strap = car.strapped(lying, -cabin.SEAT_X, seats.SEAT_AHEAD_M)
    source = np.concatenate([p.points for p in worn])
    weights = np.concatenate([p.weights for p in worn])
    gap = np.linalg.norm(strap.positions[:, None] - source[None], axis=2)
    on = weights[gap.argmin(axis=1)].copy()
    on[:, arm] = 0.0
    still = (strap.positions[:, 2] < 0.80) | (gap.min(axis=1) > 0.05) | (on.sum(axis=1) < 0.1)
    on[still] = 0.0
    on[still, bodies.INDEX["pelvis"]] = 1.0
    on /= on.sum(axis=1, keepdims=True)
    uv = np.full((len(strap.triangles), 3, 2), 0.5)
    return Part(
        "eye",
        "",
        strap.positions.astype(float),
        strap.triangles.astype(int),
        place("web", uv),
        on,
        np.ones(len(on)),
    )


RAYS = 72


def in_the_car(own: list[Part]) -> Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """What tells the light at places in the car, and how open they are: the sky's through the panes as far as roof,
    seat, dashboard and she herself let it, measured by what is baked on the backrests."""
    from mathutils import Vector
    from mathutils.bvhtree import BVHTree

    meshes, _ = stored.load("models/own_car.npz")
    seat, rest = seats.seat_and_rest(meshes["cloth"])
    others = [rest, meshes["plastic"], meshes["lining"], meshes["paint"]]
    k = np.arange(RAYS) + 0.5
    z = 1 - 2 * k / RAYS
    a = np.pi * (1 + 5**0.5) * k
    ball = np.stack([np.sqrt(1 - z * z) * np.cos(a), np.sqrt(1 - z * z) * np.sin(a), z], axis=1)
    sky = np.where(z > 0, 1.0, 0.30)

    def grown(stand: list[tuple[np.ndarray, np.ndarray]]) -> BVHTree:
        points, faces, first = [], [], 0
        for p, f in stand:
            points.append(p)
            faces.append(f + first)
            first += len(p)
        return BVHTree.FromPolygons(np.concatenate(points).tolist(), np.concatenate(faces).tolist())

    def seen(tree: BVHTree, positions: np.ndarray, normals: np.ndarray) -> np.ndarray:
        found = np.ones(len(positions))
        for i, (p, n) in enumerate(zip(positions, normals, strict=True)):
            total = free = 0.0
            for d, bright in zip(ball, sky, strict=True):
                w = float(d @ n)
                if w <= 0.05:
                    continue
                total += w
                hit = tree.ray_cast(Vector(p + 0.006 * n), Vector(d), 2.5)
                # what is lit itself throws some of its light on
                free += w * (bright if hit[0] is None else min(0.15, 0.03 + 0.5 * hit[3]))
            found[i] = free / max(total, 1e-6)
        return found

    car_alone = [(m.positions, m.triangles) for m in (seat, *others)]
    chosen = np.flatnonzero(seat.positions[:, 2] > 0.6)[::12]
    open_ = seen(grown(car_alone), seat.positions[chosen], seat.normals[chosen])
    baked = seat.light[chosen]
    per = (baked * open_[:, None]).sum(axis=0) / (open_**2).sum()
    print("light by openness", per, "apart", np.abs(baked - open_[:, None] * per).mean(), "of", baked.mean())
    tree = grown(
        [
            (seat.moved(y=seats.SEAT_AHEAD_M).positions, seat.triangles),
            *car_alone[1:],
            *((part.points, part.faces) for part in own),
        ]
    )

    def light(positions: np.ndarray, normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = seen(tree, positions, normals)
        return found[:, None] * per, np.clip(found * 1.2, 0, 1)

    return light


def lit_columns(light: np.ndarray, open_: np.ndarray) -> dict[str, np.ndarray]:
    return {
        "lights": np.round(255 * np.sqrt(np.clip(light / stored.LIGHT_TOP, 0, 1))).astype(np.uint8),
        "opens": np.round(255 * np.clip(open_, 0, 1)).astype(np.uint8),
    }


def main() -> int:
    makehuman, morse_file = (Path(a) for a in sys.argv[1:3])
    meshes, pictures = people.morse(morse_file)
    base = bodies.load(makehuman)
    wardrobe = people.fitted(base, meshes)
    atlas, size = paint.layout(base, pictures, people.THIRDS)

    def place(chart: str, uvs: np.ndarray) -> np.ndarray:
        if chart != "skin":
            return atlas.place(chart, uvs, size)
        made = []
        for part, (u0, v0, u1, v1) in (("skin", paint.HANDS), ("chest", paint.CHEST)):
            made.append(atlas.place(part, (uvs - [u0, v0]) / [u1 - u0, v1 - v0], size))
        low = uvs[..., 1].mean(axis=-1) < 0.22
        inside = low & (uvs[..., 0].mean(axis=-1) > paint.HANDS[2])
        skin = np.where(low[..., None, None], *made)
        return np.where(inside[..., None, None], atlas.place("mouth", np.full_like(uvs, 0.5), size), skin)

    parts, wearer, places, _ = body(base, wardrobe, place)
    paint.save(atlas, wearer, ROOT / "assets" / "textures" / "road")
    eye = places[bodies.INDEX["eye_r"]]

    def kept(part: Part) -> np.ndarray:
        """The ear that the passenger sees, and points at the seams of the picture."""
        apart = (part.points - eye - (0.036, -0.086, -0.012)) / (0.028, 0.030, 0.042)
        near = 0.93 * (np.linalg.norm(apart, axis=1) < 1.0)
        low, high = np.full((len(part.points), 2), 9.0), np.full((len(part.points), 2), -9.0)
        np.minimum.at(low, part.faces.reshape(-1), part.uvs.reshape(-1, 2))
        np.maximum.at(high, part.faces.reshape(-1), part.uvs.reshape(-1, 2))
        seam = (high - low).max(axis=1) > 0.004
        return np.where(seam & (part.points[:, 0] > eye[0] - 0.06), 1.0, near)

    thin = thinned(parts, TRIANGLES, kept)
    top = [p for p in thin if p.kind == "top"]
    strap = belt(thin, place)
    thin = shadowed([*thin, strap])
    print({p.kind: len(p.faces) for p in thin}, flush=True)
    locks, bends = hair.locks(wearer, top)
    columns = rows(thin)
    positions = columns["positions"].astype(float) / 10000.0
    light = in_the_car(thin)
    kinds = ("skin", "hair", "top", "bottom", "shoes", "eye")
    table = np.array([TINTS[kind] for kind in kinds])
    del columns["hairs"]
    shade = columns.pop("shades")[:, None] / 255.0
    tint = table[columns.pop("kinds")]
    columns["tints"] = np.round(255 * np.sqrt(np.clip(tint * (0.62 + 0.38 * shade), 0, 1))).astype(np.uint8)
    columns |= lit_columns(*light(positions, columns["normals"] / 127.0))
    held = {f"body {name}": value for name, value in columns.items()}
    # hair: its own normals, round each lock
    bones, shares = bodies.best_four(locks.weights)
    uv = np.zeros((len(locks.points), 2))
    uv[locks.faces] = locks.uvs
    for name, value in (
        ("positions", np.round(locks.points * 10000).astype(np.int16)),
        ("normals", np.round(bends * 127).astype(np.int8)),
        ("uvs", np.round(np.clip(uv, 0, 1) * 65535).astype(np.uint16)),
        ("bones", bones),
        ("shares", shares),
        (
            "tints",
            np.round(255 * np.sqrt(np.clip(np.repeat(locks.shade[:, None], 3, 1) * 0.5, 0, 1))).astype(
                np.uint8
            ),
        ),
        ("triangles", locks.faces.astype(np.uint16)),
        *lit_columns(*light(locks.points, bends)).items(),
    ):
        held[f"hair {name}"] = value
    print("hair", len(locks.faces), "body", len(columns["triangles"]))
    held["bones"] = np.array(bodies.NAMES)
    held["joints"] = places.astype(np.float32)
    np.savez_compressed(ROOT / "assets" / "models" / "driver.npz", **held)
    picture = (np.clip(strands.picture(), 0, 1) * 255 + 0.5).astype(np.uint8)
    Image.fromarray(picture).save(ROOT / "assets" / "textures" / "road" / "driver_hair.png", optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
