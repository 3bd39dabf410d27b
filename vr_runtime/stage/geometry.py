"""Meshes as Panda3D nodes: vertex and index arrays are filled by one copy each."""

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
)

from vr_runtime.protocol.errors import FileError, FileReason
from vr_runtime.stage import assets
from vr_runtime.stage.mesh import Mesh

LIGHT_TOP = 4.0
"""Baked light above this is cut; stored as the square root of its share in 8 bits."""

VERTEX = np.dtype(
    [
        ("vertex", "<f4", 3),
        ("normal", "<f4", 3),
        ("texcoord", "<f4", 2),
        ("color", "u1", 4),  # baked light (square root) and occlusion
        ("tint", "u1", 4),
    ]
)
CHARTED = np.dtype([*VERTEX.descr, ("chart", "<f4", 2)])
ROLLING = np.dtype([*VERTEX.descr, ("axle", "<f4", 4)])

_KINDS = {
    "vertex": (3, GeomEnums.NT_float32, GeomEnums.C_point),
    "normal": (3, GeomEnums.NT_float32, GeomEnums.C_normal),
    "texcoord": (2, GeomEnums.NT_float32, GeomEnums.C_texcoord),
    "color": (4, GeomEnums.NT_uint8, GeomEnums.C_color),
    "tint": (4, GeomEnums.NT_uint8, GeomEnums.C_color),
    "chart": (2, GeomEnums.NT_float32, GeomEnums.C_other),
    "axle": (4, GeomEnums.NT_float32, GeomEnums.C_other),
}
_formats: dict[np.dtype[np.void], GeomVertexFormat] = {}


def _layout(mesh: Mesh) -> np.dtype[np.void]:
    if mesh.axle is not None:
        return ROLLING
    return VERTEX if mesh.lightmap_uvs is None else CHARTED


def _format(layout: np.dtype[np.void]) -> GeomVertexFormat:
    """The registered vertex format; made at first use, not at import."""
    if layout not in _formats:
        array = GeomVertexArrayFormat()
        for name in layout.names or ():
            array.add_column(InternalName.make(name), *_KINDS[name])
        _formats[layout] = GeomVertexFormat.register_format(GeomVertexFormat(array))
    return _formats[layout]


def _bytes(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (np.clip(values, 0.0, 1.0) * 255.0 + 0.5).astype(np.uint8)


def pack(mesh: Mesh) -> NDArray[np.void]:
    """The vertices as one structured array in the layout that the shaders read."""
    layout = _layout(mesh)
    rows = np.zeros(len(mesh.positions), dtype=layout)
    rows["vertex"] = mesh.positions
    rows["normal"] = mesh.normals
    if mesh.uvs is not None:
        rows["texcoord"] = mesh.uvs
    light = np.float32(1.0) if mesh.light is None else mesh.light
    rows["color"][:, :3] = _bytes(np.sqrt(np.clip(light / LIGHT_TOP, 0.0, 1.0)))
    rows["color"][:, 3] = 255 if mesh.occlusion is None else _bytes(mesh.occlusion)
    rows["tint"] = 255
    if mesh.tint is not None:
        rows["tint"][:, :3] = _bytes(mesh.tint)
    if mesh.member is not None:
        rows["tint"][:, 3] = mesh.member
    elif mesh.sway is not None:
        rows["tint"][:, 3] = _bytes(mesh.sway)
    if layout is CHARTED:
        rows["chart"] = mesh.lightmap_uvs
    elif layout is ROLLING:
        rows["axle"] = mesh.axle
    return rows


def geom(mesh: Mesh) -> Geom:
    """A Geom with the mesh's vertices and triangles."""
    rows = pack(mesh)
    data = GeomVertexData("mesh", _format(_layout(mesh)), Geom.UH_static)
    data.unclean_set_num_rows(len(rows))
    _fill(data.modify_array(0), rows)
    triangles = GeomTriangles(Geom.UH_static)
    short = len(rows) <= 0xFFFF
    triangles.set_index_type(GeomEnums.NT_uint16 if short else GeomEnums.NT_uint32)
    indices = mesh.triangles.astype(np.uint16 if short else np.uint32)
    array = triangles.modify_vertices()
    array.unclean_set_num_rows(indices.size)
    _fill(array, indices)
    made = Geom(data)
    made.add_primitive(triangles)
    return made


def _fill(array: object, values: NDArray[np.generic]) -> None:
    if values.size:
        memoryview(array).cast("B")[:] = memoryview(np.ascontiguousarray(values).view(np.uint8).reshape(-1))  # type: ignore[arg-type]


def geom_node(name: str, mesh: Mesh) -> GeomNode:
    node = GeomNode(name)
    node.add_geom(geom(mesh))
    return node


def patch(name: str, half_width: float, half_length: float) -> GeomNode:
    """A flat rectangle in the XY plane, facing up, texture coordinates 0 to 1."""
    corners = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=np.float32)
    return geom_node(
        name,
        Mesh(
            positions=corners * np.array([half_width, half_length, 0], dtype=np.float32),
            normals=np.tile(np.array([0, 0, 1], dtype=np.float32), (4, 1)),
            triangles=np.array([[0, 1, 2], [0, 2, 3]], dtype=np.uint32),
            uvs=(corners[:, :2] + 1) / 2,
        ),
    )


def load(relative: str) -> Mesh:
    """A mesh from an asset written by ``Mesh.save``.

    Raises:
        FileError: NOT_FOUND or UNREADABLE.
    """
    path = assets.path(relative)
    try:
        return Mesh.load(path)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        raise FileError(FileReason.UNREADABLE, f"{path}: cannot be read as a mesh: {problem}") from None
