"""Numbered migrations. SQLite keeps the number it has reached in `PRAGMA user_version`.

A migration is a SQL file that never changes once released: `sqlite/0001_initial.sql`. The first is rendered from
schema.py by `python -m crystalbay.store.migrations`; a test compares what the files build with the metadata.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy.engine import Connection

from crystalbay.errors import ConfigError

FOLDER = Path(__file__).parent / "sqlite"


def numbered() -> list[tuple[int, Path]]:
    """All migrations of SQLite, in order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("*.sql"))


def migrate_sqlite(connection: Connection) -> int:
    """Bring the database to the newest version, each step in a transaction of its own. Answers the version.

    Raises ConfigError when a newer program has already migrated it.
    """
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    newest = numbered()[-1][0]
    if _version(raw) > newest:
        raise ConfigError(
            f"DATABASE_URL: the database is at schema version {_version(raw)}, this program knows {newest}."
            " Start the newer program, or restore a backup made before it."
        )
    for number, path in numbered():
        raw.execute("begin immediate")
        try:
            if _version(raw) < number:
                for statement in _statements(path.read_text(encoding="utf-8")):
                    raw.execute(statement)
                raw.execute(f"pragma user_version = {number}")
            raw.execute("commit")
        except BaseException:
            raw.execute("rollback")
            raise
    return newest


def _version(raw: sqlite3.Connection) -> int:
    return int(raw.execute("pragma user_version").fetchone()[0])


def _statements(script: str) -> list[str]:
    """Cut a script into statements; a trigger's inner semicolons do not end it."""
    found, lines = [], []
    for line in script.splitlines():
        lines.append(line)
        text = "\n".join(lines)
        if sqlite3.complete_statement(text):
            found.append(text)
            lines = []
    return found
