"""The database goes away in the middle of everything, or does its work and the answer is lost: nothing lost or doubled.

The writers are threads that commit a lead with its activity and note what was acknowledged.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from crystalbay.errors import StoreBusy, StoreUnavailable
from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.supabase import SupabaseSandbox
from crystalbay.store.interface import Insert, Store
from tests.backends import Address, Databases, backend_address
from tests.store.rows import activity, at_once, customer, lead, user

THREADS = 6


@dataclass
class Writers:
    """Threads that write until they are stopped; a refused commit is repeated, as the journal would."""

    store: Store
    acknowledged: list[int] = field(default_factory=list)
    refused: int = 0
    slowest: float = 0.0
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        numbers = itertools.count()
        self.threads = [threading.Thread(target=self._write, args=(numbers,), daemon=True) for _ in range(THREADS)]
        for thread in self.threads:
            thread.start()

    def _write(self, numbers: itertools.count[int]) -> None:
        while not self._stop.is_set():
            number = next(numbers)
            card = lead("anna", source="writer", external_id=str(number))
            changes = [Insert("leads", card), Insert("activities", activity(data={"n": number}))]
            began = time.monotonic()
            try:
                self.store.commit(changes)
                self.acknowledged.append(number)
            except StoreUnavailable:
                self.refused += 1
                time.sleep(0.02)
            self.slowest = max(self.slowest, time.monotonic() - began)

    def until(self, more: int, seconds: float = 30.0) -> None:
        """Wait until so many more are acknowledged."""
        wanted, deadline = len(self.acknowledged) + more, time.monotonic() + seconds
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < deadline, f"{len(self.acknowledged)} of {wanted}"
            time.sleep(0.01)

    def stop(self) -> None:
        self._stop.set()
        for thread in self.threads:
            thread.join(30)


def check(store: Store, writers: Writers) -> None:
    """Every acknowledged lead is there, once, with its activity; a refused one is there whole or not at all."""
    leads = [int(row["external_id"]) for row in store.find("leads", order=("id",), limit=1_000_000)]
    told = [row["data"]["n"] for row in store.find("activities", order=("seq",), limit=1_000_000)]
    assert set(writers.acknowledged) <= set(leads)
    assert len(leads) == len(set(leads))
    assert sorted(leads) == sorted(told)
    assert store.board([], 1)["new"].count == len(leads)


@pytest.fixture(params=["postgres", "supabase"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_restart_of_the_database_loses_nothing(address: Address, cluster: Cluster, mode: str) -> None:
    with closing(address.open()) as store:
        store.commit([Insert("customers", customer(id="anna"))])
        writers = Writers(store)
        writers.run()
        writers.until(100)
        cluster.restart(mode)  # type: ignore[arg-type]
        writers.until(100)
        cluster.stop(mode)  # type: ignore[arg-type]
        time.sleep(4.0)
        cluster.start()
        began = time.monotonic()
        writers.until(100)
        assert time.monotonic() - began < 10, "it heals by itself, soon"
        writers.stop()
        assert writers.refused
        check(store, writers)


@pytest.fixture
def project(databases: Databases) -> Iterator[SupabaseSandbox]:
    with databases.empty() as dsn, SupabaseSandbox(dsn) as sandbox:
        yield sandbox


@pytest.fixture
def project_store(project: SupabaseSandbox) -> Iterator[Store]:
    with closing(Address(f"supabase+{project.url}", "sb_secret_test").open()) as store:
        yield store


@pytest.mark.slow
def test_a_lost_answer_doubles_nothing(project: SupabaseSandbox, project_store: Store) -> None:
    """Every seventh call is carried out and its answer cut."""
    project_store.commit([Insert("customers", customer(id="anna"))])
    writers = Writers(project_store)
    writers.run()
    for _ in range(30):
        writers.until(6)
        project.add_fault(Fault("commit_changes", drop="after"))
    writers.stop()
    check(project_store, writers)


def test_of_a_lost_answer_the_caller_hears_what_was_done(project: SupabaseSandbox, project_store: Store) -> None:
    project.add_fault(Fault("commit_changes", drop="after"))
    project_store.commit([Insert("customers", customer(id="anna"))])
    project.add_fault(Fault("commit_changes", drop="after"))
    made, noted = project_store.commit([Insert("leads", lead("anna", id="the-lead")), Insert("activities", activity())])
    assert (made.n, made.new, made.row["number"]) == (1, True, 1)
    assert noted.row["seq"] == 1
    assert len(project_store.find("leads")) == 1


def test_a_store_that_is_too_slow_says_so_soon(project: SupabaseSandbox, project_store: Store) -> None:
    """Back-pressure before collapse: more callers than connections, each call slow."""
    project.add_fault(Fault("commit_changes", delay=4.0, times=20))
    began = time.monotonic()
    answers = at_once(*(lambda: project_store.commit([Insert("users", user())]) for _ in range(40)))
    busy = [answer for answer in answers if isinstance(answer, StoreBusy)]
    assert len(busy) == 20
    assert busy[0].retry_after > 0
    assert time.monotonic() - began < 9
    assert len(project_store.find("users")) == 20
