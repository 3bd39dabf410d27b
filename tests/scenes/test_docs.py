"""docs/scene-authoring.md says what the code does, and its example is the pack that is tested."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel

from tests.packaging.test_scene_pack import OPEN
from tests.scenes.test_budgets import GEOMS, TRIANGLES
from vr_runtime.protocol.files.manifest import (
    Budget,
    Carried,
    Category,
    ChoiceParameter,
    Motion,
    NumberParameter,
    Posture,
    SceneManifest,
    SceneStep,
    Stimulus,
    Trigger,
    Unit,
)
from vr_runtime.stage import kitchen as kitchens
from vr_runtime.stage import mesh, scene
from vr_runtime.stage.mixer import MASTER_DBFS, RMS_DBFS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "scene-authoring.md").read_text("utf-8")
PACK = ROOT / "examples" / "scene_pack"
MODELS: tuple[type[BaseModel], ...] = (
    SceneManifest,
    NumberParameter,
    ChoiceParameter,
    Carried,
    SceneStep,
    Trigger,
    Stimulus,
    Budget,
    Motion,
)


def section(heading: str) -> str:
    return TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def quoted(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def test_every_field_of_the_manifest_is_explained_and_no_other() -> None:
    fields = {name for model in MODELS for name in model.model_fields}
    manifest = section("The manifest")
    told = quoted(manifest)
    assert fields <= told
    named = {
        name
        for line in manifest.splitlines()
        if line.startswith("| `")
        for name in quoted(line.split("|")[1])
    }
    assert named <= fields


def test_the_words_that_a_field_may_have_are_those_of_the_code() -> None:
    manifest = quoted(section("The manifest"))
    for words in (Unit, Category, Posture):
        assert {word.value for word in words} <= manifest
    for model in (NumberParameter, ChoiceParameter):
        for field in ("harder", "kind"):
            for choice in getattr(model.model_fields[field].annotation, "__args__", ()):
                assert choice in manifest or f'{field} = "{choice}"' in manifest


def test_every_method_of_a_scene_is_explained() -> None:
    methods = {name for name in vars(scene.Scene) if not name.startswith("_")}
    told = {
        name.split("(")[0]
        for name in quoted(section("The logic") + section("The picture") + section("Sounds"))
    }
    assert methods <= told
    for optional in (scene.TellsDeeds, scene.MarksHands, scene.HasWater):
        assert optional.__name__ in told
        assert {name for name in vars(optional) if not name.startswith("_")} <= told


def test_the_kitchen_has_whatever_the_page_names() -> None:
    named = re.findall(r"`kitchen\.(\w+)`", TEXT)
    assert len(named) > 15
    for name in named:
        assert hasattr(kitchens.Kitchen, name), name
    for name in ("Mesh", "box", "quad", "merge"):
        assert hasattr(mesh, name)


def test_what_a_pack_may_import_is_what_its_test_lets_through() -> None:
    (sentence,) = re.findall(r"A pack may import (.+?)\. Palier's own", TEXT)
    assert quoted(sentence) == set(OPEN)


def test_figures_are_those_in_force() -> None:
    budgets = section("Budgets")
    assert f"under {GEOMS}:" in budgets
    assert f"under {TRIANGLES:,}" in budgets
    assert f"{MASTER_DBFS:g} dBFS peak and {RMS_DBFS:g} dBFS" in section("Sounds")
    for model, field, told in (
        (SceneStep, "minimum_s", 120),
        (Trigger, "cooldown_s", 5),
        (SceneManifest, "minimum_age", 13),
    ):
        assert model.model_fields[field].default == told
        assert f"{told} unless you say otherwise" in TEXT


def test_the_pieces_that_are_shown_stand_in_the_example() -> None:
    pieces = re.findall(r"```toml\n# (\S+)\n(.+?)```", TEXT, re.S)
    assert len(pieces) == 2
    for file, piece in pieces:
        (path,) = PACK.rglob(file)
        assert piece.strip() in path.read_text("utf-8"), f"{file} says something else"


def test_every_file_and_test_that_the_page_names_is_there() -> None:
    tree = re.findall(r"^\s+((?:assets/sounds/)?[\w-]+\.(?:py|toml|ogg))", section("The folder"), re.M)
    assert len(tree) >= 8
    for name in tree:
        assert list(PACK.rglob(Path(name).name)), name
    for name in re.findall(r"(tests/scenes/test_\w+\.py)", TEXT):
        assert (ROOT / name).is_file(), name
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / link).resolve().exists(), link
