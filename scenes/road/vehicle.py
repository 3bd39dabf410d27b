"""What is told of another vehicle, to the picture and to the measures; in the own car's frame."""

from __future__ import annotations

from math import hypot
from typing import NamedTuple

from scenes.road.route import SIZES
from scenes.road.traffic import Body


class Vehicle(NamedTuple):
    """Another vehicle: its middle in the own car's frame, m; ``heading`` counter-clockwise from +y, degrees."""

    kind: str
    slot: int
    colour: int
    """0 to ``traffic.COLOURS`` - 1."""
    x: float
    y: float
    heading: float
    speed_m_s: float
    braking: bool
    way_m: float
    """How far it has rolled: for its wheels."""


def told(body: Body, x: float, y: float, heading: float) -> Vehicle:
    return Vehicle(body.kind, body.slot, body.colour, x, y, heading, body.v, body.braking, body.way_m)


def half_size(item: Vehicle) -> tuple[float, float]:
    """Half of what it takes along x and along y, m."""
    length, width = SIZES[item.kind]
    return (width / 2.0, length / 2.0) if item.heading in (0.0, 180.0) else (length / 2.0, width / 2.0)


def nearest_point(item: Vehicle, eye: tuple[float, float], inside_m: float) -> tuple[float, float, float]:
    """Distance to the nearest point of its outline, drawn in by ``inside_m``, and that point."""
    across, along = (half - inside_m for half in half_size(item))
    x = min(max(eye[0], item.x - across), item.x + across)
    y = min(max(eye[1], item.y - along), item.y + along)
    return hypot(eye[0] - x, eye[1] - y), x, y
