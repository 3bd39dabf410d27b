"""The road scene without its picture: triggers once, nothing by itself, frozen is frozen, the same each time."""

from __future__ import annotations

from itertools import pairwise
from math import hypot
from random import Random

import pytest

from scenes.road.cabin import SEAT_X
from scenes.road.logic import EASE_M_S2, FAR_M, RoadLogic
from scenes.road.route import JUNCTION_Y, KM_H, OWN_HALF_M, PERIOD_M, PLACES, SIGNALS
from scenes.road.triggers import HEARD, Triggers
from scenes.road.vehicle import half_size
from tests.helpers.road import MANIFEST, OWN, SEATED, Clock, apart, closest, drive, outline
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.plan import plan_of_scene
from vr_runtime.protocol.pose import Pose

places = pytest.mark.parametrize("place", list(PLACES))
TRIGGERS = [trigger.id for trigger in MANIFEST.triggers]
SPEEDS = {"motorway": 110.0, "country": 80.0, "tunnel": 80.0}
MOVING = [name for name, stretch in PLACES.items() if stretch.limit_km_h > 0.0]


# ------------------------------------------------------------------ steps and limits

ORDER = (
    "parked", "quiet-street", "same-road", "junction-empty", "junction-traffic",
    "brakes-far", "lorry", "near-miss", "impact-heard", "ambulance",
)  # fmt: skip


def test_the_ten_steps_stand_in_the_order_of_the_hierarchy() -> None:
    assert tuple(step.id for step in MANIFEST.hierarchy) == ORDER


def test_only_people_from_16_on_play_it_and_it_says_what_it_holds() -> None:
    assert MANIFEST.minimum_age == 16
    assert MANIFEST.category.value == "ptsd"
    assert {"road-traffic", "near-miss", "crash-sound", "emergency-vehicle"} == set(MANIFEST.content)
    assert [item.value for item in MANIFEST.posture] == ["seated"]


def test_the_start_is_the_easiest_state_of_all() -> None:
    for item in MANIFEST.parameters:
        if item.harder != "neither":
            ends = item.choices if item.kind == "choice" else (item.min, item.max)
            assert item.default == min(ends, key=item.hardness), item.id


def test_no_step_after_the_junction_eases_anything() -> None:
    plan = plan_of_scene(MANIFEST)
    for number in range(4, 10):
        before, after = plan.values(number, MANIFEST), plan.values(number + 1, MANIFEST)
        change = [
            item.hardness(after[item.id]) - item.hardness(before[item.id]) for item in MANIFEST.parameters
        ]
        assert min(change) >= 0.0, number
        assert max(change) > 0.0, number


def test_the_empty_junction_is_empty() -> None:
    step = MANIFEST.step("junction-empty")
    assert step is not None
    logic = drive(1, **step.preset)
    for _ in Clock(logic).run(60.0):
        assert logic.vehicles() == ()


def ends() -> list[dict[str, Value]]:
    """Each parameter at its ends, the others as in the hardest step."""
    base: dict[str, Value] = dict(MANIFEST.hierarchy[-1].preset)
    made: list[dict[str, Value]] = []
    for item in MANIFEST.parameters:
        values = item.choices if item.kind == "choice" else (item.min, item.max)
        made += [{**base, item.id: value} for value in values]
    return made


def test_at_the_ends_of_every_parameter_everything_stays_within_its_range() -> None:
    for preset in ends():
        logic = drive(4, **preset)
        for _ in Clock(logic).run(8.0):
            assert 0.0 <= logic.vignette() <= 1.0
            assert 0.0 <= logic.wipers.angle <= 1.0
            assert 0.0 <= logic.ambulance_lamp <= 1.0
            assert 0.0 <= logic.revs < 6000.0
            assert abs(logic.steering_deg) < 10.0
            for cue in logic.sounds():
                assert 0.0 < cue.gain <= 1.0, cue


# ------------------------------------------------------------------ frozen


@places
def test_frozen_means_that_nothing_moves_and_nothing_sounds_but_the_standing_car(place: str) -> None:
    logic = drive(
        9, place=place, speed=SPEEDS.get(place, 50.0), density=0.8, rain=0.7, ambulance="slow", vignette=1.0
    )
    clock = Clock(logic)
    for _ in clock.run(12.0):
        pass
    logic.fire("near_miss")
    for _ in clock.run(2.0):
        pass

    def picture() -> tuple[object, ...]:
        return (
            logic.vehicles(), logic.y_m, logic.wipers.angle, logic.ambulance_lamp, logic.steering_deg,
            logic.lights, logic.indicator_lit, logic.clock_s, logic.viewpoint(),
        )  # fmt: skip

    before = picture()
    for _ in range(50):
        clock.tick(0.0)
        assert picture() == before
    if place != "parked":
        for _ in clock.run(3.0):
            pass
        assert picture() != before


@pytest.mark.parametrize("place", MOVING)
def test_after_a_pause_the_world_runs_up_gently(place: str) -> None:
    logic = drive(2, place=place, speed=SPEEDS.get(place, 50.0), density=0.3)
    clock = Clock(logic)
    for _ in clock.run(30.0):
        pass
    clock.tick(0.0)
    way, seen = logic.y_m, [0.0]
    for _ in clock.run(8.0, 1 / 60):
        seen.append((logic.y_m - way) * 60.0)
        way = logic.y_m
    limit = EASE_M_S2 + 0.2
    assert limit < MANIFEST.motion.acceleration_m_s2
    for before, after in pairwise(seen):
        assert after - before <= limit / 60.0 + 1e-6
    assert seen[-1] > 2.0


def test_a_sound_that_was_cut_off_by_a_pause_does_not_begin_again() -> None:
    logic = drive(1, place="country", speed=50.0, event_strength=1.0)
    clock = Clock(logic)
    clock.tick(0.1)
    logic.fire("siren")
    clock.tick(0.1)
    assert any(cue.key == "siren-1" for cue in logic.sounds())
    clock.tick(0.0)
    for _ in clock.run(2.0):
        assert not any(cue.key.startswith("siren") for cue in logic.sounds())


# ------------------------------------------------------------------ the same each time


def story(seed: int) -> list[object]:
    logic = drive(seed, place="junction", speed=50.0, density=0.7, lorries=0.3, rain=0.5)
    clock, told = Clock(logic), []
    for k, _ in enumerate(clock.run(60.0)):
        if k in (100, 300, 350):
            logic.fire(("near_miss", "lorry_close", "horn")[k // 130])
        if k == 400:
            logic.apply({**MANIFEST.defaults(), "place": "tunnel", "speed": 80.0, "density": 0.5})
        told.append((dict(logic.state()), logic.vehicles()))
    return told


def test_the_same_seed_gives_the_same_drive_and_another_seed_another() -> None:
    assert story(5) == story(5)
    assert story(5) != story(6)


def test_beginning_again_leaves_nothing_of_the_drive_before() -> None:
    preset: dict[str, Value] = {**MANIFEST.defaults(), "place": "country", "speed": 60.0, "density": 0.5}
    fresh, used = RoadLogic(), RoadLogic()
    used.begin(Random(8), {**preset, "place": "junction", "rain": 1.0, "ambulance": "slow"})
    used.fire("near_miss")
    for _ in Clock(used).run(20.0):
        pass
    used.begin(Random(3), preset)
    fresh.begin(Random(3), preset)
    for _ in zip(Clock(used).run(10.0), Clock(fresh).run(10.0), strict=True):
        assert used.state() == fresh.state()
        assert used.vehicles() == fresh.vehicles()


# ------------------------------------------------------------------ triggers


@places
def test_nothing_is_ever_fired_by_the_scene_itself(place: str) -> None:
    logic = drive(
        1, place=place, speed=50.0, density=1.0, lorries=0.6, ambulance="steady", event_strength=1.0
    )
    for _ in Clock(logic).run(120.0):
        assert set(logic.triggers.counts.values()) == {0}
        assert not logic.triggers.shots
        assert logic.triggers.pulling_out is None
        assert not any(cue.key.partition("-")[0] in HEARD for cue in logic.sounds())


def test_the_manifest_names_the_triggers_that_the_scene_knows() -> None:
    assert set(TRIGGERS) == set(Triggers().counts)


@pytest.mark.parametrize("trigger", list(HEARD))
def test_a_sound_is_heard_once_for_its_time_from_one_place(trigger: str) -> None:
    logic = drive(1, place="country", speed=50.0, event_distance=80.0, event_strength=0.5)
    clock = Clock(logic)
    clock.tick(0.1)
    logic.fire(trigger)
    heard: list[tuple[float, str]] = []
    for t_s in clock.run(30.0):
        cues = [cue for cue in logic.sounds() if cue.key.startswith(trigger)]
        assert len(cues) <= 1
        for cue in cues:
            assert not cue.loop
            assert cue.position is not None
            assert hypot(cue.position[0], cue.position[1]) >= 80.0 - 1e-6
            heard.append((t_s, cue.key))
    assert {key for _, key in heard} == {f"{trigger}-1"}
    assert len(heard) == pytest.approx(HEARD[trigger][0] * 10, abs=2)
    assert heard[-1][0] - heard[0][0] == pytest.approx((len(heard) - 1) * 0.1), "in one piece"


def test_an_impact_is_heard_from_behind_and_nothing_of_it_is_seen() -> None:
    logic, same = (drive(6, place="junction", speed=40.0, density=0.5) for _ in range(2))
    one, other = Clock(logic), Clock(same)
    logic.fire("impact")
    assert logic.triggers.shots[0].position[1] < 0.0
    for _ in zip(one.run(10.0), other.run(10.0), strict=True):
        assert logic.vehicles() == same.vehicles()
        assert logic.speed_m_s == same.speed_m_s


@places
@pytest.mark.parametrize("density", [0.0, 0.5, 1.0])
def test_a_near_miss_comes_within_seconds_and_never_touches(place: str, density: float) -> None:
    logic = drive(
        12, place=place, speed=SPEEDS.get(place, 50.0), density=density, lorries=0.3 if density else 0.0
    )
    clock = Clock(logic)
    for _ in clock.run(30.0):
        pass
    logic.fire("near_miss")
    came: float | None = None
    nearest = 99.0
    for t_s in clock.run(50.0, 0.05):
        assert closest(logic) > 0.05
        out, swerving = logic.triggers.pulling_out, logic.triggers.swerving
        if (out is not None and out.standing) or (swerving is not None and abs(swerving.drift) > 0.2):
            came = came or t_s - 30.0
        if out is not None:
            item = next(
                item for item in logic.vehicles() if (item.kind, item.slot) == (out.body.kind, out.body.slot)
            )
            nearest = min(nearest, apart(OWN, outline(item)))
    assert logic.triggers.counts["near_miss"] == 1
    assert came is not None
    assert came < 40.0  # where the car waits at a red light, the drive ahead has to be reached first
    if place in ("residential", "country", "junction"):
        assert 0.3 < nearest < 1.0


def test_the_car_brakes_for_who_pulls_out_and_goes_on() -> None:
    logic = drive(1, place="residential", speed=50.0)
    clock = Clock(logic)
    for _ in clock.run(5.0):
        pass
    full = logic.speed_m_s
    logic.fire("near_miss")
    speeds = []
    for _ in clock.run(30.0):
        speeds.append(logic.speed_m_s)
    assert min(speeds) < 0.7 * full
    assert speeds[-1] == pytest.approx(full)
    assert logic.triggers.pulling_out is None or logic.triggers.pulling_out.y < logic.y_m


@places
@pytest.mark.parametrize("density", [0.0, 0.8])
def test_a_lorry_passes_close_once_it_is_asked_for(place: str, density: float) -> None:
    logic = drive(
        4, place=place, speed=SPEEDS.get(place, 50.0), density=density, lorries=0.2 if density else 0.0
    )
    clock = Clock(logic)
    for _ in clock.run(10.0):
        pass
    logic.fire("lorry_close")
    nearest = 99.0
    for _ in clock.run(70.0):
        assert closest(logic) > 0.05
        for item in logic.vehicles():
            across, along = half_size(item)
            if item.kind in ("lorry", "truck") and item.heading in (0.0, 180.0) and abs(item.y) < along:
                nearest = min(nearest, abs(item.x) - across - OWN_HALF_M)
    assert 0.15 < nearest < 0.75


# ------------------------------------------------------------------ the ambulance


@pytest.mark.parametrize("place", [name for name, stretch in PLACES.items() if stretch.ambulance])
def test_the_ambulance_stands_beside_the_road(place: str) -> None:
    logic = drive(1, place=place, speed=50.0, ambulance="steady", density=0.5)
    for _ in Clock(logic).run(60.0):
        (item,) = [item for item in logic.vehicles() if item.kind == "ambulance"]
        assert item.speed_m_s == 0.0
        assert item.x - half_size(item)[0] > 0.2 or place == "parked"
        assert closest(logic) > 0.05


@pytest.mark.parametrize("place", ["residential", "country", "junction"])
@pytest.mark.parametrize("seed", range(3))
def test_the_car_stops_before_the_ambulance_gently_and_stays(place: str, seed: int) -> None:
    logic = drive(seed, place=place, speed=90.0, ambulance="steady", density=0.4)
    clock = Clock(logic)
    for _ in clock.run(45.0):
        pass
    (item,) = [item for item in logic.vehicles() if item.kind == "ambulance"]
    assert logic.speed_m_s < 0.05
    assert 8.0 < item.y < 25.0
    assert logic.indicator == "both"
    place_now = logic.y_m
    for _ in clock.run(20.0):
        pass
    assert logic.y_m - place_now < 0.05


def test_its_lamps_are_steady_or_swell_more_slowly_than_once_a_second() -> None:
    steady, slow = (drive(1, place="junction", ambulance=mode) for mode in ("steady", "slow"))
    bright: list[float] = []
    for _ in zip(Clock(steady).run(60.0, 1 / 30), Clock(slow).run(60.0, 1 / 30), strict=True):
        assert steady.ambulance_lamp == 1.0
        bright.append(slow.ambulance_lamp)
    risen = sum(a < 0.5 <= b for a, b in pairwise(bright))
    assert 5 < risen / 60.0 * 60.0 < 60
    assert risen < 60
    assert max(abs(b - a) for a, b in pairwise(bright)) < 0.12, "it swells, it does not switch"
    assert drive(1, place="junction").ambulance_lamp == 0.0


# ------------------------------------------------------------------ seat, stimuli, vignette


def test_one_sits_left_as_driver_and_right_as_passenger_on_the_road_s_level() -> None:
    driver, passenger = (drive(1, role=role).viewpoint() for role in ("driver", "passenger"))
    assert (driver.x, passenger.x) == (-SEAT_X, SEAT_X)
    assert driver[2:] == passenger[2:] == (0.0, 0.0, 0.0, 0.0)


def test_the_viewpoint_is_never_turned_or_moved_by_the_ride() -> None:
    logic = drive(1, place="junction", speed=50.0, density=0.5)
    before = logic.viewpoint()
    for _ in Clock(logic).run(60.0):
        assert logic.viewpoint() == before


def test_the_readings_are_the_nearest_vehicle_the_junction_and_the_ambulance() -> None:
    logic = drive(3, place="junction", speed=50.0, density=0.8, ambulance="slow", role="driver")
    head = Pose(0.1, -0.05, 1.2)
    near = 0
    for _ in Clock(logic).run(60.0):
        readings = logic.stimuli(head)
        assert [reading.index for reading in readings] == list(range(len(MANIFEST.stimuli)))
        eye = (head.x - SEAT_X, head.y)
        for reading, kinds in ((readings[0], "cars"), (readings[2], "ambulance")):
            boxes = [
                outline(item)
                for item in logic.vehicles()
                if (item.kind == "ambulance") == (kinds == "ambulance")
            ]
            wanted = min(
                hypot(max(b[0] - eye[0], 0.0, eye[0] - b[2]), max(b[1] - eye[1], 0.0, eye[1] - b[3]))
                for b in boxes
            )
            assert reading.distance_m == pytest.approx(wanted)
            x, y, _ = reading.point
            assert wanted <= hypot(x - head.x, y - head.y) <= wanted + 0.4
        x, y, _ = readings[1].point
        posts = [(px - logic.stretch.own_x + SEAT_X, (logic.junction_y or 0.0) + py) for px, py in SIGNALS]
        assert min(hypot(x - px, y - py) for px, py in posts) < 1e-9
        near += readings[1].distance_m < 100.0
    assert near


def test_what_is_not_there_is_told_as_not_visible() -> None:
    for reading in drive(1, place="country").stimuli(SEATED):
        assert not reading.visible
        assert reading.distance_m == FAR_M


def test_the_vignette_comes_with_speed_and_is_none_where_the_car_stands() -> None:
    logic = drive(1, place="country", speed=0.0, vignette=0.8)
    clock = Clock(logic)
    clock.tick(0.1)
    assert logic.vignette() == 0.0
    logic.apply({**MANIFEST.defaults(), "place": "country", "speed": 80.0, "vignette": 0.8})
    course = [logic.vignette() for _ in clock.run(20.0)]
    assert course[-1] == pytest.approx(0.8)
    assert max(abs(b - a) for a, b in pairwise(course)) < 0.06
    assert drive(1, place="country", speed=80.0).vignette() == 0.0


def test_the_crossroads_come_back_with_each_period() -> None:
    logic = drive(1, place="junction", speed=50.0)
    met: set[int] = set()
    for _ in Clock(logic).run(150.0):
        ahead = logic.junction_y
        assert ahead is not None
        assert abs(ahead) <= PERIOD_M / 2 + 1.0
        which = (ahead + logic.y_m - JUNCTION_Y) / PERIOD_M
        assert which == pytest.approx(round(which))
        met.add(round(which))
    assert met >= {0, 1}


def test_at_every_place_the_speed_asked_for_is_reached_where_nothing_hinders() -> None:
    for place in MOVING:
        if place == "junction":
            continue
        logic = drive(1, place=place, speed=40.0)
        for _ in Clock(logic).run(20.0):
            pass
        assert logic.speed_m_s == pytest.approx(40.0 * KM_H)


def test_the_lights_are_drawn_where_the_logic_says_that_they_stand() -> None:
    from scenes.road.places import LOOKS

    drawn = {(x, y - JUNCTION_Y) for x, y, _ in LOOKS["junction"].signals}
    assert {(round(x, 3), round(y, 3)) for x, y in drawn} == set(SIGNALS)
