"""Displays by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.headless import HeadlessDisplay, PoseSource
from vr_runtime.display.port import Display

if TYPE_CHECKING:
    from vr_runtime.stage.settings import GraphicsSettings

Opener = Callable[[float, RuntimeClock, "GraphicsSettings | None", "PoseSource | None"], Display]


def _headless(
    rate_hz: float, clock: RuntimeClock, graphics: GraphicsSettings | None, patient: PoseSource | None
) -> Display:
    return HeadlessDisplay(rate_hz, clock, graphics, patient)


def _window(
    rate_hz: float, clock: RuntimeClock, graphics: GraphicsSettings | None, patient: PoseSource | None
) -> Display:
    from vr_runtime.display.window import WindowDisplay
    from vr_runtime.stage.settings import GraphicsSettings as Settings

    return WindowDisplay(rate_hz, clock, graphics or Settings(), patient)


def _openxr(
    rate_hz: float, clock: RuntimeClock, graphics: GraphicsSettings | None, patient: PoseSource | None
) -> Display:
    if clock.virtual:
        raise DisplayError(
            DisplayReason.REAL_ONLY,
            "A headset runs in real time: use --speed real, or --display headless with --speed max.",
        )
    if patient is not None:
        raise DisplayError(
            DisplayReason.REAL_ONLY,
            "A headset is worn by a person: use --patient none, or --display headless with a virtual patient.",
        )
    from vr_runtime.display.openxr.display import OpenXRDisplay

    return OpenXRDisplay(rate_hz, clock, graphics)


_OPENERS: dict[str, Opener] = {"headless": _headless, "window": _window, "openxr": _openxr}

NAMES = tuple(sorted(_OPENERS))
"""Displays that can be opened by name. (``recorded`` wants a record: replay makes it.)"""


def open_display(
    name: str,
    *,
    rate_hz: float,
    clock: RuntimeClock,
    graphics: GraphicsSettings | None = None,
    patient: PoseSource | None = None,
) -> Display:
    """Open a display.

    Args:
        name: one of ``NAMES``.
        rate_hz: frames a second (a headset brings its own).
        clock: the runtime's; a virtual one makes virtual time.
        graphics: None: no pictures (a window always has them).
        patient: who stands in for the person where nobody is tracked; None: somebody who stands still.

    Raises:
        DisplayError: the name is unknown, or what it needs is not there.
    """
    opener = _OPENERS.get(name)
    if opener is None:
        raise DisplayError(
            DisplayReason.UNKNOWN, f"there is no display '{name}'; choose one of: {', '.join(NAMES)}"
        )
    return opener(rate_hz, clock, graphics, patient)
