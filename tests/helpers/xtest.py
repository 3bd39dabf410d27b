"""Keys and mouse pressed on an X screen, through the XTEST extension."""

from __future__ import annotations

import ctypes
import ctypes.util
from ctypes import c_char_p, c_int, c_uint, c_ulong, c_void_p

import pytest


class Fingers:
    """A second client of the screen that presses keys and moves the pointer."""

    def __init__(self, display: str) -> None:
        x11, xtst = ctypes.util.find_library("X11"), ctypes.util.find_library("Xtst")
        if x11 is None or xtst is None:
            pytest.skip("libX11 and libXtst are not installed")
        self._x11, self._xtst = ctypes.CDLL(x11), ctypes.CDLL(xtst)
        self._x11.XOpenDisplay.restype = c_void_p
        self._x11.XOpenDisplay.argtypes = [c_char_p]
        self._x11.XStringToKeysym.restype = c_ulong
        self._x11.XStringToKeysym.argtypes = [c_char_p]
        self._x11.XKeysymToKeycode.argtypes = [c_void_p, c_ulong]
        self._x11.XSync.argtypes = [c_void_p, c_int]
        self._x11.XCloseDisplay.argtypes = [c_void_p]
        self._xtst.XTestFakeKeyEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        self._xtst.XTestFakeButtonEvent.argtypes = [c_void_p, c_uint, c_int, c_ulong]
        self._xtst.XTestFakeMotionEvent.argtypes = [c_void_p, c_int, c_int, c_int, c_ulong]
        self._display = self._x11.XOpenDisplay(display.encode())
        assert self._display, f"no X server at {display}"

    def key(self, name: str, *, down: bool) -> None:
        """``name`` as X calls it: Escape, F8, space, w, Up."""
        code = self._x11.XKeysymToKeycode(self._display, self._x11.XStringToKeysym(name.encode()))
        self._xtst.XTestFakeKeyEvent(self._display, code & 0xFF, int(down), 0)
        self._x11.XSync(self._display, 0)

    def button(self, number: int, *, down: bool) -> None:
        self._xtst.XTestFakeButtonEvent(self._display, number, int(down), 0)
        self._x11.XSync(self._display, 0)

    def point(self, x: int, y: int) -> None:
        self._xtst.XTestFakeMotionEvent(self._display, -1, x, y, 0)
        self._x11.XSync(self._display, 0)

    def close(self) -> None:
        self._x11.XCloseDisplay(self._display)
