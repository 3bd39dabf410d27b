"""People for scenes: crowds that walk, groups that stand, persons who sit, drive, wash their hands, look or look away.

A scene makes a :class:`Folk` in ``build`` and calls :meth:`Folk.draw` in ``draw`` with the scene's time::

    rng = np.random.default_rng(5)

    # passers-by on two pavements, far or near; a lane has one speed, so nobody ever walks into anybody
    self.walks = people.walks(40, [people.Way(((-40, 9), (40, 9)), 1.25), people.Way(((40, 11), (-40, 11)), 1.4)], rng)
    self.passers = people.Folk(kitchen, "passers-by", people.cast(40, rng), rng, levels=(MIDDLE, FAR), sun_map=True)
    ... self.passers.draw(t_s, self.walks.doing(t_s))

    # somebody near, 1.5 m away, who looks at the patient half of the time; somebody else at a basin
    self.others = people.Folk(kitchen, "others", people.cast(2, rng), rng, levels=(NEAR,), blob=0.5)
    doing = people.still([(0.0, 1.5, 0.0), (2.1, 0.9, 0.0)], [180.0, 0.0], ["wait", "wash"])
    ... self.others.draw(t_s, doing, look_at=(0, 0, 1.6), attention=(0.5, 0.0))

    # drivers of cars: the place is the hips' (for a saloon about 0.35 m left of its middle, 0.1 m behind it, 0.52 m
    # above the road; ``clips.CAR_HEEL`` and ``clips.WHEEL`` say where pedals and wheel are), headings are the cars'
    self.drivers = people.Folk(kitchen, "drivers", people.cast(6, rng), rng, levels=(MIDDLE,), clips=("drive",))
    ... self.drivers.draw(t_s, people.driving(cars_xyz, headings_rad, seat=(-0.35, -0.1, 0.52)))

Persons sit on seats 0.45 m high (``sit``; the place is the ground under the hips), stand (``stand``, ``wait`` with
hands folded, ``talk``, ``phone``) or wash their hands at a basin 0.45 m ahead of them and 0.95 m high (``wash``).
Figures are named (:func:`names`); ``cast(..., among=("ruth",))`` takes those that are wanted. ``hidden`` hides some.
Everybody breathes, shifts their weight, blinks and looks around by themselves, each at their own times. All of it is
a pure function of time and of the seed drawn in the constructor: nothing is kept, so a replay shows the same.
Headings are counter-clockwise from +y; the patient's gaze is never needed, only where the patient's head is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scenes.kit.liveliness import chance, gaze, jaws, lids
from scenes.kit.quads import linear
from vr_runtime.stage.people import CLIPS, FAR, MIDDLE, NEAR, Member, Placed, figure_names

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

__all__ = [
    "CLIPS",
    "FAR",
    "MIDDLE",
    "NEAR",
    "Doing",
    "Folk",
    "Way",
    "cast",
    "driving",
    "names",
    "still",
    "walks",
]

Array = NDArray[np.float64]
Point = Sequence[float]

SPEEDS = (0.9, 1.6)
"""Of walkers, m/s: slowest and fastest."""
APART_M = 1.5
"""Between people of one lane, at least."""
TURN_M = 0.8
"""Before and after a corner, over which a walker turns."""
STILL_S = 16.0
"""How long the loop of a clip lasts in which one stays."""


# ---- who

SKINS = {
    "joy": (0.76, 0.66, 0.60),
    "sam": (0.70, 0.60, 0.55),
    "nora": (0.86, 0.78, 0.72),
    "mei": (1.0, 0.96, 0.89),
    "ken": (0.97, 0.92, 0.84),
}
"""What multiplies the painted skin (sRGB); the others' is as painted."""
HAIRS = {
    "joy": ((0.13, 0.11, 0.10),),
    "sam": ((0.11, 0.10, 0.10),),
    "mei": ((0.12, 0.11, 0.11), (0.20, 0.15, 0.12)),
    "ken": ((0.12, 0.11, 0.11),),
    "nora": ((0.22, 0.16, 0.13), (0.15, 0.12, 0.11)),
    "ruth": ((0.80, 0.79, 0.78), (0.66, 0.64, 0.62)),
    "otto": ((0.80, 0.79, 0.78), (0.58, 0.56, 0.54)),
}
OTHER_HAIRS = (
    (0.36, 0.26, 0.19),
    (0.26, 0.19, 0.15),
    (0.56, 0.44, 0.31),
    (0.20, 0.16, 0.14),
    (0.42, 0.27, 0.18),
)
TOPS = (
    (0.30, 0.35, 0.44),
    (0.72, 0.69, 0.64),
    (0.52, 0.24, 0.23),
    (0.30, 0.38, 0.32),
    (0.88, 0.87, 0.84),
    (0.20, 0.20, 0.22),
    (0.62, 0.52, 0.40),
    (0.44, 0.53, 0.64),
    (0.72, 0.62, 0.42),
    (0.42, 0.33, 0.42),
    (0.58, 0.60, 0.62),
)
BOTTOMS = ((0.22, 0.24, 0.30), (0.17, 0.17, 0.18), (0.50, 0.45, 0.38), (0.32, 0.32, 0.34), (0.38, 0.33, 0.29))
DENIM = ((1.0, 1.0, 1.0), (0.72, 0.74, 0.80), (0.52, 0.55, 0.62), (0.86, 0.88, 0.90))
"""What multiplies the painted jeans."""
IN_JEANS = ("anna", "nora", "tom", "ken")
SHOES = ((0.24, 0.18, 0.14), (0.14, 0.14, 0.14), (0.42, 0.29, 0.20), (0.78, 0.77, 0.75))


def names() -> tuple[str, ...]:
    """The figures that there are: five women and five men, one of each old."""
    return figure_names()


def cast(count: int, rng: np.random.Generator, *, among: Sequence[str] | None = None) -> list[Member]:
    """``count`` people in clothes of their own; every figure comes about equally often."""
    known = tuple(among or names())
    order = np.concatenate([rng.permutation(len(known)) for _ in range(-(-count // len(known)))])

    def one(choices: Sequence[Sequence[float]]) -> tuple[float, float, float]:
        colour = np.array(linear(tuple(choices[int(rng.integers(len(choices)))])))
        r, g, b = np.clip(colour * rng.uniform(0.85, 1.15), 0.0, 1.0)
        return float(r), float(g), float(b)

    made = []
    for k in order[:count]:
        name = known[int(k)]
        colours = {
            "skin": linear(SKINS.get(name, (1.0, 1.0, 1.0))),
            "hair": one(HAIRS.get(name, OTHER_HAIRS)),
            "top": one(TOPS),
            "bottom": one(DENIM if name in IN_JEANS else BOTTOMS),
            "shoes": one(SHOES),
        }
        made.append(Member(name, colours, float(rng.normal(1.0, 0.018))))
    return made


# ---- what they do


@dataclass(frozen=True, eq=False)
class Doing:
    """Where everybody is and what they do at one time; rows are members."""

    at: Array
    """(n, 3) m."""
    heading: Array
    """(n,) radians from +y."""
    clip: NDArray[np.int_]
    """(n,) index into ``CLIPS``."""
    way: Array
    """(n,) how far each has walked, m; a walker's steps follow it, so that feet stand still on the ground."""


def still(places: Sequence[Point], headings_deg: Sequence[float], doing: Sequence[str]) -> Doing:
    """People who stay: where (x, y, z of the ground), facing where, doing what (a clip)."""
    return Doing(
        np.asarray(places, dtype=float).reshape(-1, 3),
        np.radians(np.asarray(headings_deg, dtype=float)),
        np.array([CLIPS.index(name) for name in doing]),
        np.zeros(len(doing)),
    )


def group(middle: Point, radius_m: float, doing: Sequence[str], *, turn_deg: float = 0.0) -> Doing:
    """People who stand in a ring and face its middle (x, y, z)."""
    angle = np.radians(turn_deg) + 2 * np.pi * np.arange(len(doing)) / len(doing)
    out = np.stack([-np.sin(angle), np.cos(angle), np.zeros(len(doing))], axis=1)
    places = np.asarray(middle, dtype=float) + radius_m * out
    return still(places.tolist(), np.degrees(angle + np.pi).tolist(), doing)


def driving(cars: ArrayLike, headings: ArrayLike, *, seat: Point = (-0.35, -0.1, 0.52)) -> Doing:
    """Drivers of cars at (n, 3), heading (n,) radians; ``seat``: the hips in a car's frame (right, ahead, up)."""
    at, turn = np.asarray(cars, dtype=float).reshape(-1, 3), np.asarray(headings, dtype=float).reshape(-1)
    c, s = np.cos(turn), np.sin(turn)
    x, y, z = seat
    hips = at + np.stack([c * x - s * y, s * x + c * y, np.full(len(at), z)], axis=1)
    return Doing(hips, turn, np.full(len(at), CLIPS.index("drive")), np.zeros(len(at)))


def together(parts: Sequence[Doing]) -> Doing:
    """Several groups as one, in this order."""
    return Doing(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("at", "heading", "clip", "way")
        )
    )


@dataclass(frozen=True)
class Way:
    """A lane on a walkway: points (x, y) or (x, y, z), m, walked from the first to the last at one speed."""

    points: Sequence[Point]
    speed_m_s: float
    closed: bool = False
    """Back to the first after the last. Otherwise a walker vanishes at the end and comes anew at the beginning:
    lay both out of sight."""
    share: float = 1.0
    """Of the people, relative to other ways."""


@dataclass(frozen=True, eq=False)
class Walks:
    """People on ways, each at their own place."""

    ways: tuple[Way, ...]
    of: NDArray[np.int_]
    """(n,) which way each one goes."""
    start: Array
    """(n,) where on it at time 0, m."""

    def doing(self, t_s: float) -> Doing:
        """At a time; way of each since time 0 included."""
        at, heading = np.zeros((len(self.of), 3)), np.zeros(len(self.of))
        clip, way = np.zeros(len(self.of), dtype=int), np.zeros(len(self.of))
        for k, lane in enumerate(self.ways):
            mine = self.of == k
            if not mine.any():
                continue
            way[mine] = self.start[mine] + lane.speed_m_s * t_s
            at[mine], heading[mine] = along(lane, way[mine])
            clip[mine] = CLIPS.index(pace(lane.speed_m_s))
        return Doing(at, heading, clip, way)


def pace(speed_m_s: float) -> str:
    """The clip for a walking speed."""
    return "stroll" if speed_m_s < 1.1 else "walk" if speed_m_s < 1.4 else "hurry"


def along(way: Way, walked_m: ArrayLike) -> tuple[Array, Array]:
    """Places (n, 3) and headings (n,) after so many metres (taken over again at the end)."""
    points = np.array([[*point, 0.0][:3] for point in way.points], dtype=float)
    if way.closed:
        points = np.concatenate([points, points[:1]])
    legs = np.diff(points, axis=0)
    lengths = np.linalg.norm(legs[:, :2], axis=1)
    ends = np.concatenate([[0.0], np.cumsum(lengths)])
    s = np.asarray(walked_m, dtype=float) % ends[-1]
    leg = np.clip(np.searchsorted(ends, s, side="right") - 1, 0, len(legs) - 1)
    u = s - ends[leg]
    at = points[leg] + legs[leg] * (u / lengths[leg])[:, None]
    faces = np.unwrap(np.arctan2(-legs[:, 0], legs[:, 1]))
    heading = faces[leg]
    count = len(legs)
    for before, share in (
        (True, 0.5 * np.clip(1.0 - u / TURN_M, 0, 1)),
        (False, 0.5 * np.clip(1.0 - (lengths[leg] - u) / TURN_M, 0, 1)),
    ):
        other = leg - 1 if before else leg + 1
        there = (other >= 0) & (other < count) | way.closed
        turn = (faces[other % count] - heading + np.pi) % (2 * np.pi) - np.pi
        heading = heading + np.where(there, share * turn, 0.0)
    return at, heading


def length_m(way: Way) -> float:
    points = np.array([list(point)[:2] for point in way.points], dtype=float)
    if way.closed:
        points = np.concatenate([points, points[:1]])
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def walks(count: int, ways: Sequence[Way], rng: np.random.Generator) -> Walks:
    """``count`` people on ways, those of a way at least ``APART_M`` apart.

    Raises:
        ValueError: there is no room for so many, or a way is too fast or too slow for walking.
    """
    for way in ways:
        if not SPEEDS[0] <= way.speed_m_s <= SPEEDS[1]:
            raise ValueError(
                f"a way walked at {way.speed_m_s:g} m/s; between {SPEEDS[0]:g} and {SPEEDS[1]:g}"
            )
    shares = np.array([way.share for way in ways])
    numbers = np.diff(np.round(np.concatenate([[0.0], np.cumsum(shares)]) / shares.sum() * count)).astype(int)
    of, start = [], []
    for k, (way, number) in enumerate(zip(ways, numbers, strict=True)):
        cells = int(length_m(way) / (APART_M + 0.5))
        if number > cells:
            raise ValueError(f"{number} people on a way of {length_m(way):.0f} m; there is room for {cells}")
        size = length_m(way) / max(cells, 1)
        for cell in rng.choice(cells, number, replace=False):
            of.append(k)
            start.append((cell + rng.uniform(0.0, 1.0 - APART_M / size)) * size)
    order = rng.permutation(len(of))
    return Walks(tuple(ways), np.array(of, dtype=int)[order], np.array(start)[order])


# ---- in the picture


class Folk:
    """A crowd in the picture. See the module for how to use it."""

    def __init__(
        self,
        kitchen: Kitchen,
        name: str,
        members: Sequence[Member],
        rng: np.random.Generator,
        *,
        parent: NodePath | None = None,
        levels: Sequence[int] = (MIDDLE,),
        clips: Sequence[str] = CLIPS,
        material: Material | None = None,
        sun_map: bool = False,
        shadow: float = 0.0,
        blob: float = 0.0,
    ) -> None:
        self.people = kitchen.people(
            name,
            members,
            parent=parent,
            levels=levels,
            clips=clips,
            material=material,
            sun_map=sun_map,
            shadow=shadow,
            blob=blob,
        )
        self._seeds = rng.integers(0, 2**63, len(members), dtype=np.uint64)
        zero = np.zeros(len(members), dtype=np.int64)
        self._start = chance(self._seeds, zero, 20)
        self._rate = 0.9 + 0.2 * chance(self._seeds, zero, 21)
        self._eye_m = np.array([1.58 * member.scale for member in members])

    def draw(
        self,
        t_s: float,
        doing: Doing,
        *,
        look_at: Point | None = None,
        attention: float | Sequence[float] = 0.0,
        hidden: ArrayLike | None = None,
    ) -> None:
        """Everybody at a time. ``look_at``: the patient's head in the parent's frame; ``attention`` (0 to 1, for
        all or each): how much of the time people look there; 0 looks elsewhere."""
        self.people.place(self.placed(t_s, doing, look_at=look_at, attention=attention, hidden=hidden))

    def placed(
        self,
        t_s: float,
        doing: Doing,
        *,
        look_at: Point | None = None,
        attention: float | Sequence[float] = 0.0,
        hidden: ArrayLike | None = None,
    ) -> Placed:
        """What :meth:`draw` draws."""
        count = len(self._seeds)
        stride = self.people.members.stride_m(doing.clip)
        walking = stride > 0.0
        steps = doing.way / np.where(walking, stride, 1.0)
        phase = np.where(walking, steps, t_s * self._rate / STILL_S) + self._start
        towards = None
        if look_at is not None:
            eyes_at = doing.at + np.stack([np.zeros(count), np.zeros(count), self._eyes(doing)], axis=1)
            way = np.asarray(look_at, dtype=float) - eyes_at
            left = np.arctan2(-way[:, 0], way[:, 1]) - doing.heading
            left = (left + np.pi) % (2 * np.pi) - np.pi
            towards = np.stack([left, np.arctan2(way[:, 2], np.hypot(way[:, 0], way[:, 1]))], axis=1)
        busy = np.isin(doing.clip, [CLIPS.index(name) for name in ("phone", "wash", "drive")])
        wide = np.where(busy, 0.12, np.where(walking, 0.45, 0.6))
        given = np.broadcast_to(np.asarray(attention, dtype=float), (count,))
        head, eyes = gaze(self._seeds, t_s, towards, given, wide)
        talks = doing.clip == CLIPS.index("talk")
        return Placed(
            doing.at,
            doing.heading,
            doing.clip,
            phase,
            head=head,
            eyes=eyes,
            lids=lids(self._seeds, t_s),
            jaw=np.where(talks, jaws(self._seeds, t_s), 0.0),
            hidden=None if hidden is None else np.broadcast_to(np.asarray(hidden, dtype=bool), (count,)),
        )

    def _eyes(self, doing: Doing) -> Array:
        low = np.where(
            doing.clip == CLIPS.index("sit"), 0.40, np.where(doing.clip == CLIPS.index("drive"), 0.93, 0.0)
        )
        return self._eye_m - low
