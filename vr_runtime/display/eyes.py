"""Cameras for one or two eyes: a pass for each eye, or both eyes in one pass.

One pass draws every thing twice over (instances), the left eye's into the left half and the right eye's into the
right (``gl_ViewportIndex``); its shaders are told of both eyes (``stage/shaders/eye.glsl``). Panda3D sees one camera
there, which serves for nothing but leaving out what neither eye sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan, radians, tan
from typing import NamedTuple, cast

from panda3d.core import (
    AntialiasAttrib,
    BoundingVolume,
    Camera,
    GeometricBoundingVolume,
    GeomNode,
    GraphicsOutput,
    LMatrix3f,
    LMatrix4f,
    LPoint3f,
    LQuaternionf,
    LVecBase4,
    LVecBase4f,
    LVector3f,
    NodePath,
    OmniBoundingVolume,
    PerspectiveLens,
    PTA_LVecBase4f,
    RenderState,
    ShaderAttrib,
    ShaderInput,
)

from vr_runtime.display.view import View
from vr_runtime.protocol.pose import Pose
from vr_runtime.stage.picture import Picture
from vr_runtime.stage.settings import GraphicsSettings

EYE_APART_M = 0.063
"""Between the eyes of a picture made for two eyes without a headset (mean of adults)."""


def ahead(head: Pose, settings: GraphicsSettings) -> tuple[View, ...]:
    """The views of a head without a headset: straight ahead, alike to all sides."""
    half_across = radians(settings.fov_deg) / 2
    half_up = atan(tan(half_across) * settings.height / settings.width)
    across = _turn(head).xform(LVector3f(EYE_APART_M / 2, 0.0, 0.0))
    sides = (0.0,) if settings.eyes == 1 else (-1.0, 1.0)
    return tuple(
        View(
            head._replace(
                x=head.x + side * across[0], y=head.y + side * across[1], z=head.z + side * across[2]
            ),
            -half_across,
            half_across,
            half_up,
            -half_up,
        )
        for side in sides
    )


class Eyes:
    """The cameras of one output. ``whole``: nothing is left out, wherever it lies."""

    def __init__(self, output: GraphicsOutput, settings: GraphicsSettings, *, whole: bool = False) -> None:
        self._settings = settings
        self._lenses = [_lens(settings) for _ in range(settings.eyes)]
        self._angles: list[tuple[float, ...]] = [()] * settings.eyes
        self._told = PTA_LVecBase4f.empty_array(10) if settings.single_pass else None
        self._cameras: list[NodePath] = []
        # Scissors are off: they would cut what multisampling puts together at the end down to the last eye's part,
        # and in one pass leave the right eye empty.
        state = RenderState.make_empty()
        if settings.samples:
            state = state.set_attrib(AntialiasAttrib.make(AntialiasAttrib.M_multisample))
        if self._told is not None:
            self._around = PerspectiveLens()
            # what is near is near to an eye, and at the side of a turned eye nearer still to the middle
            self._around.set_near_far(settings.near_m / 8, 2 * settings.far_m)
            self._cameras.append(NodePath(Camera("eyes", self._around)))
            region = output.make_display_region()
            region.set_num_regions(2)
            region.set_dimensions(0, LVecBase4(0.0, 0.5, 0.0, 1.0))
            region.set_dimensions(1, LVecBase4(0.5, 1.0, 0.0, 1.0))
            region.set_scissor_enabled(False)
            region.set_camera(self._cameras[0])
            told = ShaderAttrib.make().set_shader_input(ShaderInput("eyes", self._told))  # type: ignore[attr-defined]
            state = state.set_attrib(told)
        else:
            for index, lens in enumerate(self._lenses):
                self._cameras.append(NodePath(Camera(f"eye {index}", lens)))
                left, right = index / settings.eyes, (index + 1) / settings.eyes
                region = output.make_display_region(left, right, 0.0, 1.0)
                region.set_scissor_enabled(False)
                region.set_camera(self._cameras[index])
        for camera in self._cameras:
            node = _camera(camera)
            node.set_initial_state(state)
            if whole:
                node.set_cull_bounds(OmniBoundingVolume())
        self._whole = whole

    def look(self, picture: Picture, views: Sequence[View]) -> None:
        """Stand where the views are, in the picture's tracked space."""
        if len(views) != self._settings.eyes:
            raise ValueError(f"{len(views)} views for {self._settings.eyes} eyes")
        for index, view in enumerate(views):
            angles = view[1:]
            if angles != self._angles[index]:
                _open(self._lenses[index], *(tan(angle) for angle in angles))
                self._angles[index] = angles
        for camera in self._cameras:
            _camera(camera).set_scene(picture.scene_root)
            if camera.get_parent() != picture.origin:
                camera.reparent_to(picture.origin)
        if self._told is None:
            for camera, view in zip(self._cameras, views, strict=True):
                camera.set_pos_quat(LPoint3f(*view.pose[:3]), _turn(view.pose))
            return
        self._tell(self._told, picture, views)
        if not self._whole:
            self._stand_around(views)

    def sees(self) -> tuple[int, int]:
        """Geoms and triangles that lie in the first camera's frustum and are not hidden, as it stands now."""
        eye = self._cameras[0]
        node = _camera(eye)
        frustum = cast(GeometricBoundingVolume, node.get_lens().make_bounds())
        frustum.xform(eye.get_mat(node.get_scene()))
        geoms = triangles = 0
        for path in node.get_scene().find_all_matches("**/+GeomNode"):
            if path.is_hidden():
                continue
            bounds = cast(GeometricBoundingVolume, path.node().get_internal_bounds().make_copy())
            bounds.xform(path.get_mat(node.get_scene()))
            if frustum.contains(bounds) == BoundingVolume.IF_no_intersection:
                continue
            for geom in cast(GeomNode, path.node()).get_geoms():
                geoms += 1
                triangles += sum(
                    geom.get_primitive(index).get_num_faces() for index in range(geom.get_num_primitives())
                )
        return geoms, triangles

    def remove(self) -> None:
        for camera in self._cameras:
            camera.remove_node()

    def _tell(self, told: PTA_LVecBase4f, picture: Picture, views: Sequence[View]) -> None:
        space = picture.origin.get_mat(picture.scene_root)
        turned = space.get_upper_3()
        for index, view in enumerate(views):
            towards = LMatrix3f()
            _turn(view.pose).extract_to_matrix(towards)
            towards = towards * turned
            towards.transpose_in_place()
            matrix = LMatrix4f(towards) * self._lenses[index].get_projection_mat()
            at = space.xform_point(LPoint3f(*view.pose[:3]))
            for row in range(4):
                told.set_element(5 * index + row, matrix.get_row(row))
            told.set_element(5 * index + 4, LVecBase4f(at[0], at[1], at[2], 1.0))

    def _stand_around(self, views: Sequence[View]) -> None:
        node = _camera(self._cameras[0])
        found = around(views)
        if found is None:
            node.set_cull_bounds(OmniBoundingVolume())
            return
        self._cameras[0].set_pos_quat(found.at, found.turn)
        _open(self._around, found.left, found.right, found.up, found.down)
        node.set_cull_bounds(self._around.make_bounds())


class Around(NamedTuple):
    """A frustum: its tip and turn in the tracked space, and the tangents of its sides."""

    at: LPoint3f
    turn: LQuaternionf
    left: float
    right: float
    up: float
    down: float


def around(views: Sequence[View]) -> Around | None:
    """The frustum that encloses all views' frusta, its tip as far behind them as that takes; None where there is
    none (the eyes look too far apart)."""
    turns = [_turn(view.pose) for view in views]
    turn = LQuaternionf(turns[0])
    for other in turns[1:]:
        turn += other if turn.dot(other) >= 0.0 else -other
    turn.normalize()
    back = turn.conjugate()
    sides: list[tuple[float, float]] = []
    for view, own in zip(views, turns, strict=True):
        for x in (tan(view.left), tan(view.right)):
            for z in (tan(view.down), tan(view.up)):
                corner = back.xform(own.xform(LVector3f(x, 1.0, z)))
                if corner[1] < 0.05:
                    return None
                sides.append((corner[0] / corner[1], corner[2] / corner[1]))
    left, right = min(x for x, _ in sides), max(x for x, _ in sides)
    down, up = min(z for _, z in sides), max(z for _, z in sides)
    eyes = [back.xform(LVector3f(*view.pose[:3])) for view in views]
    # a tip at depth y holds every eye between its left and right sides where low + right * y <= high + left * y
    low, high = max(e[0] - right * e[1] for e in eyes), min(e[0] - left * e[1] for e in eyes)
    bottom, top = max(e[2] - up * e[1] for e in eyes), min(e[2] - down * e[1] for e in eyes)
    y = min((high - low) / (right - left), (top - bottom) / (up - down))
    x = 0.5 * (low + right * y + high + left * y)
    z = 0.5 * (bottom + up * y + top + down * y)
    return Around(LPoint3f(turn.xform(LVector3f(x, y, z))), turn, left, right, up, down)


def _lens(settings: GraphicsSettings) -> PerspectiveLens:
    lens = PerspectiveLens()
    lens.set_near_far(settings.near_m, settings.far_m)
    return lens


def _open(lens: PerspectiveLens, left: float, right: float, up: float, down: float) -> None:
    """Tangents of the frustum's sides."""
    lens.set_focal_length(1.0)
    lens.set_film_size(right - left, up - down)
    lens.set_film_offset((right + left) / 2, (up + down) / 2)


def _camera(node: NodePath) -> Camera:
    found = node.node()
    assert isinstance(found, Camera)
    return found


def _turn(pose: Pose) -> LQuaternionf:
    turn = LQuaternionf(pose.qw, pose.qx, pose.qy, pose.qz)
    turn.normalize()
    return turn
