"""What happened to a lead, in pages and by kind; who has it open just now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crystalbay.services import looking, retention
from crystalbay.store.interface import Update
from models import Role
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person


def test_the_timeline_is_paged_newest_first_without_gaps(api: Api) -> None:
    lead = api.lead()
    for n in range(7):
        api.call("POST", f"/leads/{lead['id']}/notes", {"text": str(n)})
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = api.call("GET", f"/leads/{lead['id']}/activities?limit=3&cursor={cursor}").json
        seen += [act["id"] for act in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [row["id"] for row in reversed(api.rows("activities", lead_id=lead["id"]))]


def test_the_timeline_by_kind(api: Api) -> None:
    conversation = api.whatsapp()
    alina = person(api)
    path = f"/leads/{conversation['lead_id']}/activities"
    alina.call("POST", f"/conversations/{conversation['id']}/messages", {"text": "Здравствуйте"})
    alina.call("POST", f"/leads/{conversation['lead_id']}/notes", {"text": "заметка"})

    def kinds(kind: str) -> list[str]:
        return [act["kind"] for act in alina.call("GET", f"{path}?kind={kind}").json["items"]]

    assert kinds("people") == ["note.added", "message.queued", "conversation.mode"]
    assert kinds("machine") == []
    assert kinds("messages") == ["message.queued", "message.received"]
    assert kinds("changes") == ["note.added", "conversation.mode", "lead.created"]
    note = alina.call("GET", f"{path}?kind=people").json["items"][0]
    assert note["actor"] == {"kind": "manager", "id": alina.id, "name": "Алина К."}
    assert alina.call("GET", f"{path}?kind=secret").status_code == 422


@pytest.mark.parametrize("cursor", ["xyz", "WzFd", "WyItMSJd", "WyI5OTk5OTk5OTk5OTk5OTk5OTk5OTk5Il0"])
def test_a_made_up_cursor_is_refused(api: Api, cursor: str) -> None:
    answer = api.call("GET", f"/leads/{api.lead()['id']}/activities?cursor={cursor}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "cursor")


def test_those_who_look_at_a_lead_see_each_other_and_not_themselves(api: Api) -> None:
    lead = api.lead()
    alina, pavel = person(api), person(api, "Павел М.")
    path = f"/leads/{lead['id']}/look"
    assert alina.call("POST", path, {}).json == {"others": []}
    assert pavel.call("POST", path, {"typing": True}).json == {"others": [{"name": "Алина К.", "typing": False}]}
    assert alina.call("POST", path, {"typing": False}).json == {"others": [{"name": "Павел М.", "typing": True}]}
    pavel.call("POST", path, {"typing": False})
    assert alina.call("POST", path, {}).json == {"others": [{"name": "Павел М.", "typing": False}]}
    assert api.call("POST", path, {}).json["others"]  # a key looks, and is not seen
    assert len(alina.call("POST", path, {}).json["others"]) == 1
    assert [row["kind"] for row in api.rows("activities", lead_id=lead["id"])] == ["lead.created"]


def test_the_others_are_told_who_comes_types_and_leaves(api: Api) -> None:
    path = f"/leads/{api.lead()['id']}/look"
    lead_id = path.split("/")[2]
    alina, pavel = person(api), person(api, "Павел М.")
    watch = looking.Watch(api.store)
    alina.call("POST", path, {})
    assert watch.news() == {}  # from now on
    pavel.call("POST", path, {})
    assert watch.news() == {lead_id: {alina.id}}
    pavel.call("POST", path, {})
    assert watch.news() == {}
    for said in ({"typing": True}, {"typing": False}, {"left": True}, {}):
        pavel.call("POST", path, said)
        assert watch.news() == {lead_id: {alina.id}}
    assert pavel.call("POST", path, {"left": True}).json == {"others": []}
    assert alina.call("POST", path, {}).json == {"others": []}


def test_who_was_there_half_a_minute_ago_is_gone_and_later_forgotten(api: Api) -> None:
    lead = api.lead()
    alina, pavel = person(api), person(api, "Павел М.")
    pavel.call("POST", f"/leads/{lead['id']}/look", {"typing": True})
    row = api.store.find("lookers", order=("id",))[0]
    api.store.commit([Update("lookers", row["id"], {"seen_at": row["seen_at"] - timedelta(seconds=31)})])
    assert alina.call("POST", f"/leads/{lead['id']}/look", {}).json == {"others": []}
    api.store.commit([Update("lookers", row["id"], {"seen_at": row["seen_at"] - timedelta(days=2)})])
    retention.tidy(api.app.extensions["crystalbay"])
    assert [row["user_id"] for row in api.store.find("lookers", order=("id",))] == [alina.id]


def test_a_hidden_lead_has_no_timeline_and_nobody_looks_at_it(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    lead = api.lead(assignee_id=alina.id)
    own_leads_only(api)
    assert pavel.call("GET", f"/leads/{lead['id']}/activities").status_code == 404
    assert pavel.call("POST", f"/leads/{lead['id']}/look", {}).status_code == 404
    assert api.store.find("lookers", order=("id",)) == []
    observer = person(api, "Наблюдатель", Role.OBSERVER)
    assert observer.call("POST", f"/leads/{lead['id']}/look", {}).status_code == 200


def test_conversations_and_messages_of_hidden_leads_are_hidden(api: Api) -> None:
    conversations = [api.whatsapp(f"сообщение {n}", f"7900000{n:04}", f"m-{n}") for n in range(5)]
    alina = person(api)
    lead_id = conversations[2]["lead_id"]
    api.call("PATCH", f"/leads/{lead_id}", {"version": 1, "assignee_id": alina.id})
    own_leads_only(api)
    listed = alina.call("GET", "/conversations?limit=1").json
    assert [one["id"] for one in listed["items"]] == [conversations[2]["id"]]
    assert listed["next_cursor"] is None
    assert alina.call("GET", f"/conversations/{conversations[2]['id']}/messages").status_code == 200
    for path in ("", "/messages", "/suggestion"):
        assert alina.call("GET", f"/conversations/{conversations[0]['id']}{path}").status_code == 404
    for path, body in (("/messages", {"text": "x"}), ("/takeover", None), ("/read", None), ("/release", None)):
        assert alina.call("POST", f"/conversations/{conversations[0]['id']}{path}", body).status_code == 404
    assert len(api.call("GET", "/conversations").json["items"]) == 5
