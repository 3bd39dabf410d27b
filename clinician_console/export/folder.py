"""A folder that appears whole or not at all, for its owner alone: exports hold health data in the clear."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinician_console.export.errors import ExportError, ExportReason
from vr_runtime.record.layout import make_folder, sync_folder


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """Write into a folder of another name beside ``path``; it gets that name when the block ends without an error.
    Otherwise nothing is left of it. Folders have mode 0700, files 0600.

    Raises:
        ExportError: EXISTS where there is something of that name (an empty folder is taken); NOT_WRITTEN.
    """
    path = path.absolute()
    _refuse_to_overwrite(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.draft")
    try:
        make_folder(path.parent)
        draft.mkdir(mode=0o700)
        yield draft
        for folder, folders, files in os.walk(draft):
            for name in folders:
                os.chmod(os.path.join(folder, name), 0o700)
            for name in files:
                os.chmod(os.path.join(folder, name), 0o600)
        _refuse_to_overwrite(path)
        if path.is_dir():
            path.rmdir()
        draft.rename(path)
        sync_folder(path.parent)
    except OSError as problem:
        raise ExportError(
            ExportReason.NOT_WRITTEN,
            f"{path} cannot be written ({problem.strerror or problem}): choose another folder",
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_private(path: Path, data: bytes) -> None:
    """A new file below a draft, for its owner alone from the first moment on; its folders are made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _refuse_to_overwrite(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not (path.is_dir() and not any(path.iterdir()))):
        raise ExportError(
            ExportReason.EXISTS, f"{path} is there already: give another name, nothing is overwritten"
        )
