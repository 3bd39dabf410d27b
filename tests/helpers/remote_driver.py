"""The scripted patient: head, hands and buttons sent to Monado's remote driver over TCP.

Poses are given in Palier's axes (X right, +Y forward, Z up). The last state is kept, and every packet is whole, so
that a test sets one thing and the rest stays. OpenXR itself is not imported here.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np

from vr_runtime.display.openxr.convert import to_xr
from vr_runtime.protocol.pose import Pose

Side = Literal["left", "right"]
Button = Literal["system", "a", "b", "trigger", "stick", "pad"]

PATIENCE_S = 20.0

_BUTTONS = (
    "system_click system_touch a_click a_touch b_click b_touch trigger_click trigger_touch "
    "stick_click stick_touch pad_touch"
).split()

VIEW = np.dtype([("fov", "<f4", 4), ("orientation", "<f4", 4), ("position", "<f4", 3), ("_pad", "V4")])
"""``fov``: angles left, right, up, down in radians. Used only where ``per_view`` is true."""
HEAD = np.dtype([("orientation", "<f4", 4), ("position", "<f4", 3), ("per_view", "?"), ("_pad", "V3")])
HAND = np.dtype(
    [
        ("orientation", "<f4", 4),
        ("position", "<f4", 3),
        ("linear_velocity", "<f4", 3),
        ("angular_velocity", "<f4", 3),
        ("curl", "<f4", 5),
        ("trigger", "<f4"),
        ("squeeze", "<f4"),
        ("squeeze_force", "<f4"),
        ("stick", "<f4", 2),
        ("pad_force", "<f4"),
        ("pad", "<f4", 2),
        ("hand_tracking_active", "?"),
        ("active", "?"),
        *((name, "?") for name in _BUTTONS),
        ("_pad", "V3"),
    ]
)
PACKET = np.dtype([("header", "S8"), ("views", VIEW, 2), ("head", HEAD), ("left", HAND), ("right", HAND)])
HEADER = b"mndrmt3"
"""Of Monado 25; the number counts its changes. With another one it hangs up."""


class RemoteDriver:
    """One connection to a lab's remote driver. After a disconnection Monado keeps the last state."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._held = False
        self.state: np.ndarray[Any, Any] = np.zeros((), PACKET)
        """What was sent last, by the names of the packet, in OpenXR's axes."""
        self.state[...] = self._connect()
        self.state["header"] = HEADER  # the greeting comes without
        self._first = self.state.copy()

    def head(self, pose: Pose) -> None:
        self._place("head", pose)
        self._send()

    def hand(self, side: Side, pose: Pose | None) -> None:
        """The grip; None: the controller is switched off (it is not located any more)."""
        self.state[side]["active"] = pose is not None
        if pose is not None:
            self._place(side, pose)
        self._send()

    def press(self, side: Side, button: Button, *, down: bool = True) -> None:
        if button != "pad":
            self.state[side][f"{button}_click"] = down
        self.state[side][f"{button}_touch"] = down
        if button == "trigger":
            self.state[side]["trigger"] = float(down)
        elif button == "pad":
            self.state[side]["pad_force"] = float(down)
        self._send()

    def set(self, side: Side, **values: float | tuple[float, ...] | bool) -> None:
        """Any field of ``HAND``: ``set("left", stick=(0.0, 1.0), squeeze=0.5)``."""
        for name, value in values.items():
            self.state[side][name] = value
        self._send()

    def reset(self) -> None:
        """As at the beginning: standing in the middle, looking ahead, both controllers on, nothing pressed."""
        self.state[...] = self._first
        self._send()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is set in this block arrives in one packet."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self._send()

    def reconnect(self) -> None:
        """To a service that was started again; it gets the last state."""
        self.close()
        self._connect()
        self._send()

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __enter__(self) -> RemoteDriver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _place(self, part: str, pose: Pose) -> None:
        position, orientation = to_xr(pose)
        self.state[part]["position"] = position
        self.state[part]["orientation"] = orientation

    def _send(self) -> None:
        if not self._held:
            assert self._socket is not None, "not connected: reconnect() first"
            self._socket.sendall(self.state.tobytes())

    def _connect(self) -> np.ndarray[Any, Any]:
        """The service sends the state that it starts from, and the latest one: two packets."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self._socket = socket.create_connection(self._address, timeout=PATIENCE_S)
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wanted = 2 * PACKET.itemsize
        greeting = b""
        while len(greeting) < wanted:
            piece = self._socket.recv(wanted - len(greeting))
            if not piece:
                raise ConnectionError(f"Monado hung up after {len(greeting)} bytes of its greeting")
            greeting += piece
        latest = np.frombuffer(greeting, PACKET)[1]
        if abs(np.linalg.norm(latest["head"]["orientation"]) - 1.0) > 1e-3:
            raise ConnectionError("this Monado speaks another version of the remote protocol")
        return latest
