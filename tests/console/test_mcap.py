"""A record as an MCAP file, read back by the package of the format's makers."""

from __future__ import annotations

import json
import math
import stat
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from mcap.reader import make_reader
from mcap.records import Chunk, Message
from mcap.stream_reader import StreamReader
from typer.testing import CliRunner

from clinician_console.cli import app
from clinician_console.export import Exported, export_mcap
from clinician_console.export.channels import CHANNELS
from tests.helpers.made_record import KEY, NOTE, make_record, played
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.codec import encode_event_body
from vr_runtime.protocol.streams import STREAMS, BeatFlag
from vr_runtime.record import NO_HASH, Entry, Reader, RecordError, Sealed, Writer, encode_chunk
from vr_runtime.record.chunks import stream_dtype

POSE = ("x", "y", "z", "qx", "qy", "qz", "qw")
ZERO_NS = round(datetime.fromisoformat("2026-03-02T09:30:00+00:00").timestamp()) * 1_000_000_000


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_record(tmp_path_factory.mktemp("made") / "record")


@pytest.fixture(scope="module")
def exported(record: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(record, tmp_path_factory.mktemp("mcap") / "session.mcap").path


def export(record: Path, path: Path, **options: bool) -> Exported:
    with Reader.open(record, KEY) as reader:
        return export_mcap(reader, path, **options)


class Said(NamedTuple):
    t_ns: int
    sequence: int
    content: dict[str, Any]


def said(path: Path, topic: str | None = None) -> dict[str, list[Said]]:
    """All messages of a file by topic, with the times of the runtime's clock."""
    found: dict[str, list[Said]] = {channel.topic: [] for channel in CHANNELS}
    with path.open("rb") as file:
        for _, channel, message in make_reader(file).iter_messages(topics=[topic] if topic else None):
            assert message.publish_time == message.log_time
            found[channel.topic].append(
                Said(message.log_time - ZERO_NS, message.sequence, json.loads(message.data))
            )
    return found


def metadata(path: Path) -> dict[str, dict[str, str]]:
    with path.open("rb") as file:
        return {one.name: one.metadata for one in make_reader(file).iter_metadata()}


def all_text(path: Path) -> str:
    """Everything that stands in the file, unpacked."""
    with path.open("rb") as file:
        reader = make_reader(file)
        messages = [message.data.decode() for _, _, message in reader.iter_messages()]
        return "\n".join(
            [*messages, str(metadata(path)), str(reader.get_header()), str(reader.get_summary())]
        )


# ------------------------------------------------------------------ nothing is lost


def test_every_event_is_in_the_file_with_its_time_and_content(record: Path, tmp_path: Path) -> None:
    found = said(export(record, tmp_path / "all.mcap", with_notes=True).path)["/events"]
    with Reader.open(record, KEY) as reader:
        events = list(reader.events())
    assert [one.content["seq"] for one in found] == [event.seq for event in events]
    assert len({one.content["kind"] for one in found}) > 15
    for one, event in zip(found, events, strict=True):
        assert one.t_ns == one.content["t_ns"] == event.t_ns
        assert one.sequence == event.seq
        assert one.content["frame"] == event.frame
        assert one.content.get("cause") == event.cause
        body = event.body.model_dump(mode="json")
        assert {"kind": one.content["kind"], **one.content["body"]} == body


@pytest.mark.parametrize("stream", ["head", "hands"])
def test_every_pose_is_in_the_file_with_its_time_and_exact_values(
    record: Path, exported: Path, stream: str
) -> None:
    found = said(exported)
    with Reader.open(record, KEY) as reader:
        samples = reader.samples(stream)
    topics = {"head": ("/head",), "hands": ("/hands/left", "/hands/right")}[stream]
    assert len(samples) > 800
    for hand, topic in enumerate(topics):
        rows = samples if stream == "head" else samples[samples["hand"] == hand]
        tracked, lost = rows[rows["valid"] != 0], rows[rows["valid"] == 0]
        assert [one.t_ns for one in found[topic]] == tracked["t_ns"].tolist()
        assert [one.content["frame"] for one in found[topic]] == tracked["frame"].tolist()
        for index, name in enumerate(POSE):
            part, axis = ("position", name) if index < 3 else ("orientation", name[1])
            values = [one.content["pose"][part][axis] for one in found[topic]]
            assert np.array_equal(np.array(values, "<f4"), tracked[name])
        assert {one.content["frame_id"] for one in found[topic]} <= {"tracked_space"}
        untracked = found[f"{topic}/untracked"]
        assert [(one.t_ns, one.content) for one in untracked] == [
            (t_ns, {"frame": frame}) for t_ns, frame in lost[["t_ns", "frame"]].tolist()
        ], "a pose that was not tracked has no position, and is not passed over"
    assert stream == "head" or found["/hands/left/untracked"]


def test_frames_stimuli_and_beats_are_in_the_file_exactly(record: Path, exported: Path) -> None:
    found = said(exported)
    with Reader.open(record, KEY) as reader:
        frames, stimuli, beats = (reader.samples(name) for name in ("frame", "stimulus", "heart"))
    assert [(one.t_ns, *exact(one, "frame", "display_ns", "flags")) for one in found["/frame"]] == frames[
        ["t_ns", "frame", "display_ns", "flags"]
    ].tolist()
    assert [int(one.content["state"], 16) for one in found["/frame"]] == frames["state"].tolist()
    names = ("frame", "stimulus", "distance", "x", "y", "z", "visible")
    assert len(stimuli) > 300
    assert [
        (one.t_ns, *map(np.float32, exact(one, *names))) for one in found["/stimulus"]
    ] == [(row[0], *map(np.float32, row[1:])) for row in stimuli[["t_ns", *names]].tolist()]  # fmt: skip
    assert [(one.t_ns, *exact(one, "frame", "arrival_ns")) for one in found["/heart"]] == beats[
        ["t_ns", "frame", "arrival_ns"]
    ].tolist()
    assert np.array_equal(np.array([one.content["rr_ms"] for one in found["/heart"]], "<f4"), beats["rr_ms"])
    assert [BeatFlag.NAMES.index(one.content["flag"]) for one in found["/heart"]] == beats["flag"].tolist()
    assert not any("bpm" in one.content for one in found["/heart"]), "no value, no field"


def exact(one: Said, *names: str) -> tuple[Any, ...]:
    return tuple(one.content[name] for name in names)


def test_every_recorded_stream_has_a_place_in_the_file(tmp_path: Path) -> None:
    """Random bits in every column, NaNs and all: nothing is passed over, and the file stays valid JSON."""
    folder, count = tmp_path / "random", 400
    recorded = {name: stream_dtype(name) for name, stream in STREAMS.items() if stream.recorded}
    given = {}
    with Writer.create(folder, KEY) as writer:
        for entry in played(()).log[:1]:
            writer.append(Entry(entry.seq, entry.t_ns, entry.kind, entry.body))
        for number, (stream, dtype) in enumerate(recorded.items()):
            bits = np.random.default_rng(number).bytes(dtype.itemsize * count)
            given[stream] = np.frombuffer(bits, dtype).copy()
            given[stream]["t_ns"] = np.arange(count)
            if stream == "hands":
                given[stream]["hand"] %= 2
            writer.append_samples(2 + number, 1, stream, given[stream])
        assert writer.barrier(10)
    found = said(export(folder, tmp_path / "random.mcap").path)
    compared: set[str] = set()
    for stream, rows in given.items():
        told = [one for topic, many in found.items() if topic.split("/")[1] == stream for one in many]
        assert sorted(one.t_ns for one in told) == list(range(count)), stream
        for one in told:
            row = rows[one.t_ns]
            figures = {**one.content, **flat_pose(one.content)}
            for name in figures.keys() & set(rows.dtype.names):
                value = figures[name]
                if isinstance(value, bool):
                    assert value == bool(row[name]), f"{stream}.{name}"
                elif isinstance(value, (int, float)):
                    compared.add(f"{stream}.{name}")
                    assert rows.dtype[name].type(value) == row[name], f"{stream}.{name}"
    assert {f"{s}.{name}" for s in ("head", "hands", "eye") for name in POSE} <= compared
    assert {"frame.shell", "frame.display_ns", "stimulus.distance", "heart.rr_ms", "heart.bpm"} <= compared


def flat_pose(content: dict[str, Any]) -> dict[str, float]:
    pose = content.get("pose")
    if pose is None:
        return {}
    return pose["position"] | {f"q{axis}": value for axis, value in pose["orientation"].items()}


def test_ratings_phases_parameters_and_intensity_are_figures_of_their_own(
    record: Path, exported: Path
) -> None:
    found = said(exported)
    with Reader.open(record, KEY) as reader:
        events = list(reader.events())
    ratings = [(e.t_ns, e.body.value) for e in events if isinstance(e.body, ev.RatingGiven)]
    assert len(ratings) > 4
    assert [(one.t_ns, one.content["value"]) for one in found["/ratings/distress"]] == ratings
    phases = [(e.t_ns, e.body.phase.value) for e in events if isinstance(e.body, ev.PhaseChanged)]
    assert [(one.t_ns, one.content["phase"]) for one in found["/phase"]] == phases
    markers = [(e.t_ns, e.body.value, e.body.marker) for e in events if isinstance(e.body, ev.Marker)]
    assert [(m.t_ns, m.content["value"], m.content["marker"]) for m in found["/markers"]] == markers
    assert [exact(one, "name", "target") for one in found["/parameters"]] == [("wind", 4.0)]
    levels = [one.content["intensity"] for one in found["/intensity"]]
    assert levels[0] == 0.0
    assert levels == [
        level for level, before in zip(levels, [None, *levels], strict=False) if level != before
    ]
    assert max(levels) == pytest.approx(3 / 10), "step 3 of 10 was the highest"
    stopped = next(one.t_ns for one in found["/phase"] if one.content["phase"] == "stopped")
    assert [one.content["intensity"] for one in found["/intensity"] if one.t_ns <= stopped][-1] == 0.0


# ------------------------------------------------------------------ the form


def test_the_schemas_fit_the_messages(exported: Path) -> None:
    with exported.open("rb") as file:
        reader = make_reader(file)
        checked = set()
        for schema, channel, message in reader.iter_messages():
            assert schema is not None
            assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
            check(json.loads(schema.data), json.loads(message.data), channel.topic)
            checked.add(schema.name)
    assert checked >= {
        "foxglove.PoseInFrame",
        "foxglove.Log",
        "palier.Event",
        "palier.Heart",
        "palier.Rating",
    }


TYPES: dict[str, Any] = {
    "object": dict, "string": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip


def check(schema: dict[str, Any], value: Any, where: str) -> None:
    """As much of JSON schema as Foxglove reads: one type a field, objects in objects, a choice of numbers."""
    if "oneOf" in schema:
        assert value in [choice["const"] for choice in schema["oneOf"]], where
        return
    assert isinstance(value, TYPES[schema["type"]]), where
    assert isinstance(value, bool) == (schema["type"] == "boolean"), where
    if schema["type"] == "object" and "properties" in schema:
        assert set(schema.get("required", schema["properties"])) <= set(value), where
        assert set(value) <= set(schema["properties"]), where
        for name, inner in value.items():
            check(schema["properties"][name], inner, f"{where}.{name}")
    if "maximum" in schema:
        assert schema["minimum"] <= value <= schema["maximum"], where


def test_the_file_is_compressed_indexed_and_in_the_order_of_time(exported: Path) -> None:
    with exported.open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None
    assert summary.statistics is not None
    assert summary.chunk_indexes
    assert all(index.message_index_offsets for index in summary.chunk_indexes)
    with exported.open("rb") as file:
        chunks = [one for one in StreamReader(file, emit_chunks=True).records if isinstance(one, Chunk)]
    assert {chunk.compression for chunk in chunks} == {"zstd"}
    times = times_as_written(exported)
    assert len(times) == summary.statistics.message_count > 4000
    assert times == sorted(times)
    assert {c.topic for c in summary.channels.values()} == {channel.topic for channel in CHANNELS}


def times_as_written(path: Path) -> list[int]:
    with path.open("rb") as file:
        return [one.log_time for one in StreamReader(file).records if isinstance(one, Message)]


def test_samples_that_came_late_stand_in_their_place(tmp_path: Path) -> None:
    """A beat is told of seconds after it was: the file has it among its time's frames."""
    path = tmp_path / "late.mcap"
    export_mcap(Made(entries(minutes=10, beats_late_ns=9_000_000_000)), path)
    times = times_as_written(path)
    assert times == sorted(times)
    assert len(said(path)["/heart"]) == 3000


def test_the_metadata_say_what_record_this_is(record: Path, exported: Path) -> None:
    with Reader.open(record, KEY) as reader:
        seq, digest = reader.last()
        opened = next(iter(reader.events())).body
    assert isinstance(opened, ev.Opened)
    told = metadata(exported)
    assert told["palier.record"] == {
        **told["palier.record"],
        "record": opened.epoch, "record_format": "1", "last_seq": str(seq), "last_hash": digest.hex(),
        "software": "palier 0.1.0", "zero_wall_utc": opened.wall_utc, "zero_unix_ns": str(ZERO_NS),
        "end": "closed", "notes": "left out",
    }  # fmt: skip
    assert told["palier.platform"] == opened.fingerprint.model_dump()


def test_the_same_record_makes_the_same_bytes(record: Path, exported: Path, tmp_path: Path) -> None:
    again = export(record, tmp_path / "another-name.mcap").path
    assert again.read_bytes() == exported.read_bytes()


# ------------------------------------------------------------------ what is left out


def test_notes_are_in_the_file_only_when_asked_for(record: Path, exported: Path, tmp_path: Path) -> None:
    assert "Mrs Example" not in all_text(exported)
    assert "(left out)" in all_text(exported)
    with_notes = export(record, tmp_path / "noted.mcap", with_notes=True).path
    notes = [one for one in said(with_notes)["/events"] if one.content["kind"] == "note"]
    assert [one.content["body"]["text"] for one in notes] == [NOTE]
    assert metadata(with_notes)["palier.record"]["notes"] == "included"


def test_what_a_newer_software_calls_identifying_is_left_out_too(tmp_path: Path) -> None:
    body = ev.Unknown(
        kind="diary", data={"lines": ["Mrs Example came late"], "count": 3, "identifying": True}
    )
    log = [*entries(minutes=0.05), (1_000_000, "diary", encode_event_body(body, 1, None))]
    path = export_mcap(Made(log), tmp_path / "diary.mcap").path
    assert "Mrs Example" not in all_text(path)
    diary = next(one for one in said(path)["/events"] if one.content["kind"] == "diary")
    assert diary.content["body"]["count"] == 3


# ------------------------------------------------------------------ damage, and the command


def test_a_cut_record_is_exported_up_to_its_end_and_says_so(tmp_path: Path) -> None:
    runtime = played(closed=False)
    done = export(make_record(tmp_path / "cut", runtime), tmp_path / "cut.mcap")
    assert done.interrupted
    assert done.last_seq == len(runtime.log)
    told = metadata(done.path)["palier.record"]
    assert (told["end"], told["last_seq"]) == ("interrupted", str(len(runtime.log)))
    assert (
        said(done.path)["/events"][-1].content["seq"]
        == [entry.seq for entry in runtime.log if not entry.kind.startswith("chunk:")][-1]
    )


class Made:
    """Entries without a record around them; ``broken_at`` is where the chain stops to fit."""

    def __init__(self, log: list[tuple[int, str, bytes]], broken_at: int = 0) -> None:
        self._log = log
        self._broken_at = broken_at

    def entries(self, from_seq: int = 1) -> Iterator[Sealed]:
        for seq, (t_ns, kind, body) in enumerate(self._log, 1):
            if seq == self._broken_at:
                from vr_runtime.record import RecordReason

                raise RecordError(RecordReason.ALTERED, "made to fail")
            yield Sealed(seq, t_ns, kind, body, seq.to_bytes(32, "big"))

    def last(self) -> tuple[int, bytes]:
        return len(self._log), NO_HASH


def entries(minutes: float, beats_late_ns: int = 0) -> list[tuple[int, str, bytes]]:
    """A log with chunks of head and heart at 5 rows a second; beats are told of some time after they were."""
    opened = played(()).log[0]
    log = [(0, opened.kind, opened.body)]
    quarter = 1_000_000_000
    for number in range(round(minutes * 60)):
        now = (number + 1) * quarter
        head, heart = np.zeros(5, stream_dtype("head")), np.zeros(5, stream_dtype("heart"))
        head["t_ns"] = heart["t_ns"] = now - quarter + np.arange(5) * (quarter // 5)
        head["valid"] = 1
        heart["t_ns"] -= min(beats_late_ns, now - quarter)
        log += [
            (now, "chunk:head", encode_chunk("head", head)),
            (now, "chunk:heart", encode_chunk("heart", heart)),
        ]
    return log


def test_a_record_that_breaks_off_leaves_the_older_file_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "session.mcap"
    path.write_bytes(b"an older export")
    with pytest.raises(RecordError, match="made to fail"):
        export_mcap(Made(entries(minutes=2), broken_at=200), path)
    assert path.read_bytes() == b"an older export"
    assert [one.name for one in tmp_path.iterdir()] == ["session.mcap"]


def test_memory_does_not_grow_with_the_record(tmp_path: Path) -> None:
    def peak(minutes: float) -> int:
        log = Made(entries(minutes))
        tracemalloc.start()
        try:
            export_mcap(log, tmp_path / "long.mcap")
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    short, long = peak(10), peak(50)
    assert long < short + 2_000_000, "five times the record, no more than the index of its chunks"


def test_samples_of_a_newer_software_are_left_out_and_named(tmp_path: Path) -> None:
    log = [*entries(minutes=0.05), (1, "chunk:breath", b"?"), (2, "chunk:breath", b"?")]
    done = export_mcap(Made(log), tmp_path / "newer.mcap")
    assert done.unknown_streams == ["breath"]
    assert metadata(done.path)["palier.record"]["streams_left_out"] == "breath"


def test_progress_is_told_up_to_the_end(record: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with Reader.open(record, KEY) as reader:
        export_mcap(reader, tmp_path / "p.mcap", progress=lambda *at: told.append(at))
    total = told[-1][1]
    assert told[-1] == (total, total)
    assert len(told) > 3
    assert told == sorted(told)


def test_the_command_writes_into_a_file_or_a_folder_and_prints_the_path(
    record: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIER_PASSPHRASE", "a passphrase for tests")
    for out, path in (
        (tmp_path / "here.mcap", tmp_path / "here.mcap"),
        (tmp_path / "folder", tmp_path / "folder" / "record.mcap"),
    ):
        ran = CliRunner().invoke(app, ["export", str(record), "--to", "mcap", "--out", str(out)])
        assert ran.exit_code == 0, ran.output
        assert ran.stdout.splitlines()[-1] == str(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert len(said(path)["/head"]) > 800


def test_the_command_says_that_a_record_was_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALIER_PASSPHRASE", "a passphrase for tests")
    cut = make_record(tmp_path / "cut", played((1.0,), closed=False))
    ran = CliRunner().invoke(app, ["export", str(cut), "--to", "mcap", "--out", str(tmp_path / "cut.mcap")])
    assert ran.exit_code == 0, ran.output
    assert "interrupted" in ran.stderr
    assert ran.stdout.splitlines() == [str(tmp_path / "cut.mcap")]


def test_the_wall_time_of_zero_is_exact_or_none() -> None:
    from clinician_console.export.mcap import unix_ns

    assert unix_ns("2026-03-02T09:30:00+00:00") == ZERO_NS
    assert unix_ns("2026-03-02T10:30:00.000001+01:00") == ZERO_NS + 1000
    assert unix_ns("2026-03-02T09:30:00") == ZERO_NS
    assert unix_ns("no time") == 0
    assert math.log2(ZERO_NS) < 64
