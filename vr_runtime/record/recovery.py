"""A recovery key: printed once, kept on paper, opens every record made since, whatever else locked it.

The computer keeps its public half and seals each new record's key to it (X25519, HKDF-SHA256, AES-256-GCM). The
printed half is 160 random bits, spelled in 32 letters and digits that are hard to mistake (Crockford's base 32) and
four more that find a slip of the pen.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vr_runtime.record.errors import RecordError, RecordReason

PUBLIC_FILE = "recovery-key.pub"
"""In the user's Palier folder."""

_SEED_BYTES = 20
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISTAKEN = str.maketrans("OIL", "011")
_CHECK_LETTERS = 4
_GROUP = 4

Sealed = dict[str, str]
"""``public``, ``ephemeral``, ``nonce``, ``wrapped``: bytes in lower-case hexadecimal."""


class RecoveryKey:
    """The printed half. A :class:`~vr_runtime.record.keys.KeySource` that opens records and makes none."""

    kind = "recovery"
    recovery_public: bytes | None = None

    def __init__(self, seed: bytes) -> None:
        self._seed = seed
        self._private = X25519PrivateKey.from_private_bytes(_derived(seed, b"", b"palier-recovery-seed-1"))

    @classmethod
    def new(cls) -> RecoveryKey:
        return cls(secrets.token_bytes(_SEED_BYTES))

    @classmethod
    def of(cls, words: str) -> RecoveryKey:
        """From what was printed; spaces, hyphens and small letters do not matter.

        Raises:
            RecordError: NO_KEY where it is none, or a letter of it is wrong.
        """
        letters = "".join(words.split()).replace("-", "").upper().translate(_MISTAKEN)
        wanted = _SEED_BYTES * 8 // 5 + _CHECK_LETTERS
        if len(letters) != wanted or any(letter not in _LETTERS for letter in letters):
            raise RecordError(
                RecordReason.NO_KEY,
                f"this is no recovery key: one has {wanted} letters and digits in groups of {_GROUP}, "
                f"and {len(letters)} were given"
                + ("" if len(letters) != wanted else ", one of them unknown"),
            )
        value = 0
        for letter in letters[:-_CHECK_LETTERS]:
            value = value * 32 + _LETTERS.index(letter)
        seed = value.to_bytes(_SEED_BYTES, "big")
        if _check(seed) != letters[-_CHECK_LETTERS:]:
            raise RecordError(
                RecordReason.NO_KEY,
                "a letter or digit of the recovery key is wrong: compare it with the paper",
            )
        return cls(seed)

    @property
    def words(self) -> str:
        """As it is printed: nine groups of four."""
        letters = _spelled(int.from_bytes(self._seed, "big"), _SEED_BYTES * 8 // 5) + _check(self._seed)
        return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def new_parameters(self) -> dict[str, str | int]:
        raise RecordError(RecordReason.NO_KEY, "a recovery key opens records; it makes none")

    def wrapping_key(self, parameters: dict[str, str | int]) -> bytes:
        raise RecordError(RecordReason.NO_KEY, "a recovery key opens records; it makes none")

    def unseal(self, sealed: Sealed | None) -> bytes:
        """A record's key. Raises RecordError WRONG_KEY, or ALTERED where it was changed."""
        if sealed is None:
            raise RecordError(
                RecordReason.WRONG_KEY,
                "this record was made without a recovery key: open it with the key that locked it",
            )
        if sealed["public"] != self.public.hex():
            raise RecordError(
                RecordReason.WRONG_KEY, "the record is whole, but it belongs to another recovery key"
            )
        try:
            ephemeral = X25519PublicKey.from_public_bytes(bytes.fromhex(sealed["ephemeral"]))
            shared = self._private.exchange(ephemeral)
            return _cipher(shared, bytes.fromhex(sealed["ephemeral"]), self.public).decrypt(
                bytes.fromhex(sealed["nonce"]), bytes.fromhex(sealed["wrapped"]), _associated(self.public)
            )
        except (InvalidTag, ValueError):
            raise RecordError(
                RecordReason.ALTERED, "key.json is damaged or was changed (the key sealed for recovery)"
            ) from None


def seal(key: bytes, public: bytes) -> Sealed:
    """A record's key, readable by the holder of the printed half alone."""
    mine = X25519PrivateKey.generate()
    ephemeral = mine.public_key().public_bytes_raw()
    shared = mine.exchange(X25519PublicKey.from_public_bytes(public))
    nonce = secrets.token_bytes(12)
    wrapped = _cipher(shared, ephemeral, public).encrypt(nonce, key, _associated(public))
    return {
        "public": public.hex(),
        "ephemeral": ephemeral.hex(),
        "nonce": nonce.hex(),
        "wrapped": wrapped.hex(),
    }


def keep_public(folder: Path, key: RecoveryKey, *, replace: bool = False) -> Path:
    """Have records that this user makes from now on sealed to the key. Returns the file.

    Raises:
        RecordError: EXISTS where there is one already and it is not to be replaced; DISK.
    """
    path = folder / PUBLIC_FILE
    if path.exists() and not replace:
        raise RecordError(
            RecordReason.EXISTS,
            f"there is a recovery key already ({path}): its paper opens the records made so far. A new one opens "
            "only records made from now on; give --replace if that is wanted",
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(key.public.hex() + "\n")
    except OSError as problem:
        raise RecordError(RecordReason.DISK, f"{path} cannot be written: {problem.strerror}") from None
    return path


def kept_public(folder: Path) -> bytes | None:
    """The public half kept in a folder, None where there is none.

    Raises:
        RecordError: NO_KEY where the file is damaged: records would silently be made without it.
    """
    path = folder / PUBLIC_FILE
    try:
        public = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        public = b""
    if len(public) != 32:
        raise RecordError(
            RecordReason.NO_KEY,
            f"{path} is damaged: make a new recovery key, or remove the file to go without",
        )
    return public


def _spelled(value: int, letters: int) -> str:
    return "".join(_LETTERS[value >> 5 * place & 31] for place in reversed(range(letters)))


def _check(seed: bytes) -> str:
    digest = hashlib.sha256(b"palier-recovery-check-1" + seed).digest()
    return _spelled(int.from_bytes(digest[:3], "big") >> 4, _CHECK_LETTERS)


def _derived(secret: bytes, salt: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(secret)


def _cipher(shared: bytes, ephemeral: bytes, public: bytes) -> AESGCM:
    return AESGCM(_derived(shared, ephemeral + public, b"palier-recovery-1"))


def _associated(public: bytes) -> bytes:
    return json.dumps(["palier-key", "recovery", public.hex()], separators=(",", ":")).encode()
