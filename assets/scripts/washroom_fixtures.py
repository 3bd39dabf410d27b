"""The washroom's fixtures: basins, taps, toilets, bin, dispensers, lamps. Lit at their vertices.

``made`` gives meshes by name: still ones by their material, and one for each thing of ``scenes/washroom/objects.py``
that moves or may soil, where it stands at rest.
"""

from __future__ import annotations

import washroom_clutter as clutter
import washroom_counter as counter
import washroom_cubicles as cubicles
import washroom_lights as lights
import washroom_walls as walls
from washroom_parts import Parts

from scenes.washroom import objects as place
from vr_runtime.stage.mesh import Mesh, merge


def made() -> dict[str, Mesh]:
    parts: Parts = {}
    for number, y in enumerate(place.BASINS_Y, 1):
        counter.basin(parts, y)
        counter.tap(parts, number, y)
        counter.soap(parts, number, y)
    counter.towels(parts)
    counter.phone(parts)
    cubicles.toilet(parts, place.TOILETS_Y[0], "seat")
    cubicles.toilet(parts, place.TOILETS_Y[1], "gloss")
    cubicles.flush(parts, place.TOILETS_Y[0], "flush")
    cubicles.flush(parts, place.TOILETS_Y[1], "steel")
    x, y, z = place.BY_ID["paper"].centre
    cubicles.roll(parts, x, place.CUBICLES_Y[1], z, "paper")
    cubicles.roll(parts, x, place.CUBICLES_Y[2], z, "paper_still")
    cubicles.hinges_and_feet(parts)
    cubicles.brush(parts, 2.24)
    cubicles.brush(parts, 3.44)
    walls.entrance(parts)
    walls.bin_(parts)
    walls.dryer(parts, -1.08, 1.15)
    walls.radiator(parts, -0.65, 0.45)
    walls.floor_sign(parts, -1.45, 0.85)
    lights.above(parts)
    lights.drain(parts, 0.75, 1.9)
    walls.pipes(parts)
    walls.litter(parts)
    clutter.made(parts)
    lights.glass(parts)
    return {name: merge(meshes) for name, meshes in parts.items()}
