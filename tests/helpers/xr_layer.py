"""Faults that no runtime has on demand, and the validation layer, for programs that run beside a lab.

Between the program and the runtime lies an OpenXR API layer written in Python. The test and the layer share a small
file in memory: the test writes what is to go wrong and reads what was called::

    faults = Faults(tmp_path / "faults")
    program = lab.start("-m", "tests.helpers.xr_run", "run", "--display", "openxr", **faults.environment())
    faults.views = Tracking.LOST           # xrLocateViews and the VIEW space lose their validity bits
    faults.state(SessionState.LOSS_PENDING)  # an event that the runtime never sent
    faults.fail("xrWaitFrame", -17)        # as if the instance were lost
    faults.calls("xrEndFrame")             # how often it was called

A program takes the layer by being started through ``tests.helpers.xr_run``, or by calling :func:`install` before it
makes an instance. The validation layer needs neither: :class:`Validation` works by the environment alone. OpenXR is
imported in :func:`install` only.
"""

from __future__ import annotations

import ctypes
import enum
import mmap
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

VARIABLE = "PALIER_XR_FAULTS"
NAME = "XR_APILAYER_PALIER_faults"
VALIDATION = "XR_APILAYER_LUNARG_core_validation"

FUNCTIONS = (
    "xrPollEvent", "xrSyncActions", "xrWaitFrame", "xrBeginFrame", "xrEndFrame", "xrLocateViews", "xrLocateSpace",
    "xrCreateSession", "xrBeginSession", "xrEndSession",
)  # fmt: skip
"""What the layer counts and can let fail."""

_OF_ITSELF = ("VUID-CoreValidation-Initialize", "VUID-CoreValidation-Destroy")
"""What the validation layer says when all is well."""

_SHARED = np.dtype(
    [
        ("views", "u1"),
        ("hands", "u1", 2),
        ("events", "u1"),
        ("event_type", "<i4"),
        ("event_state", "<i4"),
        ("failing", "<i4", len(FUNCTIONS)),
        ("calls", "<u8", len(FUNCTIONS)),
    ]
)


class Tracking(enum.IntEnum):
    """What becomes of the flags of a location."""

    AS_IT_IS = 0
    INFERRED = 1
    """Valid, but not tracked: the runtime guesses on, as when the cameras are covered for a moment."""
    LOST = 2
    """Neither: the pose says nothing."""


class SessionState(enum.IntEnum):
    """OpenXR's session states, for :meth:`Faults.state`."""

    IDLE = 1
    READY = 2
    SYNCHRONIZED = 3
    VISIBLE = 4
    FOCUSED = 5
    STOPPING = 6
    LOSS_PENDING = 7
    EXITING = 8


_SESSION_STATE_CHANGED = 18
_INSTANCE_LOSS_PENDING = 17
_KEPT = {Tracking.AS_IT_IS: 0b1111, Tracking.INFERRED: 0b0011, Tracking.LOST: 0}
"""Of orientation valid, position valid, orientation tracked, position tracked."""


class Faults:
    """The test's side. One for each program."""

    def __init__(self, file: Path) -> None:
        self.file = file
        file.write_bytes(bytes(_SHARED.itemsize))
        self._shared = _map(file)

    def environment(self) -> dict[str, str]:
        return {VARIABLE: str(self.file)}

    @property
    def views(self) -> Tracking:
        """The head: xrLocateViews, and xrLocateSpace of the VIEW space."""
        return Tracking(int(self._shared["views"]))

    @views.setter
    def views(self, value: Tracking) -> None:
        self._shared["views"] = value

    def hand(self, index: int, value: Tracking) -> None:
        """Action spaces of the left (0) or right (1) hand."""
        self._shared["hands"][index] = value

    def state(self, state: SessionState) -> None:
        """The program's next xrPollEvent says that its session went into this state."""
        self._event(_SESSION_STATE_CHANGED, state)

    def instance_loss_pending(self) -> None:
        self._event(_INSTANCE_LOSS_PENDING, 0)

    @property
    def event_taken(self) -> bool:
        """Whether the program has polled the event that was sent last."""
        return int(self._shared["events"]) == 0

    def fail(self, function: str, result: int) -> None:
        """Let every call of it return this XrResult and do nothing; 0: as it is again."""
        self._shared["failing"][FUNCTIONS.index(function)] = result

    def calls(self, function: str) -> int:
        return int(self._shared["calls"][FUNCTIONS.index(function)])

    def _event(self, kind: int, state: int) -> None:
        assert self.event_taken, "the event before this one has not been polled yet"
        self._shared["event_type"], self._shared["event_state"] = kind, state
        self._shared["events"] = 1


class Validation:
    """LunarG's core validation for one program: what it found, in a file."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def environment(self, base: Mapping[str, str] = os.environ) -> dict[str, str]:
        return {
            "XR_ENABLE_API_LAYERS": ":".join(filter(None, (base.get("XR_ENABLE_API_LAYERS"), VALIDATION))),
            "XR_CORE_VALIDATION_EXPORT_TYPE": "text",
            "XR_CORE_VALIDATION_FILE_NAME": str(self._file),
        }

    @property
    def ran(self) -> bool:
        """Whether the layer was there at all: silence of a layer that was not loaded proves nothing."""
        return self._file.exists()

    @property
    def messages(self) -> str:
        lines = self._file.read_text(errors="replace").splitlines() if self.ran else []
        return "\n".join(line for line in lines if not any(own in line for own in _OF_ITSELF)).strip()

    def check(self) -> None:
        """Fails where it found something, or was not there."""
        assert self.ran, (
            "the validation layer was not loaded: did the program import xr and make an instance?"
        )
        assert not self.messages, f"OpenXR was used wrongly:\n{self.messages}"


def _map(file: Path) -> np.ndarray[Any, Any]:
    with file.open("r+b") as opened:
        return np.frombuffer(mmap.mmap(opened.fileno(), _SHARED.itemsize), _SHARED)[0:1].reshape(())


# ---- the program's side

_installed: list[object] = []


def install() -> None:
    """Put the layer, if the environment asks for it, below whatever instance this process makes next."""
    if file := os.environ.get(VARIABLE):
        _installed.append(_make_layer(Path(file)))


def _make_layer(file: Path) -> object:
    import xr

    shared = _map(file)

    def handle(pointer: Any) -> int:
        return ctypes.cast(pointer, ctypes.c_void_p).value or 0

    class Layer(xr.DynamicApiLayerBase):
        """Called by the loader from C: what fails in here is printed, and the call fails."""

        def __init__(self) -> None:
            super().__init__(NAME, json_path=f"{file}.{os.getpid()}")
            self._address = xr.PFN_xrGetInstanceProcAddr(self._get_instance_proc_addr)
            self._create = xr.PFN_xrCreateApiLayerInstance(self._create_instance)
            self._next_address: Any = None
            self._next: dict[str, Any] = {}
            self._ours: dict[str, Any] = {}
            """Kept, because C holds no reference to them."""
            self._instance: Any = None
            self._session: Any = None
            self._head: set[int] = set()
            self._hands: dict[int, int] = {}

        def negotiate_loader_api_layer_interface(
            self, loader_info: Any, layer_name: str, api_layer_request: Any
        ) -> xr.Result:
            api_layer_request.layer_interface_version = xr.CURRENT_LOADER_API_LAYER_VERSION
            api_layer_request.layer_api_version = xr.XR_CURRENT_API_VERSION
            api_layer_request.get_instance_proc_addr = self._address
            api_layer_request.create_api_layer_instance = self._create
            return xr.Result.SUCCESS

        def _create_instance(self, info: Any, layer_info: Any, instance: Any) -> int:
            following = layer_info.contents.next_info.contents
            # by its value: the structure that it stands in is the loader's, and goes
            address = ctypes.cast(following.next_get_instance_proc_addr, ctypes.c_void_p).value
            self._next_address = xr.PFN_xrGetInstanceProcAddr(address)
            self._head.clear()
            self._hands.clear()
            # For the layer after this one the chain begins one link further on.
            inner = xr.ApiLayerCreateInfo.from_buffer_copy(layer_info.contents)
            inner.next_info = following.next
            return following.next_create_api_layer_instance(info, ctypes.pointer(inner), instance)

        def _get_instance_proc_addr(self, instance: Any, name: bytes, function: Any) -> int:
            result = self._next_address(instance, name, function)
            text = name.decode()
            if result < 0 or (text not in FUNCTIONS and text not in AFTER):
                return result
            kind = getattr(xr, f"PFN_{text}")
            self._instance = instance
            self._next[text] = ctypes.cast(function.contents, kind)
            if text not in self._ours:  # asked for more than once
                self._ours[text] = kind(self._wrapped(text))
            ctypes.memmove(function, ctypes.byref(self._ours[text]), ctypes.sizeof(ctypes.c_void_p))
            return result

        def _wrapped(self, name: str) -> Callable[..., int]:
            number = FUNCTIONS.index(name) if name in FUNCTIONS else None
            instead, after = INSTEAD.get(name), AFTER.get(name)

            def call(*arguments: Any) -> int:
                if number is not None:
                    shared["calls"][number] += 1
                    if failure := int(shared["failing"][number]):
                        return failure
                if instead is not None and (answer := instead(self, *arguments)) is not None:
                    return answer
                result = self._next[name](*arguments)
                if after is not None and result >= 0:
                    after(self, *arguments)
                return result

            return call

        def send_event(self, _instance: Any, buffer: Any) -> int | None:
            if not shared["events"]:
                return None
            if shared["event_type"] == _SESSION_STATE_CHANGED:
                event = ctypes.cast(buffer, ctypes.POINTER(xr.EventDataSessionStateChanged)).contents
                event.session = self._session
                event.state = xr.SessionState(int(shared["event_state"]))
                event.time = 1
            else:
                event = ctypes.cast(buffer, ctypes.POINTER(xr.EventDataInstanceLossPending)).contents
                event.loss_time = 1
            event.type = xr.StructureType(int(shared["event_type"]))
            event.next = None
            shared["events"] = 0
            return 0

        def session_made(self, _instance: Any, _info: Any, session: Any) -> None:
            self._session = xr.Session.from_buffer_copy(session.contents)

        def reference_space_made(self, _session: Any, info: Any, space: Any) -> None:
            if info.contents.reference_space_type == xr.ReferenceSpaceType.VIEW:
                self._head.add(handle(space.contents))

        def action_space_made(self, _session: Any, info: Any, space: Any) -> None:
            path = info.contents.subaction_path
            name = xr.path_to_string(self._instance, path) if path else ""
            for index, side in enumerate(("/user/hand/left", "/user/hand/right")):
                if name == side:
                    self._hands[handle(space.contents)] = index

        def space_destroyed(self, space: Any) -> None:
            self._head.discard(handle(space))
            self._hands.pop(handle(space), None)

        def space_located(self, space: Any, _base: Any, _time: Any, location: Any) -> None:
            which = handle(space)
            if which in self._head:
                location.contents.location_flags &= _KEPT[Tracking(int(shared["views"]))]
            elif (index := self._hands.get(which)) is not None:
                location.contents.location_flags &= _KEPT[Tracking(int(shared["hands"][index]))]

        def views_located(self, _session: Any, _info: Any, state: Any, *_: Any) -> None:
            state.contents.view_state_flags &= _KEPT[Tracking(int(shared["views"]))]

    INSTEAD: dict[str, Callable[..., int | None]] = {"xrPollEvent": Layer.send_event}
    AFTER: dict[str, Callable[..., None]] = {
        "xrCreateSession": Layer.session_made,
        "xrCreateReferenceSpace": Layer.reference_space_made,
        "xrCreateActionSpace": Layer.action_space_made,
        "xrDestroySpace": Layer.space_destroyed,
        "xrLocateSpace": Layer.space_located,
        "xrLocateViews": Layer.views_located,
    }
    layer = Layer()
    # After those that the environment names: nearest to the runtime, so that validation sees what we make of it.
    named = os.environ.get("XR_ENABLE_API_LAYERS", "")
    os.environ["XR_ENABLE_API_LAYERS"] = ":".join(filter(None, (named, NAME)))
    return layer
