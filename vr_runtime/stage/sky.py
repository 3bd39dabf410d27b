"""The visible sky: a ball around the eye, infinitely far away, coloured in its shader."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    BoundingVolume,
    CullBinAttrib,
    CullFaceAttrib,
    DepthTestAttrib,
    DepthWriteAttrib,
    GeomNode,
    LVecBase4f,
    NodePath,
    OmniBoundingVolume,
    RenderState,
)

from vr_runtime.stage import bins, geometry, shaders, textures
from vr_runtime.stage.materials import shaded
from vr_runtime.stage.mesh import Mesh
from vr_runtime.stage.settings import GraphicsSettings


def ball(rings: int = 6, sectors: int = 12) -> Mesh:
    """A unit ball; the shaders normalise each pixel's direction, so that few triangles do."""
    phi, theta = np.meshgrid(
        np.linspace(0, 2 * np.pi, sectors + 1), np.linspace(-np.pi / 2, np.pi / 2, rings + 1)
    )
    points = np.stack(
        [np.cos(theta) * np.cos(phi), np.cos(theta) * np.sin(phi), np.sin(theta)], axis=-1
    ).reshape(-1, 3)
    corner = (np.arange(rings)[:, None] * (sectors + 1) + np.arange(sectors)[None, :]).reshape(-1, 1)
    up = sectors + 1
    faces = np.concatenate([corner + np.array([0, up, 1]), corner + np.array([1, up, up + 1])])
    return Mesh(points, points, faces)


def around_the_eye(name: str, parent: NodePath) -> NodePath:
    """A ball that is drawn around the eye wherever the eye is, never culled."""
    node: GeomNode = geometry.geom_node(name, ball())
    node.set_bounds(OmniBoundingVolume())
    node.set_bounds_type(BoundingVolume.BT_box)
    node.set_final(True)
    return parent.attach_new_node(node)


def add_sky_dome(
    parent: NodePath,
    settings: GraphicsSettings,
    clouds: float,
    cloud_colour: Sequence[float],
    cloud_drift: Sequence[float],
    sun_disc: bool,
    seed: int,
) -> NodePath:
    """See ``Kitchen.sky_dome``."""
    node = around_the_eye("sky", parent)
    inputs: dict[str, object] = {
        "cloud_look": LVecBase4f(clouds, float(cloud_drift[0]), float(cloud_drift[1]), float(sun_disc)),
        "cloud_colour": LVecBase4f(*(float(value) for value in cloud_colour), 0.0),
    }
    defines: list[str] = []
    if clouds > 0.0:
        defines.append("CLOUDS")
        inputs["cloud_map"] = textures.from_array(
            "clouds", cloud_noise(seed), srgb=False, wrap="repeat", settings=settings
        )
    shader = shaders.load("sky.vert.glsl", "sky.frag.glsl", defines, single_pass=settings.single_pass)
    state = RenderState.make(shaded(shader, **inputs))  # type: ignore[arg-type]
    state = state.set_attrib(CullFaceAttrib.make(CullFaceAttrib.M_cull_none))
    state = state.set_attrib(DepthWriteAttrib.make(DepthWriteAttrib.M_off))
    state = state.set_attrib(DepthTestAttrib.make(DepthTestAttrib.M_less_equal))
    bins.ready()
    node.set_state(state.set_attrib(CullBinAttrib.make(bins.SKY, 0)))
    return node


def cloud_noise(seed: int, size: int = 512) -> NDArray[np.uint8]:
    """Tiling noise with a falling spectrum; its values are spread evenly over 0 to 255, so that a threshold is a
    share of the sky. (size, size, 1)."""
    rng = np.random.default_rng(seed)
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size))) * size
    amplitude = np.where(frequency > 0, 1.0 / np.maximum(frequency, 1.0) ** 1.6, 0.0)
    spectrum = amplitude * np.exp(2j * np.pi * rng.random((size, size)))
    noise = np.fft.ifft2(spectrum).real
    ranks = noise.ravel().argsort().argsort().reshape(size, size)
    return (ranks * 255.0 / (size * size - 1)).astype(np.uint8)[:, :, None]
