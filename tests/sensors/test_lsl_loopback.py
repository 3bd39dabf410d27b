"""liblsl itself on this machine: what is sent is what is recorded; clocks, restarts, two of one name, outlets."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from tests.helpers.lsl import Sender, can_shift_clocks, outlet, pylsl, unique, until
from vr_runtime.assemble import Options, plan_for_scene, play_session
from vr_runtime.catalogue import find_scenes
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.port import Frame, Sensed
from vr_runtime.lsl_outlets import HEAD, HEART, MARKERS, LslOutlets
from vr_runtime.protocol.events import HeartSourceChanged, NoteTaken, RatingGiven, TriggerFired
from vr_runtime.protocol.pose import Beat, Hands, Pose
from vr_runtime.protocol.streams import BeatFlag
from vr_runtime.protocol.words import Rated, Reporter, Scale
from vr_runtime.record import PassphraseKey, Reader
from vr_runtime.replay import replay
from vr_runtime.run_command import LaboratoryRequest, RunRequest
from vr_runtime.runtime import Rooms, Turn
from vr_runtime.sensors import SensorError, SensorReason, open_channel, open_heart
from vr_runtime.sensors.lsl import LslHeart
from vr_runtime.sensors.lsl_search import LslSearch

ROOT = Path(__file__).resolve().parents[2]
KEY = PassphraseKey("four words of a test")


@pytest.fixture
def clock() -> RuntimeClock:
    return RuntimeClock()


@pytest.fixture
def heart(clock: RuntimeClock) -> Iterator[Any]:
    """Opens a heart source, and closes it at the end."""
    opened: list[Any] = []

    def open_it(spec: str) -> LslHeart:
        opened.append(open_heart(spec, now_ns=clock.now_ns))
        return cast(LslHeart, opened[-1])

    yield open_it
    for source in opened:
        source.close()


def test_what_is_sent_is_recorded_in_order_none_lost_and_none_twice(tmp_path: Path) -> None:
    beats, ecg = unique("beats"), unique("ecg")
    intervals = [700.0 + 10.0 * (i % 13) for i in range(60)]
    rr_out = outlet(beats, "RR", "ms")
    ecg_out = outlet(ecg, "ECG", "mV", rate_hz=130.0)
    sent: dict[str, list[tuple[float, float]]] = {"heart": [], "ecg": []}
    finished = threading.Event()

    def send() -> None:
        rr_out.wait_for_consumers(30.0)
        ecg_out.wait_for_consumers(30.0)
        time.sleep(1.0)  # the session is under way
        began = time.monotonic()
        while (gone := time.monotonic() - began) < 3.0:
            while len(sent["ecg"]) < gone * 130.0:
                sent["ecg"].append((float(np.float32(0.001 * len(sent["ecg"]))), pylsl.local_clock()))
                ecg_out.push_sample([sent["ecg"][-1][0]], sent["ecg"][-1][1])
            while len(sent["heart"]) < min(gone * 20.0, len(intervals)):
                sent["heart"].append((intervals[len(sent["heart"])], pylsl.local_clock()))
                rr_out.push_sample([sent["heart"][-1][0]], sent["heart"][-1][1])
            time.sleep(0.004)
        time.sleep(0.5)
        finished.set()

    sender = threading.Thread(target=send)
    sender.start()
    packs = find_scenes()
    result = play_session(
        Options(
            plan=plan_for_scene(packs, "heights"),
            packs=packs,
            records=tmp_path,
            key=KEY,
            patient="none",
            heart=f"lsl:{beats},stamp=beat",
            channels=(f"ecg=lsl:{ecg}",),
            rate_hz=60.0,
            duration_s=60.0,
        ),
        interrupted=finished.is_set,
    )
    sender.join()
    with Reader.open(result.record, KEY) as reader:
        rows = {name: reader.samples(name) for name in ("heart", "heart_time", "ecg")}
        changes = [event.body for event in reader.events() if isinstance(event.body, HeartSourceChanged)]
    replayed = replay(result.record, KEY, packs)
    assert replayed.identical, replayed.difference
    assert {change.source for change in changes} == {f"lsl:{beats}", f"ecg lsl:{ecg}"}
    assert all(change.state == "started" for change in changes)
    for values, stamps, name, unit in (
        (rows["heart"]["rr_ms"], rows["heart_time"]["sensor_ns"], "heart", 1.0),
        (rows["ecg"]["value"], rows["ecg"]["sensor_ns"], "ecg", 1e3),
    ):
        assert len(sent[name]) >= 50
        np.testing.assert_allclose(values, [value * unit for value, _ in sent[name]], rtol=1e-6)
        assert stamps.tolist() == [round(stamp * 1e9) for _, stamp in sent[name]]
    for name in ("heart", "ecg"):
        t_ns, arrival_ns = rows[name]["t_ns"], rows[name]["arrival_ns"]
        assert (np.diff(t_ns) > 0).all()
        assert (t_ns <= arrival_ns).all()
        # one clock of one machine: distances are the sender's
        distances = np.diff(t_ns) - np.diff([round(stamp * 1e9) for _, stamp in sent[name]])
        assert np.abs(distances).max() < 1_000_000
    assert np.nanmax(rows["heart_time"]["error_ms"]) < 5.0


WHO_IS_THERE = """
import pylsl
print(sorted(info.name() for info in pylsl.resolve_bypred("contains(name,'Palier')", 3, 20.0)))
"""


def test_outlets_are_seen_in_the_session_that_was_asked_for_and_in_no_other(tmp_path: Path) -> None:
    session = unique("room")
    own = Path(os.environ["LSLAPICFG"]).read_text("utf-8")
    other = tmp_path / "other.cfg"
    other.write_text(own.replace(own.partition("SessionID = ")[2].partition("\n")[0], session), "utf-8")
    assert session in other.read_text("utf-8")
    command = [sys.executable, "-m", "vr_runtime", "run", "--scene", "heights", "--records", str(tmp_path)]
    options = ["--lsl", "--lsl-session", session, "--key-file", str(tmp_path / "key")]
    runtime = subprocess.Popen(
        [*command, *options],
        cwd=ROOT,
        env=os.environ | {"PALIER_HOME": str(tmp_path / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        seen = subprocess.run(
            [sys.executable, "-c", WHO_IS_THERE],
            env=os.environ | {"LSLAPICFG": str(other)},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        assert seen.strip() == str(sorted((HEAD, HEART, MARKERS)))
        assert pylsl.resolve_bypred("contains(name,'Palier')", 1, 1.5) == []
    finally:
        runtime.terminate()
        _, remarks = runtime.communicate(timeout=30)
    assert "unencrypted" in remarks


def test_without_the_switch_nothing_is_sent_and_a_session_id_alone_is_refused() -> None:
    asked = SimpleNamespace(speed="real", heart="simulated", channels=())
    assert LaboratoryRequest().begin(cast(RunRequest, asked)) is False
    with pytest.raises(SensorError, match="nothing of this run goes by LSL"):
        LaboratoryRequest(session="room").begin(cast(RunRequest, asked))
    with pytest.raises(SensorError, match="--speed real"):
        LaboratoryRequest(outlets=True).begin(
            cast(RunRequest, SimpleNamespace(**{**vars(asked), "speed": "max"}))
        )
    twice = SimpleNamespace(**{**vars(asked), "channels": ("eda=lsl:a", "eda=lsl:b")})
    with pytest.raises(SensorError, match="one source"):
        LaboratoryRequest().begin(cast(RunRequest, twice))
    assert Options.lsl is False


@pytest.mark.skipif(not can_shift_clocks(), reason="no time namespaces here")
def test_the_clock_of_a_sender_that_is_a_thousand_seconds_ahead_is_corrected(
    clock: RuntimeClock, heart: Any
) -> None:
    name = unique("ahead")
    sender = Sender(name, unique("id"), ahead_s=1000)
    try:
        source = heart(f"lsl:{name},stamp=beat")
        sender.push([800.0] * 40, 0.05)
        beats = collected(source, clock, 40)
        sent = sender.pushed()
    finally:
        sender.kill()
    assert [beat.sensor_ns for beat in beats] == [round(stamp * 1e9) for _, stamp, _, _ in sent]
    ours_ns = round(pylsl.local_clock() * 1e9)
    assert sent[-1][1] * 1e9 - ours_ns > 900e9, "the sender's clock was not ahead"
    wall_ns = min(wall_less_clock(clock) for _ in range(20))[1]
    errors_ms = [
        abs(beat.t_ns + wall_ns - (before + after) / 2) / 1e6
        for beat, (_, _, before, after) in zip(beats, sent, strict=True)
    ]
    assert median(errors_ms) < 1.0 + 3.0 * max(beat.error_ms or 0.0 for beat in beats)


def wall_less_clock(clock: RuntimeClock) -> tuple[int, int]:
    """How long both took to read, and the wall clock less the runtime's (ns)."""
    before = clock.now_ns()
    wall_ns = time.time_ns()
    after = clock.now_ns()
    return after - before, wall_ns - (before + after) // 2


def test_a_sender_that_dies_and_is_started_again_is_heard_again_in_a_new_segment(
    clock: RuntimeClock, heart: Any
) -> None:
    name, source_id = unique("restart"), unique("id")
    first = Sender(name, source_id)
    source = heart(f"lsl:{name},stamp=beat")
    states = [change.state for change in source.changes()]
    first.push([810.0, 820.0, 830.0], 0.02)
    beats = collected(source, clock, 3)
    first.pushed()
    first.kill()
    until(lambda: states.extend(c.state for c in source.changes()) or "contact_lost" in states, "the loss")
    second = Sender(name, source_id)
    try:
        second.push([840.0, 850.0], 0.02)
        beats += collected(source, clock, 2)
    finally:
        second.kill()
    changes = source.changes()
    assert [*states, changes[0].state] == ["started", "contact_lost", "started"]
    assert "started anew" in changes[0].message
    assert [beat.rr_ms for beat in beats] == [810.0, 820.0, 830.0, 840.0, 850.0]
    flags = [beat.flag for beat in beats]
    assert flags[0] == flags[3] == BeatFlag.GAP
    assert all(later.t_ns > earlier.t_ns for earlier, later in pairwise(beats))


def collected(source: LslHeart, clock: RuntimeClock, count: int) -> list[Beat]:
    beats: list[Beat] = []
    until(lambda: beats.extend(source.poll(clock.now_ns())) or len(beats) >= count, f"{count} beats")
    assert len(beats) == count
    assert all(beat.t_ns <= beat.arrival_ns for beat in beats)
    return beats


def test_of_two_streams_of_one_name_both_are_listed_and_each_can_be_given(
    clock: RuntimeClock, heart: Any
) -> None:
    name = unique("twice")
    ids = sorted((unique("id"), unique("id")))
    kept = [outlet(name, "RR", "ms", source_id=each) for each in ids]
    with pytest.raises(SensorError) as told:
        heart(f"lsl:{name}")
    assert told.value.reason is SensorReason.AMBIGUOUS
    assert all(each in str(told.value) for each in ids)
    source = heart(f"lsl:name={name},source_id={ids[1]},stamp=beat")
    assert kept[1].wait_for_consumers(30.0)
    kept[0].push_sample([700.0])
    kept[1].push_sample([900.0])
    assert [beat.rr_ms for beat in collected(source, clock, 1)] == [900.0]


def test_a_stream_that_is_not_there_is_an_error_that_lists_what_is(clock: RuntimeClock) -> None:
    there, missing = unique("there"), unique("missing")
    kept = outlet(there, "EDA", "uS", rate_hz=4.0)
    with pytest.raises(SensorError) as told:
        open_channel(f"eda=lsl:{missing}", now_ns=clock.now_ns)
    assert told.value.reason is SensorReason.NOT_FOUND
    assert missing in str(told.value)
    assert there in str(told.value)
    del kept


def test_a_search_lists_streams_with_what_they_tell_and_how_to_ask_for_them(clock: RuntimeClock) -> None:
    name, twice = unique("Palm"), unique("Chest, wide")
    kept = [
        outlet(name, "GSR", "uS", rate_hz=4.0),
        outlet(twice, "RR", "ms", source_id="first"),
        outlet(twice, "RR", "ms", source_id="second"),
    ]
    search = LslSearch(seconds=30.0)
    assert search.problem == ""
    assert not search.over

    def mine() -> list[Any]:
        return [sensor for sensor in search.found() if name in sensor.name or twice in sensor.name]

    until(lambda: len(mine()) == 3, "three streams")
    assert {(sensor.spec, sensor.tells) for sensor in mine()} == {
        (f"lsl:{name}", ("eda",)),
        ("lsl:source_id=first", ("heart",)),
        ("lsl:source_id=second", ("heart",)),
    }
    search.close()
    search.close()
    assert len(mine()) == 3
    assert search.over
    source = open_channel(f"eda=lsl:{name}", now_ns=clock.now_ns)
    source.close()
    del kept


def test_what_the_outlets_send_is_heard_with_its_values_and_times_and_no_note(clock: RuntimeClock) -> None:
    run = unique("run")
    outlets = LslOutlets(clock.now_ns, run, 90.0)
    inlets = {}
    for stream in (HEART, MARKERS, HEAD):
        source_id = f"{stream.replace(' ', '-').lower()}-{run}"
        (info,) = until(lambda s=source_id: pylsl.resolve_byprop("source_id", s, 1, 5.0), stream)
        inlets[stream] = pylsl.StreamInlet(info)
        inlets[stream].open_stream(20.0)
    now_ns = clock.now_ns()
    frame = Frame(7, now_ns, now_ns + 11_000_000, False)
    beat_ns = now_ns - 300_000_000
    turn = a_turn(frame, Pose(0.25, -0.5, 1.5), (Beat(beat_ns, now_ns, 812.5, None, BeatFlag.OK),))
    outlets.frame_done(cast(Rooms, None), turn)
    assert outlets.failed == ""
    head, head_s = inlets[HEAD].pull_sample(20.0)
    assert head == [0.25, -0.5, 1.5, 0.0, 0.0, 0.0, 1.0]
    rr, rr_s = inlets[HEART].pull_sample(20.0)
    assert rr == [812.5]
    assert head_s - rr_s == pytest.approx(0.311, abs=1e-6)
    offset_s = pylsl.local_clock() - clock.now_ns() / 1e9
    assert rr_s == pytest.approx(beat_ns / 1e9 + offset_s, abs=0.02)
    words = [inlets[MARKERS].pull_sample(20.0) for _ in range(2)]
    assert [text for (text,), _ in words] == ["trigger/gust", "rating/distress/60"]
    assert words[0][1] == pytest.approx(head_s, abs=1e-6), "a trigger has the time at which it is seen"
    assert inlets[MARKERS].pull_sample(0.3) == (None, None), "a note went out"
    outlets.close()
    outlets.close()
    outlets.frame_done(cast(Rooms, None), turn)


def a_turn(frame: Frame, head: Pose, beats: tuple[Beat, ...]) -> Turn:
    told = (
        TriggerFired(trigger="gust", scene="heights"),
        NoteTaken(text="Mrs Smith cried"),
        RatingGiven(
            what=Rated.DISTRESS, scale=Scale.SUDS_100, raw=60, value=60, reported_by=Reporter.PATIENT, step=1
        ),
    )
    turn = SimpleNamespace(
        frame=frame,
        heard=SimpleNamespace(inputs=()),
        decision=SimpleNamespace(events=tuple((body, None) for body in told)),
        sensed=Sensed(head, Hands()),
        beats=beats,
        deeds=(),
        markers=(),
    )
    return cast(Turn, turn)
