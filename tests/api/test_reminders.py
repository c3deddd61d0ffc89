"""Reminders: the lead's next action, who is told and when, once, whatever happens in between."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

import main
from crystalbay.services import reminders
from models import Role
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person
from tests.api.test_idempotency import at_once
from tests.world import eventually


def soon(api: Api, seconds: float) -> str:
    now: datetime = api.app.extensions["crystalbay"].clock.now()
    return (now + timedelta(seconds=seconds)).isoformat()


def next_action(api: Api, lead: dict[str, Any]) -> str | None:
    at: str | None = api.call("GET", f"/leads/{lead['id']}").json["next_action_at"]
    return at


def same(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and datetime.fromisoformat(one) == datetime.fromisoformat(other)


def told(api: Api) -> list[tuple[str, str | None]]:
    """What was told whom: the reminder's words · about whom."""
    rows = api.rows("notices", kind="reminder")
    return [(f"{row['data']['text']} · {row['data']['name']}", row["user_id"]) for row in rows]


def test_the_leads_next_action_is_its_earliest_open_reminder(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    path = f"/leads/{lead['id']}/reminders"
    late = alina.call("POST", path, {"due_at": soon(api, 7200), "text": "Позже"}).json
    assert same(next_action(api, lead), late["due_at"])
    early = alina.call("POST", path, {"due_at": soon(api, 3600), "text": "Раньше"}).json
    assert same(next_action(api, lead), early["due_at"])
    assert [one["text"] for one in alina.call("GET", path).json["items"]] == ["Раньше", "Позже"]
    done = alina.call("PATCH", f"/reminders/{early['id']}", {"version": 1, "done": True}).json
    assert done["done_at"]
    assert same(next_action(api, lead), late["due_at"])
    undone = alina.call("PATCH", f"/reminders/{early['id']}", {"version": 2, "done": False}).json
    assert undone["done_at"] is None
    assert same(next_action(api, lead), early["due_at"])
    assert alina.call("DELETE", f"/reminders/{early['id']}").status_code == 204
    alina.call("DELETE", f"/reminders/{late['id']}")
    assert next_action(api, lead) is None
    kinds = [row["kind"] for row in api.rows("activities", lead_id=lead["id"])]
    assert kinds[1:] == [f"reminder.{what}" for what in ("added", "added", "done", "changed", "deleted", "deleted")]


def test_reminders_that_are_made_at_once_leave_the_right_next_action(api: Api) -> None:
    lead = api.lead(assignee_id=person(api).id)
    times = [soon(api, 1000 + 60 * n) for n in range(6)]
    waiting = iter(times)
    answers = at_once(lambda: api.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": next(waiting)}), 6)
    assert {answer.status_code for answer in answers} == {201}
    assert same(next_action(api, lead), times[0])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"due_at": "2020-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "2300-01-01T00:00:00Z"}, "due_at"),
        ({"due_at": "2030-01-01T00:00:00"}, "due_at"),
        ({"due_at": "завтра"}, "due_at"),
        ({"due_at": "2030-01-01T00:00:00Z", "user_id": "nobody"}, "user_id"),
        ({"due_at": "2030-01-01T00:00:00Z", "text": "x" * 501}, "text"),
        ({}, "due_at"),
    ],
)
def test_a_wrong_reminder_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    lead, alina = api.lead(), person(api)
    answer = alina.call("POST", f"/leads/{lead['id']}/reminders", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    assert api.rows("reminders") == []
    assert next_action(api, lead) is None


def test_a_reminder_is_made_once_under_one_key(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    body = {"due_at": soon(api, 60)}
    first = alina.call("POST", f"/leads/{lead['id']}/reminders", body, Idempotency_Key="r")
    again = alina.call("POST", f"/leads/{lead['id']}/reminders", body, Idempotency_Key="r")
    assert first.data == again.data
    assert len(api.rows("reminders")) == 1


def test_its_user_is_told_once_at_its_time_also_after_a_restart(api: Api) -> None:
    lead, alina = api.lead(name="Анна Соколова"), person(api)
    alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 1.0), "text": "Перезвонить"})
    assert told(api) == []
    with api.at_work():
        eventually(lambda: told(api))
    reminder = api.rows("reminders")[0]
    api.store.commit([reminders.job_of(reminder | {"version": 9}, reminder["due_at"])])
    again = main.start(api.app, lease_s=2.0, renew_s=0.5, web=False)
    eventually(lambda: len(api.rows("jobs", kind="remind", state="done")) == 2)
    main.stop(again)
    assert told(api) == [("Перезвонить · Анна Соколова", alina.id)]
    assert [row["kind"] for row in api.rows("activities", lead_id=lead["id"])][-1] == "reminder.due"


def test_what_became_due_while_nothing_ran_is_told_at_the_next_start(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 0.2)})
    eventually(lambda: api.app.extensions["crystalbay"].clock.now() > api.rows("reminders")[0]["due_at"])
    with api.at_work():
        eventually(lambda: told(api))
    assert told(api) == [(" · Анна", alina.id)]


def test_of_somebody_who_is_switched_off_everybody_is_told(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 0.2), "text": "Перезвонить"})
    assert api.call("PATCH", f"/users/{alina.id}", {"active": False, "reassign_to": None}).status_code == 200
    with api.at_work():
        eventually(lambda: told(api))
    assert told(api) == [("Перезвонить · Анна", None)]


def test_a_done_one_tells_nothing_and_a_moved_one_tells_at_its_new_time(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    path = f"/leads/{lead['id']}/reminders"
    done = alina.call("POST", path, {"due_at": soon(api, 0.5), "text": "сделано"}).json
    moved = alina.call("POST", path, {"due_at": soon(api, 0.5), "text": "перенесено"}).json
    sooner = alina.call("POST", path, {"due_at": soon(api, 5000), "text": "раньше"}).json
    alina.call("PATCH", f"/reminders/{done['id']}", {"version": 1, "done": True})
    alina.call("PATCH", f"/reminders/{moved['id']}", {"version": 1, "due_at": soon(api, 3600)})
    alina.call("PATCH", f"/reminders/{sooner['id']}", {"version": 1, "due_at": soon(api, 1.0)})
    with api.at_work():
        eventually(lambda: told(api))
        eventually(lambda: len(api.rows("jobs", kind="remind", state="done")) == 3)
    assert [text for text, _ in told(api)] == ["раньше · Анна"]


def test_a_new_user_is_told_instead(api: Api) -> None:
    lead, alina, pavel = api.lead(), person(api), person(api, "Павел М.")
    made = alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 1.0)}).json
    assert made["user"] == {"id": alina.id, "name": "Алина К."}
    given = alina.call("PATCH", f"/reminders/{made['id']}", {"version": 1, "user_id": pavel.id}).json
    assert given["user"] == {"id": pavel.id, "name": "Павел М."}
    with api.at_work():
        eventually(lambda: told(api))
    assert [user for _, user in told(api)] == [pavel.id]


def test_a_stale_change_is_a_conflict_with_the_present_state(api: Api) -> None:
    lead, alina = api.lead(), person(api)
    made = alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 60)}).json
    alina.call("PATCH", f"/reminders/{made['id']}", {"version": 1, "text": "новое"})
    stale = alina.call("PATCH", f"/reminders/{made['id']}", {"version": 1, "text": "старое"})
    assert (stale.status_code, stale.json["current"]["text"]) == (409, "новое")


@pytest.mark.parametrize("body", [{"version": 1}, {"version": 1, "due_at": None}, {"version": 1, "done": None}])
def test_an_empty_change_is_refused(api: Api, body: dict[str, Any]) -> None:
    lead, alina = api.lead(), person(api)
    made = alina.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 60)}).json
    assert alina.call("PATCH", f"/reminders/{made['id']}", body).status_code == 422


def test_ones_own_reminders_over_all_leads_and_only_of_leads_one_sees(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    mine, his = api.lead(assignee_id=alina.id), api.lead(name="Пётр", assignee_id=pavel.id)
    first = alina.call("POST", f"/leads/{mine['id']}/reminders", {"due_at": soon(api, 60)}).json
    second = alina.call("POST", f"/leads/{his['id']}/reminders", {"due_at": soon(api, 30)}).json
    pavel.call("POST", f"/leads/{his['id']}/reminders", {"due_at": soon(api, 10)})
    listed = alina.call("GET", "/reminders?user_id=me&done=false").json
    assert [one["id"] for one in listed["items"]] == [second["id"], first["id"]]
    assert alina.call("GET", "/reminders?user_id=me&done=true").json["items"] == []
    page = alina.call("GET", "/reminders?limit=2").json
    rest = alina.call("GET", f"/reminders?limit=2&cursor={page['next_cursor']}").json
    assert (len(page["items"]), len(rest["items"]), rest["next_cursor"]) == (2, 1, None)
    own_leads_only(api)
    assert alina.call("GET", "/reminders").json == {"items": [first], "next_cursor": None}
    assert alina.call("PATCH", f"/reminders/{second['id']}", {"version": 1, "done": True}).status_code == 404
    assert alina.call("DELETE", f"/reminders/{second['id']}").status_code == 404
    assert alina.call("GET", f"/leads/{his['id']}/reminders").status_code == 404
    assert alina.call("POST", f"/leads/{his['id']}/reminders", {"due_at": soon(api, 60)}).status_code == 404


def test_observers_do_not_make_reminders(api: Api) -> None:
    lead, observer = api.lead(), person(api, "Наблюдатель", Role.OBSERVER)
    assert observer.call("POST", f"/leads/{lead['id']}/reminders", {"due_at": soon(api, 60)}).status_code == 403
