"""``make pictures``: every step of every scene from the eyes of a standing person, as PNG files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PIL import Image

from vr_runtime.catalogue import ScenePack, find_scenes, pick
from vr_runtime.display.snapshot import FINE
from vr_runtime.scene_views import VIEWS, Viewer

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help="scenes to draw (all)")
    parser.add_argument("--out", type=Path, default=ROOT / "out" / "pictures")
    parser.add_argument("--steps", help="numbers of steps, as 1,4,8 (all)")
    parser.add_argument("--views", default="front,down", help=f"of {', '.join(VIEWS)}")
    parser.add_argument("--after", type=float, default=12.0, help="seconds that the scene has run")
    parser.add_argument("--forward", type=float, default=0.0, help="metres that the person has walked on")
    parser.add_argument("--size", default="1280x720")
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    wanted = {int(number) for number in chosen.steps.split(",")} if chosen.steps else None
    packs = find_scenes()
    viewer = Viewer(packs, replace(FINE, width=width, height=height))
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name in chosen.scenes or packs:
        for title, step in steps(pick(packs, name), wanted):
            for view in chosen.views.split(","):
                path = chosen.out / f"{title}-{view}.png"
                pixels = viewer.picture(name, step, view, after_s=chosen.after, forward_m=chosen.forward)
                Image.fromarray(pixels).save(path)
                print(path)
    viewer.close()
    return 0


def steps(pack: ScenePack, wanted: set[int] | None) -> Iterator[tuple[str, int]]:
    """A name and a number for each step; a scene without steps is seen once."""
    manifest = pack.manifest
    if not manifest.hierarchy:
        yield manifest.id, 0
    for number, step in enumerate(manifest.hierarchy, 1):
        if wanted is None or number in wanted:
            yield f"{manifest.id}-{number:02}-{step.id}", number


if __name__ == "__main__":
    sys.exit(main())
