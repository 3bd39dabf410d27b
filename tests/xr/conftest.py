"""The labs that the tests of the headset display share; each test finds them as at the beginning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.xr_lab import Lab, open_lab


@pytest.fixture(scope="session")
def _null() -> Iterator[Lab]:
    with open_lab("null") as lab:
        yield lab


@pytest.fixture(scope="session")
def _window() -> Iterator[Lab]:
    with open_lab("window") as lab:
        yield lab


@pytest.fixture
def null_lab(_null: Lab) -> Iterator[Lab]:
    """Shows nothing, 20 frames a second; a scripted patient."""
    yield _null
    _null.tidy()


@pytest.fixture
def window_lab(_window: Lab) -> Iterator[Lab]:
    """Shows both eyes on a screen in memory; a scripted patient."""
    yield _window
    _window.tidy()
