"""Offers in a manager's hands: the supplier's price of now, and sending what was picked."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from crystalbay.sandbox.server import Fault
from crystalbay.services import conversations
from crystalbay.store.interface import Update
from models import Role
from tests.api.people import Person, person
from tests.world import STORY, Customer, World


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world)


@pytest.fixture(scope="module")
def anna(world: World) -> Customer:
    """A customer who has got three offers."""
    customer = world.customer()
    customer.says(STORY)
    customer.hears("★")
    customer.quiet()
    return customer


def offers_of(who: Person, customer: Customer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = who.call("GET", f"/leads/{customer.lead['id']}/offers").json["items"]
    return found


def test_the_tab_lists_them_as_the_client_was_told(world: World, alina: Person, anna: Customer) -> None:
    page = alina.client.get(f"/ui/leads/{anna.lead['id']}").get_data(as_text=True)
    told = next(row["offers"] for row in reversed(world.rows("messages")) if row["offers"])
    places = [page.index(f'data-offer="{offer["id"]}"') for offer in told]
    assert len(places) == 3
    assert places == sorted(places)


def grow_old(world: World, offer: dict[str, Any], minutes: int = 31) -> None:
    """The newest price of an offer is this old, as if the time had passed."""
    rows = [row for row in world.rows("offers") if offer["id"] in (row["id"], row["check_of"])]
    for row in rows:
        at: datetime = row["fetched_at"] - timedelta(minutes=minutes)
        data = row["data"] | {"fetched_at": at.isoformat()}
        world.store.commit([Update("offers", row["id"], {"data": data, "fetched_at": at})])


def send(who: Person, customer: Customer, *ids: str, **body: Any) -> Any:
    path = f"/conversations/{customer.conversation['id']}/offers"
    return who.call("POST", path, {"offer_ids": list(ids), **body})


def dearer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    converted = world.samo.model.converted
    monkeypatch.setattr(world.samo.model, "converted", lambda *tour: converted(*tour) + 6_500)


def test_offers_are_listed_without_the_suppliers_secret(alina: Person, anna: Customer) -> None:
    listed = offers_of(alina, anna)
    assert len(listed) == 3
    for offer in listed:
        assert "claim" not in offer
        assert (offer["stale"], offer["check"]) == (False, None)


def test_an_unchanged_price_is_a_new_snapshot_that_names_the_old(world: World, alina: Person, anna: Customer) -> None:
    offer = offers_of(alina, anna)[0]
    grow_old(world, offer)
    assert offers_of(alina, anna)[0]["stale"] is True
    found = alina.call("POST", f"/offers/{offer['id']}/check").json
    assert (found["available"], found["now"], found["was"]) == (True, offer["price"], offer["price"])
    assert (found["offer"]["id"], found["offer"]["stale"]) == (offer["id"], False)
    assert found["offer"]["check"]["price"] == offer["price"]
    old, new = [row for row in world.rows("offers") if offer["id"] in (row["id"], row["check_of"])]
    assert (old["check_of"], new["check_of"]) == (None, offer["id"])
    assert old["data"]["price"] == offer["price"]
    assert new["data"]["claim"]
    assert [one["id"] for one in offers_of(alina, anna)].count(offer["id"]) == 1


def test_a_changed_price_says_both(
    world: World, alina: Person, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offers_of(alina, anna)[1]
    grow_old(world, offer)
    dearer(world, monkeypatch)
    found = alina.call("POST", f"/offers/{offer['id']}/check").json
    assert found["was"] == offer["price"]
    assert float(found["now"]["amount"]) == float(offer["price"]["amount"]) + 6_500
    assert found["offer"]["price"] == offer["price"]  # the snapshot itself never changes
    acts = world.rows("activities", lead_id=anna.lead["id"], kind="offer.checked")
    assert acts[-1]["data"] | {"was": found["was"], "now": found["now"]} == acts[-1]["data"]
    assert acts[-1]["actor_name"] == "Алина К."
    monkeypatch.undo()
    grow_old(world, offer)
    assert alina.call("POST", f"/offers/{offer['id']}/check").json["now"] == offer["price"]


def test_pressing_twice_asks_once(world: World, alina: Person, anna: Customer) -> None:
    offer = offers_of(alina, anna)[2]
    grow_old(world, offer)
    first = alina.call("POST", f"/offers/{offer['id']}/check").json
    second = alina.call("POST", f"/offers/{offer['id']}/check").json
    assert first["offer"]["check"] == second["offer"]["check"]
    assert len([row for row in world.rows("offers") if row["check_of"] == offer["id"]]) == 1


def test_a_tour_that_is_gone_has_no_price(world: World, alina: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = world.customer()
    customer.says(STORY)
    customer.hears("★")
    customer.quiet()
    offer = offers_of(alina, customer)[0]
    grow_old(world, offer)
    monkeypatch.setattr(world.samo.model, "rooms", lambda _tour: "N")
    found = alina.call("POST", f"/offers/{offer['id']}/check").json
    assert (found["available"], found["now"], found["was"]) == (False, None, offer["price"])
    assert found["offer"]["check"] | {"price": None, "available": False} == found["offer"]["check"]
    answer = send(alina, customer, offer["id"])
    assert answer.status_code == 422
    assert "больше нет в продаже" in answer.json["errors"][0]["message"]


def test_a_supplier_that_is_away_tells_nothing_and_sends_nothing(world: World, alina: Person, anna: Customer) -> None:
    offer = offers_of(alina, anna)[0]
    grow_old(world, offer)
    before = len(world.rows("offers"))
    heard = len(anna.answers)
    world.samo.add_fault(Fault("PRICES", status=500, body="<html>crash</html>", times=8))
    try:
        for answer in (alina.call("POST", f"/offers/{offer['id']}/check"), send(alina, anna, offer["id"])):
            assert answer.status_code == 502
            assert answer.content_type == "application/problem+json"
            assert "не отвечает" in answer.json["detail"]
    finally:
        world.samo.faults.clear()
    assert len(world.rows("offers")) == before
    anna.quiet()
    assert len(anna.answers) == heard


def test_picked_offers_are_one_tidy_message_in_the_managers_name(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says(STORY)
    customer.hears("★")
    customer.quiet()
    first, second, third = offers_of(alina, customer)
    path = f"/conversations/{customer.conversation['id']}/offers"
    body = {"offer_ids": [third["id"], first["id"]], "text": "Анна, вот два лучших:"}
    answers = [alina.call("POST", path, body, Idempotency_Key=f"offers-{customer.chat_id}") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.data for answer in answers} == {answers[0].data}
    text = customer.hears("вот два лучших")
    assert text.startswith("Анна, вот два лучших:\n\n1. ")
    assert len(re.findall(r"^\d\. .*★", text, re.MULTILINE)) == 2
    assert re.search(r"Цены «от» на \d{1,2}:\d\d мск", text)
    message = answers[0].json
    assert (message["author"], message["author_name"]) == ("manager", "Алина К.")
    assert [offer["id"] for offer in message["offers"]] == [third["id"], first["id"]]
    assert customer.conversation["mode"] == "human"
    customer.quiet()
    assert customer.answers.count(text) == 1
    assert second["hotel"].split()[0] not in text or second["hotel"] in (first["hotel"], third["hotel"])
    conversations.release(world.ctx, world.manager(), customer.conversation["id"])
    customer.says("Берём первый")
    assert _hotel(third) in customer.hears("Отличный выбор").casefold()


def _hotel(offer: dict[str, Any]) -> str:
    return str(offer["hotel"]).split("*")[0].strip().casefold().split()[0]


def test_old_prices_are_asked_for_again_before_they_are_sent(world: World, alina: Person, anna: Customer) -> None:
    offer = offers_of(alina, anna)[0]
    grow_old(world, offer, 60)
    asked = len(world.samo.calls)
    assert send(alina, anna, offer["id"]).status_code == 201
    assert len(world.samo.calls) > asked
    assert offers_of(alina, anna)[0]["stale"] is False


def test_an_old_price_that_has_changed_is_not_sent(
    world: World, alina: Person, anna: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offers_of(alina, anna)[1]
    grow_old(world, offer, 60)
    dearer(world, monkeypatch)
    refused = send(alina, anna, offer["id"])
    assert refused.status_code == 422
    assert "цена изменилась" in refused.json["errors"][0]["message"]
    seen = next(one for one in offers_of(alina, anna) if one["id"] == offer["id"])
    sent = send(alina, anna, offer["id"])  # now he has seen it
    assert sent.status_code == 201
    assert sent.json["offers"][0]["price"] == seen["check"]["price"]


@pytest.mark.parametrize("count", [0, 6])
def test_one_to_five_offers_are_sent(alina: Person, anna: Customer, count: int) -> None:
    assert send(alina, anna, *["x"] * count).status_code == 422


def test_offers_of_another_lead_are_not_sent(world: World, alina: Person, anna: Customer) -> None:
    other = world.customer()
    other.says("Хочу в Турцию")
    other.hears("?")
    answer = send(alina, other, offers_of(alina, anna)[0]["id"])
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "offer_ids")
    twice = [offers_of(alina, anna)[0]["id"]] * 2
    assert send(alina, anna, *twice).status_code == 422


def test_a_price_is_asked_only_for_the_party_it_was_made_for(world: World, alina: Person) -> None:
    customer = world.customer()
    customer.says("Хотим в Турцию из Москвы, двое взрослых и ребёнок 6 лет, на 7 ночей в начале июня")
    customer.hears("★")
    customer.quiet()
    offer = offers_of(alina, customer)[0]
    grow_old(world, offer)
    assert alina.call("POST", f"/offers/{offer['id']}/check").json["now"] == offer["price"]
    lead = alina.call("GET", f"/leads/{customer.lead['id']}").json
    alina.call(
        "PATCH", f"/leads/{lead['id']}", {"version": lead["version"], "trip": lead["trip"] | {"children": [6, 3]}}
    )
    grow_old(world, offer)
    refused = alina.call("POST", f"/offers/{offer['id']}/check")
    assert refused.status_code == 422
    assert "состав" in refused.json["errors"][0]["message"]


def test_offers_of_hidden_leads_are_hidden(world: World, alina: Person, anna: Customer) -> None:
    offer = offers_of(alina, anna)[0]
    pavel = person(world, "Павел М.")
    settings = {"visibility": "own"}
    admin = person(world, "Админ", Role.ADMINISTRATOR)
    assert admin.call("PATCH", "/settings", settings).status_code == 200
    try:
        assert pavel.call("GET", f"/leads/{anna.lead['id']}/offers").status_code == 404
        assert pavel.call("POST", f"/offers/{offer['id']}/check").status_code == 404
        assert send(pavel, anna, offer["id"]).status_code == 404
    finally:
        admin.call("PATCH", "/settings", {"visibility": "all"})
