"""A program in the lab: plays the neutral shell in the headset and says, a line of JSON a frame, what it sensed.

Times are ``time.perf_counter_ns``, which all processes of a Linux machine share. Lines on the standard input: ``exit``
(as if the headset's menu closed it), ``recentre``, ``close``, ``hang PID`` (stop that process, then close). With ``--check NAME`` it runs one check of the contract
suite instead.
"""

from __future__ import annotations

import ctypes
import json
import os
import queue
import signal
import sys
import threading
import time

from panda3d.core import NodePath

from tests.helpers import display_contract
from vr_runtime.display.clock import RuntimeClock
from vr_runtime.display.openxr.display import OpenXRDisplay
from vr_runtime.display.registry import open_display
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings
from vr_runtime.stage.shell import Shell


def opened() -> OpenXRDisplay:
    if "PLAYER_DEPTH" in os.environ:
        return OpenXRDisplay(90.0, RuntimeClock(), GraphicsSettings(msaa=4), depth=True)
    display = open_display("openxr", rate_hz=90.0, clock=RuntimeClock(), graphics=GraphicsSettings(msaa=4))
    assert isinstance(display, OpenXRDisplay)
    return display


_gl = ctypes.CDLL("libGL.so.1")
NAMED = {
    "textures": ("glGenTextures", "glDeleteTextures"),
    "framebuffers": ("glGenFramebuffers", "glDeleteFramebuffers"),
    "buffers": ("glGenBuffers", "glDeleteBuffers"),
}


def next_names() -> dict[str, int]:
    """The names that OpenGL would give next: Mesa gives the lowest that is free, so they grow with what is kept."""
    names: dict[str, int] = {}
    for what, (make, delete) in NAMED.items():
        name = ctypes.c_uint()
        getattr(_gl, make)(1, ctypes.byref(name))
        getattr(_gl, delete)(1, ctypes.byref(name))
        names[what] = name.value
    return names


def say(**what: object) -> None:
    print(json.dumps(what), flush=True)


def check(names: list[str]) -> None:
    checks = {each.__name__: each for each in display_contract.LIVE}
    for name in names:
        display = opened()
        try:
            checks[name](display)
            say(check=name, kept=True)
        except AssertionError as problem:
            say(check=name, kept=False, problem=str(problem))
        finally:
            display.close()


def play() -> None:
    display = opened()
    wishes: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=lambda: [wishes.put(line.strip()) for line in sys.stdin], daemon=True).start()
    root = NodePath("world")
    Shell(root, display.graphics).show(1.0, 0.0)
    say(opened=time.perf_counter_ns(), renderer=display.renderer, rate_hz=display.rate_hz)
    while True:
        wish = "" if wishes.empty() else wishes.get()
        if wish.startswith("hang"):
            os.kill(int(wish.split()[1]), signal.SIGSTOP)
        if wish.startswith(("close", "hang")):
            break
        if wish == "recentre":
            display.recentre()
        elif wish == "exit":
            assert display.headset.session is not None
            display.headset.session.ask_to_leave()
        before = time.perf_counter_ns()
        frame = display.begin()
        assert frame is not None
        stopped = [type(body).__name__ for body in display.inputs()]
        sensed = display.sense(frame)
        display.show(frame, Picture(root, root, sensed.head, display.graphics.single_pass))
        now = time.perf_counter_ns()
        say(
            frame=frame.index,
            began_ns=frame.now_ns,
            display_ns=frame.display_ns,
            late=frame.late,
            head=sensed.head,
            hands=sensed.hands,
            tracking=sensed.tracking,
            headset_on=sensed.headset_on,
            display_ok=sensed.display_ok,
            stopped=stopped,
            state=display.headset.life.state.name,
            at=now,
            took_ms=(now - before) / 1e6,
            files=len(os.listdir("/proc/self/fd")),
            names=next_names(),
            losses=display.headset.life.losses,
            depth=display.headset.session is not None and display.headset.session.depth_works,
        )
    before = time.perf_counter()
    display.close()
    say(closed_s=time.perf_counter() - before)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        check(sys.argv[2:])
    else:
        play()
