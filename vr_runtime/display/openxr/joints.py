"""Bare hands by their joints (XR_EXT_hand_tracking), where a runtime has no interaction profile for them."""

from __future__ import annotations

from contextlib import suppress
from ctypes import POINTER, byref, cast
from math import dist
from typing import Any, NamedTuple

import xr

from vr_runtime.display.openxr.buttons import Pinch
from vr_runtime.display.openxr.convert import to_pose
from vr_runtime.display.openxr.palm import grip_of_palm
from vr_runtime.protocol.pose import Pose

_JOINTS = xr.HAND_JOINT_COUNT_EXT
_PALM, _THUMB, _FOREFINGER = xr.HandJointEXT.PALM, xr.HandJointEXT.THUMB_TIP, xr.HandJointEXT.INDEX_TIP
_VALID = int(xr.SPACE_LOCATION_ORIENTATION_VALID_BIT | xr.SPACE_LOCATION_POSITION_VALID_BIT)


class BareHand(NamedTuple):
    grip: Pose | None = None
    aim: Pose | None = None
    """Along the palm, towards the fingers."""
    pinched: bool = False


class BareHands:
    """Both hands' trackers, for a session's life."""

    def __init__(self, instance: Any, session: Any) -> None:
        self._trackers = [
            xr.create_hand_tracker_ext(session, xr.HandTrackerCreateInfoEXT(hand=hand))
            for hand in (xr.HandEXT.LEFT, xr.HandEXT.RIGHT)
        ]
        self._locate = cast(
            xr.get_instance_proc_addr(instance, "xrLocateHandJointsEXT"), xr.PFN_xrLocateHandJointsEXT
        )
        self._joints = (xr.HandJointLocationEXT * _JOINTS)()
        self._locations = xr.HandJointLocationsEXT(
            joint_count=_JOINTS, joint_locations=cast(self._joints, POINTER(xr.HandJointLocationEXT))
        )
        self._pinches = (Pinch(), Pinch())

    def read(self, base_space: Any, xr_time: int, seen: tuple[bool, bool]) -> tuple[BareHand, BareHand]:
        """The hands that hold nothing; ``seen`` ones hold a controller and are left out."""
        left, right = (BareHand() if seen[side] else self._hand(side, base_space, xr_time) for side in (0, 1))
        return left, right

    def _hand(self, side: int, base_space: Any, xr_time: int) -> BareHand:
        info = xr.HandJointsLocateInfoEXT(base_space=base_space, time=xr_time)
        result = self._locate(self._trackers[side], byref(info), byref(self._locations))
        if result < 0:
            raise xr.check_result(xr.Result(result))
        if not self._locations.is_active or not self._there(_PALM):
            self._pinches[side].pinched(None)
            return BareHand()
        palm = to_pose(self._joints[_PALM].pose)
        apart = None
        if self._there(_THUMB) and self._there(_FOREFINGER):
            apart = dist(*(to_pose(self._joints[joint].pose)[:3] for joint in (_THUMB, _FOREFINGER)))
        return BareHand(grip_of_palm(palm, side == 0), palm, self._pinches[side].pinched(apart))

    def _there(self, joint: int) -> bool:
        return self._joints[joint]._location_flags & _VALID == _VALID

    def close(self) -> None:
        for tracker in self._trackers:
            with suppress(xr.XrException):
                xr.destroy_hand_tracker_ext(tracker)
