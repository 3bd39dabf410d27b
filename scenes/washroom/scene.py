"""The washroom scene: its logic (logic.py) and, when graphics are on, its picture (picture.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.washroom.logic import WashroomLogic

if TYPE_CHECKING:
    from scenes.washroom.picture import WashroomPicture
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class WashroomScene(WashroomLogic):
    """Both halves. The picture is imported when it is built, so that runs without graphics load no Panda3D."""

    _picture: WashroomPicture | None = None

    def build(self, kitchen: Kitchen) -> None:
        from scenes.washroom.picture import WashroomPicture

        self._picture = WashroomPicture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self)


def create() -> Scene:
    return WashroomScene()
