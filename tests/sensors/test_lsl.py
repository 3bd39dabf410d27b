"""A source on a network that is played: found, heard, lost, replaced, silent. No time but the order is asserted."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.sensors import SensorError, SensorReason, lsl, open_channel, open_heart
from vr_runtime.sensors.lsl import LslHeart
from vr_runtime.sensors.lsl_library import (
    ChannelFacts,
    Lost,
    Measured,
    Seen,
    StreamFacts,
    keep_to_session,
    library,
)
from vr_runtime.sensors.lsl_meaning import parse
from vr_runtime.sensors.lsl_search import LslSearch

RR = StreamFacts("Chest", "RR", "bench", "id-1", "uid-1", 0.0, False, (ChannelFacts("RR", "ms", ""),), "beat")
AHEAD_S = 5000.0


class Network:
    """Streams that can be found, and what their senders have pushed; a sender's clock is ahead by ``AHEAD_S``."""

    def __init__(self) -> None:
        self.streams: list[StreamFacts] = [RR]
        self.pushed: deque[tuple[float, float]] = deque()
        self.lost = False
        self.measured: Measured | None = Measured(-AHEAD_S, 1e-4, 1.0)
        self.resolvers = 0
        self.connections = 0

    def resolver(self) -> Any:
        self.resolvers += 1
        network = self

        class FakeResolver:
            def seen(self) -> list[Seen]:
                return [Seen(each, each) for each in network.streams]

            def close(self) -> None:
                network.resolvers -= 1

        return FakeResolver()

    def connect(self, info: StreamFacts) -> Any:
        self.connections += 1
        network = self

        class FakeConnection:
            def described(self) -> StreamFacts | None:
                return info

            def pull(self) -> tuple[list[list[float]], list[float]]:
                if network.lost:
                    network.lost = False
                    raise Lost("gone")
                taken = [network.pushed.popleft() for _ in range(len(network.pushed))]
                return [[value] for value, _ in taken], [stamp for _, stamp in taken]

            def correction(self) -> Measured | None:
                return network.measured

            def close(self) -> None:
                network.connections -= 1

        return FakeConnection()

    def push(self, *values: float) -> None:
        for value in values:
            self.pushed.append((value, time.monotonic() + AHEAD_S))
            time.sleep(0.001)


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    for name, value in {
        "SETTLE_S": 0.02,
        "AGAIN_S": 0.02,
        "STALE_S": 60.0,
        "OVER_S": 0.0,
        "CORRECT_S": 0.0,
    }.items():
        monkeypatch.setattr(lsl, name, value)
    return Network()


Opener = Callable[..., LslHeart]


@pytest.fixture
def opened(network: Network) -> Iterator[Opener]:
    sources: list[LslHeart] = []

    def open_it(spec: str = "lsl:Chest", patience_s: float = 5.0, wait: bool = True) -> LslHeart:
        source = LslHeart(
            parse(spec, "heart"),
            now_ns=time.monotonic_ns,
            wait=wait,
            patience_s=patience_s,
            resolver=network.resolver,
            connect=network.connect,
            lsl_clock=time.monotonic,
        )
        sources.append(source)
        return source

    yield open_it
    for source in sources:
        source.close()
        source.close()
    end = time.monotonic() + 20.0
    while network.resolvers or network.connections:
        assert time.monotonic() < end, "something was left open"
        time.sleep(0.005)


class Heard:
    """What the loop takes, frame after frame."""

    def __init__(self, source: LslHeart) -> None:
        self._source = source
        self.beats: list[Beat] = []
        self.changes: list[HeartSourceChanged] = []

    @property
    def states(self) -> list[str]:
        return [change.state for change in self.changes]

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + 20.0
        while not holds():
            assert time.monotonic() < end, f"in vain; {len(self.beats)} beats, {self.changes}"
            self.beats += self._source.poll(time.monotonic_ns())
            self.changes += self._source.changes()
            time.sleep(0.002)


def test_beats_come_in_order_each_once_with_both_times(network: Network, opened: Opener) -> None:
    heard = Heard(opened())
    intervals = [700.0 + i for i in range(50)]
    network.push(*intervals)
    heard.until(lambda: len(heard.beats) >= 50)
    assert [beat.rr_ms for beat in heard.beats] == intervals
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(heard.beats))
    for beat in heard.beats:
        assert beat.sensor_ns - beat.t_ns == pytest.approx(AHEAD_S * 1e9, abs=1e6)
        assert beat.t_ns <= beat.arrival_ns
        assert beat.error_ms is not None
    assert heard.states == ["started"]


def test_samples_wait_for_the_first_correction_and_are_not_lost(network: Network, opened: Opener) -> None:
    network.measured = None
    heard = Heard(opened())
    network.push(800.0, 810.0)
    end = time.monotonic() + 0.2
    heard.until(lambda: time.monotonic() > end)
    assert heard.beats == []
    network.measured = Measured(-AHEAD_S, 1e-4, 1.0)
    heard.until(lambda: len(heard.beats) == 2)


def test_a_clock_that_cannot_be_compared_is_told_and_nothing_is_guessed(
    network: Network, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsl, "UNCORRECTED_S", 0.05)
    network.measured = None
    heard = Heard(opened())
    time.sleep(0.1)
    network.push(800.0)
    heard.until(lambda: "failed" in heard.states)
    assert "stamp=arrival" in heard.changes[-1].message
    assert heard.beats == []


def test_a_sender_that_is_started_anew_is_a_new_segment_and_a_cut_of_the_line_too(
    network: Network, opened: Opener
) -> None:
    heard = Heard(opened())
    network.push(800.0, 810.0)
    heard.until(lambda: len(heard.beats) == 2)
    network.streams = [RR._replace(uid="uid-2")]
    network.lost = True
    heard.until(lambda: len(heard.states) == 3)
    network.push(820.0, 830.0)
    heard.until(lambda: len(heard.beats) == 4)
    network.lost = True
    heard.until(lambda: len(heard.states) == 5)
    network.push(840.0)
    heard.until(lambda: len(heard.beats) == 5)
    assert heard.states == ["started", "contact_lost", "started", "contact_lost", "contact_found"]
    assert "anew" in heard.changes[2].message
    gap = BeatFlag.GAP
    assert [beat.flag for beat in heard.beats] == [gap, 0, gap, 0, gap]
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(heard.beats))


def test_times_stay_in_order_from_one_sender_to_the_next(network: Network, opened: Opener) -> None:
    """The next one's first beats: two seconds before the last one's, 5 ms before it, after it."""
    heard = Heard(opened())
    network.push(800.0, 810.0)
    last_s = time.monotonic() + AHEAD_S
    network.pushed.append((820.0, last_s))
    heard.until(lambda: len(heard.beats) == 3)
    network.streams = [RR._replace(uid="uid-2")]
    network.lost = True
    heard.until(lambda: len(heard.states) == 3)
    for after_s in (-2.0, -0.005):
        network.pushed.append((800.0, last_s + after_s))
    time.sleep(max(0.0, last_s + 0.8 - AHEAD_S - time.monotonic()))
    network.pushed.append((800.0, last_s + 0.8))
    heard.until(lambda: len(heard.beats) == 5 and "failed" in heard.states)
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(heard.beats))
    assert heard.beats[3].t_ns - heard.beats[2].t_ns == 1
    assert heard.beats[3].flag == BeatFlag.GAP, (
        "the segment's first beat was left out, the next one begins it"
    )
    assert heard.beats[4].flag == BeatFlag.OK


def test_two_that_fit_after_a_loss_are_told_until_one_is_left(network: Network, opened: Opener) -> None:
    heard = Heard(opened())
    network.streams = [RR._replace(uid="uid-2", host="left"), RR._replace(uid="uid-3", host="right")]
    network.lost = True
    heard.until(lambda: "failed" in heard.states)
    assert "left" in heard.changes[-1].message
    assert "right" in heard.changes[-1].message
    network.streams.pop()
    heard.until(lambda: heard.states[-1] == "started")
    network.push(800.0)
    heard.until(lambda: len(heard.beats) == 1)


def test_a_sender_that_comes_back_with_another_unit_is_told_and_heard_when_it_is_right(
    network: Network, opened: Opener
) -> None:
    heard = Heard(opened())
    network.streams = [RR._replace(uid="uid-2", channels=(ChannelFacts("RR", "", ""),))]
    network.lost = True
    heard.until(lambda: "failed" in heard.states)
    assert "unit=ms" in heard.changes[-1].message
    network.streams = [RR._replace(uid="uid-3")]
    heard.until(lambda: heard.states[-1] == "started")


def test_silence_is_told_once_and_its_end_too(
    network: Network, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsl, "STALE_S", 0.1)
    heard = Heard(opened())
    heard.until(lambda: len(heard.states) == 2)
    end = time.monotonic() + 0.3
    heard.until(lambda: time.monotonic() > end)
    assert heard.states == ["started", "contact_lost"]
    network.push(800.0, 810.0)
    heard.until(lambda: len(heard.beats) == 2 and len(heard.states) >= 3)
    assert heard.states[2] == "contact_found"
    assert heard.beats[0].flag == BeatFlag.GAP


def test_a_silent_sender_that_another_one_has_replaced_is_left(
    network: Network, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsl, "STALE_S", 0.1)
    heard = Heard(opened())
    network.streams = [RR._replace(uid="uid-9")]
    heard.until(lambda: heard.states[:4] == ["started", "contact_lost", "contact_lost", "started"])
    network.push(800.0)
    heard.until(lambda: len(heard.beats) == 1)


def test_a_clock_that_is_set_begins_a_new_segment(network: Network, opened: Opener) -> None:
    heard = Heard(opened())
    network.push(800.0, 810.0)
    heard.until(lambda: len(heard.beats) == 2)
    network.measured = Measured(-AHEAD_S - 30.0, 1e-4, 2.0)
    heard.until(lambda: len(heard.states) == 2)
    assert "clock was set" in heard.changes[-1].message
    network.pushed.append((820.0, time.monotonic() + AHEAD_S + 30.0))
    heard.until(lambda: len(heard.beats) == 3)
    assert heard.beats[-1].flag == BeatFlag.GAP
    assert heard.beats[-1].t_ns > heard.beats[-2].t_ns


def test_a_source_that_is_closed_tells_nothing_more(network: Network, opened: Opener) -> None:
    source = opened()
    network.push(800.0)
    time.sleep(0.1)
    source.close()
    assert source.poll(2 * time.monotonic_ns()) == ()


def test_opening_fails_with_what_to_do_and_leaves_nothing_open(network: Network, opened: Opener) -> None:
    with pytest.raises(SensorError, match="'Chest'") as told:
        opened("lsl:Chset", patience_s=0.1)
    assert told.value.reason is SensorReason.NOT_FOUND
    network.streams = [RR, RR._replace(uid="uid-2", host="other")]
    with pytest.raises(SensorError, match=r"bench.*other") as told:
        opened()
    assert told.value.reason is SensorReason.AMBIGUOUS
    network.streams = [RR._replace(channels=(ChannelFacts("RR", "", ""),))]
    with pytest.raises(SensorError, match="unit=ms") as told:
        opened()
    assert told.value.reason is SensorReason.INVALID


def test_a_source_that_is_opened_beside_the_loop_waits_for_nothing_and_is_heard_once_it_is_there(
    network: Network, opened: Opener
) -> None:
    network.streams = []
    heard = Heard(opened(patience_s=0.05, wait=False))
    heard.until(lambda: heard.states == ["failed"])
    assert "no LSL stream with name 'Chest'" in heard.changes[0].message
    network.streams = [RR]
    heard.until(lambda: heard.states == ["failed", "started"])
    network.push(800.0)
    heard.until(lambda: len(heard.beats) == 1)


def test_a_flood_is_taken_in_parts(network: Network, opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lsl, "MOST_A_FRAME", 10)
    source = opened()
    network.push(*[800.0] * 25)
    taken: list[int] = []
    end = time.monotonic() + 20.0
    while sum(taken) < 25 and time.monotonic() < end:
        taken.append(len(source.poll(time.monotonic_ns())))
    assert sum(taken) == 25
    assert max(taken) <= 10


def test_a_missing_library_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pylsl", None)
    for fails in (
        library,
        lambda: open_heart("lsl:Chest", now_ns=time.monotonic_ns),
        lambda: open_channel("eda=lsl:Palm", now_ns=time.monotonic_ns),
        lambda: keep_to_session("room-3"),
    ):
        with pytest.raises(SensorError, match=r"pip install 'palier\[lsl\]'") as told:
            fails()
        assert told.value.reason is SensorReason.NO_LIBRARY
    search = LslSearch()
    assert "palier[lsl]" in search.problem
    assert search.over
    assert search.found() == ()
    search.close()


def test_virtual_time_and_unknown_channels_are_refused() -> None:
    for fails in (lambda: open_heart("lsl:Chest"), lambda: open_channel("ecg=lsl:Chest")):
        with pytest.raises(SensorError, match="--speed real") as told:
            fails()
        assert told.value.reason is SensorReason.NEEDS_REAL_TIME
    for asked in ("eeg=lsl:Cap", "ecg", "ecg=file:a.txt", "=lsl:Cap"):
        with pytest.raises(SensorError, match="ecg, eda, respiration") as told:
            open_channel(asked, now_ns=time.monotonic_ns)
        assert told.value.reason is SensorReason.UNKNOWN_SOURCE


@pytest.mark.parametrize("session", ["a]b", "a;b", "a\nb", "'"])
def test_a_session_id_that_would_change_the_configuration_is_refused(session: str) -> None:
    with pytest.raises(SensorError, match="session id"):
        keep_to_session(session)
