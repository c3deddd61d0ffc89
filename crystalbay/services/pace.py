"""One pace for the whole deployment: each call takes a lease that the store gives out once an interval.

The store's clock counts the interval, so the clocks of the machines may differ. A second lease says who is next: it
alone asks for the pace, and a process that has just had a slot lets the others ask for it first.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from crystalbay.clock import Clock
from crystalbay.errors import StoreError, TransientError
from crystalbay.ids import new_id
from crystalbay.store.interface import Store

LONGEST_WAIT_S = 30.0

OFTENEST_S, SELDOMEST_S = 0.02, 0.1
"""How often a lease that somebody else has is asked for: the oftener, the longer the caller waits already."""

LOST_AFTER_S = 5.0
"""Beyond the interval: when somebody who died while he was next no longer hinders the others."""


class SharedLimiter:
    """At least `interval` seconds between calls of all processes that share the store (crystalbay.limits.Limiter).

    The calls of one process go in the order in which they came; processes that wait take turns.
    """

    def __init__(self, store: Store, clock: Clock, name: str, interval: float) -> None:
        self._store, self._clock = store, clock
        self._pace, self._next = f"pace:{name}", f"pace:{name}:next"
        self._interval = interval
        self._lock = threading.Lock()
        self._line: deque[threading.Event] = deque()
        self._slot_at = float("-inf")
        """When this process had its last slot, by time.monotonic()."""

    def wait(self) -> None:
        """Sleep until this caller's slot. Raises TransientError(retry_after) when that takes more than 30 s."""
        until = time.monotonic() + LONGEST_WAIT_S
        with self._in_line(until):
            self._take_slot(new_id(), until)

    @contextmanager
    def _in_line(self, until: float) -> Iterator[None]:
        """The callers of this process, one after another."""
        mine = threading.Event()
        with self._lock:
            if len(self._line) * self._interval > LONGEST_WAIT_S:
                raise self._too_many()
            self._line.append(mine)
            self._line[0].set()
        try:
            if not mine.wait(until - time.monotonic()):
                raise self._too_many()
            yield
        finally:
            with self._lock:
                self._line.remove(mine)
                if self._line:
                    self._line[0].set()

    def _take_slot(self, me: str, until: float) -> None:
        self._sleep_until(self._slot_at + 2 * self._pause(0.0))  # the others first
        self._take(self._next, me, self._interval + LOST_AFTER_S, until)
        try:
            self._sleep_until(self._slot_at + self._interval)
            self._take(self._pace, me, self._interval, until)
            self._slot_at = time.monotonic()
        finally:
            with suppress(StoreError):  # then it is over by itself
                self._store.take_lease(self._next, me, 0.0)

    def _take(self, lease: str, me: str, ttl_s: float, until: float) -> None:
        began = time.monotonic()
        while self._store.take_lease(lease, me, ttl_s) is None:
            now = time.monotonic()
            if now > until:
                raise self._too_many()
            self._clock.sleep(self._pause(now - began))

    def _pause(self, waited: float) -> float:
        longest = min(SELDOMEST_S, self._interval / 8)
        return max(longest / (1 + waited / (4 * self._interval)), min(OFTENEST_S, longest))

    def _sleep_until(self, moment: float) -> None:
        pause = moment - time.monotonic()
        if pause > 0:
            self._clock.sleep(pause)

    def _too_many(self) -> TransientError:
        waits = max(len(self._line), 1) * self._interval
        return TransientError("too many calls wait for this supplier", retry_after=max(waits, self._interval))
