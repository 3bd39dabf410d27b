"""NeuroKit2 and pandas as peers to measure against: the same figures, written as one would in a notebook.

The last minutes of beats and poses lie in data frames; once a second the window's figures are computed anew. The
peer runs in a process of its own, from a folder of its own; nothing of it is a dependency of Palier. The wheels are
those for Python 3.11 on Linux x86-64; elsewhere the peer is left out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

WHEELS = (
    "neurokit2==0.2.13 --hash=sha256:25f1414214e832341312b8f0deeaeeefb6d01e9b14d8723b71c67e99e0430c4c\n"
    "pandas==2.3.3 --hash=sha256:b98560e98cb334799c0b07ca7967ac361a47326e9b4e5a7dfb5ab2b1c9d35a1b\n"
    "numpy==2.4.6 --hash=sha256:89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93\n"
    "scipy==1.17.1 --hash=sha256:43af8d1f3bea642559019edfe64e9b11192a8978efbd1539d7bc2aaa23d92de4\n"
    "scikit-learn==1.9.1 --hash=sha256:52a0703bbc07ad27f560fa63fa68e4c54dd735bfbbf65b4dd3c225dc7547b6df\n"
    "matplotlib==3.11.2 --hash=sha256:07d9b9fa60cd4c393692f50d0bb03123242ddf61c99bb0e95e75feb354e7c1a8\n"
    "pywavelets==1.9.0 --hash=sha256:d76b7fa8fc500b09201d689b4f15bf5887e30ffbe2e1f338eb8470590eb4521a\n"
    "python-dateutil==4.0.0 --hash=sha256:a5e246f79eb80475e691bf93862cead98decd8a498cf53ba0516fcdc0f50dc1c\n"
    "pytz==2026.6 --hash=sha256:7fed3fee8fd6bd4a2b7b75a8d56021d0624127bf69bd5691f115db929ac570b3\n"
    "tzdata==2026.6 --hash=sha256:0a10eec6e13ef16b627fabed9a5f2ba61a62b1c67f327305f4e7e412a70b4aec\n"
    "contourpy==1.3.3 --hash=sha256:51e79c1f7470158e838808d4a996fa9bac72c498e93d8ebe5119bc1e6becb0db\n"
    "cycler==0.12.1 --hash=sha256:85cef7cff222d8644161529808465972e51340599459b8ac3ccbac5a854e0d30\n"
    "fonttools==4.68.0 --hash=sha256:4b9c89b5876f1a74b1341632dfaf4c4c2be565d76c060445df401ebe7a4ceefa\n"
    "kiwisolver==1.5.1 --hash=sha256:95a02752aa032eef4aed01cda6d9b687c669bd0396bf4519eef8bba22a286720\n"
    "packaging==26.4 --hash=sha256:81383611a09c1bc0b08b76e0fd5829d7c6824c65b27a6aee339da133f4233ea2\n"
    "pillow==13.0.0 --hash=sha256:a625df9a2a5597fa5e5266e01aefc82604bb85d291e3547981e863560d75da6c\n"
    "pyparsing==3.3.3 --hash=sha256:ece8c00a69cf01b45d0b1dedabb469c90d8caf996d4fda40f147627a122849a4\n"
    "cloudpickle==3.1.3 --hash=sha256:1654f4f18e416447210a63c5c25a135d65a292156aa5fa519dfa4baf7726dddb\n"
    "joblib==1.6.0 --hash=sha256:3dbbf9f6e4b592a2357b854608e980fe6390d131d7a82f011a377ef2ebef7aba\n"
    "threadpoolctl==3.8.0 --hash=sha256:f1b49c82704d50f13ffae019c727b0fa4f6791a58f48f06a09c45face1be66da\n"
    "narwhals==2.29.0 --hash=sha256:1c69b3dc30240f6e848c5a673cafc86affa44184ecce721e25b7194663ad10dc\n"
    "requests==2.34.2 --hash=sha256:2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0\n"
    "charset-normalizer==3.5.3 --hash=sha256:2a6f937e0b70133d1f826d0a253331b6fe1a4c874808cc12e16f2fb8177042f4\n"
    "idna==3.20 --hash=sha256:ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c\n"
    "urllib3==2.8.0 --hash=sha256:0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3\n"
    "certifi==2026.10.19.post1 --hash=sha256:1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2\n"
)

PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import neurokit2, numpy, pandas
told = json.load(open(sys.argv[1]))
beats = pandas.DataFrame(told["beats"], columns=["t", "rr"])
poses = pandas.DataFrame(told["poses"], columns=["t", "distance"])
spent = []
for second in range(70, int(poses.t.iloc[-1])):
    began = time.perf_counter_ns()
    minute = beats[(beats.t > second - 60) & (beats.t <= second)]
    long = beats[(beats.t > second - 240) & (beats.t <= second)]
    rate = 60000.0 / minute[minute.t > second - 10].rr.mean()
    for window in (minute, long):
        peaks = neurokit2.intervals_to_peaks(window.rr.to_numpy(), sampling_rate=1000)
        figures = neurokit2.hrv_time(peaks, sampling_rate=1000)
    rmssd, pnn50, sdnn = figures["HRV_RMSSD"][0], figures["HRV_pNN50"][0], figures["HRV_SDNN"][0]
    near = poses[(poses.t > second - 60) & (poses.t <= second)]
    slope = near.distance.ewm(alpha=0.13).mean().diff() * 90.0
    held = near.distance.rolling(90).max().min()
    hesitation = float((slope.abs() < 0.05)[near.distance < 1.0].mean())
    retreat = float((near.distance - near.distance.rolling(180).min()).max())
    spent.append(time.perf_counter_ns() - began)
print(json.dumps({"spent": spent, "rmssd": rmssd, "neurokit2": neurokit2.__version__, "pandas": pandas.__version__}))
"""


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier" / "peer-heart-1"


def fetched() -> Path | None:
    """The folder with the peer, fetched at first; None where that is impossible."""
    where = folder()
    if not (where / "neurokit2").is_dir():
        with tempfile.TemporaryDirectory() as made:
            pins = Path(made) / "peer.txt"
            pins.write_text(WHEELS)
            options = ["--quiet", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", *options, "--target", str(where), "-r", str(pins)],
                check=False, stderr=subprocess.DEVNULL,
            )  # fmt: skip
    return where if (where / "neurokit2").is_dir() else None


def measured(
    where: Path, beats: list[tuple[float, float]], poses: list[tuple[float, float]]
) -> dict[str, Any] | None:
    """What each second cost (``spent``, ns), and which versions did it. ``beats``: (s, RR in ms); ``poses``: (s, m).

    None where the peer did not run to its end.
    """
    with tempfile.TemporaryDirectory() as made:
        told = Path(made) / "told.json"
        told.write_text(json.dumps({"beats": beats, "poses": poses}))
        done = subprocess.run(
            [sys.executable, "-c", PEER, str(told)],
            env=os.environ | {"PYTHONPATH": str(where), "OMP_NUM_THREADS": "1"},
            capture_output=True, text=True, timeout=600, check=False,
        )  # fmt: skip
        return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 and done.stdout else None
