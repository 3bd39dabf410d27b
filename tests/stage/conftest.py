"""Graphics for two eyes, opened once a module."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.helpers.two_eyes import EYES, Looking
from vr_runtime.display.graphics import Graphics


@pytest.fixture(scope="module")
def looking() -> Iterator[Looking]:
    """Graphics by way and samples, opened once."""
    made: dict[tuple[str, int], Graphics] = {}

    def get(way: str, msaa: int) -> Graphics:
        if (way, msaa) not in made:
            made[way, msaa] = Graphics(replace(EYES, stereo=way, msaa=msaa), "offscreen")  # type: ignore[arg-type]
        assert made[way, msaa].settings.stereo == way
        assert made[way, msaa].samples == msaa
        return made[way, msaa]

    yield get
    for graphics in made.values():
        graphics.close()
