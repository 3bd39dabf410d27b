"""Makes the baseline room with its light: ``python assets/scripts/make_room.py`` (about two minutes). Seeded.

Floor, walls, ceiling and rug get a light map; furniture is lit at its vertices. A share of the rays may be asked for
while trying things out: ``make_room.py 0.2``.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.baseline_room import shell  # noqa: E402
from scenes.baseline_room.furniture import LAMP, RUG, curtain, furnish  # noqa: E402
from scenes.calm import woods  # noqa: E402
from scenes.kit import indoors, stored  # noqa: E402
from scenes.kit.indoors import Hull, Solid  # noqa: E402
from scenes.kit.quads import linear  # noqa: E402
from scenes.kit.shapes import cut_up  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge, quad  # noqa: E402

Array = NDArray[np.float32]
MAP = 512
GARDEN_Z = -0.55
TO_SUN = np.array([-0.52, 0.66, 0.54])
BOXED = {"cloth": 0.25, "wool": 0.25, "paper": 1.0, "matt": 1.0, "metal": 1.0}
"""Materials whose texture is laid on along the nearest axis, and the texture's size, m."""


def hull(solids: list[Solid]) -> Hull:
    wx0, wx1, _, _ = shell.WINDOW
    floor = linear((0.66, 0.56, 0.44))
    faces = [shell.WALL, shell.WALL, shell.WALL, shell.FRONT, floor, shell.CEILING]
    x0, x1, y0, y1 = RUG
    rug = Solid((x0, y0, -0.01), (x1, y1, 0.008), linear((0.76, 0.71, 0.62)))
    cloth = linear((0.86, 0.84, 0.79))
    hung = [
        Solid((wx0 - 0.40, 2.86, 0.10), (wx0 + 0.04, 2.92, 2.28), cloth, lets_through=0.25),
        Solid((wx1 - 0.04, 2.86, 0.10), (wx1 + 0.40, 2.92, 2.28), cloth, lets_through=0.25),
    ]
    return Hull(
        low=shell.LOW.astype(np.float32),
        high=shell.HIGH.astype(np.float32),
        faces=np.array(faces, np.float32),
        solids=[*solids, rug, *hung],
        window=shell.WINDOW,
        bars=((wx0 + wx1) / 2, 0.05, 1.74),
        sky=np.array([9.0, 9.9, 11.0], np.float32),
        garden=np.array([3.3, 3.6, 2.9], np.float32),
        to_sun=(TO_SUN / np.linalg.norm(TO_SUN)).astype(np.float32),
        sun=np.array([2.7, 2.45, 2.05], np.float32),
        sun_soft_m=0.10,
        lamp=LAMP.astype(np.float32),
        lamp_radius=0.13,
        glow=np.array([3.4, 2.4, 1.4], np.float32),
    )


def mapped(mesh: Mesh, metres: float) -> Mesh:
    """Texture coordinates along the axes that a patch faces least."""
    axis = np.abs(mesh.normals).reshape(-1, 4, 3).mean(axis=1).argmax(axis=1).repeat(4)
    u = np.where(axis == 0, mesh.positions[:, 1], mesh.positions[:, 0])
    v = np.where(axis == 2, mesh.positions[:, 1], mesh.positions[:, 2])
    return replace(mesh, uvs=np.stack([u, v], axis=1) / metres)


def grained(mesh: Mesh) -> Mesh:
    """Texture coordinates with u along the longer side of each patch: the way that wood is cut."""
    corners = mesh.positions.reshape(-1, 4, 3)
    axis = np.abs(mesh.normals).reshape(-1, 4, 3).mean(axis=1).argmax(axis=1)
    size = np.ptp(corners, axis=1)
    size[np.arange(len(size)), axis] = -1.0
    # long thin boards tell their grain by the whole board: patches were cut from it, so look at where they lie
    along = size.argmax(axis=1)
    across = 3 - along - axis
    rows = np.arange(len(corners))
    u = corners[rows, :, along]
    v = corners[rows, :, across]
    return replace(mesh, uvs=np.stack([u, v + 0.37 * u.mean()], axis=-1).reshape(-1, 2))


def lit(mesh: Mesh, room: Hull, rays: int, both_sides: float = 0.0) -> Mesh:
    """With light gathered at each place once, however many patches meet there."""
    key = np.column_stack([np.rint(mesh.positions / 0.002), np.rint(mesh.normals * 20.0)]).astype(np.int32)
    _, first, back = np.unique(key, axis=0, return_index=True, return_inverse=True)
    points, normals = mesh.positions[first], mesh.normals[first]
    normals = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    light = indoors.gather(room, points + normals * 0.006, normals, rays=rays)
    if both_sides:
        light += both_sides * indoors.gather(room, points - normals * 0.03, -normals, rays=rays)
    return replace(mesh, light=light[back.reshape(-1)])


def softened(light: Array) -> Array:
    """Blurred a little: what is left of the single directions in the bounced light goes."""
    for axis in (0, 1):
        padded = np.pad(light, [(2, 2) if a == axis else (0, 0) for a in range(3)], mode="edge")
        n = light.shape[axis]
        parts = [np.take(padded, range(k, k + n), axis=axis) * w for k, w in enumerate((1, 4, 6, 4, 1))]
        light = sum(parts[1:], parts[0]) / 16.0
    return light


def light_map(room: Hull, rays: int) -> tuple[dict[str, list[Mesh]], Array]:
    """The charts' meshes by material, and their light in one picture (first row uppermost)."""
    picture = np.zeros((MAP, MAP, 3), np.float32)
    meshes: dict[str, list[Mesh]] = {}
    x = y = tall = 0
    pad = 2
    for chart in sorted(shell.charts(RUG), key=lambda c: -c.texels()[1]):
        columns, rows = chart.texels()
        if x + columns + 2 * pad > MAP:
            x, y, tall = 0, y + tall, 0
        if y + rows + 2 * pad > MAP:
            raise SystemExit("the light map is full")
        points = chart.points().astype(np.float32)
        normals = np.broadcast_to(chart.normal, points.shape).astype(np.float32)
        share = 0.6 if chart.name in ("ceiling", "back") else 1.0
        bounced = indoors.bounced(room, points, normals, rays=max(8, int(rays * share)))
        bounced = softened(bounced.reshape(rows, columns, 3))
        light = bounced + indoors.straight(room, points, normals).reshape(rows, columns, 3)
        picture[y : y + rows + 2 * pad, x : x + columns + 2 * pad] = np.pad(
            light, ((pad, pad), (pad, pad), (0, 0)), mode="edge"
        )
        meshes.setdefault(chart.material, []).append(chart.mesh((x + pad, y + pad), MAP))
        x += columns + 2 * pad
        tall = max(tall, rows + 2 * pad)
        print(f"  {chart.name}: {columns} x {rows}, mean light {light.mean():.2f}", flush=True)
    return meshes, picture[::-1]


def garden() -> dict[str, Mesh]:
    """What is seen through the window: a lawn, shrubs, trees, all far enough to be cards; already lit."""
    rng = np.random.default_rng(21)
    rows: list[tuple[float, float, float, int]] = []
    for x in np.arange(-26.0, 13.0, 1.15):
        rows.append(
            (
                x + rng.uniform(-0.4, 0.4),
                17.0 + 0.8 * np.sin(0.4 * x) + rng.uniform(-0.5, 0.5),
                rng.uniform(1.7, 2.7),
                4,
            )
        )
    for x, y, tall, column in (
        (-15.5, 24, 8.5, 2),
        (-11.0, 21, 7.0, 1),
        (-3.5, 27, 9.0, 5),
        (1.0, 22, 6.0, 6),
        (5.5, 25, 8.0, 2),
    ):
        rows.append((x, y, tall, column))
    for x in np.arange(-60.0, 36.0, 3.1):
        rows.append(
            (
                x + rng.uniform(-1, 1),
                46.0 + rng.uniform(-5, 6),
                rng.uniform(8.0, 13.5),
                int(rng.choice([0, 1, 2, 5, 6, 3])),
            )
        )
    made = np.array(rows)
    feet = np.column_stack([made[:, 0], made[:, 1], np.full(len(made), GARDEN_Z)])
    trees = woods.cards(feet, made[:, 2], made[:, 3].astype(int), rng)
    trees = replace(trees, light=np.full((len(trees.positions), 3), 1.9) * np.array([1.0, 0.90, 1.0]))
    lawn = quad(
        [(-40, 3.3, GARDEN_Z), (20, 3.3, GARDEN_Z), (20, 60, GARDEN_Z), (-40, 60, GARDEN_Z)], (30, 28), 57, 60
    )
    x, y = lawn.positions[:, 0], lawn.positions[:, 1]
    # shade under the hedge and in streaks from the trees
    shade = (
        np.exp(-(((y - 16.2) / 1.3) ** 2))
        + 0.8 * np.exp(-(((x + 0.8 * y - 3.0) / 1.6) ** 2)) * (y > 9)
        + 0.7 * (y > 18)
    )
    bright = (2.3 - 1.4 * np.clip(shade, 0, 1))[:, None] * np.array([1.0, 0.92, 0.92])
    tint = np.tile([0.54, 0.62, 0.52], (len(x), 1)) * (1.0 + 0.08 * np.sin(1.3 * x + np.sin(y)))[:, None]
    return {"garden": trees, "lawn": replace(lawn, light=bright, tint=tint)}


def main() -> None:
    begun = time.monotonic()
    effort = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    made = furnish()
    room = hull(made.solids)
    rays = max(8, int(256 * effort))
    indoors.settle(room, rays=max(32, int(160 * effort)))
    print(f"  settled: {time.monotonic() - begun:.0f} s", flush=True)
    charted, picture = light_map(room, rays)
    meshes = {name: merge(parts) for name, parts in charted.items()}
    for name, quads in made.parts.by.items():
        flat = name in ("matt", "wood", "wool", "metal")
        mesh = (cut_up(quads, 0.14) if flat else quads).mesh()
        if name in BOXED:
            mesh = mapped(mesh, BOXED[name])
        if name == "wood":
            mesh = grained(mesh)
        meshes[name] = lit(mesh, room, rays // 2, 0.35 if name in ("leaf", "paper") else 0.0)
        print(f"  {name}: {mesh.triangle_count} triangles, {time.monotonic() - begun:.0f} s", flush=True)
    without = replace(room, solids=room.solids[:-2])
    wx0, wx1, _, _ = shell.WINDOW
    for side, x in ((-1.0, wx0 + 0.02), (1.0, wx1 - 0.02)):
        cloth = curtain(side).mesh()
        here = lit(cloth.moved(x, 2.89, 2.30), without, rays // 2, 0.45)
        meshes[f"curtain {'left' if side < 0 else 'right'}"] = replace(cloth, light=here.light)
    meshes |= garden()
    # as a camera set to this light would show it
    white = np.array([0.95, 1.0, 1.10], np.float32)
    meshes = {
        name: mesh if mesh.light is None else replace(mesh, light=mesh.light * white)
        for name, mesh in meshes.items()
    }
    picture = picture * white
    path = ROOT / "assets" / "models" / "baseline_room.npz"
    stored.save(path, meshes, {"light": picture}, 0.0005)
    triangles = sum(mesh.triangle_count for mesh in meshes.values())
    print(f"{path}: {triangles} triangles in {len(meshes)} meshes, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
