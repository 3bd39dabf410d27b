"""Patients, plans, sessions, answers, homework, settings and the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_short = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
_line = sa.String(256).with_variant(sa.String(256, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "about",
        sa.Column("name", _short, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_about"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _short, nullable=False),
        sa.Column("who", _line, nullable=False),
        sa.Column("act", _short, nullable=False),
        sa.Column("kind", _short, nullable=False),
        sa.Column("what", _short, nullable=False),
        sa.Column("detail", _line, nullable=False),
        sa.Column("patient", _short, nullable=False),
        sa.Column("hash", _line, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_kind_what_seq", "audit", ["kind", "what", "seq"])
    op.create_index("ix_audit_patient_seq", "audit", ["patient", "seq"])
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", _line, nullable=False),
        sa.Column("seal", _line, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "patients",
        sa.Column("id", _short, nullable=False),
        sa.Column("pseudonym", _line, nullable=False),
        sa.Column("folded", _line, nullable=False),
        sa.Column("age_band", _short, nullable=False),
        sa.Column("language", _short, nullable=False),
        sa.Column("posture", _short, nullable=True),
        sa.Column("cleared", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("consent_research", sa.Boolean(), nullable=False),
        sa.Column("date_shift_days", sa.Integer(), nullable=False),
        sa.Column("practice", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.Column("created", _short, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_session", _short, nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_patients"),
        sa.UniqueConstraint("folded", name="uq_patients_folded"),
    )
    op.create_index("ix_patients_list", "patients", ["archived", "last_session", "folded"])
    op.create_index("ix_patients_found", "patients", ["archived", "folded"])
    op.create_index("ix_patients_practice", "patients", ["practice", "created", "id"])
    op.create_table(
        "settings",
        sa.Column("name", _short, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_settings"),
    )
    op.create_table(
        "answers",
        sa.Column("id", _short, nullable=False),
        sa.Column("patient", _short, nullable=False),
        sa.Column("instrument", _short, nullable=False),
        sa.Column("instrument_version", _line, nullable=False),
        sa.Column("language", _short, nullable=False),
        sa.Column("date", _short, nullable=False),
        sa.Column("respondent", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("scores", sa.Text(), nullable=False),
        sa.Column("session", _short, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["patients.id"], name="fk_answers_patient"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
    )
    op.create_index("ix_answers_patient_date", "answers", ["patient", "date"])
    op.create_index("ix_answers_session", "answers", ["session"])
    op.create_table(
        "homework",
        sa.Column("id", _short, nullable=False),
        sa.Column("patient", _short, nullable=False),
        sa.Column("created", _short, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("returned", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["patients.id"], name="fk_homework_patient"),
        sa.PrimaryKeyConstraint("id", name="pk_homework"),
    )
    op.create_index("ix_homework_patient_created", "homework", ["patient", "created"])
    op.create_table(
        "plans",
        sa.Column("id", _short, nullable=False),
        sa.Column("patient", _short, nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated", _short, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["patients.id"], name="fk_plans_patient"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_patient_updated", "plans", ["patient", "updated"])
    op.create_table(
        "sessions",
        sa.Column("id", _short, nullable=False),
        sa.Column("patient", _short, nullable=False),
        sa.Column("plan", _short, nullable=False),
        sa.Column("started", _short, nullable=False),
        sa.Column("ended", _short, nullable=False),
        sa.Column("state", _short, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("machine", _line, nullable=False),
        sa.Column("treatment", _line, nullable=False),
        sa.Column("last_hash", _line, nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("debrief", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["patient"], ["patients.id"], name="fk_sessions_patient"),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_patient_started", "sessions", ["patient", "started"])
    op.create_index("ix_sessions_started_id", "sessions", ["started", "id"])
