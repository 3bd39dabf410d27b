"""The rating panel in the picture: a card with a question, a scale and a marker, before the patient."""

from __future__ import annotations

import numpy as np
from panda3d.core import (
    CullBinAttrib,
    CullFaceAttrib,
    DepthTestAttrib,
    DepthWriteAttrib,
    LPoint3f,
    LQuaternionf,
    LVecBase4f,
    NodePath,
    RenderState,
    Texture,
)

from vr_runtime.protocol.pose import Pose
from vr_runtime.protocol.words import Rated, Scale
from vr_runtime.stage import bins, geometry, shaders, textures
from vr_runtime.stage.materials import over, shaded
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.panel_layout import (
    HALF_HEIGHT_M,
    HALF_TRACK_M,
    HALF_WIDTH_M,
    HINT_Z_M,
    NUMBERS_Z_M,
    QUESTION_Z_M,
    TRACK_Z_M,
    VALUE_Z_M,
    WORDS_Z_M,
    Panel,
    place_of,
)
from vr_runtime.stage.panel_text import Cell, Sheet, draw_sheet
from vr_runtime.stage.panel_words import NUMBERS, Language
from vr_runtime.stage.scene import Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

INK = LVecBase4f(0.13, 0.15, 0.17, 1.0)
FAINT = LVecBase4f(0.13, 0.15, 0.17, 0.78)
ACCENT = LVecBase4f(0.15, 0.31, 0.40, 1.0)
REHEARSED = Panel(Pose(y=1.2, z=1.3), Rated.DISTRESS, Scale.SUDS_100, 50.0, (0.0, 0.0))
"""Drawn before the session, so that nothing has to be loaded in it."""


class PanelModel:
    """Drawn over the scene, whatever stands between (only hands are drawn over it), under the shell; it hangs under
    the root of the scene that is shown, so that it goes with it behind a closed shell."""

    def __init__(self, settings: GraphicsSettings, language: Language) -> None:
        bins.ready()
        self._settings = settings
        self._sheet: Sheet = draw_sheet(language)
        letters = textures.from_array(
            "panel letters", self._sheet.pixels, srgb=False, wrap="clamp", settings=settings
        )
        self._space = NodePath("asking")
        self._node = self._space.attach_new_node("panel")
        self._node.hide()
        self._card = self._piece("card", (2 * HALF_WIDTH_M, 2 * HALF_HEIGHT_M), 0.0, 0)
        self._card.set_state(self._state("panel_card.frag.glsl", 0))
        self._card.set_shader_input(
            "panel_card", LVecBase4f(HALF_WIDTH_M, HALF_HEIGHT_M, HALF_TRACK_M, TRACK_Z_M)
        )
        self._card.set_shader_input("panel_cell", LVecBase4f(0.0, 0.0, 1.0, 1.0))
        some = self._sheet.hint
        strip = (some.width_m, some.height_m)
        value = self._sheet.values[0]
        self._question = self._letters("question", strip, QUESTION_Z_M, letters, INK)
        self._numbers = self._letters("numbers", strip, NUMBERS_Z_M, letters, INK)
        self._words = self._letters("words", strip, WORDS_Z_M, letters, INK)
        self._hint = self._letters("hint", strip, HINT_Z_M, letters, FAINT)
        self._value = self._letters("value", (value.width_m, value.height_m), VALUE_Z_M, letters, ACCENT)
        _cell(self._hint, some)
        self._root: NodePath | None = None
        self._viewpoint = Viewpoint()
        self._shown: Panel | None = None

    @property
    def shown(self) -> bool:
        return self._shown is not None

    def show(self, root: NodePath, viewpoint: Viewpoint, panel: Panel | None) -> None:
        """Draw it in the scene with this root, whose tracked space stands at ``viewpoint``; None: not at all."""
        if panel is None:
            if self._shown is not None:
                self._node.hide()
                self._shown = None
            return
        if root != self._root:
            self._root = root
            self._space.reparent_to(root)
        if viewpoint != self._viewpoint:
            self._viewpoint = viewpoint
            self._space.set_pos_hpr(*viewpoint)
        if panel == self._shown:
            return
        before, self._shown = self._shown, panel
        if before is None:
            self._node.show()
        pose = panel.pose
        self._node.set_pos_quat(LPoint3f(*pose[:3]), LQuaternionf(pose.qw, pose.qx, pose.qy, pose.qz))
        self._node.set_shader_input("panel_shown", LVecBase4f(panel.opacity, 0.0, 0.0, 0.0))
        if before is None or (before.what, before.scale) != (panel.what, panel.scale):
            child = panel.scale is Scale.CHILD_8 and panel.what is Rated.DISTRESS
            _cell(self._question, self._sheet.questions[panel.what, child])
            _cell(self._numbers, self._sheet.numbers[panel.scale])
            _cell(self._words, self._sheet.words[panel.what])
        self._mark(panel)

    def _mark(self, panel: Panel) -> None:
        ticks, place = float(len(NUMBERS[panel.scale])), 0.0
        if panel.raw is None:
            self._value.hide()
        else:
            place = place_of(panel.raw / panel.scale.top)
            self._value.show()
            self._value.set_x(place)
            _cell(self._value, self._sheet.values[round(panel.raw)])
        self._card.set_shader_input("panel_marker", LVecBase4f(place, panel.raw is not None, ticks, 0.0))
        x, z = panel.pointer or (0.0, 0.0)
        self._card.set_shader_input("panel_pointer", LVecBase4f(x, z, panel.pointer is not None, 0.0))

    def close(self) -> None:
        self._space.remove_node()

    # ---- pieces

    def _piece(self, name: str, size: tuple[float, float], z: float, order: int) -> NodePath:
        """A rectangle in the panel's plane around (0, z), its vertices' X and Z counted from there."""
        half = np.array([size[0] / 2, 0.0, size[1] / 2])
        corners = np.array([[-1, 0, -1], [1, 0, -1], [1, 0, 1], [-1, 0, 1]])
        mesh = Mesh(
            positions=corners * half,
            normals=np.tile([0.0, -1.0, 0.0], (4, 1)),
            triangles=np.array([[0, 1, 2], [0, 2, 3]]),
            uvs=(corners[:, [0, 2]] + 1) / 2,
        )
        node = self._node.attach_new_node(geometry.geom_node(name, mesh))
        node.set_z(z)
        return node

    def _letters(
        self, name: str, size: tuple[float, float], z: float, sheet: Texture, ink: LVecBase4f
    ) -> NodePath:
        node = self._piece(name, size, z, 1)
        node.set_state(self._state("panel_text.frag.glsl", 1, panel_text=sheet, panel_ink=ink))
        return node

    def _state(self, fragment: str, order: int, **inputs: LVecBase4f | Texture) -> RenderState:
        program = shaders.load("panel.vert.glsl", fragment, single_pass=self._settings.single_pass)
        state = RenderState.make(shaded(program, **inputs)).set_attrib(over())
        state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none))
        # The card hides what is nearer than it is, too; hands are compared with it.
        state = state.set_attrib(DepthTestAttrib.make(DepthTestAttrib.M_always))
        if order:
            state = state.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
        return state.set_attrib(CullBinAttrib.make(bins.PANEL, order))


def _cell(node: NodePath, cell: Cell) -> None:
    node.set_shader_input("panel_cell", LVecBase4f(cell.u, cell.v, cell.du, cell.dv))
