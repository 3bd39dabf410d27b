"""Pictures of the pieces that scenes share, for docs/kit.md: ``python scripts/kit_pictures.py [NAME...]``.

Each is drawn from the piece itself, on a plain ground in daylight; those of the city from the city that it makes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kit_sets import DRAWN, Daylit, Eye, Set, beside  # noqa: E402

from scenes.kit import (  # noqa: E402
    baked,
    levers,
    moving,
    openness,
    people,
    roads,
    shapes,
    trees,
)
from scenes.kit.facades import Parts  # noqa: E402
from scenes.kit.indoors import Solid  # noqa: E402
from scenes.kit.quads import Quads, linear  # noqa: E402
from vr_runtime.catalogue import find_scenes  # noqa: E402
from vr_runtime.scene_views import Viewer  # noqa: E402
from vr_runtime.stage import assets  # noqa: E402
from vr_runtime.stage.settings import GraphicsSettings  # noqa: E402
from vr_runtime.stage.sunmap import SunMap  # noqa: E402
from vr_runtime.stage.sunstrip import SunStrip  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "kit"
KEPT = (640, 360)
MOST_BYTES = 60_000


def bodies() -> dict[str, Image.Image]:
    """quads and shapes: what furniture is made of."""
    made = Set(72.0)
    wood, cloth, clay, white = (
        (0.45, 0.28, 0.15),
        (0.30, 0.36, 0.42),
        (0.50, 0.24, 0.14),
        (0.75, 0.73, 0.68),
    )
    q = Quads()
    shapes.board(q, (-2.3, -0.3, 0.0), (-1.3, 0.3, 0.05), wood, bevel=0.01)
    shapes.board(q, (-2.2, -0.2, 0.05), (-1.4, 0.2, 0.42), white, bevel=0.02)
    shapes.soft_box(q, (-0.95, -0.35, 0.0), (-0.15, 0.35, 0.34), cloth)
    profile = [
        (0.0, 0.0),
        (0.14, 0.0),
        (0.20, 0.12),
        (0.19, 0.26),
        (0.07, 0.42),
        (0.09, 0.50),
        (0.07, 0.50),
        (0.06, 0.42),
    ]
    shapes.turned(q, profile, (0.45, 0.0), clay, 36)
    for x in (-0.22, 0.22):
        for y in (-0.18, 0.18):
            shapes.leg(q, (1.5 + 1.3 * x, 1.3 * y, 0.0), (1.5 + x, y, 0.44), 0.018, 0.026, wood)
    shapes.turned(
        q,
        [(0.0, 0.44), (0.32, 0.44), (0.32, 0.44), (0.32, 0.47), (0.32, 0.47), (0.0, 0.47)],
        (1.5, 0.0),
        wood,
        40,
    )
    made.plain("bodies", q.mesh())
    for x, r in ((-1.8, 0.65), (-0.55, 0.5), (0.45, 0.26), (1.5, 0.42)):
        node = made.kitchen.node(f"under {x}")
        node.set_pos(x, 0.03, 0.0)
        made.kitchen.blob_shadow(node, r, strength=0.55)
    picture = made.take((0.0, -2.9, 1.2, 0.0, -17.0))
    made.close()
    return {"shapes": picture}


def table() -> tuple[Quads, list[Solid]]:
    """A garden table with a bench and a box under it, and the boxes that its light meets."""
    q, solids = Quads(), []
    wood, grey = (0.55, 0.40, 0.26), (0.62, 0.62, 0.60)
    for low, high, tone in (
        ((-0.9, -0.5, 0.70), (0.9, 0.5, 0.75), wood),
        ((-0.85, -0.45, 0.0), (-0.75, 0.45, 0.70), wood),
        ((0.75, -0.45, 0.0), (0.85, 0.45, 0.70), wood),
        ((-0.45, -0.25, 0.0), (0.15, 0.25, 0.42), grey),
        ((-0.9, -1.15, 0.40), (0.9, -0.85, 0.45), wood),
        ((-0.80, -1.10, 0.0), (-0.72, -0.90, 0.40), wood),
        ((0.72, -1.10, 0.0), (0.80, -0.90, 0.40), wood),
    ):
        shapes.board(q, low, high, tone, bevel=0.008)
        solids.append(Solid(low, high, tone))
    for x in np.arange(-3.0, 3.0, 0.1):
        for y in np.arange(-2.4, 2.4, 0.1):
            q.rect((x, y, 0.0), (0.1, 0, 0), (0, 0.1, 0), tint=(0.42, 0.41, 0.39))
    return q, solids


def open_to_the_sky() -> dict[str, Image.Image]:
    """openness: a table in the light of the sky, without it and with it."""
    takes = []
    q, solids = table()
    mesh = q.mesh()
    for seen in (None, openness.openness(mesh.positions, mesh.normals, solids, rays=96)):
        made = Set(46.0, ground=False)
        made.kitchen.sun((0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
        made.kitchen.sky((0.75, 0.80, 0.90), (0.75, 0.77, 0.80), (0.40, 0.38, 0.35))
        made.plain("table", replace(mesh, occlusion=seen), 0.9)
        takes.append(made.take((0.0, -4.3, 1.5, 0.0, -15.0)))
        made.close()
    return {"openness": beside(*takes)}


def moved_by_hand() -> dict[str, Image.Image]:
    """levers: a handle that turns and a button that gives way, at rest, half way and at their ends."""
    made = Set(60.0)
    steel, dark, red = (0.62, 0.63, 0.65), (0.16, 0.17, 0.19), (0.50, 0.07, 0.05)
    for x, share in ((-0.62, 0.0), (0.0, 0.5), (0.62, 1.0)):
        plate = Quads()
        shapes.board(plate, (x - 0.25, 0.0, 0.95), (x + 0.25, 0.03, 1.45), (0.62, 0.60, 0.56), bevel=0.006)
        shapes.board(plate, (x - 0.16, -0.008, 1.24), (x - 0.06, 0.0, 1.36), dark, bevel=0.004)
        shapes.board(plate, (x - 0.05, -0.008, 1.01), (x + 0.05, 0.0, 1.11), dark, bevel=0.004)
        made.plain(f"plate {share}", plate.mesh(), 0.8)
        for name, motion, low, high, tone in (
            (
                "handle",
                levers.Motion("turn", (0.0, 1.0, 0.0), (x - 0.11, -0.04, 1.30), 40.0),
                (x - 0.13, -0.065, 1.285),
                (x + 0.07, -0.04, 1.315),
                steel,
            ),
            (
                "button",
                levers.Motion("push", (0.0, 1.0, 0.0), (x, -0.03, 1.06), 0.028),
                (x - 0.03, -0.036, 1.03),
                (x + 0.03, 0.0, 1.09),
                red,
            ),
        ):
            q = Quads()
            shapes.board(q, low, high, tone, bevel=0.008)
            if name == "handle":
                shapes.board(q, (x - 0.122, -0.05, 1.288), (x - 0.098, 0.0, 1.312), tone, bevel=0.004)
            mesh = q.mesh()
            value = share * motion.travel
            ends = mesh.positions + mesh.normals
            at = np.array([motion.moved((float(x), float(y), float(z)), value) for x, y, z in mesh.positions])
            out = np.array([motion.moved((float(x), float(y), float(z)), value) for x, y, z in ends]) - at
            made.plain(f"{name} {share}", replace(mesh, positions=at, normals=out), 0.35)
    picture = made.take((0.0, -1.75, 1.42, 0.0, -7.0))
    made.close()
    return {"levers": picture}


def vehicles() -> dict[str, Image.Image]:
    made = Set(76.0)
    paints = (
        linear((0.55, 0.10, 0.10)),
        linear((0.72, 0.74, 0.76)),
        linear((0.86, 0.86, 0.84)),
        linear((0.20, 0.36, 0.30)),
    )
    for x, kind, paint in zip((-6.4, -2.6, 1.4, 8.4), ("hatch", "sedan", "van", "bus"), paints, strict=True):
        node = made.plain(kind, moving.car(kind, paint), 0.35)
        node.set_pos(x, 2.0 if kind != "bus" else 9.0, 0.0)
        node.set_h(28.0)
        made.kitchen.blob_shadow(node, 1.1, length_m=2.4 if kind != "bus" else 5.6, strength=0.7)
    picture = made.take((0.0, -12.5, 2.6, 0.0, -7.0))
    made.close()
    return {"moving": picture}


def persons() -> dict[str, Image.Image]:
    made = Set(60.0)
    rng = np.random.default_rng(5)
    doing = ("wait", "talk", "talk", "phone", "stand", "wait")
    places = [
        (-2.5, 0.4, 0.0),
        (-1.25, 0.0, 0.0),
        (-0.55, 0.5, 0.0),
        (0.6, 0.1, 0.0),
        (1.5, 0.5, 0.0),
        (2.5, 0.0, 0.0),
    ]
    folk = people.Folk(made.kitchen, "people", people.cast(6, rng), rng, levels=(people.NEAR,), blob=0.5)
    folk.draw(
        7.0,
        people.still(places, [170.0, 240.0, 120.0, 190.0, 175.0, 160.0], doing),
        look_at=(0.0, -5.0, 1.6),
        attention=(0.6,) * 6,
    )
    picture = made.take((0.0, -5.0, 1.5, 0.0, -6.0))
    made.close()
    return {"people": picture}


def alive() -> dict[str, Image.Image]:
    """liveliness: one person at four moments: looks aside, at the patient, blinks, talks."""
    made = Set(32.0)
    rng = np.random.default_rng(5)
    folk = people.Folk(made.kitchen, "one", people.cast(6, rng)[:1], rng, levels=(people.NEAR,))
    standing = people.still([(0.0, 0.0, 0.0)], [180.0], ("stand",))
    talking = people.still([(0.0, 0.0, 0.0)], [180.0], ("talk",))
    eye = (0.0, -1.6, 1.55)
    kept: dict[str, tuple[float, float]] = {}
    for t_s in np.arange(0.0, 60.0, 1 / 30):
        one = folk.placed(float(t_s), standing, look_at=eye, attention=0.5)
        said = folk.placed(float(t_s), talking, look_at=eye, attention=0.5)
        assert one.head is not None
        assert one.eyes is not None
        assert one.lids is not None
        assert said.jaw is not None
        aside, shut = float(abs(one.head[0, 0] + one.eyes[0, 0])), float(one.lids[0])
        for name, good in (
            ("aside", aside if shut == 0.0 else 0.0),
            ("at", 1.0 - aside if shut == 0.0 else 0.0),
            ("blink", shut - aside),
            ("talk", float(said.jaw[0]) - aside if shut == 0.0 else -1.0),
        ):
            if good > kept.get(name, (-9.0, 0.0))[0]:
                kept[name] = (good, float(t_s))
    takes = []
    for name in ("aside", "at", "blink", "talk"):
        folk.draw(kept[name][1], talking if name == "talk" else standing, look_at=eye, attention=0.5)
        takes.append(made.take((*eye, 0.0, 0.0)))
    made.close()
    return {"liveliness": beside(*takes)}


def planted() -> dict[str, Image.Image]:
    made = Set(72.0)
    parts, rng = Parts(), np.random.default_rng(4)
    for x, high in ((-6.0, 7.5), (0.0, 10.0), (6.5, 6.0)):
        trees.tree(parts, x, 0.0, 0.0, high, rng, cards=168)
        node = made.kitchen.node(f"under {x}")
        node.set_pos(x, 0.0, 0.0)
        made.kitchen.blob_shadow(node, 0.3 * high, strength=0.5)
    leaf, bark = (made.kitchen.texture_file(f"textures/city/{name}") for name in ("leaves.png", "bark.jpg"))
    crowns = made.kitchen.material(
        "leaves", colour=(1, 1, 1), texture=leaf, cutout=True, cards=True, two_sided=True, shine=0.0
    )
    wood = made.kitchen.material("bark", colour=(1, 1, 1), roughness=0.97, texture=bark)
    made.kitchen.mesh("leaves", parts["leaves"].mesh(), crowns)
    made.kitchen.mesh("trunks", parts["bark"].mesh(), wood)
    picture = made.take((0.0, -16.0, 2.2, 0.0, 6.0))
    made.close()
    return {"trees": picture}


def stretch() -> dict[str, Image.Image]:
    """roads: a carriageway between hedges, with lamps."""
    made = Set(60.0, ground=False)
    made.kitchen.lamps()
    # nothing keeps the sun off here
    bare = SunStrip(np.zeros((16, 16), dtype=np.uint8), -20.0, 40.0, 160.0, (0.0, 0.0, 1.0))
    made.kitchen.sun_strip({"bare": bare}).place(0.0, 0.0)
    run = roads.Run(160.0, 40.0, 7)
    run.carriageway(-3.5, 3.5, (-1.75, 1.75))
    run.patches(-3.2, 3.2, 8)
    run.dashes(0.0, 3.0, 9.0)
    for side in (-1, 1):
        run.line(side * 3.3)
        run.kerb(side * 3.5, side)
        low, high = sorted((side * 3.7, side * 6.2))
        run.flat("pave", low, high, 0.12)
        low, high = sorted((side * 6.2, side * 40.0))
        run.flat("grass", low, high, 0.10)
        run.hedge(side * 7.4, 2.0, 150.0, 1.6, 0.9, 0.1)
    run.lamps(4.6, 40.0, 18.0, 7.0, 1.6)
    for parts, low, _high in run.spans():
        for name, quads in parts.by.items():
            if quads.count:
                made.kitchen.mesh(f"{name} {low}", quads.mesh(), roads.material(made.kitchen, name))
    picture = made.take((1.75, 2.0, 1.45, 0.0, -4.0))
    made.close()
    return {"roads": picture}


CITY_EYES: dict[str, Eye] = {
    "town": (-60.0, -120.0, 120.0, -28.0, -32.0),
    "streets": (3.0, 6.5, 1.7, -82.0, -2.0),
    "facades": (14.0, 6.0, 7.0, 25.0, 8.0),
    "shopfronts": (-1.0, 9.5, 2.0, 14.0, 3.0),
    "trimmings": (1.5, 3.0, 11.0, -42.0, 2.0),
    "marks": (6.0, 5.0, 6.0, -58.0, -34.0),
    "roofs": (-20.0, 5.0, 46.0, 0.0, -30.0),
    "distance": (0.0, 5.0, 90.0, 0.0, -6.0),
    "tower": (34.0, 62.0, 14.0, 151.0, 12.0),
    "city": (2.0, 7.0, 58.0, 40.0, -24.0),
    "finish": (14.0, 5.0, 2.2, -70.0, 8.0),
    "sunlight": (6.0, 8.0, 9.0, -60.0, -8.0),
    "dust": (3.0, 6.5, 1.7, -82.0, -2.0),
}


def city() -> dict[str, Image.Image]:
    """The whole city, from its file, from where its parts are seen."""
    meshes, sun = baked.load(assets.path("models/city.npz"))
    made = Daylit(SunMap(**vars(sun)), meshes)
    kitchen = made.kitchen
    clay = kitchen.material("clay", colour=(0.7, 0.7, 0.7), roughness=0.95, sun_map=True)
    pictures = {name: made.take(eye) for name, eye in CITY_EYES.items()}
    takes = []
    for amount in (0.0, 0.4, 1.0):
        made.dusty(amount, CITY_EYES["dust"])
        takes.append(made.take(CITY_EYES["dust"]))
    made.dusty(0.0)
    pictures["dust"] = beside(*takes)
    for node in made.stood:
        kitchen.apply(node, clay)
    unfinished = made.take(CITY_EYES["finish"])
    pictures["finish"] = beside(unfinished, pictures["finish"])
    made.close()
    flat = SunMap(**{**vars(sun), "near": np.ones_like(sun.near), "far": np.ones_like(sun.far)})
    unlit = Daylit(flat, {name: replace(mesh, occlusion=None) for name, mesh in meshes.items()})
    pictures["sunlight"] = beside(unlit.take(CITY_EYES["sunlight"]), pictures["sunlight"])
    unlit.close()
    return pictures


def of_scenes() -> dict[str, Image.Image]:
    """indoors, still and stored; touch, levers, washing and soil: scenes that are made with them."""
    packs = find_scenes()
    wanted = {
        "indoors": ("baseline_room", 0, "front"),
        "still": ("calm", 0, "front"),
        "touch": ("washroom", 3, "stimulus"),
        "washing": ("washroom", 4, "stimulus"),
        "soil": ("washroom", 6, "stimulus"),
    }
    there = {name: look for name, look in wanted.items() if look[0] in packs}
    viewer = Viewer(
        {name: packs[name] for name in {"baseline_room", "calm", *(look[0] for look in there.values())}},
        replace(GraphicsSettings(), width=DRAWN[0], height=DRAWN[1], msaa=4, quality="high"),
    )
    pictures = {name: Image.fromarray(viewer.picture(*look)) for name, look in there.items()}
    viewer.close()
    return pictures


GROUPS: tuple[Callable[[], dict[str, Image.Image]], ...] = (
    bodies,
    open_to_the_sky,
    moved_by_hand,
    vehicles,
    persons,
    alive,
    planted,
    stretch,
    city,
    of_scenes,
)


def save(picture: Image.Image, path: Path) -> None:
    """As a JPEG of less than ``MOST_BYTES``."""
    small = picture.resize(KEPT, Image.Resampling.LANCZOS)
    for quality in range(84, 40, -6):
        small.save(path, quality=quality, optimize=True)
        if path.stat().st_size < MOST_BYTES:
            return


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"of {', '.join(group.__name__ for group in GROUPS)} (all)")
    chosen = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    for group in GROUPS:
        if chosen.groups and group.__name__ not in chosen.groups:
            continue
        for name, picture in group().items():
            save(picture, OUT / f"{name}.jpg")
            print(OUT / f"{name}.jpg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
