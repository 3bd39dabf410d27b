"""The runtime's side of the link: what the loop and the record's writer call. None of it ever blocks a frame.

One thread (:mod:`vr_runtime.link.server_io`) owns the sockets; the methods here put things into its queues
and take things out of them.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path

from vr_runtime.link import guard
from vr_runtime.link.connection import EVERYWHERE, Connection, Ports, remove_connection, write_connection
from vr_runtime.link.consoles import Holder
from vr_runtime.link.entries import EntryLike
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import describe_curve, ensure_local_keys, load_server_keys
from vr_runtime.link.queues import NOTHING, Clock, Heard, History, LinkConfig, Welcome, WelcomeFacts
from vr_runtime.link.server_io import ServerIO
from vr_runtime.link.wire import CONSOLE_KINDS, Picture
from vr_runtime.protocol.answers import Answer, Telemetry
from vr_runtime.protocol.events import CommandReceived, CommandTurnedAway, EventBody, StopPressed
from vr_runtime.protocol.version import PROTOCOL_VERSION
from vr_runtime.protocol.words import Refusal

__all__ = ["NOTHING", "Heard", "LinkConfig", "LinkServer", "WelcomeFacts"]


class LinkServer:
    """Five bound sockets and the thread that owns them. Made by :meth:`start`, ended by :meth:`close`."""

    def __init__(self, io: ServerIO, thread: threading.Thread, epoch: str, clock: Clock) -> None:
        self._io = io
        self._thread = thread
        self._epoch = epoch
        self._clock = clock
        self._file: Path | None = None
        self.connection: Connection
        """What is written to ``runtime.json``."""

    # -------------------------------------------------------------- life

    @classmethod
    def start(
        cls, config: LinkConfig, *, epoch: str, welcome: Welcome, history: History, clock: Clock
    ) -> LinkServer:
        """Make the keys of this machine if there are none, bind, prove that a stranger is refused, and write
        the connection file.

        Args:
            config: where and with which limits.
            epoch: names this run of the runtime; commands of another run are refused.
            welcome: what a new console is told; called from the link's thread.
            history: committed entries; called from the link's thread.
            clock: ns of the runtime's clock; called from any thread.

        Raises:
            LinkError: PORT_IN_USE, HOST_UNUSABLE, NO_CURVE, NOT_GUARDED, KEYS_MISSING, KEYS_EXPOSED,
                KEYS_BROKEN.
        """
        describe_curve()
        keys_folder = ensure_local_keys(config.keys_folder)
        keys = load_server_keys(keys_folder)
        io = ServerIO(config, epoch, keys, keys_folder, welcome, history, clock)
        thread = threading.Thread(target=io.run, name="link", daemon=True)
        thread.start()
        io.opened.wait()
        server = cls(io, thread, epoch, clock)
        if io.failed is not None:
            thread.join()
            raise io.failed
        try:
            server.connection = Connection(
                protocol=PROTOCOL_VERSION,
                host="127.0.0.1" if config.host in EVERYWHERE else config.host,
                ports=Ports(**io.ports),
                server_key=keys.public.decode(),
                epoch=epoch,
                pid=os.getpid(),
            )
            addresses = {server.connection.address(name): kind for name, kind in CONSOLE_KINDS.items()}
            if not guard.strangers_are_refused(addresses, keys.public):
                raise LinkError(
                    LinkReason.NOT_GUARDED,
                    "a key that is not paired was not refused, so the link was not opened. Start again; if "
                    "it stays so, reinstall pyzmq, and report it with the output of `vr-runtime doctor`",
                )
            server._file = write_connection(config.connection or keys_folder, server.connection)
        except BaseException:
            server.close()
            raise
        return server

    def flush(self, timeout_s: float) -> bool:
        """Before the end: wait until every console that is there has read its answers and copied the last
        entry. ``history`` must still work meanwhile. (A console loses what lies unread in its sockets when
        the connection closes, so sending alone is not enough.)

        Returns:
            False where that took longer than ``timeout_s``; nothing is lost then, the record has it all.
        """
        if not self._thread.is_alive():
            return not self._io.outgoing.waiting
        self._io.settle()
        return self._io.settled.wait(timeout_s)

    def holders(self, last_seq: int) -> tuple[Holder, ...]:
        """The consoles whose copy was found equal to the record up to ``last_seq``, its last entry."""
        return tuple(holder for holder in self._io.holders if holder.seq == last_seq)

    def close(self) -> None:
        """Send what is still to be sent, close the sockets and remove the connection file. Waits for nobody:
        call :meth:`flush` first. Safe to call twice."""
        self._io.end()
        self._thread.join()
        if self._file is not None:
            remove_connection(self._file, self._epoch)
            self._file = None

    def __enter__(self) -> LinkServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -------------------------------------------------------------- loop's thread

    def drain(self) -> Heard:
        """Everything that came in since the last call; :data:`NOTHING` if nothing did.

        A command that may raise and became too old while nobody drained is turned away here.
        """
        incoming = self._io.incoming
        if not incoming.stops and not incoming.others:
            return NOTHING
        incoming.something.clear()
        stops: list[StopPressed] = []
        while incoming.stops:
            stops.append(incoming.stops.popleft())
        commands: list[CommandReceived] = []
        turned_away: list[CommandTurnedAway] = []
        events: list[EventBody] = []
        while incoming.others:
            body = incoming.others.popleft()
            if isinstance(body, CommandReceived):
                late = self._io.expired_since(body, self._clock())
                if late:
                    turned_away.append(self._too_late(body))
                else:
                    commands.append(body)
            elif isinstance(body, CommandTurnedAway):
                turned_away.append(body)
            else:
                events.append(body)
        return Heard(tuple(commands), tuple(turned_away), tuple(stops), tuple(events))

    def wait(self, timeout_s: float) -> bool:
        """Sleep until something has come in or the time is over; for programs without frames of their own."""
        return self._io.incoming.something.wait(timeout_s)

    def link_age_ns(self, now_ns: int) -> int:
        """How long the driving console has been silent. A page that is dead for longer than
        ``AdmissionLimits.stale_page_ms`` counts as silence of that length; without a lease, the time since
        the last holder was alive, or since the start."""
        return max(0, now_ns - self._io.alive_ns)

    def frame_done(self, frame: int) -> None:
        """The loop lives; heartbeats are answered with this number and its age. Once a frame."""
        self._io.frame = (frame, self._clock())

    def answer(self, answer: Answer) -> None:
        """Send the session's answer to an admitted command, and keep it for repeats."""
        self._io.outgoing.answers.append(answer)
        self._io.outgoing.ring()

    def publish_telemetry(self, telemetry: Telemetry) -> None:
        """Newest only: one that was not yet sent is replaced."""
        self._io.outgoing.telemetry = telemetry
        self._io.outgoing.ring()

    # -------------------------------------------------------------- other threads

    def publish(self, entries: Sequence[EntryLike]) -> None:
        """Feed entries that are committed, in the order of their numbers. From the record writer's thread."""
        if not entries:
            return
        self._io.outgoing.entries.extend(entries)
        self._io.last_seq = entries[-1].seq
        self._io.outgoing.ring()

    def publish_preview(self, jpeg: bytes, t_ns: int, frame: int, width: int, height: int) -> None:
        """Newest only. From the thread that encodes the pictures."""
        self._io.outgoing.picture = Picture(t_ns, frame, width, height, jpeg)
        self._io.outgoing.ring()

    # -------------------------------------------------------------- inside

    def _too_late(self, received: CommandReceived) -> CommandTurnedAway:
        command = received.command
        message = (
            "it waited in the runtime for longer than its time to live: send it anew if it is still wanted"
        )
        self.answer(
            Answer(
                command_id=command.id,
                accepted=False,
                reason=Refusal.EXPIRED,
                message=message,
                received_ns=received.received_ns,
            )
        )
        return CommandTurnedAway(
            command_id=command.id,
            command_kind=command.body.kind,
            sent_ns=command.sent_ns,
            received_ns=received.received_ns,
            reason=Refusal.EXPIRED,
            message=message,
            console=received.console,
        )
