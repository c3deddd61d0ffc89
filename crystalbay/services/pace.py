"""One pace for the whole deployment: a row holds when the next call may be made; who takes the slot moves it on."""

from __future__ import annotations

from crystalbay.clock import Clock
from crystalbay.errors import Conflict, TransientError
from crystalbay.store.interface import InsertOnce, Store, Update

LONGEST_WAIT_S = 30.0


class SharedLimiter:
    """At least `interval` seconds between calls of all processes that share the store (crystalbay.limits.Limiter)."""

    def __init__(self, store: Store, clock: Clock, name: str, interval: float) -> None:
        self._store, self._clock = store, clock
        self._name, self._interval = name, interval

    def wait(self) -> None:
        """Sleep until this caller's slot. Raises TransientError(retry_after) when the queue is longer than 30 s."""
        pause = self._take_slot()
        if pause > 0:
            self._clock.sleep(pause)

    def _take_slot(self) -> float:
        while True:
            now = self._clock.now().timestamp()
            rows = self._store.find("pace", [("id", "eq", self._name)], order=("id",), limit=1)
            free_at = rows[0]["next_at"] if rows else 0.0
            if free_at - now > LONGEST_WAIT_S:
                raise TransientError("too many calls wait for this supplier", retry_after=free_at - now)
            slot = max(now, free_at)
            moved = {"next_at": slot + self._interval}
            guard = {"next_at": free_at}
            try:
                if rows:
                    self._store.commit([Update("pace", self._name, moved, expect=guard)])
                elif not self._store.commit([InsertOnce("pace", {"id": self._name, **moved}, key=("id",))])[0].new:
                    continue
            except Conflict:
                continue
            return slot - now
