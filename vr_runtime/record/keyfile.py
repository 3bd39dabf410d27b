"""``key.json``: a record's own random key, wrapped.

The file has one valid spelling only. It ends in a plain SHA-256 of everything before it, so that damage is
told from a wrong passphrase without any key; and inside, a MAC under the record's key covers every field, so
that a change by someone who repairs that digest shows as well.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.keys import KEY_BYTES, KeySource, Parameters
from vr_runtime.record.layout import KEY_FILE
from vr_runtime.record.recovery import RecoveryKey, Sealed, seal

_FORMAT = "palier-key"
_VERSION = 2
_FIELDS = {
    1: {"kind", "parameters", "check", "nonce", "wrapped"},
    2: {"kind", "parameters", "check", "nonce", "wrapped", "recovery"},
}
"""What each version has beside ``format``, ``version`` and ``mac``."""
_LARGEST = 65_536
_LOCKED_WITH = {
    "passphrase": "a passphrase: set PALIER_PASSPHRASE",
    "key_file": "a key file: give it with --key-file",
    "keyring": "a key in the system's keyring: open it without --key-file and without PALIER_PASSPHRASE",
}


def write_key_file(folder: Path, source: KeySource) -> bytes:
    """Make a record's random 32-byte key, write ``key.json`` (mode 0600, synced to the disk), return the
    key."""
    key = secrets.token_bytes(KEY_BYTES)
    write_new(folder / KEY_FILE, wrap(key, source))
    return key


def wrap(key: bytes, source: KeySource, sealed: Sealed | None = None) -> bytes:
    """The bytes of a key file for this key. ``sealed``: for recovery, where the source names no recovery key."""
    parameters = source.new_parameters()
    wrapping = source.wrapping_key(parameters)
    nonce = secrets.token_bytes(12)
    public = source.recovery_public
    fields: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "kind": source.kind,
        "parameters": parameters,
        "check": _tag(wrapping, b"palier-key-check-1").hex(),
        "nonce": nonce.hex(),
        "wrapped": AESGCM(wrapping).encrypt(nonce, key, _associated(_VERSION, source.kind, parameters)).hex(),
        "recovery": sealed if public is None else seal(key, public),
    }
    fields["mac"] = _mac(key, fields)
    return _spell(fields)


def write_new(path: Path, data: bytes) -> None:
    """A file that was not there (mode 0600), synced to the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def read_key_file(folder: Path, source: KeySource) -> bytes:
    """The record's 32-byte key.

    Raises:
        RecordError: NOT_A_RECORD (no such file, or of a newer version), ALTERED (any bit of the file
            changed), WRONG_KEY (the file is whole but the key is another one), or what the key source raises.
    """
    return unwrap(read_bytes(folder), source)


def read_bytes(folder: Path) -> bytes:
    """The file's bytes, no more than a key file can have. Raises RecordError NOT_A_RECORD."""
    try:
        with (folder / KEY_FILE).open("rb") as file:
            return file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"{folder} holds no {KEY_FILE}: it is no record, or its key was destroyed",
        ) from None


def sealed_in(data: bytes) -> Sealed | None:
    """What the file holds for a recovery key. Raises RecordError ALTERED."""
    return cast(Sealed | None, _parse(data).get("recovery"))


def unwrap(data: bytes, source: KeySource) -> bytes:
    """As :func:`read_key_file`, from the file's bytes."""
    fields = _parse(data)
    if isinstance(source, RecoveryKey):
        key = source.unseal(fields.get("recovery"))
    else:
        key = _unwrapped(fields, source)
    if not hmac.compare_digest(_mac(key, fields), fields["mac"]):
        raise _altered("a field of it was changed")
    return key


def _unwrapped(fields: dict[str, Any], source: KeySource) -> bytes:
    if fields["kind"] != source.kind:
        raise RecordError(
            RecordReason.WRONG_KEY,
            f"this record is locked with {_LOCKED_WITH.get(fields['kind'], repr(fields['kind']))}",
        )
    parameters = cast(Parameters, fields["parameters"])
    wrapping = source.wrapping_key(parameters)
    if not hmac.compare_digest(_tag(wrapping, b"palier-key-check-1").hex(), fields["check"]):
        raise RecordError(
            RecordReason.WRONG_KEY,
            "the record is whole, but it is not locked with this "
            f"{source.kind.replace('_', ' ')}: give the one it was made with",
        )
    try:
        return AESGCM(wrapping).decrypt(
            bytes.fromhex(fields["nonce"]),
            bytes.fromhex(fields["wrapped"]),
            _associated(fields["version"], source.kind, parameters),
        )
    except (InvalidTag, ValueError):
        raise _altered("the wrapped key in it was changed") from None


def _parse(data: bytes) -> dict[str, Any]:
    """The fields, once the file is known to be spelled as it was written."""
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        raise _altered("it is no JSON") from None
    if not isinstance(fields, dict):
        raise _altered("it is no JSON object")
    fields = cast(dict[str, Any], fields)
    if (
        fields.get("format") == _FORMAT
        and isinstance(fields.get("version"), int)
        and fields["version"] > _VERSION
    ):
        # A flipped bit could make a newer version of this one: its digest tells.
        if _digest_holds(data):
            raise RecordError(
                RecordReason.NOT_A_RECORD,
                f"this record's key.json has version {fields['version']}, this version of Palier reads "
                f"{_VERSION}: update it",
            )
        raise _altered("its digest does not fit its content")
    digest = fields.pop("sha256", None)
    own = _FIELDS.get(fields.get("version", 0)) if isinstance(fields.get("version"), int) else None
    if (
        own is None
        or set(fields) != {"format", "version", "mac"} | own
        or not all(isinstance(fields[name], str) for name in (own | {"mac"}) - {"parameters", "recovery"})
        or not isinstance(fields["parameters"], dict)
        or not _is_sealed(fields.get("recovery"))
        or digest is None
        or _spell(fields) != data
        or fields["format"] != _FORMAT
    ):
        raise _altered("its digest does not fit its content")
    return fields


def _is_sealed(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, dict):
        return False
    sealed = cast(dict[str, Any], value)
    return set(sealed) == {"public", "ephemeral", "nonce", "wrapped"} and all(
        isinstance(text, str) for text in sealed.values()
    )


def _spell(fields: dict[str, Any]) -> bytes:
    """The file's one spelling: JSON without the digest, then the digest of those bytes as its last member."""
    plain = json.dumps(fields, indent=1).encode()
    return _with_digest(plain.removesuffix(b"\n}"))


def _with_digest(head: bytes) -> bytes:
    return head + b',\n "sha256": "' + hashlib.sha256(head).hexdigest().encode() + b'"\n}\n'


def _digest_holds(data: bytes) -> bool:
    head, mark, _ = data.rpartition(b',\n "sha256": "')
    return bool(mark) and _with_digest(head) == data


def _mac(key: bytes, fields: dict[str, Any]) -> str:
    covered = {name: value for name, value in fields.items() if name != "mac"}
    canonical = json.dumps(covered, sort_keys=True, separators=(",", ":")).encode()
    return _tag(key, b"palier-key-mac-1" + canonical).hex()


def _associated(version: int, kind: str, parameters: Parameters) -> bytes:
    return json.dumps([_FORMAT, version, kind, parameters], sort_keys=True, separators=(",", ":")).encode()


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _altered(what: str) -> RecordError:
    return RecordError(
        RecordReason.ALTERED,
        f"key.json is damaged or was changed ({what}): put back a copy of it if there is one; "
        "without it the record cannot be opened",
    )
