"""The console's link thread: beats, sends, repeats what is not answered, and copies the record."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from vr_runtime.link.client_sockets import LET_IN, SHUT_OUT, ClientSockets
from vr_runtime.link.connection import Reach, check_server
from vr_runtime.link.errors import LinkError
from vr_runtime.link.keys import ConsoleKeys
from vr_runtime.link.log_copy import LogCopy
from vr_runtime.link.newest import Listener, Newest
from vr_runtime.link.offset import OffsetEstimator
from vr_runtime.link.outbox import Outbox
from vr_runtime.link.status import NO_LEASE, EpochChanged, LinkEvent, LinkState, LinkStatus
from vr_runtime.link.wakeup import Wakeup
from vr_runtime.link.wire import (
    ANSWER,
    PENDING,
    pack_want,
)
from vr_runtime.protocol.answers import (
    Beat,
    BeatReply,
    Hello,
    LeaseAnswer,
    LeaseState,
    StopHeard,
    TakeLease,
    Trouble,
    Welcome,
)
from vr_runtime.protocol.codec import decode_answer, decode_to_console, encode
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.version import PROTOCOL_VERSION, check_version

log = logging.getLogger(__name__)

MS = 1_000_000
BEAT_NS = 250 * MS
STOP_NS = 100 * MS
HELLO_NS = 500 * MS
KNOCK_NS = 2000 * MS
LOOK_NS = 250 * MS
SILENT_NS = 1000 * MS
IDLE_NS = 100 * MS
FLUSH_MS = 300

NOT_PAIRED = (
    "this console is not paired with the runtime: its key is not in the runtime's list. On one machine let "
    "both use the same folder of keys; else pair them (vr-runtime pair there, clinician-console pair here)"
)
CUT_OFF = "the connection to the runtime was closed: it has ended, or the network was cut"


class ClientIO:
    """Runs in a thread of its own (:meth:`run`). Other threads use what stands above ``run`` and no more."""

    def __init__(
        self,
        connection: Reach | None,
        source: Callable[[], Reach] | None,
        keys: ConsoleKeys,
        route: bytes,
        name: str,
        want_lease: bool,
        copy: LogCopy,
        listener: Listener,
    ) -> None:
        self.wakeup = Wakeup()
        self.changed = threading.Condition()
        self.events: deque[LinkEvent] = deque(maxlen=10_000)
        self.offsets = OffsetEstimator()
        self.newest = Newest(listener)
        self.page_age_ms: Callable[[], int | None] = lambda: None
        self.copy = copy
        self._listener = listener
        self._requests: deque[Callable[[], None]] = deque()
        self._connection, self._source, self._keys = connection, source, keys
        self._name, self._want_lease = name, want_lease
        self._ending = False
        self._sockets = ClientSockets(keys, route, self.wakeup.fileno())
        self._outbox = Outbox()
        self._stops: dict[str, tuple[bytes, int, int]] = {}  # id -> message, made, due
        self._welcomed = self._shut_out = self._page_unknown = False
        self._refused: tuple[str, str] | None = None  # code, in words
        self._why = "waiting for the runtime to answer"
        self._lease = NO_LEASE
        self._heard_ns: int | None = None
        self._reply: tuple[int, int, int] | None = None  # frame, its age in ms, when that was heard
        self._beat_due = self._hello_due = self._knock_due = 0

    # -------------------------------------------------------------- from other threads

    @staticmethod
    def clock() -> int:
        """ns; the console's clock, which the wall's has no part in."""
        return time.perf_counter_ns()

    def ask(self, request: Callable[[], None]) -> None:
        """Have something done by the link's thread."""
        self._requests.append(request)
        self.wakeup.ring()

    def status(self) -> LinkStatus:
        now = self.clock()
        heard, offset, reply = self._heard_ns, self.offsets.at(now), self._reply
        state, why = LinkState.CONNECTED, self.copy.trouble
        refused = self._refused
        if refused is not None:
            state, why = LinkState.REFUSED, refused[1]
        elif heard is None or self.copy.epoch is None or offset is None:
            state, why = LinkState.CONNECTING, self._why
        elif now - heard > SILENT_NS or not self._welcomed:
            state, why = LinkState.SILENT, self._why
        stops = [made for _, made, _ in list(self._stops.values())]
        return LinkStatus(
            state=state,
            why=why,
            code=refused[0] if refused else "",
            age_ms=_ms(now, heard),
            round_trip_ms=offset.round_trip_ns / 1e6 if offset else None,
            offset_ns=offset.offset_ns if offset else None,
            offset_error_ns=offset.error_ns if offset else None,
            lease=self._lease,
            epoch=self.copy.epoch,
            runtime_seq=self.copy.known_seq,
            delivered_seq=self.copy.delivered[0],
            copied_seq=self.copy.copied[0],
            frame=reply[0] if reply else 0,
            frame_age_ms=reply[1] + (now - reply[2]) // MS if reply else None,
            unanswered=len(self._outbox),
            stop_unheard_ms=(now - min(stops)) // MS if stops else None,
            telemetry_age_ms=_ms(now, self.newest.telemetry_ns),
            preview_age_ms=_ms(now, self.newest.picture_ns),
        )

    # -------------------------------------------------------------- requests, in the link's thread

    def add_command(self, command_id: str, kind: str, data: bytes, made_ns: int, ttl_ms: int) -> None:
        self._outbox.add(command_id, kind, data, made_ns, ttl_ms)

    def add_stop(self, stop_id: str, message: bytes, made_ns: int) -> None:
        self._stops[stop_id] = (message, made_ns, made_ns)

    def set_lease(self, want: bool) -> None:
        self._want_lease = want
        if self._welcomed:
            self._sockets.send("control", encode(TakeLease(give_back=not want)))

    def end(self) -> None:
        self._ending = True

    # -------------------------------------------------------------- life

    def run(self) -> None:
        try:
            if self._connection is not None:
                self._sockets.open(self._connection)
                self._why = self._connection.waiting
                self._knock_due = self.clock() + KNOCK_NS
            while not self._ending:
                self._turn()
            if self._welcomed:
                self._sockets.send("control", encode(TakeLease(give_back=True, leaving=True)))
        finally:
            self._sockets.close(FLUSH_MS)
            self.wakeup.close()
            self._notify()

    def _knock_again(self, now: int) -> None:
        """Shut out, or nobody there: libzmq does not try again after a refusal, and the runtime may have been
        started anew on other ports."""
        self._knock_due = now + (KNOCK_NS if self._connection is not None else LOOK_NS)
        found = self._connection
        if self._source is not None:
            try:
                found = self._source()
                check_server(found, self._keys)
            except LinkError as problem:
                found = self._connection
                if found is None:
                    self._why = str(problem)
        if found is not None and (found != self._connection or self._shut_out):
            self._connection = found
            self._knock_due = now + KNOCK_NS
            self._sockets.reopen(found)
            self._why = found.waiting

    # -------------------------------------------------------------- a turn

    def _turn(self) -> None:
        now = self.clock()
        due = [now + IDLE_NS, self._beat_due if self._welcomed else self._hello_due]
        due += [at for _, _, at in self._stops.values()]
        next_command = self._outbox.next_due_ns()
        if next_command is not None:
            due.append(next_command)
        ready = self._sockets.poll(max(0, (min(due) - now + MS - 1) // MS))
        if "wakeup" in ready:
            self.wakeup.clear()
        while self._requests:
            self._do(self._requests.popleft())
        self._do(self._send_stops)
        for name, step in (
            ("monitor", self._hear_monitor),
            ("control", self._hear_control),
            ("commands", self._hear_commands),
            ("feed", self._hear_feed),
            ("history", self._hear_history),
            ("preview", self._hear_preview),
        ):
            if name in ready:
                self._do(step)
        self._do(self._send_due)

    def _do(self, step: Callable[[], None]) -> None:
        """One step; whatever it met, the thread goes on: STOP has to get out."""
        try:
            step()
        except Exception:
            log.exception("link: trouble; going on")

    def _tell(self, *events: LinkEvent) -> None:
        if self._listener.on_event is None:
            self.events.extend(events)
        else:
            for event in events:
                self._listener.on_event(event)
        self._notify()

    def _notify(self) -> None:
        with self.changed:
            self.changed.notify_all()

    # -------------------------------------------------------------- sending

    def _send_stops(self) -> None:
        now = self.clock()
        for stop_id, (message, made, due) in list(self._stops.items()):
            if due <= now:
                self._sockets.send("control", message)
                self._stops[stop_id] = (message, made, now + STOP_NS)

    def _send_due(self) -> None:
        now = self.clock()
        if not self._shut_out:
            self._sockets.revive(now)
        if not self._welcomed:
            if self._hello_due <= now:
                self._hello_due = now + HELLO_NS
                hello = Hello(protocol=PROTOCOL_VERSION, console=self._name, lease=self._want_lease)
                self._sockets.send("control", encode(hello))
            if self._knock_due <= now:
                self._knock_again(now)
        elif self._beat_due <= now:
            self._beat_due = now + BEAT_NS
            self._beat(now)
        for one in self._outbox.due(now):
            if not self._sockets.send("commands", one.data):
                self._outbox.blocked(one, now)
                break
            self._outbox.sent(one, now)
        unknown = self._outbox.give_up(now)
        if unknown:
            self._tell(*unknown)
        want = self.copy.wanted(now) if self._welcomed else None
        if want is not None and self._sockets.send("history", pack_want(want)):
            self.copy.asked(want, now)

    def _beat(self, now: int) -> None:
        try:
            page_age_ms = self.page_age_ms()
            self._page_unknown = False
        except Exception:
            if not self._page_unknown:
                log.exception("the page's age cannot be told; it counts as silent")
            self._page_unknown, page_age_ms = True, 60_000
        seq, hash_hex = self.copy.copied
        beat = Beat(console_ns=now, page_age_ms=page_age_ms, copied_seq=seq, copied_hash=hash_hex)
        self._sockets.send("control", encode(beat))

    # -------------------------------------------------------------- control

    def _hear_monitor(self) -> None:
        now = self.clock()
        for event in self._sockets.monitored(now):
            self._welcomed, self._hello_due = False, now
            if event == LET_IN:
                self._refused = None if self._shut_out else self._refused
                self._shut_out = False
            elif event == SHUT_OUT:
                self._shut_out, self._refused = True, ("not_paired", NOT_PAIRED)
            else:
                self._why = CUT_OFF
        self._notify()

    def _hear_control(self) -> None:
        for parts in self._sockets.receive("control", 256):
            now = self.clock()
            try:
                message = decode_to_console(parts[0])
            except ProtocolError as problem:
                log.warning("link: %s", problem)
                continue
            self._heard_ns = now
            if isinstance(message, BeatReply):
                self._on_beat_reply(message, now)
            elif isinstance(message, StopHeard):
                if self._stops.pop(message.id, None) is not None:
                    self._tell(message)
            elif isinstance(message, Welcome):
                self._on_welcome(message, now)
            elif isinstance(message, LeaseAnswer):
                self._on_lease(message.lease)
            else:
                self._on_trouble(message, now)

    def _on_welcome(self, message: Welcome, now: int) -> None:
        try:
            check_version(message.protocol)
        except ProtocolError as problem:
            self._refused = ("version", str(problem))
            return
        previous = self.copy.epoch
        if self.copy.begin(message):
            self.offsets.clear()
            self._reply = None
            if previous is not None:
                why = "the runtime was started anew: only the old record tells whether it ran"
                self._tell(*self._outbox.abandon(why), EpochChanged(previous, message.epoch))
        self._refused, self._why = None, "nothing is heard from the runtime"
        self._welcomed, self._beat_due = True, now
        self._outbox.all_due(now)
        self._tell(message)
        self._on_lease(message.lease)

    def _on_beat_reply(self, message: BeatReply, now: int) -> None:
        self.offsets.add(message.console_ns, message.runtime_ns, now)
        self._reply = (message.frame, message.frame_age_ms, now)
        self.copy.heard_of(message.last_seq)
        self._on_lease(message.lease)
        self._notify()
        lease = message.lease
        if self._want_lease and not lease.mine and lease.holder is None:
            self._sockets.send("control", encode(TakeLease()))
        elif lease.mine and not self._want_lease:
            self._sockets.send("control", encode(TakeLease(give_back=True)))

    def _on_lease(self, lease: LeaseState) -> None:
        if lease != self._lease:
            self._lease = lease
            self._tell(lease)

    def _on_trouble(self, message: Trouble, now: int) -> None:
        if message.code == "say_hello":
            if self._welcomed:
                self._welcomed, self._hello_due = False, now
            return
        if message.code in ("version", "full", "refused"):
            self._refused = (message.code, message.message)
            self._welcomed, self._hello_due = False, now + KNOCK_NS
        self._tell(message)

    # -------------------------------------------------------------- the other four

    def _hear_commands(self) -> None:
        for parts in self._sockets.receive("commands", 256):
            if len(parts) != 2:
                continue
            self._heard_ns = self.clock()
            if parts[0] == PENDING:
                self._outbox.pending(parts[1].decode(errors="replace"))
            elif parts[0] == ANSWER:
                answer = decode_answer(parts[1])
                if self._outbox.answered(answer.command_id) or not answer.repeated:
                    self._tell(answer)

    def _hear_feed(self) -> None:
        self.copy.feed(self._sockets.receive("feed", 64), self.clock())

    def _hear_history(self) -> None:
        for parts in self._sockets.receive("history", 1):
            credit = self.copy.history(parts, self.clock())
            if credit is not None:
                self._sockets.send("history", pack_want(credit))

    def _hear_preview(self) -> None:
        self.newest.take(self._sockets.receive("preview", 64), self.copy.epoch, self.clock())


def _ms(now: int, then: int | None) -> int | None:
    return None if then is None else max(0, now - then) // MS
