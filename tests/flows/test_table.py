"""While offers lie before the customer: wishes, objections, questions, hesitation, contacts; and what is no choice."""

from __future__ import annotations

import re

import pytest

from tests.world import Customer, World

TRIP = "Турция из Москвы вдвоём 7 ночей в начале июня"


def hotels(answer: str) -> list[str]:
    return re.findall(r"(?m)^\d\. (.+?)(?: \d★)?, ", answer)


def prices(answer: str) -> list[int]:
    return [int(re.sub(r"\D", "", figure)) for figure in re.findall(r"от ([\d\u00a0]+)\u00a0₽", answer)]


def offered(world: World, said: str = TRIP) -> tuple[Customer, str]:
    """A customer with offers before his eyes, and the words that showed them."""
    customer = world.customer()
    customer.says(said)
    answer = customer.hears("★")
    customer.quiet()
    return customer, answer


def reply(customer: Customer, *said: str) -> str:
    """What the customer hears to what he says."""
    heard = len(customer.answers)
    customer.says(*said)
    answer = customer.hears(after=heard)
    customer.quiet()
    return answer


@pytest.mark.parametrize("said", ["второй вариант подходит, что дальше?", "берём 2, как оформить?"])
def test_who_asks_what_comes_next_has_chosen(world: World, said: str) -> None:
    customer, answer = offered(world)
    assert f"Отличный выбор: {hotels(answer)[1]}" in reply(customer, said)
    assert customer.lead["needs_human"] == "booking"


# --------------------------------------------------------------------------- what is no choice


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("а есть что-нибудь на первой линии?", "первая линия"),
        ("хочу первую линию и чтобы пляж песчаный", "первая линия, песчаный пляж"),
        ("anything on the first line?", "first line"),
        ("чтобы первая береговая линия и аквапарк", "аквапарк"),
    ],
)
def test_a_wish_is_no_choice(world: World, said: str, wish: str) -> None:
    customer, _ = offered(world)
    answer = reply(customer, said)
    assert wish in answer
    assert re.search(r"уточню у менеджера.*ответит здесь до|manager will check.*will answer here by", answer)
    assert (customer.lead["mode"], customer.lead["needs_human"]) == ("bot", "wish")
    assert [row["kind"] for row in world.rows("notices", lead_id=customer.lead["id"])] == ["wish"]


def test_a_wish_told_with_the_trip_is_passed_on_beside_the_offers(world: World) -> None:
    customer, answer = offered(world, f"{TRIP}, первая линия")
    assert len(hotels(answer)) == 3
    assert "Пожелание записал: первая линия" in answer
    assert "Пожелание" not in reply(customer, "покажите ещё")


@pytest.mark.parametrize("said", ["мы летим первый раз", "а первое впечатление хорошее", "this is our first time"])
def test_an_ordinal_of_something_else_books_nothing(world: World, said: str) -> None:
    customer, _ = offered(world)
    reply(customer, said)
    assert customer.lead["mode"] == "bot"
    assert customer.lead["stage"] == "tour_selection"


@pytest.mark.parametrize(
    ("said", "days"),
    [("а можно в первых числах июля?", "1–5\u00a0июля"), ("лучше на вторую неделю июня", "8–14\u00a0июня")],
)
def test_an_ordinal_of_a_date_is_a_date(world: World, said: str, days: str) -> None:
    customer, _ = offered(world)
    assert days in reply(customer, said)


# --------------------------------------------------------------------------- what is one


@pytest.mark.parametrize("words", ["Side Sunrise", "sunrise beach"])
def test_part_of_a_hotels_name_chooses_it(world: World, words: str) -> None:
    customer, answer = offered(world)
    assert "Side Sunrise Beach" in hotels(answer)
    assert "Отличный выбор: Side Sunrise Beach" in reply(customer, f"Мне нравится {words}")


def test_the_last_and_the_one_that_is_not_meant(world: World) -> None:
    customer, answer = offered(world)
    assert hotels(answer)[2] in reply(customer, "не второй, а последний")


# --------------------------------------------------------------------------- objections


def test_too_expensive_shows_cheaper_ones_until_there_are_none(world: World) -> None:
    customer, first = offered(world)
    second = reply(customer, "дороговато")
    assert max(prices(second)) < max(prices(first))
    assert "Дешевле вариантов выше" in reply(customer, "дорого")
    assert customer.lead["needs_human"] is None


@pytest.mark.parametrize("said", ["ничего не понравилось", "не то", "нет", "none of these work for me"])
def test_not_these_means_others(world: World, said: str) -> None:
    customer, first = offered(world)
    answer = reply(customer, said)
    assert len(hotels(answer)) == 3
    assert not set(hotels(first)) & set(hotels(answer))
    assert customer.lead["needs_human"] is None


@pytest.mark.parametrize("said", ["спасибо, не надо", "дорого, спасибо, не нужно", "мы передумали", "no thanks"])
def test_a_real_no_stays_one(world: World, said: str) -> None:
    customer, _ = offered(world)
    assert re.search("Если планы изменятся|If your plans change", reply(customer, said))
    assert customer.lead["needs_human"] == "refusal"


def test_the_way_back_to_the_trip_before(world: World) -> None:
    customer, first = offered(world)
    assert "12–22\u00a0июня" in reply(customer, "давайте лучше с 12 по 22 июня")
    answer = reply(customer, "нет, верните как было")
    assert answer.startswith("Вернул как было")
    assert hotels(answer) == hotels(first)
    assert customer.lead["trip"]["date_from"] == "2026-06-01"


# --------------------------------------------------------------------------- hesitation and contacts


@pytest.mark.parametrize("said", ["Нам надо подумать с мужем", "посоветуюсь с женой и напишу завтра", "let me think"])
def test_who_thinks_is_not_pressed(world: World, said: str) -> None:
    customer, _ = offered(world)
    answer = reply(customer, said)
    assert re.search("Конечно, подумайте|take your time", answer)
    assert not hotels(answer)


def test_contacts_are_thanked_for_and_the_question_stays_open(world: World) -> None:
    customer, _ = offered(world)
    answer = reply(customer, "Иванов Иван, +7 916 123-45-67, ivan@mail.ru")
    assert "Спасибо, Иванов Иван, контакты записал" in answer
    assert "от 1 до 3" in answer
    assert world.rows("customers", id=customer.lead["customer_id"])[0]["email"] == "ivan@mail.ru"


# --------------------------------------------------------------------------- questions


@pytest.mark.parametrize("said", ["чем отличается 1 от 3?", "первый или третий, что лучше?"])
def test_offers_are_compared_from_their_data(world: World, said: str) -> None:
    customer, first = offered(world)
    answer = reply(customer, said)
    assert hotels(answer) == [hotels(first)[0], hotels(first)[2]]
    more = prices(first)[2] - prices(first)[0]
    assert str(more) in re.sub("\u00a0", "", answer.split("дешевле")[1])
    assert customer.lead["needs_human"] is None


def test_included_or_not_is_answered_from_the_offers(world: World) -> None:
    customer, _ = offered(world, f"{TRIP}, всё включено")
    answer = reply(customer, "is breakfast included?")
    assert answer.startswith("Yes, it is included.")
    assert customer.lead["trip"]["meal"] == "AI"
    customer, _ = offered(world)
    assert reply(customer, "а ужин входит?").startswith("Питание в вариантах:")
    assert reply(customer, "все варианты всё включено?").startswith("Зависит от отеля.")
    assert "meal" not in customer.lead["trip"]


def test_the_price_of_one_is_told_again(world: World) -> None:
    customer, first = offered(world)
    answer = reply(customer, "а сколько стоит второй?")
    assert hotels(answer) == [hotels(first)[1]]
    assert prices(answer) == [prices(first)[1]]
    assert customer.lead["mode"] == "bot"


@pytest.mark.parametrize(
    ("said", "reason"),
    [("в первом отеле есть вайфай?", "question"), ("а как оплатить?", "payment"), ("а море там теплое?", "question")],
)
def test_what_nobody_knows_here_goes_to_a_manager_beside(world: World, said: str, reason: str) -> None:
    customer, _ = offered(world)
    answer = reply(customer, said)
    assert re.search(r"передал ему ваш вопрос.*ответит здесь до \d{1,2}:\d\d", answer)
    assert (customer.lead["mode"], customer.lead["needs_human"]) == ("bot", reason)
    assert "Отличный выбор" in reply(customer, "второй")


def test_children_change_prices_and_are_asked_for(world: World) -> None:
    customer, _ = offered(world)
    assert "сколько лет детям" in reply(customer, "а дети бесплатно?")


def test_the_same_offers_are_never_sent_twice_in_a_row(world: World) -> None:
    customer, _ = offered(world)
    answer = reply(customer, TRIP)
    assert not hotels(answer)
    assert "те же варианты" in answer


@pytest.mark.parametrize("said", ["ещё", "еще", "покажите ещё", "what else?"])
def test_more_is_more(world: World, said: str) -> None:
    customer, first = offered(world)
    answer = reply(customer, said)
    assert len(hotels(answer)) == 3
    assert not set(hotels(first)) & set(hotels(answer))


def test_a_number_beyond_the_offers_is_a_budget(world: World) -> None:
    customer, _ = offered(world, f"{TRIP}, бюджет 50 тысяч")
    answer = reply(customer, "ну 70")
    assert prices(answer)
    assert max(prices(answer)) <= 70_000
    assert customer.lead["trip"]["budget_max"] == 70_000


def test_words_that_nobody_understands_get_words_that_know_the_state(world: World) -> None:
    customer, _ = offered(world)
    answer = reply(customer, "ыва прол")
    assert "Варианты выше" in answer
    assert "куда и когда" not in answer
