"""The stored people (``models/people.npz``): bodies in several finenesses, with their skeletons. No Panda3D here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh, box, merge
from vr_runtime.stage.skeleton import Skeleton

MODELS = "models/people.npz"
ATLAS = "textures/people.jpg"
KINDS = ("skin", "hair", "top", "bottom", "shoes", "eye")
"""What a member's colours are for; the index is stored at each vertex."""
GROUND, HELD = 0, 1
"""Behind the bones: the ground under a member, and what the right hand holds."""
EXTRA = 2
LEVELS = 3
"""Of fineness, the finest first: for 1.5 m, for 4 m, for 15 m and beyond."""

Bytes = NDArray[np.uint8]
Colour = Sequence[float]


@dataclass(frozen=True, eq=False)
class Level:
    """One fineness of one body, in the pose in which it was stored."""

    mesh: Mesh
    bones: Bytes
    """(n, 4) the bones that each vertex goes along with."""
    shares: Bytes
    """(n, 4) how much, of 255."""
    kinds: Bytes
    hairs: Bytes
    """(n,) how much of the skin is covered by hair, of 255."""
    shades: Bytes
    """(n,) how much light the form itself leaves, of 255."""


@dataclass(frozen=True, eq=False)
class Figure:
    """One person."""

    name: str
    skeleton: Skeleton
    levels: tuple[Level, ...]

    @property
    def height_m(self) -> float:
        return float(self.levels[0].mesh.positions[:, 2].max())


@dataclass(frozen=True)
class Member:
    """One of a crowd: which figure, in which colours (linear RGB by kind; what is missing stays as painted)."""

    figure: str
    colours: Mapping[str, Colour] = field(default_factory=dict)
    scale: float = 1.0


@dataclass(frozen=True, eq=False)
class Bodies:
    """The meshes of all members in one, and which bones each vertex goes along with."""

    mesh: Mesh
    bones: Bytes
    shares: Bytes


@lru_cache(maxsize=1)
def figures() -> dict[str, Figure]:
    """All that are stored, by name.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    path = assets.path(MODELS)
    try:
        stored = assets.arrays(path)
        bones = tuple(str(name) for name in stored["bones"])
        parents = tuple(int(parent) for parent in stored["parents"])
        return {
            str(name): Figure(
                str(name),
                Skeleton(bones, parents, stored[f"{name} joints"].astype(np.float64)),
                tuple(_level(stored, f"{name} {level}") for level in range(LEVELS)),
            )
            for name in stored["names"]
        }
    except (OSError, ValueError, KeyError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as people: {problem}") from None


def _level(stored: Mapping[str, NDArray[np.generic]], prefix: str) -> Level:
    normals = stored[f"{prefix} normals"].astype(np.float32) / 127.0
    mesh = Mesh(
        stored[f"{prefix} positions"].astype(np.float32) / 10000.0,
        normals,
        stored[f"{prefix} triangles"].astype(np.uint32),
        uvs=stored[f"{prefix} uvs"].astype(np.float32) / 65535.0,
    )
    rest = (
        stored[f"{prefix} {name}"].astype(np.uint8)
        for name in ("bones", "shares", "kinds", "hairs", "shades")
    )
    return Level(mesh, *rest)


def coloured(level: Level, colours: Mapping[str, Colour]) -> Mesh:
    """The mesh with a member's colours as its tint; where hair grows on skin the colours run into each other."""
    table = np.array([colours.get(kind, (1.0, 1.0, 1.0)) for kind in KINDS], dtype=np.float32)
    hairy = (level.hairs / np.float32(255.0))[:, None]
    shade = (level.shades / np.float32(255.0))[:, None]
    tint = table[level.kinds] * (1.0 - hairy) + table[KINDS.index("hair")] * hairy
    # the form's own shadow takes from the colour a little and from the sky's light much
    return Mesh(
        level.mesh.positions,
        level.mesh.normals,
        level.mesh.triangles,
        uvs=level.mesh.uvs,
        tint=tint * (0.55 + 0.45 * shade),
        occlusion=shade[:, 0],
    )


def joined(members: Sequence[Member], level: int) -> Bodies:
    """Everybody in one mesh, each vertex knowing its member, and a telephone in their right hands."""
    known = [figures()[member.figure] for member in members]
    in_hand = {name: _telephone(figures()[name].skeleton) for name in {member.figure for member in members}}
    phones = [in_hand[member.figure] for member in members]
    count = len(phones[0].positions)
    held = np.zeros((count, 4), dtype=np.uint8)
    held[:, 0] = len(known[0].skeleton.names) + HELD
    whole = np.zeros((count, 4), dtype=np.uint8)
    whole[:, 0] = 255
    bodies = [figure.levels[level] for figure in known]
    meshes = [
        merge([coloured(body, member.colours), phone])
        for body, member, phone in zip(bodies, members, phones, strict=True)
    ]
    bones = [np.concatenate([body.bones, held]) for body in bodies]
    shares = [np.concatenate([body.shares, whole]) for body in bodies]
    return _together(meshes, bones, shares)


def _telephone(bones: Skeleton) -> Mesh:
    """In the right hand of the stored body."""
    at, before = (bones.joints[bones.index[name]] for name in ("hand_r", "lowerarm_r"))
    along = (at - before) / np.linalg.norm(at - before)
    out = np.array([-1.0, 0.0, -1.0]) - along * float(np.array([-1.0, 0.0, -1.0]) @ along)
    out /= np.linalg.norm(out)
    turn = np.stack([np.cross(along, out), along, out], axis=1)
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = turn, at + 0.105 * along + 0.030 * out
    made = box((0.070, 0.145, 0.009)).transformed(matrix)
    return replace(
        made.tinted((0.012, 0.012, 0.014)), uvs=np.zeros((len(made.positions), 2), dtype=np.float32)
    )


def thrown(members: Sequence[Member]) -> Bodies:
    """What throws everybody's shadow: the coarsest bodies, limb by limb. The texture coordinate u is the limb's rank,
    from 1 for what is drawn first (``cast.vert.glsl``)."""
    levels = [_by_limb(figures()[member.figure].levels[-1]) for member in members]
    return _together(
        [one.mesh for one in levels], [one.bones for one in levels], [one.shares for one in levels]
    )


def _together(meshes: Sequence[Mesh], bones: Sequence[Bytes], shares: Sequence[Bytes]) -> Bodies:
    numbered = [replace(mesh, member=np.full(len(mesh.positions), i)) for i, mesh in enumerate(meshes)]
    return Bodies(merge(numbered), np.concatenate(bones), np.concatenate(shares))


@lru_cache(maxsize=32)
def _by_limb(level: Level) -> Level:
    """With each triangle's own vertices, in the order of limbs and of what lies on them."""
    corners = level.mesh.triangles
    limb = level.bones[corners[:, 0], 0].astype(int) * len(KINDS) + level.kinds[corners[:, 0]]
    order = np.argsort(limb, kind="stable")
    _, rank = np.unique(limb, return_inverse=True)
    u = 1.0 - np.repeat(rank[order], 3) / (rank.max() + 1.0)
    flat = corners[order].reshape(-1)
    mesh = Mesh(
        level.mesh.positions[flat],
        level.mesh.normals[flat],
        np.arange(len(flat), dtype=np.uint32).reshape(-1, 3),
        uvs=np.stack([u, np.zeros_like(u)], axis=1),
    )
    return Level(mesh, *(getattr(level, n)[flat] for n in ("bones", "shares", "kinds", "hairs", "shades")))
