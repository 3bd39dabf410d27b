"""Who is there, who holds the lease, and how long the driving console has been silent. Pure: time is passed
in.

A console is known by the routing id that its process chose at random and by the key it came in with; the two
belong together from its Hello on. All times are ns on the runtime's clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from vr_runtime.protocol.answers import Beat, Hello, LeaseState, Trouble
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.events import Anchored, ConsoleSeen, EventBody
from vr_runtime.protocol.version import check_version

SECOND = 1_000_000_000
NEVER = -(2**63)
NO_COPY = -1


@dataclass(frozen=True)
class AdmissionLimits:
    """How much is taken, and for how long things hold. The defaults are those of ``docs/protocol.md``."""

    lease_silence_ns: int = 30 * SECOND
    """A lease lapses after so long without any message; longer than it takes to reach the safe place."""
    gone_after_ns: int = 2 * SECOND
    """A lease lapses after so long if the holder's connection was closed, so that a restarted console can go
    on."""
    lost_after_ns: int = 3 * SECOND
    """A console that is silent for so long is noted as lost."""
    forgotten_after_ns: int = 600 * SECOND
    stale_page_ms: int = 1500
    """A heartbeat that tells of a page silent for longer than this counts as silence of that length."""
    consoles: int = 32
    anchor_every_ns: int = 10 * SECOND
    commands_per_s: float = 200.0
    noise_per_s: float = 20.0
    """Refused commands a second and console that are handed to the record; all are answered."""
    ids_kept: int = 16_384
    most_clock_error_ns: int = SECOND
    """Larger errors of a sender's clock estimate count as this one."""


class Peer(NamedTuple):
    """Routing id of a connection and the key (z85) it was let in with."""

    route: bytes
    key: bytes


class Holder(NamedTuple):
    """A console that holds the record up to the entry ``seq``: its name and its key (z85)."""

    console: str
    key: str
    seq: int


@dataclass
class Console:
    peer: Peer
    name: str
    heard_ns: int
    """Any message."""
    page_ns: int
    """When its page was last alive, as its heartbeats tell (the heartbeat's own time where no page drives
    it)."""
    said_ns: int = NEVER
    """Something that a person's hand led to: an admitted command, a STOP."""
    lost: bool = False
    copied_seq: int = 0
    unread: int = 0
    """Heartbeats still to come before the answers sent to it can be taken as read."""
    anchored_seq: int = 0
    anchored_ns: int | None = None
    whole_seq: int = 0
    """Up to which last entry of the record its copy was found equal."""
    silent_since_ns: int | None = None
    """Whose lease it took lapsed, and was last alive then; None once somebody has done something here."""

    @property
    def alive_ns(self) -> int:
        if self.silent_since_ns is not None:
            return self.silent_since_ns
        return max(self.said_ns, self.page_ns)


class Consoles:
    """The consoles that said Hello, and the lease."""

    def __init__(self, limits: AdmissionLimits, now_ns: int) -> None:
        self._limits = limits
        self._known: dict[bytes, Console] = {}
        self._holder: Console | None = None
        self._alone_since_ns = now_ns
        """While nobody holds the lease: since when the runtime has been without a driving console."""
        self._lapsed = False
        """Whether the last lease lapsed, and was not given back."""

    # -------------------------------------------------------------- asking

    @property
    def holder(self) -> Console | None:
        return self._holder

    @property
    def alive_ns(self) -> int:
        """When the driving console was last alive; while there is none, since when that is so."""
        return self._holder.alive_ns if self._holder else self._alone_since_ns

    def find(self, peer: Peer) -> Console | None:
        """The console behind a connection; None before its Hello, and for a key that is not its own."""
        console = self._known.get(peer.route)
        return console if console is not None and console.peer == peer else None

    def lease_for(self, console: Console | None) -> LeaseState:
        holder = self._holder
        return LeaseState(
            mine=holder is not None and holder is console, holder=holder.name if holder else None
        )

    def answered(self, route: bytes) -> None:
        """An answer was sent. Of two heartbeats that come after it, the second was sent after it had arrived."""
        console = self._known.get(route)
        if console is not None:
            console.unread = 2

    def all_read(self) -> bool:
        """Whether every console that is there has had time to read what it was answered."""
        return not any(console.unread for console in self._known.values() if not console.lost)

    def least_copied(self) -> int | None:
        """The lowest number to which the consoles that are there have copied the record; None: none copies
        it."""
        there = [console for console in self._known.values() if not console.lost]
        copied = [console.copied_seq for console in there if console.copied_seq >= 0]
        return min(copied) if copied else None

    def holders(self) -> tuple[Holder, ...]:
        """Who was found to hold the record up to what was then its last entry, hash for hash."""
        return tuple(
            Holder(console.name, console.peer.key.decode(), console.whole_seq)
            for console in self._known.values()
            if console.whole_seq > 0
        )

    # -------------------------------------------------------------- messages

    def hello(self, peer: Peer, hello: Hello, now_ns: int) -> tuple[LeaseState | Trouble, list[EventBody]]:
        """A console comes or comes back. A Trouble where it cannot be served; it may still send STOP."""
        try:
            check_version(hello.protocol)
        except ProtocolError as problem:
            return Trouble(message=str(problem), code="version"), []
        console = self._known.get(peer.route)
        if console is not None and console.peer != peer:
            return Trouble(message="this routing id belongs to another key", code="refused"), []
        events: list[EventBody] = []
        if console is None:
            if len(self._known) >= self._limits.consoles and not self._forget_a_lost_one():
                message = f"{self._limits.consoles} consoles are connected already: close one of them"
                return Trouble(message=message, code="full"), []
            console = Console(peer, hello.console, heard_ns=now_ns, page_ns=now_ns)
            self._known[peer.route] = console
            events.append(ConsoleSeen(console=console.name, what="connected"))
        else:
            events += self._hear(console, now_ns)
            console.name = hello.console
        if hello.lease:
            events += self._take(console, now_ns)
        return self.lease_for(console), events

    def beat(self, console: Console, beat: Beat, now_ns: int) -> list[EventBody]:
        events = self._hear(console, now_ns)
        console.unread = max(0, console.unread - 1)
        page_ms = beat.page_age_ms
        if page_ms is None or page_ms <= self._limits.stale_page_ms:
            console.page_ns = now_ns
        else:
            console.page_ns = now_ns - page_ms * 1_000_000
        console.copied_seq = max(console.copied_seq, beat.copied_seq) if beat.copied_seq >= 0 else NO_COPY
        return events

    def lease(self, console: Console, give_back: bool, now_ns: int) -> list[EventBody]:
        events = self._hear(console, now_ns)
        if not give_back:
            return events + self._take(console, now_ns)
        if self._holder is console:
            events += self._end("lease_given_back", alone_since_ns=now_ns)
        return events

    def leave(self, console: Console, now_ns: int) -> list[EventBody]:
        """The console closes in order: nobody waits for what it has not read."""
        events = self.lease(console, give_back=True, now_ns=now_ns)
        console.lost, console.unread = True, 0
        return [*events, ConsoleSeen(console=console.name, what="left")]

    def shut_out(self, key: bytes) -> list[EventBody]:
        """This key is not paired any more: its consoles are lost and forgotten, and hold no lease."""
        events: list[EventBody] = []
        for console in [one for one in self._known.values() if one.peer.key == key]:
            del self._known[console.peer.route]
            if self._holder is console:
                events += self._end("lease_lapsed", alone_since_ns=console.alive_ns)
            if not console.lost:
                events.append(ConsoleSeen(console=console.name, what="lost"))
        return events

    def said(self, console: Console, now_ns: int) -> list[EventBody]:
        """A command of this console was admitted, or a STOP."""
        console.said_ns = now_ns
        console.silent_since_ns = None
        return self._hear(console, now_ns)

    def anchor_due(self, console: Console, beat: Beat, now_ns: int) -> bool:
        """Whether what the heartbeat says of the console's copy is to be compared and noted now."""
        if not beat.copied_hash or beat.copied_seq <= console.anchored_seq:
            return False
        last = console.anchored_ns
        return last is None or now_ns - last >= self._limits.anchor_every_ns

    def anchored(self, console: Console, beat: Beat, agrees: bool, now_ns: int) -> Anchored:
        console.anchored_seq, console.anchored_ns = beat.copied_seq, now_ns
        return Anchored(
            console=console.name, copied_seq=beat.copied_seq, copied_hash=beat.copied_hash, agrees=agrees
        )

    def holds(self, console: Console, seq: int) -> None:
        """Its copy ends with this entry, and so does the record."""
        console.whole_seq = seq

    # -------------------------------------------------------------- time

    def holder_may_be_gone(self, now_ns: int) -> bool:
        """Whether it is worth finding out if the holder's connection still stands."""
        holder = self._holder
        return holder is not None and now_ns - holder.heard_ns >= self._limits.gone_after_ns

    def tick(self, now_ns: int, holder_gone: bool = False) -> list[EventBody]:
        """Let time pass. ``holder_gone``: the connection of the console that holds the lease is closed."""
        events: list[EventBody] = []
        for console in list(self._known.values()):
            silence = now_ns - console.heard_ns
            if not console.lost and silence >= self._limits.lost_after_ns:
                console.lost = True
                events.append(ConsoleSeen(console=console.name, what="lost"))
            if silence >= self._limits.forgotten_after_ns and console is not self._holder:
                del self._known[console.peer.route]
        holder = self._holder
        if holder is not None:
            limit = self._limits.gone_after_ns if holder_gone else self._limits.lease_silence_ns
            if now_ns - holder.heard_ns >= limit:
                events += self._end("lease_lapsed", alone_since_ns=holder.alive_ns)
        return events

    # -------------------------------------------------------------- inside

    def _hear(self, console: Console, now_ns: int) -> list[EventBody]:
        console.heard_ns = now_ns
        if not console.lost:
            return []
        console.lost = False
        return [ConsoleSeen(console=console.name, what="connected")]

    def _take(self, console: Console, now_ns: int) -> list[EventBody]:
        if self._holder is not None:
            return []
        self._holder = console
        # Who lost it may have a STOP on its way: a program that takes its place ends no silence, a person does.
        console.silent_since_ns = self._alone_since_ns if self._lapsed else None
        return [ConsoleSeen(console=console.name, what="lease_taken")]

    def _end(self, what: str, alone_since_ns: int) -> list[EventBody]:
        holder = self._holder
        assert holder is not None
        self._holder = None
        self._alone_since_ns = alone_since_ns
        self._lapsed = what == "lease_lapsed"
        return [ConsoleSeen.model_validate({"console": holder.name, "what": what})]

    def _forget_a_lost_one(self) -> bool:
        lost = [one for one in self._known.values() if one.lost and one is not self._holder]
        if not lost:
            return False
        del self._known[min(lost, key=lambda one: one.heard_ns).peer.route]
        return True
