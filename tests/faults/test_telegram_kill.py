"""The bridge and the application are killed while customers write by Telegram: nothing is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import Any

import pytest

from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.store import open_store
from crystalbay.store.interface import Row, Store, Where
from tests.backends import backend_address
from tests.process import AppProcess
from tests.world import eventually

USERS, UPDATES, KILLS = 50, 1000, 20
FIRST_USER = 7_000_001


@pytest.fixture
def telegram() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as sandbox:
        yield sandbox


@pytest.fixture
def samo() -> Iterator[SamoSandbox]:
    with SamoSandbox() as sandbox:
        yield sandbox


def settings(folder: Path, telegram: TelegramSandbox, samo: SamoSandbox, **more: str) -> dict[str, str]:
    return {
        "APP_ENV": "development",
        "DATABASE_URL": f"sqlite:///{folder / 'store.db'}",
        "DATA_DIR": str(folder),
        "DEBOUNCE_S": "0.3",
        "SAMO_API_URL": samo.php_url,
        "SAMO_OAUTH_TOKEN": "test-samo-token",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.api_url,
        "LOG_LEVEL": "ERROR",
    } | more


def bridges() -> list[int]:
    """The bridge processes of this machine that belong to tests: they speak to a sandbox."""
    found = subprocess.run(["pgrep", "-f", "bot.py"], capture_output=True, text=True, check=False).stdout.split()
    return [int(pid) for pid in found if _environ(int(pid)).get("CRYSTALBAY_BRIDGE_URL")]


def _environ(pid: int) -> dict[str, str]:
    with suppress(OSError):
        held = Path(f"/proc/{pid}/environ").read_bytes().decode(errors="replace")
        return dict(pair.split("=", 1) for pair in held.split("\0") if "=" in pair)
    return {}


def bridges_of(app: AppProcess) -> list[int]:
    return [pid for pid in bridges() if f":{app.port}/" in _environ(pid).get("CRYSTALBAY_BRIDGE_URL", "")]


def kill_bridge(app: AppProcess) -> None:
    for pid in bridges_of(app):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def all_rows(store: Store, table: str, where: list[Where]) -> list[Row]:
    rows: list[Row] = []
    after = None
    while page := store.find(table, where, limit=500, after=after):
        rows += page
        after = [page[-1]["created_at"], page[-1]["id"]]
    return rows


# --------------------------------------------------------------------------- twenty kills


@pytest.mark.slow
def test_twenty_kills_lose_nothing_and_answer_nothing_twice(
    tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox
) -> None:
    app = AppProcess(settings(tmp_path, telegram, samo))
    app.start()
    writing = threading.Thread(target=_write, args=(telegram,))
    try:
        writing.start()
        _kill_again_and_again(app)
        writing.join()
        with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
            eventually(lambda: _quiet(store, telegram), 120, "it never came to rest")
            _check(store, telegram)
    finally:
        app.kill()


def _write(telegram: TelegramSandbox) -> None:
    """Fifty people say thanks, twenty times each: every message deserves an answer, and none calls a manager."""
    dice = random.Random(11)
    for number in range(UPDATES):
        telegram.says(FIRST_USER + number % USERS, "Спасибо!")
        time.sleep(dice.uniform(0.0, 0.1))


def _kill_again_and_again(app: AppProcess) -> None:
    dice = random.Random(5)
    for number in range(KILLS):
        time.sleep(dice.uniform(0.3, 1.8))
        if number % 3 == 0:
            kill_bridge(app)
        else:
            app.kill()
            eventually(lambda: not bridges_of(app), 5, "the bridge outlived its application")
            app.start()


def _quiet(store: Store, telegram: TelegramSandbox) -> bool:
    open_jobs = store.find("jobs", [("state", "in", ("ready", "running"))], order=("seq",), limit=50)
    busy = [job for job in open_jobs if job["kind"] in ("process", "deliver", "ingest")]
    arrived = len(all_rows(store, "messages", [("direction", "eq", "in")])) >= UPDATES
    return arrived and not busy and telegram.pending() == 0


def _check(store: Store, telegram: TelegramSandbox) -> None:
    inbound = all_rows(store, "messages", [("direction", "eq", "in")])
    assert len(inbound) == UPDATES
    assert len({row["external_id"] for row in inbound}) == UPDATES, "stored twice"
    talks = all_rows(store, "conversations", [])
    assert len(talks) == USERS
    out = all_rows(store, "messages", [("direction", "eq", "out")])
    named = Counter(one for row in out for one in row["answers"])
    assert set(named) == {row["id"] for row in inbound}, "somebody got no answer"
    assert max(named.values()) == 1, "answered twice"
    states = Counter(row["state"] for row in out)
    assert set(states) <= {"sent", "unknown"}, states
    for talk in talks:
        _check_chat(telegram, talk, inbound, out)
    assert not store.find("jobs", [("state", "eq", "dead")], order=("seq",))
    print(f"{len(out)} answers: {dict(states)}")


def _check_chat(telegram: TelegramSandbox, talk: Row, inbound: list[Row], out: list[Row]) -> None:
    written = [row for row in inbound if row["conversation_id"] == talk["id"]]
    numbers = [int(row["external_id"].rpartition(":")[2]) for row in written]
    assert numbers == sorted(numbers), "out of order"
    ours = [row for row in out if row["conversation_id"] == talk["id"]]
    heard = [m for m in telegram.chat(int(talk["external_chat_id"])) if m["from"] == "bot"]
    sent = [row for row in ours if row["state"] == "sent"]
    assert len(sent) <= len(heard) <= len(ours), "something reached the customer twice, or not at all"
    assert {int(row["external_id"].rpartition(":")[2]) for row in sent} <= {m["messageId"] for m in heard}


# --------------------------------------------------------------------------- everything restarts in the middle


@pytest.mark.slow
@pytest.mark.parametrize(("before", "after"), [("polling", "polling"), ("polling", "webhook"), ("webhook", "polling")])
def test_a_customer_who_left_in_the_middle_goes_on_after_a_restart_of_everything(
    tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox, before: str, after: str
) -> None:
    """Also when the way in which updates come has changed meanwhile: what was written while nothing ran arrives."""
    app = AppProcess(settings(tmp_path, telegram, samo))
    anna = 5_000_001

    def heard(words: str) -> list[dict[str, Any]]:
        return [m for m in telegram.chat(anna) if m["from"] == "bot" and words in m["text"]]

    _mode(app, before)
    try:
        app.start()
        telegram.says(anna, "/start")
        eventually(lambda: heard("Куда хотели бы поехать"), 20)
        telegram.taps(anna, "Турция")
        eventually(lambda: heard("Из какого города"), 20)
        app.kill()
        eventually(lambda: not bridges_of(app), 5)
        telegram.taps(anna, "Москва")
        telegram.says(anna, "в начале июня")
        _mode(app, after)
        app.start()
        question = eventually(lambda: heard("ночей"), 30)[-1]
        telegram.taps(anna, "7 ночей", message_id=question["messageId"])
        eventually(lambda: heard("Сколько взрослых"), 20)
        telegram.taps(anna, "Готово")
        eventually(lambda: heard("Цены «от»") or heard("сейчас ничего нет"), 30)
        with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
            assert len(store.find("leads", limit=10)) == 1
            trip = store.find("leads", limit=1)[0]["trip"]
        assert (trip["destination_country"], trip["departure_city"], trip["nights_min"]) == ("Турция", "Москва", 7)
        assert bool(telegram.polls()["pollers"]) == (after == "polling")
    finally:
        app.kill()


def _mode(app: AppProcess, mode: str) -> None:
    app.env |= {"TELEGRAM_MODE": mode, "PUBLIC_URL": app.url}


# --------------------------------------------------------------------------- one poller


@pytest.mark.slow
def test_two_processes_have_one_poller_and_the_second_takes_over(
    request: pytest.FixtureRequest, tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox
) -> None:
    request.param = "postgres"
    with ExitStack() as ending:
        address = ending.enter_context(backend_address(request))
        shared = address.environment | {"SECRET_KEY": "the same in both"}
        apps = [
            AppProcess(settings(tmp_path / name, telegram, samo) | {"DATABASE_URL": ""} | shared, config=PRODUCTION)
            for name in ("one", "two")
        ]
        for app in apps:
            ending.callback(app.kill)
            app.start()
        first = eventually(lambda: next((app for app in apps if bridges_of(app)), None), 20)
        second = next(app for app in apps if app is not first)
        eventually(lambda: telegram.polls()["pollers"] == 1, 20)
        time.sleep(6.0)
        assert not bridges_of(second)
        assert telegram.polls()["conflicts"] == 0
        telegram.says(FIRST_USER, "Спасибо!")
        eventually(lambda: [m for m in telegram.chat(FIRST_USER) if m["from"] == "bot"], 20)

        killed = time.monotonic()
        first.kill()
        telegram.says(FIRST_USER, "Спасибо!")
        eventually(lambda: bridges_of(second) and telegram.polls()["pollers"] == 1, 20, "nobody polls")
        took = time.monotonic() - killed
        eventually(lambda: len([m for m in telegram.chat(FIRST_USER) if m["from"] == "bot"]) == 2, 20)
        assert took < 20
        assert telegram.polls()["conflicts"] == 0
        print(f"the second polled after {took:.1f} s")


PRODUCTION = "deploy/gunicorn.conf.py"
"""The leases of production: how soon the second takes over is what is measured."""


# --------------------------------------------------------------------------- the bridge by itself


@pytest.mark.slow
def test_the_bridge_is_started_again_and_ends_with_its_application(
    tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox
) -> None:
    app = AppProcess(settings(tmp_path, telegram, samo))
    try:
        app.start()
        first = eventually(lambda: bridges_of(app), 10)[0]
        kill_bridge(app)
        again = eventually(lambda: [pid for pid in bridges_of(app) if pid != first], 10)
        assert len(again) == 1
        app.terminate()
        assert not bridges_of(app)
        assert telegram.polls()["pollers"] == 0
    finally:
        app.kill()


def observed(store: Store, name: str) -> str | None:
    rows = store.find("health", [("id", "eq", name)], order=("id",))
    return rows[0]["data"]["state"] if rows else None


@pytest.mark.slow
def test_a_refused_token_is_not_tried_for_ever(tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox) -> None:
    app = AppProcess(settings(tmp_path, telegram, samo, TELEGRAM_BOT_TOKEN="999:WRONG"))
    try:
        app.start()
        with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
            eventually(lambda: observed(store, "telegram.bridge") == "failed", 20)
            calls = len(telegram.calls)
            time.sleep(3)
            assert not bridges_of(app)
            assert not [call for call in telegram.calls[calls:] if "getUpdates" in call["path"]]
            told = store.find("notices", [("kind", "eq", "integration")])
            assert [row["data"]["state"] for row in told] == ["bot_token"], "told once"
    finally:
        app.kill()


@pytest.mark.slow
def test_a_token_that_is_revoked_while_it_works_is_noticed(
    tmp_path: Path, telegram: TelegramSandbox, samo: SamoSandbox
) -> None:
    app = AppProcess(settings(tmp_path, telegram, samo))
    try:
        app.start()
        eventually(lambda: telegram.polls()["pollers"] == 1, 20)
        refused = {"ok": False, "error_code": 401, "description": "Unauthorized"}
        telegram.add_fault(Fault("/bot", status=401, body=refused, times=100_000))
        telegram.says(FIRST_USER, "Спасибо!")  # ends the poll that waits
        with closing(open_store(f"sqlite:///{tmp_path / 'store.db'}")) as store:
            eventually(lambda: observed(store, "telegram.bridge") == "failed", 20)
            eventually(lambda: not bridges_of(app), 10)
            told = store.find("notices", [("kind", "eq", "integration")])
            assert "bot_token" in {row["data"]["state"] for row in told}
    finally:
        app.kill()
