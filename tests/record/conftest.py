from __future__ import annotations

from pathlib import Path

import pytest

from vr_runtime.record import FileKey


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> FileKey:
    """A key file: unlike a passphrase it takes no time."""
    return FileKey.create(tmp_path_factory.mktemp("key") / "record.key")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a record can be made."""
    return tmp_path / "record"
