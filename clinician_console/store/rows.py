"""Entries as rows and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Table

from clinician_console.clinic.entries import Answers, Homework, Patient, Session, StoredPlan
from clinician_console.store import tables
from clinician_console.store.sealing import Seal
from vr_runtime.protocol.files.manifest import Posture
from vr_runtime.protocol.words import AgeBand

E = TypeVar("E", Patient, StoredPlan, Session, Answers, Homework)
Row = Mapping[Any, Any]
_Both = tuple[Callable[[Any], Any], Callable[[Any], Any]]


def _dumps(value: object) -> str:
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


_JSON: _Both = (_dumps, json.loads)
_SAME: _Both = (lambda value: value, lambda value: value)
_COLUMNS: dict[str, _Both] = {
    "age_band": (lambda band: band.value, AgeBand),
    "posture": (lambda posture: posture and posture.value, lambda kept: kept and Posture(kept)),
    "cleared": (_dumps, lambda kept: tuple(json.loads(kept))),
    **dict.fromkeys(("body", "summary", "debrief", "items", "scores", "returned"), _JSON),
}
"""How a field becomes a column's value, and the way back; those not named stay what they are."""


@dataclass(frozen=True)
class Kind(Generic[E]):
    """One kind of entry. ``sealed``: the columns that may identify a person, or say what somebody told."""

    name: str
    table: Table
    entry: type[E]
    sealed: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        return [field.name for field in fields(self.entry)]

    def row(self, entry: E, seal: Seal) -> dict[str, Any]:
        """The columns of the entry under its own id and version."""
        row: dict[str, Any] = {}
        for name in self.columns:
            value = _column(name)[0](getattr(entry, name))
            if name in self.sealed:
                value = seal.close(value, self.table.name, entry.id, name, entry.version)
            row[name] = value
        if self.name == "plan":
            row["patient"] = row["patient"] or None
        return row

    def of(self, row: Row, seal: Seal) -> E:
        values: dict[str, Any] = {}
        for name in self.columns:
            value = row[name]
            if name in self.sealed:
                value = seal.open(value, self.table.name, row["id"], name, row["version"])
            values[name] = _column(name)[1](value)
        if self.name == "plan":
            values["patient"] = values["patient"] or ""
        return self.entry(**values)

    def differences(self, one: E, other: E) -> tuple[str, ...]:
        """Names of the fields that differ, the version and the times that the store sets left out."""
        passed_over = {"version", "updated"}
        return tuple(
            name
            for name in self.columns
            if name not in passed_over and getattr(one, name) != getattr(other, name)
        )


def _column(name: str) -> _Both:
    return _COLUMNS.get(name, _SAME)


PATIENT = Kind("patient", tables.patients, Patient, ("notes",))
PLAN = Kind("plan", tables.plans, StoredPlan, ("title", "body"))
SESSION = Kind("session", tables.sessions, Session, ("summary", "debrief"))
ANSWERS = Kind("answers", tables.answers, Answers, ("respondent", "items", "scores"))
HOMEWORK = Kind("homework", tables.homework, Homework, ("body", "returned"))
KINDS: tuple[Kind[Any], ...] = (PATIENT, PLAN, SESSION, ANSWERS, HOMEWORK)
