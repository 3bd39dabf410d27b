"""A small clinic for tests of exports: who agreed to research and who did not, records with all streams, typed secrets."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from mcap.reader import make_reader

from clinician_console.clinic.debrief import (
    AdverseEvent,
    Debrief,
    Expectancy,
    Relation,
    Resolved,
    Severity,
    to_json,
)
from clinician_console.clinic.entries import Answers, Patient, Session
from clinician_console.export.portion import Portion
from tests.helpers.made_record import KEY, make_record, played
from tests.helpers.memory_store import MemoryStore
from vr_runtime.protocol.codec import decode_event, encode_event_body
from vr_runtime.protocol.events import Opened
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.words import AgeBand
from vr_runtime.record import Entry, Reader, Writer
from vr_runtime.record.chunks import stream_dtype

SECRET = "=cmd|Mrs Example of Rue Longue"
EPOCH_2000_NS = 826_123_456_000_000_000
"""A sensor's own clock, as straps have it: nanoseconds since the year 2000. It tells the real date."""


@dataclass(frozen=True)
class Clinic:
    store: MemoryStore
    first: Patient
    second: Patient
    refused: Patient
    record: Path


def make_clinic(folder: Path) -> Clinic:
    store = MemoryStore()
    record, sensed = make_record(folder / "made"), sensed_record(folder / "sensed")
    first = store.save_patient(
        Patient("", "Zoe-1", AgeBand.FROM_18, notes=SECRET, consent_research=True, date_shift_days=-40)
    )
    second = store.save_patient(Patient("", "Abel-2", AgeBand.FROM_26, consent_research=True))
    refused = store.save_patient(Patient("", "Nadia-3", AgeBand.FROM_26))
    store.save_patient(Patient("", "Omar-4", consent_research=True))
    practice = store.practice_patient()
    adverse = AdverseEvent(
        what=SECRET, severity=Severity.MODERATE, relation=Relation.POSSIBLE, resolved=Resolved.YES
    )
    debrief = Debrief(
        when="2026-03-02T10:05:00+00:00", by=SECRET, expectancy=Expectancy(feared=SECRET), end_distress=20,
        sickness=3, adverse=(adverse,), note=SECRET,
    )  # fmt: skip
    add = store.save_session
    add(
        Session("run-1", first.id, "", "2026-03-02T09:30:00+00:00", state="ended", record=str(record),
                debrief=to_json(debrief))
    )  # fmt: skip
    add(Session("run-2", first.id, "", "2026-03-09T09:30:00+00:00", state="ended", record=str(sensed)))
    add(Session("run-3", first.id, "", "2026-03-16T09:30:00+00:00", state="running", record=str(record)))
    add(Session("run-4", second.id, "", "2026-03-03T09:30:00+00:00", state="ended", record=str(record)))
    add(
        Session(
            "run-5", second.id, "", "2026-03-04T09:30:00+00:00", state="ended", record=str(folder / "gone")
        )
    )
    add(Session("run-6", refused.id, "", "2026-03-05T09:30:00+00:00", state="ended", record=str(record)))
    add(Session("run-7", practice.id, "", "2026-03-06T09:30:00+00:00", state="ended", record=str(record)))
    phq9: dict[str, int | str | None] = {str(number): 1 for number in range(1, 10)}
    states = {"states": {"total": "complete"}}
    store.save_answers(
        Answers(
            "",
            first.id,
            "phq9",
            "2001",
            "en",
            "2026-03-02",
            "patient",
            phq9,
            {"total": 9, "about": states},
            "run-1",
        )
    )
    store.save_answers(
        Answers(
            "",
            first.id,
            "gad7",
            "2006",
            "fr",
            "2026-03-10",
            SECRET,
            {"1": None, "2": SECRET},
            {"total": None, "about": {}},
        )
    )
    return Clinic(store, first, second, refused, record)


def sensed_record(folder: Path) -> Path:
    """30 s with gaze, ECG at 130 Hz, skin conductance, beats with the sensor's own clock; never closed."""
    log = played(()).log[:1]
    opened = decode_event(1, 0, log[0].kind, log[0].body).body
    assert isinstance(opened, Opened)
    words = Text(en=SECRET, fr=SECRET)
    own = opened.plan.steps[0].model_copy(
        update={"id": "rue-longue", "name": words, "goal": words, "safety_signals": (SECRET,)}
    )
    plan = opened.plan.model_copy(
        update={"id": "rue-longue", "title": SECRET, "steps": (own, *opened.plan.steps[1:])}
    )
    named = opened.model_copy(
        update={"heart": "ble:AA:BB:CC:DD:EE:FF", "wall_utc": "2026-03-09T09:37:41+00:00", "plan": plan}
    )
    with Writer.create(folder, KEY) as writer:
        writer.append(Entry(1, 0, log[0].kind, encode_event_body(named, 0, None)))
        seq = 2
        for stream, count, step_ns in (
            ("eye", 2700, 11_111_111), ("ecg", 3900, 7_692_308), ("eda", 120, 250_000_000),
            ("head", 2700, 11_111_111), ("heart", 30, 1_000_000_000), ("heart_time", 30, 1_000_000_000),
        ):  # fmt: skip
            rows = np.zeros(count, stream_dtype(stream))
            rows["t_ns"] = np.arange(1, count + 1) * step_ns
            rows["frame"] = rows["t_ns"] // 11_111_111
            names = rows.dtype.names or ()
            if "sensor_ns" in names:
                rows["sensor_ns"] = rows["t_ns"] + EPOCH_2000_NS
            if "value" in names:
                rows["value"] = np.sin(np.arange(count) / 20) * 100 + 101
            if "qw" in names:
                turn = np.radians(10.0)  # to the right: about -Z
                rows["qz"], rows["qw"], rows["valid"] = -np.sin(turn / 2), np.cos(turn / 2), 1
                rows["valid"][1000:1100] = 0
            if "rr_ms" in names:
                rows["rr_ms"], rows["bpm"] = 800 + 10 * (np.arange(count) % 3), np.nan
            writer.append_samples(seq, int(rows["t_ns"][-1]), stream, rows)
            seq += 1
        assert writer.barrier(30), writer.health()
    return folder


def opened(folder: Path) -> Reader:
    return Reader.open(folder, KEY)


def of_first(study: Portion) -> str:
    return next(person.label for person in study.people if len(person.sittings) == 2)


def all_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def all_text(folder: Path) -> str:
    """Everything in an export, unpacked, and the names of its files."""
    parts: list[str] = []
    for path in all_files(folder):
        parts.append(str(path.relative_to(folder)))
        if path.suffix == ".gz":
            parts.append(gzip.decompress(path.read_bytes()).decode())
        elif path.suffix == ".mcap":
            with path.open("rb") as file:
                reader = make_reader(file)
                parts += [message.data.decode() for _, _, message in reader.iter_messages()]
                parts += [str(one.metadata) for one in reader.iter_metadata()]
        else:
            parts.append(path.read_bytes().decode("utf-8", "replace"))
    return "\n".join(parts)
