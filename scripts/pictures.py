"""``make pictures``: every step of every scene from the eyes of a standing person, as PNG files.

No session is played: each step's preset is put on the stage and some seconds pass. Scenes without steps are seen
once in each direction.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import cos, radians, sin
from pathlib import Path

from PIL import Image

from vr_runtime.catalogue import ScenePack, find_scenes, pick
from vr_runtime.display.snapshot import FINE, Camera
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.protocol.words import Place
from vr_runtime.stage.stage import Stage

ROOT = Path(__file__).resolve().parent.parent
EYES_M = 1.65
LOOKS = {"ahead": (0.0, -8.0), "down": (0.0, -50.0), "left": (70.0, -8.0), "right": (-70.0, -8.0)}
"""Where the head turns to: heading (to the left) and pitch (upwards), degrees."""


@dataclass(frozen=True)
class Cue:
    """What the stage is asked to show."""

    place: Place
    scene: str
    parameters: Mapping[str, Value]
    shell: float = 0.0
    blink: float = 0.0
    sound_gain: float = 0.0
    frozen: bool = False
    fire: tuple[str, ...] = ()
    restart: bool = False


@dataclass(frozen=True)
class View:
    name: str
    cue: Cue
    looks: Mapping[str, tuple[float, float]] = field(default_factory=lambda: LOOKS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help="scenes to draw (all)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "pictures")
    parser.add_argument("--steps", help="numbers of steps, as 1,4,8 (all)")
    parser.add_argument("--looks", default="ahead,down", help=f"of {', '.join(LOOKS)}")
    parser.add_argument("--after", type=float, default=12.0, help="seconds that the scene has run")
    parser.add_argument("--forward", type=float, default=0.0, help="metres that the person has walked on")
    parser.add_argument("--size", default="1280x720")
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    looks = {name: LOOKS[name] for name in chosen.looks.split(",")}
    steps = {int(number) for number in chosen.steps.split(",")} if chosen.steps else None
    packs = find_scenes()
    camera = Camera(replace(FINE, width=width, height=height))
    stage = Stage({name: (pack.manifest, pack.create()) for name, pack in packs.items()}, 1, camera.graphics)
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name in chosen.scenes or packs:
        for title, cue in views(pick(packs, name), steps):
            for look, (heading, pitch) in looks.items():
                head = pose(heading, pitch, chosen.forward)
                play(stage, cue, chosen.after, head)
                path = chosen.out / f"{title}-{look}.png"
                Image.fromarray(camera.take(stage.picture(head))).save(path)
                print(path)
    stage.close()
    camera.close()
    return 0


def views(pack: ScenePack, steps: set[int] | None) -> Iterator[tuple[str, Cue]]:
    """What there is to see of a scene: each step of its hierarchy."""
    manifest = pack.manifest
    if not manifest.hierarchy:
        yield manifest.id, Cue(place_of(manifest), manifest.id, manifest.defaults())
    for number, step in enumerate(manifest.hierarchy, 1):
        if steps is None or number in steps:
            parameters = {**manifest.defaults(), **step.preset}
            yield f"{manifest.id}-{number:02}-{step.id}", Cue(Place.SCENE, manifest.id, parameters)


def place_of(manifest: SceneManifest) -> Place:
    return {"calm": Place.CALM, "baseline_room": Place.BASELINE_ROOM}.get(manifest.id, Place.SCENE)


def play(stage: Stage, cue: Cue, seconds: float, head: Pose) -> None:
    """Start the scene over and let time pass."""
    stage.play(replace(cue, restart=True), 0.0, head, Hands())
    for _ in range(round(seconds * 10)):
        stage.play(cue, 0.1, head, Hands())


def pose(heading: float, pitch: float, forward: float) -> Pose:
    """A standing head, turned to the left by ``heading`` and upwards by ``pitch`` degrees."""
    a, b = radians(heading) / 2, radians(pitch) / 2
    return Pose(0.0, forward, EYES_M, sin(b) * cos(a), sin(a) * sin(b), sin(a) * cos(b), cos(a) * cos(b))


if __name__ == "__main__":
    sys.exit(main())
