"""The tables of the clinic's data, the same on SQLite and PostgreSQL; docs/store.md says what each is for.

Every text compares by its code points (collation "C" on PostgreSQL): ids and times sort alike on both.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

REVISION = "0001"
"""Of the migrations, the newest: what these tables are."""
REVISIONS = ("0001",)
"""All that there ever were, in their order."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

_short = String(64).with_variant(String(64, collation="C"), "postgresql")
_line = String(256).with_variant(String(256, collation="C"), "postgresql")


def _id() -> Column[str]:
    return Column("id", _short, primary_key=True)


def _of_patient(*, nullable: bool = False) -> Column[str]:
    return Column("patient", _short, ForeignKey("patients.id"), nullable=nullable)


def _line_of(name: str) -> Column[str]:
    return Column(name, _line, nullable=False)


def _text_of(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _version() -> Column[int]:
    return Column("version", Integer, nullable=False)


patients = Table(
    "patients",
    metadata,
    _id(),
    _line_of("pseudonym"),
    Column("folded", _line, nullable=False),
    Column("age_band", _short, nullable=False),
    Column("language", _short, nullable=False),
    Column("posture", _short),
    _text_of("cleared"),
    _text_of("notes"),
    Column("consent_research", Boolean, nullable=False),
    Column("date_shift_days", Integer, nullable=False),
    Column("practice", Boolean, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("created", _short, nullable=False),
    _version(),
    UniqueConstraint("folded"),
    # Of the patient's sessions, written with each of them: the list is answered without counting 30,000 sessions.
    Column("sessions", Integer, nullable=False, server_default="0"),
    Column("last_session", _short, nullable=False, server_default=""),
    Index("ix_patients_list", "archived", "last_session", "folded"),
    Index("ix_patients_found", "archived", "folded"),
    Index("ix_patients_practice", "practice", "created", "id"),
)

plans = Table(
    "plans",
    metadata,
    _id(),
    _of_patient(nullable=True),  # none: the clinic's own
    _text_of("title"),
    _text_of("body"),
    Column("updated", _short, nullable=False),
    _version(),
    Index(None, "patient", "updated"),
)

sessions = Table(
    "sessions",
    metadata,
    _id(),
    _of_patient(),
    Column("plan", _short, nullable=False),
    Column("started", _short, nullable=False),
    Column("ended", _short, nullable=False),
    Column("state", _short, nullable=False),
    _text_of("record"),
    # Where the record lies: the name of the computer that wrote its folder down.
    _line_of("machine"),
    _line_of("treatment"),
    Column("last_hash", _line, nullable=False),
    _text_of("summary"),
    _text_of("debrief"),
    _version(),
    Index(None, "patient", "started"),
    Index(None, "started", "id"),
)

answers = Table(
    "answers",
    metadata,
    _id(),
    _of_patient(),
    Column("instrument", _short, nullable=False),
    Column("instrument_version", _line, nullable=False),
    Column("language", _short, nullable=False),
    Column("date", _short, nullable=False),
    _text_of("respondent"),
    _text_of("items"),
    _text_of("scores"),
    Column("session", _short, nullable=False),
    _version(),
    Index(None, "patient", "date"),
    Index(None, "session"),
)

homework = Table(
    "homework",
    metadata,
    _id(),
    _of_patient(),
    Column("created", _short, nullable=False),
    _text_of("body"),
    _text_of("returned"),
    _version(),
    Index(None, "patient", "created"),
)

settings = Table("settings", metadata, Column("name", _short, primary_key=True), _text_of("value"))

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", _short, nullable=False),
    _line_of("who"),
    Column("act", _short, nullable=False),
    Column("kind", _short, nullable=False),
    Column("what", _short, nullable=False),
    _line_of("detail"),
    # Whom it touches; no foreign key: it outlives the patient.
    Column("patient", _short, nullable=False),
    _line_of("hash"),
    Index(None, "patient", "seq"),
    Index(None, "kind", "what", "seq"),
)

audit_head = Table(
    "audit_head",
    metadata,
    # One row, which every writer locks first.
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    _line_of("hash"),
    _line_of("seal"),
)

about = Table("about", metadata, Column("name", _short, primary_key=True), _text_of("value"))
"""Of the store itself: its id, and on a server the wrapped data key."""
