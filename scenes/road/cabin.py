"""Where things are in the own car. Its frame: x to the right, y ahead, z up from the road, in metres; the driver's
eyes are above (-0.36, 0). Shared by the script that makes the car and the picture that moves its parts."""

from __future__ import annotations

from math import atan2, cos, hypot, pi, radians, sin

Point = tuple[float, float, float]

SEAT_X = 0.36
"""Half the distance between the front seats: the driver sits at -SEAT_X, the passenger at +SEAT_X."""
EYE_Z = 1.18

WHEEL: Point = (-0.36, 0.400, 0.846)
WHEEL_RADIUS = 0.183
WHEEL_TILT = radians(24.0)
"""How far its upper edge leans ahead."""

CLUSTER: Point = (-0.36, 0.590, 0.880)
CLUSTER_SIZE = (0.320, 0.128)
CLUSTER_TILT = radians(16.0)
DIALS = {"rev": -0.082, "speed": 0.082}
"""x of the dials' middles, from the cluster's."""
DIAL_RADIUS = 0.053
DIAL_FROM, DIAL_TURN = radians(225.0), radians(270.0)
"""Where a needle stands at nought (counter-clockwise from the right), and how far it turns, clockwise."""
TOP_KM_H, TOP_REV = 180.0, 7.0

SCREEN: Point = (0.0, 0.602, 0.912)
SCREEN_SIZE = (0.215, 0.118)
SCREEN_TILT = radians(14.0)

WIPERS: tuple[Point, Point] = ((-0.60, 1.155, 0.955), (0.06, 1.25, 0.955))
WIPER_M = 0.60
WIPER_PARKED, WIPER_TURNED = radians(6.0), radians(96.0)
"""Angles of the blades on the pane, counter-clockwise from the right."""

DOOR_MIRRORS: tuple[Point, Point] = ((-0.925, 0.60, 1.000), (0.925, 0.60, 1.000))
DOOR_MIRROR_SIZE = (0.175, 0.112)
REAR_MIRROR: Point = (0.0, 0.395, 1.308)
REAR_MIRROR_SIZE = (0.225, 0.060)
SEEN: tuple[Point, Point, Point] = ((0.0, -1.0, -0.015), (-0.10, -1.0, -0.04), (0.12, -1.0, -0.04))
"""Where a driver who looks into the rear mirror, the left and the right one looks in the end: directions."""

HEADLIGHTS: Point = (0.0, 2.30, 0.66)
NOSE_Y, TAIL_Y, HALF_WIDTH = 2.35, -1.95, 0.90


def speed_angle(km_h: float) -> float:
    """Where the needle stands, radians counter-clockwise from the right."""
    return DIAL_FROM - DIAL_TURN * min(max(km_h, 0.0), TOP_KM_H) / TOP_KM_H


def rev_angle(thousands: float) -> float:
    return DIAL_FROM - DIAL_TURN * min(max(thousands, 0.0), TOP_REV) / TOP_REV


def windscreen(across: float, up: float) -> Point:
    """A point of the pane: ``across`` -1 (left) to 1, ``up`` 0 (at the bonnet) to 1 (at the roof)."""
    x = across * (0.690 - 0.125 * up)
    y = (1.235 - 0.225 * across**2) * (1 - up) + (0.345 - 0.075 * across**2) * up
    z = 0.962 + 0.428 * up - 0.018 * across**2 + 0.030 * sin(pi * up)
    return x, y, z


def side_pane(side: float, front: bool) -> list[Point]:
    """The corners of a side window, -1 left or 1 right, as the light sees it."""
    if front:
        flat = ((0.728, 0.92, 1.01), (0.728, -0.34, 1.002), (0.590, -0.33, 1.352), (0.588, 0.28, 1.342))
    else:
        flat = ((0.728, -0.455, 1.006), (0.728, -1.14, 1.030), (0.575, -1.10, 1.318), (0.592, -0.40, 1.350))
    return [(side * x, y, z) for x, y, z in flat]


def panes() -> list[list[Point]]:
    """Through what the sun can shine in: the windscreen and both windows on the side where the sun stands."""
    front = [windscreen(*at) for at in ((-0.93, 0.02), (0.93, 0.02), (0.93, 0.985), (-0.93, 0.985))]
    return [front, side_pane(-1.0, True), side_pane(-1.0, False), side_pane(1.0, True)]


DASH_TOP: Point = (0.0, 0.86, 0.972)
DASH_HALF = (0.70, 0.26)
SLOT_Y = 1.06
DISC = (0.50, 0.895, 0.056, 0.075)
"""What the windscreen mirrors: the dashboard's top, half its width and length, the slot of the demister, and the
parking disc that lies on it (x, y, half its size)."""


def facing(place: Point, seen: Point) -> tuple[float, float]:
    """Heading and pitch (radians) that turn a mirror from -y so that the driver sees what lies in that direction."""
    to_eye = (-SEAT_X - place[0], -place[1], EYE_Z - place[2])
    long, far = hypot(*to_eye), hypot(*seen)
    x, y, z = (a / long + b / far for a, b in zip(to_eye, seen, strict=True))
    return atan2(x, -y), -atan2(z, hypot(x, y))


PANE_LONG = hypot(1.235 - 0.345, 0.428)
PANE_PITCH = atan2(0.428, 1.235 - 0.345)
"""The pane's height along itself, m, and its slope, radians."""


def on_pane(point: Point) -> tuple[float, float]:
    """The texture coordinates (m) of a point near the windscreen."""
    x, y, z = point
    return x, (1.235 - y) * cos(PANE_PITCH) + (z - 0.962) * sin(PANE_PITCH)
