"""The walls between the rooms can fall: each kind of forbidden import is noticed.

The real contracts (`.importlinter`) are put on a model of the house with empty modules, first as it is, then
with one forbidden line written into one module.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

MODULES = """
vr_runtime/__init__ vr_runtime/__main__ vr_runtime/cli vr_runtime/run_options vr_runtime/run_command vr_runtime/runtime
vr_runtime/doctor vr_runtime/film vr_runtime/pictures vr_runtime/scene_views vr_runtime/assemble vr_runtime/replay vr_runtime/broadcast vr_runtime/loudspeaker
vr_runtime/lsl_outlets
vr_runtime/wait_command vr_runtime/waiting/__init__ vr_runtime/records_command vr_runtime/pair_command vr_runtime/files_command vr_runtime/sensors_command vr_runtime/inspection vr_runtime/progress vr_runtime/handover vr_runtime/interruption
vr_runtime/catalogue vr_runtime/ears vr_runtime/fingerprint vr_runtime/heart vr_runtime/journal vr_runtime/sensing
vr_runtime/measure_command vr_runtime/remeasure vr_runtime/heart_course vr_runtime/body_course
vr_runtime/protocol/__init__ vr_runtime/record/__init__ vr_runtime/link/__init__ vr_runtime/measures/__init__
vr_runtime/session/__init__ vr_runtime/sensors/__init__ vr_runtime/patient/__init__ vr_runtime/stage/__init__
vr_runtime/stage/scene vr_runtime/stage/renderer vr_runtime/display/__init__ vr_runtime/display/openxr
scenes/__init__ scenes/kit/__init__ scenes/heights/__init__ scenes/road/__init__ scenes/washroom/__init__ scenes/baseline_room/__init__ scenes/calm/__init__
clinician_console/__init__ clinician_console/cli clinician_console/export_command clinician_console/core/__init__
clinician_console/pages/__init__ clinician_console/store/__init__ clinician_console/report/__init__
clinician_console/export/__init__
clinician_console/questionnaires/__init__ clinician_console/homework/__init__ clinician_console/clinic/__init__
clinician_console/plans/__init__ clinician_console/progress/__init__ clinician_console/review/__init__
""".split()

ALLOWED = """
vr_runtime/runtime.py: import vr_runtime.display.openxr
vr_runtime/session/__init__.py: import vr_runtime.measures
vr_runtime/display/openxr.py: import xr
vr_runtime/stage/renderer.py: import panda3d.core
vr_runtime/link/__init__.py: import zmq
vr_runtime/sensors/__init__.py: import bleak
scenes/heights/__init__.py: import vr_runtime.stage.scene
scenes/calm/__init__.py: import scenes.kit
clinician_console/pages/__init__.py: import nicegui
clinician_console/core/__init__.py: import vr_runtime.link
clinician_console/export_command.py: import vr_runtime.progress
"""

FORBIDDEN = """
vr_runtime/protocol/__init__.py: import vr_runtime.record
vr_runtime/record/__init__.py: import vr_runtime.link
vr_runtime/link/__init__.py: import vr_runtime.measures
vr_runtime/session/__init__.py: import vr_runtime.record
vr_runtime/sensors/__init__.py: import vr_runtime.stage
vr_runtime/runtime.py: import scenes.heights
vr_runtime/cli.py: import clinician_console.core
vr_runtime/measures/__init__.py: import panda3d.core
vr_runtime/session/__init__.py: import time
vr_runtime/runtime.py: import direct.showbase
vr_runtime/runtime.py: import zmq
vr_runtime/lsl_outlets.py: import pylsl
vr_runtime/pair_command.py: import spake2
clinician_console/pages/__init__.py: import sqlalchemy
vr_runtime/sensors_command.py: import bleak
clinician_console/cli.py: import zeroconf
clinician_console/report/__init__.py: import mcap
clinician_console/pages/__init__.py: import vr_runtime.progress
vr_runtime/doctor.py: import panda3d.core
vr_runtime/link/__init__.py: import vr_runtime.ears
vr_runtime/display/__init__.py: import xr
vr_runtime/record/__init__.py: import nicegui
vr_runtime/link/__init__.py: import sqlcipher3
scenes/heights/__init__.py: import vr_runtime.session
scenes/heights/__init__.py: import vr_runtime.stage.renderer
scenes/heights/__init__.py: import scenes.calm
clinician_console/core/__init__.py: import vr_runtime.session
clinician_console/report/__init__.py: import vr_runtime.replay
clinician_console/core/__init__.py: import nicegui
clinician_console/core/__init__.py: import zmq
clinician_console/pages/__init__.py: import panda3d.core
clinician_console/store/__init__.py: import clinician_console.pages
"""


def _lines(table: str) -> list[tuple[str, str]]:
    rows = (row.split(": ", 1) for row in table.strip().splitlines())
    return [(path, line) for path, line in rows]


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for module in MODULES:
        path = tmp_path / f"{module}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    shutil.copy(CHECKOUT / ".importlinter", tmp_path)
    for path, line in _lines(ALLOWED):
        (tmp_path / path).write_text(line + "\n", "utf-8")
    return tmp_path


def _check(house: Path) -> subprocess.CompletedProcess[str]:
    program = "import sys; from importlinter.cli import lint_imports_command as check; sys.exit(check())"
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_imports_that_the_house_is_built_on_are_allowed(house: Path) -> None:
    result = _check(house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("path", "line"), _lines(FORBIDDEN))
def test_a_forbidden_import_is_noticed(house: Path, path: str, line: str) -> None:
    with (house / path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    result = _check(house)
    assert result.returncode == 1
    assert "BROKEN" in result.stdout, result.stdout + result.stderr
