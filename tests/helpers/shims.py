"""Small C libraries that are put under a process (LD_PRELOAD), compiled by the test that wants one."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def compiled(source: Path, target: Path) -> Path:
    """Compile ``source`` to the library ``target``. Where no C compiler is found the test fails: these are tests that
    a change must pass (scripts/system-packages installs one)."""
    if os.uname().sysname != "Linux":
        pytest.skip(f"{source.parent.name}/{source.name} is made for Linux")
    compiler = next((name for name in ("tcc", "cc", "gcc") if shutil.which(name)), None)
    if compiler is None:
        pytest.fail("no C compiler: run scripts/system-packages (it installs tcc)")
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-o", str(target), str(source)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return target
