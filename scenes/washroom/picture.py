"""What is seen of the washroom: the baked room, its parts where the logic has them, its image in the mirror, dirt and
water."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scenes.kit import stored
from scenes.washroom import looks, objects, steam, wear
from scenes.washroom.dirt import Dirt
from scenes.washroom.others import Others
from scenes.washroom.water import Water

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.washroom.logic import WashroomLogic
    from vr_runtime.stage.kitchen import Kitchen

MIRROR_X = steam.MIRROR_X
LITTER = {"litter_some": 0.25, "litter_much": 0.4}
"""Used paper on the floor, and from which dirt of the room on it lies there."""


class WashroomPicture:
    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        # for hands, which are lit live
        kitchen.sky((0.52, 0.52, 0.49), (0.34, 0.34, 0.32), (0.15, 0.15, 0.14))
        kitchen.sun((0.0, 0.0, 1.0), (0.0, 0.0, 0.0))
        kitchen.exposure(0.75)
        kitchen.reflections("light/washroom_cube.npz")
        kitchen.probes("light/washroom_probes.npz")
        light = kitchen.lightmap_file("light/washroom.npz")
        meshes, _ = stored.load("models/washroom.npz")
        self._room = kitchen.node("room")
        self.parts: dict[str, NodePath] = {}
        glass = meshes.pop("glass")
        for name, mesh in meshes.items():
            thing = objects.BY_ID.get(name)
            charted = mesh.lightmap_uvs is not None
            material = looks.material(kitchen, looks.OF.get(name, name), light if charted else None)
            if thing is None or thing.motion is None:
                node = kitchen.mesh(name, mesh, material, parent=self._room)
            else:
                x, y, z = thing.motion.pivot
                node = kitchen.mesh(name, mesh.moved(-x, -y, -z), material, parent=self._room)
                node.set_pos(x, y, z)
            self.parts[name] = node
            if thing is not None and thing.place == "cubicle":
                kitchen.reflections("light/washroom_cubicle.npz", below=node)
        wear.hang(kitchen, self._room)
        self.dirt = Dirt(kitchen, self._room, self.parts, meshes)
        for stimulus, things in objects.STIMULI:
            for name in things:
                # of the floor it is the soiled patch: dirt.py
                if name != "floor":
                    kitchen.stimulus(self.parts[name], stimulus)
        self._water = Water(kitchen, self._room)
        self._others = Others(kitchen, self._room)
        kitchen.looking_glass(self._room, (MIRROR_X, 0.0, 0.0), (-1.0, 0.0, 0.0))
        self._glass = kitchen.mesh("glass", replace(glass, light=None, occlusion=None), looks.glass(kitchen))
        kitchen.mesh("steam", steam.pane(), steam.film(kitchen))
        self._smeared = -1.0
        self._shown: dict[str, float] = {}
        self._there: dict[str, bool] = {}

    def draw(self, logic: WashroomLogic) -> None:
        for thing in objects.THINGS:
            if thing.motion is not None:
                self._turn(thing, logic.value(thing.id))
        self._show("towels", logic.towels_on)
        for name, from_dirt in LITTER.items():
            self._show(name, logic.dirt_room >= from_dirt)
        self.dirt.draw(logic)
        self._water.draw(logic)
        self._others.draw(logic)
        smeared = round(0.18 + 0.75 * logic.dirt_room, 3)
        if smeared != self._smeared:
            self._smeared = smeared
            self._glass.set_color_scale(1.0, 1.0, 1.0, smeared)

    def _show(self, name: str, there: bool) -> None:
        if self._there.get(name, True) != there:
            self._there[name] = there
            if there:
                self.parts[name].show()
            else:
                self.parts[name].hide()

    def _turn(self, thing: objects.Thing, value: float) -> None:
        if self._shown.get(thing.id) == value or thing.motion is None:
            return
        self._shown[thing.id] = value
        node, motion = self.parts[thing.id], thing.motion
        ax, ay, az = motion.axis
        if motion.kind == "push":
            x, y, z = motion.pivot
            node.set_pos(x + ax * value, y + ay * value, z + az * value)
        else:
            # the axes are those of the room: heading turns about z, pitch about x, roll about y
            node.set_hpr(az * value, ax * value, ay * value)
