"""Which consoles hold a record whole, noted beside it. Only then may the runtime be told to forget its own.

A receipt is no part of the record and proves nothing to a court: it keeps a clinic from deleting the only copy.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, cast

from vr_runtime.record import layout
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keyfile import write_new
from vr_runtime.record.keys import KeySource
from vr_runtime.record.locks import erase
from vr_runtime.record.verify import RecordState, verify


class Receipt(NamedTuple):
    """A console's word that its copy reaches to the entry ``seq``, whose hash (64 hexadecimal digits) it gave."""

    console: str
    key: str
    """The console's public key (z85): which machine that is."""
    seq: int
    hash: str
    wall_utc: str


def note_receipts(folder: Path, fresh: Iterable[Receipt]) -> None:
    """Add receipts to a record; a console's newer one takes the place of its older one.

    Raises:
        RecordError: DISK.
    """
    kept = {receipt.key: receipt for receipt in (*read_receipts(folder), *fresh)}
    lines = json.dumps([receipt._asdict() for receipt in kept.values()], indent=1).encode() + b"\n"
    draft = folder / f".{layout.RECEIPTS}.{secrets.token_hex(4)}"
    try:
        write_new(draft, lines)
        os.replace(draft, folder / layout.RECEIPTS)
        layout.sync_folder(folder)
    except OSError as problem:
        raise RecordError(
            RecordReason.DISK, f"{folder / layout.RECEIPTS} cannot be written: {problem.strerror}"
        ) from None


def read_receipts(folder: Path) -> list[Receipt]:
    """The receipts of a record; a file that cannot be read counts as none."""
    try:
        rows: Any = json.loads((folder / layout.RECEIPTS).read_bytes())
        return [Receipt(**cast("dict[str, Any]", row)) for row in rows]
    except (OSError, ValueError, TypeError):
        return []


def holders(folder: Path, last_seq: int, last_hash: bytes) -> list[Receipt]:
    """The consoles that hold a record up to this last entry."""
    return [
        receipt
        for receipt in read_receipts(folder)
        if receipt.seq == last_seq and receipt.hash.lower() == last_hash.hex()
    ]


def forget(folder: Path, key: KeySource) -> list[Receipt]:
    """Erase the runtime's own record, if it is whole and a console holds all of it.

    Returns:
        Who holds it.

    Raises:
        RecordError: NOT_COPIED, and what :func:`verify` and :func:`erase` raise; then nothing was erased.
    """
    verdict = verify(folder, key)
    if verdict.state is not RecordState.INTACT:
        raise RecordError(
            RecordReason.NOT_COPIED,
            f"{folder} is kept: it is not a whole record ({verdict.message}). Bring it into order with "
            "`vr-runtime records recover`, hand it over, then forget it",
        )
    found = holders(folder, verdict.last_seq, verdict.last_hash)
    if not found:
        raise RecordError(
            RecordReason.NOT_COPIED,
            f"{folder} is kept: no console has said that it holds all of it. Run "
            f"`vr-runtime records hand-over {folder}` while the console is open",
        )
    erase(folder)
    return found
