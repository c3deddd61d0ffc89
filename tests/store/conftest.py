"""The backends that the conformance suite runs over. Another one joins by one line in BACKENDS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from crystalbay.ids import new_id
from crystalbay.store import open_store
from crystalbay.store.interface import Insert, Row, Store

BACKENDS: dict[str, Callable[[Path], str]] = {
    "memory": lambda folder: "sqlite://",
    "file": lambda folder: f"sqlite:///{folder / 'store.db'}",
}


@pytest.fixture(params=list(BACKENDS))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(BACKENDS[request.param](tmp_path))
    yield opened
    opened.close()


def customer(store: Store, **given: object) -> Row:
    row: Row = {"id": new_id(), "name": "Анна", "search_text": ""} | given
    store.commit([Insert("customers", row, now={"created_at": 0.0})])
    return row


def lead_insert(customer_id: str, **given: object) -> Insert:
    row: Row = {
        "id": new_id(),
        "customer_id": customer_id,
        "stage": "new_request",
        "status": "new",
        "position": 0.0,
        "channel": "web",
        "source": "test",
        "trip": {},
        "evidence": {},
        "tags": [],
        "score_reasons": [],
    } | given
    return Insert("leads", row, now={"created_at": 0.0, "updated_at": 0.0})


def conversation_insert(customer_id: str, lead_id: str, **given: object) -> Insert:
    row: Row = {
        "id": new_id(),
        "customer_id": customer_id,
        "lead_id": lead_id,
        "provider": "wazzup",
        "channel": "whatsapp",
        "account": "c-1",
        "chat_type": "whatsapp",
        "external_chat_id": "7900",
        "chat_key": new_id(),
        "state": {},
    } | given
    return Insert("conversations", row, now={"created_at": 0.0})


def message_insert(conversation: Row, **given: object) -> Insert:
    row: Row = {
        "id": new_id(),
        "conversation_id": conversation["id"],
        "lead_id": conversation["lead_id"],
        "provider": "wazzup",
        "direction": "out",
        "author": "bot",
        "attachments": [],
        "choices": [],
        "offers": [],
        "answers": [],
        "state": "queued",
    } | given
    return Insert("messages", row, now={"created_at": 0.0})
