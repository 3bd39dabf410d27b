"""Where the driver's hair grows (see ``driver_hair.py`` and ``driver_paint.py``)."""

from __future__ import annotations

import numpy as np

from assets.scripts.people_body import Array
from assets.scripts.people_clothes import Wearer

LINE = (
    (-0.35, 0.64),
    (-0.05, 0.61),
    (0.10, 0.56),
    (0.26, 0.47),
    (0.38, 0.30),
    (0.47, 0.13),
    (0.54, -0.03),
    (0.60, -0.06),
    (0.66, 0.04),
    (0.72, 0.10),
    (0.90, 0.10),
    (1.02, -0.10),
    (1.10, -0.42),
    (1.25, -0.62),
    (1.80, -0.66),
)
"""The hairline: how high it is at so far behind the eyes, both in heights of the crown over the eyes."""


def hairline(back: Array) -> tuple[Array, Array]:
    """The hairline's height, and how steep it is there."""
    at = np.linspace(-0.5, 2.0, 501)
    table = np.interp(at, *np.transpose(LINE))
    table = np.convolve(np.pad(table, 6, mode="edge"), np.full(13, 1 / 13), mode="valid")
    return np.interp(back, at, table), np.interp(back, at, np.gradient(table, at))


def inside(points: Array, wearer: Wearer) -> Array:
    """How far places of the head lie within the hairline, m; none of the ear does."""
    eye, size = eye_and_size(wearer)
    x, y, z = np.moveaxis(points - eye, -1, 0)
    up, steep = hairline(-y / size)
    far = (z - up * size) / np.sqrt(1.0 + steep**2)
    ear = (np.abs(x) > 0.0755) & (y > -0.115) & (y < -0.052) & (z < 0.014)
    return np.where(ear, -0.05, far)


def eye_and_size(wearer: Wearer) -> tuple[Array, float]:
    eye = 0.5 * (wearer.joint("eye_l") + wearer.joint("eye_r"))
    used = np.unique(wearer.faces)
    return eye, float(wearer.points[used[wearer.weight("head")[used] > 0.5], 2].max() - eye[2])
