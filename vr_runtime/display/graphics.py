"""An OpenGL output with its eyes: opened here, rendered here, read back here.

Only the displays use it. It knows nothing of scenes: it renders a :class:`Picture`.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    GraphicsPipeSelection,
    LVecBase4f,
    RenderState,
    SamplerState,
    Texture,
    TransformState,
    WindowProperties,
    load_prc_file_data,
    unload_prc_file,
)

from vr_runtime.display import stereo
from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.eyes import EYE_APART_M, Eyes, ahead
from vr_runtime.display.novelty import Novelties
from vr_runtime.display.readback import Reduced, flash_guards, therapists, window_size
from vr_runtime.display.view import View
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings, prc

__all__ = ["EYE_APART_M", "EyeImage", "Graphics", "Where"]

BACKGROUND = (0.55, 0.54, 0.52, 1.0)
"""Where nothing is drawn: a neutral warm grey, never black."""

Where = Literal["offscreen", "hidden", "window"]
"""``hidden`` is off screen too, on the desktop's own OpenGL (GLX, WGL), as OpenXR runtimes want it."""

_PIPES: dict[Where, str] = {"offscreen": "p3headlessgl", "hidden": "pandagl", "window": "pandagl"}

_pipes: dict[str, GraphicsPipe] = {}
"""One connection to each graphics system for the whole process: closing one of two to the same EGL display would
pull the display from under the other."""

_graphics: list[Graphics] = []
"""All that are open, the one that drew last at the end: Panda3D draws every output that is active, and leaves the
last one's context current."""

_REMEDY = {
    "offscreen": (
        "Off-screen OpenGL 3.3 could not be opened. On Debian or Ubuntu: apt-get install libegl1 libgl1 "
        "libgl1-mesa-dri. Or run without pictures: --graphics off."
    ),
    "hidden": (
        "OpenGL 3.3 on the desktop could not be opened. Is there a screen (DISPLAY), and its graphics driver? "
        "Without one, use --display headless."
    ),
    "window": (
        "A window with OpenGL 3.3 could not be opened. Is there a screen (DISPLAY), and its graphics driver? "
        "Without one, use --display headless."
    ),
}

_STOPPED = (
    "The graphics driver has stopped drawing. Restart the session; should it come again, update the graphics driver "
    "(vr-runtime doctor names it)."
)


class EyeImage(NamedTuple):
    """The last picture where it lies. Its values are for showing (encoded as sRGB), in a texture that does not say
    so: copy them as they are."""

    texture: int
    """OpenGL's name of the texture (2D, RGBA8), without multisampling."""
    eyes: tuple[tuple[int, int, int, int], ...]
    """Each eye's part, left eye first: x, y (of the lower left corner), width, height, in pixels."""


class Graphics:
    """One output (an off-screen buffer or a window) with one or two eyes side by side.

    Raises:
        DisplayError: NO_OPENGL or NO_WINDOW.
    """

    def __init__(self, settings: GraphicsSettings, where: Where, title: str = "Palier") -> None:
        self._where: Where = where
        if where == "offscreen":
            os.environ.setdefault("EGL_PLATFORM", "surfaceless")
        self._page = load_prc_file_data("palier graphics", prc(settings))
        self._engine = GraphicsEngine.get_global_ptr()
        self._outputs: list[GraphicsOutput] = []
        self._reduced: list[Reduced] = []
        self._eyes: list[Eyes] = []
        self._frames = 0
        self._glimpsed = False
        self._open = True
        # a window that is still open when Panda3D tears itself down aborts the process
        atexit.register(self.close)
        try:
            self.output = self._open_output(settings, title)
            choice = stereo.choose(settings, self.output)
            self.settings = replace(settings, stereo=choice.stereo)
            """As asked for, with ``stereo`` decided: what the stage is to be given."""
            self._stereo = choice.why
            self._shown = self._keep_picture()
            self._eyes.append(Eyes(self.output, self.settings))
            try:
                self._glance = flash_guards(self.output, self._shown, settings.eyes)
                self._reduced.append(self._glance)
                self._preview = therapists(self.output, self._shown, self.settings)
                self._reduced.append(self._preview)
            except OSError as problem:
                raise self._unable(str(problem)) from None
            _graphics.insert(0, self)
        except BaseException:
            self.close()
            raise

    # ---- what displays ask for

    @property
    def renderer(self) -> str:
        """The driver's own description, and how two eyes are drawn, for the doctor and the record."""
        gsg = self.output.get_gsg()
        driver = f"{gsg.get_driver_renderer()}, OpenGL {gsg.get_driver_version()}"
        return f"{driver}, {self._stereo}" if self.settings.eyes == 2 else driver

    @property
    def samples(self) -> int:
        """Samples a pixel that the driver gave."""
        return self.output.get_fb_properties().get_multisamples()

    def prepare(self, pictures: Iterable[Picture]) -> None:
        """Draw pictures into a small buffer of the output's kind, which nobody sees: afterwards the driver holds
        their textures and vertices and has compiled their shaders. One that shows nothing new is left out."""
        for other in _graphics:
            other._rest(True)
        unseen = stereo.Unseen(self.output, self.settings)
        novelties = Novelties()
        try:
            for picture in pictures:
                if novelties.shows(picture.scene_root):
                    unseen.draw(self._fitting(picture))
        finally:
            unseen.close()
            self._rest(False)

    def render(self, picture: Picture, views: Sequence[View] | None = None) -> None:
        """Draw the picture for each eye and hand it to the driver.

        ``views``: where each eye is in the tracked space and how far it sees, left eye first; None: straight ahead
        from the picture's head, as ``settings.fov_deg`` says.

        Raises:
            DisplayError: STOPPED_DRAWING. A picture that stands still is worse than none.
        """
        self._eyes[0].look(self._fitting(picture), views or ahead(picture.head, self.settings))
        if _graphics[-1] is not self:
            self._take_turn()
        self._engine.render_frame()
        # a window that was closed has none any more: its display ends by itself
        drawing = self.output.get_gsg()
        if drawing is not None and not drawing.is_active():
            raise DisplayError(DisplayReason.STOPPED_DRAWING, _STOPPED)
        if self._where == "window":
            self._engine.flip_frame()
        # without ShowBase nobody else sweeps these caches
        TransformState.garbage_collect()
        RenderState.garbage_collect()
        self._frames += 1
        if self._preview.active and self._frames > 1:
            self._preview.active = False
            self._glimpsed = True

    def sees(self) -> tuple[int, int]:
        """Visible Geoms and triangles of the last picture, for authors of scenes."""
        return self._eyes[0].sees()

    def would_see(self, picture: Picture) -> tuple[int, int]:
        """Visible Geoms and triangles of a picture, straight ahead from its head, without drawing it."""
        self._eyes[0].look(self._fitting(picture), ahead(picture.head, self.settings))
        return self.sees()

    def glance(self) -> NDArray[np.float32] | None:
        """The picture before the last one, reduced to (16, 16 an eye, 3) linear RGB in 0 to 1, first row uppermost,
        both eyes side by side; None while there is none.

        One frame late, so that nothing waits for the frame being drawn.
        """
        cells = self._glance.pixels() if self._frames > 1 else None
        if cells is None:
            return None
        values = cells.astype(np.float32) / np.float32(255.0)
        return np.square(values)

    @property
    def glimpse_due(self) -> bool:
        """The next :meth:`render` makes a glimpse of the picture before it."""
        return self._preview.active and self._frames > 0

    def glimpse(self) -> NDArray[np.uint8] | None:
        """A small copy, (height, width, 3) RGB, first row uppermost, of the picture that was the last one when it
        was asked for, no larger than ``settings``' preview, of the left eye where there are two; or None. Waits for
        nothing.

        Each copy is given once. A call that gets None asks for one, which the next :meth:`render` makes.
        """
        if not self._open:
            return None
        if not self._glimpsed:
            self._preview.active = True
            return None
        self._glimpsed = False
        pixels = self._preview.pixels()
        return None if pixels is None else np.ascontiguousarray(pixels)

    def capture(self) -> NDArray[np.uint8] | None:
        """The last picture, (height, width, 3) RGB, first row uppermost; waits until it is drawn. None before the
        first."""
        if self._frames == 0 or not self._open:
            return None
        if _graphics[-1] is not self:
            self._take_turn()
            self._engine.render_frame()
        if not self._engine.extract_texture_data(self._shown, self.output.get_gsg()):
            return None
        pixels = np.frombuffer(self._shown.get_ram_image(), dtype=np.uint8)
        shape = (self._shown.get_y_size(), self._shown.get_x_size(), -1)
        rgb = np.ascontiguousarray(pixels.reshape(shape)[::-1, :, 2::-1])
        self._shown.clear_ram_image()
        return rgb

    def eye_image(self) -> EyeImage:
        """Where OpenGL holds the last picture, for copying it elsewhere on the graphics card. Ask after
        :meth:`render`, which leaves the context current."""
        gsg = self.output.get_gsg()
        held = self._shown.prepare_now(0, gsg.get_prepared_objects(), gsg)
        width, height = self.output.get_x_size() // self.settings.eyes, self.output.get_y_size()
        parts = tuple((index * width, 0, width, height) for index in range(self.settings.eyes))
        return EyeImage(held.get_native_id(), parts)

    def close(self) -> None:
        """Give everything back; again: nothing happens."""
        if not self._open:
            return
        self._open = False
        if self in _graphics:
            _graphics.remove(self)
        atexit.unregister(self.close)
        for eyes in self._eyes:
            eyes.remove()
        for reduced in self._reduced:
            reduced.close()
        for output in reversed(self._outputs):
            output.clear_render_textures()
            self._engine.remove_window(output)
        self._outputs.clear()
        unload_prc_file(self._page)

    # ---- one of several

    def _take_turn(self) -> None:
        """Draw alone from now on."""
        _graphics.remove(self)
        for other in _graphics:
            other._rest(True)
        _graphics.append(self)
        self._rest(False)

    def _rest(self, resting: bool) -> None:
        for output in self._outputs:
            output.set_active(not resting)
        self._glance.active = not resting
        if resting:
            self._preview.active = False

    # ---- making it

    def _fitting(self, picture: Picture) -> Picture:
        if picture.single_pass != self.settings.single_pass:
            raise ValueError(
                "the picture was made for another way of drawing two eyes; give the stage the display's own settings"
            )
        return picture

    def _open_output(self, settings: GraphicsSettings, title: str) -> GraphicsOutput:
        library = _PIPES[self._where]
        pipe = _pipes.get(library) or GraphicsPipeSelection.get_global_ptr().make_module_pipe(library)
        if pipe is None or not pipe.is_valid():
            raise self._unable(f"({library} found no way to draw.)")
        _pipes[library] = pipe
        wanted = FrameBufferProperties()
        wanted.set_rgba_bits(8, 8, 8, 8)
        wanted.set_depth_bits(24)
        size = window_size(settings.width * settings.eyes, settings.height)
        host: GraphicsOutput | None = None
        if self._where == "window":
            size.set_title(title)
            wanted.set_back_buffers(1)
        else:
            # the picture is drawn into a framebuffer object, which needs a context made elsewhere: newer drivers
            # give nothing back of a multisampled buffer of Panda3D's own (docs/decisions/0002). What is drawn so
            # is not handed to the graphics card until somebody waits for it. So the other one is drawn too, and
            # last: Panda3D flushes after a buffer of its own.
            host = self._make("host", 1000, wanted, window_size(16, 16), None)
            host.set_clear_color_active(False)
            host.set_clear_depth_active(False)
            # nothing is drawn in it, and drivers that give such a buffer no front refuse to be told to draw there
            host.get_overlay_display_region().set_active(False)
        wanted.set_multisamples(settings.samples)
        output = self._make("palier", 0, wanted, size, host)
        gsg = output.get_gsg()
        version = (gsg.get_driver_version_major(), gsg.get_driver_version_minor())
        if version < (3, 3):
            raise self._unable(f"(The driver offers OpenGL {version[0]}.{version[1]}.)")
        output.set_clear_color(LVecBase4f(*BACKGROUND))
        return output

    def _make(
        self,
        name: str,
        sort: int,
        wanted: FrameBufferProperties,
        size: WindowProperties,
        host: GraphicsOutput | None,
    ) -> GraphicsOutput:
        window = self._where == "window"
        flags = GraphicsPipe.BF_require_window if window else GraphicsPipe.BF_refuse_window
        pipe = _pipes[_PIPES[self._where]]
        output = (
            self._engine.make_output(pipe, name, sort, wanted, size, flags)
            if host is None
            else self._engine.make_output(pipe, name, sort, wanted, size, flags, host.get_gsg(), host)
        )
        if output is None:
            raise self._unable()
        self._outputs.append(output)
        self._engine.open_windows()
        gsg = output.get_gsg()
        if not output.is_valid() or gsg is None or not gsg.is_valid():
            raise self._unable()
        return output

    def _unable(self, detail: str = "") -> DisplayError:
        reason = DisplayReason.NO_WINDOW if self._where == "window" else DisplayReason.NO_OPENGL
        return DisplayError(reason, f"{_REMEDY[self._where]} {detail}".strip())

    def _keep_picture(self) -> Texture:
        shown = Texture("shown")
        shown.set_minfilter(SamplerState.FT_linear)
        shown.set_magfilter(SamplerState.FT_linear)
        shown.set_wrap_u(SamplerState.WM_clamp)
        shown.set_wrap_v(SamplerState.WM_clamp)
        mode = GraphicsOutput.RTM_copy_texture if self._where == "window" else GraphicsOutput.RTM_bind_or_copy
        self.output.add_render_texture(shown, mode)
        return shown
