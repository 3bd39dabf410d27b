"""The wheels of the vehicles: found in the bought-in models, taken out there, and made anew, round and with tyres.

The models' own wheels are polygons of 14 to 16 sides without a picture of their own, or oval after scaling. Here each
becomes a tyre (a body of revolution of rubber), a dished rim with the model's picture of it, and the dark of the arch
behind it. Lengths in metres; the vehicle faces +y and stands on z = 0.
"""

from __future__ import annotations

from typing import NamedTuple

import bmesh
import bpy
import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh, merge

Array = NDArray[np.float64]
SIDES = 20
RUBBER = (0.024, 0.024, 0.025)
WORN = (0.034, 0.033, 0.031)
"""Linear colours of the sidewall, and of the tread, which is grey with dust."""
ARCH = (0.006, 0.006, 0.006)


class Rim(NamedTuple):
    """Where the picture of a rim lies on the vehicle's tile (u, v up and radius, 0 to 1), and how wide the rim is."""

    u: float
    v: float
    radius: float
    share: float
    """Of the tyre's radius."""


class Wheel(NamedTuple):
    y: float
    z: float
    radius: float
    outer: float
    """|x| of the outer face."""
    inner: float
    side: int
    """-1 left, 1 right."""


def take_out(objects: list[bpy.types.Object]) -> list[Wheel]:
    """Removes all wheels from the models and says where they stood."""
    boxes: list[tuple[Array, Array]] = []
    for o in objects:
        made = bmesh.new()
        made.from_mesh(o.data)
        gone = []
        for faces in islands(made):
            points = np.array([v.co for f in faces for v in f.verts])
            low, high = points.min(axis=0), points.max(axis=0)
            if round_and_low(low, high):
                boxes.append((low, high))
                gone += faces
        bmesh.ops.delete(made, geom=gone, context="FACES")
        made.to_mesh(o.data)
        made.free()
    return wheels_of(boxes)


def islands(made: bmesh.types.BMesh) -> list[list[bmesh.types.BMFace]]:
    """Faces that hang together, also where vertices lie in one place without being one."""
    made.faces.ensure_lookup_table()
    root = list(range(len(made.faces)))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    first: dict[tuple[float, ...], int] = {}
    for face in made.faces:
        for corner in face.verts:
            other = first.setdefault(tuple(round(c, 4) for c in corner.co), face.index)
            root[top(face.index)] = top(other)
    found: dict[int, list[bmesh.types.BMFace]] = {}
    for face in made.faces:
        found.setdefault(top(face.index), []).append(face)
    return list(found.values())


def round_and_low(low: Array, high: Array) -> bool:
    wide, long, tall = high - low
    beside = min(abs(low[0]), abs(high[0])) > 0.4
    return bool(
        0.2 < long < 1.2
        and abs(long - tall) < 0.12 * long
        and wide < 0.5
        and beside
        and low[2] < 0.35
        and high[2] < 1.3
    )


def wheels_of(boxes: list[tuple[Array, Array]]) -> list[Wheel]:
    """One wheel where boxes of one side and one axle lie over each other; two of a pair count as one wide wheel."""
    groups: dict[tuple[int, int], list[tuple[Array, Array]]] = {}
    for low, high in boxes:
        side = 1 if low[0] > 0 else -1
        groups.setdefault((side, round(float(low[1] + high[1]) / 2 / 0.3)), []).append((low, high))
    made = []
    for (side, _), those in sorted(groups.items()):
        tyre = max(those, key=lambda box: float(box[1][2]))
        low, high = tyre
        edges = np.abs([(a[0], b[0]) for a, b in those if b[2] > 0.9 * high[2]])
        radius = float(high[2] - low[2]) / 2
        made.append(Wheel(float(low[1] + high[1]) / 2, radius, radius, edges.max(), edges.min(), side))
    return made


def turned(
    wheel: Wheel,
    profile: list[tuple[float, float, tuple[float, float, float], float]],
    *,
    picture: tuple[float, float, float, float] | None = None,
    white: tuple[float, float] = (0.0, 0.0),
) -> Mesh:
    """A body of revolution about the axle. ``profile``: radius as a share of the wheel's, how far the ring lies inside
    the outer face (m), colour, openness to the sky, from the middle of the outer face on; ``picture``: centre and
    radii on the atlas of what is 1 wide; without one all of it shows the texel ``white``."""
    angle = np.linspace(0, 2 * np.pi, SIDES + 1)
    share = np.array([p[0] for p in profile])
    x = wheel.side * (wheel.outer - np.array([p[1] for p in profile]))
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    yz = share[:, None, None] * wheel.radius * ring
    points = np.concatenate(
        [np.broadcast_to(x[:, None, None], (len(profile), SIDES + 1, 1)), yz + (wheel.y, wheel.z)], axis=-1
    )
    # normals from the profile's own slope, smooth along it
    dr, dx = np.gradient(share * wheel.radius), np.gradient(x)
    out, along = dx * -wheel.side, dr * wheel.side
    length = np.hypot(out, along) + 1e-9
    normals = np.concatenate(
        [
            np.broadcast_to((along / length)[:, None, None], (len(profile), SIDES + 1, 1)),
            (out / length)[:, None, None] * ring,
        ],
        axis=-1,
    )
    if picture is None:
        uv = np.broadcast_to(np.array(white), (len(profile), SIDES + 1, 2))
    else:
        u, v, wide, high = picture
        uv = np.stack(
            [
                u + wheel.side * wide * share[:, None] * ring[:, 0],
                v + high * share[:, None] * ring[:, 1],
            ],
            axis=-1,
        )
    open_ = np.array([p[3] for p in profile])[:, None] * (0.72 - 0.42 * ring[None, :, 1] ** 2)
    tint = np.broadcast_to(np.array([p[2] for p in profile])[:, None, :], (*points.shape[:2], 3))
    count = SIDES + 1
    a = (np.arange(len(profile) - 1)[:, None] * count + np.arange(SIDES)).ravel()
    quads = np.stack([a, a + 1, a + count + 1, a + count], axis=-1)
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    if wheel.side > 0:
        triangles = triangles[:, ::-1]
    flat = points.reshape(-1, 3)
    across = np.cross(
        flat[triangles[:, 1]] - flat[triangles[:, 0]], flat[triangles[:, 2]] - flat[triangles[:, 0]]
    )
    triangles = triangles[np.linalg.norm(across, axis=1) > 1e-8]
    return Mesh(
        flat,
        normals.reshape(-1, 3),
        triangles,
        uvs=uv.reshape(-1, 2),
        tint=tint.reshape(-1, 3),
        occlusion=np.clip(open_, 0.05, 1.0).reshape(-1),
    )


def tyres(wheels: list[Wheel], rim: Rim, white: tuple[float, float]) -> Mesh:
    """Rubber all round, and the dark of the arch behind it."""
    made = []
    for wheel in wheels:
        wide = wheel.outer - wheel.inner
        lip = rim.share
        made.append(
            turned(
                wheel,
                [
                    (lip - 0.01, 0.016, RUBBER, 0.7),
                    (0.955, 0.006, RUBBER, 1.0),
                    (1.0, 0.040, WORN, 0.85),
                    (1.0, wide, ARCH, 0.2),
                ],
                white=white,
            )
        )
    return merge(made)


def rims(wheels: list[Wheel], rim: Rim, at: tuple[float, float, float, float]) -> Mesh:
    """``at``: centre and radii of the rim's picture on the atlas."""
    made, lip = [], rim.share
    for wheel in wheels:
        made.append(
            turned(
                wheel,
                [
                    (0.0, 0.020, (0.9, 0.9, 0.9), 1.0),
                    (lip * 0.86, 0.036, (0.62, 0.62, 0.62), 0.8),
                    (lip, 0.012, (1.0, 1.0, 1.0), 1.0),
                ],
                picture=(at[0], at[1], at[2] / lip, at[3] / lip),
            )
        )
    return merge(made)


def painted_rim(size: int) -> NDArray[np.uint8]:
    """A picture of an alloy rim with ten spokes, (size, size, 3), display colours."""
    n = size * 4
    y, x = (np.mgrid[0:n, 0:n] + 0.5) / n * 2 - 1
    r, turn = np.hypot(x, y), np.arctan2(y, x)
    grey = np.full((n, n), 30.0)
    grey[r > 0.62] = 22.0
    # each spoke narrows towards the rim and is bright along its middle
    off = (turn / (2 * np.pi) * 10) % 1.0 - 0.5
    across = np.abs(off) * 2 * np.pi / 10 * r
    half = 0.085 + 0.035 * (1 - r)
    spoke = across < half
    grey = np.where(spoke, 150 + 45 * np.clip(1 - across / half, 0, 1) - 14 * y, grey)
    grey = np.where((r > 0.84) & (r < 0.99), 168 - 22 * y + 26 * (r > 0.93), grey)
    grey = np.where(r < 0.24, 150 - 16 * y, grey)
    grey = np.where((r > 0.215) & (r < 0.24), 70.0, grey)
    grey = np.where(r < 0.115, 96 - 12 * y, grey)
    for k in range(5):
        a = 2 * np.pi * (k + 0.5) / 5
        grey[np.hypot(x - 0.17 * np.cos(a), y - 0.17 * np.sin(a)) < 0.028] = 40.0
    grey[r > 0.99] = 24.0
    small = grey.reshape(size, 4, size, 4).mean(axis=(1, 3))
    return np.clip(small[..., None] * (1.0, 1.0, 1.02), 0, 255).astype(np.uint8)
