"""Idempotency-Key: done once, answered the same, whatever breaks in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest

from crystalbay.errors import Conflict, StoreUnavailable
from crystalbay.store.interface import Change, Done
from tests.api.conftest import Api
from tests.world import eventually


def at_once(work: Callable[[], Any], times: int) -> list[Any]:
    """What several callers get who begin together."""
    gate, answers = threading.Barrier(times), []

    def call() -> None:
        gate.wait()
        answers.append(work())

    threads = [threading.Thread(target=call) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == times
    return answers


def cut(api: Api, monkeypatch: pytest.MonkeyPatch, *, after: int, done: bool) -> None:
    """Commit number `after` is cut off: its work was `done` and only the answer is lost, or it was not."""
    commit, seen = api.store.commit, [0]

    def cut_commit(changes: Sequence[Change]) -> list[Done]:
        seen[0] += 1
        if seen[0] != after:
            return commit(changes)
        with suppress(Conflict):
            if done:
                commit(changes)
        raise StoreUnavailable("cut")

    monkeypatch.setattr(api.store, "commit", cut_commit)


def test_a_repeat_is_answered_the_same_though_the_lead_went_on(api: Api) -> None:
    body = {"name": "Анна", "trip": {"adults": 2}}
    first = api.call("POST", "/leads", body, Idempotency_Key="k-1")
    api.call("PATCH", f"/leads/{first.json['id']}", {"version": 1, "tags": ["Виза"]})
    again = api.call("POST", "/leads", body, Idempotency_Key="k-1")
    assert (again.status_code, again.data) == (201, first.data)
    assert len(api.rows("leads")) == 1


def test_several_at_once_make_one_lead(api: Api) -> None:
    answers = at_once(lambda: api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1"), 5)
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert len(api.rows("leads")) == 1


@pytest.mark.parametrize("body", [{"name": "Пётр"}, {"name": "Анна", "tags": []}])
def test_a_key_is_not_for_another_body(api: Api, body: dict[str, Any]) -> None:
    api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1")
    other = api.call("POST", "/leads", body, Idempotency_Key="k-1")
    assert (other.status_code, other.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert len(api.rows("leads")) == 1


def test_a_key_is_kept_too_when_the_lead_was_there(api: Api) -> None:
    body = {"name": "Анна", "source": "site", "external_id": "7"}
    made = api.lead(**body)
    first = api.call("POST", "/leads", body, Idempotency_Key="k-1")
    api.call("PATCH", f"/leads/{made['id']}", {"version": 1, "tags": ["Виза"]})
    again = api.call("POST", "/leads", body, Idempotency_Key="k-1")
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.data == first.data
    assert api.call("POST", "/leads", {"name": "Пётр"}, Idempotency_Key="k-1").status_code == 422


def test_keys_of_two_callers_are_apart(api: Api) -> None:
    key = api.new_key("leads:write")
    first = api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1")
    second = api.call("POST", "/leads", {"name": "Анна"}, key=key, Idempotency_Key="k-1")
    assert first.json["id"] != second.json["id"]


def test_a_refused_body_leaves_its_key_free(api: Api) -> None:
    assert api.call("POST", "/leads", {"phone": "12"}, Idempotency_Key="k-1").status_code == 422
    assert api.call("POST", "/leads", {"phone": "+79991234567"}, Idempotency_Key="k-1").status_code == 201


def test_a_deleted_lead_is_not_told_again(api: Api) -> None:
    lead = api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1").json
    api.call("DELETE", f"/leads/{lead['id']}")
    again = api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1")
    assert again.status_code == 404
    assert "Анна" not in again.text


@pytest.mark.parametrize("done", [True, False])
def test_a_cut_while_a_lead_is_made_doubles_and_loses_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    cut(api, monkeypatch, after=1, done=done)
    assert api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1").status_code == 503
    again = api.call("POST", "/leads", {"name": "Анна"}, Idempotency_Key="k-1")
    assert again.status_code == 201
    assert [row["id"] for row in api.rows("leads")] == [again.json["id"]]
    assert again.json == api.call("GET", f"/leads/{again.json['id']}").json


@pytest.mark.parametrize("done", [True, False])
def test_a_cut_while_an_answer_is_sent_doubles_and_loses_nothing(
    api: Api, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    path = f"/conversations/{api.whatsapp()['id']}/messages"
    cut(api, monkeypatch, after=1, done=done)
    assert api.call("POST", path, {"text": "Здравствуйте"}, Idempotency_Key="a-1").status_code == 503
    again = api.call("POST", path, {"text": "Здравствуйте"}, Idempotency_Key="a-1")
    assert again.status_code == 201
    assert [row["id"] for row in api.rows("messages", direction="out")] == [again.json["id"]]
    assert again.json == api.call("GET", path).json["items"][-1]
    assert len(api.rows("jobs", kind="deliver")) == 1


def test_an_answer_repeated_at_once_is_sent_once(api: Api) -> None:
    path = f"/conversations/{api.whatsapp()['id']}/messages"
    answers = at_once(lambda: api.call("POST", path, {"text": "Здравствуйте"}, Idempotency_Key="a-1"), 5)
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert len(api.rows("messages", direction="out")) == 1


ROWS = [
    {"name": "без номера"},
    {"external_id": "1", "source": "crm", "name": "Анна"},
    {"phone": "нет"},
    {"external_id": "1", "source": "crm", "name": "Анна"},
    {"name": "ещё один"},
]
RESULTS = ["created", "created", "invalid", "duplicate", "created"]


def test_an_import_repeated_is_answered_the_same(api: Api) -> None:
    first = api.call("POST", "/import/leads", ROWS, Idempotency_Key="i-1")
    again = api.call("POST", "/import/leads", ROWS, Idempotency_Key="i-1")
    assert [row["result"] for row in first.json["rows"]] == RESULTS
    assert (again.status_code, again.json) == (200, first.json)
    assert api.call("POST", "/import/leads", ROWS[:1], Idempotency_Key="i-1").status_code == 422
    assert len(api.rows("leads")) == 3
    assert {row["external_id"] for row in api.rows("leads")} == {None, "1"}


def test_imports_at_once_double_nothing(api: Api) -> None:
    answers = at_once(lambda: api.call("POST", "/import/leads", ROWS, Idempotency_Key="i-1").json, 4)
    assert all(answer == answers[0] for answer in answers)
    assert [row["result"] for row in answers[0]["rows"]] == RESULTS
    assert len(api.rows("leads")) == 3


@pytest.mark.parametrize("done", [True, False])
@pytest.mark.parametrize("after", [1, 2, 3, 4, 5, 6])
def test_an_import_goes_on_where_it_was_cut(api: Api, monkeypatch: pytest.MonkeyPatch, after: int, done: bool) -> None:
    cut(api, monkeypatch, after=after, done=done)
    first = api.call("POST", "/import/leads", ROWS, Idempotency_Key="i-1")
    assert (first.status_code, first.json["status"]) == (202, "accepted")
    with api.at_work():
        url = first.json["url"].removeprefix("/api/v1")
        told = eventually(lambda: (answer := api.call("GET", url)).status_code == 200 and answer)
        eventually(lambda: not api.app.extensions["crystalbay"].journal.waits)  # till then every import is only kept
    again = api.call("POST", "/import/leads", ROWS, Idempotency_Key="i-1")
    assert [row["result"] for row in again.json["rows"]] == RESULTS
    assert again.json == told.json
    assert len(api.rows("leads")) == 3
