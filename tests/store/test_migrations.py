"""The migrations make the tables that the code knows, on both databases, and touch nothing newer."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from clinician_console.clinic.port import StoreError, StoreReason
from clinician_console.store import migrate, tables
from tests.helpers.postgres import Server
from tests.helpers.stores import Place


def described(connection: Connection) -> dict[str, object]:
    """Everything that the database itself says of its tables."""
    ask = inspect(connection)
    return {
        name: (
            sorted(
                (
                    column["name"],
                    str(column["type"]),
                    getattr(column["type"], "collation", None),
                    column["nullable"],
                )
                for column in ask.get_columns(name)
            ),
            ask.get_pk_constraint(name)["constrained_columns"],
            sorted(str(key) for key in ask.get_foreign_keys(name)),
            sorted(
                (str(index["name"]), index["column_names"], index["unique"])
                for index in ask.get_indexes(name)
            ),
            sorted(str(unique) for unique in ask.get_unique_constraints(name)),
        )
        for name in ask.get_table_names()
        if name in tables.metadata.tables
    }


def test_upgrading_from_nothing_gives_what_the_code_knows(place: Place) -> None:
    store = place.open()
    with store.database.migrating() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        ours = [one for one in compare_metadata(context, tables.metadata) if "kept_" not in str(one)]
        assert ours == []
        upgraded = described(connection)
        tables.metadata.drop_all(connection)
        tables.metadata.create_all(connection)
        assert described(connection) == upgraded
        assert len(upgraded) == len(tables.metadata.tables) == 9
        connection.rollback()
    store.close()


def test_the_revisions_are_the_ones_that_the_code_names() -> None:
    script = ScriptDirectory(str(migrate.FOLDER))
    assert script.get_current_head() == tables.REVISION
    assert tuple(reversed([one.revision for one in script.walk_revisions()])) == tables.REVISIONS


def test_a_newer_store_is_refused_and_not_touched(place: Place, server: Server) -> None:
    store = place.open()
    with store.database.migrating() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    before = Path(place.at).read_bytes() if isinstance(place.at, Path) else b""
    with pytest.raises(StoreError) as caught:
        place.open()
    assert caught.value.reason is StoreReason.NEWER
    assert "9999" in str(caught.value)
    assert "update Palier" in str(caught.value)
    if isinstance(place.at, Path):
        assert Path(place.at).read_bytes() == before
        assert len(list(place.at.parent.iterdir())) == 3
    else:
        assert server.run("TABLE alembic_version", place.database) == [("9999",)]
