"""The REST API: runs the plan of a request as one transaction under the role of its key."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass

import psycopg
from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Catalog, load_catalog
from crystalbay.sandbox.postgrest.connections import Connection, Connections
from crystalbay.sandbox.postgrest.errors import (
    ApiError,
    NotInCatalog,
    bad_range,
    from_postgres,
    has_nul,
    no_schema_cache,
    not_one_row,
    too_many_affected,
    unknown_schema,
)
from crystalbay.sandbox.postgrest.exchange import Answer, Call, refusal
from crystalbay.sandbox.postgrest.plans import Plan, Planner, Sql
from crystalbay.sandbox.postgrest.statement import trusted

ANON_TIMEOUT_MS = 3000  # supabase.com guides/database/postgres/timeouts
_STALE = ("42P01", "42883", "42703", "42804")  # the schema cache may know a name that has changed


@dataclass(frozen=True)
class Result:
    """What a plan's query answered: all rows that there are (if counted), rows in the answer, rows updated."""

    total: int | None
    rows: int
    updated: int
    body: str


class Api:
    """`max_rows` and `statement_timeout_ms` are settings of a project."""

    def __init__(self, connections: Connections, *, max_rows: int, statement_timeout_ms: int) -> None:
        self._connections = connections
        self._max_rows, self._timeout_ms = max_rows, statement_timeout_ms
        self._catalog: Catalog | None = None
        self._lock = threading.Lock()

    def answer(self, call: Call) -> Answer:
        """Never raises: what goes wrong is an answer, too."""
        try:
            return self._answer(call)
        except ApiError as error:
            return refusal(error)

    def reload(self) -> bool:
        """Read the schema again; whether it changed. Raises ApiError PGRST000 or 002."""
        return self._newer_than(self._catalog) is not None

    def _answer(self, call: Call) -> Answer:
        """A name that is not in the schema cache, or no longer, is looked for again in a fresh one.

        A hosted project reloads its cache after DDL by itself, a moment later.
        """
        _check_call(call)
        catalog = self._catalog or self._newer_than(None)
        assert catalog is not None  # any is newer than None
        while True:
            try:
                return self._attempt(call, catalog)
            except ApiError as error:
                if not isinstance(error, NotInCatalog) and error.code not in _STALE:
                    raise
                newer = self._newer_than(catalog)
                if newer is None:
                    raise
                catalog = newer

    def _newer_than(self, seen: Catalog | None) -> Catalog | None:
        """Another request may have read a newer one already. Raises ApiError PGRST000 or 002."""
        with self._lock:
            if self._catalog is not seen:
                return self._catalog
            with self._connections.admin() as connection:
                try:
                    catalog = load_catalog(connection)
                except psycopg.Error:
                    raise no_schema_cache() from None
            if catalog == seen:
                return None
            self._catalog = catalog
            return catalog

    def _attempt(self, call: Call, catalog: Catalog) -> Answer:
        plan = Planner(catalog, self._max_rows).plan(call)
        try:
            with self._connections.transaction(self._prelude(plan)) as connection:
                result = self._run(connection, plan)
                _check_result(plan, result)
        except psycopg.Error as error:
            raise from_postgres(error, anonymous=call.role == "anon") from None
        return _respond(plan, result)

    def _prelude(self, plan: Plan) -> sql.Composed:
        """BEGIN and the settings of the transaction, as PostgREST makes them; one round trip."""
        timeout = self._timeout_ms if plan.call.role != "anon" else min(self._timeout_ms, ANON_TIMEOUT_MS)
        own = plan.function.statement_timeout if plan.function else None
        settings: dict[str, str] = {
            "role": plan.call.role,
            "search_path": '"public", "extensions"',
            "statement_timeout": own or str(timeout),
            "request.jwt.claims": json.dumps(plan.call.claims),
            "request.method": plan.call.method,
            "request.path": f"/{plan.call.path}",
        }
        if plan.preferences.timezone:
            settings["timezone"] = plan.preferences.timezone
        calls = [
            sql.SQL("set_config({}, {}, true)").format(sql.Literal(name), sql.Literal(value))
            for name, value in settings.items()
        ]
        begin = sql.SQL("BEGIN READ ONLY; SELECT ") if plan.read_only else sql.SQL("BEGIN; SELECT ")
        return begin + sql.SQL(", ").join(calls)

    def _run(self, connection: Connection, plan: Plan) -> Result:
        row = connection.execute(plan.query.text, plan.query.parameters).fetchone()
        assert row is not None  # an aggregate always answers one row
        total, rows, updated, body = row
        if plan.estimate:
            total = self._estimated(connection, plan, plan.estimate)
        elif plan.preferences.count and not plan.call.reads and plan.function is None:
            total = rows
        return Result(total, rows, updated, body if body is not None else "null")

    def _estimated(self, connection: Connection, plan: Plan, counted: Sql) -> int:
        """`estimated` counts up to max_rows and trusts the planner beyond; `planned` always trusts it."""
        exact = 0
        if plan.preferences.count == "estimated":
            text = sql.SQL("SELECT count(*) FROM ({}) AS few").format(
                counted.text + trusted(f" LIMIT {self._max_rows + 1}")
            )
            exact = int((connection.execute(text, counted.parameters).fetchone() or (0,))[0])
            if exact <= self._max_rows:
                return exact
        explain = sql.SQL("EXPLAIN (FORMAT JSON) ") + counted.text
        row = connection.execute(explain, counted.parameters).fetchone()
        return max(exact, int(row[0][0]["Plan"]["Plan Rows"])) if row else exact


def _check_call(call: Call) -> None:
    """Raises ApiError PGRST106 and 22021."""
    profile = call.headers.get("accept-profile" if call.reads else "content-profile", "public")
    if profile != "public":
        raise unknown_schema(profile)
    if b"%00" in call.query_string or "\x00" in call.path:
        raise has_nul()


def _check_result(plan: Plan, result: Result) -> None:
    """Raises ApiError PGRST103, 116 and 124; the transaction is then rolled back."""
    if plan.must_be_one and result.rows != 1:
        raise not_one_row(result.rows)
    if plan.most_affected is not None and result.rows > plan.most_affected:
        raise too_many_affected(result.rows)
    if result.total is not None and plan.offset > result.total:
        raise bad_range(f"An offset of {plan.offset} was requested, but there are only {result.total} rows.")


def _respond(plan: Plan, result: Result) -> Answer:
    status = _status(plan, result)
    headers = {"Content-Range": _content_range(plan, result)}
    if plan.preferences.applied:
        headers["Preference-Applied"] = plan.preferences.applied
    if not plan.has_body or status == 204:
        return Answer(status, "", headers)
    return Answer(status, result.body, headers | {"Content-Type": f"{plan.media.type}; charset=utf-8"})


def _status(plan: Plan, result: Result) -> int:
    if plan.function is not None and plan.function.shape == "void":
        return 204
    if plan.call.reads or plan.function is not None:
        return 206 if result.total is not None and result.rows < result.total else 200
    if plan.call.method == "POST":
        return 201 if plan.preferences.resolution is None or result.rows > result.updated else 200
    return 200 if plan.has_body else 204


def _content_range(plan: Plan, result: Result) -> str:
    total = "*" if result.total is None else str(result.total)
    writes = plan.function is None and plan.call.method in ("POST", "DELETE")
    if result.rows == 0 or writes:
        return f"*/{total}"
    return f"{plan.offset}-{plan.offset + result.rows - 1}/{total}"
