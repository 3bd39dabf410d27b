"""The set-up without make: what it would do, on Windows too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from scripts import set_up

CHECKOUT = Path(__file__).resolve().parents[2]


def test_only_what_is_pinned_and_hashed_is_installed_and_palier_comes_last(tmp_path: Path) -> None:
    made, packages, palier, doctor = set_up.steps(tmp_path / "p", tmp_path / "palier.whl", "linux")
    assert made[1:3] == ["-m", "venv"]
    assert "--require-hashes" in packages
    assert packages[-1].endswith("runtime.txt")
    assert "--no-deps" in palier
    assert palier[-1].endswith("palier.whl")
    assert doctor[-1] == "doctor"


def test_windows_has_its_own_list_and_its_own_folders(tmp_path: Path) -> None:
    steps = set_up.steps(tmp_path / "p", tmp_path / "palier.whl", "win32")
    assert steps[1][-1].endswith("windows.txt")
    assert steps[1][0].endswith("python.exe")
    assert "Scripts" in steps[1][0]
    assert set_up.requirements("win32").exists()


def test_what_windows_alone_takes_is_in_its_list() -> None:
    listed = (CHECKOUT / "requirements" / "windows.txt").read_text("utf-8")
    for name in ("winrt-runtime==", "pywin32-ctypes==", "colorama==", "panda3d==", "pyopenxr=="):
        assert name in listed, name
    assert "uvloop" not in listed


def test_the_versions_on_windows_are_those_that_were_tested() -> None:
    def versions(name: str) -> dict[str, str]:
        lines = (CHECKOUT / "requirements" / name).read_text("utf-8").splitlines()
        pairs = [line.split(" ")[0].split("==") for line in lines if "==" in line and line[0].isalnum()]
        return {pair[0].lower(): pair[1] for pair in pairs}

    tested, windows = versions("runtime.txt"), versions("windows.txt")
    shared = tested.keys() & windows.keys()
    assert len(shared) > 60
    assert {name: windows[name] for name in shared} == {name: tested[name] for name in shared}


def test_the_start_file_keeps_its_window_open_when_something_is_wrong() -> None:
    text = set_up.start_file(Path("C-drive/palier"))
    assert text.endswith("\r\n")
    assert "clinician-console.exe" in text
    assert "pause" in text


def test_printing_does_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "scripts" / "set_up.py"), "--into", str(tmp_path / "p"), "--print"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("1. ")
    assert not (tmp_path / "p").exists()


def test_a_wheel_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert set_up.main(["--wheel", str(tmp_path / "none.whl")]) == 1
    assert "make wheel" in capsys.readouterr().err
