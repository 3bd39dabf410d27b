"""What can go wrong with a display."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class DisplayReason(Enum):
    UNKNOWN = "unknown"
    """There is no display of that name."""
    NO_OPENGL = "no_opengl"
    """OpenGL 3.3 could not be opened."""
    NO_WINDOW = "no_window"
    """A window could not be opened: no screen, or closed to this user."""
    NO_RUNTIME = "no_runtime"
    """No OpenXR runtime is registered, or it does not answer."""
    NO_HEADSET = "no_headset"
    """The OpenXR runtime has no headset: off, asleep or not connected."""
    NO_SHARING = "no_sharing"
    """The OpenXR runtime cannot take pictures from this OpenGL driver."""
    STOPPED_DRAWING = "stopped_drawing"
    """The graphics driver draws nothing any more."""
    REAL_ONLY = "real_only"
    """A headset runs in real time and is worn by a person: neither time nor patient can be virtual."""


class DisplayError(PalierError):
    """A display that cannot be opened; the message says what to install or which option to use."""

    exit_status = 1
