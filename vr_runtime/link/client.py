"""The console's side of the link: what a console, or a scripted therapist, calls. Every method may be called
from any thread, and none waits for the network except those that say so."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vr_runtime.link.client_io import ClientIO
from vr_runtime.link.connection import Reach, check_server, read_connection
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ConsoleKeys, ensure_local_keys, load_console_keys
from vr_runtime.link.log_copy import LogCopy, OnEntries, OnEpoch
from vr_runtime.link.newest import Listener
from vr_runtime.link.status import LinkEvent, LinkState, LinkStatus
from vr_runtime.link.wire import Picture
from vr_runtime.protocol.answers import StopNow, Telemetry
from vr_runtime.protocol.codec import MAX_COMMAND_BYTES, encode
from vr_runtime.protocol.commands import AnyCommandBody, Command


class LinkClient:
    """A console's connection to a runtime, which it finds again by itself after a cut. Made by
    :meth:`connect`."""

    def __init__(self, io: ClientIO, thread: threading.Thread) -> None:
        self._io = io
        self._thread = thread
        self._lock = threading.Lock()
        self._seq = 0
        self._page_ns: int | None = None

    # -------------------------------------------------------------- life

    @classmethod
    def connect(
        cls,
        connection: Reach | Path | Callable[[], Reach],
        keys_folder: Path | None = None,
        name: str = "console",
        want_lease: bool = True,
        *,
        on_entries: OnEntries | None = None,
        on_epoch: OnEpoch | None = None,
        listener: Listener | None = None,
        may_come_later: bool = False,
        keys: ConsoleKeys | None = None,
    ) -> LinkClient:
        """Start connecting; returns at once (see :meth:`status` and :meth:`wait_connected`).

        Args:
            connection: where the runtime is, or the path of its connection file or of the folder that holds
                it; a path is read again when the runtime is gone, so that one started anew elsewhere is
                found. Or a function that says where to look now, called in the link's thread too.
            keys_folder: folder of the keys, which are made if there are none; None: this user's own.
            name: shown to others, no person's name.
            want_lease: ask for the right to command, and again whenever nobody has it.
            on_entries: called in the link's thread with committed entries in strictly rising order, each
                once.
                If it raises, the same entries come again a second later.
            on_epoch: called in the link's thread before the first entries of a run of the runtime, which
                belong to another record than those before; returns the number of the last entry of that
                record which is there already (0: none). If it raises, it is called again.
            listener: called in the link's thread with what comes, instead of or beside asking for it.
            may_come_later: with a path: it is no error if the file is not there yet.
            keys: towards a runtime on another machine; None: this machine's own, from ``keys_folder``.

        Raises:
            LinkError: NO_CONNECTION_FILE, CONNECTION_BROKEN, KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN,
                KEY_MISMATCH.
        """
        if keys is None:
            keys = load_console_keys(ensure_local_keys(keys_folder))
        if isinstance(connection, Path):
            connection = partial(read_connection, connection)
        source = connection if callable(connection) else None
        found = _find(connection, may_come_later)
        if found is not None:
            check_server(found, keys)
        route = b"c" + secrets.token_hex(8).encode()
        copy = LogCopy(on_entries, on_epoch)
        io = ClientIO(found, source, keys, route, name, want_lease, copy, listener or Listener())
        client = cls(io, threading.Thread(target=io.run, name="link", daemon=True))
        client._thread.start()
        return client

    def close(self) -> None:
        """Give the lease back and close the sockets. Safe to call twice."""
        self._io.ask(self._io.end)
        self._thread.join()

    def __enter__(self) -> LinkClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------- commands

    def send(self, body: AnyCommandBody, ttl_ms: int = 2000, cause: str | None = None) -> str:
        """Send a command; its id is returned. Repeated with the same id until it is answered or too old; then
        :meth:`events` gives an ``Answer`` or a ``CommandUnknown``.

        Raises:
            LinkError: NOT_CONNECTED (no runtime has answered yet), TOO_LARGE, CLOSED.
        """
        self._must_be_open()
        io = self._io
        with self._lock:
            now = io.clock()
            offset, epoch = io.offsets.at(now), io.copy.epoch
            if offset is None or epoch is None:
                raise LinkError(
                    LinkReason.NOT_CONNECTED, f"not sent, there is no connection yet: {io.status().why}"
                )
            command = Command(
                id=secrets.token_hex(16),
                epoch=epoch,
                seq=self._seq + 1,
                sent_ns=now + offset.offset_ns,
                sent_error_ns=offset.error_ns,
                ttl_ms=ttl_ms,
                cause=cause,
                body=body,
            )
            data = encode(command)
            if len(data) > MAX_COMMAND_BYTES:
                raise LinkError(
                    LinkReason.TOO_LARGE,
                    f"not sent: {len(data)} bytes, and {MAX_COMMAND_BYTES} are taken at most; shorten it",
                )
            self._seq += 1
            io.ask(lambda: io.add_command(command.id, body.kind, data, now, ttl_ms))
        return command.id

    def stop(self) -> str:
        """STOP. Sent at once and every 100 ms until the runtime has it, however long that takes; needs no
        lease.
        :meth:`events` gives a ``StopHeard`` with the id that is returned here.

        Raises:
            LinkError: CLOSED.
        """
        self._must_be_open()
        io = self._io
        now, stop_id = io.clock(), secrets.token_hex(16)
        offset = io.offsets.at(now)
        sent_ns = now + offset.offset_ns if offset else 0
        message = encode(StopNow(id=stop_id, sent_ns=sent_ns, sent_error_ns=offset.error_ns if offset else 0))
        io.ask(lambda: io.add_stop(stop_id, message, now))
        return stop_id

    def take_lease(self) -> None:
        """Ask for the right to command, now and whenever nobody has it."""
        self._io.ask(lambda: self._io.set_lease(True))

    def give_back(self) -> None:
        """Give the right to command back, and do not ask for it again."""
        self._io.ask(lambda: self._io.set_lease(False))

    # -------------------------------------------------------------- the page and the copy

    def page_alive(self) -> None:
        """The page that a person looks at has just shown that it lives. From the first call on, the
        heartbeats carry its age; a console that never calls this is driven by no page."""
        self._page_ns = self._io.clock()
        self._io.page_age_ms = self._page_age_ms

    def set_page_age_source(self, source: Callable[[], int | None]) -> None:
        """Have the heartbeats ask ``source`` for the page's age in ms (None: no page drives this console)."""
        self._io.page_age_ms = source

    def copied(self, seq: int, hash_hex: str) -> None:
        """The console's copy now safely holds the entry ``seq`` with this chain hash; the next heartbeat
        says so.
        A console that never calls this is taken to have copied what ``on_entries`` took without raising."""
        self._io.copy.said = (seq, hash_hex)

    # -------------------------------------------------------------- what came

    def events(self, timeout_s: float = 0.0) -> list[LinkEvent]:
        """Everything since the last call, in order; waits up to ``timeout_s`` for the first."""
        io = self._io
        with io.changed:
            if not io.events and timeout_s > 0:
                io.changed.wait_for(lambda: bool(io.events) or not self._thread.is_alive(), timeout_s)
            found = list(io.events)
            io.events.clear()
        return found

    def telemetry(self) -> Telemetry | None:
        """The newest, whatever its age (``status().telemetry_age_ms``)."""
        return self._io.newest.telemetry

    def preview(self) -> Picture | None:
        """The newest picture of the patient's view, whatever its age (``status().preview_age_ms``)."""
        return self._io.newest.picture

    def status(self) -> LinkStatus:
        return self._io.status()

    def wait_connected(self, timeout_s: float, lease: bool = False) -> LinkStatus:
        """Wait until the runtime has answered (and, if asked for, given the lease), or has refused, or the
        time is over; look at the state that is returned."""
        until = time.monotonic() + timeout_s
        while True:
            with self._io.changed:
                status = self.status()
                there = status.state is LinkState.CONNECTED and (not lease or status.lease.mine)
                left = until - time.monotonic()
                if there or status.state is LinkState.REFUSED or left <= 0 or not self._thread.is_alive():
                    return status
                self._io.changed.wait(min(left, 0.1))

    # -------------------------------------------------------------- inside

    def _page_age_ms(self) -> int | None:
        return None if self._page_ns is None else (self._io.clock() - self._page_ns) // 1_000_000

    def _must_be_open(self) -> None:
        if not self._thread.is_alive():
            raise LinkError(LinkReason.CLOSED, "this link was closed: connect anew")


def _find(connection: Reach | Callable[[], Reach], may_come_later: bool) -> Reach | None:
    if not callable(connection):
        return connection
    try:
        return connection()
    except LinkError as problem:
        if may_come_later and problem.reason is LinkReason.NO_CONNECTION_FILE:
            return None
        raise
