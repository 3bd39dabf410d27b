"""Who is paired with whom, on disk: the consoles that this runtime lets in, the runtimes that this console knows.

Both lie in the folder ``keys`` of the link's folder (:mod:`vr_runtime.link.keys`), one file each, 0600. A name is what
a person says; the key decides. A key that comes again keeps the name it has; a name that is taken by another key gets
a number, so that pairing never shuts anybody out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, ValidationError

from vr_runtime.link.connection import Ports, Reach
from vr_runtime.link.errors import LinkError, LinkReason
from vr_runtime.link.keys import (
    ConsoleKeys,
    fingerprint,
    is_key,
    link_folder,
    load_console_keys,
    read_fields,
    read_public,
    refuse_exposed,
    replace_private,
)
from vr_runtime.protocol.base import Tolerant

NAME = r"^[a-z0-9][a-z0-9-]*$"
MOST_NAME = 32
THIS_MACHINE = "this-machine"
"""The console whose key was made together with the runtime's."""
MOST_PORT = 65531
"""The last first port of five in a row."""


class ConsoleFile(Tolerant):
    """``keys/consoles/NAME.public``."""

    public: str = Field(min_length=40, max_length=40)
    paired: str = Field(default="", max_length=40)


class RuntimeFile(Tolerant):
    """``keys/runtimes/NAME.json``: where to find a runtime, and the key by which it is known."""

    public: str = Field(min_length=40, max_length=40)
    host: str = Field(min_length=1, max_length=255)
    port: int = Field(ge=1, le=MOST_PORT)
    """First of the link's five."""
    paired: str = Field(default="", max_length=40)


@dataclass(frozen=True)
class Paired:
    """One line of a list. ``trouble`` says why its file cannot be used."""

    name: str
    public: bytes = b""
    paired: str = ""
    """When, in UTC; empty for the console of this machine, whose key was made with the runtime's."""
    place: str = ""
    """Of a runtime: host and first port."""
    trouble: str = ""

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.public) if self.public else ""


def name_from(text: str, otherwise: str) -> str:
    """A name that a file may bear, made from any text: lower-case letters, digits and ``-``, at most 32."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MOST_NAME].strip("-")
    return name or otherwise


# ------------------------------------------------------------------ consoles, at the runtime


def consoles(folder: Path | None = None) -> list[Paired]:
    """The consoles that are let in, by name; a file that cannot be used is listed with its trouble."""
    return [_listed(path, _console) for path in _files(_consoles(folder), "*.public")]


def others_are_paired(folder: Path | None = None) -> bool:
    """Whether a console is let in that is not this machine's own."""
    return any(one.name != THIS_MACHINE and not one.trouble for one in consoles(folder))


def admit(folder: Path | None, name: str, public: bytes, when: str) -> str:
    """Let a console in from now on; a running runtime notices by itself. Returns the name it is listed under.

    Raises:
        LinkError: NOT_STORED, KEYS_MISSING, KEYS_EXPOSED.
    """
    home = _consoles(folder)
    refuse_exposed(home, writable_only=True)
    name = _free_name(name, public, consoles(folder))
    content = ConsoleFile(public=public.decode(), paired=when).model_dump_json()
    _store(home / f"{name}.public", content)
    return name


def revoke(folder: Path | None, name: str) -> Paired:
    """Shut a console out: its file is removed, and a running runtime cuts it off.

    Raises:
        LinkError: NO_SUCH_NAME, NOT_STORED.
    """
    return _remove(_consoles(folder), "*.public", _console, name, "console")


# ------------------------------------------------------------------ runtimes, at the console


def runtimes(folder: Path | None = None) -> list[Paired]:
    """The runtimes on other machines that this console is paired with."""
    return [_listed(path, _runtime) for path in _files(_runtimes(folder), "*.json")]


def keep_runtime(folder: Path | None, name: str, file: RuntimeFile) -> str:
    """Remember a runtime. Returns the name it is listed under.

    Raises:
        LinkError: NOT_STORED.
    """
    home = _runtimes(folder)
    try:
        home.mkdir(mode=0o700, exist_ok=True)
    except OSError as problem:
        raise _not_stored(home, problem) from None
    name = _free_name(name, file.public.encode(), runtimes(folder))
    _store(home / f"{name}.json", file.model_dump_json(indent=1))
    return name


def forget(folder: Path | None, name: str) -> Paired:
    """Raises LinkError (NO_SUCH_NAME, NOT_STORED)."""
    return _remove(_runtimes(folder), "*.json", _runtime, name, "runtime")


def read_runtime(folder: Path | None, name: str) -> Reach:
    """Where the runtime of that name is and its key, as its file says now.

    Raises:
        LinkError: NO_SUCH_NAME, KEYS_EXPOSED, KEYS_BROKEN.
    """
    file = _read_runtime(_find(_runtimes(folder), "*.json", name, "runtime"))
    return Reach(host=file.host, ports=Ports.in_a_row(file.port), server_key=file.public)


def moved(folder: Path | None, name: str, host: str, port: int) -> None:
    """The runtime of that name was met elsewhere, and its key has proved it. Raises LinkError."""
    path = _find(_runtimes(folder), "*.json", name, "runtime")
    file = _read_runtime(path).model_copy(update={"host": host, "port": port})
    _store(path, file.model_dump_json(indent=1))


def keys_towards(folder: Path | None, name: str) -> ConsoleKeys:
    """This console's pair, with the key of the runtime of that name. Raises LinkError as :func:`read_runtime`."""
    own = load_console_keys(folder)
    return ConsoleKeys(
        public=own.public, secret=own.secret, server_public=read_runtime(folder, name).server_key.encode()
    )


# ------------------------------------------------------------------ files


def _consoles(folder: Path | None) -> Path:
    return (link_folder() if folder is None else folder) / "keys" / "consoles"


def _runtimes(folder: Path | None) -> Path:
    return (link_folder() if folder is None else folder) / "keys" / "runtimes"


def _files(home: Path, pattern: str) -> list[Path]:
    return sorted(home.glob(pattern)) if home.is_dir() else []


def _console(path: Path) -> Paired:
    public = read_public(path)
    when = read_fields(path).get("paired", "")
    return Paired(path.stem, public, when if isinstance(when, str) else "")


def _runtime(path: Path) -> Paired:
    file = _read_runtime(path)
    return Paired(path.stem, file.public.encode(), file.paired, f"{file.host}:{file.port}")


def _read_runtime(path: Path) -> RuntimeFile:
    refuse_exposed(path.parent, writable_only=True)
    refuse_exposed(path, writable_only=True)
    try:
        file = RuntimeFile.model_validate(read_fields(path))
    except ValidationError:
        file = None
    if file is None or not is_key(file.public):
        raise LinkError(
            LinkReason.KEYS_BROKEN,
            f"{path} is damaged: run `clinician-console runtimes forget {path.stem}`, and pair the two anew",
        )
    return file


def _listed(path: Path, read: Callable[[Path], Paired]) -> Paired:
    try:
        return read(path)
    except LinkError as problem:
        return Paired(path.stem, trouble=str(problem))


def _find(home: Path, pattern: str, name: str, what: str) -> Path:
    paths = {path.stem: path for path in _files(home, pattern)}
    if name not in paths:
        there = ", ".join(paths) or "none"
        raise LinkError(
            LinkReason.NO_SUCH_NAME,
            f"no {what} named '{name}' is paired with this machine; there is: {there}",
        )
    return paths[name]


def _remove(home: Path, pattern: str, read: Callable[[Path], Paired], name: str, what: str) -> Paired:
    path = _find(home, pattern, name, what)
    gone = _listed(path, read)
    try:
        path.unlink()
    except OSError as problem:
        raise LinkError(
            LinkReason.NOT_STORED, f"{path} cannot be removed ({problem.strerror}): delete it by hand"
        ) from None
    return gone


def _store(path: Path, content: str) -> None:
    try:
        replace_private(path, content.encode() + b"\n")
    except OSError as problem:
        raise _not_stored(path, problem) from None


def _not_stored(path: Path, problem: OSError) -> LinkError:
    return LinkError(
        LinkReason.NOT_STORED,
        f"{path} cannot be written ({problem.strerror}): make room or see to its folder, and pair again",
    )


def _free_name(name: str, public: bytes, known: Iterable[Paired]) -> str:
    names: set[str] = set()
    for one in known:
        if one.public == public:
            return one.name
        names.add(one.name)
    wanted, number = name, 1
    while wanted in names:
        number += 1
        wanted = f"{name[: MOST_NAME - 5]}-{number}"
    return wanted
