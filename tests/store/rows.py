"""Rows of a small agency, complete enough for the schema; and threads that start at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from crystalbay.ids import new_id
from crystalbay.store.interface import Insert, Row, Store, Where
from crystalbay.store.text import search_text

T = TypeVar("T")
NOON = datetime(2026, 5, 12, 12, 0, 0, 123456, tzinfo=UTC)


def user(**given: Any) -> Row:
    made = new_id()
    row = {"id": made, "email": f"{made}@crystalbay.example", "name": "Алина К.", "role": "manager"}
    return row | {"password_hash": "-", "created_at": NOON} | given


def customer(**given: Any) -> Row:
    row: Row = {"id": new_id(), "name": "Анна Соколова", "created_at": NOON} | given
    return {"search_text": search_text(row["name"])} | row


def lead(customer_id: str, **given: Any) -> Row:
    row: Row = {"id": new_id(), "customer_id": customer_id, "stage": "new_request", "status": "new", "position": 0.0}
    row |= {"channel": "whatsapp", "source": "wazzup", "created_at": NOON, "updated_at": NOON}
    return row | {"trip": {}, "evidence": {}, "tags": [], "score_reasons": []} | given


def conversation(customer_id: str, lead_id: str, chat_key: str | None = None, **given: Any) -> Row:
    made = new_id()
    row: Row = {"id": made, "customer_id": customer_id, "lead_id": lead_id, "provider": "wazzup", "state": {}}
    row |= {"channel": "whatsapp", "account": "main", "chat_type": "whatsapp", "external_chat_id": chat_key or made}
    return row | {"chat_key": chat_key or made, "created_at": NOON} | given


def message(of: Row, **given: Any) -> Row:
    """A message of the conversation `of`."""
    row: Row = {"id": new_id(), "conversation_id": of["id"], "lead_id": of["lead_id"], "provider": "wazzup"}
    row |= {"direction": "in", "author": "customer", "state": "received", "created_at": NOON}
    return row | {"attachments": [], "choices": [], "offers": [], "answers": []} | given


def activity(kind: str = "noted", **given: Any) -> Row:
    return {"id": new_id(), "kind": kind, "actor_kind": "system", "data": {}, "created_at": NOON} | given


def job(*, due_in: float = -1.0, **given: Any) -> Insert:
    """The change that adds a job; `due_in` seconds from the store's now."""
    row: Row = {"id": new_id(), "kind": "process", "payload": {}, "created_at": NOON} | given
    return Insert("jobs", row, now={"run_at": due_in})


def one(store: Store, table: str, row_id: str) -> Row:
    """The row with this id; there must be one."""
    rows = store.find(table, [("id", "eq", row_id)], order=("id",))
    assert len(rows) == 1, f"{len(rows)} rows of {table} with id {row_id}"
    return rows[0]


def every(store: Store, table: str, *where: Where) -> list[Row]:
    """All rows, in order of their ids."""
    return store.find(table, where, order=("id",), limit=100_000)


def add(store: Store, table: str, *rows: Row) -> None:
    store.commit([Insert(table, row) for row in rows])


def known_chat(store: Store) -> Row:
    """A customer with an open lead and a conversation; the conversation's row."""
    who = customer()
    card = lead(who["id"], open_key=who["id"])
    chat = conversation(who["id"], card["id"])
    store.commit([Insert("customers", who), Insert("leads", card), Insert("conversations", chat)])
    return one(store, "conversations", chat["id"])


def at_once(*works: Callable[[], T]) -> list[T | BaseException]:
    """Run all at the same moment, a thread each. What each answered or raised, in their order."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], T]) -> T:
        start.wait(10)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(run, work) for work in works]
    return [future.exception() or future.result() for future in futures]
