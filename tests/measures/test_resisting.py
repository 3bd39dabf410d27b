"""Urges that were resisted: counted from what the session says of windows and compulsions."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from vr_runtime.measures.resisting import resisted
from vr_runtime.protocol.course_events import CompulsionSeen, WindowClosed, WindowOpened
from vr_runtime.protocol.event_body import EventBody
from vr_runtime.protocol.events import RatingGiven
from vr_runtime.protocol.words import PreventionMode, Rated, Reporter, Scale, WindowOutcome


def opened() -> WindowOpened:
    return WindowOpened(
        window="window-1", what="washing", mode=PreventionMode.DELAY, delay_s=60.0, target_s=600.0, step=1
    )


def closed() -> WindowClosed:
    return WindowClosed(
        window="window-1",
        outcome=WindowOutcome.RESISTED,
        lasted_s=60.0,
        compulsions=0,
        prevented=0,
        resisted_share=1.0,
    )


def urge(value: float = 60.0, what: Rated = Rated.URGE) -> RatingGiven:
    return RatingGiven(
        what=what, scale=Scale.SUDS_100, raw=value, value=value, reported_by=Reporter.PATIENT, step=1
    )


def compulsion(prevented: bool = False) -> CompulsionSeen:
    return CompulsionSeen(
        window="window-1", what="washed:soap", source="scene", latency_s=5.0, prevented=prevented
    )


def test_an_urge_without_a_compulsion_is_resisted_and_one_with_it_is_not() -> None:
    told = resisted([opened(), urge(), urge(), compulsion(), urge(), closed()])
    assert (told.urges, told.resisted, told.share) == (3, 2, 2 / 3)


def test_a_compulsion_that_was_prevented_is_no_giving_in_and_is_told_apart() -> None:
    told = resisted([opened(), urge(), compulsion(prevented=True), urge(), closed()])
    assert (told.urges, told.resisted, told.prevented) == (2, 2, 1)


def test_outside_a_window_nothing_is_resisted_and_without_an_urge_there_is_no_share() -> None:
    told = resisted([urge(), opened(), urge(0.0), urge(90.0, Rated.DISTRESS), closed(), urge()])
    assert (told.urges, told.outside, told.share) == (0, 2, None)


def test_a_compulsion_before_any_urge_was_rated_is_not_lost() -> None:
    told = resisted([opened(), compulsion(), urge(), closed()])
    assert (told.urges, told.resisted, told.missed) == (1, 1, 1)


EVENTS = st.lists(
    st.sampled_from([opened(), closed(), urge(), urge(0.0), compulsion(), compulsion(prevented=True)]),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(EVENTS)
def test_counts_add_up_whatever_the_order(events: list[EventBody]) -> None:
    told = resisted(events)
    rated = sum(isinstance(e, RatingGiven) and e.value > 0.0 for e in events)
    assert told.urges + told.outside == rated
    assert 0 <= told.prevented <= told.resisted <= told.urges
    given_in = sum(isinstance(e, CompulsionSeen) and not e.prevented for e in events)
    assert told.urges - told.resisted + told.missed <= given_in
