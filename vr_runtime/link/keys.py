"""Keys of the link on this machine: who the runtime is, who the console is, and which consoles are let in.

The folder (``link_folder()`` by default) holds ``keys/``::

    server.key       the runtime's pair, for its owner only (0600)
    server.public    the runtime's public key, which the console checks
    console.key      the pair of this machine's console, for its owner only (0600)
    consoles/*.public   the consoles that the runtime lets in; delete one to shut it out
    runtimes/*.json     runtimes on other machines that this machine's console is paired with

The last two are written by pairing and read by :mod:`vr_runtime.link.paired`.

On Windows files have no mode: there the folder lies in the user's own ``%LOCALAPPDATA%``, whose access list
gives it to the user, SYSTEM and the administrators alone; a folder elsewhere needs such a list from whoever
chooses it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import zmq
import zmq.utils.z85

from vr_runtime.link.errors import LinkError, LinkReason

HOME_VARIABLE = "PALIER_HOME"


@dataclass(frozen=True)
class ServerKeys:
    """Keys as z85 text of 40 bytes; ``allowed`` holds the public keys of the consoles that are let in."""

    public: bytes
    secret: bytes = field(repr=False)
    allowed: frozenset[bytes]


@dataclass(frozen=True)
class ConsoleKeys:
    public: bytes
    secret: bytes = field(repr=False)
    server_public: bytes


def palier_home() -> Path:
    """Where Palier keeps what belongs to this user: ``PALIER_HOME``, or the platform's folder for user
    data."""
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "palier"


def link_folder() -> Path:
    """The folder of keys and connection file where none is given."""
    return palier_home() / "link"


def describe_curve() -> str:
    """The library that encrypts the link, in words.

    Raises:
        LinkError: NO_CURVE; there is no link without encryption.
    """
    if not zmq.has("curve"):
        raise LinkError(
            LinkReason.NO_CURVE,
            "this pyzmq has no CURVE encryption: install the wheel that its makers publish",
        )
    return f"CURVE of libzmq {zmq.zmq_version()} (pyzmq {zmq.pyzmq_version()})"


def ensure_local_keys(folder: Path | None = None) -> Path:
    """Make both pairs once, so that runtime and console of this machine know each other without any step.

    The folder ``keys`` appears whole or not at all, so both programs may start at the same moment. What is
    there already is left as it is: a console that was shut out stays out.

    Returns:
        The folder, to be given to :func:`load_server_keys` and :func:`load_console_keys`.
    """
    folder = link_folder() if folder is None else folder
    keys = folder / "keys"
    if keys.exists():
        return folder
    describe_curve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=".keys-", dir=folder))
    try:
        server_public, server_secret = zmq.curve_keypair()
        console_public, console_secret = zmq.curve_keypair()
        _write_pair(making / "server.key", server_public, server_secret)
        _write_public(making / "server.public", server_public)
        _write_pair(making / "console.key", console_public, console_secret)
        (making / "consoles").mkdir(mode=0o700)
        _write_public(making / "consoles" / "this-machine.public", console_public)
        making.rename(keys)
    except OSError:
        if not keys.exists():  # else the other program was quicker
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return folder


def load_server_keys(folder: Path | None = None) -> ServerKeys:
    """The runtime's pair and the consoles it lets in.

    Raises:
        LinkError: KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN.
    """
    keys = (link_folder() if folder is None else folder) / "keys"
    public, secret = _read_pair(keys / "server.key")
    return ServerKeys(public=public, secret=secret, allowed=read_allowed(keys))


def read_allowed(keys: Path) -> frozenset[bytes]:
    """The public keys of the consoles that are let in, from the folder ``keys``.

    Raises:
        LinkError: KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN.
    """
    consoles = keys / "consoles"
    refuse_exposed(consoles, writable_only=True)
    return frozenset(read_public(path) for path in sorted(consoles.glob("*.public")))


def load_console_keys(folder: Path | None = None) -> ConsoleKeys:
    """The console's pair and the public key of the runtime it is paired with.

    Raises:
        LinkError: KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN.
    """
    keys = (link_folder() if folder is None else folder) / "keys"
    public, secret = _read_pair(keys / "console.key")
    return ConsoleKeys(public=public, secret=secret, server_public=read_public(keys / "server.public"))


def fingerprint(public: bytes) -> str:
    """What a person compares, and an announcement tells, of a public key (z85): 64 bits of its SHA-256, as
    ``6d1f-0a42-93c7-be58``."""
    digest = hashlib.sha256(zmq.utils.z85.decode(public)).hexdigest()
    return "-".join(digest[at : at + 4] for at in range(0, 16, 4))


def is_key(text: str) -> bool:
    """Whether ``text`` is z85 of 32 bytes."""
    try:
        return len(zmq.utils.z85.decode(text.encode("ascii"))) == 32
    except (ValueError, KeyError):
        return False


def replace_private(path: Path, data: bytes) -> None:
    """Write a file, or another one in its place, whole or not at all, readable by its owner alone."""
    draft = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    try:
        write_private(draft, data)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, from its first moment on; it must not exist yet."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


# ------------------------------------------------------------------ files


def _write_pair(path: Path, public: bytes, secret: bytes) -> None:
    fields = {"what": "CURVE key pair of Palier: keep it to yourself", "public": public.decode()}
    write_private(path, json.dumps({**fields, "secret": secret.decode()}, indent=1).encode() + b"\n")


def _write_public(path: Path, public: bytes) -> None:
    write_private(path, json.dumps({"public": public.decode()}).encode() + b"\n")


def _read_pair(path: Path) -> tuple[bytes, bytes]:
    refuse_exposed(path)
    refuse_exposed(path.parent, writable_only=True)
    fields = read_fields(path)
    public, secret = _key(path, fields, "public"), _key(path, fields, "secret")
    if zmq.curve_public(secret) != public:
        raise LinkError(
            LinkReason.KEYS_BROKEN, f"{path}: its two keys do not belong together: {_start_over(path)}"
        )
    return public, secret


def read_public(path: Path) -> bytes:
    """The public key in a file that its owner alone may change. Raises LinkError as the loaders do."""
    refuse_exposed(path, writable_only=True)
    return _key(path, read_fields(path), "public")


def read_fields(path: Path) -> dict[str, Any]:
    """The JSON object in a file of the keys. Raises LinkError (KEYS_MISSING, KEYS_BROKEN)."""
    try:
        fields: Any = json.loads(path.read_bytes())
    except OSError as problem:
        raise LinkError(
            LinkReason.KEYS_MISSING, f"cannot read the key file {path}: {problem.strerror}"
        ) from None
    except ValueError:
        fields = None
    if not isinstance(fields, dict):
        raise LinkError(LinkReason.KEYS_BROKEN, f"{path} is not a key file: {_start_over(path)}")
    return cast("dict[str, Any]", fields)


def _key(path: Path, fields: dict[str, Any], name: str) -> bytes:
    text = fields.get(name)
    if not isinstance(text, str) or not is_key(text):
        raise LinkError(LinkReason.KEYS_BROKEN, f"{path} holds no valid {name} key: {_start_over(path)}")
    return text.encode("ascii")


def _start_over(path: Path) -> str:
    keys = path.parent if path.parent.name == "keys" else path.parent.parent
    return (
        f"put it back from a copy, or delete {keys} to have new keys made (every console is paired anew then)"
    )


def refuse_exposed(path: Path, *, writable_only: bool = False) -> None:
    """Raises LinkError where others may read the file (or folder), or with ``writable_only`` change it."""
    try:
        facts = path.stat()
    except OSError:
        raise LinkError(
            LinkReason.KEYS_MISSING,
            f"there is no {path}: put it back from a copy, or delete the folder 'keys' to have new ones made",
        ) from None
    if sys.platform == "win32":
        return
    if facts.st_uid not in (os.geteuid(), 0):
        raise LinkError(
            LinkReason.KEYS_EXPOSED,
            f"{path} belongs to another user: delete its folder and start again to have new keys made",
        )
    forbidden = stat.S_IWGRP | stat.S_IWOTH if writable_only else stat.S_IRWXG | stat.S_IRWXO
    if facts.st_mode & forbidden:
        wanted = "go-w" if writable_only else "go-rwx"
        doing = "change" if writable_only else "read"
        raise LinkError(
            LinkReason.KEYS_EXPOSED,
            f"others may {doing} {path}: run `chmod {wanted} '{path}'`; if that may have been so for long, "
            f"delete the folder {path.parent} instead, so that new keys are made",
        )
