"""The neutral shell and the blink's veil: what the patient sees in place of a scene."""

from __future__ import annotations

from panda3d.core import (
    CullBinAttrib,
    CullFaceAttrib,
    DepthTestAttrib,
    DepthWriteAttrib,
    LVecBase4f,
    NodePath,
    RenderState,
)

from vr_runtime.stage import bins, shaders
from vr_runtime.stage.materials import over, shaded
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.sky import around_the_eye


def drawn_over(
    name: str, root: NodePath, fragment: str, bin_name: str, settings: GraphicsSettings
) -> NodePath:
    """A ball around every eye, blended over what the bins before ``bin_name`` drew; hidden at first. ``fragment``: the
    shader that colours it by each pixel's direction."""
    bins.ready()
    node = around_the_eye(name, root)
    program = shaders.load("shell.vert.glsl", fragment, single_pass=settings.single_pass)
    state = RenderState.make(shaded(program))
    state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none))
    state = state.set_attrib(DepthTestAttrib.make(DepthTestAttrib.M_none))
    state = state.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
    node.set_state(state.set_attrib(CullBinAttrib.make(bin_name, 0)).set_attrib(over()))
    node.hide()
    return node


class Shell:
    """A ball around every eye, infinitely far away and drawn over everything. It turns with the tracked space's
    heading but stays level, whatever a scene's platform does."""

    def __init__(self, root: NodePath, settings: GraphicsSettings) -> None:
        self._node = drawn_over("shell", root, "shell.frag.glsl", bins.SHELL, settings)
        self._opacity = 0.0
        self._heading = 0.0

    @property
    def opacity(self) -> float:
        return self._opacity

    def show(self, opacity: float, heading_deg: float) -> None:
        """0: not drawn; 1: opaque."""
        opacity = min(1.0, max(0.0, opacity))
        if opacity != self._opacity:
            if opacity > 0.0:
                self._node.set_shader_input("shell", LVecBase4f(opacity, 0.0, 0.0, 0.0))
                self._node.show()
            else:
                self._node.hide()
            self._opacity = opacity
        if opacity > 0.0 and heading_deg != self._heading:
            self._node.set_h(heading_deg)
            self._heading = heading_deg
