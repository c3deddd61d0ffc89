"""A database that answers and refuses us, and one that takes calls and says nothing: customers lose nothing by it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from crystalbay.errors import StoreUnavailable
from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.server import Fault
from crystalbay.store.interface import Insert
from tests.backends import BACKENDS, Address, Databases, backend_address
from tests.store.rows import at_once, every, user
from tests.world import eventually, running

LONGEST_S = 16.0
"""A caller's patience: Wazzup24 waits 30 s for its webhook."""


def test_a_key_that_is_revoked_while_we_run(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with BACKENDS["supabase"](request) as address, running(tmp_path, **address.settings) as world:
        assert address.sandbox
        refusal = Fault("/rest/v1", status=401, body=json.dumps({"message": "Invalid API key"}), times=10**9)
        address.sandbox.add_fault(refusal)
        anna = world.customer()
        anna.says("Здравствуйте!")
        eventually(lambda: world.ctx.journal.waits, words="nothing was kept")
        ready = requests.get(f"{world.url}/readyz", timeout=20)
        assert ready.status_code == 200
        assert ready.json()["status"] == "degraded"
        assert not ready.json()["parts"]["store"]["ok"]
        address.sandbox.faults.clear()
        anna.hears("Куда хотели бы поехать", 60)


def test_a_right_that_is_taken_while_we_run(databases: Databases, tmp_path: Path) -> None:
    with databases.own() as dsn, running(tmp_path, database_url=dsn) as world:
        with psycopg.connect(dsn, autocommit=True) as owner:
            owner.execute("alter function commit_changes rename to commit_no_changes")
            anna = world.customer()
            anna.says("Здравствуйте!")
            eventually(lambda: world.ctx.journal.waits, words="nothing was kept")
            owner.execute("alter function commit_no_changes rename to commit_changes")
        anna.hears("Куда хотели бы поехать", 60)


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Within this block the server's processes stand still; the kernel goes on taking what is sent to them."""
    assert cluster.pid
    children = subprocess.run(["pgrep", "-P", str(cluster.pid)], capture_output=True, text=True).stdout.split()
    processes = [cluster.pid, *map(int, children)]
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture(params=["postgres", "supabase"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@pytest.mark.slow
def test_a_frozen_server_lets_nobody_wait_for_ever(address: Address, cluster: Cluster) -> None:
    with closing(address.open()) as store:
        store.ping()
        with frozen(cluster):
            began = time.monotonic()
            answers = at_once(*(lambda: store.commit([Insert("users", user())]) for _ in range(12)))
            assert time.monotonic() - began < LONGEST_S
            assert all(isinstance(answer, StoreUnavailable) for answer in answers)
        eventually(lambda: not isinstance(at_once(store.ping)[0], StoreUnavailable), 20, "it never healed")
        store.commit([Insert("users", user())])


@pytest.mark.slow
def test_a_locked_table_lets_nobody_wait_for_ever(address: Address) -> None:
    with closing(address.open()) as store, psycopg.connect(address.dsn) as other:
        other.execute("lock table users in exclusive mode")
        began = time.monotonic()
        answers = at_once(*(lambda: store.commit([Insert("users", user())]) for _ in range(3)))
        assert time.monotonic() - began < LONGEST_S
        assert all(isinstance(answer, StoreUnavailable) for answer in answers)
        other.rollback()
        eventually(lambda: not isinstance(at_once(lambda: store.commit([Insert("users", user())]))[0], Exception), 20)
        assert every(store, "users")
