"""A record as one MCAP file, for Foxglove and other programs that show what robots and rigs have recorded.

Chunks compressed with zstd, with all indexes, messages in the order of their times. The same record makes the same
bytes (with the same versions of Palier and its packages). Memory does not grow with the record: entries are read in
batches, and messages wait ``HOLD_NS`` for earlier ones.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from mcap.writer import CompressionType, Writer

from clinician_console.export.channels import CHANNELS, schema_text
from clinician_console.export.messages import EventMessages, Message, Wall, sample_messages
from clinician_console.export.whole import whole_file
from vr_runtime import __version__
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.codec import CHUNK_PREFIX, decode_event
from vr_runtime.protocol.errors import ProtocolError
from vr_runtime.protocol.streams import STREAMS
from vr_runtime.record import RecordError, RecordReason, Sealed
from vr_runtime.record.chunks import decode_chunks

HOLD_NS = 30_000_000_000
"""A sample that was recorded up to so long after its time stands in its place; a later one stands where it came."""

MOST_WAITING = 200_000
"""Messages that wait at most; only a record with impossible times comes to that."""

BATCH_ENTRIES = 512
BATCH_BYTES = 1 << 20

_RECORDED = tuple(name for name, stream in STREAMS.items() if stream.recorded)


class ReadEntries(Protocol):
    """What an export reads of a record: :class:`vr_runtime.record.Reader` is one."""

    def entries(self, from_seq: int = 1) -> Iterator[Sealed]: ...
    def last(self) -> tuple[int, bytes]: ...


@dataclass
class Exported:
    """What was written. ``interrupted``: the record has no end; it was exported as far as it goes."""

    path: Path
    messages: int = 0
    last_seq: int = 0
    last_hash: str = ""
    until_ns: int = 0
    interrupted: bool = True
    unknown_streams: list[str] = field(default_factory=list)
    """Samples of a newer software, which are not in the file."""


def export_mcap(
    record: ReadEntries,
    path: Path,
    *,
    with_notes: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Exported:
    """Write ``path``, whole or not at all, readable by its owner alone. A file of that name is replaced.

    Args:
        progress: told entries done and entries in all.

    Raises:
        OSError: where it cannot be written. RecordError: where the record cannot be read, or holds nothing yet.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        export = _Export(record, path, Writer(file, compression=CompressionType.ZSTD), with_notes)
        export.run(progress)
    return export.done


class _Export:
    def __init__(self, record: ReadEntries, path: Path, writer: Writer, with_notes: bool) -> None:
        self.done = Exported(path)
        self._record = record
        self._writer = writer
        self._with_notes = with_notes
        self._opened: ev.Opened | None = None
        self._wall = Wall(0)
        self._events = EventMessages(self._wall, with_notes=with_notes)
        self._numbers = {channel.topic: 0 for channel in CHANNELS}
        self._channels: dict[str, int] = {}

    def run(self, progress: Callable[[int, int], None]) -> None:
        total = self._record.last()[0]
        self._begin()
        waiting: list[Message] = []
        latest_ns = 0
        for batch in _batches(self._record.entries()):
            waiting += self._messages(batch)
            waiting.sort(key=operator.attrgetter("time_ns"))  # stable: equal times stay in the record's order
            latest_ns = max(latest_ns, *(entry.t_ns for entry in batch))
            due = _count_due(waiting, self._wall(latest_ns - HOLD_NS))
            self._write(waiting[:due])
            del waiting[:due]
            progress(batch[-1].seq, total)
        self._write(waiting)
        self.done.until_ns = latest_ns
        self._end()

    def _begin(self) -> None:
        self._writer.start(library=f"palier {__version__}")
        schemas: dict[str, int] = {}
        for channel in CHANNELS:
            if channel.schema not in schemas:
                schemas[channel.schema] = self._writer.register_schema(
                    channel.schema, "jsonschema", schema_text(channel.schema)
                )
            self._channels[channel.topic] = self._writer.register_channel(
                channel.topic, "json", schemas[channel.schema], {"about": channel.about}
            )

    def _messages(self, batch: list[Sealed]) -> Iterator[Message]:
        """Events first, then the samples stream by stream; the caller brings them into the order of their times."""
        chunks: dict[str, list[bytes]] = {}
        for entry in batch:
            self.done.last_seq, self.done.last_hash = entry.seq, entry.hash.hex()
            if entry.kind.startswith(CHUNK_PREFIX):
                chunks.setdefault(entry.kind.removeprefix(CHUNK_PREFIX), []).append(entry.body)
            else:
                yield from self._event(entry)
        for stream in _RECORDED:
            if stream in chunks:
                samples = decode_chunks(stream, chunks.pop(stream))
                for time_ns, topic, text in sample_messages(stream, samples, self._wall):
                    self._numbers[topic] += 1
                    yield Message(time_ns, topic, self._numbers[topic], text.encode())
        self.done.unknown_streams += sorted(chunks.keys() - set(self.done.unknown_streams))

    def _event(self, entry: Sealed) -> Iterator[Message]:
        try:
            event = decode_event(entry.seq, entry.t_ns, entry.kind, entry.body)
        except ProtocolError as problem:
            raise RecordError(RecordReason.NOT_A_RECORD, str(problem)) from None
        if isinstance(event.body, ev.Opened):
            self._opened = event.body
            self._wall.zero_ns = unix_ns(event.body.wall_utc)
        self.done.interrupted = not isinstance(event.body, ev.Closed)
        time_ns = self._wall(event.t_ns)
        for topic, text in self._events.of(event):
            yield Message(time_ns, topic, event.seq & 0xFFFFFFFF, text.encode())

    def _write(self, messages: Iterable[Message]) -> None:
        add, channels = self._writer.add_message, self._channels
        for time_ns, topic, sequence, data in messages:
            add(channels[topic], time_ns, data, time_ns, sequence)
            self.done.messages += 1

    def _end(self) -> None:
        opened, done = self._opened, self.done
        if opened is None:
            raise RecordError(
                RecordReason.NOT_A_RECORD, "the record holds nothing yet: it was cut before its first entry"
            )
        facts: dict[str, Any] = {
            "record": opened.epoch,
            "record_format": opened.record_format,
            "protocol": opened.protocol,
            "software": f"palier {opened.fingerprint.palier}",
            "exported_by": f"palier {__version__}",
            "last_seq": done.last_seq,
            "last_hash": done.last_hash,
            "end": "interrupted" if done.interrupted else "closed",
            "end_t_ns": done.until_ns,
            "zero_wall_utc": opened.wall_utc,
            "zero_unix_ns": self._wall.zero_ns,
            "notes": "included" if self._with_notes else "left out",
            "streams_left_out": ",".join(done.unknown_streams),
        }
        self._writer.add_metadata("palier.record", {name: str(value) for name, value in facts.items()})
        self._writer.add_metadata("palier.platform", opened.fingerprint.model_dump(mode="json"))
        self._writer.finish()


def _batches(entries: Iterable[Sealed]) -> Iterator[list[Sealed]]:
    batch: list[Sealed] = []
    size = 0
    for entry in entries:
        batch.append(entry)
        size += len(entry.body)
        if len(batch) == BATCH_ENTRIES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _count_due(waiting: list[Message], before_ns: int) -> int:
    """How many of the sorted messages need not wait any longer."""
    due = max(0, len(waiting) - MOST_WAITING)
    while due < len(waiting) and waiting[due].time_ns < before_ns:
        due += 1
    return due


def unix_ns(wall_utc: str) -> int:
    """Nanoseconds since 1970 of an ISO 8601 time; 0 for what is none, so that times count from the opening."""
    try:
        moment = datetime.fromisoformat(wall_utc)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
