"""The session record: one encrypted, hash-chained log of events and samples. ``docs/record-format.md``
describes it.

Stands on ``vr_runtime.protocol``; knows nothing of sessions, links or displays.
"""

from vr_runtime.record.buffer import SampleBuffer
from vr_runtime.record.chunks import decode_chunk, encode_chunk
from vr_runtime.record.database import describe_sqlcipher
from vr_runtime.record.derived import DerivedRun, keep_derived, read_derived
from vr_runtime.record.entry import NO_HASH, RECORD_FORMAT, Entry, Sealed, chain
from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keys import (
    FileKey,
    KeyringKey,
    KeySource,
    PassphraseKey,
    key_source_for_new_records,
    key_source_from,
)
from vr_runtime.record.layout import clear_unmade
from vr_runtime.record.locks import erase, rekey
from vr_runtime.record.reader import Reader
from vr_runtime.record.receipts import Receipt, forget, read_receipts
from vr_runtime.record.recover import Recovered, recover
from vr_runtime.record.recovery import RecoveryKey
from vr_runtime.record.verify import RecordState, Verdict, verify
from vr_runtime.record.writer import Health, Writer

__all__ = [
    "NO_HASH",
    "RECORD_FORMAT",
    "DerivedRun",
    "Entry",
    "FileKey",
    "Health",
    "KeySource",
    "KeyringKey",
    "PassphraseKey",
    "Reader",
    "Receipt",
    "RecordError",
    "RecordReason",
    "RecordState",
    "Recovered",
    "RecoveryKey",
    "SampleBuffer",
    "Sealed",
    "Verdict",
    "Writer",
    "chain",
    "clear_unmade",
    "decode_chunk",
    "describe_sqlcipher",
    "encode_chunk",
    "erase",
    "forget",
    "keep_derived",
    "key_source_for_new_records",
    "key_source_from",
    "read_derived",
    "read_receipts",
    "recover",
    "rekey",
    "verify",
]
