"""Real outages of the store: another program holds the embedded file's lock, or the PostgreSQL server is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from crystalbay.clock import Clock, ShiftedClock, SystemClock
from crystalbay.sandbox.postgres import Cluster
from crystalbay.store.migrations.postgres import migrate
from tests.postgres import new_database
from tests.store.embedded import held_by_another_process, url_of
from tests.world import MAY_12

PATIENCE_S = 0.2
"""How long the embedded store waits for the lock before it says that it is out of reach."""


@dataclass(frozen=True)
class Place:
    """Where a store is, and whose clock it keeps. Within a block of `away` nobody reaches it (the embedded one can
    still be read)."""

    url: str
    away: Callable[[], AbstractContextManager[None]]
    clock: Clock


def embedded(folder: Path) -> Place:
    path = folder / "store.db"
    return Place(url_of(path, PATIENCE_S), lambda: held_by_another_process(path), ShiftedClock(MAY_12))


@contextmanager
def on_postgres(cluster: Cluster) -> Iterator[Place]:
    @contextmanager
    def away() -> Iterator[None]:
        cluster.stop("immediate")  # as a crash: answers on their way are lost
        try:
            yield
        finally:
            cluster.start()

    with new_database(cluster) as dsn:
        migrate(dsn)
        yield Place(dsn, away, SystemClock())


@pytest.fixture(params=["embedded", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty store on each backend that can be taken away for real."""
    if request.param == "embedded":
        yield embedded(tmp_path)
    else:
        with on_postgres(request.getfixturevalue("cluster")) as found:
            yield found
