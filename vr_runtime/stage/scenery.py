"""The stage's picture half: every scene's nodes in one world, of which one scene at most is visible."""

from __future__ import annotations

from collections.abc import Mapping

from panda3d.core import NodePath

from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.scene import Scene, Viewpoint
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shell import Shell


class Scenery:
    """Builds every scene once, then shows one. Behind a closed shell none is drawn at all: the shell is not the
    only thing between the patient and the stimulus."""

    def __init__(self, scenes: Mapping[str, Scene], settings: GraphicsSettings) -> None:
        self._world = NodePath("world")
        self._origin = self._world.attach_new_node("tracked space")
        self._scenes = dict(scenes)
        self._roots: dict[str, NodePath] = {}
        for name, scene in self._scenes.items():
            root = self._world.attach_new_node(name)
            root.hide()
            self._roots[name] = root
            scene.build(Kitchen(root, settings))
        self._shell = Shell(self._world)
        self._visible = ""
        self._viewpoint = Viewpoint()

    def show(self, name: str, viewpoint: Viewpoint, cover: float) -> None:
        """Show a scene from a viewpoint, covered by the shell from 0 (not at all) to 1 (nothing else is drawn)."""
        visible = "" if cover >= 1.0 else name
        if visible:
            self._scenes[name].draw()
        if visible != self._visible:
            if self._visible:
                self._roots[self._visible].hide()
            if visible:
                self._roots[visible].show()
            self._visible = visible
        if viewpoint != self._viewpoint:
            self._origin.set_pos_hpr(
                viewpoint.x, viewpoint.y, viewpoint.z, viewpoint.heading, viewpoint.pitch, viewpoint.roll
            )
            self._viewpoint = viewpoint
        self._shell.show(cover, viewpoint.heading)

    def picture(self, head: Pose) -> Picture:
        return Picture(self._world, self._origin, head)

    def close(self) -> None:
        self._world.remove_node()
        self._roots.clear()
        self._scenes.clear()
