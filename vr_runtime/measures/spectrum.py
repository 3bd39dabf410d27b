"""Power of the RR intervals' variation in the low and the high band. On finished series, offline only.

Bands after the Task Force 1996 (doi:10.1161/01.CIR.93.5.1043). The way to them is one of several in use: the intervals,
each at the time of the beat that ends it, are drawn through by a natural cubic spline, read off four times a second,
freed of their straight line, and Welch's averaged periodogram is taken: segments of half the series (at least 120 s or
all of it, at most 300 s) that overlap by half, each without its mean, under a Hann window. Five minutes are averaged
over three segments of 150 s, which hold six periods of the slowest wave of the low band. The density is told at half the
distance that a segment resolves (it is padded with zeros to twice its length), so that the bands' edges cut finely.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.series import check_series

LF_HZ = (0.04, 0.15)
HF_HZ = (0.15, 0.40)
"""From the first, up to but without the second."""
RATE_HZ = 4.0
SHORTEST_SEGMENT, LONGEST_SEGMENT = 480, 1200
"""Samples of a segment of Welch's method: 120 s to 300 s."""
LF_MINIMUM_S = 120.0
HF_MINIMUM_S = 60.0
RATIO_MINIMUM_S = 300.0
LONGEST_HOLE_MS = 10_000.0
"""Across an interval longer than this no curve is drawn (chosen here)."""
MOST_S = 172_800.0
"""Two days: a longer series is to be cut."""

Floats = NDArray[np.float64]


class Spectrum(NamedTuple):
    """None where the value is withheld; ``why`` then says the reason, in one word, under the field's name."""

    lf: float | None
    """Power from 0.04 to 0.15 Hz, ms^2."""
    hf: float | None
    """Power from 0.15 to 0.40 Hz, ms^2."""
    lf_hf: float | None
    """Their ratio."""
    lf_nu: float | None
    """100 * lf / (lf + hf), %."""
    why: dict[str, str]
    """``too_short``, ``too_long``, ``hole`` (an interval of more than 10 s) or ``no_power`` (nothing to divide by)."""


def rr_spectrum(rr_ms: ArrayLike) -> Spectrum:
    """LF, HF, their ratio and LF in normalised units of one uninterrupted series (shape (n,), ms).

    Withheld below 120 s (LF), 60 s (HF) and 5 min (ratio, normalised units). For the 5 min a recording is meant: one of
    300 s, cut at its first and last beat, holds up to two intervals less, so a mean interval is granted at either end.

    Raises:
        ValueError: not one-dimensional, not finite, not positive or longer than a minute.
    """
    rr = check_series(rr_ms)
    seconds = float(rr.sum()) / 1000.0
    names = ("lf", "hf", "lf_hf", "lf_nu")
    if seconds > MOST_S:
        return Spectrum(None, None, None, None, dict.fromkeys(names, "too_long"))
    if rr.size and float(rr.max()) > LONGEST_HOLE_MS:
        return Spectrum(None, None, None, None, dict.fromkeys(names, "hole"))
    if seconds < HF_MINIMUM_S or rr.size < 4:
        return Spectrum(None, None, None, None, dict.fromkeys(names, "too_short"))
    curve = detrended(resampled(rr))
    density, step_hz = welch(curve, segment_of(curve.size))
    lf, hf = band_power(density, step_hz, *LF_HZ), band_power(density, step_hz, *HF_HZ)
    why: dict[str, str] = {}
    if seconds < LF_MINIMUM_S:
        why["lf"] = "too_short"
    ratio = units = None
    if seconds + 2.0 * float(rr.mean()) / 1000.0 < RATIO_MINIMUM_S:
        why["lf_hf"] = why["lf_nu"] = "too_short"
    else:
        least = 1e-9
        ratio = lf / hf if hf > least else None
        units = 100.0 * lf / (lf + hf) if lf + hf > least else None
        why |= {} if ratio is not None else {"lf_hf": "no_power"}
        why |= {} if units is not None else {"lf_nu": "no_power"}
    return Spectrum(None if "lf" in why else lf, hf, ratio, units, why)


def resampled(rr_ms: Floats, rate_hz: float = RATE_HZ) -> Floats:
    """The intervals (shape (n,), ms, n at least 3) as a curve over time, read off ``rate_hz`` times a second from the
    first beat to the last."""
    at_s = np.cumsum(rr_ms) / 1000.0
    return natural_spline(at_s, rr_ms, np.arange(at_s[0], at_s[-1], 1.0 / rate_hz))


def natural_spline(x: Floats, y: Floats, at: Floats) -> Floats:
    """The cubic spline through (x, y) (shapes (n,), x rising, n at least 3) whose curvature is 0 at both ends, at ``at``
    (within x)."""
    width = np.diff(x)
    slope = np.diff(y) / width
    # M, the second derivatives: width[i-1] M[i-1] + 2 (width[i-1] + width[i]) M[i] + width[i] M[i+1] = right[i]
    diagonal = (2.0 * (width[:-1] + width[1:])).tolist()
    beside = width[1:-1].tolist()
    right = (6.0 * np.diff(slope)).tolist()
    for i in range(1, len(diagonal)):
        share = beside[i - 1] / diagonal[i - 1]
        diagonal[i] -= share * beside[i - 1]
        right[i] -= share * right[i - 1]
    inner = [0.0] * len(diagonal)
    following = 0.0
    for i in range(len(diagonal) - 1, -1, -1):
        further = beside[i] * following if i < len(beside) else 0.0
        following = inner[i] = (right[i] - further) / diagonal[i]
    curvature = np.concatenate(([0.0], inner, [0.0]))
    piece = np.clip(np.searchsorted(x, at, side="right") - 1, 0, x.size - 2)
    h = width[piece]
    left, rest = (x[piece + 1] - at) / h, (at - x[piece]) / h
    bend = (left**3 - left) * curvature[piece] + (rest**3 - rest) * curvature[piece + 1]
    return left * y[piece] + rest * y[piece + 1] + bend * h * h / 6.0


def detrended(values: Floats) -> Floats:
    """Without the straight line that fits them best (shape (n,), n at least 2)."""
    x = np.arange(values.size) - (values.size - 1) / 2.0
    off = values - values.mean()
    return off - x * float(x @ off) / float(x @ x)


def segment_of(samples: int) -> int:
    """Samples of a segment for a series of so many. Even, so that segments that overlap by half meet the series' end."""
    return min(samples, max(SHORTEST_SEGMENT, min(LONGEST_SEGMENT, samples // 4 * 2)))


def welch(values: Floats, segment: int, rate_hz: float = RATE_HZ) -> tuple[Floats, float]:
    """Power density (one-sided, in the values' unit squared per Hz, shape (segment + 1,)) and the distance of its
    frequencies in Hz, the first at 0. Welch 1967: segments overlap by half, each without its mean, Hann window.
    ``segment`` is not longer than the values."""
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(segment) / segment)
    total = np.zeros(segment + 1)
    begins = range(0, values.size - segment + 1, max(1, segment - segment // 2))
    for begin in begins:
        part = values[begin : begin + segment]
        total += np.abs(np.fft.rfft((part - part.mean()) * window, 2 * segment)) ** 2
    density = total / (len(begins) * rate_hz * float(window @ window))
    # the frequencies below 0, folded up; 0 and half the rate have none
    density[1:-1] *= 2.0
    return density, rate_hz / (2 * segment)


def band_power(density: Floats, step_hz: float, low_hz: float, high_hz: float) -> float:
    """The sum of the density from ``low_hz`` up to but without ``high_hz``, times the distance of its frequencies."""
    at_hz = np.arange(density.size) * step_hz
    return float(density[(at_hz >= low_hz) & (at_hz < high_hz)].sum() * step_hz)
