"""``runtime.json``: where a running runtime can be reached, written at its start and removed at its end."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from pydantic import Field, ValidationError

from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ConsoleKeys, write_private
from vr_runtime.protocol.base import MessageId, Tolerant

CONNECTION_FILE = "runtime.json"


class Ports(Tolerant):
    """TCP ports of the five sockets."""

    control: int = Field(ge=1, le=65535)
    commands: int = Field(ge=1, le=65535)
    feed: int = Field(ge=1, le=65535)
    history: int = Field(ge=1, le=65535)
    preview: int = Field(ge=1, le=65535)


class Connection(Tolerant):
    """What a console needs in order to find a runtime. The server's public key is checked against its own."""

    protocol: str
    host: str = Field(min_length=1)
    ports: Ports
    server_key: str = Field(min_length=40, max_length=40, description="z85 of the runtime's public key")
    epoch: MessageId
    pid: int = Field(ge=0)

    def address(self, socket: str) -> str:
        """``tcp://host:port`` of the socket ``control``, ``commands``, ``feed``, ``history`` or
        ``preview``."""
        return f"tcp://{self.host}:{getattr(self.ports, socket)}"


def write_connection(path: Path, connection: Connection) -> Path:
    """Write the file, or ``runtime.json`` in the folder, that ``path`` names: whole or not at all, readable
    by its owner alone. Returns its path."""
    path = path / CONNECTION_FILE if path.is_dir() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.parent / f".{path.name}.{secrets.token_hex(4)}"
    write_private(draft, connection.model_dump_json(indent=1).encode() + b"\n")
    os.replace(draft, path)
    return path


def read_connection(path: Path) -> Connection:
    """Read the connection file, given itself or the folder of ``runtime.json``.

    Raises:
        LinkError: NO_CONNECTION_FILE, CONNECTION_BROKEN.
    """
    path = path / CONNECTION_FILE if path.is_dir() else path
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise LinkError(
            LinkReason.NO_CONNECTION_FILE,
            f"no runtime to be found at {path} ({problem.strerror}): start vr-runtime first, "
            "or name the folder that it was started with",
        ) from None
    try:
        return Connection.model_validate_json(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise LinkError(
            LinkReason.CONNECTION_BROKEN,
            f"{path} is damaged or of another version ({place}: {first['msg']}): restart vr-runtime, "
            "which writes it anew",
        ) from None


def check_server(connection: Connection, keys: ConsoleKeys) -> None:
    """Raises LinkError (KEY_MISMATCH) where the runtime is not the one that this console is paired with."""
    if connection.server_key != keys.server_public.decode():
        raise LinkError(
            LinkReason.KEY_MISMATCH,
            "the runtime has another key than the one this console is paired with: on one machine let both "
            "use the same folder of keys; else pair them again",
        )


def remove_connection(path: Path, epoch: str) -> None:
    """Remove the file if it is still that of the run ``epoch``; another run's is left alone."""
    with contextlib.suppress(LinkError, OSError):
        if read_connection(path).epoch == epoch:
            path.unlink()
