"""Acts upon many leads: done in portions, failures by name, taken back where nobody changed anything since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from crystalbay.errors import Conflict
from crystalbay.services import bulk
from crystalbay.store.interface import Update
from models import Role
from tests.api.conftest import Api
from tests.api.people import own_leads_only, person

LATER = (datetime.now(UTC) + timedelta(days=2)).isoformat()


def made(api: Api, count: int, **fields: Any) -> list[str]:
    return [api.lead(name=f"Клиент {n}", **fields)["id"] for n in range(count)]


def act(api: Api, **body: Any) -> dict[str, Any]:
    answer = api.call("POST", "/leads/bulk", body)
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json
    return result


def undone(api: Api, act_id: str) -> dict[str, Any]:
    answer = api.call("POST", f"/leads/bulk/{act_id}/undo")
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json
    return result


def shown(api: Api, lead_id: str) -> dict[str, Any]:
    lead: dict[str, Any] = api.call("GET", f"/leads/{lead_id}").json
    return lead


# --------------------------------------------------------------------------- what is done


def test_leads_are_moved_together_in_their_order_and_back(api: Api) -> None:
    other = api.lead(name="Уже там")
    act(api, ids=[other["id"]], action="move", status="pending")
    ids = made(api, 3)
    before = [shown(api, lead_id) for lead_id in ids]
    done = act(api, ids=ids, action="move", status="pending")
    assert (done["done"], done["failed"]) == (3, [])
    column = api.call("GET", "/leads?order=board&status=pending").json["items"]
    assert [lead["id"] for lead in column] == [*ids, other["id"]]
    assert {lead["stage"] for lead in column} == {"integrations"}
    acts = [row for row in api.rows("activities", lead_id=ids[0]) if row["kind"] == "lead.moved"]
    assert acts[0]["data"] | {"from": "new_request", "to": "integrations", "bulk": done["act_id"]} == acts[0]["data"]
    assert undone(api, done["act_id"]) == {"act_id": done["act_id"], "done": 3, "failed": []}
    after = [shown(api, lead_id) for lead_id in ids]
    same = ("stage", "status", "position", "outcome")
    assert [[lead[name] for name in same] for lead in after] == [[lead[name] for name in same] for lead in before]


def test_more_leads_than_a_portion(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PORTION", 4)
    ids = made(api, 10)
    done = act(api, ids=ids, action="tags", add_tags=["Семья"])
    assert done["done"] == 10
    assert undone(api, done["act_id"])["done"] == 10
    assert [shown(api, lead_id)["tags"] for lead_id in ids] == [[]] * 10


def test_closing_many_needs_an_outcome_once(api: Api) -> None:
    ids = made(api, 2, phone=None)
    body = {"ids": ids, "action": "move", "status": "closed"}
    for told, field in (
        ({}, "outcome"),
        ({"outcome": "lost"}, "reason"),
        ({"outcome": "lost", "reason": " "}, "reason"),
    ):
        answer = api.call("POST", "/leads/bulk", body | told)
        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)
    done = act(api, **body, outcome="lost", reason="Дорого")
    lead = shown(api, ids[0])
    assert (lead["status"], lead["outcome"], lead["lost_reason"]) == ("closed", "lost", "Дорого")
    assert api.rows("leads", id=ids[0])[0]["closed_at"] is not None
    undone(api, done["act_id"])
    row = api.rows("leads", id=ids[0])[0]
    assert (row["status"], row["outcome"], row["closed_at"]) == ("new", None, None)
    assert row["open_key"] == row["customer_id"]


def test_leads_are_given_to_a_colleague_who_hears_of_it_once(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    ids = made(api, 2)
    done = alina.call("POST", "/leads/bulk", {"ids": ids, "action": "assign", "assignee_id": pavel.id}).json
    assert [shown(api, lead_id)["assignee"]["name"] for lead_id in ids] == ["Павел М."] * 2
    told = api.rows("notices", user_id=pavel.id)
    assert [(row["kind"], row["data"]) for row in told] == [("assigned", {"count": 2, "by": "Алина К."})]
    assert alina.call("POST", f"/leads/bulk/{done['act_id']}/undo").json["done"] == 2
    assert shown(api, ids[0])["assignee"] is None
    wrong = alina.call("POST", "/leads/bulk", {"ids": ids, "action": "assign", "assignee_id": "nobody"})
    assert (wrong.status_code, wrong.json["errors"][0]["field"]) == (422, "assignee_id")


def test_tags_are_added_and_taken_away_as_they_are_spelled(api: Api) -> None:
    one = api.lead(tags=["VIP", "море"])["id"]
    two = api.lead(name="Пётр")["id"]
    done = act(api, ids=[one, two], action="tags", add_tags=["vip", "Горы"], remove_tags=["МОРЕ"])
    assert done["done"] == 2
    assert shown(api, one)["tags"] == ["VIP", "Горы"]
    assert shown(api, two)["tags"] == ["VIP", "Горы"]
    assert [row["name"] for row in api.call("GET", "/tags").json["items"]] == ["VIP", "Горы", "море"]
    undone(api, done["act_id"])
    assert (shown(api, one)["tags"], shown(api, two)["tags"]) == (["VIP", "море"], [])


def test_a_lead_that_has_too_many_tags_is_named(api: Api) -> None:
    full = api.lead(name="Полный", tags=[f"тег {n}" for n in range(50)])["id"]
    free = api.lead(name="Свободный")["id"]
    done = act(api, ids=[full, free], action="tags", add_tags=["ещё"])
    assert done["done"] == 1
    assert [(one["id"], one["name"], one["reason"]) for one in done["failed"]] == [
        (full, "Полный", "a lead has at most 50 tags")
    ]


def test_everybody_is_reminded_and_not_after_all(api: Api) -> None:
    alina = person(api)
    ids = made(api, 2)
    body = {"ids": ids, "action": "remind", "remind_at": LATER, "remind_text": "Позвонить"}
    done = alina.call("POST", "/leads/bulk", body).json
    assert done["done"] == 2
    rows = api.rows("reminders")
    assert {(row["lead_id"], row["user_id"], row["text"]) for row in rows} == {(i, alina.id, "Позвонить") for i in ids}
    assert all(shown(api, lead_id)["next_action_at"] for lead_id in ids)
    changed = api.rows("reminders", lead_id=ids[0])[0]
    alina.call("PATCH", f"/reminders/{changed['id']}", {"version": 1, "text": "Написать"})
    back = alina.call("POST", f"/leads/bulk/{done['act_id']}/undo").json
    assert back["done"] == 1
    assert [one["reason"] for one in back["failed"]] == ["напоминание с тех пор изменили"]
    assert [row["lead_id"] for row in api.rows("reminders")] == [ids[0]]
    late = alina.call("POST", "/leads/bulk", body | {"remind_at": "2020-01-01T00:00:00+00:00"})
    assert (late.status_code, late.json["errors"][0]["field"]) == (422, "remind_at")


def test_the_archive_hides_leads_and_gives_them_back(api: Api) -> None:
    lead = api.lead(phone="+79991234567", value={"amount": "100", "currency": "RUB"})
    done = act(api, ids=[lead["id"]], action="archive")
    assert done["done"] == 1
    hidden = shown(api, lead["id"])
    assert (hidden["archived"], hidden["status"], hidden["stage"]) == (True, "new", "new_request")
    assert api.call("GET", "/leads").json["items"] == []
    assert [one["id"] for one in api.call("GET", "/leads?archived=true").json["items"]] == [lead["id"]]
    assert {column["count"] for column in api.call("GET", "/board").json.values()} == {0}
    archive = api.call("GET", "/board?archived=true").json
    assert (archive["new"]["count"], archive["new"]["sums"]) == (1, [{"amount": "100.00", "currency": "RUB"}])
    version = hidden["version"]
    moved = api.call("POST", f"/leads/{lead['id']}/move", {"status": "pending", "version": version})
    assert (moved.status_code, moved.json["errors"][0]["field"]) == (422, "status")
    assert [one["reason"] for one in act(api, ids=[lead["id"]], action="move", status="pending")["failed"]] == [
        "the lead is in the archive: restore it first"
    ]
    act(api, ids=[lead["id"]], action="restore")
    row = api.rows("leads", id=lead["id"])[0]
    assert (row["status"], row["open_key"]) == ("new", row["customer_id"])
    kinds = [one["kind"] for one in api.rows("activities", lead_id=lead["id"])]
    assert kinds == ["lead.created", "lead.archived", "lead.restored"]


def test_who_writes_to_an_archived_lead_begins_a_new_one(api: Api) -> None:
    chat = api.whatsapp("Хочу в Турцию", message_id="m-1")
    old = chat["lead_id"]
    done = act(api, ids=[old], action="archive")
    assert api.rows("leads", id=old)[0]["open_key"] is None
    new = api.whatsapp("Есть кто?", message_id="m-2")["lead_id"]
    assert new != old
    act(api, ids=[old], action="restore")
    assert api.rows("leads", id=old)[0]["open_key"] is None, "another lead of the customer catches his messages now"
    assert api.rows("leads", id=new)[0]["open_key"] is not None
    assert undone(api, done["act_id"])["failed"][0]["reason"] == "the lead was changed since"


# --------------------------------------------------------------------------- which leads


def test_the_leads_of_a_filter_are_those_that_the_board_shows(api: Api) -> None:
    api.lead(name="Анна", tags=["море"])
    api.lead(name="Пётр", tags=["горы"])
    old = api.lead(name="Давно", tags=["море"])
    act(api, ids=[old["id"]], action="move", status="closed", outcome="won")
    long_ago = datetime.now(UTC) - timedelta(days=40)
    api.store.commit([Update("leads", old["id"], {"closed_at": long_ago})])
    done = act(api, filters={"tag": "море"}, action="archive")
    assert done["done"] == 1
    assert act(api, filters={"tag": "море", "closed_days": "60"}, action="archive")["done"] == 1


def test_too_many_leads_at_once_are_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    made(api, 3)
    answer = api.call("POST", "/leads/bulk", {"filters": {}, "action": "archive"})
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "filters")
    assert api.rows("bulk_acts") == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"action": "archive"}, "either ids or filters"),
        ({"ids": ["x"], "filters": {}, "action": "archive"}, "either ids or filters"),
        ({"ids": [], "action": "archive"}, "must not be empty"),
        ({"ids": ["x"] * 1001, "action": "archive"}, "at most 1000"),
        ({"ids": ["x"], "action": "burn"}, "allowed are: move, assign"),
        ({"ids": ["x"], "action": "archive", "status": "new"}, "archive knows no status"),
        ({"ids": ["x"], "action": "move"}, "either status or stage"),
        ({"ids": ["x"], "action": "move", "status": "new", "stage": "paid"}, "either status or stage"),
        ({"ids": ["x"], "action": "assign"}, "which may be null"),
        ({"ids": ["x"], "action": "tags"}, "add_tags or remove_tags"),
        ({"ids": ["x"], "action": "remind"}, "remind_at"),
        ({"ids": ["x"], "action": "remind", "remind_at": "2026-06-04T14:00:00"}, "time zone"),
        ({"filters": {"colour": "red"}, "action": "archive"}, "unknown field"),
        ({"filters": {"status": "red"}, "action": "archive"}, "allowed are new"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_done(api: Api, body: dict[str, Any], words: str) -> None:
    answer = api.call("POST", "/leads/bulk", body)
    assert answer.status_code == 422
    assert any(words in error["message"] for error in answer.json["errors"]), answer.json
    assert api.rows("bulk_acts") == []


def test_what_is_refused_leaves_its_key_free(api: Api) -> None:
    ids = made(api, 1)
    lost = {"ids": ids, "action": "move", "status": "closed", "outcome": "lost"}
    assert api.call("POST", "/leads/bulk", lost, Idempotency_Key="k-1").status_code == 422
    answer = api.call("POST", "/leads/bulk", lost | {"reason": " Дорого "}, Idempotency_Key="k-1")
    assert (answer.status_code, answer.json["done"]) == (200, 1)
    assert api.rows("leads")[0]["lost_reason"] == "Дорого"


def test_leads_that_are_not_to_be_seen_are_not_touched(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    own_leads_only(api)
    mine, his = api.lead(assignee_id=alina.id)["id"], api.lead(name="Чужой", assignee_id=pavel.id)["id"]
    done = alina.call("POST", "/leads/bulk", {"ids": [mine, his, "nobody"], "action": "archive"}).json
    assert done["done"] == 1
    hidden = {"number": None, "name": None, "reason": "лид не найден, или он вам не виден"}
    assert done["failed"] == [{"id": his} | hidden, {"id": "nobody"} | hidden]
    assert not shown(api, his)["archived"]
    all_leads = alina.call("POST", "/leads/bulk", {"filters": {"archived": "true"}, "action": "restore"}).json
    assert all_leads["done"] == 1


def test_leads_that_went_out_of_sight_stay_as_they_are(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    own_leads_only(api)
    kept, lost = (api.lead(name=name, assignee_id=alina.id)["id"] for name in ("Свой", "Уйдёт"))
    done = alina.call("POST", "/leads/bulk", {"ids": [kept, lost], "action": "archive"}).json
    assert done["done"] == 2
    change = {"version": shown(api, lost)["version"], "assignee_id": pavel.id}
    assert api.call("PATCH", f"/leads/{lost}", change).status_code == 200
    back = alina.call("POST", f"/leads/bulk/{done['act_id']}/undo").json
    reason = "лид больше не ваш, или его удалили"
    assert back == done | {"done": 1, "failed": [{"id": lost, "number": None, "name": None, "reason": reason}]}
    assert [shown(api, lead_id)["archived"] for lead_id in (kept, lost)] == [False, True]


def test_what_one_gave_away_can_be_taken_back(api: Api) -> None:
    alina, pavel, vera = person(api), person(api, "Павел М."), person(api, "Вера Т.")
    own_leads_only(api)
    ids = [api.lead(name=name, assignee_id=alina.id)["id"] for name in ("Первый", "Второй")]
    done = alina.call("POST", "/leads/bulk", {"ids": ids, "action": "assign", "assignee_id": pavel.id}).json
    assert alina.call("GET", f"/leads/{ids[0]}").status_code == 404
    passed_on = {"version": shown(api, ids[1])["version"], "assignee_id": vera.id}
    assert api.call("PATCH", f"/leads/{ids[1]}", passed_on).status_code == 200
    back = alina.call("POST", f"/leads/bulk/{done['act_id']}/undo").json
    assert (back["done"], [one["id"] for one in back["failed"]]) == (1, [ids[1]])
    assert alina.call("GET", f"/leads/{ids[0]}").status_code == 200
    assert shown(api, ids[1])["assignee"]["name"] == "Вера Т."


def test_an_observer_may_not(api: Api) -> None:
    ids = made(api, 1)
    answer = person(api, role=Role.OBSERVER).call("POST", "/leads/bulk", {"ids": ids, "action": "archive"})
    assert answer.status_code == 403


# --------------------------------------------------------------------------- beside others


def test_a_lead_that_changes_meanwhile_is_done_all_the_same(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = made(api, 3)
    commit, busy = api.store.commit, iter([True])

    def overtaken(changes: Any) -> Any:
        if any(change.table == "bulk_acts" and isinstance(change, Update) for change in changes) and next(busy, False):
            commit([Update("leads", ids[1], {"urgency": "high"})])
            raise Conflict("leads", ids[1])
        return commit(changes)

    monkeypatch.setattr(api.store, "commit", overtaken)
    done = act(api, ids=ids, action="tags", add_tags=["море"])
    assert (done["done"], done["failed"]) == (3, [])
    assert [shown(api, lead_id)["tags"] for lead_id in ids] == [["море"]] * 3
    assert shown(api, ids[1])["urgency"] == "high"


def test_what_somebody_changed_since_stays(api: Api) -> None:
    ids = made(api, 3)
    done = act(api, ids=ids, action="move", status="pending")
    lead = shown(api, ids[0])
    api.call("POST", f"/leads/{ids[0]}/move", {"status": "confirmed", "version": lead["version"]})
    lead = shown(api, ids[1])
    api.call("PATCH", f"/leads/{ids[1]}", {"version": lead["version"], "urgency": "high"})
    api.call("DELETE", f"/leads/{ids[2]}")
    back = undone(api, done["act_id"])
    assert back["done"] == 1
    assert [(one["id"], one["reason"]) for one in back["failed"]] == [
        (ids[0], "the lead was changed since"),
        (ids[2], "the lead is not yours any more, or it was deleted"),
    ]
    assert back["failed"][0]["name"] == "Клиент 0"
    assert (shown(api, ids[0])["status"], shown(api, ids[1])["status"]) == ("confirmed", "new")
    assert shown(api, ids[1])["urgency"] == "high", "what else was changed stays"


def test_two_open_leads_of_one_customer_are_told_apart(api: Api) -> None:
    first = api.lead(phone="+79991234567")["id"]
    act(api, ids=[first], action="move", status="closed", outcome="won")
    second = api.lead(phone="+79991234567", name="Анна")["id"]
    done = act(api, ids=[first, second], action="move", status="pending")
    assert done["done"] == 1
    assert done["failed"][0]["id"] == first
    assert "another open lead" in done["failed"][0]["reason"]
    assert shown(api, second)["status"] == "pending"


# --------------------------------------------------------------------------- again, and back


def test_the_same_request_again_does_nothing_twice(api: Api) -> None:
    ids = made(api, 2)
    body = {"ids": ids, "action": "remind", "remind_at": LATER}
    alina = person(api)
    first = alina.call("POST", "/leads/bulk", body, Idempotency_Key="k-1")
    again = alina.call("POST", "/leads/bulk", body, Idempotency_Key="k-1")
    assert first.json == again.json
    assert len(api.rows("reminders")) == 2
    assert alina.call("POST", "/leads/bulk", body | {"ids": ids[:1]}, Idempotency_Key="k-1").status_code == 422


def test_a_request_that_was_cut_off_goes_on_where_it_was(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PORTION", 2)
    ids = made(api, 6)
    alina = person(api)
    body = {"filters": {"status": "new"}, "action": "archive"}
    with monkeypatch.context() as patched:
        commit, left = api.store.commit, iter([1, 1, 1, 1])

        def dies(changes: Any) -> Any:
            if next(left, 0) == 0:
                raise RuntimeError("the process ends here")
            return commit(changes)

        patched.setattr(api.store, "commit", dies)
        assert alina.call("POST", "/leads/bulk", body, Idempotency_Key="k-1").status_code == 500
    hidden = sum(shown(api, lead_id)["archived"] for lead_id in ids)
    assert 0 < hidden < 6
    done = alina.call("POST", "/leads/bulk", body, Idempotency_Key="k-1").json
    assert (done["done"], done["failed"]) == (6, [])
    acts = [row["lead_id"] for row in api.rows("activities", kind="lead.archived")]
    assert sorted(acts) == sorted(ids)
    assert alina.call("POST", f"/leads/bulk/{done['act_id']}/undo").json["done"] == 6
    assert not any(shown(api, lead_id)["archived"] for lead_id in ids)


def test_taking_back_twice_answers_the_same(api: Api) -> None:
    ids = made(api, 1)
    done = act(api, ids=ids, action="archive")
    assert undone(api, done["act_id"]) == undone(api, done["act_id"])
    kinds = [row["kind"] for row in api.rows("activities", lead_id=ids[0])]
    assert kinds == ["lead.created", "lead.archived", "lead.restored"]


def test_only_whoever_did_it_and_administrators_take_it_back(api: Api) -> None:
    ids = made(api, 1)
    alina, pavel, boss = person(api), person(api, "Павел М."), person(api, "Ольга", Role.ADMINISTRATOR)
    done = alina.call("POST", "/leads/bulk", {"ids": ids, "action": "archive"}).json
    assert pavel.call("POST", f"/leads/bulk/{done['act_id']}/undo").status_code == 404
    assert alina.call("POST", "/leads/bulk/unknown/undo").status_code == 404
    assert boss.call("POST", f"/leads/bulk/{done['act_id']}/undo").json["done"] == 1


def test_after_an_hour_it_is_too_late(api: Api) -> None:
    ids = made(api, 1)
    done = act(api, ids=ids, action="archive")
    long_ago = datetime.now(UTC) - timedelta(minutes=61)
    api.store.commit([Update("bulk_acts", done["act_id"], {"created_at": long_ago})])
    late = api.call("POST", f"/leads/bulk/{done['act_id']}/undo")
    assert (late.status_code, late.json["errors"][0]["field"]) == (422, "act_id")
    assert shown(api, ids[0])["archived"]


def test_reasons_are_said_in_the_language_of_who_reads_them(
    api: Api, signed_in: Callable[[Role], tuple[FlaskClient, str]]
) -> None:
    lead = api.lead(name="Анна")["id"]
    act(api, ids=[lead], action="archive")
    browser, token = signed_in(Role.ADMINISTRATOR)
    body = {"ids": [lead, "nobody"], "action": "move", "status": "pending"}
    said = {}
    for language in ("ru", "en"):
        headers = {"X-CSRFToken": token, "Accept-Language": language}
        answer: Any = browser.post("/api/v1/leads/bulk", json=body, headers=headers)
        said[language] = [one["reason"] for one in answer.get_json()["failed"]]
    assert said["en"] == [
        "the lead is in the archive: restore it first",
        "there is no such lead, or you may not see it",
    ]
    assert said["ru"] == ["Лид в архиве: сначала верните его на доску", "лид не найден, или он вам не виден"]
