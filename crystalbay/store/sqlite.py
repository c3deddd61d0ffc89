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
from sqlalchemy.exc import IntegrityError, OperationalError

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

GROUP = 64
"""Most commits that share one fsync."""


@dataclass
class _Waiting:
    changes: Sequence[Change]
    done: threading.Event = field(default_factory=threading.Event)
    result: list[Done] | None = None
    error: Exception | None = None


class Writer:
    """Applies commits on one connection, grouping those that wait at the same time."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._lead = threading.Lock()
        self._queue_lock = threading.Lock()
        self._queue: list[_Waiting] = []

    def commit(self, changes: Sequence[Change]) -> list[Done]:
        mine = _Waiting(changes)
        with self._queue_lock:
            self._queue.append(mine)
        with self._lead:
            while not mine.done.is_set():
                self._commit_group()
        if mine.error:
            raise mine.error
        return mine.result or []

    @contextmanager
    def exclusive(self) -> Iterator[Connection]:
        """The writer's connection while nobody writes: how a memory store is read."""
        with self._lead:
            yield self._connection

    def transaction(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction of its own (job claims, leases)."""
        with self._lead:
            self._begin()
            try:
                answer = work(self._connection)
                self._connection.exec_driver_sql("commit")
            except BaseException:
                self._connection.exec_driver_sql("rollback")
                raise
            return answer

    def _in_transaction(self) -> bool:
        raw = self._connection.connection.dbapi_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw.in_transaction

    def _commit_group(self) -> None:
        with self._queue_lock:
            group, self._queue = self._queue[:GROUP], self._queue[GROUP:]
        try:
            self._begin()
            for waiting in group:
                self._apply_one(waiting, alone=len(group) == 1)
            if self._in_transaction():
                self._connection.exec_driver_sql("commit")
        except Exception as error:  # noqa: BLE001 - whatever broke, every waiting caller must hear of it
            failure = error if isinstance(error, StoreError) else StoreUnavailable(f"SQLite: {error}")
            for waiting in group:
                waiting.error = waiting.error or failure
            if self._in_transaction():
                self._connection.exec_driver_sql("rollback")
        finally:
            for waiting in group:
                waiting.done.set()

    def _begin(self) -> None:
        try:
            self._connection.exec_driver_sql("begin immediate")
        except OperationalError as error:
            raise StoreUnavailable(f"SQLite: {error.orig}") from error

    def _apply_one(self, waiting: _Waiting, *, alone: bool) -> None:
        """A refused commit is undone to its savepoint; alone, the whole transaction is its savepoint."""
        if not alone:
            self._connection.exec_driver_sql("savepoint one")
        try:
            waiting.result = [self._apply(change) for change in waiting.changes]
        except (Conflict, StoreError, ValueError, TypeError, KeyError) as error:
            waiting.error = error
            self._connection.exec_driver_sql("rollback" if alone else "rollback to one")
        if not alone:
            self._connection.exec_driver_sql("release one")

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
        try:
            result = self._connection.execute(statements.insert_row(change.table, tuple(row), once), row)
        except IntegrityError as error:
            raise _conflict(change.table, row, error) from error
        assigned = result.mappings().first() if result.returns_rows else None
        if once and (assigned is None if result.returns_rows else result.rowcount == 0):
            return Done(n=0, new=False, row=self._present(change.table, row, once))
        return Done(n=1, new=True, row=row | dict(assigned or {}))

    def _present(self, table: str, row: Row, key: tuple[str, ...]) -> Row:
        where: list[Where] = [(column, "eq", row[column]) for column in key]
        statement = statements.find_rows(table, where_shape(where), key, 1, False, False)
        return dict(self._connection.execute(statement, where_values(where)).mappings().one())

    def _update(self, change: Update) -> Done:
        sets = change.set | now_values(change.now, self._clock)
        statement = statements.update_row(change.table, tuple(sets), tuple(change.add), tuple(change.expect))
        values = {"row_id": change.id} | _prefixed("set", sets) | _prefixed("add", change.add)
        try:
            result = self._connection.execute(statement, values | _prefixed("expect", change.expect))
        except IntegrityError as error:
            raise _conflict(change.table, sets, error) from error
        if result.rowcount == 0:
            raise Conflict(change.table, change.id)
        return Done(n=1)

    def _update_where(self, change: UpdateWhere) -> Done:
        statement = statements.update_where(change.table, where_shape(change.where), tuple(change.set))
        values = where_values(change.where) | _prefixed("set", change.set)
        return Done(n=self._connection.execute(statement, values).rowcount)

    def _guarded(self, change: Require | Delete) -> Done:
        values = {"row_id": change.id} | _prefixed("expect", change.expect)
        if isinstance(change, Delete):
            statement = statements.delete_row(change.table, tuple(change.expect))
            found = self._connection.execute(statement, values).rowcount
        else:
            found = len(
                self._connection.execute(statements.require_row(change.table, tuple(change.expect)), values).all()
            )
        if not found:
            raise Conflict(change.table, change.id)
        return Done(n=1)


def _prefixed(prefix: str, values: Any) -> Row:
    return {f"{prefix}_{column}": value for column, value in values.items()}


def _conflict(table: str, row: Row, error: IntegrityError) -> StoreError:
    """SQLite names `table.column` of the constraint that was hit, nothing else."""
    text = str(error.orig)
    if text.startswith("UNIQUE constraint failed: "):
        columns = [part.split(".")[-1] for part in text.removeprefix("UNIQUE constraint failed: ").split(", ")]
        return Conflict(table, row.get("id"), constraint=",".join(columns))
    return StoreError(f"{table}: {text}")
