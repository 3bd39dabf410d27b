"""People of the road scene: passers-by on the pavements of the quiet street."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scenes.kit import people
from scenes.kit.people import MIDDLE
from scenes.kit.roads import KERB_M
from vr_runtime.stage.people import ATLAS

if TYPE_CHECKING:
    from scenes.road.logic import RoadLogic
    from vr_runtime.stage.kitchen import Kitchen

PEOPLE = 7
REACH_M = 110.0
"""Passers-by further off are those who walk nearer by, seen again: the street repeats for them every so many metres."""


class Walkers:
    def __init__(self, kitchen: Kitchen) -> None:
        rng = np.random.default_rng(17)
        picture = kitchen.texture_file(ATLAS)

        cloth = kitchen.material(
            "people by lamplight",
            colour=(1.0, 1.0, 1.0),
            roughness=0.72,
            texture=picture,
            skinned=True,
            lamps=True,
        )
        self._street = kitchen.node("pavements")
        self._passers = people.Folk(
            kitchen, "passers-by", people.cast(PEOPLE, rng), rng, parent=self._street, levels=(MIDDLE,), clips=("stroll", "walk"), material=cloth, blob=0.45,
        )  # fmt: skip
        half = REACH_M
        self._walks = people.walks(
            PEOPLE,
            [people.Way(((-6.9, -half), (-6.9, half)), 1.25), people.Way(((6.9, half), (6.9, -half)), 1.25)],
            rng,
        )

    def move(self, logic: RoadLogic, name: str) -> None:
        t = logic.clock_s
        if name == "residential":
            self._street.show()
            doing = self._walks.doing(t)
            # the street slips by under them; who falls behind comes again far ahead
            at = np.array(doing.at)
            at[:, 0] -= logic.stretch.own_x
            at[:, 1] = (at[:, 1] - logic.y_m + 40.0) % (2 * REACH_M) - 40.0
            at[:, 2] = KERB_M
            self._passers.draw(t, people.Doing(at, doing.heading, doing.clip, doing.way))
        else:
            self._street.hide()


__all__ = ["Walkers"]
