"""Print the first SQLite migration, rendered from the one schema: python -m crystalbay.store.migrations > FILE."""

from __future__ import annotations

import sys

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from crystalbay.store.schema import SQLITE_TRIGGERS, metadata


def render() -> str:
    dialect = sqlite.dialect()
    parts = []
    for table in metadata.sorted_tables:
        parts.append(str(CreateTable(table).compile(dialect=dialect)).strip() + ";")
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        parts += [str(CreateIndex(index).compile(dialect=dialect)).strip() + ";" for index in indexes]
    lines = (line.rstrip() for line in "\n\n".join(parts).splitlines())
    return "\n".join(lines) + "\n" + SQLITE_TRIGGERS


if __name__ == "__main__":
    sys.stdout.write(render())
