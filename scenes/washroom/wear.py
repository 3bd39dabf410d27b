"""What years have left on the washroom's board and tiles, and the cleaners' list: there however clean the room is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenes.washroom.dirt import FOLDER
from scenes.washroom.patches import flat, sheet_patch
from scenes.washroom.sheets import WEAR

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen

LIFT_M = 0.0004
"""Below the dirt, which lies on it."""


def hang(kitchen: Kitchen, room: NodePath) -> NodePath:
    """All of it in one mesh."""
    # spreading over all of a growth that is complete: reflections too keep to what is drawn
    worn = kitchen.material(
        "wear",
        colour=(1, 1, 1),
        roughness=0.6,
        texture=kitchen.texture_file(f"{FOLDER}/wear.png"),
        opacity=1.0,
        transparent=True,
        spreading=1.0,
        probed=True,
    )
    return kitchen.mesh(
        "wear", flat([sheet_patch(sheet) for sheet in WEAR.values()], LIFT_M), worn, parent=room
    )
