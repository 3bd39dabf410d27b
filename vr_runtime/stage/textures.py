"""Textures from arrays and from asset files."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from panda3d.core import SamplerState, Texture
from PIL import Image

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.settings import GraphicsSettings

Wrap = Literal["repeat", "clamp"]


def from_array(
    name: str,
    pixels: NDArray[np.uint8] | NDArray[np.float32] | NDArray[np.float64],
    *,
    srgb: bool,
    wrap: Wrap,
    settings: GraphicsSettings,
) -> Texture:
    """See ``Kitchen.texture``."""
    array = np.asarray(pixels)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3, 4):
        raise ValueError(f"texture {name}: shape {array.shape}; wanted (height, width, 1, 3 or 4)")
    height, width, channels = array.shape
    half = array.dtype.kind == "f" and not srgb
    if array.dtype.kind == "f" and srgb:
        array = (np.clip(array, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    elif half:
        array = array.astype(np.float16)
    elif array.dtype != np.uint8:
        raise ValueError(f"texture {name}: {array.dtype}; wanted uint8 or floats")
    if channels == 1 and srgb:  # a core profile knows no grey sRGB textures
        array, channels = np.repeat(array, 3, axis=2), 3
    if channels >= 3:  # Panda3D's order is blue, green, red
        array = array[:, :, [2, 1, 0, 3][:channels]]
    data = np.ascontiguousarray(array[::-1]).tobytes()
    return _made(name, (width, height), data, _format(channels, srgb, half), wrap, settings)


def _format(channels: int, srgb: bool, half: bool) -> int:
    if half:
        return {1: Texture.F_r16, 3: Texture.F_rgb16, 4: Texture.F_rgba16}[channels]
    if srgb:
        return {3: Texture.F_srgb, 4: Texture.F_srgb_alpha}[channels]
    return {1: Texture.F_red, 3: Texture.F_rgb, 4: Texture.F_rgba}[channels]


def from_file(relative: str, *, srgb: bool, wrap: Wrap, settings: GraphicsSettings) -> Texture:
    """See ``Kitchen.texture_file``."""
    picture = _picture(assets.path(relative))
    clear = picture.mode == "RGBA"
    # as Panda3D keeps it, blue first and the lowest row first, in one pass over the pixels
    data = picture.tobytes("raw", "BGRA" if clear else "BGR", 0, -1)
    return _made(relative, picture.size, data, _format(4 if clear else 3, srgb, False), wrap, settings)


def _picture(path: Path) -> Image.Image:
    """RGB or RGBA. Not read by Panda3D: of a JPEG that is broken, its reader ends the process."""
    try:
        with Image.open(path) as picture:
            if picture.mode.startswith("I"):  # 16 bits a sample
                deep = np.asarray(picture, dtype=np.float64)
                return Image.fromarray((deep / 257.0 + 0.5).astype(np.uint8)).convert("RGB")
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            picture.load()
            return picture if picture.mode == mode else picture.convert(mode)
    except (OSError, ValueError, SyntaxError) as problem:
        raise FileError(
            FileReason.UNREADABLE, f"{path}: cannot be read as a picture (PNG or JPEG): {problem}"
        ) from None


def _made(
    name: str, size: tuple[int, int], data: bytes, form: int, wrap: Wrap, settings: GraphicsSettings
) -> Texture:
    """Of pixels in Panda3D's order, the lowest row first."""
    half = form in (Texture.F_r16, Texture.F_rgb16, Texture.F_rgba16)
    texture = Texture(name)
    texture.setup_2d_texture(*size, Texture.T_half_float if half else Texture.T_unsigned_byte, form)
    texture.set_ram_image(data)
    mode = SamplerState.WM_repeat if wrap == "repeat" else SamplerState.WM_clamp
    texture.set_wrap_u(mode)
    texture.set_wrap_v(mode)
    texture.set_minfilter(SamplerState.FT_linear_mipmap_linear)
    texture.set_magfilter(SamplerState.FT_linear)
    texture.set_anisotropic_degree(max(1, settings.anisotropy))
    texture.set_keep_ram_image(False)
    return texture
