"""What all tests share."""

import os
import sys

import pytest

_status = 0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    global _status
    _status = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End at once: Panda3D keeps its connection to the X server of the window tests to the very end, and ends the
    process with a failure when that server goes a moment earlier."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(_status)
