"""Why a record could not be made, opened or written."""

from __future__ import annotations

from enum import Enum

from vr_runtime.protocol.errors import PalierError


class RecordReason(Enum):
    NOT_A_RECORD = "not_a_record"
    """The folder does not hold a record, or one of a format that this version cannot read."""
    WRONG_KEY = "wrong_key"
    """The record is whole, but this key or passphrase does not open it."""
    ALTERED = "altered"
    """Bytes of the record were changed or damaged."""
    CHAIN = "chain"
    """An entry does not continue the chain of the entries before it."""
    NO_KEY = "no_key"
    """No key was given, or the one that was named cannot be had."""
    KEY_FILE_OPEN_TO_OTHERS = "key_file_open_to_others"
    EXISTS = "exists"
    IN_USE = "in_use"
    """Another process is writing this record."""
    CLOSED = "closed"
    """The record was closed; nothing is appended to a closed record."""
    NOT_COPIED = "not_copied"
    """No console holds the record whole, so it is not forgotten here."""
    DISK = "disk"
    """The disk is full or does not take what is written."""
    LIBRARY = "library"
    """SQLCipher is too old to be trusted with a record."""


_EXIT_STATUS = {
    RecordReason.NOT_A_RECORD: 7,
    RecordReason.WRONG_KEY: 6,
    RecordReason.NO_KEY: 6,
    RecordReason.KEY_FILE_OPEN_TO_OTHERS: 6,
    RecordReason.ALTERED: 4,
    RecordReason.CHAIN: 4,
    RecordReason.EXISTS: 2,
    RecordReason.IN_USE: 2,
    RecordReason.CLOSED: 2,
    RecordReason.NOT_COPIED: 2,
}


class RecordError(PalierError):
    """``reason`` is a :class:`RecordReason`; ``exit_status`` follows from it (4 altered, 6 key, 7 no
    record)."""

    def __init__(self, reason: RecordReason, message: str) -> None:
        super().__init__(reason, message)
        self.exit_status = _EXIT_STATUS.get(reason, 1)
