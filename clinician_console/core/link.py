"""The real link behind the console's port."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from clinician_console.core.errors import ConsoleError, ConsoleReason
from clinician_console.core.port import LinkListener, LinkState, LinkWord
from vr_runtime.link import LogEntry
from vr_runtime.link.client import LinkClient
from vr_runtime.link.client_io import Listener
from vr_runtime.link.connection import CONNECTION_FILE
from vr_runtime.link.keys import ConsoleKeys, ensure_local_keys, link_folder
from vr_runtime.link.outbox import CommandUnknown
from vr_runtime.link.status import LinkEvent
from vr_runtime.link.status import LinkState as State
from vr_runtime.protocol.answers import Answer, Welcome
from vr_runtime.protocol.commands import AnyCommandBody

if TYPE_CHECKING:
    from vr_runtime.link.discovery import Seeker

WORDS: dict[State, LinkWord] = {
    State.CONNECTING: "waiting",
    State.REFUSED: "refused",
    State.CONNECTED: "connected",
    State.SILENT: "silent",
}


class RuntimeLink:
    """A :class:`~clinician_console.core.port.LinkPort` over the encrypted link. A runtime that is not there yet, or
    that is started anew, is found by itself.

    Args:
        connection: the runtime's connection file, or the folder that holds it; None: this user's own.
        name: how the console shows at the other side; no person's name.
        keys_folder: None: this user's own. On one machine the keys are made where there are none.
        runtime: the name of a paired runtime on another machine, instead of a connection file.
    """

    def __init__(
        self,
        connection: Path | None = None,
        name: str = "console",
        keys_folder: Path | None = None,
        runtime: str | None = None,
    ) -> None:
        self.connection = connection or link_folder() / CONNECTION_FILE
        self._runtime = runtime
        self._seeker: Seeker | None = None
        self._name = name
        self._keys_folder = keys_folder
        self._client: LinkClient | None = None
        self._listener: LinkListener | None = None
        self._there = threading.Event()
        self._page_age: Callable[[], int | None] = lambda: None
        self._copied: tuple[int, str] = (0, "")
        self._fresh_run = False

    def open(self, listener: LinkListener) -> None:
        """Raises LinkError where the keys cannot be used or are not those of the runtime, or no runtime of that name is
        paired."""
        self._listener = listener
        place, keys = self._place()

        def on_epoch(welcome: Welcome) -> int:
            if self._seeker is not None:
                self._seeker.met()
            self._copied, self._fresh_run = (0, ""), True
            return listener.prepare(welcome.epoch)

        def on_entries(entries: list[LogEntry]) -> None:
            self._there.wait()
            if self._fresh_run and self._client is not None:
                # Until the copy says more, heartbeats claim what is on this machine's disk and nothing beyond.
                self._fresh_run = False
                self._client.copied(*self._copied)
            listener.on_entries(entries)

        def on_event(event: LinkEvent) -> None:
            if isinstance(event, Answer):
                listener.on_answer(event)
            elif isinstance(event, CommandUnknown):
                listener.on_unknown(event.id, event.sent, event.message)

        client = LinkClient.connect(
            place,
            self._keys_folder,
            self._name,
            on_entries=on_entries,
            on_epoch=on_epoch,
            listener=Listener(
                on_event=on_event,
                on_telemetry=listener.on_telemetry,
                on_preview=lambda picture: listener.on_preview(picture.jpeg),
            ),
            may_come_later=True,
            keys=keys,
        )
        client.set_page_age_source(self._page_age)
        self._client = client
        self._there.set()

    def send(self, body: AnyCommandBody, ttl_ms: int = 2000, cause: str | None = None) -> str:
        return self._open().send(body, ttl_ms, cause)

    def stop(self) -> str:
        return self._open().stop()

    def state(self) -> LinkState:
        if self._client is None:
            return LinkState()
        status = self._client.status()
        return LinkState(
            word="other_version" if status.code == "version" else WORDS[status.state],
            age_s=_seconds(status.age_ms),
            frame_age_s=_seconds(status.frame_age_ms),
            round_trip_ms=status.round_trip_ms,
            lease_mine=status.lease.mine,
            lease_holder=status.lease.holder,
            last_seq=status.runtime_seq,
            trouble=status.why,
        )

    def copied(self, seq: int, hash_hex: str) -> None:
        self._copied = (seq, hash_hex)
        if self._client is not None and not self._fresh_run:
            self._client.copied(seq, hash_hex)

    def set_page_age_source(self, source: Callable[[], int | None]) -> None:
        self._page_age = source

    def close(self) -> None:
        self._there.set()
        if self._client is not None:
            self._client.close()
        if self._seeker is not None:
            self._seeker.close()

    @property
    def runtime(self) -> str | None:
        """Name of the paired runtime that it speaks with; None: this machine's own."""
        return self._runtime

    def choose(self, runtime: str | None) -> None:
        """Leave the runtime of now for another: a paired one by its name, this machine's own with None. Whoever asks
        sees to it that no session is steered meanwhile.

        Raises:
            LinkError: as :meth:`open`; then it is connected to none.
        """
        listener = self._listener
        self.close()
        self._client, self._seeker, self._there = None, None, threading.Event()
        self._runtime = runtime
        if listener is not None:
            self.open(listener)

    def _place(self) -> tuple[Path | Seeker, ConsoleKeys | None]:
        if self._runtime is None:
            return self.connection, None
        from vr_runtime.link.discovery import Seeker
        from vr_runtime.link.paired import keys_towards

        folder = ensure_local_keys(self._keys_folder)
        self._seeker = Seeker(folder, self._runtime)
        return self._seeker, keys_towards(folder, self._runtime)

    def _open(self) -> LinkClient:
        if self._client is None:
            raise ConsoleError(ConsoleReason.NO_RUNTIME, "the console is not connected yet")
        return self._client


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
