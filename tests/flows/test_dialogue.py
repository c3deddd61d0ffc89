"""What customers really say: corrections, captions, floods, objections, choices in their own words."""

from __future__ import annotations

import re

import pytest

from crystalbay.sandbox.server import Fault
from tests.world import STORY, Customer, World, eventually


def hotels(answer: str) -> list[str]:
    return re.findall(r"(?m)^\d\. (.+?)(?: \d★)?, ", answer)


def offered(world: World) -> tuple[Customer, str]:
    """A customer who has three offers before his eyes, and the words that showed them."""
    customer = world.customer()
    customer.says(STORY)
    answer = customer.hears("★")
    customer.quiet()
    return customer, answer


def test_the_first_words_to_a_stranger_are_a_greeting(world: World) -> None:
    world.samo.add_fault(Fault("PRICES", delay=7.0, times=1))
    customer = world.customer()
    customer.says("Хотим в Египет из Казани вдвоём на 11 ночей в начале сентября")
    customer.hears("★", 40)
    assert "Ищу туры" in customer.answers[0]
    assert customer.answers[0].startswith("Здравствуйте! Я помощник")
    assert sum("Здравствуйте" in text for text in customer.answers) == 1


def test_a_deleted_message_is_not_answered(world: World) -> None:
    customer = world.customer()
    (message_id,) = customer.says("ой не туда")
    world.wazzup.delete(message_id)
    eventually(lambda: world.rows("messages", external_id=message_id, state="processed"))
    customer.quiet()
    assert customer.answers == []


def test_a_picture_with_a_caption_is_answered_and_somebody_looks_at_it(world: World) -> None:
    customer = world.customer()
    customer.says("Хочу в Египет, вот скрин тура", media="image")
    words = customer.hears("Картинку получил")
    assert "Из какого города" in words
    assert customer.lead["needs_human"] == "media"
    assert customer.lead["mode"] == "bot"


def test_of_a_flood_nothing_stays_behind(world: World) -> None:
    customer = world.customer()
    customer.says(*[f"сообщение {n}" for n in range(59)], "хотим в Турцию")
    customer.hears("Из какого города")
    customer.quiet()
    assert world.rows("messages", conversation_id=customer.conversation["id"], state="received") == []
    assert not customer.conversation["process_queued"]


@pytest.mark.parametrize("words", ["второй отель берём", "the second one please", "2", "Второй вариант нам подходит"])
def test_an_offer_is_chosen_in_many_words(world: World, words: str) -> None:
    customer, answer = offered(world)
    customer.says(words)
    told = customer.hears("Отличный выбор" if re.search("[а-я]", words + "я" * words.isdigit()) else "A fine choice")
    assert hotels(answer)[1] in told


def test_an_offer_is_chosen_by_its_name(world: World) -> None:
    customer, answer = offered(world)
    name = hotels(answer)[2]
    customer.says(f"Нравится {name}")
    assert name in customer.hears("Отличный выбор")


@pytest.mark.parametrize("words", ["беру 1 и 2", "4"])
def test_an_unclear_choice_is_asked_again(world: World, words: str) -> None:
    customer, _ = offered(world)
    customer.says(words)
    customer.hears("от 1 до 3")
    assert customer.lead["mode"] == "bot"


def test_others_are_others(world: World) -> None:
    customer, first = offered(world)
    customer.says("Покажите ещё варианты")
    second = customer.hears("Вот ещё варианты")
    assert len(hotels(second)) == 3
    assert not set(hotels(first)) & set(hotels(second))


def test_too_expensive_is_a_wish_for_something_cheaper(world: World) -> None:
    customer, _ = offered(world)
    customer.says("Дороговато, есть подешевле?")
    answer = customer.hears("Вот ещё варианты")
    prices = [int(re.sub(r"\D", "", figure)) for figure in re.findall(r"от ([\d\u00a0]+)\u00a0₽", answer)]
    assert prices == sorted(prices)
    assert customer.lead["needs_human"] is None


def test_a_refusal_is_taken_kindly_and_a_manager_hears_of_it(world: World) -> None:
    customer, _ = offered(world)
    customer.says("Спасибо, уже купили в другом месте")
    customer.hears("Если планы изменятся")
    assert customer.lead["needs_human"] == "refusal"
    assert customer.lead["mode"] == "bot"
    assert [row["kind"] for row in world.rows("notices", lead_id=customer.lead["id"])] == ["refusal"]


def test_there_and_back_needs_no_question_for_the_nights(world: World) -> None:
    customer = world.customer()
    customer.says("Турция из Москвы вдвоём с 1 по 10 июля")
    answer = customer.hears("★")
    assert re.search("9\u00a0ночей", answer)
    assert "1–10\u00a0июля" in answer


def test_a_rough_time_is_a_window_however_long_the_stay(world: World) -> None:
    customer = world.customer()
    customer.says("Хотим в Турцию из Москвы вдвоём на 9 ночей в начале июня")
    answer = customer.hears("★")
    assert "1–10\u00a0июня" in answer.split("\n\n")[1]


def test_two_kids_are_no_budget(world: World) -> None:
    customer = world.customer()
    customer.says("family of four to Turkey, 2 adults 2 kids (4 and 8) from Moscow, 7 nights from June 5")
    answer = customer.hears("★")
    assert "2\u00a0adults and 2\u00a0children" in answer
    assert "Nothing fits" not in answer


def test_children_without_ages_are_asked_for(world: World) -> None:
    customer = world.customer()
    customer.says("Едем с женой и двумя детьми в Турцию из Москвы 7 ночей в начале июня")
    customer.hears("Сколько лет детям")
    customer.says("старшему 7, младшему три года")
    answer = customer.hears("★")
    assert "2\u00a0взрослых и 2\u00a0ребёнка" in answer


def test_the_ages_of_uncounted_children_are_asked_for(world: World) -> None:
    customer = world.customer()
    customer.says("Хотим в Турцию с детьми, двое взрослых, из Москвы, 7 ночей в начале июня")
    customer.hears("Сколько лет детям")
    customer.says("5 и 9")
    assert "2\u00a0взрослых и 2\u00a0ребёнка" in customer.hears("★")


def test_a_city_without_flights_is_named(world: World) -> None:
    customer = world.customer()
    customer.says("Хотим в Турцию из Магадана, двое, 7 ночей, в июне")
    customer.hears("Вылетов из города Магадан у нас сейчас нет")
