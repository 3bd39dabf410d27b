"""What a scene's steps look like from the eyes of a person who stands, or sits where one has to. No session is played: a step's values are put on
the stage and some seconds pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import atan2, cos, degrees, hypot, radians, sin
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vr_runtime.catalogue import NEEDED, CatalogueError, CatalogueReason, ScenePack, pick
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import Posture, SceneManifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.stage import BASELINE_ROOM, CALM, Stage

if TYPE_CHECKING:
    from vr_runtime.display.snapshot import Camera, Cost
    from vr_runtime.stage.picture import Picture

EYES_M: Final = 1.65
SEATED_M: Final = 1.18
"""Height of the eyes of somebody who stands, and who sits."""
TICK_S: Final = 0.1
VIEWS: Final[dict[str, tuple[float, float] | None]] = {
    "front": (0.0, -8.0),
    "left": (70.0, -8.0),
    "right": (-70.0, -8.0),
    "down": (0.0, -50.0),
    "stimulus": None,
}
"""Heading (to the left) and pitch (upwards) of the head, degrees; None: towards the nearest stimulus."""


@dataclass(frozen=True)
class Cue:
    """What the stage is asked to show."""

    place: Place
    scene: str
    parameters: Mapping[str, Value]
    safe_place: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shell: float = 0.0
    blink: float = 0.0
    sound_gain: float = 0.0
    frozen: bool = False
    fire: tuple[str, ...] = ()
    restart: bool = False
    prevented: bool = False


class Viewer:
    """All scenes on a stage, and a camera."""

    def __init__(self, packs: Mapping[str, ScenePack], settings: GraphicsSettings) -> None:
        from vr_runtime.display.snapshot import Camera

        self._packs = dict(packs)
        self._camera: Camera = Camera(settings)
        scenes = {name: (pack.manifest, pack.create()) for name, pack in packs.items()}
        self._stage = Stage(scenes, 1, self._camera.graphics)
        self._last: Picture | None = None

    @property
    def renderer(self) -> str:
        """The driver, in its own words."""
        return self._camera.renderer

    def picture(
        self, scene: str, step: int, view: str, *, after_s: float = 8.0, forward_m: float = 0.0
    ) -> NDArray[np.uint8]:
        """(height, width, 3) RGB of a step (from 1; 0: a scene without steps, or its defaults).

        Raises:
            CatalogueError: UNKNOWN_SCENE, where the scene or the step is not there.
        """
        self._last = self._play(scene, step, view, after_s, forward_m)
        return self._camera.take(self._last)

    def counts(self, scene: str, step: int, view: str, *, after_s: float = 8.0) -> tuple[int, int]:
        """Geoms and triangles in view of a step, without drawing it.

        Raises:
            CatalogueError: UNKNOWN_SCENE.
        """
        picture = self._play(scene, step, view, after_s, 0.0)
        assert picture is not None
        return self._camera.counts(picture)

    def _play(self, scene: str, step: int, view: str, after_s: float, forward_m: float) -> Picture | None:
        manifest = pick(self._packs, scene).manifest
        cue = cue_of(manifest, step)
        look = VIEWS[view]
        head = pose(*(look or (0.0, 0.0)), forward_m, eyes_m(manifest))
        stage = self._stage
        stage.play(replace(cue, restart=True), 0.0, head, Hands())
        for _ in range(round(after_s / TICK_S)):
            stage.play(cue, TICK_S, head, Hands())
        if look is None:
            head = self._towards_stimulus(head)
            stage.play(cue, 0.0, head, Hands())
        return stage.picture(head)

    def size(self) -> tuple[int, int]:
        """Geoms and triangles of the picture taken last."""
        assert self._last is not None, "no picture was taken yet"
        return self._camera.counts(self._last)

    def cost(self) -> Cost:
        """Of the picture taken last."""
        assert self._last is not None, "no picture was taken yet"
        return self._camera.cost(self._last)

    def close(self) -> None:
        self._stage.close()
        self._camera.close()

    def _towards_stimulus(self, head: Pose) -> Pose:
        readings = self._stage.readings(head)
        if not readings:
            return head
        x, y, z = min(readings, key=lambda reading: reading.distance_m).point
        dx, dy, dz = x - head.x, y - head.y, z - head.z
        return pose(degrees(atan2(-dx, dy)), degrees(atan2(dz, hypot(dx, dy))), head.y, head.z)


def save_view(
    packs: Mapping[str, ScenePack], scene: str, step: int, view: str, size: tuple[int, int], out: Path
) -> None:
    """One picture as a PNG file.

    Raises:
        CatalogueError: the scene or the step is not there.
        DisplayError: there is no OpenGL to draw with.
    """
    from vr_runtime.display.snapshot import FINE

    cue_of(pick(dict(packs), scene).manifest, step)  # before anything is loaded
    wanted = {name: pick(dict(packs), name) for name in (*NEEDED, scene)}
    viewer = Viewer(wanted, replace(FINE, width=size[0], height=size[1]))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(viewer.picture(scene, step, view)).save(out)
    finally:
        viewer.close()


def cue_of(manifest: SceneManifest, step: int) -> Cue:
    """A step's values over the scene's defaults; step 0: the defaults alone.

    Raises:
        CatalogueError: UNKNOWN_SCENE, where there is no such step.
    """
    steps = manifest.hierarchy
    if not 0 <= step <= len(steps):
        there = f"it has steps 1 to {len(steps)}" if steps else "it has no steps: leave --step out"
        raise CatalogueError(
            CatalogueReason.UNKNOWN_SCENE, f"scene '{manifest.id}' has no step {step}; {there}"
        )
    place = {CALM: Place.CALM, BASELINE_ROOM: Place.BASELINE_ROOM}.get(manifest.id, Place.SCENE)
    preset = steps[step - 1].preset if step else {}
    return Cue(place, manifest.id, {**manifest.defaults(), **preset})


def eyes_m(manifest: SceneManifest) -> float:
    """At which height the eyes are in a scene: those of somebody who stands, where one may stand."""
    return EYES_M if Posture.STANDING in manifest.posture else SEATED_M


def pose(heading_deg: float, pitch_deg: float, forward_m: float = 0.0, up_m: float = EYES_M) -> Pose:
    """A head at ``up_m``, turned to the left by ``heading_deg`` and upwards by ``pitch_deg``."""
    a, b = radians(heading_deg) / 2, radians(pitch_deg) / 2
    return Pose(0.0, forward_m, up_m, sin(b) * cos(a), sin(a) * sin(b), sin(a) * cos(b), cos(a) * cos(b))
