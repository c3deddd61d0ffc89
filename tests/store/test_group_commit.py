"""The embedded engine commits for all that wait in one transaction, and one who is refused hurts nobody else."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crystalbay.errors import Conflict, StoreError
from crystalbay.store.interface import Change, Done, Insert, Update, UpdateWhere
from crystalbay.store.sql import SqlStore
from crystalbay.store.sqlite import GROUP
from tests.store.embedded import url_of
from tests.store.rows import NOON, activity, every, user


class HeldClock:
    """A clock that stands still when it is asked for the time, until it is let go: it holds a commit that asks."""

    def __init__(self) -> None:
        self.asked, self.let_go = threading.Event(), threading.Event()

    def now(self) -> datetime:
        self.asked.set()
        assert self.let_go.wait(10)
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")


@dataclass
class Queue:
    """A store whose writer is held, and the commits that wait behind it."""

    store: SqlStore
    clock: HeldClock
    transactions: list[str] = field(default_factory=list)

    def commit_together(self, commits: Sequence[Sequence[Change]]) -> list[Future[list[Done]]]:
        """All commits at once, as one group. What became of each."""
        held = Insert("activities", {k: v for k, v in activity().items() if k != "created_at"}, now={"created_at": 0.0})
        with ThreadPoolExecutor(len(commits) + 1) as pool:
            leader = pool.submit(self.store.commit, [held])
            assert self.clock.asked.wait(10)
            futures = [pool.submit(self.store.commit, changes) for changes in commits]
            self._until_waiting(len(commits))
            self.store._writer._raw.set_trace_callback(self._note)
            self.clock.let_go.set()
        assert leader.result()[0].new
        return futures

    def _note(self, statement: str) -> None:
        if statement in ("commit", "rollback"):
            self.transactions.append(statement)

    def _until_waiting(self, count: int) -> None:
        deadline = time.monotonic() + 10
        while len(self.store._writer._queue) < count:
            assert time.monotonic() < deadline
            time.sleep(0.001)


@pytest.fixture(params=["memory", "file"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    clock = HeldClock()
    with closing(SqlStore("sqlite://" if request.param == "memory" else url_of(tmp_path / "store.db"), clock)) as store:
        yield Queue(store, clock)


def noted(number: int) -> list[Change]:
    return [Insert("users", user(id=f"user-{number}")), Insert("activities", activity(id=f"activity-{number}"))]


def test_who_waits_together_is_committed_together(queue: Queue) -> None:
    futures = queue.commit_together([noted(n) for n in range(10)])
    seqs = [future.result()[1].row["seq"] for future in futures]
    assert len(set(seqs)) == 10
    assert queue.transactions == ["commit"] * 2, "the held one, and one for all ten"
    assert len(every(queue.store, "users")) == 10


def test_a_group_has_a_limit(queue: Queue) -> None:
    for future in queue.commit_together([noted(n) for n in range(GROUP + 5)]):
        future.result()
    assert queue.transactions == ["commit"] * 3
    assert len(every(queue.store, "users")) == GROUP + 5


REFUSED: dict[str, tuple[list[Change], type[Exception]]] = {
    "a guard": ([Update("users", "nobody")], Conflict),
    "a taken value": ([Insert("activities", activity(id="activity-0"))], Conflict),
    "a taken value in many rows": ([UpdateWhere("users", (("id", "ne", "user-0"),), {"id": "user-0"})], Conflict),
    "no parent": ([Insert("identities", {"id": "i", "customer_id": "x", "kind": "a", "value": "b"})], StoreError),
    "a value of a wrong type": ([Insert("users", user(name=Decimal(1)))], StoreError),
    "no such column": ([Update("users", "user-0", {"shoe_size": 1})], KeyError),
    "a time as text": ([Insert("users", user(created_at="now"))], AttributeError),
    "no such change": (["a change"], AttributeError),  # type: ignore[list-item]
    "too large a number": ([Update("leads", "any", {"score": 2**80})], OverflowError),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_who_is_refused_does_not_hurt_his_neighbours(queue: Queue, name: str) -> None:
    changes, error = REFUSED[name]
    before = Insert("activities", activity(id="of the refused"))
    first, *between, refused, last = queue.commit_together(
        [noted(0), *(noted(n) for n in range(1, 6)), [before, *changes], noted(6)]
    )
    with pytest.raises(error):
        refused.result()
    assert [len(future.result()) for future in (first, *between, last)] == [2] * 7
    assert sorted(row["id"] for row in every(queue.store, "users")) == [f"user-{n}" for n in range(7)]
    assert not every(queue.store, "activities", ("id", "eq", "of the refused"))
    assert queue.transactions == ["commit", "rollback", "commit"]


def test_of_many_refused_each_hears_of_his_own_conflict(queue: Queue) -> None:
    taken = [[Insert("users", user(id="same", created_at=NOON))] for _ in range(5)]
    futures = queue.commit_together([*taken, noted(1), [Update("users", "nobody")]])
    errors = [future.exception() for future in futures]
    assert errors.count(None) == 2
    conflicts = [(error.table, error.id, error.constraint) for error in errors if isinstance(error, Conflict)]
    assert sorted(conflicts, key=str) == [("users", "nobody", None), *[("users", "same", "id")] * 4]
    assert len({id(error) for error in errors if error}) == 5
    assert len(every(queue.store, "users")) == 2
