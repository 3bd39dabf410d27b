"""A picture file becomes the texture that an array of its pixels becomes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vr_runtime.stage import assets, textures
from vr_runtime.stage.settings import GraphicsSettings

pytestmark = pytest.mark.graphics

SIZE = (5, 3)
PIXELS = np.random.default_rng(1).integers(0, 256, (*SIZE[::-1], 4), dtype=np.uint8)


def saved(mode: str, file: Path) -> np.ndarray:
    """Write a picture of that mode; returns the pixels that a patient is to see."""
    picture = Image.fromarray(PIXELS)
    if mode == "I;16":
        grey = np.asarray(picture.convert("L"))
        Image.fromarray(grey.astype(np.uint16) * 257).save(file)
        return np.repeat(grey[:, :, None], 3, axis=2)
    if mode == "P":
        picture = picture.convert("RGB").quantize(4)
    else:
        picture = picture.convert(mode)
    picture.save(file)
    return np.asarray(picture.convert("RGBA" if mode in ("RGBA", "LA") else "RGB"))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "I;16"])
@pytest.mark.parametrize("srgb", [True, False])
def test_a_file_and_its_pixels_make_the_same_texture(
    mode: str, srgb: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "ROOTS", (tmp_path,))
    pixels = saved(mode, tmp_path / "it.png")
    settings = GraphicsSettings()
    read = textures.from_file("it.png", srgb=srgb, wrap="clamp", settings=settings)
    made = textures.from_array("it", pixels, srgb=srgb, wrap="clamp", settings=settings)
    for texture in (read, made):
        assert (texture.get_x_size(), texture.get_y_size()) == SIZE
    assert read.get_format() == made.get_format()
    assert read.get_num_components() == made.get_num_components() == pixels.shape[2]
    assert bytes(read.get_ram_image()) == bytes(made.get_ram_image())
