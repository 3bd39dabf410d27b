"""An export that runs beside the pages: chosen, written and noted in a thread of its own, one at a time.

It ends as a folder below the exports' own, or as one zip file to be fetched once from the console's page. What was made
to be fetched and never was goes when the next one begins.
"""

from __future__ import annotations

import secrets
import shutil
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from clinician_console.clinic.port import ClinicStore
from clinician_console.export.choose import note_export
from clinician_console.export.errors import ExportError, ExportReason
from clinician_console.export.portion import Format, Portion
from clinician_console.export.write import Export, write_export
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record.layout import make_folder

Choose = Callable[[], Portion]
State = Literal["none", "running", "done", "failed"]

FETCHED = ".to-fetch"


@dataclass(frozen=True)
class Standing:
    """How the latest export stands. ``token``: what the zip file is asked for by; empty where it is a folder."""

    state: State = "none"
    sessions_done: int = 0
    sessions: int = 0
    problem: str = ""
    folder: str = ""
    token: str = ""
    left_out: dict[str, int] = field(default_factory=dict)
    interrupted: int = 0


class ExportDesk:
    """Told from the pages' threads. ``halt`` is asked between sessions: true ends the export, nothing of it is left."""

    def __init__(self, store: ClinicStore, home: Path, halt: Callable[[], bool] = lambda: False) -> None:
        self._store = store
        self.home = home
        self._halt = halt
        self._lock = threading.Lock()
        self._standing = Standing()
        self._thread: threading.Thread | None = None

    def standing(self) -> Standing:
        with self._lock:
            return self._standing

    def start(self, choose: Choose, to: Format, *, zipped: bool) -> bool:
        """Begin one; false while another is running."""
        with self._lock:
            if self._standing.state == "running":
                return False
            self._standing = Standing("running")
        self._thread = threading.Thread(
            target=self._run, args=(choose, to, zipped), daemon=True, name="export"
        )
        self._thread.start()
        return True

    def wait(self, seconds: float) -> bool:
        """For tests: whether it came to its end."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self.standing().state != "running"

    def fetched(self, token: str) -> Path | None:
        """The zip file of that token, once: afterwards it is the caller's to delete."""
        with self._lock:
            if not token or not secrets.compare_digest(token.encode(), self._standing.token.encode()):
                return None
            path = self.home / FETCHED / f"{token}.zip"
            self._standing = Standing("none")
        return path if path.is_file() else None

    def _run(self, choose: Choose, to: Format, zipped: bool) -> None:
        try:
            done = self._made(choose, to, zipped)
        except PalierError as problem:
            done = Standing("failed", problem=str(problem))
        except OSError as problem:
            done = Standing("failed", problem=f"it cannot be written ({problem.strerror or problem})")
        except Exception as problem:  # noqa: BLE001 - a thread that ends without a word leaves the page waiting
            done = Standing("failed", problem=f"it failed ({type(problem).__name__}): nothing was written")
        with self._lock:
            self._standing = done

    def _made(self, choose: Choose, to: Format, zipped: bool) -> Standing:
        shutil.rmtree(self.home / FETCHED, ignore_errors=True)
        self._may_go_on()
        portion = choose()
        parent = self.home / FETCHED if zipped else self.home
        make_folder(parent)
        token = secrets.token_urlsafe(24) if zipped else ""
        folder = parent / (token or free_name(parent, f"{portion.name or portion.scope}-{to.value}"))
        export = write_export(portion, to, folder, self._progress)
        if zipped:
            _zip(folder, parent / f"{token}.zip")
            shutil.rmtree(folder)
        note_export(self._store, portion, to)
        return _standing(export, portion, token)

    def _progress(self, done: int, total: int) -> None:
        with self._lock:
            self._standing = Standing("running", done, total)
        self._may_go_on()

    def _may_go_on(self) -> None:
        if self._halt():
            raise ExportError(
                ExportReason.NOT_WRITTEN,
                "a session is running, and the computer is the session's: export when it has ended; nothing was written",
            )


def free_name(parent: Path, name: str) -> str:
    """``name``, or with the first number that is not taken. It holds no pseudonym and no date."""
    number, found = 1, name
    while (parent / found).exists():
        number += 1
        found = f"{name}-{number}"
    return found


def _standing(export: Export, portion: Portion, token: str) -> Standing:
    return Standing(
        "done",
        len(export.origins),
        portion.sittings,
        folder="" if token else str(export.folder),
        token=token,
        left_out=portion.left_out,
        interrupted=export.interrupted,
    )


def _zip(folder: Path, path: Path) -> None:
    """Readable by its owner alone. No times of files: they would tell when it was made, and the bytes would differ."""
    path.touch(mode=0o600)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as zipped:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(folder)))
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            with zipped.open(entry, "w") as into, file.open("rb") as data:
                shutil.copyfileobj(data, into)
