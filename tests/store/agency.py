"""What services do with the store, in small: each function is one use case, one commit, and its answer to a Conflict.

The shapes are those of store_spike section 2; the services of the product build the same ones with more columns.
"""

from __future__ import annotations

from crystalbay.errors import Conflict
from crystalbay.ids import new_id
from crystalbay.store.interface import Change, Insert, InsertOnce, Require, Row, Store, Update, UpdateWhere, Where
from tests.store.rows import NOON, activity, conversation, customer, job, lead, message, one


def receive(store: Store, chat_key: str, event_id: str) -> bool:
    """A customer wrote. True when it was stored now, False when this event was known."""
    while True:
        try:
            store.commit([_raw(event_id), *_written(store, chat_key, event_id)])
        except Conflict as conflict:
            if conflict.table == "inbox_events":
                return False
            continue
        return True


def _raw(event_id: str) -> Insert:
    row = {"id": new_id(), "provider": "wazzup", "external_id": event_id, "body": "{}", "state": "processed"}
    return Insert("inbox_events", row | {"created_at": NOON})


def _written(store: Store, chat_key: str, event_id: str) -> list[Change]:
    known = store.find("conversations", [("chat_key", "eq", chat_key)], limit=1)
    if known:
        chat = known[0]
        before: list[Change] = [
            Update("conversations", chat["id"], add={"unread": 1, "inbound_no": 1}),
            Update("leads", chat["lead_id"], add={"unread": 1}),
        ]
    else:
        before, chat = _first_contact(chat_key)
    row = message(chat, external_id=event_id)
    work = job(key=f"process:{chat['id']}").row | {"idempotency_key": event_id, "run_at": NOON}
    made = activity("message.received", conversation_id=chat["id"], message_id=row["id"])
    once = InsertOnce("jobs", work, ("idempotency_key",))
    return [*before, Insert("messages", row), once, Insert("activities", made)]


def _first_contact(chat_key: str) -> tuple[list[Change], Row]:
    who = customer()
    card = lead(who["id"], open_key=who["id"], unread=1)
    chat = conversation(who["id"], card["id"], chat_key, unread=1, inbound_no=1)
    mine = {"id": new_id(), "customer_id": who["id"], "kind": "whatsapp", "value": chat_key, "created_at": NOON}
    rows = (("customers", who), ("identities", mine), ("leads", card), ("conversations", chat))
    return [Insert(table, row) for table, row in rows], chat


def draft(store: Store, chat_id: str) -> list[Change]:
    """The commit that queues a reply to all that the customer has written by now."""
    chat = one(store, "conversations", chat_id)
    guard = Update("conversations", chat_id, expect={"inbound_no": chat["inbound_no"], "mode": "bot"})
    part = message(chat, direction="out", author="bot", state="queued", answers=[chat["inbound_no"]])
    said = activity("reply.queued", conversation_id=chat_id, data={"seen": chat["inbound_no"]})
    return [guard, Insert("messages", part), job(key=f"deliver:{chat_id}"), Insert("activities", said)]


def queue_reply(store: Store, chat_id: str) -> bool:
    """False when the draft was dropped: newer words came, or a person took over."""
    try:
        store.commit(draft(store, chat_id))
    except Conflict:
        return False
    return True


def machine_parts(chat_id: str, *states: str) -> tuple[Where, ...]:
    return (("conversation_id", "eq", chat_id), ("author", "eq", "bot"), ("state", "in", states))


def take_over(store: Store, chat_id: str) -> int:
    """A person leads from now on. How many queued parts of the machine were cancelled."""
    stop = Update("conversations", chat_id, {"mode": "human"})
    cancel = UpdateWhere("messages", machine_parts(chat_id, "scheduled", "queued"), {"state": "cancelled"})
    return store.commit([stop, cancel, Insert("activities", activity("taken.over"))])[1].n


def start_sending(store: Store, message_id: str) -> bool:
    try:
        store.commit([Update("messages", message_id, {"state": "sending"}, expect={"state": "queued"})])
    except Conflict:
        return False
    return True


def merge(store: Store, loser_id: str, winner_id: str) -> None:
    """Everything of one customer becomes the other's."""
    theirs: tuple[Where, ...] = (("customer_id", "eq", loser_id),)
    store.commit(
        [
            Update("customers", loser_id, {"merged_into": winner_id}, expect={"merged_into": None}),
            UpdateWhere("conversations", theirs, {"customer_id": winner_id}),
            UpdateWhere("leads", theirs, {"customer_id": winner_id, "open_key": None}),
            Insert("activities", activity("customers.merged")),
        ]
    )


def open_conversation(store: Store, customer_id: str, lead_id: str) -> bool:
    """A new conversation under a customer who is still himself; False when he was merged meanwhile."""
    alone = Require("customers", customer_id, {"merged_into": None})
    try:
        store.commit([alone, Insert("conversations", conversation(customer_id, lead_id))])
    except Conflict:
        return False
    return True
