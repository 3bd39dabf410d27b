"""The queue of markers: never many in one frame, in order, none lost, and stamped with what they are about."""

from __future__ import annotations

import pytest

from tests.helpers.walks import Frame, Moment, frames, named
from vr_runtime.measures import Observer, telling
from vr_runtime.protocol.events import Marker


def walk(seconds: float = 8.0) -> list[Frame]:
    """Two steps at one stimulus, the second from 4 s on."""
    return list(frames(lambda t: Moment(1.0, step=1 if t < 4.0 else 2), seconds))


def told(observer: Observer, some: list[Frame]) -> list[tuple[Marker, ...]]:
    """By frame."""
    return [observer.update(*frame) for frame in some]


def test_no_frame_tells_more_than_a_few_and_what_waits_comes_in_the_next_ones() -> None:
    by_frame = [len(markers) for markers in told(Observer(["edge"]), walk())]
    begun = next(i for i, frame in enumerate(walk()) if frame.step == 2)
    assert max(by_frame) == telling.MARKERS_A_FRAME
    assert by_frame[begun] == telling.MARKERS_A_FRAME
    assert by_frame[begun + 1] > 0


def test_they_are_those_that_one_frame_would_tell_in_the_same_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def all_of(some: list[Frame]) -> list[Marker]:
        observer = Observer(["edge"])
        return [m for markers in told(observer, some) for m in markers] + list(observer.finish(some[-1].t_ns))

    spread = all_of(walk())
    monkeypatch.setattr(telling, "MARKERS_A_FRAME", 1000)
    at_once = all_of(walk())
    assert spread == at_once
    end_ns = next(frame.t_ns for frame in walk() if frame.step == 2)
    (first, second) = named(tuple(spread), "bat_final_distance")
    assert (first.step, second.step) == (1, 2)
    assert first.t_off_ns <= end_ns


@pytest.mark.parametrize("frames_more", [0, 1, 3])
def test_an_end_while_some_wait_loses_none(frames_more: int) -> None:
    some = walk()
    begun = next(i for i, frame in enumerate(some) if frame.step == 2)
    observer = Observer(["edge"])
    markers = [m for each in told(observer, some[: begun + 1 + frames_more]) for m in each]
    waited = len(markers)
    markers += observer.finish(some[begun + frames_more].t_ns)
    assert waited < sum(m.step == 1 for m in markers)
    whole = Observer(["edge"])
    once = [m for each in told(whole, some) for m in each if m.step == 1]
    assert [m for m in markers if m.step == 1] == once
    assert observer.finish(some[-1].t_ns) == ()


def test_a_scene_that_is_left_is_told_in_the_next_frames() -> None:
    observer = Observer(["edge"])
    some = list(frames(lambda t: Moment(1.0), 4.0))
    told(observer, some[:180])
    observer.enter_scene(some[180].t_ns, ["dog"])
    by_frame = told(observer, some[180:190])
    assert len(by_frame[0]) == telling.MARKERS_A_FRAME
    (edge,) = named(tuple(m for each in by_frame for m in each), "bat_min_distance")
    assert edge.stimulus == "edge"
