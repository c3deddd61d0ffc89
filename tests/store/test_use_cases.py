"""The use cases of the agency under fire: many threads, the same customer, the same event, the same card."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from crystalbay.errors import Conflict
from crystalbay.store.interface import Change, Insert, Store, Update
from tests.store import agency
from tests.store.rows import activity, add, at_once, customer, every, known_chat, lead, message, one

SENDERS = 20


def test_twenty_first_messages_of_one_customer_make_one_of_him(store: Store) -> None:
    for n in range(3):
        at_once(*(partial(agency.receive, store, f"chat-{n}", f"event-{n}-{m}") for m in range(SENDERS)))
        chat = store.find("conversations", [("chat_key", "eq", f"chat-{n}")])
        assert len(chat) == 1
        assert (chat[0]["unread"], chat[0]["inbound_no"]) == (SENDERS, SENDERS)
        assert one(store, "leads", chat[0]["lead_id"])["unread"] == SENDERS
        assert len(every(store, "messages", ("conversation_id", "eq", chat[0]["id"]))) == SENDERS
    assert len(every(store, "customers")) == len(every(store, "leads")) == len(every(store, "identities")) == 3
    for table in ("messages", "jobs", "activities", "inbox_events"):
        assert len(every(store, table)) == 3 * SENDERS, table


def test_the_same_event_five_times_at_once_is_stored_once(store: Store) -> None:
    for n in range(5):
        answers = at_once(*[partial(agency.receive, store, f"chat-{n}", f"event-{n}")] * 5)
        assert sorted(answers, key=str) == [False] * 4 + [True]
    tables = ("inbox_events", "customers", "leads", "conversations", "messages", "jobs", "activities")
    assert {table: len(every(store, table)) for table in tables} == dict.fromkeys(tables, 5)


def test_counts_that_are_added_are_never_lost(store: Store) -> None:
    chat = known_chat(store)
    at_once(*[lambda: store.commit([Update("conversations", chat["id"], add={"unread": 1})])] * 30)
    found = one(store, "conversations", chat["id"])
    assert (found["unread"], found["version"]) == (30, chat["version"] + 30)


def test_a_reply_is_dropped_when_newer_words_came(store: Store) -> None:
    chat = known_chat(store)
    reply = agency.draft(store, chat["id"])
    assert agency.receive(store, chat["chat_key"], "newer words")
    with pytest.raises(Conflict) as caught:
        store.commit(reply)
    assert (caught.value.table, caught.value.id) == ("conversations", chat["id"])
    assert not every(store, "messages", ("author", "eq", "bot"))
    assert not every(store, "activities", ("kind", "eq", "reply.queued"))
    assert agency.queue_reply(store, chat["id"])


def test_no_reply_overlooks_a_message(store: Store) -> None:
    chat = known_chat(store)
    writing = threading.Event()

    def write(sender: int) -> None:
        for n in range(15):
            assert agency.receive(store, chat["chat_key"], f"{sender}-{n}")

    def write_all() -> None:
        at_once(*(partial(write, sender) for sender in range(3)))
        writing.set()

    def answer() -> int:
        queued = 0
        while not writing.is_set():
            queued += agency.queue_reply(store, chat["id"])
        return queued + agency.queue_reply(store, chat["id"])

    _, *queued = at_once(write_all, answer, answer)
    arrived, replies = 0, 0
    for row in store.find("activities", order=("seq",), limit=100_000):
        if row["kind"] == "message.received":
            arrived += 1
            continue
        replies += 1
        assert row["data"]["seen"] == arrived
    assert arrived == 45
    assert replies == sum(queued) >= 1  # type: ignore[arg-type]


def test_after_a_takeover_nothing_of_the_machine_waits(store: Store) -> None:
    for _ in range(10):
        chat = known_chat(store)
        reply = partial(agency.queue_reply, store, chat["id"])
        cancelled, *queued = at_once(partial(agency.take_over, store, chat["id"]), reply, reply, reply)
        assert not every(store, "messages", *agency.machine_parts(chat["id"], "scheduled", "queued"))
        assert cancelled == queued.count(True) == len(every(store, "messages", ("conversation_id", "eq", chat["id"])))
        assert not agency.queue_reply(store, chat["id"])


def test_a_part_is_either_sent_or_cancelled(store: Store) -> None:
    for _ in range(10):
        chat = known_chat(store)
        parts = [message(chat, direction="out", author="bot", state="queued") for _ in range(3)]
        add(store, "messages", *parts)
        sends = [partial(agency.start_sending, store, part["id"]) for part in parts]
        cancelled, *sent = at_once(partial(agency.take_over, store, chat["id"]), *sends)
        states = [one(store, "messages", part["id"])["state"] for part in parts]
        assert states == ["sending" if went else "cancelled" for went in sent]
        assert cancelled == states.count("cancelled")


def test_of_two_who_move_a_card_one_hears_of_the_other(store: Store) -> None:
    who = customer()
    add(store, "customers", who)
    for _ in range(10):
        card = lead(who["id"])
        add(store, "leads", card)
        moves = [Update("leads", card["id"], {"position": place}, expect={"version": 1}) for place in (1.0, 2.0)]
        outcomes = at_once(*(partial(store.commit, [move, Insert("activities", activity())]) for move in moves))
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert [type(error) for error in refused] == [Conflict]
        moved = one(store, "leads", card["id"])
        assert moved["version"] == 2
        assert moved["position"] == (2.0 if isinstance(outcomes[0], BaseException) else 1.0)
    assert len(every(store, "activities")) == 10


def test_nothing_stays_with_a_customer_who_was_merged(store: Store) -> None:
    for _ in range(5):
        winner, loser = customer(), customer()
        card = lead(loser["id"])
        store.commit([Insert("customers", winner), Insert("customers", loser), Insert("leads", card)])
        opens = [partial(agency.open_conversation, store, loser["id"], card["id"])] * 3
        merged, *opened = at_once(partial(agency.merge, store, loser["id"], winner["id"]), *opens)
        assert merged is None
        assert not every(store, "conversations", ("customer_id", "eq", loser["id"]))
        assert len(every(store, "conversations", ("customer_id", "eq", winner["id"]))) == opened.count(True)
        assert one(store, "leads", card["id"])["customer_id"] == winner["id"]


def test_a_commit_whose_answer_was_lost_is_not_done_twice(store: Store) -> None:
    chat = known_chat(store)
    mine = activity("reply.queued")
    commit: list[Change] = [Update("conversations", chat["id"], add={"unread": 1}), Insert("activities", mine)]
    store.commit(commit)
    with pytest.raises(Conflict) as caught:
        store.commit(commit)
    assert (caught.value.table, caught.value.id, caught.value.constraint) == ("activities", mine["id"], "id")
    assert one(store, "conversations", chat["id"])["unread"] == 1
