"""Who gives in goes to the tap, opens it and washes; without a tap, or without water, hands are rubbed dry."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tests.helpers.session import act, bodies, play, script
from vr_runtime.assemble import plan_for_scene
from vr_runtime.catalogue import find_scenes
from vr_runtime.patient.kinds import LIBRARY
from vr_runtime.patient.traits import Traits
from vr_runtime.patient.washing import LONGEST_S, Doing, Washing, rubbing
from vr_runtime.protocol.course_events import CompulsionSeen
from vr_runtime.protocol.events import PatientDid, RatingGiven
from vr_runtime.protocol.pose import WashPlace
from vr_runtime.protocol.words import Rated

DT = 0.01
TAP = WashPlace(tap=(0.0, 0.6, 1.0), opened=(-0.07, 0.6, 1.0), water=(0.0, 0.45, 0.85), runs=False)
RUNS = TAP._replace(runs=True)


def lived(washing: Washing, seconds: float, place: WashPlace | None, grasp: float = 0.0) -> list[Doing]:
    """What it did, each once in order, standing before the tap."""
    did: list[Doing] = []
    for _ in range(round(seconds / DT)):
        washing.tick(DT, True, place, washing.stand or (0.0, 0.0), grasp)
        if not did or did[-1] is not washing.doing:
            did.append(washing.doing)
    return did


def test_it_takes_the_tap_turns_it_lifts_the_hand_and_rubs_in_the_water() -> None:
    washing = Washing()
    assert lived(washing, 0.1, TAP, 0.5) == [Doing.GOING]  # the hand comes back first from where it was
    assert lived(washing, 0.1, TAP) == [Doing.TAKING]
    assert washing.hand == TAP.tap
    assert not washing.rubs
    assert lived(washing, 1.5, TAP, 1.0) == [Doing.TURNING, Doing.LIFTING]
    assert washing.hand is not None
    assert washing.hand[0] == pytest.approx(TAP.opened[0])
    assert washing.hand[2] > TAP.opened[2]
    assert lived(washing, 1.5, RUNS) == [Doing.LIFTING, Doing.WAITING, Doing.RUBBING]
    assert washing.rubs
    assert washing.basin == TAP.water
    washing.tick(DT, False, RUNS, (0.0, 0.0), 0.0)
    assert (washing.doing, washing.basin, washing.stand) == (Doing.NOTHING, None, None)


def test_where_water_runs_already_the_tap_is_left_alone() -> None:
    assert lived(Washing(), 1.0, RUNS) == [Doing.WAITING, Doing.RUBBING]


def test_without_water_or_without_a_tap_hands_are_rubbed_where_one_stands() -> None:
    dry = Washing()
    lived(dry, 0.1, TAP)
    lived(dry, 3.0, TAP, 1.0)
    assert (dry.doing, dry.basin) == (Doing.RUBBING, None)
    nowhere = Washing()
    assert lived(nowhere, 0.1, None) == [Doing.RUBBING]
    assert nowhere.basin is None
    gone = Washing()
    lived(gone, 0.1, TAP)
    assert lived(gone, 0.1, None) == [Doing.RUBBING]  # the place was changed on the way


def test_who_cannot_get_there_rubs_after_a_while() -> None:
    far = Washing()
    for _ in range(round((LONGEST_S - 0.5) / DT)):
        far.tick(DT, True, TAP, (5.0, 5.0), 0.0)
    assert far.doing is Doing.GOING
    for _ in range(100):
        far.tick(DT, True, TAP, (5.0, 5.0), 0.0)
    assert far.doing is Doing.RUBBING


def test_hands_that_rub_are_near_and_move_against_each_other() -> None:
    apart = [math.dist(*rubbing((0.0, 0.4, 0.9), (0.0, 1.0), i / 100.0)) for i in range(100)]
    assert max(apart) < 0.15
    left = [rubbing((0.0, 0.4, 0.9), (0.0, 1.0), i / 100.0)[0][2] for i in range(100)]
    assert max(left) - min(left) > 0.06


# ------------------------------------------------------------------ played


def washed(folder: Path, mode: str) -> Path:
    """Half a minute at a tap that gives water if it may, of a patient who gives in at once."""
    acts = script(
        act(0.3, "start"),
        act(1.0, "go_to_step", step=4, confirmed=True),
        act(3.0, "set_parameter", name="sink", value="on", expect="any"),
        act(0.5, "open_window", what="washing", mode=mode, target_s=60.0),
        act(24.0, "end"),
    )
    traits = Traits(fear=0.1, urge=1.0, gives_in=1.0, approach_tendency=1.0)
    plan = plan_for_scene(find_scenes(), "washroom")
    return play(folder, acts, plan=plan, rate_hz=30.0, patient="virtual", traits=traits)


def test_a_washing_at_the_tap_is_a_compulsion_that_the_scene_counts(tmp_path: Path) -> None:
    record = washed(tmp_path, "allow")
    deeds = [(did.what, did.thing) for did in bodies(record, PatientDid)]
    assert ("opened", "tap") in deeds
    seen = [one for one in bodies(record, CompulsionSeen) if one.what.startswith("washed:")]
    assert seen
    assert {(one.source, one.prevented) for one in seen} == {("scene", False)}
    assert all(one.duration_s is not None and one.duration_s > 4.0 for one in seen)


def test_where_it_is_prevented_the_tap_gives_no_water_and_nothing_is_washed(tmp_path: Path) -> None:
    record = washed(tmp_path, "block")
    seen = bodies(record, CompulsionSeen)
    assert "refused:tap" in {one.what for one in seen}
    assert {one.prevented for one in seen} == {True}
    assert not [did for did in bodies(record, PatientDid) if did.what == "washed"]


def test_with_the_slow_patient_distress_stays_and_the_belief_falls(tmp_path: Path) -> None:
    """Four minutes on a step: what the clinician is to learn from this type."""
    acts = script(
        act(0.3, "start"),
        act(1.0, "go_to_step", step=4, confirmed=True),
        act(30.0, "ask_rating"),
        act(6.0, "ask_rating", what="belief"),
        act(200.0, "ask_rating"),
        act(6.0, "ask_rating", what="belief"),
        act(6.0, "end"),
    )
    record = play(tmp_path, acts, rate_hz=10.0, patient="virtual", traits=LIBRARY["slow"].traits)
    given = bodies(record, RatingGiven)
    first, last = (one.value for one in given if one.what is Rated.DISTRESS)
    assert first > 40.0
    assert abs(first - last) <= 10.0
    before, after = (one.value for one in given if one.what is Rated.BELIEF)
    assert after <= before - 5.0
