"""Pin every requirement with hashes: requirements/runtime.txt, windows.txt and dev.txt.

What Palier runs on is named once, in pyproject.toml; what building and testing take beside it, in
requirements/dev.in. Hashes of all files of a version are written, so that one list serves every platform
with that version's wheels. No index address is written: the machine's own pip configuration says where
packages come from.

Run with the oldest supported Python (`make pins`), so that packages which only it needs are in the list.
Arguments are passed on to pip-compile, for example `--upgrade`.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
OPTIONS = (
    "--quiet",
    "--resolver=backtracking",
    "--generate-hashes",
    "--allow-unsafe",
    "--strip-extras",
    "--no-emit-index-url",
    "--no-emit-trusted-host",
    "--no-emit-find-links",
    "--no-emit-options",
    "--annotation-style=line",
)

WINDOWS = (
    "--quiet",
    "--python-platform=windows",
    f"--python-version={'.'.join(str(part) for part in OLDEST)}",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
)


def wanted_at_run_time() -> list[str]:
    """The requirements of the project itself, with those of the `openxr` extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["openxr"]]


def wanted_for_tests() -> list[str]:
    """What the tests take beside dev.in: the extras `lsl` (its wheel wants a newer glibc than the rest) and
    `postgresql`."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [*project["optional-dependencies"]["lsl"], *project["optional-dependencies"]["postgresql"]]


def pin(requirements: list[str], output: Path, arguments: list[str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "piptools", "compile", *OPTIONS, *arguments, "-o", str(output), "-"],
        input="\n".join(requirements),
        text=True,
        check=True,
        cwd=ROOT,
        env=os.environ | {"CUSTOM_COMPILE_COMMAND": "make pins"},
    )


def pin_for_windows(requirements: list[str], folder: Path) -> None:
    """requirements/windows.txt: the versions of runtime.txt, and what only Windows takes. pip-compile knows no platform
    but its own, so this one list is written by uv, where it is installed."""
    uv = shutil.which("uv")
    if uv is None:
        print(
            "pins.py: windows.txt is left as it is: it takes uv (python -m pip install uv)", file=sys.stderr
        )
        return
    done = subprocess.run(
        [uv, "pip", "compile", "-", "--constraint", str(folder / "runtime.txt"), *WINDOWS],
        input="\n".join(requirements),
        text=True,
        check=True,
        capture_output=True,
    )
    head = (
        "# What Palier runs on, for Windows on x86-64: the versions of runtime.txt. Written by `make pins`.\n"
    )
    (folder / "windows.txt").write_text(head + done.stdout, "utf-8")


def main() -> int:
    if sys.version_info[:2] != OLDEST:
        print(f"pins.py: run it with Python {OLDEST[0]}.{OLDEST[1]}, the oldest that is supported.")
        return 2
    folder = ROOT / "requirements"
    run_time = wanted_at_run_time()
    development = (folder / "dev.in").read_text("utf-8").splitlines()
    pin([*run_time, *wanted_for_tests(), *development], folder / "dev.txt", sys.argv[1:])
    # pip-compile keeps the pins that it finds in its output, so users get the versions that were tested.
    shutil.copyfile(folder / "dev.txt", folder / "runtime.txt")
    pin(run_time, folder / "runtime.txt", [])
    pin_for_windows(run_time, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
