"""What is seen through the panes of the traffic's cars, and the panes themselves; and the letters of number plates.

Insides are a few dark shapes: a tub up to the windows, seats with head rests, a dashboard, and who drives. Frame of a
vehicle: it faces +y and stands on z = 0, metres.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vr_runtime.stage.mesh import Mesh, box, merge

Array = NDArray[np.float64]
DARK_OVER_M = 0.80
"""Panes lie higher than this."""
TRIM, SEAT, TUB = (0.030, 0.030, 0.032), (0.060, 0.060, 0.064), (0.018, 0.018, 0.019)
SKIN, HAIR, COAT = (0.30, 0.19, 0.14), (0.045, 0.032, 0.024), (0.085, 0.095, 0.125)


class Cabin(NamedTuple):
    """Of a car: half its inner width, where the tub begins and ends, the lower edge of the windows, y of the front
    seats, y of the rear bench (None: a closed body behind the seats)."""

    half: float
    back: float
    front: float
    sill: float
    seats: float
    bench: float | None


CABINS = {
    "hatch": Cabin(0.70, -1.55, 0.95, 0.92, -0.15, -1.00),
    "suv": Cabin(0.74, -1.70, 0.85, 1.00, -0.25, -1.10),
    "van": Cabin(0.78, 0.60, 2.00, 1.28, 1.10, None),
}
EYES_M = {"hatch": 1.22, "suv": 1.32, "van": 1.82}


def ball(
    size: tuple[float, float, float], at: tuple[float, float, float], rows: int = 4, columns: int = 6
) -> Mesh:
    v = np.linspace(-np.pi / 2, np.pi / 2, rows + 1)[:, None]
    u = np.linspace(0, 2 * np.pi, columns + 1)[None, :]
    unit = np.stack([np.cos(v) * np.cos(u), np.cos(v) * np.sin(u), np.sin(v) * np.ones_like(u)], -1).reshape(
        -1, 3
    )
    count = columns + 1
    a = (np.arange(rows)[:, None] * count + np.arange(columns)).ravel()
    triangles = np.concatenate(
        [np.stack([a, a + 1, a + count + 1], 1), np.stack([a, a + count + 1, a + count], 1)]
    )
    flat = unit * np.asarray(size) / 2
    area = np.linalg.norm(
        np.cross(
            flat[triangles[:, 1]] - flat[triangles[:, 0]], flat[triangles[:, 2]] - flat[triangles[:, 0]]
        ),
        axis=1,
    )
    return Mesh(flat + np.asarray(at), unit, triangles[area > 1e-9])


def finished(
    made: list[tuple[Mesh, tuple[float, float, float]]], white: tuple[float, float], open_: float
) -> Mesh:
    parts = []
    for mesh, tone in made:
        n = len(mesh.positions)
        parts.append(
            Mesh(
                mesh.positions,
                mesh.normals,
                mesh.triangles,
                uvs=np.tile(white, (n, 1)),
                tint=np.tile(tone, (n, 1)),
                occlusion=np.full(n, open_),
            )
        )
    return merge(parts)


def inside(kind: str, white: tuple[float, float]) -> Mesh:
    c = CABINS[kind]
    eye = EYES_M[kind]
    made = [
        (
            box((2 * c.half, c.front - c.back, 0.5)).moved(0.0, (c.front + c.back) / 2, c.sill - 0.12 - 0.25),
            TUB,
        ),
        (box((2 * c.half - 0.04, 0.42, 0.16)).moved(0.0, c.front - 0.20, c.sill - 0.05), TRIM),
    ]
    for x in (-0.36, 0.36):
        made.append((ball((0.50, 0.20, 0.86), (x, c.seats - 0.12, eye - 0.38), 4, 6), SEAT))
        made.append((ball((0.27, 0.13, 0.23), (x, c.seats - 0.20, eye + 0.02), 4, 6), SEAT))
    ring = np.array([0.35, 1.3, 1.84, 2.79])
    for a in ring:
        made.append(
            (
                box((0.11, 0.025, 0.025)).moved(
                    -0.36 + 0.17 * np.cos(a), c.seats + 0.40, eye - 0.33 + 0.15 * np.sin(a)
                ),
                TRIM,
            )
        )
    if c.bench is not None:
        made.append((ball((1.25, 0.24, 0.80), (0.0, c.bench - 0.18, eye - 0.42), 4, 8), SEAT))
        for x in (-0.34, 0.34):
            made.append((ball((0.24, 0.12, 0.17), (x, c.bench - 0.24, eye - 0.02), 4, 6), SEAT))
    else:
        made.append((box((2 * c.half + 0.1, 0.05, 1.25)).moved(0.0, c.back - 0.02, c.sill + 0.35), TRIM))
    return finished(made, white, 0.35)


def driver(kind: str, white: tuple[float, float]) -> Mesh:
    c, eye = CABINS[kind], EYES_M[kind]
    y = c.seats + 0.04
    made = [
        (ball((0.47, 0.28, 0.62), (-0.36, y - 0.06, eye - 0.48)), COAT),
        (ball((0.155, 0.19, 0.245), (-0.36, y + 0.02, eye)), SKIN),
        (ball((0.175, 0.20, 0.20), (-0.36, y - 0.012, eye + 0.045)), HAIR),
        (ball((0.10, 0.11, 0.16), (-0.36, y, eye - 0.16), 2, 5), SKIN),
    ]
    for side in (-1.0, 1.0):
        arm = ball((0.11, 0.50, 0.12), (0.0, 0.0, 0.0), 3, 5)
        made.append((arm.moved(-0.36 + side * 0.19, y + 0.24, eye - 0.34), COAT))
    return finished(made, white, 0.45)


def panes_last(gloss: Mesh, picture: NDArray[np.uint8]) -> tuple[Mesh, Mesh]:
    """What is not a pane, and the panes: what is dark, shines and lies high."""
    assert gloss.uvs is not None
    assert gloss.tint is not None
    t = gloss.triangles
    shares = np.array([[1 / 3, 1 / 3, 1 / 3], [0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]])
    at = np.einsum("bk,tkc->tbc", shares, gloss.uvs[t])
    high, wide = picture.shape[:2]
    rows = np.clip(((1.0 - at[..., 1] % 1.0) * high).astype(int), 0, high - 1)
    columns = np.clip((at[..., 0] % 1.0 * wide).astype(int), 0, wide - 1)
    seen = picture[rows, columns].astype(float).mean(axis=-1) * gloss.tint[t].mean(axis=(1, 2))[:, None]
    pane = (seen.max(axis=1) < 60.0) & (gloss.positions[t][..., 2].min(axis=1) > DARK_OVER_M)
    return part(gloss, ~pane), part(gloss, pane)


def part(mesh: Mesh, chosen: NDArray[np.bool_]) -> Mesh:
    used, back = np.unique(mesh.triangles[chosen], return_inverse=True)
    columns = {
        name: getattr(mesh, name)[used] for name in ("positions", "normals", "uvs", "tint", "occlusion")
    }
    return Mesh(triangles=back.reshape(-1, 3), **columns)


PLATES = {
    # where plates lie on the 512-pixel tiles, and what is on them, which is invented
    "suv": (((40, 458, 206, 504), "OI-308-UO"),),
    "van": (((332, 290, 500, 328), "UI-652-IO"),),
    # in a corner of this tile that nothing shows: the plate of the hatchback, whose own picture holds half of one, twice
    "bus": (((20, 90, 124, 112), "QX 174 OW"),),
    "lorry": (((238, 180, 340, 204), "IO 417 OU"),),
}


def hatch_plates(tile: tuple[int, int], columns: int, rows: int) -> Mesh:
    """The hatchback's plates, ``tile`` (column, row) of the picture being the bus's."""
    x0, y0, x1, y1 = PLATES["bus"][0][0]
    u0, u1 = (tile[0] + x0 / 512) / columns, (tile[0] + x1 / 512) / columns
    v0, v1 = 1.0 - (tile[1] + y1 / 512) / rows, 1.0 - (tile[1] + y0 / 512) / rows
    made = []
    for y, z, lean, way in ((-2.052, 0.575, 0.0, -1.0), (2.106, 0.50, 0.0, 1.0)):
        w, h = 0.255, 0.055
        corners = np.array(
            [
                (way * w, y, z - h),
                (-way * w, y, z - h),
                (-way * w, y + lean, z + h),
                (way * w, y + lean, z + h),
            ]
        )
        made.append(
            Mesh(
                corners,
                np.tile((0.0, way, 0.0), (4, 1)),
                np.array([(0, 1, 2), (0, 2, 3)]),
                uvs=np.array([(u0, v0), (u1, v0), (u1, v1), (u0, v1)]),
                tint=np.ones((4, 3)),
                occlusion=np.full(4, 0.75),
            )
        )
    return merge(made)


def lettered(pixels: NDArray[np.uint8], kind: str, font: str) -> NDArray[np.uint8]:
    """A tile with its number plates."""
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    for (x0, y0, x1, y1), words in PLATES.get(kind, ()):
        pen.rectangle([x0, y0, x1 - 1, y1 - 1], fill=(222, 221, 212), outline=(150, 150, 146))
        wide = max(4, (x1 - x0) // 11)
        pen.rectangle([x0 + 1, y0 + 1, x0 + wide, y1 - 2], fill=(28, 62, 138))
        size = y1 - y0
        letters = ImageFont.truetype(font, size)
        while letters.getlength(words) > (x1 - x0 - wide) * 0.90:
            size -= 1
            letters = ImageFont.truetype(font, size)
        pen.text(((x0 + wide + x1) / 2, (y0 + y1) / 2), words, fill=(24, 24, 26), font=letters, anchor="mm")
    return np.asarray(picture)
