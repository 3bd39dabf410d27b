"""A screen in memory for tests of windows. Import ``screen`` where it is used as a fixture."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess

import pytest

_servers: list[subprocess.Popen[bytes]] = []


@functools.cache
def _started() -> str:
    """One for the process, however many modules import the fixtures: Panda3D keeps to the first that it met.

    The DISPLAY of a server that ends when this process has ended: Panda3D keeps its connection to the very end,
    and a server that goes before it takes the process with it."""
    xvfb, tie = shutil.which("Xvfb"), shutil.which("setpriv")
    if xvfb is None or tie is None:
        pytest.skip("Xvfb (and setpriv, which ties it to this process) is not installed")
    read, write = os.pipe()
    options = ("-displayfd", str(write), "-screen", "0", "640x480x24", "-nolisten", "tcp")
    _servers.append(
        subprocess.Popen(
            [tie, "--pdeathsig", "TERM", "--", xvfb, *options],
            pass_fds=(write,),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )
    os.close(write)
    with os.fdopen(read) as numbers:
        number = numbers.readline().strip()  # written when it is ready; empty when it failed
    return f":{number}" if number else ""


@pytest.fixture(scope="session")
def xvfb() -> str:
    return _started() or pytest.skip("Xvfb did not start")


@pytest.fixture
def screen(xvfb: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """DISPLAY, set for the test, of an X server of our own; skipped where Xvfb is not installed."""
    from panda3d.core import ExecutionEnvironment

    monkeypatch.setenv("DISPLAY", xvfb)
    # Panda3D copied the environment when it was imported, and takes :0 where it found no screen then
    ExecutionEnvironment.set_environment_variable("DISPLAY", xvfb)
    return xvfb
