"""Counts the flashes of a film after the fact: a second opinion on what the flash guard lets through.

Definitions: WCAG 2.2, "general flash and red flash thresholds" (success criterion 2.3.1; ITU-R BT.1702 has the same
numbers). A *general flash* is a pair of opposing changes in relative luminance of 10 % or more of the maximum (1.0),
the darker of the two below 0.80. A *red flash* is a pair of opposing changes of which one side is a saturated red
(R / (R + G + B) of 0.8 or more, linear values), by more than 20 in (R - G - B) x 320, negative values counted as 0.
What counts is an area of 0.006 sr or more within any ten degrees of the visual field.

Simplifications. The picture is cut into cells of about 2.5 by 2.5 degrees as they are seen, whose mean colour is
judged; a change is measured from the extreme since the last one, however slow it was. A field is a square of four by
four cells, wherever it may lie, and flashes as often as the third of its cells does (three cells are 0.0057 sr), whether
or not they do so in the same moment. All this is on the strict side: what moves through a field counts with what
flashes in it. What flashes inside a cell and leaves its mean alone is not seen.

Where the world moves past, as in a drive, the edges of everything that passes by would count. There the area is that of
ITU-R BT.1702: the picture flashes as often as a quarter of its cells do.

The guard (:mod:`vr_runtime.stage.flash`) is fed live, judges single cells of a coarser grid and is lenient while the
head turns. Nothing is shared with it but the definitions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import atan, ceil, degrees, radians, tan
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

CHANGE: Final = 0.10
DARKER: Final = 0.80
RED_SHARE: Final = 0.8
RED_CHANGE: Final = 20.0 / 320.0
CELL_DEG: Final = 2.5
FIELD_CELLS: Final = 4
"""Cells along a side of ten degrees."""
AREA_CELLS: Final = 3
"""Of a field, that have to flash: 0.0057 sr."""
MOVING_SHARE: Final = 0.25
WINDOW_S: Final = 1.0

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_BYTES = np.arange(256) / 255.0
_LINEAR = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4)


@dataclass(frozen=True)
class Flashes:
    """What a film was found to do, at its worst place and in its worst second."""

    general_per_s: float
    """Whole pairs of opposing changes within any one second; a half is a change without its opposite."""
    red_per_s: float
    at_s: float | None
    """When the worst second (of general flashes, else of red ones) ended; None: nothing changed at all."""
    frames: int


def analyse(
    frames: Iterable[NDArray[np.uint8]],
    rate_hz: float,
    horizontal_fov_deg: float = 90.0,
    moving: bool = False,
) -> Flashes:
    """Count the flashes of a film.

    Args:
        frames: (height, width, 3) RGB, encoded as sRGB, all of one size; read once.
        rate_hz: frames a second. What flickers faster than half of it is not seen for what it is.
        horizontal_fov_deg: how much of the visual field a frame fills from left to right.
        moving: the world moves past.
    """
    general = _Kind(CHANGE, moving)
    red = _Kind(RED_CHANGE, moving)
    ever_red: NDArray[np.bool_] | None = None
    count = 0
    for frame in frames:
        cells = cells_of(frame, horizontal_fov_deg)
        t_s = count / rate_hz
        general.see(t_s, cells @ _LUMA, DARKER)
        r, g, b = cells[..., 0], cells[..., 1], cells[..., 2]
        saturated = (r >= RED_SHARE * np.maximum(r + g + b, 1e-6)) & (r > RED_CHANGE)
        # a change concerns a saturated red where the colour before or after it is one
        ever_red = saturated if ever_red is None else ever_red | saturated
        changed = red.see(t_s, np.where(ever_red, np.maximum(r - g - b, 0.0), 0.0), np.inf)
        ever_red = np.where(changed, saturated, ever_red)
        count += 1
    worst, at_s = general.worst()
    reds, red_at_s = red.worst()
    return Flashes(worst, reds, at_s if worst > 0 else red_at_s, count)


def cells_of(frame: NDArray[np.uint8], horizontal_fov_deg: float = 90.0) -> NDArray[np.float64]:
    """(rows, columns, 3): the mean linear colour of cells of about ``CELL_DEG`` degrees; black outside the picture."""
    height, width = frame.shape[:2]
    pixels, inside = _looked_at(height, width, horizontal_fov_deg)
    return _LINEAR[frame].reshape(-1, 3)[pixels].mean(axis=2) * inside[..., None]


@cache
def _looked_at(height: int, width: int, fov_deg: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Which pixels of a flat picture lie in each cell, by an even grid of directions: (rows, columns, samples), places
    in the flattened picture; and (rows, columns), which cells lie in the picture for the most part."""
    edge = tan(radians(fov_deg) / 2)
    top = edge * height / width
    columns, rows = max(1, round(fov_deg / CELL_DEG)), max(1, round(2 * degrees(atan(top)) / CELL_DEG))
    # as many directions as the cells at the sides have pixels
    side = max(2, ceil(radians(CELL_DEG) * (1 + edge * edge) * width / (2 * edge)))

    def tangents(cells: int) -> NDArray[np.float64]:
        return np.tan(np.radians(((np.arange(cells * side) + 0.5) / side - cells / 2) * CELL_DEG))

    x = tangents(columns)
    # azimuth is measured along the horizon, elevation from it
    y = -tangents(rows)[:, None] * np.sqrt(1 + x * x)
    inside = (np.abs(y) <= top) & (np.abs(x) <= edge)
    column = np.clip((x / edge + 1) / 2 * width, 0, width - 1).astype(np.intp)
    row = np.clip((1 - y / top) / 2 * height, 0, height - 1).astype(np.intp)
    in_cells = (rows, side, columns, side)
    pixels = (row * width + column).reshape(in_cells).transpose(0, 2, 1, 3)
    return pixels.reshape(rows, columns, side * side), inside.reshape(in_cells).mean(axis=(1, 3)) > 0.5


class _Kind:
    """The changes of one quantity, cell by cell."""

    def __init__(self, change: float, moving: bool) -> None:
        self._change = change
        self._of_all = _of_a_quarter if moving else _of_worst_field
        self._low: NDArray[np.float64] = np.empty(0)
        self._high: NDArray[np.float64] = np.empty(0)
        self._way: NDArray[np.int8] = np.empty(0, np.int8)
        self._recent: deque[tuple[float, NDArray[np.bool_]]] = deque()
        """Changes of the last second."""
        self._count: NDArray[np.int64] = np.empty(0, np.int64)
        """How many they are, in each cell."""
        self._most = 0
        self._most_s: float | None = None

    def see(self, t_s: float, value: NDArray[np.float64], ceiling: float) -> NDArray[np.bool_]:
        """Take the next value of each cell; returns which cells changed. The lower of a change lies under
        ``ceiling``."""
        if not self._low.size:
            self._low, self._high = value.copy(), value.copy()
            self._way = np.zeros(value.shape, np.int8)
            self._count = np.zeros(value.shape, np.int64)
        self._low = np.minimum(self._low, value)
        self._high = np.maximum(self._high, value)
        fell = (self._way >= 0) & (self._high - value >= self._change) & (value < ceiling)
        rose = (self._way <= 0) & (value - self._low >= self._change) & (self._low < ceiling) & ~fell
        changed = fell | rose
        self._way = np.where(fell, -1, np.where(rose, 1, self._way)).astype(np.int8)
        self._low = np.where(changed, value, self._low)
        self._high = np.where(changed, value, self._high)
        if changed.any():
            self._recent.append((t_s, changed))
            self._count += changed
            while self._recent[0][0] <= t_s - WINDOW_S:
                self._count -= self._recent.popleft()[1]
            if (most := self._of_all(self._count)) > self._most:
                self._most, self._most_s = most, t_s
        return changed

    def worst(self) -> tuple[float, float | None]:
        """Most flashes (pairs of changes) within a second, and when that second ended."""
        return self._most / 2.0, self._most_s


def _of_worst_field(count: NDArray[np.int64]) -> int:
    """What ``AREA_CELLS`` cells of one field have at least, in the field in which that is most."""
    side = tuple(min(FIELD_CELLS, length) for length in count.shape)
    fields = sliding_window_view(count, side).reshape(-1, side[0] * side[1])
    nth = min(AREA_CELLS, fields.shape[1])
    return int(np.partition(fields, -nth, axis=1)[:, -nth].max())


def _of_a_quarter(count: NDArray[np.int64]) -> int:
    """What ``MOVING_SHARE`` of all cells have at least."""
    nth = max(1, round(MOVING_SHARE * count.size))
    return int(np.partition(count.ravel(), -nth)[-nth])
