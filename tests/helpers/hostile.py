"""A hostile network between a console and a runtime: a TCP proxy whose faults are set while it runs.

Every byte passes through one thread. What the network may do to it, each way apart: be late by a while that varies,
be held (half-open: connections are taken and nothing is passed on), be slow, be lost with the end of a connection,
come twice, come from a connection that is long gone, or be sent anew by somebody who wrote it down.
"""

from __future__ import annotations

import contextlib
import random
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from vr_runtime.link.connection import Connection, Ports
from vr_runtime.link.wire import SOCKETS

TO_RUNTIME, TO_CONSOLE = "to_runtime", "to_console"
WAYS = (TO_RUNTIME, TO_CONSOLE)

MOST_HELD = 4 * 1024 * 1024
"""Bytes that one way of one connection holds before the sender has to wait, as in a router's buffer."""
MOST_WRITTEN_DOWN = 64 * 1024
READ = 65536
PULSE_S = 0.003


@dataclass
class Weather:
    """What is done to the bytes of one way. Set from any thread."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    """Up to so much more, evenly spread; TCP keeps the order all the same."""
    held: bool = False
    bytes_per_s: float = 0.0
    """0: as fast as it goes."""

    def clear(self) -> None:
        self.delay_s = self.jitter_s = self.bytes_per_s = 0.0
        self.held = False


@dataclass
class _Lane:
    """The bytes of one way of one connection that are on their way."""

    way: str
    queue: deque[tuple[float, bytes]] = field(default_factory=deque[tuple[float, bytes]])
    held_bytes: int = 0
    last_due: float = 0.0
    free_at: float = 0.0
    ended: bool = False
    """The sender has closed; so does the lane once it is empty."""


class _Wire:
    """One connection of the console and the one to the runtime that belongs to it."""

    def __init__(self, name: str, near: socket.socket, far: socket.socket) -> None:
        self.name = name
        self.near: socket.socket | None = near
        self.far: socket.socket | None = far
        self.lanes = {way: _Lane(way) for way in WAYS}
        self.written = bytearray()
        """The first bytes that the console sent: for a replay."""


@dataclass(frozen=True)
class Recorded:
    """What a console said over one connection: bytes for whoever wants to say them again."""

    name: str
    data: bytes


class HostileNetwork:
    """Stands before a runtime; consoles are given :attr:`connection` in place of the runtime's own.

    Methods return when the network's thread has done what they say.
    """

    def __init__(self, connection: Connection, seed: int = 1) -> None:
        self.weather = {way: Weather() for way in WAYS}
        self.recorded: deque[Recorded] = deque(maxlen=64)
        """Connections that are over, as they were written down."""
        self.passed = dict.fromkeys(WAYS, 0)
        self._far_ports = {name: int(getattr(connection.ports, name)) for name in SOCKETS}
        self._host = connection.host
        self._chance = random.Random(seed)
        self._open = True
        self._twice: set[tuple[str, str]] = set()
        self._wires: list[_Wire] = []
        self._stranded: list[_Wire] = []
        self._loose: list[socket.socket] = []
        self._tasks: deque[tuple[Callable[[], None], threading.Event]] = deque()
        self._end = False
        self._selector = selectors.DefaultSelector()
        self._listeners: dict[str, socket.socket] = {}
        ports: dict[str, int] = {}
        for name in SOCKETS:
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            listener.setblocking(False)
            ports[name] = listener.getsockname()[1]
            self._listeners[name] = listener
            self._selector.register(listener, selectors.EVENT_READ, name)
        self.connection = connection.model_copy(update={"host": "127.0.0.1", "ports": Ports(**ports)})
        self._thread = threading.Thread(target=self._run, name="hostile-network", daemon=True)
        self._thread.start()

    # -------------------------------------------------------------- what it does

    def delay(self, way: str, seconds: float, jitter_s: float = 0.0) -> None:
        self._do(lambda: self._set(way, delay_s=seconds, jitter_s=jitter_s))

    def throttle(self, way: str, bytes_per_s: float) -> None:
        self._do(lambda: self._set(way, bytes_per_s=bytes_per_s))

    def stall(self, *ways: str) -> None:
        """Half-open: connections stand and are made, and nothing passes. Nobody is told."""
        self._do(lambda: [self._set(way, held=True) for way in ways or WAYS])

    def cut(self, *, politely: bool = False, losing_the_tail: bool = True) -> None:
        """Every connection ends, and no new one is made. ``politely``: with FIN, else with RST. What was on its way
        is lost, or arrives before the end."""

        def now() -> None:
            self._open = False
            for wire in list(self._wires):
                if not losing_the_tail:
                    self._push_all(wire)
                self._drop(wire, politely=politely)

        self._do(now)

    def strand(self) -> None:
        """The console loses its connections and makes new ones; the runtime's ends of the old ones stay open, with
        what was still on its way to it. See :meth:`deliver_stranded`."""

        def now() -> None:
            for wire in list(self._wires):
                self._wires.remove(wire)
                self._close(wire.near, politely=False)
                wire.near = None
                if wire.far is not None:
                    with contextlib.suppress(KeyError):
                        self._selector.unregister(wire.far)
                self._stranded.append(wire)
                self._write_down(wire)

        self._do(now)

    def deliver_stranded(self) -> int:
        """What lay in old connections reaches the runtime now, after whatever newer ones brought; how many bytes."""
        count = [0]

        def now() -> None:
            for wire in self._stranded:
                lane = wire.lanes[TO_RUNTIME]
                count[0] += lane.held_bytes
                self._push_all(wire, TO_RUNTIME)
                self._drop(wire, politely=True)
            self._stranded.clear()

        self._do(now)
        return count[0]

    def double(self, way: str, *names: str) -> None:
        """The next bytes of that way on any connection come twice; with names, on a connection of each of these
        sockets."""
        self._do(lambda: self._twice.update({(way, name) for name in names or ("",)}))

    def replay(self, recorded: Recorded) -> None:
        """Somebody who wrote a connection down says the same bytes to the runtime over one of his own."""

        def now() -> None:
            with contextlib.suppress(OSError):
                own = socket.create_connection((self._host, self._far_ports[recorded.name]), timeout=2)
                own.settimeout(2)
                own.sendall(recorded.data)
                self._loose.append(own)

        self._do(now)

    def heal(self) -> None:
        """Good weather again; what lies in it arrives. Old connections that are stranded stay so, and what is to come
        twice still does."""

        def now() -> None:
            self._open = True
            for weather in self.weather.values():
                weather.clear()

        self._do(now)

    def connections(self, name: str) -> list[object]:
        """Those of the socket ``name``; the same object is the same connection."""
        return [wire for wire in self._wires if wire.name == name]

    def waiting(self, way: str, name: str) -> int:
        """Bytes that are on their way."""
        return sum(wire.lanes[way].held_bytes for wire in self._wires if wire.name == name)

    def close(self) -> None:
        self._end = True
        self._thread.join()

    # -------------------------------------------------------------- its thread

    def _do(self, task: Callable[[], object]) -> None:
        done = threading.Event()
        self._tasks.append((lambda: (task(), None)[1], done))
        assert done.wait(20), "the network's thread is gone"

    def _set(self, way: str, **values: float | bool) -> None:
        for name, value in values.items():
            setattr(self.weather[way], name, value)

    def _run(self) -> None:
        while not self._end:
            while self._tasks:
                task, done = self._tasks.popleft()
                task()
                done.set()
            for key, _ in self._selector.select(PULSE_S):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                if isinstance(key.data, str):
                    self._accept(key.data, one)
                else:
                    wire, way = key.data
                    self._read(wire, way, one)
            for wire in list(self._wires):
                self._pass_on(wire)
        for wire in [*self._wires, *self._stranded]:
            self._drop(wire, politely=False)
        for one in (*self._loose, *self._listeners.values()):
            one.close()
        self._selector.close()

    def _accept(self, name: str, listener: socket.socket) -> None:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        if not self._open:
            self._close(near, politely=False)
            return
        try:
            far = socket.create_connection((self._host, self._far_ports[name]), timeout=2)
        except OSError:
            self._close(near, politely=False)
            return
        for end in (near, far):
            end.setblocking(False)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = _Wire(name, near, far)
        self._wires.append(wire)
        self._selector.register(near, selectors.EVENT_READ, (wire, TO_RUNTIME))
        self._selector.register(far, selectors.EVENT_READ, (wire, TO_CONSOLE))

    def _read(self, wire: _Wire, way: str, one: socket.socket) -> None:
        lane = wire.lanes[way]
        if wire not in self._wires or lane.ended or lane.held_bytes > MOST_HELD:
            time.sleep(0.0005)
            return
        try:
            data = one.recv(READ)
        except BlockingIOError:
            return
        except OSError:
            self._drop(wire, politely=False)
            return
        if not data:
            lane.ended = True
            self._selector.unregister(one)
            return
        if way == TO_RUNTIME and len(wire.written) < MOST_WRITTEN_DOWN:
            wire.written += data
        for mark in ((way, ""), (way, wire.name)):
            if mark in self._twice:
                self._twice.discard(mark)
                data += data
        weather, now = self.weather[way], time.monotonic()
        due = max(lane.last_due, now + weather.delay_s + self._chance.random() * weather.jitter_s)
        lane.last_due = due
        lane.queue.append((due, data))
        lane.held_bytes += len(data)

    def _pass_on(self, wire: _Wire) -> None:
        now = time.monotonic()
        for way, lane in wire.lanes.items():
            weather = self.weather[way]
            while not weather.held and lane.queue and lane.queue[0][0] <= now and lane.free_at <= now:
                due, data = lane.queue.popleft()
                lane.held_bytes -= len(data)
                if weather.bytes_per_s:
                    share = max(64, int(weather.bytes_per_s * 0.02))
                    data, rest = data[:share], data[share:]
                    lane.free_at = now + len(data) / weather.bytes_per_s
                    if rest:
                        lane.queue.appendleft((due, rest))
                        lane.held_bytes += len(rest)
                if not self._write(wire, way, data, lane):
                    return
            if lane.ended and not lane.queue:
                self._drop(wire, politely=True)
                return

    def _write(self, wire: _Wire, way: str, data: bytes, lane: _Lane) -> bool:
        """False where the connection is gone or takes no more now."""
        end = wire.far if way == TO_RUNTIME else wire.near
        if end is None:
            return False
        try:
            sent = end.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._drop(wire, politely=False)
            return False
        self.passed[way] += sent
        if sent < len(data):
            lane.queue.appendleft((0.0, data[sent:]))
            lane.held_bytes += len(data) - sent
            return False
        return True

    def _push_all(self, wire: _Wire, *ways: str) -> None:
        for way in ways or WAYS:
            lane = wire.lanes[way]
            end = wire.far if way == TO_RUNTIME else wire.near
            with contextlib.suppress(OSError):
                while lane.queue and end is not None:
                    end.settimeout(2)
                    end.sendall(lane.queue.popleft()[1])

    def _write_down(self, wire: _Wire) -> None:
        if wire.written:
            self.recorded.append(Recorded(wire.name, bytes(wire.written)))

    def _drop(self, wire: _Wire, *, politely: bool) -> None:
        if wire in self._wires:
            self._wires.remove(wire)
            self._write_down(wire)
        self._close(wire.near, politely)
        self._close(wire.far, politely)
        wire.near = wire.far = None

    def _close(self, one: socket.socket | None, politely: bool) -> None:
        if one is None:
            return
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(one)
        if not politely:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.close()
