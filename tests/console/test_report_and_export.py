"""The report and the tables, made from a real record alone."""

import csv
import json
import math
import re
import stat
from functools import cache
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinician_console.core.commandlog import command_lines, latency
from clinician_console.export import export_csv
from clinician_console.export.tables import COLUMNS, harmless
from clinician_console.report import gather, render
from clinician_console.words import LANGUAGES, Words
from tests.helpers.made_record import KEY, NOTE, make_record, played
from vr_runtime.protocol.codec import decode_event, encode_event_body
from vr_runtime.protocol.commands import GoToStep, Start
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.record import Reader, verify


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_record(tmp_path_factory.mktemp("made") / "record")


@cache
def report(record: Path, language: str = "en", **options: bool) -> str:
    with Reader.open(record, KEY) as reader:
        return render(gather(reader, language), Words(language), verdict=verify(record, KEY), **options)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.scripts = 0
        self.words: list[str] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        for name, value in attributes:
            if name in ("src", "href", "srcset", "action", "data") or name.startswith("on"):
                self.outside.append(f"{tag} {name}={value}")
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """An SVG shape: nothing is open after it."""
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def test_the_report_is_one_well_formed_file_that_asks_for_nothing_outside(record: Path) -> None:
    text = report(record)
    page = Page(text)
    assert page.outside == []
    assert page.scripts == 0
    assert page.open == []
    assert not re.search(r"https?:|url\(|@import", text)


def test_the_report_holds_the_final_hash_and_what_verify_said(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        digest = reader.last()[1].hex()
    text = report(record)
    assert digest in text
    assert "intact" in text
    assert "Not a diagnosis" in text
    assert "Nobody was exposed" in text


def test_an_interrupted_record_says_so(tmp_path: Path) -> None:
    cut = make_record(tmp_path / "cut", played(closed=False))
    text = report(cut)
    assert "interrupted: the record has no end" in text
    assert "cut: " in text


def test_notes_appear_only_when_asked_for_and_never_as_markup(tmp_path: Path) -> None:
    runtime = played((1.0,))
    from vr_runtime.protocol.events import NoteTaken

    runtime.log.pop()  # the end
    runtime.emit(NoteTaken(text="<script>alert(1)</script> & Mrs Example"))
    made = make_record(tmp_path / "noted", runtime)
    assert "Mrs Example" not in report(made)
    assert "Notes left out: 1" in report(made)
    text = report(made, with_notes=True)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Mrs Example" in text
    assert Page(text).scripts == 0


def test_names_that_people_give_are_never_markup(tmp_path: Path) -> None:
    """Pseudonym, plan, steps and what a newer runtime may call its markers."""
    from vr_runtime.protocol.events import Marker, Opened

    evil = "<img src=x onerror=alert(1)>\"'&"
    runtime = played((1.0, Start(), 1.0, GoToStep(step=1), 2.0))
    first = decode_event(1, 0, runtime.log[0].kind, runtime.log[0].body).body
    assert isinstance(first, Opened)
    step = first.plan.steps[0]
    named = step.model_copy(update={"name": step.name.model_copy(update={"en": evil, "fr": evil})})
    plan = first.plan.model_copy(update={"title": evil, "steps": (named, *first.plan.steps[1:])})
    opened = first.model_copy(update={"pseudonym": evil, "plan": plan, "heart": evil})
    made = Opened.model_validate(opened.model_dump())
    runtime.log[0] = runtime.log[0]._replace(body=encode_event_body(made, 0, None))
    runtime.log.pop()
    runtime.emit(
        Marker(
            marker="unheard_of", t_on_ns=1, t_off_ns=2, value=1, unit="<b>", source="head", quality=1,
            algorithm=evil, stimulus="edge", step=1,
        )
    )  # fmt: skip
    text = report(make_record(tmp_path / "named", runtime))
    page = Page(text)
    assert "<img" not in text
    assert page.outside == []
    assert page.open == []
    assert sum(evil in word for word in page.words) >= 4


def test_what_ended_a_session_and_its_limits_are_told_in_words(record: Path) -> None:
    for language in LANGUAGES:
        words = Words(language)
        text = report(record, language)
        assert escape(words("closing.end")) in text
        for name in SafetyLimits.model_fields:
            assert escape(words(f"limit.{name}")) in text
            assert name not in text


def test_steps_have_exposure_time_ratings_and_least_distance(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        data = gather(reader)
        stimulus, events = reader.samples("stimulus"), list(reader.events())
    one, two, three = data.visits
    assert (one.step, one.start, one.peak, one.end) == (
        1,
        pytest.approx(30),
        pytest.approx(45),
        pytest.approx(35),
    )
    phases = [(e.t_ns, e.body.phase.value) for e in events if e.body.kind == "phase"]
    steps = {e.body.step: e.t_ns for e in events if e.body.kind == "step"}
    # Step 2 had a pause of 5 s and 4 s in the safe place: neither is exposure.
    assert two.exposed_s == pytest.approx((steps[3] - steps[2]) / 1e9 - 9.0)
    assert two.missed == 1
    stopped = next(t for t, phase in phases if phase == "stopped")
    assert three.exposed_s == pytest.approx((stopped - steps[3]) / 1e9)
    in_three = (stimulus["t_ns"] >= steps[3]) & (stimulus["t_ns"] < stopped)
    assert three.distance_m == pytest.approx(float(stimulus["distance"][in_three].min()))


def test_safety_and_stop_are_told_with_the_time_to_the_frame_without_stimulus(record: Path) -> None:
    text = " ".join(Page(report(record)).words)
    assert "STOP by the console, at 1:21; first frame without the stimulus 11.1 ms after receipt" in text
    assert "The runtime did not hear this console" in text


def test_command_latencies_are_those_of_the_accepted_commands(record: Path) -> None:
    with Reader.open(record, KEY) as reader:
        lines = command_lines(reader.events())
    accepted = [line for line in lines if line.accepted]
    refused = [line for line in lines if line.accepted is False]
    assert {line.reason for line in refused} == {"needs_confirmation", "expired"}
    shown = [line.shown_ns - line.received_ns for line in accepted if line.shown_ns is not None]
    found = latency(shown)
    assert found is not None
    text = " ".join(Page(report(record)).words)
    assert f"{found.p99_ms:.1f}" in text
    assert f"{found.p50_ms:.1f}" in text
    assert "needs_confirmation: Up by more than one step" in text


@given(st.lists(st.integers(min_value=-(10**9), max_value=10**12), min_size=1, max_size=300))
def test_percentiles_are_values_that_were_measured(durations: list[int]) -> None:
    found = latency(durations)
    assert found is not None
    assert {round(found.p50_ms * 1e6), round(found.p99_ms * 1e6)} <= set(durations)
    below = sum(one <= round(found.p99_ms * 1e6) for one in durations)
    assert below >= 0.99 * len(durations)


def test_french_and_english_tell_the_same_figures(record: Path) -> None:
    def figures(language: str) -> list[str]:
        found = [cell.replace(",", ".") for cell in Page(report(record, language)).cells]
        return [cell for cell in found if re.fullmatch(r"[\d.: ms/]+", cell)]

    french = report(record, "fr")
    assert '<html lang="fr">' in french
    assert "Pas un diagnostic" in french
    assert "Not a diagnosis" not in french
    assert figures("fr") == figures("en")
    assert len(figures("en")) > 100


def tables(record: Path, folder: Path, **options: bool) -> dict[str, list[dict[str, str]]]:
    with Reader.open(record, KEY) as reader:
        written = export_csv(reader, folder, **options)
    found: dict[str, list[dict[str, str]]] = {}
    for path in written:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            found[path.stem] = list(rows)
            assert tuple(rows.fieldnames or ()) == COLUMNS[path.stem]
    return found


def test_the_tables_give_the_records_values_back_exactly(record: Path, tmp_path: Path) -> None:
    found = tables(record, tmp_path / "csv")
    with Reader.open(record, KEY) as reader:
        head, hands, heart = (reader.samples(name) for name in ("head", "hands", "heart"))
        events = list(reader.events())
    assert [int(row["t_ns"]) for row in found["head"]] == head["t_ns"].tolist()
    for name in ("x", "y", "z", "qx", "qy", "qz", "qw"):
        assert np.array_equal(np.array([row[name] for row in found["head"]], "<f4"), head[name])
    assert [row["hand"] for row in found["hands"][:2]] == ["left", "right"]
    untracked = [row for row, valid in zip(found["hands"], hands["valid"].tolist(), strict=True) if not valid]
    assert untracked
    assert all(row["x"] == row["qw"] == "" for row in untracked), "no made-up position"
    assert np.array_equal(np.array([row["rr_ms"] for row in found["heart"]], "<f4"), heart["rr_ms"])
    assert {row["flag"] for row in found["heart"]} == {"ok", "ectopic"}
    assert {row["bpm"] for row in found["heart"]} == {""}, "NaN is an empty cell"
    assert [int(row["seq"]) for row in found["events"]] == [event.seq for event in events]
    assert json.loads(found["events"][0]["body"])["seed"] == 1
    assert len(found["markers"]) == sum(event.body.kind == "marker" for event in events)


def test_commands_have_their_three_times_and_reasons(record: Path, tmp_path: Path) -> None:
    rows = {row["id"]: row for row in tables(record, tmp_path / "csv")["commands"]}
    assert rows["command-0001"]["accepted"] == "true"
    assert int(rows["command-0001"]["sent_ns"]) < int(rows["command-0001"]["received_ns"])
    assert int(rows["command-0001"]["received_ns"]) < int(rows["command-0001"]["shown_ns"])
    assert rows["turned-away-0001"] == {
        **rows["turned-away-0001"], "kind": "resume", "shown_ns": "", "accepted": "false", "reason": "expired",
    }  # fmt: skip
    assert rows["stop-from-the-test"]["kind"] == "stop"


def test_notes_are_in_no_table_unless_asked_for(record: Path, tmp_path: Path) -> None:
    tables(record, tmp_path / "plain")
    assert all("Mrs Example" not in path.read_text() for path in (tmp_path / "plain").iterdir())
    tables(record, tmp_path / "noted", with_notes=True)
    assert NOTE in (tmp_path / "noted" / "events.csv").read_text()


def test_exports_are_for_their_owner_alone(record: Path, tmp_path: Path) -> None:
    tables(record, tmp_path / "csv")
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "csv").iterdir()} == {0o600}


@given(st.text(max_size=20))
def test_no_text_cell_begins_as_a_formula(text: str) -> None:
    written = harmless(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.endswith(text)


@given(st.floats())
def test_numbers_stay_numbers(value: float) -> None:
    assert harmless(value) == ("" if not math.isfinite(value) else value)
