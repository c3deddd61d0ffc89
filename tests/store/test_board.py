"""The board: true counts and sums whatever happens to the leads, cards in order, people beside them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crystalbay.store.board import CAP
from crystalbay.store.interface import BoardColumn, By, Change, Delete, Insert, Row, Store, Update, UpdateWhere, Where
from crystalbay.store.sql import SqlStore
from models import STATUS_OF, Stage
from tests.store.rows import NOON, add, customer, lead, user

STATUSES = ("new", "in_progress", "pending", "confirmed", "closed")
STAGES = tuple(stage.value for stage in Stage)
ALINA, BORIS = (user(id=name, name=name) for name in ("alina", "boris"))
FILTERS: list[list[Where]] = [
    [],
    [("assignee_id", "eq", "alina")],
    [("assignee_id", "eq", None)],
    [("assignee_id", "in", ("alina", "boris"))],
    [("assignee_id", "ne", "alina")],
    [("assignee_id", "in", ("alina", None))],
    [("assignee_id", "eq", "boris"), ("assignee_id", "in", ("alina", "boris", None))],
    [("closed_at", "since", NOON)],
    [("assignee_id", "eq", None), ("closed_at", "since", NOON)],
    [("closed_at", "since", NOON), ("value_minor", "gte", 5)],
    [("urgency", "eq", "high")],
    [("score", "gte", 1)],
    [("tags", "holds", ["even"])],
    [("assignee_id", "eq", "boris"), ("value_minor", "gt", 5)],
]

_stage = st.sampled_from(STAGES)
_who = st.sampled_from([None, "alina", "boris"])
_money = st.one_of(
    st.just((None, None)), st.tuples(st.integers(0, 10), st.sampled_from(["RUB", "USD"])), st.just((10**14, "RUB"))
)
_card = st.integers(0, 30)
_steps = st.one_of(
    st.tuples(st.just("make"), _stage, _who, _money, st.integers(0, 3)),
    st.tuples(st.just("move"), _card, _stage, st.integers(0, 3)),
    st.tuples(st.just("archive"), _card),
    st.tuples(st.just("assign"), _card, _who),
    st.tuples(st.just("value"), _card, _money),
    st.tuples(st.just("delete"), _card),
    st.tuples(st.just("move all"), _stage, _stage),
)
_order = st.sampled_from(["position", "waiting_since", "created_at", "value_minor", "score"])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(_steps, max_size=40),
    by=st.sampled_from(["status", "stage"]),
    order=_order,
    desc=st.booleans(),
    archived=st.booleans(),
)
def test_counts_sums_and_cards_are_those_of_a_plain_recount(
    fresh_store: Callable[[], Store], steps: list[Any], by: By, order: str, desc: bool, archived: bool
) -> None:
    store = fresh_store()
    who = customer(id="anna")
    store.commit([Insert("customers", who), Insert("users", ALINA), Insert("users", BORIS)])
    leads: dict[str, Row] = {}
    for number, step in enumerate(steps):
        store.commit(list(_played(leads, number, *step)))
    for where in FILTERS:
        board = store.board(where, 3, by=by, order=order, desc=desc, archived=archived)
        assert list(board) == list(STATUSES if by == "status" else STAGES)
        brief = store.board(where, 3, by=by, order=order, desc=desc, archived=archived, brief=True)
        for name, column in board.items():
            chosen = [row for row in leads.values() if _stands(row, by, name, archived) and _holds(row, where)]
            assert _figures(column) == _recount(chosen), (name, where)
            ordered = _sorted(chosen, order, desc)
            assert [row["id"] for row in column.leads] == [row["id"] for row in ordered[:3]]
            assert _figures(brief[name]) == _figures(column)
            assert brief[name].leads == [_brief(row, order) for row in column.leads]


def _stands(row: Row, by: str, name: str, archived: bool) -> bool:
    return (row["status"] == "archived") is archived and name in (row["stage"], STATUS_OF[Stage(row["stage"])])


def _sorted(rows: Sequence[Row], order: str, desc: bool) -> list[Row]:
    known = sorted((r for r in rows if r[order] is not None), key=lambda r: (r[order], r["id"]), reverse=desc)
    return known + sorted((r for r in rows if r[order] is None), key=lambda r: str(r["id"]), reverse=desc)


def _brief(row: Row, order: str) -> Row:
    whose = {"customer_version": 1, "assignee_name": row["assignee"] and row["assignee"]["name"]}
    return {name: row[name] for name in ("id", "version", "position", order)} | whose


def _played(leads: dict[str, Row], number: int, kind: str, *what: Any) -> Sequence[Change]:
    """Do the step to the recount's `leads`; the changes that do it to the store. Steps on no card do nothing."""
    if kind == "make":
        stage, assignee, (minor, currency), place = what
        given = {"value_minor": minor, "value_currency": currency, "score": place, "created_at": _day(place)}
        given |= {"urgency": "high" if number % 2 else "normal", "tags": ["odd" if number % 2 else "even"]}
        given |= {"id": f"lead-{number:02}", "assignee_id": assignee, "position": float(place)}
        row = lead("anna", **given, **_at(stage, place), waiting_since=_day(place) if place > 1 else None)
        leads[row["id"]] = row
        return [Insert("leads", row)]
    if kind == "move all":
        old, new = what
        sets = _at(new, len(leads))
        for row in leads.values():
            row |= sets if row["stage"] == old else {}
        return [UpdateWhere("leads", (("stage", "eq", old),), sets)]
    if not leads:
        return []
    card = list(leads.values())[what[0] % len(leads)]
    if kind == "delete":
        del leads[card["id"]]
        return [Delete("leads", card["id"])]
    sets_of: dict[str, Callable[..., Row]] = {
        "move": lambda stage, place: _at(stage, place) | {"position": float(place)},
        "archive": lambda: {"status": "archived"},
        "assign": lambda assignee: {"assignee_id": assignee},
        "value": lambda money: {"value_minor": money[0], "value_currency": money[1]},
    }
    sets = sets_of[kind](*what[1:])
    card |= sets
    return [Update("leads", card["id"], sets)]


def _at(stage: str, place: int) -> Row:
    """Where a lead stands; a closed one since `place` days after noon, or before."""
    status = STATUS_OF[Stage(stage)].value
    return {"stage": stage, "status": status, "closed_at": _day(place - 2) if status == "closed" else None}


def _day(number: int) -> datetime:
    return NOON + timedelta(days=number)


def _holds(row: Row, where: Sequence[Where]) -> bool:
    """A plain reading of FILTERS."""
    plain: dict[str, Callable[[Any, Any], bool]] = {
        "eq": lambda found, value: bool(found == value),
        "ne": lambda found, value: bool(found != value),
        "in": lambda found, value: found in value,
        "gt": lambda found, value: found is not None and bool(found > value),
        "gte": lambda found, value: found is not None and bool(found >= value),
        "since": lambda found, value: found is None or bool(found >= value),
        "holds": lambda found, value: bool(set(found) & set(value)),
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


def test_what_is_not_kept_is_counted_up_to_a_cap(store: Store) -> None:
    who = customer()
    cards = [lead(who["id"], score=n, value_minor=100, value_currency="RUB") for n in range(CAP + 20)]
    store.commit([Insert("customers", who), *(Insert("leads", card) for card in cards)])
    kept = store.board([], 2)["new"]
    assert (kept.count, kept.capped, kept.sums) == (CAP + 20, False, {"RUB": 100 * (CAP + 20)})
    for lowest, count, capped in ((19, CAP, True), (20, CAP, False), (21, CAP - 1, False)):
        column = store.board([("score", "gte", lowest)], 2)["new"]
        assert (column.count, column.capped, len(column.leads)) == (count, capped, 2)


def test_the_latest_closings_are_counted_to_the_last(store: Store) -> None:
    who, now = customer(), NOON
    closed = {"status": "closed", "stage": "completed", "value_minor": 100, "value_currency": "RUB"}
    cards = [lead(who["id"], **closed, closed_at=now - timedelta(minutes=n)) for n in range(CAP + 20)]
    cards.append(lead(who["id"], **closed, closed_at=now - timedelta(days=31)))
    store.commit([Insert("customers", who), *(Insert("leads", card) for card in cards)])
    for by, name in (("status", "closed"), ("stage", "completed")):
        column = store.board([("closed_at", "since", now - timedelta(days=30))], 2, by=by)[name]  # type: ignore[arg-type]
        assert (column.count, column.capped, len(column.leads)) == (CAP + 20, False, 2)
        assert column.sums == {"RUB": 100 * (CAP + 20)}
    filtered = [("closed_at", "since", now - timedelta(days=30)), ("value_minor", "gte", 100)]
    assert store.board(filtered, 2)["closed"].capped  # type: ignore[arg-type]


def test_a_search_on_the_board_says_when_there_is_more(store: Store) -> None:
    who = customer()
    cards = [lead(who["id"], search_text="елкин") for _ in range(CAP + 5)]
    store.commit([Insert("customers", who), *(Insert("leads", card) for card in cards)])
    if isinstance(store, SqlStore):
        store.index_new_leads()
    column = store.board([("search_text", "has", "ёлкин")], 2)["new"]
    assert (column.count, column.capped) == (CAP, True)


def test_without_cards_a_board_is_its_counts(store: Store) -> None:
    who = customer()
    store.commit([Insert("customers", who), Insert("leads", lead(who["id"]))])
    assert store.board([], 0)["new"] == BoardColumn(count=1, sums={}, leads=[])


def test_a_filtered_board_counts_what_it_shows(store: Store) -> None:
    who = customer()
    add(store, "customers", who)
    add(store, "leads", *(lead(who["id"], score=n, value_minor=n, value_currency="RUB") for n in range(6)))
    column = store.board([("score", "gte", 4)], 1)["new"]
    assert (column.count, column.sums, len(column.leads)) == (2, {"RUB": 9}, 1)
