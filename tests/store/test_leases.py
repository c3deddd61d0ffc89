"""Named leases: one holder, a term that tells holders apart."""

from __future__ import annotations

from functools import partial

from crystalbay.store.interface import Store
from tests.store.rows import at_once

LONG, OVER = 60.0, -1.0


def test_of_six_who_want_a_lease_one_gets_it(store: Store) -> None:
    for race in range(20):
        wants = [partial(store.take_lease, f"fresh-{race}", f"process-{n}", LONG) for n in range(6)]
        assert sorted(at_once(*wants), key=str) == [1, *[None] * 5]


def test_of_six_who_want_a_lease_that_is_over_one_gets_it(store: Store) -> None:
    for race in range(20):
        assert store.take_lease(f"old-{race}", "the one before", OVER) == 1
        wants = [partial(store.take_lease, f"old-{race}", f"process-{n}", LONG) for n in range(6)]
        assert sorted(at_once(*wants), key=str) == [2, *[None] * 5]


def test_a_renewal_keeps_the_term_and_a_new_holder_raises_it(store: Store) -> None:
    assert store.take_lease("schedule", "a", LONG) == 1
    assert store.take_lease("schedule", "a", LONG) == 1
    assert store.take_lease("schedule", "b", LONG) is None
    assert store.take_lease("schedule", "a", OVER) == 1
    assert store.take_lease("schedule", "b", LONG) == 2
    assert store.take_lease("schedule", "a", LONG) is None
    assert store.take_lease("schedule", "b", OVER) == 2
    assert store.take_lease("schedule", "a", LONG) == 3


def test_who_renews_in_time_after_all_keeps_his_term(store: Store) -> None:
    assert store.take_lease("schedule", "a", OVER) == 1
    assert store.take_lease("schedule", "a", LONG) == 1
    assert store.take_lease("schedule", "b", LONG) is None


def test_leases_of_two_names_know_nothing_of_each_other(store: Store) -> None:
    assert store.take_lease("schedule", "a", LONG) == 1
    assert store.take_lease("bot", "b", LONG) == 1
