"""Many people as a few Geoms: who they are, what they do, where they look; see ``Kitchen.people``.

How they are posed is a pure function of what :meth:`People.place` is given: nothing is kept from frame to frame.
Clips are worked out once (``clips.py``); a frame takes poses out of them, turns heads, eyes, lids and jaws, and puts
everybody where they stand. Frame of a person: x to the right, y ahead, z up, metres; angles in radians, counter-clockwise
from above and upwards positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from panda3d.core import NodePath

from vr_runtime.stage import clips, figures
from vr_runtime.stage.clips import NAMES as CLIPS
from vr_runtime.stage.figures import ATLAS, Bodies, Figure, Member
from vr_runtime.stage.skeleton import about as _about
from vr_runtime.stage.skin import Poses

__all__ = [
    "ATLAS",
    "CLIPS",
    "FAR",
    "MIDDLE",
    "NEAR",
    "Bent",
    "Bodies",
    "Member",
    "Members",
    "People",
    "Placed",
    "figure_names",
]

NEAR, MIDDLE, FAR = range(figures.LEVELS)
"""Finenesses: about 5,000, 1,300 and 350 triangles a person."""
NECK_SHARE = 0.4
"""Of a turn of the head, what the neck does."""
LID_RAD = 0.62
"""How far the upper lid comes down in a blink."""
JAW_RAD = 0.16

Rows = NDArray[np.float32]
Array = NDArray[np.float64]


def figure_names() -> tuple[str, ...]:
    """Everybody that is stored."""
    return tuple(figures.figures())


@dataclass(frozen=True, eq=False)
class Placed:
    """What everybody does now; arrays of one row a member. What is None is 0."""

    at: Array
    """(n, 3) the ground under each one, m, in the parent's frame (``drive``: the hips)."""
    heading: Array
    """(n,) where they face, from +y."""
    clip: NDArray[np.int_]
    """(n,) index into ``CLIPS``."""
    phase: Array
    """(n,) cycles of the clip; any number."""
    head: Array | None = None
    """(n, 2) how far the head is turned from where the clip has it: to the left, up."""
    eyes: Array | None = None
    """(n, 2) the eyes in the head: to the left, up."""
    lids: Array | None = None
    """(n,) 0 open to 1 shut."""
    jaw: Array | None = None
    """(n,) 0 shut to 1 open."""
    hidden: NDArray[np.bool_] | None = None


class Members:
    """The poses of a crowd without its picture: NumPy alone."""

    def __init__(self, members: Sequence[Member], wanted: Sequence[str] = CLIPS) -> None:
        known = figures.figures()
        for member in members:
            if member.figure not in known:
                raise ValueError(f"no figure {member.figure}; there are {', '.join(known)}")
        self.count = len(members)
        names = sorted({member.figure for member in members})
        self._who = np.array([names.index(member.figure) for member in members])
        self._scale = np.array([member.scale for member in members])
        bones = known[names[0]].skeleton
        self.bones = bones.index
        self._joints = np.array([known[name].skeleton.joints for name in names], dtype=np.float32)
        self._baked: list[Rows] = []
        self._first = np.full(len(CLIPS), -1)
        self._frames = np.ones(len(CLIPS), dtype=int)
        self._strides = np.zeros((len(names), len(CLIPS)))
        self._bake([known[name] for name in names], wanted)
        self._table = np.stack(self._baked)
        """(figures, frames of all clips, bones, 3, 4)."""

    def _bake(self, people: Sequence[Figure], wanted: Sequence[str]) -> None:
        for k, figure in enumerate(people):
            made = clips.made(figure.skeleton, wanted)
            rows, first = [], 0
            for name, clip in made.items():
                i = CLIPS.index(name)
                self._first[i], self._frames[i] = first, len(clip.matrices)
                self._strides[k, i] = clip.stride_m
                rows.append(clip.matrices.astype(np.float32))
                first += len(clip.matrices)
            self._baked.append(np.concatenate(rows))

    def stride_m(self, clip: ArrayLike) -> Array:
        """The way of one cycle of a walking clip, for each member; 0 for the others."""
        return self._strides[self._who, np.broadcast_to(clip, self.count)] * self._scale

    def matrices(self, placed: Placed) -> Rows:
        """(n, bones + 2, 3, 4): from the stored bodies to the parent's frame; behind the bones the ground under each
        and what the right hand holds (a telephone, in the clip ``phone``)."""
        if (self._first[placed.clip] < 0).any():
            missing = sorted({CLIPS[i] for i in np.unique(placed.clip) if self._first[i] < 0})
            raise ValueError(f"clips that were not asked for: {', '.join(missing)}")
        frames = self._frames[placed.clip]
        at = (placed.phase % 1.0) * frames
        low = np.floor(at).astype(int) % frames
        share = (at - np.floor(at)).astype(np.float32)[:, None, None, None]
        first = self._first[placed.clip]
        now = self._table[self._who, first + low]
        now = now + share * (self._table[self._who, first + (low + 1) % frames] - now)
        self._turn_heads(now, placed)
        count, bones = now.shape[:2]
        found = np.zeros((count, bones + figures.EXTRA, 3, 4), dtype=np.float32)
        root = (_about(2, placed.heading) * self._scale[:, None, None]).astype(np.float32)
        found[:, :bones] = root[:, None] @ now
        found[:, bones + figures.GROUND, :, :3] = root
        holds = (placed.clip == CLIPS.index("phone"))[:, None, None]
        found[:, bones + figures.HELD] = found[:, self.bones["hand_r"]] * holds
        found[..., 3] += placed.at[:, None, :]
        if placed.hidden is not None and placed.hidden.any():
            found[placed.hidden] = 0.0
            found[placed.hidden, :, 2, 3] = -1.0e4
        return found

    def _turn_heads(self, now: Rows, placed: Placed) -> None:
        joints = self._joints[self._who]
        on_head = [i for name, i in self.bones.items() if name.split("_")[0] in ("head", "jaw", "eye", "lid")]
        if placed.head is not None:
            for bone, share, moved in (
                ("neck", NECK_SHARE, [self.bones["neck"], *on_head]),
                ("head", 1.0 - NECK_SHARE, on_head),
            ):
                i = self.bones[bone]
                pivot = now[:, i, :, 3] + np.einsum("nij,nj->ni", now[:, i, :, :3], joints[:, i])
                turn = _looking(share * placed.head).astype(np.float32)
                for k in moved:
                    now[:, k, :, 3] -= pivot
                    now[:, k] = turn @ now[:, k]
                    now[:, k, :, 3] += pivot
        for side in "lr":
            if placed.eyes is not None:
                self._within(now, joints, f"eye_{side}", _looking(placed.eyes))
            if placed.lids is not None:
                self._within(now, joints, f"lid_{side}", _about(0, -LID_RAD * placed.lids))
        if placed.jaw is not None:
            self._within(now, joints, "jaw", _about(0, -JAW_RAD * placed.jaw))

    def _within(self, now: Rows, joints: Rows, name: str, turn: Array) -> None:
        """Turns a part of the head about its joint, in the stored body's own axes (the face looks along +y)."""
        i = self.bones[name]
        joint = joints[:, i]
        shift = joint - np.einsum("nij,nj->ni", turn, joint)
        own = now[:, i]
        moved = np.einsum("nij,nj->ni", own[:, :, :3], shift)
        linear = own[:, :, :3] @ turn
        now[:, i, :, :3] = linear
        now[:, i, :, 3] += moved


def _looking(left_up: Array) -> Array:
    """Turns to the left, then up."""
    return _about(2, left_up[:, 0]) @ _about(0, left_up[:, 1])


class People:
    """A crowd in the picture. ``node`` holds a Geom for each fineness that was asked for, and shadows."""

    def __init__(self, node: NodePath, members: Members, levels: dict[int, NodePath]) -> None:
        self.node = node
        self.members = members
        self._poses = Poses(members.count, len(members.bones) + figures.EXTRA)
        self._levels = levels
        node.set_shader_input("skin_poses", self._poses.texture)
        self.show_level(min(levels))

    @property
    def count(self) -> int:
        return self.members.count

    def place(self, placed: Placed) -> None:
        """Poses and places everybody."""
        self._poses.set(self.members.matrices(placed))

    def show_level(self, level: int) -> None:
        """Draws everybody in one of the finenesses that were asked for."""
        if level not in self._levels:
            raise ValueError(f"level {level} was not asked for; there are {sorted(self._levels)}")
        for one, drawn in self._levels.items():
            if one == level:
                drawn.show()
            else:
                drawn.hide()


class Bent:
    """One thing that bends by bones of its own; see ``Kitchen.bent``."""

    def __init__(self, node: NodePath, bones: int) -> None:
        self.node = node
        self._poses = Poses(1, bones)
        node.set_shader_input("skin_poses", self._poses.texture)

    def pose(self, matrices: NDArray[np.floating]) -> None:
        """(bones, 3, 4): from where each bone's part was stored to where it is now, in the parent's frame."""
        self._poses.set(matrices[None])
