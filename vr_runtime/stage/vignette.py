"""The comfort vignette: a soft dark ring at the edge of sight, locked to the head, for scenes in which one is moved."""

from __future__ import annotations

from panda3d.core import LVecBase4f, NodePath

from vr_runtime.stage import bins
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shell import drawn_over

LEAST = 0.004
"""A strength below this is none."""
REHEARSED = 0.5
"""Drawn before the session, so that nothing has to be loaded in it."""


class Vignette:
    """A ball around every eye, drawn over the scene and under the panel and the shell. Its shader needs no vertex near
    the ring, only each pixel's direction."""

    def __init__(self, root: NodePath, settings: GraphicsSettings) -> None:
        self._node = drawn_over("vignette", root, "vignette.frag.glsl", bins.VIGNETTE, settings)
        self._shown = False

    def show(self, strength: float, forward: tuple[float, float, float]) -> None:
        """``strength`` 0 (not drawn) to 1; ``forward``: where the head looks, a unit vector of the world."""
        shown = strength > LEAST
        if shown:
            self._node.set_shader_input("vignette", LVecBase4f(*forward, min(1.0, strength)))
        if shown != self._shown:
            self._shown = shown
            if shown:
                self._node.show()
            else:
                self._node.hide()
