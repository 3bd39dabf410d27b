"""Makes the traffic of the street and the road: ``python assets/scripts/make_vehicles.py FURNITURE`` with a Python that
has bpy.

``FURNITURE`` is the folder of the unpacked package sweethome3d-furniture that holds its ``.sh3f`` files. Six models
are read from it, scaled to what such vehicles measure, thinned out, turned to face +y, and put on one picture of
512-pixel tiles. Marks of makers are painted over. Wheels are made anew (``vehicle_wheels``). What has a picture is not
thinned out: Blender's decimation joins faces across the seams of the picture, and then shows the wrong part of it.
"""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

import vehicle_insides  # noqa: E402
import vehicle_wheels  # noqa: E402
from vehicle_wheels import Rim, Wheel  # noqa: E402

from scenes.kit import stored  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge  # noqa: E402

Array = NDArray[np.float64]
Box = tuple[int, int, int, int]
TILE = 512
FONT = "assets/fonts/Roboto-Medium-latin.ttf"
COLUMNS, ROWS = 3, 2
PAINT = (1.0, 1.0, 1.0)
"""What gets the colour of each vehicle when a scene is built (mesh ``<kind>.paint``)."""


@dataclass(frozen=True)
class Source:
    kind: str
    pack: str
    model: str
    picture: str
    tile: int
    rim: Rim
    size: tuple[float, float, float]
    """Width without mirrors where they stand out, length and height, m."""
    painted: tuple[str, ...]
    """Materials that take the vehicle's colour."""
    tones: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    """Linear colours of materials that need another than the model's."""
    textured: tuple[str, ...] = ()
    keep: float = 1.0
    """Share of the triangles that stays where there is no picture."""
    flat: bool = False
    """A shell of flat panels, which show every wrong normal: only faces of one plane are joined."""
    blots: tuple[tuple[Box, tuple[int, int, int]], ...] = ()
    """Where makers' marks are, in pixels of the 512-pixel tile, and the colour laid over them."""
    beyond: tuple[str, ...] = ()
    """Materials that do not count where the height is measured: an aerial."""
    dull: tuple[str, ...] = ()
    """Materials without gloss beside those whose names say so."""


SOURCES = (
    Source(
        "suv",
        "Scopia",
        "suv",
        "suv-map.png",
        2,
        Rim(0.1855, 0.819, 0.17, 0.763),
        (2.06, 4.63, 1.63),
        ("firstcolor",),
        textured=("textured",),
        keep=0.75,
        blots=(
            ((105, 205, 212, 260), (22, 22, 23)),
            ((30, 235, 72, 252), (22, 22, 23)),
            ((340, 262, 430, 300), (60, 61, 62)),
            ((35, 455, 205, 505), (214, 214, 208)),
            ((76, 84, 112, 112), (90, 90, 92)),
        ),
    ),
    Source(
        "van",
        "Scopia",
        "van",
        "texture-van.png",
        3,
        Rim(0.235, 0.445, 0.217, 0.59),
        (2.30, 5.95, 2.55),
        ("firstcolor",),
        textured=("textured",),
        keep=0.75,
        blots=(
            ((165, 60, 262, 142), (22, 23, 26)),
            ((330, 200, 420, 262), (28, 29, 31)),
            ((330, 288, 500, 330), (214, 214, 208)),
            ((98, 268, 142, 302), (96, 98, 100)),
        ),
    ),
    Source(
        "hatch",
        "Scopia",
        "renault-scenic",
        "renault-scenic.jpg",
        1,
        Rim(0.5088, 0.4365, 0.1211, 0.7),
        (1.98, 4.20, 1.58),
        ("color-beige-green",),
        textured=(
            "back-lights",
            "black-textured",
            "color-beige-green",
            "front-lights",
            "glass",
            "tires",
            "wheels",
        ),
        keep=0.72,
        blots=(((52, 14, 90, 50), (205, 200, 170)),),
        beyond=("black-plastic2",),
    ),
    Source(
        "bus",
        "Scopia",
        "cityBus",
        "texturesComplementsBus.jpg",
        4,
        Rim(0.76, 0.764, 0.224, 0.55),
        (2.95, 12.0, 3.02),
        ("accentColor",),
        textured=("texturedParts",),
        flat=True,
        tones={"whiteBase": (0.62, 0.62, 0.60)},
        blots=(
            ((0, 8, 224, 66), (214, 214, 208)),
            ((60, 250, 270, 322), (10, 10, 10)),
            ((100, 160, 226, 240), (20, 20, 20)),
        ),
    ),
    Source(
        "truck",
        "Scopia",
        "truck",
        "truck-texture.jpg",
        5,
        Rim(0.686, 0.779, 0.124, 0.52),
        (2.50, 6.9, 3.40),
        ("red-cabin",),
        textured=("grey-metal-wheels", "textured"),
        keep=0.45,
        tones={"white-container": (0.58, 0.58, 0.56)},
    ),
    Source(
        "lorry",
        "BlendSwap-CC-BY",
        "dafTruck",
        "DAF_XF.jpg",
        0,
        Rim(0.08789, 0.0918, 0.05273, 0.6),
        (2.95, 16.4, 3.98),
        ("Payload",),
        textured=("Cabin", "Glass", "Payload", "Trailer", "Truck"),
        keep=0.8,
        blots=(
            ((16, 316, 158, 334), (30, 31, 33)),
            ((0, 172, 18, 212), (30, 30, 31)),
            ((236, 178, 342, 206), (214, 214, 208)),
        ),
        dull=("Payload", "Trailer", "Truck"),
    ),
)
FOLDERS = {"Scopia": "scopia", "BlendSwap-CC-BY": "blendswap-cc-by"}


def unpack(furniture: Path, source: Source, into: Path) -> Path:
    inside = f"{FOLDERS[source.pack]}/{source.model}/"
    with zipfile.ZipFile(furniture / f"{source.pack}.sh3f") as pack:
        for name in pack.namelist():
            if name.startswith(inside):
                pack.extract(name, into)
    return into / inside


def imported(folder: Path, source: Source) -> tuple[list[bpy.types.Object], list[Wheel]]:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.ops.wm.obj_import(filepath=str(folder / f"{source.model}.obj"))
    made = [o for o in bpy.data.objects if o.type == "MESH" and not o.name.startswith(UNSEEN)]
    for o in made:
        o.data.transform(Matrix.Rotation(np.pi, 4, "Z") @ o.matrix_world)
        o.matrix_world = Matrix.Identity(4)
    points = np.concatenate(
        [
            np.array([v.co for v in o.data.vertices])
            for o in made
            if not {plain(slot.material.name) for slot in o.material_slots} <= set(source.beyond)
        ]
    )
    low, high = points.min(axis=0), points.max(axis=0)
    scale = np.array(source.size) / (high - low)
    middle = (low + high) / 2
    move = Matrix.Diagonal((*scale, 1.0)) @ Matrix.Translation((-middle[0], -middle[1], -low[2]))
    for o in made:
        o.data.transform(move)
    wheels = vehicle_wheels.take_out(made)
    for o in made:
        names = [plain(slot.material.name) for slot in o.material_slots]
        if any(name in source.textured for name in names) or len(o.data.polygons) < 120:
            continue
        trim = all(DULL.search(name) for name in names)
        if source.keep < 1.0 or trim or source.flat:
            change = o.modifiers.new("thin", "DECIMATE")
            if source.flat and not trim:
                change.decimate_type = "DISSOLVE"
                change.angle_limit = np.radians(2.0)
                change.delimit = {"MATERIAL", "SHARP"}
            else:
                change.ratio = TRIM if trim else source.keep
            bpy.context.view_layer.objects.active = o
            bpy.ops.object.modifier_apply(modifier="thin")
    return made, wheels


UNSEEN = ("interior", "inside")
"""Objects behind the panes, which let nothing through."""
TRIM = 0.6
"""Share of the triangles that stays of dark trim."""
DULL = re.compile(r"tire|rubber|plastic|low|holes|interior|black|dark(?!-?glass)|lines|frame|metal$", re.I)


def plain(name: str) -> str:
    return name.split(".")[0]


def parts(objects: list[bpy.types.Object], source: Source) -> dict[str, Mesh]:
    """Meshes by how they are drawn: ``paint`` (glossy, coloured later), ``gloss``, ``matt``."""
    column, row = source.tile % COLUMNS, source.tile // COLUMNS
    rows: dict[str, list[Array]] = {"paint": [], "gloss": [], "matt": [], "cover": []}
    for o in objects:
        mesh = o.data
        mesh.calc_loop_triangles()
        corner = np.zeros((len(mesh.loops), 3), np.float32)
        mesh.corner_normals.foreach_get("vector", corner.ravel())
        corner = corner.reshape(-1, 3)
        at = np.array([v.co for v in mesh.vertices])
        uv = np.zeros(len(mesh.loops) * 2, np.float32)
        if mesh.uv_layers.active is not None:
            mesh.uv_layers.active.data.foreach_get("uv", uv)
        uv = uv.reshape(-1, 2)
        for triangle in mesh.loop_triangles:
            name = plain(o.material_slots[triangle.material_index].material.name)
            loops = list(triangle.loops)
            textured = name in source.textured
            tone = colour_of(o.material_slots[triangle.material_index].material, source)
            if textured:
                wrapped = uv[loops] - np.floor(uv[loops].min(axis=0) + 1e-4)
                wrapped = np.clip(wrapped, 0.004, 0.996)
                where = (wrapped + (column, ROWS - 1 - row)) / (COLUMNS, ROWS)
            else:
                where = np.tile(WHITE, (3, 1))
            group = (
                "paint"
                if name in source.painted
                else "matt"
                if DULL.search(name) or name in source.dull
                else "gloss"
            )
            if group == "paint" and name in source.dull:
                group = "cover"
            if "glass" in name.lower() and not textured:
                group = "gloss"
            rows[group].append(
                np.column_stack([at[list(triangle.vertices)], corner[loops], where, np.tile(tone, (3, 1))])
            )
    return {f"{source.kind}.{name}": indexed(np.concatenate(made)) for name, made in rows.items() if made}


WHITE = (0.995, 0.5 - 0.003)
"""A white texel, in the lower right tile's upper edge."""


def colour_of(material: bpy.types.Material, source: Source) -> tuple[float, float, float]:
    name = plain(material.name)
    if name in source.painted or name in source.textured:
        return PAINT
    if name in source.tones:
        return source.tones[name]
    if "glass" in name.lower():
        return (0.014, 0.017, 0.020)
    r, g, b = material.diffuse_color[:3]
    nodes = material.node_tree.nodes if material.node_tree else ()
    for node in nodes:
        if node.type == "BSDF_PRINCIPLED":
            r, g, b, _ = node.inputs["Base Color"].default_value
    return (min(max(r, 0.012), 0.7), min(max(g, 0.012), 0.7), min(max(b, 0.012), 0.7))


def indexed(corners: Array) -> Mesh:
    keys = np.round(corners * 2000.0).astype(np.int64)
    _, first, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    kept = corners[first]
    triangles = back.reshape(-1, 3)
    area = np.linalg.norm(
        np.cross(
            kept[triangles[:, 1], :3] - kept[triangles[:, 0], :3],
            kept[triangles[:, 2], :3] - kept[triangles[:, 0], :3],
        ),
        axis=1,
    )
    triangles = triangles[area > 1e-6]
    z = kept[:, 2]
    # less of the sky reaches what is low and what looks down
    open_ = np.clip(0.25 + 0.75 * np.clip(z / 0.7, 0, 1), 0, 1) * np.clip(0.75 + 0.5 * kept[:, 5], 0.35, 1.0)
    return Mesh(
        positions=kept[:, :3],
        normals=kept[:, 3:6],
        triangles=triangles,
        uvs=kept[:, 6:8],
        tint=np.clip(kept[:, 8:11], 0, 1),
        occlusion=open_,
    )


def tile(folder: Path, source: Source) -> NDArray[np.uint8]:
    picture = (
        Image.open(folder / source.picture).convert("RGBA").resize((TILE, TILE), Image.Resampling.LANCZOS)
    )
    pixels = np.asarray(picture).astype(np.float64)
    rgb, cover = pixels[..., :3], pixels[..., 3] / 255.0
    if source.kind == "hatch":
        # the painted skin becomes white, so that each car may have its colour; lines and lamps stay
        paint = np.array([205.0, 200.0, 170.0])
        near = np.clip(1.6 - np.abs(rgb - paint).max(axis=-1) / 45.0, 0.0, 1.0)[..., None]
        rgb = rgb * (1 - near) + np.clip(rgb / paint * 236.0, 0, 245) * near
        # panes are dark from outside, not blue
        pane = np.clip(1.5 - np.abs(rgb - (54.0, 67.0, 94.0)).max(axis=-1) / 24.0, 0.0, 1.0)[..., None]
        rgb = rgb * (1 - pane) + (np.array([24.0, 28.0, 33.0])) * pane
        # where the picture had the tread of its tyres lies a rim, larger than its own
        rgb[224:352, 196:324] = vehicle_wheels.painted_rim(128)
    for (x0, y0, x1, y1), colour in source.blots:
        rgb[y0:y1, x0:x1] = (232.0, 232.0, 232.0) if source.kind == "hatch" else colour
        cover[y0:y1, x0:x1] = np.maximum(cover[y0:y1, x0:x1], 1.0)
    # what is clear or half clear takes the colour beside it, as far as mipmaps of a picture seen from near reach
    known = (cover > 0.5).astype(np.float64)
    filled = rgb * known[..., None]
    for _ in range(24):
        around = sum(np.roll(filled, s, a) for s in (-1, 1) for a in (0, 1))
        weight = sum(np.roll(known, s, a) for s in (-1, 1) for a in (0, 1))
        empty = (known == 0.0) & (weight > 0.0)
        filled[empty] = (around / np.maximum(weight, 1e-6)[..., None])[empty]
        known[empty] = 1.0
    return np.clip(filled, 0, 255).astype(np.uint8)


def main() -> None:
    furniture = Path(sys.argv[1])
    whole = np.full((ROWS * TILE, COLUMNS * TILE, 3), 255, np.uint8)
    meshes: dict[str, Mesh] = {}
    with tempfile.TemporaryDirectory() as work:
        for source in SOURCES:
            folder = unpack(furniture, source, Path(work))
            objects, wheels = imported(folder, source)
            made = parts(objects, source)
            rim = source.rim
            column, row = source.tile % COLUMNS, source.tile // COLUMNS
            at = (
                (rim.u + column) / COLUMNS,
                (rim.v + ROWS - 1 - row) / ROWS,
                rim.radius / COLUMNS,
                rim.radius / ROWS,
            )
            gloss = f"{source.kind}.gloss"
            y, x = source.tile // COLUMNS * TILE, source.tile % COLUMNS * TILE
            whole[y : y + TILE, x : x + TILE] = vehicle_insides.lettered(
                tile(folder, source), source.kind, str(ROOT / FONT)
            )
            rims = vehicle_wheels.rims(wheels, rim, at)
            if source.kind in vehicle_insides.CABINS:
                # the panes come last, and once more by themselves: who wants to see through them leaves out as many
                rest, panes = vehicle_insides.panes_last(made[gloss], whole)
                more = []
                if source.kind == "hatch":
                    bus = next(other.tile for other in SOURCES if other.kind == "bus")
                    more.append(vehicle_insides.hatch_plates((bus % COLUMNS, bus // COLUMNS), COLUMNS, ROWS))
                made[gloss] = merge([rest, *more, rims, panes])
                made[f"{source.kind}.panes"] = panes
                made[f"{source.kind}.inside"] = vehicle_insides.inside(source.kind, WHITE)
                made[f"{source.kind}.driver"] = vehicle_insides.driver(source.kind, WHITE)
            else:
                made[gloss] = merge([made[gloss], rims])
            made[f"{source.kind}.tyres"] = vehicle_wheels.tyres(wheels, rim, WHITE)
            print(source.kind, *(tuple(round(v, 2) for v in wheel) for wheel in wheels))
            meshes.update(made)
    # the white texel
    x, y = int(WHITE[0] * COLUMNS * TILE), int((1 - WHITE[1]) * ROWS * TILE)
    whole[y - 3 : y + 4, x - 3 :] = 255
    (ROOT / "assets/textures/road").mkdir(parents=True, exist_ok=True)
    Image.fromarray(whole).save(ROOT / "assets/textures/road/vehicles.jpg", quality=88, optimize=True)
    stored.save(ROOT / "assets/models/vehicles.npz", meshes, {}, step_m=0.002)
    for name, mesh in meshes.items():
        print(
            name,
            mesh.triangle_count,
            mesh.positions.min(axis=0).round(2),
            mesh.positions.max(axis=0).round(2),
        )


if __name__ == "__main__":
    main()
