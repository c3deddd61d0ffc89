"""The board: true counts and sums whatever happens to the leads, cards in order, people beside them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crystalbay.store.interface import BoardColumn, Change, Delete, Insert, Row, Store, Update, UpdateWhere, Where
from tests.store.rows import add, customer, lead, user

STATUSES = ("new", "in_progress", "pending", "confirmed", "closed")
ALINA, BORIS = (user(id=name, name=name) for name in ("alina", "boris"))
FILTERS: list[list[Where]] = [
    [],
    [("assignee_id", "eq", "alina")],
    [("assignee_id", "eq", None)],
    [("assignee_id", "in", ("alina", "boris"))],
    [("assignee_id", "ne", "alina")],
    [("urgency", "eq", "high")],
    [("assignee_id", "eq", "boris"), ("value_minor", "gt", 5)],
]

_status = st.sampled_from(STATUSES)
_who = st.sampled_from([None, "alina", "boris"])
_money = st.one_of(
    st.just((None, None)), st.tuples(st.integers(0, 10), st.sampled_from(["RUB", "USD"])), st.just((10**14, "RUB"))
)
_card = st.integers(0, 30)
_steps = st.one_of(
    st.tuples(st.just("make"), _status, _who, _money, st.integers(0, 3)),
    st.tuples(st.just("move"), _card, _status, st.integers(0, 3)),
    st.tuples(st.just("assign"), _card, _who),
    st.tuples(st.just("value"), _card, _money),
    st.tuples(st.just("delete"), _card),
    st.tuples(st.just("move all"), _status, _status),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(_steps, max_size=40))
def test_counts_and_sums_are_those_of_a_plain_recount(fresh_store: Callable[[], Store], steps: list[Any]) -> None:
    store = fresh_store()
    who = customer(id="anna")
    store.commit([Insert("customers", who), Insert("users", ALINA), Insert("users", BORIS)])
    leads: dict[str, Row] = {}
    for number, step in enumerate(steps):
        store.commit(list(_played(leads, number, *step)))
    for where in FILTERS:
        for status, column in store.board(where, 3).items():
            chosen = [row for row in leads.values() if row["status"] == status and _holds(row, where)]
            assert _figures(column) == _recount(chosen), (status, where)
            ordered = sorted(chosen, key=lambda row: (row["position"], row["id"]))
            assert [row["id"] for row in column.leads] == [row["id"] for row in ordered[:3]]


def _played(leads: dict[str, Row], number: int, kind: str, *what: Any) -> Sequence[Change]:
    """Do the step to the recount's `leads`; the changes that do it to the store. Steps on no card do nothing."""
    if kind == "make":
        status, assignee, (minor, currency), place = what
        money = {"value_minor": minor, "value_currency": currency}
        urgency = "high" if number % 2 else "normal"
        given = {"id": f"lead-{number:02}", "status": status, "assignee_id": assignee, "position": float(place)}
        row = lead("anna", urgency=urgency, **given, **money)
        leads[row["id"]] = row
        return [Insert("leads", row)]
    if kind == "move all":
        old, new = what
        for row in leads.values():
            row["status"] = new if row["status"] == old else row["status"]
        return [UpdateWhere("leads", (("status", "eq", old),), {"status": new})]
    if not leads:
        return []
    card = list(leads.values())[what[0] % len(leads)]
    if kind == "delete":
        del leads[card["id"]]
        return [Delete("leads", card["id"])]
    sets_of: dict[str, Callable[..., Row]] = {
        "move": lambda status, place: {"status": status, "position": float(place)},
        "assign": lambda assignee: {"assignee_id": assignee},
        "value": lambda money: {"value_minor": money[0], "value_currency": money[1]},
    }
    sets = sets_of[kind](*what[1:])
    card |= sets
    return [Update("leads", card["id"], sets)]


def _holds(row: Row, where: Sequence[Where]) -> bool:
    """A plain reading of FILTERS."""
    plain: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda found, value: bool(found == value),
        "ne": lambda found, value: bool(found != value),
        "in": lambda found, value: found in value,
        "gt": lambda found, value: found is not None and bool(found > value),
    }
    return all(plain[op](row[column], value) for column, op, value in where)


def _figures(column: BoardColumn) -> tuple[int, dict[str, int]]:
    return column.count, column.sums


def _recount(leads: Sequence[Row]) -> tuple[int, dict[str, int]]:
    sums: Counter[str] = Counter()
    for row in leads:
        if row["value_minor"]:
            sums[row["value_currency"]] += row["value_minor"]
    return len(leads), dict(sums)


def test_an_empty_board_has_all_columns(store: Store) -> None:
    assert store.board([], 10) == dict.fromkeys(STATUSES, BoardColumn(count=0, sums={}, leads=[]))


def test_cards_carry_their_people(store: Store) -> None:
    who = customer(phone="+79001112233")
    mine = lead(who["id"], assignee_id=ALINA["id"], trip={"nights_min": 7})
    nobodys = lead(who["id"], position=1.0)
    store.commit([Insert("customers", who), Insert("users", ALINA), Insert("leads", mine), Insert("leads", nobodys)])
    first, second = store.board([], 10)["new"].leads
    assert first["customer"] == {"id": who["id"], "name": who["name"], "phone": who["phone"], "email": None}
    assert first["assignee"] == {"id": ALINA["id"], "name": ALINA["name"]}
    assert second["assignee"] is None
    found = store.find("leads", [("id", "eq", mine["id"])])[0]
    assert {name: value for name, value in first.items() if name not in ("customer", "assignee")} == found


def test_a_card_that_moves_is_in_one_column_at_any_moment(store: Store) -> None:
    who = customer()
    cards = [lead(who["id"]) for _ in range(5)]
    store.commit([Insert("customers", who), *(Insert("leads", card) for card in cards)])
    looked = threading.Event()

    def move() -> None:
        turn = 0
        while not looked.is_set():
            status = STATUSES[turn % len(STATUSES)]
            store.commit([Update("leads", card["id"], {"status": status}) for card in cards])
            turn += 1

    mover = threading.Thread(target=move)
    mover.start()
    try:
        for _ in range(100):
            columns = store.board([], 10).values()
            assert sorted(column.count for column in columns) == [0, 0, 0, 0, 5]
            assert [len(column.leads) for column in columns] == [column.count for column in columns]
    finally:
        looked.set()
        mover.join()


def test_a_filtered_board_counts_what_it_shows(store: Store) -> None:
    who = customer()
    add(store, "customers", who)
    add(store, "leads", *(lead(who["id"], score=n, value_minor=n, value_currency="RUB") for n in range(6)))
    column = store.board([("score", "gte", 4)], 1)["new"]
    assert (column.count, column.sums, len(column.leads)) == (2, {"RUB": 9}, 1)
