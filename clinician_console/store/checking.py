"""Is the clinic's data whole? Everything is read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from clinician_console.clinic.port import StoreError
from clinician_console.store import tables
from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.rows import KINDS

_AT_ONCE = 500


@dataclass(frozen=True)
class Checked:
    """``counts``: entries by kind, and ``audit``. ``faults``: what is wrong, in words; empty where nothing is."""

    counts: dict[str, int]
    faults: tuple[str, ...]


def check(store: DatabaseStore, progress: Callable[[int, int], None] = lambda _done, _all: None) -> Checked:
    """``progress``: told how many entries of how many are read.

    Raises:
        StoreError: NOT_REACHABLE where the database cannot be read at all.
    """
    faults = _file_faults(store) if store.database.is_sqlite else []
    counts: dict[str, int] = {}
    with store.database.reading(snapshot=True) as connection:
        for kind in KINDS:
            found = connection.execute(select(func.count()).select_from(kind.table)).scalar_one()
            counts[kind.name] = found
        done, all_of_them = 0, sum(counts.values())
        for kind in KINDS:
            wanted = select(kind.table).order_by(kind.table.c.id)
            with connection.execution_options(yield_per=_AT_ONCE).execute(wanted) as rows:
                for row in rows.mappings():
                    done += 1
                    if done % _AT_ONCE == 0:
                        progress(done, all_of_them)
                    try:
                        kind.of(row, store.seal)
                    except (StoreError, ValueError, TypeError) as problem:
                        said = problem if isinstance(problem, StoreError) else "it cannot be read"
                        faults.append(f"{kind.name} {row['id']}: {said}")
        row, of = tables.patients.c, tables.sessions.c
        mine = select(func.count()).where(of.patient == row.id).scalar_subquery()
        wrong = connection.execute(select(row.id).where(row.sessions != mine)).scalars().all()
        faults += [f"patient {one}: the number of sessions is not the number of sessions" for one in wrong]
        counts["audit"] = connection.execute(select(func.count()).select_from(tables.audit)).scalar_one()
    if (broken := store.audit_fault()) is not None:
        faults.append(
            f"audit trail: entry {broken} does not continue the one before it: it or what follows was altered or removed"
        )
    return Checked(counts, tuple(faults))


def _file_faults(store: DatabaseStore) -> list[str]:
    """SQLCipher's own MAC of each page, SQLite's look at its trees, references that lead nowhere."""
    with store.database.reading() as connection:
        altered = connection.exec_driver_sql("PRAGMA cipher_integrity_check").scalars().all()
        broken = connection.exec_driver_sql("PRAGMA integrity_check(20)").scalars().all()
        astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    faults = [f"file: {line}" for line in [*altered, *broken] if line != "ok"]
    return faults + [f"{row[0]}: a row names a patient who is not there" for row in astray]
