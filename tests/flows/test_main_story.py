"""A WhatsApp inquiry becomes a truthful answer and a card on the board, whatever the store."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from crystalbay.services import board
from models import Role
from tests.backends import BACKENDS, backend_address
from tests.world import STORY, World, eventually, running

_PRICE = re.compile(r"от\s([\d\u00a0 ]+)\u00a0[₽$€₸]|from [$€₽]([\d,]+)")


@pytest.fixture(scope="module", params=BACKENDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with (
        backend_address(request) as address,
        running(tmp_path_factory.mktemp("world"), **address.settings) as system,
    ):
        yield system


def _prices(text: str) -> list[Decimal]:
    return [Decimal(re.sub(r"\D", "", ru or en)) for ru, en in _PRICE.findall(text)]


def test_the_inquiry_is_answered_with_three_real_offers(world: World) -> None:
    anna = world.customer()
    anna.says(STORY)
    eventually(lambda: world.rows("conversations", external_chat_id=anna.chat_id))
    assert anna.lead["status"] == "new"
    answer = anna.hears("★")

    assert answer.startswith("Здравствуйте! Я помощник Crystal Bay")
    assert len(_prices(answer)) == 3
    asked = "Турция, вылет: Москва, 1–10\u00a0июня, 2\u00a0взрослых, 7\u00a0ночей"
    assert asked in answer
    assert re.search(r"Цены «от» на \d{1,2}:\d\d мск", answer)
    offers = world.rows("offers", lead_id=anna.lead["id"])
    assert len({row["data"]["hotel"] for row in offers}) == 3
    assert sorted(_prices(answer)) == sorted(Decimal(row["data"]["price"]["amount"]) for row in offers)
    for row in offers:
        assert _given_by_the_supplier(world, row["data"])
        assert Decimal(row["data"]["price"]["amount"]) <= 250_000

    lead = anna.lead
    assert (lead["stage"], lead["status"]) == ("tour_selection", "in_progress")
    assert lead["trip"] == {
        "departure_city": "Москва",
        "destination_country": "Турция",
        "date_from": "2026-06-01",
        "date_to": "2026-06-10",
        "nights_min": 7,
        "nights_max": 7,
        "adults": 2,
        "budget_max": 250000,
        "budget_currency": "RUB",
        "wishes": [],
        "excluded": [],
    }
    assert (lead["value_minor"], lead["value_currency"]) == (25_000_000, "RUB")
    assert lead["score"] >= 60
    assert lead["evidence"]["budget_max"]


def _given_by_the_supplier(world: World, offer: dict[str, object]) -> bool:
    """Did SAMO answer just this price for just this row?"""
    claim, price = str(offer["claim"]), offer["price"]
    assert isinstance(price, dict)
    tour, grouped = world.samo.model.claimed(claim) or (None, True)
    assert tour is not None
    assert not grouped
    return Decimal(world.samo.price_of(tour)[1]) == Decimal(price["amount"])


def test_delivered_and_read_are_shown(world: World) -> None:
    customer = world.customer()
    customer.says("Здравствуйте!")
    customer.hears("Куда хотели бы поехать")
    eventually(
        lambda: world.rows("messages", conversation_id=customer.conversation["id"], state="read"),
        words="the answer was never read",
    )


def test_five_copies_at_once_make_one_lead_and_one_answer(world: World) -> None:
    world.wazzup.options.change({"repeats": 5, "concurrency": True})
    try:
        customer = world.customer()
        customer.says(STORY)
        customer.hears("★")
        customer.quiet()
    finally:
        world.wazzup.options.change({"repeats": 1, "concurrency": False})
    assert len(world.rows("leads", customer_id=customer.lead["customer_id"])) == 1
    assert len(world.rows("messages", conversation_id=customer.conversation["id"], direction="in")) == 1
    assert sum("★" in text for text in customer.answers) == 1


def test_a_customer_who_writes_english_is_answered_in_english(world: World) -> None:
    customer = world.customer(name="John")
    customer.says("Hello, two adults to Turkey from Moscow, 7 nights in early June, budget 3000 dollars, all inclusive")
    answer = customer.hears("★")
    assert answer.startswith("Hello! I am the assistant of Crystal Bay")
    assert "Here is what fits" in answer
    assert len(_prices(answer)) == 3
    assert "$" in answer
    assert "Turkey, from Moscow" in answer
    assert not re.search("[а-яА-Я]", answer)


def test_four_messages_get_one_answer(world: World) -> None:
    customer = world.customer()
    customer.says("Здравствуйте", "хотим в Турцию", "вдвоём из Москвы", "на 7 ночей в начале июня")
    customer.hears("★")
    customer.quiet()
    assert len([text for text in customer.answers if "Ищу" not in text]) == 1
    out = world.rows("messages", conversation_id=customer.conversation["id"], direction="out")
    answered = {message_id for row in out for message_id in row["answers"]}
    inbound = {row["id"] for row in world.rows("messages", conversation_id=customer.conversation["id"], direction="in")}
    assert answered == inbound


def test_one_useful_thing_is_asked_at_a_time_and_never_in_the_same_words(world: World) -> None:
    customer = world.customer()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    customer.says("а там тепло?")
    customer.quiet()
    customer = world.customer()
    customer.says("Хочу в Египет")
    customer.hears("Из какого города")
    customer.says("ну не знаю, смотря какие цены")
    second = customer.hears("вылета", after=1)
    assert second not in customer.answers[:1]
    customer.says("из Москвы")
    customer.hears("даты", after=2)
    assert len(set(customer.answers)) == len(customer.answers)
    assert customer.lead["stage"] == "consultation"


def test_a_choice_makes_a_complete_task_for_a_manager(world: World) -> None:
    customer = world.customer()
    customer.says(STORY)
    customer.hears("★")
    customer.says("Второй вариант нам нравится")
    words = customer.hears("Отличный выбор")
    assert re.search(r"ответит здесь до \d{1,2}:\d\d мск", words)
    lead = customer.lead
    assert (lead["stage"], lead["needs_human"], lead["mode"]) == ("commercial_offer", "booking", "human")
    assert [row["kind"] for row in world.rows("notices", lead_id=lead["id"])] == ["booking"]


def test_two_customers_who_want_the_same_wait_for_one_search(world: World) -> None:
    before = len([call for call in world.samo.calls if call["query"].get("action") == "SearchTour_PRICES"])
    text = "Хотим в Турцию, Белек, из Казани вдвоём на 9 ночей с 3 по 9 июля"
    one, two = world.customer(), world.customer()
    one.says(text)
    two.says(text)
    first, second = one.hears("★"), two.hears("★")
    assert _prices(first) == _prices(second)
    after = len([call for call in world.samo.calls if call["query"].get("action") == "SearchTour_PRICES"])
    assert 1 <= after - before <= 5


def test_the_card_is_on_the_board_with_true_counts(world: World) -> None:
    viewer = world.manager(Role.HEAD)
    shown = board.whole(world.ctx, viewer, first=10)
    for status, column in shown.items():
        assert column["count"] == len(world.rows("leads", status=status))
