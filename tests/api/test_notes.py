"""Notes on a lead: for colleagues only, changed by their author, gone when deleted."""

from __future__ import annotations

from typing import Any

import pytest

from models import Role
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person
from tests.api.test_idempotency import at_once


def kinds(api: Api, lead: dict[str, Any]) -> list[str]:
    return [row["kind"] for row in api.rows("activities", lead_id=lead["id"])]


def test_a_note_is_kept_with_its_author_and_never_becomes_a_message(api: Api) -> None:
    conversation = api.whatsapp()
    alina = person(api)
    made = alina.call("POST", f"/leads/{conversation['lead_id']}/notes", {"text": "  Просит место у окна  "})
    assert made.status_code == 201
    assert made.json == made.json | {
        "text": "Просит место у окна",
        "author": {"id": alina.id, "name": "Алина К."},
        "edited_at": None,
        "version": 1,
        "lead_id": conversation["lead_id"],
    }
    assert api.call("GET", f"/leads/{conversation['lead_id']}/notes").json["items"] == [made.json]
    assert api.rows("messages", direction="out") == []
    assert api.rows("jobs", kind="deliver") == []


def test_notes_come_newest_first_in_pages(api: Api) -> None:
    lead = api.lead()
    for n in range(5):
        api.call("POST", f"/leads/{lead['id']}/notes", {"text": f"заметка {n}"})
    first = api.call("GET", f"/leads/{lead['id']}/notes?limit=3").json
    rest = api.call("GET", f"/leads/{lead['id']}/notes?limit=3&cursor={first['next_cursor']}").json
    assert [note["text"] for note in first["items"] + rest["items"]] == [f"заметка {n}" for n in range(4, -1, -1)]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001, "a\x00b", None, 7])
def test_a_note_that_says_nothing_or_too_much_is_refused(api: Api, text: Any) -> None:
    lead = api.lead()
    answer = api.call("POST", f"/leads/{lead['id']}/notes", {"text": text})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "text")
    assert api.rows("notes") == []


def test_a_note_that_is_sent_twice_is_made_once(api: Api) -> None:
    lead = api.lead()
    path, body = f"/leads/{lead['id']}/notes", {"text": "Виза нужна"}
    answers = at_once(lambda: api.call("POST", path, body, Idempotency_Key="n-1"), 4)
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert len(api.rows("notes")) == 1


def test_its_author_and_administrators_change_it_and_nobody_else(api: Api) -> None:
    lead = api.lead()
    alina, pavel, head = person(api), person(api, "Павел М."), person(api, "Ольга", Role.HEAD)
    note = alina.call("POST", f"/leads/{lead['id']}/notes", {"text": "Перезвонить"}).json
    for other in (pavel, head):
        assert other.call("PATCH", f"/notes/{note['id']}", {"text": "чужое"}).status_code == 403
        assert other.call("DELETE", f"/notes/{note['id']}").status_code == 403
    changed = alina.call("PATCH", f"/notes/{note['id']}", {"text": "Перезвонить в пять", "version": 1}).json
    assert (changed["text"], changed["version"]) == ("Перезвонить в пять", 2)
    assert changed["edited_at"]
    stale = alina.call("PATCH", f"/notes/{note['id']}", {"text": "поздно", "version": 1})
    assert (stale.status_code, stale.json["current"]["text"]) == (409, "Перезвонить в пять")
    assert api.call("PATCH", f"/notes/{note['id']}", {"text": "от администратора"}).status_code == 200
    assert kinds(api, lead) == ["lead.created", "note.added", "note.changed", "note.changed"]


def test_a_deleted_note_leaves_no_words_behind(api: Api) -> None:
    lead = api.lead()
    alina = person(api)
    note = alina.call("POST", f"/leads/{lead['id']}/notes", {"text": "Секретные слова"}).json
    assert alina.call("DELETE", f"/notes/{note['id']}").status_code == 204
    assert alina.call("DELETE", f"/notes/{note['id']}").status_code == 404
    assert api.call("GET", f"/leads/{lead['id']}/notes").json["items"] == []
    assert kinds(api, lead) == ["lead.created", "note.added", "note.deleted"]
    assert "Секретные" not in str(api.rows("activities"))


def test_notes_of_hidden_leads_are_hidden(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    lead = api.lead(assignee_id=alina.id)
    note = alina.call("POST", f"/leads/{lead['id']}/notes", {"text": "Моё"}).json
    own_leads_only(api)
    assert pavel.call("GET", f"/leads/{lead['id']}/notes").status_code == 404
    assert pavel.call("POST", f"/leads/{lead['id']}/notes", {"text": "x"}).status_code == 404
    assert pavel.call("PATCH", f"/notes/{note['id']}", {"text": "x"}).status_code == 404
    assert pavel.call("DELETE", f"/notes/{note['id']}").status_code == 404
    assert alina.call("GET", f"/leads/{lead['id']}/notes").json["items"] == [note]


def test_observers_read_and_do_not_write(api: Api) -> None:
    lead = api.lead()
    api.call("POST", f"/leads/{lead['id']}/notes", {"text": "Видно всем"})
    observer = person(api, "Наблюдатель", Role.OBSERVER)
    assert len(observer.call("GET", f"/leads/{lead['id']}/notes").json["items"]) == 1
    assert observer.call("POST", f"/leads/{lead['id']}/notes", {"text": "x"}).status_code == 403


def test_a_lead_that_is_deleted_takes_all_that_belongs_to_it(api: Api) -> None:
    conversation = api.whatsapp()
    lead_id = conversation["lead_id"]
    alina = person(api)
    alina.call("POST", f"/leads/{lead_id}/notes", {"text": "заметка"})
    alina.call("POST", f"/leads/{lead_id}/reminders", {"due_at": "2030-01-01T00:00:00Z"})
    alina.call("POST", f"/leads/{lead_id}/look", {"typing": True})
    assert api.call("DELETE", f"/leads/{lead_id}").status_code == 204
    for table in ("notes", "reminders", "suggestions", "offers", "messages", "conversations"):
        assert api.rows(table) == []
    assert api.store.find("lookers", order=("id",)) == []
