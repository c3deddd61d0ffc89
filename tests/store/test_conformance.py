"""What every backend of the store promises: changes, guards, reads, counts; the backends are in conftest.py."""

from __future__ import annotations

import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crystalbay.errors import Conflict, StoreError
from crystalbay.ids import new_id
from crystalbay.store.interface import (
    Change,
    Delete,
    Insert,
    InsertOnce,
    Require,
    Row,
    Store,
    Update,
    UpdateWhere,
    Where,
)
from crystalbay.store.text import search_text
from crystalbay.store.values import matches
from tests.store.conftest import conversation_insert, customer, lead_insert, message_insert


def one(store: Store, table: str, row_id: str) -> Row:
    return store.find(table, [("id", "eq", row_id)], order=("id",), limit=1)[0]


def activity(**given: Any) -> Insert:
    row = {"id": new_id(), "kind": "test", "actor_kind": "system", "data": {}} | given
    return Insert("activities", row, now={"created_at": 0.0})


# --------------------------------------------------------------------------- values


def test_values_come_back_as_they_went_in(store: Store) -> None:
    moment = datetime(2026, 6, 1, 12, 30, 15, 123456, tzinfo=UTC)
    nested = {"Ключ": ["ё", 1, None, True, {"a": 1.5}], "quote": "' \" % _ * \\"}
    who = customer(store, name='О\'Нил "Ё" 😈')
    made = lead_insert(who["id"], trip=nested, value_minor=10**14, value_currency="RUB", waiting_since=moment)
    store.commit([made])
    row = one(store, "leads", made.row["id"])
    assert row["trip"] == nested
    assert (row["value_minor"], row["waiting_since"], row["outcome"]) == (10**14, moment, None)
    assert row["waiting_since"].tzinfo is not None
    assert one(store, "customers", who["id"])["name"] == 'О\'Нил "Ё" 😈'
    conversation = conversation_insert(who["id"], made.row["id"])
    store.commit([conversation])
    assert one(store, "conversations", conversation.row["id"])["answerable"] is True


def test_left_out_columns_get_their_defaults(store: Store) -> None:
    made = lead_insert(customer(store)["id"])
    store.commit([made])
    row = one(store, "leads", made.row["id"])
    assert (row["version"], row["score"], row["urgency"], row["mode"], row["unread"]) == (1, 0, "normal", "bot", 0)


def test_the_database_numbers_leads_and_activities(store: Store) -> None:
    who = customer(store)["id"]
    numbers = [store.commit([lead_insert(who), activity()]) for _ in range(3)]
    assert [done[0].row["number"] for done in numbers] == [1, 2, 3]
    seqs = [done[1].row["seq"] for done in numbers]
    assert seqs == sorted(set(seqs))


# --------------------------------------------------------------------------- changes and guards


def test_a_taken_unique_value_is_a_conflict_that_names_it(store: Store) -> None:
    who = customer(store)["id"]
    store.commit([lead_insert(who, external_id="1")])
    with pytest.raises(Conflict) as caught:
        store.commit([lead_insert(who, external_id="1")])
    assert (caught.value.table, caught.value.constraint) == ("leads", "source,external_id")
    store.commit([lead_insert(who, external_id=None), lead_insert(who, external_id=None)])


def test_insert_once_answers_the_row_that_is_there(store: Store) -> None:
    job = {"kind": "k", "payload": {"n": 1}, "idempotency_key": "once"}
    now = {"run_at": 0.0, "created_at": 0.0}
    first = store.commit([InsertOnce("jobs", job | {"id": "a"}, ("idempotency_key",), now)])[0]
    second = store.commit([InsertOnce("jobs", job | {"id": "b"}, ("idempotency_key",), now)])[0]
    assert (first.new, first.n) == (True, 1)
    assert (second.new, second.n, second.row["id"], second.row["payload"]) == (False, 0, "a", {"n": 1})
    plain = {"id": "office", "value": {}}
    assert store.commit([InsertOnce("settings", plain, ("id",), {"created_at": 0.0})])[0].new
    assert not store.commit([InsertOnce("settings", plain, ("id",), {"created_at": 0.0})])[0].new


def test_update_sets_counts_and_raises_the_version(store: Store) -> None:
    made = lead_insert(customer(store)["id"])
    store.commit([made])
    before = datetime.now(UTC)
    store.commit([Update("leads", made.row["id"], {"title": "т"}, add={"unread": 3}, now={"next_action_at": 60.0})])
    row = one(store, "leads", made.row["id"])
    assert (row["title"], row["unread"], row["version"]) == ("т", 3, 2)
    assert timedelta(seconds=59) < row["next_action_at"] - before < timedelta(seconds=62)


@pytest.mark.parametrize(
    ("expect", "met"),
    [
        ({"version": 1}, True),
        ({"version": 2}, False),
        ({"assignee_id": None, "status": "new"}, True),
        ({"assignee_id": "x"}, False),
        ({"outcome": None, "version": 9}, False),
    ],
)
@pytest.mark.parametrize("kind", ["update", "require", "delete"])
def test_an_unmet_expectation_conflicts_and_changes_nothing(
    store: Store, kind: str, expect: dict[str, Any], met: bool
) -> None:
    made = lead_insert(customer(store)["id"])
    store.commit([made])
    row_id = made.row["id"]
    changes: dict[str, Change] = {
        "update": Update("leads", row_id, {"title": "x"}, expect=expect),
        "require": Require("leads", row_id, expect),
        "delete": Delete("leads", row_id, expect),
    }
    change = changes[kind]
    if met:
        store.commit([change])
        return
    with pytest.raises(Conflict) as caught:
        store.commit([change])
    assert (caught.value.table, caught.value.id) == ("leads", row_id)
    assert one(store, "leads", row_id)["version"] == 1


def test_a_row_that_is_gone_conflicts(store: Store) -> None:
    for change in (Update("leads", "x", {"title": "a"}), Require("leads", "x"), Delete("leads", "x")):
        with pytest.raises(Conflict):
            store.commit([change])


def test_update_where_answers_how_many(store: Store) -> None:
    who = customer(store)["id"]
    lead = lead_insert(who)
    chat = conversation_insert(who, lead.row["id"])
    parts = [message_insert(chat.row, state=state) for state in ("queued", "scheduled", "sent")]
    store.commit([lead, chat, *parts])
    where: tuple[Where, ...] = (
        ("conversation_id", "eq", chat.row["id"]),
        ("state", "in", ("queued", "scheduled")),
    )
    done = store.commit([UpdateWhere("messages", where, {"state": "cancelled"})])[0]
    assert done.n == 2
    assert Counter(row["state"] for row in store.find("messages")) == {"cancelled": 2, "sent": 1}


def test_a_commit_is_all_or_nothing(store: Store) -> None:
    who = customer(store)["id"]
    store.commit([lead_insert(who, external_id="1")])
    with pytest.raises(Conflict):
        store.commit([lead_insert(who, external_id="2"), activity(), lead_insert(who, external_id="1")])
    assert len(store.find("leads")) == 1
    assert store.find("activities", order=("seq",)) == []


def test_a_broken_reference_is_an_error_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(StoreError):
        store.commit([lead_insert("nobody")])
    assert store.find("leads") == []


def test_one_refused_commit_does_not_hurt_those_beside_it(store: Store) -> None:
    who = customer(store)["id"]
    store.commit([lead_insert(who, external_id="taken")])
    outcomes: list[str] = []

    def work(number: int) -> None:
        try:
            store.commit([lead_insert(who, external_id="taken" if number % 4 == 0 else f"{number}"), activity()])
            outcomes.append("made")
        except Conflict:
            outcomes.append("refused")

    _at_once(work, 40)
    assert Counter(outcomes) == {"made": 30, "refused": 10}
    assert len(store.find("leads", limit=100)) == 31
    assert len(store.find("activities", order=("seq",), limit=100)) == 30


def _at_once(work: Any, count: int) -> None:
    barrier = threading.Barrier(min(count, 20))

    def run(number: int) -> None:
        if number < barrier.parties:
            barrier.wait()
        work(number)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --------------------------------------------------------------------------- use cases under fire


def test_added_counts_are_never_lost(store: Store) -> None:
    lead = lead_insert(customer(store)["id"])
    store.commit([lead])
    _at_once(lambda _: store.commit([Update("leads", lead.row["id"], add={"unread": 1})]), 40)
    row = one(store, "leads", lead.row["id"])
    assert (row["unread"], row["version"]) == (40, 41)


def test_the_same_event_at_once_is_one_row(store: Store) -> None:
    outcomes: list[bool] = []

    def receive(_: int) -> None:
        event = {"id": new_id(), "provider": "wazzup", "external_id": "hash", "body": "{}", "state": "received"}
        try:
            store.commit([Insert("inbox_events", event, now={"created_at": 0.0}), activity()])
            outcomes.append(True)
        except Conflict as conflict:
            outcomes.append(conflict.constraint != "provider,external_id")

    _at_once(receive, 20)
    assert outcomes.count(True) == 1
    assert len(store.find("inbox_events")) == 1
    assert len(store.find("activities", order=("seq",))) == 1


def test_no_reply_overlooks_a_newer_message(store: Store) -> None:
    who = customer(store)["id"]
    lead = lead_insert(who)
    chat = conversation_insert(who, lead.row["id"])
    store.commit([lead, chat])
    chat_id = chat.row["id"]

    def work(number: int) -> None:
        if number % 2:
            row = message_insert(chat.row, direction="in", author="customer", state="received")
            store.commit([Update("conversations", chat_id, add={"inbound_no": 1}), row, activity(data={"in": 1})])
            return
        seen = one(store, "conversations", chat_id)["inbound_no"]
        guard = Update("conversations", chat_id, expect={"inbound_no": seen, "mode": "bot"})
        try:
            store.commit([guard, message_insert(chat.row), activity(data={"answers": seen})])
        except Conflict:
            return

    _at_once(work, 40)
    arrived = 0
    for row in store.find("activities", order=("seq",), limit=100):
        arrived += "in" in row["data"]
        assert row["data"].get("answers", arrived) == arrived


def test_after_a_takeover_no_machine_part_waits(store: Store) -> None:
    who = customer(store)["id"]
    for _ in range(10):
        lead = lead_insert(who)
        chat = conversation_insert(who, lead.row["id"])
        store.commit([lead, chat])
        chat_id = chat.row["id"]

        def work(number: int, chat: Insert = chat, chat_id: str = chat_id) -> None:
            if number == 0:
                waiting: tuple[Where, ...] = (("conversation_id", "eq", chat_id), ("state", "eq", "queued"))
                stop = Update("conversations", chat_id, {"mode": "human"})
                store.commit([stop, UpdateWhere("messages", waiting, {"state": "cancelled"})])
                return
            try:
                store.commit([Update("conversations", chat_id, expect={"mode": "bot"}), message_insert(chat.row)])
            except Conflict:
                return

        _at_once(work, 4)
        assert not store.find("messages", [("conversation_id", "eq", chat_id), ("state", "eq", "queued")])


def test_of_two_movers_one_conflicts(store: Store) -> None:
    lead = lead_insert(customer(store)["id"])
    store.commit([lead])
    outcomes: list[str] = []

    def move(number: int) -> None:
        try:
            store.commit([Update("leads", lead.row["id"], {"position": float(number)}, expect={"version": 1})])
            outcomes.append("moved")
        except Conflict:
            outcomes.append("conflict")

    _at_once(move, 2)
    assert sorted(outcomes) == ["conflict", "moved"]


# --------------------------------------------------------------------------- reading


def test_every_operator(store: Store) -> None:
    who = customer(store)["id"]
    for n in range(5):
        store.commit([lead_insert(who, score=n, outcome="won" if n == 4 else None, external_id=str(n))])

    def scores(*where: Any) -> list[int]:
        return sorted(row["score"] for row in store.find("leads", list(where), limit=50))

    assert scores(("score", "eq", 2)) == [2]
    assert scores(("score", "ne", 2)) == [0, 1, 3, 4]
    assert scores(("score", "gt", 2)) == [3, 4]
    assert scores(("score", "gte", 2)) == [2, 3, 4]
    assert scores(("score", "lt", 2)) == [0, 1]
    assert scores(("score", "lte", 2)) == [0, 1, 2]
    assert scores(("score", "in", [0, 3, 9])) == [0, 3]
    assert scores(("score", "in", [])) == []
    assert scores(("outcome", "eq", None)) == [0, 1, 2, 3]
    assert scores(("outcome", "ne", None)) == [4]
    assert scores(("outcome", "ne", "won")) == [0, 1, 2, 3]
    assert scores(("score", "gt", 0), ("outcome", "eq", None)) == [1, 2, 3]


def test_conditions_hold_for_rows_in_hand_as_for_rows_in_the_store(store: Store) -> None:
    who = customer(store)["id"]
    for n in range(4):
        words = search_text("Ёлкин" if n % 2 else "Иванов")
        store.commit([lead_insert(who, score=n, outcome="won" if n == 3 else None, search_text=words)])
    rows = store.find("leads", limit=50)
    conditions: list[Where] = [
        ("score", "eq", 2), ("score", "ne", 2), ("score", "gt", 1), ("score", "in", [0, 3]), ("outcome", "eq", None),
        ("outcome", "ne", None), ("outcome", "ne", "won"), ("search_text", "has", "елкин"), ("outcome", "gt", "a"),
    ]  # fmt: skip
    for condition in conditions:
        there = {row["id"] for row in store.find("leads", [condition], limit=50)}
        assert {row["id"] for row in rows if matches(row, [condition])} == there, condition


def test_words_are_found_in_any_case_and_with_any_sign(store: Store) -> None:
    who = customer(store)["id"]
    made = lead_insert(who, search_text=search_text("Артём Ёлкин", "+79161112233", "100% *скидка_1"))
    store.commit([made, lead_insert(who, search_text="другой 5")])

    def found(needle: str) -> int:
        return len(store.find("leads", [("search_text", "has", needle)], limit=10))

    for needle in ("ЕЛКИН", "ёлк артем", "9161112233", "скидка_1", "100%"):
        assert found(needle) == 1, needle
    assert found("*5") == 1
    assert found("нет") == 0
    assert found("") == found("%") == 2


@pytest.mark.parametrize("desc", [False, True])
def test_pages_have_no_gaps_and_no_doubles_while_rows_come(store: Store, desc: bool) -> None:
    who = customer(store)["id"]
    made = [lead_insert(who, position=float(n // 3)) for n in range(20)]
    for lead in made:
        store.commit([lead])
    seen: list[str] = []
    after = None
    while page := store.find("leads", order=("position", "id"), limit=3, after=after, desc=desc):
        seen += [row["id"] for row in page]
        after = (page[-1]["position"], page[-1]["id"])
        store.commit([lead_insert(who, position=-1.0 if not desc else 99.0)])
    first = [lead.row["id"] for lead in sorted(made, key=lambda m: (m.row["position"], m.row["id"]), reverse=desc)]
    assert seen == first


# --------------------------------------------------------------------------- the board


def test_counts_and_sums_stay_true_through_a_random_life(store: Store) -> None:
    dice = random.Random(7)
    who = customer(store)["id"]
    users = []
    for n in range(2):
        user = {"id": f"u{n}", "email": f"{n}@x", "name": "А", "role": "manager", "password_hash": "x"}
        store.commit([Insert("users", user, now={"created_at": 0.0})])
        users.append(user["id"])
    ids: list[str] = []
    statuses = ["new", "in_progress", "pending", "confirmed", "closed"]
    for _ in range(250):
        action = dice.choice(["make", "make", "move", "value", "assign", "delete"])
        if action == "make" or not ids:
            money = {"value_minor": dice.randint(1, 10**9), "value_currency": dice.choice(["RUB", "USD"])}
            lead = lead_insert(who, status=dice.choice(statuses), **(money if dice.random() < 0.7 else {}))
            store.commit([lead])
            ids.append(lead.row["id"])
            continue
        target = dice.choice(ids)
        if action == "delete":
            ids.remove(target)
            store.commit([Delete("leads", target)])
            continue
        choices: dict[str, Row] = {
            "move": {"status": dice.choice(statuses)},
            "value": {"value_minor": dice.choice([None, dice.randint(1, 10**6)]), "value_currency": "RUB"},
            "assign": {"assignee_id": dice.choice([None, *users])},
        }
        store.commit([Update("leads", target, choices[action])])
    rows = store.find("leads", limit=1000)
    board = store.board([], 3)
    for status in statuses:
        mine = [row for row in rows if row["status"] == status]
        sums: Counter[str] = Counter()
        for row in mine:
            if row["value_minor"]:
                sums[row["value_currency"]] += row["value_minor"]
        assert board[status].count == len(mine)
        assert board[status].sums == dict(sums)
        assert [lead["id"] for lead in board[status].leads] == [
            row["id"] for row in sorted(mine, key=lambda r: (r["position"], r["id"]))[:3]
        ]
    filtered = store.board([("assignee_id", "eq", "u0")], 2)
    assert sum(column.count for column in filtered.values()) == sum(row["assignee_id"] == "u0" for row in rows)


def test_cards_carry_their_people(store: Store) -> None:
    user = {"id": "u", "email": "a@x", "name": "Алина К.", "role": "manager", "password_hash": "x"}
    store.commit([Insert("users", user, now={"created_at": 0.0})])
    who = customer(store, phone="+7900")
    store.commit([lead_insert(who["id"], assignee_id="u"), lead_insert(who["id"], position=1.0)])
    first, second = store.board([], 5)["new"].leads
    assert first["customer"] == {"id": who["id"], "name": "Анна", "phone": "+7900", "email": None}
    assert (first["assignee"]["name"], second["assignee"]) == ("Алина К.", None)


# --------------------------------------------------------------------------- listeners


def test_listeners_hear_of_their_table_after_the_commit(store: Store) -> None:
    heard: list[int] = []
    store.on_commit("customers", lambda: heard.append(len(store.find("customers"))))
    customer(store)
    store.commit([activity()])
    assert heard == [1]
