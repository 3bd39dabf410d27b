"""Water that runs: from the taps, and in the toilet."""

from __future__ import annotations

from math import sin
from typing import TYPE_CHECKING

import numpy as np

from scenes.washroom import objects
from vr_runtime.stage.mesh import Mesh, merge

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.washroom.logic import WashroomLogic
    from vr_runtime.stage.kitchen import Kitchen

SPOUT = (objects.SPOUT_X - 0.004, 0.938)
"""x and z of the mouth of each spout, m."""
BOTTOM_Z = 0.7165
"""Where the water meets the basin, m."""
BOWL = (-1.4725, objects.TOILETS_Y[0], 0.1925)


def stream(phase: float) -> Mesh:
    """Falling water, thinner as it falls, in soft ropes that wind; its foot at z = 0."""
    rows, sides = 26, 14
    tall = SPOUT[1] - BOTTOM_Z
    a = 2 * np.pi * np.arange(sides) / sides
    rings = []
    for k in range(rows):
        t = k / (rows - 1)
        fall = 1.0 - t
        radius = 0.0052 / (1.0 + 1.6 * fall) ** 0.28 * (1 + 0.10 * np.sin(9.0 * fall + phase) * fall)
        rope = 1 + 0.16 * np.cos(3 * a + 7.0 * fall + phase) + 0.07 * np.sin(2 * a - 16.0 * fall + 2 * phase)
        drift = 0.0012 * np.sin(5.0 * fall + phase) * fall
        rings.append(
            np.stack(
                [radius * rope * np.cos(a) + drift, radius * rope * np.sin(a), np.full(sides, t * tall)], 1
            )
        )
    ring = np.stack(rings)
    return _skin(ring)


def foot(phase: float) -> Mesh:
    """Where the stream meets the basin: a low crown and the sheet that runs off."""
    sides = 28
    a = 2 * np.pi * np.arange(sides) / sides
    rings = []
    for radius, height in (
        (0.052, 0.0006),
        (0.040, 0.0022),
        (0.030, 0.0018),
        (0.021, 0.0030),
        (0.013, 0.0075),
        (0.008, 0.0070),
        (0.0045, 0.012),
    ):
        rough = 1 + 0.10 * np.sin(5 * a + phase + 40 * radius) + 0.07 * np.sin(8 * a - 2 * phase)
        lift = height * (1 + 0.3 * np.sin(4 * a + 3 * phase + 90 * radius))
        rings.append(np.stack([radius * rough * np.cos(a), radius * rough * np.sin(a), lift], 1))
    return _skin(np.stack(rings))


def specks() -> Mesh:
    """Two triangles too small to be seen, in opposite corners of the room."""
    corners = [(objects.ROOM_X[k], objects.ROOM_Y[k], z) for k, z in enumerate((0.0, objects.CEILING_Z))]
    small = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]]) * 1e-5
    points = np.concatenate([np.asarray(corner) + small for corner in corners])
    return Mesh(points, np.tile([0.0, 0.0, 1.0], (6, 1)), np.arange(6).reshape(2, 3))


def pool(phase: float) -> Mesh:
    """Water that whirls in the bowl, its middle at the origin."""
    sides = 36
    a = 2 * np.pi * np.arange(sides) / sides
    rings = []
    for share in (1.0, 0.8, 0.6, 0.42, 0.26, 0.12, 0.03):
        lift = 0.006 * share * np.sin(3 * a + 9 * share + phase) - 0.022 * (1 - share) ** 2
        rings.append(np.stack([0.078 * share * np.cos(a), 0.060 * share * np.sin(a), lift], 1))
    return _skin(np.stack(rings))


def _skin(rings: np.ndarray) -> Mesh:
    """A smooth skin over closed rings, each the size of the last."""
    r, p = rings.shape[:2]
    right, left = np.roll(rings, -1, 1), np.roll(rings, 1, 1)
    along = np.gradient(rings, axis=0)
    normals = np.cross(right - left, along)
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-12)
    i = (np.arange(r - 1)[:, None] * p + np.arange(p)[None, :]).reshape(-1)
    j = (np.arange(r - 1)[:, None] * p + (np.arange(p) + 1)[None, :] % p).reshape(-1)
    triangles = np.concatenate([np.stack([i, j, j + p], 1), np.stack([i, j + p, i + p], 1)])
    return Mesh(rings.reshape(-1, 3), normals.reshape(-1, 3), triangles)


class Water:
    """Each running thing is drawn in one of two shapes in turn, and turned, so that it seems to flow."""

    def __init__(self, kitchen: Kitchen, room: NodePath) -> None:
        clear = kitchen.material(
            "water",
            colour=(0.72, 0.76, 0.78),
            roughness=0.05,
            opacity=0.20,
            transparent=True,
            probed=True,
            shine=1.0,
        )
        # always in view, so that the first tap that is opened finds its shader made
        kitchen.mesh("specks", specks(), clear)
        self._running: list[NodePath] = []
        for y in objects.BASINS_Y:
            node = kitchen.node("running", room)
            node.set_pos(SPOUT[0], y, BOTTOM_Z)
            for phase in (0.0, 2.1):
                kitchen.mesh("stream", merge([stream(phase), foot(phase)]), clear, parent=node)
            node.hide()
            self._running.append(node)
        white = kitchen.material(
            "flushing water",
            colour=(0.70, 0.74, 0.76),
            roughness=0.08,
            opacity=0.45,
            transparent=True,
            probed=True,
        )
        self._pool = kitchen.node("flushing", room)
        self._pool.set_pos(*BOWL)
        for phase in (0.0, 1.6):
            kitchen.mesh("pool", pool(phase), white, parent=self._pool)
        self._pool.hide()

    def draw(self, logic: WashroomLogic) -> None:
        t = logic.t_s
        for node, tap in zip(self._running, objects.TAPS, strict=True):
            # the other at the first basin has water
            if logic.water(tap) or (tap == objects.TAPS[0] and logic.others > 0):
                self._flow(node, t, 9.0)
                node.set_scale(1.0 + 0.05 * sin(23.0 * t), 1.0 + 0.05 * sin(19.0 * t + 1.0), 1.0)
                node.show()
            else:
                node.hide()
        hard = logic.flushing
        if hard > 0.0:
            self._flow(self._pool, t, 6.0)
            swell = min(1.0, 4.0 * (1.0 - hard)) * min(1.0, 3.0 * hard)
            self._pool.set_pos(BOWL[0], BOWL[1], BOWL[2] + 0.035 * swell + 0.001)
            self._pool.set_scale(1.0 + 0.45 * swell)
            self._pool.show()
        else:
            self._pool.hide()

    @staticmethod
    def _flow(node: NodePath, t: float, speed: float) -> None:
        """Two shapes wind past each other."""
        first, second = node.get_child(0), node.get_child(1)
        first.set_h(57.3 * speed * t % 360.0)
        second.set_h(-41.0 * speed * t % 360.0)
