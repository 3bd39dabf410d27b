"""Where the key comes from that locks a record's own key: a passphrase, a key file, the system's keyring.

Each source turns itself into a 32-byte wrapping key with parameters that ``key.json`` keeps in the clear.
Deriving from a passphrase takes a tenth of a second and 64 MiB: never do it on the loop.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from argon2.low_level import Type, hash_secret_raw

from vr_runtime.record.errors import RecordError, RecordReason
from vr_runtime.record.layout import KEY_FILE, check_folder
from vr_runtime.record.recovery import RecoveryKey, kept_public

KEY_BYTES = 32
PASSPHRASE_VARIABLE = "PALIER_PASSPHRASE"
RECOVERY_VARIABLE = "PALIER_RECOVERY_KEY"

Parameters = dict[str, str | int]
"""What a source needs to derive the same wrapping key again; strings and integers only."""

_WHAT_TO_DO = (
    f"Give --key-file FILE, or set {PASSPHRASE_VARIABLE}, or install and unlock a keyring "
    "(GNOME Keyring, KWallet, macOS Keychain, Windows Credential Manager). "
    "A record is never kept unencrypted."
)


class KeySource(Protocol):
    """One way to a wrapping key. ``kind`` is written to key.json."""

    recovery_public: bytes | None
    """The public half of the recovery key that new records are sealed to as well; None: they are not."""

    @property
    def kind(self) -> str: ...

    def new_parameters(self) -> Parameters:
        """Fresh parameters (a random salt) for a new record."""
        ...

    def wrapping_key(self, parameters: Parameters) -> bytes:
        """32 bytes. Raises RecordError NO_KEY, KEY_FILE_OPEN_TO_OTHERS, or ALTERED for impossible
        parameters."""
        ...


class PassphraseKey:
    """A passphrase through Argon2id (RFC 9106; 64 MiB, 3 passes, 4 lanes)."""

    kind = "passphrase"
    recovery_public: bytes | None = None

    def __init__(self, passphrase: str) -> None:
        if not passphrase:
            raise RecordError(RecordReason.NO_KEY, f"the passphrase is empty. {_WHAT_TO_DO}")
        self._passphrase = passphrase

    def new_parameters(self) -> Parameters:
        return {
            "kdf": "argon2id",
            "memory_kib": 65536,
            "passes": 3,
            "lanes": 4,
            "salt": secrets.token_hex(16),
        }

    def wrapping_key(self, parameters: Parameters) -> bytes:
        memory, passes, lanes = (_number(parameters, name) for name in ("memory_kib", "passes", "lanes"))
        # Bounds, so that a forged key.json cannot make the reader take all memory.
        if parameters.get("kdf") != "argon2id" or not (
            8 * lanes <= memory <= 2**20 and 1 <= passes <= 64 and 1 <= lanes <= 64
        ):
            raise RecordError(
                RecordReason.ALTERED, "key.json asks for a key derivation that no version of Palier writes"
            )
        return hash_secret_raw(
            self._passphrase.encode(),
            _salt(parameters),
            time_cost=passes,
            memory_cost=memory,
            parallelism=lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )


class FileKey:
    """A file of 32 random bytes that only its owner can read."""

    kind = "key_file"
    recovery_public: bytes | None = None

    def __init__(self, path: Path) -> None:
        self._path = Path(path)

    @classmethod
    def create(cls, path: Path) -> FileKey:
        """Make the file (mode 0600). Raises RecordError EXISTS, or DISK where it cannot be written."""
        path = Path(path)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise RecordError(
                RecordReason.EXISTS, f"{path} exists already; a key is never overwritten: choose another name"
            ) from None
        except OSError as problem:
            raise RecordError(
                RecordReason.DISK, f"the key file {path} cannot be made: {problem.strerror}"
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        return cls(path)

    def new_parameters(self) -> Parameters:
        return {"kdf": "hmac-sha256", "salt": secrets.token_hex(16)}

    def wrapping_key(self, parameters: Parameters) -> bytes:
        return _from_random_key(self.read(), parameters)

    def read(self) -> bytes:
        """The file's 32 bytes. Raises RecordError NO_KEY or KEY_FILE_OPEN_TO_OTHERS."""
        try:
            with self._path.open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                    raise RecordError(
                        RecordReason.KEY_FILE_OPEN_TO_OTHERS,
                        f"the key file {self._path} can be used by others (mode {stat.S_IMODE(mode):04o}): "
                        f"run chmod 600 {self._path}, and think about who may have copied it",
                    )
                key = file.read(KEY_BYTES + 1)
        except OSError as problem:
            raise RecordError(
                RecordReason.NO_KEY, f"the key file {self._path} cannot be read: {problem.strerror}"
            ) from None
        if len(key) != KEY_BYTES:
            raise RecordError(
                RecordReason.NO_KEY,
                f"{self._path} is no key file: one holds exactly {KEY_BYTES} random bytes",
            )
        return key


class KeyringKey:
    """A random key that the system's keyring keeps under ``service``; made when the first record asks for
    it."""

    kind = "keyring"
    recovery_public: bytes | None = None
    _USER = "record-key"

    def __init__(self, service: str = "palier") -> None:
        self._service = service

    def new_parameters(self) -> Parameters:
        self._key(make=True)
        return {"kdf": "hmac-sha256", "salt": secrets.token_hex(16)}

    def wrapping_key(self, parameters: Parameters) -> bytes:
        return _from_random_key(self._key(make=False), parameters)

    def check(self) -> None:
        """Raises RecordError NO_KEY where there is no keyring that can be asked."""
        self._stored()

    def _key(self, *, make: bool) -> bytes:
        stored = self._stored()
        if stored is None and make:
            import keyring
            from keyring.errors import KeyringError

            stored = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()
            try:
                keyring.set_password(self._service, self._USER, stored)
            except KeyringError as problem:
                raise self._no_keyring(problem) from None
        if stored is None:
            raise RecordError(
                RecordReason.NO_KEY,
                f"this computer's keyring holds no key for '{self._service}': open the record on the "
                "computer and under the account that made it",
            )
        try:
            key = base64.b64decode(stored, validate=True)
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise RecordError(
                RecordReason.NO_KEY, f"what the keyring holds for '{self._service}' is no key of Palier's"
            )
        return key

    def _stored(self) -> str | None:
        # keyring asks the desktop's services as it loads: only where it is wanted.
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(self._service, self._USER)
        except KeyringError as problem:
            raise self._no_keyring(problem) from None

    @staticmethod
    def _no_keyring(problem: Exception) -> RecordError:
        first_line = str(problem).partition("\n")[0]
        return RecordError(RecordReason.NO_KEY, f"no usable keyring ({first_line}). {_WHAT_TO_DO}")


def key_source_from(
    key_file: Path | None, environ: Mapping[str, str], existing: Path | None = None
) -> KeySource:
    """The key source that a command line asks for: its key file, else the passphrase in the environment, else
    the system's keyring. Where a record exists (``existing``), a recovery key in the environment comes first, and the
    way that it is locked decides between those that are there.

    Raises:
        RecordError: NO_KEY or KEY_FILE_OPEN_TO_OTHERS, with a message that says what to do; there is no
            fallback to an unencrypted record. NOT_A_RECORD where ``existing`` is none.
    """
    if existing is not None and (printed := environ.get(RECOVERY_VARIABLE)):
        check_folder(existing)
        return RecoveryKey.of(printed)
    kind = None if existing is None else locked_with(existing)
    if key_file is not None:
        file_key = FileKey(key_file)
        file_key.read()
        return file_key
    if kind == FileKey.kind:
        raise RecordError(
            RecordReason.NO_KEY, f"{existing} is locked with a key file: give it with --key-file"
        )
    passphrase = environ.get(PASSPHRASE_VARIABLE)
    if kind == PassphraseKey.kind and passphrase is None:
        raise RecordError(
            RecordReason.NO_KEY, f"{existing} is locked with a passphrase: set {PASSPHRASE_VARIABLE}"
        )
    if passphrase is not None and kind != KeyringKey.kind:
        return PassphraseKey(passphrase)
    keyring_key = KeyringKey()
    keyring_key.check()
    return keyring_key


def key_source_for_new_records(
    key_file: Path | None, environ: Mapping[str, str], home: Path | None = None
) -> KeySource:
    """As :func:`key_source_from`, for records that are yet to be made: a key file that is named and not there is
    made, and they are sealed to the recovery key whose public half lies in ``home``, too."""
    if key_file is not None and not key_file.exists():
        key_file.parent.mkdir(parents=True, exist_ok=True)
        source: KeySource = FileKey.create(key_file)
    else:
        source = key_source_from(key_file, environ)
    source.recovery_public = None if home is None else kept_public(home)
    return source


def locked_with(folder: Path) -> str | None:
    """The ``kind`` of key that a record's key file names, unchecked; None where that cannot be read.

    Raises:
        RecordError: NOT_A_RECORD, where the folder does not hold a record's files.
    """
    check_folder(folder)
    try:
        fields = json.loads((folder / KEY_FILE).read_bytes())
        return str(fields["kind"])
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None


def _from_random_key(key: bytes, parameters: Parameters) -> bytes:
    if parameters.get("kdf") != "hmac-sha256":
        raise RecordError(
            RecordReason.ALTERED, "key.json asks for a key derivation that no version of Palier writes"
        )
    return hmac.new(key, b"palier-wrap-1" + _salt(parameters), hashlib.sha256).digest()


def _number(parameters: Parameters, name: str) -> int:
    value = parameters.get(name)
    return value if isinstance(value, int) else -1


def _salt(parameters: Parameters) -> bytes:
    try:
        salt = bytes.fromhex(str(parameters.get("salt", "")))
    except ValueError:
        salt = b""
    if len(salt) != 16:
        raise RecordError(RecordReason.ALTERED, "the salt in key.json is damaged")
    return salt
