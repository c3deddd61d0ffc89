"""The JSON body of a write. Its text goes to PostgreSQL as it came, so that no number loses a digit on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Column, Table
from crystalbay.sandbox.postgrest.errors import bad_body
from crystalbay.sandbox.postgrest.statement import Statement, comma, trusted

BODY = sql.Identifier("pgrst_body")
_PAIRS = 40  # a function has at most 100 arguments, and a pair takes two


@dataclass(frozen=True)
class Payload:
    """`keys`: the columns it names. `rows`: how many, or None for a single object."""

    text: str
    keys: tuple[str, ...]
    rows: int | None


def parse_body(text: str) -> Any:
    """Raises ApiError PGRST102."""
    try:
        return json.loads(text, parse_constant=_no_constant)
    except ValueError:
        raise bad_body("Empty or invalid json") from None


def read_payload(text: str, columns: tuple[str, ...] | None) -> Payload:
    """`columns`: what `columns=` names; it then decides, whatever the objects hold. Raises ApiError PGRST102."""
    body = parse_body(text)
    objects = body if isinstance(body, list) else [body]
    if not all(isinstance(row, dict) for row in objects):
        raise bad_body("Empty or invalid json")
    rows = len(objects) if isinstance(body, list) else None
    if columns is not None:
        return Payload(text, tuple(dict.fromkeys(columns)), rows)
    keys = tuple(objects[0]) if objects else ()
    if any(row.keys() != set(keys) for row in objects):
        raise bad_body("All object keys must match")
    return Payload(text, keys, rows)


def as_rows(statement: Statement, table: Table, payload: Payload, *, defaults: bool) -> sql.Composable:
    """A FROM item `pgrst_body` with the payload's columns. `defaults`: what a row leaves out takes its default."""
    columns = [table.column(key) for key in payload.keys]
    single = payload.rows is None
    with_default = [column for column in columns if column.default] if defaults else []
    kind = "jsonb" if with_default else "json"
    body: sql.Composable = statement.value(payload.text) + trusted(f"::{kind}")
    if with_default:
        body = _filled(body, with_default, single=single)
    function = trusted(f"{kind}_to_record" if single else f"{kind}_to_recordset")
    shape = comma([sql.Identifier(column.name) + trusted(f" {column.type}") for column in columns])
    return sql.SQL("{}({}) AS {}({})").format(function, body, BODY, shape)


def _filled(body: sql.Composable, columns: list[Column], *, single: bool) -> sql.Composable:
    chunks = [columns[start : start + _PAIRS] for start in range(0, len(columns), _PAIRS)]
    objects = [sql.SQL("jsonb_build_object({})").format(comma([_pair(column) for column in part])) for part in chunks]
    defaults = sql.SQL(" || ").join(objects)
    if single:
        return sql.SQL("{} || {}").format(defaults, body)
    return sql.SQL("(SELECT jsonb_agg({} || pgrst_row) FROM jsonb_array_elements({}) AS pgrst_row)").format(
        defaults, body
    )


def _pair(column: Column) -> sql.Composable:
    return sql.SQL("{}, {}").format(sql.Literal(column.name), trusted(column.default or "NULL"))


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
