"""Single pictures of high quality, off screen: for pictures of a record and for the doctor."""

from __future__ import annotations

import time
from dataclasses import replace
from statistics import median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.graphics import Graphics
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

FINE = GraphicsSettings(width=1280, height=720, msaa=4, quality="high")
"""No anisotropy: with multisampling, llvmpipe does not come back from its first frame (docs/decisions/0002)."""


class Cost(NamedTuple):
    geoms: int
    """In the frustum, not hidden."""
    triangles: int
    ms: float
    """With this driver, with the antialiasing of the settings."""


class Camera:
    """Takes pictures one at a time. Open it before the stage, which is given ``graphics``.

    Raises:
        DisplayError: NO_OPENGL.
    """

    def __init__(self, settings: GraphicsSettings = FINE) -> None:
        self._output = Graphics(settings, "offscreen")
        self.graphics = self._output.settings

    @property
    def renderer(self) -> str:
        return self._output.renderer

    def take(self, picture: Picture | None) -> NDArray[np.uint8]:
        """(height, width, 3) RGB, first row uppermost.

        Raises:
            DisplayError: NO_OPENGL, where the stage has no pictures or the driver gave none back.
        """
        if picture is not None:
            self._output.render(picture)
            pixels = self._output.capture()
            if pixels is not None:
                return pixels
        raise DisplayError(
            DisplayReason.NO_OPENGL,
            "no picture could be taken: the stage runs without graphics, or the driver failed",
        )

    def cost(self, picture: Picture, frames: int = 5) -> Cost:
        """What the picture takes to draw here: the median of some frames, each waited for."""
        took: list[float] = []
        for _ in range(frames):
            began = time.perf_counter()
            self.take(picture)
            took.append((time.perf_counter() - began) * 1e3)
        return Cost(*self._output.sees(), median(took))

    def counts(self, picture: Picture) -> tuple[int, int]:
        """Geoms and triangles that the picture has in view, without drawing it."""
        return self._output.would_see(picture)

    def close(self) -> None:
        self._output.close()


def describe_opengl() -> str:
    """The off-screen renderer, in the driver's words, and how it would draw a headset's two eyes.

    Raises:
        DisplayError: NO_OPENGL; the message says what to install.
    """
    graphics = Graphics(replace(FINE, width=16, height=16, msaa=0, eyes=2), "offscreen")
    try:
        return graphics.renderer
    finally:
        graphics.close()
