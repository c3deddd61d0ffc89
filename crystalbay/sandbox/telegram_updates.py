"""The queue of updates: ids, offsets, long polling with its conflicts. The webhook takes from the same queue."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from crystalbay.sandbox.telegram_request import Refusal, conflict

_FIRST_ID = 700_000_001
_LONGEST_WAIT_S = 50
_MOST = 100
_REPEAT_S = 3.0
_NOT_BY_DEFAULT = ("chat_member", "message_reaction", "message_reaction_count")
_OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(eq=False)
class Update:
    """An update that the bot has not confirmed. A replay is handed out once, whatever the offset says."""

    body: dict[str, Any]
    chat: int
    replay: bool = False

    @property
    def id(self) -> int:
        number: int = self.body["update_id"]
        return number


@dataclass
class _Poller:
    """A getUpdates that waits; `ended` tells it why it must not wait on."""

    hears: Callable[[], bool]
    ended: Refusal | None = None


@dataclass
class _Asked:
    """The last getUpdates."""

    offset: int
    at: float
    found_nothing: bool = False


class Updates:
    def __init__(self) -> None:
        self.changed = threading.Condition()
        self._next_id = _FIRST_ID
        self.clear()

    def clear(self) -> None:
        """Forget everything but the ids: a bot that polls on with its old offset must get what comes next."""
        with self.changed:
            self.waiting: list[Update] = []
            self.allowed: list[str] = []
            self.conflicts = self.calls = 0
            self._poller: _Poller | None = None
            self._last: _Asked | None = None
            self.changed.notify_all()

    # ------------------------------------------------------------------ in

    def add(self, kind: str, body: dict[str, Any], chat: int, update_id: int | None = None) -> int | None:
        """Queue an update; answers its id, or None when the bot does not want this kind."""
        with self.changed:
            if kind not in self.allowed if self.allowed else kind in _NOT_BY_DEFAULT:
                return None
            return self._queue({kind: body}, chat, update_id)

    def add_raw(self, body: dict[str, Any], chat: int, update_id: int | None = None) -> int:
        """Queue a body as it is."""
        with self.changed:
            return self._queue(body, chat, update_id)

    def _queue(self, body: dict[str, Any], chat: int, update_id: int | None) -> int:
        if update_id is None:
            update_id, self._next_id = self._next_id, self._next_id + 1
            replay = False
        else:
            replay = update_id < self._next_id
            self._next_id = max(self._next_id, update_id + 1)
        self.waiting.append(Update({**body, "update_id": update_id}, chat, replay))
        self.changed.notify_all()
        return update_id

    # ------------------------------------------------------------------ out

    def poll(
        self, offset: int, limit: int, timeout: int, hears: Callable[[], bool] = lambda: True
    ) -> list[dict[str, Any]]:
        """getUpdates. `hears` says whether its caller is still there. Raises Refusal when another one comes."""
        with self.changed:
            self.calls += 1
            self.end_poll(conflict(_OTHER_POLLER))
            self._confirm(offset)
            asked = _Asked(offset, time.monotonic())
            deadline = asked.at + self._patience(asked, min(max(timeout, 0), _LONGEST_WAIT_S))
            self._last = asked
            found = self._wait(deadline, limit if 1 <= limit <= _MOST else _MOST, hears)
            asked.found_nothing = not found
            return found

    def refuse(self, why: Refusal) -> NoReturn:
        """A getUpdates that may not wait at all. Raises Refusal."""
        with self.changed:
            self.calls += 1
            self.conflicts += 1
        raise why

    def end_poll(self, why: Refusal) -> None:
        """The waiting getUpdates, if there is one, is answered with this; nobody notices when its caller is gone."""
        with self.changed:
            if self._poller is None:
                return
            if self._poller.hears():
                self.conflicts += 1
            self._poller.ended = why
            self._poller = None
            self.changed.notify_all()

    def pollers(self) -> int:
        with self.changed:
            return 1 if self._poller is not None and self._poller.hears() else 0

    def done(self, update: Update) -> None:
        """The webhook has taken it."""
        with self.changed:
            if update in self.waiting:
                self.waiting.remove(update)
            self.changed.notify_all()

    def drop(self) -> None:
        with self.changed:
            self.waiting.clear()
            self.changed.notify_all()

    def wait_idle(self, timeout: float) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: not self.waiting, timeout)

    def _confirm(self, offset: int) -> None:
        """Below the offset everything is confirmed; a negative one keeps only so many of the newest."""
        if offset < 0:
            self.waiting = self.waiting[offset:]
        elif offset > 0:
            self.waiting = [update for update in self.waiting if update.replay or update.id >= offset]
        self.changed.notify_all()

    def _patience(self, asked: _Asked, timeout: float) -> float:
        """Telegram lets the same offset wait 3 s when its earlier request is not answered yet or just was."""
        last = self._last
        repeated = last is not None and last.offset == asked.offset and not last.found_nothing
        return max(timeout, _REPEAT_S) if repeated and last and asked.at < last.at + _REPEAT_S else timeout

    def _wait(self, deadline: float, limit: int, hears: Callable[[], bool]) -> list[dict[str, Any]]:
        self._poller = poller = _Poller(hears)
        while not self.waiting and not poller.ended and (left := deadline - time.monotonic()) > 0:
            self.changed.wait(left)
        if poller.ended:
            raise poller.ended
        self._poller = None
        taken = self.waiting[:limit]
        for update in taken:
            update.replay = False
        return [update.body for update in taken]
