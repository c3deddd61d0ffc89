"""One SQL statement in the making. What a client sent enters it as a parameter or an identifier, never as text."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg import sql

_TYPES = {
    "int": "int4",
    "integer": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "real": "float4",
    "float": "float8",
    "double precision": "float8",
    "decimal": "numeric",
    "boolean": "bool",
    "character varying": "varchar",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
}
_LONGEST_ALIAS = 50  # bytes; PostgreSQL cuts at 63, and a number follows


class Statement:
    """Collects the parameters $1, $2 … and hands out aliases that are used once."""

    def __init__(self) -> None:
        self.parameters: list[object] = []
        self._aliases = 0

    def value(self, value: object) -> sql.Composable:
        """A parameter. PostgreSQL finds its type from the context, as for a quoted literal."""
        self.parameters.append(value)
        return trusted(f"${len(self.parameters)}")

    def alias(self, name: str) -> sql.Identifier:
        self._aliases += 1
        return sql.Identifier(f"{name.encode()[:_LONGEST_ALIAS].decode(errors='ignore')}_{self._aliases}")


def trusted(text: str) -> sql.SQL:
    """SQL that comes from this program or from PostgreSQL's own catalog, not from a client."""
    return sql.SQL(text)


def public(name: str) -> sql.Identifier:
    return sql.Identifier("public", name)


def type_name(written: str) -> sql.Composable:
    """A type named by a client, as a quoted identifier; SQL's own spellings become PostgreSQL's names."""
    plain = written.removesuffix("[]").strip().lower()
    name = sql.Identifier(_TYPES.get(plain, plain))
    return name + sql.SQL("[]") if written.endswith("[]") else name


def array_literal(values: tuple[str, ...]) -> str:
    """PostgreSQL's text form of an array of these texts."""
    escaped = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in escaped) + "}"


def comma(parts: Sequence[sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(parts)
