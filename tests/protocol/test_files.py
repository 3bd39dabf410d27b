"""Files that people write: what is right is read, what is wrong is named with its place and remedy."""

from pathlib import Path

import pytest

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.protocol.files.limits import SafetyLimits
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan, plan_of_scene
from vr_runtime.protocol.files.toml import read_manifest, read_plan, read_script

ROOT = Path(__file__).resolve().parents[2]

MANIFEST = """
id = "tower"
version = "1"
names = { en = "Tower", fr = "Tour" }
category = "phobia"

[[parameters]]
kind = "number"
id = "height"
name = { en = "Height", fr = "Hauteur" }
unit = "m"
min = 0
max = 50
default = 0
harder = "up"
blink = true

[[parameters]]
kind = "choice"
id = "rail"
name = { en = "Rail", fr = "Garde-corps" }
choices = ["solid", "glass", "none"]
default = "solid"
harder = "order"

[[hierarchy]]
id = "low"
name = { en = "Low", fr = "Bas" }
preset = { height = 3.0 }
goal = { en = "Stay", fr = "Rester" }
"""


def manifest(tmp_path: Path, text: str = MANIFEST) -> SceneManifest:
    path = tmp_path / "scene.toml"
    path.write_text(text)
    return read_manifest(path)


def test_a_manifest_is_read(tmp_path: Path) -> None:
    scene = manifest(tmp_path)
    assert scene.defaults() == {"height": 0.0, "rail": "solid"}
    rail = scene.parameter("rail")
    assert rail is not None
    assert [rail.hardness(choice) for choice in ("solid", "glass", "none")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('unit = "m"', 'unit = "furlong"', "unit"),
        ("default = 0", "default = 80", "default 80 lies outside 0 to 50"),
        ("max = 50", "max = -1", "min 0 must be below max -1"),
        ("blink = true", "", "give either slew"),
        ('default = "solid"', 'default = "wood"', "none of solid, glass, none"),
        ("preset = { height = 3.0 }", "preset = { height = 300.0 }", "height = 300 lies outside 0 to 50 m"),
        ("preset = { height = 3.0 }", "preset = { hieght = 3.0 }", "no parameter 'hieght'"),
        ('category = "phobia"', 'category = "phobia"\ncolour = "red"', "colour"),
    ],
)
def test_what_is_wrong_in_a_manifest_is_named(tmp_path: Path, wrong: str, right: str, said: str) -> None:
    with pytest.raises(FileError) as problem:
        manifest(tmp_path, MANIFEST.replace(wrong, right))
    assert problem.value.reason is FileReason.INVALID
    assert said in str(problem.value)
    assert "scene.toml" in str(problem.value)
    assert problem.value.exit_status == 2


def test_a_missing_file_and_a_file_that_is_not_toml_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileError) as missing:
        read_manifest(tmp_path / "nowhere.toml")
    assert missing.value.reason is FileReason.NOT_FOUND
    (tmp_path / "bad.toml").write_text("= = =")
    with pytest.raises(FileError) as unreadable:
        read_manifest(tmp_path / "bad.toml")
    assert unreadable.value.reason is FileReason.UNREADABLE


def test_a_plan_names_every_step_that_does_not_fit_its_scene(tmp_path: Path) -> None:
    scene = manifest(tmp_path)
    text = {"en": "a", "fr": "a"}
    plan = Plan.model_validate(
        {
            "id": "p",
            "title": "P",
            "ceiling_step": 9,
            "steps": [
                {"id": "a", "scene": "tower", "name": text, "preset": {"height": 60.0}},
                {"id": "b", "scene": "moon", "name": text},
                {"id": "b", "scene": "tower", "name": text, "uses": "high"},
            ],
        }
    )
    problems = "\n".join(plan.problems({"tower": scene}))
    for said in (
        "step 1 (a): height = 60",
        "no scene 'moon'",
        "no step 'high'",
        "same id",
        "ceiling_step is 9",
    ):
        assert said in problems


def test_a_plan_step_stands_over_the_scenes_step_and_that_over_the_defaults(tmp_path: Path) -> None:
    scene = manifest(tmp_path)
    plan = plan_of_scene(scene)
    assert plan.values(1, scene) == {"height": 3.0, "rail": "solid"}
    assert plan.problems({"tower": scene}) == []


def test_the_examples_are_valid() -> None:
    script = read_script(ROOT / "examples" / "heights_therapist.toml")
    assert 60 < script.times()[-1] < 100
    read_plan(ROOT / "examples" / "heights_plan.toml")


def test_safety_limits_refuse_times_that_do_not_rise_or_a_stop_that_takes_too_long() -> None:
    with pytest.raises(ValueError, match="must rise"):
        SafetyLimits(link_hold_s=0.5)
    with pytest.raises(ValueError, match=r"0\.5 s"):
        SafetyLimits(stop_calm_after_s=0.4, stop_fade_s=0.4)
