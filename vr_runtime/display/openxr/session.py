"""One OpenXR session: everything that is made anew when a runtime comes back."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from ctypes import POINTER, byref, c_uint32, c_void_p, cast, pointer
from typing import Any, Final, NamedTuple

import xr
from xr import raw_functions as raw

from vr_runtime.display.errors import DisplayError, DisplayReason
from vr_runtime.display.openxr import formats
from vr_runtime.display.openxr.actions import Actions
from vr_runtime.display.openxr.convert import to_pose
from vr_runtime.display.openxr.frames import Frames, check
from vr_runtime.display.openxr.gl import Blitter
from vr_runtime.display.openxr.instance import DEPTH, MASK, RATE, Reached, words
from vr_runtime.display.openxr.sharing import Binding
from vr_runtime.display.openxr.space import STAGE, Change, choose_base
from vr_runtime.display.openxr.swapchains import Swapchain, colour_format
from vr_runtime.display.openxr.times import XrClock

log = logging.getLogger(__name__)

STEREO: Final = xr.ViewConfigurationType.PRIMARY_STEREO

_NO_SHARING = (
    "The OpenXR runtime {runtime} cannot share pictures with this OpenGL driver ({problem}). Both have to use the "
    "same graphics card: on a laptop, start Palier on the card that the headset is plugged into; update the driver."
)


def recommended_size(reached: Reached) -> tuple[int, int]:
    """Of one eye's picture; the larger where the eyes differ."""
    views: Any = xr.enumerate_view_configuration_views(reached.instance, reached.system, STEREO)
    return (
        max(view.recommended_image_rect_width for view in views),
        max(view.recommended_image_rect_height for view in views),
    )


class Mesh(NamedTuple):
    """A part of an eye's picture. ``corners``: tangents of the angles to the right and up; ``triangles``: three of
    their numbers each."""

    corners: tuple[tuple[float, float], ...]
    triangles: tuple[int, ...]


class EyeKind(NamedTuple):
    """What the pictures of one eye are like."""

    width: int
    height: int
    near_m: float
    far_m: float
    depth: bool
    """There is a depth to hand over."""


class XrSession:
    """A session with its spaces, images and actions. The OpenGL context is current.

    Raises:
        DisplayError: NO_SHARING.
        xr.exception.ErrorResult: the runtime is gone; also from every method.
    """

    def __init__(
        self, reached: Reached, binding: Binding, blitter: Blitter, eye: EyeKind, rate_hz: float
    ) -> None:
        self.reached = reached
        self.handle: Any = None
        self._made: list[tuple[Any, Any]] = []
        self._binding = binding
        self._blitter = blitter
        self._event = xr.EventDataBuffer()
        self.actions: Actions | None = None
        self.rate_hz = rate_hz
        self._depth: Swapchain | None = None
        self.depth_works: bool | None = None
        """Whether the pictures' depth is handed over; None before the first one, or where the runtime wants none."""
        try:
            self._open(reached, binding, eye, rate_hz)
        except BaseException:
            self.close()
            raise

    def _open(self, reached: Reached, binding: Binding, eye: EyeKind, rate_hz: float) -> None:
        # the runtime may refuse a session before it was asked for these
        xr.get_opengl_graphics_requirements_khr(reached.instance, reached.system)
        self._sharing = binding.structure()
        info = xr.SessionCreateInfo(system_id=reached.system, next=cast(pointer(self._sharing), c_void_p))
        try:
            self.handle = xr.create_session(reached.instance, info)
        except (
            xr.exception.GraphicsDeviceInvalidError,
            xr.exception.RuntimeFailureError,
            xr.exception.InitializationFailedError,
        ) as problem:
            text = _NO_SHARING.format(runtime=reached.runtime, problem=words(problem))
            raise DisplayError(DisplayReason.NO_SHARING, text) from None
        self.spaces = tuple(int(kind) for kind in xr.enumerate_reference_spaces(self.handle))
        self.base = choose_base(self.spaces)
        self._space = self._reference(self.base.kind)
        view_space = self._reference(xr.ReferenceSpaceType.VIEW)
        offered = [int(kind) for kind in xr.enumerate_swapchain_formats(self.handle)]
        self.format = colour_format(offered)
        binding.ensure()
        self._colour = self._swapchain(self.format, eye)
        self.frames = Frames(self.handle, self._space, view_space, self.base, reached.follows_position)
        self.frames.show_from([self._colour.part(0), self._colour.part(1)])
        kind = formats.choose_depth(offered) if DEPTH in reached.extensions else None
        if eye.depth and kind is not None:
            self._depth = self._swapchain(kind, eye, depth=True)
            self._hand_over_depth(self._depth, eye)
        self.clock = XrClock(reached.instance, reached.extensions)
        self.actions = Actions(reached.instance, reached.extensions, reached.system)
        self.actions.attach(self.handle)
        self._choose_rate(rate_hz)

    def _swapchain(self, kind: int, eye: EyeKind, *, depth: bool = False) -> Swapchain:
        made = Swapchain(self.handle, kind, (2 * eye.width, eye.height), depth=depth)
        self._made.append((xr.destroy_swapchain, made.handle))
        return made

    def _hand_over_depth(self, depth: Swapchain, eye: EyeKind) -> None:
        self.frames.show_from(
            [self._colour.part(0), self._colour.part(1)],
            [
                xr.CompositionLayerDepthInfoKHR(depth.part(index), 0.0, 1.0, eye.near_m, eye.far_m)
                for index in range(2)
            ],
        )

    def _reference(self, kind: int) -> Any:
        info = xr.ReferenceSpaceCreateInfo(xr.ReferenceSpaceType(kind), xr.Posef())
        space = xr.create_reference_space(self.handle, info)
        self._made.append((xr.destroy_space, space))
        return space

    def _choose_rate(self, wanted_hz: float) -> None:
        if RATE not in self.reached.extensions:
            return
        offered = self.refresh_rates()
        rate = formats.choose_rate(offered, wanted_hz)
        if rate is None:
            return
        try:
            xr.request_display_refresh_rate_fb(self.handle, rate)
        except xr.exception.ErrorResult as problem:
            log.info("the runtime keeps its refresh rate (%s)", words(problem))
        now = xr.get_display_refresh_rate_fb(self.handle)
        self.rate_hz = float(getattr(now, "value", now)) or rate

    def refresh_rates(self) -> tuple[float, ...]:
        """What the headset can do; empty where the runtime does not tell."""
        if RATE not in self.reached.extensions:
            return ()
        return tuple(float(rate) for rate in xr.enumerate_display_refresh_rates_fb(self.handle))

    # ---- life

    def begin(self) -> None:
        xr.begin_session(self.handle, xr.SessionBeginInfo(STEREO))

    def end(self) -> None:
        if self.frames.open:
            self.frames.end_empty()
        xr.end_session(self.handle)

    def ask_to_leave(self) -> None:
        xr.request_exit_session(self.handle)

    def events(self) -> Iterator[Any]:
        """What the runtime has to say, each as its own structure (``XrEventData...``), until it has nothing more.
        Each is valid until the next is asked for."""
        buffer: Any = self._event
        while True:
            buffer._type, buffer._next = int(xr.StructureType.EVENT_DATA_BUFFER), None
            result = raw.xrPollEvent(self.reached.instance, byref(buffer))
            check(result)
            if result == xr.Result.EVENT_UNAVAILABLE:
                return
            kind = _EVENTS.get(buffer._type)
            if kind is not None:
                yield cast(pointer(buffer), POINTER(kind)).contents

    # ---- frames

    def submit(self, time: int, texture: int, depth: int | None = None) -> None:
        """Hand in the picture in OpenGL's ``texture`` (both eyes side by side), and its depth, drawn from where the
        eyes were located last."""
        self._binding.ensure()
        try:
            self._colour.fill(self._blitter, texture)
            if self._depth is not None and depth is not None:
                self._hand_over(self._depth, depth)
        except BaseException:
            # a frame that was begun is ended, or the next wait would hang
            with suppress(xr.XrException):
                self.frames.end_empty(time)
            raise
        self.frames.end(time)
        self._binding.ensure()

    def _hand_over(self, images: Swapchain, depth: int) -> None:
        """The first copy of a depth shows whether the driver takes it: its format may be another than it says."""
        if self.depth_works is not None:
            images.fill(self._blitter, depth)
            return
        self._blitter.errors()  # some runtimes leave old ones behind
        images.fill(self._blitter, depth)
        errors = self._blitter.errors()
        self.depth_works = not errors
        if errors:
            log.warning("the depth is not handed over: the driver does not copy it (%s)", errors)
            self._depth = None
            self.frames.show_from([self._colour.part(0), self._colour.part(1)])

    def controls(self, time: int, *, aims: bool = True) -> Any:
        """What hands and eyes do (:class:`~.controls.Controls`); where they point only with ``aims``."""
        assert self.actions is not None
        return self.actions.read(self.handle, self._space, time, aims=aims)

    def refresh_profiles(self) -> None:
        """Other controllers were taken up."""
        if self.actions is not None:
            self.actions.refresh_profiles()

    def bounds_m(self) -> tuple[float, float] | None:
        """Width and depth of the room to walk in; None where the runtime knows none."""
        if STAGE not in self.spaces:
            return None
        try:
            found: Any = xr.get_reference_space_bounds_rect(self.handle, xr.ReferenceSpaceType.STAGE)
        except xr.XrException:
            return None
        return (found.width, found.height) if found.width > 0 and found.height > 0 else None

    def hidden_mesh(self, eye: int) -> Mesh | None:
        """What the lens hides of an eye's picture; None where the runtime does not tell."""
        if MASK not in self.reached.extensions:
            return None
        ask = cast(
            xr.get_instance_proc_addr(self.reached.instance, "xrGetVisibilityMaskKHR"),
            xr.PFN_xrGetVisibilityMaskKHR,
        )
        kind = xr.VisibilityMaskTypeKHR.HIDDEN_TRIANGLE_MESH.value
        mask: Any = xr.VisibilityMaskKHR()
        check(ask(self.handle, STEREO.value, eye, kind, byref(mask)))
        corners = (xr.Vector2f * mask.vertex_count_output)()
        triangles = (c_uint32 * mask.index_count_output)()
        if not corners or not triangles:
            return None
        mask.vertex_capacity_input, mask.index_capacity_input = len(corners), len(triangles)
        mask.vertices, mask.indices = corners, triangles
        check(ask(self.handle, STEREO.value, eye, kind, byref(mask)))
        return Mesh(tuple((corner.x, corner.y) for corner in corners), tuple(triangles))

    @property
    def description(self) -> str:
        reached = self.reached
        return f"{reached.headset} by {reached.runtime}, {self.base.name} space"

    # ---- leaving

    def close(self) -> None:
        """Give everything but the instance back; a lost runtime's answers are passed over."""
        if self.actions is not None:
            self.actions.close()
            self.actions = None
        made, self._made = self._made, []
        for destroy, handle in reversed(made):
            with suppress(xr.XrException):
                destroy(handle)
        handle, self.handle = self.handle, None
        if handle is not None:
            with suppress(xr.XrException):
                xr.destroy_session(handle)


_EVENTS: Final[dict[int, Any]] = {
    int(xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED): xr.EventDataSessionStateChanged,
    int(xr.StructureType.EVENT_DATA_INSTANCE_LOSS_PENDING): xr.EventDataInstanceLossPending,
    int(xr.StructureType.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING): xr.EventDataReferenceSpaceChangePending,
    int(xr.StructureType.EVENT_DATA_INTERACTION_PROFILE_CHANGED): xr.EventDataInteractionProfileChanged,
    int(xr.StructureType.EVENT_DATA_USER_PRESENCE_CHANGED_EXT): xr.EventDataUserPresenceChangedEXT,
    int(xr.StructureType.EVENT_DATA_VISIBILITY_MASK_CHANGED_KHR): xr.EventDataVisibilityMaskChangedKHR,
    int(xr.StructureType.EVENT_DATA_DISPLAY_REFRESH_RATE_CHANGED_FB): xr.EventDataDisplayRefreshRateChangedFB,
}


def space_change(event: Any) -> Change:
    """XrEventDataReferenceSpaceChangePending, in Palier's words."""
    origin = to_pose(event.pose_in_previous_space) if event.pose_valid else None
    return Change(int(event._reference_space_type), event.change_time, origin)
