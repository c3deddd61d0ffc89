"""Connections to PostgreSQL, and one transaction for each request.

psycopg_pool waits longer and longer before it connects again to a server that was away. A stand-in must fail at once
and work at once when the server is back, so it keeps its idle connections itself.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from crystalbay.sandbox.postgrest.errors import cannot_connect, connection_lost, pool_exhausted

Connection = psycopg.Connection[tuple[Any, ...]]

_AS_AUTHENTICATOR = sql.SQL("SET SESSION AUTHORIZATION authenticator").format()


class Connections:
    """At most `size` at a time. Safe for many threads."""

    def __init__(self, dsn: str, size: int, *, wait_s: float = 10.0) -> None:
        self._dsn, self._wait_s = dsn, wait_s
        self._free = threading.BoundedSemaphore(size)
        self._idle: list[Connection] = []
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self, prelude: sql.Composed) -> Iterator[Connection]:
        """Runs `prelude`, which begins a transaction; commits at the end, or rolls back after an exception.

        Raises ApiError PGRST000, 001 and 003, and psycopg.Error of what runs inside.
        """
        if not self._free.acquire(timeout=self._wait_s):
            raise pool_exhausted()
        try:
            connection = self._begin(prelude)
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                self._give_back(connection)
        finally:
            self._free.release()

    @contextmanager
    def admin(self) -> Iterator[Connection]:
        """A connection of its own with all rights of the DSN's user, in autocommit. Raises ApiError PGRST000."""
        connection = self._connect()
        try:
            yield connection
        finally:
            connection.close()

    def close(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _begin(self, prelude: sql.Composed) -> Connection:
        """An idle connection may be dead without knowing; nothing was done then, so a fresh one is tried."""
        with self._lock:
            idle = self._idle.pop() if self._idle else None
        if idle is not None:
            try:
                return _run_or_close(idle, prelude)
            except psycopg.OperationalError:
                self.close()
        connection = self._connect()
        try:
            _run_or_close(connection, _AS_AUTHENTICATOR)
            return _run_or_close(connection, prelude)
        except psycopg.OperationalError as error:
            raise connection_lost(error) from None

    def _connect(self) -> Connection:
        try:
            return psycopg.connect(self._dsn, autocommit=True, connect_timeout=3, cursor_factory=psycopg.RawCursor)
        except psycopg.OperationalError as error:
            raise cannot_connect(error) from None

    def _give_back(self, connection: Connection) -> None:
        with suppress(psycopg.Error):
            if connection.info.transaction_status != TransactionStatus.IDLE:
                connection.execute("ROLLBACK")
        if connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()
            return
        with self._lock:
            self._idle.append(connection)


def _run_or_close(connection: Connection, command: sql.Composed) -> Connection:
    """Raises psycopg.Error; the connection is closed then."""
    try:
        connection.execute(command)
    except psycopg.Error:
        connection.close()
        raise
    return connection
