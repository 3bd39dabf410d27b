"""What passes between the link's thread and the threads that use it, on the runtime's side."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vr_runtime.link.connection import LINK_PORT, is_loopback
from vr_runtime.link.consoles import AdmissionLimits
from vr_runtime.link.entries import EntryLike
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.wakeup import Wakeup
from vr_runtime.link.wire import Picture
from vr_runtime.protocol.answers import Answer, Telemetry
from vr_runtime.protocol.events import CommandReceived, CommandTurnedAway, EventBody, StopPressed
from vr_runtime.protocol.files.manifest import SceneManifest
from vr_runtime.protocol.files.plan import Plan

Clock = Callable[[], int]
"""ns on the runtime's monotonic clock since the record was opened; called from any thread."""

History = Callable[[int, int], Sequence[EntryLike]]
"""``history(from_seq, max_bytes)``: committed entries from ``from_seq`` on, in order, about ``max_bytes`` of
them and at least one if there is one; empty where nothing is committed there. Called from the link's
thread."""


@dataclass(frozen=True)
class LinkConfig:
    """``connection`` is the connection file to write, or a folder to write ``runtime.json`` into (None: the
    folder of the keys); ``keys_folder`` None: this user's own. ``port`` is the first of five in a row; 0
    lets the system choose all five."""

    connection: Path | None = None
    keys_folder: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0
    limits: AdmissionLimits = field(default_factory=AdmissionLimits)

    @classmethod
    def at(cls, host: str, port: int | None, connection: Path | None) -> LinkConfig:
        """As a person asks for it. On this machine alone any ports will do; a console on another machine has to know
        them.

        Raises:
            LinkError: HOST_UNUSABLE.
        """
        near = is_loopback(host)
        if port == 0 and not near:
            raise LinkError(
                LinkReason.HOST_UNUSABLE,
                f"with --host {host} the ports must be known elsewhere: give the first of five free ones with "
                f"--port, or leave it away for {LINK_PORT}",
            )
        if port is None:
            port = 0 if near else LINK_PORT
        return cls(connection=connection, host=host, port=port)


@dataclass(frozen=True)
class WelcomeFacts:
    """What a console is told when it comes."""

    software: str
    plan: Plan
    scenes: tuple[SceneManifest, ...]
    last_seq: int
    """Last committed entry of the record; 0: none yet."""


Welcome = Callable[[], WelcomeFacts]
"""Called from the link's thread."""


@dataclass(frozen=True)
class Heard:
    """What came in since the last call. ``stops`` are to be acted on before everything else."""

    commands: tuple[CommandReceived, ...] = ()
    turned_away: tuple[CommandTurnedAway, ...] = ()
    stops: tuple[StopPressed, ...] = ()
    events: tuple[EventBody, ...] = ()


NOTHING = Heard()

MOST_UNPUBLISHED = 200_000
"""Entries that may wait for the link's thread; beyond that the consoles fetch them from the history."""


class Incoming:
    """From the link's thread to the loop."""

    def __init__(self) -> None:
        self.stops: deque[StopPressed] = deque()
        self.others: deque[EventBody] = deque()
        self.something = threading.Event()

    def put(self, body: EventBody) -> None:
        if isinstance(body, StopPressed):
            self.stops.append(body)
        else:
            self.others.append(body)
        if not self.something.is_set():
            self.something.set()


class Outgoing:
    """From the loop and the record's writer to the link's thread."""

    def __init__(self, wakeup: Wakeup) -> None:
        self._wakeup = wakeup
        self.answers: deque[Answer] = deque()
        self.entries: deque[EntryLike] = deque(maxlen=MOST_UNPUBLISHED)
        self.telemetry: Telemetry | None = None
        self.picture: Picture | None = None

    @property
    def waiting(self) -> bool:
        """Whether an answer or an entry is still to be sent."""
        return bool(self.answers or self.entries)

    def ring(self) -> None:
        self._wakeup.ring()
