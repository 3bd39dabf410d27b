"""The heights scene: its logic (logic.py) and, when graphics are on, its picture (picture.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.heights.logic import HeightsLogic

if TYPE_CHECKING:
    from scenes.heights.picture import HeightsPicture
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class HeightsScene(HeightsLogic):
    """Both halves. The picture is imported when it is built, so that runs without graphics load no Panda3D."""

    _picture: HeightsPicture | None = None

    def build(self, kitchen: Kitchen) -> None:
        from scenes.heights.picture import HeightsPicture

        self._picture = HeightsPicture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self)


def create() -> Scene:
    return HeightsScene()
