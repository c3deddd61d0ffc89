"""Reading: every operator, the same on rows in hand, and paging by keyset."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from crystalbay.store.interface import Insert, Row, Store, Where
from crystalbay.store.text import search_text
from crystalbay.store.values import matches
from tests.store.rows import NOON, activity, add, customer, lead, user

CONDITIONS: list[tuple[list[Where], list[int]]] = [
    ([("score", "eq", 2)], [2]),
    ([("score", "ne", 2)], [0, 1, 3, 4]),
    ([("score", "gt", 2)], [3, 4]),
    ([("score", "gte", 2)], [2, 3, 4]),
    ([("score", "lt", 2)], [0, 1]),
    ([("score", "lte", 2)], [0, 1, 2]),
    ([("score", "in", (0, 3, 9))], [0, 3]),
    ([("score", "in", [4])], [4]),
    ([("score", "in", ())], []),
    ([("outcome", "eq", None)], [0, 1, 2]),
    ([("outcome", "ne", None)], [3, 4]),
    ([("outcome", "eq", "won")], [4]),
    ([("outcome", "ne", "won")], [0, 1, 2, 3]),
    ([("outcome", "gt", "a")], [3, 4]),
    ([("outcome", "in", ("won", "lost"))], [3, 4]),
    ([("outcome", "in", ("won", None))], [0, 1, 2, 4]),
    ([("outcome", "in", [None])], [0, 1, 2]),
    ([("closed_at", "since", NOON + timedelta(days=4))], [0, 1, 2, 4]),
    ([("tags", "holds", ["семья"])], [1, 2]),
    ([("tags", "holds", ['на "море", скоро', "vip"])], [2, 3]),
    ([("tags", "holds", ["мор", "Семья"])], []),
    ([("tags", "holds", [])], []),
    ([("search_text", "has", "ЁЛКИН")], [1, 3]),
    ([("search_text", "has", "")], [0, 1, 2, 3, 4]),
    ([("created_at", "gte", NOON + timedelta(days=3))], [3, 4]),
    ([("created_at", "in", (NOON, NOON + timedelta(days=1)))], [0, 1]),
    ([("score", "gt", 0), ("outcome", "eq", None)], [1, 2]),
    ([("score", "gt", 0), ("score", "lt", 3), ("search_text", "has", "елкин")], [1]),
    ([], [0, 1, 2, 3, 4]),
]


@pytest.mark.parametrize(("where", "scores"), CONDITIONS, ids=lambda part: str(part)[:50])
def test_conditions_choose_rows_in_the_store_and_in_hand(store: Store, where: list[Where], scores: list[int]) -> None:
    who = customer()
    add(store, "customers", who)
    outcomes = (None, None, None, "lost", "won")
    tags: list[list[str]] = [[], ["семья"], ["семья", 'на "море", скоро'], ["vip"], ["vip2"]]
    for n, outcome in enumerate(outcomes):
        given: Row = {"score": n, "outcome": outcome, "tags": tags[n], "created_at": NOON + timedelta(days=n)}
        given["search_text"] = search_text("Ёлкин" if n % 2 else "Иванов")
        given["closed_at"] = given["created_at"] if outcome else None
        add(store, "leads", lead(who["id"], **given))
    assert [row["score"] for row in store.find("leads", where)] == scores
    assert [row["score"] for row in store.find("leads") if matches(row, where)] == scores


def test_a_list_of_any_length_is_searched(store: Store) -> None:
    rows = [customer() for _ in range(40)]
    add(store, "customers", *rows)
    for length in (1, 2, 3, 5, 16, 17, 33, 40):
        wanted = [row["id"] for row in rows[:length]]
        found = store.find("customers", [("id", "in", [*wanted, "nobody"])], order=("id",), limit=100)
        assert [row["id"] for row in found] == sorted(wanted)


def test_order_and_limit(store: Store) -> None:
    add(store, "customers", *(customer(name=name) for name in ("в", "а", "б")))
    assert [row["name"] for row in store.find("customers", order=("name",))] == ["а", "б", "в"]
    assert [row["name"] for row in store.find("customers", order=("name",), desc=True, limit=2)] == ["в", "б"]
    assert store.find("customers", order=("name",), limit=0) == []


def test_without_a_limit_a_page_is_fifty(store: Store) -> None:
    add(store, "customers", *(customer() for _ in range(60)))
    assert len(store.find("customers")) == 50


@pytest.mark.parametrize("desc", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("order", [("position", "id"), ("created_at", "id")], ids=str)
def test_pages_have_no_gap_and_no_double_while_rows_come(store: Store, order: tuple[str, str], desc: bool) -> None:
    who = customer()
    add(store, "customers", who)
    made = [_placed(who, n // 3) for n in range(30)]  # ties, so that a page ends inside of them
    add(store, "leads", *made)
    stop = threading.Event()

    def newcomers() -> None:
        """Before, after and among the rows that are paged through."""
        while not stop.is_set():
            store.commit([Insert("leads", _placed(who, place)) for place in (-1, 4, 99)])

    crowd = threading.Thread(target=newcomers)
    crowd.start()
    try:
        seen = _all_pages(store, order, desc)
    finally:
        stop.set()
        crowd.join()
    assert len(seen) == len(set(seen))
    ours = {row["id"] for row in made}
    expected = sorted(made, key=lambda row: [row[column] for column in order], reverse=desc)
    assert [row_id for row_id in seen if row_id in ours] == [row["id"] for row in expected]


@pytest.mark.parametrize("desc", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("column", ["waiting_since", "value_minor", "lost_reason", "assignee_id"])
def test_nulls_stand_last_and_are_paged_like_others(store: Store, column: str, desc: bool) -> None:
    who, users = customer(), [user(id=name) for name in ("ada", "eva")]
    values_of: dict[str, list[Any]] = {
        "waiting_since": [NOON, NOON + timedelta(days=1)],
        "value_minor": [0, 10**15],
        "lost_reason": ["Дорого", "Ядорого"],
        "assignee_id": ["ada", "eva"],
    }
    add(store, "customers", who)
    add(store, "users", *users)
    rows = [
        lead(who["id"], id=f"lead-{n}", **{column: value}) for n, value in enumerate([None, *values_of[column]] * 3)
    ]
    add(store, "leads", *rows)
    known = sorted((r for r in rows if r[column] is not None), key=lambda r: (r[column], r["id"]), reverse=desc)
    unknown = sorted((r for r in rows if r[column] is None), key=lambda r: r["id"], reverse=desc)
    seen: list[str] = []
    page: list[Row] = []
    while not seen or page:
        after = [page[-1][column], page[-1]["id"]] if page else None
        page = store.find("leads", order=(column, "id"), limit=2, after=after, desc=desc)
        seen += [row["id"] for row in page]
    assert seen == [row["id"] for row in known + unknown]


def _placed(who: Row, place: int) -> Row:
    return lead(who["id"], position=float(place), created_at=NOON + timedelta(seconds=place))


def _all_pages(store: Store, order: tuple[str, str], desc: bool) -> list[str]:
    """Ids in the order they were shown, up to the end of the rows that were there at first."""
    seen: list[str] = []
    after: list[Any] | None = None
    while True:
        page = store.find("leads", order=order, limit=4, after=after, desc=desc)
        seen += [row["id"] for row in page]
        at_the_end = not page or (page[-1]["position"] < 0 if desc else page[-1]["position"] > 90)
        if at_the_end:
            return seen
        after = [page[-1][column] for column in order]


def test_a_list_is_whole_however_long(store: Store) -> None:
    """Supabase's REST interface ends lists at 1,000 rows without a word."""
    rows = [activity(data={"n": n}) for n in range(2300)]
    for start in range(0, len(rows), 500):
        add(store, "activities", *rows[start : start + 500])
    found = store.find("activities", order=("seq",), limit=5000)
    assert [row["data"]["n"] for row in found] == list(range(2300))
    assert len(store.find("activities", order=("seq",), limit=1500)) == 1500
