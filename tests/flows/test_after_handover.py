"""After the machine handed over a choice: what it notes, and when it is silent (crystalbay/chat/afterwards.py)."""

from __future__ import annotations

import pytest

from crystalbay.services import conversations
from tests.flows.test_table import hotels, offered, reply
from tests.world import Customer, World


def chosen(world: World) -> tuple[Customer, str]:
    """A customer who chose the second offer and waits for a manager."""
    customer, answer = offered(world)
    assert "Отличный выбор" in reply(customer, "второй")
    return customer, answer


def silent(customer: Customer, *said: str) -> bool:
    heard = len(customer.answers)
    customer.says(*said)
    customer.quiet()
    return len(customer.answers) == heard


def test_another_choice_is_noted(world: World) -> None:
    customer, answer = chosen(world)
    words = reply(customer, "нет, actually the third")
    assert words == f"Записал и передал менеджеру: теперь вариант 3, {hotels(answer)[2]}."
    assert silent(customer, "третий, третий")
    assert [row["kind"] for row in world.rows("notices", lead_id=customer.lead["id"])] == ["booking", "added"]
    assert customer.lead["mode"] == "human"


def test_contacts_and_changes_are_noted_in_other_words_three_times_at_most(world: World) -> None:
    customer, _ = chosen(world)
    heard = [
        reply(customer, "мой телефон 8 916 123-45-67"),
        reply(customer, "и нас будет трое взрослых"),
        reply(customer, "лучше первый"),
    ]
    assert "контакты" in heard[0]
    assert len(set(heard)) == 3
    assert silent(customer, "лучше всё-таки третий")
    assert customer.lead["trip"]["adults"] == 3


@pytest.mark.parametrize("said", ["ау", "спасибо!", "жду"])
def test_what_tells_nothing_new_is_left_to_the_manager(world: World, said: str) -> None:
    customer, _ = chosen(world)
    assert silent(customer, said)


def test_who_asked_for_a_person_hears_no_machine(world: World) -> None:
    customer = world.customer()
    reply(customer, "Позовите менеджера")
    assert silent(customer, "мой телефон 8 916 123-45-67")


def test_a_person_who_takes_over_stops_it(world: World) -> None:
    customer, _ = chosen(world)
    conversations.takeover(world.ctx, world.manager(), customer.conversation["id"])
    assert silent(customer, "лучше третий")


def test_a_person_who_answers_stops_it(world: World) -> None:
    customer, _ = chosen(world)
    conversations.answer(world.ctx, world.manager(), customer.conversation["id"], "Добрый день, это Алина")
    customer.hears("это Алина")
    assert silent(customer, "лучше третий")
