"""Two ends of a real link in one process: a record in memory, a loop that runs commands, a network to break."""

from __future__ import annotations

import contextlib
import hashlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vr_runtime.link.client import LinkClient
from vr_runtime.link.connection import Connection, Ports
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.entries import LogEntry
from vr_runtime.link.server import Heard, LinkConfig, LinkServer, WelcomeFacts
from vr_runtime.link.status import LinkEvent, LinkState
from vr_runtime.link.wire import SOCKETS
from vr_runtime.protocol.answers import Answer
from vr_runtime.protocol.events import EventBody
from vr_runtime.protocol.files.manifest import Text
from vr_runtime.protocol.files.plan import Plan, PlanStep

EPOCH = "epoch-of-the-test"
PLAN = Plan(
    id="p", title="a plan", steps=(PlanStep(id="one", scene="heights", name=Text(en="one", fr="un")),)
)


def until(condition: Callable[[], bool], timeout_s: float = 20.0, what: str = "") -> None:
    """Wait for a condition; the time is generous, since nothing but a failure waits for its end."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"waited {timeout_s} s in vain {what or condition}"
        time.sleep(0.003)


def entry(seq: int, body: bytes = b"", kind: str = "note") -> LogEntry:
    body = body or b'{"frame":1,"cause":null,"body":{"text":"entry %d"}}' % seq
    return LogEntry(seq, seq * 1000, kind, body, hashlib.sha256(b"%d" % seq + body).digest())


class MemoryLog:
    """The runtime's record as the link sees it."""

    def __init__(self) -> None:
        self.entries: list[LogEntry] = []
        self.reads = 0

    def grow(self, count: int, size: int = 0) -> list[LogEntry]:
        first = len(self.entries) + 1
        fresh = [entry(seq, b"x" * size) for seq in range(first, first + count)]
        self.entries += fresh
        return fresh

    def history(self, from_seq: int, max_bytes: int) -> list[LogEntry]:
        self.reads += 1
        found, size = [], 0
        for one in self.entries[from_seq - 1 :]:
            size += len(one.body) + 64
            if found and size > max_bytes:
                break
            found.append(one)
        return found


class Loop:
    """Stands for the runtime's loop: drains, runs each command once, answers it, and counts frames."""

    def __init__(self, server: LinkServer) -> None:
        self.server = server
        self.ran: list[str] = []
        self.heard: list[EventBody] = []
        self.answering = True
        self._hung = threading.Event()
        self._idle = threading.Event()
        self._end = threading.Event()
        self._frame = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._end.is_set():
            if self._hung.is_set():
                self._idle.set()
                time.sleep(0.005)
                continue
            self.server.wait(0.005)
            self._take(self.server.drain())
            self._frame += 1
            self.server.frame_done(self._frame)

    def _take(self, heard: Heard) -> None:
        self.heard += [*heard.stops, *heard.events, *heard.turned_away, *heard.commands]
        for received in heard.commands:
            self.ran.append(received.command.id)
            if self.answering:
                answer = Answer(
                    command_id=received.command.id, accepted=True, received_ns=received.received_ns
                )
                self.server.answer(answer)

    def hang(self) -> None:
        """Returns when the loop has stopped listening."""
        self._idle.clear()
        self._hung.set()
        assert self._idle.wait(10)

    def go_on(self) -> None:
        self._hung.clear()

    def of(self, kind: str) -> list[EventBody]:
        return [body for body in self.heard if body.kind == kind]  # type: ignore[attr-defined]

    def end(self) -> None:
        self._end.set()
        self._thread.join()


class Runtime:
    """A server with its record and its loop."""

    def __init__(
        self,
        folder: Path,
        epoch: str = EPOCH,
        limits: AdmissionLimits | None = None,
        port: int = 0,
        loop: bool = True,
    ) -> None:
        self.log = MemoryLog()
        self.folder = folder
        start = time.perf_counter_ns()
        self.server = LinkServer.start(
            LinkConfig(keys_folder=folder, port=port, limits=limits or AdmissionLimits()),
            epoch=epoch,
            welcome=lambda: WelcomeFacts("test", PLAN, (), len(self.log.entries)),
            history=lambda from_seq, most: self.log.history(from_seq, most),
            clock=lambda: time.perf_counter_ns() - start,
        )
        self.loop = Loop(self.server) if loop else None

    def commit(self, count: int, size: int = 0) -> None:
        self.server.publish(self.log.grow(count, size))

    def close(self) -> None:
        if self.loop:
            self.loop.end()
        self.server.close()


class Console:
    """A client that keeps what it gets."""

    def __init__(
        self,
        runtime: Runtime | Path,
        connection: Connection | Path | None = None,
        *,
        name: str = "console",
        want_lease: bool = True,
        wait: bool = True,
        had: int = 0,
    ) -> None:
        folder = runtime if isinstance(runtime, Path) else runtime.folder
        self.entries: list[LogEntry] = []
        self.epochs: list[str] = []
        self.events: list[LinkEvent] = []
        self.failing = False
        self.had = had
        self.client = LinkClient.connect(
            connection or folder,
            folder,
            name,
            want_lease,
            on_entries=self._keep,
            on_epoch=self._begin,
        )
        if wait:
            status = self.client.wait_connected(20.0)
            assert status.state is LinkState.CONNECTED, status

    def _keep(self, entries: list[LogEntry]) -> None:
        if self.failing:
            raise OSError("no space left on device")
        self.entries += entries

    def _begin(self, welcome: object) -> int:
        self.epochs.append(welcome.epoch)  # type: ignore[attr-defined]
        return self.had

    def numbers(self) -> list[int]:
        return [one.seq for one in self.entries]

    def look(self) -> list[LinkEvent]:
        self.events += self.client.events()
        return self.events

    def answer_to(self, command_id: str) -> LinkEvent:
        """The Answer, or the CommandUnknown, once it has come."""

        def found() -> LinkEvent | None:
            for event in self.look():
                if command_id in (getattr(event, "command_id", None), getattr(event, "id", None)):
                    return event
            return None

        until(lambda: found() is not None, what=f"for the answer to {command_id}")
        event = found()
        assert event is not None
        return event


class Proxy:
    """A network in between: passes on what it gets, writes it down, and can stall or be cut."""

    def __init__(self, connection: Connection) -> None:
        self.seen = bytearray()
        self._idle = threading.Event()
        self._broken = threading.Event()
        self._stalled = False
        self._cut = False
        self._end = False
        self._selector = selectors.DefaultSelector()
        self._pairs: dict[socket.socket, socket.socket] = {}
        ports: dict[str, int] = {}
        for name in SOCKETS:
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setblocking(False)
            ports[name] = listener.getsockname()[1]
            self._selector.register(listener, selectors.EVENT_READ, getattr(connection.ports, name))
        self.connection = connection.model_copy(update={"ports": Ports(**ports)})
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stall(self) -> None:
        """Nothing passes, and nobody is told."""
        self._idle.clear()
        self._stalled = True
        assert self._idle.wait(10)

    def cut(self) -> None:
        """Every connection breaks, and no new one is made; nothing passes any more when this returns."""
        self._broken.clear()
        self._cut = True
        assert self._broken.wait(10)

    def go_on(self) -> None:
        self._stalled = self._cut = False

    def _run(self) -> None:
        while not self._end:
            if self._cut:
                for one in list(self._pairs):
                    self._drop(one)
                self._broken.set()
            if self._stalled:
                self._idle.set()
                time.sleep(0.002)
                continue
            for key, _ in self._selector.select(0.005):
                self._serve(key)
        for one in list(self._pairs):
            self._drop(one)
        for key in list(self._selector.get_map().values()):
            key.fileobj.close()  # type: ignore[union-attr]
        self._selector.close()

    def _serve(self, key: selectors.SelectorKey) -> None:
        one = key.fileobj
        assert isinstance(one, socket.socket)
        if key.data is not None:
            near, _ = one.accept()
            if self._cut:
                near.close()
                return
            far = socket.create_connection(("127.0.0.1", key.data))
            for end, other in ((near, far), (far, near)):
                self._pairs[end] = other
                self._selector.register(end, selectors.EVENT_READ)
            return
        if one not in self._pairs:
            return
        try:
            data = one.recv(65536)
            if not data:
                raise ConnectionError
            self.seen += data
            self._pairs[one].sendall(data)
        except OSError:
            self._drop(one)

    def _drop(self, one: socket.socket) -> None:
        other = self._pairs.pop(one, None)
        if other is None:
            return
        self._pairs.pop(other, None)
        for end in (one, other):
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(end)
            end.close()

    def close(self) -> None:
        self._end = True
        self._thread.join()


@contextmanager
def closing_all() -> Iterator[Callable[..., None]]:
    """Collects what is to be closed, in the order it was made, and closes the last first."""
    made: list[object] = []
    try:
        yield made.append
    finally:
        for one in reversed(made):
            (one.client if isinstance(one, Console) else one).close()  # type: ignore[attr-defined]
