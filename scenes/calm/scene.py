"""The calm place. Clouds, water and leaves move slowly; a breathing guide, where one is asked for; nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.calm.logic import CalmLogic

if TYPE_CHECKING:
    from scenes.calm.picture import CalmPicture
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class CalmPlace(CalmLogic):
    """Both halves. The picture is imported when it is built, so that runs without graphics load no Panda3D."""

    _picture: CalmPicture | None = None

    def build(self, kitchen: Kitchen) -> None:
        from scenes.calm.picture import CalmPicture

        self._picture = CalmPicture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self)


def create() -> Scene:
    return CalmPlace()
