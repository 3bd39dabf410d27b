"""Hands that touch: when contact counts, what moves under a hand, what dirt passes on, what washing takes off."""

from __future__ import annotations

import re
from math import cos, hypot, radians, sin
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.kit import touch
from scenes.kit.body import CLOTHES, FACE, Body
from scenes.kit.levers import Latch, Motion, Part
from scenes.kit.soil import Soil
from scenes.kit.touch import AGAIN_S, COUNTED_S, ENTER_M, LEAVE_M, Contacts, Standing
from scenes.kit.washing import APART_S, Washing
from vr_runtime.protocol.deeds import LET_GO, TOUCHED, WASHED, Deed, Side
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage import geometry
from vr_runtime.stage.scene import Viewpoint

ROOT = Path(__file__).resolve().parents[2]
DT = 1 / 90
shares = st.floats(0.0, 1.0)
sides: st.SearchStrategy[Side] = st.sampled_from(["left", "right"])
coordinates = st.floats(-3.0, 3.0)
points = st.tuples(coordinates, coordinates, coordinates)


def course(distances: list[float], thing: str = "tap") -> tuple[Contacts, list[Deed]]:
    """The right hand at these distances, frame after frame."""
    contacts, deeds = Contacts(), []
    for number, distance in enumerate(distances):
        deeds += contacts.update(number * DT, {"right": {thing: distance}})
    return contacts, deeds


def told(deeds: list[Deed], what: str) -> list[Deed]:
    return [deed for deed in deeds if deed.what == what]


def frames(seconds: float) -> int:
    return round(seconds / DT)


# ------------------------------------------------------------------ when contact counts


def test_a_touch_begins_near_and_ends_farther_away_and_is_told_with_its_times() -> None:
    _, deeds = course([0.1] * 10 + [0.01] * 90 + [0.1] * 60)
    (began,), (ended,) = told(deeds, TOUCHED), told(deeds, LET_GO)
    assert (began.thing, began.hand) == (ended.thing, ended.hand) == ("tap", "right")
    assert began.for_s == pytest.approx(COUNTED_S, abs=DT)
    assert ended.for_s == pytest.approx(90 * DT, abs=1e-6)
    assert ended.since_s == pytest.approx(90 * DT + AGAIN_S, abs=2 * DT)


def test_a_hand_that_trembles_between_the_two_distances_touches_once() -> None:
    between = [ENTER_M + 0.001, LEAVE_M - 0.001]
    _, deeds = course([0.01] * 20 + between * 100)
    assert len(told(deeds, TOUCHED)) == 1
    assert not told(deeds, LET_GO)
    _, never = course([0.1] * 20 + between * 100)
    assert not never


def test_a_contact_shorter_than_the_least_is_none() -> None:
    short, enough = frames(COUNTED_S) - 1, frames(COUNTED_S) + 2
    assert not course([0.01] * short + [0.1] * 60)[1]
    assert len(told(course([0.01] * enough + [0.1] * 60)[1], TOUCHED)) == 1


def test_a_hand_that_comes_back_at_once_goes_on_with_the_same_touch() -> None:
    soon, late = frames(0.22), frames(0.29)
    one, deeds = course([0.0] * 30 + [0.2] * soon + [0.0] * 30 + [0.2] * 60)
    assert len(told(deeds, TOUCHED)) == len(told(deeds, LET_GO)) == one.counts["tap"] == 1
    two, deeds = course([0.0] * 30 + [0.2] * late + [0.0] * 30 + [0.2] * 60)
    assert len(told(deeds, TOUCHED)) == len(told(deeds, LET_GO)) == two.counts["tap"] == 2


def test_of_two_things_the_nearer_is_touched_and_both_only_where_they_are_alike() -> None:
    for apart, expected in ((0.009, {"phone"}), (0.001, {"phone", "counter"})):
        contacts = Contacts()
        for number in range(20):
            contacts.update(number * DT, {"left": {"phone": 0.0, "counter": apart}})
        assert set(contacts.counts) == expected


def test_each_hand_has_its_own_touch() -> None:
    contacts = Contacts()
    for number in range(20):
        contacts.update(number * DT, {"left": {"tap": 0.0}, "right": {"tap": 0.01}})
    assert contacts.counts == {"tap": 2}
    assert {held.side for held in contacts.held} == {"left", "right"}


def test_a_hand_that_is_lost_lets_go_and_an_interruption_ends_every_touch() -> None:
    contacts = Contacts()
    for number in range(20):
        contacts.update(number * DT, {"left": {"tap": 0.0}})
    lost: list[Deed] = []
    for number in range(20, 60):
        lost += contacts.update(number * DT, {})
    assert [deed.what for deed in lost] == [LET_GO]
    for number in range(60, 80):
        contacts.update(number * DT, {"left": {"tap": 0.0}, "right": {"seat": 0.0}})
    ended = contacts.interrupt(80 * DT)
    assert {(deed.what, deed.thing) for deed in ended} == {(LET_GO, "tap"), (LET_GO, "seat")}
    assert contacts.held == ()
    assert contacts.interrupt(81 * DT) == []


@given(st.lists(st.tuples(st.floats(0.0, 0.12), st.integers(1, 40)), min_size=1, max_size=25))
def test_every_touch_that_counted_ends_once_and_touches_never_outnumber_their_time(
    stretches: list[tuple[float, int]],
) -> None:
    distances = [distance for distance, length in stretches for _ in range(length)] + [1.0] * 40
    contacts, deeds = course(distances)
    begun, ended = told(deeds, TOUCHED), told(deeds, LET_GO)
    assert len(begun) == len(ended) == contacts.counts.get("tap", 0)
    assert len(begun) * COUNTED_S <= len(distances) * DT
    for deed in deeds:
        assert 0.0 < deed.for_s <= deed.since_s + 1e-9


def test_the_thresholds_are_those_that_the_measures_are_described_with() -> None:
    told = (ROOT / "docs" / "measures.md").read_text("utf-8")
    (cm, away, ms, again) = re.findall(
        r"as near as (\d+) cm .* is (\d+) cm away.* lasted (\d+) ms.* within (\d+) ms", told
    )[0]
    assert (int(cm) / 100, int(away) / 100) == (ENTER_M, LEAVE_M)
    assert (int(ms) / 1000, int(again) / 1000) == (COUNTED_S, AGAIN_S)


# ------------------------------------------------------------------ where hands and things are


@given(points, points, st.tuples(*[st.floats(0.01, 2.0)] * 3))
def test_the_distance_to_a_box_is_that_to_its_nearest_point(
    point: touch.Point, centre: touch.Point, size: touch.Point
) -> None:
    near = touch.nearest_in_box(point, centre, size)
    assert touch.box_distance(point, centre, size) == pytest.approx(
        hypot(*(a - b for a, b in zip(point, near, strict=True))), abs=1e-9
    )
    assert touch.box_distance(near, centre, size) == pytest.approx(0.0, abs=1e-9)


@given(points, coordinates, coordinates, st.floats(-180, 180))
def test_a_standing_leads_into_the_world_and_back(
    point: touch.Point, x: float, y: float, heading: float
) -> None:
    standing = Standing(Viewpoint(x, y, 0.2, heading))
    assert standing.tracked(standing.world(point)) == pytest.approx(point, abs=1e-9)
    ahead = standing.world((0.0, 1.0, 0.0))
    assert ahead == pytest.approx((x - sin(radians(heading)), y + cos(radians(heading)), 0.2), abs=1e-9)


@pytest.mark.parametrize("side", touch.SIDES)
def test_the_points_that_touch_lie_in_the_hand_that_is_seen(side: Side) -> None:
    mesh = geometry.load(f"models/hand_{side}.npz")
    for point in touch.skin(Pose(), side):
        nearest = ((mesh.positions - point) ** 2).sum(axis=1).min() ** 0.5
        assert nearest < 0.016, point
    tips = touch.skin(Pose(), side)[2:5]
    assert min(point[2] for point in tips) < -0.085, "the fingers reach as far as the model's"


def test_a_turned_hand_takes_its_fingers_along() -> None:
    half = radians(90) / 2
    up = touch.skin(Pose(1.0, 2.0, 1.0, qx=-sin(half), qw=cos(half)), "right")
    # turned about +X by -90 degrees, fingers along -Z point along -Y
    assert up[1][1] == pytest.approx(2.0 - 0.086)
    assert up[1][2] == pytest.approx(1.0 - 0.010)


def test_a_hand_on_the_mouth_touches_the_face_and_one_on_the_chest_the_clothes() -> None:
    body, head = Body(), Pose(z=1.6)
    mouth = touch.skin(Pose(0.0, 0.15, 1.55), "right")
    chest = touch.skin(Pose(0.0, 0.17, 1.2), "right")
    away = touch.skin(Pose(0.35, 0.3, 1.0), "right")
    assert set(body.distances(mouth, head)) == {FACE}
    assert set(body.distances(chest, head)) == {CLOTHES}
    assert body.distances(away, head) == {}


def test_who_bends_down_is_not_said_to_touch_clothes() -> None:
    body = Body()
    low = Pose(z=0.8)
    hand = touch.skin(Pose(0.0, 0.1, 0.3), "right")
    assert CLOTHES in body.distances(hand, low)
    body.distances(hand, Pose(z=1.6))
    assert CLOTHES not in body.distances(hand, low)


# ------------------------------------------------------------------ what moves under a hand

LID = Motion("turn", (0.0, -1.0, 0.0), (0.0, 0.0, 0.4), 90.0, back=100.0, stays_from=80.0)
BUTTON = Motion("push", (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 0.01, back=0.05)


@given(points, st.floats(0.0, 90.0), st.sampled_from([LID, BUTTON]))
def test_what_is_moved_and_put_back_is_where_it_was(point: touch.Point, value: float, motion: Motion) -> None:
    assert motion.at_rest(motion.moved(point, value), value) == pytest.approx(point, abs=1e-9)


def at(angle: float) -> touch.Point:
    """The hand on a lid's edge that has been opened by so much."""
    return LID.moved((0.4, 0.0, 0.4), angle)


def test_a_lid_follows_the_hand_that_lifts_it_and_goes_no_farther_than_it_can() -> None:
    lid = Part(LID)
    for angle in range(91):
        lid.hold(at(float(angle)), 0.0)
        assert lid.value == pytest.approx(angle)
    lid.hold(at(120.0), 0.0)
    assert lid.value == 90.0
    lid.hold(at(-30.0), 0.0)
    assert lid.value == 0.0


def test_a_lid_that_is_let_go_falls_shut_unless_it_leans_back() -> None:
    for angle, rests in ((60.0, 0.0), (85.0, 85.0)):
        lid = Part(LID)
        lid.hold(at(0.0), 0.0)
        lid.hold(at(angle), 0.0)
        for _ in range(180):
            lid.free(DT)
        assert lid.value == pytest.approx(rests)


def test_a_hand_that_takes_hold_anywhere_does_not_make_a_part_jump() -> None:
    lid = Part(LID)
    lid.hold(at(40.0), 0.0)
    assert lid.value == 0.0
    lid.hold(at(55.0), 0.0)
    assert lid.value == pytest.approx(15.0)


def test_a_button_gives_way_under_the_skin_and_comes_back() -> None:
    button = Part(BUTTON)
    button.hold((0.0, 0.0, 1.0), ENTER_M)
    assert button.value == 0.0
    button.hold((0.0, 0.0, 1.0), 0.0)
    assert button.share == 1.0
    for _ in range(90):
        button.free(DT)
    assert button.value == 0.0


@given(st.lists(st.tuples(points, st.floats(0.0, 0.1), st.booleans()), max_size=40))
def test_no_hand_brings_a_part_out_of_its_way(moves: list[tuple[touch.Point, float, bool]]) -> None:
    for motion in (LID, BUTTON):
        part = Part(motion)
        for point, distance, holds in moves:
            part.hold(point, distance) if holds else part.free(DT)
            assert 0.0 <= part.value <= motion.travel


def test_a_latch_switches_once_at_the_rim() -> None:
    latch = Latch(0.6, 0.3)
    changes = [latch.update(share) for share in (0.0, 0.59, 0.61, 0.5, 0.61, 0.4, 0.29, 0.5)]
    assert changes == [False, False, True, False, False, False, True, False]


# ------------------------------------------------------------------ dirt

touches = st.lists(st.tuples(sides, st.sampled_from(["tap", "phone", "face"]), shares), max_size=30)


@given(st.dictionaries(st.sampled_from(["tap", "phone"]), shares), touches)
def test_touches_never_make_anything_dirtier_than_the_dirtiest_thing_there_was(
    own: dict[str, float], done: list[tuple[Side, str, float]]
) -> None:
    soil = Soil()
    soil.set(own, 0.0)
    most = max(own.values(), default=0.0)
    for side, thing, spread in done:
        hand, there = soil.hand(side), soil.of(thing)
        soil.touch(side, thing, spread)
        assert soil.hand(side) >= hand
        assert soil.of(thing) >= there
        assert max(soil.hand(side), soil.of(thing)) == max(hand, there)
    assert all(soil.of(thing) <= most + 1e-12 for thing in ("tap", "phone", "face"))
    assert all(soil.hand(side) <= most + 1e-12 for side in touch.SIDES)


def test_dirt_goes_from_a_thing_to_the_hand_that_touched_it_and_on_to_the_next_thing_alone() -> None:
    soil = Soil()
    soil.set({"tap": 0.8}, 0.0)
    soil.touch("right", "tap", 0.5)
    assert (soil.hand("right"), soil.hand("left"), soil.of("tap")) == (0.4, 0.0, 0.8)
    soil.touch("right", "phone", 0.5)
    assert (soil.of("phone"), soil.hand("right"), soil.of("face")) == (0.2, 0.4, 0.0)


def test_nothing_is_passed_on_where_nothing_spreads() -> None:
    soil = Soil()
    soil.set({"tap": 1.0}, 0.0)
    soil.touch("right", "tap", 0.0)
    assert soil.hand("right") == 0.0


@given(shares, shares, shares)
def test_a_lasting_stain_is_the_least_that_hands_have_and_washing_leaves_it(
    stain: float, dirt: float, left: float
) -> None:
    soil = Soil()
    soil.set({"tap": dirt}, stain)
    soil.touch("left", "tap", 1.0)
    assert soil.hand("left") == max(stain, dirt)
    soil.clean("left", left)
    assert stain <= soil.hand("left") <= max(stain, dirt)
    soil.set({}, 0.0)
    assert soil.hand("right") == 0.0


# ------------------------------------------------------------------ washing


def wash(
    washing: Washing, seconds: float, *, start_s: float = 0.0, water: bool = True, apart_m: float = 0.08
) -> tuple[float, list[Deed]]:
    """Rub both hands for a time; gives back what share of the dirt is left and the deeds."""
    left, deeds = 1.0, []
    for number in range(frames(seconds)):
        t_s = start_s + number * DT
        to_and_fro = 0.03 * sin(12.0 * t_s)
        palms: dict[Side, touch.Point] = {"left": (0.0, 0.0, 0.9), "right": (apart_m, to_and_fro, 0.9)}
        share, more = washing.update(t_s, DT, palms, {"left": water, "right": water})
        left *= share
        deeds += more
    return left, deeds


def still(washing: Washing, seconds: float, start_s: float) -> list[Deed]:
    deeds: list[Deed] = []
    for number in range(frames(seconds)):
        palms: dict[Side, touch.Point] = {"left": (0.0, 0.0, 0.9), "right": (0.5, 0.0, 0.9)}
        deeds += washing.update(start_s + number * DT, DT, palms, {})[1]
    return deeds


def test_hands_come_clean_over_time_with_water_soap_and_rubbing() -> None:
    washing = Washing()
    washing.take_soap()
    after_5, _ = wash(washing, 5.0)
    after_20, _ = wash(washing, 15.0, start_s=5.0)
    assert 0.3 < after_5 < 0.6
    assert after_5 * after_20 < 0.05
    assert washing.wet["left"] == 1.0
    assert washing.lather > 0.9


@pytest.mark.parametrize("lacking", ["soap", "water", "rubbing", "nearness"])
def test_without_one_of_them_nothing_comes_off(lacking: str) -> None:
    washing = Washing()
    if lacking != "soap":
        washing.take_soap()
    if lacking == "rubbing":
        palms: dict[Side, touch.Point] = {"left": (0.0, 0.0, 0.9), "right": (0.08, 0.0, 0.9)}
        found = [washing.update(n * DT, DT, palms, {"left": True, "right": True}) for n in range(900)]
        assert {left for left, _ in found} == {1.0}
        assert not any(deeds for _, deeds in found)
    else:
        left, _ = wash(
            washing, 20.0, water=lacking != "water", apart_m=0.3 if lacking == "nearness" else 0.08
        )
        assert left == 1.0


def test_a_washing_is_told_when_it_begins_to_count_and_when_it_is_over() -> None:
    washing = Washing()
    washing.take_soap()
    _, deeds = wash(washing, 6.0)
    deeds += still(washing, APART_S + 0.5, 6.0)
    assert [(deed.what, deed.thing) for deed in deeds] == [("washing", "soap"), (WASHED, "soap")]
    assert deeds[1].for_s == pytest.approx(6.0, abs=0.4)


def test_a_short_pause_does_not_end_a_washing_and_a_long_one_does() -> None:
    for pause_s, episodes in ((APART_S / 2, 1), (APART_S * 2, 2)):
        washing, deeds = Washing(), []
        deeds += wash(washing, 3.0)[1]
        deeds += still(washing, pause_s, 3.0)
        deeds += wash(washing, 3.0, start_s=3.0 + pause_s)[1]
        deeds += still(washing, APART_S + 1.0, 6.0 + pause_s)
        assert len(told(deeds, WASHED)) == episodes
        assert all(deed.thing == "water" for deed in deeds)


def test_one_hand_alone_is_washed_by_moving_it() -> None:
    washing = Washing()
    washing.take_soap()
    left = 1.0
    for number in range(900):
        palm = (0.0, 0.03 * sin(12.0 * number * DT), 0.9)
        left *= washing.update(number * DT, DT, {"right": palm}, {"right": True})[0]
    assert left < 0.4


def test_towels_dry_sooner_than_air() -> None:
    dry: list[float] = []
    for towel in (False, True):
        washing = Washing()
        wash(washing, 3.0)
        if towel:
            washing.take_towel(3.0)
        still(washing, 5.0, 3.0)
        dry.append(washing.wet["right"])
    assert dry[0] > 0.8
    assert dry[1] < 0.05
