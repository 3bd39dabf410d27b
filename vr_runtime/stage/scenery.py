"""The stage's picture half: every scene's nodes in one world, of which one scene at most is visible."""

from __future__ import annotations

from collections.abc import Mapping

from panda3d.core import NodePath

from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import hands, panel, vignette
from vr_runtime.stage.hands import HandModels
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.panel import PanelModel
from vr_runtime.stage.panel_layout import Panel
from vr_runtime.stage.panel_words import Language
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.scene import MarksHands, Scene, ShadesTheEdge, Viewpoint
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shell import Shell
from vr_runtime.stage.turns import listener
from vr_runtime.stage.vignette import Vignette


class Scenery:
    """Builds every scene once, then shows one. Behind a closed shell none is drawn at all: the shell is not the
    only thing between the patient and the stimulus."""

    def __init__(self, scenes: Mapping[str, Scene], settings: GraphicsSettings, language: Language) -> None:
        self._single_pass = settings.single_pass
        self._world = NodePath("world")
        self._origin = self._world.attach_new_node("tracked space")
        self._scenes = dict(scenes)
        self._marks = {name: scene for name, scene in scenes.items() if isinstance(scene, MarksHands)}
        self._roots: dict[str, NodePath] = {}
        for name, scene in self._scenes.items():
            root = self._world.attach_new_node(name)
            root.hide()
            self._roots[name] = root
            scene.build(Kitchen(root, settings))
        self._hands = HandModels(settings)
        self._panel = PanelModel(settings, language)
        self._shades = {name: scene for name, scene in scenes.items() if isinstance(scene, ShadesTheEdge)}
        self._vignette = Vignette(self._world, settings)
        self._shell = Shell(self._world, settings)
        self._visible = ""
        self._viewpoint = Viewpoint()

    def show(self, name: str, viewpoint: Viewpoint, cover: float, grips: Hands) -> None:
        """Show a scene from a viewpoint, covered by the shell from 0 (not at all) to 1 (nothing else is drawn: no
        hands either)."""
        visible = "" if cover >= 1.0 else name
        if visible:
            self._scenes[name].draw()
        if visible != self._visible:
            if self._visible:
                self._roots[self._visible].hide()
            if visible:
                self._roots[visible].show()
            self._visible = visible
        if visible:
            marks = self._marks.get(visible)
            looks = None if marks is None else marks.hand_looks()
            self._hands.show(self._roots[visible], viewpoint, grips, looks)
        if viewpoint != self._viewpoint:
            self._origin.set_pos_hpr(
                viewpoint.x, viewpoint.y, viewpoint.z, viewpoint.heading, viewpoint.pitch, viewpoint.roll
            )
            self._viewpoint = viewpoint
        self._shell.show(cover, viewpoint.heading)

    def rehearse(self, name: str, viewpoint: Viewpoint) -> None:
        """Show a scene with everything in it that may appear in the patient's hands."""
        self.show(name, viewpoint, 0.0, hands.REHEARSED)
        self._vignette.show(vignette.REHEARSED if name in self._shades else 0.0, (0.0, 1.0, 0.0))
        self.show_panel(panel.REHEARSED)

    def shade(self, head: Pose) -> None:
        """Darken the edge of sight as the scene shown last asks for it."""
        scene = self._shades.get(self._visible)
        strength = 0.0 if scene is None else scene.vignette()
        self._vignette.show(strength, listener(self._viewpoint, head).forward)

    def show_panel(self, asked: Panel | None) -> None:
        """Show the rating panel in the scene shown last; None, or a closed shell: not at all."""
        name = self._visible
        self._panel.show(
            self._roots[name or next(iter(self._roots))], self._viewpoint, asked if name else None
        )
        self._hands.stand_before(self._panel.shown)

    def picture(self, head: Pose) -> Picture:
        """What is to be drawn with the head there."""
        return Picture(self._world, self._origin, head, self._single_pass)

    def close(self) -> None:
        self._hands.close()
        self._panel.close()
        self._world.remove_node()
        self._roots.clear()
        self._scenes.clear()
