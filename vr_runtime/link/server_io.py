"""The runtime's link thread: owns the five sockets, answers heartbeats and STOP by itself, judges commands.

Order within a turn: who may come in, the control socket to its end, a bounded share of the command socket,
what is to go out, one piece of history. A console that floods the command socket or reads an hour of history
therefore never holds up a STOP for longer than one such share.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zmq

from vr_runtime.link.admission import Admission
from vr_runtime.link.bounds import Bounds, room_for_files
from vr_runtime.link.consoles import Console, Holder, Peer
from vr_runtime.link.errors import LinkError
from vr_runtime.link.guard import Guard
from vr_runtime.link.keys import ServerKeys
from vr_runtime.link.log_server import LogServer
from vr_runtime.link.queues import Clock, History, Incoming, LinkConfig, Outgoing, Welcome
from vr_runtime.link.server_sockets import Got, bind_all, port_of, receive, send
from vr_runtime.link.wakeup import Wakeup
from vr_runtime.link.wire import (
    ANSWER,
    PENDING,
    SOCKETS,
    TOPIC_TELEMETRY,
    pack_picture,
)
from vr_runtime.protocol.answers import (
    Answer,
    Beat,
    BeatReply,
    Hello,
    LeaseAnswer,
    StopNow,
    TakeLease,
    Trouble,
)
from vr_runtime.protocol.answers import Welcome as WelcomeMessage
from vr_runtime.protocol.codec import decode_to_runtime, encode
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.events import CommandReceived, EventBody
from vr_runtime.protocol.version import PROTOCOL_VERSION, check_version

log = logging.getLogger(__name__)

TICK_S = 0.1
LOOK_S = 0.3
"""How often the list of consoles is looked at."""
REBIND_S = 0.02
COMMANDS_A_TURN = 32
CONTROL_A_TURN = 256
FLUSH_MS = 500


class ServerIO:
    """Runs in a thread of its own (:meth:`run`). Other threads touch ``incoming``, ``outgoing``, ``frame``,
    ``last_seq``, ``alive_ns`` and ``holders`` only, each of which is one reference or a deque."""

    def __init__(
        self,
        config: LinkConfig,
        epoch: str,
        keys: ServerKeys,
        keys_folder: Path,
        welcome: Welcome,
        history: History,
        clock: Clock,
    ) -> None:
        self.incoming = Incoming()
        self._wakeup = Wakeup()
        self.outgoing = Outgoing(self._wakeup)
        self.opened = threading.Event()
        self.failed: Exception | None = None
        self.ports: dict[str, int] = {}
        self.frame: tuple[int, int] = (0, clock())
        """Number of the loop's last frame and when it was done."""
        self.last_seq = 0
        self.alive_ns = clock()
        self.settled = threading.Event()
        self.holders: tuple[Holder, ...] = ()
        """Who was found to hold the record up to what was its last entry."""
        self._config = config
        self._epoch = epoch
        self._keys = keys
        self._keys_folder = keys_folder / "keys"
        self._welcome = welcome
        self._history = history
        self._clock = clock
        self._admission = Admission(epoch, config.limits, clock())
        self._context: zmq.Context[Any] = zmq.Context()
        self._sockets: dict[str, zmq.Socket[Any]] = {}
        self._ending = self._settling = False
        self._next_tick = 0.0
        self._look_due = 0.0
        self._probed = 0.0

    # -------------------------------------------------------------- life

    def run(self) -> None:
        try:
            self._open()
        except Exception as problem:  # noqa: BLE001  (raised again by whoever waits for it)
            self.failed = problem
            self._shut(0)
            return
        finally:
            self.opened.set()
        try:
            while not self._ending:
                self._turn()
            self._do("the last messages", self._send_out)
        finally:
            self._shut(FLUSH_MS)

    def end(self) -> None:
        """From any thread: send what is left, and end."""
        self._ending = True
        self._wakeup.ring()

    def settle(self) -> None:
        """From any thread: set ``settled`` once everything is sent and copied by every console that is
        there."""
        self.settled.clear()
        self._settling = True
        self._wakeup.ring()

    def _open(self) -> None:
        room_for_files()
        self._guard = Guard(
            self._context, self._keys.allowed, self._keys_folder
        )  # before any socket is bound
        self._open_sockets()
        self._log = LogServer(self._epoch, self._history, self._sockets["feed"], self._sockets["history"])

    def _open_sockets(self) -> None:
        config = self._config
        wanted = self.ports or {name: config.port and config.port + n for n, name in enumerate(SOCKETS)}
        self._sockets = bind_all(self._context, config.host, wanted, self._keys)
        self.ports = {name: port_of(socket) for name, socket in self._sockets.items()}
        self._bounds = Bounds(self.ports, ("feed", "preview"))
        self._control, self._commands = self._sockets["control"], self._sockets["commands"]
        self._poller = zmq.Poller()
        for one in (self._guard.socket, self._wakeup.fileno(), *self._sockets.values()):
            if one is not self._sockets["feed"] and one is not self._sockets["preview"]:
                self._poller.register(one, zmq.POLLIN)

    def _shut(self, flush_ms: int) -> None:
        for name, socket in self._sockets.items():
            socket.close(flush_ms if name in ("control", "commands", "feed") else 0)
        if hasattr(self, "_guard"):
            self._guard.close()
        self._context.term()
        self._wakeup.close()

    # -------------------------------------------------------------- a turn

    def _turn(self) -> None:
        wait_ms = 0 if self._log.busy else max(0, int((self._next_tick - time.monotonic()) * 1000) + 1)
        ready = {socket for socket, _ in self._poller.poll(wait_ms)}
        if self._wakeup.fileno() in ready:
            self._wakeup.clear()
        if self._guard.socket in ready:
            self._do("the guard", self._guard.answer)
        if self._control in ready:
            self._do("the control socket", self._hear_control)
        if self._commands in ready:
            self._do("the command socket", self._hear_commands)
        self._do("sending", self._send_out)
        if self._sockets["history"] in ready:
            self._do("the history socket", self._hear_history)
        self._do("history", self._log.serve_one)
        if time.monotonic() >= self._next_tick:
            self._next_tick = time.monotonic() + TICK_S
            self._do("the lease", self._tick)
            self._do("the connections", self._look_at_connections)
        self.alive_ns = self._admission.consoles.alive_ns
        if self._settling:
            consoles = self._admission.consoles
            copied = consoles.least_copied()
            sent = not self.outgoing.waiting and consoles.all_read()
            if sent and (copied is None or copied >= self.last_seq):
                self._settling = False
                self.settled.set()

    def _do(self, what: str, step: Callable[[], None]) -> None:
        """One step. Whatever a message may have provoked, the thread goes on: STOP has to be heard."""
        try:
            step()
        except Exception:
            log.exception("link: trouble with %s; going on", what)

    def _shut_out(self, keys: frozenset[bytes]) -> None:
        """Cut off the consoles with these keys. libzmq cannot close one connection of a bound socket, so all five
        sockets are closed and bound anew: the others come back within a second, repeat what was not answered
        and fetch what they missed."""
        self._hear_control()  # a STOP that waits there is not lost
        for key in keys:
            self._hand_on(self._admission.consoles.shut_out(key))
        for socket in self._sockets.values():
            socket.close(0)
        while not self._ending:
            try:
                self._open_sockets()
            except LinkError as problem:  # the old ones are not gone yet
                log.debug("link: %s", problem)
                time.sleep(REBIND_S)
            else:
                self._log.use(self._sockets["feed"], self._sockets["history"])
                return

    def _tick(self) -> None:
        now_ns = self._clock()
        if time.monotonic() >= self._look_due:
            self._look_due = time.monotonic() + LOOK_S
            gone = self._guard.look()
            if gone:
                self._shut_out(gone)
        consoles = self._admission.consoles
        gone = False
        if consoles.holder_may_be_gone(now_ns) and time.monotonic() - self._probed >= 0.5:
            self._probed = time.monotonic()
            holder = consoles.holder
            assert holder is not None
            gone = not self._tell(holder.peer, LeaseAnswer(lease=consoles.lease_for(holder)))
        self._hand_on(consoles.tick(now_ns, gone))

    def _hand_on(self, bodies: list[EventBody] | tuple[EventBody, ...]) -> None:
        for body in bodies:
            self.incoming.put(body)

    def _receive(self, socket: zmq.Socket[Any]) -> Got | None:
        got = receive(socket)
        if got is not None:
            self._bounds.took(got.fd, got.frames, got.size)
        return got

    def _look_at_connections(self) -> None:
        for why in sorted(set(self._bounds.look(time.monotonic()))):
            log.warning("link: cut off: %s", why)

    # -------------------------------------------------------------- control

    def _hear_control(self) -> None:
        for _ in range(CONTROL_A_TURN):
            got = self._receive(self._control)
            if got is None:
                return
            peer, parts = got.peer, got.parts
            now_ns = self._clock()
            try:
                message = decode_to_runtime(parts[0]) if len(parts) == 1 else None
            except ProtocolError as problem:
                self._tell(peer, _what_is_wrong(parts[0], problem))
                continue
            if message is None:
                self._tell(peer, Trouble(message="a control message has one frame", code="malformed"))
            elif isinstance(message, StopNow):
                self._on_stop(peer, message, now_ns)
            elif isinstance(message, Hello):
                self._on_hello(peer, message, now_ns)
            else:
                console = self._admission.consoles.find(peer)
                if console is None:
                    self._tell(peer, Trouble(message="say hello first", code="say_hello"))
                elif isinstance(message, Beat):
                    self._on_beat(console, message, now_ns)
                else:
                    self._on_lease(console, message, now_ns)

    def _on_stop(self, peer: Peer, message: StopNow, now_ns: int) -> None:
        heard, pressed = self._admission.stop(message.id, message.sent_ns or None, now_ns)
        if pressed is not None:
            self.incoming.put(pressed)
        self._tell(peer, heard)
        console = self._admission.consoles.find(peer)
        if console is not None and pressed is not None:
            self._hand_on(self._admission.consoles.said(console, now_ns))

    def _on_hello(self, peer: Peer, message: Hello, now_ns: int) -> None:
        lease, events = self._admission.consoles.hello(peer, message, now_ns)
        self._hand_on(events)
        if isinstance(lease, Trouble):
            self._tell(peer, lease)
            return
        facts = self._welcome()
        self.last_seq = max(self.last_seq, facts.last_seq)
        self._tell(
            peer,
            WelcomeMessage(
                protocol=PROTOCOL_VERSION,
                software=facts.software,
                epoch=self._epoch,
                now_ns=self._clock(),
                lease=lease,
                last_seq=self.last_seq,
                plan=facts.plan,
                scenes=facts.scenes,
            ),
        )

    def _on_beat(self, console: Console, beat: Beat, now_ns: int) -> None:
        consoles = self._admission.consoles
        self._hand_on(consoles.beat(console, beat, now_ns))
        frame, done_ns = self.frame
        self._tell(
            console.peer,
            BeatReply(
                console_ns=beat.console_ns,
                runtime_ns=self._clock(),
                frame=frame,
                frame_age_ms=max(0, now_ns - done_ns) // 1_000_000,
                lease=consoles.lease_for(console),
                last_seq=self.last_seq,
            ),
        )
        due, whole = consoles.anchor_due(console, beat, now_ns), beat.copied_seq == self.last_seq
        if due or whole:
            ours = self._log.hash_at(beat.copied_seq) if beat.copied_seq <= self.last_seq else None
            agrees = ours is not None and ours.hex() == beat.copied_hash.lower()
            if due:
                self.incoming.put(consoles.anchored(console, beat, agrees, now_ns))
            if whole and agrees:
                consoles.holds(console, beat.copied_seq)
                self.holders = consoles.holders()

    def _on_lease(self, console: Console, message: TakeLease, now_ns: int) -> None:
        consoles = self._admission.consoles
        if message.leaving:
            self._hand_on(consoles.leave(console, now_ns))
            return
        self._hand_on(consoles.lease(console, message.give_back, now_ns))
        self._tell(console.peer, LeaseAnswer(lease=consoles.lease_for(console)))

    def _tell(self, peer: Peer, message: Any) -> bool:
        return send(self._control, peer.route, encode(message))

    # -------------------------------------------------------------- commands

    def _hear_commands(self) -> None:
        for _ in range(COMMANDS_A_TURN):
            got = self._receive(self._commands)
            if got is None:
                return
            peer, parts = got.peer, got.parts
            now_ns = self._clock()
            verdict = self._admission.command(peer, parts[0] if len(parts) == 1 else b"", now_ns)
            self._hand_on(verdict.events)
            for body in (verdict.stop, verdict.turned_away, verdict.received):
                if body is not None:
                    self.incoming.put(body)
            if verdict.answer is not None:
                self._answer(peer.route, verdict.answer)
            if verdict.pending is not None:
                send(self._commands, peer.route, PENDING, verdict.pending.encode())

    def _answer(self, route: bytes, answer: Answer) -> None:
        if send(self._commands, route, ANSWER, encode(answer)):
            self._admission.consoles.answered(route)

    def expired_since(self, received: CommandReceived, now_ns: int) -> bool:
        """From the loop's thread; reads nothing that changes."""
        return self._admission.expired_since(received.command, now_ns)

    # -------------------------------------------------------------- out

    def _send_out(self) -> None:
        out = self.outgoing
        while out.answers:
            decided = self._admission.decided(out.answers.popleft())
            if decided is not None:
                self._answer(*decided)
        if out.entries:
            entries = [out.entries.popleft() for _ in range(len(out.entries))]
            self._log.publish(entries)
        telemetry, out.telemetry = out.telemetry, None
        if telemetry is not None:
            self._sockets["preview"].send_multipart([TOPIC_TELEMETRY, encode(telemetry)], zmq.NOBLOCK)
        picture, out.picture = out.picture, None
        if picture is not None:
            self._sockets["preview"].send_multipart(pack_picture(picture), zmq.NOBLOCK)

    def _hear_history(self) -> None:
        for _ in range(CONTROL_A_TURN):
            got = self._receive(self._sockets["history"])
            if got is None:
                return
            self._log.hear(got.peer.route, got.parts)


def _what_is_wrong(data: bytes, problem: ProtocolError) -> Trouble:
    """A Hello of another version may look quite different: then say so, rather than name the first odd
    field."""
    try:
        fields: Any = json.loads(data)
        theirs = fields["protocol"] if fields["kind"] == "hello" else PROTOCOL_VERSION
        check_version(str(theirs)[:64])
    except ProtocolError as version:
        return Trouble(message=str(version), code="version")
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    return Trouble(message=str(problem)[:400], code="malformed")
