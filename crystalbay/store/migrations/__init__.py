"""Numbered migrations. SQLite keeps the number it has reached in `PRAGMA user_version`.

A migration is a SQL file that never changes: `sqlite/0001_initial.sql`. New tables are rendered from schema.py by
`python -m crystalbay.store.migrations`; a test compares what all files together build with the metadata.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from crystalbay.errors import ConfigError

FOLDER = Path(__file__).parent / "sqlite"


def numbered() -> list[tuple[int, Path]]:
    """All migrations of SQLite, in order."""
    return sorted((int(path.name[:4]), path) for path in FOLDER.glob("*.sql"))


def migrate_sqlite(raw: sqlite3.Connection) -> int:
    """Bring the database to the newest version, each step in a transaction of its own. Answers the version.

    Raises ConfigError when a newer program has already migrated it, sqlite3.Error when it cannot be written.
    """
    newest = numbered()[-1][0]
    if _version(raw) > newest:
        raise ConfigError(
            f"DATABASE_URL: the database is at schema version {_version(raw)}, this program knows {newest}."
            " Start the newer program, or restore a backup made before it."
        )
    for number, path in numbered():
        if _version(raw) < number:
            _step(raw, number, path)
    return newest


def _step(raw: sqlite3.Connection, number: int, path: Path) -> None:
    """One migration, unless another process has made it while this one waited for the lock."""
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
