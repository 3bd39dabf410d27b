"""The files of a record's folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from vr_runtime.record.errors import RecordError, RecordReason

DATABASE = "record.db"
LOG = "record.db-wal"
KEY_FILE = "key.json"
RECEIPTS = "receipts.json"
"""Not a part of the record: which consoles hold it whole."""
DERIVED = "derived.db"
"""Not a part of the record: what was computed from it afterwards, under its key."""
UNMADE = "record.db.new"
"""A database that is being made; it gets its name when it is whole. A crash may leave it, with nothing in it."""
JOURNAL = "record.db-journal"
"""SQLite's rollback journal. A record never has one; one that someone put there would be played back."""


def check_folder(folder: Path) -> None:
    """Raises RecordError NOT_A_RECORD where the folder lacks a record's files; the message says which."""
    if not folder.is_dir():
        raise RecordError(
            RecordReason.NOT_A_RECORD, f"{folder} is no folder: a record is a folder with {DATABASE} in it"
        )
    if not (folder / DATABASE).is_file():
        raise RecordError(RecordReason.NOT_A_RECORD, f"{folder} holds no {DATABASE}: it is no record")
    if not (folder / KEY_FILE).is_file():
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"{folder} holds no {KEY_FILE}: it is no record, or its key was destroyed",
        )


def make_folder(folder: Path) -> None:
    """Make a folder (mode 0700) and those above it that are not there, so that all of them survive a power cut."""
    made = folder
    while not made.parent.exists():
        made = made.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for inner in (folder, *folder.parents):
        sync_folder(inner.parent)
        if inner == made:
            break


def clear_unmade(folder: Path) -> None:
    """Take away what the interrupted making of a record left: files without any entry. A record stays as it is."""
    if (folder / DATABASE).exists() or (folder / LOG).exists():
        return
    for name in (UNMADE, f"{UNMADE}-wal", KEY_FILE):
        (folder / name).unlink(missing_ok=True)


def sync_file(path: Path) -> None:
    """What was written to it, and its size, survive a power cut."""
    handle = os.open(path, os.O_RDWR)
    try:
        sync_handle(handle)
    finally:
        os.close(handle)


def sync_handle(handle: int) -> None:
    """The same for a file that is open to write."""
    if sys.platform == "darwin":
        # There fsync leaves it in the disk's cache.
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """What was made, renamed or removed in it survives a power cut. (Windows has no such call.)"""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
