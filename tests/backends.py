"""Empty databases of every kind that the product runs on: a table of backends, each giving an address for a block.

A test module or a conftest takes the fixtures `cluster` and `databases` by name:

    from tests.backends import cluster, databases  # noqa: F401
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crystalbay.clock import Clock
from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.supabase import SupabaseSandbox, prepare_database
from crystalbay.store import SUPABASE, open_store
from crystalbay.store.interface import Store
from crystalbay.store.migrations.postgres import migrate
from crystalbay.store.schema import metadata
from tests.postgres import cluster, new_database

__all__ = ["BACKENDS", "SHARED", "Address", "backend_address", "cluster", "databases"]

SUPABASE_KEY = "sb_secret_test"


@dataclass(frozen=True)
class Address:
    """Where a database is, as the settings name it. `dsn`: the PostgreSQL behind it, if there is one."""

    url: str
    key: str = ""
    dsn: str = ""
    sandbox: SupabaseSandbox | None = field(default=None, compare=False)

    def open(self, clock: Clock | None = None) -> Store:
        return open_store(self.url, clock, key=self.key)

    @property
    def settings(self) -> dict[str, Any]:
        """For `load(**settings)`."""
        if self.key:
            return {"supabase_url": self.url.removeprefix(SUPABASE), "supabase_key": self.key}
        return {"database_url": self.url}

    @property
    def environment(self) -> dict[str, str]:
        return {name.upper(): value for name, value in self.settings.items()}


class Databases:
    """Databases with our tables and a hosted project's roles: copied from one when none is free, emptied after use."""

    def __init__(self, cluster: Cluster, template: str, opened: ExitStack) -> None:
        self._cluster, self._template, self._opened = cluster, template, opened
        self._free: list[str] = []

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The address of an empty one. A test that changes more than rows must take `own`."""
        dsn = self._free.pop() if self._free else self._opened.enter_context(self.own())
        yield dsn
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(_EMPTIED)
        self._free.append(dsn)

    @contextmanager
    def own(self) -> Iterator[str]:
        """The address of one that is dropped afterwards."""
        with new_database(self._cluster, self._template) as dsn:
            yield dsn


_EMPTIED = "; ".join(
    [f"delete from {table.name}" for table in reversed(metadata.sorted_tables) if table.name != "schema_migrations"]
    + ["delete from lead_deltas"]  # the trigger has filled it meanwhile
    + [f"alter sequence {name} restart" for name in ("leads_number_seq", "activities_seq_seq", "jobs_seq_seq")]
)


@pytest.fixture(scope="session")
def databases(cluster: Cluster) -> Iterator[Databases]:
    with ExitStack() as opened:
        template = opened.enter_context(new_database(cluster))
        prepare_database(template)
        migrate(template)
        yield Databases(cluster, template.rpartition("/")[2], opened)


@contextmanager
def _memory(_: pytest.FixtureRequest) -> Iterator[Address]:
    yield Address("sqlite://")


@contextmanager
def _file(_: pytest.FixtureRequest) -> Iterator[Address]:
    with tempfile.TemporaryDirectory() as folder:
        yield Address(f"sqlite:///{Path(folder, 'store.db')}")


@contextmanager
def _postgres(request: pytest.FixtureRequest) -> Iterator[Address]:
    databases: Databases = request.getfixturevalue("databases")
    with databases.empty() as dsn:
        yield Address(dsn, dsn=dsn)


@contextmanager
def _supabase(request: pytest.FixtureRequest) -> Iterator[Address]:
    with _postgres(request) as database, SupabaseSandbox(database.dsn) as sandbox:
        yield Address(f"{SUPABASE}{sandbox.url}", SUPABASE_KEY, database.dsn, sandbox)


BACKENDS: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Address]]] = {
    "memory": _memory,
    "file": _file,
    "postgres": _postgres,
    "supabase": _supabase,
}
SHARED = ("file", "postgres", "supabase")
"""Those that several processes can work on."""


def backend_address(request: pytest.FixtureRequest) -> AbstractContextManager[Address]:
    """The address of the backend that a fixture was parametrised with, as a block."""
    return BACKENDS[request.param](request)
