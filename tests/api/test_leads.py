"""Leads and the board over REST: shapes, errors that name the field, moves, conflicts, idempotency."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.people import person

_LEAD_KEYS = {
    "id", "number", "version", "stage", "status", "outcome", "lost_reason", "title", "customer", "channel", "source",
    "external_id", "trip", "tags", "score", "urgency", "assignee", "value", "unread", "next_action_at", "created_at",
    "updated_at",
}  # fmt: skip


def test_a_lead_is_made_and_shown_whole(api: Api) -> None:
    lead = api.lead(
        phone="8 (999) 123-45-67",
        email="Anna@Example.com",
        source="site",
        external_id="42",
        trip={"destination_country": "Турция", "adults": 2, "budget_max": 250000, "budget_currency": "RUB"},
        tags=["Семья"],
        value={"amount": "250000", "currency": "RUB"},
    )
    assert lead.keys() >= _LEAD_KEYS
    assert lead["customer"] == lead["customer"] | {"name": "Анна", "phone": "+79991234567", "email": "anna@example.com"}
    assert (lead["stage"], lead["status"]) == ("new_request", "new")
    assert lead["value"] == {"amount": "250000.00", "currency": "RUB"}
    assert lead["trip"] == {
        "destination_country": "Турция",
        "adults": 2,
        "budget_max": 250000,
        "budget_currency": "RUB",
        "wishes": [],
        "excluded": [],
    }
    assert api.call("GET", f"/leads/{lead['id']}").json == lead
    assert api.call("GET", "/leads").json == {"items": [lead], "next_cursor": None}
    assert [row["kind"] for row in api.rows("activities", lead_id=lead["id"])] == ["lead.created"]


@pytest.mark.parametrize(("by_a_person", "unread"), [(True, 0), (False, 1)])
def test_what_a_colleague_typed_for_a_client_waits_for_nobody(api: Api, by_a_person: bool, unread: int) -> None:
    who = person(api) if by_a_person else api
    lead = who.call("POST", "/leads", {"source": "manual", "name": "Ия", "message": "Хочет в Турцию"}).json
    assert lead["unread"] == unread
    row = api.rows("leads", id=lead["id"])[0]
    assert (row["waiting_since"] is None) is by_a_person


def test_what_is_typed_of_a_known_client_and_is_not_his_becomes_a_note(api: Api) -> None:
    first = api.lead(name="Пётр Ежов", phone="+79991234567")
    again = {"source": "site", "name": "пётр  ЕЖОВ", "phone": "+79991234567", "email": "ivan@example.com"}
    lead = api.call("POST", "/leads", again).json
    assert lead["customer"]["id"] == first["customer"]["id"]
    assert [(row["lead_id"], row["text"]) for row in api.rows("notes")] == [
        (lead["id"], "При заведении лида назвали: ivan@example.com")
    ]


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"name": ""}, "name", "must not be empty"),
        ({"name": "x" * 201}, "name", "at most 200"),
        ({"name": "a\x00b"}, "name", "NUL"),
        ({"phone": "12"}, "phone", "+7 999 123-45-67"),
        ({"phone": "позвоните мне"}, "phone", "+7 999 123-45-67"),
        ({"email": "nobody"}, "email", "anna@example.com"),
        ({"email": "a@b..com"}, "email", "anna@example.com"),
        ({"email": "<a@example.com>"}, "email", "anna@example.com"),
        ({"surprise": 1}, "surprise", "unknown field"),
        ({"trip": {"adults": 0}}, "trip.adults", "greater than or equal to 1"),
        ({"trip": {"date_from": "2026-06-10", "date_to": "2026-06-01"}}, "trip", "date_from must not be after date_to"),
        ({"trip": {"planet": "Mars"}}, "trip.planet", "unknown field"),
        ({"trip": {"date_from": 0}}, "trip.date_from", "2026-06-10"),
        ({"trip": {"date_from": "2026-06-10T00:00:00"}}, "trip.date_from", "2026-06-10"),
        ({"value": {"amount": "1.001", "currency": "RUB"}}, "value.amount", "2 decimal places"),
        ({"value": {"amount": "-1", "currency": "RUB"}}, "value.amount", "greater than or equal to 0"),
        ({"trip": {"wishes": ["a\x00b"]}}, "trip.wishes.0", "NUL"),
        ({"value": {"amount": "1", "currency": "BTC"}}, "value.currency", "RUB, USD, EUR, KZT"),
        ({}, "body", "at least one of"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(api: Api, body: dict[str, Any], field: str, words: str) -> None:
    answer = api.call("POST", "/leads", body)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert any(error["field"] == field and words in error["message"] for error in answer.json["errors"])
    assert api.rows("leads") == []


def test_the_same_source_and_external_id_is_one_lead(api: Api) -> None:
    first = api.lead(source="site", external_id="7")
    again = api.call("POST", "/leads", {"name": "Пётр", "source": "site", "external_id": "7"})
    assert (again.status_code, again.json["id"]) == (200, first["id"])


def test_a_known_phone_joins_the_customer(api: Api) -> None:
    one = api.lead(phone="+79991234567")
    two = api.lead(phone="8 999 123 45 67", name="Другое имя")
    assert two["customer"]["id"] == one["customer"]["id"]
    assert len(api.rows("customers")) == 1


def test_a_list_is_paged_without_gaps(api: Api) -> None:
    made = [api.lead(name=f"Клиент {n}")["id"] for n in range(7)]
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = api.call("GET", f"/leads?limit=3&cursor={cursor}").json
        seen += [lead["id"] for lead in page["items"]]
        cursor = page["next_cursor"]
    assert seen == made[::-1]


def test_the_last_page_says_so_also_when_it_is_full(api: Api) -> None:
    for n in range(4):
        api.lead(name=f"Клиент {n}")
    first = api.call("GET", "/leads?limit=2").json
    last = api.call("GET", f"/leads?limit=2&cursor={first['next_cursor']}").json
    assert (len(last["items"]), last["next_cursor"]) == (2, None)
    assert api.call("GET", "/leads?limit=4").json["next_cursor"] is None
    assert api.call("GET", "/leads?status=new&order=board&limit=4").json["next_cursor"] is None
    assert api.call("GET", "/board?first=4").json["new"]["next_cursor"] is None


@pytest.mark.parametrize(
    "values",
    [["0001-01-01T00:00:00+00:00", "id"], [{}, "id"], [[1], "id"], [True, "id"], ["x", "id"], [1, 2], [1], {}, "text"],
)
@pytest.mark.parametrize("order", ["created", "board"])
def test_a_made_up_cursor_is_refused(api: Api, values: Any, order: str) -> None:
    made_up = base64.urlsafe_b64encode(json.dumps(values).encode()).decode()
    answer = api.call("GET", f"/leads?status=new&order={order}&cursor={made_up}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "cursor")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("+79991234567", "+79991234567"),
        ("8 (999) 123-45-67", "+79991234567"),
        ("9991234567", "+79991234567"),
        ("+7 701 234 5678", "+77012345678"),
        ("+375 29 123-45-67", "+375291234567"),
    ],
)
def test_phones_are_kept_in_one_form(api: Api, given: str, kept: str) -> None:
    assert api.lead(phone=given)["customer"]["phone"] == kept


def test_html_is_text(api: Api) -> None:
    lead = api.lead(name="<script>alert(1)</script>", tags=["<b>"])
    assert (lead["customer"]["name"], lead["tags"]) == ("<script>alert(1)</script>", ["<b>"])


def test_search_folds_case_and_yo(api: Api) -> None:
    lead = api.lead(name="Артём Ёлкин", phone="+79161112233")
    for needle in ("елкин", "ЁЛКИН", "артем елк", "79161112233"):
        assert [found["id"] for found in api.call("GET", f"/leads?q={needle}").json["items"]] == [lead["id"]]
    assert api.call("GET", "/leads?q=%25").json["items"] == [], "a sign that no text holds"
    assert api.call("GET", "/leads?q=нет-такого").json["items"] == []


def test_the_board_has_true_counts_and_sums(api: Api) -> None:
    for n in range(4):
        api.lead(name=f"{n}", value={"amount": "1000.50", "currency": "RUB"})
    api.lead(name="usd", value={"amount": "5", "currency": "USD"})
    board = api.call("GET", "/board?first=2").json
    assert list(board) == ["new", "in_progress", "pending", "confirmed", "closed"]
    assert board["new"]["count"] == 5
    assert board["new"]["sums"] == [{"amount": "4002.00", "currency": "RUB"}, {"amount": "5.00", "currency": "USD"}]
    assert len(board["new"]["leads"]) == 2
    rest = api.call("GET", f"/leads?order=board&status=new&cursor={board['new']['next_cursor']}").json["items"]
    assert len({lead["id"] for lead in board["new"]["leads"] + rest}) == 5


def test_a_card_is_moved_between_its_neighbours(api: Api) -> None:
    third, second, first = (api.lead(name=name) for name in ("третья", "вторая", "первая"))
    moved = api.call("POST", f"/leads/{third['id']}/move", {"status": "new", "before_id": second["id"], "version": 1})
    assert moved.status_code == 200
    order = [lead["id"] for lead in api.call("GET", "/board").json["new"]["leads"]]
    assert order == [first["id"], third["id"], second["id"]]


def test_hundreds_of_moves_into_one_gap_keep_the_order(api: Api) -> None:
    top, bottom = api.lead(name="верх"), api.lead(name="низ")
    api.call("POST", f"/leads/{top['id']}/move", {"status": "new", "before_id": bottom["id"], "version": 1})
    cards = [api.lead(name=f"{n}") for n in range(3)]
    below = bottom["id"]
    for n in range(150):
        card = cards[n % 3]
        version = api.call("GET", f"/leads/{card['id']}").json["version"]
        body = {"status": "new", "before_id": below, "version": version}
        assert api.call("POST", f"/leads/{card['id']}/move", body).status_code == 200
        order = [lead["id"] for lead in api.call("GET", "/board").json["new"]["leads"]]
        assert order.index(card["id"]) + 1 == order.index(below)
        below = card["id"]


def test_the_second_of_two_movers_is_told_of_the_first(api: Api) -> None:
    lead = api.lead()
    assert api.call("POST", f"/leads/{lead['id']}/move", {"status": "pending", "version": 1}).status_code == 200
    late = api.call("POST", f"/leads/{lead['id']}/move", {"status": "confirmed", "version": 1})
    assert late.status_code == 409
    assert late.json["current"]["status"] == "pending"


def test_a_new_message_does_not_hinder_a_move(api: Api) -> None:
    conversation = api.whatsapp()
    lead = api.call("GET", f"/leads/{conversation['lead_id']}").json
    api.whatsapp("ещё", message_id="m-2")
    moved = api.call("POST", f"/leads/{lead['id']}/move", {"status": "pending", "version": lead["version"]})
    assert moved.status_code == 200


def test_closing_needs_an_outcome_and_a_reason(api: Api) -> None:
    lead = api.lead()
    path = f"/leads/{lead['id']}/move"
    assert api.call("POST", path, {"status": "closed", "version": 1}).json["errors"][0]["field"] == "outcome"
    lost = api.call("POST", path, {"status": "closed", "version": 1, "outcome": "lost"})
    assert (lost.status_code, lost.json["errors"][0]["field"]) == (422, "reason")
    closed = api.call("POST", path, {"status": "closed", "version": 1, "outcome": "lost", "reason": "Дорого"})
    assert (closed.json["status"], closed.json["outcome"], closed.json["lost_reason"]) == ("closed", "lost", "Дорого")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "status"),
        ({"status": "new", "stage": "paid"}, "stage"),
        ({"status": "new", "before_id": "nobody"}, "before_id"),
        ({"status": "new", "before_id": "a", "after_id": "b"}, "after_id"),
        ({"status": "new", "version": "1"}, "version"),
    ],
)
def test_a_move_that_contradicts_itself_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    lead = api.lead()
    answer = api.call("POST", f"/leads/{lead['id']}/move", {"version": 1} | body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert api.call("GET", f"/leads/{lead['id']}").json["version"] == 1


def test_a_patch_conflicts_only_on_the_same_fields(api: Api) -> None:
    lead = api.lead()
    path = f"/leads/{lead['id']}"
    assert api.call("PATCH", path, {"version": 1, "tags": ["Виза"]}).status_code == 200
    other = api.call("PATCH", path, {"version": 1, "trip": {"destination_country": "Египет"}})
    assert other.status_code == 200
    assert (other.json["tags"], other.json["title"]) == (["Виза"], "Египет")
    same = api.call("PATCH", path, {"version": 1, "tags": ["Другое"]})
    assert (same.status_code, same.json["current"]["tags"]) == (409, ["Виза"])


def test_a_conflict_says_who_changed_what_and_when(api: Api) -> None:
    lead = api.lead()
    path = f"/leads/{lead['id']}"
    colleague = api.new_key("leads:read", "leads:write")
    api.call("PATCH", path, {"version": 1, "urgency": "low"})
    api.call("PATCH", path, {"version": 2, "urgency": "high", "tags": ["Виза"]}, key=colleague)
    api.call("POST", f"{path}/move", {"version": 3, "status": "pending"})
    patched = api.call("PATCH", path, {"version": 1, "urgency": "normal", "value": None}).json
    assert (patched["changed"]["by"], patched["changed"]["fields"]) == ("test", ["urgency"])
    assert patched["changed"]["at"] == api.rows("activities", lead_id=lead["id"])[2]["created_at"].isoformat()
    moved = api.call("POST", f"{path}/move", {"version": 1, "status": "confirmed"}).json
    assert (moved["changed"]["by"], moved["changed"]["fields"]) == ("admin", ["position", "stage"])
    assert moved["current"]["status"] == "pending"


def test_a_conflict_is_seen_behind_a_hundred_newer_changes(api: Api) -> None:
    lead = api.lead()
    path = f"/leads/{lead['id']}"
    assert api.call("PATCH", path, {"version": 1, "tags": ["Виза"]}).status_code == 200
    for n in range(110):
        changed = api.call("PATCH", path, {"version": 2 + n, "urgency": ("high", "low")[n % 2]})
        assert changed.status_code == 200
    assert api.call("PATCH", path, {"version": 1, "tags": ["Другое"]}).status_code == 409


def test_only_administrators_delete(api: Api) -> None:
    conversation = api.whatsapp()
    path = f"/leads/{conversation['lead_id']}"
    assert api.call("DELETE", path, key=api.new_key("leads:write", "leads:read")).status_code == 403
    assert api.call("DELETE", path).status_code == 204
    assert api.call("GET", path).status_code == 404
    for table in ("leads", "conversations", "messages"):
        assert api.rows(table) == []
