"""Opening the clinic's data: an encrypted file of this user, or a PostgreSQL server that several computers share."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import database, datakey, migrate, tables, trail
from clinician_console.store.chain import Chain
from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.database import Database
from clinician_console.store.datakey import DataKey
from clinician_console.store.sealing import DataSeal, NoSeal
from clinician_console.store.values import name as checked_name
from clinician_console.store.witness import Witness
from vr_runtime.link.keys import palier_home
from vr_runtime.record import KeySource
from vr_runtime.record.layout import make_folder, sync_folder

STORE_VARIABLE = "PALIER_STORE"
FILE = "clinic.db"
KEY_SUFFIX = ".key.json"
"""After the file's name: the wrapped data key that opens it."""
_PLAIN_SQLITE = b"SQLite format 3\0"
_WRAPPED = "wrapped_key"
_ID = "id"

Clock = Callable[[], datetime]


def default_place(environ: Mapping[str, str] = os.environ) -> str | Path:
    """``PALIER_STORE``, or this user's own file."""
    return environ.get(STORE_VARIABLE, "").strip() or palier_home() / "console" / FILE


def open_store(
    place: str | Path, key: KeySource, who: str, *, now: Clock = lambda: datetime.now(UTC)
) -> DatabaseStore:
    """The clinic's data, made where there is none yet, brought to this version's tables where it is older.

    Args:
        place: path of the encrypted file (its folder is made), or ``postgresql://user@host/database``.
        key: wraps the clinic's data key. Deriving from a passphrase takes a tenth of a second.
        who: whose acts the audit trail keeps, 1 to 64 characters.
        now: the time, for the audit trail and for what is kept with a time.

    Raises:
        StoreError: BAD_VALUE (no such kind of place), WRONG_KEY, NOT_REACHABLE, NEWER.
    """
    who = checked_name(who, "who", 64)
    url = server_url(place)
    if url is not None:
        return _on_server(url, key, who, now)
    return _in_file(Path(place), key, who, now)


def rekey(place: str | Path, old: KeySource, new: KeySource) -> None:
    """Lock the clinic's data with another key; the data key itself stays. Who has a copy of the old wrapped key *and* what
    opened it can still open a copy of the data.

    Raises:
        StoreError: WRONG_KEY, NOT_REACHABLE, NEWER, NOT_FOUND where there is no such data.
    """
    url = server_url(place)
    if url is None:
        path = Path(f"{place}{KEY_SUFFIX}")
        try:
            datakey.replace(path, datakey.locked_anew(datakey.read(path), old, new, str(path)))
        except FileNotFoundError:
            raise StoreError(
                StoreReason.NOT_FOUND, f"there is no {path}: look where the clinic's data lie"
            ) from None
        except OSError as problem:
            raise database.told(problem, str(path)) from None
        return
    opened = database.postgresql(url)
    try:
        with opened.migrating() as connection:
            migrate.known(migrate.revision(connection) or "")
            wrapped = _about(connection, _WRAPPED).encode()
            changed = datakey.locked_anew(wrapped, old, new, f"the key in {opened.where}")
            kept = update(tables.about).where(tables.about.c.name == _WRAPPED)
            connection.execute(kept.values(value=changed.decode()))
    finally:
        opened.close()


def server_url(place: str | Path) -> URL | None:
    """A server's address; None for a path. Raises StoreError BAD_VALUE; no message repeats what was given, since it may
    hold a password."""
    if isinstance(place, Path) or "://" not in place:
        return None
    try:
        url = make_url(place)
        scheme = url.drivername.partition("+")[0]
    except (ArgumentError, ValueError):
        scheme, url = "", None
    if url is None or scheme not in ("postgresql", "postgres"):
        raise StoreError(
            StoreReason.BAD_VALUE,
            f"{STORE_VARIABLE} is no address of a clinic's data: write postgresql://USER@HOST/DATABASE "
            "(signs such as @ : / in a password as %40 %3A %2F), or the path of a file",
        )
    if not url.database:
        raise StoreError(
            StoreReason.BAD_VALUE,
            f"{STORE_VARIABLE} names no database: write postgresql://USER@HOST/DATABASE",
        )
    return url.set(drivername="postgresql")


# ------------------------------------------------------------------ the file


def _in_file(path: Path, source: KeySource, who: str, now: Clock) -> DatabaseStore:
    key_path = path.with_name(path.name + KEY_SUFFIX)
    try:
        make_folder(path.parent)
        there = path.exists()
        if there:
            _is_encrypted(path)
        if there and not key_path.exists():
            raise StoreError(
                StoreReason.WRONG_KEY,
                f"{path} is there, but not {key_path.name}, which holds its key: put it back from a backup of the folder",
            )
        key = datakey.kept_in(key_path, source)
        if not there:
            _make_file(path, key)
    except OSError as problem:
        raise database.told(problem, str(path)) from None
    opened = database.sqlite(path, key.file)
    witness = Witness(path.with_name(path.name + ".seen.json"))
    return _store(opened, key, who, now, witness, sealed=False)


def _make_file(path: Path, key: DataKey) -> None:
    """A database with the tables and nothing in them, whole or not at all; by one of several at once."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    made = database.sqlite(draft, key.file)
    try:
        made.use_log()
        with made.migrating() as connection:
            _prepare(connection, key, None)
        made.fold_log()
        made.close()
        with suppress(FileExistsError):
            os.link(draft, path)
        sync_folder(path.parent)
    finally:
        made.close()
        for name in (draft.name, f"{draft.name}-wal", f"{draft.name}-shm"):
            path.with_name(name).unlink(missing_ok=True)


def _is_encrypted(path: Path) -> None:
    with path.open("rb") as file:
        begin = file.read(len(_PLAIN_SQLITE))
    if begin == _PLAIN_SQLITE:
        raise StoreError(
            StoreReason.NOT_REACHABLE,
            f"{path} is not encrypted, so it is not Palier's: nothing was written to it; give another path",
        )


# ------------------------------------------------------------------ the server


def _on_server(url: URL, source: KeySource, who: str, now: Clock) -> DatabaseStore:
    opened = database.postgresql(url)
    try:
        with opened.migrating() as connection:
            found = migrate.revision(connection)
            if found is None:
                key, wrapped = datakey.new_wrapped(source)
                _prepare(connection, key, None)
                rows = [{"name": _WRAPPED, "value": wrapped.decode()}]
                connection.execute(insert(tables.about), rows)
            else:
                migrate.known(found)
                key = datakey.opened(
                    _about(connection, _WRAPPED).encode(), source, f"the key in {opened.where}"
                )
            id_of_store = _about(connection, _ID)
        home = palier_home() / "console"
        with suppress(OSError):
            make_folder(home)
        witness = Witness(home / f"server-{id_of_store}.seen.json")
        return _store(opened, key, who, now, witness, sealed=True)
    except BaseException:
        opened.close()
        raise


# ------------------------------------------------------------------ both


def _prepare(connection: Connection, key: DataKey, found: str | None) -> None:
    migrate.upgrade(connection, found)
    if found is None:
        connection.execute(insert(tables.about).values(name=_ID, value=secrets.token_hex(8)))
        trail.begin(connection, Chain(key.audit))


def _about(connection: Connection, name: str) -> str:
    wanted = select(tables.about.c.value).where(tables.about.c.name == name)
    return connection.execute(wanted).scalar_one_or_none() or ""


def _store(
    opened: Database, key: DataKey, who: str, now: Clock, witness: Witness, *, sealed: bool
) -> DatabaseStore:
    try:
        with opened.reading() as connection:
            found = migrate.revision(connection)
        if found is None:
            raise database.unreachable(
                opened.where, "it is empty", "restore a backup, or take it away to begin anew"
            )
        if found != tables.REVISION:
            migrate.known(found)
            with opened.migrating() as connection:
                _prepare(connection, key, migrate.revision(connection))
        seal = DataSeal(key.columns) if sealed else NoSeal()
        return DatabaseStore(opened, Chain(key.audit), seal, who, witness, now)
    except BaseException:
        opened.close()
        raise
