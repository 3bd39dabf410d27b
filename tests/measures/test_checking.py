"""Checking: episodes of looking at a device or handling it, after the first; told apart, counted, timed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import THING, Body, Happening, did, even, live, offline, played, uneven
from tests.helpers.walks import named, only
from vr_runtime.protocol.deeds import LET_GO, TOUCHED
from vr_runtime.protocol.files.manifest import Stimulus

NEAR = 1.0


def looks(spans: list[tuple[float, float]], away: float = NEAR, far: list[tuple[float, float]] = ()):  # type: ignore[no-untyped-def,assignment]
    """Turns the head to the device in these spans, a metre away from it; else looks aside."""

    def at(t: float) -> Body:
        facing = any(a <= t < b for a, b in spans)
        y = -3.0 if any(a <= t < b for a, b in far) else 0.0
        return Body(head=(0.0, y, 1.0), yaw=0.0 if facing else 70.0, stimulus=(0.0, away, 1.0))

    return at


def sums(markers) -> dict[str, float]:  # type: ignore[no-untyped-def,type-arg]
    names = ("check_count", "check_time", "check_returns")
    return {name: only(markers, name).value for name in names}


@settings(max_examples=25, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999),
    plan=st.lists(st.tuples(st.floats(0.65, 2.5), st.floats(2.3, 4.0)), min_size=1, max_size=4),
)  # fmt: skip
def test_all_episodes_but_the_first_are_checks(hz: float, seed: int, plan: list[tuple[float, float]]) -> None:
    spans, t = [], 1.0
    for lasts, pause in plan:
        spans.append((t, t + lasts))
        t += lasts + pause
    markers = live(played(looks(spans), uneven(hz, t + 1.0, seed)))
    found = named(markers, "check")
    assert [m.value for m in found] == [pytest.approx(b - a, abs=4.0 / hz) for a, b in spans[1:]]
    assert sums(markers)["check_count"] == len(spans) - 1
    assert sums(markers)["check_time"] == pytest.approx(sum(b - a for a, b in spans[1:]), abs=0.3)
    pauses = [pause for _, pause in plan[:-1]]
    for marker, pause in zip(found, pauses, strict=True):
        assert marker.parameters["since_s"] == pytest.approx(pause, abs=4.0 / hz)
    if pauses:
        interval = only(markers, "inter_check_interval")
        assert interval.value == pytest.approx(sum(pauses) / len(pauses), abs=4.0 / hz)
        assert interval.parameters["least_s"] == pytest.approx(min(pauses), abs=4.0 / hz)
    else:
        assert not named(markers, "inter_check_interval")


def test_looks_that_come_within_two_seconds_are_one_and_short_ones_are_none() -> None:
    markers = live(played(looks([(1.0, 2.0), (5.0, 6.0), (7.5, 8.5), (12.0, 12.4)]), even(90.0, 16.0)))
    assert [m.value for m in named(markers, "check")] == [pytest.approx(3.5, abs=0.03)]


def test_from_afar_nothing_is_checked() -> None:
    markers = live(played(looks([(1.0, 3.0), (6.0, 9.0)], away=1.8), even(90.0, 12.0)))
    assert sums(markers) == {"check_count": 0.0, "check_time": 0.0, "check_returns": 0.0}


def test_coming_back_from_afar_is_a_return_and_turning_round_is_none() -> None:
    spans = [(1.0, 3.0), (8.0, 9.0), (14.0, 15.0)]
    markers = live(played(looks(spans, far=[(4.0, 7.0)]), even(90.0, 18.0)))
    assert [m.parameters["returned"] for m in named(markers, "check")] == [1.0, 0.0]
    assert sums(markers)["check_returns"] == 1.0


def test_a_hand_on_it_is_a_check_and_so_is_what_is_turned() -> None:
    deeds = [
        (1.1, did(TOUCHED, "thing", 1.0, 1.1)), (2.3, did(LET_GO, "thing", 1.0, 2.0)),
        (6.0, did("turned", "thing", 6.0, 6.0)),
        (10.1, did(TOUCHED, "thing", 10.0, 10.1)), (14.3, did(LET_GO, "thing", 10.0, 14.0)),
        (16.0, did("turned", "another", 16.0, 16.0)),
    ]  # fmt: skip
    markers = live(played(looks([]), even(90.0, 20.0)), Happening(deeds))
    found = named(markers, "check")
    assert [(m.t_on_ns / 1e9, m.value, m.parameters["touched"]) for m in found] == [
        (6.0, 0.0, 1.0), (10.0, pytest.approx(4.0, abs=0.01), 1.0),
    ]  # fmt: skip


def test_what_the_manifest_does_not_call_checkable_is_not_checked() -> None:
    plain = Stimulus(id="thing", name=THING.name, near_m=1.0, goal_m=0.3)
    walk = played(looks([(1.0, 2.0), (5.0, 6.0)]), even(90.0, 9.0))
    assert not [m for m in live(walk, stimuli=[plain]) if "check" in m.marker]
    assert not [m for m in live(walk, stimuli=["thing"]) if "check" in m.marker]


def test_each_step_has_a_first_check_of_its_own() -> None:
    def at(t: float) -> Body:
        return looks([(1.0, 2.0), (5.0, 6.0), (11.0, 12.0), (15.0, 16.0)])(t)._replace(
            step=1 if t < 9.0 else 2
        )

    markers = live(played(at, even(90.0, 20.0)))
    assert [(m.step, m.value) for m in named(markers, "check_count")] == [(1, 1.0), (2, 1.0)]


def test_a_look_through_a_hole_in_the_tracking_is_two_looks_of_one_episode() -> None:
    def at(t: float) -> Body:
        return looks([(1.0, 2.0), (5.0, 8.0)])(t)._replace(tracking=not 6.0 <= t < 6.5)

    markers = live(played(at, even(90.0, 12.0)))
    assert [m.value for m in named(markers, "check")] == [pytest.approx(3.0, abs=0.05)]
    assert only(markers, "check_count").quality == pytest.approx(11.5 / 12.0, abs=0.01)


def test_live_is_offline() -> None:
    happens = Happening([(6.1, did(TOUCHED, "thing", 6.0, 6.1)), (8.3, did(LET_GO, "thing", 6.0, 8.0))])
    walk = played(looks([(1.0, 2.0), (12.0, 14.0)], far=[(9.0, 10.0)]), uneven(90.0, 18.0, 2))
    made = live(walk, happens)
    assert len(named(made, "check")) == 2
    assert [m.model_dump_json() for m in offline(walk, happens)] == [m.model_dump_json() for m in made]
