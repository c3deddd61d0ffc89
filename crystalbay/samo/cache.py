"""What the supplier said, kept for a while: one load a key at a time, others wait for it and share its outcome."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from crystalbay.clock import Clock

T = TypeVar("T")

EMPTY_SECONDS = 60
"""An empty dictionary may be a hiccup of the supplier: it must not tell customers for a day that nothing exists."""


@dataclass
class _Entry:
    expires: datetime | None = None  # None while it loads
    future: Future[Any] = field(default_factory=Future)


class Cache:
    """Thread-safe. Failures are not kept: they reach those who waited, and the next asker loads again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[Hashable, _Entry] = {}

    def get(self, key: Hashable, seconds: float, load: Callable[[], T]) -> T:
        """The value of `key`, loaded when it is missing or older than `seconds`. Raises what `load` raises."""
        with self._lock:
            self._forget_old()
            entry = self._entries.get(key)
            must_load = entry is None
            if entry is None:
                entry = self._entries[key] = _Entry()
        if must_load:
            self._load(key, entry, seconds, load)
        value: T = entry.future.result()
        return value

    def _forget_old(self) -> None:
        now = self._clock.now()
        for key in [key for key, entry in self._entries.items() if entry.expires is not None and entry.expires <= now]:
            del self._entries[key]

    def _load(self, key: Hashable, entry: _Entry, seconds: float, load: Callable[[], Any]) -> None:
        try:
            value = load()
        except BaseException as error:
            with self._lock:
                self._entries.pop(key, None)
            entry.future.set_exception(error)
            raise
        with self._lock:
            entry.expires = self._clock.now() + timedelta(seconds=seconds if value else EMPTY_SECONDS)
        entry.future.set_result(value)
