"""INSERT, UPDATE and DELETE, as the first part of a statement whose second part reads what they returned."""

from __future__ import annotations

from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Catalog, Table
from crystalbay.sandbox.postgrest.conditions import Scope, all_of
from crystalbay.sandbox.postgrest.errors import no_filter
from crystalbay.sandbox.postgrest.payload import BODY, Payload, as_rows
from crystalbay.sandbox.postgrest.relations import find_relation
from crystalbay.sandbox.postgrest.selection import Node, Picked, Star
from crystalbay.sandbox.postgrest.statement import Statement, comma, public

# Counts the rows that ON CONFLICT updated, which are no new rows; always true.
_COUNT_UPDATE = sql.SQL(
    "set_config('pgrst.updated', (coalesce(nullif(current_setting('pgrst.updated', true), '')::int, 0) + 1)::text,"
    " true) <> ''"
)


def insert(
    statement: Statement,
    table: Table,
    payload: Payload,
    returning: sql.Composable,
    *,
    resolution: str | None = None,
    on_conflict: tuple[str, ...] | None = None,
    defaults: bool = False,
) -> sql.Composable:
    """`resolution` makes it an upsert by `on_conflict` or the primary key. Raises ApiError PGRST204."""
    if payload.rows == 0:
        return _nothing(table, returning)
    if not payload.keys:
        return sql.SQL("INSERT INTO {} DEFAULT VALUES RETURNING {}").format(public(table.name), returning)
    rows = as_rows(statement, table, payload, defaults=defaults)
    return sql.SQL("INSERT INTO {}({}) SELECT {} FROM {} {} RETURNING {}").format(
        public(table.name),
        comma([sql.Identifier(key) for key in payload.keys]),
        comma([BODY + sql.SQL(".") + sql.Identifier(key) for key in payload.keys]),
        rows,
        _conflict(payload.keys, on_conflict or table.primary_key, resolution),
        returning,
    )


def _conflict(keys: tuple[str, ...], target: tuple[str, ...], resolution: str | None) -> sql.Composable:
    if resolution is None or not target:
        return sql.SQL("")
    names = comma([sql.Identifier(name) for name in target])
    if resolution == "ignore-duplicates":
        return sql.SQL("ON CONFLICT({}) DO NOTHING").format(names)
    changes = [sql.SQL("{} = EXCLUDED.{}").format(sql.Identifier(key), sql.Identifier(key)) for key in keys]
    return sql.SQL("ON CONFLICT({}) DO UPDATE SET {} WHERE {}").format(names, comma(changes), _COUNT_UPDATE)


def update(
    statement: Statement, table: Table, payload: Payload, node: Node, returning: sql.Composable
) -> sql.Composable:
    """Raises ApiError PGRST204, and 21000 without a filter."""
    if not payload.keys or payload.rows == 0:
        return _nothing(table, returning)
    rows = as_rows(statement, table, payload, defaults=False)
    changes = [sql.SQL("{} = {}.{}").format(sql.Identifier(key), BODY, sql.Identifier(key)) for key in payload.keys]
    return sql.SQL("UPDATE {} SET {} FROM (SELECT * FROM {} LIMIT 1) AS {} WHERE {} RETURNING {}").format(
        public(table.name), comma(changes), rows, BODY, _where(statement, table, node, "UPDATE"), returning
    )


def delete(statement: Statement, table: Table, node: Node, returning: sql.Composable) -> sql.Composable:
    """Raises ApiError 21000 without a filter."""
    return sql.SQL("DELETE FROM {} WHERE {} RETURNING {}").format(
        public(table.name), _where(statement, table, node, "DELETE"), returning
    )


def _nothing(table: Table, returning: sql.Composable) -> sql.Composable:
    return sql.SQL("SELECT {} FROM {} WHERE false").format(returning, public(table.name))


def _where(statement: Statement, table: Table, node: Node, verb: str) -> sql.Composable:
    if not node.filters:
        raise no_filter(verb)
    return sql.SQL(" AND ").join(all_of(statement, Scope(sql.Identifier(table.name), table), node.filters))


def returned_columns(catalog: Catalog, table: Table, node: Node) -> sql.Composable:
    """What the second part needs of each row, and no more: reading a column takes the right to read it."""
    own = sql.Identifier(table.name) + sql.SQL(".")
    names: dict[str, None] = {}
    for item in node.items:
        if isinstance(item, Star):
            return own + sql.SQL("*")
        if isinstance(item, Picked):
            names[item.field.name] = None
        else:
            relation = find_relation(catalog, table.name, item.target, item.hint)
            names |= dict.fromkeys(near for near, _ in relation.pairs)
    return comma([own + sql.Identifier(name) for name in names]) if names else sql.SQL("1")
