"""Keys of the link on this machine: who the runtime is, who the console is, and which consoles are let in.

The folder (``link_folder()`` by default) holds ``keys/``::

    server.key       the runtime's pair, for its owner only (0600)
    server.public    the runtime's public key, which the console checks
    console.key      the pair of this machine's console, for its owner only (0600)
    consoles/*.public   the consoles that the runtime lets in; delete one and restart the runtime to shut it
    out

On Windows files have no mode: there the folder lies in the user's own ``%LOCALAPPDATA%``, whose access list
gives it to the user, SYSTEM and the administrators alone; a folder elsewhere needs such a list from whoever
chooses it.
"""

from __future__ import annotations

import json
import os
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
    consoles = keys / "consoles"
    _refuse_exposed(consoles, writable_only=True)
    allowed = frozenset(_read_public(path) for path in sorted(consoles.glob("*.public")))
    return ServerKeys(public=public, secret=secret, allowed=allowed)


def load_console_keys(folder: Path | None = None) -> ConsoleKeys:
    """The console's pair and the public key of the runtime it is paired with.

    Raises:
        LinkError: KEYS_MISSING, KEYS_EXPOSED, KEYS_BROKEN.
    """
    keys = (link_folder() if folder is None else folder) / "keys"
    public, secret = _read_pair(keys / "console.key")
    return ConsoleKeys(public=public, secret=secret, server_public=_read_public(keys / "server.public"))


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
    _refuse_exposed(path)
    _refuse_exposed(path.parent, writable_only=True)
    fields = _read_fields(path)
    public, secret = _key(path, fields, "public"), _key(path, fields, "secret")
    if zmq.curve_public(secret) != public:
        raise LinkError(
            LinkReason.KEYS_BROKEN, f"{path}: its two keys do not belong together: {_start_over(path)}"
        )
    return public, secret


def _read_public(path: Path) -> bytes:
    _refuse_exposed(path, writable_only=True)
    return _key(path, _read_fields(path), "public")


def _read_fields(path: Path) -> dict[str, Any]:
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
    try:
        if not isinstance(text, str) or len(zmq.utils.z85.decode(text.encode("ascii"))) != 32:
            raise ValueError
    except (ValueError, KeyError):
        raise LinkError(
            LinkReason.KEYS_BROKEN, f"{path} holds no valid {name} key: {_start_over(path)}"
        ) from None
    return text.encode("ascii")


def _start_over(path: Path) -> str:
    keys = path.parent if path.parent.name == "keys" else path.parent.parent
    return (
        f"put it back from a copy, or delete {keys} to have new keys made (every console is paired anew then)"
    )


def _refuse_exposed(path: Path, *, writable_only: bool = False) -> None:
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
