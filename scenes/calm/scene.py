"""The calm place. Clouds, water and leaves move slowly; nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.kit.still import StillPicture, StillScene
from vr_runtime.stage.scene import SoundCue

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class CalmPlace(StillScene):
    cues = (SoundCue("lake", "sounds/lake.ogg", 0.6, True), SoundCue("breeze", "sounds/wind.ogg", 0.08, True))

    def picture(self, kitchen: Kitchen) -> StillPicture:
        from scenes.calm.picture import CalmPicture

        return CalmPicture(kitchen)


def create() -> Scene:
    return CalmPlace()
