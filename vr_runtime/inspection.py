"""What a record says of itself, for lists and for a person who wants to know what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from vr_runtime.protocol.codec import CHUNK_PREFIX, decode_event
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.events import (
    Closed,
    DemandMade,
    Event,
    EventBody,
    Opened,
    PhaseChanged,
    RatingGiven,
    StepEntered,
    StopPressed,
    TriggerFired,
)
from vr_runtime.record import KeySource, Reader, RecordError, RecordReason
from vr_runtime.record.keys import locked_with
from vr_runtime.record.layout import DATABASE, LOG

Progress = Callable[[int, int], None]


@dataclass
class Summary:
    """A record, read through once. Times in seconds since it was opened."""

    opened: Opened | None = None
    closed: Closed | None = None
    last_seq: int = 0
    last_hash: str = ""
    duration_s: float = 0.0
    events: Counter[str] = field(default_factory=Counter[str])
    chunks: Counter[str] = field(default_factory=Counter[str])
    course: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    """What happened, in words: phases, steps, ratings, stops."""
    damage: str = ""
    """Why it could not be read to its end; empty where it could."""


def folders(below: Path) -> Iterator[Path]:
    """The records in a folder and below it, in the order of their names."""
    for database in sorted(below.rglob(DATABASE)):
        yield database.parent


def lock_of(folder: Path) -> str:
    """What opens it, in words."""
    try:
        kind = locked_with(folder)
    except RecordError:
        return "nothing: its key was destroyed"
    return {"passphrase": "a passphrase", "key_file": "a key file", "keyring": "the keyring"}.get(
        kind or "", "a damaged key file"
    )


def bytes_of(folder: Path) -> int:
    return sum(path.stat().st_size for name in (DATABASE, LOG) if (path := folder / name).exists())


def summarise(folder: Path, key: KeySource, progress: Progress = lambda _done, _all: None) -> Summary:
    """Read a record through, as far as it can be read.

    Raises:
        RecordError: NOT_A_RECORD, WRONG_KEY, NO_KEY and the like; damage is told in the summary.
    """
    summary = Summary()
    with Reader.open(folder, key, damaged=True) as reader:
        total = reader.last()[0]
        try:
            for entry in reader.entries():
                summary.last_seq, summary.last_hash = entry.seq, entry.hash.hex()
                summary.duration_s = entry.t_ns / 1e9
                if entry.kind.startswith(CHUNK_PREFIX):
                    summary.chunks[entry.kind.removeprefix(CHUNK_PREFIX)] += 1
                else:
                    _tell(summary, decode_event(entry.seq, entry.t_ns, entry.kind, entry.body))
                if entry.seq % 1000 == 0:
                    progress(entry.seq, total)
        except RecordError as problem:
            if problem.reason is not RecordReason.ALTERED:
                raise
            summary.damage = str(problem)
        except ProtocolError as problem:
            summary.damage = str(problem)
    return summary


def _tell(summary: Summary, event: Event) -> None:
    body = event.body
    summary.events[body_kind(body)] += 1
    if isinstance(body, Opened):
        summary.opened = body
    elif isinstance(body, Closed):
        summary.closed = body
    if words := in_words(body):
        summary.course.append((event.t_ns / 1e9, words))


def body_kind(body: EventBody) -> str:
    return str(getattr(body, "kind", ""))


def in_words(body: EventBody) -> str:
    """What a reader of the session's course wants to know; empty for everything else."""
    match body:
        case PhaseChanged():
            return f"{body.phase.value} ({body.because})"
        case StepEntered() if body.step:
            return f"step {body.step}: {body.step_id}"
        case RatingGiven():
            return f"{body.scale.value} {body.raw:g}"
        case TriggerFired():
            return f"trigger {body.trigger}"
        case StopPressed():
            return f"STOP ({body.by.value})"
        case DemandMade() if body.active:
            return f"safety: {body.cause.value}, {body.demand.value}"
        case Closed():
            return f"closed: {body.because}"
        case _:
            return ""
