"""Poses of a skeleton as NumPy arrays: turns along the chain of bones, and limbs that reach for a place.

Frame of a person: metres, x to the right, y ahead, z up, feet on z = 0. A pose is told in *canonical* axes: all bones
of a person who stands upright with arms and legs hanging straight down have no turn at all, whoever it is; a turn
about x by a positive angle swings a hanging limb ahead. ``Skeleton`` knows how far the stored body is from that.
All functions work on many poses at once: leading axes are kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DOWN = np.array([0.0, 0.0, -1.0])
HANGING = tuple(f"{bone}_{side}" for side in "lr" for bone in ("upperarm", "lowerarm", "thigh", "calf"))
"""Bones that hang straight down in the canonical pose."""


def about(axis: int, angle: Array | float) -> Array:
    """Turns (..., 3, 3) about x, y or z (0, 1, 2) by radians, counter-clockwise seen against the axis."""
    angle = np.asarray(angle, dtype=float)
    c, s = np.cos(angle), np.sin(angle)
    made = np.zeros((*angle.shape, 3, 3))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    made[..., axis, axis] = 1.0
    made[..., i, i], made[..., j, j] = c, c
    made[..., j, i], made[..., i, j] = s, -s
    return made


def onto(start: Array, end: Array) -> Array:
    """The shortest turn (3, 3) that brings one direction onto another."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis = np.cross(a, b)
    k = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    return np.eye(3) + k + k @ k / max(1.0 + float(a @ b), 1e-6)


@dataclass(frozen=True, eq=False)
class Skeleton:
    """One person's bones; parents come before children."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    """-1: none."""
    joints: Array
    """(bones, 3) where each bone turns, in the stored body."""

    def __post_init__(self) -> None:
        index = {name: i for i, name in enumerate(self.names)}
        rest = np.tile(np.eye(3), (len(self.names), 1, 1))
        child = {"upperarm": "lowerarm", "lowerarm": "hand", "thigh": "calf", "calf": "foot"}
        for i, name in enumerate(self.names):
            bone, _, side = name.rpartition("_")
            if bone == "hand":
                rest[i] = rest[index[f"lowerarm_{side}"]]
            if name not in HANGING:
                continue
            before = rest[self.parents[i]]
            along = before @ (self.joints[index[f"{child[bone]}_{side}"]] - self.joints[i])
            rest[i] = onto(along, DOWN) @ before
        offsets = np.array(
            [
                self.joints[i] if p < 0 else rest[p] @ (self.joints[i] - self.joints[p])
                for i, p in enumerate(self.parents)
            ]
        )
        # an arm that hangs draws the shoulder in, which bones alone do not
        for side in "lr":
            offsets[index[f"upperarm_{side}"], 0] *= 0.89
        object.__setattr__(self, "index", index)
        object.__setattr__(self, "rest", rest)
        object.__setattr__(self, "offsets", offsets)

    index: dict[str, int] = None  # type: ignore[assignment]
    rest: Array = None  # type: ignore[assignment]
    """(bones, 3, 3) from the stored body to the canonical pose."""
    offsets: Array = None  # type: ignore[assignment]
    """(bones, 3) from the parent's joint, canonical."""

    def length(self, upper: str, lower: str) -> float:
        """From one joint to the next."""
        return float(np.linalg.norm(self.joints[self.index[lower]] - self.joints[self.index[upper]]))

    def posed(
        self, pelvis: Array, local: Mapping[str, Array], fixed: Mapping[str, Array] | None = None
    ) -> tuple[Array, Array]:
        """Turns (..., bones, 3, 3) in the person's frame, and places of the joints (..., bones, 3).

        ``pelvis`` (..., 3): where its joint is. ``local``: turns in the parent's frame. ``fixed``: turns in the
        person's frame, whatever the parent does.
        """
        shape = pelvis.shape[:-1]
        turns = np.zeros((*shape, len(self.names), 3, 3))
        places = np.zeros((*shape, len(self.names), 3))
        for i, (name, parent) in enumerate(zip(self.names, self.parents, strict=True)):
            if parent < 0:
                turns[..., i, :, :] = local.get(name, np.eye(3))
                places[..., i, :] = pelvis
                continue
            before = turns[..., parent, :, :]
            if fixed is not None and name in fixed:
                turns[..., i, :, :] = fixed[name]
            elif name in local:
                turns[..., i, :, :] = before @ local[name]
            else:
                turns[..., i, :, :] = before
            places[..., i, :] = places[..., parent, :] + before @ self.offsets[i]
        return turns, places

    def matrices(self, turns: Array, places: Array) -> Array:
        """(..., bones, 3, 4): takes the stored body's points to the posed ones."""
        linear = turns @ self.rest
        shift = places - np.einsum("...bij,bj->...bi", linear, self.joints)
        return np.concatenate([linear, shift[..., None]], axis=-1)


def reached(
    root: Array, goal: Array, upper: float, lower: float, pole: Array, *, bends_back: bool
) -> tuple[Array, Array]:
    """Turns (..., 3, 3) of a limb's two bones, so that its end comes to ``goal`` and its middle joint lies towards
    ``pole``. ``bends_back``: a knee; otherwise an elbow. A goal out of reach is reached for as far as may be."""
    way = goal - root
    far = np.linalg.norm(way, axis=-1, keepdims=True)
    ahead = way / np.maximum(far, 1e-9)
    far = np.clip(far, abs(upper - lower) + 1e-4, (upper + lower) * 0.9995)
    cosine = (upper**2 + far**2 - lower**2) / (2 * upper * far)
    sine = np.sqrt(np.maximum(1.0 - cosine**2, 0.0))
    side = pole - ahead * np.sum(pole * ahead, axis=-1, keepdims=True)
    side /= np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-9)
    first = cosine * ahead + sine * side
    second = (ahead * far - upper * first) / lower
    front = side if bends_back else -side
    return _hung(first, front), _hung(second, front)


def _hung(along: Array, front: Array) -> Array:
    """The turn of a hanging bone that now points ``along``, its front towards ``front``."""
    up = -along
    y = front - up * np.sum(front * up, axis=-1, keepdims=True)
    y = y / np.maximum(np.linalg.norm(y, axis=-1, keepdims=True), 1e-9)
    x = np.asarray(np.cross(y, up), dtype=np.float64)
    return np.stack([x, y, up], axis=-1)


def blended(values: Sequence[float], at: Array) -> Array:
    """A closed smooth curve through equally spaced values, read at phases 0 to 1 (Catmull and Rom 1974)."""
    points: Array = np.asarray(values, dtype=np.float64)
    n = len(points)
    place: Array = np.asarray(at, dtype=np.float64) % 1.0 * n
    i = np.floor(place).astype(int) % n
    f = place - np.floor(place)
    a, b, c, d = (points[(i + k) % n] for k in (-1, 0, 1, 2))
    return b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
