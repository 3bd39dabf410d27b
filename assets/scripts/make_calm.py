"""Makes the calm place with its light: ``python assets/scripts/make_calm.py`` (about a minute; the textures first).

Seeded. Light from a low sun through the near trees' leaves falls on the ground by a map and on grass by its vertices.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from paint import save
from paint_tree import bled, display
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.calm import land, meadow, wooden, woods  # noqa: E402
from scenes.calm.air import FOG_COLOUR, FOG_M, FOG_START_M  # noqa: E402
from scenes.kit import stored  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge  # noqa: E402

Array = NDArray[np.float64]
HALF_M = 40.0
SIZE = 512
SECTORS = 6


def ground(half_m: float) -> Mesh:
    """Rings around the person, finer where near; nothing deep under the lake."""
    r = np.concatenate([[0.0], 0.5 * 1.105 ** np.arange(70)])
    r = r[r < 560.0]
    az = np.linspace(0, 2 * np.pi, 97)[:-1]
    rr, aa = np.meshgrid(r, az, indexing="ij")
    x, y = (rr * np.sin(aa)).ravel(), (rr * np.cos(aa)).ravel()
    z = land.height(x, y)
    e = 0.3
    slope = np.stack([(land.height(x + e, y) - z) / e, (land.height(x, y + e) - z) / e], 1)
    normals = np.column_stack([-slope, np.ones(len(x))])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    n = len(az)
    i, j = (v.ravel() for v in np.meshgrid(np.arange(len(r) - 1), np.arange(n), indexing="ij"))
    a, b, c, d = i * n + j, i * n + (j + 1) % n, (i + 1) * n + (j + 1) % n, (i + 1) * n + j
    triangles = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    triangles = triangles[(z[triangles].max(axis=1) > land.WATER_Z - 0.5)]
    d_shore = land.shore_distance(x, y)
    tint = (
        land.meadow_tint(x, y)
        * (1.0 - 0.45 * land.smooth(14.0, 40.0, d_shore) * land.smooth(50.0, 75.0, np.hypot(x, y)))[:, None]
    )
    wet = (land.smooth(0.9, 0.0, d_shore) * land.smooth(70.0, 40.0, np.hypot(x, y)))[:, None]
    tint = tint * (1 - wet) + np.array([0.46, 0.42, 0.38]) * wet
    used, back = np.unique(triangles, return_inverse=True)
    at = np.column_stack([x, y])[used]
    charts = np.clip((at + half_m) / (2 * half_m), 0.5 / SIZE, 1 - 0.5 / SIZE)
    return Mesh(
        positions=np.column_stack([x, y, z])[used],
        normals=normals[used],
        triangles=back.reshape(-1, 3),
        uvs=at / 2.0,
        tint=np.clip(tint[used], 0, 1),
        lightmap_uvs=charts,
    )


def water() -> Mesh:
    cx, cy, a, b = land.LAKE
    x0, x1, y0, y1 = cx - a - 12, cx + a + 12, 4.0, cy + b + 12
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
    light = land.SUN * land.TO_SUN[2] + land.SKY
    return Mesh(
        positions=np.column_stack([corners, np.full(4, land.WATER_Z)]),
        normals=np.tile([0.0, 0.0, 1.0], (4, 1)),
        triangles=np.array([[0, 1, 2], [0, 2, 3]]),
        uvs=corners,
        light=np.tile(light, (4, 1)),
    )


def sectors(mesh: Mesh) -> list[Mesh]:
    """By direction from the person, so that what lies behind is not drawn."""
    middle = mesh.positions[mesh.triangles].mean(axis=1)
    az = np.arctan2(middle[:, 0], middle[:, 1]) % (2 * np.pi)
    of = (az / (2 * np.pi) * SECTORS).astype(int) % SECTORS
    made = []
    for k in range(SECTORS):
        used, back = np.unique(mesh.triangles[of == k], return_inverse=True)
        if not len(used):
            continue
        columns = {n: v[used] for n, v in vars(mesh).items() if v is not None and n != "triangles"}
        made.append(Mesh(triangles=back.reshape(-1, 3), **columns))
    return made


def reeds(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """Places along the near shore, in stands, none where one looks out or at the jetty."""
    x = rng.uniform(-70, 70, 9000)
    y = rng.uniform(6, 60, 9000)
    d = land.shore_distance(x, y)
    stand = np.sin(0.35 * x + 1.0) + 0.7 * np.sin(0.13 * x) + 0.25 * rng.standard_normal(len(x))
    open_ = np.exp(-(((x - 0.5) / 5.5) ** 2))
    keep = (d > -2.2) & (d < 0.7) & (stand > 0.25 + 2.0 * open_) & (np.abs(x - land.JETTY[0]) > 1.3)
    x, y = x[keep], y[keep]
    return x, y, np.maximum(land.height(x, y), land.WATER_Z - 0.25)


def panorama(feet: Array, tall: Array, columns: NDArray[np.int_]) -> Array:
    """What the lake mirrors: hills and far trees by direction, hazy as they are seen; (256, 2048, 4)."""
    w, h = 2048, 256
    picture = np.zeros((h, w, 4))
    fog = np.array(FOG_COLOUR)
    el = (h - 0.5 - np.arange(h)) / h * np.radians(22.5)

    def hazed(light: Array, distance: float) -> Array:
        clear = np.exp(-max(distance - FOG_START_M, 0.0) / FOG_M)
        return fog + (light - fog) * clear

    az = ((np.arange(w) + 0.5) / w - 0.5) * 2 * np.pi
    ahead = np.abs(az) < np.radians(112)
    for r in (2040.0, 1420.0, 760.0):
        top = np.arctan2(woods.hill_height(np.full(w, r), az) - land.WATER_Z, r)
        inside = (el[:, None] < top) & ahead
        picture[inside] = [*hazed(np.array([0.05, 0.068, 0.03]), r), 1.0]
    sheet = np.asarray(Image.open(ROOT / "assets/textures/calm/trees.png"), dtype=np.float64) / 255.0
    sheet[..., :3] = np.where(
        sheet[..., :3] <= 0.04045, sheet[..., :3] / 12.92, ((sheet[..., :3] + 0.055) / 1.055) ** 2.4
    )
    row, mirrored = woods.facing(feet, columns)
    distance = np.hypot(feet[:, 0], feet[:, 1])
    for k in np.argsort(-distance):
        edge = tall[k] * 1.06
        size = max(int(edge / distance[k] / (2 * np.pi) * w), 2)
        high = max(int(edge / distance[k] / np.radians(22.5) * h), 2)
        cell = sheet[row[k] * 256 : (row[k] + 1) * 256, columns[k] * 256 : (columns[k] + 1) * 256]
        cell = cell[:, ::-1] if mirrored[k] else cell
        flat = np.dstack([cell[..., :3] * cell[..., 3:], cell[..., 3:]])
        small = np.dstack(
            [
                np.asarray(
                    Image.fromarray(flat[..., c].astype(np.float32)).resize(
                        (size, high), Image.Resampling.BOX
                    )
                )
                for c in range(4)
            ]
        )
        column = int((np.arctan2(feet[k, 0], feet[k, 1]) / (2 * np.pi) + 0.5) * w) - size // 2
        foot = h - int((feet[k, 2] - land.WATER_Z) / distance[k] / np.radians(22.5) * h)
        ys, xs = np.arange(foot - high, foot), (np.arange(column, column + size)) % w
        ok = (ys >= 0) & (ys < h)
        cover = small[ok][..., 3:]
        colour = np.where(cover > 0, small[ok][..., :3] / np.maximum(cover, 1e-6), 0)
        under = picture[np.ix_(ys[ok], xs)]
        mixed = under[..., 3:] * (1 - cover)
        out = cover + mixed
        new = (hazed(colour, float(distance[k])) * cover + under[..., :3] * mixed) / np.maximum(out, 1e-6)
        picture[np.ix_(ys[ok], xs)] = np.concatenate([new, out], axis=-1)
    # between the feet of the trees and the water there is no sky
    bank = picture[-3:]
    bare = bank[..., 3] < 0.9
    bank[bare] = [*hazed(np.array([0.050, 0.062, 0.034]), 250.0), 0.9]
    picture = bled(picture)
    picture[..., :3] = display(picture[..., :3])
    return picture


def main() -> None:
    rng = np.random.default_rng(12)
    trees = [woods.planted(*row) for row in woods.NEAR]
    bench = wooden.bench().mesh().moved(-2.35, 2.5, -0.01, -14.0)
    deck = wooden.jetty(np.random.default_rng(12)).mesh()
    under_trees = woods.shade_map(trees, HALF_M, SIZE)
    shade = woods.shade_map(trees, HALF_M, SIZE, wooden.across_the_sun(merge([bench, deck])))

    def looked_up(shade: Array, x: Array, y: Array) -> Array:
        i = np.clip(((x + HALF_M) / (2 * HALF_M) * SIZE).astype(int), 0, SIZE - 1)
        j = np.clip(((y + HALF_M) / (2 * HALF_M) * SIZE).astype(int), 0, SIZE - 1)
        return shade[j, i]

    def sunlit(x: Array, y: Array) -> Array:
        return looked_up(shade, x, y)

    def above_ground(mesh: Mesh) -> Array:
        """Share of the sun at the vertices: as on the ground where its ray would end."""
        p = mesh.positions.astype(np.float64)
        high = p[:, 2] - land.height(p[:, 0], p[:, 1])
        end = p - land.TO_SUN * (high / land.TO_SUN[2])[:, None]
        return looked_up(under_trees, end[:, 0], end[:, 1])

    floor = shade[..., None] * land.SUN * land.TO_SUN[2] + land.SKY * (0.62 + 0.30 * shade[..., None])
    leafy, wood = woods.thicket(trees, rng)
    feet, tall, columns = woods.ring(rng)
    far = woods.cards(feet, tall, columns, rng)
    blades = meadow.blades(rng, 15000, 5.2, sunlit)
    places = meadow.scatter(rng, 4200, 1.5, 34.0, 1.0, 0.4)
    r = np.hypot(places[0], places[1])
    size = rng.uniform(0.8, 1.2, len(r))
    kinds = rng.choice(3, len(r), p=(0.45, 0.43, 0.12))
    tufts = meadow.tufts(
        rng,
        places,
        size * (0.26 + 0.012 * r) * (1 + 0.3 * (kinds == 2)),
        size * (0.34 + 0.035 * r),
        kinds,
        sunlit,
    )
    stand = reeds(rng)
    n = len(stand[0])
    reed = meadow.tufts(
        rng,
        stand,
        rng.uniform(1.1, 1.8, n),
        rng.uniform(0.8, 1.3, n),
        np.full(n, 3),
        lambda x, y: np.ones_like(x),
        1.15,
    )
    heads, stems = meadow.flowers(rng, 1500, 9.0, sunlit)
    timber = merge([replace(m, light=wooden.lit(m, sunlit=above_ground(m))) for m in (bench, deck)])
    meshes = {
        "ground": ground(HALF_M),
        "water": water(),
        "hills": woods.hills(),
        "wood": wood,
        "timber": grained(timber),
        "reeds": reed,
        "heads": heads,
        "stems": stems,
    }
    for name, whole in (("far", far), ("blades", blades), ("tufts", tufts)):
        meshes |= {f"{name} {k}": part for k, part in enumerate(sectors(whole))}
    meshes |= {f"leaves {k}": mesh for k, mesh in enumerate(leafy)}
    save(panorama(feet, tall, columns), "textures/calm/surroundings.png")
    path = ROOT / "assets" / "models" / "calm.npz"
    stored.save(path, meshes, {"light": floor[::-1].astype(np.float32)}, 0.001)
    triangles = {name: mesh.triangle_count for name, mesh in meshes.items()}
    print(triangles)
    print(
        f"{path}: {sum(triangles.values())} triangles in {len(meshes)} meshes, {path.stat().st_size / 1e6:.2f} MB"
    )


def grained(mesh: Mesh) -> Mesh:
    """Texture coordinates with u along the longest way that a patch could run."""
    p = mesh.positions
    axis = np.abs(mesh.normals).reshape(-1, 4, 3).mean(axis=1).argmax(axis=1).repeat(4)
    u = np.where(axis == 0, p[:, 1], p[:, 0])
    v = np.where(axis == 2, p[:, 1], p[:, 2])
    return replace(mesh, uvs=np.stack([u, v * 1.0 + 0.31 * np.floor(p[:, 1] / 0.15)], axis=1))


if __name__ == "__main__":
    main()
