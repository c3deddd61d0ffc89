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


def notice(days: float) -> Row:
    return {"id": new_id(), "kind": "handover", "text": "Клиент ждёт", "created_at": ago(days)}


def read_mark(notice: Row) -> Row:
    return {"id": new_id(), "notice_id": notice["id"], "user_id": "u-1", "created_at": notice["created_at"]}


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


def test_notices_and_who_read_them_stay_for_thirty_days(store: Store) -> None:
    kept, old = [notice(29)], [notice(31) for _ in range(7)]
    add(store, "notices", *kept, *old)
    add(store, "notice_reads", *[read_mark(row) for row in (*kept, *old)])
    tidied(store)
    assert left(store, "notices") == ids(kept)
    assert {row["notice_id"] for row in store.find("notice_reads")} == ids(kept)


def test_old_searches_go_unless_somebody_waits_for_them(store: Store) -> None:
    kept = [search("done", 1.9), search("pending", 5), search("done", 5)]
    add(store, "searches", *kept, *[search(state, 3) for state in ("done", "failed") for _ in range(4)])
    chat = known_chat(store)
    store.commit([Update("conversations", chat["id"], {"waiting_for": kept[2]["id"]})])
    tidied(store)
    assert left(store, "searches") == ids(kept)
    tidied(store)
    assert left(store, "searches") == ids(kept)


def test_acts_upon_many_leads_are_forgotten_once_they_cannot_be_taken_back(store: Store) -> None:
    old, new = ({"id": new_id(), "user_id": "u-1", "data": {}, "created_at": ago(days)} for days in (2.1, 1.9))
    add(store, "bulk_acts", old, new)
    tidied(store)
    assert left(store, "bulk_acts") == {new["id"]}
