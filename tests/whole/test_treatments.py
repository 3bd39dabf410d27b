"""Whole treatments in six sessions, headless, with a scripted therapist and a virtual patient who remembers: one in
`make test`, all three in `make proof`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers.session import KEY, ROOT, act, bodies, script
from vr_runtime.assemble import Options, play_session
from vr_runtime.catalogue import find_scenes
from vr_runtime.patient.kinds import kind
from vr_runtime.patient.memory import Memory
from vr_runtime.protocol.course_events import (
    ForecastMade,
    ProposalMade,
    TrialClosed,
    WindowClosed,
)
from vr_runtime.protocol.events import (
    RatingGiven,
    RatingPrompted,
    StepEntered,
)
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.files.toml import read_plan
from vr_runtime.protocol.files.treatments import treatment_of
from vr_runtime.protocol.words import AgeBand, Rated
from vr_runtime.record import verify
from vr_runtime.record.past import past_ratings
from vr_runtime.replay import replay
from vr_runtime.session.brief import Brief

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SESSIONS = 6
PACKS = find_scenes()


class Course(NamedTuple):
    plan: str
    treatment: str
    extra: tuple[dict[str, object], ...] = ()
    """What this treatment does on its first step of a session."""


WINDOW = (act(1.0, "open_window", what="washing hands", mode="block", target_s=100.0),)
TRIAL = (
    act(1.0, "open_trial", feared="I will lose hold", belief=80.0, conditions="stand still for a minute"),
    act(70.0, "close_trial", conditions_met=True, occurred=False, belief=30.0, surprise=60.0),
)
COURSES = {
    "heights": Course("heights_plan", "graded_exposure", TRIAL),
    "road accident": Course("road_accident_plan", "prolonged_exposure_60"),
    "contamination": Course("contamination_plan", "response_prevention", WINDOW),
}


def therapist(first: int, last: int, extra: tuple[dict[str, object], ...]) -> Script:
    """A baseline, some steps of the ladder, then the way out."""
    acts = [act(1.0, "start"), act(60.0, "go_to_step", step=first, confirmed=True, expect="any")]
    acts += [dict(each, expect="any") for each in extra]
    acts.append(act(150.0, "ask_rating", expect="any"))
    for step in range(first + 1, last + 1):
        acts.append(act(20.0, "go_to_step", step=step, expect="any"))
        acts.append(act(150.0, "ask_rating", expect="any"))
    acts += [act(20.0, "end", to="recovery", expect="any"), act(60.0, "end", to="debrief", expect="any")]
    return script(*acts, act(5.0, "end"))


def treated(folder: Path, course: Course, sessions: int = SESSIONS) -> list[Path]:
    plan = read_plan(ROOT / "examples" / f"{course.plan}.toml")
    top = plan.ceiling_step or len(plan.steps)
    memory: Memory | None = None
    records: list[Path] = []
    for session in range(sessions):
        first = min(1 + session // 2, max(1, top - 2))
        result = play_session(
            Options(
                plan=plan,
                packs=PACKS,
                records=folder / str(session),
                key=KEY,
                heart="simulated",
                seed=11,
                rate_hz=5.0,
                speed="max",
                script=therapist(first, min(first + 2, top), course.extra),
                traits=kind("steady").traits,
                patient_type="steady",
                memory=memory,
                brief=Brief(
                    treatment=treatment_of(course.treatment).treatment,
                    age=AgeBand.FROM_26,
                    history=past_ratings([(record, KEY) for record in records]),
                ),
            )
        )
        memory = result.memory
        records.append(result.record)
    return records


@pytest.fixture(scope="module")
def courses(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[Path]]:
    """Each is played once, when it is first asked for."""
    return cache(lambda name: treated(tmp_path_factory.mktemp("treatment"), COURSES[name]))


@pytest.fixture(
    params=["heights", *(pytest.param(name, marks=pytest.mark.proof) for name in list(COURSES)[1:])]
)
def course(request: pytest.FixtureRequest, courses: Callable[[str], list[Path]]) -> tuple[Course, list[Path]]:
    return COURSES[request.param], courses(request.param)


def peaks(record: Path) -> dict[int, float]:
    """The highest rating of distress on each step."""
    found: dict[int, float] = {}
    for body in bodies(record, RatingGiven):
        assert isinstance(body, RatingGiven)
        if body.what is Rated.DISTRESS and body.step:
            found[body.step] = max(found.get(body.step, 0.0), body.value)
    return found


def test_what_is_met_again_in_a_later_session_frightens_less(course: tuple[Course, list[Path]]) -> None:
    _, records = course
    by_session = [peaks(record) for record in records]
    compared, fell = 0, 0
    for step in {step for session in by_session for step in session}:
        met = [session[step] for session in by_session if step in session]
        if len(met) > 1:
            compared += 1
            fell += met[-1] < met[0]
            assert met[-1] <= met[0]
    assert compared >= 3
    assert fell >= 2


def test_every_record_is_whole_and_replays_identically(course: tuple[Course, list[Path]]) -> None:
    for record in course[1]:
        assert verify(record, KEY).exit_status == 0
    assert replay(course[1][0], KEY, PACKS).identical
    assert replay(course[1][-1], KEY, PACKS).identical


def test_the_protocol_asks_and_the_forecast_learns_and_nothing_goes_up_by_itself(
    course: tuple[Course, list[Path]],
) -> None:
    chosen, records = course
    for record in records:
        assert len(bodies(record, RatingPrompted)) > 3  # more than the script asked for
        assert {body.because for body in bodies(record, StepEntered)} == {"go_to_step"}  # type: ignore[attr-defined]
        for made in bodies(record, ProposalMade):
            assert made.reasons  # type: ignore[attr-defined]
    first, last = (bodies(record, ForecastMade) for record in (records[0], records[-1]))
    assert first[0].based_on == 1  # type: ignore[attr-defined]
    assert last[0].based_on > 10  # type: ignore[attr-defined]
    wide, narrow = (made[0].high - made[0].low for made in (first, last))  # type: ignore[attr-defined]
    assert narrow < wide
    if chosen.extra is WINDOW:
        assert bodies(records[0], WindowClosed)
    if chosen.extra is TRIAL:
        assert [closed.change for closed in bodies(records[0], TrialClosed)] == [-50.0]  # type: ignore[attr-defined]


def test_the_same_seed_gives_the_same_treatment(tmp_path: Path, courses: Callable[[str], list[Path]]) -> None:
    again = treated(tmp_path, COURSES["heights"], 2)
    for mine, theirs in zip(courses("heights")[:2], again, strict=True):
        told = [
            [
                body.model_dump(exclude={"epoch", "wall_utc"})
                for body in bodies(record, RatingGiven, ForecastMade, StepEntered)
            ]
            for record in (mine, theirs)
        ]
        assert told[0] == told[1]
        assert len(told[0]) > 10
