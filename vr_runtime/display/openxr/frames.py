"""One frame of a running session: wait, begin, locate, end. Structures are made once and filled again."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import POINTER, byref, c_uint32, c_void_p, cast, pointer
from typing import Any, Final, NamedTuple

import xr
from xr import raw_functions as raw

from vr_runtime.display.openxr.convert import to_pose
from vr_runtime.display.openxr.space import Base
from vr_runtime.display.view import View
from vr_runtime.protocol.pose import Pose

_STEREO: Final = xr.ViewConfigurationType.PRIMARY_STEREO
_ORIENTATION_VALID: Final = 1
_POSITION_VALID: Final = 2
_ORIENTATION_TRACKED: Final = 4
_POSITION_TRACKED: Final = 8
"""Alike in XrViewStateFlags and XrSpaceLocationFlags."""
_VALID: Final = _ORIENTATION_VALID | _POSITION_VALID


def check(result: int) -> None:
    """Raises the xr.exception.ErrorResult of a failed call; qualified successes pass."""
    if result < 0:
        raise xr.check_result(xr.Result(result))


class Seen(NamedTuple):
    """Head and eyes at a display time, in the outer space and Palier's axes."""

    head: Pose | None
    """None where the runtime has no valid pose."""
    views: tuple[View, ...]
    """Left and right eye; empty where the runtime has no valid pose for them."""
    tracked: bool
    """Measured, not inferred: what a headset knows that has lost its bearings is not."""


class Frames:
    """The frame calls of one session.

    Raises:
        xr.exception.ErrorResult: every method, when the runtime or the session is gone.
    """

    def __init__(self, session: Any, space: Any, view_space: Any, base: Base, follows_position: bool) -> None:
        self._session = session
        self._space = space
        self._view_space = view_space
        self._lift = base.lift_m
        self._follows_position = follows_position
        self._needed = _VALID | _ORIENTATION_TRACKED
        self._state = xr.FrameState()
        self._info = xr.ViewLocateInfo(_STEREO, 0, space)
        self._view_state = xr.ViewState()
        self._views = (xr.View * 2)(xr.View(), xr.View())
        self._count = c_uint32()
        self._location = xr.SpaceLocation()
        self._nothing = xr.FrameEndInfo(0, xr.EnvironmentBlendMode.OPAQUE)
        self._layer_views = (xr.CompositionLayerProjectionView * 2)(
            xr.CompositionLayerProjectionView(), xr.CompositionLayerProjectionView()
        )
        self._layer = xr.CompositionLayerProjection(space=space, views=self._layer_views)
        self._layers = (POINTER(xr.CompositionLayerBaseHeader) * 1)(
            cast(pointer(self._layer), POINTER(xr.CompositionLayerBaseHeader))
        )
        self._picture = xr.FrameEndInfo(0, xr.EnvironmentBlendMode.OPAQUE, 1, self._layers)
        self.open = False
        """Between begin and end."""

    def wait(self) -> tuple[int, int, bool]:
        """Block until the runtime wants the next frame, and begin it.

        Returns:
            The predicted display time (XrTime), the time between two of them (ns), and whether it shows frames.
        """
        if self.open:  # the loop did not show the last one
            self.end_empty()
        state: Any = self._state
        check(raw.xrWaitFrame(self._session, None, byref(state)))
        check(raw.xrBeginFrame(self._session, None))
        self.open = True
        return state.predicted_display_time, state.predicted_display_period, bool(state.should_render)

    def locate(self, time: int) -> Seen:
        """Head and eyes at a display time."""
        state: Any = self._view_state
        info: Any = self._info
        info.display_time = time
        check(
            raw.xrLocateViews(
                self._session, info, byref(state), 2, byref(self._count), cast(self._views, POINTER(xr.View))
            )
        )
        location: Any = self._location
        check(raw.xrLocateSpace(self._view_space, self._space, time, byref(location)))
        flags = state._view_state_flags
        both = flags & location._location_flags
        views: tuple[View, ...] = ()
        if flags & _VALID == _VALID:
            for layer, view in zip(self._layer_views, self._views, strict=True):
                layer.pose, layer.fov = view.pose, view.fov
            views = tuple(self._view(view) for view in self._views)
        head = self._up(to_pose(location.pose)) if both & _VALID == _VALID else None
        if self._follows_position:
            # a headset that never says that its position is measured is not judged by it (Monado's simulated one)
            self._needed |= both & _POSITION_TRACKED
        return Seen(head, views, both & self._needed == self._needed)

    def show_from(self, images: Sequence[Any], depths: Sequence[Any] = ()) -> None:
        """Which parts of which swapchains hold the eyes' pictures (``XrSwapchainSubImage``), and what to chain to
        them (``XrCompositionLayerDepthInfoKHR``)."""
        for index, (view, image) in enumerate(zip(self._layer_views, images, strict=True)):
            view.sub_image = image
            view.next = cast(pointer(depths[index]), c_void_p) if depths else None
        self._kept = depths  # the chain holds addresses alone

    def end(self, time: int) -> None:
        """Hand in the picture, as seen from where the eyes were located last."""
        self.open = False
        info: Any = self._picture
        info.display_time = time
        check(raw.xrEndFrame(self._session, info))

    def end_empty(self, time: int | None = None) -> None:
        """Hand in a frame without a picture."""
        self.open = False
        info: Any = self._nothing
        info.display_time = self._state.predicted_display_time if time is None else time
        check(raw.xrEndFrame(self._session, info))

    def _view(self, view: Any) -> View:
        fov = view.fov
        pose = self._up(to_pose(view.pose))
        return View(pose, fov.angle_left, fov.angle_right, fov.angle_up, fov.angle_down)

    def _up(self, pose: Pose) -> Pose:
        return pose._replace(z=pose.z + self._lift) if self._lift else pose
