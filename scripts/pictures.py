"""``make pictures``: every step of every scene from the eyes of a standing person.

Contact sheets, a scene each, with the cost of every picture under it, for docs/pictures; with ``--out`` single
pictures as PNG files instead.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

from vr_runtime.catalogue import ScenePack, find_scenes, pick
from vr_runtime.display.snapshot import FINE, Cost
from vr_runtime.scene_views import VIEWS, Viewer

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenes", nargs="*", help="scenes to draw (all)")
    parser.add_argument(
        "--sheets", type=Path, default=ROOT / "docs" / "pictures", help="folder of the sheets"
    )
    parser.add_argument("--out", type=Path, help="single pictures into this folder, and no sheets")
    parser.add_argument("--steps", help="numbers of steps, as 1,4,8 (all)")
    parser.add_argument("--views", default="front,left,down", help=f"of {', '.join(VIEWS)}")
    parser.add_argument("--after", type=float, default=12.0, help="seconds that the scene has run")
    parser.add_argument("--forward", type=float, default=0.0, help="metres that the person has walked on")
    parser.add_argument("--size", default="1280x720")
    parser.add_argument(
        "--untimed", action="store_true", help="no times of frames: for a machine that does other work too"
    )
    chosen = parser.parse_args()
    width, height = (int(part) for part in chosen.size.split("x"))
    wanted = {int(number) for number in chosen.steps.split(",")} if chosen.steps else None
    views = chosen.views.split(",")
    packs = find_scenes()
    viewer = Viewer(packs, replace(FINE, width=width, height=height))
    (chosen.out or chosen.sheets).mkdir(parents=True, exist_ok=True)
    for name in chosen.scenes or packs:
        rows: list[tuple[str, list[Tile]]] = []
        for title, step in steps(pick(packs, name), wanted):
            tiles: list[Tile] = []
            for view in views:
                pixels = viewer.picture(name, step, view, after_s=chosen.after, forward_m=chosen.forward)
                cost = ""
                if not chosen.out:
                    cost = sized(*viewer.size()) if chosen.untimed else in_words(viewer.cost())
                tiles.append(Tile(view, Image.fromarray(pixels), cost))
                if chosen.out:
                    path = chosen.out / f"{title}-{view}.png"
                    tiles[-1].picture.save(path)
                    print(path)
            rows.append((title, tiles))
        if not chosen.out:
            path = chosen.sheets / f"sheet-{name}.jpg"
            taken = f"frames of {chosen.size}, four samples a pixel, on {viewer.renderer}"
            sheet(rows, "" if chosen.untimed else taken).save(path, quality=78, optimize=True)
            print(path)
    viewer.close()
    return 0


class Tile(NamedTuple):
    view: str
    picture: Image.Image
    cost: str


def sized(geoms: int, triangles: int) -> str:
    return f"{geoms} Geoms, {triangles / 1000:.0f} k triangles"


def in_words(cost: Cost) -> str:
    return f"{sized(cost.geoms, cost.triangles)}, {cost.ms:.0f} ms"


WIDE, TALL, MARGIN, CAPTION = 400, 225, 8, 20


def sheet(rows: list[tuple[str, list[Tile]]], foot: str) -> Image.Image:
    """A row for each step, a column for each view, what it cost under it; at the foot, what it was drawn with."""
    columns = max(len(tiles) for _, tiles in rows)
    tall = MARGIN + len(rows) * (TALL + CAPTION + MARGIN) + (CAPTION if foot else 0)
    size = (MARGIN + columns * (WIDE + MARGIN), tall)
    made = Image.new("RGB", size, (250, 249, 246))
    pen, font = ImageDraw.Draw(made), ImageFont.load_default(13)
    for row, (title, tiles) in enumerate(rows):
        y = MARGIN + row * (TALL + CAPTION + MARGIN)
        for column, tile in enumerate(tiles):
            x = MARGIN + column * (WIDE + MARGIN)
            made.paste(tile.picture.resize((WIDE, TALL), Image.Resampling.LANCZOS), (x, y))
            words = f"{title.partition('-')[2] or title}: {tile.view}" if column == 0 else tile.view
            pen.text((x, y + TALL + 2), words, fill=(40, 40, 40), font=font)
            pen.text((x + WIDE, y + TALL + 2), tile.cost, fill=(110, 110, 110), font=font, anchor="ra")
    pen.text((MARGIN, tall - CAPTION - 2), foot, fill=(110, 110, 110), font=font)
    return made


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
