"""The patient's own car as nodes: what stands still in it, the wheel, needles, wipers, mirrors, panes."""

from __future__ import annotations

from math import degrees, pi
from typing import TYPE_CHECKING

import numpy as np

from scenes.kit import stored
from scenes.road import cabin
from scenes.road.driving import SWEEP_S
from scenes.road.seats import SEAT_AHEAD_M, seat_and_rest
from vr_runtime.stage.mesh import Mesh, merge, quad
from vr_runtime.stage.people import ATLAS

if TYPE_CHECKING:
    from panda3d.core import NodePath

    from vr_runtime.stage.kitchen import Kitchen

FOLDER = "textures/road"
MODEL = "models/own_car.npz"
BODY = tuple(f"{part}_{side}" for part in ("lap", "worn", "hung") for side in ("left", "right"))
"""The patient's lap, belts that are worn and belts that hang, by side."""
PAINT = (0.055, 0.070, 0.095)
NEEDLE = (1.0, 0.16, 0.05)


def card(width: float, height: float, u: tuple[float, float] = (0.0, 1.0)) -> Mesh:
    """Upright, facing -y, its middle at the origin."""
    w, h = width / 2, height / 2
    made = quad([(-w, 0, -h), (w, 0, -h), (w, 0, h), (-w, 0, h)])
    uvs = np.array(made.uvs)
    uvs[:, 0] = u[0] + (u[1] - u[0]) * uvs[:, 0]
    return Mesh(**{**vars(made), "uvs": uvs})


def needle() -> Mesh:
    """Along +x, its pivot at the origin, facing -y."""
    corners = [(-0.010, 0, -0.0016), (0.041, 0, -0.0006), (0.041, 0, 0.0006), (-0.010, 0, 0.0016)]
    return quad(corners)


class OwnCar:
    """``move`` brings it in line with the logic."""

    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self.root = kitchen.node("own car")
        meshes, _ = stored.load(MODEL)
        grain = kitchen.texture_file(f"{FOLDER}/grain_n.jpg", srgb=False)

        def inside(name: str, roughness: float, **more: object) -> object:
            return kitchen.material(
                name,
                colour=(1, 1, 1),
                roughness=roughness,
                vertex_light=True,
                lamps=True,
                cabin=True,
                fogged=False,
                **more,
            )  # type: ignore[arg-type]

        plastic = inside("plastic", 0.62, normal=grain, normal_strength=0.55, uv_scale=(10.0, 10.0))
        gloss = inside("gloss", 0.22)
        lining = inside(
            "lining", 1.0, texture=kitchen.texture_file(f"{FOLDER}/felt.jpg"), uv_scale=(6.0, 6.0), shine=0.2
        )
        cloth = inside(
            "cloth",
            1.0,
            texture=kitchen.texture_file(f"{FOLDER}/cloth.jpg"),
            normal=kitchen.texture_file(f"{FOLDER}/cloth_n.jpg", srgb=False),
            normal_strength=0.5,
            uv_scale=(8.0, 8.0),
            shine=0.4,
        )
        paint = kitchen.material(
            "own paint", colour=PAINT, roughness=0.16, lamps=True, sun_strip=True, fogged=False
        )
        for name, material in (
            ("plastic", plastic),
            ("gloss", gloss),
            ("lining", lining),
            ("cloth", cloth),
            ("paint", paint),
        ):
            node = kitchen.mesh(name, meshes[name], material, parent=self.root)  # type: ignore[arg-type]
            if name == "cloth":
                self._cloth = node
            # it hides most of the world: drawn first
            node.set_bin("background", 10)
        # the same upholstery once more, for who has moved her seat ahead: her arms are shorter than the wheel is far
        seat, rest = seat_and_rest(meshes["cloth"])
        self._moved = kitchen.node("seat ahead", self.root)
        for name, mesh, y in (("seat", seat, SEAT_AHEAD_M), ("other seats", rest, 0.0)):
            node = kitchen.mesh(name, mesh, cloth, parent=self._moved)  # type: ignore[arg-type]
            node.set_bin("background", 10)
            node.set_y(y)
        self._moved.hide()
        trousers = inside("lap", 0.85, texture=kitchen.texture_file(ATLAS), shine=0.5)
        webbing = inside("webbing", 0.6, shine=0.6)
        self._body: dict[str, NodePath] = {}
        for name in BODY:
            node = kitchen.mesh(
                name, meshes[name], trousers if name.startswith("lap") else webbing, parent=self.root
            )  # type: ignore[arg-type]
            node.set_bin("background", 8)
            node.hide()
            self._body[name] = node
        self._wheel = kitchen.node("wheel", self.root)
        self._wheel.set_pos(*cabin.WHEEL)
        tilted = kitchen.node("wheel's plane", self._wheel)
        tilted.set_p(-degrees(cabin.WHEEL_TILT))
        self._steered = kitchen.node("steered", tilted)
        for name, material in (("wheel", plastic), ("wheel_gloss", gloss)):
            kitchen.mesh(name, meshes[name], material, parent=self._steered).set_bin("background", 9)  # type: ignore[arg-type]
        self._instruments()
        self._panes(meshes)
        self._mirrors()

    def _instruments(self) -> None:
        kitchen = self._kitchen
        face = kitchen.node("instruments", self.root)
        face.set_pos(*cabin.CLUSTER)
        face.set_p(-degrees(cabin.CLUSTER_TILT))
        self.lit: list[NodePath] = []
        for name, picture, size, parent in (
            ("face", "cluster", cabin.CLUSTER_SIZE, face),
            ("screen", "screen", cabin.SCREEN_SIZE, None),
        ):
            texture = kitchen.texture_file(f"{FOLDER}/{picture}.png", wrap="clamp")
            glowing = kitchen.material(
                picture, colour=(0.02, 0.02, 0.02), roughness=0.35, emissive=(1, 1, 1), emissive_texture=texture, fogged=False, shine=0.25,
            )  # fmt: skip
            node = kitchen.mesh(name, card(*size), glowing, parent=parent or self.root)
            if parent is None:
                node.set_pos(*cabin.SCREEN)
                node.set_p(-degrees(cabin.SCREEN_TILT))
            self.lit.append(node)
        red = kitchen.material(
            "needle", colour=(0.3, 0.02, 0.01), roughness=0.6, emissive=NEEDLE, fogged=False
        )
        self.needles: dict[str, NodePath] = {}
        for name, x in cabin.DIALS.items():
            node = kitchen.mesh(f"needle {name}", needle(), red, parent=face)
            node.set_pos(x, -0.004, 0.0)
            self.needles[name] = node
        self.lit += self.needles.values()
        lamp = kitchen.material(
            "tell-tale", colour=(0.01, 0.02, 0.01), emissive=(0.10, 1.0, 0.18), fogged=False
        )
        self._arrows: list[NodePath] = []
        for side in (-1.0, 1.0):
            shaft = quad([(-0.004, 0, -0.0022), (0.0, 0, -0.0022), (0.0, 0, 0.0022), (-0.004, 0, 0.0022)])
            head = quad([(0.0, 0, -0.0048), (0.0058, 0, 0.0), (0.0058, 0, 0.0), (0.0, 0, 0.0048)])
            arrow = merge([shaft, head])
            node = kitchen.mesh("arrow", arrow, lamp, parent=face)
            node.set_pos(side * 0.019, -0.003, 0.047)
            node.set_r(0.0 if side > 0 else 180.0)
            self._arrows.append(node)

    def _panes(self, meshes: dict[str, Mesh]) -> None:
        kitchen = self._kitchen
        glass = kitchen.material(
            "panes", colour=(0.30, 0.31, 0.30), roughness=0.05, opacity=0.022, transparent=True, two_sided=True, fogged=False, rain_pane=True, shine=0.10,
        )  # fmt: skip
        front = kitchen.mesh("windscreen", meshes["windscreen"], glass, parent=self.root)
        sides = kitchen.mesh("windows", meshes["windows"], glass, parent=self.root)
        for node in (front, sides):
            node.set_bin("transparent", 20)
        self._front, self._sides = kitchen.pane(front), kitchen.pane(sides)
        self._front.below(cabin.DASH_TOP, cabin.DASH_HALF, cabin.SLOT_Y, cabin.DISC)
        left, right = (cabin.on_pane(point) for point in cabin.WIPERS)
        self._front.wipers(left[0], right[0], left[1], SWEEP_S / 2.0)
        self._front.sweep(cabin.WIPER_PARKED, cabin.WIPER_TURNED, 0.07, cabin.WIPER_M)
        dull = kitchen.material("wipers", colour=(1, 1, 1), roughness=0.7, lamps=True, fogged=False)
        self.wipers: list[NodePath] = []
        for point in cabin.WIPERS:
            plane = kitchen.node("wiper's plane", self.root)
            plane.set_pos(*point)
            plane.set_p(-degrees(cabin.PANE_PITCH))
            blade = kitchen.mesh("wiper", meshes["wiper"], dull, parent=plane)
            blade.set_z(0.012)
            self.wipers.append(blade)

    def _mirrors(self) -> None:
        kitchen = self._kitchen
        noise = kitchen.texture_file(f"{FOLDER}/noise.jpg", srgb=False)
        seen = kitchen.material("mirror", colour=(0, 0, 0), roughness=0.05, rear_view=noise, fogged=False)
        made: list[Mesh] = []
        places = (cabin.REAR_MIRROR, *cabin.DOOR_MIRRORS)
        sizes = (cabin.REAR_MIRROR_SIZE, cabin.DOOR_MIRROR_SIZE, cabin.DOOR_MIRROR_SIZE)
        for place, size, to in zip(places, sizes, cabin.SEEN, strict=True):
            heading, pitch = cabin.facing(place, to)
            out = 0.013 if place is cabin.REAR_MIRROR else 0.014
            c, s, cp, sp = np.cos(heading), np.sin(heading), np.cos(pitch), np.sin(pitch)
            turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array(
                [[1, 0, 0], [0, cp, -sp], [0, sp, cp]]
            )
            matrix = np.eye(4)
            matrix[:3, :3] = turn
            matrix[:3, 3] = np.array(place) + turn @ np.array([0.0, -out, 0.0])
            made.append(plate(*size).transformed(matrix))
        kitchen.mesh("mirrors", merge(made), seen, parent=self.root)

    def move(
        self,
        *,
        speed_km_h: float,
        rev: float,
        steering: float,
        wiper: float,
        wiper_way: float,
        indicator: tuple[bool, bool],
        rain: float,
        t_s: float,
        glow: float,
        dash: tuple[float, float, float],
    ) -> None:
        """``steering``: radians of the wheel, to the left positive; ``wiper`` 0 (parked) to 1; ``glow``: brightness of
        the instruments; ``dash``: the light of the dashboard's top, which the windscreen mirrors."""
        self._steered.set_r(-degrees(steering))
        for name, angle in (("speed", cabin.speed_angle(speed_km_h)), ("rev", cabin.rev_angle(rev))):
            self.needles[name].set_r(-degrees(angle))
        turn = cabin.WIPER_PARKED + (cabin.WIPER_TURNED - cabin.WIPER_PARKED) * wiper
        for blade in self.wipers:
            blade.set_h(-degrees(turn))
        for arrow, on in zip(self._arrows, indicator, strict=True):
            if on:
                arrow.show()
            else:
                arrow.hide()
        for node in self.lit:
            node.set_color_scale(glow, glow, glow, 1.0)
        self._front.look(rain, t_s, wiper, wiper_way)
        self._sides.look(rain, t_s, 0.0, 1.0)
        self._sides.flow(speed_km_h / 70.0, runs=True)
        self._front.veil(dash, 1.0)

    def seat(self, role: str, driven: bool) -> None:
        """The patient's lap and belt on the seat of this role; ``driven``: somebody else sits at the wheel."""
        own = "left" if role == "driver" else "right"
        shown = {f"lap_{own}", f"worn_{own}"}
        other = own == "right" and driven
        if not other:
            shown.add("hung_left" if own == "right" else "hung_right")
        for node, there in ((self._moved, other), (self._cloth, not other)):
            if there:
                node.show()
            else:
                node.hide()
        for name, node in self._body.items():
            if name in shown:
                node.show()
            else:
                node.hide()


def plate(width: float, height: float, corners: int = 6) -> Mesh:
    """A mirror's pane: a card with rounded corners, facing -y."""
    r = 0.38 * height
    points = []
    for cx, cz, first in ((1, 1, 0.0), (-1, 1, pi / 2), (-1, -1, pi), (1, -1, 1.5 * pi)):
        for k in range(corners):
            a = first + pi / 2 * k / (corners - 1)
            points.append((cx * (width / 2 - r) + r * np.cos(a), 0.0, cz * (height / 2 - r) + r * np.sin(a)))
    rim = np.array([(0.0, 0.0, 0.0), *points])
    n = len(points)
    triangles = np.array([(0, 1 + (k + 1) % n, 1 + k) for k in range(n)])
    return Mesh(rim, np.tile([0.0, -1.0, 0.0], (n + 1, 1)), triangles[:, ::-1], uvs=rim[:, [0, 2]])
