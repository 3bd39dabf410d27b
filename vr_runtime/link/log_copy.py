"""How a console copies the record: feed and history merged, given on in order, asked for again where it
failed."""

from __future__ import annotations

import logging
from collections.abc import Callable

from vr_runtime.link.catch_up import CatchUp
from vr_runtime.link.entries import LogEntry, unpack_entries
from vr_runtime.link.merge import Merge
from vr_runtime.link.wire import Want, unpack_piece_head
from vr_runtime.protocol.answers import Welcome

log = logging.getLogger(__name__)

AGAIN_NS = 1_000_000_000

OnEntries = Callable[[list[LogEntry]], None]
OnEpoch = Callable[[Welcome], int]
"""Called when a run of the runtime is met that was not known before: another record begins. Returns the
number of the last entry of it that is there already (0: none)."""


class LogCopy:
    """Used by the link thread, but for :attr:`said` and reading the other plain attributes."""

    def __init__(self, on_entries: OnEntries | None, on_epoch: OnEpoch | None) -> None:
        self.epoch: str | None = None
        self.delivered: tuple[int, str] = (0, "")
        """Number and hash of the last entry that was given on."""
        self.said: tuple[int, str] | None = None
        """What the console itself says is copied."""
        self.trouble = ""
        self._on_entries = on_entries
        self._on_epoch = on_epoch
        self._merge = Merge()
        self._catch_up = CatchUp()

    @property
    def known_seq(self) -> int:
        return self._merge.known_seq

    @property
    def copied(self) -> tuple[int, str]:
        """For the heartbeat; a console that keeps nothing says (-1, '')."""
        if self._on_entries is None and self.said is None:
            return (-1, "")
        return self.said or self.delivered

    def begin(self, welcome: Welcome) -> bool:
        """The runtime says which run this is, and how far its record goes.

        Returns:
            Whether it is another run than before. If ``on_epoch`` raises, nothing has changed.
        """
        changed = welcome.epoch != self.epoch
        if changed:
            had = self._on_epoch(welcome) if self._on_epoch is not None else 0
            self._merge, self.delivered, self.said = Merge(had), (had, ""), None
            self.epoch = welcome.epoch
        self._catch_up.restart()
        self._merge.heard_of(welcome.last_seq)
        return changed

    def heard_of(self, last_seq: int) -> None:
        self._merge.heard_of(last_seq)

    def wanted(self, now_ns: int) -> Want | None:
        return self._catch_up.wanted(self._merge, now_ns)

    def asked(self, want: Want, now_ns: int) -> None:
        self._catch_up.asked(want, now_ns)

    def feed(self, messages: list[list[bytes]], now_ns: int) -> None:
        """Messages of the feed: topic, epoch, entries."""
        entries: list[LogEntry] = []
        for parts in messages:
            if len(parts) == 3 and self._is_ours(parts[1]):
                entries += unpack_entries(parts[2])
        self._deliver(entries, now_ns)

    def history(self, parts: list[bytes], now_ns: int) -> Want | None:
        """A piece of history: head, epoch, entries. Returns the credit to give for it, if any."""
        if len(parts) != 3 or not self._is_ours(parts[1]):
            return None
        head, entries = unpack_piece_head(parts[0]), unpack_entries(parts[2])
        credit = self._catch_up.piece(head, now_ns)
        if credit is not None and entries and entries[0].seq > self._merge.next_seq:
            self._catch_up.useless()
            credit = None
        self._deliver(entries, now_ns)
        return credit

    def _is_ours(self, epoch: bytes) -> bool:
        return self.epoch is not None and epoch == self.epoch.encode()

    def _deliver(self, entries: list[LogEntry], now_ns: int) -> None:
        ready = self._merge.offer(entries)
        if not ready:
            return
        try:
            if self._on_entries is not None:
                self._on_entries(ready)
        except Exception as problem:
            log.exception("entries of the record could not be kept; they will be asked for again")
            self.trouble = f"the copy of the record cannot be written ({problem}): see to the disk"
            self._merge.rewind(ready)
            self._catch_up.hold_off(now_ns + AGAIN_NS)
            return
        self.trouble = ""
        self.delivered = (ready[-1].seq, ready[-1].hash.hex())
