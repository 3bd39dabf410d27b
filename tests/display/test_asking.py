"""The rating panel's logic: when it is there, where, what its marker does, what is answered. Time is passed in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vr_runtime.display.asking import BESIDE, DEAD_S, FADE_S, Asking
from vr_runtime.display.port import Gesture
from vr_runtime.display.tracked import heading
from vr_runtime.protocol.answers import PromptState
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Rated, Reporter, Scale
from vr_runtime.stage.panel_layout import (
    AHEAD_M,
    BELOW_M,
    STEPS,
    Panel,
    answerable,
    place_of,
    placed,
    pointed_at,
    share_at,
)
from vr_runtime.stage.turns import turned

HEAD = Pose(z=1.6)
STILL = Gesture()
PULL = Gesture(select=True)
RIGHT, LEFT = Gesture(stick=1.0), Gesture(stick=-1.0)


def prompt(name: str = "one", what: Rated = Rated.DISTRESS, scale: Scale = Scale.SUDS_100) -> PromptState:
    return PromptState(id=f"rating-{name}", what=what, scale=scale, until_ns=10**12)


class Patient:
    """Plays frames at 90 Hz."""

    def __init__(self, asked: PromptState | None = None) -> None:
        self.asking = Asking()
        self.asked = asked
        self.head = HEAD
        self.shown = True
        self._now_ns = 0

    def frame(self, gesture: Gesture = STILL) -> Panel | None:
        self._now_ns += 11_111_111
        return self.asking.see(self._now_ns, self.asked, self.head, gesture, shown=self.shown)

    def frames(self, seconds: float, gesture: Gesture = STILL) -> list[Panel]:
        return [panel for _ in range(round(seconds * 90)) if (panel := self.frame(gesture)) is not None]

    def flick(self, gesture: Gesture) -> Panel:
        """A short push of the stick."""
        self.frame(gesture)
        panel = self.frame()
        assert panel is not None
        return panel

    def ready(self) -> Panel:
        """The panel has been there for long enough to be answered."""
        return self.frames(DEAD_S + 0.05)[-1]


def aim_at(
    panel: Panel, share: float, z: float = 0.0, eye: tuple[float, float, float] = (0.25, 0.2, 1.1)
) -> Pose:
    """A hand at ``eye`` that points at a share of the scale."""
    local = turned(panel.pose, (place_of(share), 0.0, z))
    at = [here + off for here, off in zip(panel.pose[:3], local, strict=True)]
    dx, dy, dz = (there - here for there, here in zip(at, eye, strict=True))
    turn, tilt = math.atan2(-dx, dy) / 2, math.atan2(dz, math.hypot(dx, dy)) / 2
    a, b = (math.cos(turn), math.sin(turn)), (math.cos(tilt), math.sin(tilt))
    return Pose(*eye, a[0] * b[1], a[1] * b[1], a[1] * b[0], a[0] * b[0])


# ---- when it is there


def test_nothing_but_an_open_prompt_shows_it() -> None:
    patient = Patient()
    for gesture in (STILL, PULL, RIGHT, Gesture(steps=3, select=True)):
        assert patient.frame(gesture) is None
    assert patient.asking.answers() == ()
    patient.asked = prompt()
    assert patient.frame() is not None


def test_it_is_gone_in_the_frame_in_which_the_prompt_is() -> None:
    """Missed, rated by the therapist, or closed by a STOP: the session closes the prompt, and that is all."""
    patient = Patient(prompt())
    patient.ready()
    patient.flick(RIGHT)
    patient.asked = None
    assert patient.frame(PULL) is None
    assert patient.asking.answers() == ()


def test_it_fades_in_and_never_flashes() -> None:
    opacity = [panel.opacity for panel in Patient(prompt()).frames(1.0)]
    assert opacity == sorted(opacity)
    assert opacity[0] < 0.1
    assert opacity[-1] == 1.0
    assert opacity[round(FADE_S * 90) + 1] == 1.0


def test_another_prompt_starts_without_a_marker() -> None:
    patient = Patient(prompt("one"))
    patient.ready()
    assert patient.flick(RIGHT).raw == 50.0
    patient.asked = prompt("two", Rated.URGE, Scale.SUDS_10)
    panel = patient.frame()
    assert panel is not None
    assert (panel.what, panel.scale, panel.raw) == (Rated.URGE, Scale.SUDS_10, None)


# ---- where it is


@pytest.mark.parametrize("turn_deg", [0, 90, -135])
def test_it_stands_ahead_of_the_head_below_the_eyes_and_faces_them(turn_deg: int) -> None:
    half = math.radians(turn_deg) / 2
    patient = Patient(prompt())
    patient.head = Pose(0.3, -0.4, 1.7, 0.0, 0.0, math.sin(half), math.cos(half))
    panel = patient.frame()
    assert panel is not None
    ahead = [there - here for there, here in zip(panel.pose[:3], patient.head[:3], strict=True)]
    forward = patient.head.forward()
    assert ahead == pytest.approx([AHEAD_M * forward[0], AHEAD_M * forward[1], -BELOW_M])
    front = turned(panel.pose, (0.0, -1.0, 0.0))
    distance = math.hypot(*ahead)
    assert sum(a * b for a, b in zip(front, ahead, strict=True)) == pytest.approx(-distance, rel=1e-6)
    assert turned(panel.pose, (1.0, 0.0, 0.0))[2] == pytest.approx(0.0, abs=1e-9)


def test_it_stands_still_while_one_looks_about_and_comes_after_whoever_turns_away() -> None:
    patient = Patient(prompt())
    first = patient.ready()
    half = math.radians(35) / 2
    patient.head = HEAD._replace(qz=math.sin(half), qw=math.cos(half))
    assert {panel.pose for panel in patient.frames(1.0)} == {first.pose}
    half = math.radians(150) / 2
    patient.head = HEAD._replace(qz=math.sin(half), qw=math.cos(half))
    seen = patient.frames(4.0)
    steps = [math.dist(a.pose[:3], b.pose[:3]) for a, b in zip(seen, seen[1:], strict=False)]
    assert max(steps) < 0.02
    apart = heading(patient.head) - heading(seen[-1].pose)
    assert abs(math.remainder(apart, 2 * math.pi)) <= BESIDE + 1e-6


def test_it_comes_after_whoever_walks_away() -> None:
    patient = Patient(prompt())
    patient.ready()
    patient.head = Pose(1.5, -0.5, 1.6)
    panel = patient.frames(4.0)[-1]
    assert math.hypot(panel.pose.x - 1.5, panel.pose.y + 0.5) < AHEAD_M + 0.4


# ---- the marker


@pytest.mark.parametrize("scale", list(Scale))
def test_a_flick_moves_by_one_step_and_the_first_only_marks_the_middle(scale: Scale) -> None:
    patient = Patient(prompt(scale=scale))
    assert patient.ready().raw is None
    middle = answerable(0.5, scale)
    assert patient.flick(LEFT).raw == middle
    assert patient.flick(RIGHT).raw == middle + STEPS[scale]
    assert patient.flick(LEFT).raw == middle
    assert patient.flick(LEFT).raw == middle - STEPS[scale]
    patient.frame(Gesture(steps=-2))
    panel = patient.frame()
    assert panel is not None
    assert panel.raw == middle - 3 * STEPS[scale]


def test_a_stick_that_is_held_slides_faster_and_faster_to_the_end_and_no_further() -> None:
    patient = Patient(prompt())
    patient.ready()
    seen = [panel.raw for panel in patient.frames(3.0, RIGHT)]
    assert seen[0] == 50.0
    assert seen[-1] == 100.0
    assert all(raw is not None and raw % 5 == 0 for raw in seen)
    first = [seen.index(value) for value in (60.0, 70.0, 80.0, 90.0)]
    waits = [b - a for a, b in zip(first, first[1:], strict=False)]
    assert waits == sorted(waits, reverse=True)
    assert waits[-1] < waits[0]


def test_a_stick_at_rest_moves_nothing() -> None:
    patient = Patient(prompt())
    patient.ready()
    assert {panel.raw for panel in patient.frames(2.0, Gesture(stick=0.25))} == {None}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.95, 1.0])
def test_the_marker_stands_under_the_ray_of_a_hand(side: str, share: float) -> None:
    patient = Patient(prompt())
    panel = patient.ready()
    aims = Hands(**{side: aim_at(panel, share, z=0.05)})
    panel = patient.frame(Gesture(aims=aims))
    assert panel is not None
    assert panel.raw == 100 * share
    assert panel.pointer == pytest.approx((place_of(share), 0.05), abs=1e-6)


def test_a_hand_that_points_elsewhere_moves_nothing() -> None:
    patient = Patient(prompt())
    patient.ready()
    away = Pose(0.2, 0.2, 1.1, 0.0, 0.0, 1.0, 0.0)  # behind
    past = Pose(0.2, 0.2, 1.1, 0.0, 0.0, math.sin(0.5), math.cos(0.5))
    panel = patient.frame(Gesture(aims=Hands(away, past)))
    assert panel is not None
    assert (panel.raw, panel.pointer) == (None, None)


def test_a_hand_at_rest_on_the_panel_does_not_undo_what_the_stick_did() -> None:
    patient = Patient(prompt())
    panel = patient.ready()
    resting = Gesture(aims=Hands(right=aim_at(panel, 0.2)))
    assert patient.frames(0.2, resting)[-1].raw == 20.0
    patient.frame(resting._replace(stick=1.0))
    assert patient.frames(0.5, resting)[-1].raw == 25.0
    moved = Gesture(aims=Hands(right=aim_at(panel, 0.6)))
    assert patient.frames(0.1, moved)[-1].raw == 60.0


# ---- the answer


def test_the_trigger_answers_once_and_the_panel_is_gone_at_once() -> None:
    patient = Patient(prompt())
    patient.ready()
    patient.flick(RIGHT)
    patient.flick(RIGHT)
    assert patient.frame(PULL) is None
    (answer,) = patient.asking.answers()
    assert (answer.prompt, answer.raw, answer.reported_by) == (
        "rating-one",
        55.0,
        Reporter.PATIENT_HEADSET,
    )
    # the session closes the prompt a frame later; until then nothing more is answered
    assert patient.frame(PULL) is None
    assert patient.asking.answers() == ()


def test_the_trigger_answers_nothing_before_something_is_marked_or_too_early() -> None:
    patient = Patient(prompt())
    patient.flick(RIGHT)
    assert patient.frame(PULL) is not None  # it may have been pulled before the panel came
    patient.asked = prompt("two")
    patient.ready()
    assert patient.frame(PULL) is not None
    assert patient.asking.answers() == ()


def test_what_is_done_while_the_picture_is_covered_is_no_answer() -> None:
    patient = Patient(prompt())
    patient.ready()
    patient.flick(RIGHT)
    patient.shown = False
    for gesture in (RIGHT, PULL, Gesture(steps=4)):
        panel = patient.frame(gesture)
        assert panel is not None
        assert panel.raw == 50.0
    assert patient.asking.answers() == ()


gestures = st.builds(
    Gesture,
    stick=st.floats(-1, 1),
    steps=st.integers(-30, 30),
    aims=st.builds(Hands, st.none(), st.none() | st.just(Pose(0.1, 0.0, 1.2))),
    select=st.booleans(),
)


@given(st.lists(st.tuples(gestures, st.integers(1, 40)), max_size=30), st.sampled_from(list(Scale)))
def test_whatever_is_done_every_value_lies_on_the_scale(
    course: list[tuple[Gesture, int]], scale: Scale
) -> None:
    patient = Patient(prompt(scale=scale))
    answers = 0
    for gesture, frames in course:
        for _ in range(frames):
            panel = patient.frame(gesture)
            if panel is not None and panel.raw is not None:
                assert 0.0 <= panel.raw <= scale.top
        for answer in patient.asking.answers():
            answers += 1
            assert 0.0 <= answer.raw <= scale.top
            assert answer.raw % STEPS[scale] == 0
    assert answers <= 1


def test_the_scale_and_its_places_are_each_others_inverse() -> None:
    for share in (0.0, 0.25, 0.7, 1.0):
        assert share_at(place_of(share)) == pytest.approx(share)
    assert share_at(-9.0) == 0.0
    assert share_at(9.0) == 1.0


def test_a_ray_from_behind_the_panel_does_not_meet_it() -> None:
    pose = placed(0.0, 0.0, 0.0, 1.6)
    assert pointed_at(pose, Pose(0.0, 2.0, 1.2)) is None
    assert pointed_at(pose, Pose(0.0, 0.0, 1.3)) is not None
