"""Floors and rails of one place as nodes: what turns to glass or mesh, what grows and sinks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from scenes.heights import deck, floors, railings

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.heights.looks import Looks
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.mesh import Mesh

SOLID, CLEAR = 0.997, 0.003
LEAST = 0.02
"""A rail lower than this is not drawn, m."""
SHADOW_REACH = 0.978
"""How far to the right the sun throws the shadow of a thing 1 m high, m."""


class Floor:
    """A rectangle of slabs that fades into glass or mesh."""

    def __init__(self, looks: Looks, parent: NodePath, x0: float, x1: float, y0: float, y1: float) -> None:
        kitchen = looks.kitchen
        self._looks = looks
        self._shown = ("", -1.0)
        self._slabs = kitchen.mesh("floor", floors.slabs(x0, x1, y0, y1), looks.of("tiles"), parent=parent)
        self._glass = kitchen.node("glass floor", parent)
        kitchen.mesh("rims", floors.rims(x0, x1, y0, y1), looks.of("metal"), parent=self._glass)
        kitchen.mesh("panes", floors.panes(x0, x1, y0, y1), looks.trodden, parent=self._glass)
        dusty = kitchen.mesh("dust", floors.panes(x0, x1, y0, y1), looks.dust, parent=self._glass)
        dusty.set_z(0.002)
        self._mesh = kitchen.node("mesh floor", parent)
        kitchen.mesh("frame", floors.grating_frame(x0, x1, y0, y1), looks.of("metal"), parent=self._mesh)
        for layer in floors.grating(x0, x1, y0, y1):
            kitchen.mesh("grating", layer, looks.grating, parent=self._mesh)

    def show(self, kind: str, opacity: float) -> None:
        if (kind, opacity) == self._shown:
            return
        self._shown = kind, opacity
        clear = opacity <= SOLID
        set_shown(self._slabs, opacity > CLEAR)
        self._looks.kitchen.apply(self._slabs, self._looks.fading_tiles if clear else self._looks.of("tiles"))
        self._slabs.set_color_scale(1, 1, 1, opacity if clear else 1.0)
        self._slabs.set_z(0.004 if clear else 0.0)
        set_shown(self._glass, clear and kind == "glass")
        set_shown(self._mesh, clear and kind == "mesh")


class Rails:
    """The kinds of rail at a place. ``shade``: x of the left run, and from where to where it goes in y; its shadow lies
    on the floor (that of the others falls over the edge)."""

    def __init__(
        self,
        looks: Looks,
        meshes: Mapping[str, Mesh],
        where: str,
        parent: NodePath,
        *,
        shade: tuple[float, float, float] | None = None,
    ) -> None:
        kitchen = looks.kitchen
        self._shadows: dict[str, NodePath] = {}
        self._shown = ("", -1.0, False)
        self._wide = -2.0 * shade[0] if shade else 0.0
        self._kinds = {kind: rail(looks, meshes, where, kind, parent) for kind in railings.KINDS}
        for kind in railings.KINDS if shade else ():
            assert shade is not None
            self._shadows[kind] = thrown(kitchen, deck.rail_shadow(kind, *shade[1:]), parent)
            self._shadows[kind].set_x(shade[0])

    def show(self, kind: str, high: float, *, shaded: bool = False) -> None:
        if (kind, high, shaded) == self._shown:
            return
        self._shown = kind, high, shaded
        for name, (root, body, top) in self._kinds.items():
            here = name == kind and high >= LEAST
            set_shown(root, here)
            if here:
                body.set_sz(high)
                top.set_z(high)
            if name in self._shadows:
                set_shown(self._shadows[name], here and shaded)
                if here:
                    self._shadows[name].set_sx(min(high * SHADOW_REACH, self._wide - 0.2))


def rail(
    looks: Looks, meshes: Mapping[str, Mesh], where: str, kind: str, parent: NodePath
) -> tuple[NodePath, NodePath, NodePath]:
    """One kind of rail: a node to move by, what is scaled to the height, what rides on top."""
    kitchen = looks.kitchen
    root = kitchen.node(f"{kind} {where}", parent)
    body, top = (kitchen.node(part, root) for part in railings.PARTS)
    for part, under in zip(railings.PARTS, (body, top), strict=True):
        for name, mesh in railings.pieces(meshes, where, kind, part).items():
            kitchen.mesh(f"{kind} {name}", mesh, looks.of(name), parent=under)
    return root, body, top


def thrown(kitchen: Kitchen, mesh: Mesh, parent: NodePath, strength: float = 0.5) -> NodePath:
    """A still shadow on the floor: a mesh pressed flat along the sun's rays, seen only where the sun reaches."""
    flat = kitchen.material("no thing", flock=True)
    flock = kitchen.flock("shadow", [mesh], flat, parent=parent, shadow=strength, shadow_lift_m=0.004)
    flock.place(np.zeros((1, 4)))
    flock.node.get_child(0).hide()
    return flock.node


def set_shown(node: NodePath, shown: bool) -> None:
    if shown:
        node.show()
    else:
        node.hide()
