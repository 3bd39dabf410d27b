"""Drives with the road scene's logic, and what is looked at in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import scenes.road
from scenes.road.logic import RoadLogic, Vehicle
from scenes.road.route import OWN_BACK_M, OWN_FRONT_M, OWN_HALF_M
from scenes.road.vehicle import half_size
from vr_runtime.protocol.base import Value
from vr_runtime.protocol.files.toml import read_manifest
from vr_runtime.protocol.pose import Hands, Pose
from vr_runtime.stage.scene import Moment

MANIFEST = read_manifest(Path(scenes.road.__file__).parent / "scene.toml")
SEATED = Pose(z=1.18)
Box = tuple[float, float, float, float]
"""Left, back, right, front, m."""
OWN: Box = (-OWN_HALF_M, -OWN_BACK_M, OWN_HALF_M, OWN_FRONT_M)


def drive(seed: int = 1, **parameters: Value) -> RoadLogic:
    """A drive that is about to begin."""
    logic = RoadLogic()
    logic.begin(Random(seed), {**MANIFEST.defaults(), **parameters})
    return logic


class Clock:
    """Lets time pass in a drive."""

    def __init__(self, logic: RoadLogic) -> None:
        self.logic = logic
        self.t_s = 0.0

    def tick(self, dt_s: float) -> None:
        self.t_s += dt_s
        self.logic.update(Moment(self.t_s, dt_s, SEATED, Hands()))

    def run(self, seconds: float, dt_s: float = 0.1) -> Iterator[float]:
        """Times after each frame."""
        for _ in range(round(seconds / dt_s)):
            self.tick(dt_s)
            yield self.t_s


def outline(item: Vehicle) -> Box:
    across, along = half_size(item)
    return item.x - across, item.y - along, item.x + across, item.y + along


def apart(a: Box, b: Box) -> float:
    """The gap between two outlines along the axis on which it is wider, m; below 0: they overlap."""
    return max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])


def closest(logic: RoadLogic) -> float:
    """The narrowest gap between any two vehicles, the own car among them, m."""
    boxes = [OWN, *(outline(item) for item in logic.vehicles())]
    return min((apart(a, b) for k, a in enumerate(boxes) for b in boxes[:k]), default=99.0)
