"""The one search box, and the same words on the board and in lists."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from tests.api.conftest import Api
from tests.api.people import own_leads_only, person


def agency(api: Api) -> dict[str, dict[str, Any]]:
    trip = {"destination_country": "Турция", "destination_resort": "Кемер", "adults": 2}
    return {
        "yolkin": api.lead(name="Пётр Ёлкин", phone="+79121234567", email="elkin@example.com", trip=trip),
        "ivanov": api.lead(name="Иванов Дмитрий", phone="+79219876543", trip={"destination_country": "Египет"}),
        "nina": api.lead(name="Нина Ливанова", phone="+79990001122"),
    }


def titles(api: Api, words: str, kind: str = "leads") -> list[str]:
    answer = api.call("GET", "/search", None) if not words else api.call("GET", f"/search?q={words}")
    assert answer.status_code == 200, answer.text
    return [item["title"] for group in answer.json["groups"] if group["kind"] == kind for item in group["items"]]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("елкин", ["Пётр Ёлкин"]),
        ("ЁЛКИН пётр", ["Пётр Ёлкин"]),
        ("иванов", ["Иванов Дмитрий", "Нина Ливанова"]),  # a word's beginning before its middle
        ("4567", ["Пётр Ёлкин"]),
        ("123-45-67", ["Пётр Ёлкин"]),
        ("8 (912) 123 45 67", ["Пётр Ёлкин"]),
        ("%2B7 921 987-65-43", ["Иванов Дмитрий"]),
        ("elkin@example", ["Пётр Ёлкин"]),
        ("кемер", ["Пётр Ёлкин"]),
        ("кемер иванов", []),
        ("2", ["Иванов Дмитрий"]),
        ("№ 2", ["Иванов Дмитрий"]),
        ("%2A", []),
        ("%20", []),
    ],
)
def test_leads_are_found(api: Api, words: str, found: list[str]) -> None:
    agency(api)
    result = titles(api, words)
    assert result[: len(found)] == found
    if words not in ("2",):  # the number two is first; phones hold it as well
        assert len(result) == len(found)


def test_results_say_what_they_are_and_where(api: Api) -> None:
    lead = agency(api)["yolkin"]
    answer = api.call("GET", "/search?q=елкин").json
    assert answer == {
        "corrected": None,
        "groups": [
            {
                "kind": "leads",
                "items": [
                    {
                        "id": lead["id"],
                        "title": "Пётр Ёлкин",
                        "subtitle": "№\u00a01 · Турция, Кемер, 2 · Новый запрос",
                        "url": f"/leads/{lead['id']}",
                    }
                ],
            },
            {
                "kind": "customers",
                "items": [
                    {
                        "id": lead["customer"]["id"],
                        "title": "Пётр Ёлкин",
                        "subtitle": "+7\u00a0912\u00a0123-45-67 · elkin@example.com",
                        "url": f"/leads/{lead['id']}",
                    }
                ],
            },
        ],
    }


def test_customers_are_found_by_what_they_are_not_by_where_they_go(api: Api) -> None:
    agency(api)
    api.lead(phone="+79121234567", trip={"destination_country": "Мальдивы"})
    assert titles(api, "елкин", "customers") == ["Пётр Ёлкин"]
    assert titles(api, "турция", "customers") == []
    assert titles(api, "мальдивы елкин", "customers") == []
    assert len(titles(api, "елкин")) == 2


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("bdfyjd", "иванов", 2),
        ("tkrby", "елкин", 1),
        ("удлшт@", "elkin@", 1),
        ("ghbdtn", None, 0),
        ("елк bdf", None, 0),
    ],
)
def test_the_other_keyboard_layout_is_a_second_try(api: Api, typed: str, meant: str | None, found: int) -> None:
    agency(api)
    answer = api.call("GET", f"/search?q={typed}").json
    assert answer["corrected"] == meant
    assert len(titles(api, typed)) == found
    board = api.call("GET", f"/board?q={typed}")
    assert board.headers.get("Search-Corrected") == (quote(meant) if meant else None)
    assert sum(column["count"] for column in board.json.values()) == found


def test_only_what_one_may_see_is_found(api: Api) -> None:
    leads = agency(api)
    alina = person(api)
    own_leads_only(api)
    lead = leads["nina"]
    api.call("PATCH", f"/leads/{lead['id']}", {"version": lead["version"], "assignee_id": alina.id})
    answer = alina.call("GET", "/search?q=ива").json
    assert [[item["title"] for item in group["items"]] for group in answer["groups"]] == [["Нина Ливанова"]] * 2
    assert alina.call("GET", "/search?q=2").json["groups"][0]["items"][0]["title"] == "Нина Ливанова"
    assert alina.call("GET", "/search?q=елкин").json["groups"] == []
    hidden = alina.call("GET", "/search?q=tkrby").json
    assert hidden == {"corrected": None, "groups": []}, "nor does a correction tell that it is there"


def test_a_changed_trip_and_the_archive_are_found(api: Api) -> None:
    lead = agency(api)["ivanov"]
    trip = {"destination_country": "Вьетнам", "date_from": "2026-08-03"}
    api.call("PATCH", f"/leads/{lead['id']}", {"version": lead["version"], "trip": trip})
    assert (titles(api, "вьетнам"), titles(api, "египет")) == (["Иванов Дмитрий"], [])
    assert [one["id"] for one in api.call("GET", "/leads?trip_from=2026-08-03&trip_to=2026-08-03").json["items"]] == [
        lead["id"]
    ]
    api.call("POST", "/leads/bulk", {"ids": [lead["id"]], "action": "archive"})
    found = api.call("GET", "/search?q=вьетнам").json["groups"][0]["items"][0]
    assert found["subtitle"].endswith("в архиве")


@pytest.mark.parametrize(("query", "field"), [("", "q"), ("?q=" + "x" * 201, "q"), ("?q=a&limit=21", "limit")])
def test_a_wrong_question_is_refused(api: Api, query: str, field: str) -> None:
    answer = api.call("GET", f"/search{query}")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)


def test_tags_are_listed_and_searched_page_by_page(api: Api) -> None:
    api.lead(tags=["Море", "Горы", "горящий тур"])
    assert [tag["name"] for tag in api.call("GET", "/tags").json["items"]] == ["Горы", "горящий тур", "Море"]
    assert [tag["name"] for tag in api.call("GET", "/tags?q=ГОР").json["items"]] == ["Горы", "горящий тур"]
    first = api.call("GET", "/tags?limit=2").json
    rest = api.call("GET", f"/tags?limit=2&cursor={first['next_cursor']}").json
    assert ([tag["name"] for tag in rest["items"]], rest["next_cursor"]) == (["Море"], None)


def test_what_is_found_is_told_in_the_reader_s_language_and_kept_as_it_was(api: Api) -> None:
    trip = {"destination_country": "Турция", "destination_resort": "Кемер", "adults": 2, "nights_min": 7}
    lead = api.lead(name=None, trip=trip)
    said = {}
    for language in ("ru", "en"):
        answer = api.call("GET", "/search?q=турция", **{"Accept-Language": language})
        item = answer.json["groups"][0]["items"][0]
        said[language] = [item["title"], *item["subtitle"].replace("\u00a0", " ").split(" · ")[1:]]
    assert said["ru"] == ["Турция, 2", "Турция, Кемер, 2, от 7 ночей", "Новый запрос"]
    assert said["en"] == ["Turkey, 2", "Turkey, Kemer, 2, from 7 nights", "New request"]
    assert lead["title"] == "Турция, Кемер, 2, 7 ноч."
