"""A wrong file is told by file, key, value, limit and what to write instead; no file at all makes a traceback."""

from __future__ import annotations

import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vr_runtime.files_command import FileKind, check_file, kind_of, look_at
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.toml import (
    LARGEST,
    read_checklist,
    read_manifest,
    read_plan,
    read_script,
    read_treatment,
)

ROOT = Path(__file__).resolve().parents[2]
TREATMENTS = ROOT / "vr_runtime" / "protocol" / "treatments"
SOURCES: dict[FileKind, Path] = {
    FileKind.TREATMENT: TREATMENTS / "response_prevention.toml",
    FileKind.CHECKLIST: ROOT / "vr_runtime" / "protocol" / "checklists" / "start.toml",
    FileKind.PLAN: ROOT / "examples" / "heights_varied_plan.toml",
    FileKind.SCENE: ROOT / "scenes" / "washroom" / "scene.toml",
    FileKind.SCRIPT: ROOT / "examples" / "heights_therapist.toml",
}
TEXTS = {kind: path.read_text("utf-8") for kind, path in SOURCES.items()}
READ: dict[FileKind, Callable[[Path], object]] = {
    FileKind.TREATMENT: read_treatment,
    FileKind.CHECKLIST: read_checklist,
    FileKind.PLAN: read_plan,
    FileKind.SCENE: read_manifest,
    FileKind.SCRIPT: read_script,
}
SCENES = {path.parent.name: read_manifest(path) for path in sorted((ROOT / "scenes").glob("*/scene.toml"))}

T, C, P, M, S = FileKind.TREATMENT, FileKind.CHECKLIST, FileKind.PLAN, FileKind.SCENE, FileKind.SCRIPT

TABLE: list[tuple[FileKind, str, str, list[str]]] = [
    # ---- treatment: kind, what stands in a good file, what stands in the wrong one, what the message holds
    (T, "version = 1", "version = 0", ["version = 0: must be greater than or equal to 1; write 1 or more"]),
    (T, "version = 1", 'version = "one"', ['version = "one": a whole number is wanted, not "one"']),
    (T, "version = 1", "version = 1.5", ["version = 1.5: a whole number is wanted, not 1.5"]),
    (T, "version = 1", "", ["version: is missing; write version = a number"]),
    (T, "version = 1", "version = 2024-01-01", ["a whole number is wanted, not the date or time 2024-01-01"]),
    (T, 'id = "response_prevention"', 'id = "Prévention"', ["id =", "lower-case letters", 'write for instance "prevention"']),
    (T, 'safe_place = "safety_behaviour"', 'safe_place = "safety_behavior"', ["is none of 'technique'", "did you mean 'safety_behaviour'?"]),
    (T, 'safe_place = "safety_behaviour"', "safe_plase = 1", ["safe_plase: there is no such key here; did you mean 'safe_place'?", "sources"]),
    (T, "[phases.setup]", "[phases.warmup]", ['phases: the key "warmup"', "'setup'"]),
    (T, "[phases.setup]", "[phases.basline]", ["did you mean 'baseline'?"]),
    (T, "[phases.setup]\n", "[phases.closed]\nminimum_s = 1\n[phases.setup]\n", ["phases.closed: this phase has no times"]),
    (T, "minimum_s = 1200", "minimum_s = 9000", ["phases.exposure: the times must rise, and do not: minimum_s = 9000, suggested_s = 3600"]),
    (T, "minimum_s = 1200", "minimum_s = 20000", ["phases.exposure.minimum_s = 20000: must be less than or equal to 14400; write 14400 or less"]),
    (T, "minimum_s = 1200", "minimum_s = nan", ["phases.exposure.minimum_s = nan: must be a finite number"]),
    (T, "minimum_s = 1200", "minimum_s = -inf", ["phases.exposure.minimum_s = -inf: must be"]),
    (T, "every_s = 120\n", "every_s = 5\n", ["questions 1, every_s = 5: must be greater than or equal to 20; write 20 or more"]),
    (T, 'what = "disgust"', 'what = "discust"', ['questions 2, what = "discust": is none of', "did you mean 'disgust'?"]),
    (T, 'at = ["phase_entered", "step_entered", "window"]', 'at = ["phase_left"]', ['questions 3, at 1 = "phase_left": is none of', "did you mean 'phase_entered'?"]),
    (T, 'at = ["phase_entered", "step_entered", "window"]', "at = []", ["questions 3", "urge is never asked: give every_s, or moments in at"]),
    (T, "numbers = { minimum_s = 2700 }", "numbers = { minimum = 2700 }", ["rule time_on_step does not know 'minimum'; did you mean 'minimum_s'? (it takes: minimum_s)"]),
    (T, "share = 0.5", "share = 50", ["rule half_of_peak: share = 50 must lie from 0 to 1"]),
    (T, "times = 2 }", "times = 2.5 }", ["rule half_of_peak: times = 2.5 must be a whole number"]),
    (T, 'mode = "block"', 'mode = "forbid"', ["prevention.mode", "is none of 'allow', 'delay', 'block' or 're_expose'"]),
    (T, "reserve_s = 900", "reserve_s = 3600\nsession_s = 3600", ["not valid TOML", "line"]),
    (T, "session_s = 7200", "session_s = 900", ["end: reserve_s = 900 must be less than session_s = 900"]),
    (T, 'en = "Exposure with response prevention (OCD)"\n', "", ["names.en: is missing; write en ="]),
    (T, 'fr = "Exposition avec prévention de la réponse (TOC)"', 'fr = ""', ["names.fr", "at least 1"]),
    (T, 'fr = "Exposition avec prévention de la réponse (TOC)"', f'fr = "{"é" * 401}"', ["names.fr", "has 401 characters; at most 400"]),
    # ---- checklist
    (C, "at_least = 5\nat_most = 24", "", ["items", "(sleep): sleep: a number item wants at_least, at_most or both"]),
    (C, 'kind = "info"', 'kind = "text"', ["(supervised_by), kind", "is none of 'yes_no', 'number', 'choice' or 'info'"]),
    (C, 'stops = ["yes"]', 'stops = ["maybe"]', ["(pregnancy): pregnancy: a choice item wants two choices or more, and stops among them"]),
    (C, 'ages = ["unknown"]', 'ages = ["children"]', ["(age_checked), ages 1", "'8-11'"]),
    (C, "wanted = true\nmay_override = false", 'wanted = true\nmay_override = "perhaps"', ["(consent), may_override", "true or false is wanted"]),
    (C, 'id = "migraine"', 'id = "balance"', ["an item's id stands twice", "balance"]),
    (C, "wanted = false", "wanted_answer = false", ["there is no such key here", "did you mean 'wanted'?"]),
    # ---- plan
    (P, "predicted_suds = 80", "predicted_suds = 180", ["steps 4 (platform), predicted_suds = 180: must be less than or equal to 100; write 100 or less"]),
    (P, "predicted_suds = 80", "predicted_sud = 80", ["steps 4 (platform), predicted_sud: there is no such key here; did you mean 'predicted_suds'?"]),
    (P, "predicted_suds = 80", 'predicted_suds = "very high"', ['steps 4 (platform), predicted_suds = "very high": a number is wanted, not "very high"']),
    (P, "vary = { height = [18.0, 26.0] }", "vary = { height = [18.0] }", ["steps 3 (roof), vary.height 2: is missing; add a number"]),
    (P, "vary = { height = [18.0, 26.0] }", "vary = { height = [18.0, 26.0, 30.0] }", ["steps 3 (roof), vary.height: holds 3; at most 2"]),
    (P, "vary = { height = [18.0, 26.0] }", 'vary = { height = ["low", 26.0] }', ['steps 3 (roof), vary.height 1 = "low": a number is wanted']),
    (P, "height = 20.0,", "height = [20.0],", ['steps 3 (roof), preset.height: a number or a text in quotes ("...") is wanted, not a list']),
    (P, "height = 20.0,", "height = true,", ["steps 3 (roof), preset.height: true and false are no values of a parameter"]),
    (P, 'name = { en = "On the roof, a low railing", fr = "Sur le toit, un garde-corps bas" }', 'name = "On the roof"', ['steps 3 (roof), name = "On the roof": a table ({ en = ..., fr = ... }) is wanted']),
    (P, "highest = 4", "highest = 0", ["variability.highest = 0: must be greater than or equal to 1"]),
    (P, "highest = 4", "", ["variability.highest: is missing"]),
    (P, 'title = "Heights, varied trials"', 'title = ["Heights"]', ['title: a text in quotes ("...") is wanted, not a list']),
    (P, "[variability]", "[[variability]]", ["variability: a table ({ highest = ... }) is wanted, not a list"]),
    (P, "baseline_s = 300", f"baseline_s = 1{'0' * 400}", ["baseline_s"]),
    (P, "baseline_s = 300", "baseline_s = 0x" + "f" * 6000, ["baseline_s"]),
    (P, "baseline_s = 300", f"baseline_s = 1{'0' * 6000}", ["not valid TOML"]),
    # ---- scene manifest
    (M, 'harder = "up"', 'harder = "upp"', ["(dirt_room), harder", "did you mean 'up'?"]),
    (M, 'kind = "number"', 'kind = "numbers"', ["parameters 2 (dirt_room)", 'kind = "numbers" is none of number, choice; did you mean \'number\'?']),
    (M, 'kind = "number"', "", ["parameters 2 (dirt_room)", "write kind ="]),
    (M, "dirt_door = 0.3", "dirt_dor = 0.3", ["no parameter 'dirt_dor'; did you mean 'dirt_door'?"]),
    (M, 'posture = ["standing", "seated"]', 'posture = ["lying"]', ['posture 1 = "lying": is none of \'seated\' or \'standing\'']),
    # ---- script
    (S, 'do = { kind = "pause" }', 'do = { kind = "pausee" }', ["do: kind = \"pausee\" is none of", "did you mean 'pause'?"]),
    (S, 'do = { kind = "go_to_step", step = 1 }', 'do = { kind = "go_to_step", step = 0 }', ["do.step = 0: must be greater than or equal to 1"]),
    (S, 'do = { kind = "go_to_step", step = 1 }', 'do = { kind = "go_to_step", stepp = 1 }', ["do.stepp: there is no such key here; did you mean 'step'?", "confirmed"]),
    (S, 'do = { kind = "rating", raw = 30.0 }', 'do = { kind = "rating", raw = 300.0 }', ["do: a rating on suds_100 lies between 0 and 100, not 300"]),
    (S, 'reason = "needs_confirmation"', 'reason = "confirm"', ["reason", "is none of 'no_lease'"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "right", "wrong", "said"), TABLE, ids=[f"{row[0].value}: {row[2][:50]!a}" for row in TABLE]
)
def test_a_wrong_file_names_place_value_limit_and_remedy(
    tmp_path: Path, kind: FileKind, right: str, wrong: str, said: list[str]
) -> None:
    assert right in TEXTS[kind], "the file has changed: this mistake can no longer be made"
    path = tmp_path / "wrong.toml"
    path.write_text(TEXTS[kind].replace(right, wrong, 1), "utf-8")
    with pytest.raises(FileError) as problem:
        READ[kind](path)
    message = str(problem.value)
    assert message.startswith(f"{path}: ")
    assert problem.value.exit_status == 2
    for words in said:
        assert words in message, message
    for pydantics in (
        "Input should",
        "Field required",
        "Extra inputs",
        "Value error",
        "type=",
        "validation error",
    ):
        assert pydantics not in message, message
    assert max(map(len, message.splitlines())) < 1200


def test_a_list_whose_items_are_wrong_is_not_called_empty_too(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text('id = "p"\ntitle = "P"\n[[steps]]\nid = "a"\nscene = "heights"\n')
    with pytest.raises(FileError) as problem:
        read_plan(path)
    assert [line.strip() for line in str(problem.value).splitlines()[1:]] == [
        "steps 1 (a), name: is missing; write name = { en = ..., fr = ... }"
    ]


def test_every_mistake_of_a_file_is_told_at_once_and_not_more_than_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    steps = "".join(
        f'[[steps]]\nid = "s{n}"\nscene = "heights"\nname = {{ en = "a", fr = "" }}\n' for n in range(99)
    )
    path.write_text('id = "p"\ntitle = "P"\n' + steps)
    with pytest.raises(FileError) as problem:
        read_plan(path)
    lines = str(problem.value).splitlines()
    assert lines[1].strip().startswith("steps 1 (s0), name.fr")
    assert lines[-1].strip() == "and 59 more mistakes"
    assert len(lines) == 42


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"a = " + b"[" * 5000 + b"]" * 5000, "nested too deeply"),
        (b"a = " + b"{a = " * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        (b'a = "\\ud800"', "not valid TOML"),
        (b"a = \xed\xa0\x80", "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
        (b"#" * (LARGEST + 1), "larger than 1 MiB"),
        (b"a = 9999-99-99", "not valid TOML"),
        (b"", "is missing"),
        (b"[" + b".".join([b"a"] * 3000) + b"]", "there is no such key here"),
    ],
    ids=lambda value: repr(value[:20]) if isinstance(value, bytes) else "",
)
@pytest.mark.parametrize("kind", list(FileKind), ids=lambda kind: kind.value)
def test_what_is_hardly_a_file_is_told_without_a_traceback(
    tmp_path: Path, kind: FileKind, raw: bytes, said: str
) -> None:
    path = tmp_path / "odd.toml"
    path.write_bytes(raw)
    with pytest.raises(FileError) as problem:
        READ[kind](path)
    assert said in str(problem.value)
    assert str(path) in str(problem.value)


def test_a_folder_a_missing_file_and_an_impossible_name_are_told(tmp_path: Path) -> None:
    for path, reason in (
        (tmp_path, FileReason.UNREADABLE),
        (tmp_path / "none.toml", FileReason.NOT_FOUND),
        (Path("a\0b"), FileReason.UNREADABLE),
    ):
        with pytest.raises(FileError) as problem:
            read_treatment(path)
        assert problem.value.reason is reason


# ------------------------------------------------------------------ what needs more than the file


def test_a_treatment_with_an_unknown_rule_is_read_with_a_remark_that_lists_the_rules(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(TEXTS[T].replace('rule = "half_of_peak"', 'rule = "half_of_peek"'), "utf-8")
    checked = check_file(path)
    (remark,) = checked.remarks
    assert "no rule 'half_of_peek' is installed" in remark
    assert "did you mean 'half_of_peak'?" in remark
    assert "plateau" in remark


REMARKS: list[tuple[str, str, str]] = [
    ("predicted_suds = 70", "predicted_suds = 50", "step 3 (roof) is predicted easier (50) than step 2 (60)"),
    ("predicted_suds = 45", "predicted_suds = 70", "starts at 70: hierarchies start at 40 to 60"),
    ("predicted_suds = 45\n", "", "step 1 (balcony-held) has no predicted_suds"),
    ('goal = { en = "Stand in the middle', "#", "step 4 (platform) has no goal"),
    ("baseline_s = 300", "baseline_s = 30", "baseline_s is 30: at least 120"),
    ("baseline_s = 300", "ceiling_step = 3", "variability goes to step 4, but ceiling_step is 3"),
    ("vary = { height = [18.0, 26.0] }", "vary = { height = [30.0, 40.0] }", "own value 20 lies outside"),
    (
        'fr = "Sur le toit, un garde-corps bas"',
        'fr = "On the roof, a low railing"',
        "reads the same in en and fr",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), REMARKS, ids=[row[2] for row in REMARKS])
def test_what_is_worth_a_second_look_in_a_plan_is_a_remark(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in TEXTS[P]
    path = tmp_path / "plan.toml"
    path.write_text(TEXTS[P].replace(right, wrong, 1), "utf-8")
    remarks = check_file(path).remarks
    assert any(said in remark for remark in remarks), remarks


PROBLEMS: list[tuple[str, str, str]] = [
    ("vary = { height = [18.0, 26.0] }", "vary = { height = [18.0, 200.0] }", "step 3 (roof): vary: height = 200 lies outside 0 to 150 m"),
    ("vary = { height = [18.0, 26.0] }", "vary = { height = [26.0, 18.0] }", "height: the lower bound 26 must lie below the upper bound 18"),
    ("vary = { height = [18.0, 26.0] }", "vary = { rail_kind = [1.0, 2.0] }", "scene heights has no number 'rail_kind' that could vary"),
    ("vary = { height = [18.0, 26.0] }", "vary = { heigth = [18.0, 26.0] }", "did you mean 'height'?"),
    ("highest = 4", "highest = 9", "variability: lowest 2 to highest 9 must rise and lie within the plan's 4 steps"),
    ("baseline_s = 300", "ceiling_step = 9", "ceiling_step is 9, but the plan has 4 steps"),
    ('treatment = "inhibitory_learning"', 'treatment = "inhibitory-learning"', "did you mean 'inhibitory_learning'?"),
    ('scene = "heights"', 'scene = "height"', "there is no scene 'height'; did you mean 'heights'?"),
    ('id = "roof"', 'id = "platform"', "two steps have the same id: platform"),
    ('scene = "heights"', 'scene = "heights"\nuses = "grund"', "has no step 'grund'; did you mean 'ground'?"),
]  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), PROBLEMS, ids=[row[2][:60] for row in PROBLEMS])
def test_what_does_not_fit_the_scenes_is_an_error_with_step_and_remedy(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    assert right in TEXTS[P]
    path = tmp_path / "plan.toml"
    path.write_text(TEXTS[P].replace(right, wrong, 1), "utf-8")
    with pytest.raises(FileError) as problem:
        check_file(path)
    assert said in str(problem.value)
    assert str(problem.value).startswith(str(path))


@pytest.mark.parametrize("plan", sorted((ROOT / "examples").glob("*plan.toml")), ids=lambda path: path.stem)
def test_the_example_plans_are_whole_and_without_remarks(plan: Path) -> None:
    assert check_file(plan).remarks == ()
    read = read_plan(plan)
    assert read.treatment is not None
    assert all(step.goal and step.predicted_suds is not None for step in read.steps)
    assert any(step.safety_signals for step in read.steps)


@pytest.mark.parametrize(("kind", "path"), SOURCES.items(), ids=[kind.value for kind in SOURCES])
def test_a_file_is_told_by_its_content(kind: FileKind, path: Path, tmp_path: Path) -> None:
    assert check_file(path).kind is kind
    with pytest.raises(FileError, match="cannot be told what it is meant for; say --as"):
        kind_of({"id": "x"}, tmp_path)


# ------------------------------------------------------------------ any file at all

ODD: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        ["nan", "inf", "-inf", "1e999", "-1", "0", "1" + "0" * 500, "0x" + "f" * 5000, "9" * 5000, "true", "[]", "{}",
         "1979-05-27T07:32:00Z", "07:32:00", "2020-02-30", '"\\u0000"', '"\\ud800"', '"' + "é" * 5000 + '"',
         "[" * 200 + "]" * 200, "[[1], {}]", "{ a = 1, en = 2 }", '["", "x"]', "'''\n'''"]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> tuple[FileKind, bytes]:
    """A valid file with some of its lines, values and bytes changed."""
    kind = draw(st.sampled_from(list(FileKind)))
    lines = TEXTS[kind].splitlines()
    for _ in range(draw(st.integers(1, 6))):
        number = draw(st.integers(0, len(lines) - 1))
        match draw(st.integers(0, 6)):
            case 0:
                del lines[number : number + draw(st.integers(1, 4))]
            case 1:
                lines.insert(number, lines[draw(st.integers(0, len(lines) - 1))])
            case 2:
                lines[number] = re.sub(r"=.*", lambda _: "= " + str(draw(ODD)), lines[number])
            case 3:
                lines[number] = (
                    f"{draw(st.sampled_from(['id', 'kind', 'steps', 'items', 'numbers', 'vary', 'end']))} = {draw(ODD)}"
                )
            case 4:
                lines[number] = re.sub(
                    r"\w+",
                    lambda _: draw(st.text(max_size=5)).encode("utf-8", "replace").decode(),
                    lines[number],
                    count=1,
                )
            case 5:
                lines[number] = (
                    f"[{draw(st.sampled_from(['phases.x', 'names', '[steps]', 'a.b.c', '[questions]', 'advance']))}]"
                )
            case _:
                lines[number] = re.sub(r"-?\d+\.?\d*", lambda _: str(draw(ODD)), lines[number], count=1)
        lines = lines or [""]
    return kind, "\n".join(lines).encode("utf-8", "surrogatepass")


VALUES: st.SearchStrategy[str] = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
)
KEYS = st.sampled_from(
    sorted(
        {
            *SceneManifest.model_fields,
            *Plan.model_fields,
            "items",
            "questions",
            "phases",
            "advance",
            "en",
            "x y",
            "",
        }
    )
)
RANDOM = st.lists(st.tuples(KEYS, VALUES), max_size=8).map(
    lambda rows: "\n".join(f"{key} = {value}" for key, value in rows).encode("utf-8", "surrogatepass")
)
FILES = st.one_of(
    mutated(),
    st.tuples(st.sampled_from(list(FileKind)), RANDOM),
    st.tuples(st.sampled_from(list(FileKind)), st.binary(max_size=400)),
)


PLAIN: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(
        [float("nan"), float("inf"), -1, 0, 1, 0.5, 10**400, 16**3000, 1e308, True, "", "x" * 5000, "\0", "é", [], {}, [[]],
         {"en": "a", "fr": "b"}, {"kind": "stop"}, datetime(2026, 1, 1), date(2026, 1, 1), time(1, 2)]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    st.integers(),
    st.floats(),
)  # fmt: skip
ODD_DATA = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=3),
    ),
    max_leaves=6,
)


@st.composite
def mutated_data(draw: st.DrawFn) -> tuple[FileKind, Any]:
    """What a valid file holds, with some of it replaced, taken out, renamed or doubled, anywhere in it."""
    kind = draw(st.sampled_from(list(FileKind)))
    data: Any = deepcopy(tomllib.loads(TEXTS[kind]))
    for _ in range(draw(st.integers(1, 4))):
        node: Any = data
        while True:
            keys = [*node] if isinstance(node, dict) else [*range(len(node))]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            inside = node[key]
            if isinstance(inside, dict | list) and inside and draw(st.integers(0, 3)):
                node = inside
                continue
            match draw(st.integers(0, 5)):
                case 0:
                    del node[key]
                case 1 if isinstance(node, dict):
                    node[draw(st.one_of(KEYS, st.text(st.characters(codec="utf-8"), max_size=8)))] = node.pop(
                        key
                    )
                case 1 | 2 if isinstance(node, list):
                    node.append(deepcopy(inside))
                case 3 if isinstance(inside, int | float):
                    node[key] = -inside if draw(st.booleans()) else inside * 1000
                case _:
                    node[key] = deepcopy(draw(ODD_DATA))
            break
    return kind, data


def _only_file_errors(path: Path, act: Callable[[], object]) -> str:
    try:
        act()
    except FileError as problem:
        said = str(problem)
        if not said.startswith(f"{path}: "):
            raise AssertionError(said) from problem
        if len(said) > 200_000 or re.search(r"Input should|Field required|validation error", said):
            raise AssertionError(said[:2000]) from problem
        said.encode("utf-8")
        return problem.reason.value
    return "valid"


def _try_file(path: Path, kind: FileKind, raw: bytes) -> str:
    path.write_bytes(raw)
    said = [_only_file_errors(path, lambda: READ[kind](path))]
    said.append(_only_file_errors(path, lambda: check_file(path, kind)))
    _only_file_errors(path, lambda: check_file(path))
    return said[0]


def _try_data(kind: FileKind, data: Any) -> str:
    path = Path("made.toml")
    return _only_file_errors(path, lambda: look_at(data, path, kind))


SETTINGS: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@given(FILES)
@settings(max_examples=200, **SETTINGS)
def test_no_file_makes_anything_but_a_file_error(tmp_path: Path, file: tuple[FileKind, bytes]) -> None:
    _try_file(tmp_path / "any.toml", *file)


@given(mutated_data())
@settings(max_examples=200, **SETTINGS)
def test_nothing_that_toml_can_hold_makes_anything_but_a_file_error(file: tuple[FileKind, Any]) -> None:
    _try_data(*file)


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_many_files_make_nothing_but_file_errors(tmp_path: Path) -> None:
    many, counts = int(os.environ.get("PALIER_FILES", "10000")), Counter[str]()

    @given(FILES)
    @settings(max_examples=many, database=None, **SETTINGS)
    def files(file: tuple[FileKind, bytes]) -> None:
        counts[_try_file(tmp_path / "any.toml", *file)] += 1

    @given(mutated_data())
    @settings(max_examples=many, database=None, **SETTINGS)
    def data(file: tuple[FileKind, Any]) -> None:
        counts[_try_data(*file)] += 1

    files()
    data()
    listed = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(f"wrong files: {counts.total()} made, {listed}, no traceback")  # noqa: T201
    assert min(counts[what] for what in ("valid", "invalid", "unreadable")) > many / 100


def test_the_fuzzer_s_seeds_are_valid() -> None:
    for kind, text in TEXTS.items():
        assert tomllib.loads(text)
        assert check_file(SOURCES[kind]).kind is kind
