"""Scenes in which nothing is turned and nothing is feared: the baseline room, the calm place."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TYPE_CHECKING, Protocol

from vr_runtime.protocol.base import Value
from vr_runtime.protocol.pose import Pose, StimulusReading
from vr_runtime.stage.scene import Moment, SoundCue, Viewpoint

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen


class StillPicture(Protocol):
    """The picture half of such a scene."""

    def draw(self, t_s: float) -> None: ...


class StillScene:
    """Time passes, and that is all. Subclasses say how it looks and sounds."""

    cues: tuple[SoundCue, ...] = ()

    def __init__(self) -> None:
        self.t_s = 0.0
        self._picture: StillPicture | None = None

    def begin(self, rng: Random, parameters: Mapping[str, Value]) -> None:
        self.t_s = 0.0

    def apply(self, parameters: Mapping[str, Value]) -> None:
        """There is nothing to turn."""

    def fire(self, trigger: str) -> None:
        """There is nothing to fire."""

    def update(self, moment: Moment) -> None:
        self.t_s = moment.t_s

    def stimuli(self, head: Pose) -> tuple[StimulusReading, ...]:
        return ()

    def viewpoint(self) -> Viewpoint:
        return Viewpoint()

    def state(self) -> Mapping[str, int | float | str]:
        return {"t_s": self.t_s}

    def sounds(self) -> tuple[SoundCue, ...]:
        return self.cues

    def picture(self, kitchen: Kitchen) -> StillPicture:
        raise NotImplementedError

    def build(self, kitchen: Kitchen) -> None:
        self._picture = self.picture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self.t_s)
