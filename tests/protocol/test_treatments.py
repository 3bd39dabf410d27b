"""The treatment protocols, the checklist and the age rules that come with Palier are whole, sensible and told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files import treatments as room
from vr_runtime.protocol.files.ages import RULES as AGE_RULES
from vr_runtime.protocol.files.ages import HeadsetUse, head_on_s, headset_gap, scene_gap
from vr_runtime.protocol.files.manifest import Category, SceneManifest
from vr_runtime.protocol.files.remarks import remarks_on_checklist, texts_of, untranslated
from vr_runtime.protocol.files.treatment import RULES, SafePlaceMeaning, TreatmentProtocol
from vr_runtime.protocol.files.treatments import (
    FoundTreatment,
    checklist_of,
    find_treatments,
    hash_of,
    treatment_of,
)
from vr_runtime.protocol.words import AgeBand, Phase, PreventionMode, Rated, Scale

SHIPPED = {
    "applied_tension",
    "graded_exposure",
    "inhibitory_learning",
    "one_session_treatment",
    "prolonged_exposure_60",
    "prolonged_exposure_90",
    "response_prevention",
}
ALL = find_treatments()
EACH = pytest.mark.parametrize("found", ALL.values(), ids=list(ALL))


def test_the_seven_treatments_are_there_by_their_ids() -> None:
    assert set(ALL) >= SHIPPED


@EACH
def test_a_treatment_is_valid_known_and_without_remarks(found: FoundTreatment) -> None:
    assert {use.rule for use in found.treatment.advance.uses} <= set(RULES)
    assert found.treatment.remarks() == []


@EACH
def test_a_treatment_says_everything_in_english_and_in_french(found: FoundTreatment) -> None:
    assert untranslated(found.treatment) == []
    french = " ".join(text.fr for _, text in texts_of(found.treatment))
    english = " ".join(text.en for _, text in texts_of(found.treatment))
    assert len(french) > 1000
    assert len(re.findall(r"[éèêàçùœ]", french)) > len(french) / 100
    assert not re.findall(r"[èêàçù]", english)
    assert " the " not in f" {french} "


@EACH
def test_a_treatment_tells_what_is_established_from_what_is_to_be_confirmed(found: FoundTreatment) -> None:
    treatment = found.treatment
    assert treatment.established
    assert treatment.confirm
    assert treatment.sources
    for text in treatment.established:
        assert "from memory" not in text.en
        assert "default" not in text.en


@EACH
def test_a_treatment_s_times_are_those_of_a_session(found: FoundTreatment) -> None:
    treatment = found.treatment
    plan = treatment.phases
    assert {Phase.SETUP, Phase.BASELINE, Phase.EXPOSURE, Phase.RECOVERY, Phase.DEBRIEF} <= set(plan)
    assert plan[Phase.BASELINE].minimum_s >= 120
    assert plan[Phase.BASELINE].suggested_s == 300
    assert plan[Phase.RECOVERY].minimum_s >= 180
    assert treatment.end.reserve_s >= 600
    exposure = plan[Phase.EXPOSURE]
    assert exposure.suggested_s is not None
    assert exposure.maximum_s is not None
    assert exposure.maximum_s + treatment.end.reserve_s <= treatment.end.session_s
    suggested = sum(each.suggested_s or 0.0 for phase, each in plan.items() if phase is not Phase.SETUP)
    assert suggested <= treatment.end.session_s
    for name, each in plan.items():
        assert each.what is not None, name


@EACH
def test_distress_is_asked_for_on_a_beat_and_a_step_down_is_proposed_at_the_top(
    found: FoundTreatment,
) -> None:
    asked = {question.what: question for question in found.treatment.questions}
    assert asked[Rated.DISTRESS].every_s is not None
    assert asked[Rated.SICKNESS].scale is Scale.FMS_20
    (down,) = found.treatment.advance.lower
    assert (down.rule, down.numbers) == ("lower_at_ceiling", {"at_least": 90, "times": 2})


def test_what_makes_each_treatment_itself_is_set() -> None:
    of = {name: found.treatment for name, found in ALL.items()}
    memory = (of["prolonged_exposure_60"], of["prolonged_exposure_90"])
    assert [each.phases[Phase.EXPOSURE].suggested_s for each in memory] == [1200, 2400]
    assert [each.end.session_s for each in memory] == [3600, 5400]
    assert {each.questions[0].every_s for each in memory} == {300}
    ritual = of["response_prevention"]
    assert ritual.prevention is not None
    assert ritual.prevention.mode is PreventionMode.BLOCK
    assert ritual.prevention.urge_at_s == (0, 60, 120, 300)
    assert {Rated.DISTRESS, Rated.DISGUST, Rated.URGE} <= {each.what for each in ritual.questions}
    learning = of["inhibitory_learning"]
    assert learning.trials is not None
    assert [use.rule for use in learning.advance.require] == ["conditions_met"]
    assert not {"half_of_peak", "plateau", "low", "half_of_rise"} & {
        use.rule for use in learning.advance.uses
    }
    assert not learning.end.not_at_peak
    blood = of["applied_tension"]
    assert blood.blood_injection
    assert blood.tension is not None
    assert blood.safe_place is SafePlaceMeaning.RECOVERY_ONLY
    assert ritual.safe_place is learning.safe_place is SafePlaceMeaning.SAFETY_BEHAVIOUR
    assert of["one_session_treatment"].end.session_s == 3 * 3600
    assert of["one_session_treatment"].trials is not None


# ------------------------------------------------------------------ hash


def _valid(data: Any) -> TreatmentProtocol | None:
    try:
        return TreatmentProtocol.model_validate(data)
    except ValidationError:
        return None


def _changed(data: Any) -> Iterator[list[Any]]:
    """For every leaf of the data, the data with this leaf changed, in several ways."""
    if isinstance(data, dict):
        for key, value in data.items():
            for others in _changed(value):
                yield [{**data, key: other} for other in others]
    elif isinstance(data, list):
        for number, value in enumerate(data):
            for others in _changed(value):
                yield [[*data[:number], other, *data[number + 1 :]] for other in others]
    elif isinstance(data, bool):
        yield [not data]
    elif isinstance(data, int | float):
        yield [data + 1, data / 2]
    elif isinstance(data, str):
        words = (*Rated, *Scale, *PreventionMode, *SafePlaceMeaning, "window")
        yield [data + "x", *(word for word in words if word != data)]


def test_the_hash_is_the_same_for_the_same_meaning_and_another_for_any_other_field() -> None:
    found = ALL["response_prevention"]
    assert hash_of(found.treatment) == hash_of(found.treatment.model_copy(deep=True)) == found.sha256
    assert re.fullmatch(r"[0-9a-f]{64}", found.sha256)
    data = found.treatment.model_dump(mode="json")
    hashes = {found.sha256}
    left = []
    leaves = list(_changed(data))
    for others in leaves:
        changed = next((each for other in others if (each := _valid(other)) is not None), None)
        if changed is None:
            left.append(others[0])
        else:
            hashes.add(hash_of(changed))
    assert len(leaves) > 80
    assert len(hashes) == len(leaves) - len(left) + 1
    # the phases where a rating is asked for are words that no other word of ours can stand for
    assert len(left) < 15


def test_the_hash_does_not_hang_on_spaces_comments_and_order(tmp_path: Path) -> None:
    text = (Path(room.__file__).parent.parent / "treatments" / "graded_exposure.toml").read_text("utf-8")
    head, rest = text.split("[names]", 1)
    lines = [line for line in head.splitlines() if line.startswith(("id", "version", "safe_place"))]
    sources = head[head.index("sources = [") :]
    again = tmp_path / "again.toml"
    again.write_text("\n".join(reversed(lines)) + "\n" + sources + "# other words\n[names]" + rest, "utf-8")
    assert treatment_of(str(again)).sha256 == ALL["graded_exposure"].sha256
    again.write_text(text.replace("every_s = 120", "every_s = 121"), "utf-8")
    assert treatment_of(str(again)).sha256 != ALL["graded_exposure"].sha256


# ------------------------------------------------------------------ finding


def test_an_unknown_treatment_or_checklist_is_told_with_what_there_is() -> None:
    with pytest.raises(FileError) as problem:
        treatment_of("graded_exposition")
    assert problem.value.reason is FileReason.NOT_FOUND
    assert "did you mean 'graded_exposure'?" in str(problem.value)
    assert "response_prevention" in str(problem.value)
    with pytest.raises(FileError, match="did you mean 'start'"):
        checklist_of("starts")
    with pytest.raises(FileError, match="there is no such file"):
        treatment_of("nowhere/else.toml")


class _Point:
    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value


def test_a_pack_brings_treatments_and_two_of_one_id_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = tmp_path / "pack_of_treatments"
    pack.mkdir()
    (pack / "__init__.py").touch()
    text = (Path(room.__file__).parent.parent / "treatments" / "graded_exposure.toml").read_text("utf-8")
    (pack / "mine.toml").write_text(text.replace('id = "graded_exposure"', 'id = "mine"'), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(room, "entry_points", lambda group: [_Point("mine", "pack_of_treatments")])
    assert set(find_treatments()) == set(ALL) | {"mine"}
    assert treatment_of("mine").where == "pack_of_treatments/mine.toml"
    (pack / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(
        FileError, match=r"treatments/graded_exposure\.toml and pack_of_treatments/mine\.toml"
    ):
        find_treatments()
    monkeypatch.setattr(room, "entry_points", lambda group: [_Point("gone", "no_such_pack_of_treatments")])
    with pytest.raises(FileError, match="cannot be imported"):
        find_treatments()


# ------------------------------------------------------------------ checklist


def test_the_start_checklist_is_whole() -> None:
    checklist = checklist_of()
    assert remarks_on_checklist(checklist) == []
    assert untranslated(checklist) == []
    ids = {item.id for item in checklist.items}
    assert ids >= {
        "consent", "guardian_consent", "therapist_present", "supervised_by", "emergency_plan", "acute_danger",
        "psychosis", "substances", "sleep", "dissociation", "photosensitive", "epilepsy", "pregnancy", "balance",
        "concussion", "sickness_now", "room_free", "headset_clean", "sensor_good_s",
    }  # fmt: skip


def test_what_may_never_be_overridden_is_few_and_said_why_in_the_file() -> None:
    checklist = checklist_of()
    never = {item.id for item in checklist.items if not item.may_override}
    assert never == {"acute_danger", "photosensitive", "therapist_present", "consent", "guardian_consent"}
    text = (Path(room.__file__).parent.parent / "checklists" / "start.toml").read_text("utf-8")
    head = text.split("id = ", 1)[0]
    assert set(re.findall(r"^#   (\w+) ", head, re.MULTILINE)) == never


@pytest.mark.parametrize("age", list(AgeBand))
def test_who_is_asked_what_follows_the_age(age: AgeBand) -> None:
    asked = {item.id for item in checklist_of().items if not item.ages or age in item.ages}
    minor = age in (AgeBand.FROM_3, AgeBand.FROM_8, AgeBand.FROM_12)
    assert ("guardian_consent" in asked) is minor
    assert ("age_checked" in asked) is (age is AgeBand.UNKNOWN)
    assert ("pregnancy" in asked) is (age not in (AgeBand.FROM_3, AgeBand.FROM_8))
    assert {"acute_danger", "photosensitive", "consent"} <= asked


@pytest.mark.parametrize(
    ("item", "well", "against"),
    [
        ("acute_danger", False, True),
        ("consent", True, False),
        ("sleep", 7, 3),
        ("sickness_now", 2, 12),
        ("pregnancy", "no", "yes"),
        ("fainting", "yes", None),
        ("sensor_good_s", 45, 10),
        ("supervised_by", "A. B.", None),
    ],
)
def test_an_answer_speaks_for_or_against_the_session(item: str, well: Any, against: Any) -> None:
    found = checklist_of().item(item)
    assert found is not None
    assert found.problem(well) is None
    assert not found.speaks_against(well)
    if against is not None:
        assert found.problem(against) is None
        assert found.speaks_against(against)
    assert found.problem([]) is not None  # pyright: ignore[reportArgumentType]


# ------------------------------------------------------------------ ages


def _scene(category: Category, *content: str, minimum_age: int = 0) -> SceneManifest:
    text = {"en": "a", "fr": "b"}
    return SceneManifest.model_validate(
        {
            "id": "s",
            "version": "1",
            "names": text,
            "category": category,
            "content": content,
            "minimum_age": minimum_age,
        }
    )


def test_every_age_band_has_a_rule_with_reasons_and_times_that_do_not_shrink() -> None:
    assert set(AGE_RULES) == set(AgeBand)
    for band, rule in AGE_RULES.items():
        assert rule.band is band
        assert rule.first_s <= rule.later_s
        assert rule.scale in rule.scales
        assert (rule.later_s == 0.0) is (rule.headset is HeadsetUse.LOCKED)
        assert rule.why.en != rule.why.fr
    by_age = [band for band in AgeBand if band is not AgeBand.UNKNOWN]
    times = [head_on_s(band, first_session=False) for band in by_age]
    assert times == sorted(times)
    assert head_on_s(AgeBand.UNKNOWN, first_session=False) <= head_on_s(AgeBand.FROM_12, first_session=False)
    assert head_on_s(AgeBand.FROM_26, first_session=True) == 1200


@pytest.mark.parametrize(
    ("age", "may_override"),
    [(AgeBand.FROM_3, False), (AgeBand.FROM_8, True), (AgeBand.UNKNOWN, True), (AgeBand.FROM_12, None)],
)
def test_the_headset_is_locked_gated_or_free_by_age(age: AgeBand, may_override: bool | None) -> None:
    gap = headset_gap(age)
    assert (gap.may_override if gap else None) is may_override


@pytest.mark.parametrize(
    ("age", "scene", "may_override"),
    [
        (AgeBand.FROM_8, _scene(Category.PTSD), False),
        (AgeBand.FROM_8, _scene(Category.PHOBIA, "blood"), False),
        (AgeBand.FROM_8, _scene(Category.PHOBIA, "heights"), None),
        (AgeBand.FROM_8, _scene(Category.PHOBIA, "heights", minimum_age=13), True),
        (AgeBand.FROM_12, _scene(Category.PTSD), True),
        (AgeBand.FROM_12, _scene(Category.PTSD, "gore"), False),
        (AgeBand.UNKNOWN, _scene(Category.PTSD), True),
        (AgeBand.UNKNOWN, _scene(Category.CALM), None),
        (AgeBand.FROM_18, _scene(Category.PTSD, "blood"), None),
        (AgeBand.FROM_18, _scene(Category.PHOBIA, minimum_age=26), True),
    ],
)
def test_scenes_are_locked_gated_or_free_by_age(
    age: AgeBand, scene: SceneManifest, may_override: bool | None
) -> None:
    gap = scene_gap(age, scene)
    assert (gap.may_override if gap else None) is may_override
    if gap is not None:
        assert gap.id == "age:s"
