"""The store: one interface over every database (DESIGN.md). `open_store` is the door."""

from __future__ import annotations

from crystalbay.clock import Clock
from crystalbay.errors import ConfigError
from crystalbay.store.interface import Store
from crystalbay.store.sql import SqlStore

SUPABASE = "supabase+"
"""Before the address of a Supabase project: `supabase+https://….supabase.co`."""

_ALLOWED = "allowed are sqlite:///path/to/file, sqlite:// (memory) and postgresql://user:password@host/name"


def open_store(url: str, clock: Clock | None = None, *, key: str = "") -> Store:
    """The store behind an address.

    `sqlite://` (memory) or `sqlite:///path[?timeout=seconds]`, migrated here (`timeout`: how long the lock of another
    process is waited for, 5); `postgresql://…` or `supabase+https://…` with its service `key`, migrated beforehand.
    `clock` is SQLite's; the others count leases and delays by the database's own.

    Raises ConfigError for any other address, a place where no database can be, a key that cannot work, a schema that
    is not of this program; for SQLite StoreUnavailable when it is locked. PostgreSQL and Supabase out of reach are no
    error: each call then raises StoreUnavailable until they are back.
    """
    if url.startswith("sqlite://"):
        return SqlStore(url, clock)
    if url.startswith("postgresql://"):
        from crystalbay.store.postgres import PostgresStore  # psycopg only where it is used

        return PostgresStore(url)
    if url.startswith(SUPABASE):
        from crystalbay.store.supabase import SupabaseStore  # 300 ms and 30 MiB

        return SupabaseStore(url.removeprefix(SUPABASE), key)
    raise ConfigError(f"DATABASE_URL: {_ALLOWED}")
