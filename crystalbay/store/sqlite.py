"""The embedded engine's writing side: one writer connection, and the first waiting thread commits for all that wait.

store_spike.md table C: `busy_timeout` waits unfairly and gives up under many threads; a leader that commits for
everybody keeps the last caller's wait short and costs a lone caller nothing.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from crystalbay.clock import Clock
from crystalbay.errors import Conflict, StoreError, StoreUnavailable
from crystalbay.store import statements
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

_REFUSALS = (Conflict, StoreError, ValueError, TypeError, KeyError)
"""What makes one commit wrong, not the database."""

GROUP = 64
"""Most commits that share one fsync."""


@dataclass(eq=False)
class _Waiting:
    """One caller's commit. `wake` is set when it is done, or when its caller shall lead the next group."""

    changes: Sequence[Change]
    wake: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    result: list[Done] = field(default_factory=list)
    error: Exception | None = None


class Writer:
    """Applies commits on one connection. The first caller leads: he commits for all that wait, then hands over."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._raw = raw_of(connection)
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
        if mine.error:
            raise mine.error
        return mine.result

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
        with self._busy:
            yield self._raw

    def transaction(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Run `work` in a write transaction of its own (job claims, leases)."""
        with self._busy:
            self._begin()
            try:
                answer = work(self._raw)
                self._raw.execute("commit")
            except BaseException:
                self._raw.execute("rollback")
                raise
            return answer

    def _commit_group(self, group: Sequence[_Waiting]) -> None:
        """All in one transaction. Only when one is refused, once more with a savepoint each: refusals are rare."""
        try:
            if self._together(group):
                return
            self._begin()
            for waiting in group:
                self._apart(waiting)
            self._raw.execute("commit")
        except Exception as error:  # noqa: BLE001 - whatever broke, every waiting caller must hear of it
            failure = error if isinstance(error, StoreError) else StoreUnavailable(f"SQLite: {error}")
            for waiting in group:
                waiting.error = failure
            self._undo()

    def _together(self, group: Sequence[_Waiting]) -> bool:
        """Everybody's changes without savepoints; False, and nothing done, when one of several is refused."""
        self._begin()
        try:
            for waiting in group:
                waiting.result = [self._apply(change) for change in waiting.changes]
        except _REFUSALS as error:
            self._undo()
            if len(group) == 1:
                group[0].error = error
            return len(group) == 1
        self._raw.execute("commit")
        return True

    def _apart(self, waiting: _Waiting) -> None:
        """One caller's changes in a savepoint: a refusal undoes his and nobody else's."""
        self._raw.execute("savepoint one")
        try:
            waiting.result = [self._apply(change) for change in waiting.changes]
        except _REFUSALS as error:
            waiting.error = error
            self._raw.execute("rollback to one")
        self._raw.execute("release one")

    def _undo(self) -> None:
        if self._raw.in_transaction:
            self._raw.execute("rollback")

    def _begin(self) -> None:
        try:
            self._raw.execute("begin immediate")
        except sqlite3.OperationalError as error:
            raise StoreUnavailable(f"SQLite: {error}") from error

    # ------------------------------------------------------------------ the six changes

    def _apply(self, change: Change) -> Done:
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
        try:
            cursor = statement.run(self._raw, row)
            assigned = cursor.fetchone() if statement.columns else None
        except sqlite3.IntegrityError as error:
            raise _conflict(change.table, row, error) from error
        if once and (assigned is None if statement.columns else cursor.rowcount == 0):
            return Done(n=0, new=False, row=self._present(change.table, row, once))
        return Done(n=1, new=True, row=row | ({statement.columns[0][0]: assigned[0]} if assigned else {}))

    def _present(self, table: str, row: Row, key: tuple[str, ...]) -> Row:
        where: list[Where] = [(column, "eq", row[column]) for column in key]
        statement = statements.find_rows(table, where_shape(where), key, 1, False, False)
        return statement.rows(self._raw, where_values(where))[0]

    def _update(self, change: Update) -> Done:
        sets = change.set | now_values(change.now, self._clock)
        statement = statements.update_row(change.table, tuple(sets), tuple(change.add), tuple(change.expect))
        values = {"row_id": change.id} | _prefixed("set", sets) | _prefixed("add", change.add)
        try:
            changed = statement.run(self._raw, values | _prefixed("expect", change.expect)).rowcount
        except sqlite3.IntegrityError as error:
            raise _conflict(change.table, sets, error) from error
        if changed == 0:
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


def raw_of(connection: Connection) -> sqlite3.Connection:
    """The driver's connection."""
    raw = connection.connection.dbapi_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _prefixed(prefix: str, values: Any) -> Row:
    return {f"{prefix}_{column}": value for column, value in values.items()}


def _conflict(table: str, row: Row, error: sqlite3.IntegrityError) -> StoreError:
    """SQLite names `table.column` of the constraint that was hit, nothing else."""
    text = str(error)
    if text.startswith("UNIQUE constraint failed: "):
        columns = [part.split(".")[-1] for part in text.removeprefix("UNIQUE constraint failed: ").split(", ")]
        return Conflict(table, row.get("id"), constraint=",".join(columns))
    return StoreError(f"{table}: {text}")
