"""Connections to the embedded SQLite: how one is opened, and what its driver's errors mean to the store."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from crystalbay.errors import ConfigError, StoreError, StoreUnavailable

MEMORY = ":memory:"

BUSY_S = 5.0
"""How long the lock of another process on the same file is waited for, unless the address says `?timeout=`."""

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "wal_autocheckpoint=40000",  # pages; only a fallback: SqlStore copies the log back beside the writers
    "cache_size=-6000",  # KiB for each of a handful of connections
)
_MISCONFIGURED = ("SQLITE_CANTOPEN", "SQLITE_NOTADB")
CALLERS_FAULT = (sqlite3.ProgrammingError, sqlite3.InterfaceError, sqlite3.DataError, sqlite3.NotSupportedError)
"""Errors of what a caller gave, not of the database; except that a closed connection is a ProgrammingError as well."""


def database_of(url: str) -> tuple[str, float]:
    """The file (or MEMORY) and the seconds to wait for its lock. Raises ConfigError for an address it cannot read."""
    try:
        address = make_url(url)
        wait = float(str(address.query.get("timeout", BUSY_S)))
    except (ArgumentError, ValueError) as error:
        raise ConfigError(f"DATABASE_URL: {error}. Allowed: sqlite:///path/to/file[?timeout=seconds]") from None
    if address.host:
        raise ConfigError("DATABASE_URL: an absolute path has four slashes: sqlite:////srv/crystalbay.db")
    return address.database or MEMORY, wait


def connect(database: str, wait_s: float) -> sqlite3.Connection:
    """A new connection in autocommit mode, for any thread. Folders on the way to the file are made.

    Raises ConfigError when there can be no database at this place, StoreUnavailable when it is locked.
    """
    try:
        if database != MEMORY:
            Path(database).parent.mkdir(parents=True, exist_ok=True)
        with driver_errors():
            raw = sqlite3.connect(
                database, timeout=wait_s, isolation_level=None, check_same_thread=False, cached_statements=512
            )
            _prepare(raw, wait_s)
    except OSError as error:
        raise ConfigError(f"DATABASE_URL, or DATA_DIR without it: {database}: {error.strerror}") from error
    except StoreUnavailable as error:
        if getattr(error.__cause__, "sqlite_errorname", "").startswith(_MISCONFIGURED):
            raise ConfigError(f"DATABASE_URL, or DATA_DIR without it: {database}: {error}") from error
        raise
    return raw


def _prepare(raw: sqlite3.Connection, wait_s: float) -> None:
    """Run the pragmas. Two who turn one new file to WAL refuse each other at once whatever the time-out: try again."""
    deadline = time.monotonic() + wait_s
    while True:
        try:
            for pragma in _PRAGMAS:
                raw.execute(f"pragma {pragma}")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def driver_errors() -> Iterator[None]:
    """Within this block what the driver raises becomes what the store raises."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error) from error


def store_error(error: sqlite3.Error) -> StoreError:
    """StoreUnavailable for a trouble of the database, StoreError for a value or statement that it cannot take."""
    closed = str(error).startswith("Cannot operate on a closed")
    wrong = isinstance(error, CALLERS_FAULT) and not closed
    return (StoreError if wrong else StoreUnavailable)(f"SQLite: {error}")
