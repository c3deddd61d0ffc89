"""Reading all rows of something, portion by portion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crystalbay.store.interface import Row, Store, Where

PORTION = 500


def every(
    store: Store, table: str, where: Sequence[Where], order: Sequence[str] = ("created_at", "id")
) -> Iterator[Row]:
    """All rows that match. The last order column must be unique, and none may be null."""
    after = None
    while rows := store.find(table, where, order=order, limit=PORTION, after=after):
        yield from rows
        if len(rows) < PORTION:
            return
        after = [rows[-1][name] for name in order]
