"""What stands for an offer and what does not; days that cannot be; what a customer does beside his slots."""

from __future__ import annotations

from datetime import datetime

import pytest

from crystalbay.chat.signals import Signals
from crystalbay.nlp.impossible import impossible_day
from crystalbay.nlp.ordinals import LAST, numbers, ordinals
from models import Intent, Urgency
from nlp_processor import understand

NOW = datetime.fromisoformat("2026-05-12T12:00:00+03:00")


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("второй", [2]),
        ("беру первый вариант", [1]),
        ("второй нам нравится", [2]),
        ("второй мужу понравился", [2]),
        ("первый, море рядом", [1]),
        ("не второй, а третий", [3]),
        ("последний", [LAST]),
        ("the second one please", [2]),
        ("the first looks good", [1]),
        ("на первой линии", []),
        ("первая береговая линия", []),
        ("в первых числах июля", []),
        ("летим первый раз", []),
        ("вторую неделю июня", []),
        ("третью часть", []),
        ("во-первых, дорого", []),
        ("on the first line", []),
        ("for the first time", []),
        ("third floor", []),
        ("the first of june", []),
    ],
)
def test_an_ordinal_of_an_offer(said: str, places: list[int]) -> None:
    assert [one.place for one in ordinals(said) if one.of_offer and not one.rejected] == places


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("1 и 2", [1, 2]),
        ("чем отличается 1 от 3?", [1, 3]),
        ("вариант два", [2]),
        ("№3", [3]),
        ("2 взрослых", []),
        ("7 ночей", []),
        ("10 июня", []),
        ("бюджет 1,5 млн", []),
    ],
)
def test_a_number_of_an_offer(said: str, places: list[int]) -> None:
    assert [one.place for one in numbers(said) if one.of_offer] == places


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("10 января 2025 года", "past"),
        ("в январе 2025", "past"),
        ("10.01.2025", "past"),
        ("31 июня", "impossible"),
        ("с 25 июня по 31 июня", "impossible"),
        ("30.02", "impossible"),
        ("June 31", "impossible"),
        ("10 июня", None),
        ("29 февраля", None),
        ("родился 12.03.1988", None),
        ("были в январе 2025 в Египте", None),
        ("+7 916 123-45-67", None),
        ("бюджет 1.5 млн", None),
    ],
)
def test_a_day_that_cannot_be(said: str, why: str | None) -> None:
    found = impossible_day(said, NOW.date())
    assert (found.why if found else None) == why


@pytest.mark.parametrize(
    "said",
    [
        "срочно! вылет через 3 часа а нас не зарегистрировали на рейс",
        "через два часа рейс, а ваучеров так и нет",
        "самолёт через 4 часа, где наши билеты?",
        "we are not checked in for our flight, it leaves in 2 hours",
    ],
)
def test_trouble_hours_before_a_flight_is_urgent(said: str) -> None:
    found = understand(said, now=NOW)
    assert (found.intent, found.urgency) == (Intent.SUPPORT_PROBLEM, Urgency.HIGH)


@pytest.mark.parametrize("said", ["Как зарегистрироваться на рейс?", "сколько лететь, рейс через Стамбул?"])
def test_a_question_about_a_flight_is_no_trouble(said: str) -> None:
    found = understand(said, now=NOW)
    assert (found.intent, found.urgency) == (Intent.GENERAL_QUESTION, Urgency.NORMAL)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("отель Side Sunrise Beach", "Side Sunrise Beach"),
        ("хотим Alanya Castle View на неделю", "Alanya Castle View"),
        ("отель Green Garden", "Green Garden"),
        ("Can you check Belek Green Links hotel please", "Belek Green Links"),
        ("хочу Ultra All Inclusive в Белеке", None),
        ("We want a Turkey Beach holiday", None),
        ("Отдых в Sharm El Sheikh", None),
    ],
)
def test_the_whole_name_of_a_hotel(said: str, name: str | None) -> None:
    assert understand(said, now=NOW).slots.get("hotel_name") == name


@pytest.mark.parametrize(
    ("said", "country"),
    [("Хотим на Марс", "Марс"), ("в Исландию", "Исландия"), ("тур в непал", "Непал"), ("живём в Твери, на море", None),
     ("были в Исландии, теперь на море", None), ("билеты в театр", None), ("на Волгу", None), ("в любой день", None)],
)  # fmt: skip
def test_a_destination_of_no_table(said: str, country: str | None) -> None:
    assert understand(said, now=NOW).slots.get("destination_country") == country


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("more", "ещё"),
        ("more", "show me other options"),
        ("cheaper", "дороговато"),
        ("cheaper", "that's way over our budget"),
        ("disliked", "ничего не понравилось"),
        ("declined", "нет, спасибо"),
        ("declined", "нашли дешевле у других, спасибо"),
        ("restore", "верните как было"),
        ("restore", "go back to the previous dates"),
        ("thinking", "мы подумаем"),
        ("thinking", "I need to talk to my husband"),
        ("anywhere", "на ваше усмотрение"),
        ("compares", "чем отличается 1 от 3?"),
        ("of_children", "а дети бесплатно?"),
    ],
)
def test_what_a_customer_does(said: str, name: str) -> None:
    assert getattr(Signals.of(name), said)
    for other in ("declined", "restore", "thinking"):
        assert other == said or not getattr(Signals.of(name), other)


@pytest.mark.parametrize(
    ("said", "meal"),
    [
        ("is breakfast included?", "BB"),
        ("а ужин входит?", ""),
        ("питание какое?", ""),
        ("и всё включено", None),
        ("хотим всё включено", None),
        ("есть варианты с завтраками?", None),
    ],
)
def test_a_question_about_meals_and_a_wish_for_one(said: str, meal: str | None) -> None:
    assert Signals.of(said).meal_asked == meal
