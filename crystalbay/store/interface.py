"""The one interface of the store: read with `find`, write with `commit`, and a few named functions.

A commit is a list of plain changes, applied all or nothing. Because it is plain data, the store may repeat it
(a deadlock, a lost answer), group it with others (SQLite) or send it as one RPC (Supabase).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from crystalbay.store.files import Files

Row = dict[str, Any]
Op = Literal["eq", "ne", "in", "gt", "gte", "lt", "lte", "since", "has", "holds"]
Where = tuple[str, Op, Any]
"""(column, op, value). `eq None` and `ne None` test for null, and so does None in the list of an `in`; `ne value` holds
for null; `since` is `gte` or null; `has` finds the words of a needle, all of them, in a `search_text` column; `holds`
finds any of the values in a JSON list."""


@dataclass(frozen=True, slots=True)
class Insert:
    """A new row. A taken unique value raises Conflict(table, constraint=…)."""

    table: str
    row: Row
    now: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InsertOnce:
    """A new row unless one with the same `key` columns is there: then nothing, and Done.row is the row found."""

    table: str
    row: Row
    key: tuple[str, ...]
    now: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """Change one row. `expect` guards any columns, `add` counts, `now` sets columns to the store's clock + seconds.

    A table with a `version` column gets version + 1. A row that is gone or not as expected raises Conflict.
    """

    table: str
    id: str
    set: Row = field(default_factory=dict)
    expect: Row = field(default_factory=dict)
    add: Mapping[str, int] = field(default_factory=dict)
    now: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpdateWhere:
    """Change all rows that match. Always after an Update or Require of the row that guards the set."""

    table: str
    where: tuple[Where, ...]
    set: Row


@dataclass(frozen=True, slots=True)
class Require:
    """Change nothing, but lock the row and raise Conflict when it is not as expected."""

    table: str
    id: str
    expect: Row = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delete:
    table: str
    id: str
    expect: Row = field(default_factory=dict)


Change = Insert | InsertOnce | Update | UpdateWhere | Require | Delete


@dataclass(frozen=True, slots=True)
class Done:
    """What one change did: how many rows it touched, and of an insert whether its row is new.

    `row`, of inserts only: the row as given with what the database numbered (`seq`, `number`), or the one found there.
    """

    n: int = 1
    new: bool = False
    row: Row = field(default_factory=dict)


By = Literal["status", "stage"]
"""What makes a column of the board: the status (five columns) or the stage (nine)."""

BRIEF = ("id", "version", "position", "customer_version", "assignee_name")
"""What a brief card says, besides the column that the cards are sorted by."""

Count = Sequence[Any]
"""(currency or nothing, leads, their total in minor units or nothing)."""


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """One column of the board: its true count, its sums by currency (minor units) and its first leads.

    `capped`: there are more than `count`, and the sums are those of the leads that were counted.
    """

    count: int
    sums: dict[str, int]
    leads: list[Row]
    capped: bool = False

    @classmethod
    def of(cls, counts: Iterable[Count], leads: list[Row], most: int | None = None) -> BoardColumn:
        """Added up from the counts of each currency. `most`: what is beyond was not counted to its end."""
        found = list(counts)
        sums = {str(currency): int(total) for currency, _, total in found if currency and total}
        count = sum(n for _, n, _ in found)
        capped = most is not None and count > most
        return cls(count=most if capped and most else count, sums=sums, leads=leads, capped=capped)


class Store(Protocol):
    """What every backend offers. All reads and writes are thread-safe; rows are dicts with Python values."""

    def find(
        self,
        table: str,
        where: Sequence[Where] = (),
        *,
        order: Sequence[str] = ("created_at", "id"),
        limit: int = 50,
        after: Sequence[Any] | None = None,
        desc: bool = False,
    ) -> list[Row]:
        """Rows that match all of `where`, by keyset: `after` holds the order columns of the last row seen.

        To page through all rows, the last order column must be unique. Nulls stand last, whichever the direction.
        """

    def commit(self, changes: Sequence[Change]) -> list[Done]:
        """Apply all changes, in order, or none; one Done a change.

        Raises Conflict, StoreError (a missing parent, a value that fits no column) or StoreUnavailable.
        """

    def claim_jobs(self, owner: str, limit: int, lease_s: float) -> tuple[list[Row], float | None]:
        """Take due jobs, one a key, oldest first. Also the seconds until the next could be due (None: nothing open).

        Due are jobs that are ready at `run_at`, and running ones whose lease is over. The seconds are zero or less
        while jobs are due that were not taken (the limit, a busy key).
        """

    def renew_jobs(self, owner: str, held: Sequence[tuple[str, int]], lease_s: float) -> list[str]:
        """Prolong the leases of (id, attempts) pairs; the ids that are still ours."""

    def take_lease(self, name: str, owner: str, ttl_s: float) -> int | None:
        """Take or renew a named lease. The term (raised when the owner changes), or None: somebody else holds it."""

    def board(
        self,
        where: Sequence[Where],
        first: int,
        *,
        by: By = "status",
        order: str = "position",
        desc: bool = False,
        archived: bool = False,
        brief: bool = False,
    ) -> dict[str, BoardColumn]:
        """All columns in one round trip, each with the first of its leads in the order of one column and the id.

        Leads carry `customer` and `assignee` rows; `brief`: no more than BRIEF, what tells whether a card is known.
        Without conditions, or with some upon the assignee alone (`eq`, `in`), the counts are exact; with others
        they end at CAP (crystalbay/store/board.py). `closed_at since` is a matter of the closed leads' column.
        `archived`: the board of the archived leads.
        """

    def on_commit(self, table: str, listener: Callable[[], None]) -> None:
        """Call `listener` after each commit of this process that changes `table`."""

    def fold_counts(self) -> int:
        """Add up what has changed the board's counts; how many changes that were. Now and then, by one process."""

    def files(self, folder: Path) -> Files:
        """Where the files of messages are kept: the database's own file storage when it has one, else `folder`."""

    def ping(self) -> None:
        """Raise StoreUnavailable when the store is out of reach."""

    def close(self) -> None:
        """Let go of all connections."""
