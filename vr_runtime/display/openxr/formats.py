"""Which swapchain format and size to ask for. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SRGB8_ALPHA8: Final = 0x8C43
SRGB8: Final = 0x8C41
RGBA8: Final = 0x8058
RGB8: Final = 0x8051
DEPTH24: Final = 0x81A6
DEPTH32F: Final = 0x8CAC
DEPTH24_STENCIL8: Final = 0x88F0
DEPTH32F_STENCIL8: Final = 0x8CAD
DEPTH16: Final = 0x81A5

NAMES: Final = {
    SRGB8_ALPHA8: "SRGB8_ALPHA8",
    SRGB8: "SRGB8",
    RGBA8: "RGBA8",
    RGB8: "RGB8",
    0x805B: "RGBA16",
    0x881A: "RGBA16F",
    0x881B: "RGB16F",
    0x8059: "RGB10_A2",
    0x8C3A: "R11F_G11F_B10F",
    DEPTH24: "DEPTH24",
    DEPTH32F: "DEPTH32F",
    DEPTH24_STENCIL8: "DEPTH24_STENCIL8",
    DEPTH32F_STENCIL8: "DEPTH32F_STENCIL8",
    DEPTH16: "DEPTH16",
}

_COLOURS: Final = (SRGB8_ALPHA8, SRGB8, RGBA8, RGB8)
"""Best first. Our pictures are encoded for a screen already: in an sRGB format the compositor knows it and decodes
them; the others are of use only with runtimes that take 8-bit images as encoded."""


def choose_colour(offered: Sequence[int]) -> int | None:
    """The format for pictures; None where the runtime offers none that we can fill by copying 8-bit pixels."""
    return next((kind for kind in _COLOURS if kind in offered), None)


def choose_depth(offered: Sequence[int]) -> int | None:
    """The format that Panda3D's depth (24 bits) can be copied into; None: the depth is not handed over."""
    return next((kind for kind in (DEPTH24, DEPTH24_STENCIL8) if kind in offered), None)


def format_name(kind: int) -> str:
    """For people; the number of one that we do not know."""
    return NAMES.get(kind, hex(kind))


def eye_size(recommended: tuple[int, int], scale: float, largest: tuple[int, int]) -> tuple[int, int]:
    """Width and height of one eye's picture: the recommended size times a scale, even, in the proportion of the
    recommended one, so that two of them side by side fit into the largest image."""
    width, height = recommended
    scale = min(scale, largest[0] / (2 * width), largest[1] / height)
    return max(16, int(width * scale) // 2 * 2), max(16, int(height * scale) // 2 * 2)


def choose_rate(offered: Sequence[float], wanted_hz: float) -> float | None:
    """The highest refresh rate that is not above the wanted one, else the lowest; None where none is offered."""
    below = [rate for rate in offered if rate <= wanted_hz + 0.5]
    return max(below) if below else min(offered, default=None)
