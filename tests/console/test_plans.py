"""Plans while they are written: nothing typed is lost, what is done can be undone, what is called startable is what the
runtime plays, and a file holds the whole plan."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinician_console.clinic.entries import Patient
from clinician_console.pages.plan_top import as_text
from clinician_console.plans.checks import check, plan_of
from clinician_console.plans.compare import differences
from clinician_console.plans.draft import Draft, History, Said, draft_of
from clinician_console.plans.files import ImportRefused, file_name, from_toml, to_toml
from clinician_console.plans.scene_catalogue import SceneCatalogue, manifests_of, shelves
from clinician_console.words import LANGUAGES, Words, catalogue
from vr_runtime.protocol.files.manifest import Posture, SceneManifest
from vr_runtime.protocol.files.plan import Plan
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.files.treatments import find_treatments
from vr_runtime.protocol.words import AgeBand

ROOT = Path(__file__).resolve().parents[2]
SCENES: dict[str, SceneManifest] = {
    one.id: one
    for one in (
        read_manifest(ROOT / "scenes" / name / "scene.toml")
        for name in ("heights", "road", "washroom", "calm", "baseline_room")
    )
}
TREATMENTS = tuple(find_treatments())
EXAMPLES = sorted((ROOT / "examples").glob("*_plan.toml"))
WITH_STEPS = ("heights", "road", "washroom")


def varied(draft: Draft, draw: random.Random) -> Draft:
    """One thing that a therapist may do, right or wrong."""
    steps = [step.id for step in draft.steps]
    some = draw.choice(steps) if steps else ""
    scene = SCENES[draft.step(some).scene if some else "heights"]
    parameter = draw.choice(scene.parameters) if scene.parameters else None
    number = draw.choice([None, 0, 1.5, 45, 300, -1, 1e9, float("nan"), "soon", "2,5"])
    kind = draw.randrange(14 if steps else 2)
    if kind == 0:
        scene = SCENES[draw.choice(WITH_STEPS)]
        at = draw.choice([None, 0, 1, 99])
        return draft.add_from(scene, draw.choice(scene.hierarchy).id, at)
    match kind:
        case 1:
            return draft.add_blank(SCENES[draw.choice([*SCENES])], draw.choice([None, 0]))
        case 2:
            return draft.move(some, draw.randrange(-1, len(steps) + 1))
        case 3:
            return draft.duplicate(some)
        case 4:
            return draft.remove(some)
        case 5:
            return draft.with_text(some, draw.choice(["name", "goal"]), draw.choice(LANGUAGES), draw.choice(["", "Bridge", "x" * 500, "dé\x00but\n2"]))  # fmt: skip
        case 6:
            return draft.with_step(some, draw.choice(["minimum_s", "predicted_suds"]), number)
        case 7:
            return draft.with_step(some, "safety_signals", draw.choice([(), ("the rail", " "), ("a",) * 3]))
        case 8 if parameter is not None:
            limits = [parameter.default, None, "no-such", 1e6, *getattr(parameter, "choices", ())]
            return draft.with_parameter(some, draw.choice([parameter.id, "no_such"]), draw.choice(limits))
        case 9 if parameter is not None:
            low, high = getattr(parameter, "min", 0.0), getattr(parameter, "max", 1.0)
            return draft.vary(
                some, parameter.id, draw.choice([None, (low, high), (high, low), (number, high)])
            )
        case 10:
            return draft.with_variability(draw.choice([None, 1, 2, "x"]), draw.choice([None, 1, 3, 99]))
        case 11:
            return draft.with_safe_place(
                draw.choice(["guide", "no_such"]), draw.choice([None, "both", "loud"])
            )
        case 12:
            return draft.with_plan("treatment", draw.choice([None, "no_such", *TREATMENTS]))
        case _:
            which = draw.randrange(3)
            if which == 0:
                return draft.with_plan("title", draw.choice(["", "Heights", "y" * 300]))
            if which == 1:
                return draft.with_plan("ceiling_step", draw.choice([None, 1, 2, 99, "two"]))
            return draft.with_plan("baseline_s", number)


def some_draft(seed: int, acts: int) -> Draft:
    draw = random.Random(seed)
    draft = Draft(title="Heights").add_from(SCENES["heights"], "ground")
    for _ in range(acts):
        draft = varied(draft, draw)
    return draft


seeds = st.integers(0, 2**32)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 25))
def test_whatever_is_done_ids_stay_unique_and_all_of_it_can_be_undone_and_done_again(
    seed: int, acts: int
) -> None:
    draw = random.Random(seed)
    history = History(Draft(title="Heights").add_from(SCENES["heights"], "ground"))
    first, seen = history.now, [history.now]
    for _ in range(acts):
        history = history.do(varied(history.now, draw))
        ids = [step.id for step in history.now.steps]
        assert len(set(ids)) == len(ids)
        if not same(history.now, seen[-1]):
            seen.append(history.now)
    last = history.now
    while history.past:
        history = history.undo()
    assert same(history.now, first)
    while history.future:
        history = history.redo()
    assert same(history.now, last)


def same(one: Draft, other: Draft) -> bool:
    """NaN, which was typed as a number, is itself here."""
    return repr(one) == repr(other)


@settings(max_examples=120, deadline=None)
@given(seeds, st.integers(0, 14))
def test_what_is_called_startable_is_what_the_runtime_plays_and_the_same_is_advised(
    seed: int, acts: int
) -> None:
    draft = some_draft(seed, acts)
    found = check(draft, SCENES, TREATMENTS)
    plan = plan_of(draft)
    playable = plan is not None and plan.problems(SCENES, TREATMENTS) == []
    assert found.startable == playable, found.problems
    assert "other" not in {one.key for one in found.problems}, (
        "the runtime knows a problem that has no words here"
    )
    if playable and plan is not None:
        assert len(found.advice) == len(plan.advice(SCENES)), (found.advice, plan.advice(SCENES))


def good() -> Draft:
    """Three steps, nothing wrong, nothing to advise."""
    draft = Draft(title="Heights", treatment="graded_exposure")
    for own, suds in zip(SCENES["heights"].hierarchy[:3], (30.0, 50.0, 60.0), strict=True):
        draft = draft.add_from(SCENES["heights"], own.id)
        draft = draft.with_step(draft.steps[-1].id, "predicted_suds", suds)
    return draft


ONE, TWO, THREE = (step.id for step in good().steps)
HEIGHT = SCENES["heights"].parameter("height")
assert HEIGHT is not None
assert HEIGHT.kind == "number"
LOW, HIGH = HEIGHT.min, HEIGHT.max
ONE_THING: dict[str, Callable[[Draft], Draft]] = {
    "nothing": lambda it: it,
    "highest varied": lambda it: it.vary(ONE, "height", (0.0, HIGH)),
    "varied beyond": lambda it: it.vary(ONE, "height", (0.0, HIGH + 1)),
    "varied below": lambda it: it.vary(ONE, "height", (LOW - 1, 5.0)),
    "varied nowhere": lambda it: it.vary(ONE, "height", (5.0, 5.0)),
    "varied the other way": lambda it: it.vary(ONE, "height", (5.0, 4.0)),
    "varied elsewhere": lambda it: it.vary(ONE, "height", (50.0, 60.0)),
    "varied choice": lambda it: it.vary(ONE, "place", (0.0, 1.0)),
    "varied nothing": lambda it: it.vary(ONE, "no_such", (0.0, 1.0)),
    "varied half": lambda it: it.vary(ONE, "height", (0.0, None)),
    "at the limit": lambda it: it.with_parameter(ONE, "height", HIGH),
    "beyond the limit": lambda it: it.with_parameter(ONE, "height", HIGH + 0.1),
    "text for number": lambda it: it.with_parameter(ONE, "height", ""),
    "no such choice": lambda it: it.with_parameter(ONE, "place", "moon"),
    "no such parameter": lambda it: it.with_parameter(ONE, "no_such", 1.0),
    "as hard as before": lambda it: it.with_step(THREE, "predicted_suds", 50.0),
    "easier than before": lambda it: it.with_step(THREE, "predicted_suds", 49.0),
    "easier than two before": lambda it: it.with_step(TWO, "predicted_suds", None).with_step(THREE, "predicted_suds", 29.0),
    "starts at 60": lambda it: it.with_step(ONE, "predicted_suds", 60.0),
    "starts at 61": lambda it: it.with_step(ONE, "predicted_suds", 61.0),
    "beyond the scale": lambda it: it.with_step(THREE, "predicted_suds", 101.0),
    "longest": lambda it: it.with_step(ONE, "minimum_s", 7200.0),
    "too long": lambda it: it.with_step(ONE, "minimum_s", 7201.0),
    "highest ceiling": lambda it: it.with_plan("ceiling_step", 3),
    "ceiling beyond": lambda it: it.with_plan("ceiling_step", 4),
    "ceiling at nothing": lambda it: it.with_plan("ceiling_step", 0),
    "half a ceiling": lambda it: it.with_plan("ceiling_step", 1.5),
    "drawn": lambda it: it.with_variability(1, 3),
    "drawn beyond": lambda it: it.with_variability(1, 4),
    "drawn the other way": lambda it: it.with_variability(3, 2),
    "drawn above the ceiling": lambda it: it.with_plan("ceiling_step", 2).with_variability(1, 3),
    "drawn from somewhere": lambda it: it.with_variability(1, None),
    "two minutes of baseline": lambda it: it.with_plan("baseline_s", 120),
    "less": lambda it: it.with_plan("baseline_s", 119),
    "no baseline": lambda it: it.with_plan("baseline_s", None),
    "no goal": lambda it: it.add_blank(SCENES["heights"]).with_step("heights", "predicted_suds", 70.0),
    "two troubles": lambda it: it.add_blank(SCENES["road"]).with_step("road", "predicted_suds", 70.0),
    "signals missing": lambda it: it.with_plan("treatment", "inhibitory_learning"),
    "signals there": lambda it: it.with_plan("treatment", "inhibitory_learning").with_step(TWO, "safety_signals", ["rail"]),
    "no compulsions": lambda it: it.with_plan("treatment", "response_prevention"),
    "no such protocol": lambda it: it.with_plan("treatment", "magic"),
    "no such step": lambda it: it.with_step(ONE, "uses", "no-such"),
    "guide": lambda it: it.with_safe_place("guide", "both"),
    "no such guide": lambda it: it.with_safe_place("guide", "loud"),
    "limits": lambda it: it.with_plan("limits", {"head_on_s": 600.0}),
    "longest title": lambda it: it.with_plan("title", "x" * 200),
    "longer title": lambda it: it.with_plan("title", "x" * 201),
    "no title": lambda it: it.with_plan("title", " "),
    "longest name": lambda it: it.with_text(ONE, "name", "en", "x" * 400),
    "longer name": lambda it: it.with_text(ONE, "name", "en", "x" * 401),
    "no steps": lambda it: it.remove(ONE).remove(TWO).remove(THREE),
}  # fmt: skip


@pytest.mark.parametrize("thing", ONE_THING)
def test_each_single_thing_is_judged_as_the_runtime_judges_it(thing: str) -> None:
    draft = ONE_THING[thing](good())
    found, plan = check(draft, SCENES, TREATMENTS), plan_of(draft)
    problems = ["no plan"] if plan is None else plan.problems(SCENES, TREATMENTS)
    assert (len(found.problems) > 0) == (len(problems) > 0), (found.problems, problems)
    assert "other" not in {one.key for one in found.problems}
    if plan is not None:
        assert len(found.advice) == len(plan.advice(SCENES)), (found.advice, plan.advice(SCENES))
    assert same(draft_of(draft.body()), draft)


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(0, 14))
def test_what_is_kept_is_read_as_it_was_written(seed: int, acts: int) -> None:
    draft = some_draft(seed, acts)
    assert same(draft_of(draft.body()), draft)


@settings(max_examples=80, deadline=None)
@given(seeds, st.integers(0, 14))
def test_a_valid_plan_comes_back_from_its_file_unchanged(seed: int, acts: int) -> None:
    draft = some_draft(seed, acts)
    plan = plan_of(draft)
    if plan is None:
        return
    again = from_toml(to_toml(draft).encode())
    assert plan_of(again) == plan
    assert Plan.model_validate(tomllib.loads(to_toml(draft))) == plan


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_taken_over_whole(path: Path) -> None:
    draft = from_toml(path.read_bytes())
    assert plan_of(draft) == Plan.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    assert check(draft, SCENES, TREATMENTS).startable
    assert file_name(draft) == f"{draft.id}.toml"


@pytest.mark.parametrize(
    ("text", "key", "where"),
    [
        ("title = = 1\n", "plans.file.not_toml", ""),
        ("id = \"a\"\nsteps = [", "plans.file.not_toml_end", ""),
        ('id = "heights"\nversion = "1"', "plans.file.not_a_plan", ""),
        ('title = "A"\ncolour = 3\nsteps = []\n', "plans.says.no_such_key", "colour"),
        ('title = "A"\nsteps = [{ scene = "heights", name = "Roof", id = "roof" }]', "plans.says.other", "steps 1 (roof), name"),
        ('title = "A"\n[[steps]]\nid = "roof"\nscene = "heights"\nname = { en = "R", fr = "T" }\ngaol = "x"', "plans.says.no_such_key", "steps 1 (roof), gaol"),
        ('title = "A"\n[[steps]]\nid = "Roof"\nscene = "heights"\nname = { en = "R", fr = "T" }', "plans.says.bad_id", "steps 1 (Roof), id"),
    ],
)  # fmt: skip
def test_a_file_that_would_lose_something_is_refused_with_the_place(text: str, key: str, where: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        from_toml(text.encode())
    told = [(one.key, one.where) for one in refused.value.mistakes]
    assert (key, where) in told
    for language in LANGUAGES:
        for mistake in refused.value.mistakes:
            assert catalogue(language)[mistake.key].format(**mistake.fields)


def test_a_file_whose_mistakes_a_form_can_show_is_taken_over_with_them() -> None:
    raw = b'id = "p"\ntitle = ""\n[[steps]]\nid = "roof"\nscene = "hights"\nname = { en = "", fr = "" }\nminimum_s = -5\n'
    found = check(from_toml(raw), SCENES)
    assert {(one.step, one.field, one.key) for one in found.problems} == {
        ("", "title", "empty"),
        ("roof", "scene", "scene_unknown"),
        ("roof", "name", "empty"),
        ("roof", "minimum_s", "at_least"),
    }


def test_a_file_full_of_strange_bytes_is_refused_not_a_crash() -> None:
    for raw in (b"\xff\xfe\x00", b"x" * (2 << 20), b"[" * 5000, b"steps = 1", b"steps = [1, 2]"):
        with pytest.raises(ImportRefused):
            from_toml(raw)


def test_every_finding_has_words_in_both_languages() -> None:
    seen: set[str] = set()
    for seed in range(300):
        draft = some_draft(seed, seed % 17)
        patient = Patient("1", "P", AgeBand.FROM_8, posture=Posture.STANDING)
        for one in check(draft, SCENES, TREATMENTS, patient).all:
            seen.add(one.key)
            for language in LANGUAGES:
                assert catalogue(language)[f"plans.says.{one.key}"].format(**one.fields)
    assert {"empty", "too_long", "number_wanted", "out_of_range", "no_choice", "age_locked", "starts_high"} - seen <= {"starts_high"}  # fmt: skip


def test_two_versions_differ_in_what_was_changed_and_nothing_else() -> None:
    plan = good()
    assert differences(plan, plan) == []
    changed = (
        plan.move(ONE, 1).remove(THREE).with_step(TWO, "predicted_suds", 55.0).with_plan("title", "Other")
    )
    found = {(one.step, one.field): (one.mine, one.theirs) for one in differences(changed, plan)}
    assert set(found) == {("", "title"), ("", "steps"), (THREE, "step"), (TWO, "predicted_suds")}
    assert found["", "title"] == ("Other", "Heights")
    assert found[TWO, "predicted_suds"] == (55.0, 50.0)
    assert found[THREE, "step"] == (None, plan.step(THREE))
    for language in LANGUAGES:
        for one in differences(changed, plan):
            assert as_text(one, one.mine, Words(language)) != as_text(one, one.theirs, Words(language))


def test_the_ceiling_stays_with_what_may_be_reached() -> None:
    draft = Draft(title="H", ceiling_step=3)
    for step in SCENES["heights"].hierarchy[:5]:
        draft = draft.add_from(SCENES["heights"], step.id)
    draft = draft.with_plan("ceiling_step", 3)
    names = [step.id for step in draft.steps]

    def allowed(one: Draft) -> list[str]:
        assert isinstance(one.ceiling_step, float | int)
        return [step.id for step in one.steps[: int(one.ceiling_step)]]

    assert allowed(draft) == names[:3]
    # Above the ceiling: stays out. The ceiling's own step upwards: the one that comes down does not slip in.
    assert set(allowed(draft.move(names[2], 3))) == {names[0], names[1]}
    assert set(allowed(draft.move(names[4], 3))) == set(names[:3])
    assert set(allowed(draft.move(names[1], 2))) == set(names[:3])
    # Put below a step that may be reached, or taken from there.
    assert set(allowed(draft.move(names[4], 0))) == {*names[:3], names[4]}
    assert set(allowed(draft.remove(names[0]))) == set(names[1:3])
    twice = allowed(draft.duplicate(names[1]))
    assert (names[1] in twice, len(twice)) == (True, 4)
    assert allowed(draft.duplicate(names[2])) == names[:3]


def test_a_text_in_one_language_stands_in_for_the_other_until_it_is_translated() -> None:
    said = Said().with_text("fr", "Le pont")
    assert said == ("Le pont", "Le pont")
    said = said.with_text("fr", "Un pont")
    assert said == ("Un pont", "Un pont")
    said = said.with_text("en", "A bridge", carry=False)
    assert said.with_text("fr", "Le pont") == ("A bridge", "Le pont")
    assert said.with_text("fr", "") == ("A bridge", "A bridge")
    assert Said("A", "A").with_text("en", "") == ("", "")


def test_what_the_start_checks_will_ask_is_said_of_the_patient_beforehand() -> None:
    draft = Draft(title="R").add_from(SCENES["road"], SCENES["road"].hierarchy[0].id)
    child = check(draft, SCENES, patient=Patient("1", "P", AgeBand.FROM_8, posture=Posture.STANDING))
    assert {one.key for one in child.all if one.level == "patient"} == {
        "age_locked",
        "not_cleared",
        "posture",
    }
    ready = Patient("1", "P", AgeBand.FROM_26, posture=Posture.SEATED, cleared=SCENES["road"].content)
    assert not [one for one in check(draft, SCENES, patient=ready).all if one.level == "patient"]


def test_scenes_come_from_the_runtime_that_will_play_otherwise_from_those_installed() -> None:
    asked: list[int] = []
    printed = "[" + ",".join(scene.model_dump_json() for scene in SCENES.values()) + ', {"id": "new"}]'

    def ask() -> str:
        asked.append(1)
        return printed

    told: list[SceneManifest] = []
    known = SceneCatalogue(lambda: told, ask)
    assert (known.scenes(), known.scenes(), len(asked)) == (SCENES, SCENES, 1)
    told.append(SCENES["road"])
    assert [*known.scenes()] == ["road"]
    assert set(known.treatments()) == set(TREATMENTS)
    assert [kind.value for kind in shelves(SCENES)] == ["phobia", "ptsd", "ocd", "calm"]
    assert SceneCatalogue(ask=lambda: "no JSON").scenes() == {}
    with pytest.raises(ValueError, match="list"):
        manifests_of("{}")
