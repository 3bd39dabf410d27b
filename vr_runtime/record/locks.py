"""Changing what locks a record, and destroying it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from vr_runtime.record import layout
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keyfile import read_bytes, sealed_in, unwrap, wrap, write_new
from vr_runtime.record.keys import KeySource
from vr_runtime.record.lock import FolderLock

_NEW = "key.json.new"


def rekey(folder: Path, old: KeySource, new: KeySource) -> None:
    """Lock a record with another key, at once or not at all. Its own key stays, and with it what is sealed for
    recovery (unless ``new`` names a recovery key of its own): who has kept a copy of the old ``key.json`` *and* the
    old passphrase can still open a copy of the record.

    Raises:
        RecordError: what :func:`~vr_runtime.record.keyfile.read_key_file` raises; IN_USE while it is written; DISK.
    """
    layout.check_folder(folder)
    lock = FolderLock(folder)
    try:
        data = read_bytes(folder)
        changed = wrap(unwrap(data, old), new, sealed_in(data))
        unwrap(changed, new)  # what cannot be opened again replaces nothing
        (folder / _NEW).unlink(missing_ok=True)
        write_new(folder / _NEW, changed)
        os.replace(folder / _NEW, folder / layout.KEY_FILE)
        layout.sync_folder(folder)
    except OSError as problem:
        raise RecordError(
            RecordReason.DISK, f"{folder / layout.KEY_FILE} cannot be written: {problem.strerror}"
        ) from None
    finally:
        lock.release()


def erase(folder: Path) -> None:
    """Destroy a record: its wrapped key first, written over and removed, then the rest. Without that key no copy of
    the database can be read by anyone. Needs no key: who can delete the folder can do this.

    Copies of the whole folder (a backup, the other side's) are records of their own: erase them there.

    Raises:
        RecordError: NOT_A_RECORD; IN_USE while it is written; DISK.
    """
    layout.check_folder(folder)
    lock = FolderLock(folder)
    try:
        for name in (layout.KEY_FILE, _NEW):
            _destroy(folder / name)
        layout.sync_folder(folder)
        for name in (
            layout.LOG,
            layout.DATABASE,
            layout.RECEIPTS,
            layout.DERIVED,
            f"{layout.DERIVED}-journal",
        ):
            (folder / name).unlink(missing_ok=True)
        layout.sync_folder(folder)
    except OSError as problem:
        raise RecordError(
            RecordReason.DISK, f"{folder} could not be erased wholly: {problem.strerror}"
        ) from None
    finally:
        lock.release()
    if not any(folder.iterdir()):
        folder.rmdir()


def _destroy(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        file.write(secrets.token_bytes(size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
