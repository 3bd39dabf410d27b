"""The baseline room. Its curtain moves a little; nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.kit.beds import bed
from scenes.kit.still import StillPicture, StillScene

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class BaselineRoom(StillScene):
    cues = bed("room", "sounds/room.ogg", 0.35)

    def picture(self, kitchen: Kitchen) -> StillPicture:
        from scenes.baseline_room.picture import RoomPicture

        return RoomPicture(kitchen)


def create() -> Scene:
    return BaselineRoom()
