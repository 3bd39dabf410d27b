"""Each command's three times and its answer, derived from the record's events."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clinician_console.core.commandbook import detail_of
from vr_runtime.protocol import events as ev


@dataclass(frozen=True)
class CommandLine:
    """One command or STOP. Times in ns on the runtime's clock; None where the record has none.

    ``sent_ns`` is the console's estimate of the runtime's clock at sending, ``sent_error_ns`` its error.
    ``shown_ns`` is when the first frame with the effect was predicted to light up; a command without a visible
    effect (a rating, a note) has none, nor has a refused one.
    """

    id: str
    kind: str
    sent_ns: int | None
    received_ns: int
    sent_error_ns: int = 0
    shown_ns: int | None = None
    shown_frame: int | None = None
    accepted: bool | None = None
    """None: the record ends before the decision."""
    reason: str = ""
    message: str = ""
    raised: bool = False
    detail: str = ""
    """A step's number, a parameter's or a trigger's id."""


def command_lines(events: Iterable[ev.Event]) -> list[CommandLine]:
    """All commands and stops in the order in which they were received."""
    lines: dict[str, CommandLine] = {}
    nameless = 0
    for event in events:
        match event.body:
            case ev.CommandReceived() as body:
                command = body.command
                lines[command.id] = CommandLine(
                    command.id,
                    command.body.kind,
                    command.sent_ns,
                    body.received_ns,
                    command.sent_error_ns,
                    detail=detail_of(command.body),
                )
            case ev.CommandTurnedAway() as body:
                nameless += not body.command_id
                name = body.command_id or f"unnamed-{nameless}"
                lines.setdefault(
                    name,
                    CommandLine(
                        name, body.command_kind, body.sent_ns, body.received_ns, accepted=False,
                        reason=body.reason.value, message=body.message,
                    ),
                )  # fmt: skip
            case ev.StopPressed() as body:
                # A STOP is never refused: it is acted on first and logged after.
                lines.setdefault(
                    body.id, CommandLine(body.id, "stop", body.sent_ns, body.received_ns, accepted=True)
                )
            case ev.CommandDecided() as body if body.command_id in lines:
                lines[body.command_id] = replace(
                    lines[body.command_id],
                    accepted=body.accepted,
                    reason=body.reason.value if body.reason else "",
                    message=body.message,
                    raised=body.raised,
                )
            case ev.CommandShown() as body if body.command_id in lines:
                lines[body.command_id] = replace(
                    lines[body.command_id], shown_ns=body.shown_ns, shown_frame=body.shown_frame
                )
            case _:
                pass
    return list(lines.values())


@dataclass(frozen=True)
class Latency:
    """Milliseconds over ``count`` commands: median, 99th percentile (nearest rank) and the longest."""

    count: int
    p50_ms: float
    p99_ms: float
    max_ms: float


def latency(durations_ns: Sequence[int]) -> Latency | None:
    """None where there is nothing to count. Percentiles by nearest rank, so that each one was really measured."""
    if not durations_ns:
        return None
    ordered = sorted(durations_ns)

    def rank(share: float) -> float:
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)] / 1e6

    return Latency(len(ordered), rank(0.50), rank(0.99), ordered[-1] / 1e6)


@dataclass(frozen=True)
class Latencies:
    """Of the accepted commands: on the way, in the runtime, and both."""

    sent_to_received: Latency | None
    received_to_shown: Latency | None
    sent_to_shown: Latency | None
    stop: Latency | None
    """Receipt of a STOP to the first frame without the stimulus."""


def latencies(lines: Iterable[CommandLine]) -> Latencies:
    way: list[int] = []
    inside: list[int] = []
    whole: list[int] = []
    stops: list[int] = []
    for line in lines:
        if not line.accepted:
            continue
        if line.sent_ns is not None:
            way.append(line.received_ns - line.sent_ns)
        if line.shown_ns is not None:
            inside.append(line.shown_ns - line.received_ns)
            if line.kind == "stop":
                stops.append(line.shown_ns - line.received_ns)
            if line.sent_ns is not None:
                whole.append(line.shown_ns - line.sent_ns)
    return Latencies(latency(way), latency(inside), latency(whole), latency(stops))
