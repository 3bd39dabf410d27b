"""What was asked after a session, looked up in the clinic's data for a report that is made on the command line."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from pathlib import Path

from clinician_console.clinic.debrief import Debrief, from_json
from clinician_console.clinic.port import StoreError, StoreReason
from vr_runtime.protocol.errors import PalierError
from vr_runtime.record import KeySource


def asked_after(
    epoch: str, record: Path, key: KeySource, place: str | None, detail: str, tell: Callable[[str], object]
) -> Debrief | None:
    """The debrief of the run ``epoch``; None where the clinic's data do not know it, or where there are none.

    Args:
        place: where PALIER_STORE says that they lie; None: ``clinic.db`` beside the record, if there is one.
        detail: kept in the audit trail: that a report was made, and how.
        tell: told what is in the way (another key, a server that is away); the report is then made without.
    """
    from clinician_console.store.opening import open_store

    beside = record.resolve().parent / "clinic.db"
    if place is None and not beside.is_file():
        return None
    try:
        store = open_store(place or beside, key, getpass.getuser())
        try:
            session = store.session(epoch)
            store.note_act("reported", "session", session.id, detail)
            return from_json(session.debrief)
        finally:
            store.close()
    except PalierError as problem:
        if not (isinstance(problem, StoreError) and problem.reason is StoreReason.NOT_FOUND):
            tell(f"without what was asked after the session: {problem}")
        return None
