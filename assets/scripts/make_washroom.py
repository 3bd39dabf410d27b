"""Builds the washroom and bakes its light: ``BLENDER_PYTHON assets/scripts/make_washroom.py`` (about five minutes on two
cores; ``--draft`` one). BLENDER_PYTHON is a Python 3.11 with bpy 4.5, pyoidn and pydantic. Seeded.

Makes ``models/washroom.npz`` (meshes), ``light/washroom.npz`` (light map), ``light/washroom_cube.npz`` and
``light/washroom_cubicle.npz`` (reflections), ``light/washroom_probes.npz`` (light of the air). Textures come first:
make_washroom_textures.py.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ASSETS = HERE.parent
sys.path[:0] = [str(ASSETS.parent), str(HERE)]

import washroom_fixtures  # noqa: E402
import washroom_room  # noqa: E402
from bake import after  # noqa: E402
from bake.blender import Matter, Studio  # noqa: E402
from bake.charts import Array  # noqa: E402

from scenes.kit import stored  # noqa: E402
from vr_runtime.stage import roomlight  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge  # noqa: E402
from vr_runtime.stage.roomlight import CubeMap, ProbeGrid  # noqa: E402

DRAFT = "--draft" in sys.argv
SIZE = 512 if DRAFT else 1024
SAMPLES = {"light": 12, "open": 8, "points": 16, "probes": 64, "panorama": 8}
if not DRAFT:
    SAMPLES = {"light": 28, "open": 12, "points": 40, "probes": 256, "panorama": 24}
LAMP = (14.0, 13.6, 12.6)
WARM_LAMP = (13.0, 11.3, 8.4)
SKY = (2.6, 2.75, 3.0)
SHORT_M = 0.22
LOOSE = ("bin_lid", "seat", "towels", "paper", "phone", "litter_some", "litter_much")
"""What is lifted or taken away: it throws no baked shadow."""
LOW, HIGH = (-1.9, -1.5, 0.0), (1.9, 3.6, 2.6)
CUBES = {
    "washroom_cube": ((0.75, 0.9, 1.35), LOW, HIGH, 128),
    "washroom_cubicle": ((-1.05, 1.8, 1.1), (-1.7, 1.21, 0.0), (-0.4, 2.39, 2.6), 64),
}
GRID = (8, 10, 4)
GRID_LOW, GRID_HIGH = (-1.8, -1.4, 0.08), (1.8, 3.5, 2.3)
FIXTURE = {
    "ceramic": Matter(roughness=0.15),
    "chrome": Matter((0.85, 0.85, 0.85), 0.12, 1.0),
    "steel": Matter((0.62, 0.62, 0.62), 0.35, 1.0),
    "lamp": Matter(emission=LAMP),
    "lamp_warm": Matter(emission=WARM_LAMP),
    "pane": Matter(emission=SKY, picture=ASSETS / "textures/washroom/pane.jpg"),
    "glass": Matter((0.5, 0.5, 0.5), 0.9),
}
START = time.monotonic()


def say(what: str) -> None:
    print(f"{time.monotonic() - START:6.0f} s  {what}", flush=True)


def matter(name: str) -> Matter:
    if name in FIXTURE:
        return FIXTURE[name]
    picture = ASSETS / f"textures/washroom/{name}.jpg"
    rough = {"tile": 0.12, "counter": 0.35, "floor": 0.55, "laminate": 0.45, "veneer": 0.4}.get(name, 0.6)
    return Matter(roughness=rough, picture=picture if picture.exists() else None)


def dirtied(light: Array, openness: Array) -> Array:
    """Where surfaces meet, dirt stays: baked into the light, which the colour is multiplied with anyway."""
    rng = np.random.default_rng(8)
    n = light.shape[0]
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(n), np.fft.fftfreq(n))) * n
    patchy = np.fft.ifft2(
        np.fft.fft2(rng.standard_normal((n, n))) * ((f > 3) & (f < 120)) / np.maximum(f, 1) ** 0.8
    ).real
    patchy = np.clip(0.55 + 0.45 * patchy / patchy.std(), 0, 1.4)
    corner = np.clip((0.80 - openness) * 1.7, 0.0, 1.0) * patchy
    return light * (1.0 - corner[..., None] * np.array([0.15, 0.19, 0.27]))


def held_back(slope: np.ndarray, base: np.ndarray) -> np.ndarray:
    """(3, n, 3): the slopes of light from one side, made less steep where the first order alone would leave the other
    side black."""
    steep = np.linalg.norm(slope, axis=0) / np.maximum(base, 1e-6)
    return slope * np.minimum(1.0, 0.78 / np.maximum(steep, 1e-6))


def probe_points() -> tuple[Mesh, Array]:
    """A small triangle for each place of the grid and each of six directions."""
    axes = [np.linspace(a, b, n) for a, b, n in zip(GRID_LOW, GRID_HIGH, GRID, strict=True)]
    z, y, x = np.meshgrid(axes[2], axes[1], axes[0], indexing="ij")
    places = np.stack([x, y, z], -1).reshape(-1, 3)
    normals = np.repeat(np.eye(3), 2, axis=0) * np.tile([1.0, -1.0], 3)[:, None]
    parts = []
    for normal in normals:
        u = np.roll(np.abs(normal), 1)
        v = np.cross(normal, u)
        ring = np.stack([u, -0.5 * u + 0.87 * v, -0.5 * u - 0.87 * v]) * 0.004 + normal * 0.002
        corners = (places[:, None, :] + ring).reshape(-1, 3)
        parts.append(
            Mesh(corners, np.tile(normal, (len(corners), 1)), np.arange(len(corners)).reshape(-1, 3))
        )
    return merge(parts), places


def main() -> None:
    room = washroom_room.made()
    density = room.pack(SIZE)
    surfaces = room.meshes(SIZE)
    fixtures = washroom_fixtures.made()
    fixed = {name: mesh for name, mesh in fixtures.items() if name not in LOOSE}
    loose = {name: fixtures[name] for name in LOOSE}
    count = sum(mesh.triangle_count for mesh in (*surfaces.values(), *fixtures.values()))
    say(f"built: {count} triangles, {len(room.charts)} charts, {density:.0f} texels a metre")

    studio = Studio()
    studio.short_occlusion(SHORT_M)
    image = studio.image(SIZE)
    # metal is dull while diffuse light is baked
    matters = {name: matter(name) for name in (*surfaces, *fixtures)}
    dull = {name: replace(value, metallic=0.0) for name, value in matters.items()}
    charted = studio.add("surfaces", surfaces, dull, image)
    still = studio.add("fixtures", fixed, dull)
    taken = studio.add("loose", loose, dull)
    taken.hide_render = True
    points, places = probe_points()
    air = studio.add("air", {"air": points}, {"air": Matter()})
    for name in (
        "visible_camera",
        "visible_diffuse",
        "visible_glossy",
        "visible_transmission",
        "visible_shadow",
    ):
        setattr(air, name, False)

    known = room.reached(SIZE)
    light = studio.map(charted, image, "DIFFUSE", SAMPLES["light"])
    say("light map baked")
    lit = known & (light.sum(axis=2) > 1e-5)
    light = after.denoised(after.dilated(light, lit))
    openness = studio.map(charted, image, "AO", SAMPLES["open"])
    openness = after.denoised(after.dilated(openness, lit))[..., 0]
    say("openness baked")
    picture = np.concatenate([dirtied(light, openness), np.clip(openness, 0, 1)[..., None]], axis=2)

    def points_of(thing: object, names: dict[str, Mesh]) -> dict[str, Mesh]:
        found, openly = (studio.vertices(thing, kind, SAMPLES["points"]) for kind in ("DIFFUSE", "AO"))  # type: ignore[arg-type]
        made, start = {}, 0
        for name, mesh in names.items():
            rows = slice(start, start + len(mesh.positions))
            start = rows.stop
            made[name] = replace(
                mesh, light=evened(mesh, found[rows]), occlusion=evened(mesh, openly[rows])[:, 0]
            )
        return made

    meshes = {**surfaces, **points_of(still, fixed)}
    taken.hide_render = False
    meshes.update(points_of(taken, loose))
    say("fixtures baked")
    taken.hide_render = True
    found = studio.vertices(air, "DIFFUSE", SAMPLES["probes"]).reshape(3, 2, len(places), 3, 3).mean(axis=3)
    base = found.mean(axis=(0, 1))
    slope = held_back((found[:, 0] - found[:, 1]) / 2.0, base)
    values = np.stack([base, *slope], axis=-1).reshape(GRID[2], GRID[1], GRID[0], 3, 4)
    say("probes baked")

    taken.hide_render = False
    studio.shine({name: value for name, value in matters.items() if value.metallic > 0.0})
    studio.shine({"glass": Matter((0.88, 0.9, 0.9), 0.0, 1.0)})
    cubes: dict[str, CubeMap] = {}
    for name, (at, low, high, size) in CUBES.items():
        seen = after.denoised(studio.panorama(at, 4 * size, SAMPLES["panorama"]), "RT")
        cubes[name] = CubeMap(after.cube_levels(seen, size), at, low, high)
        say(f"{name} seen")
    # all of it or nothing: meshes and light of two runs do not fit
    stored.save(ASSETS / "models/washroom.npz", meshes, {}, 0.0002)
    roomlight.save_light_map(ASSETS / "light/washroom.npz", picture[::-1].astype(np.float32))
    ProbeGrid(values.astype(np.float32), GRID_LOW, GRID_HIGH).save(ASSETS / "light/washroom_probes.npz")
    for name, cube in cubes.items():
        cube.save(ASSETS / f"light/{name}.npz")


def evened(mesh: Mesh, values: np.ndarray) -> np.ndarray:
    """Noise between neighbouring vertices taken out: each takes a share of what its triangles' others have, where they
    face alike."""
    out = values.astype(np.float64)
    triangles, normals = mesh.triangles, mesh.normals
    edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    edges = np.concatenate([edges, edges[:, ::-1]])
    length = np.linalg.norm(mesh.positions[edges[:, 0]] - mesh.positions[edges[:, 1]], axis=1)
    alike = np.clip((normals[edges[:, 0]] * normals[edges[:, 1]]).sum(axis=1), 0, 1) ** 4 * np.exp(
        -((length / 0.03) ** 2)
    )
    for _ in range(2):
        total, weight = out * 1.0, np.ones(len(out))
        np.add.at(total, edges[:, 0], out[edges[:, 1]] * (0.5 * alike)[:, None])
        np.add.at(weight, edges[:, 0], 0.5 * alike)
        out = total / weight[:, None]
    return out.astype(np.float32)


if __name__ == "__main__":
    main()
