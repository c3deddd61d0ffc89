"""Calls of functions: which one is meant, and the call as the first part of a statement that reads its result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Argument, Catalog, Function
from crystalbay.sandbox.postgrest.errors import ambiguous_function, no_function
from crystalbay.sandbox.postgrest.statement import Statement, comma, public, trusted

SCALAR = sql.Identifier("pgrst_scalar")
_ARGUMENTS = sql.Identifier("pgrst_args")


def find_function(catalog: Catalog, name: str, arguments: set[str], *, with_body: bool) -> Function:
    """The overload that these arguments fit. Raises ApiError PGRST202 and 203."""
    overloads = catalog.functions.get(name, ())
    fitting = [function for function in overloads if function.takes(arguments)]
    if not fitting and with_body:
        fitting = [function for function in overloads if function.takes_body]
    if not fitting:
        raise no_function(name, arguments)
    if len(fitting) > 1:
        raise ambiguous_function([function.signature for function in fitting])
    return fitting[0]


def call_with_body(statement: Statement, function: Function, names: set[str], body: str) -> sql.Composable:
    """By POST: `body` is the JSON text with an object of arguments, or the one unnamed argument itself."""
    if not function.takes(names):
        value = statement.value(body) + trusted(f"::{function.arguments[0].type}")
        return _rows(function, sql.SQL("{}({})").format(public(function.name), value), sql.SQL(""))
    given = [argument for argument in function.arguments if argument.name in names]
    if not given:
        return _rows(function, public(function.name) + sql.SQL("()"), sql.SQL(""))
    values = [_ARGUMENTS + sql.SQL(".") + sql.Identifier(argument.name) for argument in given]
    shape = comma([sql.Identifier(argument.name) + trusted(f" {argument.type}") for argument in given])
    source = sql.SQL("json_to_record({}::json) AS {}({}), LATERAL ").format(statement.value(body), _ARGUMENTS, shape)
    return _rows(function, _call(function, given, values), source)


def call_with_query(statement: Statement, function: Function, arguments: Mapping[str, str]) -> sql.Composable:
    """By GET: each argument is PostgreSQL's text of its value."""
    given = [argument for argument in function.arguments if argument.name in arguments]
    values = [statement.value(arguments[argument.name]) + trusted(f"::{argument.type}") for argument in given]
    return _rows(function, _call(function, given, values), sql.SQL(""))


def _call(function: Function, given: list[Argument], values: Sequence[sql.Composable]) -> sql.Composable:
    parts = [
        sql.SQL("{}{} := {}").format(
            sql.SQL("VARIADIC ") if argument.variadic else sql.SQL(""), sql.Identifier(argument.name), value
        )
        for argument, value in zip(given, values, strict=True)
    ]
    return sql.SQL("{}({})").format(public(function.name), comma(parts))


def _rows(function: Function, call: sql.Composable, source: sql.Composable) -> sql.Composable:
    """A scalar becomes a row with the one column `pgrst_scalar`."""
    shape = sql.SQL("pgrst_call") if function.shape == "rows" else sql.SQL("pgrst_call({})").format(SCALAR)
    return sql.SQL("SELECT pgrst_call.* FROM {}{} AS {}").format(source, call, shape)
