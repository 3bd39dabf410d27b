"""The door at which a waiting machine is asked for a session: one CURVE socket, the link's keys, the link's list.

Beside the link's five sockets and not one of them: those belong to a session that runs. Only listed keys get in, and
the list is looked at before each
handshake and each request, so that a revoked console is not served once more, and one just paired is at once. What a request says is
for :class:`~vr_runtime.waiting.desk.Desk` to judge; here are bytes, and how many of them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq

from vr_runtime.link.admission import Bucket
from vr_runtime.link.bounds import Bounds, room_for_files
from vr_runtime.link.connection import EVERYWHERE
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.guard import Guard, arm, strangers_are_refused
from vr_runtime.link.keys import ServerKeys, describe_curve, ensure_local_keys, load_server_keys
from vr_runtime.link.server_sockets import bind, port_of, receive, send
from vr_runtime.link.wakeup import Wakeup
from vr_runtime.protocol.waiting import MAX_REQUEST_BYTES

log = logging.getLogger(__name__)

DOOR_AFTER = 5
"""The door's port is so far behind the first of the link's five: it needs no place of its own in what pairing keeps."""
TICK_S = 0.3
REBIND_S = 0.02
REQUESTS_A_TURN = 16
REQUESTS_PER_S = 10.0
"""Of one key, with a burst of as many; what comes faster is not looked at. A session may be running beside it."""
MOST_KEYS = 256
FLUSH_MS = 200

Respond = Callable[[bytes, bytes], bytes]
"""A request and the key (z85) that it came with to the answer. Called from the door's thread; has to be quick."""


def door_port(first: int) -> int:
    """The door's port, given the first of the link's five.

    Raises:
        LinkError: HOST_UNUSABLE, where there is no such port.
    """
    if first + DOOR_AFTER > 65535:
        raise LinkError(
            LinkReason.HOST_UNUSABLE,
            f"port {first + DOOR_AFTER} is none: give --port {65535 - DOOR_AFTER} or less",
        )
    return first + DOOR_AFTER


class Door:
    """A bound socket and the thread that owns it. Made by :meth:`open`, ended by :meth:`close`."""

    def __init__(
        self, host: str, port: int, keys: ServerKeys, keys_folder: Path, respond: Respond, too_many: bytes
    ) -> None:
        self._host, self._keys, self._respond, self._too_many = host, keys, respond, too_many
        self.port = port
        self._context: zmq.Context[Any] = zmq.Context()
        self._wakeup = Wakeup()
        self._rates: dict[bytes, Bucket] = {}
        self._ending = False
        self._look_due = 0.0
        try:
            room_for_files()
            self._guard = Guard(self._context, keys.allowed, keys_folder / "keys")
            self._open_socket()
        except BaseException:
            if hasattr(self, "_guard"):
                self._guard.close()
            self._context.term()
            self._wakeup.close()
            raise
        self._thread = threading.Thread(target=self._run, name="door", daemon=True)

    @classmethod
    def open(
        cls, host: str, port: int, keys_folder: Path | None, respond: Respond, too_many: bytes = b""
    ) -> Door:
        """Make this machine's keys where there are none, bind, and prove that a stranger is refused.

        Args:
            port: 0: any, for tests.
            too_many: the answer to what comes faster than it is looked at.

        Raises:
            LinkError: PORT_IN_USE, HOST_UNUSABLE, NO_CURVE, NOT_GUARDED, KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN.
        """
        describe_curve()
        folder = ensure_local_keys(keys_folder)
        keys = load_server_keys(folder)
        door = cls(host, port, keys, folder, respond, too_many)
        door._thread.start()
        here = "127.0.0.1" if host in EVERYWHERE else host
        if not strangers_are_refused({f"tcp://{here}:{door.port}": zmq.DEALER}, keys.public):
            door.close()
            raise LinkError(
                LinkReason.NOT_GUARDED,
                "a key that is not paired was not refused, so nobody is waited for. Start again; if it stays so, "
                "reinstall pyzmq, and report it with the output of `vr-runtime doctor`",
            )
        return door

    def close(self) -> None:
        """Safe to call twice."""
        self._ending = True
        self._wakeup.ring()
        self._thread.join()

    def __enter__(self) -> Door:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    # -------------------------------------------------------------- the door's thread

    def _open_socket(self) -> None:
        socket: zmq.Socket[Any] = self._context.socket(zmq.ROUTER)
        try:
            socket.setsockopt(zmq.LINGER, 0)
            socket.setsockopt(zmq.HANDSHAKE_IVL, 5000)
            socket.setsockopt(zmq.IPV6, 0)
            socket.setsockopt(zmq.SNDHWM, 16)
            socket.setsockopt(zmq.RCVHWM, 256)
            socket.setsockopt(zmq.MAXMSGSIZE, MAX_REQUEST_BYTES + 1024)
            socket.setsockopt(zmq.ROUTER_MANDATORY, 1)
            arm(socket, self._keys)
            bind(socket, self._host, self.port)
            self.port = port_of(socket)
        except BaseException:
            socket.close(0)
            raise
        self._socket = socket
        self._bounds = Bounds({"door": self.port}, ())
        self._poller = zmq.Poller()
        for one in (self._guard.socket, self._wakeup.fileno(), socket):
            self._poller.register(one, zmq.POLLIN)

    def _run(self) -> None:
        try:
            while not self._ending:
                self._do(self._turn)
        finally:
            self._socket.close(FLUSH_MS)
            self._guard.close()
            self._context.term()
            self._wakeup.close()

    def _do(self, step: Callable[[], None]) -> None:
        """Whatever a message may have provoked, the door stays open."""
        try:
            step()
        except Exception:
            log.exception("door: trouble with a request; going on")
            time.sleep(REBIND_S)

    def _turn(self) -> None:
        ready = {socket for socket, _ in self._poller.poll(int(TICK_S * 1000))}
        if self._wakeup.fileno() in ready:
            self._wakeup.clear()
        if self._look():
            return
        if self._guard.socket in ready:
            self._guard.answer()
        if self._socket in ready:
            self._hear()
        if time.monotonic() >= self._look_due:
            self._look_due = time.monotonic() + TICK_S
            for why in sorted(set(self._bounds.look(time.monotonic()))):
                log.warning("door: cut off: %s", why)

    def _look(self) -> bool:
        """Whether somebody was shut out, and the socket bound anew for it (libzmq cannot close one connection)."""
        if not self._guard.look():
            return False
        self._socket.close(0)
        while not self._ending:
            try:
                self._open_socket()
            except LinkError as problem:  # the old one is not gone yet
                log.debug("door: %s", problem)
                time.sleep(REBIND_S)
            else:
                break
        return True

    def _hear(self) -> None:
        for _ in range(REQUESTS_A_TURN):
            got = receive(self._socket)
            if got is None:
                return
            self._bounds.took(got.fd, got.frames, got.size)
            key = got.peer.key
            if key not in self._guard.allowed:
                continue
            data = got.parts[0] if len(got.parts) == 1 else b""
            send(self._socket, got.peer.route, self._respond(data, key) if self._may(key) else self._too_many)

    def _may(self, key: bytes) -> bool:
        now_ns = time.monotonic_ns()
        if key not in self._rates and len(self._rates) >= MOST_KEYS:
            self._rates.clear()
        return self._rates.setdefault(key, Bucket(REQUESTS_PER_S, now_ns)).take(now_ns)
