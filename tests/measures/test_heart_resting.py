"""The heart's baseline comes from the neutral room alone: neither from the set-up nor from a safe place in between."""

from __future__ import annotations

import pytest

from tests.helpers.hearts import beats_at, session
from tests.helpers.walks import Frame, as_record, only
from vr_runtime.measures import Observer, StepFrom, observe_record
from vr_runtime.measures.offline import RestFrom
from vr_runtime.protocol.events import Marker

S = 1_000_000_000
SETUP_S, SAFE_S, AGAIN_S, ON_S = 60.0, 150.0, 400.0, 450.0
"""The set-up ends; the safe place is entered, and left; the exposure begins."""


def rate(t: float) -> float:
    """110 in the set-up, 70 in the neutral room, 95 in the safe place, 100 in the exposure."""
    resting = SETUP_S <= t < SAFE_S or AGAIN_S <= t < ON_S
    return 70.0 if resting else 110.0 if t < SETUP_S else 95.0 if t < AGAIN_S else 100.0


def resting(frame: Frame) -> bool:
    t = frame.t_ns / 1e9
    return SETUP_S <= t < SAFE_S or AGAIN_S <= t < ON_S


def live(walk: list[Frame], *, told: bool = True) -> tuple[Marker, ...]:
    observer = Observer(["edge"])
    markers: list[Marker] = []
    for frame in walk:
        markers += observer.update(*frame, resting=resting(frame) if told else True)
    return (*markers, *observer.finish(walk[-1].t_ns))


def walk(seconds: float = 480.0) -> list[Frame]:
    return list(session(beats_at(rate, seconds), seconds, ON_S, 470.0, hz=10.0))


def test_neither_the_set_up_nor_a_safe_place_counts() -> None:
    base = only(live(walk()), "heart_baseline")
    # the two visits of 90 and 50 s, less the windows in which a slower beat of the time before ends
    assert base.value == pytest.approx(70.0, abs=1.0)
    assert base.parameters["windows"] == 14.0
    assert base.t_on_ns == SETUP_S * S
    assert base.t_off_ns == ON_S * S
    assert only(live(walk(), told=False), "heart_baseline").value > 80.0


def test_a_session_that_hurries_through_the_neutral_room_has_no_baseline() -> None:
    some = list(session(beats_at(rate, 130.0), 130.0, 100.0, 120.0, hz=10.0))
    assert not [m for m in live(some) if m.marker == "heart_baseline"]


def test_live_is_offline() -> None:
    some = walk()
    numbers = [i for i in range(2, len(some) + 1) if resting(some[i - 1]) != resting(some[i - 2])]
    rests = [RestFrom(0, False), *(RestFrom(i, resting(some[i - 1])) for i in numbers)]
    record = as_record(some)
    offline = observe_record(
        record["frame"], record["head"], record["hands"], record["stimulus"], record["heart"],
        stimuli=["edge"], steps=[StepFrom(next(i for i, f in enumerate(some, 1) if f.step == 1), 1)], rests=rests,
    )  # fmt: skip
    assert [m.model_dump_json() for m in offline] == [m.model_dump_json() for m in live(some)]
