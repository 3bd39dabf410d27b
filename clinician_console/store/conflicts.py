"""Two who change the same thing: what the audit trail says was changed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

from clinician_console.clinic.entries import AuditEntry
from clinician_console.clinic.port import StoreError, StoreReason


def changes(version: int, fields: Sequence[str]) -> str:
    """The detail of a change in the audit trail: which version it made, and the fields. No values."""
    return f"{version}: {', '.join(fields)}"[:200]


def conflict(kind: str, begun_on: int, since: Sequence[AuditEntry]) -> StoreError:
    """``since``: what was done to it, latest first."""
    fields: list[str] = []
    by = ""
    for entry in since:
        number, mark, names = entry.detail.partition(": ")
        if mark and number.isdigit() and int(number) > begun_on:
            fields += [name for name in names.split(", ") if name and name not in fields]
            by = by or f" by {entry.who} at {entry.when}"
    what = f" ({', '.join(fields)})" if fields else ""
    return StoreError(
        StoreReason.CONFLICT,
        f"this {kind} was changed meanwhile{by}{what}: load it anew and make your change again",
        tuple(fields),
    )
