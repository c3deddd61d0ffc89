"""A person corrects or confirms the trip: the machine leaves it, until the customer says something else."""

from __future__ import annotations

from typing import Any

import pytest

from crystalbay.services import conversations
from crystalbay.store.interface import Row
from tests.api.people import Person, person
from tests.world import Customer, World, eventually


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world, "Алина Кузнецова")


def asking(world: World, *texts: str) -> Customer:
    """A customer whose trip the machine has begun to fill."""
    customer = world.customer()
    customer.says(*texts)
    customer.hears("?")
    customer.quiet()
    return customer


def lead_of(who: Person, customer: Customer) -> dict[str, Any]:
    found: dict[str, Any] = who.call("GET", f"/leads/{customer.lead['id']}").json
    return found


def patch(who: Person, lead: dict[str, Any], **fields: Any) -> Any:
    return who.call("PATCH", f"/leads/{lead['id']}", {"version": lead["version"], **fields})


def told(world: World, lead_id: str) -> list[Row]:
    return [row for row in world.rows("activities", lead_id=lead_id) if row["data"].get("unconfirmed")]


def test_a_corrected_slot_names_who_corrected_it(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    lead = lead_of(alina, customer)
    assert (lead["trip"]["adults"], lead["confirmed"]) == (2, [])
    quote = lead["evidence"]["destination_country"]
    after = patch(alina, lead, trip=lead["trip"] | {"adults": 3}).json
    assert (after["trip"]["adults"], after["confirmed"]) == (3, ["adults"])
    assert after["evidence"]["adults"] == "Алина Кузнецова"
    assert after["evidence"]["destination_country"] == quote
    assert "3" in after["title"]
    act = alina.call("GET", f"/leads/{lead['id']}/activities?kind=people").json["items"][0]
    assert (act["kind"], act["data"]["corrected"], act["data"]["was"]) == ("lead.changed", ["adults"], {"adults": 2})


def test_the_quotes_are_of_the_words_that_hold_now(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Хургаду, в Египет, вдвоём")
    assert "destination_resort" in customer.lead["evidence"]
    customer.says("Нет, лучше в Турцию")
    eventually(lambda: customer.lead["trip"].get("destination_country") == "Турция")
    lead = lead_of(alina, customer)
    assert "destination_resort" not in lead["trip"]
    assert "destination_resort" not in lead["evidence"]
    assert "Турц" in lead["evidence"]["destination_country"]


def test_what_is_only_asked_about_is_not_quoted(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    quote = customer.lead["evidence"]["destination_country"]
    customer.says("А как платили за Египет? Картой можно?")
    customer.quiet()
    assert len(world.rows("activities", lead_id=customer.lead["id"], kind="understood")) > 1
    assert customer.lead["trip"]["destination_country"] == "Турция"
    assert customer.lead["evidence"]["destination_country"] == quote


def test_a_confirmed_slot_keeps_its_quote(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    lead = lead_of(alina, customer)
    after = patch(alina, lead, confirmed=["adults", "destination_country"]).json
    assert after["confirmed"] == ["adults", "destination_country"]
    assert after["evidence"] == lead["evidence"]
    assert patch(alina, after, confirmed=["adults"]).json["confirmed"] == ["adults"]


@pytest.mark.parametrize("confirmed", [["planet"], "adults", None, [1]])
def test_only_slots_of_a_trip_can_be_confirmed(world: World, alina: Person, confirmed: Any) -> None:
    lead = lead_of(alina, asking(world, "Хочу в Турцию"))
    assert patch(alina, lead, confirmed=confirmed).status_code == 422


def test_what_the_machine_changed_meanwhile_cannot_be_confirmed_blindly(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    seen = lead_of(alina, customer)
    customer.says("Ой, нас будет трое взрослых")
    eventually(lambda: customer.lead["trip"].get("adults") == 3)
    answer = patch(alina, seen, confirmed=["adults"])
    assert (answer.status_code, answer.json["current"]["trip"]["adults"]) == (409, 3)


def test_the_machine_leaves_what_a_person_said_and_goes_on_with_the_rest(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    lead = lead_of(alina, customer)
    patch(alina, lead, trip=lead["trip"] | {"adults": 4, "departure_city": "Казань"})
    customer.says("на 7 ночей в начале июня")
    eventually(lambda: customer.lead["trip"].get("nights_min") == 7)
    customer.quiet()
    after = lead_of(alina, customer)
    assert (after["trip"]["adults"], after["trip"]["departure_city"]) == (4, "Казань")
    assert after["confirmed"] == ["adults", "departure_city"]
    assert after["evidence"]["adults"] == "Алина Кузнецова"
    assert told(world, after["id"]) == []


def test_newer_words_of_the_customer_win_and_the_timeline_says_so(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    lead = lead_of(alina, customer)
    patch(alina, lead, trip=lead["trip"] | {"adults": 4}, confirmed=["destination_country"])
    customer.says("Всё-таки поедем втроём, трое взрослых")
    eventually(lambda: customer.lead["trip"].get("adults") == 3)
    after = lead_of(alina, customer)
    assert after["confirmed"] == ["destination_country"]
    assert after["evidence"]["adults"] != "Алина Кузнецова"
    assert [row["data"]["unconfirmed"] for row in told(world, after["id"])] == [["adults"]]


def test_another_country_takes_the_confirmed_resort_with_it(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию, Кемер, вдвоём")
    lead = lead_of(alina, customer)
    patch(alina, lead, confirmed=["destination_country", "destination_resort", "adults"])
    customer.says("Нет, давайте лучше Египет")
    eventually(lambda: customer.lead["trip"].get("destination_country") == "Египет")
    after = lead_of(alina, customer)
    assert "destination_resort" not in after["trip"]
    assert after["confirmed"] == ["adults"]


def test_words_that_are_older_than_the_correction_change_nothing(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    customer.says("Хотим в Турцию вдвоём")
    eventually(lambda: customer.lead["trip"].get("adults") == 2)
    customer.quiet()
    lead = lead_of(alina, customer)
    patch(alina, lead, trip=lead["trip"] | {"adults": 5})
    conversations.release(world.ctx, world.manager(), customer.conversation["id"])  # the machine reads them again
    customer.hears("?", after=1)
    customer.quiet()
    after = lead_of(alina, customer)
    assert (after["trip"]["adults"], after["confirmed"]) == (5, ["adults"])
    assert told(world, after["id"]) == []


def test_old_and_new_words_that_are_read_together_are_told_apart(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says("Позовите менеджера")
    customer.hears("ответит здесь до")
    customer.says("Хотим в Турцию вдвоём")
    eventually(lambda: customer.lead["trip"].get("adults") == 2)
    customer.quiet()
    lead = lead_of(alina, customer)
    patch(alina, lead, trip=lead["trip"] | {"adults": 5, "destination_country": "Египет"})
    customer.says("Вылет из Казани")
    eventually(lambda: customer.lead["trip"].get("departure_city") == "Казань")
    customer.quiet()
    conversations.release(world.ctx, world.manager(), customer.conversation["id"])
    customer.hears("?", after=1)
    customer.quiet()
    after = lead_of(alina, customer)
    assert (after["trip"]["adults"], after["trip"]["destination_country"]) == (5, "Египет")
    assert after["trip"]["departure_city"] == "Казань"
    assert after["confirmed"] == ["adults", "destination_country"]


def test_the_page_of_the_timeline_says_what_the_customer_took_back(world: World, alina: Person) -> None:
    customer = asking(world, "Хочу в Турцию вдвоём")
    lead = lead_of(alina, customer)
    patch(alina, lead, confirmed=["adults"])
    customer.says("Нас будет трое взрослых")
    eventually(lambda: told(world, lead["id"]))
    page = alina.client.get(f"/ui/leads/{lead['id']}/timeline").text
    assert "клиент сказал иначе, подтверждение снято: Кто" in page
