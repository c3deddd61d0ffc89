"""Saved views: one's own and those shown to all, and who may change them."""

from __future__ import annotations

from typing import Any

import pytest

from models import Role
from tests.api.conftest import Api
from tests.api.people import Person, person


def saved(who: Person, **fields: Any) -> dict[str, Any]:
    answer = who.call("POST", "/views", {"name": "Горячие", "query": "hot=true"} | fields)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json
    return view


def names(who: Person) -> list[str]:
    return [view["name"] for view in who.call("GET", "/views").json["items"]]


def test_views_are_ones_own_unless_shared(api: Api) -> None:
    alina, pavel = person(api), person(api, "Павел М.")
    own = saved(alina, name="Ёлки")
    shared = saved(alina, name="Общий", query="?sort=waiting&tag=море&lead=&empty=", shared=True)
    assert (own["mine"], own["owner"]["name"], own["query"]) == (True, "Алина К.", "hot=true")
    assert shared["query"] == "sort=waiting&tag=%D0%BC%D0%BE%D1%80%D0%B5"
    assert names(alina) == ["Ёлки", "Общий"]
    seen = pavel.call("GET", "/views").json
    assert seen == {"items": [shared | {"mine": False}], "next_cursor": None}


def test_the_owner_changes_and_deletes(api: Api) -> None:
    alina = person(api)
    view = saved(alina)
    changed = alina.call("PATCH", f"/views/{view['id']}", {"name": "Тёплые", "query": "sort=score"}).json
    assert (changed["name"], changed["query"], changed["shared"], changed["version"]) == (
        "Тёплые",
        "sort=score",
        False,
        2,
    )
    assert alina.call("DELETE", f"/views/{view['id']}").status_code == 204
    assert names(alina) == []
    assert alina.call("DELETE", f"/views/{view['id']}").status_code == 404


def test_what_is_somebody_elses_stays_so(api: Api) -> None:
    alina, pavel, head = person(api), person(api, "Павел М."), person(api, "Ольга", Role.HEAD)
    own, shared = saved(alina), saved(alina, name="Общий", shared=True)
    assert pavel.call("PATCH", f"/views/{own['id']}", {"name": "Мой"}).status_code == 404
    assert pavel.call("DELETE", f"/views/{shared['id']}").status_code == 403
    assert head.call("PATCH", f"/views/{shared['id']}", {"name": "Мой"}).status_code == 403
    assert head.call("PATCH", f"/views/{shared['id']}", {"shared": False}).json["shared"] is False
    assert names(pavel) == []
    assert head.call("DELETE", f"/views/{own['id']}").status_code == 404
    assert len(names(alina)) == 2


def test_an_observer_keeps_views_and_shares_none(api: Api) -> None:
    observer = person(api, role=Role.OBSERVER)
    view = saved(observer)
    assert observer.call("POST", "/views", {"name": "Общий", "shared": True}).status_code == 403
    assert observer.call("PATCH", f"/views/{view['id']}", {"shared": True}).status_code == 403


def test_a_key_has_no_views(api: Api) -> None:
    assert api.call("GET", "/views").status_code == 403
    assert api.call("POST", "/views", {"name": "Вид"}).status_code == 403


def test_there_is_an_end(api: Api) -> None:
    alina = person(api)
    for _ in range(100):
        saved(alina)
    assert alina.call("POST", "/views", {"name": "Ещё"}).json["errors"][0]["field"] == "name"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "Вид", "query": "x" * 1001}, "query"),
        ({"name": "Вид", "query": "q=" + "я" * 200}, "query"),
        ({"name": "Вид", "query": "&".join(f"a{n}=1" for n in range(60))}, "query"),
        ({"name": "Вид", "colour": "red"}, "colour"),
        ({"name": "a\x00"}, "name"),
    ],
)
def test_a_wrong_view_is_refused(api: Api, body: dict[str, Any], field: str) -> None:
    answer = person(api).call("POST", "/views", body)
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_nothing_and_null_are_no_change(api: Api) -> None:
    alina = person(api)
    view = saved(alina)
    assert alina.call("PATCH", f"/views/{view['id']}", {}).status_code == 422
    assert alina.call("PATCH", f"/views/{view['id']}", {"name": None}).status_code == 422
