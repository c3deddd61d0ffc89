"""Webhook deliveries of the simulated Wazzup24: one thread, in order, and how the real one may misbehave."""

from __future__ import annotations

import heapq
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any

import requests

_TIMEOUT_S = 30  # contract section 7
_RETRY_PAUSE_S = 0.2


@dataclass
class Options:
    """How the simulated provider behaves; all can be changed while it runs. Times are seconds."""

    repeats: int = 1  # how often each body is delivered
    concurrency: bool = False  # the repeats all at once
    attempts: int = 1  # tries of one delivery until it is answered 200
    duplicates: bool = False  # every element twice inside its body
    echo_own_sends: bool = False  # what the API sent comes back as a message with isEcho
    statuses: bool = True  # sent, delivered, read for what was sent
    sent_after: float = 0.0
    delivered_after: float = 0.3
    read_after: float = 1.0
    snake_case_errors: bool = False  # bad_contact instead of BAD_CONTACT in webhooks
    crm_key: str = ""  # sent as a bearer header with every webhook
    sidecar: bool = False  # the key of another integration: only channels, message, webhooks
    rate_limit: int = 500  # requests per 5 s
    crm_memory: float = 60.0  # how long a crmMessageId is remembered

    def change(self, values: dict[str, Any]) -> None:
        """Set options by name, in either spelling (crmKey, crm_key). Raises ValueError, and then changes nothing."""
        names = {_squeezed(option.name): option.name for option in fields(self)}
        changes = {}
        for key, value in values.items():
            name = names.get(_squeezed(key))
            if name is None:
                raise ValueError(f"no option {key!r}; there are: {', '.join(names.values())}")
            kind = type(getattr(self, name))
            if not isinstance(value, (int, float) if kind is float else kind) or (
                kind is not bool and isinstance(value, bool)
            ):
                raise ValueError(f"{name} must be a {kind.__name__}")
            changes[name] = value
        for name, value in changes.items():
            setattr(self, name, value)


def _squeezed(name: str) -> str:
    return name.replace("_", "").casefold()


class Delivery:
    """A queue of webhook bodies ordered by due time, and the thread that posts them."""

    def __init__(self, address: Callable[[], str], options: Callable[[], Options]) -> None:
        self._address, self._options = address, options
        self._queue: list[tuple[float, int, Callable[[], dict[str, Any] | None]]] = []
        self._changed = threading.Condition()
        self._number = 0
        self._busy = False
        self._running = False
        self.log: list[dict[str, Any]] = []
        """Every posted body: {"body", "status" (None when there was no answer), "at"}."""

    def start(self) -> None:
        self._running = True
        threading.Thread(target=self._run, name="sandbox-wazzup-delivery", daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._running = False
            self._changed.notify_all()

    def clear(self) -> None:
        with self._changed:
            self._queue.clear()
            self.log.clear()
            self._changed.notify_all()

    def add(self, make: Callable[[], dict[str, Any] | None], after: float = 0.0) -> None:
        """Deliver what `make` answers `after` seconds from now; None then means that there is nothing to tell."""
        with self._changed:
            self._number += 1
            heapq.heappush(self._queue, (time.monotonic() + after, self._number, make))
            self._changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        """Wait until everything was posted; False when that took longer than `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._queue and not self._busy, timeout)

    # ------------------------------------------------------------------ the thread

    def _run(self) -> None:
        while (make := self._next()) is not None:
            body = make()
            if body is not None:
                self._deliver(body)
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _next(self) -> Callable[[], dict[str, Any] | None] | None:
        with self._changed:
            while self._running:
                pause = self._queue[0][0] - time.monotonic() if self._queue else None
                if pause is not None and pause <= 0:
                    self._busy = True
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(pause)
        return None

    def _deliver(self, body: dict[str, Any]) -> None:
        options, address = self._options(), self._address()
        if not address:
            return  # as in life: what nobody was registered for is lost
        if options.duplicates:
            body = {key: _doubled(value) for key, value in body.items()}
        if not options.concurrency:
            for _ in range(options.repeats):
                self._try(address, body, options)
            return
        with ThreadPoolExecutor(max(options.repeats, 1)) as pool:
            list(pool.map(lambda _: self._try(address, body, options), range(options.repeats)))

    def _try(self, address: str, body: dict[str, Any], options: Options) -> None:
        for attempt in range(options.attempts):
            if attempt:
                time.sleep(_RETRY_PAUSE_S)
            status = post(address, body, options.crm_key)
            with self._changed:
                self.log.append({"body": body, "status": status, "at": time.time()})
            if status == 200:
                return


def post(address: str, body: dict[str, Any], crm_key: str) -> int | None:
    """POST one body as Wazzup24 does, its odd content type included; the status, or None without an answer."""
    headers = {"Content-Type": "application/json; charset-utf-8"}
    if crm_key:
        headers["Authorization"] = f"Bearer {crm_key}"
    data = json.dumps(body, ensure_ascii=False).encode()
    try:
        return requests.post(address, data=data, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False).status_code
    except requests.RequestException:
        return None


def _doubled(value: Any) -> Any:
    return [item for item in value for _ in range(2)] if isinstance(value, list) else value
