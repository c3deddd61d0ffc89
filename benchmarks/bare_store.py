"""The reference for reading and moving: plain sqlite3 on the same rows, with the same indexes. Nothing is checked."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from crystalbay.store.schema import STATUSES, leads
from crystalbay.store.text import search_text

_COPY = """
create table leads as select l.*, surname(c.name) as word
  from source.leads l join source.customers c on c.id = l.customer_id;
create table customers as select id, name, phone, email from source.customers;
create table users as select id, name from source.users;
create table counts as
  select status, currency, sum(n) as n, sum(total) as total from source.lead_counts group by status, currency;
create unique index lead_ids on leads (id);
create unique index customer_ids on customers (id);
create unique index user_ids on users (id);
create index board on leads (status, position, id);
create index words on leads (word);
"""
_CARDS = (
    f"select {', '.join(f'l.{column.name}' for column in leads.c)}, c.name, c.phone, c.email, u.name"
    " from leads l join customers c on c.id = l.customer_id left join users u on u.id = l.assignee_id"
)
_BOARD = f"{_CARDS} where l.status = ? order by l.position, l.id limit ?"


def connect(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    raw.execute("pragma journal_mode=WAL")
    raw.execute("pragma synchronous=FULL")
    return raw


def copy(source: Path, path: Path) -> None:
    """Make the file at `path` from the product's: its leads with the customer's surname, and what a board needs."""
    raw = connect(path)
    raw.create_function("surname", 1, lambda name: search_text(name).split()[-1])
    raw.execute("attach ? as source", (str(source),))
    raw.executescript(_COPY)
    raw.close()


def board(raw: sqlite3.Connection, first: int) -> dict[str, Any]:
    """The first cards of each column, and the counts."""
    columns: dict[str, Any] = {status: _rows(raw, _BOARD, status, first) for status in STATUSES}
    return columns | {"counts": _rows(raw, "select * from counts")}


def filtered(raw: sqlite3.Connection, condition: str, first: int) -> None:
    """A board under a filter as it is written first: the cards of each column, and all of them counted."""
    for status in STATUSES:
        _rows(raw, f"{_CARDS} where l.status = ? and {condition} order by l.position, l.id limit ?", status, first)
    _rows(raw, f"select status, value_currency, count(*), sum(value_minor) from leads where {condition} group by 1, 2")


def by_prefix(raw: sqlite3.Connection, word: str, limit: int) -> list[dict[str, Any]]:
    """Leads whose surname begins with `word`."""
    return _rows(raw, "select * from leads where word >= ? and word < ? limit ?", word, word + "\U0010ffff", limit)


def move(raw: sqlite3.Connection, lead_id: str, status: str, position: float) -> None:
    raw.execute("update leads set status = ?, position = ? where id = ?", (status, position, lead_id))


def _rows(raw: sqlite3.Connection, sql: str, *values: Any) -> list[dict[str, Any]]:
    cursor = raw.execute(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
