"""Scenes that need room say how much, and what the boundary lacks is said before a session."""

from __future__ import annotations

import pytest

from vr_runtime.assemble import room_lacking
from vr_runtime.catalogue import find_scenes


@pytest.mark.parametrize("room_m", [None, (2.0, 3.2), (3.2, 2.0), (5.0, 5.0)])
def test_a_room_that_is_large_enough_or_unknown_is_not_spoken_of(room_m: tuple[float, float] | None) -> None:
    manifests = {name: pack.manifest for name, pack in find_scenes().items()}
    assert room_lacking(manifests, room_m) == ""


def test_a_room_that_is_too_small_is_named_with_what_is_wanted_and_what_to_do() -> None:
    manifests = {name: pack.manifest for name, pack in find_scenes().items()}
    said = room_lacking(manifests, (1.8, 2.5))
    assert "1.8 x 2.5 m" in said
    assert "Heights" in said
    assert "2 x 3.2 m" in said
    assert "sit" in said
    assert "quiet room" not in said  # that one fits
