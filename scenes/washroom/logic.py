"""The washroom without its picture: plain Python, the same in a live session and in replay.

World frame and things: objects.py. What hands do becomes deeds (vr_runtime/protocol/deeds.py): touches of every
thing; taps ``opened`` and ``closed``; buttons and pumps ``pressed``; lids ``lifted`` and ``lowered``; paper ``took``;
hands ``washing`` and ``washed``; and ``refused`` where water, soap or towels are turned off.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot
from random import Random

from scenes.kit import touch
from scenes.kit.body import Body
from scenes.kit.levers import Latch, Part
from scenes.kit.soil import Soil
from scenes.kit.touch import SIDES, Contacts, Point, Standing
from scenes.kit.washing import Washing
from scenes.washroom import objects
from scenes.washroom.noises import Noises
from scenes.washroom.objects import BY_ID, THINGS, Thing
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.deeds import REFUSED, TOUCHED, Deed, Side
from vr_runtime.protocol.pose import Pose, StimulusReading, WashPlace
from vr_runtime.stage.scene import HandLook, Moment, SoundCue, Viewpoint

NUMBERS = {
    "dirt_room": 0.0,
    "dirt_door": 0.0,
    "dirt_tap": 0.0,
    "dirt_flush": 0.0,
    "dirt_seat": 0.0,
    "dirt_bin": 0.0,
    "dirt_floor": 0.0,
    "wetness": 0.0,
    "hand_stain": 0.0,
    "hand_marks": 1.0,
    "spread": 0.5,
    "sound": 0.6,
}
CHOICES = {"place": "entrance", "sink": "off", "soap": "on", "towels": "on", "others": "none"}
OTHERS = {"none": 0, "one": 1, "two": 2}

UNDER_M = 0.01
"""Fingers so far below a lid are under it."""
CISTERN_S = 8.0
"""So long a cistern fills before it flushes again."""

Skin = tuple[Point, ...]
"""Points of a hand's skin in the world; the palm is the first."""

LATCHES = {
    "tap": (0.4, 0.2),
    "button": (0.8, 0.3),
    "pump": (0.8, 0.3),
    "lid": (0.35, 0.1),
    "lever": (0.8, 0.3),
}
WORDS = {
    "tap": ("opened", "closed"),
    "button": ("pressed", ""),
    "pump": ("pressed", ""),
    "lid": ("lifted", "lowered"),
    "lever": ("pressed", ""),
}
"""What is told when a part passes its latch, on and off."""

WATER_HALF_M = (0.17, 0.20)
"""Half the size, along and across the basin, of where hands are in the water of a tap,"""
LEVER_M = 0.08
"""So far from a tap's axis a hand takes its lever,"""
OPENS = 0.8
"""and turns it by this share of its way."""
IN_WATER_Z = 0.85

WATER_Z = (0.72, objects.SPOUT_Z)
"""from and to this height."""


class WashroomLogic:
    """State, deeds and dirt."""

    def __init__(self) -> None:
        self.begin(Random(0), {})

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self._numbers = dict(NUMBERS)
        self._choices = dict(CHOICES)
        self.t_s = 0.0
        self.contacts = Contacts()
        self.soil = Soil()
        self.washing = Washing()
        self.noises = Noises(rng)
        self.parts = {thing.id: Part(thing.motion) for thing in THINGS if thing.motion is not None}
        self._latches = {name: Latch(*LATCHES[BY_ID[name].kind]) for name in self.parts}
        self._hooked: set[str] = set()
        """Lids that a hand has hooked under."""
        self._prevented = False
        self.towels_taken = 0
        self.flushed_s = -60.0
        """When the flush was pressed last."""
        self._deeds: tuple[Deed, ...] = ()
        self._body = Body()
        self._standing = Standing(Viewpoint())
        self.apply(parameters)

    def apply(self, parameters: Mapping[str, Value]) -> None:
        for name, value in parameters.items():
            if name in self._choices:
                self._choices[name] = str(value)
            else:
                self._numbers[name] = float(value)
        self._standing = Standing(self.viewpoint())
        own = {thing.id: self._numbers.get(f"dirt_{thing.group}", 0.0) for thing in THINGS}
        self.soil.set(own, self._numbers["hand_stain"])

    def prevent(self, on: bool) -> None:
        """Response prevention: while it lasts there is no water, no soap and no towel, whatever was turned on."""
        self._prevented = on

    def fire(self, trigger: str) -> None:
        self.noises.fire(trigger, self.t_s)

    def update(self, moment: Moment) -> None:
        self.t_s = moment.t_s
        if moment.dt_s <= 0.0:
            ended = self.contacts.interrupt(self.t_s)
            self._deeds = (*map(self._named, ended), *self.washing.interrupt(self.t_s))
            return
        skins = {
            side: touch.skin(hand, side)
            for side, hand in zip(SIDES, moment.hands, strict=True)
            if hand is not None
        }
        hands = {side: tuple(map(self._standing.world, points)) for side, points in skins.items()}
        distances = {
            side: {**self._near(hands[side]), **self._body.distances(points, moment.head)}
            for side, points in skins.items()
        }
        deeds = self.contacts.update(self.t_s, distances)
        told = [self._named(deed) for deed in deeds]
        for deed in deeds:
            if deed.what == TOUCHED:
                told += self._touched(deed)
        for name, part in self.parts.items():
            told += self._move(BY_ID[name], part, hands, moment.dt_s)
        told += self._wash(hands, moment.dt_s)
        self.noises.update(self.t_s, OTHERS[self._choices["others"]])
        self._deeds = tuple(told)

    # ---- what follows from the state, for the picture too

    @property
    def place(self) -> str:
        return self._choices["place"]

    @property
    def others(self) -> int:
        """How many other people are in the washroom."""
        return OTHERS[self._choices["others"]]

    @property
    def sink_on(self) -> bool:
        return self._choices["sink"] == "on" and not self._prevented

    @property
    def soap_on(self) -> bool:
        return self._choices["soap"] == "on" and not self._prevented

    @property
    def towels_on(self) -> bool:
        return self._choices["towels"] == "on" and not self._prevented

    @property
    def dirt_room(self) -> float:
        """Of the room itself: tiles, basins, mirror, what lies about."""
        return self._numbers["dirt_room"]

    @property
    def wetness(self) -> float:
        """Of floor, counter and what is touched."""
        return self._numbers["wetness"]

    def dirt(self, thing: str) -> float:
        """Of a thing, clothes or face, 0 to 1: its own and what hands brought."""
        return self.soil.of(thing)

    def value(self, thing: str) -> float:
        """Where a moving part stands, in degrees or metres (``objects.Motion``)."""
        return self.parts[thing].value

    def water(self, tap: str) -> bool:
        """Whether water runs from ``tap_1``, ``tap_2`` or ``tap_3``."""
        return self.sink_on and self._latches[tap].on

    @property
    def flushing(self) -> float:
        """How hard the toilet flushes, 1 falling to 0 over some seconds."""
        return max(0.0, 1.0 - (self.t_s - self.flushed_s) / 6.0)

    def viewpoint(self) -> Viewpoint:
        stand = objects.PLACES[self.place]
        return Viewpoint(stand.x, stand.y, 0.0, stand.heading)

    def washing_place(self) -> WashPlace | None:
        """The tap before the place ``sinks``; from elsewhere none is in reach."""
        if self.place != "sinks":
            return None
        stand = objects.PLACES[self.place]
        tap, y = min(
            zip(objects.TAPS, objects.BASINS_Y, strict=True), key=lambda each: abs(each[1] - stand.y)
        )
        motion = BY_ID[tap].motion
        assert motion is not None
        lever = (objects.TAP_X - LEVER_M, y, motion.pivot[2])
        opened = motion.moved(lever, OPENS * motion.travel)
        tracked = self._standing.tracked
        return WashPlace(
            tracked(lever), tracked(opened), tracked((objects.BASIN_X, y, IN_WATER_Z)), self.water(tap)
        )

    def hand_looks(self) -> tuple[HandLook, HandLook]:
        """What is on the hands, left and right."""
        marks, washing = self._numbers["hand_marks"], self.washing
        left, right = (
            HandLook(self.soil.hand(side) * marks, washing.wet[side], washing.foam) for side in SIDES
        )
        return left, right

    def deeds(self) -> tuple[Deed, ...]:
        """What hands did in the last frame."""
        return self._deeds

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        """What is feared at the present place, the dirtiest of its stimuli, at the nearest of its things.

        ``distance_m`` is horizontal, from the head to the nearest point of what is touched.
        """
        eyes = self._standing.world((head.x, head.y, head.z))
        names = objects.SEEN_FROM[self.place]
        feared = max(names, key=lambda name: self._numbers.get(f"dirt_{name}", 0.0))
        index, things = objects.THINGS_OF[feared]
        boxes = (objects.box_of(thing) for thing in things)
        points = (touch.nearest_in_box(eyes, centre, size) for centre, size in boxes)
        distance, point = min((hypot(x - eyes[0], y - eyes[1]), (x, y, z)) for x, y, z in points)
        return (StimulusReading(index, distance, self._standing.tracked(point), True, True),)

    def state(self) -> Mapping[str, int | float | str]:
        state: dict[str, int | float | str] = {
            "t_s": self.t_s,
            "place": self.place,
            "left": self.soil.hand("left"),
            "right": self.soil.hand("right"),
            "clothes": self.dirt("clothes"),
            "face": self.dirt("face"),
            "phone": self.dirt("phone"),
            "touches": sum(self.contacts.counts.values()),
            "held": "+".join(f"{held.side}:{held.thing}" for held in self.contacts.held),
            "wet": self.washing.wet["left"] + self.washing.wet["right"],
            "soap": self.washing.soap,
            "washed_s": self.washing.seconds,
            "towels": self.towels_taken,
            "noises": self.noises.count,
        }
        for name, part in self.parts.items():
            if part.value > 0.0:
                state[name] = part.value
        return state

    def sounds(self) -> tuple[SoundCue, ...]:
        running = tuple(name for name in objects.TAPS if self.water(name))
        return self.noises.cues(self._numbers["sound"], running)

    # ---- inside

    def _near(self, points: Skin) -> dict[str, float]:
        """From a hand's skin to each thing within reach of a touch, m."""
        near: dict[str, float] = {}
        palm = points[touch.PALM]
        far = touch.LEAVE_M + touch.REACH_M
        for thing in THINGS:
            part = self.parts.get(thing.id)
            value = 0.0 if part is None else part.value
            # what has turned far lies elsewhere: its pivot is near, though
            wide = far if value == 0.0 else far + max(thing.size)
            if touch.box_distance(palm, thing.centre, thing.size) > wide:
                continue
            distance = min(self._apart(point, thing, part) for point in points)
            if distance < touch.LEAVE_M:
                near[thing.id] = distance
        return near

    @staticmethod
    def _apart(point: Point, thing: Thing, part: Part | None) -> float:
        """From skin to a thing where it stands now; what is pushed is felt where it was at rest."""
        if part is not None and part.motion.kind == "turn":
            point = part.motion.at_rest(point, part.value)
        return max(0.0, touch.box_distance(point, thing.centre, thing.size) - touch.SKIN_M)

    @staticmethod
    def _named(deed: Deed) -> Deed:
        """The same deed with the name that a thing goes by: the manifest's for what is one of its stimuli."""
        return deed._replace(thing=objects.name_of(deed.thing))

    def _touched(self, deed: Deed) -> list[Deed]:
        """What a touch brings with it: dirt passes on, paper comes off."""
        thing = BY_ID.get(deed.thing)
        side = deed.hand
        if side != "":
            self.soil.touch(side, deed.thing, self._numbers["spread"])
        if thing is None or thing.kind != "take":
            return []
        if thing.id == "towels":
            if not self.towels_on:
                return [Deed(REFUSED, "towels", side)]
            self.towels_taken += 1
            self.washing.take_towel(self.t_s)
        self.noises.sound("towel", thing.centre, self.t_s)
        return [Deed("took", thing.id, side)]

    def _move(self, thing: Thing, part: Part, hands: Mapping[Side, Skin], dt_s: float) -> list[Deed]:
        """Let hands move a part, and tell when it passes its latch."""
        holding = [side for side in SIDES if side in hands and self.contacts.holds(side, thing.id)]
        if holding:
            points = hands[holding[0]]
            apart = [self._apart(point, thing, part) for point in points]
            nearest = min(range(len(points)), key=apart.__getitem__)
            grip = points[touch.PALM] if part.motion.kind == "turn" else points[nearest]
            if thing.kind == "lid" and thing.id not in self._hooked and self._under(points, thing, part):
                self._hooked.add(thing.id)
                part.free(0.0)
            part.hold(grip, apart[nearest], lifts=thing.kind != "lid" or thing.id in self._hooked)
        else:
            self._hooked.discard(thing.id)
            part.free(dt_s)
        latch = self._latches[thing.id]
        if not latch.update(part.share):
            return []
        what = self._passed(thing, latch.on)
        hand = holding[0] if holding else ""
        return [Deed(what, objects.name_of(thing.id), hand)] if what else []

    @staticmethod
    def _under(points: Skin, thing: Thing, part: Part) -> bool:
        """Whether fingers are under a lid: a hand that lies on top of one does not lift it as it goes away."""
        lower = thing.centre[2] - 0.5 * thing.size[2] - UNDER_M
        at_rest = (part.motion.at_rest(point, part.value) for point in points)
        return any(
            point[2] < lower and touch.box_distance(point, thing.centre, thing.size) < touch.LEAVE_M + UNDER_M
            for point in at_rest
        )

    def _passed(self, thing: Thing, on: bool) -> str:
        """What comes of a part that passed its latch; gives back the word for it."""
        what = WORDS[thing.kind][0 if on else 1]
        if thing.kind == "lid" or (thing.kind == "lever" and on):
            self.noises.sound("lid", thing.centre, self.t_s)
        elif thing.kind == "tap" and on and not self.sink_on:
            what = REFUSED
        elif thing.kind == "pump" and on:
            if self.soap_on:
                self.washing.take_soap()
                self.noises.sound("pump", thing.centre, self.t_s)
            else:
                what = REFUSED
        elif thing.kind == "button" and on and self.t_s - self.flushed_s >= CISTERN_S:
            self.flushed_s = self.t_s
            self.noises.sound("flush", thing.sound or thing.centre, self.t_s)
        return what

    def _wash(self, hands: Mapping[Side, Skin], dt_s: float) -> list[Deed]:
        palms = {side: points[touch.PALM] for side, points in hands.items()}
        held = {held.side for held in self.contacts.held if held.thing in objects.TAPS}
        wet = {side: side not in held and self._in_water(palm) for side, palm in palms.items()}
        left, deeds = self.washing.update(self.t_s, dt_s, palms, wet)
        if left < 1.0:
            for side in SIDES:
                self.soil.clean(side, left)
        return deeds

    def _in_water(self, palm: Point) -> bool:
        x, y, z = palm
        if not WATER_Z[0] <= z <= WATER_Z[1] or abs(x - objects.BASIN_X) > WATER_HALF_M[0]:
            return False
        return any(
            self.water(tap) and abs(y - middle) <= WATER_HALF_M[1]
            for tap, middle in zip(objects.TAPS, objects.BASINS_Y, strict=True)
        )
