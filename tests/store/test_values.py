"""What goes into a row comes out of it, and texts are found as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from crystalbay.store.interface import Insert, Store, Update, UpdateWhere
from crystalbay.store.text import search_text
from tests.store.rows import NOON, activity, add, customer, every, known_chat, lead, one, user

SIGNS = 'О\'Нил "Ёлка" %_*\\ ; -- :name ? \n\t «»№ 😈 👨‍👩‍👧'


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("title", SIGNS),
        ("title", ""),
        ("trip", {"Ключ": ["ё", 1, None, True, 1.5, {"a": []}], "quote": SIGNS, "": {}}),
        ("trip", [1, [2, [3]]]),
        ("trip", "text"),
        ("utm", None),
        ("tags", []),
        ("value_minor", 9_007_199_254_740_993),  # one more than a double can count
        ("value_minor", -1),
        ("value_minor", 2**63 - 1),
        ("position", 0.1 + 0.2),
        ("position", -1.7976931348623157e308),
        ("outcome", None),
        ("waiting_since", NOON),
        ("waiting_since", NOON.replace(microsecond=0)),
        ("waiting_since", NOON.replace(microsecond=1)),
        ("waiting_since", datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)),
        ("waiting_since", datetime(1970, 1, 1, tzinfo=UTC)),
        ("waiting_since", None),
    ],
)
def test_a_value_comes_back_as_it_went_in(store: Store, column: str, value: Any) -> None:
    who = customer()
    card = lead(who["id"], **{column: value})
    store.commit([Insert("customers", who), Insert("leads", card)])
    found = one(store, "leads", card["id"])[column]
    assert found == value
    assert type(found) is type(value)


def test_a_time_is_kept_as_a_moment_in_utc(store: Store) -> None:
    vladivostok = timezone(timedelta(hours=10))
    who = customer(created_at=datetime(2026, 5, 12, 3, 0, 0, 7, tzinfo=vladivostok))
    add(store, "customers", who)
    found = one(store, "customers", who["id"])["created_at"]
    assert found == datetime(2026, 5, 11, 17, 0, 0, 7, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_times_sort_as_moments(store: Store) -> None:
    shifts = [0, 1, 999_999, 1_000_000, 60_000_000, -1, -1_000_000]
    add(store, "customers", *(customer(name=str(s), created_at=NOON + timedelta(microseconds=s)) for s in shifts))
    assert [row["name"] for row in store.find("customers")] == [str(s) for s in sorted(shifts)]


@pytest.mark.parametrize("flag", [True, False])
def test_booleans_are_booleans(store: Store, flag: bool) -> None:
    row = user(active=flag)
    add(store, "users", row)
    assert one(store, "users", row["id"])["active"] is flag
    assert [found["id"] for found in store.find("users", [("active", "eq", flag)])] == [row["id"]]
    assert not store.find("users", [("active", "eq", not flag)])


def test_a_changed_value_comes_back_as_well(store: Store) -> None:
    chat = known_chat(store)
    store.commit(
        [
            Update("conversations", chat["id"], {"state": {"бронь": [1, None]}, "answerable": False}),
            UpdateWhere("leads", (("id", "eq", chat["lead_id"]),), {"tags": ["vip"], "waiting_since": NOON}),
        ]
    )
    found = one(store, "conversations", chat["id"])
    assert (found["state"], found["answerable"]) == ({"бронь": [1, None]}, False)
    card = one(store, "leads", chat["lead_id"])
    assert (card["tags"], card["waiting_since"]) == (["vip"], NOON)


def test_a_large_text_is_kept_whole(store: Store) -> None:
    body = "Ё" * 3_000_000
    row = {"id": "e", "provider": "wazzup", "external_id": "1", "body": body, "state": "received", "created_at": NOON}
    store.commit([Insert("inbox_events", row), Insert("activities", activity())])
    assert one(store, "inbox_events", "e")["body"] == body


# --------------------------------------------------------------------------- search

PEOPLE = ("Артём Ёлкин +79161112233", "Ёлкина Мария", '100% *скидка_1 O\'Hara \\ "цитата"', "Новый Год")


@pytest.mark.parametrize(
    ("needle", "found"),
    [
        ("елкин", {0, 1}),
        ("ЁЛКИН", {0, 1}),
        ("ёлк артем", {0}),
        ("мария елкина", {1}),
        ("9161112233", {0}),
        ("скидка_1", {2}),
        ("100%", {2}),
        ("o'hara", {2}),
        ('"цитата"', {2}),
        ("*5", set()),
        ("новый", {3}),
        ("НОВЫЙ", {3}),
        ("нет такого", set()),
        ("", {0, 1, 2, 3}),
        ("%", {0, 1, 2, 3}),
        ("_*\\", {0, 1, 2, 3}),
    ],
)
def test_people_are_found_as_they_are_typed(store: Store, needle: str, found: set[int]) -> None:
    add(store, "customers", *(customer(name=str(n), search_text=search_text(text)) for n, text in enumerate(PEOPLE)))
    rows = store.find("customers", [("search_text", "has", needle)])
    assert {int(row["name"]) for row in rows} == found


def test_letters_of_two_characters_are_the_same_letters(store: Store) -> None:
    add(store, "customers", customer(search_text=search_text("Андре\u0438\u0306 Е\u0308лкин")))
    assert len(store.find("customers", [("search_text", "has", "андрей елкин")])) == 1
    assert len(store.find("customers", [("search_text", "has", "Е\u0308лкин")])) == 1


def test_a_quote_in_any_value_is_only_a_quote(store: Store) -> None:
    add(store, "customers", customer(name="'; drop table customers; --"), customer(name="Анна"))
    assert len(store.find("customers", [("name", "eq", "'; drop table customers; --")])) == 1
    assert len(every(store, "customers", ("name", "in", ['"', "Анна", "' or 1=1"]))) == 1
