"""Single pictures of high quality, off screen: for pictures of a record and for the doctor."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.graphics import Graphics
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

FINE = GraphicsSettings(width=1280, height=720, msaa=4, quality="high")
"""No anisotropy: with multisampling, llvmpipe does not come back from its first frame (docs/decisions/0002)."""


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
