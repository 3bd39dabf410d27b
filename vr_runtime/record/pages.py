"""SQLCipher 4's pages, read without SQLite: is each as it was written?

A page ends in 16 bytes of IV and 64 bytes of HMAC-SHA512 over its ciphertext, the IV and its number. The
first 16 bytes of the first page are the salt that the HMAC's key comes from, so every bit of the file is
covered.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from vr_runtime.record.database import PAGE_BYTES

_HMAC_BYTES = 64
_SALT_BYTES = 16
_SALT_MASK = 0x3A
_HMAC_KEY_ROUNDS = 2
_BLOCK = 512
"""What a disk writes at once, at least."""
_MOST = 100
"""Changed pages after which no more are looked for."""


class PageCheck:
    """Checks pages of one database, whose salt (its first 16 bytes) and raw key are given."""

    def __init__(self, key: bytes, salt: bytes) -> None:
        masked = bytes(octet ^ _SALT_MASK for octet in salt)
        hmac_key = hashlib.pbkdf2_hmac("sha512", key, masked, _HMAC_KEY_ROUNDS, 32)
        self._keyed = hmac.new(hmac_key, digestmod=hashlib.sha512)

    def holds(self, number: int, page: bytes | memoryview) -> bool:
        """Whether this is page ``number`` (from 1) as it was written."""
        signed = self._keyed.copy()
        signed.update(page[_SALT_BYTES if number == 1 else 0 : PAGE_BYTES - _HMAC_BYTES])
        signed.update(number.to_bytes(4, "little"))
        return hmac.compare_digest(signed.digest(), page[PAGE_BYTES - _HMAC_BYTES :])


class DatabaseScan(NamedTuple):
    """``pages`` whole pages; ``bad`` the numbers of those that were changed (at most ``_MOST``);
    ``stray_bytes`` after the last."""

    pages: int
    bad: tuple[int, ...]
    stray_bytes: int

    @property
    def none_holds(self) -> bool:
        """Whether there are pages, and every one that was looked at was changed."""
        return 1 < self.pages == len(self.bad) or (len(self.bad) == _MOST and self.bad[-1] == _MOST)


def salt_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_SALT_BYTES)


def scan_database(
    path: Path, check: PageCheck, log: bytes = b"", held: Mapping[int, int] = MappingProxyType({})
) -> DatabaseScan:
    """Every page of the file. A page that the log holds as well (``held``: where in ``log``) may be torn, for
    a crash may have come while it was copied from there; the log's version is the one that counts."""
    bad: list[int] = []
    number = 0
    stray = 0
    with path.open("rb") as file:
        while page := file.read(PAGE_BYTES):
            number += 1
            at = held.get(number)
            newest = None if at is None else log[at : at + PAGE_BYTES]
            if len(page) < PAGE_BYTES:
                # the part that is not there counts as blocks that were never written
                if newest is None or not (
                    newest.startswith(page) or _torn_copy(page.ljust(PAGE_BYTES, b"\0"), newest)
                ):
                    stray = len(page)
                number -= 1
            elif not check.holds(number, page) and (newest is None or not _torn_copy(page, newest)):
                bad.append(number)
                if len(bad) == _MOST:
                    break
    return DatabaseScan(number, tuple(bad), stray)


def _torn_copy(page: bytes, newest: bytes) -> bool:
    """Whether this is a half-done copy of ``newest`` over something else, or over nothing.

    A copy is torn between the disk's blocks, and what is encrypted anew differs in half its bits; a block
    that differs in a few bits only was changed.
    """
    changed = np.frombuffer(page, np.uint8) ^ np.frombuffer(newest, np.uint8)
    bits = np.unpackbits(changed).reshape(-1, _BLOCK * 8).sum(axis=1, dtype=np.int64)
    copied = bits == 0
    foreign = bits > _BLOCK * 8 // 4
    return bool((copied | foreign).all()) and (bool(copied.any()) or not any(page))
