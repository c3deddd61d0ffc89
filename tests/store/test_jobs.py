"""Job rows and leases on every backend: order per key, one at a time, leases, fences."""

from __future__ import annotations

import threading
import time

import pytest

from crystalbay.errors import Conflict
from crystalbay.services.work import Job, new_job
from crystalbay.store.interface import Store

LEASE = 30.0


def add(store: Store, name: str, *, key: str | None = None, delay: float = 0.0) -> None:
    store.commit([new_job(name, {}, key=key, once=name, delay=delay)])


def claim(store: Store, limit: int = 10, owner: str = "me", lease: float = LEASE) -> list[Job]:
    return [Job.of(row) for row in store.claim_jobs(owner, limit, lease)[0]]


def test_jobs_of_a_key_come_one_at_a_time_in_order(store: Store) -> None:
    for name in ("a1", "b1", "a2", "a3"):
        add(store, name, key=name[0])
    add(store, "free1")
    add(store, "free2")
    first = claim(store)
    assert [job.kind for job in first] == ["a1", "b1", "free1", "free2"]
    assert claim(store) == []
    store.commit([first[0].finish()])
    assert [job.kind for job in claim(store)] == ["a2"]


def test_a_job_that_waits_for_its_time_holds_its_key(store: Store) -> None:
    add(store, "later", key="k", delay=60)
    add(store, "now", key="k")
    assert claim(store) == []


def test_the_wait_tells_when_the_next_is_due(store: Store) -> None:
    assert store.claim_jobs("me", 5, LEASE) == ([], None)
    add(store, "later", delay=60)
    _jobs, wait = store.claim_jobs("me", 5, LEASE)
    assert wait is not None
    assert 58 < wait <= 60


def test_claims_respect_the_limit_and_the_time(store: Store) -> None:
    for n in range(5):
        add(store, f"j{n}")
    add(store, "future", delay=60)
    assert len(claim(store, limit=3)) == 3
    assert len(claim(store, limit=10)) == 2


def test_a_lost_lease_is_claimed_again_and_the_old_attempt_ends_nothing(store: Store) -> None:
    add(store, "j", key="k")
    old = claim(store, lease=0.05)[0]
    time.sleep(0.1)  # the lease is real time
    new = claim(store)[0]
    assert (new.id, new.attempts) == (old.id, old.attempts + 1)
    with pytest.raises(Conflict) as caught:
        store.commit([old.finish()])
    assert caught.value.table == "jobs"
    store.commit([new.finish()])
    assert store.find("jobs", order=("seq",))[0]["state"] == "done"


def test_renewal_keeps_only_what_is_still_ours(store: Store) -> None:
    add(store, "j")
    job = claim(store, lease=0.2)[0]
    assert store.renew_jobs("me", [(job.id, job.attempts)], LEASE) == [job.id]
    assert store.renew_jobs("me", [(job.id, job.attempts - 1)], LEASE) == []
    assert store.renew_jobs("other", [(job.id, job.attempts)], LEASE) == []
    time.sleep(0.3)  # beyond the first lease, within the renewed one
    assert claim(store) == []


def test_a_returned_job_comes_back_at_its_time(store: Store) -> None:
    add(store, "j")
    job = claim(store)[0]
    store.commit([job.again(0.05, failures=1)])
    assert claim(store) == []
    time.sleep(0.1)  # its time
    again = claim(store)[0]
    assert (again.attempts, again.failures) == (2, 1)


def test_the_same_job_is_added_once(store: Store) -> None:
    assert store.commit([new_job("k", {}, once="x")])[0].new
    assert not store.commit([new_job("k", {}, once="x")])[0].new


def test_claimers_at_once_share_the_work(store: Store) -> None:
    for n in range(60):
        add(store, f"j{n}", key=f"k{n % 20}")
    taken: list[str] = []
    lock = threading.Lock()

    def work(owner: str) -> None:
        while jobs := claim(store, 4, owner):
            for job in jobs:
                store.commit([job.finish()])
            with lock:
                taken.extend(job.kind for job in jobs)

    threads = [threading.Thread(target=work, args=(f"o{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken += [job.kind for job in claim(store, 60)]
    assert sorted(set(taken)) == sorted(taken)
    assert len(taken) >= 60 - 20  # a claimer may leave while another holds the heads of all keys


def test_of_many_who_want_a_lease_one_gets_it(store: Store) -> None:
    for race in range(20):
        terms: list[int | None] = []

        def want(owner: str, name: str = f"lease{race}", terms: list[int | None] = terms) -> None:
            terms.append(store.take_lease(name, owner, LEASE))

        threads = [threading.Thread(target=want, args=(f"o{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(term for term in terms if term is not None) == [1]


def test_renewal_keeps_the_term_and_a_new_holder_raises_it(store: Store) -> None:
    assert store.take_lease("l", "a", 0.05) == 1
    assert store.take_lease("l", "a", 0.05) == 1
    assert store.take_lease("l", "b", 0.05) is None
    time.sleep(0.1)  # the lease ends
    assert store.take_lease("l", "b", 0.05) == 2
    assert store.take_lease("l", "a", 0.05) is None
