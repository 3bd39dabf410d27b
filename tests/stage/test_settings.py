"""Graphics settings refuse nonsense; their configuration is text and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from vr_runtime.stage.settings import GraphicsSettings, prc


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"width": 8}, "8x360"),
        ({"eyes": 3}, "3 eyes"),
        ({"fov_deg": 179.0}, "179 degrees"),
        ({"near_m": 0.0}, "near plane"),
        ({"near_m": 10.0, "far_m": 5.0}, "near plane"),
    ],
)
def test_nonsense_is_refused(wrong: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        replace(GraphicsSettings(), **wrong)  # type: ignore[arg-type]


def test_one_sample_a_pixel_is_no_antialiasing() -> None:
    assert [GraphicsSettings(msaa=msaa).samples for msaa in (0, 1, 4)] == [0, 0, 4]


def test_the_configuration_asks_for_a_core_profile_without_sound_or_the_drivers_pace() -> None:
    lines = prc(GraphicsSettings(anisotropy=8)).splitlines()
    for line in ("gl-version 3 3", "sync-video 0", "audio-library-name null", "texture-anisotropic-degree 8"):
        assert line in lines
