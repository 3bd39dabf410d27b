"""Which points of the stored vehicles turn with their wheels: the rims, each about its own axle.

``assets/models/vehicles.npz`` holds wheels as bodies of revolution (``assets/scripts/vehicle_wheels.py``): rubber in
``<kind>.tyres``, a dished rim that shows a picture in ``<kind>.gloss``. Rubber looks alike all round and stays; rims are
found by where the tyres are. Vehicle's frame: it faces +y and stands on z = 0, metres.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vr_runtime.stage.mesh import Mesh

Array = NDArray[np.floating]
GROUND_M = 0.006
"""Tyres reach down to here."""
APART_M = 0.4
"""Axles lie farther apart than this."""
DISH_M = 0.05
"""A rim's points lie within this of the outer face of its wheel."""
OPEN = 0.52
"""How open a rim is to the sky, on average all round: what turns must not carry shade around with it."""


class Wheel(NamedTuple):
    """``side``: -1 left, 1 right; ``outer_m``: |x| of the outer face."""

    side: int
    y: float
    radius_m: float
    outer_m: float


def wheels(tyres: Mesh) -> list[Wheel]:
    """Where a vehicle's wheels are, from its tyres alone."""
    at = tyres.positions
    ground = at[at[:, 2] < GROUND_M]
    found = []
    for side in (-1, 1):
        ys = np.sort(ground[np.sign(ground[:, 0]) == side, 1])
        if not len(ys):
            continue
        for touching in np.split(ys, np.flatnonzero(np.diff(ys) > APART_M) + 1):
            y = float(touching.mean())
            own = at[(np.sign(at[:, 0]) == side) & (np.abs(at[:, 1] - y) < 0.05)]
            radius = float(own[:, 2].max()) / 2.0
            near = at[
                (np.sign(at[:, 0]) == side) & (np.hypot(at[:, 1] - y, at[:, 2] - radius) < 1.01 * radius)
            ]
            found.append(Wheel(side, y, radius, float(np.abs(near[:, 0]).max())))
    return found


def radius_m(tyres: Mesh) -> float:
    """Of a vehicle's wheels, on average, m."""
    return float(np.mean([wheel.radius_m for wheel in wheels(tyres)]))


def turning(gloss: Mesh, tyres: Mesh) -> Mesh:
    """``gloss`` with the axles of its rims (``Mesh.axle``)."""
    assert gloss.uvs is not None
    assert gloss.occlusion is not None
    at = gloss.positions
    axle = np.zeros((len(at), 4), dtype=np.float32)
    open_ = np.array(gloss.occlusion)
    for wheel in wheels(tyres):
        away = np.hypot(at[:, 1] - wheel.y, at[:, 2] - wheel.radius_m)
        outward = wheel.side * at[:, 0]
        rim = (away < 0.9 * wheel.radius_m) & (np.abs(outward - wheel.outer_m) < DISH_M)
        # parts of the body that reach in here belong to triangles that leave the wheel
        whole = rim[gloss.triangles].all(axis=1)
        leaving = gloss.triangles[~whole]
        rim[leaving[rim[leaving]]] = False
        middle = rim & (away < 0.004)
        if not middle.any():
            continue
        axle[rim] = (wheel.y, wheel.radius_m, *gloss.uvs[middle].mean(axis=0))
        open_[rim] = OPEN
    return replace(gloss, axle=axle, occlusion=open_)
