"""What the texture scripts share: noise that tiles, colours, saving. Colours are display values (sRGB), 0 to 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float64]

ASSETS = Path(__file__).resolve().parent.parent


def noise(
    rng: np.random.Generator,
    size: int,
    coarse: float,
    fine: float,
    slope: float = 1.0,
    stretch: tuple[float, float] = (1.0, 1.0),
) -> Plane:
    """Noise (size, size) that tiles, mean 0, deviation 1, with waves between ``coarse`` and ``fine`` pixels.

    ``slope`` is the fall of amplitude with frequency; ``stretch`` lengthens the grain along x and y.
    """
    fx = np.fft.fftfreq(size)[None, :] * stretch[0]
    fy = np.fft.fftfreq(size)[:, None] * stretch[1]
    f = np.hypot(fx, fy)
    keep = (f >= 1.0 / coarse) & (f <= 1.0 / fine)
    gain = np.where(keep, 1.0 / np.maximum(f, 1e-9) ** slope, 0.0)
    made = np.real(np.fft.ifft2(np.fft.fft2(rng.standard_normal((size, size))) * gain))
    return made / max(float(made.std()), 1e-12)


def coloured(shade: Plane, colour: tuple[float, float, float]) -> Plane:
    """(h, w) of factors and one colour: (h, w, 3)."""
    return shade[..., None] * np.asarray(colour)


def over(under: Plane, colour: Plane | tuple[float, float, float], cover: NDArray[np.floating[Any]]) -> Plane:
    """``colour`` laid over a picture where ``cover`` (0 to 1) says."""
    return under + (np.asarray(colour) - under) * np.clip(cover, 0.0, 1.0)[..., None]


def save(picture: Plane, relative: str, quality: int = 88) -> None:
    """To the assets, as PNG or JPEG by its name; full colour resolution for data such as normals."""
    path = ASSETS / relative
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = (np.clip(picture, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)
    if path.suffix == ".jpg":
        Image.fromarray(pixels).save(
            path, quality=quality, subsampling=0 if quality >= 90 else 2, optimize=True
        )
    else:
        Image.fromarray(pixels).save(path, optimize=True)
