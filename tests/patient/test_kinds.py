"""Each virtual patient of the library does in a whole session what its sentence says, and the same again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from tests.helpers.session import KEY, act, bodies, events_of, play, script
from vr_runtime.cli import app
from vr_runtime.patient import LIBRARY, kind
from vr_runtime.patient.kinds import PatientError, asked_for
from vr_runtime.protocol.events import (
    CommandDecided,
    DemandMade,
    Event,
    Opened,
    PhaseChanged,
    RatingGiven,
    RatingMissed,
    StopPressed,
)
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.words import Cause, Phase, Rated, Refusal, StoppedBy
from vr_runtime.record import Reader

pytestmark = pytest.mark.slow

ASK = {"wait_s": 10.0, "expect": "any"}
STORY = script(
    act(0.5, "start"),
    act(5.0, "go_to_step", step=2, confirmed=True, expect="any"),
    act(25.0, "ask_rating", **ASK),
    act(15.0, "go_to_step", step=5, confirmed=True, expect="any"),
    act(25.0, "ask_rating", **ASK),
    act(15.0, "go_to_step", step=8, confirmed=True, expect="any"),
    act(20.0, "ask_rating", **ASK),
    act(20.0, "ask_rating", **ASK),
    act(20.0, "ask_rating", what="belief", scale="percent", **ASK),
    act(15.0, "ask_rating", what="sickness", scale="fms_20", **ASK),
    act(15.0, "safe_place", expect="any"),
    act(45.0, "ask_rating", **ASK),
    act(15.0, "end"),
)


def played(folder: Path, name: str, story: Script = STORY, scene_seed: int = 3) -> Path:
    return play(
        folder, story, rate_hz=5.0, heart="simulated", seed=scene_seed,
        traits=kind(name).traits, patient_type=name,
    )  # fmt: skip


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("library")
    return {name: played(folder, name) for name in LIBRARY}


def distress(record: Path) -> list[float]:
    return [
        body.value for body in bodies(record, RatingGiven)
        if isinstance(body, RatingGiven) and body.what is Rated.DISTRESS
    ]  # fmt: skip


def demands(record: Path) -> set[Cause]:
    return {body.cause for body in bodies(record, DemandMade) if isinstance(body, DemandMade) and body.active}


def bpm(record: Path) -> np.ndarray:
    with Reader.open(record, KEY) as reader:
        beats = reader.samples("heart")
    rr_ms = beats["rr_ms"][~np.isnan(beats["rr_ms"])]
    return 60_000.0 / np.convolve(rr_ms, np.ones(5) / 5.0, "valid")


def phases(record: Path) -> list[Phase]:
    return [body.phase for body in bodies(record, PhaseChanged) if isinstance(body, PhaseChanged)]


def test_the_steady_one_goes_by_the_book(records: dict[str, Path]) -> None:
    step_2, step_5, step_8, later, calm = distress(records["steady"])
    assert step_2 < step_5 < step_8
    assert later < step_8
    assert calm < step_2
    assert demands(records["steady"]) == set()


def test_the_panicking_one_panics_once_and_calms_down(records: dict[str, Path]) -> None:
    rated = distress(records["panics"])
    assert max(rated) >= 95.0
    assert rated[-1] <= 30.0
    assert Cause.DISTRESS in demands(records["panics"])
    assert bpm(records["panics"]).max() > bpm(records["steady"]).max() + 3.0


def test_the_silent_one_stops_answering_keeps_still_and_comes_back(records: dict[str, Path]) -> None:
    record = records["silent"]
    events = events_of(record)
    assert Cause.UNANSWERED in demands(record)
    missed = [event for event in events if isinstance(event.body, RatingMissed)]
    assert len(missed) >= 2
    assert len(distress(record)) == len(distress(records["steady"])) - sum(
        event.body.what is Rated.DISTRESS for event in missed if isinstance(event.body, RatingMissed)
    )
    assert distress(record)[-1] <= 30.0

    def moved(of: Path) -> float:
        with Reader.open(of, KEY) as reader:
            heads = reader.samples("head")
        now = heads[(heads["t_ns"] > missed[0].t_ns - 8e9) & (heads["t_ns"] < missed[0].t_ns)]
        return float(np.abs(np.diff(now["qz"])).sum())

    assert moved(record) < 0.1 * moved(records["steady"])


def test_the_fainting_one_s_heart_rises_and_then_falls_below_rest(records: dict[str, Path]) -> None:
    rate = bpm(records["faints"])
    resting = kind("faints").traits.resting_bpm
    assert rate[: rate.argmin()].max() > resting + 12.0
    assert rate.min() < resting - 15.0
    assert bpm(records["steady"]).min() > resting - 10.0


def test_the_one_that_presses_stop_does_and_the_stop_holds(records: dict[str, Path]) -> None:
    record = records["stops"]
    stops = [event for event in events_of(record) if isinstance(event.body, StopPressed)]
    assert [event.body.by for event in stops if isinstance(event.body, StopPressed)] == [StoppedBy.PATIENT]
    assert phases(record)[2:] == [Phase.STOPPED, Phase.CLOSED]
    refused = [body.reason for body in bodies(record, CommandDecided) if isinstance(body, CommandDecided)]
    assert Refusal.NOT_NOW in refused


def test_the_one_that_drops_out_takes_the_headset_off_and_puts_it_on_again_once(
    records: dict[str, Path],
) -> None:
    record = records["leaves"]
    off = [
        body for body in bodies(record, DemandMade)
        if isinstance(body, DemandMade) and body.cause is Cause.HEADSET_OFF
    ]  # fmt: skip
    assert off[0].active
    assert not off[-1].active
    assert Phase.SAFE_PLACE in phases(record)
    assert distress(record)[-1] <= 30.0


def test_the_avoider_stays_further_away_than_the_steady_one(records: dict[str, Path]) -> None:
    def reached(record: Path) -> float:
        """How far it came ahead on the last step."""
        with Reader.open(record, KEY) as reader:
            heads = reader.samples("head")
        at = next(event.t_ns for event in events_of(record) if _is(event, Phase.SAFE_PLACE))
        then = heads[(heads["t_ns"] > at - 30e9) & (heads["t_ns"] < at)]
        return float(np.median(then["y"]))

    assert reached(records["avoider"]) < reached(records["steady"]) - 0.2


def _is(event: Event, phase: Phase) -> bool:
    return isinstance(event.body, PhaseChanged) and event.body.phase is phase


def test_who_gets_sick_says_so_on_the_scale_of_sickness_and_not_as_distress(records: dict[str, Path]) -> None:
    def sickness(name: str) -> float:
        found = [
            body.raw for body in bodies(records[name], RatingGiven)
            if isinstance(body, RatingGiven) and body.what is Rated.SICKNESS
        ]  # fmt: skip
        return found[0]

    assert sickness("sick") >= 3.0
    assert sickness("steady") <= 2.0
    assert max(distress(records["sick"])) < max(distress(records["steady"]))


def test_all_others_answer_the_question_about_their_belief(records: dict[str, Path]) -> None:
    for name in ("steady", "slow", "avoider", "panics", "sick", "faints", "washes"):
        belief = [
            body.raw for body in bodies(records[name], RatingGiven)
            if isinstance(body, RatingGiven) and body.what is Rated.BELIEF
        ]  # fmt: skip
        assert len(belief) == 1, name
        assert 20.0 <= belief[0] <= 80.0


def test_the_same_seed_gives_the_same_session_and_another_seed_another(tmp_path: Path) -> None:
    def heads(record: Path) -> bytes:
        with Reader.open(record, KEY) as reader:
            return reader.samples("head").tobytes()

    start = Script(title="start", steps=STORY.steps[:4])
    first = heads(played(tmp_path, "panics", start))
    assert heads(played(tmp_path, "panics", start)) == first
    assert heads(played(tmp_path, "panics", start, scene_seed=4)) != first


def test_the_record_names_the_type_and_that_it_is_virtual(records: dict[str, Path]) -> None:
    opened = bodies(records["slow"], Opened)[0]
    assert isinstance(opened, Opened)
    assert (opened.patient, opened.patient_type) == ("virtual", "slow")


# ------------------------------------------------------------------ at the command line


def test_what_is_asked_for_is_found_or_refused_with_the_names() -> None:
    assert asked_for("none") is asked_for("virtual") is None
    assert asked_for("virtual:slow") is LIBRARY["slow"]
    for wrong in ("virtual:nobody", "somebody"):
        with pytest.raises(PatientError, match="steady, slow, avoider"):
            asked_for(wrong)


def test_the_command_lists_them_with_what_each_teaches() -> None:
    english = CliRunner().invoke(app, ["patients"]).output
    french = CliRunner().invoke(app, ["patients", "--language", "fr"]).output
    for name, one in LIBRARY.items():
        assert f"{name:8}  {one.teaches.en}" in english
        assert one.teaches.fr in french
