"""Bringing a database to the tables of this version."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import tables

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
_TABLE = "alembic_version"
_ALEMBIC = threading.Lock()
"""What Alembic calls its context is one a process."""


def revision(connection: Connection) -> str | None:
    """What the database holds; None where it is empty.

    Raises:
        StoreError: NOT_REACHABLE where it holds something else than the clinic's data.
    """
    there = set(inspect(connection).get_table_names())
    if _TABLE in there and tables.about.name in there:
        kept = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalars().all()
        return kept[0] if len(kept) == 1 else ""
    if there:
        raise StoreError(
            StoreReason.NOT_REACHABLE,
            "this database holds tables that are not Palier's: give the clinic's data a database of its own",
        )
    return None


def known(found: str) -> None:
    """Raises StoreError NEWER where the database is of a revision that this version does not know."""
    if found not in tables.REVISIONS:
        raise StoreError(
            StoreReason.NEWER,
            f"the clinic's data has revision {found or '(none)'}, this version of Palier knows {tables.REVISION}: "
            "update Palier on this computer; nothing was changed",
        )


def upgrade(connection: Connection, found: str | None) -> None:
    """From ``found`` (as :func:`revision` says) to this version's tables, in the connection's transaction.

    Raises:
        StoreError: as :func:`known`.
    """
    if found is not None:
        known(found)
    if found == tables.REVISION:
        return
    from alembic import command

    with _ALEMBIC:
        command.upgrade(config(connection), "head")


def config(connection: Connection) -> Config:
    """Alembic's, from code: it needs no file and no checkout."""
    from alembic.config import Config

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", FOLDER.as_posix().replace("%", "%%"))
    made.set_main_option("path_separator", "os")
    return made
