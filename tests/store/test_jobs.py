"""Jobs: order per key, one at a time, leases that end, and the fence against a stale attempt.

A lease of less than nothing is over at once; so no test waits for one.
"""

from __future__ import annotations

import threading
from collections import defaultdict

import pytest

from crystalbay.errors import Conflict
from crystalbay.store.interface import Insert, Row, Store, Update
from tests.store.rows import activity, at_once, every, job, one

LONG, OVER = 60.0, -1.0


def claim(store: Store, owner: str = "a", limit: int = 10, lease_s: float = LONG) -> list[Row]:
    return store.claim_jobs(owner, limit, lease_s)[0]


def add(store: Store, *kinds: str, key: str | None = None, due_in: float = -1.0) -> None:
    """One job a commit; its kind is its name."""
    for kind in kinds:
        store.commit([job(kind=kind, key=key, due_in=due_in)])


def kinds(jobs: list[Row]) -> list[str]:
    return [row["kind"] for row in jobs]


def finish(row: Row, state: str = "done") -> Update:
    fence = {"owner": row["owner"], "attempts": row["attempts"], "state": "running"}
    return Update("jobs", row["id"], {"state": state}, expect=fence, now={"finished_at": 0.0})


def test_a_claim_takes_the_oldest_and_marks_them(store: Store) -> None:
    add(store, "first", "second", "third")
    taken = claim(store, limit=2)
    assert kinds(taken) == ["first", "second"]
    for row in taken:
        assert (row["state"], row["owner"], row["attempts"]) == ("running", "a", 1)
        assert row == one(store, "jobs", row["id"])
    assert kinds(claim(store, "b")) == ["third"]
    assert claim(store, "b") == []


def test_jobs_of_a_key_come_one_at_a_time_in_order(store: Store) -> None:
    add(store, "a1", key="process:1")
    add(store, "b1", key="process:2")
    add(store, "a2", "a3", key="process:1")
    done = []
    for expected in (["a1", "b1"], ["a2"], ["a3"]):
        taken = claim(store)
        assert kinds(taken) == expected
        assert claim(store, "b") == []
        for row in taken:
            store.commit([finish(row)])
        done += kinds(taken)
    assert sorted(done) == ["a1", "a2", "a3", "b1"]


def test_jobs_without_a_key_wait_for_nobody(store: Store) -> None:
    add(store, "one", "two", "three")
    assert len(claim(store, limit=3)) == 3


def test_a_job_waits_for_its_time_and_holds_its_key_meanwhile(store: Store) -> None:
    add(store, "later", key="k", due_in=60)
    add(store, "after it", key="k")
    add(store, "other", key="other")
    assert kinds(claim(store)) == ["other"]
    later = every(store, "jobs", ("kind", "eq", "later"))[0]
    store.commit([Update("jobs", later["id"], now={"run_at": -1.0})])
    assert kinds(claim(store)) == ["later"]


def test_a_dead_job_lets_the_next_of_its_key_through(store: Store) -> None:
    add(store, "broken", "next", key="k")
    store.commit([finish(claim(store)[0], "dead")])
    assert kinds(claim(store)) == ["next"]


def test_a_revived_job_waits_for_the_one_that_runs(store: Store) -> None:
    add(store, "broken", "next", key="k")
    broken = claim(store)[0]
    store.commit([finish(broken, "dead")])
    running = claim(store, lease_s=OVER)
    assert kinds(running) == ["next"]
    store.commit([Update("jobs", broken["id"], {"state": "ready"})])
    again = claim(store)
    assert kinds(again) == ["next"]
    assert claim(store) == []
    store.commit([finish(again[0])])
    assert kinds(claim(store)) == ["broken"]


def test_a_job_whose_lease_is_over_is_claimed_again(store: Store) -> None:
    add(store, "work", "next", key="k")
    first = claim(store, "a", lease_s=OVER)[0]
    second = claim(store, "b")[0]
    assert (second["id"], second["owner"], second["attempts"]) == (first["id"], "b", first["attempts"] + 1)
    assert claim(store, "a") == []


@pytest.mark.parametrize("owner", ["a", "b"], ids=["lost to itself", "lost to another"])
def test_a_stale_attempt_finishes_nothing(store: Store, owner: str) -> None:
    add(store, "work")
    stale = claim(store, "a", lease_s=OVER)[0]
    current = claim(store, owner)[0]
    with pytest.raises(Conflict) as caught:
        store.commit([finish(stale), Insert("activities", activity("worked"))])
    assert (caught.value.table, caught.value.id) == ("jobs", stale["id"])
    assert not every(store, "activities")
    store.commit([finish(current), Insert("activities", activity("worked"))])
    assert one(store, "jobs", current["id"])["state"] == "done"
    with pytest.raises(Conflict):
        store.commit([finish(current)])


def test_a_renewal_answers_what_is_still_ours(store: Store) -> None:
    add(store, "kept", "lost", "done")
    kept, lost, done = claim(store, "a", lease_s=OVER)
    store.commit([finish(done)])
    held = [(row["id"], row["attempts"]) for row in (kept, lost, done)]
    assert store.renew_jobs("a", held[:1], LONG) == [kept["id"]]
    assert kinds(claim(store, "b")) == ["lost"]
    assert store.renew_jobs("a", held, LONG) == [kept["id"]]
    assert store.renew_jobs("b", held, LONG) == []
    assert store.renew_jobs("b", [(lost["id"], 2)], LONG) == [lost["id"]]
    assert store.renew_jobs("a", [], LONG) == []


def test_a_renewal_asks_for_the_attempt_not_only_for_the_owner(store: Store) -> None:
    add(store, "work")
    stale = claim(store, "a", lease_s=OVER)[0]
    current = claim(store, "a")[0]
    assert store.renew_jobs("a", [(stale["id"], stale["attempts"])], LONG) == []
    assert store.renew_jobs("a", [(current["id"], current["attempts"])], LONG) == [current["id"]]


def test_the_wait_is_the_time_until_the_next_could_be_due(store: Store) -> None:
    assert store.claim_jobs("a", 10, LONG) == ([], None)
    add(store, "in an hour", due_in=3600)
    add(store, "in a minute", due_in=60)
    taken, wait = store.claim_jobs("a", 10, LONG)
    assert taken == []
    assert wait is not None
    assert 55 < wait <= 60
    add(store, "now")
    taken, wait = store.claim_jobs("a", 10, 30.0)
    assert kinds(taken) == ["now"]
    assert wait is not None
    assert 25 < wait <= 30, "a running job is due again when its lease ends"


def test_the_wait_is_over_while_due_jobs_are_left(store: Store) -> None:
    add(store, "first", "second")
    taken, wait = store.claim_jobs("a", 1, LONG)
    assert kinds(taken) == ["first"]
    assert wait is not None
    assert wait <= 0


def test_claimers_at_once_do_each_job_once_and_in_order(store: Store) -> None:
    store.commit([job(key=f"k{n % 5}", payload={"n": n}) for n in range(80)])
    finished = threading.Event()

    def work(owner: str) -> None:
        while not finished.is_set():
            for row in claim(store, owner, limit=3):
                effect = activity("worked", data={"key": row["key"], "n": row["payload"]["n"]})
                store.commit([finish(row), Insert("activities", effect)])
            if not store.find("jobs", [("state", "ne", "done")], order=("seq",), limit=1):
                finished.set()

    assert at_once(*(lambda owner=owner: work(owner) for owner in "abcd")) == [None] * 4
    by_key = defaultdict(list)
    for row in store.find("activities", order=("seq",), limit=1000):
        by_key[row["data"]["key"]].append(row["data"]["n"])
    assert dict(by_key) == {f"k{key}": list(range(key, 80, 5)) for key in range(5)}
    assert {row["attempts"] for row in every(store, "jobs")} == {1}
