"""Makes the stretches of the road scene: ``python assets/scripts/make_road.py`` (some seconds). NumPy alone, seeded."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.kit import stored  # noqa: E402
from scenes.kit.moving import PAINTS, far_car  # noqa: E402
from scenes.road import open_roads, places, town  # noqa: E402
from vr_runtime.stage.mesh import Mesh, merge  # noqa: E402

BUILT = {
    "residential": town.street,
    "country": open_roads.country,
    "junction": town.crossroads,
    "motorway": open_roads.motorway,
    "tunnel": open_roads.tunnel,
}
"""``parked`` is the residential street too."""
SMALLER = 0.80
"""Cars that stand at the kerb are in the stretch as simple bodies, small enough to hide in the real one when it is near."""


ROOF = (0.03, 0.031, 0.033)
"""Of those bodies: dark, for it is seen through the panes of the real one, and hardly from afar."""


def stand_in(paint: tuple[float, float, float], x: float, y: float, heading: float) -> Mesh:
    made = far_car(paint)
    assert made.tint is not None
    tint = np.array(made.tint)
    tint[-4:] = ROOF
    return replace(made, tint=tint).moved(x, y, 0.05, heading, SMALLER)


def indexed(mesh: Mesh) -> Mesh:
    """Each vertex once."""
    assert mesh.uvs is not None
    assert mesh.tint is not None
    rows = np.column_stack([mesh.positions, mesh.normals, mesh.uvs, mesh.tint]).astype(np.float64)
    _, first, back = np.unique(
        np.round(rows * 1000.0).astype(np.int64), axis=0, return_index=True, return_inverse=True
    )
    return Mesh(
        positions=mesh.positions[first], normals=mesh.normals[first], triangles=back.reshape(-1)[mesh.triangles],
        uvs=mesh.uvs[first], tint=mesh.tint[first],
    )  # fmt: skip


def whole(mesh: Mesh) -> Mesh:
    """Without triangles that have no area, which patches with three corners leave."""
    p = mesh.positions[mesh.triangles]
    area = np.linalg.norm(np.cross(p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]), axis=1)
    return replace(mesh, triangles=mesh.triangles[area > 1e-7])


def main() -> None:
    made: dict[str, Mesh] = {}
    for name, build in BUILT.items():
        run, parked = build()
        rng = np.random.default_rng(9)
        for number, parts in enumerate(run.pieces):
            low = number * places.PIECE_M
            meshes = {material: whole(quads.mesh()) for material, quads in parts.by.items() if quads.count}
            cars = [
                stand_in(PAINTS[rng.integers(len(PAINTS))], x, y, heading)
                for x, y, heading in parked
                if low <= y < low + places.PIECE_M
            ]
            if cars:
                meshes["plain"] = merge([meshes["plain"], *cars])
            for material, mesh in meshes.items():
                # textures keep their place however far along the stretch
                uvs = np.array(mesh.uvs)
                uvs -= np.floor(uvs.reshape(-1, 2).min(axis=0))
                made[f"{name}.{number}.{material}"] = indexed(replace(mesh, uvs=uvs).moved(0.0, -low))
        if parked:
            at = np.array(parked)
            made[f"{name}.parked"] = Mesh(at, np.tile([0.0, 0.0, 1.0], (len(at), 1)), np.array([[0, 0, 0]]))
        count = sum(mesh.triangle_count for key, mesh in made.items() if key.startswith(name))
        print(name, count, "triangles")
    stored.save(ROOT / "assets/models/road.npz", made, {}, step_m=0.002)


if __name__ == "__main__":
    main()
