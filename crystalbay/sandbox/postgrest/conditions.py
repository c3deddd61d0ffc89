"""Filters as SQL. Values go in as parameters without a type: PostgreSQL takes it from the column, or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psycopg import sql

from crystalbay.sandbox.postgrest.catalog import Table
from crystalbay.sandbox.postgrest.errors import only_null_of_embedded
from crystalbay.sandbox.postgrest.filters import TEXT_SEARCH, Condition, Filter, Group
from crystalbay.sandbox.postgrest.scanner import Field
from crystalbay.sandbox.postgrest.statement import Statement, array_literal, trusted

_OPERATORS = {
    "eq": "=",
    "neq": "<>",
    "gt": ">",
    "gte": ">=",
    "lt": "<",
    "lte": "<=",
    "like": "LIKE",
    "ilike": "ILIKE",
    "match": "~",
    "imatch": "~*",
    "cs": "@>",
    "cd": "<@",
    "ov": "&&",
    "sl": "<<",
    "sr": ">>",
    "nxr": "&<",
    "nxl": "&>",
    "adj": "-|-",
    "isdistinct": "IS DISTINCT FROM",
}
_TEXT_QUERIES = {
    "fts": "to_tsquery",
    "plfts": "plainto_tsquery",
    "phfts": "phraseto_tsquery",
    "wfts": "websearch_to_tsquery",
}
_KEYWORDS = {
    "null": "NULL",
    "not_null": "NOT NULL",
    "true": "TRUE",
    "false": "FALSE",
    "unknown": "UNKNOWN",
}


@dataclass(frozen=True)
class Scope:
    """Where a field is looked up: the alias of a table, its columns if known, and what each embedding is called."""

    alias: sql.Identifier
    table: Table | None
    embeds: Mapping[str, sql.Composable] = field(default_factory=dict)

    def type_of(self, name: str) -> str | None:
        column = self.table.columns.get(name) if self.table else None
        return column.type if column else None


def field_sql(statement: Statement, scope: Scope, target: Field) -> sql.Composable:
    """A column, or the value that a JSON path finds in it."""
    column: sql.Composable = scope.alias + sql.SQL(".") + sql.Identifier(target.name)
    if not target.path:
        return column
    if scope.type_of(target.name) not in ("json", "jsonb"):
        column = sql.SQL("to_jsonb({})").format(column)
    for step in target.path:
        key_type = "int4" if isinstance(step.key, int) else "text"
        arrow = "->>" if step.as_text else "->"
        column += trusted(f" {arrow} ") + statement.value(str(step.key)) + trusted(f"::{key_type}")
    return sql.SQL("({})").format(column)


def all_of(statement: Statement, scope: Scope, filters: list[Filter]) -> list[sql.Composable]:
    """One piece of SQL for each filter. Raises ApiError PGRST120."""
    return [_filter(statement, scope, part) for part in filters]


def asks_null_of(filters: list[Filter] | tuple[Filter, ...], name: str) -> bool:
    """Whether a filter asks if the embedding of this name is there."""
    return any(
        asks_null_of(part.parts, name) if isinstance(part, Group) else part.field == Field(name) for part in filters
    )


def _filter(statement: Statement, scope: Scope, part: Filter) -> sql.Composable:
    if isinstance(part, Group):
        joined = trusted(f" {part.joiner} ").join([_filter(statement, scope, inner) for inner in part.parts])
        inside: sql.Composable = sql.SQL("({})").format(joined)
    elif not part.field.path and part.field.name in scope.embeds:
        inside = _presence(part, scope.embeds[part.field.name])
    else:
        inside = _condition(statement, scope, part)
    return sql.SQL("NOT ({})").format(inside) if part.negated else inside


def _presence(condition: Condition, embedded: sql.Composable) -> sql.Composable:
    if condition.operator != "is" or condition.value not in ("null", "not_null"):
        raise only_null_of_embedded(condition.field.name)
    word = sql.SQL("IS NOT DISTINCT FROM") if condition.value == "null" else sql.SQL("IS DISTINCT FROM")
    return sql.SQL("{} {} NULL").format(embedded, word)


def _condition(statement: Statement, scope: Scope, condition: Condition) -> sql.Composable:
    left = field_sql(statement, scope, condition.field)
    if condition.operator == "is":
        return left + trusted(f" IS {_KEYWORDS[condition.value]}")
    if condition.operator == "in":
        return sql.SQL("{} = ANY ({})").format(left, statement.value(array_literal(condition.values)))
    if condition.operator in TEXT_SEARCH:
        return _text_search(statement, scope, condition, left)
    value = condition.value.replace("*", "%") if condition.operator in ("like", "ilike") else condition.value
    right = statement.value(value)
    if condition.quantifier:
        right = trusted(f"{condition.quantifier} ") + sql.SQL("({})").format(right)
    return left + trusted(f" {_OPERATORS[condition.operator]} ") + right


def _text_search(statement: Statement, scope: Scope, condition: Condition, left: sql.Composable) -> sql.Composable:
    configuration: sql.Composable = sql.SQL("")
    if condition.configuration:
        configuration = statement.value(condition.configuration) + sql.SQL("::regconfig, ")
    if scope.type_of(condition.field.name) != "tsvector" or condition.field.path:
        left = sql.SQL("to_tsvector({}{})").format(configuration, left)
    query = trusted(_TEXT_QUERIES[condition.operator])
    return sql.SQL("{} @@ {}({}{})").format(left, query, configuration, statement.value(condition.value))
