"""The feed and the history become one sequence again: every entry once, in order, without a gap. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from vr_runtime.link.entries import LogEntry, entry_size

ASIDE_BYTES = 8 * 1024 * 1024
"""Most bytes of the feed that are laid aside while history fills the gap before them; the rest is asked
for."""


class Merge:
    """Where a copy of one record stands. Entries are numbered from 1, without gaps."""

    def __init__(self, last_seq: int = 0) -> None:
        self.next_seq = last_seq + 1
        """Number of the entry that is wanted next."""
        self.known_seq = last_seq
        """Highest number that is known to exist."""
        self._aside: dict[int, LogEntry] = {}
        self._aside_bytes = 0

    @property
    def gap(self) -> bool:
        """An entry is there that cannot be given on because one before it is missing."""
        return bool(self._aside)

    @property
    def behind(self) -> bool:
        """An entry is known to exist that has not been given on."""
        return self.known_seq >= self.next_seq

    def heard_of(self, last_seq: int) -> None:
        """The runtime says how far its record is committed."""
        self.known_seq = max(self.known_seq, last_seq)

    def offer(self, entries: Iterable[LogEntry]) -> list[LogEntry]:
        """Take entries in whatever order and as often as they come.

        Returns:
            Those that can be given on now, in strictly rising order, none of which was given on before.
        """
        ready: list[LogEntry] = []
        for entry in entries:
            self.known_seq = max(self.known_seq, entry.seq)
            if entry.seq == self.next_seq:
                ready.append(entry)
                self.next_seq += 1
                if self._aside:
                    self._take_up(ready)
            elif entry.seq > self.next_seq and entry.seq not in self._aside:
                size = entry_size(entry)
                if self._aside_bytes + size <= ASIDE_BYTES:
                    self._aside[entry.seq] = entry
                    self._aside_bytes += size
        return ready

    def rewind(self, entries: list[LogEntry]) -> None:
        """Take back what :meth:`offer` gave last: it could not be kept, and is wanted again."""
        if entries:
            self.next_seq = entries[0].seq
            self._aside.clear()
            self._aside_bytes = 0

    def _take_up(self, ready: list[LogEntry]) -> None:
        while (entry := self._aside.pop(self.next_seq, None)) is not None:
            self._aside_bytes -= entry_size(entry)
            ready.append(entry)
            self.next_seq += 1
