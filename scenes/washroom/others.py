"""Other people in the washroom: one who washes their hands at the first basin, one who waits by the far wall."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.kit import people
from scenes.washroom import objects
from vr_runtime.stage.people import ATLAS

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from scenes.washroom.logic import WashroomLogic
    from vr_runtime.stage.kitchen import Kitchen

PLACES = ((objects.BASIN_X - 0.46, objects.BASINS_Y[0], 0.0), (0.42, 3.12, 0.0))
HEADINGS = (-90.0, 168.0)
DOING = ("wash", "phone")


class Others:
    def __init__(self, kitchen: Kitchen, room: NodePath) -> None:
        rng = np.random.default_rng(23)
        looks = kitchen.material(
            "others",
            colour=(1.0, 1.0, 1.0),
            roughness=0.72,
            texture=kitchen.texture_file(ATLAS),
            two_sided=True,
            skinned=True,
            probed=True,
            shine=0.7,
        )
        members = people.cast(2, rng, among=("anna", "otto"))
        self._folk = people.Folk(
            kitchen,
            "others",
            members,
            rng,
            parent=room,
            levels=(people.NEAR,),
            clips=DOING,
            material=looks,
            blob=0.6,
        )
        self._doing = people.still(PLACES, HEADINGS, DOING)
        self._node = room.find("others")
        self._count = -1

    def draw(self, logic: WashroomLogic) -> None:
        if logic.others != self._count:
            self._count = logic.others
            if self._count:
                self._node.show()
            else:
                self._node.hide()
        if self._count:
            hidden = np.arange(len(PLACES)) >= self._count
            self._folk.draw(logic.t_s, self._doing, hidden=hidden)
