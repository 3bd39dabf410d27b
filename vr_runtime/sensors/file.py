"""RR intervals from a file, played as a chest strap would tell of them."""

from __future__ import annotations

import math
from pathlib import Path

from vr_runtime.protocol.events import HeartSourceChanged
from vr_runtime.protocol.pose import Beat, ChannelSample
from vr_runtime.sensors.errors import SensorError, SensorReason
from vr_runtime.sensors.strap import Strap

SHORTEST_MS = 100.0
LONGEST_MS = 60_000.0
"""Outside of these a number is no interval at all. Within, odd intervals are played and flagged later."""

_MOST_LINES = 1_000_000


def read_rr(path: Path, shortest_ms: float = SHORTEST_MS) -> tuple[float, ...]:
    """RR intervals in ms: one a line, ``#`` begins a comment; a ``.csv`` file has a column ``rr_ms``.

    ``shortest_ms``: a smaller number is refused.

    Raises:
        SensorError: NOT_FOUND, UNREADABLE, or INVALID with the line and what to do.
    """
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise SensorError(
            SensorReason.NOT_FOUND, f"there is no RR file {path}; give the path of a file with RR intervals"
        ) from None
    except (OSError, UnicodeDecodeError) as problem:
        raise SensorError(
            SensorReason.UNREADABLE,
            f"the RR file {path} cannot be read as text ({problem}); give a text file, one interval a line",
        ) from None
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        raise SensorError(
            SensorReason.INVALID, f"{path} has more than {_MOST_LINES} lines; cut it into shorter recordings"
        )
    column: int | None = None
    wants_header = path.suffix.lower() == ".csv"
    values: list[float] = []
    for number, line in enumerate(lines, 1):
        content = line.partition("#")[0].strip()
        if not content:
            continue
        if wants_header:
            column = _column(path, number, content)
            wants_header = False
            continue
        values.append(_interval(path, number, content, column, shortest_ms))
    if not values:
        raise SensorError(
            SensorReason.INVALID, f"{path} holds no RR intervals; write one interval in ms a line"
        )
    return tuple(values)


class FileHeart:
    """Plays the file from ``start_ns`` on (runtime's clock); with ``loop`` again and again.

    The seam of a loop begins a new segment, for the difference across it is no physiological one.
    """

    def __init__(self, path: Path | str, start_ns: int = 0, loop: bool = False) -> None:
        """Raises SensorError as :func:`read_rr` does."""
        self._path = Path(path)
        self._rr = read_rr(self._path)
        self._at = 0
        self._loop = loop
        self._strap = Strap(start_ns, self._next)
        self._changes = [HeartSourceChanged(source=self.name, state="started")]
        self._closed = False

    @property
    def name(self) -> str:
        return f"file:{self._path.name}"

    def poll(self, now_ns: int) -> tuple[Beat, ...]:
        if self._closed:
            return ()
        beats = self._strap.poll(now_ns)
        while self._strap.ended and self._loop:
            self._at = 0
            self._strap = self._strap.again()
            beats += self._strap.poll(now_ns)
        if self._strap.ended:
            self._closed = True
            self._changes.append(
                HeartSourceChanged(source=self.name, state="ended", message="the recording is at its end")
            )
        return beats

    def samples(self, now_ns: int) -> tuple[ChannelSample, ...]:
        return ()

    def changes(self) -> tuple[HeartSourceChanged, ...]:
        if not self._changes:
            return ()
        changes = tuple(self._changes)
        self._changes.clear()
        return changes

    def close(self) -> None:
        self._closed = True

    def _next(self, t_ns: int) -> float | None:
        if self._at == len(self._rr):
            return None
        self._at += 1
        return self._rr[self._at - 1]


def _column(path: Path, number: int, content: str) -> int:
    names = [name.strip().strip('"').lower() for name in content.split(",")]
    if "rr_ms" not in names:
        raise SensorError(
            SensorReason.INVALID,
            f"{path}, line {number}: the header '{_shown(content)}' has no column rr_ms; "
            "name the column with the intervals in ms rr_ms",
        )
    return names.index("rr_ms")


def _interval(path: Path, number: int, content: str, column: int | None, shortest_ms: float) -> float:
    if column is not None:
        cells = content.split(",")
        content = cells[column].strip().strip('"') if column < len(cells) else ""
    try:
        value = float(content)
    except ValueError:
        raise SensorError(
            SensorReason.INVALID,
            f"{path}, line {number}: '{_shown(content)}' is not a number; write one RR interval in ms "
            "a line, with a point for decimals",
        ) from None
    if not math.isfinite(value) or not shortest_ms <= value <= LONGEST_MS:
        hint = (
            "it looks like seconds; multiply by 1000"
            if 0.2 <= value <= 3.0
            else f"RR intervals lie between {shortest_ms:g} and {LONGEST_MS:g} ms; correct or remove the line"
        )
        raise SensorError(
            SensorReason.INVALID,
            f"{path}, line {number}: {_shown(content)} is not an RR interval in ms; {hint}",
        )
    return value


def _shown(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}…"
