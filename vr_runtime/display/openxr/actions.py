"""OpenXR's actions: what the patient's hands and eyes do, read once a frame.

Buttons come from bindings.py, what becomes of them over time from buttons.py. Structures are made once and filled
again each frame; the calls go straight to the loader's functions.
"""

from __future__ import annotations

from contextlib import suppress
from ctypes import byref
from typing import Any

import xr
from xr import raw_functions as raw

from vr_runtime.display.openxr.bindings import (
    ACTIONS,
    BINDINGS,
    EYE_GAZE,
    EYE_PATH,
    EYE_PROFILE,
    EYES,
    HAND_INTERACTION,
    HAND_TRACKING,
    HANDS,
    offered,
    paths,
    stops_by_pinch,
)
from vr_runtime.display.openxr.buttons import END_AFTER_NS, PINCH_STOP_AFTER_NS, Long, Press, further
from vr_runtime.display.openxr.controls import Controls
from vr_runtime.display.openxr.convert import to_pose
from vr_runtime.display.openxr.joints import BareHand, BareHands
from vr_runtime.protocol.pose import Hands, Pose

_TYPES = {
    "pose": xr.ActionType.POSE_INPUT,
    "boolean": xr.ActionType.BOOLEAN_INPUT,
    "vector": xr.ActionType.VECTOR2F_INPUT,
}
_VALID = int(xr.SPACE_LOCATION_ORIENTATION_VALID_BIT | xr.SPACE_LOCATION_POSITION_VALID_BIT)
_MEASURED = _VALID | int(xr.SPACE_LOCATION_ORIENTATION_TRACKED_BIT)
"""A gaze that the runtime guesses (a blink) is none."""


class Actions:
    """One action set for an instance's life; :meth:`attach` ties it to a session.

    Args:
        instance: the ``xr.Instance``.
        extensions: the names of the extensions that it was made with (``bindings.WANTED_EXTENSIONS`` are of use).
        system: the ``xr.SystemId``; without it the eyes and bare hands are asked for as if the system had them.

    Raises:
        xr.XrException: from the runtime, here and in every method.
    """

    def __init__(self, instance: Any, extensions: frozenset[str], system: Any = None) -> None:
        self._instance = instance
        self._extensions = extensions
        self._hand_paths = tuple(xr.string_to_path(instance, hand) for hand in HANDS)
        self._eyes = EYE_GAZE in extensions and _supported(
            instance, system, xr.SystemEyeGazeInteractionPropertiesEXT, "supports_eye_gaze_interaction"
        )
        self._joints = HAND_TRACKING in extensions and _supported(
            instance, system, xr.SystemHandTrackingPropertiesEXT, "supports_hand_tracking"
        )
        self._set = xr.create_action_set(
            instance,
            xr.ActionSetCreateInfo(action_set_name="palier", localized_action_set_name="Palier", priority=0),
        )
        self._actions = {name: self._make(name) for name in ACTIONS if name != "eye" or self._eyes}
        self.refused: dict[str, str] = {}
        """Profiles that the runtime did not take, and why."""
        for profile in offered(extensions):
            self._suggest(profile, tuple(paths(profile)))
        if self._eyes:
            self._suggest(EYE_PROFILE, (("eye", EYE_PATH),))
        self._session: _Attached | None = None

    def _make(self, name: str) -> Any:
        kind, words = ACTIONS[name]
        where = (xr.string_to_path(self._instance, EYES),) if name == "eye" else self._hand_paths
        return xr.create_action(
            self._set,
            xr.ActionCreateInfo(
                action_name=name,
                action_type=_TYPES[kind],
                subaction_paths=list(where),
                localized_action_name=words,
            ),
        )

    def _suggest(self, profile: str, bound: tuple[tuple[str, str], ...]) -> None:
        try:
            xr.suggest_interaction_profile_bindings(
                self._instance,
                xr.InteractionProfileSuggestedBinding(
                    interaction_profile=xr.string_to_path(self._instance, profile),
                    suggested_bindings=[
                        xr.ActionSuggestedBinding(
                            self._actions[action], xr.string_to_path(self._instance, path)
                        )
                        for action, path in bound
                    ],
                ),
            )
        except xr.exception.PathUnsupportedError as problem:
            self.refused[profile] = str(problem)

    def attach(self, session: Any) -> None:
        """Tie the actions to a session, before its first :meth:`read`; once a session."""
        self.detach()
        xr.attach_session_action_sets(session, xr.SessionActionSetsAttachInfo(action_sets=[self._set]))
        self._session = _Attached(
            self._instance,
            session,
            self._set,
            self._actions,
            self._hand_paths,
            self._eyes,
            self._joints_wanted,
        )

    @property
    def _joints_wanted(self) -> bool:
        """Joints stand in where the runtime has no interaction profile for bare hands."""
        return self._joints and HAND_INTERACTION not in self._extensions

    def read(self, session: Any, base_space: Any, xr_time: int, *, aims: bool = True) -> Controls:
        """What hands and eyes do. Call it once a frame.

        Args:
            session: the one given to :meth:`attach`.
            base_space: an ``xr.Space``; poses are given in it, in Palier's axes.
            xr_time: the predicted display time, ns on OpenXR's clock.
            aims: False leaves the aims out (each pose costs a call to the runtime): nothing is pointed at.

        A session without focus gives nothing but the profiles; a button that is held when the focus comes back
        counts as pressed then.
        """
        if self._session is None:
            raise RuntimeError("attach the actions to a session before reading them")
        return self._session.read(base_space, int(xr_time), aims)

    def refresh_profiles(self) -> None:
        """Ask again which controllers are bound; on the event XrEventDataInteractionProfileChanged."""
        if self._session is not None:
            self._session.refresh_profiles()

    def detach(self) -> None:
        """Give back what belongs to the session (it may be lost already)."""
        attached, self._session = self._session, None
        if attached is not None:
            attached.close()

    def close(self) -> None:
        """Give everything back; again: nothing happens. Whatever a lost runtime answers is passed over."""
        self.detach()
        actions, self._actions = self._actions, {}
        for action in actions.values():
            _quietly(xr.destroy_action, action)
        if self._set is not None:
            _quietly(xr.destroy_action_set, self._set)
            self._set = None


class _Attached:
    """What one session needs to read the actions."""

    def __init__(
        self,
        instance: Any,
        session: Any,
        action_set: Any,
        actions: dict[str, Any],
        hands: tuple[Any, ...],
        eyes: bool,
        joints: bool,
    ) -> None:
        self._instance = instance
        self._session = session
        self._hand_paths = hands
        self._active = (xr.ActiveActionSet * 1)(xr.ActiveActionSet(action_set, 0))
        self._sync = xr.ActionsSyncInfo(active_action_sets=self._active)
        self._info = {
            (name, side): xr.ActionStateGetInfo(action=action, subaction_path=hand)
            for name, action in actions.items()
            for side, hand in enumerate(hands)
            if ACTIONS[name][0] != "pose"
        }
        self._spaces = {
            (name, side): xr.create_action_space(
                session, xr.ActionSpaceCreateInfo(action=actions[name], subaction_path=hand)
            )
            for name in ("grip", "aim")
            for side, hand in enumerate(hands)
        }
        self._eye_space = (
            xr.create_action_space(session, xr.ActionSpaceCreateInfo(action=actions["eye"])) if eyes else None
        )
        self._location = xr.SpaceLocation()
        self._boolean = xr.ActionStateBoolean()
        self._vector = xr.ActionStateVector2f()
        self._bare = BareHands(instance, session) if joints else None
        self._stops = (Press(), Press())
        self._selects = (Press(), Press())
        self._end = Long(END_AFTER_NS)
        self._pinch_stop = Long(PINCH_STOP_AFTER_NS)
        self._profiles = ("", "")
        self._seen: tuple[bool, bool] | None = None

    def read(self, base_space: Any, xr_time: int, pointing: bool) -> Controls:
        result = raw.xrSyncActions(self._session, self._sync)
        if result != xr.Result.SUCCESS:
            if result < 0:
                raise xr.check_result(xr.Result(result))
            if result == xr.Result.SESSION_NOT_FOCUSED:
                return self._unfocused(xr_time)
        grips = self._both("grip", base_space, xr_time)
        aims = self._both("aim", base_space, xr_time) if pointing else Hands()
        seen = (grips.left is not None, grips.right is not None)
        if seen != self._seen:
            self._seen = seen
            self.refresh_profiles()
        bare = (BareHand(), BareHand())
        if self._bare is not None and not all(seen):
            bare = self._bare.read(base_space, xr_time, seen)
            grips = Hands(grips.left or bare[0].grip, grips.right or bare[1].grip)
            if pointing:
                aims = Hands(aims.left or bare[0].aim, aims.right or bare[1].aim)
        stops = (self._down("stop", 0), self._down("stop", 1))
        selects = tuple(self._down("select", side) or bare[side].pinched for side in (0, 1))
        stop = self._stops[0].went_down(stops[0]) | self._stops[1].went_down(stops[1])
        select = self._selects[0].went_down(selects[0]) | self._selects[1].went_down(selects[1])
        pinched = all(self._down("pinch", side) or bare[side].pinched for side in (0, 1))
        return Controls(
            grips=grips,
            aims=aims,
            eye=self._gaze(base_space, xr_time),
            stop=self._pinch_stop.completed(pinched, xr_time) or stop,
            end=self._end.completed(all(stops), xr_time),
            select=select,
            stick=further(self._stick(0), self._stick(1)),
            profiles=self._profiles,
        )

    def _unfocused(self, xr_time: int) -> Controls:
        for press in (*self._stops, *self._selects):
            press.went_down(False)
        self._end.completed(False, xr_time)
        self._pinch_stop.completed(False, xr_time)
        self._seen = None
        return Controls(profiles=self._profiles)

    def _both(self, name: str, base_space: Any, xr_time: int) -> Hands:
        left, right = (self._pose(self._spaces[name, side], base_space, xr_time, _VALID) for side in (0, 1))
        return Hands(left, right)

    def _gaze(self, base_space: Any, xr_time: int) -> Pose | None:
        if self._eye_space is None:
            return None
        return self._pose(self._eye_space, base_space, xr_time, _MEASURED)

    def _pose(self, space: Any, base_space: Any, xr_time: int, needed: int) -> Pose | None:
        location = self._location
        result = raw.xrLocateSpace(space, base_space, xr_time, byref(location))
        if result < 0:
            raise xr.check_result(xr.Result(result))
        return to_pose(location.pose) if location._location_flags & needed == needed else None

    def _down(self, name: str, side: int) -> bool:
        state = self._boolean
        result = raw.xrGetActionStateBoolean(self._session, self._info[name, side], byref(state))
        if result < 0:
            raise xr.check_result(xr.Result(result))
        return bool(state.is_active and state.current_state)

    def _stick(self, side: int) -> tuple[float, float] | None:
        """The stick, else the pad while it is pressed (a thumb that rests on it moves nothing)."""
        pushed = self._pushed("stick", side)
        if pushed is None and self._down("pad_press", side):
            return self._pushed("pad", side)
        return pushed

    def _pushed(self, name: str, side: int) -> tuple[float, float] | None:
        state = self._vector
        result = raw.xrGetActionStateVector2f(self._session, self._info[name, side], byref(state))
        if result < 0:
            raise xr.check_result(xr.Result(result))
        return (state.current_state.x, state.current_state.y) if state.is_active else None

    def refresh_profiles(self) -> None:
        found = []
        for hand in self._hand_paths:
            path = xr.get_current_interaction_profile(self._session, hand).interaction_profile
            found.append(xr.path_to_string(self._instance, path) if path else "")
        self._profiles = (found[0], found[1])

    def close(self) -> None:
        spaces = [*self._spaces.values(), *([self._eye_space] if self._eye_space is not None else [])]
        for space in spaces:
            _quietly(xr.destroy_space, space)
        if self._bare is not None:
            self._bare.close()


def stop_needs_pinch(profiles: tuple[str, str]) -> bool:
    """Whether the present hands can stop by pinching alone, so that the patient is told of it."""
    return all(profile in BINDINGS and stops_by_pinch(profile) for profile in profiles)


def _supported(instance: Any, system: Any, kind: Any, field: str) -> bool:
    """Whether the system has it; where the system is not known, the extension is taken at its word."""
    if system is None:
        return True
    asked = kind()
    properties = xr.SystemProperties(next=asked)
    if raw.xrGetSystemProperties(instance, system, byref(properties)) < 0:
        return False
    return bool(getattr(asked, field))


def _quietly(destroy: Any, handle: Any) -> None:
    with suppress(xr.XrException):
        destroy(handle)
