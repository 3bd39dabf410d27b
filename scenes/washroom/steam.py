"""Steam on the mirror: patients are not in it, and where they would look for themselves it shows nothing.

The mirror is a second instance of the room; a body that nobody knows the shape of is not drawn in it. Over the basin
where patients stand the pane is clouded by steam, which is clean; it clears towards the door, where others come in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scenes.washroom import objects
from vr_runtime.stage.mesh import Mesh, quad

if TYPE_CHECKING:
    from vr_runtime.stage.kitchen import Kitchen
    from vr_runtime.stage.materials import Material

MIRROR_X = objects.ROOM_X[1]
MIRROR = (0.06, 2.04, 1.05, 2.0)
"""y and z of the mirror, as ``assets/scripts/washroom_room.py`` has it, m."""
BLIND_FROM_Y = 1.05
"""Beyond this y, where patients may stand at the basins, what is behind the steam cannot be made out."""
PIXELS = (200, 400)


def pane() -> Mesh:
    """Just before the glass, facing the room; texture coordinates 0 to 1 from the patient's left."""
    y0, y1, z0, z1 = MIRROR
    x = MIRROR_X - 0.004
    return quad([(x, y1, z0), (x, y0, z0), (x, y0, z1), (x, y1, z1)])


def cover() -> NDArray[np.float64]:
    """(height, width) how much is covered, 0 to 1, first row uppermost."""
    rows, columns = PIXELS
    y0, y1, _, _ = MIRROR
    y = y1 - (y1 - y0) * (np.arange(columns) + 0.5) / columns
    z = 1.0 - (np.arange(rows) + 0.5) / rows
    rng = np.random.default_rng(12)
    cloud = np.zeros(PIXELS)
    for cells, weight in ((4, 0.5), (9, 0.4), (21, 0.35), (60, 0.25)):
        coarse = rng.uniform(-1.0, 1.0, (cells, 2 * cells))
        at = np.linspace(0, cells - 1, rows), np.linspace(0, 2 * cells - 1, columns)
        across = np.array([np.interp(at[1], np.arange(2 * cells), row) for row in coarse])
        cloud += weight * np.array([np.interp(at[0], np.arange(cells), column) for column in across.T]).T
    clear = np.clip((BLIND_FROM_Y - y) / 0.7, 0.0, 1.0)[None, :]
    clear = clear * clear * (3.0 - 2.0 * clear)
    # it dries from the upper edge and from the frame
    rim = np.minimum(np.minimum(z, 1.0 - z)[:, None] * 9.0, 1.0)
    dense = (0.86 + 0.10 * cloud) * (0.90 + 0.10 * rim)
    thin = 0.14 + 0.16 * cloud + 0.12 * (1.0 - z[:, None])
    made = dense * (1.0 - clear) + thin * clear
    # drops that have run
    for _ in range(34):
        column, top = float(rng.uniform(0, columns)), int(rng.integers(rows // 4, rows - 12))
        long = int(rng.integers(10, rows - top))
        way = column + np.cumsum(rng.normal(0.0, 0.25, long))
        for row, at in enumerate(way):
            near = np.abs(np.arange(columns) - at) < 0.9
            made[top + row, near] -= 0.22 * min(1.0, (row + 4) / 20.0)
    return np.clip(made, 0.0, 0.97)


def film(kitchen: Kitchen) -> Material:
    """What the steam is drawn with: droplets that scatter the light of the room."""
    covered = cover()
    picture = np.ones((*covered.shape, 4))
    picture[..., 3] = covered
    # where drops have run and where it is thick it is a little darker
    picture[..., :3] *= (0.90 + 0.10 * covered)[..., None]
    return kitchen.material(
        "steam",
        colour=(0.78, 0.80, 0.80),
        roughness=1.0,
        texture=kitchen.texture("steam", picture, wrap="clamp"),
        opacity=1.0,
        transparent=True,
        probed=True,
        shine=0.0,
    )
