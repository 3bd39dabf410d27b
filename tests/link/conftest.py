from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.link import Runtime, closing_all

# How long an example takes says nothing on a machine that others use as well.


@pytest.fixture
def keep() -> Iterator[Callable[[Any], None]]:
    """What is given to it is closed at the end of the test, the last first."""
    with closing_all() as add:
        yield add


@pytest.fixture
def runtime(tmp_path: Path, keep: Callable[[Any], None]) -> Runtime:
    made = Runtime(tmp_path)
    keep(made)
    return made
