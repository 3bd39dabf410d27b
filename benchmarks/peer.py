"""The rendering half of panda3d-openxr 0.1.2, a peer to measure against, in a folder of its own.

What is measured is the peer's own code: its buffers, cameras, display regions, tasks and draw callbacks. Its OpenXR
half is replaced by answers that cost nothing (poses known, images there, nothing to wait for), so that its times are
a lower bound. In a real OpenXR session it runs with two changes (``in_openxr``), and not on a driver that draws
nothing: there the session's images cannot be made.
"""

from __future__ import annotations

import atexit
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from math import atan
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

WHEEL = (
    "panda3d-openxr==0.1.2 --hash=sha256:2b2b4a46b5d44019d57ee4c7d6d79800d2eded36e2087ecfadb22b8b33024979\n"
)


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "palier" / "peer-0.1.2"


def fetched() -> Path | None:
    """The folder with the peer, fetched at first; None where that is impossible."""
    where = folder()
    if not (where / "p3dopenxr").is_dir():
        with tempfile.TemporaryDirectory() as made:
            pins = Path(made) / "peer.txt"
            pins.write_text(WHEEL)
            options = ["--quiet", "--no-deps", "--require-hashes", "--target", str(where), "-r", str(pins)]
            subprocess.run(
                [sys.executable, "-m", "pip", "install", *options], check=False, stderr=subprocess.DEVNULL
            )
    return where if (where / "p3dopenxr").is_dir() else None


class _Session:
    """A session that runs, and wants every frame."""

    def __init__(self, *_: object) -> None:
        self.frame = 0

    def session_active(self) -> bool:
        return True

    def should_render(self) -> bool:
        return True

    def poll_xr_events(self) -> None:
        pass

    def wait_frame(self) -> None:
        self.frame += 1

    def begin_frame(self) -> None:
        pass

    def end_frame(self, layer: object) -> None:
        pass


class _Actions:
    """No hands."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def link_pose(self, *_: object) -> None:
        pass

    def attach(self) -> None:
        pass

    def poll_actions(self) -> None:
        pass


def rendering(base: Any, width: int, height: int, near: float, far: float) -> Callable[[], list[float]]:
    """Let the peer draw both eyes of ``base.render`` at every step of the task manager. Returns a function: what
    share of each eye's last picture is not background."""

    from OpenGL import GL
    from p3dopenxr import p3dopenxr, projection_view  # pyright: ignore[reportMissingImports]

    from benchmarks.stage_scene import DOWN, INWARDS, OUTWARDS, UP, eye

    logging.getLogger().setLevel(logging.ERROR)

    class Image:
        """A swapchain of three textures of its own."""

        def __init__(self, *_: object, **__: object) -> None:
            self.width, self.height = width, height
            self.images = [SimpleNamespace(image=int(name)) for name in GL.glGenTextures(3)]
            self.turn = 0
            for image in self.images:
                GL.glBindTexture(GL.GL_TEXTURE_2D, image.image)
                GL.glTexImage2D(
                    GL.GL_TEXTURE_2D,
                    0,
                    GL.GL_SRGB8_ALPHA8,
                    width,
                    height,
                    0,
                    GL.GL_RGBA,
                    GL.GL_UNSIGNED_BYTE,
                    None,
                )
            GL.glBindTexture(GL.GL_TEXTURE_2D, 0)

        def acquire_image_info(self) -> SimpleNamespace:
            self.turn = (self.turn + 1) % 3
            return self.images[self.turn]

        def release_image_info(self) -> None:
            pass

    class Layer:
        """Poses of the same head as this project's, in OpenXR's axes."""

        pose_valid = True

        def __init__(self, session: _Session, *_: object) -> None:
            self.session = session
            self.views = [projection_view.ProjectionView(index, SimpleNamespace()) for index in (0, 1)]

        def update_views(self, swapchains: object) -> None:
            for index, view in enumerate(self.views):
                pose = eye(index, self.session.frame)
                left, right = (OUTWARDS, INWARDS) if index == 0 else (INWARDS, OUTWARDS)
                angles = {"angle_left": -atan(left), "angle_right": atan(right)}
                view.set_view(
                    SimpleNamespace(
                        pose=SimpleNamespace(
                            position=(pose.x, pose.z, -pose.y),
                            orientation=SimpleNamespace(w=pose.qw, x=pose.qx, y=pose.qz, z=-pose.qy),
                        ),
                        fov=SimpleNamespace(angle_up=atan(UP), angle_down=-atan(DOWN), **angles),
                    )
                )

        def render_swapchain(self, index: int) -> None:
            pass

        def destroy(self) -> None:
            pass

    nothing = SimpleNamespace(destroy=lambda: None, handle=None)
    p3dopenxr.Instance = lambda *_: nothing
    p3dopenxr.System = lambda *_: SimpleNamespace(views=(0, 1), destroy=lambda: None)
    p3dopenxr.Space = lambda *_, **__: nothing
    p3dopenxr.Session, p3dopenxr.ActionSet = _Session, _Actions
    p3dopenxr.Swapchain, p3dopenxr.ProjectionLayer = Image, Layer
    made = p3dopenxr.P3DOpenXR(base)
    atexit.unregister(made.destroy)
    made.init(near=near, far=far)

    def drawn() -> list[float]:
        shares = []
        for chain in made.swapchains:
            GL.glBindTexture(GL.GL_TEXTURE_2D, chain.images[chain.turn].image)
            pixels = GL.glGetTexImage(GL.GL_TEXTURE_2D, 0, GL.GL_RGB, GL.GL_UNSIGNED_BYTE, outputType=bytes)
            shares.append(
                float((np.frombuffer(bytes(pixels), np.uint8).reshape(-1, 3).max(axis=1) > 12).mean())
            )
        return shares

    return drawn


def in_openxr(base: Any, near: float, far: float) -> None:
    """The peer as it is, in a session of the OpenXR runtime that is there. Without an alpha channel it asks for a
    swapchain format that runtimes lack, and a format that it has no name for ends it."""
    from p3dopenxr import instance, session  # pyright: ignore[reportMissingImports]
    from p3dopenxr.p3dopenxr import P3DOpenXR  # pyright: ignore[reportMissingImports]

    logging.disable(logging.CRITICAL)
    session.stringForFormat = defaultdict(str, session.stringForFormat)
    # its listener for the runtime's messages was written for another pyopenxr
    instance.Instance.debug_callback_py = lambda *_: True
    made = P3DOpenXR(base)
    atexit.unregister(made.destroy)
    wanted = made.create_default_fb_props()
    wanted.set_alpha_bits(8)
    made.init(near=near, far=far, fb_props=wanted)
    until = time.monotonic() + 20.0
    while not (made.session.session_active() and made.session.should_render() and made.layer.pose_valid):
        base.task_mgr.step()
        if time.monotonic() > until:
            raise SystemExit("the peer's session did not begin within 20 s")
