"""Print the statements that make some tables, for the next migration: python -m crystalbay.store.migrations KIND TABLE…

KIND is sqlite or postgres. What else a file needs (columns of known tables, rights, its number) is written by hand.
"""

from __future__ import annotations

import re
import sys
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.schema import CreateIndex, CreateTable

from crystalbay.store.schema import indexes_of, metadata

_DIALECTS = {"sqlite": sqlite.dialect, "postgres": postgresql.dialect}


def script(kind: str, tables: list[str]) -> str:
    """On PostgreSQL texts of any length: a limit would lose a message whose sender has a long name; ids compare byte by
    byte; and what is there already may stay."""
    dialect, again = _DIALECTS[kind](), kind == "postgres"
    made = "\n\n".join(part for name in tables for part in _created(name, dialect, again=again))
    return re.sub(r"VARCHAR\(\d+\)", 'TEXT COLLATE "C"', made) if again else made


def _created(name: str, dialect: Dialect, *, again: bool) -> list[str]:
    table = metadata.tables[name]
    places: dict[str, Any] = (
        {"schema_translate_map": {None: "public"}, "render_schema_translate": True} if again else {}
    )
    parts = [str(CreateTable(table, if_not_exists=again).compile(dialect=dialect, **places))]
    indexes = (CreateIndex(index, if_not_exists=again) for index in indexes_of(table, dialect.name))
    parts += [str(index.compile(dialect=dialect, **places)) for index in indexes]
    return ["\n".join(line.rstrip() for line in part.strip().splitlines()) + ";" for part in parts]


if __name__ == "__main__":
    kind, tables = "".join(sys.argv[1:2]), sys.argv[2:]
    if kind not in _DIALECTS or not tables or set(tables) - set(metadata.tables):
        sys.exit(f"say which: {' or '.join(_DIALECTS)}, then tables of crystalbay/store/schema.py")
    sys.stdout.write(script(kind, tables) + "\n")
