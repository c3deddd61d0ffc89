"""The embedded file: migrations are the metadata, newer files are refused, a lock is said so, kills lose nothing."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from crystalbay.errors import ConfigError, StoreUnavailable
from crystalbay.store import open_store
from crystalbay.store.interface import Insert, Store, Update
from crystalbay.store.migrations import FOLDER, numbered
from crystalbay.store.migrations.__main__ import render
from crystalbay.store.schema import metadata
from tests.store.conftest import customer, lead_insert

ROOT = Path(__file__).parents[2]


def test_the_migrations_build_what_the_metadata_says(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    found = inspect(create_engine(f"sqlite:///{path}"))
    assert set(found.get_table_names()) == set(metadata.tables)
    for name, table in metadata.tables.items():
        columns = {column["name"]: column for column in found.get_columns(name)}
        assert list(columns) == [column.name for column in table.c], name
        for column in table.c:
            there = columns[column.name]
            assert there["nullable"] == bool(column.nullable), (name, column.name)
            assert str(there["type"]).split("(")[0] == str(column.type).split("(")[0], (name, column.name)
        assert {index["name"] for index in found.get_indexes(name)} == {index.name for index in table.indexes}


def test_the_first_migration_is_the_rendered_schema() -> None:
    assert (FOLDER / "0001_initial.sql").read_text(encoding="utf-8") == render()


def test_opening_again_runs_nothing_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    first = open_store(url)
    who = customer(first)
    first.close()
    again = open_store(url)
    assert again.find("customers")[0]["id"] == who["id"]
    again.close()


def test_a_file_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(f"sqlite:///{path}").close()
    newest = numbered()[-1][0]
    raw = sqlite3.connect(path)
    raw.execute(f"pragma user_version = {newest + 1}")
    raw.close()
    with pytest.raises(ConfigError, match=f"version {newest + 1}, this program knows {newest}"):
        open_store(f"sqlite:///{path}")


@pytest.mark.parametrize("url", ["postgresql://localhost/x", "supabase:"])
def test_other_databases_are_refused_by_name(url: str) -> None:
    with pytest.raises(ConfigError, match="DATABASE_URL"):
        open_store(url)


def test_two_processes_may_migrate_one_new_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_open_and_close, [url, url]) == [True, True]


def _open_and_close(url: str) -> bool:
    open_store(url).close()
    return True


CALLS: dict[str, Callable[[Store], Any]] = {
    "commit": lambda store: store.commit([Update("customers", "x", {"name": "y"})]),
    "claim_jobs": lambda store: store.claim_jobs("me", 1, 5.0),
    "renew_jobs": lambda store: store.renew_jobs("me", [("x", 1)], 5.0),
    "take_lease": lambda store: store.take_lease("l", "me", 5.0),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_a_locked_database_is_said_to_be_out_of_reach(tmp_path: Path, name: str) -> None:
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    job = {"id": "j", "kind": "k", "payload": {}}
    store.commit([Insert("jobs", job, now={"run_at": 0.0, "created_at": 0.0})])
    store._writer._raw.execute("pragma busy_timeout = 50")  # type: ignore[attr-defined]
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    with pytest.raises(StoreUnavailable):
        CALLS[name](store)
    assert store.find("jobs", order=("seq",))[0]["state"] == "ready"
    other.execute("rollback")
    who = customer(store)
    assert store.find("customers")[0]["id"] == who["id"]
    store.close()
    other.close()


def test_reads_go_on_while_somebody_writes(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    who = customer(store)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("begin immediate")
    assert store.find("customers")[0]["id"] == who["id"]
    assert store.board([], 5)["new"].count == 0
    store.ping()
    other.execute("rollback")
    other.close()
    store.close()


@pytest.mark.slow
def test_ten_kills_lose_no_acknowledged_commit(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    dice = random.Random(3)
    acknowledged: list[str] = []
    for _ in range(10):
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.store.writer", f"sqlite:///{path}"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert child.stdout
        assert child.stdout.readline() == "writing\n"
        time.sleep(dice.uniform(0.05, 0.3))
        os.kill(child.pid, signal.SIGKILL)
        acknowledged += [line.strip() for line in child.stdout if line.endswith("\n")]
        child.wait()
    store = open_store(f"sqlite:///{path}")
    found = {row["external_id"] for row in store.find("leads", limit=100_000)}
    assert len(acknowledged) > 50
    assert set(acknowledged) <= found
    board = store.board([], 1)
    assert board["new"].count == len(found)
    store.close()
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchone() == ("ok",)


def test_a_lead_needs_its_customer(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    store.commit([lead_insert(customer(store)["id"])])
    assert len(store.find("leads")) == 1
    store.close()
