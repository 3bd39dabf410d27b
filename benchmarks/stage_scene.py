"""The scene of ``stage_bench``: 120 Geoms of 400 triangles around a head that moves a little each frame."""

from __future__ import annotations

from math import atan, cos, sin

from panda3d.core import NodePath

from vr_runtime.display.view import View
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.mesh import quad
from vr_runtime.stage.settings import GraphicsSettings

GEOMS = 120
TRIANGLES = 400
APART_M = 0.063
OUTWARDS, INWARDS, UP, DOWN = 1.0, 0.8, 0.9, 1.0
"""Tangents of an eye's frustum."""


def furnish(root: NodePath, settings: GraphicsSettings) -> None:
    """Panels in six materials, all ahead and all visible to both eyes."""
    kitchen = Kitchen(root, settings)
    kitchen.sun((-0.4, -0.3, 0.8), (1.2, 1.1, 0.9))
    kitchen.sky((0.10, 0.20, 0.42), (0.42, 0.50, 0.60), (0.16, 0.15, 0.13))
    kitchen.fog((0.38, 0.46, 0.56), 60.0)
    panel = quad([[-0.2, 0, -0.2], [0.2, 0, -0.2], [0.2, 0, 0.2], [-0.2, 0, 0.2]], rows=10, columns=20)
    assert len(panel.triangles) == TRIANGLES
    paints = [
        kitchen.material(f"paint {i}", colour=(0.3 + 0.1 * i, 0.5, 0.6), roughness=0.3 + 0.1 * i)
        for i in range(6)
    ]
    for i in range(GEOMS):
        node = kitchen.mesh(f"panel {i}", panel, paints[i % 6])
        node.set_pos(0.5 * (i % 12) - 2.75, 6.0, 0.5 * (i // 12) - 0.65)


def eye(index: int, frame: int) -> Pose:
    """A level head that turns and sways a little; the eye to the left (0) or right (1) of its middle."""
    turn = 0.05 * sin(0.03 * frame)
    side = (index - 0.5) * APART_M
    x, y = 0.02 * sin(0.05 * frame) + side * cos(turn), side * sin(turn)
    return Pose(x, y, 1.6, 0.0, 0.0, sin(turn / 2), cos(turn / 2))


def views(frame: int) -> tuple[View, View]:
    left, right, up, down = -atan(OUTWARDS), atan(INWARDS), atan(UP), -atan(DOWN)
    return View(eye(0, frame), left, right, up, down), View(eye(1, frame), -right, -left, up, down)
