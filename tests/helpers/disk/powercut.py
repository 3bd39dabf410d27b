"""From the shim's log to what lies on a disk whose power was cut at some moment.

What is certain: what was synced. A file's bytes and size are certain after a sync of the file; that a name is there,
was given another file or is gone is certain after a sync of its folder (and a folder's own name after a sync of its
parent). All else may or may not have reached the disk:

- each block of 512 bytes lies there in one of the states it has had since the last sync, whichever, and independently
  of its neighbours: so a write is kept, dropped or torn, and a later one may be there without an earlier one;
- a file's size is one of those it has had since, or any end of a block between; what was never written reads as zeros;
- names change in order, so a first part of what was not synced has happened. (All journalling file systems keep the
  order of names.) A truncation may have been dropped although a later write was kept.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

BLOCK = 512
_HEAD = struct.Struct("<6q")


class Operation(IntEnum):
    MAKE = 1
    WRITE = 2
    TRUNCATE = 3
    SYNC = 4
    RENAME = 5
    UNLINK = 6
    MKDIR = 7
    SYNC_BEGUN = 8


class Change(NamedTuple):
    """One thing that happened to the disk. ``offset`` is the new size for TRUNCATE, the thread for a sync."""

    operation: Operation
    path: str
    other: str
    offset: int
    data: bytes


def read_changes(log: Path) -> list[Change]:
    """All that the shim has logged; half an entry at the end (the process was killed) is left out."""
    content = log.read_bytes()
    changes: list[Change] = []
    at = 0
    while at + _HEAD.size <= len(content):
        operation, offset, size, first, second, _ = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        ends = at + first, at + first + second, at + first + second + size
        if ends[2] > len(content):
            break
        path, other = content[at : ends[0]].decode(), content[ends[0] : ends[1]].decode()
        changes.append(Change(Operation(operation), path, other, offset, content[ends[1] : ends[2]]))
        at = ends[2]
    return changes


@dataclass
class _File:
    """``data`` as the programs see it; ``synced`` as it was at the last sync; ``since`` what came after."""

    data: bytearray = field(default_factory=bytearray)
    synced: bytes = b""
    since: list[Change] = field(default_factory=list)
    begun: dict[int, int] = field(default_factory=dict)
    """Of syncs that have begun, by their thread: how many of ``since`` they are to make certain."""

    def change(self, change: Change) -> None:
        self.since.append(change)
        apply(self.data, change)

    def begin_sync(self, thread: int) -> None:
        self.begun[thread] = len(self.since)

    def sync(self, thread: int) -> None:
        """What was written before this sync began is certain."""
        count = max(0, self.begun.pop(thread))
        synced = bytearray(self.synced)
        for change in self.since[:count]:
            apply(synced, change)
        self.synced = bytes(synced)
        del self.since[:count]
        self.begun = {other: begun - count for other, begun in self.begun.items()}

    def after_cut(self, chance: random.Random) -> bytes:
        """What the disk holds of it after a power cut."""
        if not self.since:
            return self.synced
        states = [bytearray(self.synced)]
        sizes = [len(self.synced)]
        for change in self.since:
            states.append(bytearray(states[-1]))
            apply(states[-1], change)
            sizes += range(sizes[-1] // BLOCK * BLOCK + BLOCK, len(states[-1]), BLOCK)
            sizes.append(len(states[-1]))
        # mostly all, nothing, or a first part of it; sometimes any mixture
        size = chance.choice((sizes[0], sizes[-1], chance.choice(sizes), chance.choice(sizes)))
        way = chance.randrange(4)
        upto = chance.randrange(len(states))
        result = bytearray(size)
        for start in range(0, size, BLOCK):
            which = (
                upto
                if way == 0
                else chance.choice((0, len(states) - 1))
                if way == 1
                else chance.randrange(len(states))
                if way == 2
                else len(states) - 1
                if chance.random() < 0.9
                else chance.randrange(len(states))
            )
            if start >= len(states[which]) and start < len(self.synced):
                which = 0  # a truncation frees blocks, it does not write zeros over them
            block = states[which][start : min(start + BLOCK, size)]
            result[start : start + len(block)] = block
        return bytes(result)


def apply(data: bytearray, change: Change) -> None:
    if change.operation is Operation.TRUNCATE:
        del data[change.offset :]
        data.extend(bytes(change.offset - len(data)))
    else:
        data.extend(bytes(max(0, change.offset - len(data))))
        data[change.offset : change.offset + len(change.data)] = change.data


class _Naming(NamedTuple):
    """A change of names; ``file`` is what it names, None for a folder."""

    change: Change
    file: _File | None

    def lies_in(self, folder: str) -> bool:
        paths = [self.change.path, self.change.other] if self.change.other else [self.change.path]
        return folder in {str(Path(path).parent) for path in paths}

    def happen(self, there: dict[str, _File | None]) -> None:
        match self.change.operation:
            case Operation.UNLINK:
                there.pop(self.change.path, None)
            case Operation.RENAME:
                there.pop(self.change.path, None)
                there[self.change.other] = self.file
            case _:
                there[self.change.path] = self.file


def cut_power(changes: Sequence[Change], moment: int, root: Path, target: Path, seed: int) -> None:
    """Write into ``target`` what lay below ``root`` if the power failed after so many changes."""
    chance = random.Random(seed)
    seen: dict[str, _File | None] = {str(root): None}
    certain: dict[str, _File | None] = {str(root): None}
    uncertain: list[_Naming] = []
    for change in changes[:moment]:
        file = seen.get(change.path)
        match change.operation:
            case Operation.MAKE | Operation.MKDIR | Operation.RENAME | Operation.UNLINK:
                if change.operation is Operation.MAKE:
                    file = _File()
                uncertain.append(_Naming(change, file))
                uncertain[-1].happen(seen)
            case Operation.SYNC_BEGUN:
                if file is not None:
                    file.begin_sync(change.offset)
            case Operation.SYNC if file is None:
                for naming in uncertain:
                    if naming.lies_in(change.path):
                        naming.happen(certain)
                uncertain = [naming for naming in uncertain if not naming.lies_in(change.path)]
            case Operation.SYNC:
                assert file is not None
                file.sync(change.offset)
            case _:
                assert file is not None, change.path
                file.change(change)
    for naming in uncertain[: chance.choice((0, len(uncertain), chance.randint(0, len(uncertain))))]:
        naming.happen(certain)
    for path, file in sorted(certain.items()):
        place = target / Path(path).relative_to(root)
        if not place.parent.is_dir():
            continue  # its folder was lost, and it with it
        if file is None:
            place.mkdir(exist_ok=True)
        else:
            place.write_bytes(file.after_cut(chance))
            place.chmod(0o600)
