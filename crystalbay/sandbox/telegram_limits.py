"""Flood limits, off until they are configured, and the log of what the bot sent."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

from crystalbay.sandbox.telegram_chats import Message
from crystalbay.sandbox.telegram_request import too_fast


@dataclass
class Limits:
    """How often the bot may send; 0 is no limit. The caller holds the lock of the chats."""

    per_chat_s: float = 0.0
    overall_per_s: int = 0

    def __post_init__(self) -> None:
        if not all(isinstance(value, (int, float)) for value in (self.per_chat_s, self.overall_per_s)):
            raise TypeError("limits are numbers")
        self._last: dict[int, float] = {}
        self._second: list[float] = []

    def take(self, chat_id: int, messages: int = 1) -> None:
        """Count so many messages to a chat. Raises Refusal, and then counts nothing."""
        now = time.monotonic()
        self._second = [at for at in self._second if at > now - 1]
        if self.overall_per_s and len(self._second) + messages > self.overall_per_s:
            raise too_fast(1)
        wait = self._last.get(chat_id, -math.inf) + self.per_chat_s - now
        if wait > 0:
            raise too_fast(math.ceil(wait))
        self._second += [now] * messages
        self._last[chat_id] = now + self.per_chat_s * (messages - 1)


class Sent:
    """Every call that sent, changed or deleted a message, in order. The caller holds the lock of the chats."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []

    def add(self, method: str, chat_id: int, message: Message) -> None:
        entry = {"method": method, "chat_id": chat_id, "message_id": message.id, "text": message.text.plain}
        self.log.append({**entry, "at": time.time()})
