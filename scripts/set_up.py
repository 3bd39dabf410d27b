"""Set Palier up without make, on any system with Python 3.11 or newer: for clinics, and for Windows.

    python set_up.py --wheel FILE.whl   a virtual environment in ./palier, with what is pinned and hashed
    python set_up.py --into FOLDER      elsewhere; without --wheel: the one in dist/ (make wheel)
    python set_up.py --print            say what would be done, and do nothing

It needs the network once, for the packages. On Windows it writes Palier.cmd into the folder: a double click starts the
console and opens it in the browser. Elsewhere the command is FOLDER/bin/clinician-console.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)


def requirements(platform: str) -> Path:
    """The pinned list for a platform, as ``sys.platform`` names it."""
    return ROOT / "requirements" / ("windows.txt" if platform == "win32" else "runtime.txt")


def inside(folder: Path, program: str, platform: str) -> Path:
    """A program of the virtual environment."""
    return folder / "Scripts" / f"{program}.exe" if platform == "win32" else folder / "bin" / program


def steps(folder: Path, wheel: Path, platform: str = sys.platform) -> list[list[str]]:
    """The commands, in order. Hashes refuse what has none, so Palier itself comes last and without its requirements."""
    python = str(inside(folder, "python", platform))
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    return [
        [sys.executable, "-m", "venv", str(folder)],
        [*install, "--require-hashes", "--requirement", str(requirements(platform))],
        [*install, "--no-deps", str(wheel)],
        [str(inside(folder, "vr-runtime", platform)), "doctor"],
    ]


def start_file(folder: Path) -> str:
    """What Palier.cmd holds: the console, and a window that stays open where it says what is wrong."""
    console = inside(folder.resolve(), "clinician-console", "win32")
    return f'@echo off\r\ntitle Palier\r\n"{console}"\r\nif errorlevel 1 pause\r\n'


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--into", type=Path, default=Path("palier"), metavar="FOLDER")
    parser.add_argument("--wheel", type=Path, metavar="FILE.whl")
    parser.add_argument("--print", action="store_true", dest="only_print")
    chosen = parser.parse_args(arguments)
    if sys.version_info[:2] < OLDEST:
        print(
            f"Palier needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {sys.version.split()[0]}.",
            file=sys.stderr,
        )
        return 1
    found = [chosen.wheel] if chosen.wheel is not None else sorted((ROOT / "dist").glob("palier-*.whl"))
    wheel = found[-1] if found else ROOT / "dist" / "palier-VERSION.whl"
    if not wheel.exists() and not chosen.only_print:
        print(f"{wheel} is not there: take it from a release, or make it with `make wheel`.", file=sys.stderr)
        return 1
    for number, step in enumerate(steps(chosen.into, wheel), 1):
        print(f"{number}. {subprocess.list2cmdline(step)}", flush=True)
        if chosen.only_print:
            continue
        # The doctor's findings are for reading: a computer without a headset is set up all the same.
        if subprocess.run(step, check=False).returncode and step[-1] != "doctor":
            print("This step failed; nothing else was done. What it says above tells why.", file=sys.stderr)
            return 1
    if sys.platform == "win32" and not chosen.only_print:
        (chosen.into / "Palier.cmd").write_text(start_file(chosen.into), encoding="utf-8", newline="")
        print(f"Start the console with a double click on {chosen.into / 'Palier.cmd'}")
    elif not chosen.only_print:
        print(f"Start the console with {inside(chosen.into, 'clinician-console', sys.platform)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
