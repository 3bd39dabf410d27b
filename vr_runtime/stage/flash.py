"""The flash guard: counts flashes in the rendered frames and trips before a fourth one within a second.

Definitions are those of WCAG 2.2 (success criterion 2.3.1, "general flash and red flash thresholds"). A *general
flash* is a pair of opposing changes in relative luminance of 10 % or more of the maximum (1.0), where the darker
of the two is below 0.80. A *red flash* is a pair of opposing transitions involving a saturated red: a colour with
R / (R + G + B) of 0.8 or more, changing by more than 20 in (R - G - B) x 320, negative values counted as 0. No more
than three flashes of either kind are allowed within any one second.

WCAG's area, a quarter of any 10 degrees of the visual field, is about one cell of a 16x16 picture of 90 degrees (each
eye has its own), so one flashing cell is enough. While the head turns, edges sweep over single cells and look like
flashes though nothing in the scene flashes; so they do where the world itself moves past, as in a drive: a white car
that comes by close changes 8 cells of 256 more than three times a second, trees at the side many more. Then only a
change of a quarter of the whole picture counts, as ITU-R BT.1702 has it for moving pictures.

The shell comes two frames after the frame that gave cause, and may itself be the other half of a flash: where changes
follow each other within two frames, the guard trips half a flash earlier.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

CHANGE: Final = 0.10
DARKER: Final = 0.80
RED_SHARE: Final = 0.8
RED_CHANGE: Final = 20.0 / 320.0
FLASHES: Final = 3
WINDOW_S: Final = 1.0
TURNING_DEG_S: Final = 25.0
WIDE_SHARE: Final = 0.25
RAPID_FRAMES: Final = 6.5
RAPID_S: Final = 0.22
"""Never longer than that, however long a frame took: after a frame that stood still for a fifth of a second, any four
changes would lie within so many frames, and what merely passes by would send a patient to the safe place."""
HOLD_S: Final = 5.0

_LUMA = np.array([0.2126, 0.7152, 0.0722])
_TRANSITIONS = 2 * FLASHES


class Counter:
    """Counts opposing changes of one quantity in each cell. A change is measured from the extreme since the last
    one, so that slow drifts and noise below ``change`` never add up to a flash."""

    def __init__(self, shape: tuple[int, int], change: float) -> None:
        self._change = change
        self._low = np.full(shape, np.inf)
        self._high = np.full(shape, -np.inf)
        self._direction = np.zeros(shape, dtype=np.int8)
        self._times = np.full((_TRANSITIONS, *shape), -np.inf)
        """When each cell last changed, newest first."""
        self._steady = self._times.copy()
        """The same, changes while the head turned left out."""
        self._before_s = -np.inf

    def see(
        self, t_s: float, value: NDArray[np.float64], ceiling: float, turning: bool
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
        """Takes the next value of each cell; only changes whose lower value lies under ``ceiling`` count.

        Returns which cells changed just now, which have flashed as often as may be within the last second, and which
        of these did so while the head was steady.
        """
        self._low = np.minimum(self._low, value)
        self._high = np.maximum(self._high, value)
        fell = (self._direction >= 0) & (self._high - value >= self._change) & (value < ceiling)
        rose = (self._direction <= 0) & (value - self._low >= self._change) & (self._low < ceiling)
        rose &= ~fell
        changed = fell | rose
        if changed.any():
            self._direction = np.where(fell, -1, np.where(rose, 1, self._direction)).astype(np.int8)
            self._low = np.where(changed, value, self._low)
            self._high = np.where(changed, value, self._high)
            self._times = _pushed(self._times, changed, t_s)
            if not turning:
                self._steady = _pushed(self._steady, changed, t_s)
        frame_s, self._before_s = t_s - self._before_s, t_s
        return changed, _enough(self._times, t_s, frame_s), _enough(self._steady, t_s, frame_s)


def _enough(times: NDArray[np.float64], t_s: float, frame_s: float) -> NDArray[np.bool_]:
    """Which cells completed three flashes within the last second, or lack half a flash and change so fast that the rest
    would come before the shell: four changes within seven frames, as nothing has that merely passes by."""
    since = t_s - WINDOW_S
    rapid = (times[0] == t_s) & (times[3] >= t_s - min(RAPID_FRAMES * frame_s, RAPID_S))
    return (times[-1] > since) | (rapid & (times[-2] > since))


def _pushed(times: NDArray[np.float64], where: NDArray[np.bool_], t_s: float) -> NDArray[np.float64]:
    shifted = np.concatenate([np.full((1, *where.shape), t_s), times[:-1]])
    return np.where(where, shifted, times)


class FlashGuard:
    """Fed with every frame's reduced picture; there is no switch to turn it off.

    ``tripped`` becomes True when a third flash within one second is complete (or all but), so that the neutral shell
    comes before a fourth, and stays so for ``HOLD_S`` after the last frame that gave cause.
    """

    def __init__(self, eyes: int = 1, cells: int = 16) -> None:
        shape = (cells, cells * eyes)
        self._luminance = Counter(shape, CHANGE)
        self._red = Counter(shape, RED_CHANGE)
        self._red_seen = np.zeros(shape, dtype=bool)
        self._cause_s = -np.inf
        self._now_s = 0.0

    @property
    def tripped(self) -> bool:
        return self._now_s - self._cause_s < HOLD_S

    def see(
        self, t_s: float, picture: NDArray[np.floating], turning_deg_s: float = 0.0, moving: bool = False
    ) -> bool:
        """Takes one frame.

        Args:
            t_s: when it is shown, seconds, never falling.
            picture: (16, 16 an eye, 3) linear RGB, 0 to 1, eyes side by side.
            turning_deg_s: how fast the head turns.
            moving: the world moves past.

        Returns:
            Whether the guard is tripped.
        """
        self._now_s = t_s
        turning = turning_deg_s > TURNING_DEG_S
        rgb = picture.astype(np.float64)
        luminance = rgb @ _LUMA
        _, wide, local = self._luminance.see(t_s, luminance, DARKER, turning)

        red, green, blue = rgb[..., 0], rgb[..., 1], rgb[..., 2]
        saturated = red >= RED_SHARE * np.maximum(red + green + blue, 1e-6)
        self._red_seen |= saturated
        redness = np.where(self._red_seen, np.maximum(red - green - blue, 0.0), 0.0)
        changed, wide_red, local_red = self._red.see(t_s, redness, np.inf, turning)
        self._red_seen = np.where(changed, saturated, self._red_seen)

        found = wide | wide_red if turning else local | local_red
        enough = WIDE_SHARE * found.size if turning or moving else 1
        if int(found.sum()) >= enough:
            self._cause_s = t_s
        return self.tripped
