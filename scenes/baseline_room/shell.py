"""The room itself: floor, walls, ceiling, window, door, radiator, and where its light maps lie.

Used by the script that makes the room, not while it is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scenes.kit.moving import loft
from scenes.kit.quads import linear
from scenes.kit.shapes import Furniture, board, leg
from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

LOW, HIGH = np.array([-2.4, -2.2, 0.0]), np.array([2.4, 3.0, 2.55])
WINDOW = (-1.78, -0.22, 0.78, 2.18)
DEEP = 0.22
WALL = linear((0.90, 0.87, 0.81))
FRONT = linear((0.80, 0.83, 0.78))
CEILING = linear((0.95, 0.94, 0.92))
WHITE = linear((0.92, 0.91, 0.88))
METAL = linear((0.72, 0.70, 0.66))
DOOR = (0.70, 1.58, 2.06)
"""x0, x1 and height of the door in the wall behind."""


@dataclass(frozen=True, eq=False)
class Chart:
    """A rectangle that is lit by a light map."""

    name: str
    material: str
    origin: Array
    across: Array
    up: Array
    tint: Colour
    texel_m: float
    metres: float
    """Size of the material's texture; 0: it fills the rectangle once."""
    hole: tuple[float, float, float, float] | None = None
    """Opening, as shares along across and up."""

    @property
    def normal(self) -> Array:
        n = np.cross(self.across, self.up)
        return n / np.linalg.norm(n)

    def texels(self) -> tuple[int, int]:
        """Columns and rows."""
        w, h = np.linalg.norm(self.across), np.linalg.norm(self.up)
        return round(w / self.texel_m) + 1, round(h / self.texel_m) + 1

    def points(self) -> Array:
        """Where light is gathered, (rows * columns, 3), the first row lowest; off the edges by a little."""
        columns, rows = self.texels()
        s, t = np.meshgrid(np.linspace(0.003, 0.997, columns), np.linspace(0.003, 0.997, rows))
        return self.origin + s.reshape(-1, 1) * self.across + t.reshape(-1, 1) * self.up

    def mesh(self, corner: tuple[int, int], size: int) -> Mesh:
        """Its mesh, its map lying at ``corner`` (column, row from below) of a square map."""
        columns, rows = self.texels()
        xs, ys = np.array([0.0, 1.0]), np.array([0.0, 1.0])
        if self.hole is not None:
            xs, ys = np.unique([*xs, *self.hole[:2]]), np.unique([*ys, *self.hole[2:]])
        quads: list[list[tuple[float, float]]] = []
        for x0, x1 in zip(xs, xs[1:], strict=False):
            for y0, y1 in zip(ys, ys[1:], strict=False):
                cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
                h = self.hole
                if h is not None and h[0] < cx < h[1] and h[2] < cy < h[3]:
                    continue
                quads.append([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
        st = np.array(quads).reshape(-1, 2)
        count = len(quads)
        first = (np.arange(count) * 4)[:, None]
        triangles = np.concatenate([first + np.array([[0, 1, 2]]), first + np.array([[0, 2, 3]])], axis=1)
        edges = np.array([np.linalg.norm(self.across), np.linalg.norm(self.up)])
        charts = (np.array(corner) + 0.5 + st * (np.array([columns, rows]) - 1)) / size
        return Mesh(
            positions=self.origin + st[:, :1] * self.across + st[:, 1:] * self.up,
            normals=np.tile(self.normal, (len(st), 1)),
            triangles=triangles.reshape(-1, 3),
            uvs=st * edges / self.metres if self.metres else st,
            tint=np.tile(self.tint, (len(st), 1)),
            lightmap_uvs=charts,
        )


def charts(rug: tuple[float, float, float, float]) -> list[Chart]:
    (x0, y0, z0), (x1, y1, z1) = LOW, HIGH
    dx, dy, dz = np.array([x1 - x0, 0, 0]), np.array([0, y1 - y0, 0]), np.array([0, 0, z1 - z0])
    wx0, wx1, wz0, wz1 = WINDOW
    hole = ((wx0 - x0) / (x1 - x0), (wx1 - x0) / (x1 - x0), wz0 / z1, wz1 / z1)
    a, b, c, d = rug
    white: Colour = (1.0, 1.0, 1.0)
    return [
        Chart("floor", "boards", np.array([x0, y0, 0]), dx, dy, white, 0.021, 2.4),
        Chart("front", "plaster", np.array([x0, y1, 0]), dx, dz, FRONT, 0.036, 1.6, hole),
        Chart("right", "plaster", np.array([x1, y1, 0]), -dy, dz, WALL, 0.036, 1.6),
        Chart("left", "plaster", np.array([x0, y0, 0]), dy, dz, WALL, 0.036, 1.6),
        Chart("back", "plaster", np.array([x1, y0, 0]), -dx, dz, WALL, 0.045, 1.6),
        Chart("ceiling", "plaster", np.array([x0, y1, z1]), dx, -dy, CEILING, 0.06, 1.6),
        Chart(
            "rug",
            "rug",
            np.array([a, c, 0.012]),
            np.array([b - a, 0, 0]),
            np.array([0, d - c, 0]),
            white,
            0.020,
            0.0,
        ),
    ]


def shell(made: Furniture) -> None:
    """What belongs to the walls and is lit by its vertices."""
    _skirting(made)
    _window(made)
    _radiator(made)
    _door(made)
    _ceiling_lamp(made)


def _skirting(made: Furniture) -> None:
    (x0, y0, _), (x1, y1, _) = LOW, HIGH
    d0, d1, _ = DOOR
    h, t = 0.085, 0.014
    matt = made.parts["matt"]
    board(matt, (x0, y1 - t, 0), (x1, y1, h), WHITE, sides="yZ")
    board(matt, (x0, y0, 0), (x0 + t, y1, h), WHITE, sides="XZ")
    board(matt, (x1 - t, y0, 0), (x1, y1, h), WHITE, sides="xZ")
    board(matt, (x0, y0, 0), (d0 - 0.07, y0 + t, h), WHITE, sides="YZ")
    board(matt, (d1 + 0.07, y0, 0), (x1, y0 + t, h), WHITE, sides="YZ")


def _window(made: Furniture) -> None:
    """Reveal, sill, frame with two casements, the rod of the curtain."""
    matt, y1 = made.parts["matt"], HIGH[1]
    wx0, wx1, wz0, wz1 = WINDOW
    tall, wide, far = np.array([0, 0, wz1 - wz0]), np.array([wx1 - wx0, 0, 0]), np.array([0, DEEP, 0])
    for origin, across, up in (
        (np.array([wx0, y1, wz0]), far, tall),
        (np.array([wx1, y1 + DEEP, wz0]), -far, tall),
        (np.array([wx0, y1 + DEEP, wz1]), wide, -far),
        (np.array([wx0, y1, wz0]), wide, far),
    ):
        matt.rect(origin, across, up, tint=WHITE)
    board(
        matt,
        (wx0 - 0.06, y1 - 0.09, wz0 - 0.03),
        (wx1 + 0.06, y1 + 0.02, wz0 + 0.002),
        WHITE,
        sides="xXyzZ",
        bevel=0.006,
    )
    made.solid((wx0 - 0.06, y1 - 0.09, wz0 - 0.03), (wx1 + 0.06, y1 - 0.004, wz0), WHITE)
    ym, middle, transom = y1 + 0.12, (wx0 + wx1) / 2, 1.74
    f = 0.045
    for low, high in (
        ((wx0, ym, wz0), (wx0 + f, ym + 0.06, wz1)),
        ((wx1 - f, ym, wz0), (wx1, ym + 0.06, wz1)),
        ((wx0 + f, ym, wz0), (wx1 - f, ym + 0.06, wz0 + f)),
        ((wx0 + f, ym, wz1 - f), (wx1 - f, ym + 0.06, wz1)),
        ((middle - 0.045, ym - 0.008, wz0 + f), (middle + 0.045, ym + 0.06, wz1 - f)),
    ):
        board(matt, low, high, WHITE, sides="xXyzZ")
    for a, b in ((wx0 + f, middle - 0.045), (middle + 0.045, wx1 - f)):
        for low, high in (
            ((a, ym + 0.012, wz0 + f), (a + 0.04, ym + 0.05, wz1 - f)),
            ((b - 0.04, ym + 0.012, wz0 + f), (b, ym + 0.05, wz1 - f)),
            ((a + 0.04, ym + 0.012, wz0 + f), (b - 0.04, ym + 0.05, wz0 + f + 0.04)),
            ((a + 0.04, ym + 0.012, wz1 - f - 0.04), (b - 0.04, ym + 0.05, wz1 - f)),
            ((a + 0.04, ym + 0.018, transom - 0.013), (b - 0.04, ym + 0.045, transom + 0.013)),
        ):
            board(matt, low, high, WHITE, sides="xXyzZ", bevel=0.003)
    board(
        made.parts["metal"],
        (middle - 0.012, ym - 0.045, 1.40),
        (middle + 0.012, ym - 0.008, 1.42),
        METAL,
        sides="xXyzZ",
    )
    board(
        made.parts["metal"],
        (middle - 0.010, ym - 0.047, 1.30),
        (middle + 0.010, ym - 0.035, 1.42),
        METAL,
        sides="xXyYzZ",
    )
    rod = made.parts["wood"]
    walnut = linear((0.52, 0.39, 0.29))
    ring = np.arange(13) * 2 * np.pi / 12
    for x in np.arange(wx0 - 0.42, wx1 + 0.42, 0.2):
        x2 = min(x + 0.2, wx1 + 0.42)
        a = np.stack([np.full(13, x), y1 - 0.11 + 0.012 * np.cos(ring), 2.31 + 0.012 * np.sin(ring)], 1)
        b = a + (x2 - x, 0, 0)
        n = np.stack([0 * ring, np.cos(ring), np.sin(ring)], 1)
        rod.add(
            np.stack([a[:-1], b[:-1], b[1:], a[1:]], 1)[:, ::-1],
            None,
            walnut,
            np.stack([n[:-1], n[:-1], n[1:], n[1:]], 1)[:, ::-1],
        )
    for x in (wx0 - 0.44, wx1 + 0.40):
        board(rod, (x, y1 - 0.13, 2.29), (x + 0.04, y1 - 0.09, 2.33), walnut, bevel=0.01)
        board(rod, (x, y1 - 0.10, 2.30), (x + 0.02, y1, 2.32), walnut, sides="xXyzZ")


def _radiator(made: Furniture) -> None:
    matt, y1 = made.parts["matt"], HIGH[1]
    x0, x1, z0, z1 = -1.62, -0.38, 0.14, 0.66
    n = 22
    step = (x1 - x0) / n
    for k in range(n):
        board(
            matt,
            (x0 + k * step + 0.004, y1 - 0.11, z0),
            (x0 + (k + 1) * step - 0.004, y1 - 0.035, z1),
            WHITE,
            sides="xXyzZ",
            bevel=0.012,
        )
    board(
        matt,
        (x0 + 0.01, y1 - 0.10, z0 + 0.03),
        (x1 - 0.01, y1 - 0.05, z1 - 0.03),
        WHITE,
        sides="y",
        bevel=0.0,
    )
    made.solid((x0, y1 - 0.11, z0), (x1, y1 - 0.03, z1), WHITE)
    leg(matt, (x1 - 0.04, y1 - 0.07, 0.0), (x1 - 0.04, y1 - 0.07, z0 + 0.03), 0.009, 0.009, WHITE)
    leg(matt, (x1 + 0.03, y1 - 0.07, z1 - 0.06), (x1 + 0.03, y1 - 0.07, z1 - 0.01), 0.018, 0.015, WHITE)
    board(
        matt, (x1 - 0.02, y1 - 0.077, z1 - 0.057), (x1 + 0.03, y1 - 0.063, z1 - 0.043), WHITE, sides="xXyzZ"
    )


def _door(made: Furniture) -> None:
    """A white panelled door behind the person, its frame, a switch beside it."""
    matt, y0 = made.parts["matt"], LOW[1]
    d0, d1, high = DOOR
    for low, top in (
        ((d0 - 0.07, y0, 0), (d0, y0 + 0.022, high + 0.07)),
        ((d1, y0, 0), (d1 + 0.07, y0 + 0.022, high + 0.07)),
        ((d0, y0, high), (d1, y0 + 0.022, high + 0.07)),
    ):
        board(matt, low, top, WHITE, sides="xXYzZ", bevel=0.006)
    tone = tuple(0.97 * v for v in WHITE)
    board(matt, (d0, y0, 0.006), (d1, y0 + 0.006, high), tone, sides="Y", bevel=0.0)  # type: ignore[arg-type]
    for z0, z1 in ((0.006, 0.18), (0.94, 1.06), (high - 0.13, high - 0.004)):
        board(matt, (d0 + 0.003, y0, z0), (d1 - 0.003, y0 + 0.016, z1), tone, sides="xXYzZ", bevel=0.006)  # type: ignore[arg-type]
    for a, b in ((d0 + 0.003, d0 + 0.13), (d1 - 0.13, d1 - 0.003)):
        for z0, z1 in ((0.18, 0.94), (1.06, high - 0.13)):
            board(matt, (a, y0, z0), (b, y0 + 0.016, z1), tone, sides="xXYzZ", bevel=0.006)  # type: ignore[arg-type]
    metal = made.parts["metal"]
    board(
        metal,
        (d0 + 0.045, y0 + 0.016, 0.95),
        (d0 + 0.085, y0 + 0.022, 1.13),
        METAL,
        sides="xXYzZ",
        bevel=0.002,
    )
    board(
        metal,
        (d0 + 0.058, y0 + 0.02, 1.035),
        (d0 + 0.072, y0 + 0.06, 1.05),
        METAL,
        sides="xXYzZ",
        bevel=0.003,
    )
    board(metal, (d0 + 0.055, y0 + 0.052, 1.034), (d0 + 0.185, y0 + 0.068, 1.051), METAL, bevel=0.005)
    board(matt, (d0 - 0.25, y0, 1.05), (d0 - 0.17, y0 + 0.009, 1.13), WHITE, sides="xXYzZ", bevel=0.004)
    board(
        matt,
        (d0 - 0.235, y0 + 0.009, 1.06),
        (d0 - 0.185, y0 + 0.013, 1.12),
        WHITE,
        sides="xXYzZ",
        bevel=0.003,
    )
    for x, y, axis in ((LOW[0], -0.8, "x"), (HIGH[0], 1.45, "X")):  # sockets
        a, b = (x, x + 0.009) if axis == "x" else (x - 0.009, x)
        board(
            matt,
            (a, y, 0.26),
            (b, y + 0.08, 0.34),
            WHITE,
            sides=("X" if axis == "x" else "x") + "yYzZ",
            bevel=0.004,
        )


def _ceiling_lamp(made: Furniture) -> None:
    """A paper globe, not lit by day."""
    x, y, z, r = 0.0, 0.35, 2.16, 0.20
    v, u = np.linspace(-np.pi / 2, np.pi / 2, 15)[:, None], np.linspace(-np.pi, np.pi, 33)[None, :]
    rings = np.stack(
        [x + r * np.cos(v) * np.cos(u), y + r * np.cos(v) * np.sin(u), z + 0.92 * r * np.sin(v) + 0 * u],
        axis=-1,
    )
    loft(made.parts["paper"], rings, np.broadcast_to(np.array(WHITE) * (1.0, 0.98, 0.93), (14, 32, 3)))
    leg(made.parts["matt"], (x, y, z + 0.18), (x, y, 2.53), 0.003, 0.003, linear((0.85, 0.84, 0.80)), 6)
    leg(made.parts["matt"], (x, y, 2.50), (x, y, 2.55), 0.045, 0.05, WHITE, 20)
    made.round_solid((x, y), 0.17, z - 0.12, z + 0.12, WHITE)
