"""What a series of RR intervals is, for every measure that takes one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LONGEST_MS = 60_000.0
"""No interval between two beats is longer than a minute: such a number is a pause, or of another unit."""


def check_series(rr_ms: ArrayLike) -> NDArray[np.float64]:
    """The intervals as an array (shape (n,), ms).

    Raises:
        ValueError: not numbers, not one-dimensional, not finite, not positive, or longer than a minute.
    """
    rr = np.asarray(rr_ms, np.float64)
    if rr.ndim != 1:
        raise ValueError(f"rr_ms has shape {rr.shape}; give one dimension of intervals in ms")
    if not np.all(np.isfinite(rr)) or np.any(rr <= 0.0):
        raise ValueError("rr_ms holds values that are not finite and positive; leave out what is missing")
    if np.any(rr > LONGEST_MS):
        raise ValueError("rr_ms holds values of more than a minute; cut the series where it pauses")
    return rr


def check_starts(starts: ArrayLike | None, n: int) -> NDArray[np.bool_]:
    """True (shape (n,)) where an interval begins a new segment; None: nowhere.

    Raises:
        ValueError: another length.
    """
    if starts is None:
        return np.zeros(n, np.bool_)
    fresh = np.asarray(starts, np.bool_)
    if fresh.shape != (n,):
        raise ValueError(f"starts has shape {fresh.shape}; give one value for each of the {n} intervals")
    return fresh
