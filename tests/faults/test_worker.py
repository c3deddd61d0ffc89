"""`worker`: the job runner alone, beside a web process over one database."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import requests

from crystalbay.services.work import new_job
from crystalbay.store.interface import Row, Store
from tests.backends import Address, backend_address
from tests.commands import flask, started
from tests.faults.test_process import deaf_provider
from tests.process import AppProcess, free_port
from tests.world import eventually

JOBS = 300


@pytest.fixture(params=["postgres", "supabase"])
def shared(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@contextmanager
def worker(env: dict[str, str], *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running worker and its name as an owner of jobs."""
    process = started(env, "worker", *words)
    try:
        assert process.stdout
        yield process, process.stdout.readline().strip().rpartition(" ")[2]
    finally:
        process.kill()
        process.communicate()


def jobs(store: Store) -> list[Row]:
    return store.find("jobs", [("kind", "eq", "watch")], order=("seq",), limit=10_000)


def settings(folder: Path, shared: Address, **more: str) -> dict[str, str]:
    return {"DATA_DIR": str(folder), "APP_ENV": "development", "POLL_INTERVAL_S": "3600"} | shared.environment | more


@pytest.mark.slow
def test_web_and_worker_share_the_jobs_and_the_schedule(shared: Address, tmp_path: Path) -> None:
    env = settings(tmp_path, shared)
    app = AppProcess(env).start()
    try:
        with closing(shared.open()) as store, worker(env, "--threads", "4") as (process, owner):
            ticking = lease(store)
            assert ticking != owner, "the first that came holds the lease"
            eventually(lambda: owners_of_more(store) == {ticking, owner}, 40, "one of the two does nothing")
            assert all(job["attempts"] == 1 for job in jobs(store))
            app.kill()
            eventually(lambda: lease(store) == owner, 20, "nobody ticks")
            store.commit([new_job("watch", {"full": False})])
            eventually(lambda: all(job["state"] == "done" for job in jobs(store)), 20, "the worker alone does nothing")
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            assert process.wait(25) == 0
            assert time.monotonic() - began < 10
    finally:
        app.kill()


def owners_of_more(store: Store) -> set[str]:
    """Add jobs, wait until all are done; who has done any by now."""
    store.commit([new_job("watch", {"full": False}) for _ in range(JOBS)])
    eventually(lambda: all(job["state"] == "done" for job in jobs(store)), 30, "jobs were left")
    return {job["owner"] for job in jobs(store)}


def lease(store: Store) -> str:
    """Who holds the schedule."""
    return str(store.find("leases", [("id", "eq", "scheduler")], order=("id",))[0]["owner"])


def test_it_ends_soon_while_a_job_waits_for_its_provider(tmp_path: Path) -> None:
    file = Address(f"sqlite:///{tmp_path / 'store.db'}")
    with deaf_provider() as wazzup, closing(file.open()) as store:
        env = settings(tmp_path, file, WAZZUP_API_URL=f"{wazzup}/v3", WAZZUP_API_KEY="key", WAZZUP_API_SECRET="secret")
        store.commit([new_job("watch", {"full": True})])
        with worker(env) as (process, owner):
            eventually(lambda: jobs(store)[0]["owner"] == owner, 20)
            process.send_signal(signal.SIGINT)
            assert process.wait(25) == 0
        left = jobs(store)[0]
        assert left["state"] == "running", "others take it up after its lease"
        assert left["lease_until"] is not None


def test_a_store_in_memory_is_refused(tmp_path: Path) -> None:
    refused = flask({"DATA_DIR": str(tmp_path), "DATABASE_URL": "sqlite://"}, "worker")
    assert refused.returncode == 1
    assert "belongs to one process" in refused.stderr


def test_it_answers_no_requests(tmp_path: Path) -> None:
    port = free_port()
    with worker({"DATA_DIR": str(tmp_path), "PORT": str(port)}), pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/healthz", timeout=2)
