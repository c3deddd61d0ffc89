"""One pace for all processes over one store, whatever their clocks show: nobody is left out, nobody calls too early."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise

import pytest

from crystalbay.clock import Clock, ShiftedClock, SystemClock
from crystalbay.errors import TransientError
from crystalbay.services import pace
from crystalbay.services.pace import SharedLimiter
from crystalbay.store.interface import Store
from tests.store.rows import at_once

INTERVAL_S = 0.15
EARLY_S = 0.05
"""A slot may be heard of so much later than it was given."""


def machine(store: Store, ahead_s: float = 0.0, interval: float = INTERVAL_S) -> SharedLimiter:
    """The limiter of a process on a machine whose clock is wrong by so much."""
    clock: Clock = ShiftedClock(datetime.now(UTC) + timedelta(seconds=ahead_s)) if ahead_s else SystemClock()
    return SharedLimiter(store, clock, "samo", interval)


def called(limiter: SharedLimiter, calls: list[float]) -> None:
    limiter.wait()
    calls.append(time.monotonic())


def gaps(calls: list[float]) -> list[float]:
    times = sorted(calls)
    return [later - earlier for earlier, later in pairwise(times)]


def test_machines_whose_clocks_are_apart_keep_one_pace(store: Store) -> None:
    calls: list[float] = []
    machines = [machine(store, ahead_s) for ahead_s in (45.0, 0.0, -45.0)]
    works: list[Callable[[], None]] = [partial(called, one, calls) for one in machines * 4]
    assert at_once(*works) == [None] * 12
    assert min(gaps(calls)) > INTERVAL_S - EARLY_S
    assert calls[-1] - calls[0] > 11 * INTERVAL_S - EARLY_S
    assert calls[-1] - calls[0] < 11 * INTERVAL_S * 2, "the pace is used"


def test_a_process_with_a_long_queue_lets_another_in(store: Store) -> None:
    busy, other, calls = machine(store), machine(store), list[float]()
    queue = [threading.Thread(target=called, args=(busy, calls)) for _ in range(12)]
    for thread in queue:
        thread.start()
    time.sleep(INTERVAL_S)
    began = time.monotonic()
    other.wait()
    assert time.monotonic() - began < 5 * INTERVAL_S
    for thread in queue:
        thread.join()


def test_the_calls_of_a_process_go_in_the_order_in_which_they_came(store: Store) -> None:
    limiter, order = machine(store, interval=0.08), list[int]()

    def call(number: int) -> None:
        limiter.wait()
        order.append(number)

    threads = [threading.Thread(target=call, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
        time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert order == list(range(6))


def test_who_is_next_and_dies_hinders_nobody_for_long(store: Store) -> None:
    assert store.take_lease("pace:samo:next", "a process that was killed", 0.5)
    began = time.monotonic()
    machine(store).wait()
    assert 0.4 < time.monotonic() - began < 2


def test_who_would_wait_too_long_is_told_how_long(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LONGEST_WAIT_S", 0.4)
    limiter = machine(store, interval=0.3)
    heard = at_once(*[limiter.wait] * 6)
    refused = [error for error in heard if isinstance(error, TransientError)]
    assert len(refused) >= 3
    assert all(error.retry_after and error.retry_after >= 0.3 for error in refused)
    assert None in heard


def test_nobody_waits_for_ever_for_a_slot(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "LONGEST_WAIT_S", 0.4)
    assert store.take_lease("pace:samo", "somebody", 60.0)
    with pytest.raises(TransientError):
        machine(store).wait()
