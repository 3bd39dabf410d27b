"""One writer a record: a lock on its key file, freed by the system when the process ends, however it ends."""

from __future__ import annotations

import os
from pathlib import Path

from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.layout import KEY_FILE


class FolderLock:
    """Raises RecordError IN_USE where another writer holds it. Where the system has no flock (Windows)
    SQLite's own exclusive lock on the database stands alone."""

    def __init__(self, folder: Path) -> None:
        self._handle: int | None = None
        if os.name != "posix":
            return
        import fcntl

        # flock, not SQLite's fcntl locks: those are lost when anyone in the process closes the same file.
        handle = os.open(folder / KEY_FILE, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise RecordError(
                RecordReason.IN_USE, f"another process is writing the record {folder}: end it first"
            ) from None
        except BaseException:
            os.close(handle)
            raise
        if not os.path.samestat(os.fstat(handle), os.stat(folder / KEY_FILE)):
            os.close(handle)  # the key file was exchanged in between
            raise RecordError(
                RecordReason.IN_USE, f"the record {folder} was given another key just now: try again"
            )
        self._handle = handle

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
