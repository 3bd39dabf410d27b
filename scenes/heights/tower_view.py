"""The tower behind the patient as nodes: its floors are set so that one of them lies at the patient's feet, its strip is
opened for a storey, and under a roof it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.heights import cabin
from scenes.heights.places import STOREY
from scenes.kit import finish
from scenes.kit.finish import patches

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.heights.logic import HeightsLogic
    from scenes.heights.looks import Looks
    from vr_runtime.stage.mesh import Mesh

STOREYS = 55
FOOT, TOP = STOREY, STOREY * (STOREYS + 1)
"""Where shaft and strip begin and end in the scene's world when they are not shifted, m."""
OPENED = ("balcony", "beam")
"""Places that fill a storey of the strip themselves."""


def aligned(level: float) -> float:
    """By how much (0 down to a storey, m) the tower is let down so that a floor lies at this level."""
    over = level % STOREY
    return over - STOREY if over > 1e-6 else 0.0


class TowerView:
    def __init__(self, looks: Looks, meshes: dict[str, Mesh], under: NodePath, street_z: float) -> None:
        kitchen = looks.kitchen
        groups: dict[str, dict[str, Mesh]] = {"shaft": {}, "strip": {}, "plinth": {}}
        for key, mesh in meshes.items():
            group, _, name = key.partition(".")
            groups[group][name] = mesh
        self._shaft = kitchen.node("shaft", under)
        self._below = kitchen.node("strip below", under)
        plinth = kitchen.node("plinth", under)
        for group, node in (("shaft", self._shaft), ("strip", self._below), ("plinth", plinth)):
            for made in finish.stand(kitchen, groups[group]):
                made.reparent_to(node)
        # above: pieces of 1, 2, 4 ... storeys, of which any number is put together
        self._pieces: list[tuple[int, NodePath]] = []
        count = 32
        while count:
            piece = kitchen.node(f"strip of {count}", under)
            for name, mesh in groups["strip"].items():
                high = mesh.positions.reshape(-1, 4, 3)[..., 2].mean(axis=1)
                pick = np.asarray(high < FOOT - street_z + STOREY * count)
                kitchen.mesh(
                    f"{name} of {count}", patches(mesh, pick), finish.material(kitchen, name), parent=piece
                )
            self._pieces.append((count, piece))
            count //= 2
        guides = kitchen.node("guides", under)
        kitchen.mesh("guides", cabin.guides(TOP).parts["metal"].mesh(), looks.of("metal"), parent=guides)
        guides.set_z(-street_z)
        self._guides = guides
        self._set: tuple[object, ...] = ()

    def draw(self, logic: HeightsLogic) -> None:
        riding = logic.place == "lift"
        level = 0.0 if riding else logic.level
        if (logic.place, level) == self._set:
            return
        self._set = logic.place, level
        if riding:
            self._guides.show()
        else:
            self._guides.hide()
        if logic.place == "roof":
            down = level - TOP
            self._shaft.set_z(down)
            self._below.set_z(down)
            self._stack(0, 0.0)
            return
        down = aligned(level)
        self._shaft.set_z(down)
        opened = logic.place in OPENED
        foot = level if opened else FOOT + down
        self._below.set_z(foot - TOP)
        begin = foot + STOREY * opened
        self._stack(round((TOP + down - begin) / STOREY), begin)

    def _stack(self, storeys: int, begin: float) -> None:
        """Storeys of strip from a height upwards."""
        for count, piece in self._pieces:
            if storeys >= count:
                piece.show()
                piece.set_z(begin - FOOT)
                begin += STOREY * count
                storeys -= count
            else:
                piece.hide()
