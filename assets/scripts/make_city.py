"""Makes the city of the heights scene, with its light: ``python assets/scripts/make_city.py`` (about 20 s). Seeded."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.kit import baked, city  # noqa: E402


def main() -> None:
    made = city.build()
    path = ROOT / "assets" / "models" / "city.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    baked.save(path, made.meshes, made.sun)
    triangles = sum(mesh.triangle_count for mesh in made.meshes.values())
    print(f"{path}: {triangles} triangles in {len(made.meshes)} meshes, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
