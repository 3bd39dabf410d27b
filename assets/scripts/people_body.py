"""Bodies of people from MakeHuman's base mesh: shape, joints and weights, in Palier's axes (see ``make_people.py``).

Frame: metres, z up, feet on z = 0, the face towards +y, the person's left at -x.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int64]

SIDES = ("l", "r")
BONES: tuple[tuple[str, str, str], ...] = (
    # name, parent, joint of the base mesh where it turns
    ("pelvis", "", "pelvis"),
    ("spine1", "pelvis", "spine-4"),
    ("spine2", "spine1", "spine-3"),
    ("spine3", "spine2", "spine-2"),
    ("neck", "spine3", "neck"),
    ("head", "neck", "head"),
    ("jaw", "head", "jaw"),
    *((f"eye_{s}", "head", f"{s}-eye") for s in SIDES),
    *((f"lid_{s}", "head", f"{s}-eye") for s in SIDES),
    *(
        (f"{name}_{s}", parent if parent == "spine3" else f"{parent}_{s}", f"{s}-{joint}")
        for s in SIDES
        for name, parent, joint in (
            ("clavicle", "spine3", "clavicle"),
            ("upperarm", "clavicle", "shoulder"),
            ("lowerarm", "upperarm", "elbow"),
            ("hand", "lowerarm", "hand"),
        )
    ),
    *(
        (f"{name}_{s}", parent if parent == "pelvis" else f"{parent}_{s}", f"{s}-{joint}")
        for s in SIDES
        for name, parent, joint in (
            ("thigh", "pelvis", "upper-leg"),
            ("calf", "thigh", "knee"),
            ("foot", "calf", "ankle"),
            ("toe", "foot", "foot-1"),
        )
    ),
)
NAMES = tuple(name for name, _, _ in BONES)
INDEX = {name: i for i, name in enumerate(NAMES)}
FINGERS = {"thumb": 1, "index": 2, "middle": 3, "ring": 4, "pinky": 5}


def turned(points: Array) -> Array:
    """From MakeHuman's axes (y up, z ahead, decimetres) to ours."""
    return points[:, [0, 2, 1]] * np.array([-0.1, 0.1, 0.1])


@dataclass(frozen=True, eq=False)
class Base:
    """The base mesh before any shape, and what belongs to it."""

    points: Array
    uvs: Array
    faces: dict[str, tuple[Ints, Ints]]
    """By group: (n, 4) corners and (n, 4) texture corners."""
    weights: Array
    """(vertices, bones)."""
    fingers: dict[str, Ints]
    """Vertices that turn with each finger bone, and their weights in ``finger_weights``."""
    finger_weights: dict[str, Array]
    folder: Path


def load(folder: Path) -> Base:
    """From the folder ``mpfb2`` of MakeHuman's data."""
    points, uvs = [], []
    faces: dict[str, tuple[list[list[int]], list[list[int]]]] = {}
    group = ""
    for line in (folder / "3dobjs" / "base.obj").read_text().splitlines():
        kind, *rest = line.split() or [""]
        if kind == "v":
            points.append([float(x) for x in rest[:3]])
        elif kind == "vt":
            uvs.append([float(x) for x in rest[:2]])
        elif kind == "g":
            group = rest[0]
        elif kind == "f":
            corners = [part.split("/") for part in rest]
            into = faces.setdefault(group, ([], []))
            into[0].append([int(c[0]) - 1 for c in corners])
            into[1].append([int(c[1]) - 1 if len(c) > 1 and c[1] else 0 for c in corners])
    table = {name: (np.array(f), np.array(t)) for name, (f, t) in faces.items()}
    coarse = json.loads((folder / "rigs" / "standard" / "weights.game_engine.json").read_text())["weights"]
    fine = json.loads((folder / "rigs" / "standard" / "weights.default.json").read_text())["weights"]
    rig = json.loads((folder / "rigs" / "standard" / "rig.default.json").read_text())
    weights = np.zeros((len(points), len(NAMES)))
    fingers, finger_weights = {}, {}
    for name, rows in coarse.items():
        bone = _bone(name)
        if bone is None:
            continue
        at = np.array([int(i) for i, _ in rows], dtype=np.int64)
        value = np.array([w for _, w in rows])
        np.add.at(weights[:, INDEX[bone]], at, value)
        if name.split("_")[0] in FINGERS:
            fingers[name], finger_weights[name] = at, value
    _face(weights, fine, rig.get("bones", rig))
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return Base(np.array(points), np.array(uvs), table, weights, fingers, finger_weights, folder)


def _bone(name: str) -> str | None:
    """Ours for one of the game rig's."""
    part, _, side = name.rpartition("_")
    if name == "Root":
        return "pelvis"
    if name.startswith("spine_0"):
        return f"spine{name[-1]}"
    if name == "neck_01":
        return "neck"
    if name in ("pelvis", "head"):
        return name
    if part.split("_")[0] in FINGERS:
        return f"hand_{side}"
    return f"{'toe' if part == 'ball' else part}_{side}"


def _face(weights: Array, fine: Mapping[str, Sequence[Sequence[float]]], rig: Mapping[str, Mapping]) -> None:
    """Hands the head's share over to jaw, eyes and upper lids, as the fine rig has it."""
    under_jaw = {"jaw"}
    for _ in range(8):
        under_jaw |= {name for name, bone in rig.items() if bone.get("parent") in under_jaw}
    wanted = {"jaw": under_jaw}
    for s in SIDES:
        wanted[f"eye_{s}"] = {f"eye.{s.upper()}"}
        wanted[f"lid_{s}"] = {f"orbicularis03.{s.upper()}"}
    head = weights[:, INDEX["head"]].copy()
    for ours, theirs in wanted.items():
        share = np.zeros(len(weights))
        for name in theirs & set(fine):
            for i, w in fine[name]:
                share[int(i)] += w
        share = np.minimum(share, head)
        weights[:, INDEX[ours]] += share
        weights[:, INDEX["head"]] -= share


def target(base: Base, relative: str) -> Array:
    """What a target adds to each vertex, decimetres."""
    found = np.zeros_like(base.points)
    with gzip.open(base.folder / "targets" / f"{relative}.target.gz", "rt") as text:
        for line in text:
            row = line.split()
            if len(row) == 4 and not row[0].startswith("#"):
                found[int(row[0])] = [float(x) for x in row[1:]]
    return found


def _between(value: float, names: Sequence[str]) -> list[tuple[str, float]]:
    """Weights of neighbours on a scale of 0 to 1."""
    at = np.clip(value, 0.0, 1.0) * (len(names) - 1)
    low = min(int(at), len(names) - 2)
    return [(n, w) for n, w in ((names[low], 1 - at + low), (names[low + 1], at - low)) if w > 1e-6]


def shaped(
    base: Base,
    *,
    female: float,
    old: float,
    weight: float,
    muscle: float,
    races: Mapping[str, float],
    details: Mapping[str, float],
    height_m: float,
) -> Array:
    """All vertices of a person in our frame. ``female``, ``old``, ``weight``, ``muscle``: 0 to 1."""
    points = base.points.copy()
    genders, ages = _between(female, ("male", "female")), _between(old, ("young", "old"))
    masses, muscles = (
        _between(value, tuple(f"{kind}{what}" for kind in ("min", "average", "max")))
        for value, what in ((weight, "weight"), (muscle, "muscle"))
    )
    for (g, wg), (a, wa) in product(genders, ages):
        for race, wr in races.items():
            points += wg * wa * wr * target(base, f"macrodetails/{race}-{g}-{a}")
        for (m, wm), (k, wk) in product(muscles, masses):
            points += wg * wa * wm * wk * target(base, f"macrodetails/universal-{g}-{a}-{m}-{k}")
    for name, amount in details.items():
        points += amount * target(base, name)
    placed = turned(points)
    body = np.unique(base.faces["body"][0])
    placed -= [0.0, 0.0, placed[body, 2].min()]
    return placed * (height_m / placed[body, 2].max())


def joints(base: Base, points: Array) -> Array:
    """Where the bones turn, (bones, 3)."""
    return np.array([points[np.unique(base.faces[f"joint-{cube}"][0])].mean(axis=0) for _, _, cube in BONES])


def curled(base: Base, points: Array, amount: float) -> Array:
    """The same with the fingers bent, as in hands that hang at rest."""
    moved = points.copy()
    for s in SIDES:
        for finger, number in FINGERS.items():
            middle = [
                points[np.unique(base.faces[f"joint-{s}-finger-{number}-{k}"][0])].mean(axis=0)
                for k in (1, 2, 3)
            ]
            across = _across(base, points, s)
            turn, shift = np.eye(3), np.zeros(3)
            for k in range(3):
                angle = amount * (0.35 if finger == "thumb" else (0.55, 0.7, 0.4)[k])
                bend = _about(across, angle)
                # turns add up along the finger
                turn, shift = turn @ bend, shift + turn @ (middle[k] - bend @ middle[k])
                name = f"{finger}_0{k + 1}_{s}"
                at, w = base.fingers[name], base.finger_weights[name][:, None]
                moved[at] += w * (points[at] @ turn.T + shift - points[at])
    return moved


def _across(base: Base, points: Array, s: str) -> Array:
    """The axis about which fingers bend towards the palm."""

    def at(number: int, k: int) -> Array:
        return points[np.unique(base.faces[f"joint-{s}-finger-{number}-{k}"][0])].mean(axis=0)

    axis = at(2, 1) - at(5, 1)
    along = at(3, 3) - at(3, 1)
    axis -= along * (axis @ along) / (along @ along)
    axis /= np.linalg.norm(axis)
    # the palm looks to the person's middle or down: bending must bring the tips there
    inward = np.array([1.0 if s == "l" else -1.0, 0.0, -1.0])
    return axis if np.cross(axis, along) @ inward > 0 else -axis


def _about(axis: Array, angle: float) -> Array:
    x, y, z = axis
    k = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * k + (1 - np.cos(angle)) * k @ k


def best_four(weights: Array) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The four heaviest bones of each vertex, and their shares of 255."""
    order = np.argsort(-weights, axis=1)[:, :4]
    share = np.take_along_axis(weights, order, axis=1)
    share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-9)
    whole = np.round(share * 255.0).astype(int)
    whole[:, 0] += 255 - whole.sum(axis=1)
    return order.astype(np.uint8), whole.astype(np.uint8)


def triangles(quads: Ints) -> Ints:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
