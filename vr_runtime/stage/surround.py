"""Light of a room on Panda3D nodes: cube maps for reflections, probes for what moves, flat mirrors. See
``Kitchen.reflections``, ``Kitchen.probes`` and ``Kitchen.looking_glass``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from panda3d.core import CPTA_uchar, CullFaceAttrib, LMatrix4f, LVecBase4f, NodePath, SamplerState, Texture

from vr_runtime.stage.roomlight import CubeMap, ProbeGrid


def hang_reflections(node: NodePath, made: CubeMap) -> None:
    """What shiny things below ``node`` mirror."""
    node.set_shader_input("mirror_map", _cube(made))
    # the level for roughness 1, below which nothing more is blurred on purpose
    node.set_shader_input("mirror_at", LVecBase4f(*made.at, float(len(made.levels) - 3)))
    node.set_shader_input("mirror_low", LVecBase4f(*made.low, float(len(made.levels) - 1)))
    node.set_shader_input("mirror_high", LVecBase4f(*made.high, 0.0))


def hang_probes(node: NodePath, made: ProbeGrid) -> None:
    """The light of the air, for what is ``probed`` below ``node``."""
    depth, height, width = made.values.shape[:3]
    # one slab of the texture for each colour; Panda3D's order is blue, green, red, alpha
    slabs = np.moveaxis(made.values, 3, 0)[..., [2, 1, 0, 3]].reshape(3 * depth, height, width, 4)
    texture = Texture("probes")
    texture.setup_3d_texture(width, height, 3 * depth, Texture.T_half_float, Texture.F_rgba16)
    texture.set_ram_image(np.ascontiguousarray(slabs, dtype=np.float16).tobytes())
    texture.set_minfilter(SamplerState.FT_linear)
    texture.set_magfilter(SamplerState.FT_linear)
    for wrap in (texture.set_wrap_u, texture.set_wrap_v, texture.set_wrap_w):
        wrap(SamplerState.WM_clamp)
    texture.set_keep_ram_image(False)
    node.set_shader_input("probe_map", texture)
    scale = [1.0 / (b - a) for a, b in zip(made.low, made.high, strict=True)]
    node.set_shader_input("probe_low", LVecBase4f(*made.low, float(depth)))
    node.set_shader_input("probe_scale", LVecBase4f(*scale, 0.0))


def looking_glass(
    source: NodePath, parent: NodePath, point: Sequence[float], normal: Sequence[float]
) -> NodePath:
    """``source`` once more as a flat mirror shows it: through ``point``, facing along ``normal``."""
    n = np.asarray(normal, dtype=np.float64)
    n = n / np.linalg.norm(n)
    offset = float(n @ np.asarray(point, dtype=np.float64))
    turn = np.eye(4)
    turn[:3, :3] -= 2.0 * np.outer(n, n)
    turn[3, :3] = 2.0 * offset * n
    node = parent.attach_new_node("looking glass")
    node.set_mat(LMatrix4f(*(float(value) for value in turn.reshape(-1))))
    node.set_attrib(CullFaceAttrib.make_reverse())
    node.set_shader_input("looking_glass", LVecBase4f(*(float(value) for value in n), offset))
    source.instance_to(node)
    return node


def no_glass(root: NodePath) -> None:
    """Nothing is a mirror's image, but for what :func:`looking_glass` makes."""
    root.set_shader_input("looking_glass", LVecBase4f(0.0, 0.0, 0.0, 0.0))


def _cube(made: CubeMap) -> Texture:
    texture = Texture("cube map")
    texture.setup_cube_map(made.levels[0].shape[1], Texture.T_half_float, Texture.F_rgb16)
    for k, level in enumerate(made.levels):
        pages = np.ascontiguousarray(level[..., ::-1], dtype=np.float16)
        texture.set_ram_mipmap_image(k, CPTA_uchar(pages.tobytes()))
    texture.set_minfilter(SamplerState.FT_linear_mipmap_linear)
    texture.set_magfilter(SamplerState.FT_linear)
    for wrap in (texture.set_wrap_u, texture.set_wrap_v, texture.set_wrap_w):
        wrap(SamplerState.WM_clamp)
    texture.set_keep_ram_image(False)
    return texture
