"""Makes what one stands on in the heights scene, with its light: ``python assets/scripts/make_heights.py`` (about a
minute). What stands in the open gets the share of sky that it sees; the flat behind the balcony gets all of its light."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.heights import balcony, cabin, crane, flat, pavement, railings, roof, site  # noqa: E402
from scenes.kit import indoors, stored  # noqa: E402
from scenes.kit.openness import openness  # noqa: E402
from scenes.kit.quads import Quads  # noqa: E402
from scenes.kit.shapes import Furniture, cut_up  # noqa: E402
from vr_runtime.stage.mesh import Mesh  # noqa: E402

COARSE = {"gravel": 1.5, "tiles": 1.2}
"""Patches of these materials may be longer, m."""


def open_to_sky(name: str, made: Furniture, most_m: float, reach_m: float = 12.0) -> dict[str, Mesh]:
    """Meshes by material with their occlusion."""
    out: dict[str, Mesh] = {}
    for material, quads in made.parts.by.items():
        mesh = cut_up(quads, COARSE.get(material, most_m)).mesh()
        share = openness(mesh.positions, mesh.normals, made.solids, reach_m=reach_m)
        out[f"{name}.{material}"] = replace(mesh, occlusion=np.clip(share, 0.08, 1.0))
    return out


def lived_in() -> dict[str, Mesh]:
    made = flat.inside()
    hull = flat.hull(made.solids)
    indoors.settle(hull, rays=96, bounces=4)
    out: dict[str, Mesh] = {}
    for material, quads in made.parts.by.items():
        mesh = cut_up(quads, 0.4).mesh()
        light = indoors.gather(hull, mesh.positions, mesh.normals, rays=96)
        out[f"flat.{material}"] = replace(mesh, light=light)
    out["flat.shade"] = flat.glowing().mesh()
    return out


def plain(quads: Quads) -> Mesh:
    return quads.mesh()


def main() -> None:
    began = time.perf_counter()
    meshes: dict[str, Mesh] = {}
    meshes |= open_to_sky("balcony", balcony.outside(), 0.35)
    meshes["balcony.leaves"] = plain(balcony.bushes())
    meshes["balcony.shadow"] = plain(balcony.shadow())
    meshes["balcony.trunk"] = plain(balcony.trunk())
    meshes |= lived_in()
    ground, things = roof.flat(), roof.things()
    whole = [*ground.solids, *things.solids]
    for name, made in (("roof", ground), ("clutter", things)):
        made.solids = whole
        meshes |= open_to_sky(name, made, 0.8)
    meshes["roof.shadow"] = plain(roof.shadows())
    meshes |= open_to_sky("site", site.storey(), 0.5)
    meshes |= open_to_sky("beam", site.beam(), 0.5)
    meshes["site.crane"] = plain(crane.crane())
    meshes["beam.marks"], meshes["beam.end"] = plain(site.marks()), plain(site.end_paint())
    meshes |= open_to_sky("cabin", cabin.cabin(), 0.35, reach_m=4.0)
    meshes |= open_to_sky("leaf", cabin.leaf(), 0.5) | open_to_sky("landing", cabin.landing(), 0.5)
    meshes |= open_to_sky("weight", cabin.weight(), 2.0)
    meshes["guides.metal"] = plain(cabin.guides(168.0).parts["metal"])
    meshes |= open_to_sky("street", pavement.things(), 0.5, reach_m=30.0)
    meshes["street.ground"] = plain(pavement.ground())
    meshes |= open_to_sky("street", pavement.kerb(), 1.0, reach_m=30.0)
    meshes["street.shadow"] = plain(pavement.shadows())
    meshes |= railings.all_of_them()
    path = ROOT / "assets" / "models" / "heights.npz"
    stored.save(path, meshes, {}, step_m=0.001)
    triangles = sum(mesh.triangle_count for mesh in meshes.values())
    size = path.stat().st_size / 1e6
    print(
        f"{path}: {triangles} triangles in {len(meshes)} meshes, {size:.2f} MB, {time.perf_counter() - began:.0f} s"
    )


if __name__ == "__main__":
    main()
