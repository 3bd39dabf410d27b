"""The lie of the land: where the lake is, how high the ground, where the sun stands. Plain arithmetic on arrays.

Frame: the person stands at the origin on a meadow and looks along +y over the lake; metres.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TO_SUN = np.array([-0.78, 0.50, 0.372])
TO_SUN /= np.linalg.norm(TO_SUN)
SUN = np.array([2.55, 2.00, 1.32])
SKY = np.array([0.40, 0.50, 0.64])
"""Light from above, over pi, on level ground in the open (sun apart)."""
GROUND = np.array([0.10, 0.12, 0.05])
WATER_Z = -1.12
LAKE = (0.0, 172.0, 265.0, 157.0)
"""Middle and half axes of the lake."""
JETTY = (4.4, 13.1, 24.5, 1.5)
"""Its middle line x, from y to y, and its breadth, m."""


def smooth(a: float, b: float, x: Array) -> Array:
    t = np.clip((x - a) / (b - a), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def shore_distance(x: Array, y: Array) -> Array:
    """About how far from the shore, m; below 0 in the lake."""
    cx, cy, a, b = LAKE
    u, v = (x - cx) / a, (y - cy) / b
    r = np.hypot(u, v)
    angle = np.arctan2(v, u)
    wobble = 5.0 * np.sin(5 * angle + 0.6) + 2.4 * np.sin(13 * angle + 2.0) + 0.8 * np.sin(37 * angle)
    stretch = r / np.maximum(np.hypot(u / a, v / b), 1e-9)
    middle = np.exp(-(((x + 1.0) / 22.0) ** 2)) * (y < cy)
    return (r - 1.0) * stretch - wobble * (1.0 - middle) * np.minimum(1.0, np.hypot(x, y) / 60.0 + 0.15)


def height(x: Array, y: Array) -> Array:
    """Of the ground, m: 0 around the person, falling to the shore, rising into the woods."""
    d = shore_distance(x, y)
    away = np.hypot(x, y)
    rise = (
        WATER_Z
        - 0.9
        + 0.9 * smooth(-6.0, 0.0, d)
        + 0.16 * smooth(-0.5, 0.8, d)
        + (-WATER_Z - 0.16) * smooth(0.4, 13.0, d)
    )
    hump = 0.16 * np.sin(0.21 * x + 0.5) * np.sin(0.17 * y + 1.0) + 0.45 * np.sin(0.05 * x) * np.cos(
        0.043 * y - 0.7
    )
    woods = (
        0.10 * np.maximum(d - 30.0, 0.0) * smooth(30.0, 140.0, away) * (1.0 - 0.5 * smooth(200, 500, away))
    )
    return rise + hump * smooth(3.0, 20.0, away) * smooth(2.0, 14.0, d) + woods


def patches(x: Array, y: Array) -> Array:
    """From -1 to 1: where the meadow is dry (high) or lush (low)."""
    return (
        0.5 * np.sin(0.33 * x + 1.2 * np.sin(0.21 * y)) * np.sin(0.27 * y + 0.9 * np.sin(0.19 * x) + 1.0)
        + 0.3 * np.sin(0.9 * x + 0.6) * np.sin(0.8 * y - 0.8 + 0.5 * np.sin(0.5 * x))
        + 0.2 * np.sin(2.3 * x + 1.0) * np.sin(2.0 * y)
    )


def meadow_tint(x: Array, y: Array) -> Array:
    """Factor (n, 3) on the grass's colour."""
    dry = 0.5 + 0.5 * patches(x, y)[..., None]
    lush, straw = np.array([0.56, 0.76, 0.60]), np.array([0.84, 0.82, 0.66])
    return lush + (straw - lush) * dry
