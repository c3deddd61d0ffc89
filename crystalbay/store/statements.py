"""SQL statements by shape: built and compiled by SQLAlchemy Core once, then run by the driver itself.

Core's own execution costs several times what SQLite needs for a statement; here a request is a handful of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Integer,
    Table,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal_column,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from crystalbay.store.interface import Row
from crystalbay.store.schema import Json, Time, metadata
from crystalbay.store.values import WhereShape

_DIALECT = sqlite.dialect(paramstyle="named")

Convert = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class Statement:
    """Compiled SQL with the conversions of what goes in and what comes out."""

    sql: str
    binds: tuple[tuple[str, Convert], ...]
    constants: dict[str, Any]
    columns: tuple[str, ...]
    reads: tuple[tuple[str, Callable[[Any], Any]], ...]

    def run(self, raw: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        """Run it. `values` by the names of its parameters."""
        given = {name: convert(values[name]) if convert else values[name] for name, convert in self.binds}
        return raw.execute(self.sql, given | self.constants if self.constants else given)

    def rows(self, raw: sqlite3.Connection, values: Mapping[str, Any]) -> list[Row]:
        """Run it and convert every row: only the columns that need it, and of those only what is not null."""
        found = [dict(zip(self.columns, values, strict=True)) for values in self.run(raw, values)]
        for row in found:
            for name, convert in self.reads:
                if row[name] is not None:
                    row[name] = convert(row[name])
        return found


def _compiled(statement: Executable, columns: list[tuple[str, ColumnElement[Any]]] | None = None) -> Statement:
    compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    named = compiled.bind_names.items()
    binds = tuple(
        (name, bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)) for bind, name in named if bind.required
    )
    constants = {name: bind.value for bind, name in named if not bind.required}
    found = [(name, _reader(column)) for name, column in columns or []]
    reads = tuple((name, convert) for name, convert in found if convert)
    return Statement(str(compiled), binds, constants, tuple(name for name, _ in found), reads)


def _reader(column: ColumnElement[Any]) -> Convert:
    """How values of a column are read; ours without the layers that SQLAlchemy puts around a type."""
    if isinstance(column.type, Time | Json):
        return column.type.from_text
    return column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


def _all_columns(target: Table) -> list[tuple[str, ColumnElement[Any]]]:
    return [(column.name, column) for column in target.c]


_ASSIGNED = {"leads": "number", "activities": "seq", "jobs": "seq"}
"""Columns that the database numbers itself, and that an insert answers."""

_LIMIT = bindparam("row_limit", type_=Integer())


def table(name: str) -> Table:
    return metadata.tables[name]


@lru_cache(maxsize=500)
def insert_row(name: str, columns: tuple[str, ...], once: tuple[str, ...] | None = None) -> Statement:
    target = table(name)
    values: dict[str, Any] = {column: bindparam(column, type_=target.c[column].type) for column in columns}
    if name == "leads" and "number" not in values:
        values["number"] = select(func.coalesce(func.max(target.c.number), 0) + 1).scalar_subquery()
    statement = insert(target).values(values)
    if once:
        statement = statement.on_conflict_do_nothing(index_elements=list(once))
    assigned = _ASSIGNED.get(name)
    if assigned is None:
        return _compiled(statement)
    return _compiled(statement.returning(target.c[assigned]), [(assigned, target.c[assigned])])


@lru_cache(maxsize=500)
def update_row(name: str, sets: tuple[str, ...], adds: tuple[str, ...], expects: tuple[str, ...]) -> Statement:
    target = table(name)
    values: dict[str, Any] = {c: bindparam(f"set_{c}", type_=target.c[c].type) for c in sets}
    values |= {c: target.c[c] + bindparam(f"add_{c}", type_=target.c[c].type) for c in adds}
    if "version" in target.c and "version" not in values:
        values["version"] = target.c.version + 1
    return _compiled(update(target).where(*_named(target, expects)).values(values))


@lru_cache(maxsize=200)
def delete_row(name: str, expects: tuple[str, ...]) -> Statement:
    target = table(name)
    return _compiled(delete(target).where(*_named(target, expects)))


@lru_cache(maxsize=200)
def require_row(name: str, expects: tuple[str, ...]) -> Statement:
    target = table(name)
    return _compiled(select(target.c.id).where(*_named(target, expects)), [("id", target.c.id)])


@lru_cache(maxsize=200)
def update_where(name: str, shape: WhereShape, sets: tuple[str, ...]) -> Statement:
    target = table(name)
    values: dict[str, Any] = {c: bindparam(f"set_{c}", type_=target.c[c].type) for c in sets}
    if "version" in target.c:
        values["version"] = target.c.version + 1
    return _compiled(update(target).where(*conditions(target, shape)).values(values))


@lru_cache(maxsize=500)
def find_rows(name: str, shape: WhereShape, order: tuple[str, ...], paged: bool, descending: bool) -> Statement:
    """Parameters besides the conditions': `row_limit`, and `after_…` of each order column when paged."""
    target = table(name)
    columns = [target.c[c] for c in order]
    statement = select(target).where(*conditions(target, shape))
    if paged:
        marks = [bindparam(f"after_{c.name}", type_=c.type) for c in columns]
        pair, mark = tuple_(*columns), tuple_(*marks)
        statement = statement.where(pair < mark if descending else pair > mark)
    ordered = statement.order_by(*(c.desc() if descending else c for c in columns)).limit(_LIMIT)
    return _compiled(ordered, _all_columns(target))


def conditions(target: Table, shape: WhereShape) -> list[ColumnElement[bool]]:
    return [
        _condition(_compared(target.c[column], shape), f"where_{number}", op, detail)
        for number, (column, op, detail) in enumerate(shape)
    ]


def _compared(column: ColumnElement[Any], shape: WhereShape) -> ColumnElement[Any]:
    """The column as conditions name it: where the search index answers, `+column`, so that SQLite takes no other."""
    by_search = any(op == "match" for _, op, _ in shape)
    return literal_column(f"+{column}", column.type) if by_search else column


_PROPOSED = (
    "leads.number in (select rowid from leads_search where leads_search match :{name}_match"
    " union all select number from leads_unindexed)"
)
"""The leads that may hold the words of a needle (crystalbay/store/search.py)."""


def _condition(subject: ColumnElement[Any], name: str, op: str, detail: bool | int) -> ColumnElement[bool]:
    if op == "in":
        return subject.in_([bindparam(f"{name}_{i}", type_=subject.type) for i in range(detail)]) if detail else false()
    if op in ("has", "match"):
        proposed = text(_PROPOSED.format(name=name)) if op == "match" else true()
        return and_(proposed, *(subject.like(bindparam(f"{name}_{i}")) for i in range(int(detail))))
    value = bindparam(name, type_=subject.type)
    if op in ("eq", "ne"):
        if detail:
            return subject.is_(None) if op == "eq" else subject.is_not(None)
        return subject == value if op == "eq" else subject.is_distinct_from(value)
    return {"gt": subject > value, "gte": subject >= value, "lt": subject < value, "lte": subject <= value}[op]


def _named(target: Table, expects: tuple[str, ...]) -> list[ColumnElement[bool]]:
    wanted = [target.c[c].is_not_distinct_from(bindparam(f"expect_{c}", type_=target.c[c].type)) for c in expects]
    return [target.c.id == bindparam("row_id"), *wanted]


CUSTOMER_OF_CARD = ("id", "name", "phone", "email")
ASSIGNEE_OF_CARD = ("id", "name")


@lru_cache(maxsize=200)
def board_leads(shape: WhereShape) -> Statement:
    """The first `row_limit` leads of the column `status` with who they are for and whose they are, in board order."""
    leads, customers, users = table("leads"), table("customers"), table("users")
    joined = leads.join(customers, customers.c.id == leads.c.customer_id).outerjoin(
        users, users.c.id == leads.c.assignee_id
    )
    who = [customers.c[c].label(f"customer__{c}") for c in CUSTOMER_OF_CARD]
    whose = [users.c[c].label(f"assignee__{c}") for c in ASSIGNEE_OF_CARD]
    shown = [*leads.c, *who, *whose]
    statement = (
        select(*shown)
        .select_from(joined)
        .where(_compared(leads.c.status, shape) == bindparam("status"), *conditions(leads, shape))
        .order_by(leads.c.position, leads.c.id)
        .limit(_LIMIT)
    )
    return _compiled(statement, [(column.name, column) for column in shown])


@lru_cache(maxsize=200)
def board_counts(shape: WhereShape) -> Statement:
    """(status, currency, leads, total) of all columns under a filter."""
    leads = table("leads")
    group = (leads.c.status, leads.c.value_currency)
    return _compiled(
        select(*group, func.count(), func.sum(leads.c.value_minor)).where(*conditions(leads, shape)).group_by(*group)
    )
