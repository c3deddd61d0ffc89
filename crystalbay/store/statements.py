"""SQL statements by shape: built and compiled by SQLAlchemy Core once, then run by the driver itself.

Core's own execution costs several times what SQLite needs for a statement; here a request is a handful of them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from sqlalchemy import (
    BindParameter,
    Column,
    Integer,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    delete,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler
from sqlalchemy.sql import ColumnElement, FromClause
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from crystalbay.store import indexes
from crystalbay.store.interface import Row
from crystalbay.store.schema import Json, Time, metadata
from crystalbay.store.values import IN_OR_NULL, WhereShape, after_nulls, sorts_nulls
from models import Currency


class _Compiler(SQLiteCompiler):
    """SQLAlchemy has no words for SQLite's INDEXED BY."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:
        return text


CURRENCIES: tuple[str, ...] = get_args(Currency)

_DIALECT = sqlite.dialect(paramstyle="named")
_DIALECT.statement_compiler = _Compiler

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
    binds = tuple((name, _writer(bind)) for bind, name in named if bind.required)
    constants = {name: _written(bind) for bind, name in named if not bind.required}
    found = [(name, _reader(column)) for name, column in columns or []]
    reads = tuple((name, convert) for name, convert in found if convert)
    return Statement(str(compiled), binds, constants, tuple(name for name, _ in found), reads)


def _writer(bind: BindParameter[Any]) -> Convert:
    return bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def _written(bind: BindParameter[Any]) -> Any:
    convert = _writer(bind)
    return convert(bind.value) if convert else bind.value


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
    keys = [_sorting(target.c[c], shape, descending) for c in order]
    wanted = list(conditions(target, shape))
    if paged:
        marks = [bindparam(f"after_{c}", type_=target.c[c].type) for c in order]
        pair, mark = tuple_(*keys), tuple_(*marks)
        wanted.append(pair < mark if descending else pair > mark)
    if name == "leads" and indexes.by_filters(shape, order[0]):
        chosen = _ordered(select(target.c.id).where(*wanted), keys, descending).limit(_LIMIT)
        wanted = [target.c.id.in_(chosen.with_hint(target, indexes.BY_FILTERS))]
    return _compiled(_ordered(select(target).where(*wanted), keys, descending).limit(_LIMIT), _all_columns(target))


def _ordered(chosen: Select[Any], keys: Sequence[ColumnElement[Any]], descending: bool) -> Select[Any]:
    return chosen.order_by(*(key.desc() if descending else key for key in keys))


def _sorting(column: Column[Any], shape: WhereShape, descending: bool) -> ColumnElement[Any]:
    """A column as rows are sorted by it: null as what stands last."""
    if not sorts_nulls(column, shape):
        return column
    return func.coalesce(column, literal(after_nulls(column, descending), column.type))


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
    if op in ("in", IN_OR_NULL):
        items = [bindparam(f"{name}_{i}", type_=subject.type) for i in range(detail)]
        found = subject.in_(items) if items else false()
        return or_(found, subject.is_(None)) if op == IN_OR_NULL else found
    if op == "holds":
        item = func.json_each(subject, type_=Text()).table_valued("value")
        wanted = item.c.value.in_([bindparam(f"{name}_{i}", type_=Text()) for i in range(detail)])
        return exists(select(1).select_from(item).where(wanted)) if detail else false()
    if op in ("has", "match"):
        proposed = text(_PROPOSED.format(name=name)) if op == "match" else true()
        return and_(proposed, *(subject.like(bindparam(f"{name}_{i}")) for i in range(int(detail))))
    value = bindparam(name, type_=subject.type)
    if op in ("eq", "ne"):
        if detail:
            return subject.is_(None) if op == "eq" else subject.is_not(None)
        return subject == value if op == "eq" else subject.is_distinct_from(value)
    if op == "since":
        return or_(subject.is_(None), subject >= value)
    return {"gt": subject > value, "gte": subject >= value, "lt": subject < value, "lte": subject <= value}[op]


def _named(target: Table, expects: tuple[str, ...]) -> list[ColumnElement[bool]]:
    wanted = [target.c[c].is_not_distinct_from(bindparam(f"expect_{c}", type_=target.c[c].type)) for c in expects]
    return [target.c.id == bindparam("row_id"), *wanted]


CUSTOMER_OF_CARD = ("id", "name", "phone", "email")
ASSIGNEE_OF_CARD = ("id", "name")


@lru_cache(maxsize=300)
def board_leads(shape: WhereShape, order: str, descending: bool, brief: bool, index: str | None) -> Statement:
    """The first `row_limit` leads of a column, with who they are for and whose they are; `brief`: BRIEF alone."""
    leads, customers, users = table("leads"), table("customers"), table("users")
    keys = [_sorting(leads.c[order], (), descending), leads.c.id]
    chosen = _ordered(select(leads.c.id).where(*conditions(leads, shape)), keys, descending).limit(_LIMIT)
    joined = leads.join(customers, customers.c.id == leads.c.customer_id).outerjoin(
        users, users.c.id == leads.c.assignee_id
    )
    statement = select(*_card(order, brief)).select_from(joined).where(leads.c.id.in_(_hinted(chosen, index)))
    return _compiled(_ordered(statement, keys, descending), [(c.name, c) for c in _card(order, brief)])


def _card(order: str, brief: bool) -> list[ColumnElement[Any]]:
    leads, customers, users = table("leads"), table("customers"), table("users")
    if brief:
        of_lead = [leads.c[c] for c in dict.fromkeys(("id", "version", "position", order))]
        return [*of_lead, customers.c.version.label("customer_version"), users.c.name.label("assignee_name")]
    who = [customers.c[c].label(f"customer__{c}") for c in CUSTOMER_OF_CARD]
    return [*leads.c, *who, *(users.c[c].label(f"assignee__{c}") for c in ASSIGNEE_OF_CARD)]


def _hinted(chosen: Select[Any], index: str | None) -> Select[Any]:
    return chosen.with_hint(table("leads"), index) if index else chosen


@lru_cache(maxsize=200)
def board_kept(shape: WhereShape) -> Statement:
    """(currency, leads, total) of a column, as they are kept."""
    counts = table("lead_counts")
    sums = select(counts.c.currency, func.sum(counts.c.n), func.sum(counts.c.total))
    return _compiled(sums.where(*conditions(counts, shape)).group_by(counts.c.currency))


@lru_cache(maxsize=200)
def board_counted(shape: WhereShape, index: str | None) -> Statement:
    """(currency, leads, total) of a column, of `row_limit` leads at most."""
    leads = table("leads")
    some = select(leads.c.value_currency, leads.c.value_minor).where(*conditions(leads, shape)).limit(_LIMIT)
    found = _hinted(some, index).subquery()
    sums = select(found.c.value_currency, func.count(), func.sum(found.c.value_minor))
    return _compiled(sums.group_by(found.c.value_currency))


@lru_cache(maxsize=100)
def board_whole(shape: WhereShape, index: str | None) -> Statement:
    """(leads, total in each of CURRENCIES) of a column, all of it: in one pass, without a group of each currency."""
    leads = table("leads")
    sums = [func.sum(case((leads.c.value_currency == code, leads.c.value_minor))) for code in CURRENCIES]
    wanted: list[ColumnElement[Any]] = [func.count(), *sums]
    return _compiled(_hinted(select(*wanted).select_from(leads).where(*conditions(leads, shape)), index))


@lru_cache(maxsize=100)
def board_found(shape: WhereShape, by: str) -> Statement:
    """(column, currency, leads, total) of all columns, for conditions that the search index answers."""
    leads = table("leads")
    group = (leads.c[by], leads.c.value_currency)
    sums = select(*group, func.count(), func.sum(leads.c.value_minor))
    return _compiled(sums.where(*conditions(leads, shape)).group_by(*group))
