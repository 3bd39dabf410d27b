"""A record as CSV: UTF-8, a header line, decimal points, times in ns of the runtime's clock since the record opened.

Free text (notes) is left out unless it is asked for. A text cell that a spreadsheet would take for a formula gets an
apostrophe in front of it. Empty cell: there is no value.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from clinician_console.core.commandlog import command_lines
from clinician_console.export.content import content_of, kind_of
from clinician_console.export.whole import whole_file
from clinician_console.report.gather import ReadRecord
from vr_runtime.protocol import events as ev
from vr_runtime.protocol.streams import LEFT, BeatFlag

POSE = ("x", "y", "z", "qx", "qy", "qz", "qw")

COLUMNS: dict[str, tuple[str, ...]] = {
    "events": ("seq", "t_ns", "frame", "kind", "cause", "body"),
    "head": ("t_ns", "frame", *POSE),
    "hands": ("t_ns", "frame", "hand", *POSE),
    "heart": ("t_ns", "rr_ms", "bpm", "flag"),
    "markers": (
        "marker", "t_on_ns", "t_off_ns", "value", "unit", "source", "quality", "algorithm", "stimulus", "step",
        "parameters",
    ),
    "commands": ("id", "kind", "sent_ns", "received_ns", "shown_ns", "accepted", "reason"),
}  # fmt: skip

Row = Iterable[Any]


class Figure(float):
    """A 32-bit float, written with the nine digits that give it back exactly."""

    def __str__(self) -> str:
        return f"{float(self):.9g}"


def export_csv(record: ReadRecord, folder: Path, *, with_notes: bool = False) -> list[Path]:
    """Write one file a table into ``folder``, readable by their owner alone. Files of the same name are replaced,
    each one whole or not at all.

    Raises:
        OSError: where they cannot be written. RecordError: where the record cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    events = list(record.events())
    tables: dict[str, Iterable[Row]] = {
        "events": _events(events, with_notes),
        "head": _poses(record, "head"),
        "hands": _poses(record, "hands"),
        "heart": _heart(record),
        "markers": _markers(events),
        "commands": _commands(events),
    }
    return [_write(folder / f"{name}.csv", COLUMNS[name], rows) for name, rows in tables.items()]


def harmless(value: Any) -> Any:
    """A cell as it is written. Numbers keep their sign; text never begins as a formula does."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")):
        return "'" + value
    return value


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Row]) -> Path:
    with whole_file(path) as binary:
        file = io.TextIOWrapper(binary, encoding="utf-8", newline="")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([harmless(value) for value in row] for row in rows)
        file.detach()  # written through; the file under it stays open
    return path


def _events(events: list[ev.Event], with_notes: bool) -> Iterator[Row]:
    for event in events:
        content = json.dumps(content_of(event, with_notes=with_notes), ensure_ascii=False)
        yield event.seq, event.t_ns, event.frame, kind_of(event), event.cause, content


def _poses(record: ReadRecord, stream: str) -> Iterator[Row]:
    """A pose that was not tracked has empty cells: no made-up position."""
    samples = record.samples(stream)
    columns = [samples[name].tolist() for name in ("t_ns", "frame")]
    if stream == "hands":
        columns.append(["left" if hand == LEFT else "right" for hand in samples["hand"].tolist()])
    poses = zip(*(samples[name].tolist() for name in POSE), strict=True)
    for *head, pose, valid in zip(*columns, poses, samples["valid"].tolist(), strict=True):
        yield *head, *(Figure(value) if valid else None for value in pose)


def _heart(record: ReadRecord) -> Iterator[Row]:
    samples = record.samples("heart")
    columns = (samples[name].tolist() for name in ("t_ns", "rr_ms", "bpm", "flag"))
    for t_ns, rr_ms, bpm, flag in zip(*columns, strict=True):
        name = BeatFlag.NAMES[flag] if flag < len(BeatFlag.NAMES) else str(flag)
        yield t_ns, Figure(rr_ms), Figure(bpm), name


def _markers(events: list[ev.Event]) -> Iterator[Row]:
    for event in events:
        if isinstance(event.body, ev.Marker):
            marker = event.body
            yield (
                marker.marker, marker.t_on_ns, marker.t_off_ns, marker.value, marker.unit, marker.source,
                marker.quality, marker.algorithm, marker.stimulus, marker.step, json.dumps(marker.parameters),
            )  # fmt: skip


def _commands(events: list[ev.Event]) -> Iterator[Row]:
    for line in command_lines(events):
        yield line.id, line.kind, line.sent_ns, line.received_ns, line.shown_ns, line.accepted, line.reason
