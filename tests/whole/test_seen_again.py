"""What the patient saw, drawn again from the record: the way to the moment is shortened, what is seen there is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.helpers.session import KEY, act, play, script
from vr_runtime.catalogue import find_scenes
from vr_runtime.pictures import SEEN_BEFORE_S, SEEN_EVERY, Photographer, RecordedMeasures, take_pictures
from vr_runtime.replay import Comparison, RecordedSession, StateComparison
from vr_runtime.runtime import run

STORY = script(
    act(0.3, "start"),
    act(0.5, "go_to_step", step=1),
    act(6.0, "go_to_step", step=2),
    act(6.0, "pause"),
    act(1.0, "resume"),
    act(3.0, "go_to_step", step=4, confirmed=True),
    act(6.0, "stop"),
    act(1.0, "release"),
    act(0.5, "end"),
)


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return play(tmp_path_factory.mktemp("seen"), STORY)


@pytest.fixture(scope="module")
def session(record: Path) -> RecordedSession:
    return RecordedSession.read(record, KEY, find_scenes())


def test_with_recorded_measures_every_event_and_state_is_as_it_was(session: RecordedSession) -> None:
    frames = session.samples["frame"]
    states = StateComparison(frames["state"], lambda _done, _total: None)
    events = Comparison(session, exact=False)
    rooms = replace(
        session.rooms(events, listeners=(states,)), observer=RecordedMeasures(session.events)
    )  # fmt: skip
    ending = run(rooms, interrupted=lambda: False)
    assert states.difference is None, str(states.difference)
    assert events.difference is None, str(events.difference)
    assert ending.frames == int(frames["frame"][-1]) > 300


def test_without_them_the_session_goes_another_way(session: RecordedSession) -> None:
    """Which is why they are given: the session waits until the record holds what was numbered before."""
    events = Comparison(session, exact=False)
    rooms = replace(session.rooms(events), observer=RecordedMeasures(()))
    run(rooms, interrupted=lambda: False)
    assert events.difference is not None


class Camera:
    def __init__(self) -> None:
        self.taken: list[float] = []

    def take(self, picture: Any) -> np.ndarray:
        self.taken.append(picture)
        return np.zeros((2, 2, 3), np.uint8)


def test_every_frame_before_a_picture_is_seen_and_few_others(tmp_path: Path) -> None:
    camera = Camera()
    photographer = Photographer(camera, {10.0: tmp_path / "a.png", 20.0: tmp_path / "b.png"})
    seen: list[float] = []
    stage = SimpleNamespace(unseen=False, picture=lambda _head: seen[-1])
    rooms: Any = SimpleNamespace(stage=stage)
    for index in range(1, 90 * 21):
        now_s = index / 90
        if not stage.unseen:
            seen.append(now_s)
        turn: Any = SimpleNamespace(
            frame=SimpleNamespace(now_ns=round(now_s * 1e9), index=index), sensed=SimpleNamespace(head=None)
        )
        photographer.frame_done(rooms, turn)
        if photographer.finished:
            break
    assert camera.taken == [10.0, 20.0], "the moments' own frames"
    close = [one for one in seen if 10.0 - SEEN_BEFORE_S + 0.05 < one <= 10.0]
    assert len(close) > 90 * SEEN_BEFORE_S - 10
    far = [one for one in seen if 11.0 < one < 16.0]
    assert 0 < len(far) <= 5 * 90 / SEEN_EVERY + 1


@pytest.mark.proof
def test_the_picture_is_the_same_to_the_last_pixel(
    session: RecordedSession, record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    at = float(session.samples["frame"]["t_ns"][-1]) / 1e9 - 6.0
    take_pictures(record, KEY, find_scenes(), [at], tmp_path / "short.png", (320, 180))
    monkeypatch.setattr("vr_runtime.pictures.SEEN_EVERY", 1)
    take_pictures(record, KEY, find_scenes(), [at], tmp_path / "whole.png", (320, 180))
    short, whole = (np.asarray(Image.open(tmp_path / f"{name}.png")) for name in ("short", "whole"))
    assert np.array_equal(short, whole)
    assert short.std() > 10
    print(  # noqa: T201
        f"drawn again at {at:.1f} s: equal to the last pixel with 1 frame in {SEEN_EVERY} brought in line"
    )
