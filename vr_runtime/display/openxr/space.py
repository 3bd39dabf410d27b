"""Which of the runtime's spaces the patient is tracked in, and where our tracked space lies in it. Pure.

The runtime's space (*outer*) has its origin on the floor; the tracked space of a session lies in it where the
patient stood when it was last recentred. Its axes are Palier's (see convert.py), its units metres.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, sin
from typing import Final, NamedTuple

from vr_runtime.display.tracked import HERE, Space, heading, space_at
from vr_runtime.protocol.pose import Pose

LOCAL: Final = 2
STAGE: Final = 3
LOCAL_FLOOR: Final = 1000426000
"""XrReferenceSpaceType's numbers."""

NAMES: Final = {STAGE: "stage", LOCAL_FLOOR: "local floor", LOCAL: "local"}

EYE_HEIGHT_M: Final = 1.6
"""Above the floor, where a runtime knows no floor: its origin is then taken to be at a standing adult's eyes."""


class Base(NamedTuple):
    """The runtime's space that poses are asked in."""

    kind: int
    lift_m: float
    """Added to heights, so that the floor is at 0."""

    @property
    def name(self) -> str:
        return NAMES.get(self.kind, str(self.kind))


def choose_base(offered: Iterable[int], eye_height_m: float = EYE_HEIGHT_M) -> Base:
    """STAGE (its floor and its boundary were measured), else LOCAL_FLOOR (an estimated floor), else LOCAL and an
    assumed height. Every runtime has LOCAL."""
    known = set(offered)
    for kind in (STAGE, LOCAL_FLOOR):
        if kind in known:
            return Base(kind, 0.0)
    return Base(LOCAL, eye_height_m)


class Change(NamedTuple):
    """XrEventDataReferenceSpaceChangePending."""

    kind: int
    at: int
    """XrTime from which poses are in the changed space."""
    origin: Pose | None
    """The new origin in the space as it was, in Palier's axes; None where the runtime does not know."""


class Origin:
    """Where the tracked space lies in the outer one, through recentring by the therapist and by the headset.

    The headset's own recentring changes the runtime's LOCAL spaces: the patient asked for it, so it recentres ours,
    whatever space we are tracked in. A changed STAGE (a new boundary) moves the outer space under the patient:
    ours stays where it is in the room where the runtime says how far, else it recentres.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        self._pending: list[Change] = []
        self._wanted = False
        self.space: Space = HERE
        self.changes = 0
        """How many changes of the runtime's spaces were followed."""

    def rebase(self, base: Base) -> None:
        """A new session: what was pending belonged to the old one. The tracked space stays where it was, as far as
        the runtime puts its space at the same place again."""
        self._base = base
        self._pending.clear()

    def recentre(self, head: Pose) -> None:
        """Origin under this head (outer), +Y where it faces."""
        self.space = space_at(head)
        self._wanted = False

    def change(self, change: Change) -> None:
        """The runtime announced one."""
        if change.kind in (LOCAL, LOCAL_FLOOR) or change.kind == self._base.kind:
            self._pending.append(change)

    def settle(self, xr_time: int, head: Pose | None) -> None:
        """Carry out what is due at ``xr_time``; ``head`` (outer) is None while it is not tracked."""
        if self._pending:
            due = [change for change in self._pending if change.at <= xr_time]
            if due:
                self._pending = [change for change in self._pending if change.at > xr_time]
                for change in due:
                    self._follow(change)
        if self._wanted and head is not None:
            self.recentre(head)

    def _follow(self, change: Change) -> None:
        self.changes += 1
        if change.kind in (LOCAL, LOCAL_FLOOR) or change.origin is None:
            self._wanted = True
        else:
            self.space = moved(self.space, change.origin)


def moved(space: Space, origin: Pose) -> Space:
    """The same place in the room, when the outer space's origin moved to ``origin`` (a pose in the old one)."""
    outer = Space(origin.x, origin.y, heading(origin))
    half = space.heading / 2
    inside = outer.pose(Pose(space.x, space.y, 0.0, 0.0, 0.0, sin(half), cos(half)))
    return Space(inside.x, inside.y, heading(inside))
