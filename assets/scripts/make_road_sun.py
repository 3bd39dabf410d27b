"""Works out where the sun reaches along the road scene's stretches: ``python assets/scripts/make_road_sun.py`` (a minute
or two, after ``make_road.py``). NumPy and Pillow alone."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from scenes.kit import roads, stored  # noqa: E402
from scenes.road import places, shadows  # noqa: E402
from vr_runtime.stage.mesh import merge  # noqa: E402


def main() -> None:
    meshes, _ = stored.load("models/road.npz")
    leaves = Image.open(ROOT / "assets" / roads.TREES).convert("RGBA")
    covered = np.asarray(leaves)[..., 3] / 255.0
    made = {}
    for name, look in places.LOOKS.items():
        if look.tube_m > 0.0:
            continue
        whole = {}
        for kind in shadows.CASTS:
            parts = [
                mesh.moved(y=int(key.split(".")[1]) * places.PIECE_M)
                for key, mesh in meshes.items()
                if key.split(".")[0] == name and key.split(".")[-1] == kind
            ]
            if parts:
                whole[kind] = merge(parts)
        made[name] = shadows.strip(whole, covered)
        print(name, made[name].shape, f"{(made[name] > 0).mean():.2f} in the shade", flush=True)
    np.savez_compressed(ROOT / "assets" / shadows.MODEL, **made)


if __name__ == "__main__":
    main()
