"""A job that can never succeed is told of, whatever the store says to its changes."""

from __future__ import annotations

import pytest

from crystalbay.errors import StoreError
from crystalbay.jobs.runner import Handler, Runner
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Change, Insert, Store
from tests.store.rows import activity, every, user
from tests.world import eventually


def refused(_: Job) -> list[Change]:
    raise StoreError("a value that no column can take")


def too_large(_: Job) -> list[Change]:
    return [Insert("activities", activity(data={"budget": 2**80}))]


def no_column(_: Job) -> list[Change]:
    return [Insert("users", user(shoe_size=44))]


@pytest.mark.parametrize("work", [refused, too_large, no_column])
def test_what_the_store_will_never_take_ends_dead(store: Store, work: object) -> None:
    told: list[str] = []

    def died(_: Job, error: str) -> list[Change]:
        told.append(error)
        return []

    handler = Handler(work, died=died, failures=2, pause_s=0.01)  # type: ignore[arg-type]
    runner = Runner(store, {"work": handler}, workers=2, lease_s=5.0, renew_s=1.0).start()
    try:
        store.commit([new_job("work", {})])
        row = eventually(lambda: next((job for job in every(store, "jobs") if job["state"] == "dead"), None))
        assert row["last_error"]
        assert row["attempts"] == 2
        assert len(told) == 1
    finally:
        runner.stop()
