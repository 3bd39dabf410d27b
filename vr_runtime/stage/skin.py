"""Bodies bent by bones on the graphics processor: one Geom for many members, their poses in one float texture.

See ``skin.glsl``. Nothing is bent on the CPU; a frame costs one small texture, whatever the bodies' fineness.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from panda3d.core import (
    Geom,
    GeomEnums,
    GeomNode,
    GeomTriangles,
    GeomVertexArrayFormat,
    GeomVertexData,
    GeomVertexFormat,
    InternalName,
    OmniBoundingVolume,
    SamplerState,
    Texture,
)

from vr_runtime.stage import geometry
from vr_runtime.stage.figures import Bodies
from vr_runtime.stage.mesh import Mesh

MOST = 255
"""Members of one texture: a vertex knows its member by eight bits."""

VERTEX = np.dtype([*geometry.VERTEX.descr, ("joints", "u1", 4), ("shares", "u1", 4)])
_COLUMNS = (
    ("vertex", 3, GeomEnums.NT_float32, GeomEnums.C_point),
    ("normal", 3, GeomEnums.NT_float32, GeomEnums.C_normal),
    ("texcoord", 2, GeomEnums.NT_float32, GeomEnums.C_texcoord),
    ("color", 4, GeomEnums.NT_uint8, GeomEnums.C_color),
    ("tint", 4, GeomEnums.NT_uint8, GeomEnums.C_color),
    # as colours, so that shaders get shares of 255
    ("joints", 4, GeomEnums.NT_uint8, GeomEnums.C_color),
    ("shares", 4, GeomEnums.NT_uint8, GeomEnums.C_color),
)


def node(name: str, bodies: Bodies) -> GeomNode:
    """One Geom of all bodies. Its members may be anywhere: it is never culled."""
    rows = np.zeros(len(bodies.bones), dtype=VERTEX)
    plain = geometry.pack(bodies.mesh)
    for column in geometry.VERTEX.names or ():
        rows[column] = plain[column]
    rows["joints"], rows["shares"] = bodies.bones, bodies.shares
    array = GeomVertexArrayFormat()
    for column, width, kind, contents in _COLUMNS:
        array.add_column(InternalName.make(column), width, kind, contents)
    data = GeomVertexData(name, GeomVertexFormat.register_format(GeomVertexFormat(array)), Geom.UH_static)
    data.unclean_set_num_rows(len(rows))
    _fill(data.modify_array(0), rows)
    triangles = GeomTriangles(Geom.UH_static)
    triangles.set_index_type(GeomEnums.NT_uint32)
    indices = bodies.mesh.triangles.astype(np.uint32)
    triangles.modify_vertices().unclean_set_num_rows(indices.size)
    _fill(triangles.modify_vertices(), indices)
    geom = Geom(data)
    geom.add_primitive(triangles)
    made = GeomNode(name)
    made.add_geom(geom)
    made.set_bounds(OmniBoundingVolume())
    made.set_final(True)
    return made


def _fill(array: object, values: NDArray[np.generic]) -> None:
    memoryview(array).cast("B")[:] = memoryview(np.ascontiguousarray(values).view(np.uint8).reshape(-1))  # type: ignore[arg-type]


def patches(count: int, bone: int, half_width_m: float, half_length_m: float) -> Bodies:
    """A flat rectangle a member on its ground, texture coordinates 0 to 1, all held by one bone."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=np.float32)
    first = np.arange(count)[:, None, None] * 4
    mesh = Mesh(
        np.tile(corners * np.array([half_width_m, half_length_m, 0.0], dtype=np.float32), (count, 1)),
        np.tile(np.array([[0, 0, 1]], dtype=np.float32), (4 * count, 1)),
        (first + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3).astype(np.uint32),
        uvs=np.tile((corners[:, :2] + 1) / 2, (count, 1)),
        member=np.repeat(np.arange(count), 4),
    )
    bones = np.zeros((4 * count, 4), dtype=np.uint8)
    shares = np.zeros((4 * count, 4), dtype=np.uint8)
    bones[:, 0], shares[:, 0] = bone, 255
    return Bodies(mesh, bones, shares)


class Poses:
    """The texture: a row a member, three texels a bone."""

    def __init__(self, members: int, bones: int) -> None:
        if members > MOST:
            raise ValueError(f"{members} people in one crowd; at most {MOST}")
        self.texture = Texture("poses")
        self.texture.setup_2d_texture(bones * 3, members, Texture.T_float, Texture.F_rgba32)
        self.texture.set_minfilter(SamplerState.FT_nearest)
        self.texture.set_magfilter(SamplerState.FT_nearest)
        self.texture.set_wrap_u(SamplerState.WM_clamp)
        self.texture.set_wrap_v(SamplerState.WM_clamp)
        self._texels = np.zeros((members, bones, 3, 4), dtype=np.float32)
        self.set(self._texels)

    def set(self, matrices: NDArray[np.floating]) -> None:
        """(members, bones, 3, 4): from the stored body to the parent's frame."""
        # Panda3D's order is blue, green, red
        self._texels[...] = matrices[..., [2, 1, 0, 3]]
        self.texture.set_ram_image(self._texels.tobytes())
