"""A thousand jobs on fifty keys, four claimers, two of them killed: each is done once, in order per key."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

import pytest

from crystalbay.services.work import new_job
from crystalbay.store.interface import Store
from tests.backends import SHARED, Address, backend_address

JOBS, KEYS = 1000, 50


@pytest.fixture(params=SHARED)
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@pytest.mark.slow
def test_killed_claimers_lose_no_job_and_double_none(address: Address) -> None:
    store = address.open()
    for start in range(0, JOBS, 100):
        store.commit([new_job("count", {"n": n}, key=f"key-{n % KEYS}") for n in range(start, start + 100)])
    claimers = [_claimer(address) for _ in range(4)]
    try:
        for victim in claimers[:2]:
            _wait(lambda: _done(store) > 50)
            time.sleep(random.uniform(0.1, 0.5))
            os.kill(victim.pid, signal.SIGKILL)
        _wait(lambda: _done(store) == JOBS, seconds=60)
    finally:
        for claimer in claimers:
            claimer.kill()
            claimer.wait()
    effects = store.find("activities", [("kind", "eq", "worked")], order=("seq",), limit=JOBS * 2)
    by_key: dict[str, list[int]] = defaultdict(list)
    for row in effects:
        by_key[row["data"]["key"]].append(row["data"]["n"])
    assert sorted(n for numbers in by_key.values() for n in numbers) == list(range(JOBS))
    assert all(numbers == sorted(numbers) for numbers in by_key.values())
    assert not store.find("jobs", [("state", "ne", "done")], order=("seq",), limit=1)
    store.close()


def _claimer(address: Address) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.job_worker", address.url, address.key], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    return process


def _done(store: Store) -> int:
    return len(store.find("jobs", [("state", "eq", "done")], order=("seq",), limit=JOBS + 1))


def _wait(condition: object, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():  # type: ignore[operator]
            return
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {seconds} s")
