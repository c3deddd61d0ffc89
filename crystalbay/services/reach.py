"""Whether the store is in reach: what a process saw of it, and what waits for its return."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from crystalbay.clock import Clock
from crystalbay.errors import StoreBusy, StoreError, StoreUnavailable

log = structlog.get_logger(__name__)


class Reach:
    """Whether this process reaches the store, as it last saw; `since` when not (None: it does).

    Who called in vain says `failed`. Only `back`, after a write that worked, ends it: an embedded file whose lock
    another program holds can be read all the time. `noticed` is set when there may be something to do; `doubted` when
    a call found no turn, which is back-pressure as long as a patient one finds its turn.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._steps: list[Callable[[], object]] = []
        self.since: datetime | None = None
        self.doubted = False
        self.noticed = threading.Event()

    def failed(self, error: StoreError) -> None:
        """A call failed. A store that refused what it was given is in reach."""
        if isinstance(error, StoreBusy):
            self.doubted = True
            self.noticed.set()
        elif isinstance(error, StoreUnavailable):
            self.lost(error)

    def lost(self, error: StoreError) -> None:
        """The store is out of reach."""
        with self._lock:
            if self.since is None:
                log.error("store.lost", error=str(error))
                self.since = self._clock.now()
        self.noticed.set()

    def once(self, step: Callable[[], object]) -> None:
        """Do something that needs the store and that may be done twice: now, or when the store is back."""
        try:
            step()
        except StoreUnavailable as error:
            self._steps.append(step)
            self.lost(error)

    def back(self) -> None:
        """The store answers: do what waited for it. Raises StoreUnavailable when it is gone again."""
        while self._steps:
            try:
                self._steps[0]()
            except StoreUnavailable:
                raise
            except Exception:
                log.exception("store.step_failed")  # trying again would not help, and the rest must not wait for it
            del self._steps[0]
        self.doubted = False
        with self._lock:
            if self.since is not None:
                log.warning("store.back", since=self.since.isoformat())
            self.since = None
