"""Views of two eyes, and what they see of a subject in pictures of 96x72 an eye."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, radians, sin, tan

import numpy as np
from panda3d.core import NodePath

from vr_runtime.display.eyes import EYE_APART_M
from vr_runtime.display.graphics import Graphics
from vr_runtime.display.view import View
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.kitchen import Kitchen
from vr_runtime.stage.materials import Material
from vr_runtime.stage.mesh import box
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

WIDTH, HEIGHT = 96, 72
EYES = GraphicsSettings(width=WIDTH, height=HEIGHT, eyes=2)
WAYS = ("two", "single")
Looking = Callable[[str, int], Graphics]
"""Graphics by way and samples (the fixture ``looking``)."""

HEADSET = ((-0.95, 0.75, 0.80, -0.90), (-0.75, 0.95, 0.80, -0.90))
"""Angles of a usual headset: further outwards than inwards, further down than up."""


def turned(yaw: float, pitch: float = 0.0, roll: float = 0.0) -> tuple[float, float, float, float]:
    """x, y, z, w of a turn by degrees: about up, then the head's own right, then its own ahead."""

    def times(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        v = a[3] * b[:3] + b[3] * a[:3] + np.cross(a[:3], b[:3])
        return np.array([*v, a[3] * b[3] - a[:3] @ b[:3]])

    parts = [np.zeros(4) for _ in range(3)]
    for part, axis, angle in zip(parts, (2, 0, 1), (yaw, pitch, roll), strict=True):
        part[axis], part[3] = sin(radians(angle) / 2), cos(radians(angle) / 2)
    x, y, z, w = (float(value) for value in times(times(parts[0], parts[1]), parts[2]))
    return x, y, z, w


def rotation(pose: Pose) -> np.ndarray:
    x, y, z, w = pose.qx, pose.qy, pose.qz, pose.qw
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def views(head: Pose, apart_m: float = EYE_APART_M, canted_deg: float = 0.0) -> tuple[View, View]:
    """A headset's: eyes apart, each turned outwards by ``canted_deg``."""
    made = []
    for side, angles in zip((-1, 1), HEADSET, strict=True):
        at = np.array(head[:3]) + rotation(head) @ [side * apart_m / 2, 0, 0]
        own = rotation(head) @ rotation(Pose(0, 0, 0, *turned(-side * canted_deg)))
        w = 0.5 * np.sqrt(max(1e-9, 1 + np.trace(own)))
        q = np.array([own[2, 1] - own[1, 2], own[0, 2] - own[2, 0], own[1, 0] - own[0, 1]]) / (4 * w)
        made.append(View(Pose(*(float(v) for v in (*at, *q, w))), *angles))
    return made[0], made[1]


def projected(view: View, point: np.ndarray) -> np.ndarray:
    """Column and row, from the upper left corner of the eye's picture, where a point of the tracked space lies."""
    x, y, z = rotation(view.pose).T @ (point - np.array(view.pose[:3]))
    across = (x / y - tan(view.left)) / (tan(view.right) - tan(view.left))
    down = (tan(view.up) - z / y) / (tan(view.up) - tan(view.down))
    return np.array([across * WIDTH, down * HEIGHT])


@dataclass
class Subject:
    world: NodePath
    origin: NodePath
    settings: GraphicsSettings

    @property
    def kitchen(self) -> Kitchen:
        return Kitchen(self.world.attach_new_node("scene"), self.settings)


Furnish = Callable[[Subject], None]


def seen(graphics: Graphics, furnish: Furnish, looks: Sequence[Sequence[View]]) -> list[np.ndarray]:
    """Pictures (looks, 2 eyes, height, width, 3) of a subject in a tilted and moved space."""
    world = NodePath("world")
    origin = world.attach_new_node("tracked space")
    origin.set_pos_hpr(0.2, -0.3, 0.1, 8.0, 2.0, -3.0)
    furnish(Subject(world, origin, graphics.settings))
    taken = []
    for look in looks:
        graphics.render(Picture(world, origin, Pose(z=1.6), graphics.settings.single_pass), look)
        pixels = graphics.capture()
        assert pixels is not None
        assert pixels.shape == (HEIGHT, 2 * WIDTH, 3)
        taken.append(np.stack(np.split(pixels.astype(int), 2, axis=1)))
    world.remove_node()
    return taken


LOOKS = [
    views(Pose(0.0, 0.0, 1.6), 0.2),
    views(Pose(0.3, 0.4, 1.3, *turned(12, -20, 6)), 0.2, canted_deg=7.0),
]


def alike(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Mean difference, and the share of pixels that differ clearly."""
    apart = np.abs(a - b).max(axis=-1)
    return float(apart.mean()), float((apart > 8).mean())


# ---- a marker

POINT = np.array([0.3, 3.0, 1.2])
HEADS = [
    Pose(0.0, 0.0, 1.6),
    Pose(0.5, 0.4, 1.1, *turned(10)),
    Pose(-0.4, -0.5, 1.9, *turned(-14, -10)),
    Pose(0.2, 1.2, 1.5, *turned(5, 8, 25)),
    Pose(0.0, -2.0, 1.7, *turned(0, 0, -40)),
    Pose(1.1, 0.2, 0.6, *turned(20, 15, 10)),
]


def glowing(subject: Subject) -> tuple[Kitchen, Material]:
    """Things of the tracked space itself, bright green."""
    kitchen = Kitchen(subject.origin.attach_new_node("glowing"), subject.settings)
    glow = kitchen.material("glow", colour=(0, 0, 0), emissive=(0, 0.8, 0), fogged=False, shine=0.0)
    return kitchen, glow


def a_marker(subject: Subject) -> None:
    """A small bright thing at POINT of the tracked space."""
    kitchen, glow = glowing(subject)
    kitchen.mesh("marker", box((0.16, 0.16, 0.16), tuple(POINT)), glow)  # type: ignore[arg-type]


def green(pixels: np.ndarray) -> np.ndarray:
    """How green each pixel is, 0 where it is not."""
    return np.clip(pixels[..., 1] - np.maximum(pixels[..., 0], pixels[..., 2]) - 12, 0, None)


def found_at(eye: np.ndarray) -> np.ndarray:
    weight = green(eye)
    assert weight.sum() > 150
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.array([(weight * (columns + 0.5)).sum(), (weight * (rows + 0.5)).sum()]) / weight.sum()
