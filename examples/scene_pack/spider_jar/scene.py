"""The scene: its logic, and its picture once it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spider_jar.logic import JarLogic

if TYPE_CHECKING:
    from spider_jar.picture import JarPicture
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.scene import Scene


class JarScene(JarLogic):
    """Both halves. The picture is imported when it is built: runs without graphics load no Panda3D."""

    _picture: JarPicture | None = None

    def build(self, kitchen: Kitchen) -> None:
        from spider_jar.picture import JarPicture

        self._picture = JarPicture(kitchen)

    def draw(self) -> None:
        if self._picture is not None:
            self._picture.draw(self)


def create() -> Scene:
    return JarScene()
