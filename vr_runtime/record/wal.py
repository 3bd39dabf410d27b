"""The log beside the database (``record.db-wal``), read without SQLite: is its end torn, or was a byte
changed?

SQLite stops at the first frame whose checksum fails and says nothing, so one flipped bit can hide every entry
after it. But our log is one unbroken run: it starts empty (each checkpoint cuts it to nothing), only grows,
and no more than its last ``MOST_UNSYNCED`` transactions may not be on the disk yet. What a crash can leave is
therefore little: frames of so many last transactions, whole, missing, or with blocks that were never written and
read as zeros. All else is damage. Format: sqlite.org/fileformat2.html, section 4.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from vr_runtime.record.database import MOST_UNSYNCED, PAGE_BYTES
from vr_runtime.record.pages import PageCheck

HEADER_BYTES = 32
FRAME_HEADER_BYTES = 24
FRAME_BYTES = FRAME_HEADER_BYTES + PAGE_BYTES

_BLOCK = 512
"""What a disk writes at once, at least."""
_MAGIC = 0x377F0682
_VERSION = 3007000
_HEADER = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")


class WalState(Enum):
    EMPTY = "empty"
    WHOLE = "whole"
    """Every frame is good, and the last one ends a transaction."""
    TORN = "torn"
    """Ends within a transaction that was never committed: a crash. Nothing acknowledged is in it."""
    ALTERED = "altered"


class WalScan(NamedTuple):
    """``what`` says where the log stops being good. ``held``: for each page of the database that a committed
    transaction wrote, where in the file its newest version lies."""

    state: WalState
    what: str = ""
    held: Mapping[int, int] = MappingProxyType({})


class _Frame(NamedTuple):
    page: int
    size_after_commit: int
    salts: tuple[int, int]
    checksum: tuple[int, int]
    data: memoryview


def read_wal(path: Path) -> bytes:
    """The log's bytes; none for a file that is not there."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def scan_wal(content: bytes, check: PageCheck) -> WalScan:
    """Judge every frame of a log."""
    if not content:
        return WalScan(WalState.EMPTY)
    if not any(content) or len(content) < HEADER_BYTES:
        return WalScan(WalState.TORN, "its header was not written")
    magic, version, page_size, _, *salts, first, second = _HEADER.unpack_from(content)
    order = ">" if magic & 1 else "<"
    if (magic & ~1, version, page_size) != (_MAGIC, _VERSION, PAGE_BYTES) or checksum(
        (0, 0), content[: HEADER_BYTES - 8], order
    ) != (first, second):
        return WalScan(WalState.ALTERED, "its header was changed")

    view = memoryview(content)
    running = (first, second)
    good = committed = 0
    open_pages: dict[int, int] = {}
    held: dict[int, int] = {}
    for number in range((len(content) - HEADER_BYTES) // FRAME_BYTES):
        at = HEADER_BYTES + number * FRAME_BYTES
        frame = _frame(view, at)
        running = checksum(running, view[at : at + 8], order)
        running = checksum(running, frame.data, order)
        if (
            frame.salts != (salts[0], salts[1])
            or frame.checksum != running
            or not check.holds(frame.page, frame.data)
        ):
            break
        good = number + 1
        open_pages[frame.page] = at + FRAME_HEADER_BYTES
        if frame.size_after_commit:
            held.update(open_pages)
            open_pages.clear()
            committed = good
    state, what = _judge_end(view, check, good, committed)
    return WalScan(state, what, MappingProxyType(held))


def _judge_end(view: memoryview, check: PageCheck, good: int, committed: int) -> tuple[WalState, str]:
    """What follows the last good frame: nothing, what a crash leaves, or damage."""
    rest = len(view) - HEADER_BYTES - good * FRAME_BYTES
    if rest == 0 and committed == good:
        return WalState.WHOLE, ""
    if rest == 0:
        return WalState.TORN, f"{good - committed} pages of a transaction that was not committed"
    damaged = WalState.ALTERED, f"its frame {good + 1} was changed"
    whole_frames = rest // FRAME_BYTES
    ended = 0
    for number in range(good, good + whole_frames):
        at = HEADER_BYTES + number * FRAME_BYTES
        frame = _frame(view, at)
        hole = _has_hole(view, at)
        if not hole and (number == good or not check.holds(frame.page, frame.data)):
            return damaged
        ended += frame.size_after_commit > 0
        if ended > MOST_UNSYNCED:
            # The first of them was whole on the disk before the last was written.
            return damaged
    return WalState.TORN, f"{rest} bytes of transactions that were not committed"


def _frame(view: memoryview, at: int) -> _Frame:
    page, size, salt1, salt2, sum1, sum2 = _FRAME.unpack_from(view, at)
    return _Frame(page, size, (salt1, salt2), (sum1, sum2), view[at + FRAME_HEADER_BYTES : at + FRAME_BYTES])


def _has_hole(view: memoryview, at: int) -> bool:
    """Whether a part of this frame is nothing but zeros: it was never written. SQLite writes a frame's head and its
    page one after the other; a disk keeps each of its blocks as it was before or after either."""
    data, end = at + FRAME_HEADER_BYTES, at + FRAME_BYTES
    for start, stop in ((at, data), (data, end)):
        edges = [start, *range(start // _BLOCK * _BLOCK + _BLOCK, stop, _BLOCK), stop]
        if any(not any(view[low:high]) for low, high in pairwise(edges)):
            return True
    return False


def checksum(start: tuple[int, int], data: bytes | memoryview, order: str) -> tuple[int, int]:
    """SQLite's running checksum over words of 32 bits: for each pair, s0 += w0 + s1, then s1 += w1 + s0."""
    s0, s1 = start
    words = np.frombuffer(data, f"{order}u4").tolist()
    for index in range(0, len(words), 2):
        s0 = (s0 + words[index] + s1) & 0xFFFFFFFF
        s1 = (s1 + words[index + 1] + s0) & 0xFFFFFFFF
    return s0, s1
