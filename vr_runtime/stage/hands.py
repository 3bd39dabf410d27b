"""The patient's hands in the picture: two plain gloves that follow the grips, in the light of the scene shown."""

from __future__ import annotations

from dataclasses import dataclass

from panda3d.core import LPoint3f, LQuaternionf, LVecBase4f, NodePath, ShaderInput

from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage import bins, geometry
from vr_runtime.stage.light import HANDS_SUN
from vr_runtime.stage.materials import Look, Material, MaterialMaker
from vr_runtime.stage.scene import HandLook, Viewpoint
from vr_runtime.stage.settings import GraphicsSettings

CLOTH = (0.27, 0.305, 0.35)
"""Linear; a soft grey-blue that is nobody's skin."""
IN_CABIN = 0.16
"""Share of a cabin's daylight that reaches hands in a lap or on a wheel, where baked cabins have such values."""
REHEARSED = Hands(Pose(-0.2, 0.5, 1.5), Pose(0.2, 0.5, 1.5))
"""Where they are drawn before the session, so that nothing has to be loaded in it."""


LEVELS = 64
"""Stains, water and foam are shown in so many steps: fine enough to seem to grow, and no new state each frame."""

Looks = tuple[HandLook, HandLook]


@dataclass
class _Hand:
    node: NodePath
    palm_side: float
    """Where the palm faces along the model's x: -1 or 1."""
    pose: Pose | None = None
    shown: tuple[int, int, int] | None = None
    """Stain, water and foam that are shown, in levels."""

    def wear(self, look: HandLook) -> None:
        levels = (round(look.stain * LEVELS), round(look.wet * LEVELS), round(look.foam * LEVELS))
        if levels != self.shown:
            self.shown = levels
            stain, wet, foam = (level / LEVELS for level in levels)
            self.node.set_shader_input("soil", LVecBase4f(stain, wet, foam, self.palm_side))


class HandModels:
    """The models' frame is the grip's (assets/scripts/make_hands.py), so a model stands at its pose as it is.

    They hang under the root of the scene that is shown: its light is theirs, and where the root is hidden (behind the
    closed shell) so are they. A hand that is not tracked is not drawn; nothing is guessed.
    """

    def __init__(self, settings: GraphicsSettings) -> None:
        self._maker = MaterialMaker(settings)
        self._cloth: dict[tuple[str, bool], Material] = {}
        self._space = NodePath("hands")
        self._hands = [
            _Hand(
                self._space.attach_new_node(geometry.geom_node(name, geometry.load(f"models/{name}.npz"))),
                palm_side,
            )
            for name, palm_side in (("hand_left", 1.0), ("hand_right", -1.0))
        ]
        for hand in self._hands:
            hand.node.hide()
        self._root: NodePath | None = None
        self._viewpoint = Viewpoint()
        self._before_panel = False

    def show(self, root: NodePath, viewpoint: Viewpoint, hands: Hands, looks: Looks | None = None) -> None:
        """Draw them in the scene with this root, whose tracked space stands at ``viewpoint``.

        ``looks``: what is on them, where the scene marks hands (always or never in one scene).
        """
        if root != self._root:
            self._root = root
            self._space.reparent_to(root)
            cloth = self._lit_as(root, looks is not None)
            self._shade(root)
            for hand in self._hands:
                hand.node.set_state(cloth.state)
                hand.shown = None
        if looks is not None:
            for hand, look in zip(self._hands, looks, strict=True):
                hand.wear(look)
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

    def _lit_as(self, root: NodePath, soiled: bool) -> Material:
        """The gloves' cloth in the light that a scene has worked out beforehand, or else in its live light."""
        given = (("probe_map", "probed"), ("lamps", "cabin"), ("sun_map_reach", "sun_map"))
        light = next((how for what, how in given if _has(root, what)), "live")
        key = (light, soiled)
        if key not in self._cloth:
            self._cloth[key] = _cloth(self._maker, *key)
        return self._cloth[key]

    def _shade(self, root: NodePath) -> None:
        """Weaken the sun for the hands alone, where the scene says that they are in the shade."""
        share = root.get_tag(HANDS_SUN)
        if share:
            # held while its vector is read, which is the input's own
            sun = root.get_shader_input("sun_colour")
            self._space.set_shader_input("sun_colour", LVecBase4f(sun.get_vector()) * float(share))
        else:
            self._space.clear_shader_input("sun_colour")

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


def _cloth(maker: MaterialMaker, light: str, soiled: bool) -> Material:
    # in a vehicle the roof keeps sun and most of the sky off; what is left dims with the day as the cabin does
    dim = IN_CABIN if light == "cabin" else 1.0
    look = Look(
        colour=[dim * part for part in CLOTH],
        roughness=0.85,
        fogged=False,
        sun_map=light == "sun_map",
        shine=0.6 * dim,
        probed=light == "probed",
        lamps=light == "cabin",
        cabin=light == "cabin",
        soiled=soiled,
    )
    return maker.make("gloves", look)


def _has(root: NodePath, name: str) -> bool:
    """Whether the scene hung this light on its root (``Kitchen.sun_map``, ``Kitchen.lamps``, ``Kitchen.probes``)."""
    return root.get_shader_input(name).get_value_type() != ShaderInput.M_invalid
