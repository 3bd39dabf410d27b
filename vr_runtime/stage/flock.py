"""Many alike things that move (cars, passers-by) as one Geom; see ``Kitchen.flock``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from panda3d.core import Geom, GeomNode, NodePath, OmniBoundingVolume, PTA_LVecBase4f

from vr_runtime.stage import geometry
from vr_runtime.stage.mesh import Mesh, merge

MOST = 96
"""Members that one flock can have (the size of the array in ``flock.glsl``)."""

HIDDEN = -2000.0
"""A phase that hides its member."""

TURNS_PER_BLUR = 0.05
"""Radians that a wheel is blurred over, a level: see :func:`rolling`."""
BLURRED_TO = 26
"""The most levels: two fifths of a turn, beyond which no spoke is told from another."""
SHUTTER_S = 1.0 / 45.0
"""How long a turning wheel is seen at once: two pictures of a headset, so that no spokes stand still or turn back in
the pictures although the car drives on."""


def rolling(
    way_m: NDArray[np.floating], speed_m_s: NDArray[np.floating], radius_m: NDArray[np.floating]
) -> NDArray[np.floating]:
    """The phase of members whose material ``rolls``: how far their wheels have turned (the fraction, of a turn) and
    over how much they are blurred (the whole part, in levels of ``TURNS_PER_BLUR``). The same shape as its arguments:
    way rolled so far (m), speed (m/s), radius of the wheels (m)."""
    level = np.floor(np.abs(speed_m_s) * (SHUTTER_S / TURNS_PER_BLUR) / radius_m)
    # a share that rounds up to a whole turn would count as a level
    turned = np.clip((way_m / (2.0 * np.pi * radius_m)) % 1.0, 0.0, 0.9999)
    return np.minimum(level, BLURRED_TO) + turned


class Flock:
    """The members of one flock. ``node`` holds the Geom, and shadows that were asked for (``thrown``)."""

    def __init__(self, node: NodePath, count: int, thrown: NodePath | None = None) -> None:
        self.node = node
        self.thrown = thrown
        self.count = count
        self._members = PTA_LVecBase4f.empty_array(MOST)
        self._rows = np.zeros((MOST, 4), dtype=np.float32)
        self._rows[:, 3] = HIDDEN
        self._members.set_data(self._rows.tobytes())
        node.set_shader_input("flock_members", self._members)

    def place(self, members: NDArray[np.floating]) -> None:
        """Where they are now: (count, 4) of x, y (m, in the parent's plane), heading (radians counter-clockwise
        from +Y ahead) and phase of the walk (radians; of wheels, see :func:`rolling`; ``HIDDEN`` hides)."""
        self._rows[: self.count] = members
        self._members.set_data(self._rows.tobytes())


def joined(name: str, meshes: Sequence[Mesh]) -> GeomNode:
    """One Geom of all members' meshes, each vertex knowing its member."""
    if len(meshes) > MOST:
        raise ValueError(f"flock {name}: {len(meshes)} members; at most {MOST}")
    whole = merge([replace(mesh, member=np.full(len(mesh.positions), i)) for i, mesh in enumerate(meshes)])
    node = GeomNode(name)
    made: Geom = geometry.geom(whole)
    node.add_geom(made)
    # they may be anywhere: never culled
    node.set_bounds(OmniBoundingVolume())
    node.set_final(True)
    return node
