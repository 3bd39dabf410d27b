"""The washroom without its picture: what hands do in it, where dirt goes, what is refused, the same each time."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot, sin
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenes.kit.touch import Point, Standing, nearest_in_box
from scenes.washroom import objects
from scenes.washroom.logic import CHOICES, NUMBERS, WashroomLogic
from scenes.washroom.noises import KINDS
from scenes.washroom.objects import BY_ID, PLACES, THINGS
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.deeds import LET_GO, TOUCHED, WASHED, Deed
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import assets
from vr_runtime.stage.scene import Deed as PortDeed
from vr_runtime.stage.scene import MarksHands, Moment, TellsDeeds

DT = 1 / 45
HEAD = Pose(z=1.6)
Way = Callable[[float], Point]
"""Where in the world the palm is, by the time since the way began."""


MANIFEST = read_manifest(Path(objects.__file__).with_name("scene.toml"))


class Play:
    """A scene that is played with hands at places of the world."""

    def __init__(self, seed: int = 1, /, **parameters: Value) -> None:
        self.logic = WashroomLogic()
        self.parameters: dict[str, Value] = {**MANIFEST.defaults(), **parameters}
        self.logic.begin(Random(seed), self.parameters)
        self.t_s = 0.0
        self.deeds: list[Deed] = []

    def set(self, **parameters: Value) -> None:
        self.parameters |= parameters
        self.logic.apply(self.parameters)

    def go(
        self, seconds: float, right: Way | None = None, left: Way | None = None, head: Pose = HEAD
    ) -> list[Deed]:
        """Let time pass; a hand without a way is not tracked."""
        found: list[Deed] = []
        for number in range(round(seconds / DT)):
            self.t_s += DT
            hands = Hands(
                *(None if path is None else self._grip(path(number * DT)) for path in (left, right))
            )
            self.logic.update(Moment(self.t_s, DT, head, hands))
            found += self.logic.deeds()
        self.deeds += found
        return found

    def touch(self, thing: str, seconds: float = 1.0) -> list[Deed]:
        """Bring the right hand to a thing, leave it there, take it away. Fingers hang down, so on what lies flat
        they stand, and elsewhere the palm is there."""
        x, y, z = BY_ID[thing].centre
        palm = (x, y, z + 0.1) if BY_ID[thing].kind in ("surface", "phone") else (x, y, z)
        return self.go(seconds, lambda _: palm) + self.go(0.6, lambda _: (0.0, 0.5, 1.4))

    def _grip(self, palm: Point) -> Pose:
        return Pose(*Standing(self.logic.viewpoint()).tracked(palm))


def what(deeds: list[Deed]) -> list[tuple[str, str]]:
    return [(deed.what, deed.thing) for deed in deeds]


# ------------------------------------------------------------------ things and places


def test_the_scene_offers_deeds_and_marks_on_hands() -> None:
    logic = WashroomLogic()
    assert isinstance(logic, TellsDeeds)
    assert isinstance(logic, MarksHands)
    assert PortDeed is Deed


def test_the_table_of_things_and_the_manifest_name_the_same() -> None:
    names = [item.id for item in MANIFEST.stimuli]
    assert [name for name, _ in objects.STIMULI] == names
    assert {thing.group for thing in THINGS if thing.group} == set(names)
    for name, things in objects.STIMULI:
        assert things == tuple(thing.id for thing in THINGS if thing.group == name)
    place = MANIFEST.parameter("place")
    assert place is not None
    assert place.kind == "choice"
    assert set(place.choices) == set(PLACES) == set(objects.SEEN_FROM)
    assert {item.id for item in MANIFEST.parameters} == set(NUMBERS) | set(CHOICES)
    assert {name for name in NUMBERS if name.startswith("dirt_")} - {"dirt_room"} <= {
        f"dirt_{n}" for n in names
    }


def test_everything_that_a_place_is_for_lies_within_an_arm_s_reach_of_it() -> None:
    for name, stand in PLACES.items():
        things = [thing for thing in THINGS if thing.place == name and not thing.id.endswith(("_1", "_2"))]
        assert things or name == "entrance"
        for thing in things:
            near = nearest_in_box((stand.x, stand.y, thing.centre[2]), thing.centre, thing.size)
            assert hypot(near[0] - stand.x, near[1] - stand.y) <= 0.72, thing.id
    (x, y, _), (wide, deep, _) = objects.FLOOR_PATCH
    stand = PLACES["cubicle"]
    assert hypot(max(0.0, abs(x - stand.x) - wide / 2), max(0.0, abs(y - stand.y) - deep / 2)) < 0.4


def test_things_and_places_lie_in_the_room_and_nobody_stands_in_a_thing() -> None:
    for thing in THINGS:
        for axis, (low, high) in enumerate((objects.ROOM_X, objects.ROOM_Y, (-0.03, objects.CEILING_Z))):
            assert low - 1e-6 <= thing.centre[axis] - thing.size[axis] / 2
            assert thing.centre[axis] + thing.size[axis] / 2 <= high + 1e-6
    for stand in PLACES.values():
        for thing in THINGS:
            if thing.id != "floor":
                near = nearest_in_box((stand.x, stand.y, thing.centre[2]), thing.centre, thing.size)
                assert hypot(near[0] - stand.x, near[1] - stand.y) > 0.15


def test_every_step_is_at_a_place_where_its_thing_can_be_touched() -> None:
    wanted = {"counter": "counter", "door-handle": "door", "tap": "tap", "flush": "flush", "seat": "seat",
              "bin": "bin", "floor": "floor"}  # fmt: skip
    assert len(MANIFEST.hierarchy) == 10
    for step in MANIFEST.hierarchy:
        readings = Play(1, **step.preset).logic.stimuli(HEAD)
        seen = [MANIFEST.stimuli[reading.index].id for reading in readings]
        assert seen
        if step.id in wanted:
            assert wanted[step.id] in seen


@given(st.sampled_from(sorted(PLACES)), st.floats(-1.0, 1.0), st.floats(-1.0, 1.0))
def test_a_reading_is_the_horizontal_distance_to_its_point_and_the_point_lies_on_the_thing(
    place: str, x: float, y: float
) -> None:
    logic = Play(place=place).logic
    head = Pose(x, y, 1.5)
    for reading in logic.stimuli(head):
        px, py, _ = reading.point
        assert reading.distance_m == pytest.approx(hypot(px - x, py - y), abs=1e-9)
        name, things = objects.STIMULI[reading.index]
        assert name in objects.SEEN_FROM[place]
        point = Standing(logic.viewpoint()).world(reading.point)
        boxes = [objects.FLOOR_PATCH if t == "floor" else (BY_ID[t].centre, BY_ID[t].size) for t in things]
        assert (
            min(
                hypot(*(a - b for a, b in zip(point, nearest_in_box(point, *box), strict=True)))
                for box in boxes
            )
            < 1e-9
        )


# ------------------------------------------------------------------ touches


@pytest.mark.parametrize("thing", [thing.id for thing in THINGS])
def test_a_hand_that_goes_to_a_thing_and_away_touches_it_once(thing: str) -> None:
    play = Play(place=BY_ID[thing].place)
    name = objects.name_of(thing)
    if thing == "floor":
        (x, y, _), _ = objects.FLOOR_PATCH
        deeds = play.go(1.0, lambda _: (x, y, 0.09)) + play.go(0.6, lambda _: (0.0, 0.5, 1.4))
    else:
        deeds = play.touch(thing)
    assert what(deeds).count((TOUCHED, name)) == 1
    assert what(deeds).count((LET_GO, name)) == 1
    assert {deed.thing for deed in deeds if deed.what == TOUCHED} == {name}


def test_nobody_touches_anything_by_standing_there_with_the_hands_down() -> None:
    for place in PLACES:
        play = Play(place=place)
        standing = Standing(play.logic.viewpoint())
        down = [standing.world((x, 0.05, 0.75)) for x in (-0.27, 0.27)]
        assert play.go(2.0, lambda _, at=down: at[1], lambda _, at=down: at[0]) == []


def test_while_the_scene_is_frozen_touches_end_and_none_begin() -> None:
    play = Play(place="cubicle")
    flush = BY_ID["flush"].centre
    play.go(1.0, lambda _: flush)
    grip = play._grip(flush)
    play.logic.update(Moment(play.t_s, 0.0, HEAD, Hands(None, grip)))
    assert what(list(play.logic.deeds())) == [(LET_GO, "flush")]
    for _ in range(30):
        play.logic.update(Moment(play.t_s, 0.0, HEAD, Hands(None, grip)))
        assert play.logic.deeds() == ()


# ------------------------------------------------------------------ moving parts


def test_pressing_the_flush_flushes_and_a_cistern_takes_time_to_fill() -> None:
    play = Play(place="cubicle")
    assert ("pressed", "flush") in what(play.touch("flush"))
    assert play.logic.flushing > 0.5
    first = play.logic.flushed_s
    play.touch("flush")
    assert play.logic.flushed_s == first
    play.go(10.0)
    assert play.logic.flushing == 0.0
    play.touch("flush")
    assert play.logic.flushed_s > first


def test_lifting_the_seat_by_its_edge_leaves_it_leaning_and_the_bin_s_lid_falls_shut() -> None:
    for thing, place, stays in (("seat", "cubicle", True), ("bin_lid", "bin", False)):
        play, motion = Play(place=place), BY_ID[thing].motion
        assert motion is not None
        centre, size = BY_ID[thing].centre, BY_ID[thing].size
        edge = centre[0] + (size[0] / 2 if thing == "seat" else -size[0] / 2)
        front = (edge, centre[1], centre[2])
        play.go(0.5, lambda _, at=front: at)
        lifted = play.go(
            2.0,
            lambda t, at=front, m=motion: m.moved(at, min(m.travel, t * 60.0)),
        )
        assert ("lifted", BY_ID[thing].group) in what(lifted)
        assert play.logic.value(thing) > 0.8 * motion.travel
        after = play.go(3.0, lambda _: (0.0, 0.5, 1.4))
        assert (play.logic.value(thing) > 80.0) == stays
        assert (("lowered", BY_ID[thing].group) in what(after)) != stays


def test_a_hand_that_lay_on_a_lid_does_not_lift_it_as_it_goes_away() -> None:
    for thing, place in (("seat", "cubicle"), ("bin_lid", "bin")):
        play = Play(place=place)
        x, y, z = BY_ID[thing].centre
        deeds = play.go(1.0, lambda _, at=(x, y, z + 0.1): at)
        deeds += play.go(2.0, lambda t, at=(x, y, z + 0.1): (at[0], at[1], at[2] + 0.2 * t))
        assert (TOUCHED, BY_ID[thing].group) in what(deeds)
        assert "lifted" not in {deed.what for deed in deeds}
        assert play.logic.value(thing) == 0.0


def turn_tap(play: Play, open_it: bool = True) -> list[Deed]:
    """Push the lever of the third tap aside, or back."""
    motion = BY_ID["tap_3"].motion
    assert motion is not None
    end = (objects.TAP_X - 0.10, objects.BASINS_Y[2], 1.015)
    begin, sign = (0.0, 1.0) if open_it else (motion.travel, -1.0)
    way = lambda t: motion.moved(end, begin + sign * min(motion.travel, max(0.0, t - 0.3) * 90.0))  # noqa: E731
    return play.go(1.5, way) + play.go(0.5, lambda _: (1.5, 1.9, 1.4))


def test_turning_the_lever_opens_the_tap_and_turning_it_back_closes_it() -> None:
    play = Play(place="sinks", sink="on")
    assert ("opened", "tap") in what(turn_tap(play))
    assert [play.logic.water(tap) for tap in objects.TAPS] == [False, False, True]
    play.go(5.0)
    assert play.logic.water("tap_3"), "it stays as it was left"
    assert ("closed", "tap") in what(turn_tap(play, open_it=False))
    assert not play.logic.water("tap_3")


def test_a_sink_that_is_off_refuses_and_gives_no_water() -> None:
    play = Play(place="sinks", sink="off")
    deeds = what(turn_tap(play))
    assert ("refused", "tap") in deeds
    assert ("opened", "tap") not in deeds
    assert not any(play.logic.water(tap) for tap in objects.TAPS)
    assert play.logic.value("tap_3") > 30.0, "the lever turns all the same"
    play.set(sink="on")
    assert play.logic.water("tap_3")


def test_response_prevention_makes_water_soap_and_towels_inert_and_gives_them_back() -> None:
    play = Play(place="sinks", sink="on", soap="on", towels="on", dirt_tap=0.8, spread=1.0)
    turn_tap(play)
    assert play.logic.water("tap_3")
    play.logic.prevent(True)
    assert not any(play.logic.water(tap) for tap in objects.TAPS), "what ran stops"
    assert ("refused", "soap") in what(play.touch("soap_3"))
    assert (WASHED, "soap") not in what(wash(play, 30.0))
    assert play.logic.soil.hand("right") == pytest.approx(0.8)
    play.logic.prevent(False)
    assert play.logic.water("tap_3")
    play.touch("soap_3")
    assert (WASHED, "soap") in what(wash(play, 30.0))


# ------------------------------------------------------------------ dirt and washing


def test_dirt_goes_onto_the_hand_that_touches_and_by_it_onto_the_phone() -> None:
    play = Play(place="cubicle", dirt_seat=0.8, spread=0.5)
    assert play.logic.hand_looks()[1].stain == 0.0
    play.touch("seat")
    assert play.logic.soil.hand("right") == pytest.approx(0.4)
    assert play.logic.soil.hand("left") == 0.0
    assert play.logic.dirt("seat") == 0.8
    play.set(place="sinks")
    play.touch("phone")
    assert play.logic.dirt("phone") == pytest.approx(0.2)
    assert play.logic.dirt("counter") == 0.0


def test_marks_on_hands_are_as_visible_as_the_therapist_wants() -> None:
    play = Play(place="sinks", hand_stain=0.6, hand_marks=0.5)
    assert [look.stain for look in play.logic.hand_looks()] == [0.3, 0.3]
    play.set(hand_marks=0.0)
    assert [look.stain for look in play.logic.hand_looks()] == [0.0, 0.0]


def wash(play: Play, seconds: float) -> list[Deed]:
    middle = (objects.BASIN_X, objects.BASINS_Y[2])
    rub = lambda side: lambda t: (middle[0] + 0.03 * side * sin(12 * t), middle[1] + 0.04 * side, 0.95)  # noqa: E731
    return play.go(seconds, rub(1.0), rub(-1.0)) + play.go(
        3.0, lambda _: (1.5, 1.7, 1.4), lambda _: (1.5, 2.3, 1.4)
    )


@pytest.mark.parametrize(
    ("sink", "soap", "cleans"), [("on", "on", True), ("off", "on", False), ("on", "off", False)]
)
def test_hands_come_clean_only_with_water_and_soap(sink: str, soap: str, cleans: bool) -> None:
    play = Play(place="sinks", dirt_tap=0.8, sink=sink, soap=soap, spread=1.0)
    turn_tap(play)
    assert play.logic.soil.hand("right") == pytest.approx(0.8)
    pumped = what(play.touch("soap_3"))
    assert (("pressed", "soap") in pumped) == (soap == "on")
    assert (("refused", "soap") in pumped) == (soap == "off")
    deeds = what(wash(play, 30.0))
    assert play.logic.soil.hand("right") == (0.0 if cleans else pytest.approx(0.8))
    assert ((WASHED, "soap") in deeds) == cleans
    assert ((WASHED, "water") in deeds) == (sink == "on" and not cleans)


def test_what_the_tap_is_closed_with_is_dirty_again() -> None:
    play = Play(place="sinks", dirt_tap=0.6, sink="on", spread=0.5)
    turn_tap(play)
    play.touch("soap_3")
    wash(play, 30.0)
    assert play.logic.soil.hand("right") == 0.0
    turn_tap(play, open_it=False)
    assert play.logic.soil.hand("right") > 0.2


def test_towels_are_taken_while_there_are_some() -> None:
    play = Play(place="sinks")
    assert ("took", "towels") in what(play.touch("towels"))
    assert play.logic.towels_taken == 1
    play.set(towels="off")
    assert ("refused", "towels") in what(play.touch("towels"))
    assert play.logic.towels_taken == 1


# ------------------------------------------------------------------ the same each time, and within limits

values: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {
        item.id: st.sampled_from(item.choices)
        if item.kind == "choice"
        else st.sampled_from((item.min, item.default, item.max))
        for item in MANIFEST.parameters
    }
)
near = st.builds(lambda x, y, z: (x, y, z), st.floats(-1.9, 1.9), st.floats(-1.5, 3.6), st.floats(0.0, 2.0))
places = st.one_of(near, st.sampled_from([thing.centre for thing in THINGS]))


@settings(max_examples=40)
@given(values, st.lists(st.tuples(places, places, st.integers(1, 25)), max_size=8), st.integers(0, 2**32))
def test_the_same_seed_and_hands_give_the_same_states_deeds_and_sounds_at_every_limit(
    preset: dict[str, Value], moves: list[tuple[Point, Point, int]], seed: int
) -> None:
    one, other = Play(seed, **preset), Play(seed, **preset)
    for left, right, length in moves:
        for play in (one, other):
            play.go(length * DT, lambda _, at=right: at, lambda _, at=left: at)
        state = one.logic.state()
        assert state == other.logic.state()
        assert one.deeds == other.deeds
        assert one.logic.sounds() == other.logic.sounds()
        assert all(type(value) in (int, float, str) for value in state.values())
        for look in one.logic.hand_looks():
            assert all(0.0 <= share <= 1.0 for share in look)
        for thing in THINGS:
            assert 0.0 <= one.logic.dirt(thing.id) <= 1.0
            if thing.motion is not None:
                assert 0.0 <= one.logic.value(thing.id) <= thing.motion.travel
        for cue in one.logic.sounds():
            assert 0.0 <= cue.gain <= 1.0


def test_beginning_again_forgets_what_was_done() -> None:
    play = Play(place="cubicle", dirt_flush=1.0)
    play.touch("flush")
    assert play.logic.soil.hand("right") > 0.0
    play.logic.begin(Random(1), play.parameters)
    fresh = Play(place="cubicle", dirt_flush=1.0)
    assert play.logic.state() == fresh.logic.state()


def test_other_people_are_heard_only_where_there_are_some_and_triggers_only_when_fired() -> None:
    for others, heard in (("none", False), ("two", True)):
        play = Play(others=others)
        play.go(120.0)
        assert (play.logic.noises.count > 0) == heard
    for trigger in MANIFEST.triggers:
        play = Play()
        play.logic.fire(trigger.id)
        assert play.logic.noises.count > 0, trigger.id
        play.go(trigger.cooldown_s + 0.5)
        assert play.logic.noises.cues(1.0, ()) == Play().logic.noises.cues(1.0, ()), (
            "it is over before the next"
        )


def test_every_sound_that_is_asked_for_is_there() -> None:
    assert {cue.file for cue in Play(sink="on").logic.noises.cues(1.0, objects.TAPS)} == {
        "sounds/washroom_tone.ogg",
        "sounds/tap.ogg",
    }
    files = [f"sounds/{name}.ogg" for name in (*KINDS, "washroom_tone", "tap")]
    assert [file for file in files if assets.find(file) is None] == []


def test_silence_is_silent() -> None:
    play = Play(sound=0.0, others="two")
    play.go(60.0)
    assert play.logic.sounds() == ()


def test_steps_never_ease_what_is_graded() -> None:
    before: dict[str, float] = {}
    for step in MANIFEST.hierarchy:
        now = {**MANIFEST.defaults(), **step.preset}
        for item in MANIFEST.parameters:
            hardness = item.hardness(now[item.id])
            assert hardness >= before.get(item.id, hardness), (step.id, item.id)
            before[item.id] = hardness
