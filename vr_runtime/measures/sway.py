"""Postural sway of one who stands: velocity, and the share of power below 0.5 Hz. Offline only (docs/measures.md).

Fearful people on heights sway faster, with less of the power below 0.5 Hz and more above
(doi:10.3389/fnhum.2021.773091). That was measured on a force plate; here it is the head that sways.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vr_runtime.measures.definition import Figure

SLOW_HZ = 0.5
RESAMPLED_HZ = 25.0
FILTER_HZ = 5.0
"""Sway is below; what is above is the tracker's noise and the filter's to remove."""
WINDOW_S = 20.0
"""Of one spectrum, half overlapping; ten waves at 0.5 Hz. Less standing than this gives no share."""
GAP_S = 0.25
WALK_M_S = 0.15
"""Faster than this, over a second, is a step and no sway."""


FIGURES = {
    "sway_velocity": Figure("m/s", "head", "each visit of a step at an edge, and the baseline"),
    "sway_slow_share": Figure("1", "head", "each visit of a step at an edge, and the baseline"),
}


class Sway(NamedTuple):
    """NaN where the standing was too short."""

    velocity_m_s: float
    """Mean speed of the head over the floor, m/s."""
    slow_share: float
    """Power of the place below 0.5 Hz (from 0.05 Hz on), divided by that up to 5 Hz; both axes together, 0 to 1."""
    stood_s: float
    """Time that it rests on, s."""
    quality: float
    """Share of the time given that was standing and tracked."""


def sway(t_ns: ArrayLike, xy_m: ArrayLike) -> Sway:
    """Sway of the stretches in which somebody stood.

    Args:
        t_ns: shape (n,), rising; samples farther apart than 0.25 s are not joined.
        xy_m: shape (n, 2), the head over the floor in the tracked space; NaN where it is not tracked.

    Raises:
        ValueError: other shapes, or times that do not rise.
    """
    t = np.asarray(t_ns, np.float64) / 1e9
    xy = np.asarray(xy_m, np.float64)
    if t.ndim != 1 or xy.shape != (t.size, 2):
        raise ValueError(f"t_ns has shape {t.shape} and xy_m {xy.shape}; give (n,) and (n, 2)")
    if np.any(np.diff(t) <= 0.0):
        raise ValueError("t_ns does not rise; leave out frames whose time stands or goes back")
    low = _spectrum_rows()
    way = stood = 0.0
    slow = whole = 0.0
    for begin, end in _stretches(t, xy):
        even, places = _resampled(t[begin:end], xy[begin:end])
        if even.size < 2:
            continue
        for first, last in _standing(places):
            part = places[first:last]
            seconds = (last - first - 1) / RESAMPLED_HZ
            way += float(_lengths(np.diff(part, axis=0)).sum())
            stood += seconds
            for power in _spectra(part):
                slow += float(power[low].sum())
                whole += float(power.sum())
    given = float(t[-1] - t[0]) if t.size > 1 else 0.0
    return Sway(
        way / stood if stood >= 1.0 else math.nan,
        slow / whole if whole > 0.0 else math.nan,
        stood,
        min(1.0, stood / given) if given > 0.0 else 0.0,
    )


def _lengths(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(vectors[:, 0], vectors[:, 1])


def _stretches(t: NDArray[np.float64], xy: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Begin and end of what is joined and tracked."""
    good: NDArray[np.bool_] = np.isfinite(xy[:, 0]) & np.isfinite(xy[:, 1])
    cuts = np.ones(t.size + 1, np.bool_)
    cuts[1:-1] = (np.diff(t) > GAP_S) | (good[1:] != good[:-1])
    edges = np.flatnonzero(cuts)
    return [(int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True) if b - a > 2 and good[a]]


def _resampled(
    t: NDArray[np.float64], xy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """On an even time base, low-passed both ways so that nothing is delayed."""
    fine_hz = 4.0 * RESAMPLED_HZ
    fine = np.arange(t[0], t[-1], 1.0 / fine_hz)
    if fine.size < 8:
        return fine[:0], xy[:0]
    width = int(fine_hz / FILTER_HZ) | 1
    window = np.hanning(width + 2)[1:-1]
    window /= window.sum()
    half = width // 2
    columns: list[NDArray[np.float64]] = []
    for axis in range(2):
        column = np.interp(fine, t, xy[:, axis])
        padded = np.pad(column, half, mode="edge")
        columns.append(np.asarray(np.convolve(padded, window, "valid"), np.float64))
    return fine[::4], np.stack(columns, axis=1)[::4]


def _standing(places: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Stretches without a step in them."""
    n = int(RESAMPLED_HZ)
    if places.shape[0] <= n:
        return []
    fast = _lengths(places[n:] - places[:-n]) > WALK_M_S
    walks = np.zeros(places.shape[0], np.bool_)
    for at in np.flatnonzero(fast):
        walks[at : at + n + 1] = True
    edges = np.flatnonzero(np.diff(np.concatenate(([True], walks, [True])).astype(np.int8)))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > n]


def _frequencies() -> NDArray[np.float64]:
    size = int(WINDOW_S * RESAMPLED_HZ)
    hz = np.asarray(np.fft.rfftfreq(size, 1.0 / RESAMPLED_HZ), np.float64)
    return hz[(hz >= 1.0 / WINDOW_S - 1e-9) & (hz <= FILTER_HZ)]


def _spectrum_rows() -> NDArray[np.bool_]:
    return _frequencies() < SLOW_HZ


def _spectra(part: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Power at the frequencies above, both axes added, window by window."""
    size = int(WINDOW_S * RESAMPLED_HZ)
    n = _frequencies().size
    taper = np.hanning(size)[:, None]
    ramp = np.linspace(-1.0, 1.0, size)[:, None]
    found: list[NDArray[np.float64]] = []
    for at in range(0, part.shape[0] - size + 1, size // 2):
        window = part[at : at + size]
        window = window - window.mean(axis=0)
        window = window - ramp * (ramp * window).sum(axis=0) / (ramp * ramp).sum()
        power = np.asarray(np.abs(np.fft.rfft(window * taper, axis=0)) ** 2, np.float64)
        found.append(power[1 : n + 1, 0] + power[1 : n + 1, 1])
    return found
