"""Dirt and wet on the washroom's things: what is drawn over them, one Geom a thing, and how far it has come.

A *coat* lies on a thing's own surface, a *patch* is a flat rectangle before a surface. Both grow by the alpha of their
node's colour scale (``spreading`` in ``Kitchen.material``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenes.washroom import objects
from vr_runtime.stage.mesh import Mesh, merge

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.washroom.logic import WashroomLogic
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

FOLDER = "textures/washroom"
LIFT_M = 0.0007
STAINS: dict[str, tuple[float, float, float]] = {
    # roughness, opacity, how softly it comes
    "grime": (0.7, 0.72, 0.8),
    "splash": (0.45, 0.75, 0.35),
    "scum": (0.35, 0.75, 0.65),
    "puddle": (0.10, 0.75, 0.2),
    "hands": (0.5, 0.5, 0.5),
}
Point = tuple[float, float, float]


class Patch(NamedTuple):
    """A rectangle from ``corner`` along ``u`` and ``v`` (m), with a part of its texture."""

    corner: Point
    u: Point
    v: Point
    at: tuple[float, float] = (0.0, 0.0)
    repeats: tuple[float, float] = (1.0, 1.0)
    rim_m: float = 0.09
    """Towards its border it thins out over this width."""


X0, X1 = objects.ROOM_X
Y0, Y1 = objects.ROOM_Y
DOOR = objects.BY_ID["door_handle"].centre
FLUSH = objects.BY_ID["flush"].centre
BIN = objects.BY_ID["bin_lid"].centre
SPOT, SPOT_SIZE = objects.FLOOR_PATCH
TOP = objects.COUNTER_Z


def level(
    x: float, y: float, dx: float, dy: float, z: float, at: tuple[float, float] = (0, 0), per_m: float = 2.0
) -> Patch:
    return Patch((x - dx / 2, y - dy / 2, z), (dx, 0, 0), (0, dy, 0), at, (dx * per_m, dy * per_m))


def on_counter(low: float, high: float, per_m: float = 2.0) -> tuple[Patch, ...]:
    """The counter from ``low`` to ``high`` (y), its basins left out."""
    x0, x1 = objects.COUNTER_X
    made, marks = [], [low]
    for y in objects.BASINS_Y:
        for edge in (y - 0.235, y + 0.235):
            if low < edge < high:
                marks.append(edge)
    marks.append(high)
    for a, b in zip(marks[:-1], marks[1:], strict=True):
        middle = (a + b) / 2
        if any(abs(middle - y) < 0.235 for y in objects.BASINS_Y):
            for c, d in ((x0 + 0.004, objects.BASIN_X - 0.187), (objects.BASIN_X + 0.187, x1 - 0.02)):
                made.append(
                    Patch(
                        (c, a, TOP),
                        (d - c, 0, 0),
                        (0, b - a, 0),
                        (c * per_m, a * per_m),
                        ((d - c) * per_m, (b - a) * per_m),
                        0.0,
                    )
                )
        else:
            c, d = x0 + 0.004, x1 - 0.02
            made.append(
                Patch(
                    (c, a, TOP),
                    (d - c, 0, 0),
                    (0, b - a, 0),
                    (c * per_m, a * per_m),
                    ((d - c) * per_m, (b - a) * per_m),
                    0.0,
                )
            )
    return tuple(made)


PATCHES: dict[str, tuple[str, str, tuple[Patch, ...]]] = {
    # name: texture, whose dirt (the greatest of several), where
    "counter stains": ("splash", "counter room", on_counter(0.02, 2.38)),
    "counter prints": (
        "hands",
        "counter",
        (
            Patch((1.40, 1.78, TOP), (0.0, -0.21, 0.0), (0.21, 0.0, 0.0), (0.0, 0.5), (0.5, 0.5)),
            Patch((1.43, 0.72, TOP), (0.05, -0.20, 0.0), (0.20, 0.05, 0.0), (0.5, 0.0), (0.5, 0.5)),
        ),
    ),
    "door prints": (
        "hands",
        "door_handle",
        (
            Patch((-0.62, Y0 + 0.003, 1.13), (-0.19, 0, 0.03), (0.03, 0, 0.19), (0.0, 0.5), (0.5, 0.5)),
            Patch((-0.75, Y0 + 0.0005, 1.30), (-0.20, 0, -0.04), (-0.04, 0, 0.20), (0.5, 0.0), (0.5, 0.5)),
            Patch((-0.82, Y0 + 0.0005, 1.02), (-0.19, 0, 0.05), (0.05, 0, 0.19), (0.0, 0.0), (0.5, 0.5)),
        ),
    ),
    "door stains": (
        "grime",
        "door_handle",
        (Patch((-0.565, Y0 + 0.0032, 0.885), (-0.19, 0, 0), (0, 0, 0.28), (0.1, 0.2), (0.4, 0.55)),),
    ),
    "flush stains": (
        "splash",
        "flush",
        (
            Patch(
                (objects.DUCT_X + 0.001, FLUSH[1] - 0.28, 0.42),
                (0, 0.56, 0),
                (0, 0, 0.68),
                (0.0, 0.0),
                (1.0, 1.2),
            ),
        ),
    ),
    "floor spill": (
        "puddle",
        "floor",
        (
            Patch((SPOT[0] - 0.36, SPOT[1] - 0.22, 0.0), (0.72, 0, 0), (0, 0.52, 0)),
            Patch((-1.05, 1.95, 0.0), (-0.10, -0.28, 0), (0.30, -0.08, 0)),
            Patch((-1.62, 1.52, 0.0), (0.22, 0.02, 0), (-0.02, 0.2, 0)),
        ),
    ),
    "floor grime": (
        "grime",
        "floor",
        (Patch((-1.70, 1.215, 0.0), (1.3, 0, 0), (0, 1.17, 0), (0.0, 0.0), (1.6, 1.45)),),
    ),
    "bin stains": (
        "splash",
        "bin_lid",
        (
            Patch((X1 - 0.001, BIN[1] + 0.36, 0.14), (0, -0.72, 0), (0, 0, 0.95), (0.0, 0.0), (1.0, 1.3)),
            level(BIN[0] - 0.05, BIN[1], 0.85, 0.85, 0.0, (0.2, 0.3), 1.6),
        ),
    ),
    "room floor": (
        "grime",
        "room",
        (
            Patch((-0.38, Y0 + 0.02, 0.0), (2.25, 0, 0), (0, 5.05, 0), (0.3, 0.1), (1.9, 4.2)),
            Patch((X0 + 0.02, Y0 + 0.02, 0.0), (1.5, 0, 0), (0, 2.65, 0), (0.7, 0.4), (1.3, 2.2)),
        ),
    ),
    "room walls": (
        "splash",
        "room",
        (
            Patch((X1 - 0.001, 2.42, 0.86), (0, -2.5, 0), (0, 0, 0.17), (0.0, 0.4), (4.5, 0.31)),
            Patch((X1 - 0.001, 3.55, 0.10), (0, -1.1, 0), (0, 0, 1.5), (0.5, 0.0), (1.6, 2.2)),
            Patch((-0.36, Y1 - 0.001, 0.10), (2.2, 0, 0), (0, 0, 1.3), (0.0, 0.0), (3.2, 1.9)),
            Patch((X0 + 0.001, -1.3, 0.10), (0, 2.4, 0), (0, 0, 1.4), (0.2, 0.1), (3.2, 1.9)),
            Patch((X1 - 0.001, Y1 - 3.62, 0.12), (0, -1.4, 0), (0, 0, 1.2), (0.3, 0.6), (1.9, 1.6)),
        ),
    ),
    "wet floor": (
        "wet",
        "wet",
        (
            Patch((0.25, -0.2, 0.0), (1.1, 0, 0), (0, 2.8, 0), (0.1, 0.2), (1.15, 2.9)),
            Patch((-1.69, 1.215, 0.0), (1.25, 0, 0), (0, 1.17, 0), (0.35, 0.7), (1.3, 1.2)),
        ),
    ),
    "wet counter": ("wet", "wet", on_counter(0.02, 2.38, 2.2)),
}

COATS: dict[str, tuple[str, float]] = {
    # thing: texture, repeats a metre
    "door_handle": ("grime", 9.0),
    "tap_1": ("grime", 9.0),
    "tap_2": ("grime", 9.0),
    "tap_3": ("grime", 9.0),
    "soap_1": ("grime", 9.0),
    "soap_2": ("grime", 9.0),
    "soap_3": ("grime", 9.0),
    "flush": ("grime", 7.0),
    "seat": ("splash", 3.2),
    "bin_lid": ("splash", 3.0),
    "phone": ("grime", 6.0),
}
BOWLS: dict[str, tuple[str, str, Point, Point]] = {
    # name: texture, whose dirt, corners of the box whose porcelain is coated
    "bowl": ("scum", "seat", (-1.66, 1.58, 0.14), (-1.19, 2.02, 0.41)),
    "basin 1": ("scum", "tap_1 room", (1.40, 0.17, 0.70), (1.79, 0.63, 0.87)),
    "basin 2": ("scum", "tap_2 room", (1.40, 0.97, 0.70), (1.79, 1.43, 0.87)),
    "basin 3": ("scum", "tap_3 room", (1.40, 1.77, 0.70), (1.79, 2.23, 0.87)),
}


def flat(patches: Sequence[Patch], lift_m: float) -> Mesh:
    """Rectangles a little before their surfaces, cut so that light may vary over them."""
    made = []
    for patch in patches:
        corner, u, v = (np.asarray(part, dtype=np.float64) for part in (patch.corner, patch.u, patch.v))
        normal = np.cross(u, v)
        normal /= np.linalg.norm(normal)
        s, t = np.meshgrid(*(_cuts(float(np.linalg.norm(side)), patch.rim_m) for side in (u, v)))
        columns = s.shape[1]
        s, t = s.reshape(-1, 1), t.reshape(-1, 1)
        edge = (np.minimum(s, t) < 1e-6) | (np.maximum(s, t) > 1.0 - 1e-6)
        first = (np.arange(len(s)).reshape(-1, columns)[:-1, :-1]).reshape(-1, 1)
        made.append(
            Mesh(
                corner + normal * lift_m + s * u + t * v,
                np.tile(normal, (len(s), 1)),
                np.concatenate([first + [0, 1, columns + 1], first + [0, columns + 1, columns]], axis=0),
                uvs=np.hstack([s, t]) * patch.repeats + patch.at,
                occlusion=np.where(edge, 0.0 if patch.rim_m > 0.0 else 1.0, 1.0),
            )
        )
    return merge(made)


def _cuts(length_m: float, rim_m: float) -> NDArray[np.float64]:
    """Where a side is cut, 0 to 1: at its rims, and every 0.3 m between."""
    rim = min(rim_m / length_m, 0.3)
    inner = np.linspace(rim, 1.0 - rim, max(2, round(length_m * (1.0 - 2.0 * rim) / 0.3) + 1))
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def coat(mesh: Mesh, per_m: float, lift_m: float = 0.0004) -> Mesh:
    """A thing's surface again, a little larger, its texture laid on from the nearest axis."""
    axis = np.abs(mesh.normals).argmax(axis=1)
    u = np.where(axis == 0, mesh.positions[:, 1], mesh.positions[:, 0])
    v = np.where(axis == 2, mesh.positions[:, 1], mesh.positions[:, 2])
    uvs = np.stack([u, v], axis=1) * per_m
    return Mesh(
        mesh.positions + mesh.normals * lift_m,
        mesh.normals,
        mesh.triangles,
        uvs,
        light=mesh.light,
    )


def bowl_coat(mesh: Mesh) -> Mesh:
    """A bowl's inside again, its texture four times around it and once up its wall."""
    whole = coat(mesh, 1.0)
    x, y, z = mesh.positions.T
    around = np.arctan2(y - y.mean(), x - x.mean()) / np.pi * 2.0
    up = (z - z.min()) / max(float(np.ptp(z)), 1e-6)
    corners = whole.triangles.reshape(-1)
    turn = around[corners].reshape(-1, 3)
    # triangles across the seam go on around
    turn = np.where((np.ptp(turn, axis=1) > 2.0)[:, None] & (turn < 0.0), turn + 4.0, turn)
    return Mesh(
        whole.positions[corners],
        whole.normals[corners],
        np.arange(len(corners)).reshape(-1, 3),
        np.stack([turn.reshape(-1), 0.03 + 0.94 * up[corners]], axis=1),
        light=None if whole.light is None else whole.light[corners],
    )


def within(mesh: Mesh, low: Point, high: Point) -> Mesh:
    """The triangles of a mesh that lie in a box."""
    inside = ((mesh.positions > low) & (mesh.positions < high)).all(axis=1)
    triangles = mesh.triangles[inside.take(mesh.triangles).all(axis=1)]
    kept, new = np.unique(triangles, return_inverse=True)
    return Mesh(
        mesh.positions[kept],
        mesh.normals[kept],
        new.reshape(-1, 3).astype(np.uint32),
        light=None if mesh.light is None else mesh.light[kept],
    )


class Dirt:
    """All of it; ``draw`` lets it grow."""

    def __init__(
        self, kitchen: Kitchen, room: NodePath, parts: Mapping[str, NodePath], meshes: Mapping[str, Mesh]
    ) -> None:
        self._kitchen = kitchen
        self.layers: list[tuple[NodePath, str]] = []
        self._now: list[float] = []
        self._stains = {
            name: self._stain(name, probed=True) for name in ("grime", "splash", "puddle", "hands", "wet")
        }
        self._coats = {name: self._stain(name, probed=False) for name in ("grime", "splash", "scum")}
        for k, (name, (texture, whose, patches)) in enumerate(PATCHES.items()):
            if texture in ("hands", "puddle"):  # these have borders of their own
                patches = tuple(patch._replace(rim_m=0.0) for patch in patches)
            # those that lie over each other do not touch
            mesh = flat(patches, LIFT_M + 0.0002 * (k % 4))
            node = kitchen.mesh(name, mesh, self._stains[texture], parent=room)
            if name == "floor spill":
                kitchen.stimulus(node, "floor")
            self._layer(node, whose)
        for name, (texture, per_m) in COATS.items():
            thing = objects.BY_ID[name]
            x, y, z = (0.0, 0.0, 0.0) if thing.motion is None else thing.motion.pivot
            mesh = coat(meshes[name], per_m).moved(-x, -y, -z)
            self._layer(kitchen.mesh(f"dirt on {name}", mesh, self._coats[texture], parent=parts[name]), name)
        for name, (texture, whose, low, high) in BOWLS.items():
            mesh = bowl_coat(within(meshes["ceramic"], low, high))
            self._layer(kitchen.mesh(f"dirt in {name}", mesh, self._coats[texture], parent=room), whose)

    def _layer(self, node: NodePath, whose: str) -> None:
        node.hide()
        self.layers.append((node, whose))
        self._now.append(0.0)

    def _stain(self, name: str, *, probed: bool) -> Material:
        kitchen = self._kitchen
        picture = kitchen.texture_file(f"{FOLDER}/{name}.png")
        if name == "wet":
            relief = kitchen.texture_file(f"{FOLDER}/wet_n.jpg", srgb=False)
            return kitchen.material(
                "water on things",
                colour=(0.3, 0.3, 0.3),
                roughness=0.07,
                texture=picture,
                normal=relief,
                opacity=0.26,
                transparent=True,
                spreading=0.15,
                probed=True,
            )
        roughness, opacity, soft = STAINS[name]
        return kitchen.material(
            f"{name} on things",
            colour=(1, 1, 1),
            roughness=roughness,
            texture=picture,
            opacity=opacity,
            transparent=True,
            spreading=soft,
            probed=probed,
            vertex_light=not probed,
        )

    def draw(self, logic: WashroomLogic) -> None:
        for k, (node, whose) in enumerate(self.layers):
            grown = max(self._dirt(logic, name) for name in whose.split())
            grown = round(min(1.0, max(0.0, grown)), 3)
            if grown != self._now[k]:
                if grown == 0.0:
                    node.hide()
                elif self._now[k] == 0.0:
                    node.show()
                node.set_color_scale(1.0, 1.0, 1.0, grown)
                self._now[k] = grown

    @staticmethod
    def _dirt(logic: WashroomLogic, whose: str) -> float:
        if whose == "wet":
            return logic.wetness
        return logic.dirt_room if whose == "room" else logic.dirt(whose)
