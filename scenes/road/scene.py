"""The road scene: its logic (logic.py) and, when graphics are on, its picture (picture.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.road.logic import RoadLogic

if TYPE_CHECKING:
    from scenes.road.picture import RoadPicture
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class RoadScene(RoadLogic):
    """Both halves. The picture is imported when it is built, so that runs without graphics load no Panda3D."""

    _picture: RoadPicture | None = None

    def build(self, kitchen: Kitchen) -> None:
        from scenes.road.picture import RoadPicture

        self._picture = RoadPicture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self)


def create() -> Scene:
    return RoadScene()
