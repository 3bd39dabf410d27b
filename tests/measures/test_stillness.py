"""Keeping still: found at every frame rate and through noise; freezing is never said without a heart that slows."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import Body, beats, even, live, offline, played, uneven
from tests.helpers.walks import named, only
from vr_runtime.protocol.events import Marker

RATES = (45.0, 72.0, 90.0, 120.0)
LAG_S = 0.6
"""Speeds are known 0.3 s late; a stop from walking takes as long again to show."""


def stops(from_s: float, to_s: float, speed: float = 0.4) -> Callable[[float], Body]:
    """Walks to and fro but for a while."""

    def at(t: float) -> Body:
        gone = min(t, from_s) + max(0.0, t - to_s)
        y = 0.5 * math.sin(speed / 0.5 * gone)
        return Body(head=(0.0, y, 1.6), left=(-0.2, y, 1.0), right=(0.2, y, 1.0))

    return at


def still(markers: tuple[Marker, ...]) -> Marker:
    return only(markers, "still")


@settings(max_examples=25, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), begin=st.floats(2.5, 4.5), lasts=st.floats(4.5, 7.0),
    speed=st.floats(0.3, 1.0),
)  # fmt: skip
def test_a_halt_is_found_with_its_length_whatever_the_frames(
    hz: float, seed: int, begin: float, lasts: float, speed: float
) -> None:
    walk = played(stops(begin, begin + lasts, speed), uneven(hz, begin + lasts + 2.0, seed))
    found = named(live(walk), "still")
    # a turn of the walk may fall to the begin or the end of the halt: then it seems a little longer
    assert [m.value for m in found] == [pytest.approx(lasts - 0.4, abs=0.9)]
    assert found[0].t_on_ns / 1e9 == pytest.approx(begin + 0.5, abs=0.9)


@pytest.mark.parametrize("noise_m", [0.0, 0.0003, 0.001])
@pytest.mark.parametrize("hz", RATES)
def test_a_millimetre_of_noise_does_not_hide_a_halt_nor_make_one(hz: float, noise_m: float) -> None:
    halted = live(played(lambda t: Body(), even(hz, 20.0), noise_m=noise_m))
    assert still(halted).value == pytest.approx(20.0 - 0.6, abs=0.1)
    assert only(halted, "immobility").value == pytest.approx(19.4 / 20.0, abs=0.02)
    walking = live(played(stops(99.0, 99.0), even(hz, 12.0), noise_m=noise_m))
    assert not named(walking, "still")


def test_the_same_motion_gives_the_same_stillness_at_every_rate() -> None:
    found = [still(live(played(stops(3.0, 8.0), even(hz, 10.0)))) for hz in RATES]
    for marker in found[1:]:
        assert marker.value == pytest.approx(found[0].value, abs=0.05)
        assert marker.t_on_ns / 1e9 == pytest.approx(found[0].t_on_ns / 1e9, abs=0.05)


@pytest.mark.parametrize(
    ("what", "moves"),
    [
        ("head", lambda t: Body(head=(0.0, 0.03 * t, 1.6))),
        ("turn", lambda t: Body(yaw=8.0 * t)),
        ("nod", lambda t: Body(pitch=-8.0 * t)),
        ("left", lambda t: Body(left=(-0.2, 0.08 * t, 1.0))),
        ("right", lambda t: Body(right=(0.2, 0.1, 1.0 + 0.08 * t))),
    ],
)
def test_whatever_moves_breaks_it_and_half_as_fast_does_not(
    what: str, moves: Callable[[float], Body]
) -> None:
    assert not named(live(played(moves, even(90.0, 6.0))), "still"), what
    half = live(played(lambda t: moves(t / 2.2), even(90.0, 6.0)))
    assert still(half).value > 5.0, what


def test_a_tremble_at_the_threshold_does_not_cut_a_stillness_to_pieces() -> None:
    def at(t: float) -> Body:
        # swings between 0.013 and 0.025 m/s: above the threshold, below its release
        return Body(head=(0.0, 0.015 * t + 0.003 * math.sin(2.0 * t), 1.6))

    assert len(named(live(played(at, even(90.0, 20.0))), "still")) == 1


def test_hands_that_are_not_tracked_lower_the_quality_and_a_head_that_is_not_ends_it() -> None:
    none = live(played(lambda t: Body(left=None, right=None), even(90.0, 6.0)))
    one = live(played(lambda t: Body(left=None), even(90.0, 6.0)))
    both = live(played(lambda t: Body(), even(90.0, 6.0)))
    assert [round(still(m).quality, 2) for m in (none, one, both)] == [0.33, 0.67, 1.0]
    lost = live(played(lambda t: Body(tracking=not 5.0 <= t < 5.2), even(90.0, 10.0)))
    assert len(named(lost, "still")) == 2
    assert only(lost, "immobility").quality == pytest.approx(0.98, abs=0.01)


# ------------------------------------------------------------------ the heart


def falls(by: float, at_s: float = 10.5) -> list:  # type: ignore[type-arg]
    return beats(lambda t: 80.0 - (by if t >= at_s else 0.0), 40.0)


def frozen(by: float, late_s: float = 0.3, seconds: float = 20.0) -> tuple[Marker, ...]:
    heart = [b._replace(arrival_ns=b.t_ns + round(late_s * 1e9)) for b in falls(by)]
    return live(played(stops(10.0, 18.0), even(90.0, seconds), heart))


def test_without_a_heart_it_is_still_and_never_freezing() -> None:
    marker = still(live(played(stops(10.0, 18.0), even(90.0, 20.0))))
    assert marker.parameters["heart_known"] == 0.0
    assert "bpm_before" not in marker.parameters


@settings(max_examples=12, deadline=None)
@given(by=st.floats(-10.0, 20.0))
def test_it_is_freeze_like_where_the_heart_falls_enough_and_still_where_it_does_not(by: float) -> None:
    markers = frozen(by)
    found = (*named(markers, "still"), *named(markers, "freeze_like"))
    assert len(found) == 1
    parameters = found[0].parameters
    assert parameters["bpm_before"] == pytest.approx(80.0, abs=0.6)
    assert parameters["bpm_during"] == pytest.approx(80.0 - by, abs=2.5)
    if abs(by - 3.0) > 1.0:
        assert found[0].marker == ("freeze_like" if by > 3.0 else "still")


def test_beats_that_come_late_are_waited_for_and_no_longer_than_is_said() -> None:
    assert named(frozen(12.0, late_s=2.0), "freeze_like")
    # of a heart that is heard of only after minutes, nothing is known at the time
    marker = still(frozen(12.0, late_s=20.0, seconds=45.0))
    assert marker.parameters["heart_known"] == 0.0


def test_a_stillness_of_minutes_keeps_the_rate_of_its_begin() -> None:
    heart = beats(lambda t: 150.0 - (20.0 if t >= 10.5 else 0.0), 240.0)
    walk = played(stops(10.0, 160.0), even(45.0, 164.0), heart)
    assert only(live(walk), "freeze_like").value == pytest.approx(149.7, abs=0.7)


def test_a_stillness_at_the_end_of_a_step_belongs_to_that_step() -> None:
    def at(t: float) -> Body:
        return stops(3.0, 30.0)(t)._replace(step=1 if t < 10.0 else 2)

    for beat_list in ((), beats(lambda t: 75.0, 30.0, 1.5)):
        markers = live(played(at, even(90.0, 20.0), beat_list))
        assert [(m.step, round(m.value)) for m in named(markers, "still")] == [(1, 6), (2, 10)]


def test_live_is_offline() -> None:
    def at(t: float) -> Body:
        return stops(8.0, 14.0)(t)._replace(step=1 if t < 12.5 else 2)

    walk = played(at, uneven(90.0, 20.0, 5), falls(9.0, 8.5), noise_m=0.0005)
    made = live(walk)
    assert {"still", "freeze_like"} & {m.marker for m in made}
    assert [m.model_dump_json() for m in offline(walk)] == [m.model_dump_json() for m in made]
