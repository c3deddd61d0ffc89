"""Customers over REST: found however they are written, corrected without overwriting anybody, seen by who may."""

from __future__ import annotations

from typing import Any

import pytest

import intelligent_chat_processor as brain
from crystalbay.services import customer_cards
from crystalbay.services.settings import ID
from crystalbay.store.interface import Insert, Row
from models import Role
from tests.api.conftest import Api


def customer_of(lead: dict[str, Any]) -> str:
    return str(lead["customer"]["id"])


def understood(api: Api, conversation: Row) -> None:
    """The machine has dealt with what was written."""
    ctx = api.app.extensions["crystalbay"]
    ctx.store.commit(brain.process(ctx, conversation["id"], ctx.clock.now()))


def names(api: Api, query: str, **options: Any) -> list[str]:
    answer = api.call("GET", f"/customers?{query}", **options)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json["items"]]


def test_a_customer_is_shown_with_what_he_is_known_by_and_his_leads(api: Api) -> None:
    first = api.lead(phone="8 (999) 123-45-67", email="Anna@Example.com", trip={"destination_country": "Турция"})
    second = api.lead(phone="+79991234567")
    shown = api.call("GET", f"/customers/{customer_of(first)}").json
    assert (shown["name"], shown["phone"], shown["email"]) == ("Анна", "+79991234567", "anna@example.com")
    assert {(one["kind"], one["value"]) for one in shown["identities"]} == {
        ("phone", "+79991234567"),
        ("email", "anna@example.com"),
    }
    assert [lead["id"] for lead in shown["leads"]] == [second["id"], first["id"]]
    assert shown["leads"][1] == {
        "id": first["id"], "number": first["number"], "title": "Турция", "trip": first["trip"],
        "stage": "new_request", "status": "new",
        "archived": False, "created_at": first["created_at"],
    }  # fmt: skip
    assert (shown["merges"], shown["erased_at"]) == ([], None)
    assert api.call("GET", "/customers/nobody").status_code == 404


@pytest.mark.parametrize(
    "needle",
    [
        "артем елкин",
        "ЁЛКИН",
        "8 (916) 111-22-33",
        "+7 916 111 22 33",
        "2233",
        "111-22-33",
        "artem@example.com",
        "ёлк арт",
    ],
)
def test_a_customer_is_found(api: Api, needle: str) -> None:
    api.lead(name="Артём Ёлкин", phone="+79161112233", email="artem@example.com")
    api.lead(name="Пётр Иванов", phone="+79164445566")
    answer = api.client.get(
        "/api/v1/customers", query_string={"q": needle}, headers={"Authorization": f"Bearer {api.key}"}
    ).json
    assert [item["name"] for item in (answer or {})["items"]] == ["Артём Ёлкин"]


def test_the_list_pages_without_gaps(api: Api) -> None:
    for n in range(7):
        api.lead(name=f"Клиент {n}")
    found, cursor = [], ""
    while True:
        page = api.call("GET", f"/customers?limit=3{cursor}").json
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == [f"Клиент {n}" for n in reversed(range(7))]


# --------------------------------------------------------------------------- corrections


def test_a_correction_is_found_on_the_customer_and_on_his_leads(api: Api) -> None:
    lead = api.lead(name="Аня", phone="+79991234567")
    path = f"/customers/{customer_of(lead)}"
    changed = api.call("PATCH", path, {"version": 1, "name": "Анна Соколова", "email": "Anna@Example.com"})
    assert (changed.status_code, changed.json["name"], changed.json["email"]) == (
        200,
        "Анна Соколова",
        "anna@example.com",
    )
    assert names(api, "q=соколова") == ["Анна Соколова"]
    assert names(api, "q=аня") == []
    found = api.call("GET", "/leads?q=соколова anna@example.com").json["items"]
    assert [(item["id"], item["customer"]["name"]) for item in found] == [(lead["id"], "Анна Соколова")]
    said = api.rows("activities", kind="customer.changed")[0]
    assert (said["lead_id"], said["data"]["before"]) == (lead["id"], {"name": "Аня", "email": None})
    assert customer_of(api.lead(email="anna@example.com")) == customer_of(lead)


def test_a_new_phone_takes_the_place_of_the_one_before(api: Api) -> None:
    lead = api.lead(phone="+79990000001")
    path = f"/customers/{customer_of(lead)}"
    changed = api.call("PATCH", path, {"version": 1, "phone": "8 999 000 00 02"}).json
    assert [(one["kind"], one["value"]) for one in changed["identities"]] == [("phone", "+79990000002")]
    assert customer_of(api.lead(phone="+79990000002")) == customer_of(lead)
    assert customer_of(api.lead(phone="+79990000001")) != customer_of(lead)
    cleared = api.call("PATCH", path, {"version": 3, "phone": None}).json
    assert (cleared["phone"], cleared["identities"]) == (None, [])


def test_of_several_phones_another_is_shown_first_and_none_is_lost(api: Api) -> None:
    kept, other = api.lead(phone="+79990000001"), api.lead(phone="+79990000002")
    path = f"/customers/{customer_of(kept)}"
    merged = api.call("POST", f"{path}/merge", {"other_id": customer_of(other)}).json
    shown = api.call("PATCH", path, {"version": merged["version"], "phone": "+79990000002"}).json
    assert (shown["phone"], len(shown["identities"])) == ("+79990000002", 2)


def test_the_same_field_changed_meanwhile_is_a_conflict_and_another_is_not(api: Api) -> None:
    lead = api.lead(name="Анна")
    path = f"/customers/{customer_of(lead)}"
    colleague = api.new_key("leads:read", "leads:write")
    assert api.call("PATCH", path, {"version": 1, "name": "Анна С."}, key=colleague).status_code == 200
    assert api.call("PATCH", path, {"version": 1, "email": "a@b.example"}).status_code == 200
    late = api.call("PATCH", path, {"version": 1, "name": "Аня", "phone": "+79990000001"})
    assert (late.status_code, late.json["current"]["name"]) == (409, "Анна С.")
    assert (late.json["changed"]["by"], late.json["changed"]["fields"]) == ("test", ["name"])
    assert late.json["changed"]["at"].startswith("20")
    assert api.call("GET", path).json["phone"] is None, "nothing of it is done"
    assert api.call("PATCH", path, {"version": 3, "name": "Аня"}).json["name"] == "Аня"
    assert api.call("PATCH", path, {"version": 99, "name": "x"}).json["errors"][0]["field"] == "version"


def test_what_the_customer_himself_told_meanwhile_is_not_overwritten(api: Api) -> None:
    conversation = api.whatsapp("Хочу в Турцию", name="")
    path = f"/customers/{conversation['customer_id']}"
    version = api.call("GET", path).json["version"]
    api.whatsapp("Меня зовут Ольга, почта olga@example.com", message_id="m-2", name="")
    understood(api, conversation)
    told = api.call("GET", path).json
    assert told["email"] == "olga@example.com"
    late = api.call("PATCH", path, {"version": version, "email": "x@example.com"})
    assert (late.status_code, late.json["changed"]["by"], late.json["changed"]["fields"]) == (409, "ИИ", ["email"])


@pytest.mark.parametrize(("field", "value"), [("phone", "+79990000001"), ("email", "anna@example.com")])
def test_a_phone_of_somebody_else_names_him(api: Api, field: str, value: str) -> None:
    owner, lead = api.lead(**{field: value}), api.lead(name="Пётр")
    answer = api.call("PATCH", f"/customers/{customer_of(lead)}", {"version": 1, "name": "Пётр И.", field: value})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert "merge" in answer.json["errors"][0]["message"]
    assert answer.json["other"] == {"id": customer_of(owner), "name": "Анна"}
    assert api.call("GET", f"/customers/{customer_of(lead)}").json["name"] == "Пётр", "nothing of it is done"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1}, "body"),
        ({"version": 0, "name": "x"}, "version"),
        ({"name": "x"}, "version"),
        ({"version": 1, "name": ""}, "name"),
        ({"version": 1, "phone": "12"}, "phone"),
        ({"version": 1, "email": "nobody"}, "email"),
        ({"version": 1, "language": "en"}, "language"),
    ],
)
def test_a_wrong_field_is_named(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.call("PATCH", f"/customers/{customer_of(api.lead())}", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


# --------------------------------------------------------------------------- who may be the same


def test_who_may_be_the_same_person_is_suggested(api: Api) -> None:
    trip = {"destination_country": "Турция", "date_from": "2026-06-10"}
    lead = api.lead(name="Анна Соколова", phone="+79001112233", email="anna@example.com", trip=trip)
    chat = api.whatsapp("Мой телефон 8 900 111 22 33", chat_id="511", name="Аня", chat_type="telegram")
    understood(api, chat)
    by_phone = chat["customer_id"]
    by_name = customer_of(api.lead(name="АННА соколова", trip=trip))
    api.lead(name="Анна Соколова", trip={"destination_country": "Турция", "date_from": "2026-07-10"})
    api.lead(name="Пётр", phone="+79001112244", trip=trip)
    found = api.call("GET", f"/customers/{customer_of(lead)}/duplicates").json["items"]
    assert {item["customer"]["id"]: item["reasons"] for item in found} == {
        by_phone: ["phone"],
        by_name: ["name_and_trip"],
    }
    api.call("POST", f"/customers/{customer_of(lead)}/merge", {"other_id": by_phone})
    assert [
        item["customer"]["id"] for item in api.call("GET", f"/customers/{customer_of(lead)}/duplicates").json["items"]
    ] == [by_name]


# --------------------------------------------------------------------------- export


def test_an_export_holds_all_that_is_kept(api: Api, signed_in: Any) -> None:
    signed_in(Role.MANAGER)
    manager = api.rows("users", role="manager")[0]["id"]
    conversation = api.whatsapp("Хочу в Турцию")
    lead_id = conversation["lead_id"]
    api.call("POST", f"/leads/{lead_id}/notes", {"text": "Просит место у окна"})
    reminder = {"due_at": "2027-05-20T10:00:00Z", "text": "Позвонить", "user_id": manager}
    assert api.call("POST", f"/leads/{lead_id}/reminders", reminder).status_code == 201
    api.whatsapp("Чужое сообщение", chat_id="79009998877", message_id="m-9", name="Пётр")
    answer = api.call("GET", f"/customers/{conversation['customer_id']}/export")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=customer-{conversation['customer_id']}.json"
    file = answer.json
    assert (file["name"], file["identities"][0]["value"]) == ("Анна Соколова", "79001112233")
    assert [message["text"] for message in file["messages"]] == ["Хочу в Турцию"]
    assert [note["text"] for note in file["notes"]] == ["Просит место у окна"]
    assert [one["text"] for one in file["reminders"]] == ["Позвонить"]
    assert [lead["id"] for lead in file["leads"]] == [lead_id]
    assert {"lead.created", "message.received", "note.added"} <= {one["kind"] for one in file["activities"]}
    assert "Чужое" not in answer.text
    only_leads = api.new_key("leads:read")
    assert api.call("GET", f"/customers/{conversation['customer_id']}/export", key=only_leads).status_code == 403


# --------------------------------------------------------------------------- who sees whom


def restricted(api: Api, signed_in: Any) -> Any:
    """The browser of a manager who sees only his own leads; his id; and his calls."""
    api.store.commit([Insert("settings", {"id": ID, "value": {"visibility": "own"}}, now={"created_at": 0.0})])
    client, token = signed_in(Role.MANAGER)

    def call(method: str, path: str, json: Any = None) -> Any:
        return client.open(f"/api/v1{path}", method=method, json=json, headers={"X-CSRFToken": token})

    return api.rows("users", email="manager@example.com")[0]["id"], call


def test_a_customer_is_seen_by_who_sees_one_of_his_leads(api: Api, signed_in: Any) -> None:
    me, call = restricted(api, signed_in)
    mine = api.lead(name="Мой Клиент", phone="+79990000001", assignee_id=me)
    both = api.lead(phone="+79990000001")
    other = api.lead(name="Чужой Клиент", phone="+79990000002")
    shown = call("GET", f"/customers/{customer_of(mine)}").json
    assert [lead["id"] for lead in shown["leads"]] == [mine["id"]], "of his leads, those that are seen"
    assert both["id"] not in str(shown)
    assert [item["name"] for item in call("GET", "/customers").json["items"]] == ["Мой Клиент"]
    assert call("GET", "/customers?q=чужой").json["items"] == []
    path = f"/customers/{customer_of(other)}"
    for method, what, body in (
        ("GET", "", None),
        ("PATCH", "", {"version": 1, "name": "x"}),
        ("GET", "/duplicates", None),
        ("GET", "/export", None),
        ("POST", "/merge", {"other_id": customer_of(mine)}),
        ("POST", "/unmerge", {"merge_id": "x"}),
    ):
        answer = call(method, path + what, body)
        assert answer.status_code == 404, (method, what)
        assert "Чужой" not in answer.text
    api.call("DELETE", f"/leads/{both['id']}")
    taken = call("PATCH", f"/customers/{customer_of(mine)}", {"version": 2, "phone": "+79990000002"})
    assert (taken.status_code, taken.json["other"], "Чужой" in taken.text) == (422, None, False)
    assert taken.json["errors"] == [{"field": "phone", "message": "Так записать нельзя: это уже занято"}]
    assert call("POST", f"/customers/{customer_of(mine)}/merge", {"other_id": customer_of(other)}).status_code == 404
    exported = call("GET", f"/customers/{customer_of(mine)}/export").json
    assert [lead["id"] for lead in exported["leads"]] == [mine["id"]]
    assert call("DELETE", f"/customers/{customer_of(mine)}").status_code == 403


def test_a_page_that_is_short_goes_on(api: Api, signed_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customer_cards, "PORTION", 3)
    monkeypatch.setattr(customer_cards, "PORTIONS", 2)
    me, call = restricted(api, signed_in)
    for n in range(20):
        api.lead(name=f"Клиент {n}", **({"assignee_id": me} if n % 7 == 0 else {}))
    found, cursor, pages = [], "", 0
    while True:
        page = call("GET", f"/customers?limit=2{cursor}").json
        found += [item["name"] for item in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == ["Клиент 14", "Клиент 7", "Клиент 0"]
    assert pages > 2


def test_an_observer_reads_and_corrects_nothing(api: Api, signed_in: Any) -> None:
    lead = api.lead()
    client, token = signed_in(Role.OBSERVER)
    path = f"/api/v1/customers/{customer_of(lead)}"
    assert client.get(path).status_code == 200
    send = {"X-CSRFToken": token}
    assert client.patch(path, json={"version": 1, "name": "x"}, headers=send).status_code == 403
    assert client.post(f"{path}/merge", json={"other_id": "x"}, headers=send).status_code == 403
    assert client.delete(path, headers=send).status_code == 403
