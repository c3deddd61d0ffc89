"""The embedded database as a whole: copied while it runs, looked over, put back while it runs.

SQLite's backup API does both ways. A copy is one moment of the database; putting one back is one transaction of the
running one, so every process that has it open goes on with the new rows. Copying the files would tear either.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from crystalbay.errors import ConfigError, StoreError, StoreUnavailable
from crystalbay.store.connection import driver_errors
from crystalbay.store.schema import embedded_tables
from crystalbay.store.sql import SqlStore

LOCKED_S = 30.0
"""How long the lock of a process that writes is waited for."""

FIELDS_OF_DAMAGE = 3
"""How many findings of a damaged file are told."""


@dataclass(frozen=True)
class Overview:
    """What is in a database: the version of its schema, and how many rows each table has."""

    version: int
    rows: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def take(database: Path, target: Path) -> None:
    """Copy a database, in use or not, to a new file, which is on the disk when this returns.

    Raises ConfigError when there is no such database, StoreUnavailable when it cannot be read or `target` written.
    """
    if not database.exists():
        raise ConfigError(f"there is no embedded store at {database}")
    with driver_errors(), closing(_opened(database)) as source, closing(_opened(target)) as copy:
        source.backup(copy, progress=_patience())
        copy.execute("pragma journal_mode=delete")  # one file, without a log beside it
    sync(target)


def look_over(path: Path) -> Overview:
    """Check a database that nobody uses and count its rows. Raises StoreError with what is wrong with it."""
    try:
        with closing(_opened(path)) as raw:
            wrong = [row[0] for row in raw.execute(f"pragma integrity_check({FIELDS_OF_DAMAGE})") if row[0] != "ok"]
            orphans = raw.execute("pragma foreign_key_check").fetchmany(FIELDS_OF_DAMAGE)
            names = {row[0] for row in raw.execute("select name from sqlite_master where type = 'table'")}
            known = [table.name for table in embedded_tables() if table.name in names]
            rows = {name: raw.execute(f"select count(*) from {name}").fetchone()[0] for name in known}  # noqa: S608
            version = raw.execute("pragma user_version").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"{path.name} is no whole database: {error}") from None
    wrong += [f"{table}: row {row} has no parent in {parent}" for table, row, parent, _ in orphans]
    if wrong:
        raise StoreError(f"{path.name} is damaged: {'; '.join(wrong)}")
    if "leads" not in known:
        raise StoreError(f"{path.name} is a database of something else")
    return Overview(version, rows)


def modernise(path: Path) -> None:
    """Bring a database that nobody uses to what this program needs, as every start does.

    Raises ConfigError when a newer program has made it.
    """
    SqlStore(f"sqlite:///{path}").close()


def change(path: Path, work: Callable[[sqlite3.Connection], None]) -> None:
    """Do some work in one transaction on a database that nobody uses."""
    with driver_errors(), closing(_opened(path)) as raw:
        raw.execute("begin immediate")
        work(raw)
        raw.execute("commit")


def highest(path: Path, table: str, column: str) -> int:
    """The highest value of a numbered column; 0 without rows or without a database."""
    if not path.exists():
        return 0
    with driver_errors(), closing(_opened(path)) as raw:
        found = raw.execute(f"select max({column}) from {table}").fetchone()[0]  # noqa: S608 - names of the schema
        return int(found or 0)


def put_back(source: Path, database: Path) -> None:
    """Replace what is in a database, in use or not, by what is in `source`, in one transaction.

    Raises StoreUnavailable when others keep it locked, or when it is too damaged to be written; then nothing changed.
    """
    with driver_errors(), closing(_opened(source)) as given, closing(_opened(database)) as live:
        live.execute("pragma journal_mode=wal")
        size = live.execute("pragma page_size").fetchone()[0]
        if size != given.execute("pragma page_size").fetchone()[0]:  # a log cannot take pages of another size
            given.execute(f"pragma page_size={size}")
            given.execute("vacuum")
        live.execute("pragma synchronous=full")
        given.backup(live, progress=_patience())


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=1.0, isolation_level=None)


def _patience() -> Callable[[int, int, int], None]:
    """For `backup`, which itself would try a locked database for ever."""
    deadline = time.monotonic() + LOCKED_S

    def look(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() > deadline:
            raise StoreUnavailable(f"SQLite: another process kept the database locked for {LOCKED_S:.0f} s")

    return look


def sync(path: Path) -> None:
    """Let a file, or the names in a folder, reach the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
