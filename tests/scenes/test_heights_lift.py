"""The glass lift: it rides when the height is changed, smoothly, never by itself, and what it may do is declared."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenes.heights.logic import HeightsLogic
from scenes.heights.places import PLACES
from scenes.heights.ride import ACCELERATION_M_S2, CREEP_M_S, FASTEST_M_S, Ride
from vr_runtime.catalogue import find_scenes
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.session.intensity import Tracks
from vr_runtime.stage.scene import Moment

MANIFEST = find_scenes()["heights"].manifest
HEAD = Pose(z=1.6)
FRAME_S = 1.0 / 90.0

heights = st.floats(0.0, 150.0)
frames = st.floats(1.0 / 144.0, 0.1)


class Lift:
    """The scene with its clock."""

    def __init__(self, **preset: Value) -> None:
        self.logic = HeightsLogic()
        self.preset = {**MANIFEST.defaults(), "place": "lift", "lift_speed": 1.0, **preset}
        self.logic.begin(Random(1), dict(self.preset))
        self.t_s = 0.0

    def shut(self) -> None:
        """Wait until the doors have closed."""
        while self.logic.doors > 0.0:
            self.pass_time(FRAME_S)

    def pass_time(self, dt_s: float) -> float:
        """One frame; the height of the eyes' space after it."""
        self.t_s += dt_s
        self.logic.update(Moment(self.t_s, dt_s, HEAD, Hands()))
        return self.logic.viewpoint().z

    def ask(self, **values: Value) -> None:
        self.preset.update(values)
        self.logic.apply(dict(self.preset))


@given(
    start=heights,
    targets=st.lists(
        st.tuples(heights, st.integers(1, 400), st.floats(0.0, FASTEST_M_S)), min_size=1, max_size=6
    ),
    dt_s=frames,
)
def test_a_ride_is_never_faster_than_asked_and_never_jerks(
    start: float, targets: list[tuple[float, int, float]], dt_s: float
) -> None:
    ride, speed, fastest = Ride(start), 0.0, CREEP_M_S
    for wanted, count, asked in targets:
        fastest = max(fastest, asked)
        for _ in range(count):
            before = ride.height
            ride.follow(wanted, asked, dt_s)
            moved = (ride.height - before) / dt_s
            assert abs(moved) <= fastest + 1e-6
            assert abs(ride.speed - speed) <= ACCELERATION_M_S2 * dt_s + 1e-6
            speed = ride.speed
            assert -1.0 < ride.height < 151.0


@given(start=heights, wanted=heights, asked=st.floats(0.5, FASTEST_M_S), dt_s=frames)
def test_a_ride_arrives_without_passing_its_goal_and_stays_there(
    start: float, wanted: float, asked: float, dt_s: float
) -> None:
    ride = Ride(start)
    low, high = min(start, wanted) - 0.01, max(start, wanted) + 0.01
    left = abs(wanted - start) / asked + 4.0 * asked + 10.0
    while left > 0.0:
        ride.follow(wanted, asked, dt_s)
        assert low <= ride.height <= high
        left -= dt_s
    assert (ride.height, ride.speed) == (wanted, 0.0)


@given(preset=st.fixed_dictionaries({"height": heights, "wind": st.floats(0, 1)}), gust=st.booleans())
def test_the_lift_never_moves_by_itself(preset: dict[str, Value], gust: bool) -> None:
    lift = Lift(**preset)
    if gust:
        lift.logic.fire("gust")
    for _ in range(200):
        assert lift.pass_time(0.05) == preset["height"]
    assert lift.logic.rides == 0


def test_the_session_s_height_is_followed_up_and_down_through_the_scene() -> None:
    lift = Lift(height=40.0)
    lift.shut()
    seen = [40.0]
    asked = 40.0
    for target in (52.0, 45.0):
        while asked != target:
            asked += min(FRAME_S, abs(target - asked)) * (1.0 if target > asked else -1.0)
            lift.ask(height=asked)
            seen.append(lift.pass_time(FRAME_S))
        for _ in range(round(8.0 / FRAME_S)):
            seen.append(lift.pass_time(FRAME_S))
        assert seen[-1] == pytest.approx(target)
    speeds = [(b - a) / FRAME_S for a, b in zip(seen[:-1], seen[1:], strict=True)]
    assert max(speeds) == pytest.approx(1.0, abs=0.05)
    assert min(speeds) == pytest.approx(-1.0, abs=0.05)
    jerks = [abs(b - a) / FRAME_S for a, b in zip(speeds[:-1], speeds[1:], strict=True)]
    # two frames of different ticks may meet: a hair over is no jerk
    assert max(jerks) <= 1.05 * ACCELERATION_M_S2 <= MANIFEST.motion.acceleration_m_s2
    assert lift.logic.rides == 2
    assert lift.logic.arrivals == 2


@pytest.mark.parametrize("place", [name for name in PLACES if name not in ("lift", "street")])
def test_elsewhere_a_height_is_there_at_once(place: str) -> None:
    lift = Lift(place=place, height=10.0)
    lift.ask(height=30.0)
    assert lift.pass_time(FRAME_S) == 30.0


def test_who_enters_the_lift_stands_at_the_height_where_they_were() -> None:
    lift = Lift(place="beam", height=40.0)
    lift.ask(place="lift")
    assert lift.pass_time(FRAME_S) == 40.0
    lift.ask(height=40.3)
    assert 40.0 <= lift.pass_time(FRAME_S) < 40.01


def test_the_lift_s_doors_close_behind_whoever_enters_and_it_waits_for_them() -> None:
    lift = Lift(place="beam", height=40.0)
    for _ in range(300):
        lift.pass_time(FRAME_S)
    lift.ask(place="lift")
    asked, before = 40.0, 1.0
    while lift.logic.doors > 0.0:
        asked += FRAME_S
        lift.ask(height=asked)
        height = lift.pass_time(FRAME_S)
        assert height == 40.0 or lift.logic.doors == 0.0
        assert 0.0 <= lift.logic.doors <= before <= 1.0
        before = lift.logic.doors
    assert 1.0 < lift.t_s - 300 * FRAME_S < 4.0
    for _ in range(90):
        lift.pass_time(FRAME_S)
        assert lift.logic.doors == 0.0
    assert lift.logic.viewpoint().z > 40.1


def test_a_height_that_was_changed_behind_a_blink_is_there_at_once_in_the_lift_too() -> None:
    lift = Lift(height=60.0)
    lift.ask(height=20.0)
    assert lift.logic.viewpoint().z == 20.0
    assert lift.logic.ride.speed == 0.0


def test_a_frozen_scene_holds_the_lift_and_it_starts_again_from_rest() -> None:
    lift = Lift(height=10.0)
    lift.shut()
    asked = 10.0
    for _ in range(360):
        asked += FRAME_S
        lift.ask(height=asked)
        lift.pass_time(FRAME_S)
    assert lift.logic.ride.speed > 0.8
    held = lift.logic.viewpoint().z
    for _ in range(50):
        assert lift.pass_time(0.0) == held
    after = lift.pass_time(FRAME_S)
    assert 0.0 <= after - held <= ACCELERATION_M_S2 * FRAME_S**2 + 1e-9


# ------------------------------------------------------------------ what the session makes of it


def tracks(**values: Value) -> Tracks:
    return Tracks(MANIFEST, {**MANIFEST.defaults(), **values})


def test_into_the_lift_the_height_waits_for_the_blink_and_then_rides() -> None:
    found = tracks(place="beam", height=40.0)
    for name, value in (("place", "lift"), ("height", 60.0), ("lift_speed", 1.0)):
        found.aim(name, value)
    for _ in range(90):
        found.move(FRAME_S, False)
        assert found.tracks["height"].value == 40.0
        assert found.wants_blink(False)
    found.turn(False)
    assert found.tracks["place"].value == "lift"
    assert found.tracks["height"].value == 40.0
    before = 40.0
    for _ in range(90 * 25):
        found.move(FRAME_S, False)
        assert not found.wants_blink(False)
        now = float(found.tracks["height"].value)
        assert 0.0 <= now - before <= 1.0 * FRAME_S + 1e-9
        before = now
    assert found.values()["height"] == 60.0
    assert found.settled


def test_out_of_the_lift_and_at_a_speed_of_nothing_the_height_blinks() -> None:
    for change in ({"place": "beam"}, {"lift_speed": 0.0}):
        found = tracks(place="lift", height=60.0, lift_speed=1.0)
        for name, value in {**change, "height": 40.0}.items():
            found.aim(name, value)
        for _ in range(90):
            found.move(FRAME_S, False)
        assert found.tracks["height"].value == 60.0
        assert found.wants_blink(False)
        found.turn(False)
        assert found.tracks["height"].value == 40.0


def test_what_is_on_its_way_up_stays_where_it_is_when_it_is_called_off() -> None:
    found = tracks(place="lift", height=20.0, lift_speed=1.0)
    found.aim("height", 60.0)
    for _ in range(180):
        found.move(FRAME_S, False)
    found.call_off()
    reached = found.tracks["height"].value
    assert reached == pytest.approx(22.0)
    for _ in range(180):
        found.move(FRAME_S, False)
    assert found.tracks["height"].value == reached


def test_in_a_pause_the_lift_does_not_ride_and_a_lower_height_blinks() -> None:
    found = tracks(place="lift", height=50.0, lift_speed=1.0)
    found.aim("height", 60.0)
    for _ in range(90):
        found.move(FRAME_S, True)
        assert not found.wants_blink(True)
    assert found.tracks["height"].value == 50.0
    found.aim("height", 10.0, while_frozen=True)
    found.move(FRAME_S, True)
    assert found.tracks["height"].value == 50.0
    assert found.wants_blink(True)
    found.turn(True)
    assert found.tracks["height"].value == 10.0
