"""One measurement of ``stage_bench``, in a process of its own. Prints JSON: what the main thread spent on a frame.

``way`` is ``single`` or ``two`` (this project), ``peer`` (panda3d-openxr) or ``preview``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from panda3d.core import GraphicsEngine, NodePath

from benchmarks.stage_scene import furnish, views
from vr_runtime.stage.settings import GraphicsSettings


def measured(step: Callable[[int], None], frames: int) -> dict[str, Any]:
    """Times of ``step(frame)``, in µs."""
    for frame in range(60):
        step(frame)
    spent = np.zeros((frames, 2))
    for frame in range(frames):
        cpu, wall = time.thread_time_ns(), time.perf_counter_ns()
        step(60 + frame)
        spent[frame] = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
    spent /= 1000.0
    return {
        "cpu": float(np.median(spent[:, 0])),
        "cpu_p99": float(np.percentile(spent[:, 0], 99)),
        "wall": float(np.median(spent[:, 1])),
    }


def ours(options: argparse.Namespace) -> dict[str, Any]:
    from vr_runtime.display import stereo
    from vr_runtime.display.port import Frame
    from vr_runtime.display.watch import Watched
    from vr_runtime.stage.picture import Picture

    settings = GraphicsSettings(width=options.width, height=options.height, eyes=2, stereo=options.way)
    if options.noop:
        # a driver that draws nothing would fail the trial
        stereo.works = lambda output, settings: True
    watched = Watched(settings, options.where)
    graphics = watched.graphics
    if graphics.settings.stereo != options.way:
        raise SystemExit(f"asked for {options.way}: {graphics.renderer}")
    world = NodePath("world")
    furnish(world.attach_new_node("scene"), graphics.settings)
    single = graphics.settings.single_pass

    def watched_step(frame: int) -> None:
        looks, now = views(frame), frame * 11_111_111
        picture = Picture(world, world, looks[0].pose, single)
        watched.show(Frame(frame + 1, now, now + 11_111_111, False), picture, looks)

    def step(frame: int) -> None:
        looks = views(frame)
        graphics.render(Picture(world, world, looks[0].pose, single), looks)

    if options.watched:
        return measured(watched_step, options.frames)
    # the peer has no flash guard either
    graphics._glance.active = False
    found = measured(step, options.frames)
    if not options.noop:
        pixels = graphics.capture()
        assert pixels is not None
        background = pixels[0, 0].astype(int)
        halves = np.split(np.abs(pixels - background).max(axis=2) > 12, 2, axis=1)
        found["drawn"] = [float(half.mean()) for half in halves]
    return found


def headset(options: argparse.Namespace) -> dict[str, Any]:
    """This project's display in an OpenXR session, with all that it does in a frame."""
    from vr_runtime.display.clock import RuntimeClock
    from vr_runtime.display.registry import open_display
    from vr_runtime.stage.picture import Picture

    settings = GraphicsSettings(eyes=2, stereo=options.way)
    display = open_display("openxr", rate_hz=90.0, clock=RuntimeClock(), graphics=settings)
    given = display.graphics
    assert given is not None
    world = NodePath("world")
    furnish(world.attach_new_node("scene"), given)

    def step(_: int) -> None:
        frame = display.begin()
        assert frame is not None
        sensed = display.sense(frame)
        display.show(frame, Picture(world, world, sensed.head, given.single_pass))

    return measured(step, options.frames)


def peer(options: argparse.Namespace) -> dict[str, Any]:
    from panda3d.core import load_prc_file_data

    load_prc_file_data("", f"gl-version 3 3\nwin-size {options.width} {options.height}\nnotify-level error\n")
    load_prc_file_data("", "audio-library-name null\ntextures-power-2 none\nsync-video 0\n")
    from direct.showbase.ShowBase import ShowBase

    from benchmarks.peer import folder, in_openxr, rendering

    sys.path.append(str(folder()))
    base = ShowBase()
    drawn = None
    if options.openxr:
        in_openxr(base, near=0.05, far=2000.0)
    else:
        drawn = rendering(base, options.width, options.height, near=0.05, far=2000.0)
    furnish(base.render.attach_new_node("scene"), GraphicsSettings())
    found = measured(lambda frame: base.task_mgr.step(), options.frames)
    if drawn is not None and not options.noop:
        found["drawn"] = drawn()
    return found


def preview(options: argparse.Namespace) -> dict[str, Any]:
    """What a picture for the console takes of the main thread's time, waiting included: ``capture``, or ``glimpse``
    and what it adds to the next frame."""
    from vr_runtime.display.graphics import Graphics
    from vr_runtime.stage.picture import Picture

    settings = GraphicsSettings(width=options.width, height=options.height, eyes=2)
    graphics = Graphics(settings, options.where)
    world = NodePath("world")
    furnish(world.attach_new_node("scene"), graphics.settings)
    spent: dict[str, list[float]] = {"none": [], "capture": [], "glimpse": []}
    for frame in range(3 * options.frames + 30):
        kind = ("none", "capture", "glimpse")[frame % 3]
        if kind == "glimpse":
            graphics.glimpse()
        looks = views(frame)
        # a frame has time to be drawn before the next one begins
        time.sleep(options.pause)
        began = time.perf_counter_ns()
        graphics.render(Picture(world, world, looks[0].pose), looks)
        if kind == "capture":
            graphics.capture()
        if kind == "glimpse":
            assert graphics.glimpse() is not None or frame < 30
        if frame >= 30:
            spent[kind].append((time.perf_counter_ns() - began) / 1000.0)
    graphics.close()
    medians = {name: float(np.median(values)) for name, values in spent.items()}
    return {"capture": medians["capture"] - medians["none"], "glimpse": medians["glimpse"] - medians["none"]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=["single", "two", "peer", "preview"])
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--height", type=int, default=64)
    parser.add_argument("--where", default="offscreen")
    parser.add_argument("--watched", action="store_true", help="with the flash guard")
    parser.add_argument("--noop", action="store_true", help="the driver draws nothing (GALLIUM_NOOP=1)")
    parser.add_argument(
        "--openxr", action="store_true", help="in a session of the OpenXR runtime that is there"
    )
    parser.add_argument("--pause", type=float, default=0.0)
    options = parser.parse_args()
    run = {"peer": peer, "preview": preview}.get(options.way, headset if options.openxr else ours)
    print(json.dumps(run(options)), flush=True)
    if options.openxr:
        os._exit(0)  # the peer does not survive the end of its session
    GraphicsEngine.get_global_ptr().remove_all_windows()


if __name__ == "__main__":
    main()
