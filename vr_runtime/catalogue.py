"""Which scenes and advance rules there are: found through entry points, so that a third party's pack is no different from ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import as_file, files
from typing import cast

from vr_runtime.protocol.errors import FileError, FileReason, PalierError
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.session.advance import BUILT_IN, Rule
from vr_runtime.stage.scene import Scene

GROUP = "palier.scenes"
RULES_GROUP = "palier.rules"

NEEDED = ("baseline_room", "calm")
"""Scenes that every session has: the neutral room and the safe place."""


class CatalogueReason(Enum):
    UNKNOWN_SCENE = "unknown_scene"
    BROKEN_PACK = "broken_pack"


class CatalogueError(PalierError):
    """A scene that is not there, or a scene pack that cannot be read."""

    exit_status = 2


@dataclass(frozen=True)
class ScenePack:
    """A scene that was found: its manifest, and the package that makes it."""

    manifest: SceneManifest
    package: str

    def create(self) -> Scene:
        """A new scene.

        Raises:
            CatalogueError: BROKEN_PACK, where ``scene.py`` or its ``create`` is missing.
        """
        try:
            return cast(Scene, import_module(f"{self.package}.scene").create())
        except (ImportError, AttributeError) as problem:
            raise CatalogueError(
                CatalogueReason.BROKEN_PACK,
                f"scene {self.manifest.id}: {self.package}.scene has no usable create(): {problem}",
            ) from problem


def find_scenes() -> dict[str, ScenePack]:
    """All scenes that are installed, by id.

    Raises:
        FileError: a manifest is not valid (the message names file and field).
        CatalogueError: BROKEN_PACK, where a pack has no manifest or two packs have one id.
    """
    found: dict[str, ScenePack] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        pack = _read(point)
        twin = found.get(pack.manifest.id)
        if twin is not None and twin.package != pack.package:
            raise CatalogueError(
                CatalogueReason.BROKEN_PACK,
                f"{twin.package} and {pack.package} both offer a scene '{pack.manifest.id}': uninstall one",
            )
        found[pack.manifest.id] = pack
    return found


def installed_rules() -> dict[str, Rule]:
    """The advance rules: Palier's own, and those of packs. A pack's rule cannot take the place of one of Palier's.

    Raises:
        CatalogueError: BROKEN_PACK, where a pack's rule cannot be imported or is not callable.
    """
    rules = dict(BUILT_IN)
    for point in sorted(entry_points(group=RULES_GROUP), key=lambda point: point.name):
        if point.name in BUILT_IN:
            raise CatalogueError(
                CatalogueReason.BROKEN_PACK,
                f"'{point.value}' offers a rule '{point.name}', which is Palier's own: give it another name",
            )
        try:
            rule = point.load()
        except (ImportError, AttributeError) as problem:
            raise CatalogueError(
                CatalogueReason.BROKEN_PACK,
                f"advance rule '{point.name}' ({point.value}) cannot be imported: {problem}",
            ) from problem
        if not callable(rule):
            raise CatalogueError(
                CatalogueReason.BROKEN_PACK,
                f"advance rule '{point.name}' ({point.value}) is not callable",
            )
        rules[point.name] = cast(Rule, rule)
    return rules


def pick(scenes: dict[str, ScenePack], name: str) -> ScenePack:
    """The scene of that id.

    Raises:
        CatalogueError: UNKNOWN_SCENE; the message lists those that are there.
    """
    try:
        return scenes[name]
    except KeyError:
        there = ", ".join(sorted(scenes)) or "none: is Palier installed (make setup)?"
        raise CatalogueError(
            CatalogueReason.UNKNOWN_SCENE, f"there is no scene '{name}'; there is: {there}"
        ) from None


def _read(point: EntryPoint) -> ScenePack:
    package = point.value
    try:
        resource = files(package) / "scene.toml"
    except ModuleNotFoundError as problem:
        raise CatalogueError(
            CatalogueReason.BROKEN_PACK,
            f"scene pack '{point.name}' ({package}) cannot be imported: {problem}",
        ) from problem
    with as_file(resource) as path:
        manifest = read_manifest(path)
    if manifest.id != point.name:
        raise FileError(
            FileReason.INVALID,
            f"{package}/scene.toml: its id is '{manifest.id}', its entry point '{point.name}'",
        )
    return ScenePack(manifest, package)
