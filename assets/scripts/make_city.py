"""Makes the city of the heights scene, with its light: ``python assets/scripts/make_city.py`` (about 40 s). Seeded."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.kit import baked, city  # noqa: E402


def main() -> None:
    made = city.build()
    path = ROOT / "assets" / "models" / "city.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    baked.save(path, made.meshes, made.sun)
    low = path.with_name("city_low_sun.npz")
    # far away the two differ by nothing that one would miss
    baked.save(low, {}, replace(made.low_sun, far=np.ones((1, 1), dtype=np.float32)))
    triangles = sum(mesh.triangle_count for mesh in made.meshes.values())
    print(f"{path}: {triangles} triangles in {len(made.meshes)} meshes, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
