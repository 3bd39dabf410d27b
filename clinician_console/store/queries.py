"""Queries over several patients."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select

from clinician_console.store import tables, values


def list_patients(search: str, archived: bool, limit: int, offset: int) -> Select[Any]:
    """The latest session first, then those without one by their pseudonyms."""
    row = tables.patients.c
    return (
        select(*row["id", "pseudonym", "age_band", "practice", "archived", "sessions", "last_session"])
        .where(*matching(search, archived))
        .order_by(row.last_session.desc(), row.folded)
        .limit(limit)
        .offset(offset)
    )


def matching(search: str, archived: bool) -> list[ColumnElement[bool]]:
    row = tables.patients.c
    wanted = [row.archived == literal(archived)]
    if looked_for := values.folded(search[:200]):
        wanted.append(row.folded.contains(looked_for, autoescape=True))
    return wanted


def sessions() -> Select[Any]:
    joined = tables.sessions.join(tables.patients)
    return select(tables.sessions, tables.patients.c.pseudonym).select_from(joined)
