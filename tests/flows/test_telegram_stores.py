"""A trip by taps, and a manager's reply in Telegram, whatever the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crystalbay.services import staff_chat
from crystalbay.services.viewers import Viewer
from tests.backends import BACKENDS, backend_address
from tests.world import World, eventually, labels, running

GROUP = -1001


@pytest.fixture(params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    with (
        backend_address(request) as address,
        running(folder, telegram=True, public=True, telegram_managers_chat_id=str(GROUP), **address.settings) as system,
    ):
        assert system.telegram
        system.telegram.says(1, "Всем привет", name="Глава", chat_id=GROUP)
        yield system


def test_from_start_to_a_managers_reply(world: World) -> None:
    assert world.telegram
    anna = world.in_telegram()
    anna.says("/start src_vk_jun")
    for button in ("Турция", "Москва", "Июнь", "7 ночей"):
        anna.taps(button, anna.sees(button)["messageId"])
    party = anna.sees("2 взрослых")["messageId"]
    anna.taps("Готово", party)
    last = anna.sees("Ещё варианты")
    anna.says("а виза нужна?")
    anna.taps("Хочу этот", last["messageId"])
    promised = anna.hears("Отличный выбор")
    anna.hears("на это ответит менеджер")
    anna.says("/search")
    anna.hears("ответит здесь до", after=promised["messageId"])

    manager = world.in_telegram("Алина")
    viewer: Viewer = world.manager()
    manager.says(f"/start {staff_chat.new_code(world.ctx, viewer)[0]}")
    manager.hears("Готово")
    told = eventually(
        lambda: next(
            (m for m in world.telegram.chat(GROUP) if "Клиент выбрал тур" in m["text"]),  # type: ignore[union-attr]
            None,
        ),
        30,
    )
    assert labels(told) == ["Взять", "Открыть", "Отложить"]
    assert "★" in told["text"]
    manager.says("Места есть, оформляем?", reply_to=told["messageId"], chat_id=GROUP)
    anna.hears("Места есть, оформляем?")
    anna.says("/delete_me")
    anna.taps("Удалить мои данные", anna.hears("Вернуть их нельзя")["messageId"])
    anna.hears("Удаляю ваши данные")
    eventually(lambda: world.rows("customers", id=world.rows("leads")[0]["customer_id"])[0]["erased_at"], 30)
    eventually(lambda: not any(row["text"] for row in world.rows("staff_messages")), 30)
    eventually(lambda: any("удалены" in m["text"] for m in world.telegram.chat(GROUP)), 30)  # type: ignore[union-attr]
