"""Before and without offers: nothing found, places that are not sold, no preference, a running search, two trips."""

from __future__ import annotations

import re

import pytest

from crystalbay.sandbox.server import Fault
from tests.flows.test_table import TRIP, hotels, offered, reply
from tests.world import World, eventually

NOTHING = "хотим в Египет из Москвы вдвоем на 29 ночей 10 марта"


# --------------------------------------------------------------------------- nothing found


def test_yes_after_nothing_searches_near_dates_and_lengths(world: World) -> None:
    customer = world.customer()
    told = reply(customer, NOTHING)
    assert re.search("сейчас ничего нет. В продаже 5–14\u00a0ночей, ближайшие вылеты: .*марта", told)
    answer = reply(customer, "да")
    assert "Рядом по датам и ночам нашлось" in answer
    assert "3–17\u00a0марта" in answer
    assert len(hotels(answer)) == 3
    assert customer.lead["needs_human"] is None


@pytest.mark.parametrize("said", ["и нас трое, с ребенком 3 года", "нет, лучше из Питера", "на 7 ночей"])
def test_a_correction_after_nothing_searches_again(world: World, said: str) -> None:
    customer = world.customer()
    reply(customer, NOTHING)
    answer = reply(customer, said)
    assert "передал менеджеру" not in answer
    assert customer.lead["mode"] == "bot"
    assert "★" in reply(customer, "11-20 марта на 7 ночей")


def test_no_after_nothing_asks_what_to_change(world: World) -> None:
    customer = world.customer()
    reply(customer, NOTHING)
    assert "Что поменяем" in reply(customer, "нет")
    assert customer.lead["needs_human"] is None


# --------------------------------------------------------------------------- places


@pytest.mark.parametrize("said", ["Хотим на Марс", "ну тогда в Зимбабве вдвоем из Москвы в мае на неделю"])
def test_a_place_that_is_not_sold_is_named_with_what_is(world: World, said: str) -> None:
    customer = world.customer()
    answer = reply(customer, said)
    assert re.search(r"Туда \((Марс|Зимбабве)\) туров у нас сейчас нет. Есть: Турция, Египет", answer)
    assert "destination_country" not in customer.lead["trip"]


def test_after_an_unserved_city_the_cities_are_asked_for_again(world: World) -> None:
    customer = world.customer()
    reply(customer, "Хотим в Турцию из Магадана, двое, 7 ночей, в июне")
    assert "Какой из этих городов вам ближе: Москва" in reply(customer, "ну из ближайшего города")
    assert "из этих городов" not in reply(customer, "а какой ближе?")
    assert "★" in reply(customer, "Казань")


@pytest.mark.parametrize("said", ["куда-нибудь недорого", "не знаю", "всё равно", "посоветуйте что-нибудь"])
def test_no_wish_where_to_gets_proposals(world: World, said: str) -> None:
    customer = world.customer()
    reply(customer, "хочу на море")
    answer = reply(customer, said)
    assert "Турция, Египет или ОАЭ" in answer
    assert "города" in answer
    assert "★" in reply(customer, "из Москвы вдвоём на 7 ночей в начале июня")


def test_no_wish_when_or_how_long_is_decided_for_the_customer(world: World) -> None:
    customer = world.customer()
    reply(customer, "в Турцию вдвоём из Москвы")
    assert "ближайший месяц" in reply(customer, "не знаю")
    assert "неделю" in reply(customer, "всё равно")
    eventually(lambda: any("★" in text for text in customer.answers))


def test_a_hotel_is_found_without_its_country(world: World) -> None:
    customer, answer = offered(world, "Интересует отель Side Sunrise Beach из Москвы на двоих 7 ночей в июне")
    assert hotels(answer) == ["Side Sunrise Beach"]
    assert customer.lead["trip"]["destination_country"] == "Турция"
    others = reply(customer, "покажите другие")
    assert len(hotels(others)) == 3
    assert "Side Sunrise Beach" not in hotels(others)


# --------------------------------------------------------------------------- while a search runs


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("второй подойдет", "щё ищу"),
        ("а море там теплое?", "передал ему ваш вопрос"),
        ("дорого", "щё ищу"),
        ("ну что там?", "щё ищу"),
    ],
)
def test_words_while_searching_know_of_the_search(world: World, said: str, heard: str) -> None:
    nights = 5 + len(said) % 8
    world.samo.add_fault(Fault("PRICES", delay=2.5, times=1))
    customer = world.customer()
    customer.says(f"Хотим в ОАЭ из Москвы вдвоём на {nights} ночей в августе")
    eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))
    eventually(lambda: customer.conversation["waiting_for"])
    customer.says(said)
    answer = customer.hears(heard)
    assert "куда и когда" not in answer
    customer.hears("★", 30)
    assert customer.lead["mode"] == "bot"


# --------------------------------------------------------------------------- questions before offers


@pytest.mark.parametrize(
    ("said", "reason"),
    [("Здравствуйте, нужна ли виза в Египет?", "question"), ("Как оплатить тур картой?", "payment")],
)
def test_a_question_is_passed_on_beside_and_the_machine_goes_on(world: World, said: str, reason: str) -> None:
    customer = world.customer()
    answer = reply(customer, said)
    assert re.search(r"Менеджер ответит здесь до \d{1,2}:\d\d мск", answer)
    assert re.search(r"Из какого города|Куда хотели бы", answer)
    assert (customer.lead["needs_human"], customer.lead["mode"]) == (reason, "bot")
    assert [row["kind"] for row in world.rows("notices", lead_id=customer.lead["id"])] == [reason]
    assert "★" in reply(customer, "хотим в Египет из Москвы вдвоем 10-20 марта на 7 ночей")


# --------------------------------------------------------------------------- two trips, dates, money, stickers


def test_two_trips_in_one_message_are_kept_apart(world: World) -> None:
    customer = world.customer()
    customer.says(
        "на майские в Турцию из Москвы вдвоем на 7 ночей,"
        " и отдельно в августе в Грецию с двумя детьми 5 и 9 лет на 14 ночей"
    )
    answer = customer.hears("★")
    customer.quiet()
    assert "2\u00a0взрослых, 7\u00a0ночей" in answer
    assert any("Вторую (Греция, 1–31 августа, 14 ноч.)" in text for text in customer.answers)
    assert [row["kind"] for row in world.rows("notices", lead_id=customer.lead["id"])] == ["second_trip"]
    assert "children" not in customer.lead["trip"]


def test_one_trip_with_alternatives_is_one(world: World) -> None:
    customer = world.customer()
    reply(customer, "Хотим в июне в Турцию или в Египет, из Москвы")
    assert customer.lead["trip"]["destination_alternatives"] == ["Египет"]
    assert world.rows("notices", lead_id=customer.lead["id"]) == []


@pytest.mark.parametrize(
    ("day", "why"), [("10 января 2025 года", "уже прошла"), ("31 июня", "дней 30"), ("30.02", "такой даты нет")]
)
def test_a_day_that_cannot_be_is_told_why(world: World, day: str, why: str) -> None:
    customer = world.customer()
    answer = reply(customer, f"Турция из Москвы вдвоём на 7 ночей {day}")
    assert f"«{day}»" in answer
    assert why in answer
    assert "даты" in answer.split("\n\n")[-1]


def test_one_rouble_is_one(world: World) -> None:
    _, answer = offered(world, f"{TRIP} за 1 рубль")
    assert "В 1\u00a0₽ ничего не нашлось" in answer


def test_stickers_are_thanked_for_in_new_words_and_not_for_ever(world: World) -> None:
    customer = world.customer()
    for _ in range(3):
        customer.says(media="sticker")
        eventually(lambda: world.rows("conversations", external_chat_id=customer.chat_id))
        customer.quiet()
    assert len(customer.answers) == 2
    assert len(set(customer.answers)) == 2
