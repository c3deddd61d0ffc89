"""A store that is closed, locked or full says StoreUnavailable, has written nothing, and works again afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from crystalbay.errors import StoreUnavailable
from crystalbay.store import open_store
from crystalbay.store.interface import Insert, Store
from tests.store.embedded import held_by_another_process, url_of
from tests.store.rows import activity, at_once, every, job, user

WAIT_S = 0.1

WRITES: dict[str, Callable[[Store], Any]] = {
    "commit": lambda store: store.commit([Insert("users", user()), Insert("activities", activity())]),
    "claim_jobs": lambda store: store.claim_jobs("a", 10, 60.0),
    "renew_jobs": lambda store: store.renew_jobs("a", [("job", 1)], 60.0),
    "take_lease": lambda store: store.take_lease("schedule", "a", 60.0),
}
READS: dict[str, Callable[[Store], Any]] = {
    "find": lambda store: store.find("jobs", order=("seq",)),
    "board": lambda store: store.board([], 10),
    "ping": lambda store: store.ping(),
}
NEITHER = {"on_commit", "close", "files", "fold_counts"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def file_store(path: Path) -> Iterator[Store]:
    """A store on a file, with one job that is due."""
    store = open_store(url_of(path, WAIT_S))
    store.commit([job(id="job")])
    yield store
    store.close()


def test_every_method_of_a_store_is_tried_here() -> None:
    methods = {name for name in vars(Store) if not name.startswith("_")}
    assert methods == WRITES.keys() | READS.keys() | NEITHER


@pytest.mark.parametrize("name", WRITES)
def test_a_locked_file_is_out_of_reach_for_writing(file_store: Store, path: Path, name: str) -> None:
    with held_by_another_process(path):
        began = time.monotonic()
        with pytest.raises(StoreUnavailable, match="locked"):
            WRITES[name](file_store)
        assert time.monotonic() - began < WAIT_S + 2
        assert not every(file_store, "users")
        assert every(file_store, "jobs")[0]["state"] == "ready"
        assert not every(file_store, "leases")
    WRITES[name](file_store)
    assert WRITES["commit"](file_store)[1].row["seq"] <= 2


@pytest.mark.parametrize("name", READS)
def test_a_locked_file_can_be_read(file_store: Store, path: Path, name: str) -> None:
    with held_by_another_process(path):
        READS[name](file_store)
        assert every(file_store, "jobs")[0]["id"] == "job"


def test_a_short_lock_is_waited_for(path: Path) -> None:
    store = open_store(url_of(path))
    with held_by_another_process(path):
        waiting = partial(at_once, partial(WRITES["commit"], store))
    assert len(waiting()) == 1
    assert len(every(store, "users")) == 1
    store.close()


def test_all_who_wait_for_a_lock_in_vain_hear_of_it(file_store: Store, path: Path) -> None:
    with held_by_another_process(path):
        answers = at_once(*[partial(WRITES["commit"], file_store)] * 8)
        assert {type(answer) for answer in answers} == {StoreUnavailable}
    assert not every(file_store, "users")
    assert not every(file_store, "activities")
    assert len(at_once(*[partial(WRITES["commit"], file_store)] * 8)) == 8
    assert len(every(file_store, "users")) == 8


def test_a_file_that_is_locked_while_the_store_opens_is_out_of_reach(path: Path) -> None:
    with held_by_another_process(path), pytest.raises(StoreUnavailable):
        open_store(url_of(path, WAIT_S))
    open_store(url_of(path, WAIT_S)).close()


def test_a_ready_file_opens_while_another_process_writes(file_store: Store, path: Path) -> None:
    with held_by_another_process(path):
        second = open_store(url_of(path, WAIT_S))
        assert every(second, "jobs")[0]["id"] == "job"
        second.close()


@pytest.mark.parametrize("name", WRITES | READS)
def test_a_closed_store_is_out_of_reach(store: Store, name: str) -> None:
    store.commit([job()])
    store.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        (WRITES | READS)[name](store)
    store.close()


def test_closing_lets_running_work_end(store: Store) -> None:
    """Threads that read and write while the store is closed are served or hear StoreUnavailable, nothing else."""

    def until_closed(call: Callable[[Store], Any]) -> int:
        served = 0
        while True:
            try:
                call(store)
            except StoreUnavailable:
                return served
            served += 1
            time.sleep(0.0005)  # who never stops asking keeps the others from their turn for minutes

    def close_after_some_work() -> int:
        while len(every(store, "users")) < 5:
            time.sleep(0.001)
        store.close()
        return 0

    calls = [WRITES["commit"], WRITES["take_lease"], *READS.values()]
    answers = at_once(close_after_some_work, *(partial(until_closed, call) for call in calls))
    assert [type(answer) for answer in answers] == [int] * len(answers), answers


def test_a_damaged_file_says_so(path: Path) -> None:
    store = open_store(url_of(path))
    store.commit([Insert("activities", activity(data={"text": "x" * 1000})) for _ in range(1000)])
    store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size - size // 2))
    damaged = open_store(url_of(path))
    with pytest.raises(StoreUnavailable, match="malformed"):
        every(damaged, "activities")
    damaged.close()
