"""What all tests share."""

import os
import sys

import pytest
from hypothesis import settings

# Hypothesis by itself fails a test that a busy machine makes slow; no test of ours asserts a time. And what a change
# must pass does not hang on what is drawn today: the same sixty examples every time, others and more in `make proof`.
PROOF = "PALIER_COURSES" in os.environ
settings.register_profile("palier", deadline=None, derandomize=not PROOF, max_examples=100 if PROOF else 60)
settings.load_profile("palier")

_status = 0


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests run side by side, files with slow ones begin first: all processes then end at about the same time."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)


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
