"""The board as SQLite reads it: kept counts where there are some, the rest by the index that fits."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

from crystalbay.store import indexes, search, statements
from crystalbay.store.board import ARCHIVED, CAP, Column, columns
from crystalbay.store.interface import BoardColumn, By, Count, Row, Where
from crystalbay.store.values import where_shape, where_values


@dataclass(frozen=True, slots=True)
class Cards:
    """Which cards are wanted of every column, and how; see Store.board."""

    first: int
    order: str
    desc: bool
    brief: bool


def read(
    connection: sqlite3.Connection, where: Sequence[Where], cards: Cards, by: By, archived: bool
) -> dict[str, BoardColumn]:
    """All columns, in a snapshot of the caller's."""
    wanted = columns(where, by, archived=archived)
    counted = all(column.kept is not None for column in wanted)
    rare = not counted and search.rare(connection, "leads", where, search.COMMON)
    found = None if counted or archived else _found(connection, where, by, rare)
    return {column.name: _column(connection, column, found, cards, rare) for column in wanted}


def _column(
    connection: sqlite3.Connection, column: Column, found: dict[str, list[Count]] | None, cards: Cards, rare: bool
) -> BoardColumn:
    counts = _counts(connection, column, found, rare)
    shown = BoardColumn.of(counts, [], column.most)
    if cards.first and shown.count:
        shown.leads.extend(_cards(connection, column, cards, rare, many=shown.count >= CAP))
    return shown


def _counts(
    connection: sqlite3.Connection, column: Column, found: dict[str, list[Count]] | None, rare: bool
) -> list[Count]:
    if column.kept is not None:
        return list(statements.board_kept(where_shape(column.kept)).run(connection, where_values(column.kept)))
    if found is not None:
        return found[column.name]
    shape, values = search.shape_of("leads", column.where, by_index=rare), where_values(column.where)
    index = indexes.for_counting(shape)
    if column.most is None:
        n, *totals = next(iter(statements.board_whole(shape, index).run(connection, values)))
        return [(None, n, None), *zip(statements.CURRENCIES, repeat(0), totals, strict=False)]
    statement = statements.board_counted(shape, index)
    return list(statement.run(connection, values | {"row_limit": column.most + 1}))


def _found(connection: sqlite3.Connection, where: Sequence[Where], by: By, rare: bool) -> dict[str, list[Count]] | None:
    """The counts of all columns for a search, by one reading of what its index proposes; None without it."""
    if not rare and not search.rare(connection, "leads", where, search.MANY):
        return None
    asked: list[Where] = [("status", "ne", ARCHIVED), *where]
    statement = statements.board_found(search.shape_of("leads", asked, by_index=True), by)
    counts: dict[str, list[Count]] = defaultdict(list)
    for name, *count in statement.run(connection, where_values(asked)):
        counts[name].append(count)
    return counts


def _cards(connection: sqlite3.Connection, column: Column, cards: Cards, rare: bool, *, many: bool) -> list[Row]:
    shape = search.shape_of("leads", column.where, by_index=rare)
    index = indexes.for_cards(shape, cards.order, many=many)
    statement = statements.board_leads(shape, cards.order, cards.desc, cards.brief, index)
    rows = statement.rows(connection, where_values(column.where) | {"row_limit": cards.first})
    return rows if cards.brief else [_nest(row) for row in rows]


def _nest(row: Row) -> Row:
    """The joined columns of customer and assignee as rows of their own."""
    customer = {name: row.pop(f"customer__{name}") for name in statements.CUSTOMER_OF_CARD}
    assignee = {name: row.pop(f"assignee__{name}") for name in statements.ASSIGNEE_OF_CARD}
    row["customer"], row["assignee"] = customer, assignee if row["assignee_id"] else None
    return row
