"""What managers do beside the machine: takeover in a send, counters, closing, stages by hand, release, own phones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from crystalbay.errors import Invalid
from crystalbay.sandbox.server import Fault
from crystalbay.services import conversations, moves, new_leads
from models import Outcome, Stage, Status
from tests.world import STORY, World, eventually


def close(world: World, lead_id: str) -> None:
    lead = world.rows("leads", id=lead_id)[0]
    manager = world.manager()
    moves.move(
        world.ctx, manager, lead_id, version=lead["version"], status=Status.CLOSED, outcome=Outcome.LOST, reason="тест"
    )


def test_nothing_of_the_machine_leaves_after_a_takeover(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    world.wazzup.add_fault(Fault("/v3/message", status=429, delay=1.5, times=1))
    customer.says("Здравствуйте, хочу в Турцию")
    eventually(lambda: world.rows("messages", state="sending", author="bot"))
    conversations.takeover(world.ctx, manager, customer.conversation["id"])
    out = world.rows("messages", conversation_id=customer.conversation["id"], direction="out")
    assert [row["state"] for row in out] == ["cancelled"]
    customer.quiet()
    assert customer.answers == []


def test_the_last_words_before_a_takeover_are_cancelled_too(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    world.wazzup.add_fault(Fault("/v3/message", status=429, headers={"Retry-After": "2"}, times=1))
    customer.says("Позовите менеджера")
    eventually(lambda: customer_mode(world, customer.chat_id) == "human")
    conversations.takeover(world.ctx, manager, customer.conversation["id"])
    customer.quiet()
    assert customer.answers == []


def customer_mode(world: World, chat_id: str) -> str | None:
    rows = world.rows("conversations", external_chat_id=chat_id)
    return rows[0]["mode"] if rows else None


def test_many_readers_at_once_count_down_once(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says("Здравствуйте", "Хочу в Турцию")
    customer.hears("Из какого города")
    conversation_id = customer.conversation["id"]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: conversations.mark_read(world.ctx, manager, conversation_id), range(8)))
    assert (customer.conversation["unread"], customer.lead["unread"]) == (0, 0)


def test_a_closed_lead_hears_nothing_more(world: World) -> None:
    customer = world.customer()
    world.samo.add_fault(Fault("PRICES", delay=2.0, times=1))
    customer.says("Хотим в Египет из Москвы вдвоём на 12 ночей в начале октября")
    eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))
    eventually(lambda: customer.conversation["waiting_for"])
    close(world, customer.lead["id"])
    eventually(lambda: not world.rows("searches", state="pending"))
    customer.quiet()
    assert not [text for text in customer.answers if "★" in text]


def test_thanks_after_the_end_opens_no_new_lead_and_a_new_wish_does(world: World) -> None:
    customer = world.customer()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    first = customer.lead
    close(world, first["id"])
    customer.says("Спасибо!")
    customer.hears("Пожалуйста")
    assert customer.lead["id"] == first["id"]
    assert customer.lead["status"] == "closed"
    customer.says("Хотим теперь в Турцию")
    customer.hears("Из какого города", after=2)
    second = customer.lead
    assert second["id"] != first["id"]
    assert second["trip"]["destination_country"] == "Турция"
    unread = [world.rows("leads", id=lead["id"])[0]["unread"] for lead in (first, second)]
    assert unread == [0, 1]
    assert customer.conversation["unread"] == 1


def test_a_stage_set_by_hand_wins(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says(STORY)
    customer.hears("★")
    lead = customer.lead
    assert lead["stage"] == "tour_selection"
    moves.move(world.ctx, manager, lead["id"], version=lead["version"], stage=Stage.NEW_REQUEST)
    customer.says("А на 10 ночей?")
    customer.hears("10\u00a0ночей")
    assert customer.lead["stage"] == "new_request"
    customer.says("Берём первый")
    customer.hears("Отличный выбор")
    assert customer.lead["stage"] == "commercial_offer"


def test_a_version_of_the_future_is_refused(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    with pytest.raises(Invalid, match="no such version"):
        moves.move(world.ctx, manager, customer.lead["id"], version=99, status=Status.PENDING)


def test_what_waits_is_answered_after_the_release(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    customer.says(STORY)
    customer.quiet()
    assert customer.lead["needs_human"] == "asked"
    conversations.release(world.ctx, manager, customer.conversation["id"])
    customer.hears("★")
    assert customer.lead["needs_human"] is None


def test_a_promise_outlives_the_release(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    conversations.release(world.ctx, manager, customer.conversation["id"])
    assert (customer.lead["mode"], customer.lead["needs_human"]) == ("bot", "asked")


def test_a_person_who_writes_first_is_not_forgotten(world: World) -> None:
    customer = world.customer()
    world.wazzup.employee_says(customer.chat_id, "Анна, здравствуйте! Это Ольга из агентства", author_name="Ольга")
    eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))
    assert (customer.conversation["mode"], customer.lead["waiting_since"], customer.lead["unread"]) == (
        "human",
        None,
        0,
    )
    customer.says("Здравствуйте, хочу в Турцию")
    eventually(lambda: customer.lead["waiting_since"])
    customer.quiet()
    assert customer.answers == ["Анна, здравствуйте! Это Ольга из агентства"]


def test_a_lead_without_a_chat_is_a_persons_until_the_customer_writes(world: World) -> None:
    customer, manager = world.customer(), world.manager()
    made, _ = new_leads.create(
        world.ctx, manager.actor, source="сайт", channel="form", name="Анна", phone=f"+{customer.chat_id}"
    )
    assert made["mode"] == "human"
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    assert (customer.lead["id"], customer.lead["mode"]) == (made["id"], "bot")


def test_a_failed_answer_shows_on_the_card(world: World) -> None:
    customer = world.customer()
    world.wazzup.add_fault(Fault("/v3/message", status=400, body={"error": "INVALID_MESSAGE_DATA"}, times=1))
    customer.says("Хочу в Египет")
    eventually(lambda: world.rows("messages", state="failed", lead_id=lead_of(world, customer.chat_id)))
    assert customer.lead["needs_human"] == "not_sent"
    assert customer.lead["waiting_since"]


def lead_of(world: World, chat_id: str) -> str | None:
    rows = world.rows("conversations", external_chat_id=chat_id)
    return rows[0]["lead_id"] if rows else None
