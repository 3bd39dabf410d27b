"""A place where nothing is to be avoided: its logic. Nothing moves in it that matters."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, Scene, SoundCue, Viewpoint


class Still:
    """No stimulus, no parameter, no trigger."""

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

    def build(self, kitchen: Any) -> None:
        pass

    def draw(self) -> None:
        pass

    def sounds(self) -> tuple[SoundCue, ...]:
        return ()


def create() -> Scene:
    return Still()
