"""A headless OpenXR program for tests of the lab: ``python -m tests.helpers.xr_headless`` beside a service.

Reads words from standard input, a line each, and answers each with a line of JSON:
``locate`` where head, eyes and grips are now, in Palier's axes, and what the controls say; ``quit``.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from typing import Any

import xr

from tests.helpers.xr_layer import install
from vr_runtime.display.openxr.convert import to_pose

HEADLESS = "XR_MND_headless"
TIMESPEC = "XR_KHR_convert_timespec_time"
PROFILE = "/interaction_profiles/valve/index_controller"
SIDES = ("left", "right")
ATTEMPTS = 5


class _Timespec(ctypes.Structure):
    _fields_ = [("tv_sec", ctypes.c_longlong), ("tv_nsec", ctypes.c_long)]


def create_instance(*extensions: str) -> xr.Instance:
    """Monado refuses one in about eighty for no reason that it gives: tried again."""
    info = xr.InstanceCreateInfo(enabled_extension_names=list(extensions))
    for _ in range(ATTEMPTS - 1):
        try:
            return xr.create_instance(info)
        except xr.exception.RuntimeFailureError:
            time.sleep(0.2)
    return xr.create_instance(info)


class Headless:
    def __init__(self) -> None:
        self.instance = create_instance(HEADLESS, TIMESPEC)
        self.system = xr.get_system(self.instance)
        self.session = xr.create_session(self.instance, xr.SessionCreateInfo(system_id=self.system))
        self.state = xr.SessionState.UNKNOWN
        self.running = False
        stage = xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.STAGE)
        view = xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.VIEW)
        self.stage = xr.create_reference_space(self.session, stage)
        self.view = xr.create_reference_space(self.session, view)
        self._make_actions()
        convert = ctypes.CFUNCTYPE(
            ctypes.c_int, xr.Instance, ctypes.POINTER(_Timespec), ctypes.POINTER(ctypes.c_longlong)
        )
        address = xr.get_instance_proc_addr(self.instance, "xrConvertTimespecTimeToTimeKHR")
        self._convert = ctypes.cast(address, convert)

    def _make_actions(self) -> None:
        paths = [xr.string_to_path(self.instance, f"/user/hand/{side}") for side in SIDES]
        self.hands = paths
        self.actions = xr.create_action_set(
            self.instance,
            xr.ActionSetCreateInfo(action_set_name="test", localized_action_set_name="test", priority=0),
        )

        def action(name: str, kind: xr.ActionType) -> xr.Action:
            info = xr.ActionCreateInfo(
                action_name=name, action_type=kind, localized_action_name=name, subaction_paths=paths
            )
            return xr.create_action(self.actions, info)

        self.grip = action("grip", xr.ActionType.POSE_INPUT)
        self.trigger = action("trigger", xr.ActionType.FLOAT_INPUT)
        self.button = action("button", xr.ActionType.BOOLEAN_INPUT)
        self.stick = action("stick", xr.ActionType.VECTOR2F_INPUT)
        inputs = {
            "grip/pose": self.grip,
            "trigger/value": self.trigger,
            "a/click": self.button,
            "thumbstick": self.stick,
        }
        bindings = [
            xr.ActionSuggestedBinding(
                action, xr.string_to_path(self.instance, f"/user/hand/{side}/input/{name}")
            )
            for side in SIDES
            for name, action in inputs.items()
        ]
        suggested = xr.InteractionProfileSuggestedBinding(
            interaction_profile=xr.string_to_path(self.instance, PROFILE), suggested_bindings=bindings
        )
        xr.suggest_interaction_profile_bindings(self.instance, suggested)
        xr.attach_session_action_sets(
            self.session, xr.SessionActionSetsAttachInfo(action_sets=[self.actions])
        )
        self.grips = [
            xr.create_action_space(
                self.session, xr.ActionSpaceCreateInfo(action=self.grip, subaction_path=path)
            )
            for path in paths
        ]

    def now(self) -> xr.Time:
        seconds, rest = divmod(time.clock_gettime_ns(time.CLOCK_MONOTONIC), 1_000_000_000)
        spec, result = _Timespec(seconds, rest), ctypes.c_longlong()
        self._convert(self.instance, ctypes.byref(spec), ctypes.byref(result))
        return xr.Time(result.value)

    def poll(self) -> None:
        while True:
            try:
                buffer = xr.poll_event(self.instance)
            except xr.exception.EventUnavailable:
                return
            if buffer.type != xr.StructureType.EVENT_DATA_SESSION_STATE_CHANGED:
                continue
            event = ctypes.cast(
                ctypes.byref(buffer), ctypes.POINTER(xr.EventDataSessionStateChanged)
            ).contents
            self.state = xr.SessionState(event.state)
            if self.state == xr.SessionState.READY:
                xr.begin_session(self.session, xr.SessionBeginInfo(xr.ViewConfigurationType.PRIMARY_STEREO))
                self.running = True
            elif self.state == xr.SessionState.STOPPING:
                xr.end_session(self.session)
                self.running = False

    def locate(self) -> dict[str, Any]:
        self.poll()
        try:
            active = xr.ActiveActionSet(self.actions, xr.Path(xr.NULL_PATH))
            xr.sync_actions(self.session, xr.ActionsSyncInfo(active_action_sets=[active]))
        except xr.exception.SessionNotFocused:
            pass
        now = self.now()
        state, views = xr.locate_views(
            self.session,
            xr.ViewLocateInfo(
                view_configuration_type=xr.ViewConfigurationType.PRIMARY_STEREO,
                display_time=now,
                space=self.stage,
            ),
        )
        answer: dict[str, Any] = {
            "state": self.state.name,
            "views_flags": int(state.view_state_flags),
            "views": [list(to_pose(view.pose)) for view in views],
            "head": self._where(self.view, now),
        }
        for side, path, space in zip(SIDES, self.hands, self.grips, strict=True):

            def got(action: xr.Action, path: Any = path) -> xr.ActionStateGetInfo:
                return xr.ActionStateGetInfo(action=action, subaction_path=path)

            stick = xr.get_action_state_vector2f(self.session, got(self.stick)).current_state
            answer[side] = {
                **self._where(space, now),
                "trigger": xr.get_action_state_float(self.session, got(self.trigger)).current_state,
                "a": bool(xr.get_action_state_boolean(self.session, got(self.button)).current_state),
                "stick": [stick.x, stick.y],
            }
        return answer

    def _where(self, space: xr.Space, now: xr.Time) -> dict[str, Any]:
        location = xr.locate_space(space, self.stage, now)
        return {"flags": int(location.location_flags), "pose": list(to_pose(location.pose))}


def main() -> None:
    install()
    program = Headless()
    deadline = time.monotonic() + 30
    while program.state != xr.SessionState.FOCUSED and time.monotonic() < deadline:
        program.poll()
        time.sleep(0.005)
    for line in sys.stdin:
        word = line.strip()
        if word == "quit":
            break
        answer = program.locate() if word == "locate" else {"unknown": word}
        print(json.dumps(answer), flush=True)
    xr.destroy_session(program.session)
    xr.destroy_instance(program.instance)


if __name__ == "__main__":
    main()
