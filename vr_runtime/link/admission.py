"""Which commands get in. A pure class without sockets: bytes and times go in, verdicts come out.

Whoever is not sure is refused: the console that sent the command learns why and can send it anew. Only STOP
is taken from anybody who is paired, at any age, and always.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, cast

from pydantic import TypeAdapter, ValidationError

from vr_runtime.link.consoles import AdmissionLimits, Consoles, Peer
from vr_runtime.protocol.answers import Answer, StopHeard
from vr_runtime.protocol.base import MessageId
from vr_runtime.protocol.codec import decode_command
from vr_runtime.protocol.commands import Command, Stop
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.events import CommandReceived, CommandTurnedAway, EventBody, StopPressed
from vr_runtime.protocol.words import Refusal, StoppedBy

MOST_AHEAD_NS = 100_000_000
"""How far a sender's clock may seem to run ahead beyond its stated error; a message cannot come from the
future."""

MOST_MESSAGE = 400
"""Characters of a reason; what is refused must not fill the record."""

_message_id: TypeAdapter[str] = TypeAdapter(MessageId)


@dataclass(frozen=True)
class Verdict:
    """What becomes of one message on the command socket.

    At most one of ``received``, ``turned_away`` and ``stop`` is to be handed to the loop; ``answer`` goes
    back at once; ``pending`` is the id of a repeated command that is not decided yet.
    """

    received: CommandReceived | None = None
    turned_away: CommandTurnedAway | None = None
    stop: StopPressed | None = None
    answer: Answer | None = None
    pending: str | None = None
    events: tuple[EventBody, ...] = ()


@dataclass
class _Kept:
    """A command that was once seen: who gets its answer, and the answer when there is one."""

    route: bytes
    answer: Answer | None


class Bucket:
    """A rate limit that allows bursts of one second's worth."""

    def __init__(self, per_s: float, now_ns: int) -> None:
        self._per_s = per_s
        self._left = per_s
        self._at_ns = now_ns

    def take(self, now_ns: int) -> bool:
        passed = max(0, now_ns - self._at_ns)
        self._at_ns = max(self._at_ns, now_ns)
        self._left = min(self._per_s, self._left + passed * 1e-9 * self._per_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


@dataclass
class _Traffic:
    rate: Bucket
    noise: Bucket
    last_seq: int = 0


class Admission:
    """Lease, epoch, order, age, repetition, form and rate of commands, in the runtime's link thread.

    ``epoch`` is this run of the runtime; times are ns on the runtime's clock.
    """

    def __init__(self, epoch: str, limits: AdmissionLimits | None = None, now_ns: int = 0) -> None:
        self.limits = limits or AdmissionLimits()
        self.consoles = Consoles(self.limits, now_ns)
        self._epoch = epoch
        self._seen: OrderedDict[str, _Kept] = OrderedDict()
        self._stops: OrderedDict[str, int] = OrderedDict()
        self._traffic: OrderedDict[Peer, _Traffic] = OrderedDict()

    # -------------------------------------------------------------- commands

    def command(self, peer: Peer, data: bytes, received_ns: int) -> Verdict:
        """Judge one message of the command socket. Never raises, whatever the bytes."""
        traffic = self._traffic_of(peer, received_ns)
        if not traffic.rate.take(received_ns):
            # STOP is looked for even here: nothing that a console does may make it deaf to it.
            stop = self._find_stop(data)
            if stop is not None:
                return self._stopped(peer, stop, received_ns)
            message = f"more than {self.limits.commands_per_s:g} commands a second: send fewer"
            return self._refuse_raw(peer, traffic, data, received_ns, Refusal.TOO_MANY, message)
        try:
            command = decode_command(data)
        except ProtocolError as problem:
            message = str(problem)[:MOST_MESSAGE]
            return self._refuse_raw(peer, traffic, data, received_ns, Refusal.MALFORMED, message)
        if isinstance(command.body, Stop):
            return self._stopped(peer, command, received_ns)
        kept = self._seen.get(command.id)
        if kept is not None:
            if kept.answer is None:
                return Verdict(pending=command.id)
            return Verdict(answer=kept.answer.model_copy(update={"repeated": True}))
        refusal = self._refusal(peer, traffic, command, received_ns)
        if command.epoch == self._epoch:
            traffic.last_seq = max(traffic.last_seq, command.seq)
        if refusal is not None:
            return self._refuse(peer, traffic, command, received_ns, *refusal)
        console = self.consoles.find(peer)
        assert console is not None
        self._keep(command.id, peer, None)
        received = CommandReceived(command=command, received_ns=received_ns, console=console.name)
        return Verdict(received=received, events=tuple(self.consoles.said(console, received_ns)))

    def decided(self, answer: Answer) -> tuple[bytes, Answer] | None:
        """The session's answer to an admitted command: kept for repeats; returns where it is to go.

        None where the command is not known here (it was not admitted through this link).
        """
        kept = self._seen.get(answer.command_id)
        if kept is None:
            return None
        if kept.answer is None:
            kept.answer = answer
        return kept.route, answer

    # -------------------------------------------------------------- STOP

    def stop(
        self, stop_id: str, sent_ns: int | None, received_ns: int
    ) -> tuple[StopHeard, StopPressed | None]:
        """A STOP: needs no lease and no Hello, knows no age. The same id is handed on once and answered
        always."""
        first = self._stops.get(stop_id)
        if first is not None:
            return StopHeard(id=stop_id, received_ns=first), None
        self._stops[stop_id] = received_ns
        _trim(self._stops, self.limits.ids_kept)
        pressed = StopPressed(id=stop_id, by=StoppedBy.CONSOLE, sent_ns=sent_ns, received_ns=received_ns)
        return StopHeard(id=stop_id, received_ns=received_ns), pressed

    def _stopped(self, peer: Peer, command: Command, received_ns: int) -> Verdict:
        heard, pressed = self.stop(command.id, command.sent_ns, received_ns)
        answer = Answer(
            command_id=command.id, accepted=True, received_ns=heard.received_ns, repeated=pressed is None
        )
        return Verdict(stop=pressed, answer=answer)

    # -------------------------------------------------------------- inside

    def _refusal(
        self, peer: Peer, traffic: _Traffic, command: Command, received_ns: int
    ) -> tuple[Refusal, str] | None:
        if command.epoch != self._epoch:
            return Refusal.OTHER_EPOCH, "the runtime was restarted since: connect anew and look at its state"
        console = self.consoles.find(peer)
        lease = self.consoles.lease_for(console)
        if not lease.mine:
            if console is None:
                return Refusal.NO_LEASE, "say hello on the control socket first, and ask for the lease"
            if lease.holder is None:
                return Refusal.NO_LEASE, "nobody holds the lease: take it first"
            return (
                Refusal.NO_LEASE,
                f"'{lease.holder}' holds the lease: only it may command until it gives it back",
            )
        if command.seq <= traffic.last_seq:
            return (
                Refusal.OUT_OF_ORDER,
                f"its number {command.seq} comes behind {traffic.last_seq}: send it anew if still wanted",
            )
        error_ns = min(max(command.sent_error_ns, 0), self.limits.most_clock_error_ns)
        age_ns = received_ns - command.sent_ns
        if age_ns > command.ttl_ms * 1_000_000 + error_ns:
            return (
                Refusal.EXPIRED,
                f"it was {age_ns / 1e9:.1f} s old and may be {command.ttl_ms / 1e3:g} s: "
                "look at the present state and send it anew",
            )
        if -age_ns > error_ns + MOST_AHEAD_NS:
            return (
                Refusal.EXPIRED,
                f"its time of sending lies {-age_ns / 1e9:.1f} s ahead, so its age cannot be told: "
                "wait for the next heartbeat and send it anew",
            )
        return None

    def expired_since(self, command: Command, now_ns: int) -> bool:
        """Whether an admitted command that may raise became too old while the loop did not listen."""
        error_ns = min(max(command.sent_error_ns, 0), self.limits.most_clock_error_ns)
        return command.body.CAN_RAISE and now_ns - command.sent_ns > command.ttl_ms * 1_000_000 + error_ns

    def _refuse(
        self,
        peer: Peer,
        traffic: _Traffic,
        command: Command,
        received_ns: int,
        reason: Refusal,
        message: str,
    ) -> Verdict:
        answer = Answer(
            command_id=command.id, accepted=False, reason=reason, message=message, received_ns=received_ns
        )
        self._keep(command.id, peer, answer)
        turned_away = CommandTurnedAway(
            command_id=command.id,
            command_kind=command.body.kind,
            sent_ns=command.sent_ns,
            received_ns=received_ns,
            reason=reason,
            message=message,
            console=self._name(peer),
        )
        return self._noisy(traffic, received_ns, turned_away, answer)

    def _refuse_raw(
        self, peer: Peer, traffic: _Traffic, data: bytes, received_ns: int, reason: Refusal, message: str
    ) -> Verdict:
        """Refuse what was not understood; answered only where an id can be made out."""
        command_id, kind = _guess(data)
        answer: Answer | None = None
        if command_id:
            answer = Answer(
                command_id=command_id, accepted=False, reason=reason, message=message, received_ns=received_ns
            )
        turned_away = CommandTurnedAway(
            command_id=command_id,
            command_kind=kind,
            received_ns=received_ns,
            reason=reason,
            message=message,
            console=self._name(peer),
        )
        return self._noisy(traffic, received_ns, turned_away, answer)

    def _noisy(
        self, traffic: _Traffic, now_ns: int, turned_away: CommandTurnedAway, answer: Answer | None
    ) -> Verdict:
        noted = traffic.noise.take(now_ns)
        return Verdict(turned_away=turned_away if noted else None, answer=answer)

    def _keep(self, command_id: str, peer: Peer, answer: Answer | None) -> None:
        """Remember the id. One forgotten for want of room cannot run twice: its number lies behind."""
        self._seen[command_id] = _Kept(peer.route, answer)
        _trim(self._seen, self.limits.ids_kept)

    def _name(self, peer: Peer) -> str:
        console = self.consoles.find(peer)
        return console.name if console else ""

    def _traffic_of(self, peer: Peer, now_ns: int) -> _Traffic:
        traffic = self._traffic.get(peer)
        if traffic is None:
            rate = Bucket(self.limits.commands_per_s, now_ns)
            traffic = _Traffic(rate, Bucket(self.limits.noise_per_s, now_ns))
            self._traffic[peer] = traffic
            holder = self.consoles.holder
            while len(self._traffic) > 4 * self.limits.consoles:
                oldest = next(iter(self._traffic))
                if holder is not None and oldest == holder.peer:
                    self._traffic.move_to_end(oldest)
                else:
                    del self._traffic[oldest]
        return traffic

    @staticmethod
    def _find_stop(data: bytes) -> Command | None:
        if b'"stop"' not in data:
            return None
        try:
            command = decode_command(data)
        except ProtocolError:
            return None
        return command if isinstance(command.body, Stop) else None


def _trim(memory: OrderedDict[str, Any], keep: int) -> None:
    while len(memory) > keep:
        memory.popitem(last=False)


def _guess(data: bytes) -> tuple[str, str]:
    """Id and kind out of bytes that are no command, as far as they can be made out; empty where not."""
    try:
        fields: Any = json.loads(data)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(fields, dict):
        return "", ""
    fields = cast("dict[str, Any]", fields)
    try:
        command_id = _message_id.validate_python(fields.get("id"))
    except ValidationError:
        command_id = ""
    body: Any = fields.get("body")
    kind: Any = cast("dict[str, Any]", body).get("kind") if isinstance(body, dict) else ""
    known = isinstance(kind, str) and kind.isascii() and len(kind) <= 64
    return command_id, kind if known else ""
