"""SupabaseStore: the Store through a Supabase project's REST interface, with nothing but its address and a secret key.

Every call is one RPC, which is one transaction; lists come whole, because an RPC that answers one JSON value is not
cut at the project's 1,000 rows. Facts: contracts/supabase.md, recorded in docs/decisions/0007-supabase.md.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from postgrest.exceptions import APIError
from storage3.utils import StorageException
from supabase import Client, SupabaseException, create_client
from supabase.lib.client_options import SyncClientOptions

from crystalbay.errors import ConfigError, Conflict, StoreBusy, StoreError, StoreRefused, StoreUnavailable
from crystalbay.store.breaker import Breaker
from crystalbay.store.files import Files
from crystalbay.store.functions import Deadlock, FunctionStore, LostAnswer, unique_conflict
from crystalbay.store.migrations.postgres import missing, require_newest, require_rights, wanted
from crystalbay.store.supabase_files import SupabaseFiles

CONNECTIONS = 20
TURN_S = 2.0
"""How long a call waits while `CONNECTIONS` others are under way before the store counts as busy."""

TIMEOUT_S, CONNECT_S = 10.0, 3.0

_AGAIN = ("40001", "40P01")
_NO_DATABASE = ("PGRST000", "PGRST001", "PGRST002", "PGRST003")
_NO_ENTRY = ("401", "403", "42501", "PGRST106", "PGRST301", "PGRST303")
_NO_TABLES = ("PGRST205", "PGRST202", "42P01", "42883")
_HOW = "these files, in order, in the project's SQL editor, or flask --app main migrate --to postgresql://…"


class TablesMissing(ConfigError):
    """The project answers, but the migrations were not run there."""


class SupabaseStore(FunctionStore):
    """See functions.py. Raises ConfigError for a key or a schema that cannot work; a project that is merely out of
    reach is asked again with every call."""

    def __init__(self, url: str, key: str) -> None:
        super().__init__()
        refuse_wrong_key(key)
        self._client, self._http = connect(url, key)
        self._breaker = Breaker("Supabase")
        self._turns = threading.BoundedSemaphore(CONNECTIONS)
        self._files: SupabaseFiles | None = None
        self._closed = False
        try:
            self._check()
        except StoreUnavailable as error:
            self._breaker.failed(error)

    def ping(self) -> None:
        with self.reached():
            self._client.table("leases").select("id", head=True).limit(1).execute()

    def close(self) -> None:
        """Let running calls end: a connection that is closed under a reader would keep him until his time-out."""
        if self._closed:
            return
        self._closed = True
        for _ in range(CONNECTIONS):
            self._turns.acquire(timeout=TIMEOUT_S)
        self._http.close()
        if self._files:
            self._files.close()
        self._turns.release(CONNECTIONS)

    def files(self, folder: Path) -> Files:
        self._files = self._files or SupabaseFiles(self._client, self.reached)
        return self._files

    def _call(self, function: str, arguments: dict[str, Any]) -> Any:
        with self.reached():
            return self._client.rpc(function, arguments).execute().data

    @contextmanager
    def reached(self) -> Iterator[None]:
        """One call: its turn, and what its errors mean."""
        if self._closed:
            raise StoreUnavailable("Supabase: the store is closed")
        self._breaker.check()
        if not self._turns.acquire(timeout=TURN_S):
            raise StoreBusy("Supabase: all connections are busy")
        try:
            yield
        except (APIError, StorageException, httpx.HTTPError) as error:
            told = meaning(error)
            if type(told) is StoreUnavailable:  # not reached at all; a lost answer says nothing of the next call
                self._breaker.failed(told)
            raise told from error
        finally:
            self._turns.release()
        self._breaker.worked()

    def _check(self) -> None:
        """Are our tables and functions there, and may we use them?"""
        require_newest(_state(self._client), _HOW, variable="SUPABASE_URL")
        with _told_at_start():
            lacking: Any = self._client.rpc("lacking", wanted()).execute().data
            require_rights(lacking, variable="SUPABASE_KEY")


def state_of(url: str, key: str) -> int:
    """The newest migration that was run in a project; 0: none. Raises ConfigError or StoreUnavailable."""
    refuse_wrong_key(key)
    client, http = connect(url, key)
    with http:
        try:
            return _state(client)
        except TablesMissing:
            return 0


def _state(client: Client) -> int:
    with _told_at_start():
        rows = client.table("schema_migrations").select("version").order("version", desc=True).limit(1).execute().data
    return int(rows[0]["version"]) if rows else 0  # type: ignore[index,call-overload,arg-type]


@contextmanager
def _told_at_start() -> Iterator[None]:
    """Within this block a refusal of the project is a wrong setting, with what to do."""
    try:
        yield
    except APIError as error:
        raise _misconfigured(error) or meaning(error) from None
    except httpx.HTTPError as error:
        raise meaning(error) from error


def connect(url: str, key: str) -> tuple[Client, httpx.Client]:
    """One client a process, for all threads, and its connections. No network call is made.

    HTTP/1.1: a synchronous HTTP/2 connection shared by threads fails now and then. No retries of the library's: its
    sleeps hold a thread for 7 s on a dead backend.
    """
    http = httpx.Client(
        http2=False,
        timeout=httpx.Timeout(TIMEOUT_S, connect=CONNECT_S),
        limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=10, keepalive_expiry=20),
    )
    options = SyncClientOptions(
        httpx_client=http, postgrest_client_retry=False, auto_refresh_token=False, persist_session=False
    )
    try:
        return create_client(url, key, options), http
    except SupabaseException as error:
        raise ConfigError(f"SUPABASE_URL: {error}") from None


def refuse_wrong_key(key: str) -> None:
    """Raise ConfigError for a key that could read nothing: with row level security everything would look empty."""
    if key.startswith("sb_publishable_") or _role(key) in ("anon", "authenticated"):
        raise ConfigError(
            "SUPABASE_KEY: this is the publishable (anon) key, which may read nothing."
            " Take the secret key of the server: sb_secret_…, or the legacy service_role key."
        )


def _role(key: str) -> str | None:
    """The role inside a legacy key, which is a JWT; None for any other key."""
    parts = key.split(".")
    if len(parts) != 3:
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return None
    return told.get("role") if isinstance(told, dict) else None


def _misconfigured(error: APIError) -> ConfigError | None:
    """What is wrong with the key or the schema, when that is what an error at the start means."""
    code, words = error.code or "", error.message or ""
    if code == "42501":
        return ConfigError(f"SUPABASE_KEY: {words}. The grants are missing: run {_files()} again ({_HOW})")
    if code in _NO_TABLES:
        return TablesMissing(f"SUPABASE_URL: the tables are missing in this project. Run {_HOW}: {_files()}")
    if code == "404":
        return ConfigError("SUPABASE_URL: no Supabase project answers at this address")
    if code == "PGRST106":
        return ConfigError(f"SUPABASE_URL: {words}. Expose the schema public in the project's API settings")
    if code in ("401", "403", "PGRST301", "PGRST303") or (not code and "key" in words.casefold()):
        return ConfigError(f"SUPABASE_KEY: the project refuses this key: {words}")
    return None


def _files() -> str:
    return ", ".join(f"deploy/supabase/migrations/{path.name}" for path in missing(0))


def meaning(error: APIError | StorageException | httpx.HTTPError) -> StoreError:
    """What an error of the interface means to the store's callers (contract section 3)."""
    if isinstance(error, StorageException):
        away = str(getattr(error, "status", "")).startswith("5")
        return (StoreUnavailable if away else StoreError)(f"Supabase Storage: {error}")
    if isinstance(error, httpx.HTTPError):
        words = f"Supabase: {type(error).__name__}: {error}"
        never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        return StoreUnavailable(words) if never_sent else LostAnswer(words)
    code, words = error.code or "", f"Supabase: {error.message}"
    if code == "PT409":
        return Conflict(error.hint or "", error.details)
    if code == "23505":
        return unique_conflict(_constraint(error.message or ""))
    if code in _AGAIN:
        return Deadlock(words)
    if code in _NO_DATABASE:
        return StoreUnavailable(words)
    if code == "429":
        return StoreBusy(words)
    if code.startswith(("08", "53", "57")) or re.fullmatch(r"5\d\d", code):
        return LostAnswer(words)
    if code in (*_NO_TABLES, *_NO_ENTRY) or (not code and "key" in words.casefold()):
        return StoreRefused(words)
    return StoreError(words)


def _constraint(message: str) -> str | None:
    found = re.search(r'unique constraint "([^"]+)"', message)
    return found.group(1) if found else None
