"""The search index of the embedded store: every three letters in a row of `leads.search_text`, in an FTS5 table.

The index proposes, LIKE decides: a lead too many among the proposed does no harm, and none may be missing. So leads
that are new or changed stand in `leads_unindexed` (triggers of migration 0002) and are proposed by every search until
the keeper's thread has indexed them, many at a time: one by one, with the commit that makes them, costs an insert
twice its time (docs/decisions/0008-search.md).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from functools import cache

from crystalbay.store.interface import Where
from crystalbay.store.text import match_words
from crystalbay.store.values import WhereShape, where_shape

INDEXED = ("leads", "search_text")
BATCH = 500
"""Leads that are indexed in one transaction: some 5 ms."""

COMMON = 1000
"""A needle that so many leads hold is found sooner by reading leads in the order that is asked for."""

MANY = 15_000
"""One that so many hold is counted sooner by reading leads until CAP of each column are found."""

_CREATE = "create virtual table leads_search using fts5(search_text, tokenize='trigram', columnsize=0)"
_ALL_ARE_NEW = "insert or ignore into leads_unindexed (number) select number from leads"
_EXISTS = "select exists(select 1 from sqlite_master where name = 'leads_search')"
_WAITING = "select exists(select 1 from leads_unindexed)"
_LAST = "select max(number) from (select number from leads_unindexed order by number limit ?)"
_BATCH = "select number from leads_unindexed where number <= :last"
_INDEX = (
    f"delete from leads_search where rowid in ({_BATCH})",  # noqa: S608 - constants
    f"insert into leads_search (rowid, search_text) select number, search_text from leads where number in ({_BATCH})",  # noqa: S608
    "delete from leads_unindexed where number <= :last",
)
_COUNT_SOME = (
    "select (select count(*) from (select 1 from leads_search where leads_search match :words limit :most))"
    " + (select count(*) from (select 1 from leads_unindexed limit :most))"
)


@cache
def available() -> bool:
    """Can this SQLite make the index? (FTS5 is a matter of how it was built, its trigrams of 3.34.)"""
    with closing(sqlite3.connect(":memory:")) as raw:
        try:
            raw.execute(_CREATE)
        except sqlite3.OperationalError:
            return False
    return True


def prepare(raw: sqlite3.Connection) -> None:
    """Make the index where it is missing; the leads that are there wait for the keeper."""
    if not available() or _is_there(raw):
        return
    raw.execute("begin immediate")
    try:
        if not _is_there(raw):  # another process may have made it while this one waited for the lock
            raw.execute(_CREATE)
            raw.execute(_ALL_ARE_NEW)
        raw.execute("commit")
    except BaseException:
        raw.execute("rollback")
        raise


def _is_there(raw: sqlite3.Connection) -> bool:
    return bool(raw.execute(_EXISTS).fetchone()[0])


def waiting(raw: sqlite3.Connection) -> bool:
    """Are there leads to be indexed?"""
    return available() and bool(raw.execute(_WAITING).fetchone()[0])


def index_batch(raw: sqlite3.Connection) -> None:
    """Index the first of the leads that wait, in the caller's transaction."""
    last = raw.execute(_LAST, (BATCH,)).fetchone()[0]
    for statement in _INDEX:
        raw.execute(statement, {"last": last})


def planned(raw: sqlite3.Connection, table: str, where: Sequence[Where]) -> WhereShape:
    """The shape of the conditions, with `match` for each `has` that the index answers best when some first rows in an
    order are wanted."""
    return shape_of(table, where, by_index=rare(raw, table, where, COMMON))


def rare(raw: sqlite3.Connection, table: str, where: Sequence[Where], most: int) -> bool:
    """Does the index propose fewer than `most` leads?"""
    return any(
        raw.execute(_COUNT_SOME, {"words": match_words(value), "most": most}).fetchone()[0] < most
        for column, op, value in where
        if _is_indexed(table, column, op, value)
    )


def shape_of(table: str, where: Sequence[Where], *, by_index: bool) -> WhereShape:
    """The shape of the conditions; `by_index`: with `match` for each `has` that the index can answer."""
    return tuple(
        (column, "match" if by_index and _is_indexed(table, column, op, value) else op, detail)
        for (column, op, detail), (_, _, value) in zip(where_shape(where), where, strict=True)
    )


def _is_indexed(table: str, column: str, op: str, value: object) -> bool:
    return (table, column, op) == (*INDEXED, "has") and bool(match_words(str(value))) and available()
