"""Real outages of the store: another program holds the embedded file's lock, or the PostgreSQL server is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crystalbay.clock import Clock, ShiftedClock, SystemClock
from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.supabase import SupabaseSandbox, prepare_database
from crystalbay.store import SUPABASE
from crystalbay.store.migrations.postgres import migrate
from tests.backends import SUPABASE_KEY, Address
from tests.postgres import new_database
from tests.store.embedded import held_by_another_process, url_of
from tests.world import MAY_12

PATIENCE_S = 0.2
"""How long the embedded store waits for the lock before it says that it is out of reach."""


@dataclass(frozen=True)
class Place:
    """Where a store is, and whose clock it keeps. Within a block of `away` nobody reaches it (the embedded one can
    still be read)."""

    address: Address
    away: Callable[[], AbstractContextManager[None]]
    clock: Clock

    @property
    def settings(self) -> dict[str, Any]:
        """For `running`."""
        return {"database_url": "", "clock": self.clock} | self.address.settings


def embedded(folder: Path) -> Place:
    path = folder / "store.db"
    return Place(Address(url_of(path, PATIENCE_S)), lambda: held_by_another_process(path), ShiftedClock(MAY_12))


@contextmanager
def on_postgres(cluster: Cluster) -> Iterator[Place]:
    with new_database(cluster) as dsn:
        prepare_database(dsn)
        migrate(dsn)
        yield Place(Address(dsn, dsn=dsn), lambda: _stopped(cluster), SystemClock())


@contextmanager
def on_supabase(cluster: Cluster) -> Iterator[Place]:
    """The REST server stays and says that its database is gone."""
    with on_postgres(cluster) as place, SupabaseSandbox(place.address.dsn) as sandbox:
        yield Place(Address(f"{SUPABASE}{sandbox.url}", SUPABASE_KEY, place.address.dsn), place.away, place.clock)


@contextmanager
def _stopped(cluster: Cluster) -> Iterator[None]:
    cluster.stop("immediate")  # as a crash: answers on their way are lost
    try:
        yield
    finally:
        cluster.start()


@pytest.fixture(params=["embedded", "postgres", "supabase"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty store on each backend that can be taken away for real."""
    if request.param == "embedded":
        yield embedded(tmp_path)
        return
    made = on_postgres if request.param == "postgres" else on_supabase
    with made(request.getfixturevalue("cluster")) as found:
        yield found
