"""PostgresStore: the Store on a PostgreSQL of one's own, or on a Supabase project's connection string, by psycopg.

A call is one function call in autocommit: one round trip, one transaction. The pool's size is what works at once;
threads wait in it for a moment, then hear StoreBusy.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.types.json import Jsonb, set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout, TooManyRequests

from crystalbay.errors import ConfigError, Conflict, StoreBusy, StoreError, StoreRefused, StoreUnavailable
from crystalbay.store.breaker import Breaker
from crystalbay.store.files import Files, LocalFiles
from crystalbay.store.functions import Deadlock, FunctionStore, LostAnswer, unique_conflict
from crystalbay.store.migrations.postgres import require_newest, require_rights, state_of, wanted

CONNECTIONS = 10
TURN_S = 2.0
"""How long a call waits for a free connection before the store counts as busy."""

MOST_WAITING = 200
STATEMENT_S = 8
"""No commit lasts longer (a reader of `seq` gives a gap up after 15 s)."""

PATIENCE_S = STATEMENT_S + 1.0
CONNECT_S = 3
TRANSACTION_POOLER = "6543"
"""Supabase's pooler in transaction mode: no prepared statements, no settings of a session."""

_JSON = ("p_where", "p_nulls", "p_after", "p_columns", "changes")
_AGAIN = ("40001", "40P01")
_AWAY = ("08", "57P", "53")
"""SQLSTATE beginnings of a database that is gone, going or full."""

_MISCONFIGURED = ("28", "3D", "42501", "42P01", "42883")
"""A wrong password or role, no such database, no grants, no tables, no functions."""


class PostgresStore(FunctionStore):
    """See functions.py. Raises ConfigError for an address, a password or a schema that cannot work; a server that is
    merely out of reach is asked again with every call."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._breaker = Breaker("PostgreSQL")
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            url,
            kwargs={**connection_options(url), "autocommit": True},
            min_size=1,
            max_size=CONNECTIONS,
            max_waiting=MOST_WAITING,
            timeout=TURN_S,
            reconnect_timeout=CONNECT_S,
            connection_class=_noticed_by(self._breaker),
            open=False,
        )
        try:
            check(url)
        except StoreUnavailable as error:
            self._breaker.failed(error)
        self._pool.open()

    def ping(self) -> None:
        self._ask("select 1", {})

    def close(self) -> None:
        self._pool.close()

    def files(self, folder: Path) -> Files:
        return LocalFiles(folder)

    def _call(self, function: str, arguments: dict[str, Any]) -> Any:
        named = ", ".join(f"{name} => %({name})s" for name in arguments)
        values = {k: Jsonb(v) if k in _JSON and v is not None else v for k, v in arguments.items()}
        return self._ask(f"select public.{function}({named})", values)

    def _ask(self, sql: str, values: dict[str, Any]) -> Any:
        """The one value that a statement answers."""
        self._breaker.check()
        try:
            with self._pool.connection() as connection:
                value = connection.execute(sql, values).fetchone()[0]  # type: ignore[index]
        except (PoolTimeout, TooManyRequests) as error:
            raise self._no_connection(error) from error
        except PoolClosed as error:
            raise StoreUnavailable("PostgreSQL: the store is closed") from error
        except psycopg.Error as error:
            raise self._failed(error) from error
        except (TypeError, ValueError) as error:
            raise StoreError(f"a value that no column can take: {error}") from error
        self._breaker.worked()
        return value

    def _no_connection(self, error: Exception) -> StoreUnavailable:
        """All connections are at work, or none can be made."""
        if not self._breaker.failing:
            return StoreBusy("PostgreSQL: all connections are busy")
        away = StoreUnavailable(f"PostgreSQL: no connection: {error}")
        self._breaker.failed(away)
        return away

    def _failed(self, error: psycopg.Error) -> StoreError:
        told = meaning(error)
        if isinstance(error, NoAnswer):
            self._breaker.failed(told)
        elif isinstance(told, LostAnswer) and error.sqlstate is None:
            self._pool.check()  # the others of the pool are probably cut as well
        return told


class NoAnswer(psycopg.OperationalError):
    """A server that takes calls and says nothing, as a frozen one does; its own limits lie in it."""


def _noticed_by(breaker: Breaker) -> type[psycopg.Connection[Any]]:
    """Connections that give up after PATIENCE_S, and whose making tells the breaker when it fails: the pool itself
    only lets its callers wait."""

    class Noticed(psycopg.Connection[Any]):
        @classmethod
        def connect(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().connect(*args, **kwargs)
            except psycopg.OperationalError as error:
                breaker.failed(error)
                raise

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, timeout or PATIENCE_S)
            except psycopg.errors._WaitTimeout:
                self.pgconn.finish()
                raise NoAnswer(f"no answer within {PATIENCE_S} s") from None

    return Noticed


def meaning(error: psycopg.Error) -> StoreError:
    """What an error of the database means to the store's callers."""
    state, words = error.sqlstate or "", str(error).strip().partition("\n")[0]
    if state == "PT409":
        return Conflict(error.diag.message_hint or "", error.diag.message_detail)
    if state == "23505":
        return unique_conflict(error.diag.constraint_name)
    if state in _AGAIN:
        return Deadlock(f"PostgreSQL: {words}")
    if state.startswith(_AWAY) or state == "57014" or (not state and isinstance(error, psycopg.OperationalError)):
        return LostAnswer(f"PostgreSQL: {words}")
    if state.startswith(_MISCONFIGURED):
        return StoreRefused(f"PostgreSQL: {words}")
    return StoreError(f"PostgreSQL: {words}")


def connection_options(url: str) -> dict[str, Any]:
    """How connections are made: short waits, and no statement that outlives its caller's patience."""
    common: dict[str, Any] = {"connect_timeout": CONNECT_S, "application_name": "crystalbay"}
    common |= {"keepalives_idle": 15, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 10_000}
    if str(conninfo_to_dict(url).get("port")) == TRANSACTION_POOLER:
        return common | {"prepare_threshold": None}
    limits = f"-c statement_timeout={STATEMENT_S}s -c idle_in_transaction_session_timeout={STATEMENT_S}s"
    return common | {"options": limits}


def check(url: str) -> None:
    """Is this a database that this program can work with? Raises ConfigError, or StoreUnavailable out of reach."""
    try:
        with psycopg.connect(url, **connection_options(url), autocommit=True) as connection:
            require_newest(state_of(connection), "flask --app main migrate", variable="DATABASE_URL")
            asked = "select public.lacking(%(p_tables)s, %(p_functions)s, %(p_sequences)s)"
            found = connection.execute(asked, wanted()).fetchone()
            require_rights(found[0] if found else [], variable="DATABASE_URL")
    except psycopg.Error as error:
        raise refusal(error) from error


def refusal(error: psycopg.Error) -> ConfigError | StoreUnavailable:
    """Why a database was not opened: it, the password or the rights are wrong, or it is out of reach."""
    words = _without_password(str(error).strip().partition("\n")[0])
    if (error.sqlstate or "").startswith(_MISCONFIGURED) or _REFUSED.search(words):
        return ConfigError(f"DATABASE_URL: {words}")
    return StoreUnavailable(f"PostgreSQL: {words}")


_REFUSED = re.compile(r"authentication failed|no pg_hba.conf entry|does not exist|invalid (?:dsn|connection option)")
"""libpq tells why a connection was refused in words only."""


def _without_password(words: str) -> str:
    return re.sub(r"(?i)(password)=\S+", r"\1=…", words)


set_json_loads(orjson.loads)
set_json_dumps(orjson.dumps)
