"""The embedded engine's writing side: one writer connection, and the first waiting thread commits for all that wait.

store_spike.md table C: `busy_timeout` waits unfairly and gives up under many threads; a leader that commits for
everybody keeps the last caller's wait short and costs a lone caller nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from crystalbay.clock import Clock
from crystalbay.errors import Conflict, StoreError, StoreUnavailable
from crystalbay.store import statements
from crystalbay.store.connection import CALLERS_FAULT, driver_errors, store_error
from crystalbay.store.interface import (
    Change,
    Delete,
    Done,
    Insert,
    InsertOnce,
    Require,
    Row,
    Update,
    UpdateWhere,
    Where,
)
from crystalbay.store.values import now_values, where_shape, where_values

T = TypeVar("T")

GROUP = 64
"""Most commits that share one fsync."""

Outcome = list[Done] | Exception
"""What a caller gets: what his changes did, or why they were refused."""


@dataclass(eq=False)
class _Waiting:
    """One caller's commit. `wake` is set when it is done, or when its caller shall lead the next group."""

    changes: Sequence[Change]
    wake: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    outcome: Outcome | None = None


class Writer:
    """Applies commits on one connection. The first caller leads: he commits for all that wait, then hands over."""

    def __init__(self, raw: sqlite3.Connection, clock: Clock) -> None:
        self._raw = raw
        self._clock = clock
        self._busy = threading.Lock()
        self._queue_lock = threading.Lock()
        self._queue: list[_Waiting] = []
        self._led = False

    def commit(self, changes: Sequence[Change]) -> list[Done]:
        mine = _Waiting(changes)
        with self._queue_lock:
            self._queue.append(mine)
            lead, self._led = not self._led, True
        if not lead:
            mine.wake.wait()
        if not mine.done:
            self._lead()
        if isinstance(mine.outcome, list):
            return mine.outcome
        raise mine.outcome or StoreUnavailable("SQLite: the thread that was to commit this was interrupted")

    def _lead(self) -> None:
        """Commit for all that wait now, wake them, and let the first of those who came meanwhile lead."""
        with self._queue_lock:
            group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
        try:
            with self._busy:
                self._commit_group(group)
        finally:
            with self._queue_lock:
                self._led = bool(self._queue)
                heir = self._queue[0] if self._queue else None
            if heir:
                heir.wake.set()
            for waiting in group:
                waiting.done = True
                waiting.wake.set()

    @contextmanager
    def exclusive(self) -> Iterator[sqlite3.Connection]:
        """The writer's connection while nobody writes: how a memory store is read."""
        with self._busy, driver_errors():
            yield self._raw

    def transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a write transaction of its own (job claims, leases)."""
        with self._busy, driver_errors(), self._all_or_nothing():
            return work(self._raw)

    def close(self) -> None:
        """Close the connection once the running transaction has ended; later calls raise StoreUnavailable."""
        with self._busy:
            self._raw.close()

    # ------------------------------------------------------------------ transactions

    def _commit_group(self, group: Sequence[_Waiting]) -> None:
        """All in one transaction. Only when one is refused, once more with a savepoint each: refusals are rare."""
        try:
            outcomes = self._together(group) or self._one_by_one(group)
        except sqlite3.Error as error:
            outcomes = [store_error(error) for _ in group]
        for waiting, outcome in zip(group, outcomes, strict=True):
            waiting.outcome = outcome

    def _together(self, group: Sequence[_Waiting]) -> list[Outcome] | None:
        """Everybody's changes without savepoints. None, and nothing done, when one of several is refused."""
        try:
            with self._all_or_nothing():
                return [[self._apply(change) for change in waiting.changes] for waiting in group]
        except sqlite3.Error:
            raise
        except Exception as refusal:  # noqa: BLE001 - it goes to the caller whose changes raised it
            return [refusal] if len(group) == 1 else None

    def _one_by_one(self, group: Sequence[_Waiting]) -> list[Outcome]:
        with self._all_or_nothing():
            return [self._apart(waiting) for waiting in group]

    def _apart(self, waiting: _Waiting) -> Outcome:
        """One caller's changes in a savepoint: a refusal undoes his and nobody else's."""
        outcome: Outcome
        self._raw.execute("savepoint one")
        try:
            outcome = [self._apply(change) for change in waiting.changes]
        except sqlite3.Error:
            raise
        except Exception as refusal:  # noqa: BLE001 - it goes to the caller whose changes raised it
            self._raw.execute("rollback to one")
            outcome = refusal
        self._raw.execute("release one")
        return outcome

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._raw.execute("begin immediate")
        try:
            yield
            self._raw.execute("commit")
        except BaseException:
            with suppress(sqlite3.Error):  # after some errors SQLite has rolled back by itself
                self._raw.execute("rollback")
            raise

    # ------------------------------------------------------------------ the six changes

    def _apply(self, change: Change) -> Done:
        """Raises Conflict or StoreError for what is wrong with the change, sqlite3.Error when the database fails."""
        try:
            return self._run(change)
        except sqlite3.IntegrityError as error:
            raise _conflict(change, error) from error
        except CALLERS_FAULT as error:
            raise store_error(error) from error

    def _run(self, change: Change) -> Done:
        if isinstance(change, Update):
            return self._update(change)
        if isinstance(change, Insert | InsertOnce):
            return self._insert(change)
        if isinstance(change, UpdateWhere):
            return self._update_where(change)
        return self._guarded(change)

    def _insert(self, change: Insert | InsertOnce) -> Done:
        row = change.row | now_values(change.now, self._clock)
        once = change.key if isinstance(change, InsertOnce) else None
        statement = statements.insert_row(change.table, tuple(row), once)
        cursor = statement.run(self._raw, row)
        assigned = cursor.fetchone() if statement.columns else None
        if once and (assigned is None if statement.columns else cursor.rowcount == 0):
            return Done(n=0, new=False, row=self._present(change.table, row, once))
        return Done(n=1, new=True, row=row | ({statement.columns[0]: assigned[0]} if assigned else {}))

    def _present(self, table: str, row: Row, key: tuple[str, ...]) -> Row:
        where: list[Where] = [(column, "eq", row[column]) for column in key]
        statement = statements.find_rows(table, where_shape(where), key, False, False)
        return statement.rows(self._raw, where_values(where) | {"row_limit": 1})[0]

    def _update(self, change: Update) -> Done:
        sets = change.set | now_values(change.now, self._clock)
        statement = statements.update_row(change.table, tuple(sets), tuple(change.add), tuple(change.expect))
        values = {"row_id": change.id} | _prefixed("set", sets) | _prefixed("add", change.add)
        if not statement.run(self._raw, values | _prefixed("expect", change.expect)).rowcount:
            raise Conflict(change.table, change.id)
        return Done(n=1)

    def _update_where(self, change: UpdateWhere) -> Done:
        statement = statements.update_where(change.table, where_shape(change.where), tuple(change.set))
        values = where_values(change.where) | _prefixed("set", change.set)
        return Done(n=statement.run(self._raw, values).rowcount)

    def _guarded(self, change: Require | Delete) -> Done:
        values = {"row_id": change.id} | _prefixed("expect", change.expect)
        if isinstance(change, Delete):
            found = statements.delete_row(change.table, tuple(change.expect)).run(self._raw, values).rowcount
        else:
            found = len(statements.require_row(change.table, tuple(change.expect)).rows(self._raw, values))
        if not found:
            raise Conflict(change.table, change.id)
        return Done(n=1)


def _prefixed(prefix: str, values: Any) -> Row:
    return {f"{prefix}_{column}": value for column, value in values.items()}


def _conflict(change: Change, error: sqlite3.IntegrityError) -> StoreError:
    """SQLite names `table.column` of the unique constraint that was hit; of a missing parent it names nothing."""
    text = str(error)
    if text.startswith("UNIQUE constraint failed: "):
        columns = [part.split(".")[-1] for part in text.removeprefix("UNIQUE constraint failed: ").split(", ")]
        return Conflict(change.table, _id_of(change), constraint=",".join(columns))
    return StoreError(f"{change.table}: {text}")


def _id_of(change: Change) -> str | None:
    if isinstance(change, Insert | InsertOnce):
        return change.row.get("id")
    return None if isinstance(change, UpdateWhere) else change.id
