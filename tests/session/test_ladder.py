"""The ladder by itself: which step, which ceiling, what varies, and what waits behind the shell."""

from __future__ import annotations

from tests.session.rig import PLAN, SCENES
from vr_runtime.protocol.files.plan import Plan, PlanStep
from vr_runtime.session.draw import draw
from vr_runtime.session.ladder import Ladder

VARIED = {"drop": (10.0, 14.0)}


def ladder(seed: int = 1) -> Ladder:
    return Ladder(PLAN, SCENES, seed)


def varied(seed: int = 1) -> Ladder:
    """Its sixth step, in the scene ``roof``, varies the drop between 10 and 14 m."""
    steps = list(PLAN.steps)
    steps[5] = PlanStep(id="varied", scene="roof", name=steps[5].name, vary=VARIED)
    return Ladder(Plan(id="varied", title="t", steps=tuple(steps)), SCENES, seed)


def test_before_the_first_step_and_on_it_the_plans_first_step_counts() -> None:
    some = ladder()
    assert some.plan_step.id == "step-1"
    some.enter(1)
    assert some.plan_step.id == "step-1"
    some.enter(4)
    assert (some.plan_step.id, some.manifest.id) == ("step-4", "lift")


def test_what_varies_is_drawn_in_hundredths_of_its_bounds_from_seed_step_name_and_visit() -> None:
    for seed in range(40):
        some = varied(seed)
        for visit in range(3):
            share = round(draw("vary", seed, 6, "drop", visit) * 100.0) / 100.0
            assert some.values(6)["drop"] == 10.0 + 4.0 * share
            some.enter(6)
            some.enter(6)  # the same visit: it is not drawn anew
            assert some.values(6)["drop"] == 10.0 + 4.0 * share
            some.enter(5)


def test_what_varies_keeps_below_the_ceiling() -> None:
    some = varied()
    some.enter(6)
    some.set_ceiling("drop", 10.0)
    assert some.values(6)["drop"] == 10.0


def test_a_ceiling_lowers_what_lies_above_it_and_raises_nothing() -> None:
    some = ladder()
    some.enter(1)
    some.set_ceiling("height", 8.0)
    assert [some.values(step)["height"] for step in (1, 2, 3, 5)] == [1.0, 5.0, 8.0, 8.0]


def test_a_step_is_harder_than_the_present_one_in_the_scene_that_is_there_alone() -> None:
    some = ladder()
    assert some.harder(1) is False
    some.enter(3)
    assert some.harder(2) is False
    assert some.harder(5) is True
    assert some.harder(6) is False  # another scene: nothing there to compare with


def test_a_scene_that_arrives_is_there_at_its_targets_once_the_shell_is_opaque() -> None:
    some = ladder()
    assert some.arrive(True) is False
    some.enter(1)
    assert some.tracks is None
    assert some.arrive(True) is True
    assert some.tracks is not None
    assert some.tracks.values()["height"] == 1.0
    some.enter(2)
    assert some.tracks.values()["height"] == 1.0
    assert some.arrive(False) is False  # another place is shown: what moves goes on when it is seen again
    assert some.tracks.values()["height"] == 1.0
    assert some.arrive(True) is False
    assert some.tracks.values()["height"] == 5.0


def test_a_target_waits_for_the_end_of_a_pause_unless_it_is_told_otherwise() -> None:
    some = ladder()
    some.enter(3)
    some.arrive(True)
    assert some.tracks is not None
    some.enter(2)
    some.tracks.turn(True)
    assert some.tracks.values()["height"] == 10.0
    some.enter(2, while_frozen=True)
    some.tracks.turn(True)
    assert some.tracks.values()["height"] == 5.0
