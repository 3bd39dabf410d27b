"""The sun's shadows on the road: of what stands still, worked out beforehand, and of what drives.

``strip`` is used by ``assets/scripts/make_road_sun.py``; it projects the stretch's own triangles along the sun's rays.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scenes.kit.moving import PAINTS, far_car
from scenes.kit.quads import Quads
from scenes.road.route import OWN_BACK_M, OWN_FRONT_M, PERIOD_M, SIZES
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.sunstrip import TOP_M, SunStrip

Array = NDArray[np.floating]
MODEL = "models/road_sun.npz"
TO_SUN = (-0.45, -0.35, 0.62)
LOW_X_M, WIDE_M = -22.0, 46.0
CELL_M = 0.15
"""Of one cell of the picture."""
CASTS = ("brick", "concrete", "hedge", "leaves", "metal", "plain", "signs", "tiles", "wall")
"""Meshes of a stretch that keep the sun off."""
LEAST_M = 0.25
"""What is lower throws no shadow that counts."""
STRENGTH = 0.42
"""What a shadow that is thrown on level ground covers of its picture on a bright day. Covered is the picture and not
the light: where two thirds of the light are the sun's, the picture without them is darker by this share."""
HIGH = {"van": 2.4, "ambulance": 2.4, "truck": 3.2, "lorry": 3.8, "bus": 2.95}


def strip(meshes: dict[str, Mesh], covered: Array) -> NDArray[np.uint8]:
    """``meshes`` of one stretch by material, over its whole period; ``covered`` (height, width): how opaque the picture
    of leaves is, first row uppermost. The picture of :class:`SunStrip`."""
    shape = (round(PERIOD_M / CELL_M), round(WIDE_M / CELL_M))
    high = np.zeros(shape, dtype=np.float32)
    slope = np.array(TO_SUN[:2]) / TO_SUN[2]
    for name in CASTS:
        mesh = meshes.get(name)
        if mesh is None:
            continue
        corners = mesh.positions[mesh.triangles].astype(np.float64)
        uvs = None if mesh.uvs is None else mesh.uvs[mesh.triangles]
        flat = corners[..., :2] - slope * corners[..., 2:]
        near = (corners[..., 2].max(axis=1) > LEAST_M) & (flat[..., 0].max(axis=1) > LOW_X_M)
        near &= flat[..., 0].min(axis=1) < LOW_X_M + WIDE_M
        for k in np.flatnonzero(near):
            longest = max(np.linalg.norm(flat[k] - np.roll(flat[k], 1, axis=0), axis=1))
            n = int(longest / (0.6 * CELL_M)) + 2
            a, b = np.meshgrid((np.arange(n) + 0.5) / n, (np.arange(n) + 0.5) / n)
            inside = a + b <= 1.0
            shares = np.stack([1.0 - a - b, a, b], axis=-1)[inside]
            at = shares @ corners[k]
            if name in ("leaves", "signs") and uvs is not None:
                u, v = (shares @ uvs[k]).T
                rows, columns = covered.shape
                seen = covered[
                    np.clip(((1.0 - v % 1.0) * rows).astype(int), 0, rows - 1),
                    np.clip((u % 1.0 * columns).astype(int), 0, columns - 1),
                ]
                if name == "leaves":
                    at = at[seen > 0.5]
            put = at[:, :2] - slope * at[:, 2:]
            i = np.floor(put[:, 1] % PERIOD_M / CELL_M).astype(int) % shape[0]
            j = np.floor((put[:, 0] - LOW_X_M) / CELL_M).astype(int)
            good = (j >= 0) & (j < shape[1]) & (at[:, 2] > 0.0)
            np.maximum.at(high, (i[good], j[good]), at[good, 2].astype(np.float32))
    return np.clip(np.rint(high / TOP_M * 255.0), 0, 255).astype(np.uint8)


def load() -> dict[str, SunStrip]:
    """The strips of all places that have any.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    path = assets.path(MODEL)
    try:
        return {
            name: SunStrip(np.asarray(heights, dtype=np.uint8), LOW_X_M, WIDE_M, PERIOD_M, TO_SUN)
            for name, heights in assets.arrays(path).items()
        }
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as shadows: {problem}") from None


def sharpness(sun: tuple[float, float, float], zenith: tuple[float, float, float]) -> float:
    """How strong shadows that are thrown are in this light: 1 on a bright day, 0 without sun."""
    level = TO_SUN[2] / float(np.linalg.norm(TO_SUN)) * sun[1]
    share = level / (level + zenith[1] + 1e-6)
    return (1.0 - (1.0 - share) ** 0.5) / STRENGTH


def outline(kind: str) -> Mesh:
    """A body of a few patches that throws a vehicle's shadow; wheels on z = 0, nose towards +y."""
    long, wide = SIZES[kind]
    wide -= 0.25  # without mirrors
    high = HIGH.get(kind)
    if high is None:
        made = far_car(PAINTS[0])
        low, top = made.positions.min(axis=0), made.positions.max(axis=0)
        size = np.array((wide, long, 1.58)) / (top[0] - low[0], top[1] - low[1], top[2])
        return replace(made, positions=made.positions * size.astype(np.float32))
    quads = Quads()
    w, h = wide / 2.0, long / 2.0
    front = h - (1.1 if kind in ("van", "ambulance") else 0.0)
    quads.boxes((-w, -h, 0.3), (w, h, 1.1), metres=None, sides="xXyYZ")
    quads.boxes((-w, -h, 1.1), (w, front, high), metres=None, sides="xXyYZ")
    made = quads.mesh()
    return replace(made, uvs=np.zeros((len(made.positions), 2), dtype=np.float32))


def own_outline() -> Mesh:
    """Of the own car, whose driver's eyes are at y = 0."""
    return outline("hatch").moved(y=(OWN_FRONT_M - OWN_BACK_M) / 2.0)
