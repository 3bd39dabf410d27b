"""Free text and bodies, sealed under the clinic's data key where the database itself is not.

A sealed text is ``1.`` and the base64 of a 12-byte nonce and the AES-256-GCM ciphertext. What it is bound to (table,
id, column, version) is authenticated with it: a text that was put into another row, or an older one put back into its
own, does not open.
"""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from clinician_console.clinic.port import StoreError, StoreReason

_MARK = "1."
_PACK_FROM = 256
"""Bytes from which a text is packed (zlib) before it is sealed."""


class Seal(Protocol):
    def close(self, text: str, *bound: str | int) -> str: ...
    def open(self, sealed: str, *bound: str | int) -> str:
        """Raises StoreError NOT_REACHABLE where it is not what was closed."""
        ...


class NoSeal:
    """Where the whole database is encrypted."""

    def close(self, text: str, *bound: str | int) -> str:
        return text

    def open(self, sealed: str, *bound: str | int) -> str:
        return sealed


class DataSeal:
    """Under a key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def close(self, text: str, *bound: str | int) -> str:
        plain = text.encode()
        plain = b"z" + zlib.compress(plain) if len(plain) >= _PACK_FROM else b"-" + plain
        nonce = secrets.token_bytes(12)
        return (
            _MARK + base64.b64encode(nonce + self._cipher.encrypt(nonce, plain, _associated(bound))).decode()
        )

    def open(self, sealed: str, *bound: str | int) -> str:
        try:
            if not sealed.startswith(_MARK):
                raise ValueError
            data = base64.b64decode(sealed[len(_MARK) :], validate=True)
            plain = self._cipher.decrypt(data[:12], data[12:], _associated(bound))
        except (InvalidTag, ValueError):
            raise StoreError(
                StoreReason.NOT_REACHABLE,
                f"{bound[0]} {bound[1]}: what is stored was changed outside Palier, or is damaged: restore it from a backup",
            ) from None
        return (zlib.decompress(plain[1:]) if plain[:1] == b"z" else plain[1:]).decode()


def _associated(bound: tuple[str | int, ...]) -> bytes:
    return json.dumps(bound, separators=(",", ":")).encode()
