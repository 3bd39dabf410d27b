"""A record's files as they stand at one moment, whether it is closed, live, or left by a crash.

A closed record is read where it lies. One with a log beside it may be in use: its two files are copied, still
encrypted, to a private folder (mode 0700), and the copy is read; the record itself is never touched.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from types import TracebackType

from vr_runtime.record import layout
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.wal import HEADER_BYTES

_ATTEMPTS = 100
_PAUSE_S = 0.02


class Snapshot:
    """``database`` and ``log`` are the paths to read. ``whole``: there is no log, so nothing is to be played
    back.

    Raises:
        RecordError: NOT_A_RECORD; ALTERED where the folder holds a rollback journal, which no record ever
            has; IN_USE where the files never stood still for as long as the copying took.
    """

    def __init__(self, folder: Path) -> None:
        layout.check_folder(folder)
        if (folder / layout.JOURNAL).exists():
            raise RecordError(
                RecordReason.ALTERED,
                f"{folder} holds a file {layout.JOURNAL} that no record has: someone put it there",
            )
        self._folder = folder
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self.database = folder / layout.DATABASE
        self.log = folder / layout.LOG
        self.whole = not self.log.exists()
        if not self.whole:
            self._copy()

    def close(self) -> None:
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    def __enter__(self) -> Snapshot:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _copy(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="palier-")
        target = Path(self._temporary.name)
        try:
            for _ in range(_ATTEMPTS):
                before = self._state()
                if before[2] is None:
                    # Closed in the meantime.
                    self.close()
                    self.whole = True
                    return
                try:
                    # The database first: whatever a checkpoint has moved into it is then still in the log's
                    # copy.
                    shutil.copyfile(self.database, target / layout.DATABASE)
                    shutil.copyfile(self.log, target / layout.LOG)
                except FileNotFoundError:
                    continue
                if self._state() == before:
                    self.database = target / layout.DATABASE
                    self.log = target / layout.LOG
                    return
                time.sleep(_PAUSE_S)
        except BaseException:
            self.close()
            raise
        self.close()
        raise RecordError(RecordReason.IN_USE, f"{self._folder} changes too fast to be read: try again")

    def _state(self) -> tuple[int, int, bytes | None]:
        """Changes whenever the log begins anew or the database is written to."""
        status = self.database.stat()
        try:
            with self.log.open("rb") as file:
                head = file.read(HEADER_BYTES)
        except FileNotFoundError:
            head = None
        return status.st_size, status.st_mtime_ns, head
