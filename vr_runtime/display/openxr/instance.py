"""Reaching the OpenXR runtime: what it offers, an instance, the headset. In a thread of its own while frames run."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import Any, Final, NamedTuple

import xr

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.openxr import sharing, times

log = logging.getLogger(__name__)

DEPTH: Final = "XR_KHR_composition_layer_depth"
MASK: Final = "XR_KHR_visibility_mask"
RATE: Final = "XR_FB_display_refresh_rate"
FLOOR: Final = "XR_EXT_local_floor"
PRESENCE: Final = "XR_EXT_user_presence"

WANTED: Final = (
    sharing.OPENGL,
    *sharing.MORE,
    times.CONVERSION,
    DEPTH,
    MASK,
    RATE,
    FLOOR,
    PRESENCE,
)
"""Taken where offered; each has a way round where it is not (docs/openxr.md)."""

_ATTEMPTS: Final = 3
"""At the start: one of about 80 instances was refused without a reason that we found, and given the next time."""
_BETWEEN_S: Final = 0.2

_NO_RUNTIME = (
    "No OpenXR runtime is registered on this machine, or the one that is cannot be loaded. Install the headset's PC "
    "software (SteamVR, the maker's own, or Monado), start it, and make it the active OpenXR runtime in its settings."
)
_SILENT = (
    "The OpenXR runtime that is registered does not answer ({problem}). Start the headset's PC software; if it runs, "
    "restart it."
)
_NO_HEADSET = (
    "The OpenXR runtime {runtime} has no headset at present. Connect it, switch it on and wake it up (put it on, or "
    "cover its sensor), then try again."
)
_NO_OPENGL = (
    "The OpenXR runtime {runtime} takes no pictures from OpenGL, which Palier draws with. Use one that does: SteamVR "
    "and Monado do, for most headsets."
)


class Reached(NamedTuple):
    """A runtime that answers and has a headset."""

    instance: Any
    system: Any
    extensions: frozenset[str]
    """Those that are enabled."""
    binding: str
    """How OpenGL is shared: EGL, Xlib or Win32."""
    runtime: str
    headset: str
    follows_position: bool
    """The headset knows where it is, not only how it is turned."""
    largest: tuple[int, int]
    """Of a swapchain's images."""


def offered() -> frozenset[str]:
    """The extensions of the runtime that is registered.

    Raises:
        DisplayError: NO_RUNTIME.
    """
    try:
        found = xr.enumerate_instance_extension_properties()
    except xr.exception.RuntimeUnavailableError:
        raise DisplayError(DisplayReason.NO_RUNTIME, _NO_RUNTIME) from None
    except xr.exception.ErrorResult as problem:
        raise DisplayError(DisplayReason.NO_RUNTIME, _SILENT.format(problem=words(problem))) from None
    return frozenset(each.extension_name.decode() for each in found)


def reach(more: tuple[str, ...] = ()) -> Reached:
    """Make an instance and find the headset.

    Args:
        more: further extensions to take where they are offered (the controllers').

    Raises:
        DisplayError: NO_RUNTIME, NO_HEADSET or NO_SHARING.
    """
    known = offered()
    taken = tuple(name for name in dict.fromkeys((*WANTED, *more)) if name in known)
    info = xr.InstanceCreateInfo(
        # 1.0, which every runtime speaks; what 1.1 added is taken as extensions
        application_info=xr.ApplicationInfo("Palier", 1, "Panda3D", 1, xr.Version(1, 0, 0)),
        enabled_extension_names=list(taken),
    )
    try:
        instance = xr.create_instance(info)
    except xr.exception.ErrorResult as problem:
        raise DisplayError(DisplayReason.NO_RUNTIME, _SILENT.format(problem=words(problem))) from None
    try:
        return _headset(instance, frozenset(taken))
    except BaseException:
        discard(instance)
        raise


def _headset(instance: Any, extensions: frozenset[str]) -> Reached:
    about: Any = xr.get_instance_properties(instance)
    runtime = f"{about.runtime_name.decode()} {xr.Version(about.runtime_version)}"
    chosen = sharing.wanted(extensions)
    if chosen is None:
        raise DisplayError(DisplayReason.NO_SHARING, _NO_OPENGL.format(runtime=runtime))
    try:
        system = xr.get_system(instance, xr.SystemGetInfo(xr.FormFactor.HEAD_MOUNTED_DISPLAY))
        properties: Any = xr.get_system_properties(instance, system)
    except (
        xr.exception.FormFactorUnavailableError,
        xr.exception.FormFactorUnsupportedError,
        xr.exception.SystemInvalidError,
    ):
        raise DisplayError(DisplayReason.NO_HEADSET, _NO_HEADSET.format(runtime=runtime)) from None
    except xr.exception.ErrorResult as problem:
        raise DisplayError(DisplayReason.NO_RUNTIME, _SILENT.format(problem=words(problem))) from None
    images = properties.graphics_properties
    return Reached(
        instance,
        system,
        extensions,
        chosen,
        runtime,
        properties.system_name.decode(),
        bool(properties.tracking_properties.position_tracking),
        (images.max_swapchain_image_width, images.max_swapchain_image_height),
    )


def reach_patiently(more: tuple[str, ...] = ()) -> Reached:
    """:func:`reach`, trying again a few times where a runtime is registered and does not answer."""
    for _ in range(_ATTEMPTS - 1):
        try:
            return reach(more)
        except DisplayError as problem:
            if problem.reason is not DisplayReason.NO_RUNTIME:
                raise
            time.sleep(_BETWEEN_S)
    return reach(more)


class Attempt:
    """One attempt to reach the runtime beside the running frames: a runtime may take seconds to answer, or for ever.

    The old instance is destroyed first, in the same thread: OpenXR's loader allows one at a time, and some runtimes
    hang in destroying it.
    """

    def __init__(self, more: tuple[str, ...], old: Any = None) -> None:
        self._more = more
        self._old = old
        self._found: Reached | None = None
        self.problem: str = ""
        self._abandoned = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="openxr attempt", daemon=True)
        self._thread.start()

    @property
    def done(self) -> bool:
        return not self._thread.is_alive()

    def take(self) -> Reached | None:
        """What was reached; None: nothing (``problem`` says why)."""
        with self._lock:
            found, self._found = self._found, None
            return found

    def abandon(self, wait_s: float) -> None:
        """Nobody wants the outcome any more; what it still reaches is given back."""
        with self._lock:
            self._abandoned = True
            found, self._found = self._found, None
        if found is not None:
            discard(found.instance)
        self._thread.join(wait_s)

    def _run(self) -> None:
        if self._old is not None:
            discard(self._old)
        try:
            found = reach(self._more)
        except (DisplayError, xr.XrException) as problem:
            self.problem = str(problem)
            return
        with self._lock:
            if not self._abandoned:
                self._found = found
                return
        discard(found.instance)


def discard(instance: Any) -> None:
    """Destroy an instance and all that belongs to it; a lost one too."""
    with suppress(xr.XrException):
        xr.destroy_instance(instance)


def words(problem: xr.XrException) -> str:
    """An OpenXR error, short."""
    return type(problem).__name__.removesuffix("Error")
