"""The places of the heights scene as the logic sees them: where the edge is, how wide, what one can hold.

World frame: z = 0 on the street, x along it, y from the tower's wall out over the drop.
"""

from __future__ import annotations

from dataclasses import dataclass

WALL_Y = -1.6
"""World y (m) of the tower's front."""
EDGE_Y = 1.5
"""World y (m) of the front edge of what reaches out from it farthest: platform and beam."""
STOREY = 3.0
"""From floor to floor of the tower, m."""
RAIL_IN_M = 0.06
"""How far the middle of a rail lies within the edge, m."""


@dataclass(frozen=True)
class PlaceToStand:
    """One place. ``left`` and ``right``: world x of its ends, m; None: half of ``ledge_width`` to each side."""

    edge_y: float
    left: float | None = None
    right: float | None = None
    back_y: float = WALL_Y
    """World y where its floor ends behind the patient, m."""
    raised: bool = True
    """Stands at the height asked for; False: on the ground."""
    rails: tuple[str, ...] = ("front", "left", "right")
    """Sides on which a rail can stand."""
    sheltered: float = 0.0
    """How much of the wind is kept off, 0 to 1."""


PLACES = {
    "street": PlaceToStand(2.9, -6.0, 6.0, raised=False, rails=(), sheltered=0.6),
    "balcony": PlaceToStand(0.5, -1.5, 1.5, sheltered=0.35),
    "roof": PlaceToStand(-1.6, -2.9, 21.5, back_y=-26.7, rails=("front",)),
    "platform": PlaceToStand(EDGE_Y),
    "beam": PlaceToStand(EDGE_Y),
    "lift": PlaceToStand(0.75, -1.0, 1.0, back_y=-1.35, sheltered=0.2),
}
