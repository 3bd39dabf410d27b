"""``runtime.json``: where a running runtime can be reached, written at its start and removed at its end."""

from __future__ import annotations

import contextlib
import ipaddress
from pathlib import Path

from pydantic import Field, ValidationError

from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import ConsoleKeys, replace_private
from vr_runtime.link.wire import SOCKETS
from vr_runtime.protocol.base import MessageId, Tolerant

CONNECTION_FILE = "runtime.json"
LINK_PORT = 8440
"""First of the link's five ports where other machines reach the runtime and none is named."""
EVERYWHERE = ("0.0.0.0", "*")
"""Hosts that mean every address of this machine."""


class Ports(Tolerant):
    """TCP ports of the five sockets."""

    control: int = Field(ge=1, le=65535)
    commands: int = Field(ge=1, le=65535)
    feed: int = Field(ge=1, le=65535)
    history: int = Field(ge=1, le=65535)
    preview: int = Field(ge=1, le=65535)

    @classmethod
    def in_a_row(cls, first: int) -> Ports:
        """The five that follow one another from ``first`` on, in the order of ``docs/protocol.md``."""
        return cls(**{name: first + number for number, name in enumerate(SOCKETS)})

    @property
    def first(self) -> int | None:
        """The first of five in a row; None where they are not."""
        row = all(getattr(self, name) == self.control + number for number, name in enumerate(SOCKETS))
        return self.control if row else None


class Reach(Tolerant):
    """Where a runtime is to be reached. The server's public key is checked against the console's own."""

    host: str = Field(min_length=1)
    ports: Ports
    server_key: str = Field(min_length=40, max_length=40, description="z85 of the runtime's public key")

    def address(self, socket: str) -> str:
        """``tcp://host:port`` of the socket ``control``, ``commands``, ``feed``, ``history`` or
        ``preview``."""
        return f"tcp://{self.host}:{getattr(self.ports, socket)}"

    @property
    def waiting(self) -> str:
        """What is to be said as long as nobody answers there."""
        return (
            f"waiting for an answer from {self.host}, port {self.ports.control}: the runtime has to be started "
            "there with --host, on these ports, and no firewall may stand between"
        )


class Connection(Reach):
    """What the connection file holds: beside the way to the runtime, which run of it this is."""

    protocol: str
    epoch: MessageId
    pid: int = Field(ge=0)

    @property
    def waiting(self) -> str:
        return "waiting for the runtime to answer"


def write_connection(path: Path, connection: Connection) -> Path:
    """Write the file, or ``runtime.json`` in the folder, that ``path`` names: whole or not at all, readable
    by its owner alone. Returns its path."""
    path = path / CONNECTION_FILE if path.is_dir() else path
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_private(path, connection.model_dump_json(indent=1).encode() + b"\n")
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


def check_server(connection: Reach, keys: ConsoleKeys) -> None:
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


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on ``host``."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"
