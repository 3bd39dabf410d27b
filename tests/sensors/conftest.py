"""What tests of sensors share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.helpers.strap_room import Place


@pytest.fixture
def place() -> Iterator[Place]:
    it = Place()
    yield it
    it.close()
