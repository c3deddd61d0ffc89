"""Leads and customers whom the caller may not see: making and giving away tell nothing of what is stored."""

from __future__ import annotations

from typing import Any

import pytest

from models import Role
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person

THERE = {"name": "Анна", "source": "crm", "external_id": "7", "phone": "+79991234567", "email": "anna@example.com"}
SENT = {"name": "Кто-то", "phone": "+79991234567"}
WORDS = "there is already a lead with this source and external_id"


def contact(lead: dict[str, Any]) -> dict[str, Any]:
    return {name: lead["customer"][name] for name in ("name", "phone", "email")}


# --------------------------------------------------------------------------- a lead that is there


def test_a_foreign_lead_is_not_told_to_a_key_that_only_writes(api: Api) -> None:
    made = api.lead(**THERE)
    answer = api.call("POST", "/leads", THERE | {"name": "Кто-то"}, key=api.new_key("leads:write"))
    assert (answer.status_code, answer.json["detail"]) == (409, WORDS)
    assert answer.json.keys() == {"type", "title", "status", "request_id", "detail"}
    assert made["id"] not in answer.text
    paths = api.client.get("/api/openapi.json").get_json()["paths"]
    example = paths["/api/v1/leads"]["post"]["responses"]["409"]["content"]["application/problem+json"]["example"]
    assert example | {"request_id": None} == answer.json | {"request_id": None}
    readers = api.call("POST", "/leads", THERE, key=api.new_key("leads:write", "leads:read"))
    assert (readers.status_code, readers.json["id"]) == (200, made["id"])


def test_a_foreign_lead_is_not_told_to_a_manager_who_sees_his_own(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    made = api.lead(**THERE, assignee_id=pavel.id)
    own_leads_only(api)
    answer = alina.call("POST", "/leads", THERE)
    assert (answer.status_code, made["id"] in answer.text) == (409, False)
    assert "уже есть" in answer.json["detail"]
    his = pavel.call("POST", "/leads", THERE)
    assert (his.status_code, his.json["customer"]) == (200, made["customer"])


@pytest.mark.parametrize("key", [None, "k-1"])
def test_an_import_says_of_foreign_leads_only_that_they_are_there(api: Api, key: str | None) -> None:
    made = api.lead(**THERE)
    rows = [{name: THERE[name] for name in ("source", "external_id")}, {"source": "crm", "external_id": "8"}]
    headers = {"Idempotency_Key": key} if key else {}
    importer = api.new_key("import")
    answers = [api.call("POST", "/import/leads", rows, key=importer, **headers).json for _ in range(2)]
    first = answers[0]["rows"]
    assert (first[0]["result"], first[0]["id"], first[0]["number"]) == ("duplicate", None, None)
    assert (first[1]["result"], first[1]["number"]) == ("created", made["number"] + 1)
    again = answers[1]["rows"][1]
    assert again == first[1] if key else (again["result"], again["id"]) == ("duplicate", None)
    reader = api.call("POST", "/import/leads", rows[:1], key=api.new_key("import", "leads:read")).json["rows"][0]
    assert (reader["result"], reader["id"], reader["number"]) == ("duplicate", made["id"], made["number"])


# --------------------------------------------------------------------------- a customer who is known


def test_a_key_that_only_writes_learns_nothing_of_a_customer(api: Api) -> None:
    made, writer = api.lead(**THERE), api.new_key("leads:write")
    answer = api.call("POST", "/leads", SENT, key=writer, Idempotency_Key="k-1")
    assert (answer.status_code, answer.json["customer"]) == (201, SENT | {"id": None, "email": None})
    assert answer.data == api.call("POST", "/leads", SENT, key=writer, Idempotency_Key="k-1").data
    stranger = api.call("POST", "/leads", {"phone": "+79990000000"}, key=writer).json
    assert stranger["customer"] == {"id": None, "name": None, "phone": "+79990000000", "email": None}
    joined = api.call("GET", f"/leads/{answer.json['id']}").json
    assert joined["customer"] == made["customer"]
    reader = api.call("POST", "/leads", SENT, key=api.new_key("leads:write", "leads:read"))
    assert reader.json["customer"] == made["customer"]


def test_a_manager_who_sees_his_own_is_answered_what_he_sent(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    made = api.lead(**THERE, assignee_id=pavel.id)
    own_leads_only(api)
    lead = alina.call("POST", "/leads", SENT).json
    assert contact(lead) == SENT | {"email": None}
    shown = alina.call("GET", f"/leads/{lead['id']}").json
    assert shown["customer"] == made["customer"], "the lead is hers, and so she sees whose it is"
    seen = alina.call("POST", "/leads", SENT | {"name": "Аня"}).json
    assert seen["customer"] == made["customer"], "he was to be seen before"


def test_giving_a_new_lead_to_a_colleague_shows_nothing_of_its_customer(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    api.lead(**THERE, assignee_id=pavel.id)
    own_leads_only(api)
    given = alina.call("POST", "/leads", SENT | {"assignee_id": pavel.id})
    assert (given.status_code, given.json["customer"]) == (201, SENT | {"id": None, "email": None})
    assert alina.call("GET", f"/leads/{given.json['id']}").status_code == 404


# --------------------------------------------------------------------------- whose a new lead is


@pytest.mark.parametrize("body", [{"name": "Анна"}, {"name": "Анна", "assignee_id": None}])
def test_who_sees_only_his_own_makes_his_own(api: Api, body: dict[str, Any]) -> None:
    alina = person(api)
    assert alina.call("POST", "/leads", body).json["assignee"] is None
    for visibility, whose in (("own_and_unassigned", None), ("own", {"id": alina.id, "name": alina.name})):
        assert api.call("PATCH", "/settings", {"visibility": visibility}).status_code == 200
        lead = alina.call("POST", "/leads", body).json
        assert lead["assignee"] == whose
        assert alina.call("GET", f"/leads/{lead['id']}").json == lead
    assert api.lead()["assignee"] is None


def test_the_form_of_a_new_lead_begins_with_whose_it_will_be(api: Api) -> None:
    alina = person(api)
    person(api, "Павел М.")
    assert " selected" not in alina.client.get("/ui/forms/quick-add").text
    own_leads_only(api)
    form = alina.client.get("/ui/forms/quick-add").text
    assert f'<option value="{alina.id}" selected>' in form
    assert (form.count(" selected>"), 'value=""' in form) == (1, False)


# --------------------------------------------------------------------------- repeats, and giving away


def test_a_repeat_is_answered_the_same_though_the_lead_is_out_of_sight(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    own_leads_only(api)
    first = alina.call("POST", "/leads", THERE, Idempotency_Key="k-1")
    change = {"version": 1, "assignee_id": pavel.id}
    assert api.call("PATCH", f"/leads/{first.json['id']}", change).status_code == 200
    again = alina.call("POST", "/leads", THERE, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code, again.data) == (201, 201, first.data)


def test_who_gives_a_lead_away_is_answered_what_it_is_then(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    own_leads_only(api)
    lead = alina.call("POST", "/leads", THERE).json
    change = {"version": 1, "assignee_id": pavel.id, "trip": {"adults": 2}}
    answer = alina.call("PATCH", f"/leads/{lead['id']}", change)
    assert (answer.status_code, answer.json["assignee"]["name"], answer.json["version"]) == (200, "Павел М.", 2)
    assert answer.json == api.call("GET", f"/leads/{lead['id']}").json
    assert alina.call("GET", f"/leads/{lead['id']}").status_code == 404
    assert alina.call("PATCH", f"/leads/{lead['id']}", change | {"version": 2}).status_code == 404


# --------------------------------------------------------------------------- who cannot have leads


def test_observers_and_those_who_left_are_given_no_leads(api: Api) -> None:
    observer, gone = person(api, "Ольга Н.", Role.OBSERVER), person(api, "Ушёл")
    assert api.call("PATCH", f"/users/{gone.id}", {"active": False, "reassign_to": None}).status_code == 200
    alina, lead = person(api), api.lead()
    for user_id in (observer.id, gone.id, "nobody"):
        calls = [
            ("POST", "/leads", {"name": "x", "assignee_id": user_id}),
            ("PATCH", f"/leads/{lead['id']}", {"version": 1, "assignee_id": user_id}),
            ("POST", "/leads/bulk", {"ids": [lead["id"]], "action": "assign", "assignee_id": user_id}),
        ]
        for method, path, body in calls:
            answer = api.call(method, path, body)
            assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "assignee_id"), path
    assert api.rows("leads")[0]["assignee_id"] is None
    for page in ("/ui/forms/assign", "/ui/forms/quick-add", f"/leads/{lead['id']}"):
        text = alina.client.get(page).text
        assert alina.id in text, page
        assert [other.name for other in (observer, gone) if other.id in text] == [], page


# --------------------------------------------------------------------------- a customer who is somebody else's too


def test_a_known_phone_gives_no_power_over_the_customer(api: Api) -> None:
    """Who makes a lead for a customer whom a colleague serves sees him from then on, and changes nothing of him."""
    alina, pavel = person(api), person(api, "Павел М.")
    made = api.lead(**THERE, assignee_id=pavel.id)
    own_leads_only(api)
    mine = alina.call("POST", "/leads", SENT).json
    other = alina.call("POST", "/leads", {"name": "Другая", "phone": "+79990000001"}).json["customer"]["id"]
    path = f"/customers/{mine['customer']['id']}"
    version = alina.call("GET", path).json["version"]
    for method, at, body in (
        ("PATCH", path, {"version": version, "name": "Моя"}),
        ("POST", f"{path}/merge", {"other_id": other}),
        ("POST", f"/customers/{other}/merge", {"other_id": mine["customer"]["id"]}),
    ):
        answer = alina.call(method, at, body)
        assert answer.status_code == 403, (method, at)
        assert "попросите руководителя" in answer.json["detail"]
    assert api.call("GET", f"/leads/{made['id']}").json["customer"]["name"] == "Анна"
    api.call("DELETE", f"/leads/{made['id']}")
    assert alina.call("PATCH", path, {"version": version, "name": "Моя"}).status_code == 200


def test_nobody_is_reminded_of_a_lead_that_he_does_not_see(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    made = api.lead(**THERE, assignee_id=pavel.id)
    own_leads_only(api)
    body = {"due_at": "2027-05-20T10:00:00Z", "text": "Позвонить"}
    answer = api.call("POST", f"/leads/{made['id']}/reminders", body | {"user_id": alina.id})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "user_id")
    assert api.call("POST", f"/leads/{made['id']}/reminders", body | {"user_id": pavel.id}).status_code == 201


def test_a_card_stands_beside_none_that_is_out_of_sight(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    his = api.lead(**THERE, assignee_id=pavel.id)
    mine = api.lead(name="Вера", assignee_id=alina.id)
    own_leads_only(api)
    for neighbour in (his["id"], "nobody"):
        body = {"version": mine["version"], "status": "new", "after_id": neighbour}
        answer = alina.call("POST", f"/leads/{mine['id']}/move", body)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "after_id")
