"""The conformance suite runs on every backend of this table; a new one joins by adding its line."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from crystalbay.sandbox.postgres import Cluster
from crystalbay.store import open_store
from crystalbay.store.interface import Store
from crystalbay.store.migrations.postgres import migrate
from tests.postgres import cluster, database, new_database  # noqa: F401
from tests.store.embedded import url_of


@contextmanager
def _memory(_: pytest.FixtureRequest) -> Iterator[Store]:
    with closing(open_store("sqlite://")) as store:
        yield store


@contextmanager
def _file(_: pytest.FixtureRequest) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(url_of(Path(folder, "store.db")))) as store:
        yield store


@contextmanager
def _postgres(request: pytest.FixtureRequest) -> Iterator[Store]:
    running, template = request.getfixturevalue("cluster"), request.getfixturevalue("migrated")
    with new_database(running, template) as dsn, closing(open_store(dsn)) as store:
        yield store


BACKENDS: dict[str, Callable[[pytest.FixtureRequest], AbstractContextManager[Store]]] = {
    "memory": _memory,
    "file": _file,
    "postgres": _postgres,
}
"""Name → an empty store, open within a block."""


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> Iterator[str]:  # noqa: F811
    """The name of a database with our tables, to be copied."""
    with new_database(cluster) as dsn:
        migrate(dsn)
        yield dsn.rpartition("/")[2]


@pytest.fixture(params=BACKENDS)
def fresh_store(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Makes an empty store at each call; all are closed with the test."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(BACKENDS[request.param](request))


@pytest.fixture
def store(fresh_store: Callable[[], Store]) -> Store:
    return fresh_store()
