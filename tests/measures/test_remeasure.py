"""A record's measures computed anew: the very markers of the live session, whatever happened in it."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from tests.helpers.session import KEY, PASSPHRASE, act, play, script
from vr_runtime.body_course import BodyCourse, SwayOf, in_words_of, json_of
from vr_runtime.cli import app
from vr_runtime.heart_course import heart_course
from vr_runtime.measures.sway import Sway
from vr_runtime.protocol.event_body import EventBody
from vr_runtime.protocol.events import Event, Marker, PhaseChanged, ShellChanged
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.script import Script
from vr_runtime.protocol.words import Phase, Place
from vr_runtime.record import Entry, Reader, RecordState, Writer, read_derived, verify
from vr_runtime.remeasure import Course, Places, compare, read_course, remeasure

CALM = script(
    act(0.3, "start"),
    act(2.0, "go_to_step", step=1),
    act(9.0, "go_to_step", step=2),
    act(6.0, "pause"),
    act(2.0, "resume", expect="any"),
    act(3.0, "safe_place"),
    act(3.0, "resume", expect="any"),
    act(4.0, "end"),
    linger_s=8.0,
)

TWO_SCENES = Plan.model_validate(
    {
        "id": "two-scenes",
        "title": "two scenes",
        "steps": [
            {"id": name, "scene": scene, "uses": uses, "name": {"en": name, "fr": name}}
            for name, scene, uses in (
                ("one", "heights", "ground"),
                ("two", "road", "parked"),
                ("three", "heights", "first-floor"),
            )
        ],
    }
)

STORMY = script(
    act(0.3, "start"),
    act(1.0, "go_to_step", step=1, confirmed=True, expect="any"),
    act(4.0, "go_to_step", step=2, confirmed=True, expect="any"),
    act(0.4, "stop"),
    act(2.0, "release", expect="any"),
    act(2.0, "resume", expect="any"),
    act(5.0, "go_to_step", step=2, confirmed=True, expect="any"),
    act(0.5, "safe_place"),
    act(3.0, "resume", expect="any"),
    act(4.0, "go_to_step", step=3, confirmed=True, expect="any"),
    act(4.0, "stop"),
    act(0.2, "release", expect="any"),
    act(1.0, "end"),
    linger_s=3.0,
)


def course_of(record: Path) -> Course:
    with Reader.open(record, KEY) as reader:
        return read_course(reader)


@pytest.mark.parametrize(("acts", "plan"), [(CALM, None), (STORMY, TWO_SCENES)], ids=["calm", "stormy"])
def test_a_records_markers_come_out_the_same(tmp_path: Path, acts: Script, plan: Plan | None) -> None:
    options = {} if plan is None else {"plan": plan}
    record = play(tmp_path, acts, patient="virtual", heart="simulated", **options)
    course = course_of(record)
    again = remeasure(course)
    assert [m.model_dump_json() for m in again] == [m.model_dump_json() for m in course.recorded]
    groups = compare(course.recorded, again, closed=course.closed)
    assert {group.state for group in groups} == {"identical"}


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A baseline of 80 s, two steps with ratings, a window and a gust, 90 s of recovery."""
    acts = script(
        act(0.3, "start"),
        act(80.0, "go_to_step", step=1),
        act(5.0, "rating", raw=70.0),
        act(5.0, "open_window", what="holding the rail", mode="allow", target_s=15.0),
        act(2.0, "rating", what="urge", raw=60.0),
        act(23.0, "fire_trigger", trigger="gust"),
        act(10.0, "go_to_step", step=2),
        act(40.0, "end", to="recovery"),
        linger_s=90.0,
    )
    return play(tmp_path_factory.mktemp("records"), acts, rate_hz=20.0, patient="virtual", heart="simulated")


def measured(record: Path, *options: str) -> tuple[int, str]:
    result = CliRunner(env={"PALIER_PASSPHRASE": PASSPHRASE}).invoke(app, ["measure", str(record), *options])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout


def marker(value: float, algorithm: str = "retreat/1", name: str = "retreat") -> Marker:
    return Marker(
        marker=name,
        t_on_ns=0,
        t_off_ns=1,
        value=value,
        unit="m",
        source="head",
        quality=1.0,
        algorithm=algorithm,
    )


@pytest.mark.parametrize(
    ("recorded", "recomputed", "closed", "state"),
    [
        ([marker(1.0)], [marker(1.0)], True, "identical"),
        ([marker(1.0)], [marker(1.1)], True, "different"),
        ([marker(1.0)], [marker(1.0), marker(2.0)], True, "different"),
        ([marker(1.0)], [marker(1.0), marker(2.0)], False, "cut"),
        ([marker(1.1)], [marker(1.0), marker(2.0)], False, "different"),
        ([marker(1.0)], [marker(1.1, "retreat/2")], True, "other_version"),
        ([marker(1.0)], [], True, "recorded_only"),
        ([], [marker(1.0)], True, "recomputed_only"),
    ],
)
def test_one_version_has_one_result(
    recorded: list[Marker], recomputed: list[Marker], closed: bool, state: str
) -> None:
    (group,) = compare(recorded, recomputed, closed=closed)
    assert group.state == state
    assert (group.recorded, group.recomputed) == (tuple(recorded), tuple(recomputed))


def test_the_command_tells_sway_at_an_edge_and_urges_resisted(record: Path) -> None:
    told = json.loads(measured(record, "--json")[1])
    assert [(each["kind"], each["name"], each["step"]) for each in told["sway"]] == [
        ("phase", "baseline", 0),
        ("step", "ground", 1),
        ("step", "first-floor", 2),
    ]
    quiet = told["sway"][0]
    # the patient's sway is a sum of sines of some millimetres (docs/virtual-patient.md)
    assert 0.001 < quiet["sway_velocity"] < 0.05
    assert 0.3 < quiet["sway_slow_share"] < 1.0
    assert quiet["stood_s"] > 60.0
    prevention = told["prevention"]
    assert (prevention["urges"], prevention["resisted"], prevention["resisted_share"]) == (1, 1, 1.0)
    assert [(w["window"], w["outcome"], w["lasted_s"]) for w in prevention["windows"]] == [
        ("window-1", "resisted", pytest.approx(15.0, abs=0.1))
    ]
    text = measured(record)[1]
    assert "sway, baseline:" in text
    assert "urges in windows: 1 of 1 resisted (100%)" in " ".join(text.split())


def test_nothing_is_said_of_what_a_record_has_nothing_of() -> None:
    nothing = BodyCourse((), (), None)
    assert in_words_of(nothing) == []
    assert json_of(nothing) == {"sway": [], "prevention": {"windows": [], "resisted_share": None}}
    short = BodyCourse((SwayOf("step", "roof", 3, Sway(math.nan, math.nan, 0.5, 0.1)),), (), None)
    assert json_of(short)["sway"][0]["sway_velocity"] is None
    assert in_words_of(short)[0].startswith("sway, step 3 roof: - mm/s, - %")


def test_the_command_tells_both_sides_and_the_heart(record: Path) -> None:
    status, text = measured(record, "--json")
    assert status == 0
    told = json.loads(text)
    assert {group["state"] for group in told["algorithms"]} == {"identical"}
    assert {"heart_rate", "approach", "rmssd"} <= {group["name"] for group in told["algorithms"]}
    spans = {(span["kind"], span["name"], span["step"]): span for span in told["heart"]["spans"]}
    assert {kind for kind, _, _ in spans} == {"phase", "step"}
    quiet = spans["phase", "baseline", 0]
    assert quiet["uncorrected"]["coverage"] > 0.95
    assert 40.0 < quiet["corrected"]["mean_hr"] < 140.0
    assert "ultra_short" in quiet["corrected"]["labels"]["rmssd"]
    assert quiet["corrected"]["lf_hf"] is None
    assert [step["step"] for step in told["heart"]["steps"]] == [1, 2]
    assert told["heart"]["steps"][0]["d_hr"] == pytest.approx(
        spans["step", "ground", 1]["corrected"]["mean_hr"] - told["heart"]["baseline"]["mean_hr"]
    )
    assert told["heart"]["recovery"]["hrr60"] is not None
    assert [drop["trigger"] for drop in told["heart"]["triggers"]] == ["gust"]


def test_the_steps_heart_is_that_of_the_live_marker(record: Path) -> None:
    """As heard, over the same intervals: the live one counts what was heard of in the step, up to a packet's delay."""
    course = course_of(record)
    live = {m.step: m.value for m in course.recorded if m.marker == "step_heart_rate" and m.step}
    for span in heart_course(course).spans:
        if span.kind == "step":
            value = span.heard.measures["mean_hr"].value
            assert value == pytest.approx(live[span.step], rel=0.01 if span.step == 1 else 0.1)


def test_what_a_crash_left_is_measured_as_far_as_it_goes(record: Path, tmp_path: Path) -> None:
    with Reader.open(record, KEY) as reader:
        entries = list(reader.entries())
    ends = [len(entries) * share // 100 for share in (3, 40, 70)]
    last = next(at for at in range(ends[1], len(entries)) if entries[at].kind == "chunk:frame")
    for end in (*ends, last + 1, last + 2):  # the last two: between the chunks of one moment
        cut = tmp_path / str(end)
        with Writer.create(cut, KEY) as writer:
            for entry in entries[:end]:
                writer.append(Entry(entry.seq, entry.t_ns, entry.kind, entry.body))
            assert writer.barrier(10)
        course = course_of(cut)
        assert not course.closed
        groups = compare(course.recorded, remeasure(course), closed=course.closed)
        assert {group.state for group in groups} <= {"identical", "cut", "recomputed_only"}
        heart_course(course)


def test_people_see_the_tables(record: Path) -> None:
    status, text = measured(record)
    assert status == 0
    for word in (
        "heart_rate/1: identical",
        "recomputed",
        "baseline",
        "corrected",
        "RMSSD",
        "recovery",
        "gust at",
    ):
        assert word in text


def test_runs_are_kept_beside_the_record(record: Path, tmp_path: Path) -> None:
    copy = tmp_path / "record"
    shutil.copytree(record, copy)
    assert "kept as run 1" in measured(copy, "--keep")[1]
    assert json.loads(measured(copy, "--keep", "--json")[1])["kept_as_run"] == 2
    first, second = read_derived(copy, KEY)
    course = course_of(copy)
    assert (first.record_seq, first.record_hash) == (course.last[0], course.last[1].hex())
    assert json.loads(second.markers) == [m.model_dump(mode="json") for m in course.recorded]
    assert "heart_rate/1" in json.loads(first.algorithms)
    assert verify(copy, KEY).state is RecordState.INTACT


def test_another_result_under_the_same_version_is_an_error(
    record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(course: Course) -> tuple[Marker, ...]:
        return tuple(m.model_copy(update={"value": m.value + 1.0}) for m in course.recorded)

    monkeypatch.setattr("vr_runtime.measure_command.remeasure", other)
    status, text = measured(record)
    assert status == 5
    assert "DIFFERENT" in text


def test_a_place_changes_behind_a_slammed_shell_only_after_its_time() -> None:
    limits = SafetyLimits()
    places = Places(limits)

    def event(body: EventBody) -> Event:
        return Event(seq=1, t_ns=0, frame=1, body=body)

    stop = [
        event(ShellChanged(up=True, because="stop")),
        event(PhaseChanged(previous=Phase.BASELINE, phase=Phase.STOPPED, place=Place.CALM, because="stop")),
    ]
    opens_ns = round(limits.stop_calm_after_s * 1e9)
    places.frame(0, 0, stop)
    places.frame(opens_ns - 1, 0, ())
    assert places.place is Place.BASELINE_ROOM
    places.frame(opens_ns, 0, ())
    assert places.place is Place.CALM


def storm(seed: int) -> Script:
    """Twenty acts at random, many of them in the middle of a fade."""
    rng = Random(seed)
    acts = [act(0.3, "start", expect="any")]
    for _ in range(20):
        kind = rng.choice(
            ["go_to_step"] * 6 + ["stop", "release", "release", "resume", "resume", "pause", "safe_place"]
        )
        after = rng.choice([0.05, 0.2, 0.3, 0.5, 0.9, 1.5, 2.5])
        more = {"step": rng.randint(1, 3), "confirmed": True} if kind == "go_to_step" else {}
        acts.append(act(after, kind, expect="any", **more))
    return script(*acts, linger_s=3.0)


def assert_the_same(tmp_path: Path, seed: int) -> int:
    record = play(
        tmp_path / str(seed), storm(seed), plan=TWO_SCENES, seed=seed, patient="virtual", heart="simulated"
    )
    course = course_of(record)
    again = remeasure(course)
    assert [m.model_dump_json() for m in again] == [m.model_dump_json() for m in course.recorded], seed
    return len(again)


@pytest.mark.parametrize("seed", [1, 2])
def test_storms_of_commands_make_no_difference(tmp_path: Path, seed: int) -> None:
    assert assert_the_same(tmp_path, seed) > 10


@pytest.mark.proof
@pytest.mark.timeout(1200)
def test_many_storms_of_commands_make_no_difference(tmp_path: Path) -> None:
    markers = [assert_the_same(tmp_path, seed) for seed in range(100, 160)]
    print(  # noqa: T201
        f"\n60 sessions of 20 commands at random: {sum(markers)} markers, all computed anew from the record alike"
    )
