"""Gripping the rail, crouching, distances to an edge: events once each, shares of the right time, bounded memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import THING, Body, Happening, did, even, live, offline, played, uneven
from tests.helpers.walks import named, only
from vr_runtime.protocol.deeds import LET_GO, TOUCHED
from vr_runtime.protocol.events import PatientDid
from vr_runtime.protocol.files.manifest import Stimulus

Plan = list[tuple[float, PatientDid]]


def grip(on_s: float, off_s: float, hand: str = "right", thing: str = "rail") -> Plan:
    return [
        (on_s + 0.08, did(TOUCHED, thing, on_s, on_s + 0.08, hand)),
        (off_s + 0.25, did(LET_GO, thing, on_s, off_s, hand)),
    ]


def quiet(seconds: float = 20.0):  # type: ignore[no-untyped-def]
    return played(lambda t: Body(step=1 if t < 12.0 else 2, exposed=t >= 2.0), even(60.0, seconds))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0.2, 3.0), st.floats(0.6, 2.0)), min_size=1, max_size=3), st.booleans())
def test_grips_of_a_second_count_and_their_share_is_of_the_time_exposed(
    plan: list[tuple[float, float]], left: bool
) -> None:
    deeds: Plan = []
    spans, t = [], 2.5
    for lasts, pause in plan:
        if t + lasts > 11.0:
            break
        spans.append((t, t + lasts))
        deeds += grip(t, t + lasts, "left" if left else "right")
        t += lasts + pause
    markers = live(quiet(11.9), Happening(deeds))
    long = [b - a for a, b in spans if b - a >= 1.0]
    assert [m.value for m in named(markers, "rail_grip")] == [pytest.approx(s) for s in long]
    assert only(markers, "rail_grip_share").value == pytest.approx(sum(long) / 9.9, abs=0.01)


def test_two_hands_that_take_turns_hold_on_once() -> None:
    deeds = [*grip(3.0, 5.0), *grip(4.5, 6.5, "left"), *grip(6.2, 8.0)]
    (marker,) = named(live(quiet(), Happening(deeds)), "rail_grip")
    assert (marker.value, marker.stimulus, marker.source) == (pytest.approx(5.0), "rail", "hand")


def test_a_grip_over_the_end_of_a_step_has_its_share_in_both() -> None:
    markers = live(quiet(), Happening(grip(7.0, 16.0)))
    assert [(m.step, m.value) for m in named(markers, "rail_grip")] == [
        (1, pytest.approx(5.0, abs=0.02)), (2, pytest.approx(4.0, abs=0.02)),
    ]  # fmt: skip
    assert [m.value for m in named(markers, "rail_grip_share")] == [pytest.approx(0.5, abs=0.01)] * 2


def test_where_no_rail_is_touched_nothing_is_said_of_one() -> None:
    markers = live(quiet(), Happening(grip(3.0, 6.0, thing="tap")))
    assert not [m for m in markers if m.marker.startswith("rail")]


# ------------------------------------------------------------------ crouching


def low(share: float, from_s: float, to_s: float, eyes_m: float = 1.6):  # type: ignore[no-untyped-def]
    return lambda t: Body(head=(0.0, 0.0, eyes_m * (share if from_s <= t < to_s else 1.0)), exposed=t > 3.0)


@settings(max_examples=25, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), share=st.floats(0.5, 0.95), eyes=st.floats(1.0, 2.0),
    lasts=st.floats(0.7, 3.0),
)  # fmt: skip
def test_a_head_below_four_fifths_crouches_whoever_it_is(
    hz: float, seed: int, share: float, eyes: float, lasts: float
) -> None:
    markers = live(played(low(share, 7.0, 7.0 + lasts, eyes), uneven(hz, 12.0, seed)))
    found = named(markers, "crouch")
    if share < 0.79:
        assert [m.value for m in found] == [pytest.approx(lasts, abs=8.0 / hz)]
        assert found[0].parameters["baseline_m"] == pytest.approx(eyes, abs=1e-3)
        assert only(markers, "crouch_share").value == pytest.approx(
            found[0].value / 7.0, abs=0.02
        )  # since the baseline is known
    elif share > 0.81:
        assert not found


def test_a_head_that_bobs_at_the_threshold_crouches_once() -> None:
    def bobs(t: float) -> Body:
        share = 0.80 + 0.02 * np.sin(4.0 * t) if t > 7.0 else 1.0
        return Body(head=(0.0, 0.0, 1.6 * float(share)))

    assert len(named(live(played(bobs, even(90.0, 16.0))), "crouch")) == 1


def test_the_baseline_is_of_the_begin_and_a_floor_that_is_not_known_gives_none() -> None:
    stands_up = played(lambda t: Body(head=(0.0, 0.0, 1.2 if t < 8.0 else 1.6)), even(90.0, 14.0))
    assert only(live(stands_up), "crouch_share").parameters["baseline_m"] == pytest.approx(1.2, abs=1e-6)
    no_floor = played(lambda t: Body(head=(0.0, 0.0, 0.1)), even(90.0, 14.0))
    assert not named(live(no_floor), "crouch_share")


# ------------------------------------------------------------------ the edge


@settings(max_examples=25, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999),
    metres=st.lists(st.floats(-0.5, 4.0), min_size=3, max_size=6),
)  # fmt: skip
def test_the_distances_to_an_edge_are_those_of_the_whole_time(
    hz: float, seed: int, metres: list[float]
) -> None:
    seconds = 3.0 * (len(metres) - 1)

    def away(t: float) -> float:
        return float(np.interp(t, [3.0 * i for i in range(len(metres))], metres))

    walk = played(lambda t: Body(), uneven(hz, seconds, seed))
    walk = [f._replace(readings=(f.readings[0]._replace(distance_m=away(f.t_ns / 1e9)),)) for f in walk]
    markers = live(walk)
    fine = np.interp(np.arange(0.0, seconds, 0.001), [3.0 * i for i in range(len(metres))], metres)
    assert only(markers, "edge_distance_mean").value == pytest.approx(float(fine.mean()), abs=0.03)
    assert only(markers, "edge_distance_min").value == pytest.approx(float(fine.min()), abs=0.06)
    assert only(markers, "edge_distance_p10").value == pytest.approx(float(np.quantile(fine, 0.1)), abs=0.06)


def test_what_lies_beyond_the_histogram_is_said_and_other_stimuli_are_no_edges() -> None:
    far = played(lambda t: Body(stimulus=(0.0, 30.0, 0.0)), even(90.0, 4.0))
    marker = only(live(far), "edge_distance_p10")
    assert marker.parameters["beyond_s"] == marker.parameters["seconds"]
    plain = Stimulus(id="thing", name=THING.name, near_m=1.0, goal_m=0.3)
    assert not [m for m in live(far, stimuli=[plain]) if m.marker.startswith("edge")]


def test_what_is_not_tracked_has_no_distance_and_lowers_the_quality() -> None:
    def half(t: float) -> Body:
        lost = t >= 5.0
        return Body(head=(0.0, 1.9 if lost else 0.0, 1.6), tracking=not lost)

    marker = only(live(played(half, even(90.0, 10.0))), "edge_distance_min")
    assert marker.value == pytest.approx(2.0, abs=1e-5)
    assert marker.quality == pytest.approx(0.5, abs=0.01)


def test_live_is_offline() -> None:
    def at(t: float) -> Body:
        return low(0.7, 7.0, 12.5)(t)._replace(step=1 if t < 10.0 else 2)

    happens = Happening([*grip(4.0, 6.0), *grip(9.0, 11.5, "left")])
    walk = played(at, uneven(90.0, 14.0, 8), noise_m=0.001)
    made = live(walk, happens)
    assert {"rail_grip", "crouch", "edge_distance_p10"} <= {m.marker for m in made}
    assert [m.model_dump_json() for m in offline(walk, happens)] == [m.model_dump_json() for m in made]
