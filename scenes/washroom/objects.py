"""The washroom's things that hands can touch, and where the patient stands: one table for logic and picture.

World frame: metres, z up, the floor at z = 0; x runs from the cubicles (-1.9) to the counter (+1.9), y from the wall
with the entrance (-1.5) to the far wall (3.6). Boxes are those of the part that a hand touches, at rest, parallel to
the axes. No Panda3D here.
"""

from __future__ import annotations

from typing import NamedTuple

from scenes.kit.levers import Motion

Point = tuple[float, float, float]

# ------------------------------------------------------------------ the room

ROOM_X = (-1.9, 1.9)
ROOM_Y = (-1.5, 3.6)
CEILING_Z = 2.6

DOOR_X = -1.0
"""Middle of the entrance's leaf, which closes flush with the wall y = -1.5; hinges at its left seen from inside,
x = -0.55 is its lock side."""
DOOR_SIZE = (0.9, 2.05)

COUNTER_X = (1.35, 1.9)
COUNTER_Y = (0.0, 2.4)
COUNTER_Z = 0.85
BASINS_Y = (0.4, 1.2, 2.0)
BASIN_X = 1.59
"""Middle of each basin; the bowls are about 0.42 (y) by 0.34 (x)."""
TAP_X = 1.80
"""Axis of each tap's body; its spout reaches to SPOUT_X, its lever points at the patient."""
SPOUT_X = 1.64
SPOUT_Z = 0.97

CUBICLES_Y = (1.2, 2.4, 3.6)
"""Planes of the partitions and the far wall: the first cubicle lies between the first two."""
CUBICLES_X = (-1.9, -0.4)
"""From the wall to the fronts with the doors; the first cubicle's door stands open."""
DUCT_X = -1.70
"""Front of the panel that hides the cisterns, from wall to wall of a cubicle, 1.15 m high."""
TOILETS_Y = (1.8, 3.0)
SEAT_Z = 0.42

# ------------------------------------------------------------------ what hands can touch


class Thing(NamedTuple):
    """Something that can be touched.

    ``kind``: lever, tap, pump, button, lid, take (gives a piece of paper), surface, phone. ``group``: the stimulus
    of the manifest that it is ("" for what is none); its dirt is the parameter ``dirt_<group>`` where there is one,
    else it starts clean. ``place``: from which place it is within arm's reach. ``centre`` and ``size``: the box at
    rest. ``motion``: how the part moves (scenes/kit/levers.py); ``logic.value(id)`` tells where it stands.
    """

    id: str
    kind: str
    group: str
    place: str
    centre: Point
    size: Point
    motion: Motion | None = None
    sound: Point | None = None
    """Where it sounds from, if elsewhere than at its centre."""


X: Point = (1.0, 0.0, 0.0)
Y: Point = (0.0, 1.0, 0.0)
Z: Point = (0.0, 0.0, 1.0)
DOWN: Point = (0.0, 0.0, -1.0)


def _tap(number: int, y: float) -> Thing:
    """A pillar mixer. Its lever, 0.11 m long, lies on top of the body and points at the patient (-x) when shut; it
    turns to the left seen by the patient (towards +y)."""
    return Thing(
        f"tap_{number}",
        "tap",
        "tap",
        "sinks",
        (TAP_X - 0.045, y, 1.015),
        (0.13, 0.035, 0.035),
        Motion("turn", DOWN, (TAP_X, y, 1.015), 75.0),
        (SPOUT_X, y, COUNTER_Z),
    )


def _soap(number: int, y: float) -> Thing:
    """A pump of 0.13 m on the counter, on the right of its tap seen by the patient (-y)."""
    return Thing(
        f"soap_{number}",
        "pump",
        "",
        "sinks",
        (TAP_X, y - 0.19, COUNTER_Z + 0.155),
        (0.06, 0.05, 0.03),
        Motion("push", DOWN, (TAP_X, y - 0.19, COUNTER_Z + 0.155), 0.018, 0.15),
    )


THINGS: tuple[Thing, ...] = (
    # the counter between the second and the third basin; the phone lies behind, towards the mirror
    Thing("counter", "surface", "counter", "sinks", (1.52, 1.605, COUNTER_Z - 0.01), (0.34, 0.35, 0.02)),
    Thing(
        "door_handle",
        "lever",
        "door",
        "door",
        # a lever of 0.13 m on a round rose, 0.06 m off the leaf; it points from the lock side to the hinges (-x)
        (-0.68, -1.44, 1.0),
        (0.14, 0.03, 0.03),
        Motion("turn", (0.0, -1.0, 0.0), (-0.62, -1.44, 1.0), 35.0, 250.0),
    ),
    *(_tap(number, y) for number, y in enumerate(BASINS_Y, 1)),
    *(_soap(number, y) for number, y in enumerate(BASINS_Y, 1)),
    Thing(
        # on the wall above the counter's far end; what is touched is the towel that hangs out below
        "towels",
        "take",
        "",
        "sinks",
        (1.80, 2.26, 1.14),
        (0.10, 0.20, 0.08),
    ),
    Thing("phone", "phone", "", "sinks", (1.79, 1.60, COUNTER_Z + 0.005), (0.15, 0.075, 0.009)),
    Thing(
        # a round plate of 0.08 m on the duct, above the bowl
        "flush",
        "button",
        "flush",
        "cubicle",
        (DUCT_X + 0.01, 1.8, 0.95),
        (0.02, 0.08, 0.08),
        Motion("push", (-1.0, 0.0, 0.0), (DUCT_X + 0.01, 1.8, 0.95), 0.010, 0.05),
        (-1.45, 1.8, 0.3),
    ),
    Thing(
        # the ring itself, front edge towards +x
        "seat",
        "lid",
        "seat",
        "cubicle",
        (-1.43, 1.8, SEAT_Z),
        (0.43, 0.37, 0.025),
        Motion("turn", (0.0, -1.0, 0.0), (-1.645, 1.8, SEAT_Z), 96.0, 140.0, 88.0),
    ),
    Thing(
        # a holder on the partition y = 2.4; what is touched is the loose end of the roll
        "paper",
        "take",
        "",
        "cubicle",
        (-1.22, 2.32, 0.70),
        (0.11, 0.09, 0.12),
    ),
    Thing(
        # 0.32 (x) by 0.30 (y), hinges at the wall's side
        "bin_lid",
        "lid",
        "bin",
        "bin",
        (1.55, -0.6, 0.64),
        (0.32, 0.30, 0.02),
        Motion("turn", Y, (1.71, -0.6, 0.64), 70.0, 110.0),
    ),
    # the whole floor can be touched; the soiled patch that the step is about is FLOOR_PATCH
    Thing("floor", "surface", "floor", "cubicle", (0.0, 1.05, -0.01), (3.8, 5.1, 0.02)),
)

FLOOR_PATCH: tuple[Point, Point] = ((-1.16, 1.42, 0.0), (0.42, 0.30, 0.0))
"""Middle and size of the soiled patch beside the toilet."""

BY_ID: dict[str, Thing] = {thing.id: thing for thing in THINGS}


# ------------------------------------------------------------------ where the patient stands


class Stand(NamedTuple):
    """Origin of the tracked space in the world (m) and its heading (degrees; 0 looks along +y, -90 along +x)."""

    x: float
    y: float
    heading: float


PLACES: dict[str, Stand] = {
    "entrance": Stand(0.1, -0.95, 0.0),
    "sinks": Stand(1.12, 1.93, -90.0),
    "door": Stand(-0.62, -0.90, 180.0),
    "bin": Stand(1.02, -0.60, -90.0),
    "cubicle": Stand(-1.02, 1.80, 90.0),
}

STIMULI: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("counter", ("counter",)),
    ("door", ("door_handle",)),
    ("tap", ("tap_1", "tap_2", "tap_3")),
    ("flush", ("flush",)),
    ("seat", ("seat",)),
    ("bin", ("bin_lid",)),
    ("floor", ("floor",)),
)
"""The manifest's stimuli in its order, each with its things: the nearest counts."""

SEEN_FROM: dict[str, tuple[str, ...]] = {
    "entrance": ("counter", "tap", "bin"),
    "sinks": ("counter", "tap"),
    "door": ("door",),
    "bin": ("bin",),
    "cubicle": ("seat", "flush", "floor"),
}
"""Which stimuli belong to a place. Measured against is the dirtiest of them; of some that are alike, the first."""

TAPS = ("tap_1", "tap_2", "tap_3")

THINGS_OF: dict[str, tuple[int, tuple[str, ...]]] = {
    name: (index, things) for index, (name, things) in enumerate(STIMULI)
}
"""Of each stimulus its number and its things."""


def box_of(thing: str) -> tuple[Point, Point]:
    """Middle and size of what distance is measured to."""
    return FLOOR_PATCH if thing == "floor" else (BY_ID[thing].centre, BY_ID[thing].size)


def name_of(thing: str) -> str:
    """What a thing is called in the record: the stimulus that it is, else its id without the number."""
    known = BY_ID.get(thing)
    return (known.group if known is not None else "") or thing.rstrip("_123")
