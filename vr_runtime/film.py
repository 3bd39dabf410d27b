"""Films of a scene's step: pictures on a virtual clock, and what is heard meanwhile. No session is played."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum
from math import ceil
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vr_runtime.catalogue import ScenePack, find_scenes, pick
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.errors import PalierError
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.pose import Hands, Pose, StimulusReading
from vr_runtime.scene_views import VIEWS, cue_of, eyes_m, pose
from vr_runtime.stage.captured import Captured, capturing
from vr_runtime.stage.scene import Moment, Scene, SoundCue, Viewpoint
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.sound import open_sound
from vr_runtime.stage.stage import BASELINE_ROOM, CALM, Stage

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

FIRE_AFTER_S: Final = 1.0
"""When a trigger is fired whose moment is not given."""
HEARD_HZ: Final = 60.0
"""How often what is heard is brought up to date, in real time."""

Firing = tuple[float, str]
"""When a trigger is fired (seconds from the beginning), and which."""


class FilmReason(Enum):
    UNKNOWN_TRIGGER = "unknown_trigger"
    NO_SUCH_MOMENT = "no_such_moment"
    FOLDER_IN_USE = "folder_in_use"
    NO_SOUND = "no_sound"


class FilmError(PalierError):
    """A film that cannot be made."""

    exit_status = 2


@dataclass(frozen=True)
class Reel:
    """What is to be filmed: frame k shows the moment k / ``rate_hz`` after the step began."""

    scene: str
    step: int = 0
    """From 1; 0: the scene's defaults."""
    fire: tuple[Firing, ...] = ()
    seconds: float = 5.0
    rate_hz: float = 30.0
    view: str = "front"
    """One of ``scene_views.VIEWS`` but the stimulus'."""

    @property
    def frames(self) -> int:
        return max(1, round(self.seconds * self.rate_hz))

    def check(self, manifest: SceneManifest) -> None:
        """Raises CatalogueError or FilmError where the scene has no such step or trigger, or a trigger comes late."""
        cue_of(manifest, self.step)
        names = [trigger.id for trigger in manifest.triggers]
        for at_s, trigger in self.fire:
            if trigger not in names:
                there = f"it has: {', '.join(names)}" if names else "it has none: leave --fire out"
                raise FilmError(
                    FilmReason.UNKNOWN_TRIGGER,
                    f"scene '{manifest.id}' has no trigger '{trigger}'; {there}",
                )
            if not 0.0 <= at_s < self.seconds:
                raise FilmError(
                    FilmReason.NO_SUCH_MOMENT,
                    f"'{trigger}' would be fired at {at_s:g} s, and the film lasts from 0 to {self.seconds:g} s",
                )


def firing(text: str) -> Firing:
    """``TRIGGER`` or ``TRIGGER@SECONDS``, as it is typed.

    Raises:
        FilmError: NO_SUCH_MOMENT.
    """
    name, at, moment = text.partition("@")
    try:
        return (float(moment) if at else FIRE_AFTER_S), name
    except ValueError:
        raise FilmError(
            FilmReason.NO_SUCH_MOMENT, f"'{text}': give TRIGGER or TRIGGER@SECONDS, such as gust@2.5"
        ) from None


class Studio:
    """One scene on a stage with a camera. The two places that every stage has are empty unless one is the scene."""

    def __init__(self, manifest: SceneManifest, scene: Scene, settings: GraphicsSettings) -> None:
        from vr_runtime.display.snapshot import Camera

        self._manifest = manifest
        empty = {name: (manifest.model_copy(update={"id": name}), Empty()) for name in (BASELINE_ROOM, CALM)}
        self._camera = Camera(settings)
        self._stage = Stage({**empty, manifest.id: (manifest, scene)}, 1, self._camera.graphics)

    def film(self, reel: Reel) -> Iterator[NDArray[np.uint8]]:
        """The frames, (height, width, 3) RGB, one after another."""
        head = self._head(reel)
        for index in range(reel.frames):
            fire = tuple(name for at_s, name in reel.fire if ceil(at_s * reel.rate_hz - 1e-6) == index)
            self._play(reel, fire, 1.0 / reel.rate_hz if index else 0.0, begin=index == 0)
            yield self._camera.take(self._stage.picture(head))

    def sound(self, reel: Reel, out: Path) -> None:
        """Play the reel in real time and keep what would have been heard, as a WAV of 16 bits a sample.

        OpenAL reads its configuration once a process: only the first call in a process captures anything.

        Raises:
            FilmError: NO_SOUND.
        """
        with tempfile.TemporaryDirectory(prefix="palier-") as folder, capturing(Path(folder)) as capture:
            for _ in self._stage.rehearse([(reel.scene, cue_of(self._manifest, reel.step).parameters)]):
                pass
            self._play(reel, (), 0.0, begin=True)
            sound = open_sound(True)
            try:
                sound.prepare(self._stage.rehearsed_sounds)
                self._play_aloud(reel, sound.play, capture)
            finally:
                sound.close()
            heard = capture.heard(reel.seconds)
            if heard is None:
                raise FilmError(
                    FilmReason.NO_SOUND, "what is heard could not be captured: OpenAL did not open"
                )
            out.parent.mkdir(parents=True, exist_ok=True)
            heard.save(out)

    def close(self) -> None:
        self._stage.close()
        self._camera.close()

    def _play_aloud(self, reel: Reel, play: Callable[..., None], capture: Captured) -> None:
        due = sorted(reel.fire)
        began = before = time.perf_counter()
        capture.begins()
        while (now := time.perf_counter()) - began < reel.seconds:
            fire = tuple(name for at_s, name in due if at_s <= now - began)
            due = due[len(fire) :]
            self._play(reel, fire, now - before)
            play(self._stage.sounds(), self._stage.loudness, self._stage.listener(), now - before)
            before = now
            time.sleep(1.0 / HEARD_HZ)
        capture.ends()

    def _play(self, reel: Reel, fire: tuple[str, ...], dt_s: float, begin: bool = False) -> None:
        cue = replace(cue_of(self._manifest, reel.step), fire=fire, restart=begin, sound_gain=1.0)
        self._stage.play(cue, dt_s, self._head(reel), Hands())

    def _head(self, reel: Reel) -> Pose:
        return pose(*(VIEWS[reel.view] or (0.0, 0.0)), up_m=eyes_m(self._manifest))


class Empty:
    """A scene with nothing in it."""

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        pass

    def apply(self, parameters: Mapping[str, Value]) -> None:
        pass

    def fire(self, trigger: str) -> None:
        pass

    def update(self, moment: Moment) -> None:
        pass

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        return ()

    def viewpoint(self) -> Viewpoint:
        return Viewpoint()

    def state(self) -> Mapping[str, int | float | str]:
        return {}

    def build(self, kitchen: Kitchen) -> None:
        pass

    def draw(self) -> None:
        pass

    def sounds(self) -> tuple[SoundCue, ...]:
        return ()


def save_film(
    packs: Mapping[str, ScenePack],
    reel: Reel,
    settings: GraphicsSettings,
    out: Path,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """The frames as PNG files in a folder, named by their numbers from 00000.

    Raises:
        CatalogueError: the scene or the step is not there.
        FilmError: the trigger is not there, or the folder holds a film already.
        DisplayError: there is no OpenGL to draw with.
    """
    pack = pick(dict(packs), reel.scene)
    reel.check(pack.manifest)  # before anything is loaded
    if any(out.glob("[0-9]*.png")):
        raise FilmError(
            FilmReason.FOLDER_IN_USE, f"{out} holds numbered pictures already; name another folder"
        )
    studio = Studio(pack.manifest, pack.create(), settings)
    try:
        out.mkdir(parents=True, exist_ok=True)
        for index, frame in enumerate(studio.film(reel)):
            Image.fromarray(frame).save(out / f"{index:05}.png", compress_level=1)
            progress(index + 1, reel.frames)
    finally:
        studio.close()


def save_sound(packs: Mapping[str, ScenePack], reel: Reel, out: Path) -> None:
    """What is heard, in real time, as a WAV file; in a process of its own, whose OpenAL writes instead of playing.

    Raises:
        CatalogueError: the scene or the step is not there.
        FilmError: the trigger is not there, or nothing could be captured.
    """
    reel.check(pick(dict(packs), reel.scene).manifest)
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        problem = processes.submit(_save_sound, reel, out).result()
    if problem:
        raise FilmError(FilmReason.NO_SOUND, problem)


def _save_sound(reel: Reel, out: Path) -> str:
    """Returns what went wrong (Palier's errors do not travel between processes), or nothing."""
    try:
        pack = pick(find_scenes(), reel.scene)
        studio = Studio(pack.manifest, pack.create(), GraphicsSettings(width=16, height=16, quality="low"))
        try:
            studio.sound(reel, out)
        finally:
            studio.close()
    except PalierError as problem:
        return str(problem)
    return ""
