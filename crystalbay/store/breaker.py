"""A database that just refused is not asked again for a moment: callers hear it at once, not after a time-out each."""

from __future__ import annotations

import threading
import time

from crystalbay.errors import StoreUnavailable

PAUSE_S = 0.5


class Breaker:
    """Open for `PAUSE_S` after each failure to reach the database. `name` stands in its messages."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._open_until = 0.0
        self._reason = ""
        self.failing = False
        """Has it failed since it last worked?"""

    def check(self) -> None:
        """Raise StoreUnavailable while the last failure is fresh."""
        with self._lock:
            if time.monotonic() < self._open_until:
                raise StoreUnavailable(f"{self._name}: {self._reason}")

    def failed(self, error: Exception) -> None:
        """The database could not be reached."""
        with self._lock:
            self.failing = True
            self._open_until = time.monotonic() + PAUSE_S
            self._reason = str(error).strip().partition("\n")[0]

    def worked(self) -> None:
        with self._lock:
            self.failing = False
            self._open_until = 0.0
