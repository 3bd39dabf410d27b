"""Rails as meshes: runs along x, out over the drop towards +y, the rail's middle at y = 0. Bodies are 1 m high and are
scaled to their height; tops lie at z = 0 and ride on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from scenes.heights.places import EDGE_Y, PLACES, RAIL_IN_M, WALL_Y
from scenes.kit.quads import Quads, linear
from scenes.kit.shapes import board, leg
from scenes.kit.town import TOWER
from vr_runtime.stage.mesh import Mesh, merge

STEEL = linear((0.33, 0.34, 0.35))
BRIGHT = linear((0.58, 0.59, 0.60))
DARK = linear((0.22, 0.23, 0.24))
COPING = linear((0.80, 0.79, 0.76))
RENDER = linear((0.97, 0.94, 0.89))
GREEN = linear((0.45, 0.62, 0.57))

Run = tuple[tuple[float, float], tuple[float, float]]
"""From a to b in the plane; the drop lies to the left of the way."""
Made = dict[str, Quads]


def solid(long: float) -> tuple[Made, Made]:
    """A rendered wall and the stone on it."""
    body, top = Quads(), Quads()
    body.boxes((0.0, -0.075, -0.02), (long, 0.055, 1.0), tint=RENDER, metres=2.0, sides="xXyYZ")
    n = max(1, round(long / 1.2))
    for k in range(n):
        a, b = long * k / n, long * (k + 1) / n
        board(top, (a, -0.105, 0.0), (b, 0.09, 0.05), COPING, bevel=0.008)
    return {"render": body}, {"matt": top}


def bars(long: float) -> tuple[Made, Made]:
    """Flat posts on plates, round uprights 11 cm apart, a rail at the foot, a round handrail."""
    body, top = Quads(), Quads()
    posts = max(1, round(long / 1.3))
    for k in range(posts + 1):
        x = min(max(long * k / posts, 0.03), long - 0.03)
        board(body, (x - 0.006, -0.03, 0.0), (x + 0.006, 0.03, 1.0), STEEL, bevel=0.002)
        board(body, (x - 0.05, -0.05, 0.0), (x + 0.05, 0.05, 0.012), STEEL, bevel=0.002)
        for dx in (-0.034, 0.034):
            for dy in (-0.034, 0.034):
                body.boxes(
                    (x + dx - 0.008, dy - 0.008, 0.012), (x + dx + 0.008, dy + 0.008, 0.026), tint=BRIGHT
                )
    count = max(2, round(long / 0.112))
    for k in range(1, count):
        x = long * k / count
        leg(body, (x, 0.0, 0.07), (x, 0.0, 1.0), 0.007, 0.007, STEEL, 6)
    board(body, (0.0, -0.014, 0.06), (long, 0.014, 0.084), STEEL, bevel=0.003)
    board(body, (0.0, -0.014, 0.93), (long, 0.014, 0.954), STEEL, bevel=0.003)
    leg(top, (-0.01, 0.0, 0.0), (long + 0.01, 0.0, 0.0), 0.024, 0.024, STEEL, 14)
    return {"metal": body}, {"metal": top}


def glass(long: float, posted: bool = True) -> tuple[Made, Made]:
    """Panes in a shoe along the foot, held by slender posts; their cut edges look green."""
    steel, pane, rim, top = Quads(), Quads(), Quads(), Quads()
    board(steel, (0.0, -0.03, 0.0), (long, 0.03, 0.09), BRIGHT, bevel=0.004)
    n = max(1, round(long / 1.25))
    for k in range(n):
        a, b = long * k / n + 0.012, long * (k + 1) / n - 0.012
        pane.rect((a, 0.0, 0.08), (b - a, 0, 0), (0, 0, 0.90))
        for x in (a, b):
            rim.boxes((x - 0.0025, -0.008, 0.08), (x + 0.0025, 0.008, 0.98), tint=GREEN, sides="xXyY")
        rim.boxes((a, -0.008, 0.975), (b, 0.008, 0.981), tint=GREEN, sides="yYzZ")
    if posted:
        for k in range(n + 1):
            x = min(max(long * k / n, 0.02), long - 0.02)
            board(steel, (x - 0.018, -0.012, 0.0), (x + 0.018, 0.012, 1.0), STEEL, bevel=0.003)
            for z in (0.30, 0.72):
                board(steel, (x - 0.045, -0.018, z), (x + 0.045, 0.018, z + 0.05), BRIGHT, bevel=0.004)
    leg(top, (-0.01, 0.0, 0.0), (long + 0.01, 0.0, 0.0), 0.021, 0.021, BRIGHT, 14)
    steel.extend(rim)
    return {"metal": steel, "glass": pane}, {"metal": top}


PARTS = ("body", "top")
KINDS = {"solid": solid, "bars": bars, "glass": glass}


def along(kind: str, runs: list[Run]) -> tuple[Mapping[str, Mesh], Mapping[str, Mesh]]:
    """Body and top of a kind along some runs, as meshes by material."""
    bodies: dict[str, list[Mesh]] = {}
    tops: dict[str, list[Mesh]] = {}
    for (ax, ay), (bx, by) in runs:
        long = float(np.hypot(bx - ax, by - ay))
        turn = float(np.degrees(np.arctan2(by - ay, bx - ax)))
        for made, kept in zip(KINDS[kind](long), (bodies, tops), strict=True):
            for name, quads in made.items():
                kept.setdefault(name, []).append(_footed(quads.mesh()).moved(ax, ay, 0.0, turn))
    return (
        {name: merge(parts) for name, parts in bodies.items()},
        {name: merge(parts) for name, parts in tops.items()},
    )


def runs() -> dict[str, list[Run]]:
    """Where rails stand, by place. Those of the platform stand by sides, which are moved with its width."""
    found: dict[str, list[Run]] = {}
    for place in ("balcony", "lift"):
        here = PLACES[place]
        assert here.right is not None
        x, y = here.right - RAIL_IN_M, here.edge_y - RAIL_IN_M
        wide = here.right if place == "balcony" else x
        found[place] = [((x, here.back_y), (x, y)), ((wide, y), (-wide, y)), ((-x, y), (-x, here.back_y))]
    y = PLACES["roof"].edge_y - RAIL_IN_M
    found["roof"] = [((TOWER[2], y), (TOWER[0], y))]
    y = EDGE_Y - RAIL_IN_M
    found["beam"] = [((0.5, y), (-0.5, y))]
    found["front"] = [((1.5, y), (-1.5, y))]
    found["left"] = [((0.0, y), (0.0, WALL_Y))]
    found["right"] = [((0.0, WALL_Y), (0.0, y))]
    return found


def all_of_them() -> dict[str, Mesh]:
    """Every rail, by ``rail.<where>-<kind>-<body or top>.<material>``."""
    made: dict[str, Mesh] = {}
    for where, some in runs().items():
        for kind in KINDS:
            for part, meshes in zip(PARTS, along(kind, some), strict=True):
                for material, mesh in meshes.items():
                    made[f"rail.{where}-{kind}-{part}.{material}"] = mesh
    return made


def pieces(meshes: Mapping[str, Mesh], where: str, kind: str, part: str) -> dict[str, Mesh]:
    """One kind's body or top at a place, by material, from the assets."""
    begin = f"rail.{where}-{kind}-{part}."
    return {key.removeprefix(begin): mesh for key, mesh in meshes.items() if key.startswith(begin)}


def _footed(mesh: Mesh) -> Mesh:
    """Darker towards the floor, where less light comes to."""
    high = np.ptp(mesh.positions[:, 2]) > 0.3
    share = np.clip(mesh.positions[:, 2] / 0.35, 0.0, 1.0) if high else np.ones(len(mesh.positions))
    return replace(mesh, occlusion=(0.72 + 0.28 * share).astype(np.float32))
