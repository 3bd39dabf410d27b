"""Choosing how two eyes are drawn, and drawing what nobody sees."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from panda3d.core import (
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    LVecBase4f,
    NodePath,
    Texture,
)

from vr_runtime.display.eyes import Eyes, ahead
from vr_runtime.display.readback import window_size
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings, Stereo
from vr_runtime.stage.shell import Shell

NEEDS = ("GL_ARB_shader_viewport_layer_array", "GL_ARB_viewport_array")
SOFTWARE = ("llvmpipe", "softpipe", "swr", "software rasterizer", "gdi generic", "microsoft basic render")


class Choice(NamedTuple):
    stereo: Stereo
    why: str


def choose(settings: GraphicsSettings, output: GraphicsOutput) -> Choice:
    """Single pass where it is asked for or, if it is left open, where it is the faster: not in software, where
    writing to the viewport's index takes a slow path. Never where the driver cannot."""
    if settings.eyes == 1:
        return Choice("two", "one eye")
    if settings.stereo == "two":
        return Choice("two", "both eyes in two passes (as asked for)")
    gsg = output.get_gsg()
    lacking = [name for name in NEEDS if not gsg.has_extension(name)]
    if lacking:
        return Choice("two", f"both eyes in two passes (the driver lacks {', '.join(lacking)})")
    driver = gsg.get_driver_renderer().lower()
    if settings.stereo == "auto" and any(name in driver for name in SOFTWARE):
        return Choice("two", "both eyes in two passes (faster in software)")
    if not works(output, replace(settings, stereo="single")):
        return Choice("two", "both eyes in two passes (the driver failed to draw them in one)")
    return Choice("single", "both eyes in a single pass")


def works(output: GraphicsOutput, settings: GraphicsSettings) -> bool:
    """Whether this driver really draws both eyes in one pass: the neutral shell, in a buffer that nobody sees."""
    unseen = Unseen(output, settings)
    root = NodePath("trial")
    try:
        Shell(root, settings).show(1.0, 0.0)
        pixels = unseen.draw(Picture(root, root, Pose(), True)).astype(int)
        left, right = np.split(pixels, 2, axis=1)
        return bool(left.min() > 60 and np.abs(left - right).max() < 8)
    finally:
        root.remove_node()
        unseen.close()


class Unseen:
    """A small buffer of an output's kind, which nobody sees. Nothing is left out there, wherever it lies."""

    def __init__(self, output: GraphicsOutput, settings: GraphicsSettings) -> None:
        self._settings = settings
        self._engine = GraphicsEngine.get_global_ptr()
        like = FrameBufferProperties(output.get_fb_properties())
        like.set_back_buffers(0)
        self._drawn = Texture("unseen")
        self._buffer = self._engine.make_output(
            output.get_pipe(),
            "unseen",
            -20,
            like,
            window_size(64, 64),
            GraphicsPipe.BF_refuse_window,
            output.get_gsg(),
            output,
        )
        if self._buffer is None:
            raise OSError("there is no room for a buffer of 64x64")
        self._buffer.add_render_texture(self._drawn, GraphicsOutput.RTM_copy_ram)
        self._buffer.set_clear_color(LVecBase4f(0.0, 0.0, 0.0, 1.0))
        self._eyes = Eyes(self._buffer, settings, whole=True)

    def draw(self, picture: Picture) -> np.ndarray:
        """(64, 64, 3) RGB, first row uppermost; waits until it is drawn."""
        self._eyes.look(picture, ahead(picture.head, self._settings))
        self._engine.render_frame()
        pixels = np.frombuffer(self._drawn.get_ram_image(), dtype=np.uint8)
        return pixels.reshape(64, 64, -1)[::-1, :, 2::-1].copy()

    def close(self) -> None:
        self._eyes.remove()
        self._engine.remove_window(self._buffer)
