"""Rain: streaks in a box around a place, drawn as one Geom; see ``Kitchen.rain``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from panda3d.core import (
    CullBinAttrib,
    CullFaceAttrib,
    DepthWriteAttrib,
    LVecBase4f,
    NodePath,
    OmniBoundingVolume,
    PTA_LVecBase4f,
    RenderState,
)

from vr_runtime.stage import bins, geometry, shaders
from vr_runtime.stage.materials import over, shaded
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.settings import GraphicsSettings


class Rain:
    """``fall`` moves it; ``keep_out`` says where it does not rain (a roof)."""

    def __init__(
        self, root: NodePath, settings: GraphicsSettings, drops: int, box_m: Sequence[float], width_m: float
    ) -> None:
        rng = np.random.default_rng(5)
        seeds = np.repeat(rng.uniform(0.0, 1.0, (drops, 3)), 4, axis=0)
        corners = np.tile([[0.0, -1.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]], (drops, 1))
        first = (np.arange(drops) * 4)[:, None, None]
        triangles = (first + np.array([[[0, 1, 2], [0, 2, 3]]])).reshape(-1, 3)
        node = geometry.geom_node("rain", Mesh(seeds, seeds, triangles, uvs=corners))
        node.set_bounds(OmniBoundingVolume())
        node.set_final(True)
        self.node = root.attach_new_node(node)
        self._box = np.array(box_m, dtype=np.float64)
        self._moved = np.zeros(3)
        shader = shaders.load("rain.vert.glsl", "rain.frag.glsl", (), single_pass=settings.single_pass)
        bins.ready()
        state = RenderState.make(shaded(shader, rain_box=LVecBase4f(*self._box, width_m / 2)))
        state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none)).set_attrib(over())
        state = state.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
        self.node.set_state(state.set_attrib(CullBinAttrib.make("transparent", 10)))
        self.keep_out(0.0, 0.0, 0.0, 0.0)
        self.fall((0.0, 0.0, 0.0), (0.0, 0.0, -8.0), 0.0, share=0.0)

    def keep_out(self, half_width_m: float, half_length_m: float, height_m: float, middle_y: float) -> None:
        """No rain within, below that height; the rectangle's middle lies at the box's x."""
        self.node.set_shader_input(
            "rain_keep_out", LVecBase4f(half_width_m, half_length_m, height_m, middle_y)
        )

    def fall(
        self,
        place: Sequence[float],
        velocity: Sequence[float],
        dt_s: float,
        *,
        share: float,
        brightness: float = 1.0,
        shutter_s: float = 0.022,
    ) -> None:
        """Let ``dt_s`` pass. ``place``: the box's middle; ``velocity`` (m/s) as seen from there; ``share`` of the
        drops shown (0 hides all)."""
        if share <= 0.0:
            self.node.hide()
            return
        self.node.show()
        self._moved = (self._moved + np.asarray(velocity) * dt_s) % (self._box * 64.0)
        self.node.set_shader_input("rain_place", LVecBase4f(*(float(v) for v in place), brightness))
        self.node.set_shader_input("rain_fall", LVecBase4f(*(float(v) for v in velocity), shutter_s))
        self.node.set_shader_input("rain_moved", LVecBase4f(*self._moved, share))


class Pane:
    """Drops on a pane made with ``rain_pane=True``, and the wipers that take them off; see ``windscreen.glsl``."""

    def __init__(self, node: NodePath) -> None:
        self._node = node
        self._now: tuple[float, ...] = ()
        self._wind: tuple[float, ...] = ()
        self.wipers(0.0, 0.0, -1.0, 1.0)
        self.sweep(0.0, 1.0, 1.0, 1.0)
        self.look(0.0, 0.0, 0.0, 1.0)
        self.flow(0.0, runs=False)
        self.below((0.0, 0.0, 0.0), (1.0, 1.0), 0.0, (0.0, 0.0, 0.0, 0.0))
        self._veil: tuple[float, ...] = ()
        self.veil((0.0, 0.0, 0.0), 0.0)

    def wipers(self, left_x: float, right_x: float, y: float, stroke_s: float) -> None:
        """Their pivots, in the pane's texture coordinates, and how long one stroke takes."""
        self._node.set_shader_input("pane_wipers", LVecBase4f(left_x, right_x, y, stroke_s))

    def sweep(self, parked: float, turned: float, inner_m: float, outer_m: float) -> None:
        """Angles at both ends (radians) and the reach of the blades."""
        self._node.set_shader_input("pane_sweep", LVecBase4f(parked, turned, inner_m, outer_m))

    def flow(self, wind: float, *, runs: bool) -> None:
        """How hard the wind of the drive pushes water against the texture's x, 0 to 1; whether trickles run at all."""
        values = (min(max(round(wind, 3), 0.0), 1.0), 1.0 if runs else 0.0)
        if values != self._wind:
            self._wind = values
            self._node.set_shader_input("pane_flow", LVecBase4f(*values, 0.0, 0.0))

    def below(
        self,
        middle: Sequence[float],
        half: Sequence[float],
        slot_y: float,
        card: Sequence[float],
    ) -> None:
        """A dark level top that a leaning pane mirrors: its middle (m), half its width and length, where a slot runs
        across it, and a pale card on it (middle x, y, half its size)."""
        rows = PTA_LVecBase4f.empty_array(3)
        rows.set_element(0, LVecBase4f(*middle, half[0]))
        rows.set_element(1, LVecBase4f(half[1], slot_y, 0.0, 0.0))
        rows.set_element(2, LVecBase4f(*card))
        self._node.set_shader_input("pane_below", rows)

    def veil(self, light: Sequence[float], strength: float) -> None:
        """The light of that top, and how much of it is mirrored (0: nothing, 1: as glass does)."""
        values = (*(round(float(v), 4) for v in light), strength)
        if values != self._veil:
            self._veil = values
            self._node.set_shader_input("pane_veil", LVecBase4f(*values))

    def look(self, rain: float, t_s: float, share: float, way: float) -> None:
        """How much it rains, the time, where the wipers are (0 parked, 1 turned) and which way they go (+1, -1)."""
        values = (rain, t_s if rain > 0.0 else 0.0, share, way)
        if values != self._now:
            self._now = values
            self._node.set_shader_input("pane_look", LVecBase4f(*values))
