"""Copy one store into another, page by page, so that a copy that was killed goes on where it stopped; then compare.

Rows keep their ids, numbers and versions. A page is a commit of InsertOnce, so one that was committed but not noted
is copied again without a double.
"""

from __future__ import annotations

import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from crystalbay.errors import StoreError
from crystalbay.store.files import Files
from crystalbay.store.functions import plain
from crystalbay.store.interface import Change, InsertOnce, Row, Store, Update
from crystalbay.store.schema import embedded_tables, metadata
from crystalbay.store.snapshot import sync

LEFT_OUT = ("lead_counts", "leases")
"""The first is counted by the target itself; the other is of the moment."""

PAGE = 500
MOST_SIGNS = 1_000_000
"""A commit's body stays below a few MB, as Supabase wants it."""

LANES = 3
"""Commits under way at the same time."""

NUMBERED = {"leads": "number", "activities": "seq", "jobs": "seq"}
"""Columns that the database numbers: a row that brings its number moves the numbers on."""

Told = Callable[[int], None]
"""Hears how many more rows are done."""


def copied_tables() -> list[str]:
    """The tables that are copied, parents before children."""
    return [table.name for table in embedded_tables() if table.name not in LEFT_OUT]


def key_of(table: str) -> str:
    """The column that identifies a row and puts the rows in order."""
    (column,) = metadata.tables[table].primary_key.columns
    return str(column.name)


def holding(store: Store) -> list[str]:
    """The copied tables that have rows in a store."""
    return [table for table in copied_tables() if store.find(table, order=(key_of(table),), limit=1)]


def pages(store: Store, table: str, after: Any = None) -> Iterator[list[Row]]:
    """The rows of a table in the order of their keys, those beyond `after`."""
    key = key_of(table)
    while rows := store.find(table, order=(key,), limit=PAGE, after=None if after is None else [after]):
        yield rows
        after = rows[-1][key]


# --------------------------------------------------------------------------- where a copy is


@dataclass
class Position:
    """How far a copy to `target` is, kept in a file: `rows` of `table` up to the key `after`, and all of `done`."""

    path: Path
    target: str
    table: str = ""
    after: Any = None
    rows: int = 0
    done: list[str] = field(default_factory=list)
    finished: bool = False

    @classmethod
    def load(cls, path: Path) -> Position | None:
        """What the file says; None without a file. Raises StoreError when it cannot be read."""
        if not path.exists():
            return None
        try:
            return cls(path, **json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, TypeError, OSError) as error:
            raise StoreError(f"{path} cannot be read: {error}") from None

    def save(self) -> None:
        """Written beside and renamed: after a kill it is the old or the new one."""
        told = {name: value for name, value in asdict(self).items() if name != "path"}
        part = self.path.with_suffix(".part")
        part.write_text(json.dumps(told), encoding="utf-8")
        sync(part)
        os.replace(part, self.path)

    def begin(self, table: str) -> None:
        if self.table != table:
            self.table, self.after, self.rows = table, None, 0

    def advance(self, rows: int, after: Any) -> None:
        self.rows, self.after = self.rows + rows, after
        self.save()

    def table_done(self) -> None:
        self.done.append(self.table)
        self.save()


# --------------------------------------------------------------------------- copying


def copy_table(source: Store, target: Store, table: str, position: Position, told: Told) -> None:
    """Bring the rows of a table over, from where the last try stopped, and note each page."""
    under_way: deque[tuple[Future[Any], list[Row]]] = deque()

    def note() -> None:
        future, rows = under_way.popleft()
        future.result()
        position.advance(len(rows), rows[-1][key_of(table)])
        told(len(rows))

    position.begin(table)
    told(position.rows)
    with ThreadPoolExecutor(LANES) as pool:
        for rows in _commits(source, table, position.after):
            under_way.append((pool.submit(target.commit, _inserts(table, rows)), rows))
            if len(under_way) >= LANES:
                note()
        while under_way:
            note()
    _go_on_after_highest(source, target, table)
    position.table_done()


def _go_on_after_highest(source: Store, target: Store, table: str) -> None:
    """Offer the row with the highest number once more: of commits at the same time, one could move the numbers back."""
    if table in NUMBERED and (rows := source.find(table, order=(NUMBERED[table],), limit=1, desc=True)):
        target.commit(_inserts(table, rows))


def _inserts(table: str, rows: Sequence[Row]) -> list[Change]:
    return [InsertOnce(table, _own(row), (key_of(table),)) for row in rows]


def _own(row: Row) -> Row:
    """The row with names that are plain text: SQLite's store names columns by SQLAlchemy's subclass of it."""
    return {str(name): value for name, value in row.items()}


def _commits(store: Store, table: str, after: Any) -> Iterator[list[Row]]:
    """Pages, those cut that would make too large a commit."""
    for page in pages(store, table, after):
        sizes = [len(str(row)) for row in page]
        if sum(sizes) <= MOST_SIGNS:
            yield page
            continue
        filled = 0
        parts = []
        for size in sizes:
            filled += size
            parts.append(filled // MOST_SIGNS)
        for _, rows in groupby(zip(parts, page, strict=True), key=lambda pair: pair[0]):
            yield [row for _, row in rows]


# --------------------------------------------------------------------------- files of messages


@dataclass
class FilesCopied:
    """How many files were brought over, were there already, or are lacking on this side."""

    brought: int = 0
    known: int = 0
    lacking: int = 0


def copy_files(source: Store, folder: Path, target: Files, work: Path) -> FilesCopied:
    """Bring the files of messages from a folder into another storage; `work`: a folder for what is on its way."""
    copied = FilesCopied()
    for page in pages(source, "messages"):
        for item in (item for row in page for item in row["attachments"] if item.get("state") == "stored"):
            path = folder / item["id"]
            if target.has(item["id"]):
                copied.known += 1
            elif not path.is_file():
                copied.lacking += 1
            else:
                target.put(item["id"], Path(shutil.copy(path, work)), item["mime"])  # which takes what it is given
                copied.brought += 1
    return copied


# --------------------------------------------------------------------------- comparing


@dataclass
class Comparison:
    """What two stores have of one table."""

    table: str
    rows: int = 0
    missing: int = 0
    different: int = 0
    foreign: int = 0
    """Rows that only the target has."""

    @property
    def same(self) -> bool:
        return not (self.missing or self.different or self.foreign)


def compare_table(source: Store, target: Store, table: str, told: Told, *, repair: bool = False) -> Comparison:
    """Compare every row of a table. `repair`: rows that are missing or different in the target are brought there."""
    found = Comparison(table)
    repairs: list[Change] = []
    for wanted, present in _side_by_side(source, target, table):
        if wanted is not None:
            found.rows += 1
            if found.rows % PAGE == 0:
                told(PAGE)
        if wanted is None:
            found.foreign += 1
        elif present is None:
            found.missing += 1
            repairs += _inserts(table, [wanted])
        elif not _alike(wanted, present):
            found.different += 1
            repairs.append(_rewritten(table, wanted, present))
        if repair and len(repairs) == PAGE:
            target.commit(repairs)
            repairs = []
    if repair and repairs:
        target.commit(repairs)
    told(found.rows % PAGE)
    return found


def _side_by_side(source: Store, target: Store, table: str) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of both in the order of their keys, those with the same key together.

    Both databases order numbers as such and text by its bytes in UTF-8, which is the order of Python's code points.
    """
    key = key_of(table)
    left, right = _rows(source, table), _rows(target, table)
    wanted, present = next(left, None), next(right, None)
    while wanted is not None or present is not None:
        if present is None or (wanted is not None and wanted[key] < present[key]):
            yield wanted, None
            wanted = next(left, None)
        elif wanted is None or present[key] < wanted[key]:
            yield None, present
            present = next(right, None)
        else:
            yield wanted, present
            wanted, present = next(left, None), next(right, None)


def _rows(store: Store, table: str) -> Iterator[Row]:
    return (row for page in pages(store, table) for row in page)


def _alike(wanted: Row, present: Row) -> bool:
    """As the target can hold it: PostgreSQL knows no NUL character, so U+FFFD stands there."""
    return wanted == present or plain(wanted) == plain(present)


def _rewritten(table: str, wanted: Row, present: Row) -> Change:
    return Update(table, present["id"], {name: value for name, value in _own(wanted).items() if name != key_of(table)})
