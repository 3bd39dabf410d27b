"""The patient's hands in the picture: two plain gloves that follow the grips, in the light of the scene shown."""

from __future__ import annotations

from dataclasses import dataclass

from panda3d.core import LPoint3f, LQuaternionf, NodePath, ShaderInput

from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import bins, geometry
from vr_runtime.stage.materials import Material, MaterialMaker
from vr_runtime.stage.scene import Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

CLOTH = (0.27, 0.305, 0.35)
"""Linear; a soft grey-blue that is nobody's skin."""
REHEARSED = Hands(Pose(-0.2, 0.5, 1.5), Pose(0.2, 0.5, 1.5))
"""Where they are drawn before the session, so that nothing has to be loaded in it."""


@dataclass
class _Hand:
    node: NodePath
    pose: Pose | None = None


class HandModels:
    """The models' frame is the grip's (assets/scripts/make_hands.py), so a model stands at its pose as it is.

    They hang under the root of the scene that is shown: its light is theirs, and where the root is hidden (behind the
    closed shell) so are they. A hand that is not tracked is not drawn; nothing is guessed.
    """

    def __init__(self, settings: GraphicsSettings) -> None:
        maker = MaterialMaker(settings)
        self._cloth = {shaded: _cloth(maker, shaded) for shaded in (False, True)}
        self._space = NodePath("hands")
        self._hands = [
            _Hand(self._space.attach_new_node(geometry.geom_node(name, geometry.load(f"models/{name}.npz"))))
            for name in ("hand_left", "hand_right")
        ]
        for hand in self._hands:
            hand.node.hide()
        self._root: NodePath | None = None
        self._viewpoint = Viewpoint()
        self._before_panel = False

    def show(self, root: NodePath, viewpoint: Viewpoint, hands: Hands) -> None:
        """Draw them in the scene with this root, whose tracked space stands at ``viewpoint``."""
        if root != self._root:
            self._root = root
            self._space.reparent_to(root)
            cloth = self._cloth[_has_sun_map(root)]
            for hand in self._hands:
                hand.node.set_state(cloth.state)
        if viewpoint != self._viewpoint:
            self._viewpoint = viewpoint
            self._space.set_pos_hpr(*viewpoint)
        for hand, pose in zip(self._hands, hands, strict=True):
            if pose == hand.pose:
                continue
            if pose is None:
                hand.node.hide()
            else:
                hand.node.set_pos_quat(LPoint3f(*pose[:3]), LQuaternionf(pose.qw, pose.qx, pose.qy, pose.qz))
                if hand.pose is None:
                    hand.node.show()
            hand.pose = pose

    def stand_before(self, panel: bool) -> None:
        """Be drawn after the rating panel, which is drawn over all that was there before it."""
        if panel != self._before_panel:
            self._before_panel = panel
            if panel:
                self._space.set_bin(bins.HANDS, 0)
            else:
                self._space.clear_bin()

    def close(self) -> None:
        self._space.remove_node()


def _cloth(maker: MaterialMaker, sun_map: bool) -> Material:
    return maker.make(
        "gloves",
        colour=CLOTH,
        roughness=0.85,
        metallic=0.0,
        texture=None,
        normal=None,
        normal_strength=1.0,
        uv_scale=(1.0, 1.0),
        emissive=(0.0, 0.0, 0.0),
        emissive_texture=None,
        vertex_light=False,
        lightmap=None,
        lightmap_scale=1.0,
        opacity=1.0,
        transparent=False,
        cutout=False,
        two_sided=False,
        fogged=False,
        sun_map=sun_map,
        shine=0.6,
    )


def _has_sun_map(root: NodePath) -> bool:
    """Whether the scene worked its sunlight out beforehand (``Kitchen.sun_map``)."""
    return root.get_shader_input("sun_map_reach").get_value_type() != ShaderInput.M_invalid
