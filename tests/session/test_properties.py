"""The promise of promise.py, held against any course of commands, stops, losses and frame times."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.session.promise import Witness
from tests.session.rig import PLAN, SCENES, Rig
from vr_runtime.protocol.commands import (
    AnyCommandBody,
    AskRating,
    End,
    FireTrigger,
    GoToStep,
    Note,
    Pause,
    Rating,
    Recentre,
    Release,
    Resume,
    SafePlace,
    SetCeiling,
    SetParameter,
    Start,
    Stop,
)
from vr_runtime.protocol.events import EventBody
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.words import Phase
from vr_runtime.session.frame import Decision, Inputs
from vr_runtime.session.session import Session

pytestmark = pytest.mark.slow


def _set(name: str, *values: float | str) -> list[AnyCommandBody]:
    return [SetParameter(name=name, value=value) for value in values]


def _cap(name: str, *values: float | str) -> list[AnyCommandBody]:
    return [SetCeiling(name=name, value=value) for value in values]


# Each list is drawn from as often as any other, so what happens most in a session is said most here too.
STEPS: list[AnyCommandBody] = [GoToStep(step=step, confirmed=True) for step in range(1, 8)]
VALUES: list[AnyCommandBody] = [
    *_set("wind", 0.0, 1.0, 3.0, 10.0),
    *_set("rail", 0.0, 0.6, 1.2),
    *_set("height", 0.0, 8.0, 60.0),
    *_set("floor", "stone", "mesh", "glass"),
    *_set("speed", 0.0, 2.0, 5.0),
    *_set("room", 0.5, 3.0),
    *_set("drop", 0.0, 50.0),
    *_set("hour", 6.0, 22.0),
    *_set("weather", "sun", "cloud"),
]
CEILINGS: list[AnyCommandBody] = [
    *(SetCeiling(step=step) for step in (1, 2, 3, 5, 7)),
    *_cap("wind", 0.5, 2.0, 10.0),
    *_cap("rail", 0.0, 0.9),
    *_cap("floor", "stone", "glass"),
    *_cap("speed", 0.5, 4.0),
]
HOLDS: list[AnyCommandBody] = [Pause(), SafePlace()]
WAYS_ON: list[AnyCommandBody] = [Resume(), Resume(), Release(), Start()]
RARE: list[AnyCommandBody] = [
    *(FireTrigger(trigger=name) for name in ("gust", "horn", "jolt")),
    *(GoToStep(step=step) for step in range(1, 8)),
    AskRating(wait_s=1.0),
    Rating(raw=50),
    Note(text="n"),
    Recentre(),
    Stop(),
    End(to=Phase.RECOVERY),
    End(to=Phase.DEBRIEF),
    End(),
]
commands: st.SearchStrategy[AnyCommandBody] = st.sampled_from(
    [STEPS, STEPS, VALUES, VALUES, HOLDS, WAYS_ON, WAYS_ON, CEILINGS, RARE]
).flatmap(st.sampled_from)

Action = tuple[str, Any]
SETTINGS: list[Action] = [
    *(
        ("set", (name, value))
        for name in ("tracking", "record_ok", "commits", "flash_guard")
        for value in (True, False)
    ),
    *(("set", (name, value)) for name in ("headset_on", "display_ok") for value in (True, False)),
    *(("set", ("silent", value)) for value in (True, True, False)),
    ("quiet", None),
    ("quiet", None),
]
WAITS: list[Action] = [
    ("wait", (1, 0.011)),
    ("wait", (1, 0.6)),
    ("wait", (3, 0.1)),
    ("wait", (5, 0.05)),
    ("wait", (7, 0.1)),
    ("wait", (16, 0.1)),
    ("wait", (45, 0.1)),
]
say = st.lists(commands, min_size=1, max_size=2).map(lambda bodies: [("say", bodies)])
wait = st.sampled_from(WAITS).map(lambda action: [action])
change = st.sampled_from(SETTINGS).map(lambda action: [action])
# What is hard on a session: something is under way, and something else comes before it has ended.
short = st.sampled_from(WAITS[:4]).map(lambda action: [action])
under_way = (
    st.sampled_from([STEPS, STEPS, VALUES, WAYS_ON])
    .flatmap(st.sampled_from)
    .map(lambda body: [("say", [body])])
)
crossed = st.tuples(under_way, short, st.one_of(say, say, change, change), short, st.one_of(say, wait)).map(
    lambda parts: [action for part in parts for action in part]
)
stopped = st.tuples(st.lists(commands, max_size=1), wait, st.booleans(), wait).map(
    lambda parts: [
        ("stop", parts[0]),
        *parts[1],
        *(
            [("quiet", None), ("say", [Release()]), ("wait", (1, 0.1)), ("say", [Resume()])]
            if parts[2]
            else []
        ),
        *parts[3],
    ]
)
answers = st.sampled_from([[("answer", 40.0)], [("answer", 120.0)]])
rarely = st.integers(0, 9).flatmap(lambda number: stopped if number == 0 else answers if number == 1 else say)
story: st.SearchStrategy[list[Action]] = st.lists(
    st.one_of(say, wait, change, crossed, crossed, rarely), min_size=6, max_size=25
).map(lambda parts: [action for part in parts for action in part])
openings: st.SearchStrategy[list[AnyCommandBody]] = st.sampled_from(
    [
        [],
        [Start()],
        [Start(), GoToStep(step=1)],
        *([Start(), GoToStep(step=step, confirmed=True)] for step in (3, 4, 5)),
    ]
)
all_limits = st.sampled_from(
    [
        SafetyLimits(),
        SafetyLimits(fade_s=0.3, blink_s=0.05, lower_ramp_s=1.0, trigger_gap_s=0.0, record_wait_s=0.3),
        SafetyLimits(tracking_hold_s=0.0, stop_calm_after_s=0.0, stop_fade_s=0.05, fade_s=2.0),
    ]
)


WELL = {"tracking": True, "headset_on": True, "display_ok": True, "record_ok": True, "flash_guard": False}


class Course:
    """Plays actions on a rig; what safety is told lasts until it is told otherwise."""

    def __init__(self, limits: SafetyLimits) -> None:
        self.rig = Rig(limits=limits)
        self.silent_since_ns: int | None = None
        self.inputs: list[Inputs] = []
        self.decisions: list[Decision] = []
        self.rig.watchers.append(self._keep)

    def _keep(self, inputs: Inputs, decision: Decision) -> None:
        self.inputs.append(inputs)
        self.decisions.append(decision)

    def begin(self, opening: list[AnyCommandBody]) -> None:
        for body in opening:
            self.rig.ok(body)
            self.rig.wait(4.5, dt_s=0.1)

    def play(self, action: Action) -> None:
        what, value = action
        rig = self.rig
        if what == "set":
            self._set(*value)
        elif what == "quiet":  # all is well again
            self.silent_since_ns, self.rig.commits = None, True
            self.rig.conditions |= dict(WELL)
        elif what == "wait":
            count, dt_s = value
            for _ in range(count):
                self._frame(dt_s=dt_s)
        elif what == "say":
            self._frame(*value)
        elif what == "stop":
            self._frame(*value, stops=1)
        elif what == "answer" and rig.last.prompt is not None:
            self._frame(answered=(rig.rate(rig.last.prompt.id, value),))

    def _set(self, name: str, value: bool) -> None:
        if name == "silent":
            self.silent_since_ns = self.rig.now_ns if value else None
        elif name == "commits":
            self.rig.commits = value
        else:
            self.rig.conditions[name] = value

    def _frame(self, *bodies: AnyCommandBody, dt_s: float = 0.02, **more: Any) -> None:
        rig, silent = self.rig, self.silent_since_ns
        now_ns = rig.now_ns + round(dt_s * 1e9)
        rig.frame(*bodies, dt_s=dt_s, link_age_s=0.0 if silent is None else (now_ns - silent) / 1e9, **more)


courses = settings(
    max_examples=int(os.environ.get("PALIER_COURSES", "400")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@courses
@given(limits=all_limits, opening=openings, tale=story)
def test_whatever_is_said_and_lost_nothing_gets_harder_by_itself_and_stop_wins(
    limits: SafetyLimits, opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Course(limits)
    witness = Witness(course.rig.session, PLAN, SCENES, limits)
    witness.last, witness.last_ceiling = course.rig.last, 7
    course.rig.watchers.append(witness.watch)
    course.begin(opening)
    for action in tale:
        course.play(action)
    event(f"ended in {course.rig.phase.value}")


@courses
@given(opening=openings, tale=story)
def test_without_commands_a_session_only_ever_goes_down(
    opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    """After any course, left alone for a minute: no step up, no exposure, nothing harder, whatever is lost."""
    course = Course(SafetyLimits())
    course.begin(opening)
    for action in tale[: len(tale) // 2]:
        course.play(action)
    course.rig.commits = False
    course.play(("wait", (12, 0.1)))  # what waited is refused by now
    before = course.rig.last
    for action in tale[len(tale) // 2 :]:
        if action[0] in ("wait", "set") and action != ("set", ("commits", True)):
            course.play(action)
            after = course.rig.last
            assert after.step <= before.step
            assert not (after.phase is Phase.EXPOSURE and before.phase is not Phase.EXPOSURE)
            assert after.scene.fire == ()
            before = after


@settings(courses, max_examples=60)
@given(limits=all_limits, opening=openings, tale=story)
def test_the_same_inputs_give_the_same_decisions_events_and_states(
    limits: SafetyLimits, opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Course(limits)
    course.begin(opening)
    for action in tale:
        course.play(action)
    again = Session(PLAN, SCENES, limits)
    again.update(Inputs(now_ns=0, frame=1, dt_s=0.02, link_age_s=0.0))
    for inputs, decision in zip(course.inputs, course.decisions, strict=True):
        repeated = again.update(inputs)
        assert repeated == decision
        assert list(repeated.state.items()) == list(decision.state.items())


@settings(courses, max_examples=60)
@given(opening=openings, tale=story)
def test_every_event_can_be_written_down_and_every_state_is_made_of_plain_values(
    opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Course(SafetyLimits())
    course.begin(opening)
    for action in tale:
        course.play(action)
    for body, cause in course.rig.events:
        assert isinstance(body, EventBody)
        assert body.ORIGIN == "derived"
        assert type(body).model_validate_json(body.model_dump_json()) == body
        assert cause is None or isinstance(cause, str)
    for decision in course.decisions:
        assert all(type(value) in (int, float, str) for value in decision.state.values())


@settings(courses, max_examples=60)
@given(opening=openings, tale=story)
def test_every_command_is_decided_once_within_the_time_that_a_raise_may_wait(
    opening: list[AnyCommandBody], tale: list[Action]
) -> None:
    course = Course(SafetyLimits())
    course.begin(opening)
    for action in tale:
        course.play(action)
    course.rig.wait(1.2)
    assert set(course.rig.answers) == set(course.rig.received)
    assert course.rig.session.waiting == frozenset()
