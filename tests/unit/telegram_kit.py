"""What the Telegram tests share: a channel without a network, one over the simulated Telegram, updates as JSON."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from bot import TelegramChannel, TelegramClient
from crystalbay.limits import NoLimit
from crystalbay.sandbox.telegram import TOKEN
from models import ChannelEvent, Chat

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
SECRET = "hook-secret"
GROUP = -1001
ANNA = 5001
BOT = {"id": 123456, "is_bot": True, "first_name": "Crystal Bay", "username": "crystalbay_demo_bot"}
USER = {
    "id": ANNA,
    "is_bot": False,
    "first_name": "Анна",
    "last_name": "Соколова",
    "username": "anna",
    "language_code": "ru",
}
PRIVATE = {"id": ANNA, "type": "private", "first_name": "Анна", "last_name": "Соколова", "username": "anna"}
MANAGERS = {"id": GROUP, "type": "supergroup", "title": "Менеджеры"}
CHAT = Chat("telegram", "telegram", "123456", "private", str(ANNA))
DATE = int(NOW.timestamp())

_ids = itertools.count(700_000_001)


class StoppedClock:
    """It is always NOW."""

    def now(self) -> datetime:
        return NOW

    def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here should wait")


def client_of(url: str, token: str = TOKEN) -> TelegramClient:
    return TelegramClient(url, token, limiter=NoLimit())


def channel_of(url: str = "http://127.0.0.1:9") -> TelegramChannel:
    """A channel; by default of a Telegram that cannot be reached (port 9 discards)."""
    return TelegramChannel(client_of(url), TOKEN, SECRET, managers_chat=str(GROUP), clock=StoppedClock())


def message(**fields: Any) -> dict[str, Any]:
    """A message of Anna's in her private chat, unless `fields` say otherwise."""
    return {"message_id": 77, "from": USER, "chat": PRIVATE, "date": DATE} | fields


def press(data: str, **fields: Any) -> dict[str, Any]:
    """A press of a button under a message of the bot's."""
    under = {"message_id": 41, "from": BOT, "chat": PRIVATE, "date": DATE, "text": "Куда едем?"}
    return {"id": "9001", "from": USER, "chat_instance": "1", "message": under, "data": data} | fields


def body_of(**update: Any) -> bytes:
    return json.dumps({"update_id": next(_ids)} | update, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read(**update: Any) -> list[ChannelEvent]:
    return channel_of().parse(body_of(**update))


def the_event(**update: Any) -> Any:
    (event,) = read(**update)
    return event
