"""What is forgotten after its time, in every store, and what is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import cast

import pytest

from crystalbay.clock import SystemClock
from crystalbay.ids import new_id
from crystalbay.services import retention
from crystalbay.services.context import Context
from crystalbay.store.interface import Row, Store, Update
from tests.store.rows import add, every, known_chat

CLOCK = SystemClock()


class Office:
    """As much of a context as tidying needs."""

    def __init__(self, store: Store) -> None:
        self.store, self.clock = store, CLOCK


def tidied(store: Store) -> None:
    assert retention.tidy(cast(Context, Office(store))) == []


def ago(days: float) -> datetime:
    return CLOCK.now() - timedelta(days=days)


def job(state: str, days: float) -> Row:
    at = ago(days)
    row = {"id": new_id(), "kind": "process", "payload": {}, "state": state, "run_at": at, "created_at": at}
    return row | {"finished_at": at if state in ("done", "dead") else None}


def search(state: str, days: float, **given: object) -> Row:
    at = ago(days)
    row = {"id": new_id(), "query": {}, "state": state, "created_at": at}
    return row | {"fetched_at": None if state == "pending" else at} | given


def notice(days: float, *, read: bool) -> Row:
    at = ago(days)
    return {
        "id": new_id(),
        "kind": "handover",
        "text": "Клиент ждёт",
        "created_at": at,
        "read_at": at if read else None,
    }


def left(store: Store, table: str) -> set[str]:
    return {row["id"] for row in every(store, table)}


def ids(rows: list[Row]) -> set[str]:
    return {row["id"] for row in rows}


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)


def test_dead_jobs_stay_for_thirty_days(store: Store) -> None:
    kept = [job("dead", 29), job("ready", 60), job("running", 60), job("done", 2)]
    add(store, "jobs", *kept, *[job("dead", 31) for _ in range(7)], job("done", 4))
    tidied(store)
    assert left(store, "jobs") == ids(kept)


def test_read_notices_stay_for_thirty_days_and_unread_ones_until_they_are_read(store: Store) -> None:
    kept = [notice(29, read=True), notice(90, read=False)]
    add(store, "notices", *kept, *[notice(31, read=True) for _ in range(7)])
    tidied(store)
    assert left(store, "notices") == ids(kept)


def test_old_searches_go_unless_somebody_waits_for_them(store: Store) -> None:
    kept = [search("done", 1.9), search("pending", 5), search("done", 5)]
    add(store, "searches", *kept, *[search(state, 3) for state in ("done", "failed") for _ in range(4)])
    chat = known_chat(store)
    store.commit([Update("conversations", chat["id"], {"waiting_for": kept[2]["id"]})])
    tidied(store)
    assert left(store, "searches") == ids(kept)
    tidied(store)
    assert left(store, "searches") == ids(kept)
