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

_FORMAT = "palier-key"
_VERSION = 1
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
    parameters = source.new_parameters()
    wrapping = source.wrapping_key(parameters)
    nonce = secrets.token_bytes(12)
    fields: dict[str, Any] = {
        "format": _FORMAT,
        "version": _VERSION,
        "kind": source.kind,
        "parameters": parameters,
        "check": _tag(wrapping, b"palier-key-check-1").hex(),
        "nonce": nonce.hex(),
        "wrapped": AESGCM(wrapping).encrypt(nonce, key, _associated(source.kind, parameters)).hex(),
    }
    fields["mac"] = _mac(key, fields)
    handle = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(_spell(fields))
        file.flush()
        os.fsync(file.fileno())
    return key


def read_key_file(folder: Path, source: KeySource) -> bytes:
    """The record's 32-byte key.

    Raises:
        RecordError: NOT_A_RECORD (no such file, or of a newer version), ALTERED (any bit of the file
            changed), WRONG_KEY (the file is whole but the key is another one), or what the key source raises.
    """
    try:
        with (folder / KEY_FILE).open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise RecordError(
            RecordReason.NOT_A_RECORD,
            f"{folder} holds no {KEY_FILE}: it is no record, or its key was destroyed",
        ) from None
    return unwrap(data, source)


def unwrap(data: bytes, source: KeySource) -> bytes:
    """As :func:`read_key_file`, from the file's bytes."""
    fields = _parse(data)
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
        key = AESGCM(wrapping).decrypt(
            bytes.fromhex(fields["nonce"]),
            bytes.fromhex(fields["wrapped"]),
            _associated(source.kind, parameters),
        )
    except (InvalidTag, ValueError):
        raise _altered("the wrapped key in it was changed") from None
    if not hmac.compare_digest(_mac(key, fields), fields["mac"]):
        raise _altered("a field of it was changed")
    return key


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
    names = {"format", "version", "kind", "parameters", "check", "nonce", "wrapped", "mac"}
    texts = names - {"version", "parameters"}
    if (
        set(fields) != names
        or not all(isinstance(fields[name], str) for name in texts)
        or not isinstance(fields["parameters"], dict)
        or digest is None
        or _spell(fields) != data
        or fields["format"] != _FORMAT
        or fields["version"] != _VERSION
    ):
        raise _altered("its digest does not fit its content")
    return fields


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


def _associated(kind: str, parameters: Parameters) -> bytes:
    return json.dumps([_FORMAT, _VERSION, kind, parameters], sort_keys=True, separators=(",", ":")).encode()


def _tag(key: bytes, message: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()


def _altered(what: str) -> RecordError:
    return RecordError(
        RecordReason.ALTERED,
        f"key.json is damaged or was changed ({what}): put back a copy of it if there is one; "
        "without it the record cannot be opened",
    )
