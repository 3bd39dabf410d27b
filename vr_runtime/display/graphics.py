"""An OpenGL output with its eyes: opened here, rendered here, read back here.

Only the displays use it. It knows nothing of scenes: it renders a :class:`Picture`.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterable
from math import atan, degrees, radians, tan
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    AntialiasAttrib,
    Camera,
    CullBinAttrib,
    DepthTestAttrib,
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    GraphicsPipeSelection,
    LQuaternion,
    LVecBase4f,
    NodePath,
    OmniBoundingVolume,
    OrthographicLens,
    PerspectiveLens,
    RenderState,
    SamplerState,
    Texture,
    TransformState,
    WindowProperties,
    load_prc_file_data,
    unload_prc_file,
)

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage import geometry, shaders
from vr_runtime.stage.materials import shaded
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings, prc

EYE_APART_M = 0.063
"""Between the eyes of a picture made for two eyes without a headset (mean of adults)."""
CELLS = 16
"""A side of the reduced picture that the flash guard looks at."""
BACKGROUND = (0.55, 0.54, 0.52, 1.0)
"""Where nothing is drawn: a neutral warm grey, never black."""

Where = Literal["offscreen", "window"]

_PIPES: dict[Where, tuple[str, str]] = {
    "offscreen": ("p3headlessgl", "eglGraphicsPipe"),
    "window": ("pandagl", "glxGraphicsPipe"),
}

_pipes: dict[Where, GraphicsPipe] = {}
"""One connection to each graphics system for the whole process: closing one of two to the same EGL display would
pull the display from under the other."""

_REMEDY = {
    "offscreen": (
        "Off-screen OpenGL 3.3 could not be opened. On Debian or Ubuntu: apt-get install libegl1 libgl1 "
        "libgl1-mesa-dri. Or run without pictures: --graphics off."
    ),
    "window": (
        "A window with OpenGL 3.3 could not be opened. Is there a screen (DISPLAY), and its graphics driver? "
        "Without one, use --display headless."
    ),
}


class Graphics:
    """One output (an off-screen buffer or a window) with one or two eyes side by side.

    Raises:
        DisplayError: NO_OPENGL or NO_WINDOW.
    """

    def __init__(self, settings: GraphicsSettings, where: Where, title: str = "Palier") -> None:
        self.settings = settings
        self._where: Where = where
        if where == "offscreen":
            os.environ.setdefault("EGL_PLATFORM", "surfaceless")
        self._page = load_prc_file_data("palier graphics", prc(settings))
        self._engine = GraphicsEngine.get_global_ptr()
        self._outputs: list[GraphicsOutput] = []
        self._nodes: list[NodePath] = []
        self._frames = 0
        self._open = True
        # a window that is still open when Panda3D tears itself down aborts the process
        atexit.register(self.close)
        try:
            self.output = self._open_output(title)
            self._shown = self._keep_picture()
            self._eyes = self._make_eyes()
            self._glance = self._make_glance()
        except BaseException:
            self.close()
            raise

    # ---- what displays ask for

    @property
    def renderer(self) -> str:
        """The driver's own description, for the doctor and the record."""
        gsg = self.output.get_gsg()
        return f"{gsg.get_driver_renderer()}, OpenGL {gsg.get_driver_version()}"

    @property
    def samples(self) -> int:
        """Samples a pixel that the driver gave."""
        return self.output.get_fb_properties().get_multisamples()

    def prepare(self, pictures: Iterable[Picture]) -> None:
        """Draw pictures into a small buffer of the output's kind, which nobody sees: afterwards the driver holds
        their textures and vertices and has compiled their shaders."""
        like = FrameBufferProperties(self.output.get_fb_properties())
        like.set_back_buffers(0)
        buffer = self._engine.make_output(
            self.output.get_pipe(),
            "prepare",
            -20,
            like,
            window_size(64, 64),
            GraphicsPipe.BF_refuse_window,
            self.output.get_gsg(),
            self.output,
        )
        if buffer is None:
            return
        drawn = Texture("prepared")
        buffer.add_render_texture(drawn, GraphicsOutput.RTM_bind_or_copy)
        eye = self._camera("prepare", 100.0, 100.0)
        # nothing is left out, wherever it lies
        eye.set_cull_bounds(OmniBoundingVolume())
        camera = NodePath(eye)
        buffer.make_display_region().set_camera(camera)
        others = [output for output in self._outputs if output.is_active()]
        for output in others:
            output.set_active(False)
        try:
            for picture in pictures:
                eye.set_scene(picture.scene_root)
                camera.reparent_to(picture.origin)
                place(camera, picture.head, 0.0)
                self._engine.render_frame()
            self._engine.extract_texture_data(drawn, self.output.get_gsg())
        finally:
            camera.remove_node()
            self._engine.remove_window(buffer)
            for output in others:
                output.set_active(True)

    def render(self, picture: Picture) -> None:
        """Draw the picture for each eye and hand it to the driver."""
        half = EYE_APART_M / 2
        for camera, side in self._eyes:
            cast(Camera, camera.node()).set_scene(picture.scene_root)
            if camera.get_parent() != picture.origin:
                camera.reparent_to(picture.origin)
            place(camera, picture.head, side * half)
        self._engine.render_frame()
        if self._where == "window":
            self._engine.flip_frame()
        # without ShowBase nobody else sweeps these caches
        TransformState.garbage_collect()
        RenderState.garbage_collect()
        self._frames += 1

    def glance(self) -> NDArray[np.float32] | None:
        """The picture before the last one, reduced to (16, 16, 3) linear RGB in 0 to 1, first row uppermost, both
        eyes side by side; None while there is none.

        One frame late, so that nothing waits for the frame being drawn.
        """
        if self._frames < 2:
            return None
        view = self._glance.get_ram_image()
        if not view:
            return None
        cells = np.frombuffer(view, dtype=np.uint8).reshape(CELLS, CELLS, -1)[::-1, :, 2::-1]
        values = cells.astype(np.float32) / 255.0
        return values * values

    def capture(self) -> NDArray[np.uint8] | None:
        """The last picture, (height, width, 3) RGB, first row uppermost; waits until it is drawn. None before the
        first."""
        if self._frames == 0 or not self._open:
            return None
        if not self._engine.extract_texture_data(self._shown, self.output.get_gsg()):
            return None
        pixels = np.frombuffer(self._shown.get_ram_image(), dtype=np.uint8)
        shape = (self._shown.get_y_size(), self._shown.get_x_size(), -1)
        rgb = np.ascontiguousarray(pixels.reshape(shape)[::-1, :, 2::-1])
        self._shown.clear_ram_image()
        return rgb

    def close(self) -> None:
        """Give everything back; again: nothing happens."""
        if not self._open:
            return
        self._open = False
        atexit.unregister(self.close)
        for node in self._nodes:
            node.remove_node()
        for output in reversed(self._outputs):
            output.clear_render_textures()
            self._engine.remove_window(output)
        self._outputs.clear()
        unload_prc_file(self._page)

    # ---- making it

    def _open_output(self, title: str) -> GraphicsOutput:
        library, kind = _PIPES[self._where]
        pipe = _pipes.get(self._where) or GraphicsPipeSelection.get_global_ptr().make_module_pipe(library)
        if pipe is None or not pipe.is_valid():
            raise self._unable(f"({library} found no {kind}.)")
        _pipes[self._where] = pipe
        settings = self.settings
        wanted = FrameBufferProperties()
        wanted.set_rgba_bits(8, 8, 8, 8)
        wanted.set_depth_bits(24)
        wanted.set_multisamples(settings.samples)
        size = window_size(settings.width * settings.eyes, settings.height)
        flags = GraphicsPipe.BF_refuse_window
        if self._where == "window":
            size.set_title(title)
            flags = GraphicsPipe.BF_require_window
            wanted.set_back_buffers(1)
        output = self._engine.make_output(pipe, "palier", 0, wanted, size, flags)
        if output is None:
            raise self._unable()
        self._outputs.append(output)
        self._engine.open_windows()
        gsg = output.get_gsg()
        if not output.is_valid() or gsg is None or not gsg.is_valid():
            raise self._unable()
        version = (gsg.get_driver_version_major(), gsg.get_driver_version_minor())
        if version < (3, 3):
            raise self._unable(f"(The driver offers OpenGL {version[0]}.{version[1]}.)")
        output.set_clear_color(LVecBase4f(*BACKGROUND))
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

    def _make_eyes(self) -> list[tuple[NodePath, float]]:
        settings = self.settings
        eyes: list[tuple[NodePath, float]] = []
        for index in range(settings.eyes):
            half_up = atan(tan(radians(settings.fov_deg) / 2) * settings.height / settings.width)
            node = NodePath(self._camera(f"eye {index}", settings.fov_deg, 2 * degrees(half_up)))
            self._nodes.append(node)
            left = index / settings.eyes
            region = self.output.make_display_region(left, left + 1.0 / settings.eyes, 0.0, 1.0)
            region.set_camera(node)
            eyes.append((node, 0.0 if settings.eyes == 1 else (-1.0, 1.0)[index]))
        return eyes

    def _camera(self, name: str, across_deg: float, up_deg: float) -> Camera:
        lens = PerspectiveLens()
        lens.set_near_far(self.settings.near_m, self.settings.far_m)
        lens.set_fov(across_deg, up_deg)
        camera = Camera(name, lens)
        if self.settings.samples:
            camera.set_initial_state(RenderState.make(AntialiasAttrib.make(AntialiasAttrib.M_multisample)))
        return camera

    def _make_glance(self) -> Texture:
        """A 16x16 buffer that, before each frame, looks at the picture of the frame before."""
        reduced = Texture("glance")
        wanted = FrameBufferProperties()
        wanted.set_rgba_bits(8, 8, 8, 8)
        output = self._engine.make_output(
            self.output.get_pipe(),
            "glance",
            -10,
            wanted,
            window_size(CELLS, CELLS),
            GraphicsPipe.BF_refuse_window,
            self.output.get_gsg(),
            self.output,
        )
        if output is None:
            raise self._unable("(There is no room for the flash guard's buffer.)")
        self._outputs.append(output)
        output.add_render_texture(reduced, GraphicsOutput.RTM_copy_ram)
        root = NodePath("glance")
        card = root.attach_new_node(geometry.patch("glance", 1.0, 1.0))
        shader = shaders.load("patch.vert.glsl", "glance.frag.glsl")
        state = RenderState.make(shaded(shader, shown=self._shown, cells=LVecBase4f(CELLS, 0, 0, 0)))
        state = state.set_attrib(DepthTestAttrib.make(DepthTestAttrib.M_none))
        card.set_state(state.set_attrib(CullBinAttrib.make("fixed", 0)))
        lens = OrthographicLens()
        lens.set_film_size(2, 2)
        lens.set_near_far(0.5, 2.0)
        camera = root.attach_new_node(Camera("glance", lens))
        camera.set_pos_hpr(0, 0, 1, 0, -90, 0)
        output.make_display_region().set_camera(camera)
        self._nodes.append(root)
        return reduced


def window_size(width: int, height: int) -> WindowProperties:
    properties = WindowProperties()
    properties.set_size(width, height)
    return properties


def place(node: NodePath, head: Pose, side_m: float) -> None:
    """Put an eye at the head's pose, ``side_m`` to the right of its middle."""
    quaternion = LQuaternion(head.qw, head.qx, head.qy, head.qz)
    quaternion.normalize()
    across = quaternion.xform((side_m, 0.0, 0.0))
    node.set_pos_quat((head.x + across[0], head.y + across[1], head.z + across[2]), quaternion)
