"""How far away what is drawn is: a depth buffer read back, for looking closely at one place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import asin, atan, atan2, degrees

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    CullBinAttrib,
    DepthWriteAttrib,
    FrameBufferProperties,
    GraphicsEngine,
    GraphicsOutput,
    GraphicsPipe,
    NodePath,
    Texture,
    WindowProperties,
)

from vr_runtime.display.eyes import Eyes
from vr_runtime.display.graphics import Graphics
from vr_runtime.display.view import View
from vr_runtime.protocol.pose import Pose
from vr_runtime.scene_views import pose
from vr_runtime.stage.picture import Picture

Point = tuple[float, float, float]


class DepthEye:
    """An eye beside the pictures' own, that keeps distances instead of colours."""

    def __init__(self, graphics: Graphics, pixels: int = 96) -> None:
        self._graphics = graphics
        self._engine = GraphicsEngine.get_global_ptr()
        wanted = FrameBufferProperties()
        wanted.set_rgba_bits(8, 8, 8, 8)
        wanted.set_depth_bits(24)
        host = graphics.output
        made = self._engine.make_output(
            host.get_pipe(), "depth", 5, wanted, WindowProperties.size(pixels, pixels),
            GraphicsPipe.BF_refuse_window, host.get_gsg(), host,
        )  # fmt: skip
        assert made is not None
        self._output = made
        self._depth = Texture("depth")
        made.add_render_texture(self._depth, GraphicsOutput.RTM_copy_ram, GraphicsOutput.RTP_depth)
        self._settings = graphics.settings
        self._eyes = Eyes(made, self._settings)

    def around(self, picture: Picture, eye: Pose, at: Point, half_m: float) -> NDArray[np.float64]:
        """Where the surfaces are that the eye sees in a square of ``half_m`` to each side of ``at`` (tracked space):
        (n, n, 3), m, seen from ``at`` in the eye's frame: x to the right, y away from the eye, z up. Where nothing is
        drawn: about as far away as the far plane."""
        dx, dy, dz = at[0] - eye.x, at[1] - eye.y, at[2] - eye.z
        far = float(np.sqrt(dx * dx + dy * dy + dz * dz))
        half = atan(min(half_m / far, 1.5))
        turned = pose(degrees(atan2(-dx, dy)), degrees(asin(dz / far)))
        aimed = turned._replace(x=eye.x, y=eye.y, z=eye.z)
        self._eyes.look(picture, (View(aimed, -half, half, half, -half),))
        self._graphics.render(picture)
        stored = np.frombuffer(self._depth.get_ram_image(), dtype=self._kind())
        size = self._depth.get_x_size(), self._depth.get_y_size()
        share = stored.reshape(size[1], size[0])[::-1].astype(np.float64)
        if stored.dtype != np.float32:
            share /= np.iinfo(stored.dtype).max
        near_m, far_m = self._settings.near_m, self._settings.far_m
        depth = near_m * far_m / (far_m - np.minimum(share, 1.0 - 1e-9) * (far_m - near_m))
        across = (np.arange(size[0]) + 0.5) / size[0] * 2.0 - 1.0
        x, z = np.meshgrid(across, -across)
        tangent = min(half_m / far, 1.5)
        return np.stack([x * tangent * depth, depth - far, z * tangent * depth], axis=-1)

    def _kind(self) -> type[np.generic]:
        wide = self._depth.get_component_width()
        if self._depth.get_component_type() == Texture.T_float:
            return np.float32
        return {1: np.uint8, 2: np.uint16, 4: np.uint32}[wide]

    def close(self) -> None:
        self._eyes.remove()
        self._output.clear_render_textures()
        self._engine.remove_window(self._output)


def see_glass(root: NodePath, seen: bool) -> None:
    """Whether a depth eye sees what is transparent or looks through it. By itself it leaves no depth."""
    for path in root.find_all_matches("**/+GeomNode"):
        bin_ = path.get_net_state().get_attrib(CullBinAttrib)
        if isinstance(bin_, CullBinAttrib) and bin_.get_bin_name() == "transparent":
            if seen:
                path.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_on), 1)
            else:
                path.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off), 1)


@contextmanager
def only(root: NodePath, tag: str) -> Iterator[None]:
    """Nothing is drawn but what has this tag, or hangs below what has it; hidden parts of it stay hidden.
    Mirrors' images neither."""
    wanted = {
        path.node()
        for top in root.find_all_matches(f"**/={tag}")
        for path in (top, *top.find_all_matches("**/+GeomNode"))
    }
    others = [
        path.node()
        for path in root.find_all_matches("**/+GeomNode")
        if path.node() not in wanted and not path.node().is_overall_hidden()
    ]
    others += [path.node() for path in root.find_all_matches("**/looking glass")]
    for node in others:
        node.set_overall_hidden(True)
    try:
        yield
    finally:
        for node in others:
            node.set_overall_hidden(False)
