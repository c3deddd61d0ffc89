"""What REST tells of a chat with buttons: presses, albums, what could be pressed, and whether anything gets through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.people import Person, person
from tests.world import Telegrammer, World, eventually, running


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running(tmp_path_factory.mktemp("chat"), telegram=True) as system:
        yield system


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world)


@pytest.fixture
def anna(world: World) -> Telegrammer:
    """A customer whom the machine asks where from."""
    customer = world.in_telegram()
    customer.says("Хотим в Турцию вдвоём")
    customer.sees("Москва")
    return customer


def messages(who: Person, anna: Telegrammer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.call("GET", f"/conversations/{anna.conversation['id']}/messages").json["items"]
    return found


def test_presses_and_what_could_be_pressed(alina: Person, anna: Telegrammer) -> None:
    anna.taps("Москва")
    anna.sees("Выбрать день")
    said, asked, pressed, *_rest, dates = messages(alina, anna)
    assert (said["tap"], said["buttons"], said["replaced"]) == (None, [], False)
    assert "Москва" in [choice["label"] for choice in asked["choices"]]
    assert asked["buttons"] == ["‹ Назад", "Начать заново"]
    assert pressed["text"] == "Москва"
    assert (pressed["tap"]["act"], pressed["tap"]["message_id"]) == ("answer", asked["id"])
    assert dates["buttons"] == ["Выбрать день", "‹ Назад", "Начать заново"]


def test_what_was_sent_together(world: World, alina: Person, anna: Telegrammer) -> None:
    for caption in ("Паспорт", "Виза"):
        anna.says(media="photo", caption=caption, album="papers")
    eventually(lambda: len(world.rows("messages", conversation_id=anna.conversation["id"], direction="in")) == 3)
    first, second = [message for message in messages(alina, anna) if message["attachments"]]
    assert (first["text"], second["text"]) == ("Паспорт", "Виза")
    assert first["tap"]["album"] == second["tap"]["album"]


def test_since_when_nothing_gets_through(alina: Person, anna: Telegrammer) -> None:
    path = f"/conversations/{anna.conversation['id']}"
    assert alina.call("GET", path).json["blocked_at"] is None
    anna.phone.blocks(anna.user_id)
    eventually(lambda: alina.call("GET", path).json["blocked_at"])
    told = [act["kind"] for act in alina.call("GET", f"/leads/{anna.lead['id']}/activities").json["items"]]
    assert "conversation.blocked" in told
    anna.phone.unblocks(anna.user_id)
    eventually(lambda: alina.call("GET", path).json["blocked_at"] is None)
