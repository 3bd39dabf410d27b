"""Ratings are asked for on time, one at a time, and never twice over."""

from __future__ import annotations

from vr_runtime.protocol.files.treatment import Question
from vr_runtime.protocol.words import Phase, Rated, Scale
from vr_runtime.session.asking import Schedule

DISTRESS = Question(what=Rated.DISTRESS, every_s=120.0, at=("step_entered",))
SICK = Question(what=Rated.SICKNESS, scale=Scale.FMS_20, every_s=300.0, phases=(Phase.EXPOSURE,))


def asked(schedule: Schedule) -> list[Rated]:
    found = []
    while (ask := schedule.take()) is not None:
        found.append(ask.what)
    return found


def test_each_question_comes_on_its_beat_of_the_phases_own_clock() -> None:
    schedule = Schedule([DISTRESS, SICK])
    times: list[tuple[float, Rated]] = []
    for second in range(620):
        schedule.move(Phase.EXPOSURE, float(second))
        times += [(second, what) for what in asked(schedule)]
    assert times == [
        (120, Rated.DISTRESS),
        (240, Rated.DISTRESS),
        (300, Rated.SICKNESS),
        (360, Rated.DISTRESS),
        (480, Rated.DISTRESS),
        (600, Rated.DISTRESS),
        (600, Rated.SICKNESS),
    ]


def test_a_clock_that_stands_still_asks_nothing() -> None:
    schedule = Schedule([DISTRESS])
    for _ in range(1000):
        schedule.move(Phase.EXPOSURE, 119.9)
    assert asked(schedule) == []


def test_a_question_belongs_to_its_phases() -> None:
    schedule = Schedule([SICK])
    schedule.move(Phase.BASELINE, 10_000.0)
    assert asked(schedule) == []


def test_after_a_long_gap_it_is_asked_once_and_the_beat_goes_on() -> None:
    schedule = Schedule([DISTRESS])
    schedule.move(Phase.EXPOSURE, 1000.0)
    assert asked(schedule) == [Rated.DISTRESS]
    schedule.move(Phase.EXPOSURE, 1079.0)
    assert asked(schedule) == []
    schedule.move(Phase.EXPOSURE, 1080.0)
    assert asked(schedule) == [Rated.DISTRESS]


def test_what_is_due_waits_its_turn_and_stands_in_line_once() -> None:
    schedule = Schedule([DISTRESS])
    schedule.moment("step_entered", Phase.EXPOSURE)
    schedule.move(Phase.EXPOSURE, 130.0)
    schedule.ask(Rated.URGE, Scale.PERCENT, 30.0)
    assert asked(schedule) == [Rated.DISTRESS, Rated.URGE]


def test_a_rating_given_unasked_is_not_asked_for_again_at_once() -> None:
    schedule = Schedule([DISTRESS])
    schedule.moment("step_entered", Phase.EXPOSURE)
    schedule.answered(Rated.DISTRESS)
    assert asked(schedule) == []


def test_after_a_stop_nothing_old_is_asked() -> None:
    schedule = Schedule([DISTRESS, SICK])
    schedule.move(Phase.EXPOSURE, 600.0)
    schedule.forget()
    assert asked(schedule) == []
