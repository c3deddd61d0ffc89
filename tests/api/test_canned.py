"""Canned replies: one's own, and shared ones that heads and administrators keep."""

from __future__ import annotations

from typing import Any

import pytest

from models import Role
from tests.api.conftest import Api
from tests.api.people import Person, person

OWN = {"title": "Документы на визу", "text": "{{имя}}, пришлите, пожалуйста, фото паспорта."}
SHARED = {"title": "Приветствие", "text": "Здравствуйте, {{имя}}! Я {{менеджер}}.", "shared": True}


def titles(who: Person) -> list[str]:
    return [reply["title"] for reply in who.call("GET", "/canned-replies").json["items"]]


def test_a_manager_keeps_his_own_and_sees_shared_ones(api: Api) -> None:
    alina, pavel, head = person(api), person(api, "Павел М."), person(api, "Ольга", Role.HEAD)
    own = alina.call("POST", "/canned-replies", OWN)
    assert (own.status_code, own.json["shared"], own.json["text"]) == (201, False, OWN["text"])
    assert head.call("POST", "/canned-replies", SHARED).json["shared"] is True
    assert titles(alina) == ["Документы на визу", "Приветствие"]
    assert titles(pavel) == ["Приветствие"]
    changed = alina.call("PATCH", f"/canned-replies/{own.json['id']}", {"version": 1, "title": "Виза"})
    assert (changed.json["title"], changed.json["version"]) == ("Виза", 2)
    for method, body in (("PATCH", {"version": 2, "title": "чужое"}), ("DELETE", None)):
        assert pavel.call(method, f"/canned-replies/{own.json['id']}", body).status_code == 404
        assert head.call(method, f"/canned-replies/{own.json['id']}", body).status_code == 404
    assert alina.call("DELETE", f"/canned-replies/{own.json['id']}").status_code == 204
    assert titles(alina) == ["Приветствие"]


def test_only_heads_and_administrators_keep_shared_ones(api: Api) -> None:
    alina, observer = person(api), person(api, "Наблюдатель", Role.OBSERVER)
    assert alina.call("POST", "/canned-replies", SHARED).status_code == 403
    assert observer.call("POST", "/canned-replies", OWN).status_code == 403
    shared = person(api, "Админ", Role.ADMINISTRATOR).call("POST", "/canned-replies", SHARED).json
    for method, body in (("PATCH", {"version": 1, "title": "x"}), ("DELETE", None)):
        assert alina.call(method, f"/canned-replies/{shared['id']}", body).status_code == 403
    own = alina.call("POST", "/canned-replies", OWN).json
    assert alina.call("PATCH", f"/canned-replies/{own['id']}", {"version": 1, "shared": True}).status_code == 403
    assert titles(observer) == ["Приветствие"]


def test_a_head_shares_and_takes_back(api: Api) -> None:
    alina, head = person(api), person(api, "Ольга", Role.HEAD)
    reply = head.call("POST", "/canned-replies", OWN).json
    assert titles(alina) == []
    head.call("PATCH", f"/canned-replies/{reply['id']}", {"version": 1, "shared": True})
    assert titles(alina) == ["Документы на визу"]
    taken = head.call("PATCH", f"/canned-replies/{reply['id']}", {"version": 2, "shared": False})
    assert taken.json["shared"] is False
    assert (titles(alina), titles(head)) == ([], ["Документы на визу"])
    stale = head.call("PATCH", f"/canned-replies/{reply['id']}", {"version": 2, "title": "поздно"})
    assert (stale.status_code, stale.json["current"]["version"]) == (409, 3)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (OWN | {"title": "  "}, "title"),
        (OWN | {"title": "x" * 101}, "title"),
        (OWN | {"text": ""}, "text"),
        (OWN | {"text": "x" * 4001}, "text"),
        (OWN | {"text": "a\x00"}, "text"),
        ({"title": "x"}, "text"),
    ],
)
def test_a_wrong_reply_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = person(api).call("POST", "/canned-replies", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_a_reply_is_kept_once_under_one_key(api: Api) -> None:
    alina = person(api)
    answers = [alina.call("POST", "/canned-replies", OWN, Idempotency_Key="c") for _ in range(3)]
    assert {answer.data for answer in answers} == {answers[0].data}
    assert len(api.rows("canned_replies")) == 1
