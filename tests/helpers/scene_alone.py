"""One scene on a stage; the two places that every stage has are empty unless one of them is the scene."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from vr_runtime.catalogue import NEEDED, ScenePack
from vr_runtime.film import Empty
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import ChoiceParameter, NumberParameter, SceneManifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.scene import Scene

__all__ = ["Course", "EmptyPack", "Turn", "alone", "steps_of"]


class EmptyPack(ScenePack):
    """A pack whose scene has nothing in it."""

    def create(self) -> Scene:
        return Empty()


def alone(pack: ScenePack) -> dict[str, ScenePack]:
    """Packs for a stage that has this scene and nothing else to load."""
    empty = {name: EmptyPack(pack.manifest.model_copy(update={"id": name}), "") for name in NEEDED}
    return {**empty, pack.manifest.id: pack}


def steps_of(manifest: SceneManifest) -> range:
    """Numbers of its steps; 0, its defaults, where it has none."""
    return range(1, len(manifest.hierarchy) + 1) if manifest.hierarchy else range(1)


@dataclass(frozen=True)
class Turn:
    """One frame of a course: what the session would hand to the stage."""

    parameters: Mapping[str, Value]
    fire: tuple[str, ...]
    dt_s: float
    head: Pose
    hands: Hands


class Course:
    """A seeded course through everything that can be turned: each parameter at its limits (each choice in turn), then
    all of them at random; triggers, pauses, long frames, a head and hands that wander.

    The values follow each other without slewing and without blinks: harsher than any session.
    """

    def __init__(self, manifest: SceneManifest, seed: int) -> None:
        self._manifest = manifest
        self._seed = seed

    def turns(self, frames: int) -> Iterator[Turn]:
        manifest = self._manifest
        rng = Random(f"{self._seed}/{manifest.id}")
        limits = [(item.id, value) for item in manifest.parameters for value in ends(item)]
        values: dict[str, Value] = manifest.defaults()
        hold = max(4, min(12, frames // (3 * max(1, len(limits)))))
        for frame in range(frames):
            turn = frame // hold
            if frame % hold == 0:
                if turn < len(limits):
                    values = {**manifest.defaults(), limits[turn][0]: limits[turn][1]}
                elif manifest.parameters:
                    item = rng.choice(manifest.parameters)
                    values = {**values, item.id: somewhere(item, rng)}
            fire = ()
            if manifest.triggers and rng.random() < 0.03:
                fire = (rng.choice(manifest.triggers).id,)
            dt_s = 0.0 if (frame // 40) % 9 == 8 else rng.choice((1 / 90, 1 / 90, 1 / 72, 0.05))
            yield Turn(values, fire, dt_s, _head(rng), _hands(rng, frame))


def ends(item: NumberParameter | ChoiceParameter) -> tuple[Value, ...]:
    """The limits of a number, all choices of a choice."""
    return item.choices if item.kind == "choice" else (item.min, item.max)


def somewhere(item: NumberParameter | ChoiceParameter, rng: Random) -> Value:
    """A value of a parameter, often at an end."""
    if item.kind == "choice" or rng.random() < 0.3:
        return rng.choice(ends(item))
    return rng.uniform(item.min, item.max)


def _head(rng: Random) -> Pose:
    turned = (rng.gauss(0, 0.3), rng.gauss(0, 0.3), rng.gauss(0, 0.8), 1.0)
    length = sum(part * part for part in turned) ** 0.5
    qx, qy, qz, qw = (part / length for part in turned)
    return Pose(rng.uniform(-1.2, 1.2), rng.uniform(-1.2, 1.6), rng.uniform(0.5, 1.9), qx, qy, qz, qw)


def _hands(rng: Random, frame: int) -> Hands:
    """Both hands, one of them, none; they wander all over what can be reached."""
    made = [Pose(rng.uniform(-1, 1), rng.uniform(-0.5, 1.2), rng.uniform(0.2, 1.9)) for _ in range(2)]
    tracked = (frame // 50) % 4
    return Hands(
        left=made[0] if tracked not in (1, 3) else None, right=made[1] if tracked not in (2, 3) else None
    )
