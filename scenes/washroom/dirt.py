"""Dirt and wet on the washroom's things: what is drawn over them, one Geom a thing, and how far it has come.

A *coat* lies on a thing's own surface, a *patch* is a flat rectangle before a surface (patches.py); walls, board and
counter have sheets that were painted for them (sheets.py). All grow by the alpha of their node's colour scale
(``spreading`` in ``Kitchen.material``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from scenes.washroom import objects
from scenes.washroom.patches import (
    Patch,
    Point,
    bowl_coat,
    coat,
    counter_top,
    flat,
    level,
    on_counter,
    sheet_patch,
    tiled_floor,
    within,
)
from scenes.washroom.sheets import SHEETS

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.washroom.logic import WashroomLogic
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material
    from vr_runtime.stage.mesh import Mesh

FOLDER = "textures/washroom"
LIFT_M = 0.0007
STAINS: dict[str, tuple[float, float, float]] = {
    # roughness, opacity, how softly it comes
    "grime": (0.7, 0.72, 0.8),
    "splash": (0.45, 0.75, 0.45),
    "walls": (0.5, 0.85, 0.6),
    "far_walls": (0.5, 0.85, 0.6),
    "cubicle": (0.55, 0.8, 0.55),
    "counter_dirt": (0.45, 0.7, 0.6),
    "bowls": (0.4, 0.72, 0.6),
    "floor_dirt": (0.75, 0.8, 0.75),
    "puddle": (0.10, 0.75, 0.2),
    "hands": (0.5, 0.5, 0.5),
}
X1 = objects.ROOM_X[1]
Y0, Y1 = objects.ROOM_Y
X0 = objects.ROOM_X[0]
BIN = objects.BY_ID["bin_lid"].centre
SPOT = objects.FLOOR_PATCH[0]
TOP = objects.COUNTER_Z


PATCHES: dict[str, tuple[str, str, tuple[Patch, ...]]] = {
    # name: texture, whose dirt (the greatest of several), where
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
    "floor spill": (
        "puddle",
        "floor",
        (
            Patch((SPOT[0] - 0.36, SPOT[1] - 0.22, 0.0), (0.72, 0, 0), (0, 0.52, 0)),
            Patch((-1.05, 1.95, 0.0), (-0.10, -0.28, 0), (0.30, -0.08, 0)),
            Patch((-1.62, 1.52, 0.0), (0.22, 0.02, 0), (-0.02, 0.2, 0)),
        ),
    ),
    "floor dirt": ("floor_dirt", "floor", (tiled_floor(-1.70, 1.215, -0.40, 2.385),)),
    "bin stains": ("splash", "bin_lid", (level(BIN[0] - 0.05, BIN[1], 0.85, 0.85, 0.0, (0.2, 0.3), 1.6),)),
    "room floor": (
        "floor_dirt",
        "room",
        (tiled_floor(-0.38, Y0 + 0.02, X1 - 0.02, Y1 - 0.02), tiled_floor(X0 + 0.02, Y0 + 0.02, -0.38, 1.18)),
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
    "seat": ("splash", 1.9),
    "bin_lid": ("splash", 2.3),
    "phone": ("grime", 6.0),
}
BOWLS: dict[str, tuple[str, Point, Point]] = {
    # name: whose dirt, corners of the box whose porcelain is coated
    "bowl": ("seat", (-1.66, 1.58, 0.14), (-1.19, 2.02, 0.41)),
    "basin 1": ("tap_1 room", (1.40, 0.17, 0.70), (1.79, 0.63, 0.87)),
    "basin 2": ("tap_2 room", (1.40, 0.97, 0.70), (1.79, 1.43, 0.87)),
    "basin 3": ("tap_3 room", (1.40, 1.77, 0.70), (1.79, 2.23, 0.87)),
}


class Dirt:
    """All of it; ``draw`` lets it grow."""

    def __init__(
        self, kitchen: Kitchen, room: NodePath, parts: Mapping[str, NodePath], meshes: Mapping[str, Mesh]
    ) -> None:
        self._kitchen = kitchen
        self.layers: list[tuple[NodePath, str]] = []
        self._now: list[float] = []
        self._stains = {name: self._stain(name, probed=True) for name in (*STAINS, "wet") if name != "bowls"}
        self._coats = {name: self._stain(name, probed=False) for name in ("grime", "splash", "bowls")}
        for (picture, whose), laid in self._sheets().items():
            name = f"{picture.replace('_', ' ')}: {whose}"
            self._layer(kitchen.mesh(name, laid, self._stains[picture], parent=room), whose)
        counter = kitchen.mesh(
            "counter stains", counter_top(LIFT_M), self._stains["counter_dirt"], parent=room
        )
        self._layer(counter, "counter room")
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
        for name, (whose, low, high) in BOWLS.items():
            mesh = bowl_coat(within(meshes["ceramic"], low, high), name)
            self._layer(kitchen.mesh(f"dirt in {name}", mesh, self._coats["bowls"], parent=room), whose)

    @staticmethod
    def _sheets() -> dict[tuple[str, str], Mesh]:
        """Those of one picture that grow together in one mesh."""
        groups: dict[tuple[str, str], list[Patch]] = {}
        for sheet in SHEETS.values():
            groups.setdefault((sheet.picture, sheet.whose), []).append(sheet_patch(sheet))
        return {key: flat(patches, LIFT_M) for key, patches in groups.items()}

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
