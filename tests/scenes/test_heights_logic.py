"""The heights scene without its picture: distances, gusts and motion, the same each time."""

from __future__ import annotations

from math import cos, hypot, pi, radians, sin
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.heights import wind
from scenes.heights.logic import HeightsLogic
from scenes.heights.places import PLACES
from scenes.heights.ride import FASTEST_M_S
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.scene import Moment

MANIFEST = find_scenes()["heights"].manifest

metres = st.floats(-4.0, 4.0)
heads = st.builds(Pose, x=metres, y=metres, z=st.floats(0.3, 2.2))
seconds = st.floats(0.0, 3600.0)
presets: st.SearchStrategy[dict[str, Value]] = st.fixed_dictionaries(
    {
        item.id: st.sampled_from(item.choices) if item.kind == "choice" else st.floats(item.min, item.max)
        for item in MANIFEST.parameters
    }
)


def scene(preset: dict[str, Value] | None = None, seed: int = 1, t_s: float = 0.0) -> HeightsLogic:
    logic = HeightsLogic()
    logic.begin(Random(seed), {**MANIFEST.defaults(), **(preset or {})})
    advance(logic, t_s)
    return logic


def advance(logic: HeightsLogic, t_s: float, head: Pose = Pose(z=1.6)) -> None:  # noqa: B008
    logic.update(Moment(t_s, 0.0, head, Hands()))


# ------------------------------------------------------------------ distance to the edge and the drop


@given(preset=presets, head=heads, t_s=seconds)
def test_the_distance_is_that_to_the_nearest_point_of_the_edge_on_the_floor(
    preset: dict[str, Value], head: Pose, t_s: float
) -> None:
    logic = scene(preset, t_s=t_s)
    (reading,) = logic.stimuli(head)
    (left, right), edge = logic.sides, float(preset["edge_distance"])
    if head.y <= edge:
        along = [left + (right - left) * step / 4000 for step in range(4001)]
        nearest = min(hypot(head.x - x, head.y - edge) for x in along)
        assert reading.distance_m == pytest.approx(nearest, abs=4e-3)
        assert reading.distance_m <= nearest + 1e-9
    else:  # beyond the edge: over the drop
        beside = max(0.0, left - head.x, head.x - right)
        assert reading.distance_m == pytest.approx(beside, abs=1e-9)
    assert reading.index == 0
    assert reading.visible


@given(preset=presets, head=heads)
def test_the_point_that_is_measured_to_lies_on_the_place_s_edge_in_the_world(
    preset: dict[str, Value], head: Pose
) -> None:
    logic = scene({**preset, "sway": 0.0})
    view = logic.viewpoint()
    (reading,) = logic.stimuli(head)
    x, y, z = reading.point
    assert (view.heading, view.pitch, view.roll) == (0.0, pytest.approx(0.0), pytest.approx(0.0))
    place = PLACES[str(preset["place"])]
    assert view.y + y == pytest.approx(place.edge_y)
    assert view.z + z == pytest.approx(float(preset["height"]) if place.raised else 0.0)
    left, right = logic.sides
    assert left - 1e-9 <= view.x + x <= right + 1e-9


@given(head=heads, far=st.floats(0.4, 1.5), near=st.floats(0.4, 1.5))
def test_a_smaller_starting_distance_brings_the_edge_nearer_by_as_much(
    head: Pose, far: float, near: float
) -> None:
    head = head._replace(x=0.0, y=min(head.y, near, far))
    logic = scene({"edge_distance": far})
    (before,) = logic.stimuli(head)
    place = logic.viewpoint().y
    logic.apply({"edge_distance": near})
    (after,) = logic.stimuli(head)
    assert after.distance_m - before.distance_m == pytest.approx(near - far)
    assert logic.viewpoint().y - place == pytest.approx(far - near)  # it is the patient who is moved


@given(head=heads, step=st.floats(0.0, 1.0))
def test_a_step_towards_the_edge_never_makes_it_farther(head: Pose, step: float) -> None:
    logic = scene()
    (before,) = logic.stimuli(head)
    (after,) = logic.stimuli(head._replace(y=head.y + step))
    assert after.distance_m <= before.distance_m + 1e-12


@given(head=heads, preset=presets)
def test_the_distance_does_not_depend_on_height_wind_or_the_rail(
    head: Pose, preset: dict[str, Value]
) -> None:
    fixed = {"edge_distance": 1.0, "ledge_width": 2.0, "place": "platform"}
    assert scene({**preset, **fixed}).stimuli(head) == scene(fixed).stimuli(head)


@given(head=heads)
def test_left_and_right_are_alike_on_the_platform(head: Pose) -> None:
    logic = scene({"place": "platform"})
    assert logic.stimuli(head)[0].distance_m == logic.stimuli(head._replace(x=-head.x))[0].distance_m


def test_the_manifest_s_goal_can_be_reached_where_the_patient_stands() -> None:
    (edge,) = MANIFEST.stimuli
    for step in MANIFEST.hierarchy:
        logic = scene(dict(step.preset))
        start = logic.stimuli(Pose(z=1.6))[0].distance_m
        assert 0.0 < start <= 1.5
        assert start - edge.goal_m <= MANIFEST.room_m[1]


def test_the_readings_are_those_of_the_manifest_s_stimuli_in_their_order() -> None:
    readings = scene().stimuli(Pose(z=1.6))
    assert [reading.index for reading in readings] == list(range(len(MANIFEST.stimuli)))


# ------------------------------------------------------------------ viewpoint


@given(preset=presets, seed=st.integers(0, 2**32), t_s=seconds, gust_at=st.one_of(st.none(), st.floats(0, 4)))
def test_the_platform_never_leans_further_than_its_sway_nor_than_the_manifest_allows(
    preset: dict[str, Value], seed: int, t_s: float, gust_at: float | None
) -> None:
    logic = scene(preset, seed, t_s)
    if gust_at is not None:
        logic.fire("gust")
        advance(logic, t_s + gust_at)
    view = logic.viewpoint()
    lean = hypot(view.roll, view.pitch)
    assert lean <= float(preset["sway"]) + 1e-9
    assert lean <= MANIFEST.motion.sway_deg + 1e-9


@given(preset=presets, seed=st.integers(0, 2**32), t_s=seconds, gust_at=st.floats(0.0, 4.0))
def test_the_eyes_of_a_standing_person_move_no_faster_than_the_manifest_says(
    preset: dict[str, Value], seed: int, t_s: float, gust_at: float
) -> None:
    logic = scene({**preset, "sway": MANIFEST.motion.sway_deg}, seed, t_s)
    logic.fire("gust")
    dt_s, eyes_m, sway_m_s = 1e-3, 1.8, 0.1
    places: list[tuple[float, float, float]] = []
    for moment in (t_s + gust_at, t_s + gust_at + dt_s):
        advance(logic, moment)
        view = logic.viewpoint()
        roll, pitch = radians(view.roll), radians(view.pitch)
        places.append(
            (
                view.x + eyes_m * sin(roll),
                view.y - eyes_m * cos(roll) * sin(pitch),
                view.z + eyes_m * cos(roll) * cos(pitch),
            )
        )
    moved = hypot(*(there - here for here, there in zip(*places, strict=True)))
    assert moved / dt_s <= sway_m_s
    assert sway_m_s + FASTEST_M_S <= MANIFEST.motion.speed_m_s


@given(preset=presets, t_s=seconds)
def test_the_viewpoint_follows_place_height_and_distance_and_nothing_else(
    preset: dict[str, Value], t_s: float
) -> None:
    view = scene({**preset, "sway": 0.0}, t_s=t_s).viewpoint()
    place = PLACES[str(preset["place"])]
    assert view.z == (preset["height"] if place.raised else 0.0)
    assert view.y == pytest.approx(place.edge_y - float(preset["edge_distance"]))
    assert (view.x, view.heading) == (0.0, 0.0)


@given(preset=presets)
def test_the_patient_stands_on_what_the_place_offers_at_every_setting(preset: dict[str, Value]) -> None:
    logic = scene(preset)
    view, place = logic.viewpoint(), PLACES[str(preset["place"])]
    assert place.back_y + 0.3 <= view.y < place.edge_y
    left, right = logic.sides
    assert left < view.x < right


@pytest.mark.parametrize("place", PLACES)
def test_without_sway_even_a_gust_leaves_the_ground_still(place: str) -> None:
    logic = scene({"wind": 1.0, "place": place})
    logic.fire("gust")
    for step in range(80):
        advance(logic, step / 20)
        view = logic.viewpoint()
        assert (abs(view.roll), abs(view.pitch)) == (0.0, 0.0)


@pytest.mark.parametrize("place", ["street", "balcony", "roof"])
def test_what_is_part_of_a_house_or_of_the_ground_never_sways(place: str) -> None:
    logic = scene({"sway": 2.0, "place": place, "height": 60.0}, t_s=5.0)
    assert (logic.viewpoint().pitch, logic.viewpoint().roll) == (0.0, 0.0)
    other = scene({"sway": 2.0, "place": "platform", "height": 60.0}, t_s=5.0)
    assert hypot(other.viewpoint().pitch, other.viewpoint().roll) > 0.05


# ------------------------------------------------------------------ gusts and air


@given(st.floats(-10, 10))
def test_a_gust_lies_between_0_and_1_and_only_in_its_time(since_s: float) -> None:
    strength = wind.gust(since_s)
    assert 0.0 <= strength <= 1.0
    if not 0.0 < since_s < wind.GUST_S:
        assert strength == 0.0


def test_a_gust_swells_once_and_dies_away_for_good() -> None:
    course = [wind.gust(wind.GUST_S * step / 300) for step in range(301)]
    peak = course.index(max(course))
    assert course[peak] == pytest.approx(1.0)
    assert peak == pytest.approx(100, abs=1)
    assert course[: peak + 1] == sorted(course[: peak + 1])
    assert course[peak:] == sorted(course[peak:], reverse=True)
    assert (course[0], course[-1]) == (0.0, 0.0)


@given(since_s=st.floats(-1, 5), dt_s=st.floats(1e-4, 1e-2))
def test_a_gust_does_not_jump(since_s: float, dt_s: float) -> None:
    assert abs(wind.gust(since_s + dt_s) - wind.gust(since_s)) <= 1.5 * 3.0 / wind.GUST_S * dt_s + 1e-9


def test_a_gust_needs_to_be_fired_and_is_over_before_the_next_may_come() -> None:
    logic = scene({"wind": 1.0}, t_s=100.0)
    assert logic.gust == 0.0
    logic.fire("gust")
    assert logic.gust == 0.0  # it swells from nothing
    advance(logic, 101.0)
    assert logic.gust > 0.5
    trigger = MANIFEST.trigger("gust")
    assert trigger is not None
    assert trigger.cooldown_s > wind.GUST_S
    advance(logic, 100.0 + trigger.cooldown_s)
    assert logic.gust == 0.0


def test_a_trigger_that_the_scene_does_not_know_changes_nothing() -> None:
    logic = scene({"wind": 0.5}, t_s=3.0)
    before = dict(logic.state())
    logic.fire("earthquake")
    assert logic.state() == before


@given(preset=presets, t_s=seconds, gust_at=st.floats(0, 4))
def test_the_air_lies_between_still_and_full_and_a_gust_never_calms_it(
    preset: dict[str, Value], t_s: float, gust_at: float
) -> None:
    calm, gusty = scene(preset, t_s=t_s), scene(preset, t_s=t_s)
    gusty.fire("gust")
    advance(calm, t_s + gust_at)
    advance(gusty, t_s + gust_at)
    assert 0.0 <= calm.air <= gusty.air <= 1.0
    assert calm.air <= float(preset["wind"]) + 1e-9


@given(t_s=st.floats(0, 1e5), phase=st.floats(0, 2 * pi))
def test_the_wind_s_own_breath_lies_between_0_and_1(t_s: float, phase: float) -> None:
    assert -1e-9 <= wind.breath(t_s, phase) <= 1.0 + 1e-9


@given(preset=presets, t_s=seconds)
def test_every_sound_asks_for_a_gain_between_0_and_1(preset: dict[str, Value], t_s: float) -> None:
    logic = scene(preset, t_s=t_s)
    logic.fire("gust")
    advance(logic, t_s + 1.0)
    cues = logic.sounds()
    assert len({cue.key for cue in cues}) == len(cues)
    assert all(0.0 <= cue.gain <= 1.0 for cue in cues)


# ------------------------------------------------------------------ the same each time


@given(seed=st.integers(0, 2**32), preset=presets, times=st.lists(seconds, min_size=1, max_size=8))
def test_the_same_seed_and_inputs_give_the_same_states_views_and_sounds(
    seed: int, preset: dict[str, Value], times: list[float]
) -> None:
    one, other = scene(preset, seed), scene(preset, seed)
    for number, t_s in enumerate(sorted(times)):
        for logic in (one, other):
            if number == 1:
                logic.fire("gust")
            advance(logic, t_s)
        assert one.state() == other.state()
        assert one.viewpoint() == other.viewpoint()
        assert one.sounds() == other.sounds()


def test_another_seed_gives_another_sway() -> None:
    preset: dict[str, Value] = {"sway": 1.0, "place": "platform"}
    assert scene(preset, 1, 5.0).viewpoint() != scene(preset, 2, 5.0).viewpoint()


def test_beginning_again_forgets_everything_that_happened() -> None:
    logic = scene({"wind": 1.0, "height": 40.0}, seed=9, t_s=50.0)
    logic.fire("gust")
    advance(logic, 51.0)
    logic.begin(Random(9), MANIFEST.defaults())
    assert logic.state() == scene(seed=9).state()
    assert logic.viewpoint() == scene(seed=9).viewpoint()


@given(preset=presets, t_s=seconds)
def test_the_state_is_made_of_plain_values_for_the_hash(preset: dict[str, Value], t_s: float) -> None:
    state = scene(preset, t_s=t_s).state()
    assert all(type(value) in (int, float, str) for value in state.values())


@given(preset=presets)
def test_more_people_and_more_traffic_are_never_fewer(preset: dict[str, Value]) -> None:
    logic = scene(preset)
    people, cars = logic.pedestrians, logic.cars
    logic.apply({"people": 1.0, "traffic": 1.0})
    assert logic.pedestrians >= people >= 0
    assert logic.cars >= cars >= 0
    logic.apply({"people": 0.0, "traffic": 0.0})
    assert (logic.pedestrians, logic.cars) == (0, 0)
