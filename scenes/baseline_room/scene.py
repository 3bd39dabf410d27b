"""The baseline room. Its curtain moves a little; nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.kit.still import StillPicture, StillScene
from vr_runtime.stage.scene import SoundCue

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class BaselineRoom(StillScene):
    # the same hum of a house twice, one a little slower: nothing in it comes back every sixteen seconds
    cues = (
        SoundCue("room", "sounds/room.ogg", 0.25, True, start=0.0),
        SoundCue("next room", "sounds/room.ogg", 0.25, True, start=0.6, rate=0.91),
    )

    def picture(self, kitchen: Kitchen) -> StillPicture:
        from scenes.baseline_room.picture import RoomPicture

        return RoomPicture(kitchen)


def create() -> Scene:
    return BaselineRoom()
