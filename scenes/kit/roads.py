"""Roads that run along y for ever: a stretch that repeats, cut into pieces that are moved to where they are wanted.

Frame: x to the right of the road's middle, y along it from 0 to ``period_m``, z up from its surface; metres. What is
made here is drawn with the materials of :func:`material`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenes.kit.facades import Parts
from scenes.kit.quads import linear

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

Array = NDArray[np.float64]
Colour = tuple[float, float, float]

WHITE = (0.62, 0.62, 0.60)
STEEL = (0.36, 0.37, 0.38)
CONCRETE = linear((0.66, 0.65, 0.62))
KERB_STONE = linear((0.62, 0.61, 0.59))
POST = (0.72, 0.72, 0.70)
BLACK = (0.02, 0.02, 0.02)
GREY = (0.17, 0.175, 0.18)
KERB_M = 0.12

FOLDER = "textures/road"
PICTURES: dict[str, tuple[str, float]] = {
    # material: picture, roughness
    "pave": ("textures/city/pavement.jpg", 0.95),
    "grass": ("textures/calm/ground.jpg", 1.0),
    "hedge": ("textures/calm/woods.jpg", 1.0),
    "wall": ("textures/city/stucco.jpg", 0.95),
    "brick": ("textures/city/brick.jpg", 0.95),
    "concrete": ("textures/city/concrete.jpg", 0.92),
    "tiles": ("textures/city/roof_tile.jpg", 0.92),
}
TREES = "textures/calm/trees.png"
SPRITES = {"oak": 0, "maple": 1, "birch": 2, "spruce": 3, "bush": 4}


def material(kitchen: Kitchen, name: str) -> Material:
    """What a mesh of this module's is drawn with: lit live and by lamps, wet where rain lies on it."""
    if name == "asphalt":
        return kitchen.material(
            name,
            colour=(0.62, 0.62, 0.62),
            roughness=0.95,
            texture=kitchen.texture_file(f"{FOLDER}/asphalt.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/asphalt_n.jpg", srgb=False),
            lamps=True,
            wet=True,
            sun_strip=True,
        )
    if name == "marks":
        picture = kitchen.texture_file(f"{FOLDER}/marks.jpg")
        return kitchen.material(
            name, colour=(1, 1, 1), roughness=0.8, texture=picture, lamps=True, wet=True, sun_strip=True
        )
    if name == "leaves":
        picture = kitchen.texture_file(TREES)
        return kitchen.material(
            name, colour=(0.90, 0.90, 0.90), roughness=1.0, texture=picture, cutout=True, cards=True, two_sided=True, lamps=True, shine=0.0,
        )  # fmt: skip
    if name == "tufts":
        picture = kitchen.texture_file("textures/calm/grass.png", wrap="clamp")
        return kitchen.material(
            name, colour=(0.85, 0.85, 0.85), roughness=1.0, texture=picture, cutout=True, two_sided=True, lamps=True, sun_strip=True, shine=0.0,
        )  # fmt: skip
    if name == "signs":
        picture = kitchen.texture_file(f"{FOLDER}/signs.png", wrap="clamp")
        return kitchen.material(
            name, colour=(1, 1, 1), roughness=0.6, texture=picture, cutout=True, lamps=True, emissive=(1, 1, 1), emissive_texture=picture,
        )  # fmt: skip
    if name == "shade":
        dark = kitchen.texture_file(f"{FOLDER}/shade.png", wrap="clamp")
        return kitchen.material(
            name, colour=(0, 0, 0), roughness=1.0, texture=dark, opacity=0.5, transparent=True, shine=0.0
        )
    if name == "lit":
        return kitchen.material(
            name, colour=(0.5, 0.48, 0.44), roughness=0.6, emissive=(1.0, 0.74, 0.42), shine=0.0
        )
    if name == "panes":
        return kitchen.material(
            name,
            colour=(1, 1, 1),
            roughness=0.9,
            texture=kitchen.texture_file("textures/city/windows.jpg"),
            normal=kitchen.texture_file("textures/city/windows_n.jpg", srgb=False),
            lamps=True,
            sun_strip=True,
        )
    if name in PICTURES:
        picture, roughness = PICTURES[name]
        wet = name in ("pave", "concrete")
        return kitchen.material(
            name, colour=(1, 1, 1), roughness=roughness, texture=kitchen.texture_file(picture), lamps=True, wet=wet, sun_strip=name != "hedge", shine=0.15 if name in ("grass", "hedge") else 1.0,
        )  # fmt: skip
    return kitchen.material(name, colour=(1, 1, 1), roughness=0.62, lamps=True, sun_strip=True)


class Run:
    """A stretch of road in pieces."""

    def __init__(self, period_m: float, piece_m: float, seed: int) -> None:
        self.period_m, self.piece_m = period_m, piece_m
        self.pieces = [Parts() for _ in range(round(period_m / piece_m))]
        self.rng = np.random.default_rng(seed)

    def at(self, y: float) -> Parts:
        """The piece that a thing at ``y`` belongs to."""
        return self.pieces[int(y % self.period_m / self.piece_m)]

    def spans(self) -> list[tuple[Parts, float, float]]:
        """Each piece with where it begins and ends."""
        return [(parts, k * self.piece_m, (k + 1) * self.piece_m) for k, parts in enumerate(self.pieces)]

    def every(self, spacing_m: float, first_m: float = 0.0) -> list[float]:
        return [float(y) for y in np.arange(first_m, self.period_m - 0.01, spacing_m)]

    # ---- surfaces

    def flat(
        self, name: str, x0: float, x1: float, z: float | tuple[float, float] = 0.0, *, metres: float = 4.0, tint: Colour = (1.0, 1.0, 1.0), step_m: float = 50.0, vary: float = 0.0
    ) -> None:  # fmt: skip
        """A band between ``x0`` and ``x1`` along the whole stretch; ``z`` at both edges; ``vary``: how much its
        brightness changes from piece to piece."""
        za, zb = (z, z) if isinstance(z, int | float) else z
        for parts, a, b in self.spans():
            n = max(1, round((b - a) / step_m))
            ys = np.linspace(a, b, n + 1)
            low = np.stack([np.full(n, x0), ys[:-1], np.full(n, za)], 1)
            across = np.tile((x1 - x0, 0.0, zb - za), (n, 1))
            along = np.stack([np.zeros(n), np.diff(ys), np.zeros(n)], 1)
            tone = np.asarray(tint) * (1.0 + vary * self.rng.uniform(-1, 1, (n, 1)))
            parts[name].rect(
                low,
                across,
                along,
                tint=np.clip(tone, 0, 1),
                metres=metres,
                shift=np.stack([np.full(n, x0), ys[:-1]], 1) / metres,
            )

    def upright(
        self, name: str, x: float, z0: float, z1: float, side: int, *, metres: float = 4.0, tint: Colour = (1.0, 1.0, 1.0), lean_m: float = 0.0
    ) -> None:  # fmt: skip
        """A wall along the whole stretch that faces +x (``side`` 1) or -x; its upper edge leans that way."""
        for parts, a, b in self.spans():
            start, way = (a, b - a) if side > 0 else (b, a - b)
            parts[name].rect(
                (x, start, z0), (0.0, way, 0.0), (side * lean_m, 0.0, z1 - z0), tint=tint, metres=metres
            )

    def carriageway(self, x0: float, x1: float, lanes: Sequence[float]) -> None:
        """Asphalt with the paler tracks of wheels and the darker middle of each lane."""
        n = max(2, round((x1 - x0) / 0.35))
        edges = np.linspace(x0, x1, n + 1)
        for a, b in zip(edges[:-1], edges[1:], strict=True):
            x = (a + b) / 2
            off = min((abs(x - lane) for lane in lanes), default=9.0)
            track = np.exp(-(((off - 0.75) / 0.30) ** 2))
            drip = np.exp(-((off / 0.28) ** 2))
            tone = 0.86 + 0.13 * track - 0.07 * drip - 0.05 * np.exp(-min(x - x0, x1 - x) / 0.4)
            self.flat("asphalt", float(a), float(b), metres=8.0, tint=(tone, tone, tone), step_m=200.0)

    def patches(self, x0: float, x1: float, count: int) -> None:
        """Repairs."""
        for _ in range(count):
            wide, long = self.rng.uniform(0.8, 2.2), self.rng.uniform(1.5, 9.0)
            x, y = self.rng.uniform(x0, x1 - wide), self.rng.uniform(0, self.period_m - long)
            tone = float(self.rng.uniform(0.62, 0.80))
            self.at(y)["asphalt"].rect(
                (x, y, 0.004), (wide, 0, 0), (0, long, 0), tint=(tone,) * 3, metres=8.0, shift=(0.3, 0.6)
            )

    # ---- markings

    def line(self, x: float, width: float = 0.14) -> None:
        self.flat("marks", x - width / 2, x + width / 2, 0.008, metres=2.0, tint=WHITE, step_m=200.0)

    def dashes(self, x: float, long: float, pitch: float, width: float = 0.14) -> None:
        ys = np.array(self.every(pitch))
        for parts, a, b in self.spans():
            here = ys[(ys >= a) & (ys < b)]
            n = len(here)
            low = np.stack([np.full(n, x - width / 2), here, np.full(n, 0.008)], 1)
            parts["marks"].rect(low, (width, 0, 0), (0, long, 0), tint=WHITE, metres=2.0)

    def mark(self, x0: float, x1: float, y0: float, y1: float, z: float = 0.008) -> None:
        self.at(y0)["marks"].rect((x0, y0, z), (x1 - x0, 0, 0), (0, y1 - y0, 0), tint=WHITE, metres=2.0)

    # ---- things

    def box(
        self, name: str, low: Sequence[float], high: Sequence[float], tint: Colour, sides: str = "xXyYZ"
    ) -> None:
        self.at((low[1] + high[1]) / 2)[name].boxes(low, high, tint=tint, metres=4.0, sides=sides)

    def kerb(self, x: float, side: int) -> None:
        """Kerb stones whose front is at ``x``; ``side``: where the pavement lies."""
        self.upright("plain", x, 0.0, KERB_M, -side, tint=KERB_STONE)
        self.flat("plain", *sorted((x, x + side * 0.14)), KERB_M, tint=KERB_STONE)  # type: ignore[misc]

    def guard_rail(self, x: float, side: int) -> None:
        """A steel rail on posts; ``side``: where the road lies."""
        for z0, z1, out in (
            (0.44, 0.52, 0.0),
            (0.52, 0.58, 0.045),
            (0.58, 0.66, 0.0),
            (0.66, 0.72, 0.045),
            (0.72, 0.76, 0.0),
        ):
            self.upright("metal", x + side * out, z0, z1, side, tint=STEEL)
            self.upright("metal", x, z0, z1, -side, tint=(0.22, 0.225, 0.23))
        for parts, a, b in self.spans():
            ys = np.arange(a + 1.0, b, 2.0)
            low = np.stack([np.full(len(ys), x - 0.05 - side * 0.06), ys, np.zeros(len(ys))], 1)
            parts["metal"].boxes(
                low, low + (0.10, 0.06, 0.74), tint=(0.25, 0.26, 0.27), metres=None, sides="xXyYZ"
            )

    def barrier(self, x: float) -> None:
        """A concrete wall between two ways."""
        for side in (-1, 1):
            self.upright("concrete", x + side * 0.30, 0.0, 0.08, side, tint=CONCRETE)
            self.upright("concrete", x + side * 0.30, 0.08, 0.30, side, tint=CONCRETE, lean_m=-0.14)
            self.upright("concrete", x + side * 0.16, 0.30, 0.90, side, tint=CONCRETE, lean_m=-0.06)
        self.flat("concrete", x - 0.10, x + 0.10, 0.90, tint=CONCRETE)

    def reflectors(self, x: float, spacing_m: float, first_m: float) -> None:
        """White posts at the road's edge with a black band and a glass that throws light back."""
        for y in self.every(spacing_m, first_m):
            self.box("plain", (x - 0.055, y - 0.05, 0.0), (x + 0.055, y + 0.05, 0.98), POST, "xXyYZ")
            self.box("plain", (x - 0.058, y - 0.053, 0.70), (x + 0.058, y + 0.053, 0.90), BLACK, "xXyY")
            self.box("lit", (x - 0.022, y - 0.056, 0.74), (x + 0.022, y - 0.05, 0.86), (1, 1, 1), "y")

    def pole(
        self,
        x: float,
        y: float,
        z0: float,
        z1: float,
        radius: float = 0.05,
        tint: Colour = GREY,
        sides: int = 8,
        top: float = 0.8,
    ) -> None:
        quads = self.at(y)["metal"]
        a = np.linspace(0, 2 * np.pi, sides + 1)
        ring = np.stack([np.cos(a), np.sin(a), 0 * a], 1)
        low, high = ring * radius + (x, y, z0), ring * radius * top + (x, y, z1)
        normals = np.stack([ring[:-1], ring[1:], ring[1:], ring[:-1]], 1)
        quads.add(np.stack([low[:-1], low[1:], high[1:], high[:-1]], 1), None, tint, normals)

    def lamps(self, x: float, spacing_m: float, first_m: float, high_m: float, reach_m: float) -> None:
        """Street lamps at ``x`` whose heads hang ``reach_m`` from their posts (the sign says where)."""
        for y in self.every(spacing_m, first_m):
            self.pole(x, y, 0.0, high_m, 0.085, top=0.55)
            a, b = sorted((x, x + reach_m))
            self.box("metal", (a, y - 0.03, high_m - 0.05), (b, y + 0.03, high_m + 0.02), GREY, "xXyYzZ")
            a, b = sorted((x + 0.6 * reach_m, x + 1.25 * reach_m))
            self.box("metal", (a, y - 0.14, high_m - 0.03), (b, y + 0.14, high_m + 0.08), GREY, "xXyYZ")
            self.box(
                "lit",
                (a + 0.05, y - 0.11, high_m - 0.05),
                (b - 0.05, y + 0.11, high_m - 0.03),
                (1, 1, 1),
                "xXyYz",
            )

    def sign(
        self,
        number: int,
        x: float,
        y: float,
        *,
        size: float = 0.75,
        z: float = 2.1,
        back: bool = False,
        post: bool = True,
        wide: float = 1.0,
    ) -> None:
        """A sign of ``make_road_textures.py`` that faces who drives along +y (``back``: against it)."""
        if post:
            self.pole(
                x, y + (0.04 if not back else -0.04), 0.0, z + size / 2, 0.035, (0.30, 0.31, 0.32), 6, 1.0
            )
        u, v = number % 4 / 4.0, 1.0 - (number // 4 + 1) / 4.0
        uvs = [
            [u + s * 0.25, v + t * 0.25]
            for s, t in ((0.004, 0.004), (0.996, 0.004), (0.996, 0.996), (0.004, 0.996))
        ]
        w, h = size * wide / 2, size / 2
        way = -1.0 if back else 1.0
        corners = [
            (x - way * w, y, z - h),
            (x + way * w, y, z - h),
            (x + way * w, y, z + h),
            (x - way * w, y, z + h),
        ]
        parts = self.at(y)
        parts["signs"].add(corners, uvs)
        # its back is grey
        other = np.array(corners)[[1, 0, 3, 2]] + (0, way * 0.012, 0)
        if number >= 9 and number != 15:
            parts["metal"].add(other, None, (0.28, 0.285, 0.29))

    # ---- growth

    def tree(
        self, x: float, y: float, high: float, kind: str = "oak", z: float = 0.0, cards: int = 3, dim: float = 1.0
    ) -> None:  # fmt: skip
        """A tree of crossed cards; ``dim``: a factor on its brightness."""
        quads = self.at(y)["leaves"]
        if cards > 2 or (kind == "bush" and z <= 0.0 and high > 0.7):
            self.shade(
                x, y, high * (0.40 if kind != "bush" else 0.5), high * (0.40 if kind != "bush" else 0.5), z
            )
        turn = float(self.rng.uniform(0, np.pi / cards)) * 0.5
        row = int(self.rng.integers(4))
        tone = dim * float(self.rng.uniform(0.72, 1.0))
        hue = np.clip(tone * (1 + 0.07 * self.rng.standard_normal(3) * (1.0, 0.5, 0.8)), 0, 1)
        for k in range(cards):
            a = turn + np.pi * k / cards
            across = np.array([np.cos(a), np.sin(a), 0.0]) * high * 0.52
            foot, up = np.array([x, y, z - 0.10]), np.array([0.0, 0.0, high * 1.04])
            u, v = SPRITES[kind] / 8.0 + 0.001, 1.0 - (row + 1) / 4.0 + 0.002
            uvs = [[u + s * 0.123, v + t * 0.246] for s, t in ((0, 0), (1, 0), (1, 1), (0, 1))]
            # alike on all cards, so that no seam shows where they cross
            low, top = np.array([-0.25, -0.25, 0.55]), np.array([-0.15, -0.15, 1.0])
            normals = np.stack([low, low, top, top])
            normals /= np.linalg.norm(normals, axis=1, keepdims=True)
            quads.add(
                [foot - across, foot + across, foot + across + up, foot - across + up], uvs, hue, normals
            )

    def shade(self, x: float, y: float, half_x: float, half_y: float, z: float = 0.0) -> None:
        """The soft dark on the ground where a thing keeps the sky out."""
        self.at(y)["shade"].rect((x - half_x, y - half_y, z + 0.03), (2 * half_x, 0, 0), (0, 2 * half_y, 0))

    def hedge(self, x: float, y0: float, y1: float, high: float, thick: float = 0.7, z: float = 0.0, *, wild: float = 0.3) -> None:  # fmt: skip
        """A hedge with sprigs that stand out of its outline; ``wild``: 0 clipped by a gardener, 1 grown as it likes."""
        rng = self.rng
        tone, full = float(rng.uniform(0.75, 1.0)), high
        high, thick = high * (1.0 - 0.42 * wild**4), thick * (1.0 - 0.45 * wild**4)
        self.shade(x, (y0 + y1) / 2, thick * 0.5 + 0.7, (y1 - y0) / 2 + 0.5, z)
        quads = self.at((y0 + y1) / 2)["hedge"]
        n = max(2, round((y1 - y0) / (2.0 - 1.0 * wild)))
        ys = np.linspace(y0, y1, n + 1)
        # slow swells, small ones on them; lower and thinner at its ends
        phase = rng.uniform(0, 2 * np.pi, 3)
        swell = wild * (0.16 * np.sin(ys / 2.3 + phase[0]) + 0.10 * np.sin(ys / 0.9 + phase[1]))
        tops = 1.0 + swell + 0.03 * rng.standard_normal(n + 1)
        sides = 1.0 + 0.8 * swell[:, None] + (0.05 + 0.10 * wild) * rng.standard_normal((n + 1, 2))
        end = np.minimum(1.0, 0.30 + 0.70 * (np.minimum(ys - y0, y1 - ys) / 0.8) ** 0.5)
        h = thick / 2
        ring = np.array(
            [(-h, 0.0), (-h * 1.05, 0.35), (-h, 0.72), (-h * 0.62, 1.0), (h * 0.62, 1.0), (h, 0.72), (h * 1.05, 0.35), (h, 0.0)]
        )  # fmt: skip
        wide = np.where(np.arange(8)[None, :] < 4, sides[:, :1], sides[:, 1:]) * end[:, None]
        lift = np.where(ring[:, 1] > 0.9, tops[:, None], 1.0 + 0.5 * (tops[:, None] - 1.0)) * (
            0.40 + 0.60 * end[:, None]
        )
        jitter = 0.035 * (1.0 + wild) * rng.standard_normal((n + 1, 8, 2)) * (ring[:, 1] > 0.1)[None, :, None]
        at = np.stack(
            [x + ring[:, 0] * wide + jitter[..., 0], np.broadcast_to(ys[:, None], wide.shape), z + ring[:, 1] * high * lift + jitter[..., 1]], -1
        )  # fmt: skip
        # lit as the round thing that leaves make of it
        out = np.stack([ring[:, 0] / h, np.zeros(8), 1.6 * ring[:, 1] - 0.35], 1)
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        rows = (0.0, 0.14, 0.28, 0.42, 0.62, 0.76, 0.90, 1.04)
        shades = tone * np.array((0.60, 0.78, 0.94, 1.0, 0.94, 0.78, 0.60))
        # its back, low down, is never seen from the road
        for i in range(5) if x > 0.0 else range(2, 7):
            corners = np.stack([at[1:, i], at[:-1, i], at[:-1, i + 1], at[1:, i + 1]], 1)
            far, near, low, top = ys[1:] / 3.0, ys[:-1] / 3.0, np.full(n, rows[i]), np.full(n, rows[i + 1])
            uvs = np.stack([far, low, near, low, near, top, far, top], 1).reshape(n, 4, 2)
            normals = np.broadcast_to(out[[i, i, i + 1, i + 1]], corners.shape)
            quads.add(corners, uvs, shades[i] * np.array((1.0, 1.0, 0.9)), normals)
        for k, way in ((0, -1), (n, 1)):
            for i in range(3):
                corners = [at[k, i], at[k, 7 - i], at[k, 6 - i], at[k, i + 1]][::-way]
                quads.add(corners, [[0, 0], [0.3, 0], [0.3, 0.2], [0, 0.2]], (tone * 0.7,) * 3)
        for y in np.arange(y0 + 0.3, y1, 1.5 - 0.9 * wild):
            size = float(rng.uniform(0.35, 0.6)) * (1.0 + 0.8 * wild)
            top = high * float(np.interp(y, ys, tops)) * float(rng.uniform(0.72, 0.92))
            self.tree(
                x + float(rng.uniform(-h, h) * 0.8), float(y), size, "bush", z + top, 2, 0.62 + 0.38 * wild
            )
            # and out of its sides, which would be walls without them; what grows as it likes is mostly these
            way = -1.0 if rng.uniform() < 0.5 else 1.0
            size = float(rng.uniform(0.40, 0.75)) + wild**4 * full * float(rng.uniform(0.25, 0.62))
            low = high * float(rng.uniform(0.0, 0.5)) * (1.0 - 0.9 * wild)
            self.tree(
                x + way * h * float(rng.uniform(0.7, 1.0)),
                float(y),
                size,
                "bush",
                z + low,
                2,
                0.42 + 0.58 * wild,
            )
