"""A scene written to break what protects eyes and ears: it strobes, and asks for every sound at full gain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.helpers.rooms import Room, manifest
from vr_runtime.catalogue import NEEDED, ScenePack, find_scenes
from vr_runtime.film import Empty
from vr_runtime.protocol.files.manifest import SceneManifest, SceneStep, Text
from vr_runtime.stage.mesh import box
from vr_runtime.stage.scene import Scene

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

Colour = tuple[float, float, float]


@dataclass
class Strobe(Room):
    """Two walls of light around the head, of which one or the other is there."""

    hz: float = 10.0
    after_s: float = 0.0
    """How long it is quiet first."""
    one: Colour = (0.05, 0.05, 0.05)
    other: Colour = (1.0, 1.0, 1.0)

    def build(self, kitchen: Kitchen) -> None:
        super().build(kitchen)
        for name, colour in (("one", self.one), ("other", self.other)):
            made = kitchen.material(name, colour=(0.0, 0.0, 0.0), emissive=colour, two_sided=True)
            setattr(self, f"wall_{name}", kitchen.mesh(name, box((2, 2, 4), (0, 0, 1)), made))

    def draw(self) -> None:
        lit = int(2 * self.hz * max(0.0, self.t_s - self.after_s) + 1e-6) % 2
        for wall, shown in ((self.wall_one, not lit), (self.wall_other, lit)):  # type: ignore[attr-defined]
            wall.show() if shown else wall.hide()


@dataclass(frozen=True)
class MadePack(ScenePack):
    """A pack of a scene that is at hand."""

    scene: Scene | None = None

    def create(self) -> Scene:
        assert self.scene is not None
        return self.scene


def packs_with(scene: Scene, name: str = "strobe") -> Mapping[str, ScenePack]:
    """The scene with one step and a trigger, beside empty places."""
    places = {
        place: MadePack(found.manifest, found.package, Empty())
        for place, found in find_scenes().items()
        if place in NEEDED
    }
    return {**places, name: MadePack(manifest_of(name), "tests", scene)}


def manifest_of(name: str) -> SceneManifest:
    words = Text(en=name, fr=name)
    step = SceneStep(id="only", name=words, goal=words, preset={"distance": 4.0})
    return manifest(name).model_copy(update={"hierarchy": (step,)})
