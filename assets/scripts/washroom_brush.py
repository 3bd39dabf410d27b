"""Dirt as it comes about, painted on sheets of known size: drops, runs, films, smears of hands, scuffs, dirty joints.

A :class:`Canvas` is measured in metres, x to the right and z up from its lower left corner. Each mark has a strength, 0
to 1: how early it is seen while dirt grows (``Kitchen.material``'s ``spreading``). Colours are display values (sRGB).
"""

from __future__ import annotations

import numpy as np
from paint import Plane, noise

Colour = tuple[float, float, float]

WATER: Colour = (0.47, 0.43, 0.35)
BROWN: Colour = (0.32, 0.25, 0.16)
DARK: Colour = (0.17, 0.145, 0.115)
YELLOW: Colour = (0.56, 0.45, 0.22)
SOAP: Colour = (0.74, 0.73, 0.69)
JOINT: Colour = (0.25, 0.205, 0.145)
RUBBER: Colour = (0.12, 0.12, 0.12)
HAIR: Colour = (0.07, 0.055, 0.045)


class Canvas:
    """``per_m``: pixels a metre."""

    def __init__(self, rng: np.random.Generator, width: int, height: int, per_m: float) -> None:
        self.rng, self.width, self.height, self.per_m = rng, width, height, per_m
        self.early = np.zeros((height, width))
        self._clouds: dict[tuple[object, ...], Plane] = {}
        self.colour = np.tile(np.asarray(WATER), (height, width, 1))
        rows, columns = np.mgrid[0:height, 0:width]
        self.x = (columns + 0.5) / per_m
        self.z = (height - rows - 0.5) / per_m
        self.wide, self.tall = width / per_m, height / per_m

    def cloud(
        self, coarse_m: float, fine_m: float, slope: float = 1.0, stretch: tuple[float, float] = (1, 1)
    ) -> Plane:
        """Noise over the sheet, 0 to 1, evenly spread. ``stretch``: (0.2, 1) draws it out upright, (1, 0.2) along."""
        size, key = 1024, (coarse_m, fine_m, slope, stretch)
        if key not in self._clouds:
            made = noise(self.rng, size, coarse_m * self.per_m, max(2.0, fine_m * self.per_m), slope, stretch)
            # as a normal spread's share, nearly
            self._clouds[key] = 1.0 / (1.0 + np.exp(-1.702 * made))
        moved = np.roll(self._clouds[key], self.rng.integers(0, size, 2), (0, 1))
        return np.tile(moved, (-(-self.height // size), -(-self.width // size)))[: self.height, : self.width]

    def put(
        self, early: Plane, colour: Colour | Plane, rows: slice = slice(None), columns: slice = slice(None)
    ) -> None:
        """The earlier of what is there and what comes."""
        there = self.early[rows, columns]
        over = early > there
        held = self.colour[rows, columns]
        held[over] = np.broadcast_to(np.asarray(colour), held.shape)[over]
        there[over] = early[over]

    def _window(self, x: float, z: float, reach: float) -> tuple[slice, slice] | None:
        i, j, r = (self.tall - z) * self.per_m, x * self.per_m, reach * self.per_m + 2
        a, b, c, d = (
            max(0, int(i - r)),
            min(self.height, int(i + r) + 1),
            max(0, int(j - r)),
            min(self.width, int(j + r) + 1),
        )
        return (slice(a, b), slice(c, d)) if a < b and c < d else None

    # ------------------------------------------------------------ marks

    def drop(
        self,
        x: float,
        z: float,
        radius: float,
        strength: float,
        colour: Colour,
        lean: float = 0.0,
        long: float = 1.0,
    ) -> None:
        """A dried drop: no circle, its rim darker than its middle; ``lean`` (rad) and ``long``: which way it flew."""
        window = self._window(x, z, 1.5 * radius * long)
        if window is None:
            return
        px, pz = self.x[window] - x, self.z[window] - z
        u = (px * np.cos(lean) + pz * np.sin(lean)) / long
        v = -px * np.sin(lean) + pz * np.cos(lean)
        turn = np.arctan2(v, u)
        p = self.rng.uniform(0, 6.28, 3)
        ragged = (
            1
            + 0.13 * np.sin(2 * turn + p[0])
            + 0.10 * np.sin(3 * turn + p[1])
            + 0.05 * np.sin(7 * turn + p[2])
        )
        far = np.hypot(u, v) / (radius * ragged)
        soft = max(0.18, 1.0 / (radius * self.per_m))
        cover = np.clip((1 + 0.5 * soft - far) / soft, 0, 1) * min(1.0, (radius * self.per_m * 1.3) ** 2)
        middle = np.clip((0.85 - far) * 2.2, 0, 1)
        self.put(
            strength * cover * (1 - 0.45 * middle),
            np.asarray(colour) * (0.86 + 0.20 * middle)[..., None],
            *window,
        )

    def splash(
        self,
        x: float,
        z: float,
        reach: float,
        count: int,
        colour: Colour,
        strength: float = 0.8,
        *,
        up: float = 1.0,
        largest: float = 0.005,
        flow: float = 0.12,
    ) -> None:
        """Drops about a place, dense there and thinning out over ``reach``; ``up``: higher than wide. The largest
        run down a little."""
        for _ in range(count):
            far = reach * self.rng.gamma(1.3, 0.42)
            a = self.rng.uniform(0, 2 * np.pi)
            dx, dz = far * np.cos(a), far * np.sin(a) * up
            radius = 0.0009 * (largest / 0.0009) ** (self.rng.random() ** 2.0)
            when = strength * (0.5 + 0.5 * self.rng.random()) * np.exp(-0.2 * far / reach)
            self.drop(
                x + dx,
                z + dz,
                radius,
                when,
                colour,
                a if up == 1.0 else np.arctan2(dz, dx),
                1 + 0.7 * self.rng.random() ** 2,
            )
            if radius > 0.0022 and self.rng.random() < flow * 4:
                self.run(x + dx, z + dz, self.rng.uniform(0.015, 0.14), radius * 0.5, when * 0.75, colour)

    def run(
        self,
        x: float,
        z: float,
        length: float,
        width: float,
        strength: float,
        colour: Colour,
        *,
        halo: float = 0.4,
    ) -> None:
        """What ran down: it wanders, breaks, thins out, and ends in a bead; dirt settles at its edges."""
        steps = max(3, int(length * self.per_m))
        way = np.cumsum(self.rng.normal(0, 0.16, steps)) / self.per_m
        way = np.convolve(np.pad(way, 6, "edge"), np.ones(13) / 13, "valid")[:steps]
        broken = np.convolve(self.rng.random(steps + 16), np.ones(17) / 17, "valid")[:steps]
        share = np.arange(steps) / steps
        thick = width * (0.55 + 0.9 * broken) * (1 - 0.45 * share)
        bead = np.exp(-(((share - 1) * length / (2.2 * width)) ** 2))
        thick = np.maximum(thick + width * 0.7 * bead, 0.9 / self.per_m)
        when = strength * (0.7 + 0.5 * broken) * (1 - 0.4 * share + 0.4 * bead)
        top = int((self.tall - z) * self.per_m)
        reach = int(4 * width * self.per_m) + 3
        for k in range(steps):
            i = top + k
            if not 0 <= i < self.height:
                continue
            j = int((x + way[k]) * self.per_m)
            a, b = max(0, j - reach), min(self.width, j + reach + 1)
            if a >= b:
                continue
            far = np.abs(self.x[i, a:b] - x - way[k]) / thick[k]
            core = np.clip(1.6 * (1 - far), 0, 1) * min(1.0, 1.2 * thick[k] * self.per_m)
            edge = np.clip(1 - np.abs(far - 0.85) / 0.4, 0, 1)
            film = halo * np.exp(-((far / 2.4) ** 2)) * (1 - share[k])
            early = when[k] * np.maximum(core * (0.75 + 0.25 * edge), film)
            self.put(
                early[None],
                (np.asarray(colour) * (1 - 0.22 * edge)[..., None])[None],
                slice(i, i + 1),
                slice(a, b),
            )

    def runs(
        self,
        x0: float,
        x1: float,
        z: float,
        count: int,
        longest: float,
        colour: Colour,
        strength: float = 0.7,
        width: float = 0.003,
        loose: float = 0.004,
    ) -> None:
        """Runs below an edge from ``x0`` to ``x1`` at height ``z`` (or up to ``loose`` below): most are short,
        they keep together."""
        x0, x1 = min(x0, x1), max(x0, x1)
        middles = self.rng.uniform(x0, x1, max(1, count // 4))
        for _ in range(count):
            x = float(np.clip(self.rng.choice(middles) + self.rng.normal(0, 0.03), x0, x1))
            length = longest * (0.08 + 0.92 * self.rng.random() ** 2.0)
            self.run(
                x,
                z - self.rng.uniform(0, loose),
                length,
                width * self.rng.uniform(0.5, 1.5),
                strength * self.rng.uniform(0.45, 1.0),
                colour,
            )

    def film(
        self,
        cover: Plane,
        strength: float,
        colour: Colour,
        *,
        grain_m: float = 0.25,
        hard: float = 0.5,
        streak: tuple[float, float] = (1, 1),
    ) -> None:
        """A greasy film where ``cover`` (0 to 1) lets it, thicker here and thinner there; ``hard``: how patchy."""
        patch = self.cloud(grain_m, 0.05 * grain_m, 1.5, streak)
        fine = self.cloud(0.03, 0.004, 0.6, streak)
        thick = (1 - hard) + hard * np.clip(1.4 * patch - 0.2, 0, 1.2)
        early = strength * np.clip(cover, 0, 1) * thick * (0.88 + 0.12 * fine)
        shade = 0.9 + 0.2 * self.cloud(0.1, 0.01, 1.0)
        self.put(early, np.asarray(colour) * shade[..., None])

    def hand(
        self,
        x: float,
        z: float,
        length: float,
        angle: float,
        strength: float,
        colour: Colour = (0.42, 0.38, 0.31),
    ) -> None:
        """Where a dirty hand was wiped along: one soft band, drawn out in streaks, that gives out raggedly."""
        window = self._window(x, z, length + 0.08)
        if window is None:
            return
        px, pz = self.x[window] - x, self.z[window] - z
        u = px * np.cos(angle) + pz * np.sin(angle)
        v = -px * np.sin(angle) + pz * np.cos(angle) + self.rng.normal(0, 2.0) * u * u
        lines = np.interp(
            v, np.linspace(-0.08, 0.08, 81), np.convolve(self.rng.random(85), np.ones(5) / 5, "valid")
        )
        lines = np.clip((lines - 0.32) * 2.8, 0, 1)
        half = self.rng.uniform(0.024, 0.04)
        band = np.exp(-((v / half) ** 4))
        end = length * (0.55 + 0.55 * lines)
        along = np.clip((u + 0.01) / 0.02, 0, 1) * np.clip((end - u) / (0.7 * end), 0, 1)
        torn = self.cloud(0.06, 0.006, 1.0)[window]
        self.put(0.75 * strength * band * along * (0.25 + 0.75 * lines) * (0.4 + 0.6 * torn), colour, *window)

    def scuff(
        self,
        x: float,
        z: float,
        length: float,
        angle: float,
        strength: float,
        colour: Colour = RUBBER,
        width: float = 0.004,
    ) -> None:
        """Rubber of a sole, a wheel or a bucket."""
        window = self._window(x, z, length)
        if window is None:
            return
        px, pz = self.x[window] - x, self.z[window] - z
        u = px * np.cos(angle) + pz * np.sin(angle)
        v = -px * np.sin(angle) + pz * np.cos(angle) + self.rng.normal(0, 2.0) * u * u
        torn = self.cloud(0.03, 0.003, 0.6, (0.4, 1.0))[window]
        body = np.exp(-((v / width) ** 2)) * np.clip(1.2 - np.abs(u) / (0.5 * length), 0, 1)
        self.put(strength * body * np.clip(torn * 1.7 - 0.45, 0, 1), colour, *window)

    def joints(
        self,
        x0: float,
        z0: float,
        across: float,
        up: float,
        strength: Plane,
        colour: Colour = JOINT,
        width: float = 0.0042,
    ) -> None:
        """Dirt in the joints of tiles; ``x0``, ``z0``: where the corner of the sheet lies in the grid of the tiles."""
        gap = np.minimum(_to_line(self.x + x0, across), _to_line(self.z + z0, up))
        wide = width * (0.7 + 0.7 * self.cloud(0.2, 0.01))
        line = np.clip((wide - gap) / (0.6 * wide), 0, 1)
        halo = 0.30 * np.exp(-((gap / (3.2 * width)) ** 2))
        self.put(strength * np.maximum(line, halo) * (0.25 + 0.75 * self.cloud(0.4, 0.02)), colour)

    def stroke(
        self, path: Plane, width: float, strength: float, colour: Colour, torn: Plane | None = None
    ) -> None:
        """A line of a pen or a key along a path (n, 2), m; ``torn``: what is left of it."""
        fine = max(2, int(np.linalg.norm(np.diff(path, axis=0), axis=1).sum() * self.per_m * 1.5))
        share = np.linspace(0, 1, fine)
        at = np.linspace(0, 1, len(path))
        for x, z in zip(np.interp(share, at, path[:, 0]), np.interp(share, at, path[:, 1]), strict=True):
            window = self._window(x, z, width)
            if window is None:
                continue
            far = np.hypot(self.x[window] - x, self.z[window] - z) * self.per_m
            body = np.clip(0.5 * width * self.per_m + 0.5 - far, 0, 1) * min(1.0, width * self.per_m)
            self.put(strength * body * (1.0 if torn is None else torn[window]), colour, *window)

    def hair(self, x: float, z: float, length: float, strength: float = 0.75) -> None:
        steps = int(length * self.per_m)
        a = self.rng.uniform(0, 6.28) + np.cumsum(
            np.cumsum(self.rng.normal(0, 0.0025, steps)) + self.rng.normal(0, 0.03)
        )
        j = ((x + np.cumsum(np.cos(a)) / self.per_m) * self.per_m).astype(int)
        i = ((self.tall - z - np.cumsum(np.sin(a)) / self.per_m) * self.per_m).astype(int)
        kept = (i >= 0) & (i < self.height) & (j >= 0) & (j < self.width)
        self.early[i[kept], j[kept]], self.colour[i[kept], j[kept]] = (
            np.maximum(self.early[i[kept], j[kept]], strength),
            HAIR,
        )

    # ------------------------------------------------------------ out

    def picture(self, rim_m: float = 0.0, steps: int = 20) -> Plane:
        """(height, width, 4); towards its rim it thins out over ``rim_m``."""
        early = np.clip(self.early, 0, 1)
        if rim_m > 0:
            inside = np.minimum(
                np.minimum(self.x, self.wide - self.x), np.minimum(self.z, self.tall - self.z)
            )
            early = early * np.clip(inside / rim_m, 0, 1)
        # few steps, and one colour where nothing is: the files stay small
        colour = np.where((early > 0.012)[..., None], self.colour, np.asarray(WATER))
        colour = np.rint(np.clip(colour, 0, 1) * steps) / steps
        return np.concatenate([colour, (np.rint(early * 48) / 48)[..., None]], axis=2)


def _to_line(values: Plane, step: float) -> Plane:
    rest = values % step
    return np.minimum(rest, step - rest)
