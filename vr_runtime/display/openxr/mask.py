"""What the lenses hide is not drawn: the runtime's mesh of each eye's hidden area is put before everything else.

It lies at the near plane, so that the scene behind it fails the depth test before its pixels are shaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import tan

from panda3d.core import (
    Camera,
    CullFaceAttrib,
    DepthTestAttrib,
    Geom,
    GeomNode,
    GeomTriangles,
    GeomVertexData,
    GeomVertexFormat,
    GeomVertexWriter,
    GraphicsOutput,
    NodePath,
    OmniBoundingVolume,
    OrthographicLens,
    RenderState,
    Shader,
    ShaderAttrib,
)

from vr_runtime.display.graphics import BACKGROUND
from vr_runtime.display.openxr.session import Mesh
from vr_runtime.display.view import View

_VERTEX = """#version 330
in vec4 p3d_Vertex;
void main() { gl_Position = vec4(p3d_Vertex.xy, -1.0, 1.0); }
"""
# the neutral grey of the background and not black: the therapist's preview and the flash guard see it
_FRAGMENT = (
    "#version 330\nout vec4 colour;\nvoid main() {{ colour = vec4({:.3f}, {:.3f}, {:.3f}, {:.3f}); }}\n"
)


class HiddenArea:
    """The meshes of both eyes on one output. Each eye has its half of it, left eye first."""

    def __init__(self, output: GraphicsOutput, meshes: Sequence[Mesh | None], views: Sequence[View]) -> None:
        self._output = output
        self._nodes: list[NodePath] = []
        self._regions = []
        for index, (mesh, view) in enumerate(zip(meshes, views, strict=True)):
            if mesh is None:
                continue
            region = output.make_display_region(index / len(views), (index + 1) / len(views), 0.0, 1.0)
            region.set_sort(-10)
            root = NodePath("hidden area")
            root.attach_new_node(_geometry(mesh, view))
            eye = Camera("hidden area", OrthographicLens())
            region.set_camera(root.attach_new_node(eye))
            self._nodes.append(root)
            self._regions.append(region)

    def close(self) -> None:
        for region in self._regions:
            self._output.remove_display_region(region)
        for node in self._nodes:
            node.remove_node()
        self._regions.clear()
        self._nodes.clear()


def corners(mesh: Mesh, view: View) -> list[tuple[float, float]]:
    """The mesh's corners in the eye's picture: -1 to 1 from left to right and from bottom to top."""
    left, right, up, down = (tan(angle) for angle in view[1:])
    return [
        ((2 * x - right - left) / (right - left), (2 * y - up - down) / (up - down)) for x, y in mesh.corners
    ]


def _geometry(mesh: Mesh, view: View) -> GeomNode:
    data = GeomVertexData("hidden area", GeomVertexFormat.get_v3(), Geom.UH_static)
    data.set_num_rows(len(mesh.corners))
    writer = GeomVertexWriter(data, "vertex")
    for x, y in corners(mesh, view):
        writer.set_data3(x, y, 0.0)
    triangles = GeomTriangles(Geom.UH_static)
    for first in range(0, len(mesh.triangles) - 2, 3):
        triangles.add_vertices(*mesh.triangles[first : first + 3])
    geom = Geom(data)
    geom.add_primitive(triangles)
    node = GeomNode("hidden area")
    shader = Shader.make(Shader.SL_GLSL, _VERTEX, _FRAGMENT.format(*BACKGROUND))
    state = RenderState.make(
        ShaderAttrib.make(shader),
        CullFaceAttrib.make(CullFaceAttrib.M_cull_none),
        DepthTestAttrib.make(DepthTestAttrib.M_always),
    )
    node.add_geom(geom, state)
    # it lies in the picture, not in the world: nothing may cull it
    node.set_bounds(OmniBoundingVolume())
    node.set_final(True)
    return node
