"""Reaches and their jerk, hands behind the body: told once each, alike at every frame rate and in the mirror."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.helpers.bodies import Body, Point, even, live, offline, played, uneven
from tests.helpers.walks import named, only

RATES = (45.0, 72.0, 90.0, 120.0)
THING_AT = (0.2, 0.7, 1.0)
HANGS = (0.2, 0.0, 1.0)


def smooth(t: float) -> float:
    """The least jerky way from 0 to 1 in a second (Flash and Hogan 1985, doi:10.1523/JNEUROSCI.05-07-01688.1985)."""
    t = min(1.0, max(0.0, t))
    return t**3 * (10.0 - 15.0 * t + 6.0 * t * t)


def reaches(
    takes_s: float = 1.0,
    tremble_m: float = 0.0,
    tremble_hz: float = 4.0,
    hand: str = "right",
    at_s: float = 2.0,
):  # type: ignore[no-untyped-def]
    """One hand goes to the thing, stays for a second and comes back."""

    def at(t: float) -> Body:
        share = smooth((t - at_s) / takes_s) - smooth((t - at_s - takes_s - 1.0) / 1.0)
        x, y, z = (a + share * (b - a) for a, b in zip(HANGS, THING_AT, strict=True))
        x += tremble_m * math.sin(2.0 * math.pi * tremble_hz * t) * smooth((t - at_s) / 0.3)
        point: Point = (x, y, z)
        side = {"right": point, "left": (-0.2, 0.1, 1.0)}
        if hand == "left":
            side = {"left": point, "right": (0.4, -0.1, 1.0)}
        return Body(stimulus=THING_AT, **side)  # type: ignore[arg-type]

    return at


def expected(takes_s: float) -> float:
    """RMS over the last half metre of the least jerky way, through the filter's stages."""
    fine = np.arange(0.0, takes_s + 2.0, 1e-4)
    y = np.array([0.7 * smooth(t / takes_s) for t in fine])
    states = [y.copy()]
    for _ in range(4):
        out = np.empty_like(y)
        s, gain = 0.0, 1e-4 / 0.04
        for i, value in enumerate(states[-1]):
            s += gain * (value - s)
            out[i] = s
        states.append(out)
    jerk = (states[1] - 3 * states[2] + 3 * states[3] - states[4]) / 0.04**3
    within = (states[4] >= 0.2) & (states[4] <= 0.68)
    return float(np.sqrt(np.mean(jerk[within] ** 2)))


@pytest.mark.parametrize("hz", RATES)
def test_the_least_jerky_reach_has_the_jerk_of_its_formula(hz: float) -> None:
    marker = only(live(played(reaches(), even(hz, 6.0))), "hand_jerk")
    assert marker.value == pytest.approx(expected(1.0), rel=0.02)
    assert marker.unit == "m/s3"
    assert marker.parameters["right"] == 1.0
    assert marker.parameters["way_m"] == pytest.approx(0.48, abs=0.005)
    assert marker.parameters["nearest_m"] == pytest.approx(0.0, abs=0.01)
    # 0.2 m of 0.7 m are gone after 0.377 s (filtered); the last two centimetres are left out
    assert marker.t_on_ns / 1e9 == pytest.approx(2.377, abs=0.01)
    assert marker.t_off_ns / 1e9 == pytest.approx(2.884, abs=0.01)


@settings(max_examples=30, deadline=None)
@given(
    hz=st.floats(45.0, 120.0),
    seed=st.integers(0, 999),
    takes=st.floats(0.6, 1.5),
    tremble=st.floats(0.0, 0.004),
)
def test_the_same_reach_has_the_same_jerk_at_any_rate_with_jitter_and_dropped_frames(
    hz: float, seed: int, takes: float, tremble: float
) -> None:
    way = reaches(takes, tremble)
    calm = only(live(played(way, even(200.0, 6.0))), "hand_jerk").value
    found = only(live(played(way, uneven(hz, 6.0, seed))), "hand_jerk").value
    assert found == pytest.approx(calm, rel=0.05)


def test_a_trembling_hand_is_jerkier_and_noise_alone_adds_what_is_written() -> None:
    calm, shaky, noisy = (
        only(live(played(reaches(tremble_m=tremble), even(90.0, 6.0), noise_m=noise)), "hand_jerk").value
        for tremble, noise in ((0.0, 0.0), (0.005, 0.0), (0.0, 0.001))
    )
    assert shaky > 1.3 * calm
    # docs/measures.md: a millimetre of noise adds 5.6 m/s3, in squares
    assert math.sqrt(max(0.0, noisy**2 - calm**2)) == pytest.approx(5.6, rel=0.35)


def test_each_reach_is_one_marker_of_its_hand() -> None:
    def twice(t: float) -> Body:
        first, second = reaches()(t), reaches(hand="left", at_s=8.0)(t)
        return first if t < 6.0 else second

    found = named(live(played(twice, even(90.0, 12.0))), "hand_jerk")
    assert [m.parameters["right"] for m in found] == [1.0, 0.0]


def test_hands_that_hang_and_are_carried_past_are_not_reaching() -> None:
    def walks(t: float) -> Body:
        y = -1.5 + 0.6 * t
        return Body(head=(0.0, y, 1.6), left=(-0.2, y, 0.9), right=(0.2, y, 0.9), stimulus=(0.3, 0.5, 1.0))

    assert not named(live(played(walks, even(90.0, 6.0))), "hand_jerk")


def test_a_hand_that_is_lost_on_the_way_is_told_as_far_as_it_was_seen() -> None:
    def lost(t: float) -> Body:
        body = reaches()(t)
        return body._replace(right=None) if 2.75 < t < 3.0 else body

    (marker,) = named(live(played(lost, even(90.0, 6.0))), "hand_jerk")
    assert marker.parameters["nearest_m"] > 0.05


def test_a_hand_that_begins_beside_the_thing_has_not_reached_for_it() -> None:
    def rests(t: float) -> Body:
        return Body(stimulus=THING_AT, right=(0.2, 0.7 - 0.3 * smooth(t - 1.0) + 0.3 * smooth(t - 3.0), 1.0))

    assert not named(live(played(rests, even(90.0, 6.0))), "hand_jerk")


# ------------------------------------------------------------------ hands behind the body


def behind(from_s: float, to_s: float, yaw: float = 0.0, depth: float = 0.4):  # type: ignore[no-untyped-def]
    """Both hands so far behind the plane through the head, seen from a stimulus in the direction ``yaw``."""

    def at(t: float) -> Body:
        u = (-math.sin(math.radians(yaw)), math.cos(math.radians(yaw)))
        back = depth if from_s <= t < to_s else -0.1
        left, right = ((-back * u[0] + s * u[1], -back * u[1] - s * u[0], 1.0) for s in (-0.2, 0.2))
        # the hands are gone there within half a frame: tracking of hands behind the back jumps as well
        return Body(left=left, right=right, stimulus=(2.0 * u[0], 2.0 * u[1], 1.0), yaw=30.0)

    return at


@settings(max_examples=30, deadline=None)
@given(
    hz=st.floats(45.0, 120.0), seed=st.integers(0, 999), yaw=st.floats(-180.0, 180.0), begin=st.floats(1.0, 3.0),
    lasts=st.floats(0.5, 3.0),
)  # fmt: skip
def test_hands_behind_the_body_are_found_in_any_direction(
    hz: float, seed: int, yaw: float, begin: float, lasts: float
) -> None:
    markers = live(played(behind(begin, begin + lasts, yaw), uneven(hz, 8.0, seed)))
    found = named(markers, "hands_withdrawn")
    if lasts > 1.0 + 6.0 / hz:
        assert [m.value for m in found] == [pytest.approx(lasts, abs=6.0 / hz)]
        assert only(markers, "hands_withdrawn_share").value == pytest.approx(found[0].value / 8.0, abs=0.03)
    elif lasts < 1.0 - 6.0 / hz:
        assert not found


def test_one_hand_behind_is_not_both_and_neither_is_a_hand_beside_the_body() -> None:
    one = played(lambda t: behind(0.0, 9.0)(t)._replace(right=(0.2, 0.3, 1.0)), even(90.0, 4.0))
    beside = played(behind(0.0, 9.0, depth=0.2), even(90.0, 4.0))
    unseen = played(lambda t: behind(0.0, 9.0)(t)._replace(right=None), even(90.0, 4.0))
    for walk in (one, beside, unseen):
        assert not named(live(walk), "hands_withdrawn")
    # what was not seen has no share: nobody knows where the hand was
    assert not named(live(unseen), "hands_withdrawn_share")
    assert only(live(one), "hands_withdrawn_share").value == 0.0


def test_a_hand_that_wavers_at_the_threshold_is_withdrawn_once() -> None:
    def wavers(t: float) -> Body:
        return behind(0.0, 9.0, depth=0.29 + 0.02 * math.sin(5.0 * t))(t)

    assert len(named(live(played(wavers, even(90.0, 8.0))), "hands_withdrawn")) == 1


def test_live_is_offline() -> None:
    def at(t: float) -> Body:
        body = reaches()(t) if t < 6.0 else behind(7.0, 9.5)(t)
        return body._replace(step=1 if t < 8.4 else 2)

    walk = played(at, uneven(90.0, 12.0, 4), noise_m=0.0005)
    made = live(walk)
    names = {m.marker for m in made}
    assert {"hand_jerk", "hands_withdrawn"} <= names
    assert [m.model_dump_json() for m in offline(walk)] == [m.model_dump_json() for m in made]
