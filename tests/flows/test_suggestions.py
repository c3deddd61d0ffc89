"""While a person leads, the machine proposes what it would say, and says nothing."""

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
from tests.world import STORY, Customer, World, eventually


@pytest.fixture(scope="module")
def alina(world: World) -> Person:
    return person(world)


def led_by(who: Person, world: World) -> Customer:
    """A customer whom this person answers."""
    customer = world.customer()
    customer.says("Здравствуйте")
    customer.hears("Куда")
    customer.quiet()
    path = f"/conversations/{customer.conversation['id']}/messages"
    assert who.call("POST", path, {"text": "Здравствуйте, я Алина, отвечу сама"}).status_code == 201
    customer.hears("отвечу сама")
    customer.quiet()
    return customer


def shown(who: Person, customer: Customer) -> dict[str, Any] | None:
    found: dict[str, Any] | None = who.call("GET", f"/conversations/{customer.conversation['id']}/suggestion").json[
        "suggestion"
    ]
    return found


def proposed(who: Person, customer: Customer, words: str = "") -> dict[str, Any]:
    """The suggestion, as soon as there is one with these words."""

    def found() -> dict[str, Any] | None:
        suggestion = shown(who, customer)
        return suggestion if suggestion and words in suggestion["text"] else None

    return eventually(found, 30.0, f"no suggestion with {words!r}")


def kinds(world: World, customer: Customer, kind: str) -> list[dict[str, Any]]:
    return [row["data"] for row in world.rows("activities", lead_id=customer.lead["id"], kind=kind)]


def settled(world: World, customer: Customer) -> None:
    customer.quiet()
    key = f"suggest:{customer.conversation['id']}"
    eventually(lambda: not world.store.find("jobs", [("key", "eq", key), ("state", "ne", "done")], order=("seq",)))


def test_a_question_is_proposed_and_nothing_is_said(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    heard, state = len(customer.answers), customer.conversation["state"]
    customer.says("Хочу в Турцию вдвоём")
    suggestion = proposed(alina, customer, "Из какого города")
    settled(world, customer)
    assert len(customer.answers) == heard
    assert customer.conversation["state"] == state
    assert (customer.conversation["mode"], customer.conversation["waiting_for"]) == ("human", None)
    assert customer.lead["trip"]["destination_country"] == "Турция"
    assert "помощник" not in suggestion["text"]
    assert [data["suggestion_id"] for data in kinds(world, customer, "suggestion.made")] == [suggestion["id"]]


def test_sending_again_what_failed_leaves_the_proposal(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    world.wazzup.add_fault(Fault("/v3/message", status=400, body={"error": "INVALID_MESSAGE_DATA"}, times=1))
    path = f"/conversations/{customer.conversation['id']}/messages"
    lost = alina.call("POST", path, {"text": "Куда хотите поехать?"}).json
    eventually(lambda: world.rows("messages", id=lost["id"])[0]["state"] == "failed")
    customer.says("Хочу в Турцию вдвоём")
    suggestion = proposed(alina, customer, "Из какого города")
    assert alina.call("POST", f"/messages/{lost['id']}/resend").status_code == 201
    customer.hears("Куда хотите поехать?")
    assert (shown(alina, customer) or {}).get("id") == suggestion["id"]
    assert alina.call("POST", path, {"text": "Из Москвы?"}).status_code == 201
    assert shown(alina, customer) is None


def test_a_search_runs_for_it_and_the_offers_are_real(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    heard = len(customer.answers)
    customer.says(STORY.replace("7 ночей", "8 ночей"))
    suggestion = proposed(alina, customer, "★")
    assert len(suggestion["offers"]) == 3
    assert all("claim" not in offer for offer in suggestion["offers"])
    listed = {offer["id"] for offer in alina.call("GET", f"/leads/{customer.lead['id']}/offers").json["items"]}
    assert {offer["id"] for offer in suggestion["offers"]} == listed
    settled(world, customer)
    assert len(customer.answers) == heard
    assert customer.conversation["waiting_for"] is None
    assert len(kinds(world, customer, "search.started")) == 1
    assert customer.lead["stage"] == "new_request"  # what was only proposed moves nothing


def test_sent_as_it_is_it_is_the_managers_message_and_the_dialogue_goes_on(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says(STORY.replace("7 ночей", "9 ночей"))
    suggestion = proposed(alina, customer, "★")
    path = f"/suggestions/{suggestion['id']}/send"
    answers = [alina.call("POST", path, {}, Idempotency_Key=f"s-{customer.chat_id}") for _ in range(3)]
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert (answers[0].json["author"], answers[0].json["author_name"]) == ("manager", "Алина К.")
    assert customer.hears("★") == suggestion["text"]
    customer.quiet()
    assert sum("★" in text for text in customer.answers) == 1
    assert shown(alina, customer) is None
    assert [(data["how"]) for data in kinds(world, customer, "suggestion.used")] == ["sent"]
    customer.says("Второй нравится")
    settled(world, customer)
    conversations.release(world.ctx, world.manager(), customer.conversation["id"])
    chosen = re.sub(r"\W.*", "", suggestion["offers"][1]["hotel"]).casefold()
    assert chosen in customer.hears("Отличный выбор").casefold()


def test_sent_in_other_words_it_is_taken(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says("Хочу в Турцию вдвоём")
    suggestion = proposed(alina, customer)
    state = customer.conversation["state"]
    answer = alina.call("POST", f"/suggestions/{suggestion['id']}/send", {"text": "А откуда вам удобнее вылетать?"})
    assert answer.json["text"] == "А откуда вам удобнее вылетать?"
    customer.hears("удобнее вылетать")
    assert [data["how"] for data in kinds(world, customer, "suggestion.used")] == ["taken"]
    assert customer.conversation["state"] == state
    again = alina.call("POST", f"/suggestions/{suggestion['id']}/send", {})
    assert (again.status_code, again.json["errors"][0]["field"]) == (422, "suggestion")


def test_what_is_asked_by_a_suggestion_is_understood_when_answered(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says("Хотим в Турцию вдвоём из Москвы в начале июня")
    suggestion = proposed(alina, customer, "ноч")
    alina.call("POST", f"/suggestions/{suggestion['id']}/send", {})
    customer.hears("ноч", after=2)
    customer.says("10")
    eventually(lambda: customer.lead["trip"].get("nights_min") == 10)


def test_newer_words_take_the_place_of_older_suggestions(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says("Хочу в Турцию вдвоём")
    first = proposed(alina, customer, "Из какого города")
    customer.says("Из Москвы, в начале июня")
    second = proposed(alina, customer, "ноч")
    assert first["id"] != second["id"]
    states = {row["id"]: row["state"] for row in world.rows("suggestions", conversation_id=customer.conversation["id"])}
    assert states == {first["id"]: "dropped", second["id"]: "open"}
    assert alina.call("POST", f"/suggestions/{first['id']}/send", {}).status_code == 422


def test_a_refused_one_is_gone(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says("Хочу в Турцию вдвоём")
    suggestion = proposed(alina, customer)
    refused = alina.call("POST", f"/suggestions/{suggestion['id']}/dismiss", {"reason": "Спрошу иначе"})
    assert refused.json["state"] == "refused"
    assert shown(alina, customer) is None
    used = kinds(world, customer, "suggestion.used")[-1]
    assert (used["how"], used["reason"]) == ("refused", "Спрошу иначе")
    assert alina.call("POST", f"/suggestions/{suggestion['id']}/dismiss", {}).status_code == 422


def test_an_answer_of_ones_own_or_a_release_ends_it(world: World, alina: Person) -> None:
    answered, released, phoned = (led_by(alina, world) for _ in range(3))
    for customer in (answered, released, phoned):
        customer.says("Хочу в Турцию вдвоём")
        proposed(alina, customer)
    alina.call("POST", f"/conversations/{answered.conversation['id']}/messages", {"text": "Откуда летим?"})
    alina.call("POST", f"/conversations/{released.conversation['id']}/release")
    world.wazzup.employee_says(phoned.chat_id, "Перезвоню вам")
    for customer in (answered, released, phoned):
        eventually(
            lambda customer=customer: (
                [  # type: ignore[misc]
                    row["state"] for row in world.rows("suggestions", conversation_id=customer.conversation["id"])
                ]
                == ["dropped"]
            )
        )
        assert shown(alina, customer) is None


def test_who_was_answered_meanwhile_gets_no_suggestion(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    world.samo.add_fault(Fault("PRICES", delay=1.5, times=1))
    customer.says("Хотим в Египет из Москвы вдвоём на 12 ночей в начале октября")
    eventually(lambda: kinds(world, customer, "search.started"))
    alina.call("POST", f"/conversations/{customer.conversation['id']}/messages", {"text": "Смотрю сама"})
    settled(world, customer)
    assert world.rows("suggestions", conversation_id=customer.conversation["id"]) == []


@pytest.mark.parametrize(
    "said", ["Позовите живого менеджера", "Это безобразие, верните деньги", "Сколько стоит виза?", "ыва прол джэ"]
)
def test_where_a_person_is_needed_anyway_nothing_is_proposed(world: World, alina: Person, said: str) -> None:
    customer = led_by(alina, world)
    customer.says(said)
    eventually(lambda: len(world.rows("messages", conversation_id=customer.conversation["id"], state="processed")) == 2)
    settled(world, customer)
    assert shown(alina, customer) is None


def test_a_supplier_that_is_away_proposes_nothing(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    world.samo.add_fault(Fault("PRICES", status=500, body="<html>", times=100))
    try:
        customer.says("Хотим в Турцию, Алания, из Москвы вдвоём на 6 ночей с 20 по 25 июня")
        eventually(lambda: world.rows("searches", state="failed"), 30)
        settled(world, customer)
    finally:
        world.samo.faults.clear()
    assert shown(alina, customer) is None


def test_prices_that_are_no_longer_true_are_not_sent(
    world: World, alina: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = led_by(alina, world)
    customer.says(STORY.replace("7 ночей", "11 ночей"))
    suggestion = proposed(alina, customer, "★")
    for offer in suggestion["offers"]:
        row = world.rows("offers", id=offer["id"])[0]
        at: datetime = row["fetched_at"] - timedelta(minutes=40)
        data = row["data"] | {"fetched_at": at.isoformat()}
        world.store.commit([Update("offers", row["id"], {"data": data, "fetched_at": at})])
    converted = world.samo.model.converted
    monkeypatch.setattr(world.samo.model, "converted", lambda *tour: converted(*tour) + 1000)
    answer = alina.call("POST", f"/suggestions/{suggestion['id']}/send", {})
    assert answer.status_code == 422
    assert "цена изменилась" in answer.json["errors"][0]["message"]
    assert shown(alina, customer) is None
    customer.quiet()
    assert not [text for text in customer.answers if "★" in text]


def test_suggestions_of_hidden_leads_are_hidden(world: World, alina: Person) -> None:
    customer = led_by(alina, world)
    customer.says("Хочу в Турцию вдвоём")
    suggestion = proposed(alina, customer)
    pavel, admin = person(world, "Павел М."), person(world, "Админ", Role.ADMINISTRATOR)
    admin.call("PATCH", "/settings", {"visibility": "own"})
    try:
        assert pavel.call("GET", f"/conversations/{customer.conversation['id']}/suggestion").status_code == 404
        for act in ("send", "dismiss"):
            assert pavel.call("POST", f"/suggestions/{suggestion['id']}/{act}", {}).status_code == 404
        assert shown(alina, customer)  # her answer made the lead hers
    finally:
        admin.call("PATCH", "/settings", {"visibility": "all"})
    observer = person(world, "Наблюдатель", Role.OBSERVER)
    assert shown(observer, customer) == suggestion
    assert observer.call("POST", f"/suggestions/{suggestion['id']}/send", {}).status_code == 403
