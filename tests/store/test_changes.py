"""The six changes, and that a commit happens whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from crystalbay.errors import Conflict, StoreError, StoreUnavailable
from crystalbay.store.interface import Change, Delete, Insert, InsertOnce, Require, Store, Update, UpdateWhere
from tests.store.rows import NOON, activity, add, customer, every, job, known_chat, lead, message, one, user


def test_an_insert_keeps_defaults_and_answers_what_the_database_numbered(store: Store) -> None:
    who = customer()
    card = lead(who["id"])
    made = store.commit([Insert("customers", who), Insert("leads", card), Insert("activities", activity())])
    assert [(done.n, done.new) for done in made] == [(1, True)] * 3
    assert made[1].row == card | {"number": 1}
    assert made[2].row["seq"] >= 1
    found = one(store, "leads", card["id"])
    assert found["number"] == 1
    assert {name: found[name] for name in ("version", "score", "urgency", "mode", "unread", "title")} == {
        "version": 1, "score": 0, "urgency": "normal", "mode": "bot", "unread": 0, "title": "",
    }  # fmt: skip
    assert found["assignee_id"] is None


def test_leads_and_activities_are_numbered_upwards(store: Store) -> None:
    who = customer()
    add(store, "customers", who)
    numbers = [store.commit([Insert("leads", lead(who["id"]))])[0].row["number"] for _ in range(3)]
    seqs = [store.commit([Insert("activities", activity())])[0].row["seq"] for _ in range(3)]
    assert numbers == sorted(set(numbers))
    assert seqs == sorted(set(seqs))


def test_an_update_sets_adds_and_raises_the_version(store: Store) -> None:
    chat = known_chat(store)
    done = store.commit([Update("conversations", chat["id"], {"mode": "human"}, add={"unread": 2, "inbound_no": 1})])
    assert done[0].n == 1
    found = one(store, "conversations", chat["id"])
    assert (found["mode"], found["unread"], found["inbound_no"]) == ("human", 2, 1)
    assert found["version"] == chat["version"] + 1
    assert found["chat_key"] == chat["chat_key"]


def test_now_is_the_stores_clock_plus_seconds(store: Store) -> None:
    before = datetime.now(UTC)
    added = job(due_in=60)
    store.commit([added])
    assert before + timedelta(seconds=59) < one(store, "jobs", added.row["id"])["run_at"]
    store.commit([Update("jobs", added.row["id"], now={"run_at": -5.0, "finished_at": 0.0})])
    found = one(store, "jobs", added.row["id"])
    assert timedelta(seconds=4) < found["finished_at"] - found["run_at"] <= timedelta(seconds=5)
    assert found["finished_at"] <= datetime.now(UTC) + timedelta(seconds=1)


@pytest.mark.parametrize(
    "expect",
    [
        {"version": 1},
        {"mode": "bot", "unread": 0},
        {"last_message_at": None},
        {"answerable": True},
        {"version": 1, "waiting_for": None, "process_queued": False},
    ],
    ids=str,
)
def test_a_met_expectation_lets_the_change_through(store: Store, expect: dict[str, Any]) -> None:
    chat = known_chat(store)
    store.commit([Require("conversations", chat["id"], expect), Update("conversations", chat["id"], {}, expect=expect)])
    assert one(store, "conversations", chat["id"])["version"] == 2


@pytest.mark.parametrize("change", [Update, Require, Delete])
@pytest.mark.parametrize(
    "expect",
    [{"version": 7}, {"waiting_for": "a search"}, {"mode": None}, {"version": 1, "mode": "human"}],
    ids=str,
)
def test_an_unmet_expectation_is_a_conflict_that_names_the_row(
    store: Store, change: type[Update | Require | Delete], expect: dict[str, Any]
) -> None:
    chat = known_chat(store)
    with pytest.raises(Conflict) as caught:
        store.commit([change("conversations", chat["id"], expect=expect)])
    assert (caught.value.table, caught.value.id, caught.value.constraint) == ("conversations", chat["id"], None)
    assert one(store, "conversations", chat["id"]) == chat


@pytest.mark.parametrize("change", [Update("users", "nobody"), Require("users", "nobody"), Delete("users", "nobody")])
def test_a_row_that_is_gone_is_a_conflict(store: Store, change: Change) -> None:
    with pytest.raises(Conflict) as caught:
        store.commit([change])
    assert (caught.value.table, caught.value.id) == ("users", "nobody")


def test_an_expected_time_is_compared_as_a_moment(store: Store) -> None:
    chat = known_chat(store)
    moment = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
    store.commit([Update("conversations", chat["id"], {"last_message_at": moment})])
    in_moscow = datetime.fromisoformat("2026-06-01T18:00:00+03:00")
    store.commit([Require("conversations", chat["id"], {"last_message_at": in_moscow})])
    with pytest.raises(Conflict):
        store.commit([Require("conversations", chat["id"], {"last_message_at": moment + timedelta(microseconds=1)})])


def test_a_taken_value_is_a_conflict_that_names_the_columns(store: Store) -> None:
    who = customer()
    card = lead(who["id"], external_id="A-1")
    store.commit([Insert("customers", who), Insert("leads", card)])
    second = lead(who["id"], external_id="A-1")
    with pytest.raises(Conflict) as caught:
        store.commit([Insert("leads", second)])
    assert (caught.value.table, caught.value.constraint) == ("leads", "source,external_id")
    assert caught.value.id == second["id"]
    with pytest.raises(Conflict) as caught:
        store.commit([Insert("customers", customer(id=who["id"]))])
    assert (caught.value.table, caught.value.constraint) == ("customers", "id")


@pytest.mark.parametrize("many", [False, True], ids=["Update", "UpdateWhere"])
def test_a_change_to_a_taken_value_is_the_same_conflict(store: Store, many: bool) -> None:
    first, second = user(email="a@crystalbay.example"), user(email="b@crystalbay.example")
    add(store, "users", first, second)
    taken = {"email": first["email"]}
    with pytest.raises(Conflict) as caught:
        store.commit(
            [
                UpdateWhere("users", (("id", "eq", second["id"]),), taken)
                if many
                else Update("users", second["id"], taken)
            ]
        )
    assert (caught.value.table, caught.value.constraint) == ("users", "email")
    assert caught.value.id == (None if many else second["id"])
    assert one(store, "users", second["id"])["email"] == second["email"]


def test_null_never_collides(store: Store) -> None:
    who = customer()
    store.commit([Insert("customers", who), *(Insert("leads", lead(who["id"])) for _ in range(3))])
    assert [row["open_key"] for row in every(store, "leads")] == [None] * 3


def test_insert_once_answers_the_row_that_was_there(store: Store) -> None:
    first = job(kind="search", idempotency_key="search:1", payload={"city": "Москва"}).row | {
        "run_at": job().row["created_at"]
    }
    again = first | {"id": "another", "payload": {"city": "Казань"}}
    made, known = store.commit(
        [InsertOnce("jobs", first, ("idempotency_key",)), InsertOnce("jobs", again, ("idempotency_key",))]
    )
    assert (made.n, made.new) == (1, True)
    assert (known.n, known.new) == (0, False)
    assert known.row == one(store, "jobs", first["id"])
    assert known.row["payload"] == {"city": "Москва"}
    assert known.row["seq"] == made.row["seq"]
    assert len(every(store, "jobs")) == 1


def test_insert_once_on_two_columns_of_a_table_that_numbers_nothing(store: Store) -> None:
    who = customer()
    add(store, "customers", who)
    row = {
        "id": "i-1",
        "customer_id": who["id"],
        "kind": "phone",
        "value": "+79001112233",
        "created_at": who["created_at"],
    }
    change = InsertOnce("identities", row, ("kind", "value"))
    assert store.commit([change])[0].new
    second = store.commit([InsertOnce("identities", row | {"id": "i-2"}, ("kind", "value"))])[0]
    assert (second.new, second.row["id"]) == (False, "i-1")


def test_insert_once_still_conflicts_on_another_unique_value(store: Store) -> None:
    row = user(email="a@crystalbay.example")
    add(store, "users", row)
    with pytest.raises(Conflict) as caught:
        store.commit([InsertOnce("users", user(email="a@crystalbay.example"), ("id",))])
    assert caught.value.constraint == "email"


def test_update_where_counts_and_touches_only_what_matches(store: Store) -> None:
    chat, other = known_chat(store), known_chat(store)
    parts = [message(chat, author="bot", state=state) for state in ("scheduled", "queued", "sent")]
    kept = message(other, author="bot", state="queued")
    add(store, "messages", *parts, kept)
    waiting = (("conversation_id", "eq", chat["id"]), ("author", "eq", "bot"), ("state", "in", ("scheduled", "queued")))
    cancel = UpdateWhere("messages", waiting, {"state": "cancelled"})  # type: ignore[arg-type]
    assert store.commit([cancel])[0].n == 2
    assert [one(store, "messages", part["id"])["state"] for part in parts] == ["cancelled", "cancelled", "sent"]
    assert [one(store, "messages", part["id"])["version"] for part in parts] == [2, 2, 1]
    assert one(store, "messages", kept["id"])["state"] == "queued"
    assert store.commit([cancel])[0].n == 0
    assert store.commit([UpdateWhere("messages", (("id", "in", ()),), {"state": "failed"})])[0].n == 0


def test_require_changes_nothing(store: Store) -> None:
    chat = known_chat(store)
    assert store.commit([Require("conversations", chat["id"], {"version": 1})])[0].n == 1
    assert one(store, "conversations", chat["id"]) == chat


def test_delete_removes_the_row(store: Store) -> None:
    row = user()
    add(store, "users", row)
    assert store.commit([Delete("users", row["id"], expect={"version": 1})])[0].n == 1
    assert not every(store, "users")


def test_an_empty_commit_does_nothing(store: Store) -> None:
    assert store.commit([]) == []


WRONG: dict[str, Change] = {
    "a guard": Update("users", "nobody"),
    "no parent": Insert("messages", message({"id": "no such chat", "lead_id": "no such lead"})),
    "null": Insert("users", user(name=None)),
    "a Decimal": Insert("users", user(name=Decimal(1))),
    "a time without its zone": Insert("users", user(created_at=datetime(2026, 5, 12))),
    "a time as text": Insert("users", user(created_at="2026-05-12")),
    "half a character": Insert("users", user(name="\ud83d")),
    "not a boolean": Insert("users", user(active="yes")),
    "not plain data": Insert("settings", {"id": "office", "value": {1, 2}, "created_at": NOON}),
    "no such column": Insert("users", user(shoe_size=44)),
    "no such table": Insert("shoes", {"id": "1"}),
    "too large": Update("leads", "any", {"score": 2**80}),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("place", ["first", "last"])
def test_one_wrong_change_undoes_the_whole_commit(store: Store, wrong: Change, place: str) -> None:
    chat = known_chat(store)
    right: list[Change] = [
        Insert("users", user()),
        Update("conversations", chat["id"], {"mode": "human"}, add={"unread": 1}),
        UpdateWhere("leads", (("id", "eq", chat["lead_id"]),), {"title": "Турция"}),
        Insert("activities", activity()),
    ]
    with pytest.raises((StoreError, ValueError, TypeError, KeyError, AttributeError, OverflowError)) as caught:
        store.commit([wrong, *right] if place == "first" else [*right, wrong])
    assert not isinstance(caught.value, StoreUnavailable)
    assert not every(store, "users")
    assert not every(store, "activities")
    assert one(store, "conversations", chat["id"]) == chat
    assert one(store, "leads", chat["lead_id"])["title"] == ""
    store.commit(right)
    assert len(every(store, "users")) == 1


def test_a_parent_with_children_cannot_be_deleted(store: Store) -> None:
    chat = known_chat(store)
    with pytest.raises(StoreError, match=r"(?i)foreign key"):
        store.commit([Delete("customers", chat["customer_id"])])
    assert one(store, "customers", chat["customer_id"])


def test_listeners_hear_of_commits_that_change_their_table_and_of_no_others(store: Store) -> None:
    heard: list[str] = []
    store.on_commit("jobs", lambda: heard.append("jobs"))
    store.on_commit("users", lambda: heard.append("users"))
    store.commit([job(), job(), Insert("activities", activity())])
    assert heard == ["jobs"]
    with pytest.raises(Conflict):
        store.commit([Insert("users", user()), Update("users", "nobody")])
    assert heard == ["jobs"]
