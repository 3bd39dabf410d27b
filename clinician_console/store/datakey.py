"""The clinic's data key: 32 random bytes, wrapped as the keys of records are.

From it come, each by HKDF-SHA-256 under a name of its own, the key of the encrypted file, of the sealed columns, and of
the audit trail.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinician_console.clinic.port import StoreError, StoreReason
from vr_runtime.record import KeySource, RecordError, RecordReason
from vr_runtime.record.keyfile import sealed_in, unwrap, wrap, write_new
from vr_runtime.record.keys import KEY_BYTES
from vr_runtime.record.layout import sync_folder

_LARGEST = 65_536


@dataclass(frozen=True)
class DataKey:
    """``file``: for SQLCipher; ``columns``: for sealed columns; ``audit``: for the audit trail."""

    secret: bytes = field(repr=False)

    @property
    def file(self) -> bytes:
        return self._derived(b"palier-clinic-file-1")

    @property
    def columns(self) -> bytes:
        return self._derived(b"palier-clinic-columns-1")

    @property
    def audit(self) -> bytes:
        return self._derived(b"palier-clinic-audit-1")

    def _derived(self, purpose: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=purpose).derive(self.secret)


def new_wrapped(source: KeySource) -> tuple[DataKey, bytes]:
    """A new key, and the bytes that keep it. Raises StoreError WRONG_KEY where there is nothing to wrap it with."""
    key = secrets.token_bytes(KEY_BYTES)
    try:
        return DataKey(key), wrap(key, source)
    except RecordError as problem:
        raise _told(problem, "") from None


def opened(wrapped: bytes, source: KeySource, where: str) -> DataKey:
    """Raises StoreError WRONG_KEY, or NOT_REACHABLE where the wrapped key is damaged, or NEWER."""
    try:
        return DataKey(unwrap(wrapped, source))
    except RecordError as problem:
        raise _told(problem, where) from None


def locked_anew(wrapped: bytes, old: KeySource, new: KeySource, where: str) -> bytes:
    """The same key under another lock; what is sealed for recovery stays, unless ``new`` names a recovery key.

    Raises:
        StoreError: as :func:`opened`.
    """
    try:
        changed = wrap(unwrap(wrapped, old), new, sealed_in(wrapped))
        unwrap(changed, new)  # what cannot be opened again replaces nothing
    except RecordError as problem:
        raise _told(problem, where) from None
    return changed


def kept_in(path: Path, source: KeySource) -> DataKey:
    """The key in this file; a new one is made where there is none, whole or not at all, by one of several at once."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        _, wrapped = new_wrapped(source)
        try:
            write_new(draft, wrapped)
            with suppress(FileExistsError):
                os.link(draft, path)
            sync_folder(path.parent)
        finally:
            draft.unlink(missing_ok=True)
    return opened(read(path), source, str(path))


def read(path: Path) -> bytes:
    """The wrapped key in a file, and no more than one can have."""
    with path.open("rb") as file:
        return file.read(_LARGEST + 1)


def replace(path: Path, wrapped: bytes) -> None:
    """Another wrapped key in its place, at once or not at all."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        write_new(draft, wrapped)
        os.replace(draft, path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _told(problem: RecordError, where: str) -> StoreError:
    text = (
        str(problem)
        .replace("the record is whole", "the key is whole")
        .replace("key.json", where or "the key")
    )
    text = text.replace("this record", "the clinic's data").replace("the record", "the clinic's data")
    text = text.replace("A record is", "Data is")
    match problem.reason:
        case RecordReason.ALTERED:
            return StoreError(
                StoreReason.NOT_REACHABLE,
                f"{text}. Put it back from a backup; nothing else opens the clinic's data",
            )
        case RecordReason.NOT_A_RECORD:
            return StoreError(StoreReason.NEWER, text)
        case _:
            return StoreError(StoreReason.WRONG_KEY, text)
