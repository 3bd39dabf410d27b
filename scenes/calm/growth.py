"""Trees as they grow: limbs, and leaves in clumps, with the light that reaches each leaf. NumPy alone; seeded.

Used by the script that makes the calm place (and the garden of the baseline room), not while they are shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

CELLS = 30
"""Cells along the longest edge of the crown's grid of density."""


@dataclass(frozen=True)
class Habit:
    """What a kind of tree looks like; metres."""

    tall: float
    bare: float
    """How high the lowest leaves hang, as a share of the height."""
    wide: float
    """Radius of the crown."""
    clumps: int
    clump: float
    """Radius of a clump of leaves."""
    leaves: int
    trunk: float
    leaf: tuple[float, float, float]
    """Albedo, linear."""
    bark: tuple[float, float, float]
    conical: bool = False
    hangs: float = 0.0


HABITS = {
    "oak": Habit(12.5, 0.15, 5.8, 120, 0.95, 60000, 0.34, (0.080, 0.118, 0.034), (0.105, 0.085, 0.065)),
    "maple": Habit(14.5, 0.13, 4.5, 120, 0.88, 56000, 0.26, (0.092, 0.135, 0.036), (0.13, 0.105, 0.08)),
    "birch": Habit(
        14.0, 0.16, 2.9, 110, 0.62, 42000, 0.15, (0.115, 0.150, 0.042), (0.52, 0.50, 0.46), hangs=0.7
    ),
    "spruce": Habit(
        19.0, 0.05, 3.3, 0, 0.5, 52000, 0.24, (0.036, 0.058, 0.030), (0.09, 0.07, 0.055), conical=True
    ),
    "bush": Habit(3.0, 0.0, 2.0, 60, 0.40, 52000, 0.05, (0.090, 0.130, 0.040), (0.11, 0.09, 0.07)),
}


@dataclass(frozen=True, eq=False)
class Tree:
    habit: Habit
    limbs: list[tuple[Array, Array]]
    """Lines of points (n, 3) and their radii (n,)."""
    leaves: Array
    """(n, 3)."""
    outward: Array
    """(n, 3) unit: the side that a leaf shows."""
    of_clump: NDArray[np.int_]
    centres: Array
    """(clumps, 3)."""


def _unit(v: Array) -> Array:
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-9)


def grow(kind: str, rng: np.random.Generator) -> Tree:
    habit = HABITS[kind]
    return _spruce(habit, rng) if habit.conical else _broad(habit, rng)


def _limb(
    a: Array, b: Array, r0: float, r1: float, rng: np.random.Generator, lift: float
) -> tuple[Array, Array]:
    s = np.linspace(0, 1, 9)[:, None]
    middle = (a + b) / 2 + rng.standard_normal(3) * 0.06 * np.linalg.norm(b - a) + (0, 0, -lift)
    line = (1 - s) ** 2 * a + 2 * s * (1 - s) * middle + s**2 * b
    return line, np.linspace(r0, r1, 9)


def _broad(habit: Habit, rng: np.random.Generator) -> Tree:
    low = habit.tall * habit.bare
    middle = np.array([0.0, 0.0, (habit.tall + low) / 2])
    radii = np.array([habit.wide, habit.wide, (habit.tall - low) / 2]) - 0.75 * habit.clump
    d = _unit(rng.standard_normal((habit.clumps, 3)))
    d[:, 2] = np.where(d[:, 2] < -0.75, -d[:, 2], d[:, 2])
    depth = rng.uniform(0.25, 1.0, habit.clumps) ** 0.45
    centres = middle + d * depth[:, None] * radii
    # narrower towards the foot of the crown, fuller in its upper half
    share = (centres[:, 2] - low) / (habit.tall - low)
    centres[:, :2] *= (0.72 + 0.45 * np.clip(share * 1.6, 0, 1) - 0.25 * np.clip(share - 0.6, 0, 1))[:, None]
    centres += rng.standard_normal(centres.shape) * 0.25 * habit.clump
    centres[:, 2] = np.maximum(centres[:, 2], low * 0.9 + 0.35)
    top = np.array([rng.normal(0, 0.25), rng.normal(0, 0.25), habit.tall * 0.80])
    bend = rng.standard_normal(3) * (0.3, 0.3, 0)
    s = np.linspace(0, 1, 14)[:, None]
    trunk = s * top + np.sin(np.pi * s) * bend * 0.5
    limbs = [(trunk, habit.trunk * (1.0 - 0.86 * s[:, 0]) * (1.0 + 0.7 * np.exp(-s[:, 0] * 30)))]
    for k_c, c in enumerate(centres):
        if k_c % 3:
            continue
        reach = np.hypot(c[0], c[1])
        z = np.clip(c[2] - rng.uniform(0.5, 0.9) * reach - 0.3, habit.tall * habit.bare * 0.7 + 0.05, top[2])
        k = float(np.interp(z, trunk[:, 2], np.arange(14)))
        foot = trunk[int(k)] + (k % 1.0) * (trunk[min(int(k) + 1, 13)] - trunk[int(k)])
        thick = habit.trunk * (1 - 0.86 * k / 13) * 0.42
        limbs.append(_limb(foot, c, thick, 0.012, rng, 0.10 * reach))
        for _ in range(4):
            tip = c + _unit(rng.standard_normal(3)) * habit.clump * 0.8
            limbs.append(_limb(foot + 0.6 * (c - foot), tip, 0.018, 0.005, rng, 0.05))
    size = habit.clump * rng.uniform(0.75, 1.25, habit.clumps)
    of = rng.choice(habit.clumps, habit.leaves, p=size**2 / (size**2).sum())
    out = _unit(rng.standard_normal((habit.leaves, 3)))
    r = rng.uniform(0, 1, habit.leaves) ** 0.40
    lump = 1.0 + 0.22 * np.sin(out @ rng.standard_normal((3, 1)) * 5 + of[:, None])[:, 0]
    leaves = centres[of] + out * (r * lump * size[of])[:, None] * (1.0, 1.0, 0.78)
    if habit.hangs:
        strand = rng.uniform(0, 1, habit.leaves) ** 2
        leaves[:, 2] -= (
            habit.hangs * strand * np.clip(np.hypot(leaves[:, 0], leaves[:, 1]) / habit.wide, 0.2, 1.0)
        )
    leaves[:, 2] = np.maximum(leaves[:, 2], 0.06)
    whole = _unit((leaves - middle) / radii)
    outward = _unit(0.55 * out + 0.6 * whole + 0.35 * rng.standard_normal(out.shape) + (0, 0, 0.25))
    return Tree(habit, limbs, leaves, outward, of, centres)


def _spruce(habit: Habit, rng: np.random.Generator) -> Tree:
    s = np.linspace(0, 1, 14)[:, None]
    trunk = s * np.array([0, 0, habit.tall])
    limbs = [(trunk, habit.trunk * (1.0 - 0.97 * s[:, 0]))]
    n = 150
    z = habit.tall * (habit.bare + (0.985 - habit.bare) * rng.uniform(0, 1, n) ** 1.25)
    a = rng.uniform(0, 2 * np.pi, n)
    long = habit.wide * (1.0 - z / habit.tall) ** 0.85 * rng.uniform(0.75, 1.12, n) + 0.12
    of = rng.choice(n, habit.leaves, p=long**1.5 / (long**1.5).sum())
    t = rng.uniform(0.08, 1, habit.leaves) ** 0.8
    spread = (
        long[of]
        * 0.24
        * (1.15 - t)
        * np.sqrt(rng.uniform(0, 1, habit.leaves))
        * rng.choice([-1, 1], habit.leaves)
    )
    c, d = np.cos(a[of]), np.sin(a[of])
    droop = long[of] * (0.34 * t**1.2 - 0.10 * t**3)
    leaves = np.stack(
        [c * long[of] * t - d * spread, d * long[of] * t + c * spread, z[of] - droop - 0.5 * np.abs(spread)],
        axis=1,
    )
    leaves += rng.standard_normal(leaves.shape) * (0.05, 0.05, 0.07)
    leaves[:, 2] = np.maximum(leaves[:, 2], 0.05)
    outward = _unit(np.stack([c, d, np.full_like(c, 0.75)], 1) + 0.5 * rng.standard_normal(leaves.shape))
    centres = np.stack([np.cos(a) * long * 0.6, np.sin(a) * long * 0.6, z - 0.2 * long], axis=1)
    return Tree(habit, limbs, leaves, outward, of, centres)


class Crown:
    """How thick the leaves stand, on a grid: how much light comes through to a place inside."""

    def __init__(self, tree: Tree, thick: float = 1.0) -> None:
        self._low = tree.leaves.min(axis=0) - 0.3
        size = tree.leaves.max(axis=0) + 0.3 - self._low
        self._cell = float(size.max()) / CELLS
        shape = np.ceil(size / self._cell).astype(int) + 1
        at = np.clip(((tree.leaves - self._low) / self._cell).astype(int), 0, shape - 1)
        count = np.zeros(shape)
        np.add.at(count, tuple(at.T), 1.0)
        mean = len(tree.leaves) / max(int((count > 0).sum()), 1)
        self._density = np.minimum(count / mean, 2.5) * thick
        self._shape = shape

    def clear(self, points: Array, towards: Array, reach: float = 1e9) -> Array:
        """Share of light that comes from that direction."""
        total = np.zeros(len(points))
        longest = min(float(np.linalg.norm(self._shape) * self._cell), reach)
        step = self._cell * 0.9
        for k in range(1, int(longest / step) + 1):
            at = ((points + towards * (k * step) - self._low) / self._cell).astype(int)
            inside = np.all((at >= 0) & (at < self._shape), axis=1)
            got = self._density[tuple(np.clip(at, 0, self._shape - 1).T)]
            total += np.where(inside, got, 0.0) * step
        return np.exp(-0.62 * total)

    def sky(self, points: Array) -> Array:
        """Share of the sky that is seen, from a few directions."""
        total = np.zeros(len(points))
        ways = [(0, 0, 1.0)] + [(np.cos(a) * 0.8, np.sin(a) * 0.8, 0.6) for a in np.arange(5) * 2 * np.pi / 5]
        for way in ways:
            total += self.clear(points, np.array(way), 5.0)
        return total / len(ways)


def light(
    crown: Crown, points: Array, outward: Array, to_sun: Array, sun: Array, sky: Array, ground: Array
) -> Array:
    """Light (n, 3), over pi, that leaves at these places send on; what shines through them included."""
    facing = outward @ to_sun
    through = np.maximum(-facing, 0.0)[:, None] * np.array([0.62, 0.66, 0.30])
    direct = np.maximum(facing, 0.0)[:, None] * 0.85 + 0.12 + through
    open_ = 0.16 + 0.84 * crown.sky(points)[:, None]  # leaves hand light on to one another
    up = 0.5 + 0.5 * outward[:, [2]]
    return sun * direct * crown.clear(points, to_sun)[:, None] + open_ * (sky * up + ground * (1 - up))
