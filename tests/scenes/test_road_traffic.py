"""Traffic of the road scene: nobody ever meets anybody, lights are obeyed, speeds and brakes stay within bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest

from scenes.road import following
from scenes.road.crossing import ALL_RED_S, AMBER_S, CROSS_GREEN_S, CYCLE_S, GREEN_S, lights
from scenes.road.route import BOX_M, KM_H, OWN_BACK_M, OWN_FRONT_M, PLACES, POOL, SIZES, STOP_M
from tests.helpers.road import MANIFEST, Clock, closest, drive

places = pytest.mark.parametrize("place", list(PLACES))
FAST = {"motorway": 130.0, "country": 90.0, "tunnel": 90.0}


@places
@pytest.mark.parametrize(
    ("density", "following_s", "lorries"), [(0.15, 1.0, 0.6), (0.5, 2.0, 0.3), (1.0, 1.0, 0.6)]
)
def test_in_five_minutes_nobody_touches_anybody_at_any_density(
    place: str, density: float, following_s: float, lorries: float
) -> None:
    logic = drive(
        7, place=place, speed=FAST.get(place, 50.0), density=density, following=following_s, lorries=lorries
    )
    clock, most = Clock(logic), 0
    for k, t_s in enumerate(clock.run(300.0)):
        most = max(most, len(logic.vehicles()))
        if k % 3 == 0:
            assert closest(logic) > 0.05, (place, t_s)
    assert most >= 3, "there was traffic"


@places
def test_when_the_therapist_turns_everything_back_and_forth_nobody_touches_anybody(place: str) -> None:
    logic = drive(3, place=place, speed=0.0, density=0.0)
    clock = Clock(logic)
    slews = {item.id: item.slew for item in MANIFEST.parameters if item.kind == "number"}
    values = {"speed": 0.0, "density": 0.0, "following": 4.0, "lorries": 0.0}
    aims = (
        {"speed": FAST.get(place, 50.0), "density": 1.0, "following": 1.0, "lorries": 0.6},
        {"speed": 10.0, "density": 1.0, "following": 4.0, "lorries": 0.0},
        {"speed": 130.0, "density": 0.3, "following": 1.0, "lorries": 0.6},
        {"speed": 0.0, "density": 1.0, "following": 4.0, "lorries": 0.3},
    )
    for aim in aims:
        for _ in range(400):
            for name, value in values.items():
                reach = (slews[name] or 0.0) * 0.1
                values[name] = value + min(max(aim[name] - value, -reach), reach)
            logic.apply({**MANIFEST.defaults(), "place": place, **values})
            clock.tick(0.1)
            assert closest(logic) > 0.05


@places
def test_the_car_is_never_faster_than_asked_nor_changes_its_speed_harder_than_the_manifest_says(
    place: str,
) -> None:
    logic = drive(2, place=place, speed=60.0, density=0.7, lorries=0.3, following=1.0)
    speeds = [logic.speed_m_s]
    for _ in Clock(logic).run(180.0, 1 / 30):
        speeds.append(logic.speed_m_s)
        assert logic.speed_m_s <= min(60.0, PLACES[place].limit_km_h) * KM_H + 1e-9
    for before, after in pairwise(speeds):
        assert -following.BRAKE_M_S2 - 1e-6 <= (after - before) * 30.0 <= following.PULL_M_S2 + 1e-6
    assert MANIFEST.motion.acceleration_m_s2 >= following.BRAKE_M_S2
    assert following.PULL_M_S2 <= 1.5
    top = MANIFEST.parameter("speed")
    assert top is not None
    assert top.kind == "number"
    assert top.max * KM_H <= MANIFEST.motion.speed_m_s


def test_the_parked_car_stands_and_traffic_passes_it() -> None:
    logic = drive(1, place="parked", speed=130.0, density=0.8)
    before = logic.y_m
    seen = set()
    for _ in Clock(logic).run(60.0):
        assert (logic.speed_m_s, logic.y_m) == (0.0, before)
        seen |= {(item.kind, item.slot) for item in logic.vehicles() if abs(item.y) < 5.0}
    assert len(seen) >= 2


def test_vehicles_keep_their_number_and_their_way_is_smooth() -> None:
    logic = drive(5, place="junction", speed=50.0, density=1.0, lorries=0.4)
    before: dict[tuple[str, int], float] = {}
    for _ in Clock(logic).run(90.0):
        now: dict[tuple[str, int], float] = {}
        for item in logic.vehicles():
            key = (item.kind, item.slot)
            assert item.slot < POOL[item.kind]
            assert key not in now, "two vehicles with one number"
            now[key] = item.way_m
            if key in before and before[key] <= item.way_m:  # the same one, or one that has just come
                assert item.way_m - before[key] <= 0.1 * 40.0
        before = now


# ------------------------------------------------------------------ the crossroads


def test_the_lights_go_round_green_amber_red_and_never_let_both_roads_go() -> None:
    shown = [lights(k * CYCLE_S / 4000) for k in range(4000)]
    for road in ("own", "cross"):
        turns = [a for a, b in pairwise([getattr(item, road) for item in shown] * 2) if a != b][:6]
        order = turns[turns.index("green") :][:3]
        assert order == ["green", "amber", "red"]
    assert all("red" in item for item in shown)
    both = sum(item == ("red", "red") for item in shown) * CYCLE_S / 4000
    assert both == pytest.approx(2 * ALL_RED_S, abs=0.05)
    assert GREEN_S + CROSS_GREEN_S + 2 * (AMBER_S + ALL_RED_S) == CYCLE_S


@pytest.mark.parametrize("seed", range(4))
def test_nobody_crosses_a_stop_line_on_red_and_the_car_gets_through_on_green(seed: int) -> None:
    logic = drive(seed, place="junction", speed=50.0, density=(0.0, 0.4, 0.8, 1.0)[seed], lorries=0.3)
    waits = passes = 0
    middle, nose = 0.0, OWN_FRONT_M
    own_before: float | None = None
    cross_before: dict[tuple[str, int], float] = {}
    for _ in Clock(logic).run(240.0):
        middle = logic.junction_y or 0.0
        lamps = logic.lights
        line = middle - STOP_M
        if own_before is not None and own_before > nose >= line:
            assert lamps.own != "red"
            passes += 1
        waits += lamps.own == "red" and 0.0 < line - nose < 60.0 and logic.speed_m_s < 0.3
        own_before = line
        now = {}
        for item in logic.vehicles():
            if (
                item.heading not in (90.0, -90.0)
                or abs(item.y - middle) > BOX_M
                or logic.triggers.pulling_out
            ):
                continue
            # how far its nose is beyond its stop line
            length, _ = SIZES[item.kind]
            along = (item.x + logic.stretch.own_x) * (1.0 if item.heading < 0.0 else -1.0)
            key = (item.kind, item.slot)
            now[key] = along + length / 2.0 + STOP_M
            if key in cross_before and cross_before[key] < 0.0 <= now[key]:
                assert lamps.cross != "red"
        cross_before = now
    assert passes >= 2
    assert waits > 10, "it waited at a red light"


def test_while_a_car_is_in_the_middle_nobody_comes_from_the_other_road() -> None:
    logic = drive(11, place="junction", speed=30.0, density=1.0, lorries=0.6)
    both = crossed = 0
    for _ in Clock(logic).run(300.0):
        middle = logic.junction_y or 0.0
        inside = [
            item
            for item in logic.vehicles()
            if abs(item.y - middle) < 3.5 and abs(item.x + logic.stretch.own_x) < 3.5
        ]
        across = [item for item in inside if abs(item.heading) == 90.0]
        along = [item for item in inside if abs(item.heading) != 90.0]
        own = middle + 3.5 > -OWN_BACK_M and middle - 3.5 < OWN_FRONT_M
        both += bool(across) and (bool(along) or own)
        crossed += bool(across)
    assert both == 0
    assert crossed > 10


# ------------------------------------------------------------------ following


@pytest.mark.parametrize("headway_s", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("speed", [5.0, 15.0, 36.0])
def test_who_keeps_to_the_safe_speed_stays_behind_a_leader_that_brakes_as_hard_as_any(
    speed: float, headway_s: float
) -> None:
    dt_s = 0.07
    gap = following.STANDING_M + headway_s * speed
    leader, own = speed, speed
    assert following.safe_speed(gap, speed, headway_s) == pytest.approx(speed)
    while own > 0.01 or leader > 0.0:
        leader = max(0.0, leader - following.BRAKE_M_S2 * dt_s)
        own = following.next_speed(own, following.safe_speed(gap, leader, headway_s), dt_s)
        gap += (leader - own) * dt_s
        assert gap > 0.3
