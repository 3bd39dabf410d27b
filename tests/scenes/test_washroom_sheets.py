"""The washroom's sheets of dirt and wear lie in the room and on their own part of a picture; the steam hides what it has
to; what is painted in a picture is there."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from scenes.washroom import objects, patches, steam
from scenes.washroom.dirt import FOLDER
from scenes.washroom.sheets import SHEETS, SIZES, WEAR, Sheet
from vr_runtime.stage import assets

ALL: dict[str, Sheet] = {
    **{f"dirt {name}": sheet for name, sheet in SHEETS.items()},
    **{f"wear {name}": sheet for name, sheet in WEAR.items()},
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_sheet_lies_in_the_room_and_faces_into_it(name: str) -> None:
    sheet = ALL[name]
    corner, u, v = (np.array(part, float) for part in (sheet.corner, sheet.u, sheet.v))
    low, high = (
        np.array([objects.ROOM_X[k], objects.ROOM_Y[k], (0.0, objects.CEILING_Z)[k]]) - 0.001 for k in (0, 1)
    )
    for point in (corner, corner + u, corner + v, corner + u + v):
        assert ((point >= low) & (point <= high + 0.002)).all(), (name, point)
    # whoever stands in the room, or in the cubicle, sees its front
    places = [np.array([stand.x, stand.y, 1.5]) for stand in objects.PLACES.values()]
    assert max(float(np.cross(u, v) @ (place - corner)) for place in places) > 0.0, name
    # as many pixels a metre along as across
    density = sheet.cell[2] / np.linalg.norm(u), sheet.cell[3] / np.linalg.norm(v)
    assert density[0] == pytest.approx(density[1], rel=0.03), name


def test_sheets_keep_apart_in_their_pictures() -> None:
    pairs = 0
    for table in (SHEETS, WEAR):
        for sheet in table.values():
            x, y, w, h = sheet.cell
            width, height = SIZES[sheet.picture]
            assert min(x, y, width - x - w, height - y - h) >= 2, sheet
        for (one, a), (other, b) in combinations(table.items(), 2):
            if a.picture == b.picture:
                pairs += 1
                ax, ay, aw, ah = a.cell
                bx, by, bw, bh = b.cell
                apart = ax + aw + 4 <= bx or bx + bw + 4 <= ax or ay + ah + 4 <= by or by + bh + 4 <= ay
                assert apart, (one, other)
    assert pairs > 10


@pytest.mark.parametrize("name", sorted(SIZES))
def test_every_sheet_is_painted_and_its_picture_has_the_size_of_the_table(name: str) -> None:
    with Image.open(assets.path(f"{FOLDER}/{name}.png")) as picture:
        assert picture.size == SIZES[name]
        alpha = np.asarray(picture)[..., 3]
    for sheet in ALL.values():
        if sheet.picture == name:
            x, y, w, h = sheet.cell
            assert (alpha[y : y + h, x : x + w] > 60).mean() > 0.004, sheet


def test_where_patients_look_for_themselves_the_steam_is_thick_and_towards_the_door_it_is_thin() -> None:
    covered = steam.cover()
    rows, columns = covered.shape
    y0, y1, z0, z1 = steam.MIRROR
    y = y1 - (y1 - y0) * (np.arange(columns) + 0.5) / columns
    z = z1 - (z1 - z0) * (np.arange(rows) + 0.5) / rows
    stand = objects.PLACES["sinks"]
    face = covered[np.ix_((z > 1.35) & (z < 1.85), np.abs(y - stand.y + 0.08) < 0.15)]
    assert face.size > 1000
    # spots of 5 cm: a drop that ran is narrower
    spots = face[: face.shape[0] // 20 * 20, : face.shape[1] // 20 * 20]
    spots = spots.reshape(spots.shape[0] // 20, 20, -1, 20).mean(axis=(1, 3))
    assert spots.min() > 0.72
    assert covered[:, y < 0.35].mean() < 0.35


def test_the_dirt_on_the_counter_leaves_the_basins_out() -> None:
    made = patches.counter_top(0.0)
    middles = made.positions[made.triangles].mean(axis=1)
    for y in objects.BASINS_Y:
        far = np.hypot((middles[:, 0] - objects.BASIN_X) / 0.15, (middles[:, 1] - y) / 0.19)
        assert far.min() > 1.0
    # and covers what is between them
    assert (np.abs(middles[:, 1] - 1.6) < 0.1).sum() > 100
    assert (made.normals[:, 2] == 1.0).all()
