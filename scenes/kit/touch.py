"""Hands that touch things: where a hand's skin is, how far things are from it, and when that counts as a touch.

Plain arithmetic on values, the same live and in replay. Distances in metres, times in seconds of the scene's clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, radians, sin, sqrt
from typing import NamedTuple

from vr_runtime.protocol.deeds import LET_GO, TOUCHED, Deed, Side
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.scene import Viewpoint

Point = tuple[float, float, float]

ENTER_M = 0.02
"""A touch begins when the skin is as near as this."""
LEAVE_M = 0.05
"""It ends when the skin is as far as this: a hand that trembles at the rim touches once."""
COUNTED_S = 0.08
"""A shorter contact is none: a hand that passed by."""
AGAIN_S = 0.25
"""A hand that comes back sooner than this goes on with the same touch."""
ALIKE_M = 0.002
"""Things as near as this to the nearest one are touched together with it."""

SKIN_M = 0.008
"""The skin lies this far around the points below."""
REACH_M = 0.13
"""None of them is farther than this from the palm, skin included."""

SIDES: tuple[Side, Side] = ("left", "right")

# Of the right hand, in the frame of OpenXR's grip in Palier's axes (palm's skin at the origin, flat fingers along -Z,
# thumb at +Y, the hand's back at +X), as the model of assets/scripts/make_hands.py lies in it.
_RIGHT: tuple[Point, ...] = (
    (0.004, 0.0, 0.0),  # palm
    (-0.018, 0.010, -0.086),  # middle finger's middle joint
    (-0.058, 0.010, -0.092),  # its tip
    (-0.048, 0.034, -0.096),  # index finger's tip
    (-0.038, -0.034, -0.072),  # little finger's tip
    (-0.022, 0.056, -0.052),  # thumb's tip
)
_LEFT: tuple[Point, ...] = tuple((-x, y, z) for x, y, z in _RIGHT)
PALM = 0
"""Index of the palm among the points."""


def turned(point: Point, pose: Pose) -> Point:
    """A vector turned by a pose's quaternion."""
    x, y, z = point
    qx, qy, qz, qw = pose.qx, pose.qy, pose.qz, pose.qw
    tx = 2.0 * (qy * z - qz * y)
    ty = 2.0 * (qz * x - qx * z)
    tz = 2.0 * (qx * y - qy * x)
    return (
        x + qw * tx + qy * tz - qz * ty,
        y + qw * ty + qz * tx - qx * tz,
        z + qw * tz + qx * ty - qy * tx,
    )


def skin(hand: Pose, side: Side) -> tuple[Point, ...]:
    """Points of a hand, in the space that its pose is in; their skin is ``SKIN_M`` around them."""
    found: list[Point] = []
    for point in _LEFT if side == "left" else _RIGHT:
        x, y, z = turned(point, hand)
        found.append((hand.x + x, hand.y + y, hand.z + z))
    return tuple(found)


class Standing:
    """A tracked space that stands level in the world: its points there, and back."""

    def __init__(self, viewpoint: Viewpoint) -> None:
        self._x, self._y, self._z = viewpoint.x, viewpoint.y, viewpoint.z
        self._c, self._s = cos(radians(viewpoint.heading)), sin(radians(viewpoint.heading))

    def world(self, point: Point) -> Point:
        x, y, z = point
        return (self._x + self._c * x - self._s * y, self._y + self._s * x + self._c * y, self._z + z)

    def tracked(self, point: Point) -> Point:
        x, y, z = point[0] - self._x, point[1] - self._y, point[2] - self._z
        return (self._c * x + self._s * y, self._c * y - self._s * x, z)


def box_distance(point: Point, centre: Point, size: Point) -> float:
    """From a point to a box parallel to the axes; 0 inside."""
    x = max(0.0, abs(point[0] - centre[0]) - 0.5 * size[0])
    y = max(0.0, abs(point[1] - centre[1]) - 0.5 * size[1])
    z = max(0.0, abs(point[2] - centre[2]) - 0.5 * size[2])
    return sqrt(x * x + y * y + z * z)


def nearest_in_box(point: Point, centre: Point, size: Point) -> Point:
    """The box's point that is nearest to ``point``."""
    x, y, z = (
        min(max(value, middle - 0.5 * side), middle + 0.5 * side)
        for value, middle, side in zip(point, centre, size, strict=True)
    )
    return (x, y, z)


class _Contact:
    __slots__ = ("began_s", "counted", "left_s")

    def __init__(self, began_s: float) -> None:
        self.began_s = began_s
        self.counted = False
        self.left_s: float | None = None
        """Since when the hand is away; it may come back."""


class Held(NamedTuple):
    """A hand on a thing now."""

    side: Side
    thing: str


class Contacts:
    """Which hand touches what. ``update`` once a frame; it gives back what began and ended to count."""

    def __init__(self) -> None:
        self._open: dict[Held, _Contact] = {}
        self.counts: dict[str, int] = {}
        """Touches so far, by thing."""

    @property
    def held(self) -> tuple[Held, ...]:
        """Hands that are on things now, counted already or not."""
        return tuple(held for held, contact in self._open.items() if contact.left_s is None)

    def holds(self, side: Side, thing: str) -> bool:
        contact = self._open.get(Held(side, thing))
        return contact is not None and contact.left_s is None

    def touching(self, thing: str) -> bool:
        """Whether a hand has touched a thing long enough to count, and still does."""
        return any(
            held.thing == thing and contact.counted and contact.left_s is None
            for held, contact in self._open.items()
        )

    def update(self, t_s: float, distances: Mapping[Side, Mapping[str, float]]) -> list[Deed]:
        """``distances``: from each tracked hand's skin to things, m; what is left out is far away."""
        deeds: list[Deed] = []
        for held, contact in list(self._open.items()):
            distance = distances.get(held.side, _NOTHING).get(held.thing, LEAVE_M)
            if contact.left_s is None:
                if distance >= LEAVE_M:
                    contact.left_s = t_s
            elif distance <= ENTER_M:
                contact.left_s = None
            if contact.left_s is None:
                if not contact.counted and t_s - contact.began_s >= COUNTED_S - 1e-9:
                    contact.counted = True
                    self.counts[held.thing] = self.counts.get(held.thing, 0) + 1
                    lasted = t_s - contact.began_s
                    deeds.append(Deed(TOUCHED, held.thing, held.side, lasted, lasted))
            elif not contact.counted or t_s - contact.left_s >= AGAIN_S - 1e-9:
                self._end(held, contact, t_s, contact.left_s, deeds)
        for side, near in distances.items():
            if near:
                nearest = min(near.values())
                for thing, distance in near.items():
                    if distance <= min(ENTER_M, nearest + ALIKE_M) and Held(side, thing) not in self._open:
                        self._open[Held(side, thing)] = _Contact(t_s)
        return deeds

    def interrupt(self, t_s: float) -> list[Deed]:
        """End every touch: the scene stands still, and what hands do meanwhile is not seen."""
        deeds: list[Deed] = []
        for held, contact in list(self._open.items()):
            self._end(held, contact, t_s, t_s if contact.left_s is None else contact.left_s, deeds)
        return deeds

    def _end(self, held: Held, contact: _Contact, t_s: float, left_s: float, deeds: list[Deed]) -> None:
        del self._open[held]
        if contact.counted:
            began_s = contact.began_s
            deeds.append(Deed(LET_GO, held.thing, held.side, t_s - began_s, left_s - began_s))


_NOTHING: Mapping[str, float] = {}
