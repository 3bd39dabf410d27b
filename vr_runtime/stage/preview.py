"""The therapist's view of what the patient sees: pixels to JPEG in a thread of its own, newest picture only."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vr_runtime.protocol.streams import STREAMS

RATE_HZ = STREAMS["preview"].rate_hz or 12.0
QUALITY = 70


class PreviewImage(NamedTuple):
    """A frame as JPEG."""

    t_ns: int
    frame: int
    width: int
    height: int
    jpeg: bytes


class Preview:
    """Hands frames over without ever making the loop wait.

    The loop asks :meth:`wants` before it reads pixels back, and gives them to :meth:`offer`; a picture offered
    while another is being encoded replaces the one that waits. ``deliver`` is called from the preview's thread.
    """

    def __init__(
        self,
        deliver: Callable[[PreviewImage], None],
        *,
        size: tuple[int, int] = (640, 360),
        rate_hz: float = RATE_HZ,
    ) -> None:
        self._deliver = deliver
        self._size = size
        self._period_ns = int(1e9 / rate_hz)
        self._due_ns = 0
        self._waiting: tuple[int, int, NDArray[np.uint8]] | None = None
        self._wake = threading.Condition()
        self._open = True
        self._busy = False
        self._failed = False
        self._thread = threading.Thread(target=self._work, name="palier-preview", daemon=True)
        self._thread.start()

    def wants(self, t_ns: int) -> bool:
        """Whether it is time for another picture and the encoder has nothing waiting. Never blocks for long."""
        return t_ns >= self._due_ns and not self._busy

    def offer(self, t_ns: int, frame: int, pixels: NDArray[np.uint8]) -> None:
        """Give a frame, (height, width, 3) RGB; the array is the preview's from now on."""
        self._due_ns = max(self._due_ns + self._period_ns, t_ns)
        with self._wake:
            self._waiting = (t_ns, frame, pixels)
            self._busy = True
            self._wake.notify()

    def close(self) -> None:
        """End the thread; again: nothing happens. A picture that still waits is dropped."""
        with self._wake:
            self._open = False
            self._waiting = None
            self._wake.notify()
        self._thread.join(5.0)

    def _work(self) -> None:
        while True:
            with self._wake:
                self._busy = False
                while self._open and self._waiting is None:
                    self._wake.wait()
                if not self._open:
                    return
                t_ns, frame, pixels = self._waiting  # type: ignore[misc]
                self._waiting = None
            try:
                self._deliver(PreviewImage(t_ns, frame, *encode(pixels, self._size)))
            except Exception:  # noqa: BLE001  (whoever looks on must not end the preview, nor the session)
                self._say_once()

    def _say_once(self) -> None:
        if not self._failed:
            self._failed = True
            logging.getLogger(__name__).exception("the preview could not deliver a picture; it goes on")


def encode(pixels: NDArray[np.uint8], size: tuple[int, int]) -> tuple[int, int, bytes]:
    """Width, height and JPEG of a picture no larger than ``size``, in the pixels' own proportions."""
    image = Image.fromarray(pixels)
    image.thumbnail(size, Image.Resampling.BILINEAR)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return image.width, image.height, out.getvalue()
