"""Steam on the mirror: patients are not in it, and where they would look for themselves it shows nothing.

The mirror is a second instance of the room; a body that nobody knows the shape of is not drawn in it. Over the basin
where patients stand the pane is clouded by steam, which is clean; it clears towards the door, where others come in.
"""

from __future__ import annotations

from collections.abc import Sequence
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
PIXELS = (384, 800)
WIPED = ((0.62, 0.98, 0.20, 0.40, -0.35, 0.34), (0.30, 0.80, 0.16, 0.30, 0.5, 0.14))
"""Where somebody wiped the pane long ago and it clouded again: the band's middle (share of the width from the left, twice
the share of the height), its width, its half length, how it slants (rad), and what share is gone: where patients stand
only a little."""


def pane() -> Mesh:
    """Just before the glass, facing the room; texture coordinates 0 to 1 from the patient's left."""
    y0, y1, z0, z1 = MIRROR
    x = MIRROR_X - 0.004
    return quad([(x, y1, z0), (x, y0, z0), (x, y0, z1), (x, y1, z1)])


def _cloud(rng: np.random.Generator, cells: Sequence[tuple[int, float]]) -> NDArray[np.float64]:
    """Smooth noise about 0 over the pane; ``cells``: how many upright, with their weight."""
    rows, columns = PIXELS
    made = np.zeros(PIXELS)
    for count, weight in cells:
        coarse = rng.uniform(-1.0, 1.0, (count, 2 * count))
        down, across = np.linspace(0, count - 1, rows), np.linspace(0, 2 * count - 1, columns)
        wide = np.array([_smooth(across, row) for row in coarse])
        made += weight * np.array([_smooth(down, column) for column in wide.T]).T
    return made


def _smooth(at: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between values without corners."""
    k = np.minimum(at.astype(int), len(values) - 2)
    share = at - k
    share = share * share * (3.0 - 2.0 * share)
    return values[k] * (1.0 - share) + values[k + 1] * share


def cover() -> NDArray[np.float64]:
    """(height, width) how much is covered, 0 to 1, first row uppermost."""
    rows, columns = PIXELS
    y0, y1, _, _ = MIRROR
    across = (np.arange(columns) + 0.5) / columns
    y = y1 - (y1 - y0) * across
    z = 1.0 - (np.arange(rows) + 0.5) / rows
    rng = np.random.default_rng(12)
    cloud = _cloud(rng, ((3, 0.4), (7, 0.35), (19, 0.2), (60, 0.12)))
    clear = np.clip((BLIND_FROM_Y - y) / 0.7, 0.0, 1.0)[None, :]
    clear = clear * clear * (3.0 - 2.0 * clear)
    # it dries from the frame inwards
    rim_m = np.minimum(
        np.minimum(z, 1.0 - z)[:, None] * 0.95, np.minimum(across, 1.0 - across)[None, :] * (y1 - y0)
    )
    dry = np.clip((rim_m + 0.025 * cloud) / 0.06, 0.0, 1.0)
    dense = (0.93 + 0.07 * cloud) * (0.35 + 0.65 * dry)
    thin = np.clip(0.13 + 0.14 * cloud + 0.10 * (1.0 - z[:, None]), 0.0, 1.0) * (0.5 + 0.5 * dry)
    made = dense * (1.0 - clear) + thin * clear
    # where a hand wiped, long ago: clouded again, but thinner, in streaks
    lines = _cloud(rng, ((90, 1.0),))
    for middle, height, wide, long, slant, gone in WIPED:
        du = (across[None, :] - middle) * 2.1
        dv = z[:, None] - 0.5 * height
        along, aside = du * np.cos(slant) + dv * np.sin(slant), -du * np.sin(slant) + dv * np.cos(slant)
        band = np.exp(-((along / long) ** 4) - ((aside / (0.5 * wide)) ** 4))
        made -= gone * (1.0 + 0.3 * lines) * band * made
    # drops that have run
    for _ in range(46):
        column, top = float(rng.uniform(0, columns)), int(rng.integers(rows // 6, rows - 12))
        long_px = int(rng.integers(10, rows - top))
        way = column + np.cumsum(rng.normal(0.0, 0.3, long_px))
        wide_px = rng.uniform(0.8, 2.2)
        for row, at in enumerate(way):
            j = np.arange(max(0, int(at) - 6), min(columns, int(at) + 7))
            body = np.exp(-(((j - at) / wide_px) ** 2)) * min(1.0, (row + 4) / 20.0)
            made[top + row, j] -= 0.45 * body * made[top + row, j]
    return np.clip(made, 0.0, 0.98)


def relief(covered: NDArray[np.float64]) -> NDArray[np.float64]:
    """(height, width, 3) for ``Kitchen.material``: droplets that bend what is mirrored; rougher where steam is thick."""
    rng = np.random.default_rng(13)
    fine = _cloud(rng, ((130, 1.0),)) + 0.6 * rng.normal(0.0, 1.0, PIXELS)
    height = fine + 5.0 * covered
    made = np.empty((*PIXELS, 3))
    made[..., 0] = 0.5 - 0.010 * np.gradient(height, axis=1)
    made[..., 1] = 0.5 + 0.010 * np.gradient(height, axis=0)
    made[..., 2] = 0.35 + 0.65 * covered
    return np.clip(made, 0.0, 1.0)


def film(kitchen: Kitchen) -> Material:
    """What the steam is drawn with: droplets that scatter the light of the room and mirror it softly, as a bright
    window here and dark doors there, and never a person: what they mirror was baked (``Kitchen.reflections``)."""
    covered = cover()
    picture = np.ones((*covered.shape, 4))
    # the share that is covered, as ``spreading`` reads it
    picture[..., 3] = 0.5 - np.sin(np.arcsin(1.0 - 2.0 * covered) / 3.0)
    return kitchen.material(
        "steam",
        colour=(0.80, 0.82, 0.82),
        roughness=0.42,
        metallic=0.72,
        texture=kitchen.texture("steam", picture, wrap="clamp"),
        normal=kitchen.texture("steam relief", relief(covered), srgb=False, wrap="clamp"),
        opacity=1.0,
        transparent=True,
        spreading=1.0,
        probed=True,
    )
