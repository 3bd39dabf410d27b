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

from panda3d.core import NodePath  # noqa: E402

from scenes.kit import baked, finish, moving, people, roads, shapes, trees  # noqa: E402
from scenes.kit.facades import Parts  # noqa: E402
from scenes.kit.quads import Quads, linear  # noqa: E402
from vr_runtime.catalogue import find_scenes  # noqa: E402
from vr_runtime.display.snapshot import Camera  # noqa: E402
from vr_runtime.protocol.pose import Pose  # noqa: E402
from vr_runtime.scene_views import Viewer, pose  # noqa: E402
from vr_runtime.stage import assets  # noqa: E402
from vr_runtime.stage.kitchen import Kitchen  # noqa: E402
from vr_runtime.stage.mesh import Mesh, quad  # noqa: E402
from vr_runtime.stage.picture import Picture  # noqa: E402
from vr_runtime.stage.settings import GraphicsSettings  # noqa: E402
from vr_runtime.stage.sunmap import SunMap  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "kit"
DRAWN, KEPT = (1280, 720), (640, 360)
MOST_BYTES = 60_000
Eye = tuple[float, float, float, float, float]
"""x, y, z (m), heading to the left and pitch (degrees)."""


class Set:
    """A ground, a sky, a sun and a camera."""

    def __init__(self, fov_deg: float = 55.0, *, ground: bool = True, wide_m: float = 60.0) -> None:
        settings = GraphicsSettings(width=DRAWN[0], height=DRAWN[1], msaa=4, quality="high", fov_deg=fov_deg)
        self.camera = Camera(settings)
        self.world = NodePath("set")
        self.origin = self.world.attach_new_node("eye's space")
        self.kitchen = kitchen = Kitchen(self.world, self.camera.graphics)
        kitchen.sun((-0.5, -0.62, 0.72), (1.5, 1.38, 1.2))
        kitchen.sky((0.34, 0.44, 0.62), (0.62, 0.68, 0.74), (0.30, 0.28, 0.25))
        kitchen.sky_dome(clouds=0.35, seed=3)
        if ground:
            w = wide_m
            floor = quad([[-w, -w, 0], [w, -w, 0], [w, w, 0], [-w, w, 0]], uv=(w, w), rows=8, columns=8)
            slabs = kitchen.texture_file("textures/city/pavement.jpg")
            kitchen.mesh("ground", floor, kitchen.material("ground", colour=(0.9, 0.9, 0.9), texture=slabs))

    def plain(self, name: str, mesh: Mesh, roughness: float = 0.6) -> NodePath:
        return self.kitchen.mesh(
            name, mesh, self.kitchen.material(name, colour=(1, 1, 1), roughness=roughness)
        )

    def take(self, eye: Eye) -> Image.Image:
        x, y, z, heading, pitch = eye
        head: Pose = pose(heading, pitch)._replace(x=x, y=y, z=z)
        pixels = self.camera.take(Picture(self.world, self.origin, head, self.camera.graphics.single_pass))
        return Image.fromarray(pixels)

    def close(self) -> None:
        self.world.remove_node()
        self.camera.close()


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


def planted() -> dict[str, Image.Image]:
    made = Set(72.0)
    parts, rng = Parts(), np.random.default_rng(4)
    for x, high in ((-6.0, 7.5), (0.0, 10.0), (6.5, 6.0)):
        trees.tree(parts, x, 0.0, 0.0, high, rng, cards=60)
        node = made.kitchen.node(f"under {x}")
        node.set_pos(x, 0.0, 0.0)
        made.kitchen.blob_shadow(node, 0.3 * high, strength=0.5)
    leaf = made.kitchen.texture_file("textures/city/leaves.png")
    crowns = made.kitchen.material(
        "leaves", colour=(1, 1, 1), roughness=1.0, texture=leaf, cutout=True, shine=0.0
    )
    made.kitchen.mesh("leaves", parts["leaves"].mesh(), crowns)
    made.plain("trunks", parts["plain"].mesh(), 0.95)
    picture = made.take((0.0, -16.0, 2.2, 0.0, 6.0))
    made.close()
    return {"trees": picture}


def stretch() -> dict[str, Image.Image]:
    """roads: a carriageway between hedges, with lamps."""
    made = Set(60.0, ground=False)
    made.kitchen.lamps()
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
    "roofs": (-20.0, 5.0, 46.0, 0.0, -30.0),
    "distance": (0.0, 5.0, 90.0, 0.0, -6.0),
    "tower": (34.0, 62.0, 14.0, 151.0, 12.0),
}


def city() -> dict[str, Image.Image]:
    """The whole city, from its file, from where its parts are seen."""
    made = Set(62.0, ground=False)
    kitchen = made.kitchen
    meshes, sun = baked.load(assets.path("models/city.npz"))
    kitchen.sun_map(SunMap(**vars(sun)))
    kitchen.sun(tuple(-np.array(sun.away)), (3.7, 3.25, 2.65))
    kitchen.sky((0.50, 0.57, 0.70), (0.66, 0.72, 0.80), (0.40, 0.36, 0.31))
    kitchen.fog((0.60, 0.70, 0.83), 1450.0, start_m=40.0, sun_glow=0.2)
    kitchen.exposure(-0.45)
    finish.stand(kitchen, meshes)
    pictures = {name: made.take(eye) for name, eye in CITY_EYES.items()}
    made.close()
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
    vehicles,
    persons,
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
