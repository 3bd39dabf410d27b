"""How loud a piece of sound is. Definitions: true peak as in ITU-R BS.1770-5, annex 2 (the highest value between
samples, too, found by fourfold oversampling); effective value (RMS) of the loudest second in the louder channel, without
weighting. 0 dBFS is full scale, so a full-scale sine has an effective value of -3 dBFS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

OVERSAMPLING: Final = 4
TAPS: Final = 24
"""Samples of the original that each interpolated value is made of."""
WINDOW_S: Final = 1.0
STEP_S: Final = 0.1
SILENCE_DBFS: Final = -120.0


@dataclass(frozen=True)
class Levels:
    peak_dbfs: float
    """True peak."""
    rms_dbfs: float
    """Of the loudest second."""


def measure(samples: NDArray[np.floating], rate_hz: int) -> Levels:
    """Of (samples, channels), full scale at 1."""
    return Levels(_dbfs(true_peak(samples)), _dbfs(loudest_second(samples, rate_hz)))


def true_peak(samples: NDArray[np.floating]) -> float:
    """The highest absolute value of the waveform, between the samples too."""
    if not samples.size:
        return 0.0
    highest = float(np.abs(samples).max())
    padded = np.pad(samples.astype(np.float64), ((TAPS, TAPS), (0, 0)))
    for phase in range(1, OVERSAMPLING):
        taps = _between(phase / OVERSAMPLING)
        for channel in padded.T:
            highest = max(highest, float(np.abs(np.convolve(channel, taps, "valid")).max()))
    return highest


def loudest_second(samples: NDArray[np.floating], rate_hz: int) -> float:
    """The effective value of the loudest second in the louder channel; of a shorter piece, as if silence followed."""
    if not samples.size:
        return 0.0
    step = max(1, round(rate_hz * STEP_S))
    steps = round(WINDOW_S / STEP_S)
    squares = np.add.reduceat(samples.astype(np.float64) ** 2, np.arange(0, len(samples), step), axis=0)
    sums = np.concatenate([np.zeros((1, squares.shape[1])), np.cumsum(squares, axis=0)])
    seconds = sums[steps:] - sums[:-steps] if len(squares) > steps else sums[-1:]
    return float(np.sqrt(seconds.max() / (step * steps)))


def _between(share: float) -> NDArray[np.float64]:
    """The filter that gives the value so far between two samples: a sinc under a Kaiser window."""
    at = np.arange(TAPS) - (TAPS // 2 - 1) - share
    taps = np.sinc(at) * np.kaiser(TAPS, 5.0)
    return taps[::-1] / taps.sum()


def _dbfs(value: float) -> float:
    return max(SILENCE_DBFS, 20.0 * float(np.log10(max(value, 1e-9))))
