"""When the machine hands over, a person is told and the customer hears who answers and by when."""

from __future__ import annotations

import re

import pytest

from crystalbay.sandbox.server import Fault
from crystalbay.services import conversations, delivery
from crystalbay.store.interface import Delete, Insert, Row, Update
from tests.world import STORY, Customer, World, eventually


@pytest.mark.parametrize(
    ("said", "reason", "urgent"),
    [
        ("Позовите, пожалуйста, живого менеджера", "asked", True),
        ("Рейс перенесли на 6 часов, трансфер нас не встретил!", "support", True),
        ("Это безобразие, сколько можно ждать ответ", "support", True),
        ("Вы что, издеваетесь? Ерунду мне присылаете", "angry", True),
        ("Срочно нужен тур в Турцию, вылет завтра", "urgent", True),
        ("Хочу отменить бронь 12345", "change", False),
        ("срочно! вылет через 3 часа а нас не зарегистрировали на рейс", "support", True),
    ],
)
def test_a_person_takes_over(world: World, said: str, reason: str, urgent: bool) -> None:
    customer = world.customer()
    customer.says(said)
    words = customer.hears("ответит здесь до")
    assert re.search(r"Менеджер ответит здесь до \d{1,2}:\d\d мск", words)
    lead = customer.lead
    assert (lead["needs_human"], lead["mode"]) == (reason, "human")
    assert (lead["urgency"] == "high") is urgent
    notices = world.rows("notices", lead_id=lead["id"])
    assert [(row["kind"], row["urgent"], row["user_id"]) for row in notices] == [(reason, urgent, None)]


def test_after_the_handover_the_machine_is_silent(world: World) -> None:
    customer = world.customer()
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    heard = len(customer.answers)
    customer.says(STORY)
    customer.quiet()
    assert len(customer.answers) == heard
    assert customer.conversation["unread"] == 2


def test_confused_twice_means_a_person(world: World) -> None:
    customer = world.customer()
    customer.says("ыва прол джэ")
    customer.hears("Не совсем понял")
    customer.says("фывапр")
    customer.hears("позову менеджера")
    assert customer.lead["needs_human"] == "confused"


def test_the_default_assignee_is_named_and_told(world: World) -> None:
    manager = world.manager()
    world.store.commit(
        [Insert("settings", {"id": "office", "value": {"default_assignee": manager.id}}, now={"created_at": 0.0})]
    )
    try:
        customer = world.customer()
        customer.says("Хочу поговорить с человеком")
        customer.hears("Алина К. ответит здесь до")
        lead = customer.lead
        assert lead["assignee_id"] == manager.id
        assert world.rows("notices", lead_id=lead["id"])[0]["user_id"] == manager.id
    finally:
        world.store.commit([Delete("settings", "office")])


def test_a_supplier_that_fails_gives_the_customer_a_person(world: World) -> None:
    world.samo.add_fault(Fault("PRICES", status=500, body="<html>crash</html>", times=100))
    try:
        customer = world.customer()
        customer.says("Хотим в Турцию, Сиде, из Москвы вдвоём на 6 ночей с 20 по 25 июня")
        words = customer.hears("Поиск туров сейчас не отвечает", 40)
        assert "ответит здесь до" in words
        assert customer.lead["needs_human"] == "supplier"
    finally:
        world.samo.faults.clear()


@pytest.mark.parametrize(
    ("media", "kind", "thanks"),
    [
        ("voice", "audio", "Голосовое получил"),
        ("image", "image", "Картинку получил"),
        ("document", "document", "Документ получил"),
    ],
)
def test_files_are_kept_acknowledged_and_shown(world: World, media: str, kind: str, thanks: str) -> None:
    customer = world.customer()
    customer.says(media=media)
    words = customer.hears(thanks)
    assert "ответит здесь до" in words
    message = world.rows("messages", conversation_id=customer.conversation["id"], direction="in")[0]
    stored = eventually(
        lambda: [
            item for item in world.rows("messages", id=message["id"])[0]["attachments"] if item["state"] == "stored"
        ]
    )
    assert stored[0]["kind"] == kind
    assert stored[0]["size"] > 0
    assert customer.lead["needs_human"] == "media"
    assert customer.lead["mode"] == "bot"


def test_a_sticker_gets_a_kind_word_and_nobody_is_bothered(world: World) -> None:
    customer = world.customer()
    customer.says(media="sticker")
    customer.hears("Спасибо за стикер")
    assert customer.lead["needs_human"] is None


def test_a_manager_takes_over_answers_and_gives_back(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    taken = conversations.takeover(world.ctx, manager, customer.conversation["id"])
    assert taken["mode"] == "human"
    heard = len(customer.answers)
    customer.says("Из Москвы вдвоём")
    customer.quiet()
    assert len(customer.answers) == heard
    conversations.answer(world.ctx, manager, customer.conversation["id"], "Добрый день, это Алина")
    customer.hears("это Алина")
    assert customer.lead["assignee_id"] == manager.id
    assert customer.conversation["unread"] == 0
    conversations.release(world.ctx, manager, customer.conversation["id"])
    customer.says("на 7 ночей в начале июня")
    customer.hears("★", after=heard + 1)  # what was said while Алина led was not forgotten


def test_a_part_that_left_counts_as_sent_when_a_person_takes_over_before_that_is_recorded(world: World) -> None:
    customer = world.customer()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    eventually(lambda: parts(world, customer)[-1]["state"] != "sending")
    part = parts(world, customer)[-1]
    world.store.commit([Update("messages", part["id"], {"state": "queued", "sent_at": None, "external_id": None})])
    recorded = delivery.deliver(world.ctx, part["id"])
    world.store.commit(conversations.machine_stops(customer.conversation, mode="human"))
    world.store.commit(recorded)
    assert parts(world, customer)[-1]["withdrawn"]
    assert parts(world, customer)[-1]["state"] == "sent"


def parts(world: World, customer: Customer) -> list[Row]:
    """What the agency says to the customer, oldest first."""
    return world.rows("messages", conversation_id=customer.conversation["id"], direction="out")


def test_an_answer_from_the_phone_stops_the_machine(world: World) -> None:
    customer = world.customer()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    world.wazzup.employee_says(customer.chat_id, "Здравствуйте, это Ольга, сейчас всё подберу")
    eventually(lambda: customer.conversation["mode"] == "human")
    row = world.rows("messages", conversation_id=customer.conversation["id"], author="manager")[0]
    assert row["author_name"] == "Сотрудник с телефона"
    heard = len(customer.answers)
    customer.says("Из Москвы")
    customer.quiet()
    assert len(customer.answers) == heard


def test_an_echo_of_our_own_send_is_not_a_person(world: World) -> None:
    world.wazzup.options.change({"echo_own_sends": True})
    try:
        customer = world.customer()
        customer.says("Хочу в Египет")
        customer.hears("Из какого города")
        customer.says("из Москвы")
        customer.hears("даты")
        assert customer.conversation["mode"] == "bot"
        assert not world.rows("messages", conversation_id=customer.conversation["id"], author="manager")
    finally:
        world.wazzup.options.change({"echo_own_sends": False})
