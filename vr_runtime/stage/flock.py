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


class Flock:
    """The members of one flock. ``node`` holds the Geom, and shadows that were asked for."""

    def __init__(self, node: NodePath, count: int) -> None:
        self.node = node
        self.count = count
        self._members = PTA_LVecBase4f.empty_array(MOST)
        self._rows = np.zeros((MOST, 4), dtype=np.float32)
        self._rows[:, 3] = HIDDEN
        self._members.set_data(self._rows.tobytes())
        node.set_shader_input("flock_members", self._members)

    def place(self, members: NDArray[np.floating]) -> None:
        """Where they are now: (count, 4) of x, y (m, in the parent's plane), heading (radians counter-clockwise
        from +Y ahead) and phase of the walk (radians; ``HIDDEN`` hides)."""
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
