"""Reading pictures back without waiting for the one being drawn: small copies of the picture before it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    Camera,
    CullBinAttrib,
    DepthTestAttrib,
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    LVecBase4f,
    NodePath,
    OrthographicLens,
    RenderState,
    Texture,
    WindowProperties,
)

from vr_runtime.stage import geometry, shaders
from vr_runtime.stage.materials import shaded
from vr_runtime.stage.settings import GraphicsSettings

CELLS = 16
"""A side of an eye's reduced picture that the flash guard looks at."""


class Reduced:
    """A small buffer that looks at the whole picture or a part of it, before the next one is drawn. While ``active``
    it does so each frame; what it holds is one frame late, and nothing waits for the frame being drawn.

    Raises:
        OSError: the driver gives no room for the buffer.
    """

    def __init__(
        self,
        name: str,
        host: GraphicsOutput,
        shown: Texture,
        size: tuple[int, int],
        fragment: str,
        sort: int,
        **inputs: LVecBase4f,
    ) -> None:
        self.size = size
        self._engine = GraphicsEngine.get_global_ptr()
        self._read = Texture(name)
        wanted = FrameBufferProperties()
        wanted.set_rgba_bits(8, 8, 8, 8)
        output = self._engine.make_output(
            host.get_pipe(),
            name,
            sort,
            wanted,
            window_size(*size),
            GraphicsPipe.BF_refuse_window,
            host.get_gsg(),
            host,
        )
        if output is None:
            raise OSError(f"there is no room for the buffer '{name}'")
        self._output = output
        output.add_render_texture(self._read, GraphicsOutput.RTM_copy_ram)
        output.set_clear_color_active(False)
        self._root = NodePath(name)
        card = self._root.attach_new_node(geometry.patch(name, 1.0, 1.0))
        program = shaders.load("patch.vert.glsl", fragment)
        state = RenderState.make(shaded(program, shown=shown, **inputs))
        state = state.set_attrib(DepthTestAttrib.make(DepthTestAttrib.M_none))
        card.set_state(state.set_attrib(CullBinAttrib.make("fixed", 0)))
        lens = OrthographicLens()
        lens.set_film_size(2, 2)
        lens.set_near_far(0.5, 2.0)
        camera = self._root.attach_new_node(Camera(name, lens))
        camera.set_pos_hpr(0, 0, 1, 0, -90, 0)
        output.make_display_region().set_camera(camera)

    @property
    def active(self) -> bool:
        return self._output.is_active()

    @active.setter
    def active(self, wanted: bool) -> None:
        self._output.set_active(wanted)

    def pixels(self) -> NDArray[np.uint8] | None:
        """(height, width, 3) RGB, first row uppermost; None before the first. Not a copy."""
        view = self._read.get_ram_image()
        if not view:
            return None
        width, height = self.size
        return np.frombuffer(view, dtype=np.uint8).reshape(height, width, -1)[::-1, :, 2::-1]

    def close(self) -> None:
        """Give everything back."""
        self._root.remove_node()
        self._output.clear_render_textures()
        self._engine.remove_window(self._output)


def flash_guards(host: GraphicsOutput, shown: Texture, eyes: int) -> Reduced:
    """What the flash guard looks at: all that either eye sees, in 16x16 an eye."""
    size = (CELLS * eyes, CELLS)
    cells = LVecBase4f(*size, 0, 0)
    return Reduced("glance", host, shown, size, "glance.frag.glsl", -10, cells=cells)


def therapists(host: GraphicsOutput, shown: Texture, settings: GraphicsSettings) -> Reduced:
    """What the console is shown: the (left) eye's picture, no larger than the preview, in its own proportions."""
    scale = min(1.0, settings.preview_width / settings.width, settings.preview_height / settings.height)
    size = (max(1, round(settings.width * scale)), max(1, round(settings.height * scale)))
    # half the distance of the samples from each other, as a share of the whole picture
    apart = [
        min((whole / part - 1.0) / 2.0, whole / part / 4.0) / whole
        for whole, part in ((settings.width, size[0]), (settings.height, size[1]))
    ]
    part = LVecBase4f(1.0 / settings.eyes, 1.0, apart[0] / settings.eyes, apart[1])
    made = Reduced("preview", host, shown, size, "preview.frag.glsl", -9, part=part)
    made.active = False
    return made


def window_size(width: int, height: int) -> WindowProperties:
    properties = WindowProperties()
    properties.set_size(width, height)
    return properties
