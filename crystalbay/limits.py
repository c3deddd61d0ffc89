"""Pace of calls to providers. The limiter is given to a client; who shares it decides who shares the pace."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Limiter(Protocol):
    def wait(self) -> None:
        """Return when the caller may make its call. Raises TransientError(retry_after) instead of waiting very long."""


class NoLimit:
    """For tests of single calls."""

    def wait(self) -> None:
        return


class ProcessLimiter:
    """At least `interval` seconds between calls of this process, in the order of arrival."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            pause = self._next - now
            self._next = max(now, self._next) + self._interval
        if pause > 0:
            time.sleep(pause)
