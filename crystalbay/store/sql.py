"""SqlStore: the Store on the embedded SQLite, as a file or in memory."""

from __future__ import annotations

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crystalbay.clock import Clock, SystemClock
from crystalbay.errors import StoreUnavailable
from crystalbay.store import search, sqlite_board, statements
from crystalbay.store.connection import MEMORY, connect, database_of, driver_errors
from crystalbay.store.files import Files, LocalFiles
from crystalbay.store.interface import BoardColumn, By, Change, Done, Row, Where
from crystalbay.store.listeners import Listeners
from crystalbay.store.migrations import migrate_sqlite
from crystalbay.store.schema import time_text
from crystalbay.store.sqlite import Writer
from crystalbay.store.sqlite_board import Cards
from crystalbay.store.values import where_shape, where_values, with_nulls_last

KEEP_S = 0.5
"""How often the keeper's thread indexes new leads for the search and copies the write-ahead log back."""

BREATH_S = 0.005
"""How long it lets others write between two batches of leads."""

READERS = 2
"""Connections that read at the same time: more only fight for the interpreter lock (store_spike table C)."""


class SqlStore:
    """The Store on SQLite: WAL, synchronous=FULL, one writer that groups commits, a few readers."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._listeners = Listeners()
        database, wait_s = database_of(url)
        self._memory = database == MEMORY
        raw = connect(database, wait_s)
        try:
            with driver_errors():
                migrate_sqlite(raw)
                search.prepare(raw)
        except BaseException:
            raw.close()
            raise
        self._writer = Writer(raw, self._clock)
        self._readers = deque(connect(database, wait_s) for _ in range(0 if self._memory else READERS))
        self._free_readers = threading.Semaphore(READERS)
        self._closing = threading.Event()
        self._log_keeping = None if self._memory else connect(database, wait_s)
        self._keeper = threading.Thread(target=self._keep_for_ever, name="keeper", daemon=True)
        self._keeper.start()

    def _keep_for_ever(self) -> None:
        """What nobody shall wait for: indexing, and copying the log back into the file, which SQLite itself would let
        a committing caller do."""
        while not self._closing.wait(KEEP_S):
            with suppress(StoreUnavailable):  # a locked file: the next round will do
                self.index_new_leads()
                if self._log_keeping:
                    with driver_errors():
                        self._log_keeping.execute("pragma wal_checkpoint(passive)")
        if self._log_keeping:
            self._log_keeping.close()

    def index_new_leads(self) -> None:
        """Read what waits into the search index: the keeper's work, or that of a caller who cannot wait."""
        while self._leads_wait() and not self._closing.wait(BREATH_S):
            self._writer.transaction(search.index_batch)

    def _leads_wait(self) -> bool:
        with self._reader() as connection:
            return search.waiting(connection)

    # ------------------------------------------------------------------ reading

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """One of the few reading connections, held open: a pool's check-out and reset cost more than most reads.

        In memory there is one connection, so a reader waits for the writer's transaction.
        """
        if self._closing.is_set():
            raise StoreUnavailable("SQLite: the store is closed")
        if self._memory:
            with self._writer.exclusive() as connection:
                yield connection
            return
        with self._free_readers, driver_errors():
            connection = self._readers.pop()
            try:
                yield connection
            finally:
                self._readers.append(connection)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """A reader whose statements all see the same moment."""
        with self._reader() as connection:
            connection.execute("begin")
            try:
                yield connection
            finally:
                connection.execute("rollback")

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
        values = where_values(where) | {"row_limit": limit}
        if after is not None:
            marks = with_nulls_last(table, order, after, desc)
            values |= {f"after_{column}": value for column, value in zip(order, marks, strict=True)}
        with self._reader() as connection:
            shape = search.planned(connection, table, where)
            statement = statements.find_rows(table, shape, tuple(order), after is not None, desc)
            return statement.rows(connection, values)

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
        with self._snapshot() as connection:
            return sqlite_board.read(connection, where, Cards(first, order, desc, brief), by, archived)

    def ping(self) -> None:
        with self._reader() as connection:
            connection.execute("select 1")

    # ------------------------------------------------------------------ writing

    def commit(self, changes: Sequence[Change]) -> list[Done]:
        done = self._writer.commit(changes)
        self._listeners.tell(changes)
        return done

    def on_commit(self, table: str, listener: Callable[[], None]) -> None:
        self._listeners.add(table, listener)

    def claim_jobs(self, owner: str, limit: int, lease_s: float) -> tuple[list[Row], float | None]:
        now = time_text(self._clock.now())
        if not self._due(now):
            return [], self._next_due()
        until = time_text(self._clock.now() + timedelta(seconds=lease_s))
        return self._writer.transaction(lambda c: _claim(c, owner, limit, now, until)), self._next_due()

    def _due(self, now: str) -> bool:
        with self._reader() as connection:
            return bool(connection.execute(_DUE, {"now": now}).fetchone()[0])

    def _next_due(self) -> float | None:
        with self._reader() as connection:
            first = connection.execute(_NEXT).fetchone()[0]
        if first is None:
            return None
        return float((datetime.fromisoformat(first) - self._clock.now()).total_seconds())

    def renew_jobs(self, owner: str, held: Sequence[tuple[str, int]], lease_s: float) -> list[str]:
        until = time_text(self._clock.now() + timedelta(seconds=lease_s))

        def renew(connection: sqlite3.Connection) -> list[str]:
            values = {"owner": owner, "until": until}
            return [
                job_id
                for job_id, attempts in held
                if connection.execute(_RENEW, values | {"id": job_id, "attempts": attempts}).rowcount
            ]

        return self._writer.transaction(renew) if held else []

    def take_lease(self, name: str, owner: str, ttl_s: float) -> int | None:
        now = self._clock.now()
        values = {
            "id": name,
            "owner": owner,
            "now": time_text(now),
            "until": time_text(now + timedelta(seconds=ttl_s)),
        }
        term = self._writer.transaction(lambda c: c.execute(_LEASE, values).fetchone())
        return None if term is None else int(term[0])

    def fold_counts(self) -> int:
        """Nothing to do: a trigger keeps the sums themselves."""
        return 0

    def files(self, folder: Path) -> Files:
        return LocalFiles(folder)

    def close(self) -> None:
        """Let running reads and the running commit end, then close; whoever comes later hears StoreUnavailable."""
        self._closing.set()
        self._keeper.join()
        for _ in range(READERS):
            self._free_readers.acquire()
        for connection in self._readers:
            connection.close()
        self._writer.close()
        self._free_readers.release(READERS)


_DUE = (
    "select exists(select 1 from jobs where state = 'ready' and run_at <= :now)"
    " or exists(select 1 from jobs where state = 'running' and lease_until <= :now)"
)
_NEXT = (
    "select min(t) from (select min(run_at) t from jobs where state = 'ready'"
    " union all select min(lease_until) from jobs where state = 'running')"
)
_CANDIDATES = (
    "select id from jobs j where (state = 'running' and lease_until <= :now)"
    " or (state = 'ready' and run_at <= :now and (key is null or not exists (select 1 from jobs o where o.key = j.key"
    " and o.state in ('ready', 'running') and (o.state = 'running' or o.seq < j.seq)))) order by seq limit :limit"
)
"""Due jobs whose key is free. A job that runs blocks its key even for an older one: that may be a revived dead job."""
_CLAIM = (
    "update jobs set state = 'running', owner = :owner, attempts = attempts + 1, lease_until = :until where id = :id"
)
_RENEW = (
    "update jobs set lease_until = :until"
    " where id = :id and attempts = :attempts and owner = :owner and state = 'running'"
)
_LEASE = (
    "insert into leases (id, owner, term, expires_at) values (:id, :owner, 1, :until)"
    " on conflict (id) do update set owner = :owner, expires_at = :until,"
    " term = term + (case when owner = :owner then 0 else 1 end)"
    " where owner = :owner or expires_at < :now returning term"
)


def _claim(connection: sqlite3.Connection, owner: str, limit: int, now: str, until: str) -> list[Row]:
    ids = [row[0] for row in connection.execute(_CANDIDATES, {"now": now, "limit": limit})]
    connection.executemany(_CLAIM, [{"id": job_id, "owner": owner, "until": until} for job_id in ids])
    where: list[Where] = [("id", "in", ids)]
    claimed = statements.find_rows("jobs", where_shape(where), ("seq",), False, False)
    return claimed.rows(connection, where_values(where) | {"row_limit": limit})
