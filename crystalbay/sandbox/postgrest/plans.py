"""From a request to one SQL statement, and what must hold of its result before the transaction may end."""

from __future__ import annotations

from dataclasses import dataclass, replace

from psycopg import sql

from crystalbay.sandbox.postgrest import calling, writing
from crystalbay.sandbox.postgrest.catalog import Catalog, Function, Table
from crystalbay.sandbox.postgrest.errors import bad_body, bad_method, bad_path
from crystalbay.sandbox.postgrest.exchange import Call, Media, negotiate, window
from crystalbay.sandbox.postgrest.payload import parse_body, read_payload
from crystalbay.sandbox.postgrest.preferences import Preferences, parse_prefer
from crystalbay.sandbox.postgrest.query import Query, argument_names, parse_query, read_pairs
from crystalbay.sandbox.postgrest.reading import ROWS, Reader, Source
from crystalbay.sandbox.postgrest.selection import Node
from crystalbay.sandbox.postgrest.statement import Statement, public, trusted

_SOURCE = sql.SQL("pgrst_source")
_UPDATED = sql.SQL("coalesce(nullif(current_setting('pgrst.updated', true), '')::int, 0)")


@dataclass(frozen=True)
class Sql:
    """SQL and its parameters."""

    text: sql.Composed
    parameters: list[object]


@dataclass(frozen=True)
class Plan:
    """`query` answers one row: total, rows, updated, body. `estimate` selects a row for each that is to be counted."""

    call: Call
    media: Media
    preferences: Preferences
    query: Sql
    read_only: bool
    offset: int = 0
    estimate: Sql | None = None
    function: Function | None = None
    has_body: bool = True

    @property
    def must_be_one(self) -> bool:
        return self.media.single and self.has_body and not (self.function and self.function.shape == "scalar")

    @property
    def most_affected(self) -> int | None:
        return self.preferences.max_affected if self.call.method in ("PATCH", "DELETE") else None


class Planner:
    """Makes plans by the schema cache as it is now."""

    def __init__(self, catalog: Catalog, max_rows: int) -> None:
        self._catalog, self._max_rows = catalog, max_rows

    def plan(self, call: Call) -> Plan:
        """Raises ApiError for all that PostgREST refuses without asking PostgreSQL."""
        first, *more = call.path.split("/")
        if first == "rpc" and len(more) == 1 and more[0]:
            return self._call(call, more[0])
        if more or not first:
            raise bad_path()
        if call.reads:
            return self._read(call, self._catalog.table(first))
        if call.method in ("POST", "PATCH", "DELETE"):
            return self._write(call, self._catalog.table(first))
        raise bad_method(call.method)

    # ------------------------------------------------------------------ tables

    def _read(self, call: Call, table: Table) -> Plan:
        preferences, query = _asked(call)
        source = Source(public(table.name), sql.Identifier(table.name), table)
        statement = Statement()
        reader = Reader(self._catalog, statement, self._max_rows)
        limit, offset = window(call, query.root.limit, query.root.offset)
        rows = reader.select(query.root, source, limit=self._at_most(limit), offset=offset)
        total: sql.Composable = sql.SQL("NULL::bigint")
        if preferences.count == "exact":
            total = _count(reader.all_rows(query.root, source))
        media = negotiate(call.headers.get("accept", ""))
        final = _final(rows, total, _body(call, media))
        plan = Plan(call, media, preferences, Sql(final, statement.parameters), True, offset)
        return replace(plan, estimate=self._estimate(query.root, source, preferences))

    def _estimate(self, node: Node, source: Source, preferences: Preferences) -> Sql | None:
        if preferences.count not in ("planned", "estimated"):
            return None
        statement = Statement()
        rows = Reader(self._catalog, statement, self._max_rows).all_rows(node, source)
        return Sql(rows, statement.parameters)

    def _write(self, call: Call, table: Table) -> Plan:
        preferences, query = _asked(call)
        statement, media = Statement(), negotiate(call.headers.get("accept", ""))
        wants_rows = preferences.returning == "representation"
        node = query.root if wants_rows else Node()
        returning = writing.returned_columns(self._catalog, table, node)
        changed = self._change(call, table, query, preferences, statement, returning)
        seen = Source(
            sql.SQL("{} AS {}").format(_SOURCE, sql.Identifier(table.name)), sql.Identifier(table.name), table
        )
        inside = Node(node.items)
        rows = Reader(self._catalog, statement, self._max_rows).select(inside, seen, limit=None)
        body = _body(call, media) if wants_rows else sql.SQL("''")
        final = _final(rows, sql.SQL("NULL::bigint"), body, first=changed)
        return Plan(call, media, preferences, Sql(final, statement.parameters), False, has_body=wants_rows)

    def _change(
        self,
        call: Call,
        table: Table,
        query: Query,
        preferences: Preferences,
        statement: Statement,
        returning: sql.Composable,
    ) -> sql.Composable:
        if call.method == "DELETE":
            return writing.delete(statement, table, query.root, returning)
        payload = read_payload(_json_text(call), query.columns)
        if call.method == "PATCH":
            return writing.update(statement, table, payload, query.root, returning)
        return writing.insert(
            statement,
            table,
            payload,
            returning,
            resolution=preferences.resolution,
            on_conflict=query.on_conflict,
            defaults=preferences.missing == "default",
        )

    # ------------------------------------------------------------------ functions

    def _call(self, call: Call, name: str) -> Plan:
        if call.method not in ("GET", "HEAD", "POST"):
            raise bad_method(call.method)
        statement = Statement()
        function, query, called = self._called(call, name, statement)
        preferences = parse_prefer(call.headers.get("prefer", ""))
        media = negotiate(call.headers.get("accept", ""))
        limit, offset = window(call, query.root.limit, query.root.offset)
        table = self._catalog.tables.get(function.table) if function.table else None
        source = Source(sql.SQL("{} AS {}").format(_SOURCE, sql.Identifier(name)), sql.Identifier(name), table)
        reader = Reader(self._catalog, statement, self._max_rows)
        most = self._at_most(limit) if function.returns_set else limit
        rows = reader.select(query.root, source, limit=most, offset=offset)
        total: sql.Composable = sql.SQL("NULL::bigint")
        if preferences.count:
            total = _count(reader.all_rows(query.root, source))
        final = _final(rows, total, _function_body(call, media, function), first=called)
        read_only = call.reads or not function.writes
        done = Sql(final, statement.parameters)
        return Plan(call, media, preferences, done, read_only, offset, function=function)

    def _called(self, call: Call, name: str, statement: Statement) -> tuple[Function, Query, sql.Composable]:
        """The function, the rest of the query string, and the call as SQL."""
        pairs = read_pairs(call.query_string)
        if call.reads:
            known = {
                argument.name for overload in self._catalog.functions.get(name, ()) for argument in overload.arguments
            }
            names = {key for key, _ in pairs if key in known} | set(argument_names(pairs))
            function = calling.find_function(self._catalog, name, names, with_body=False)
            query = parse_query(pairs, names)
            return function, query, calling.call_with_query(statement, function, query.arguments)
        text = _json_text(call) if call.body.strip() else "{}"
        body = parse_body(text)
        names = set(body) if isinstance(body, dict) else set()
        function = calling.find_function(self._catalog, name, names, with_body=True)
        if not isinstance(body, dict) and function.takes(names) and not function.takes_body:
            raise bad_body("Empty or invalid json")
        return function, parse_query(pairs), calling.call_with_body(statement, function, names, text)

    def _at_most(self, limit: int | None) -> int:
        return self._max_rows if limit is None else min(limit, self._max_rows)


def _asked(call: Call) -> tuple[Preferences, Query]:
    return parse_prefer(call.headers.get("prefer", "")), parse_query(read_pairs(call.query_string))


def _json_text(call: Call) -> str:
    kind = call.headers.get("content-type", "application/json").split(";")[0].strip()
    if kind != "application/json":
        raise bad_body(f"Content-Type not acceptable: {kind}")
    return call.body


def _count(rows: sql.Composable) -> sql.Composable:
    return sql.SQL("(SELECT count(*) FROM ({}) AS pgrst_counted)").format(rows)


def _body(call: Call, media: Media) -> sql.Composable:
    """The whole answer as JSON text, made by PostgreSQL."""
    if call.method == "HEAD":
        return sql.SQL("''")
    rows = sql.SQL("json_agg({}.*)").format(ROWS)
    if media.stripped:
        rows = sql.SQL("json_strip_nulls({})").format(rows)
    return rows + sql.SQL("->0") if media.single else sql.SQL("coalesce({}, '[]')").format(rows)


def _function_body(call: Call, media: Media, function: Function) -> sql.Composable:
    if function.shape == "void" or call.method == "HEAD":
        return sql.SQL("''")
    if function.shape == "scalar":
        values = sql.SQL("json_agg({}.{})").format(ROWS, calling.SCALAR)
        return sql.SQL("coalesce({}, '[]')").format(values) if function.returns_set else values + sql.SQL("->0")
    return _body(call, media if function.returns_set else replace(media, single=True))


def _final(
    rows: sql.Composable, total: sql.Composable, body: sql.Composable, first: sql.Composable | None = None
) -> sql.Composed:
    """`first` does the work and `rows` reads what it returned as pgrst_source."""
    start = trusted("WITH pgrst_source AS (") + first + sql.SQL(") ") if first else sql.SQL("")
    return start + sql.SQL(
        "SELECT {} AS total, count(*) AS rows, {} AS updated, ({})::text AS body FROM ({}) AS {}"
    ).format(total, _UPDATED, body, rows, ROWS)
