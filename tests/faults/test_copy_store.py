"""`copy-store`: from the embedded store into PostgreSQL or Supabase, killed in the middle, equal in the end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crystalbay.sandbox.supabase import SupabaseSandbox
from crystalbay.store import open_store
from crystalbay.store.copying import copied_tables
from crystalbay.store.functions import plain
from crystalbay.store.interface import Change, Insert, InsertOnce, Row, Store, Update
from tests.backends import SUPABASE_KEY, Address, Databases, backend_address
from tests.commands import done, flask, started
from tests.store.rows import NOON, activity, conversation, customer, job, lead, message, user

TABLES = ("users", "settings", "customers", "leads", "conversations", "messages", "activities", "jobs", "inbox_events")
STATUSES = ("new", "in_progress", "pending", "confirmed", "closed")


@contextmanager
def embedded(folder: Path) -> Iterator[Store]:
    with closing(open_store(f"sqlite:///{folder / 'crystalbay.db'}")) as store:
        yield store


def fill(store: Store, leads: int) -> None:
    """An agency with so many leads; a customer has four of them, two with a message."""
    managers = [user() for _ in range(3)]
    people = [customer(name=f"Ёлкин №{number}") for number in range(leads // 4)]
    cards = [_card(number, people[number // 4], managers) for number in range(leads)]
    chats = [conversation(who["id"], cards[number * 4]["id"]) for number, who in enumerate(people)]
    messages = [_said(number, chats[number // 4], card) for number, card in enumerate(cards) if number % 2]
    acts = [activity(lead_id=card["id"], data={"n": number, "x": 0.1}) for number, card in enumerate(cards[::8])]
    rows = [("users", managers), ("customers", people), ("leads", cards), ("conversations", chats)]
    for table, made in [*rows, ("messages", messages), ("activities", acts)]:
        for start in range(0, len(made), 5000):
            store.commit([Insert(table, row) for row in made[start : start + 5000]])
    store.commit([*_odds_and_ends(), *(job(key=f"k{number}") for number in range(50))])


def _card(number: int, who: Row, managers: list[Row]) -> Row:
    status = STATUSES[number % 5]
    mine = {"status": status, "position": number / 7, "updated_at": NOON + timedelta(microseconds=number)}
    if number % 3:
        mine |= {"assignee_id": managers[number % 3]["id"], "value_minor": number * 100 + 7, "value_currency": "RUB"}
    return lead(who["id"], trip={"city": "Анталья", "nights": [7, 10.5]}, tags=["vip", "😀"], **mine)


def _said(number: int, chat: Row, card: Row) -> Row:
    words = "Хотим\0в Турцию" if number == 3 else f"Хотим в Турцию, вариант {number} 'с кавычкой\" \\ %"
    return message(chat, text=words, created_at=NOON + timedelta(seconds=number)) | {"lead_id": card["id"]}


def _odds_and_ends() -> list[Change]:
    raw = {"provider": "wazzup", "state": "processed", "body": "я" * 200_000}
    bodies = [raw | {"id": f"e{number}", "external_id": f"{number}"} for number in range(12)]
    office = {"id": "office", "value": {"hours": None, "days": [], "deep": {"a": [{"b": 1.5}]}}, "created_at": NOON}
    return [Insert("settings", office), *(Insert("inbox_events", row, now={"created_at": 0}) for row in bodies)]


def every(store: Store, table: str) -> list[Row]:
    key = "seq" if table in ("activities", "jobs") else "id"
    return [plain(row) for row in store.find(table, order=(key,), limit=1_000_000)]


def check_equal(folder: Path, target: Store) -> None:
    with embedded(folder) as source:
        for table in TABLES:
            assert every(source, table) == every(target, table), table
        ours, theirs = source.board((), 5), target.board((), 5)
        assert {name: (c.count, c.sums) for name, c in ours.items()} == {
            name: (c.count, c.sums) for name, c in theirs.items()
        }
        last = source.find("leads", order=("number",), limit=1, desc=True)[0]
    made = target.commit([Insert("leads", lead(last["customer_id"])), job(), Insert("activities", activity())])
    assert made[0].row["number"] == last["number"] + 1, "new leads get the next number"


def copy_killed(env: dict[str, str], to: str, folder: Path, tables: int) -> dict[str, Any]:
    """Kill a copy after it has finished so many tables, in the middle of the next one. What it noted."""
    running = started(env, "copy-store", "--to", to)
    path = folder / "copy-store.json"
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert running.poll() is None, running.communicate()[1]
            told: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
            if told and len(told["done"]) >= tables and told["rows"] and told["table"] not in told["done"]:
                return told
            time.sleep(0.01)
        raise AssertionError("it never came so far")
    finally:
        running.kill()
        running.communicate()


@pytest.mark.slow
def test_a_copy_that_is_killed_twice_equals_the_source(databases: Databases, tmp_path: Path) -> None:
    with embedded(tmp_path) as store:
        fill(store, 20_000)
    env = {"DATA_DIR": str(tmp_path)}
    with databases.empty() as dsn:
        first = copy_killed(env, dsn, tmp_path, copied_tables().index("leads"))
        assert first["table"] == "leads"
        second = copy_killed(env, dsn, tmp_path, copied_tables().index("messages"))
        assert second["table"] == "messages"
        said = done(env, "copy-store", "--to", dsn)
        assert "Going on in messages" in said
        assert f"{'leads':14} {20_000:9}  yes" in said
        assert not (tmp_path / "copy-store.db").exists()
        with closing(open_store(dsn)) as target:
            check_equal(tmp_path, target)


@pytest.fixture(params=["postgres", "supabase"])
def target(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


def env_for(folder: Path, target: Address) -> dict[str, str]:
    return {"DATA_DIR": str(folder)} | ({"PROJECT_KEY": target.key} if target.key else {})


def words_for(target: Address) -> tuple[str, ...]:
    return ("copy-store", "--to", target.url, *(("--key-env", "PROJECT_KEY") if target.key else ()))


def test_a_small_copy_is_equal_and_later_changes_can_follow(target: Address, tmp_path: Path) -> None:
    env, words = env_for(tmp_path, target), words_for(target)
    with embedded(tmp_path) as store:
        fill(store, 1_200)
    assert "The copy equals the store" in done(env, *words)
    refused = flask(env, *words)
    assert refused.returncode == 2
    assert "--again" in refused.stderr
    with embedded(tmp_path) as store:
        changed = store.find("leads", limit=1)[0]
        store.commit([Update("leads", changed["id"], {"title": "Позже"}), Insert("customers", customer())])
    said = done(env, *words, "--again")
    assert "leads: 0 rows were missing, 1 different; brought over" in said
    assert "customers: 1 rows were missing, 0 different; brought over" in said
    with closing(target.open()) as copied:
        check_equal(tmp_path, copied)


def test_files_of_messages_go_with_a_copy_to_supabase(databases: Databases, tmp_path: Path) -> None:
    with databases.empty() as dsn, SupabaseSandbox(dsn) as project:
        target = Address(f"supabase+{project.url}", SUPABASE_KEY)
        env, words = env_for(tmp_path, target), words_for(target)
        passport, lost = ({"id": name, "state": "stored", "mime": "image/png"} for name in ("a-1", "b-2"))
        with embedded(tmp_path) as store:
            fill(store, 4)
            said = store.find("messages", limit=1)[0]
            store.commit([Update("messages", said["id"], {"attachments": [passport, lost, {"state": "remote"}]})])
        (tmp_path / "attachments").mkdir()
        (tmp_path / "attachments" / "a-1").write_bytes(b"a passport")
        told = done(env, *words)
        assert "Files of messages: 1 brought over, 0 were there, 1 are lacking" in told
        assert (tmp_path / "attachments" / "a-1").exists()
        assert "0 brought over, 1 were there" in done(env, *words, "--again")
        with closing(target.open()) as copied:
            assert b"".join(copied.files(tmp_path).read("a-1")) == b"a passport"


def test_rows_that_only_the_target_has_are_told(databases: Databases, tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    with embedded(tmp_path) as store:
        fill(store, 100)
    with databases.empty() as dsn, closing(open_store(dsn)) as target:
        done(env, "copy-store", "--to", dsn)
        target.commit([Insert("customers", customer())])
        ended = flask(env, "copy-store", "--to", dsn, "--again")
    assert ended.returncode == 1
    assert "no: 1 only in the target" in ended.stdout


def test_a_target_with_other_data_is_refused(databases: Databases, tmp_path: Path) -> None:
    env = {"DATA_DIR": str(tmp_path)}
    with embedded(tmp_path) as store:
        fill(store, 4)
    with databases.empty() as dsn, closing(open_store(dsn)) as target:
        target.commit([InsertOnce("users", user(), ("id",))])
        refused = flask(env, "copy-store", "--to", dsn)
    assert refused.returncode == 2
    assert "--to: this database already holds data (users)" in refused.stderr


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("mysql://x", "--to: allowed are"),
        ("https://x.supabase.co", "SUPABASE_KEY: is empty"),
        ("postgresql://me:hid@den@127.0.0.1:1/x", "failed to resolve host"),
    ],
)
def test_a_wrong_target_is_told_without_its_password(tmp_path: Path, to: str, words: str) -> None:
    done({"DATA_DIR": str(tmp_path)}, "migrate")
    refused = flask({"DATA_DIR": str(tmp_path)}, "copy-store", "--to", to)
    assert refused.returncode in (1, 2)
    assert words in refused.stderr
    assert "hid" not in refused.stderr
    assert "den@" not in refused.stderr
