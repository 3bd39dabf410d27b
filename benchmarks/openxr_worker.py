"""Runs inside the OpenXR lab: times the calls that locate head and eyes, three ways in turns, in real frames.

Prints one line of JSON: the median microseconds of each. ``python -m benchmarks openxr_bench`` starts it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from ctypes import POINTER, byref, c_uint32, cast
from statistics import median
from typing import Any

import xr
from xr import raw_functions as raw

from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.openxr.display import OpenXRDisplay
from vr_runtime.stage.settings import GraphicsSettings

FRAMES = 60
CALLS = 20


def bare(frames: Any) -> Callable[[], None]:
    """The two C functions with arguments that were made before: what OpenXR itself takes, by ctypes."""
    info, state, location = frames._info, xr.ViewState(), xr.SpaceLocation()
    views, count = (xr.View * 2)(xr.View(), xr.View()), c_uint32()
    arguments = (frames._session, info, byref(state), 2, byref(count), cast(views, POINTER(xr.View)))
    place = byref(location)

    def call() -> None:
        raw.xrLocateViews(*arguments)
        raw.xrLocateSpace(frames._view_space, frames._space, info.display_time, place)

    return call


def wrapped(frames: Any) -> Callable[[], None]:
    """pyopenxr's own functions, as its examples use them."""

    def call() -> None:
        info = xr.ViewLocateInfo(
            xr.ViewConfigurationType.PRIMARY_STEREO, frames._info.display_time, frames._space
        )
        xr.locate_views(frames._session, info)
        xr.locate_space(frames._view_space, frames._space, frames._info.display_time)

    return call


def main() -> None:
    display = OpenXRDisplay(90.0, RuntimeClock(), GraphicsSettings())
    took: dict[str, list[float]] = {"ours": [], "bare": [], "wrapped": [], "sense": []}
    for _ in range(FRAMES):
        frame = display.begin()
        assert frame is not None
        began = time.perf_counter_ns()
        display.sense(frame)
        took["sense"].append((time.perf_counter_ns() - began) / 1e3)
        session = display._headset.running
        if session is not None and session.frames.open:
            frames: Any = session.frames
            moment = display._xr_time
            ways: dict[str, Callable[[], object]] = {
                "bare": bare(frames),
                "ours": lambda frames=frames, moment=moment: frames.locate(moment),
                "wrapped": wrapped(frames),
            }
            for name, call in ways.items():
                began = time.perf_counter_ns()
                for _ in range(CALLS):
                    call()
                took[name].append((time.perf_counter_ns() - began) / 1e3 / CALLS)
        display.show(frame, None)
    display.close()
    print(json.dumps({name: median(values) for name, values in took.items() if values}))


if __name__ == "__main__":
    main()
