"""Killed at random moments while the store comes and goes: nothing acknowledged is lost, doubled or out of order."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import defaultdict
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

import main
from crystalbay.store.interface import Row, Store
from tests.faults import journal_writer
from tests.faults.outages import Place
from tests.world import eventually

KILLS, KILLS_ON_A_SERVER = 50, 6
"""A PostgreSQL server needs a second to come and go, a lock does not."""


FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.faults.journal_writer"])  # each writer is a process that has imported everything


@pytest.mark.slow
def test_kills_during_outages_lose_double_and_misplace_nothing(place: Place, tmp_path: Path) -> None:
    place.address.open().close()
    acknowledged: dict[str, list[int]] = defaultdict(list)
    for kill in range(KILLS_ON_A_SERVER if place.address.dsn else KILLS):
        lines = one_life(place, tmp_path, first=kill * 100_000)
        for line in lines:
            chat, number = line.split()
            acknowledged[chat].append(int(number))
    store = come_to_rest(place, tmp_path)
    try:
        for chat in journal_writer.CHATS:
            found = [int(row["text"]) for row in messages(store, chat)]
            assert len(found) == len(set(found)), "doubled"
            assert set(acknowledged[chat]) <= set(found), "lost"
            assert found == sorted(found), "out of order"
        assert sum(map(len, acknowledged.values())) > 100
        assert {row["state"] for row in every(store, "inbox_events")} == {"processed"}
    finally:
        store.close()


def one_life(place: Place, folder: Path, first: int) -> list[str]:
    """A writer from its start to its violent end, the store away for a part of it. What it acknowledged."""
    dice = random.Random()
    theirs, ours = FORKS.Pipe(duplex=False)[::-1]
    process = FORKS.Process(
        target=journal_writer.run, args=(replace(place.address, sandbox=None), folder, first, theirs)
    )
    process.start()
    theirs.close()
    with ours, open(ours.fileno(), "rb", closefd=False) as acknowledged, ExitStack() as outage:
        assert acknowledged.readline() == b"\n"
        time.sleep(dice.uniform(0.0, 0.2))
        outage.enter_context(place.away())
        time.sleep(dice.uniform(0.05, 0.4))
        if dice.random() < 0.5:  # else it dies without the store
            outage.close()
            time.sleep(dice.uniform(0.0, 0.3))
        process.kill()
        process.join()
        return [line.decode() for line in acknowledged if line.endswith(b"\n")]


def come_to_rest(place: Place, folder: Path) -> Store:
    """The store after everything that was kept was replayed and taken."""
    ctx = main.build_context(journal_writer.settings(place.address, folder))
    recovery, runner = journal_writer.start(ctx)

    def done() -> bool:
        taken = [("kind", "in", ("ingest", "replayed")), ("state", "in", ("ready", "running"))]
        return not ctx.journal.waits and not ctx.store.find("jobs", taken, order=("seq",), limit=1)  # type: ignore[arg-type]

    eventually(done, 120, "the journal was never empty")
    recovery.stop()
    runner.stop()
    return ctx.store


def messages(store: Store, chat: str) -> list[Row]:
    conversation = store.find("conversations", [("external_chat_id", "eq", chat)], limit=2)
    assert len(conversation) == 1
    return every(store, "messages", conversation_id=conversation[0]["id"])


def every(store: Store, table: str, **equal: str) -> list[Row]:
    found: list[Row] = []
    while page := store.find(
        table,
        [(name, "eq", value) for name, value in equal.items()],
        limit=500,
        after=[found[-1]["created_at"], found[-1]["id"]] if found else None,
    ):
        found += page
    return found
