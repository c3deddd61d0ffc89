"""The store: one interface over every database (DESIGN.md). `open_store` is the door."""

from __future__ import annotations

from crystalbay.clock import Clock
from crystalbay.errors import ConfigError
from crystalbay.store.interface import Store
from crystalbay.store.sql import SqlStore


def open_store(url: str, clock: Clock | None = None) -> Store:
    """The store behind an address: `sqlite://` (memory) or `sqlite:///path[?timeout=seconds]`, migrated.

    `timeout`: how long the lock of another process is waited for (5). Raises ConfigError for any other address, a place
    where no database can be, and one that a newer program has migrated; StoreUnavailable when it is locked.
    """
    if url.startswith("sqlite://"):
        return SqlStore(url, clock)
    raise ConfigError("DATABASE_URL: this version keeps its data in SQLite: sqlite:///path/to/file, or sqlite://")
