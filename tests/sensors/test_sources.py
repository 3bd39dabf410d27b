"""Heart sources: beats in order, each once, when they have arrived; nonsense is named with its line."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.session import play as play_session
from vr_runtime.protocol.pose import Beat
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.sensors import (
    FileHeart,
    HeartSource,
    NoHeart,
    SensorError,
    SensorReason,
    SimulatedHeart,
    one_source_each,
    open_heart,
    read_rr,
    sources,
)
from vr_runtime.sensors.clock import BeatClock

SHIPPED = Path(__file__).resolve().parents[2] / "assets" / "heart" / "rest_60min_rr.txt"
SECOND = 1_000_000_000


def play(source: HeartSource, seconds: float, hz: float = 90.0) -> list[Beat]:
    beats: list[Beat] = []
    for i in range(1, round(seconds * hz) + 1):
        now_ns = round(i * SECOND / hz)
        for beat in source.poll(now_ns):
            assert beat.t_ns <= beat.arrival_ns <= now_ns
            beats.append(beat)
    return beats


def written(folder: Path, text: str, name: str = "rr.txt") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


# ------------------------------------------------------------------ the port


@pytest.fixture(params=["none", "simulated", "file"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> HeartSource:
    spec = request.param
    if spec == "file":
        path = written(tmp_path, "800\n" * 60)
        spec = f"file:{path}"
    return open_heart(spec, seed=3)


def test_every_source_keeps_the_contract_of_the_port(source: HeartSource) -> None:
    beats = play(source, 40.0)
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(beats))
    assert source.poll(40 * SECOND) == ()
    changes = source.changes()
    assert [c.state for c in changes][:1] == ([] if source.name == "none" else ["started"])
    assert all(change.source == source.name for change in changes)
    assert source.changes() == ()
    source.close()
    source.close()
    assert source.poll(90 * SECOND) == ()


def test_asking_late_gives_the_same_beats_as_asking_often(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join(str(700 + 40 * (i % 7)) for i in range(100)))
    often = play(FileHeart(path), 60.0)
    late = FileHeart(path)
    assert [*late.poll(20 * SECOND), *late.poll(60 * SECOND)] == often


def test_an_unknown_source_is_refused_with_what_there_is() -> None:
    for spec in ("polar", "file:", "Simulated", ""):
        with pytest.raises(SensorError, match="simulated, file:PATH") as caught:
            open_heart(spec)
        assert caught.value.reason is SensorReason.UNKNOWN_SOURCE
        assert caught.value.exit_status == 2
    assert isinstance(open_heart("none"), NoHeart)


# ------------------------------------------------------------------ beat clock


@given(st.lists(st.floats(350.0, 1600.0), min_size=8, max_size=120), st.floats(0.0, 0.9))
def test_beats_are_rebuilt_to_within_a_second_whenever_the_strap_speaks(
    rr: list[float], phase: float
) -> None:
    clock, beats, at = BeatClock(), [], 0
    truth: list[int] = []
    for interval in rr:
        truth.append((truth[-1] if truth else 0) + round(interval * 1e6))
    notify = round((1.0 + phase) * SECOND)
    while at < len(rr):
        told = []
        while at < len(rr) and truth[at] <= notify:
            told.append(rr[at])
            at += 1
        beats += clock.packet(notify + 30_000_000, told, None)
        notify += SECOND
    assert [beat.rr_ms for beat in beats] == rr
    for beat, true_ns in zip(beats, truth, strict=True):
        # late by the quickest packet's delay at most, early never beyond the radio's
        assert -1 <= beat.t_ns - true_ns <= 2 * SECOND
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(beats))


def test_between_packets_that_came_in_time_the_intervals_stand_between_the_beats(tmp_path: Path) -> None:
    beats = play(FileHeart(SHIPPED), 300.0)
    exact = sum(
        abs(later.t_ns - earlier.t_ns - (later.rr_ms or 0.0) * 1e6) < 2 for earlier, later in pairwise(beats)
    )
    # the clock is set right a few times at the start, when a packet comes quicker than those before it
    assert exact >= len(beats) - 12


def test_a_silence_of_more_than_three_seconds_begins_a_new_segment() -> None:
    clock = BeatClock()
    first = clock.packet(1 * SECOND, [800.0], None)
    second = clock.packet(2 * SECOND, [900.0], None)
    after = clock.packet(6 * SECOND, [850.0, 860.0], None)
    assert [b.flag for b in (*first, *second, *after)] == [
        BeatFlag.GAP,
        BeatFlag.OK,
        BeatFlag.GAP,
        BeatFlag.OK,
    ]
    assert after[-1].t_ns == 6 * SECOND
    # even where the intervals account for the silence
    (beat,) = clock.packet(round(9.5 * SECOND), [3400.0], None)
    assert beat.flag == BeatFlag.GAP


def test_sums_that_part_from_the_arrivals_begin_a_new_segment() -> None:
    clock = BeatClock()
    flags = []
    for i in range(1, 12):
        flags += [beat.flag for beat in clock.packet(i * SECOND, [600.0], None)]
    assert BeatFlag.GAP in flags[1:]


# ------------------------------------------------------------------ file


def test_the_shipped_recording_is_whole_and_plays_at_its_own_pace() -> None:
    rr = read_rr(SHIPPED)
    assert len(rr) == 4684
    assert sum(rr) == pytest.approx(3_599_365.0)
    head = SHIPPED.read_text("utf-8").split("\n664", 1)[0]
    assert "pyhrv 0.5.0" in head
    assert "BSD 3-Clause" in head
    assert "Pedro Gomes" in SHIPPED.with_name("LICENSE-pyhrv.txt").read_text("utf-8")
    beats = play(FileHeart(SHIPPED), 120.0, hz=30.0)
    assert [beat.rr_ms for beat in beats] == list(rr[: len(beats)])
    assert sum(rr[: len(beats)]) / 1000.0 == pytest.approx(120.0, abs=2.5)
    assert all(beat.bpm is not None and 50.0 < beat.bpm < 110.0 for beat in beats)


def test_a_strap_speaks_once_a_second_of_no_more_than_three_beats() -> None:
    beats = play(FileHeart(SHIPPED), 60.0)
    arrivals = [beat.arrival_ns for beat in beats]
    assert {b - a for a, b in pairwise(sorted(set(arrivals)))} <= {SECOND, 2 * SECOND}
    assert max(arrivals.count(a) for a in arrivals) <= 3


def test_comments_blank_lines_headers_and_byte_order_marks_are_understood(tmp_path: Path) -> None:
    plain = written(tmp_path, "\ufeff# a comment\n\n800 # and another\n 812.5\n")
    assert read_rr(plain) == (800.0, 812.5)
    table = written(tmp_path, '# x\nt_s,"rr_ms",flag\n0.8,800,0\n1.6,812.5,0\n', "rr.csv")
    assert read_rr(table) == (800.0, 812.5)


@pytest.mark.parametrize(
    ("text", "name", "line", "advice"),
    [
        ("800\nhello\n", "a.txt", "line 2", "not a number"),
        ("800\n810,5\n", "a.txt", "line 2", "point for decimals"),
        ("0.8\n0.81\n", "a.txt", "line 1", "multiply by 1000"),
        ("800\n\n-5\n", "a.txt", "line 3", "between 100 and 60000"),
        ("nan\n", "a.txt", "line 1", "between 100"),
        ("1e999\n", "a.txt", "line 1", "between 100"),
        ("beat,interval\n1,800\n", "a.csv", "line 1", "rr_ms"),
        ("t,rr_ms\n1\n", "a.csv", "line 2", "not a number"),
    ],
)
def test_nonsense_is_refused_with_its_line_and_what_to_do(
    tmp_path: Path, text: str, name: str, line: str, advice: str
) -> None:
    path = written(tmp_path, text, name)
    with pytest.raises(SensorError) as caught:
        FileHeart(path)
    assert caught.value.reason is SensorReason.INVALID
    assert str(path) in str(caught.value)
    assert line in str(caught.value)
    assert advice in str(caught.value)


def test_files_that_are_missing_empty_or_no_text_are_refused(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path / "none.txt", SensorReason.NOT_FOUND),
        (tmp_path, SensorReason.UNREADABLE),
        (written(tmp_path, "# nothing\n"), SensorReason.INVALID),
    ):
        with pytest.raises(SensorError) as caught:
            FileHeart(path)
        assert caught.value.reason is reason
    raw = tmp_path / "raw.txt"
    raw.write_bytes(b"\xff\xfe\x00\x81\x82")
    with pytest.raises(SensorError, match="text file"):
        FileHeart(raw)


def test_a_recording_at_its_end_says_so_and_falls_silent(tmp_path: Path) -> None:
    source = FileHeart(written(tmp_path, "1000\n" * 5))
    assert len(play(source, 10.0)) == 5
    assert [change.state for change in source.changes()] == ["started", "ended"]


def test_a_loop_goes_on_in_a_new_segment(tmp_path: Path) -> None:
    source = FileHeart(written(tmp_path, "1000\n900\n800\n"), loop=True)
    beats = play(source, 20.0)
    assert len(beats) > 12
    assert [change.state for change in source.changes()] == ["started"]
    for beat in beats:
        assert (beat.flag == BeatFlag.GAP) == (beat.rr_ms == 1000.0)


def test_playing_may_begin_later(tmp_path: Path) -> None:
    beats = play(FileHeart(written(tmp_path, "1000\n" * 9), start_ns=5 * SECOND), 20.0)
    assert len(beats) == 9
    assert beats[0].t_ns > 5 * SECOND


# ------------------------------------------------------------------ simulated


def rate(beats: list[Beat], from_s: float, to_s: float) -> float:
    rr = [b.rr_ms for b in beats if b.rr_ms is not None and from_s * 1e9 <= b.t_ns < to_s * 1e9]
    return 60_000.0 * len(rr) / sum(rr)


def variability(beats: list[Beat], from_s: float, to_s: float) -> float:
    rr = [b.rr_ms for b in beats if b.rr_ms is not None and from_s * 1e9 <= b.t_ns < to_s * 1e9]
    return math.sqrt(sum((b - a) ** 2 for a, b in pairwise(rr)) / (len(rr) - 1))


def test_the_simulated_rate_follows_the_drive_up_and_down() -> None:
    drives = {0: 0.0, 1: 0.9, 2: 0.1}
    source = SimulatedHeart(5, lambda t_ns: drives[min(2, t_ns // (120 * SECOND))], resting_bpm=68.0)
    beats = play(source, 360.0, 30.0)
    calm, aroused, calmer = rate(beats, 20, 120), rate(beats, 150, 240), rate(beats, 300, 360)
    assert calm == pytest.approx(68.0, abs=4.0)
    assert aroused > calm + 25.0
    assert abs(calmer - calm) < 12.0
    assert variability(beats, 150, 240) < 0.7 * variability(beats, 20, 120)


@pytest.mark.parametrize("seed", range(4))
def test_simulated_intervals_are_those_of_a_heart(seed: int) -> None:
    beats = play(SimulatedHeart(seed, lambda t_ns: 0.5 + 0.5 * math.sin(t_ns / 2e10)), 300.0, 20.0)
    rr = [beat.rr_ms for beat in beats if beat.rr_ms is not None]
    assert all(330.0 <= interval <= 1500.0 for interval in rr)
    jumps = [abs(b - a) / a for a, b in pairwise(rr)]
    assert sum(jump > 0.2 for jump in jumps) <= 0.02 * len(jumps)


def test_a_resting_heart_breathes() -> None:
    rr = [beat.rr_ms or 0.0 for beat in play(SimulatedHeart(2), 300.0, 20.0)]
    mean = sum(rr) / len(rr)
    times = [sum(rr[: i + 1]) / 1000.0 for i in range(len(rr))]

    def power(hz: float) -> float:
        c = sum((x - mean) * math.cos(2 * math.pi * hz * t) for x, t in zip(rr, times, strict=True))
        s = sum((x - mean) * math.sin(2 * math.pi * hz * t) for x, t in zip(rr, times, strict=True))
        return c * c + s * s

    breathing = sum(power(0.15 + 0.01 * i) for i in range(21)) / 21
    beyond = sum(power(0.38 + 0.01 * i) for i in range(6)) / 6
    assert breathing > 5.0 * beyond
    assert 20.0 < variability(play(SimulatedHeart(2), 300.0, 20.0), 0, 300) < 70.0


def test_the_same_seed_gives_the_same_heart_and_another_seed_another() -> None:
    assert play(SimulatedHeart(7), 30.0) == play(SimulatedHeart(7), 30.0)
    assert play(SimulatedHeart(7), 30.0) != play(SimulatedHeart(8), 30.0)


def test_a_resting_rate_of_no_human_heart_is_refused() -> None:
    with pytest.raises(ValueError, match="40 to 120"):
        SimulatedHeart(1, resting_bpm=300.0)


# ------------------------------------------------------------------ one source for each channel


def test_an_ecg_beside_a_strap_is_refused_with_what_to_do() -> None:
    with pytest.raises(SensorError) as refused:
        one_source_each("ble:Polar H10", ["eda=lsl:GSR", "ecg=lsl:ECG"])
    assert refused.value.reason is SensorReason.AMBIGUOUS
    assert "leave out --channel ecg" in str(refused.value)


def test_a_channel_that_is_named_twice_is_refused() -> None:
    with pytest.raises(SensorError) as refused:
        one_source_each("none", ["eda=lsl:A", "eda=lsl:B"])
    assert refused.value.reason is SensorReason.INVALID


@pytest.mark.parametrize("heart", ["none", "simulated", "lsl:RR", "ble:Polar H10"])
def test_whatever_shares_no_stream_is_taken(heart: str) -> None:
    one_source_each(heart, ["eda=lsl:A", "respiration=lsl:B"])
    if not heart.startswith("ble:"):
        one_source_each(heart, ["ecg=lsl:A"])


@pytest.mark.parametrize("ecg", [True, False])
def test_a_strap_is_heard_without_its_ecg_where_the_stream_has_another_source(
    ecg: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def strap(wanted: str, now_ns: object, radio: object = None, *, ecg: bool) -> NoHeart:
        asked.append(ecg)
        return NoHeart()

    monkeypatch.setattr(sources, "BluetoothHeart", strap)
    open_heart("ble:Polar H10", now_ns=lambda: 0, ecg=ecg)
    assert asked == [ecg]


def test_a_run_with_both_ends_before_it_records_anything(tmp_path: Path) -> None:
    options: dict[str, Any] = {"heart": "ble:Polar H10", "channels": ("ecg=lsl:ECG",), "speed": "real"}
    with pytest.raises(SensorError) as refused:
        play_session(tmp_path, **options)
    assert refused.value.reason is SensorReason.AMBIGUOUS
    assert not list(tmp_path.glob("*/record.db"))
