"""NeuroKit2 as a second opinion: fetched into a folder of its own, asked in a process of its own.

It is no dependency of Palier. What is fetched is pinned by hash and made for Python 3.11 on Linux x86-64.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PINS = Path(__file__).with_name("neurokit-peer.txt")

PROGRAM = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np
import neurokit2 as nk

def asked(rr):
    rr = np.asarray(rr, float)
    beats = np.concatenate(([0.0], np.cumsum(rr)))
    told = {"RRI": rr, "RRI_Time": beats[1:] / 1000.0}
    time = nk.hrv_time(told, sampling_rate=1000).iloc[0]
    frequency = nk.hrv_frequency(told, sampling_rate=1000, normalize=False, silent=True).iloc[0]
    found, _ = nk.signal_fixpeaks(
        np.round(beats * 1000.0).astype(np.int64), sampling_rate=1_000_000, iterative=False, method="Kubios"
    )
    values = {name: float(time["HRV_" + name]) for name in ("MeanNN", "SDNN", "RMSSD", "SDSD", "pNN50")}
    values |= {name: float(frequency["HRV_" + name]) for name in ("LF", "HF", "LFHF")}
    # its artefacts are named by the beat that ends the interval: one less is the interval's place in rr
    kinds = {name: sorted(int(i) - 1 for i in found[name]) for name in ("ectopic", "missed", "extra", "longshort")}
    return {"version": nk.__version__, "values": values, "artefacts": kinds}

def peaks(ecg, rate):
    cleaned = nk.ecg_clean(np.asarray(ecg, float), sampling_rate=rate)
    return [int(i) for i in nk.ecg_peaks(cleaned, sampling_rate=rate)[1]["ECG_R_Peaks"]]

def density(rr, segment):
    from scipy.interpolate import CubicSpline
    from scipy.signal import detrend, welch
    at = np.cumsum(rr) / 1000.0
    curve = CubicSpline(at, rr, bc_type="natural")(np.arange(at[0], at[-1], 0.25))
    return welch(detrend(curve), 4.0, nperseg=segment, nfft=2 * segment, window="hann")[1].tolist()

BANDS = [(0.04, 0.15), (0.15, 0.40)]

def powers(rr, segment):
    # LF and HF of one series by three ways; docs/measures.md, "Spectrum"
    from scipy.interpolate import CubicSpline, interp1d
    from scipy.signal import detrend, welch
    at = np.cumsum(rr) / 1000.0
    # Palier's definition, written anew with scipy
    curve = detrend(CubicSpline(at, rr, bc_type="natural")(np.arange(at[0], at[-1], 0.25)))
    hz, density = welch(curve, 4.0, nperseg=segment, nfft=2 * segment, window="hann")
    defined = [float(density[(hz >= a) & (hz < b)].sum() * hz[1]) for a, b in BANDS]
    # NeuroKit2's own functions on the same curve, told the same segment
    alike = nk.signal_power(curve, BANDS, sampling_rate=4, normalize=False, window=segment / 4.0).iloc[0]
    # NeuroKit2's definition, written anew: quadratic curve at 100 Hz, mean of the whole taken off, trapezoids
    fine = np.arange(at[0], at[-1] + 0.01, 0.01)
    drawn = interp1d(at, rr, kind="quadratic", bounds_error=False, fill_value=(rr[0], rr[-1]))(fine)
    half = int(drawn.size / 2)
    hz, density = welch(drawn - drawn.mean(), 100.0, nperseg=half, nfft=2 * half, window="hann", detrend=False)
    within = [(hz >= a) & (hz < b) for a, b in BANDS]
    theirs = [float(np.trapezoid(density[w], hz[w])) for w in within]
    segments = (drawn.size - half) // (half - half // 2) + 1
    return {"defined": defined, "alike": alike.tolist(), "theirs": theirs, "segments": segments}

def answer(job):
    if "ecg" in job:
        return peaks(*job["ecg"])
    if "powers" in job:
        return powers(*job["powers"])
    return density(*job["density"]) if "density" in job else asked(job["rr"])

json.dump([answer(job) for job in json.load(sys.stdin)], sys.stdout)
"""


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier" / "peer-neurokit-1"


def fetched() -> Path | None:
    """The folder with the peer, fetched at first; None where that is impossible."""
    where = folder()
    done = where / "fetched"
    if not done.exists():
        with tempfile.TemporaryDirectory() as made:
            options = [
                "--quiet",
                "--no-deps",
                "--require-hashes",
                "--upgrade",
                "--target",
                str(where),
                "-r",
                str(PINS),
            ]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", *options],
                check=False,
                cwd=made,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        if (where / "neurokit2").is_dir() and (where / "sklearn").is_dir():
            done.touch()
    return where if done.exists() else None


def ask(where: Path, jobs: Sequence[dict[str, Any]]) -> list[Any]:
    """``{"rr": intervals in ms}`` is answered by values and artefacts, ``{"ecg": (samples, rate)}`` by R peaks,
    ``{"density": (intervals in ms, samples of a segment)}`` by scipy's power density of the same curve,
    ``{"powers": (the same)}`` by LF and HF (ms^2): by our definition in scipy (``defined``), by NeuroKit2's functions
    with our settings (``alike``), by its own definition in scipy (``theirs``), and how many ``segments`` it averages."""
    answer = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(jobs),
        env={**os.environ, "PYTHONPATH": str(where), "MPLBACKEND": "agg", "MPLCONFIGDIR": str(where / "mpl")},
        capture_output=True,
        text=True,
        check=True,
        timeout=900,
    )
    return json.loads(answer.stdout)
