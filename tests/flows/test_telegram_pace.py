"""However much waits for one chat, its messages keep their distance; another chat does not wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest

from crystalbay.services import conversations
from tests.world import World, eventually, running

PACE_S = 0.25


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with running(folder, telegram=True, public=True, telegram_mode="webhook", telegram_pace_s=PACE_S) as system:
        yield system


def test_fifteen_messages_to_one_chat(world: World) -> None:
    assert world.telegram
    anna, boris = world.in_telegram("Анна"), world.in_telegram("Борис")
    for person in (anna, boris):
        person.says("/start")
        person.sees("Турция")
    manager = world.manager()
    for number in range(15):
        conversations.answer(world.ctx, manager, anna.conversation["id"], f"Сообщение {number}")
    conversations.answer(world.ctx, manager, boris.conversation["id"], "Вам одно")
    boris.hears("Вам одно", 3)
    assert not any("Сообщение 14" in message["text"] for message in anna.heard)
    anna.hears("Сообщение 14", 20)
    sent = [entry for entry in world.telegram.sent() if str(entry["chat_id"]) == str(anna.user_id)]
    times = [entry["at"] for entry in sent if entry["method"] == "sendMessage"]
    assert min(later - earlier for earlier, later in pairwise(times)) > PACE_S * 0.8
    texts = [message["text"] for message in anna.heard if "Сообщение" in message["text"]]
    assert texts == [f"Сообщение {number}" for number in range(15)]
    eventually(lambda: len(world.rows("messages", conversation_id=anna.conversation["id"], state="sent")) == 16)
