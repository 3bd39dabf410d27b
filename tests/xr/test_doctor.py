"""The doctor on the headset's side: what there is, what to do, and no harm done by asking."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.helpers.session import ROOT
from tests.helpers.xr_lab import Lab
from tests.xr.test_display import Player
from vr_runtime.display import runtimes


def openxr_lines(output: str) -> str:
    names = ("OpenXR", "headset", "controllers", "      ")
    return "\n".join(line for line in output.splitlines() if line[6:].startswith(names) or line[:1] == " ")


def test_it_finds_the_registered_runtime_where_the_loader_looks(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_DIRS": str(tmp_path / "system")}
    for folder in ("system", ".config"):
        manifest = tmp_path / folder / "openxr/1/active_runtime.json"
        manifest.parent.mkdir(parents=True)
        manifest.write_text("{}")
        assert runtimes.registered(home) == str(manifest)
    assert runtimes.registered({**home, "XR_RUNTIME_JSON": str(tmp_path / "gone.json")}) is None
    assert runtimes.registered({**home, "XR_RUNTIME_JSON": str(manifest)}) == str(manifest)


def test_without_a_runtime_nothing_is_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from vr_runtime.doctor import _openxr; (found,) = _openxr(); "
        "print(found.good, found.found, 'xr' in sys.modules)"
    )
    lacking = {**os.environ, "XR_RUNTIME_JSON": str(tmp_path / "none.json")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=lacking, check=True
    )
    assert done.stdout.strip() == "False none registered False"


@pytest.mark.slow
@pytest.mark.graphics
def test_it_describes_the_headset(null_lab: Lab) -> None:
    found = openxr_lines(null_lab.python("-m", "vr_runtime", "doctor").stdout)
    for what in (
        "ok    OpenXR runtime: Monado",
        "ok    headset: Monado: Remote HMD, 320x240 an eye, OpenGL by EGL, 20 Hz; tracked in its stage space",
        "ok    headset pictures: SRGB8_ALPHA8 (of ",
        "XR_KHR_visibility_mask",
        "not offered: XR_EXT_user_presence",
        "index_controller",
    ):
        assert what in found, found


@pytest.mark.slow
@pytest.mark.graphics
def test_a_runtime_that_does_not_answer(null_lab: Lab) -> None:
    null_lab.service.kill()
    found = openxr_lines(null_lab.python("-m", "vr_runtime", "doctor").stdout)
    assert "MISS  OpenXR runtime: " in found
    assert "Start the headset's PC software" in found


@pytest.mark.slow
@pytest.mark.graphics
def test_asking_takes_nothing_from_a_patient(null_lab: Lab) -> None:
    player = Player(null_lab)
    begun = time.perf_counter_ns()
    assert "ok    headset" in null_lab.python("-m", "vr_runtime", "doctor").stdout
    assert all(row["headset_on"] and row["tracking"] for row in player.since(begun))
    assert player.closed() < 1.0
