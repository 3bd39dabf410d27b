"""The therapist asks, the patient answers by hand: through the whole loop, into the record and out of it again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.session import KEY, act, bodies, events_of, play, script
from vr_runtime import assemble
from vr_runtime.catalogue import find_scenes
from vr_runtime.display.headless import HeadlessDisplay
from vr_runtime.display.port import Frame, Gesture, Sensed
from vr_runtime.protocol.events import Opened, PatientAnswered, RatingGiven, RatingMissed, RatingPrompted
from vr_runtime.protocol.words import Reporter, Scale
from vr_runtime.replay import replay

STORY = script(
    act(0.5, "start"),
    act(1.0, "ask_rating", wait_s=5),  # answered by stick
    act(5.0, "ask_rating", scale="suds_10", wait_s=5),  # closed by a stop
    act(1.5, "stop"),
    act(1.0, "release"),
    act(1.0, "ask_rating", wait_s=2),  # missed
    act(4.0, "end"),
)


class Handy(HeadlessDisplay):
    """Somebody who flicks the stick all the time, and pulls the trigger at the beginning (nothing is asked yet) and in
    the fourth second."""

    def sense(self, frame: Frame) -> Sensed:
        seconds = frame.now_ns / 1e9
        pulls = 3.0 <= seconds < 3.1 or seconds < 1.2
        stick = 1.0 if round(frame.now_ns / 1e8) % 4 == 0 else 0.0
        return super().sense(frame)._replace(gesture=Gesture(stick=stick, select=pulls))


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    def opened(name: str, *, rate_hz: float, clock: Any, graphics: Any, patient: Any) -> HeadlessDisplay:
        return Handy(rate_hz, clock, graphics, patient)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assemble, "open_display", opened)
        yield play(tmp_path_factory.mktemp("records"), STORY, patient="none", language="fr")


def test_what_the_patient_chose_is_recorded_as_said_in_the_headset(record: Path) -> None:
    (answered,) = bodies(record, PatientAnswered)
    assert isinstance(answered, PatientAnswered)
    assert answered.reported_by is Reporter.PATIENT_HEADSET
    assert answered.raw > 50.0
    assert answered.raw % 5 == 0
    (given,) = bodies(record, RatingGiven)
    assert isinstance(given, RatingGiven)
    assert (given.prompt, given.raw, given.scale) == (answered.prompt, answered.raw, Scale.SUDS_100)


def test_a_stop_closes_the_question_and_a_silent_one_is_missed(record: Path) -> None:
    assert len(bodies(record, RatingPrompted)) == 3
    assert len(bodies(record, RatingMissed)) == 2


def test_the_record_says_in_which_language_was_asked_and_replays_identically(record: Path) -> None:
    opened = events_of(record)[0].body
    assert isinstance(opened, Opened)
    assert opened.language == "fr"
    assert replay(record, KEY, find_scenes()).identical


def test_a_record_of_before_there_were_languages_is_english(record: Path) -> None:
    body = events_of(record)[0].body.model_dump()
    del body["language"]
    assert Opened.model_validate(body).language == "en"
