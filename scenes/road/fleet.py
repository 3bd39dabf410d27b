"""The other vehicles as nodes: bodies, dark patches under them, lamps that glow; a Geom for each, however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import radians
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenes.kit import stored, wheels
from scenes.kit.quads import Quads, linear
from scenes.road import shadows
from scenes.road.logic import Vehicle
from scenes.road.route import POOL, SIZES
from vr_runtime.stage.flock import HIDDEN, rolling
from vr_runtime.stage.mesh import Mesh, merge, quad

if TYPE_CHECKING:
    from vr_runtime.stage.flock import Flock
    from vr_runtime.stage.kitchen import Kitchen

Array = NDArray[np.float64]
MODEL = "models/vehicles.npz"
HEAVY = ("truck", "lorry", "bus")
PARKED = 10
"""Cars at the kerb that are drawn whole at one time."""
PARKED_M = (-7.0, 42.0)
"""From where to where, along the own car's way."""
COVERS = tuple(
    linear(c)
    for c in (
        (0.84, 0.83, 0.80),
        (0.24, 0.34, 0.50),
        (0.70, 0.70, 0.70),
        (0.30, 0.42, 0.36),
        (0.60, 0.24, 0.20),
    )
)
CABS = tuple(
    linear(c) for c in ((0.62, 0.14, 0.12), (0.80, 0.80, 0.78), (0.18, 0.28, 0.46), (0.34, 0.36, 0.38))
)
DIRT = (0.155, 0.140, 0.115)
CARS = tuple(
    linear(c)
    for c in (
        (0.84, 0.84, 0.83),
        (0.62, 0.63, 0.64),
        (0.16, 0.17, 0.18),
        (0.16, 0.28, 0.50),
        (0.58, 0.12, 0.10),
        (0.36, 0.38, 0.40),
        (0.78, 0.76, 0.71),
        (0.14, 0.17, 0.25),
        (0.22, 0.36, 0.30),
        (0.74, 0.44, 0.14),
        (0.30, 0.44, 0.58),
        (0.46, 0.34, 0.26),
        (0.84, 0.84, 0.83),
        (0.40, 0.42, 0.40),
        (0.72, 0.66, 0.30),
        (0.42, 0.12, 0.16),
    )
)
LAMPS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    # kind: x, y, z of the right headlight; of the right rear lamp
    "hatch": ((0.58, 2.04, 0.77), (0.66, -2.08, 0.95)),
    "suv": ((0.64, 2.22, 0.82), (0.70, -2.28, 0.92)),
    "van": ((0.70, 2.93, 0.92), (0.88, -2.99, 1.02)),
    "ambulance": ((0.70, 2.93, 0.92), (0.88, -2.99, 1.02)),
    "truck": ((0.92, 3.47, 0.80), (0.92, -3.48, 0.78)),
    "lorry": ((0.98, 8.24, 0.70), (0.92, -8.24, 0.90)),
    "bus": ((1.00, 6.03, 0.72), (0.98, -6.03, 0.95)),
}


def paint_of(kind: str, slot: int) -> tuple[float, float, float]:
    if kind == "ambulance":
        return (0.66, 0.66, 0.64)
    if kind == "bus":
        return ((0.02, 0.36, 0.42), (0.42, 0.10, 0.08))[slot % 2]
    if kind == "truck":
        return CABS[slot % len(CABS)]
    if kind == "van":
        return (
            (0.62, 0.62, 0.60),
            (0.60, 0.60, 0.58),
            (0.10, 0.14, 0.24),
            (0.55, 0.55, 0.54),
            (0.24, 0.25, 0.26),
        )[slot % 5]
    return CARS[(slot * 7 + len(kind)) % len(CARS)]


def bodies(
    parts: dict[str, Mesh], kind: str, slot: int, driven: bool = True
) -> tuple[Mesh, Mesh, Mesh | None]:
    """What shines (its rims can turn), what is dull, and the panes of one vehicle, if one can look through them."""
    model = "van" if kind == "ambulance" else kind
    colour = np.asarray(paint_of(kind, slot), dtype=np.float32)
    gloss, panes = parts[f"{model}.gloss"], parts.get(f"{model}.panes")
    if panes is not None:
        gloss = replace(gloss, triangles=gloss.triangles[: -panes.triangle_count])
    shiny = [wheels.turning(gloss, parts[f"{model}.tyres"])]
    dull = [parts[f"{model}.matt"], parts[f"{model}.tyres"]]
    if panes is not None:
        dull.append(parts[f"{model}.inside"])
        if driven:
            dull.append(parts[f"{model}.driver"])
    for name, heap, tone in (
        ("paint", shiny, colour),
        ("cover", dull, np.asarray(COVERS[slot % len(COVERS)], dtype=np.float32)),
    ):
        mesh = parts.get(f"{model}.{name}")
        if mesh is not None:
            assert mesh.tint is not None
            heap.append(soiled(replace(mesh, tint=mesh.tint * tone), (slot * 5 + len(kind)) % 7 / 6.0))
    if kind == "ambulance":
        shiny.append(livery())
    return merge(shiny), merge(dull), panes


def soiled(mesh: Mesh, share: float) -> Mesh:
    """With the road's dirt on its lower parts; ``share``: 0 just washed, 1 not for long."""
    assert mesh.tint is not None
    low = np.clip((0.78 - mesh.positions[:, 2]) / 0.45, 0.0, 1.0)[:, None] ** 1.5
    cover = (0.12 + 0.55 * share) * low + 0.06 * share
    return replace(mesh, tint=(mesh.tint * (1.0 - cover) + np.float32(DIRT) * cover).astype(np.float32))


def livery() -> Mesh:
    """An ambulance's bands of blocks and its bar of lamps."""
    quads = Quads()
    yellow, green, blue = linear((0.86, 0.80, 0.20)), linear((0.10, 0.42, 0.24)), (0.02, 0.06, 0.30)
    for side in (-1.0, 1.0):
        for k in range(11):
            y0, y1 = sorted((-2.75 + 0.42 * k, -2.75 + 0.42 * (k + 1)))
            x = side * 0.985
            start, along = (y0, y1 - y0) if side > 0 else (y1, y0 - y1)
            quads.rect((x, start, 0.92), (0, along, 0), (0, 0, 0.34), tint=yellow if k % 2 else green)
    quads.boxes((-0.62, 0.95, 2.40), (0.62, 1.25, 2.58), tint=(0.35, 0.36, 0.38), metres=None)
    for x in (-0.42, 0.42):
        quads.boxes((x - 0.20, 0.93, 2.42), (x + 0.20, 1.27, 2.60), tint=blue, metres=None)
        quads.boxes((x * 1.9 - 0.12, -2.96, 2.36), (x * 1.9 + 0.12, -2.76, 2.50), tint=blue, metres=None)
    made = quads.mesh()
    return replace(made, uvs=np.tile(np.float32([[0.995, 0.497]]), (len(made.positions), 1)))


def halo(x: float, y: float, z: float, size: float) -> Mesh:
    """A card that glows, facing ahead (y above 0) or back."""
    s, way = size / 2, -1.0 if y > 0 else 1.0
    return quad(
        [(x - way * s, y, z - s), (x + way * s, y, z - s), (x + way * s, y, z + s), (x - way * s, y, z + s)]
    )


def pair(at: tuple[float, float, float], size: float) -> Mesh:
    x, y, z = at
    y += 0.14 if y > 0 else -0.14
    return merge([halo(-x, y, z, size), halo(x, y, z, size)])


def spray(kind: str) -> Mesh:
    """Wet air behind the wheels, in three sheets."""
    long, wide = SIZES[kind]
    made = []
    for k, (back, high) in enumerate(((0.5, 1.3), (1.8, 1.9), (3.6, 2.3))):
        w, y, z = wide * (0.7 + 0.14 * k), -long / 2 - back, high * (1.5 if kind in HEAVY else 1.0)
        made.append(quad([(-w, y, -0.6 * z), (w, y, -0.6 * z), (w, y, z), (-w, y, z)]))
    return merge(made)


def underneath(kind: str) -> Mesh:
    long, wide = SIZES[kind]
    w, h = wide / 2 + 0.15, long / 2 + 0.25
    return quad([(-w, -h, 0.016), (w, -h, 0.016), (w, h, 0.016), (-w, h, 0.016)])


class Fleet:
    """All vehicles of the pool, and the nearest of those that stand at the kerb."""

    def __init__(self, kitchen: Kitchen) -> None:
        parts, _ = stored.load(MODEL)
        picture = kitchen.texture_file("textures/road/vehicles.jpg")
        soft = kitchen.texture_file("textures/road/halo.png", wrap="clamp")
        dark = kitchen.texture_file("textures/road/shade.png", wrap="clamp")

        def body(name: str, roughness: float) -> object:
            return kitchen.material(
                name,
                colour=(1, 1, 1),
                roughness=roughness,
                texture=picture,
                flock=True,
                rigid=True,
                lamps=True,
                two_sided=True,
                rolls=name == "bodies",
                sun_strip=True,
            )

        def glowing(name: str, light: Sequence[float]) -> object:
            return kitchen.material(
                name, colour=(0, 0, 0), roughness=1.0, texture=soft, emissive=light, transparent=True, flock=True, rigid=True, two_sided=True, shine=0.0,
            )  # fmt: skip

        shiny, dull = body("bodies", 0.20), body("dull bodies", 0.85)
        # both faces of a pane mirror, so it shines twice; a third of the light does not come through
        glass = kitchen.material(
            "panes of vehicles", colour=(0.012, 0.014, 0.016), roughness=0.06, opacity=0.42, transparent=True, flock=True, rigid=True, lamps=True, two_sided=True, shine=2.2,
        )  # fmt: skip
        shade = kitchen.material(
            "under vehicles",
            colour=(0, 0, 0),
            roughness=1.0,
            texture=dark,
            opacity=1.0,
            transparent=True,
            flock=True,
            rigid=True,
            shine=0.0,
        )
        self._groups: list[tuple[list[tuple[str, int]], list[Flock]]] = []
        for name, kinds in (("cars", [k for k in POOL if k not in HEAVY]), ("heavy", list(HEAVY))):
            members = [(kind, slot) for kind in kinds for slot in range(POOL[kind])]
            pairs = [bodies(parts, kind, slot) for kind, slot in members]
            flocks = [
                kitchen.flock(
                    f"{name} shiny",
                    [p[0] for p in pairs],
                    shiny,  # type: ignore[arg-type]
                    shadow=shadows.STRENGTH,
                    shadow_in_sun_strip=True,
                    outlines=[shadows.outline(kind) for kind, _ in members],
                ),
                kitchen.flock(f"{name} dull", [p[1] for p in pairs], dull),  # type: ignore[arg-type]
            ]
            if name == "cars":
                flocks.append(
                    kitchen.flock("panes of cars", [p[2] for p in pairs if p[2] is not None], glass)
                )
            for made in flocks:
                kitchen.stimulus(made.node, "vehicle", *(["ambulance"] if "ambulance" in kinds else []))
            self._groups.append((members, flocks))
        everyone = [(kind, slot) for kind in POOL for slot in range(POOL[kind])]
        self._index = {member: k for k, member in enumerate(everyone)}
        kinds = [kind for kind, _ in everyone]
        radii = {
            kind: wheels.radius_m(parts[f"{'van' if kind == 'ambulance' else kind}.tyres"]) for kind in POOL
        }
        self._radius_m = np.array([radii[kind] for kind in kinds])
        self._under = kitchen.flock("under vehicles", [underneath(kind) for kind in kinds], shade)
        self._heads = kitchen.flock(
            "headlights",
            [pair(LAMPS[kind][0], 3.2) for kind in kinds],
            glowing("headlights", (9.0, 8.4, 7.4)),
        )  # type: ignore[arg-type]
        self._tails = kitchen.flock(
            "rear lamps",
            [pair(LAMPS[kind][1], 1.1) for kind in kinds],
            glowing("rear lamps", (1.1, 0.035, 0.02)),
        )  # type: ignore[arg-type]
        self._brakes = kitchen.flock(
            "brake lamps",
            [pair(LAMPS[kind][1], 2.2) for kind in kinds],
            glowing("brake lamps", (3.4, 0.12, 0.06)),
        )  # type: ignore[arg-type]
        mist = kitchen.material(
            "spray", colour=(0.75, 0.75, 0.75), roughness=1.0, texture=kitchen.texture_file("textures/road/mist.png", wrap="clamp"), opacity=0.55,
            transparent=True, flock=True, rigid=True, two_sided=True, shine=0.0, lamps=True,
        )  # fmt: skip
        self._spray = kitchen.flock("spray", [spray(kind) for kind in kinds], mist)
        self._places = np.zeros((len(everyone), 4))
        bar = [
            merge(
                [halo(x, y, z, 1.5) for x in (-0.42, 0.42) for y, z in ((1.30, 2.52),)]
                + [halo(x, -3.12, 2.44, 1.4) for x in (-0.8, 0.8)]
            )
        ]
        self._blue = kitchen.flock("blue lamps", bar, glowing("blue lamps", (0.25, 0.65, 3.4)))  # type: ignore[arg-type]
        kept = [("suv" if k % 3 == 2 else "hatch", k + 20) for k in range(PARKED)]
        pairs = [bodies(parts, kind, slot, driven=False) for kind, slot in kept]
        self._parked = [
            kitchen.flock("parked shiny", [p[0] for p in pairs], shiny),  # type: ignore[arg-type]
            kitchen.flock("parked dull", [p[1] for p in pairs], dull),  # type: ignore[arg-type]
            kitchen.flock("panes of parked", [p[2] for p in pairs if p[2] is not None], glass),
            kitchen.flock("under parked", [underneath(kind) for kind, _ in kept], shade),
        ]

    def shade(self, sharp: float) -> None:
        """``sharp``: strength of the shadows that the sun throws, 1 on a bright day."""
        for _, flocks in self._groups:
            thrown = flocks[0].thrown
            assert thrown is not None
            if sharp > 0.02:
                thrown.show()
                thrown.set_color_scale(1.0, 1.0, 1.0, sharp)
            else:
                thrown.hide()

    def draw(self, vehicles: Sequence[Vehicle], lamps_on: bool, blue: float, rain: float) -> None:
        """``blue``: brightness of the ambulance's lamps; ``rain``: 0 to 1."""
        rows = self._places
        rows[:, 3] = HIDDEN
        braking = np.zeros(len(rows), dtype=bool)
        lit = np.zeros(len(rows), dtype=bool)
        wet = np.zeros(len(rows), dtype=bool)
        rolled = np.zeros((len(rows), 2))
        for item in vehicles:
            k = self._index.get((item.kind, item.slot))
            if k is None:
                continue
            rows[k] = (item.x, item.y, radians(item.heading), 0.0)
            rolled[k] = (item.way_m, item.speed_m_s)
            braking[k] = item.braking
            wet[k] = item.speed_m_s > 8.0
            lit[k] = item.kind != "ambulance" or blue > 0.0
        there = rows[:, 3] > HIDDEN
        rows[:, 3] = np.where(there, rolling(rolled[:, 0], rolled[:, 1], self._radius_m), HIDDEN)
        for members, flocks in self._groups:
            places = rows[[self._index[member] for member in members]]
            shown = bool((places[:, 3] > HIDDEN).any())
            for made in flocks:
                if shown:
                    made.node.show()
                    made.place(places)
                else:
                    made.node.hide()
        self._under.place(rows)
        mist = min(1.0, 1.3 * rain)
        self._spray.node.set_color_scale(1.0, 1.0, 1.0, mist)
        for made, on in (
            (self._spray, wet & (mist > 0.05)),
            (self._heads, lit & lamps_on),
            (self._tails, lit & lamps_on),
            (self._brakes, braking),
        ):
            if on.any():
                made.node.show()
                made.place(np.where(on[:, None], rows, (0.0, 0.0, 0.0, HIDDEN)))
            else:
                made.node.hide()
        ambulance = rows[self._index[("ambulance", 0)]]
        if blue > 0.01 and ambulance[3] > HIDDEN:
            self._blue.node.show()
            self._blue.node.set_color_scale(blue, blue, blue, blue)
            self._blue.place(ambulance[None, :])
        else:
            self._blue.node.hide()

    def shown(self) -> dict[tuple[str, int], tuple[float, float]]:
        """Where who is drawn: x, y by kind and slot."""
        return {
            member: (float(self._places[k, 0]), float(self._places[k, 1]))
            for member, k in self._index.items()
            if self._places[k, 3] > HIDDEN
        }

    def park(self, places: Array, numbers: NDArray[np.int_]) -> None:
        """(n, 3) of x, y (own frame) and heading (degrees) of what stands at the kerb near by, and each one's number
        along the street; where there are more than ``PARKED``, later ones take the place of earlier ones."""
        rows = np.zeros((PARKED, 4))
        rows[:, 3] = HIDDEN
        slots = numbers % PARKED
        rows[slots, :2] = places[:, :2]
        rows[slots, 2] = np.radians(places[:, 2])
        rows[slots, 3] = 0.0
        for made in self._parked:
            if len(places):
                made.node.show()
                made.place(rows)
            else:
                made.node.hide()
