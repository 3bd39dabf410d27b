"""XrTime and the clock that Python reads, tied together by the runtime where it can."""

from __future__ import annotations

import ctypes
import sys
import time
from typing import Any, Final

import xr

TIMESPEC: Final = "XR_KHR_convert_timespec_time"
COUNTER: Final = "XR_KHR_win32_convert_performance_counter_time"
CONVERSION: Final = COUNTER if sys.platform == "win32" else TIMESPEC
"""The one of this platform."""

_convert = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)


class _Timespec(ctypes.Structure):
    _fields_ = [("s", ctypes.c_int64), ("ns", ctypes.c_long)]


class XrClock:
    """Turns a predicted display time into ns of ``time.perf_counter_ns`` (CLOCK_MONOTONIC on Linux, the performance
    counter on Windows: what the two extensions convert to).

    Without an extension the first prediction is taken to lie one period ahead, and the distance between the two
    clocks to stay what it was then.
    """

    def __init__(self, instance: Any, extensions: frozenset[str]) -> None:
        self._instance = instance
        self._function: Any = None
        self._frequency = 1
        self._offset: int | None = None
        self._timespec = _Timespec()
        self._counter = ctypes.c_int64()
        name = ""
        if sys.platform != "win32" and TIMESPEC in extensions:
            name = "xrConvertTimeToTimespecTimeKHR"
            self._out: Any = self._timespec
        elif sys.platform == "win32" and COUNTER in extensions:
            name = "xrConvertTimeToWin32PerformanceCounterKHR"
            self._out = self._counter
            frequency = ctypes.c_int64()
            ctypes.WinDLL("kernel32").QueryPerformanceFrequency(ctypes.byref(frequency))
            self._frequency = frequency.value
        if name:
            found = xr.get_instance_proc_addr(instance, name)
            self._function = ctypes.cast(found, _convert)

    @property
    def exact(self) -> bool:
        """The runtime converts; otherwise times are estimates."""
        return self._function is not None

    def perf_ns(self, xr_time: int, period_ns: int) -> int:
        """``xr_time`` on ``perf_counter_ns``."""
        if self._function is not None:
            result = self._function(self._instance, xr_time, ctypes.byref(self._out))
            if result < 0:
                raise xr.check_result(xr.Result(result))
            if self._out is self._timespec:
                return self._timespec.s * 1_000_000_000 + self._timespec.ns
            return self._counter.value * 1_000_000_000 // self._frequency
        if self._offset is None:
            self._offset = time.perf_counter_ns() + period_ns - xr_time
        return xr_time + self._offset


class FineTimer:
    """Windows wakes sleepers every 15 ms unless somebody asks for better; a loop at 90 Hz has to. Nothing elsewhere.
    Not run (docs/openxr.md)."""

    def __init__(self) -> None:
        self._library: Any = None
        if sys.platform == "win32":
            self._library = ctypes.WinDLL("winmm")
            self._library.timeBeginPeriod(1)

    def close(self) -> None:
        library, self._library = self._library, None
        if library is not None:
            library.timeEndPeriod(1)
