"""SQL statements by shape, built once: SQLAlchemy Core's construction costs more than running them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Table, and_, bindparam, delete, func, select, true, tuple_, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.selectable import Select

from crystalbay.store.schema import metadata

_ASSIGNED = {"leads": "number", "activities": "seq", "jobs": "seq"}
"""Columns that the database numbers itself, and that an insert answers."""

WhereShape = tuple[tuple[str, str, bool | int], ...]
"""(column, op, value is None); for `has` the number of words."""


def table(name: str) -> Table:
    return metadata.tables[name]


@lru_cache(maxsize=500)
def insert_row(name: str, columns: tuple[str, ...], once: tuple[str, ...] | None = None) -> Insert:
    target = table(name)
    values: dict[str, Any] = {column: bindparam(column, type_=target.c[column].type) for column in columns}
    if name == "leads" and "number" not in values:
        values["number"] = select(func.coalesce(func.max(target.c.number), 0) + 1).scalar_subquery()
    statement = insert(target).values(values)
    if once:
        statement = statement.on_conflict_do_nothing(index_elements=list(once))
    assigned = _ASSIGNED.get(name)
    return statement.returning(target.c[assigned]) if assigned else statement


@lru_cache(maxsize=500)
def update_row(name: str, sets: tuple[str, ...], adds: tuple[str, ...], expects: tuple[str, ...]) -> Update:
    target = table(name)
    values: dict[str, Any] = {c: bindparam(f"set_{c}", type_=target.c[c].type) for c in sets}
    values |= {c: target.c[c] + bindparam(f"add_{c}", type_=target.c[c].type) for c in adds}
    if "version" in target.c and "version" not in values:
        values["version"] = target.c.version + 1
    return update(target).where(*_named(target, expects)).values(values)


@lru_cache(maxsize=200)
def delete_row(name: str, expects: tuple[str, ...]) -> Delete:
    target = table(name)
    return delete(target).where(*_named(target, expects))


@lru_cache(maxsize=200)
def require_row(name: str, expects: tuple[str, ...]) -> Select[Any]:
    target = table(name)
    return select(target.c.id).where(*_named(target, expects))


@lru_cache(maxsize=200)
def update_where(name: str, shape: WhereShape, sets: tuple[str, ...]) -> Update:
    target = table(name)
    values: dict[str, Any] = {c: bindparam(f"set_{c}", type_=target.c[c].type) for c in sets}
    if "version" in target.c:
        values["version"] = target.c.version + 1
    return update(target).where(*conditions(target, shape)).values(values)


@lru_cache(maxsize=500)
def find_rows(
    name: str, shape: WhereShape, order: tuple[str, ...], limit: int, paged: bool, descending: bool
) -> Select[Any]:
    target = table(name)
    columns = [target.c[c] for c in order]
    statement = select(target).where(*conditions(target, shape))
    if paged:
        marks = [bindparam(f"after_{c.name}", type_=c.type) for c in columns]
        pair, mark = tuple_(*columns), tuple_(*marks)
        statement = statement.where(pair < mark if descending else pair > mark)
    return statement.order_by(*(c.desc() if descending else c for c in columns)).limit(limit)


def conditions(target: Table, shape: WhereShape) -> list[ColumnElement[bool]]:
    return [_condition(target, number, *part) for number, part in enumerate(shape)]


def _condition(target: Table, number: int, column: str, op: str, detail: bool | int) -> ColumnElement[bool]:
    subject, name = target.c[column], f"where_{number}"
    if op == "in":
        return subject.in_(bindparam(name, expanding=True, type_=subject.type))
    if op == "has":
        return and_(true(), *(subject.like(bindparam(f"{name}_{i}")) for i in range(int(detail))))
    value = bindparam(name, type_=subject.type)
    if op in ("eq", "ne"):
        if detail:
            return subject.is_(None) if op == "eq" else subject.is_not(None)
        return subject == value if op == "eq" else subject.is_distinct_from(value)
    return {"gt": subject > value, "gte": subject >= value, "lt": subject < value, "lte": subject <= value}[op]


def _named(target: Table, expects: tuple[str, ...]) -> list[ColumnElement[bool]]:
    wanted = [target.c[c].is_not_distinct_from(bindparam(f"expect_{c}", type_=target.c[c].type)) for c in expects]
    return [target.c.id == bindparam("row_id"), *wanted]


@lru_cache(maxsize=200)
def board_leads(shape: WhereShape, first: int) -> Select[Any]:
    """The first leads of one column with who they are for and whose they are, in board order."""
    leads, customers, users = table("leads"), table("customers"), table("users")
    joined = leads.join(customers, customers.c.id == leads.c.customer_id).outerjoin(
        users, users.c.id == leads.c.assignee_id
    )
    who = [customers.c[c].label(f"customer__{c}") for c in ("id", "name", "phone", "email")]
    whose = [users.c[c].label(f"assignee__{c}") for c in ("id", "name")]
    return (
        select(*leads.c, *who, *whose)
        .select_from(joined)
        .where(*conditions(leads, shape))
        .order_by(leads.c.position, leads.c.id)
        .limit(first)
    )


@lru_cache(maxsize=200)
def board_counts(shape: WhereShape) -> Select[Any]:
    """(currency, leads, total) of one column under a filter."""
    leads = table("leads")
    return (
        select(leads.c.value_currency, func.count(), func.sum(leads.c.value_minor))
        .where(*conditions(leads, shape))
        .group_by(leads.c.value_currency)
    )
