"""Stores of the clinic's data for tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from clinician_console.store.clinic import DatabaseStore
from clinician_console.store.opening import open_store
from tests.helpers.memory_store import MemoryStore
from vr_runtime.record import KeySource

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)

AnyStore = DatabaseStore | MemoryStore


@dataclass
class Place:
    """Where a store is: opened from here as often as a test likes, as by several consoles."""

    at: str | Path
    key: KeySource

    def open(self, who: str = "Dr A", now: Callable[[], datetime] = lambda: NOW) -> DatabaseStore:
        return open_store(self.at, self.key, who, now=now)

    @property
    def database(self) -> str:
        """The name of a server's database."""
        return make_url(str(self.at)).database or ""
