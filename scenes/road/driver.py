"""Who drives when the patient does not: a woman, whose hands go along with the wheel, who breathes, blinks, looks at
the road, now and then into a mirror or at the dials, and for a moment at the patient.

She is stored as she sits (``assets/scripts/make_driver.py``) in the car's frame, and everything here turns parts of
her from there. All of it is a pure function of the scene's time and of the wheel.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from math import cos, sin
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenes.kit.liveliness import chance, lids, moments
from scenes.kit.stored import LIGHT_TOP
from scenes.road import cabin
from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.people import Bodies

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen

MODEL = "models/driver.npz"
FOLDER = "textures/road"
BREATH_S = 4.1
LOOKS_S = 4.2
"""From one look away from the road to the next, on average."""
ROAD = (0.0, -0.035)
AWAY = (
    # where (left, up; radians), how long (s), up to which chance
    ((-0.84, 0.17), 0.75, 0.32),  # the rear mirror
    ((0.80, -0.20), 0.80, 0.50),  # the left one
    ((0.00, -0.42), 0.55, 0.68),  # the dials
    ((0.22, -0.02), 1.30, 0.80),  # something at the roadside
    ((-0.26, -0.02), 1.30, 0.92),
    ((-1.45, 0.0), 1.00, 1.00),  # the patient
)
HEAD_SHARE = 0.68
"""Of a look aside, what the head does; the eyes do the rest."""
NECK_SHARE = 0.4
LID_RAD = 0.62

Array = NDArray[np.float64]
_SEED = np.array([9], dtype=np.uint64)


# ---- what she does


def breath(t_s: float) -> float:
    """How full the chest is, -1 to 1: in faster than out."""
    u = t_s / BREATH_S % 1.0
    rise = u / 0.40 if u < 0.40 else 1.0 - (u - 0.40) / 0.60
    return -cos(np.pi * rise)


def _eased(since: float, seconds: float) -> float:
    u = min(max(since / seconds, 0.0), 1.0)
    return u * u * (3.0 - 2.0 * u)


def look(t_s: float) -> tuple[Array, Array]:
    """Head and eyes: to the left, up; radians."""
    now = moments(_SEED, t_s, LOOKS_S, 2)
    since = float(now.since[0])
    dice = float(chance(_SEED, now.index, 3)[0])
    where, long_s, _ = next(one for one in AWAY if dice <= one[2])
    gone, back = _eased(since, 0.10), _eased(since - long_s, 0.10)
    turned, returned = _eased(since - 0.03, 0.42), _eased(since - long_s - 0.03, 0.50)
    aside, road = np.array(where), np.array(ROAD)
    # along the road the eyes are never quite still
    steps = moments(_SEED, t_s, 1.1, 4)
    stray = (np.array([chance(_SEED, steps.index, k)[0] for k in (5, 6)]) - 0.5) * (0.16, 0.05)
    aim = road + stray + (aside - road - stray) * (gone - back)
    head = (
        road
        + HEAD_SHARE * (aside - road) * (turned - returned)
        + 0.35 * stray * _eased(float(steps.since[0]), 0.5)
    )
    slow = t_s * 0.37
    head = head + np.array([0.012 * sin(slow * 2.3 + 1.0), 0.010 * sin(slow * 3.1)])
    eyes = np.clip(aim - head, (-0.55, -0.32), (0.55, 0.32))
    return head, eyes


def _about(axis: Array, angle: float) -> Array:
    x, y, z = axis
    k = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + sin(angle) * k + (1.0 - cos(angle)) * k @ k


X, Y, Z = np.eye(3)


def _looking(left_up: Array) -> Array:
    return _about(Z, float(left_up[0])) @ _about(X, float(left_up[1]))


def _onto(start: Array, end: Array) -> Array:
    """The shortest turn between two directions."""
    axis = np.cross(start, end)
    far = float(np.linalg.norm(axis))
    if far < 1e-9:
        return np.eye(3)
    return _about(axis / far, float(np.arctan2(far, start @ end)))


@dataclass(frozen=True, eq=False)
class Skeleton:
    """Her bones: names, and where each turns as she is stored."""

    index: dict[str, int]
    joints: Array

    def posed(self, t_s: float, steering: float) -> Array:
        """(bones, 3, 4) at a time, the wheel turned by radians to the left."""
        turns = np.tile(np.eye(3), (len(self.joints), 1, 1))
        places = self.joints.copy()

        def put(name: str, turn: Array, place: Array) -> None:
            turns[self.index[name]], places[self.index[name]] = turn, place

        def at(name: str) -> Array:
            return self.joints[self.index[name]]

        def along(parent: str, name: str) -> Array:
            """Where a joint is that goes along with another bone."""
            i = self.index[parent]
            return places[i] + turns[i] @ (at(name) - at(parent))

        air = breath(t_s)
        put("spine2", _about(X, 0.004 * air), at("spine2"))
        chest = _about(X, 0.012 * air)
        put("spine3", chest, along("spine2", "spine3"))
        head, eyes = look(t_s)
        neck = _looking(NECK_SHARE * head)
        put("neck", neck, along("spine3", "neck"))
        whole = _looking(head)
        put("head", whole, along("neck", "head"))
        put("jaw", whole, along("head", "jaw"))
        shut = float(lids(_SEED, t_s)[0])
        for side, sign in (("l", -1.0), ("r", 1.0)):
            put(f"eye_{side}", whole @ _looking(eyes), along("head", f"eye_{side}"))
            # lids follow eyes that look down
            put(
                f"lid_{side}",
                whole @ _about(X, -LID_RAD * shut + 0.6 * float(eyes[1])),
                along("head", f"lid_{side}"),
            )
            put(
                f"clavicle_{side}",
                chest @ _about(Y, -sign * 0.012 * air),
                along("spine3", f"clavicle_{side}"),
            )
            put(f"upperarm_{side}", np.eye(3), along(f"clavicle_{side}", f"upperarm_{side}"))
            self._arm(turns, places, side, steering)
        shift = places - np.einsum("bij,bj->bi", turns, self.joints)
        return np.concatenate([turns, shift[..., None]], axis=-1)

    def _arm(self, turns: Array, places: Array, side: str, steering: float) -> None:
        """The hand goes with the rim, shoulder and elbow follow it."""
        upper, lower, hand = (self.index[f"{name}_{side}"] for name in ("upperarm", "lowerarm", "hand"))
        axis = np.array([0.0, -cos(cabin.WHEEL_TILT), sin(cabin.WHEEL_TILT)])
        with_wheel = _about(axis, steering)
        middle = np.array(cabin.WHEEL)
        wrist = middle + with_wheel @ (self.joints[hand] - middle)
        shoulder = places[upper]
        was = self.joints[[upper, lower, hand]]
        a, b = np.linalg.norm(was[1] - was[0]), np.linalg.norm(was[2] - was[1])
        way = wrist - shoulder
        far = min(float(np.linalg.norm(way)), float(a + b) * 0.9995)
        way = way / np.linalg.norm(way)
        # the elbow stays in the plane in which it was
        before = was[2] - was[0]
        out = was[1] - was[0] - before * ((was[1] - was[0]) @ before) / (before @ before)
        out = _onto(before / np.linalg.norm(before), way) @ out
        out /= np.linalg.norm(out)
        cosine = (a**2 + far**2 - b**2) / (2.0 * a * far)
        elbow = shoulder + a * (cosine * way + np.sqrt(max(1.0 - cosine**2, 0.0)) * out)
        wrist = shoulder + far * way
        turns[upper] = _onto((was[1] - was[0]) / a, (elbow - shoulder) / a)
        turns[lower] = _onto((was[2] - was[1]) / b, (wrist - elbow) / np.linalg.norm(wrist - elbow))
        turns[hand] = with_wheel
        places[lower], places[hand] = elbow, wrist


# ---- in the picture


def load() -> tuple[dict[str, Bodies], Skeleton]:
    """Her meshes by name, and her bones.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    path = assets.path(MODEL)
    try:
        held = assets.arrays(path)
        names = [str(name) for name in held["bones"]]
        bones = Skeleton({name: i for i, name in enumerate(names)}, held["joints"].astype(np.float64))
        return {part: _body(held, part) for part in ("body", "hair")}, bones
    except (OSError, ValueError, KeyError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as a driver: {problem}") from None


def _body(held: dict[str, NDArray[np.generic]], part: str) -> Bodies:
    def column(name: str, whole: float) -> NDArray[np.float32]:
        return held[f"{part} {name}"].astype(np.float32) / np.float32(whole)

    mesh = Mesh(
        column("positions", 10000.0),
        column("normals", 127.0),
        held[f"{part} triangles"].astype(np.uint32),
        uvs=column("uvs", 65535.0),
        tint=column("tints", 255.0) ** 2,
        light=column("lights", 255.0) ** 2 * LIGHT_TOP,
        occlusion=column("opens", 255.0),
    )
    mesh = replace(mesh, member=np.zeros(len(mesh.positions), dtype=int))
    return Bodies(mesh, held[f"{part} bones"].astype(np.uint8), held[f"{part} shares"].astype(np.uint8))


class Driver:
    def __init__(self, kitchen: Kitchen) -> None:
        meshes, self._bones = load()
        inside = partial(
            kitchen.material,
            colour=(1, 1, 1),
            skinned=True,
            vertex_light=True,
            lamps=True,
            cabin=True,
            fogged=False,
        )
        worn = inside(
            "driver",
            roughness=0.88,
            texture=kitchen.texture_file(f"{FOLDER}/driver.jpg", wrap="clamp"),
            normal=kitchen.texture_file(f"{FOLDER}/driver_n.jpg", srgb=False, wrap="clamp"),
            shine=0.7,
        )
        hair = inside(
            "driver's hair",
            roughness=0.42,
            texture=kitchen.texture_file(f"{FOLDER}/driver_hair.png", wrap="clamp"),
            cutout=True,
            strands=True,
            two_sided=True,
            shine=0.8,
        )
        self._her = kitchen.bent(
            "driver",
            {"body": (meshes["body"], worn), "hair": (meshes["hair"], hair)},
            len(self._bones.joints),
        )

    def move(self, t_s: float, steering: float, driven: bool) -> None:
        """``steering``: radians of the wheel, to the left positive; ``driven``: whether she is there."""
        if not driven:
            self._her.node.hide()
            return
        self._her.node.show()
        self._her.pose(self._bones.posed(t_s, steering))


__all__ = ["Driver"]
