"""Small scenes for tests of the stage: a room with a few things in it, and cues that ask for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import (
    Category,
    Motion,
    NumberParameter,
    SceneManifest,
    Stimulus,
    Text,
    Trigger,
    Unit,
)
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.protocol.words import Place
from vr_runtime.stage.mesh import Mesh, box, merge, quad
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint
from vr_runtime.stage.stage import Stage

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.settings import GraphicsSettings


def _text(words: str) -> Text:
    return Text(en=words, fr=words)


def manifest(name: str) -> SceneManifest:
    distance = NumberParameter(
        id="distance",
        name=_text("distance"),
        unit=Unit.METRE,
        min=1.0,
        max=9.0,
        default=4.0,
        harder="down",
        slew=1.0,
    )
    return SceneManifest(
        id=name,
        version="1",
        names=_text(name),
        category=Category.PHOBIA,
        parameters=(distance,),
        triggers=(Trigger(id="jump", name=_text("jump")),),
        stimuli=(Stimulus(id="thing", name=_text("thing"), near_m=1.0, goal_m=0.5),),
        motion=Motion(sway_deg=2.0),
    )


@dataclass
class Room:
    """A scene: a room of plain colour with one glowing thing at a distance. Keeps a list of what it was told."""

    colour: tuple[float, float, float] = (0.4, 0.4, 0.4)
    glow: tuple[float, float, float] = (0.0, 2.0, 0.0)
    sways_deg: float = 0.0
    heading: float = 0.0
    cues: tuple[SoundCue, ...] = ()
    told: list[tuple[object, ...]] = field(default_factory=list)
    distance: float = 4.0
    jumps: int = 0
    drawn: int = 0
    t_s: float = 0.0
    drawn_number: float = 0.0

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self.drawn_number = rng.random()
        self.jumps = 0
        self.told.append(("begin", dict(parameters), self.drawn_number))
        self._take(parameters)

    def apply(self, parameters: Mapping[str, Value]) -> None:
        self.told.append(("apply", dict(parameters)))
        self._take(parameters)

    def _take(self, parameters: Mapping[str, Value]) -> None:
        self.distance = float(parameters["distance"])

    def fire(self, trigger: str) -> None:
        self.told.append(("fire", trigger))
        self.jumps += 1

    def update(self, moment: Moment) -> None:
        self.told.append(("update", round(moment.t_s, 6), moment.dt_s))
        self.t_s = moment.t_s

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        point = (0.0, self.distance, 1.6)
        return (StimulusReading(0, abs(self.distance - head.y), point, True),)

    def viewpoint(self) -> Viewpoint:
        return Viewpoint(heading=self.heading, pitch=self.sways_deg, roll=-self.sways_deg)

    def state(self) -> Mapping[str, int | float | str]:
        return {"jumps": self.jumps, "distance": self.distance}

    def build(self, kitchen: Kitchen) -> None:
        kitchen.sun((-0.3, -0.5, 0.8), (0.5, 0.5, 0.45))
        kitchen.sky((0.5, 0.5, 0.5), (0.45, 0.45, 0.45), (0.3, 0.3, 0.3))
        wall = kitchen.material("wall", colour=self.colour, roughness=0.9, two_sided=True)
        kitchen.mesh("walls", box((6, 10, 3), (0, 2, 1.5)), wall)
        thing = kitchen.material("thing", colour=(0.0, 0.0, 0.0), emissive=self.glow)
        self.thing: NodePath = kitchen.mesh("thing", box((0.6, 0.6, 0.6)), thing)

    def draw(self) -> None:
        self.drawn += 1
        self.thing.set_pos(0, self.distance, 1.6)

    def sounds(self) -> tuple[SoundCue, ...]:
        return self.cues


@dataclass(frozen=True)
class Cue:
    """What a session's SceneFrame says to the stage."""

    place: Place = Place.SCENE
    scene: str = "room"
    parameters: Mapping[str, Value] = field(default_factory=lambda: {"distance": 4.0})
    safe_place: Mapping[str, Value] = field(default_factory=dict[str, Value])
    shell: float = 0.0
    blink: float = 0.0
    sound_gain: float = 1.0
    frozen: bool = False
    fire: tuple[str, ...] = ()
    restart: bool = False
    prevented: bool = False


def rooms() -> dict[str, Room]:
    """An exposure scene that glows green, a baseline room that glows red, a calm place that glows blue."""
    return {
        "room": Room(),
        "baseline_room": Room(glow=(2.0, 0.0, 0.0)),
        "calm": Room(glow=(0.0, 0.0, 2.0)),
    }


def stage_of(scenes: Mapping[str, Room], graphics: GraphicsSettings | None = None, seed: int = 1) -> Stage:
    return Stage({name: (manifest(name), scene) for name, scene in scenes.items()}, seed, graphics)


def blocks(count: int, seed: int = 1) -> Mesh:
    """Boxes on a wide floor, finely cut: 12 triangles each and a floor of 2 x 64 x 64."""
    rng = np.random.default_rng(seed)
    corners = [[-60, -60, 0], [60, -60, 0], [60, 60, 0], [-60, 60, 0]]
    parts = [quad(corners, uv=(60, 60), rows=64, columns=64)]
    for _ in range(count):
        x, y = rng.uniform(-55, 55, 2)
        size = rng.uniform(0.3, 1.5, 3)
        if abs(x) > 2 or abs(y) > 2:
            parts.append(box(size, (0, 0, size[2] / 2)).moved(x, y).tinted(rng.uniform(0.3, 1.0, 3)))
    return merge(parts)
