"""Builds the shim and puts it under a process; a test turns its knobs while the process runs."""

from __future__ import annotations

import errno
import mmap
import os
import struct
from pathlib import Path
from types import TracebackType

from tests.helpers.shims import compiled

_SOURCE = Path(__file__).with_name("shim.c")
_KNOBS = struct.Struct("<3q")
_DELAY, _ERROR, _ROOM = 0, 1, 2


class Shim(os.PathLike[str]):
    """The compiled shim's path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


def build_shim(folder: Path) -> Shim:
    """Compile the shim into a folder."""
    return Shim(compiled(_SOURCE, folder / "disk.so"))


class Disk:
    """A folder that pretends to be a disk of its own, for the processes that are started with :meth:`environment`."""

    def __init__(self, shim: Shim, folder: Path, *, log: Path | None = None) -> None:
        self.folder = folder
        self._shim = shim
        self._log = log
        folder.mkdir(parents=True, exist_ok=True)
        self._control = folder.with_name(folder.name + ".control")
        self._control.write_bytes(_KNOBS.pack(0, 0, -1))
        self._file = self._control.open("r+b")
        self._knobs = mmap.mmap(self._file.fileno(), _KNOBS.size)

    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to write to this disk."""
        own = {
            "LD_PRELOAD": os.fspath(self._shim),
            "PALIER_DISK_FOLDER": str(self.folder),
            "PALIER_DISK_CONTROL": str(self._control),
        }
        return own if self._log is None else {**own, "PALIER_DISK_LOG": str(self._log)}

    def slow(self, sync_ms: int) -> None:
        """Each sync takes so long from now on."""
        self._turn(_DELAY, sync_ms)

    def full(self) -> None:
        """Nothing can grow any more."""
        self._turn(_ERROR, errno.ENOSPC)

    def room(self, size: int) -> None:
        """So many bytes are left."""
        self._turn(_ROOM, size)

    def read_only(self) -> None:
        """As a disk that the system has taken away the right to write from."""
        self._turn(_ERROR, errno.EROFS)

    def failing(self) -> None:
        """Every write and every sync is an I/O error."""
        self._turn(_ERROR, errno.EIO)

    def well(self) -> None:
        """All is as it should be again."""
        self._knobs[:] = _KNOBS.pack(0, 0, -1)

    def close(self) -> None:
        self._knobs.close()
        self._file.close()

    def __enter__(self) -> Disk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _turn(self, knob: int, value: int) -> None:
        struct.pack_into("<q", self._knobs, 8 * knob, value)
