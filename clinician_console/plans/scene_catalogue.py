"""Which scenes a plan can be made of: those of the runtime that is connected, otherwise those that are installed here.

The console does not import scenes (a wall of the house): it asks ``python -m vr_runtime scenes --json`` once.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from pydantic import ValidationError

from vr_runtime.protocol.errors import FileError
from vr_runtime.protocol.files.manifest import Category, SceneManifest
from vr_runtime.protocol.files.treatment import TreatmentProtocol
from vr_runtime.protocol.files.treatments import find_treatments

logger = logging.getLogger(__name__)

WAIT_S = 30.0
SHELVES = (Category.PHOBIA, Category.PTSD, Category.OCD, Category.CALM, Category.NEUTRAL)
"""The categories, in the order in which they are shown."""

Told = Callable[[], Sequence[SceneManifest]]


class SceneCatalogue:
    """Scenes and treatment protocols. Safe to call from several threads.

    Args:
        of_runtime: the scenes that a connected runtime told of; empty where there is none.
        ask: gives what ``vr-runtime scenes --json`` prints; replaced in tests.
    """

    def __init__(self, of_runtime: Told = tuple, ask: Callable[[], str] | None = None) -> None:
        self._of_runtime = of_runtime
        self._ask = ask or ask_runtime
        self._lock = threading.Lock()
        self._installed: dict[str, SceneManifest] | None = None
        self._treatments: dict[str, TreatmentProtocol] | None = None

    def scenes(self) -> dict[str, SceneManifest]:
        """By id. The runtime that will play has the last word on a scene that both know; what is installed here and
        unknown to it is left out, since it could not be played."""
        told = {scene.id: scene for scene in self._of_runtime()}
        return told or dict(self._here())

    def installed(self) -> bool:
        """Whether the scenes of this computer are at hand already, without a process to wait for."""
        return self._installed is not None

    def treatments(self) -> dict[str, TreatmentProtocol]:
        """By id; empty where a pack's protocol cannot be read (the log says why)."""
        with self._lock:
            if self._treatments is None:
                try:
                    self._treatments = {name: one.treatment for name, one in find_treatments().items()}
                except FileError as problem:
                    logger.warning("the treatment protocols cannot be read: %s", problem)
                    return {}
            return dict(self._treatments)

    def _here(self) -> dict[str, SceneManifest]:
        with self._lock:
            if self._installed is None:
                try:
                    self._installed = manifests_of(self._ask())
                except (OSError, ValueError, subprocess.SubprocessError) as problem:
                    # Not kept: what is missing may be installed in a minute.
                    logger.warning("the installed scenes cannot be listed: %s", problem)
                    return {}
            return self._installed


def ask_runtime() -> str:
    """What ``vr-runtime scenes --json`` prints.

    Raises:
        OSError, subprocess.SubprocessError: it could not be run, took too long, or failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", "vr_runtime", "scenes", "--json"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=WAIT_S,
        check=True,
    )
    return done.stdout


def manifests_of(printed: str) -> dict[str, SceneManifest]:
    """Scenes by id. One that this console does not understand is left out, the others stay.

    Raises:
        ValueError: what was printed is no list of scenes.
    """
    told: object = json.loads(printed)
    if not isinstance(told, list):
        raise ValueError("a list of scenes was expected")
    found: dict[str, SceneManifest] = {}
    for each in cast("list[Any]", told):
        try:
            scene = SceneManifest.model_validate(each)
        except ValidationError as problem:
            logger.warning("a scene cannot be read: %s", problem)
            continue
        found[scene.id] = scene
    return found


def shelves(scenes: Mapping[str, SceneManifest]) -> dict[Category, list[SceneManifest]]:
    """The scenes by category, as the plan builder shows them; categories without a scene are left out. The neutral room is
    no exposure and stands in every session anyway."""
    found = {kind: [one for one in scenes.values() if one.category is kind] for kind in SHELVES}
    return {kind: those for kind, those in found.items() if those and kind is not Category.NEUTRAL}
