"""A record's measures computed anew: the very markers of the live session, whatever happened in it."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.helpers.session import KEY, act, play, script
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.script import Script
from vr_runtime.record import Reader
from vr_runtime.remeasure import Course, compare, read_course, remeasure

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


def storm(seed: int) -> Script:
    """Twenty acts at random, many of them in the middle of a fade."""
    rng = Random(seed)
    acts = [act(0.3, "start", expect="any")]
    for _ in range(20):
        kind = rng.choice(["go_to_step"] * 6 + ["stop", "release", "release", "resume", "resume", "pause", "safe_place"])
        after = rng.choice([0.05, 0.2, 0.3, 0.5, 0.9, 1.5, 2.5])
        more = {"step": rng.randint(1, 3), "confirmed": True} if kind == "go_to_step" else {}
        acts.append(act(after, kind, expect="any", **more))
    return script(*acts, linger_s=3.0)


def assert_the_same(tmp_path: Path, seed: int) -> int:
    record = play(tmp_path / str(seed), storm(seed), plan=TWO_SCENES, seed=seed, patient="virtual", heart="simulated")
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
    print(f"\n60 sessions of 20 commands at random: {sum(markers)} markers, all computed anew from the record alike")
