"""Sensors that are looked for and chosen in a running session."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers.searching import STRAP, Searching
from vr_runtime.heart import HeartFeed
from vr_runtime.protocol.events import HeartSourceChanged, SensorsFound
from vr_runtime.sensing import TELL_NS, LiveSensing
from vr_runtime.sensors import FileHeart, HeartSource, SensorError, SensorReason, SimulatedHeart


def opened(spec: str) -> HeartSource:
    if spec.startswith("ble:"):
        return SimulatedHeart(7, start_ns=0)
    raise SensorError(SensorReason.UNKNOWN_SOURCE, f"no '{spec}' here; give another")


@pytest.fixture
def search() -> Searching:
    return Searching()


@pytest.fixture
def sensing(search: Searching) -> LiveSensing:
    return LiveSensing(HeartFeed(SimulatedHeart(1)), lambda seconds: (search,), opened)


def test_a_search_tells_what_it_finds_once_and_when_it_is_over(
    sensing: LiveSensing, search: Searching
) -> None:
    sensing.follow(10.0, None, 0)
    assert next(body for body in sensing.news(0) if isinstance(body, SensorsFound)).sensors == ()
    search.seen = (STRAP,)
    assert sensing.news(1) == (), "no more often than agreed"
    (told,) = sensing.news(TELL_NS)
    assert isinstance(told, SensorsFound)
    assert [(one.source, one.signal) for one in told.sensors] == [(STRAP.spec, -61)]
    assert not told.over
    assert sensing.news(2 * TELL_NS) == (), "nothing new"
    search.over, search.problem = True, "the adapter was turned off"
    (told,) = sensing.news(3 * TELL_NS)
    assert isinstance(told, SensorsFound)
    assert (told.over, told.problem, len(told.sensors)) == (True, "the adapter was turned off", 1)
    assert search.closed
    assert sensing.news(9 * TELL_NS) == ()


def test_a_search_that_cannot_begin_says_so_and_is_over() -> None:
    sensing = LiveSensing(HeartFeed(SimulatedHeart(1)), lambda seconds: (), opened)
    sensing.follow(10.0, None, 0)
    (told,) = sensing.news(0)
    assert isinstance(told, SensorsFound)
    assert told.over
    assert told.problem


def test_what_cannot_be_opened_leaves_the_source_as_it_is(search: Searching) -> None:
    heart = HeartFeed(SimulatedHeart(1))
    sensing = LiveSensing(heart, lambda seconds: (search,), opened)
    sensing.follow(None, "lsl:nobody", 0)
    (told,) = sensing.news(0)
    assert isinstance(told, HeartSourceChanged)
    assert (told.source, told.state) == ("lsl:nobody", "failed")
    assert "give another" in told.message
    assert heart.poll(3_000_000_000), "the first source beats on"


def test_the_age_counts_anew_from_the_frame_that_hears_of_the_choice(tmp_path: Path) -> None:
    beats = tmp_path / "rr.txt"
    beats.write_text("800\n" * 4)
    heart = HeartFeed(FileHeart(beats))
    heart.poll(0)
    heart.poll(4_000_000_000)
    assert heart.age_s(20_000_000_000) == pytest.approx(16.0, abs=1.0)
    heart.use(SimulatedHeart(2, start_ns=20_000_000_000))
    told = heart.changes()
    assert [body.state for body in told if isinstance(body, HeartSourceChanged)][-2:] == ["chosen", "started"]
    heart.follow(told, 20_000_000_000)
    assert heart.age_s(21_000_000_000) == 1.0
    assert heart.bpm(21_000_000_000) is None, "the beats of the one before count no more"
