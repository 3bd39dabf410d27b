"""Rendering under the flash guard's eyes: what every display with graphics shows frames through."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vr_runtime.display.graphics import Graphics, Where
from vr_runtime.display.port import Frame, Glimpse
from vr_runtime.display.tracked import turn_deg
from vr_runtime.display.view import View
from vr_runtime.stage.flash import FlashGuard
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings


class Watched:
    """Graphics whose every frame the flash guard sees, one frame after it was shown.

    Raises:
        DisplayError: see :class:`Graphics`.
    """

    def __init__(self, settings: GraphicsSettings, where: Where) -> None:
        self.graphics = Graphics(settings, where)
        self._guard = FlashGuard(self.graphics.settings.eyes)
        self._before: tuple[Frame, Picture] | None = None
        self._glimpsed: Frame | None = None

    @property
    def tripped(self) -> bool:
        return self._guard.tripped

    def show(self, frame: Frame, picture: Picture, views: Sequence[View] | None = None) -> None:
        """Render the picture, from the eyes' own views where a headset has them; the guard looks at the one
        before."""
        glimpse_due = self.graphics.glimpse_due
        self.graphics.render(picture, views)
        glance = self.graphics.glance()
        if self._before is not None:
            shown, before = self._before
            if glance is not None:
                seconds = max(1e-3, (frame.display_ns - shown.display_ns) / 1e9)
                turning_deg_s = turn_deg(before.head, picture.head) / seconds
                self._guard.see(shown.display_ns / 1e9, glance, turning_deg_s, before.moving)
            if glimpse_due:
                self._glimpsed = shown
        self._before = (frame, picture)

    def glimpse(self) -> Glimpse | None:
        """See ``Display.glimpse``."""
        pixels = self.graphics.glimpse()
        return None if pixels is None or self._glimpsed is None else Glimpse(self._glimpsed, pixels)

    def capture(self) -> NDArray[np.uint8] | None:
        return self.graphics.capture()

    def close(self) -> None:
        self.graphics.close()
