"""Two processes of the product over one database: shared jobs, one holder of the lease, live events in both."""

from __future__ import annotations

import json
import random
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.wazzup import WazzupSandbox
from crystalbay.services.api_keys import create_key
from crystalbay.services.viewers import SYSTEM
from crystalbay.store.interface import Store
from tests.backends import Address, backend_address
from tests.process import AppProcess
from tests.world import SECRET, eventually, heard

LEASE_MOVES_S = 20.0


@pytest.fixture(params=["postgres", "supabase"])
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@pytest.fixture
def store(address: Address) -> Iterator[Store]:
    with closing(address.open()) as store:
        yield store


def settings(folder: Path, address: Address, wazzup: WazzupSandbox, samo: SamoSandbox) -> dict[str, str]:
    return address.environment | {
        "APP_ENV": "development",
        "DATA_DIR": str(folder),
        "SECRET_KEY": "the same in both",
        "DEBOUNCE_S": "0.3",
        "POLL_INTERVAL_S": "1",
        "WAZZUP_API_URL": f"{wazzup.url}/v3",
        "WAZZUP_API_KEY": "test-wazzup-key",
        "WAZZUP_API_SECRET": SECRET,
        "SAMO_API_URL": samo.php_url,
        "SAMO_OAUTH_TOKEN": "test-samo-token",
        "LOG_LEVEL": "ERROR",
    }


@pytest.fixture
def pair(tmp_path: Path, address: Address) -> Iterator[tuple[list[AppProcess], WazzupSandbox]]:
    """Two processes of the product, as on two machines: a data folder each. Not started."""
    with WazzupSandbox() as wazzup, SamoSandbox() as samo, ExitStack() as ending:
        apps = [AppProcess(settings(tmp_path / name, address, wazzup, samo)) for name in ("one", "two")]
        for app in apps:
            ending.callback(app.kill)
        wazzup.options.change({"attempts": 200})
        yield apps, wazzup


def holder(store: Store) -> str | None:
    rows = store.find("leases", [("id", "eq", "scheduler")], order=("id",))
    return str(rows[0]["owner"]) if rows else None


def ticks(store: Store) -> list[str]:
    """The intervals in which a scheduler ticked."""
    rows = store.find("jobs", [("kind", "eq", "watch")], order=("seq",), limit=1000)
    return [row["idempotency_key"] for row in rows]


@pytest.mark.slow
def test_one_is_killed_every_few_seconds(pair: tuple[list[AppProcess], WazzupSandbox], store: Store) -> None:
    """Customers write all the while: each is answered once, and all jobs are done."""
    apps, wazzup = pair
    began = time.monotonic()
    for app in apps:
        app.start()
    dice, chats = random.Random(7), []
    for round_ in range(6):
        victim, other = apps[round_ % 2], apps[1 - round_ % 2]
        for number in range(5):
            wazzup.webhook = f"{(victim, other)[number % 2].url}/webhooks/wazzup/{SECRET}"
            chats.append(f"79003{round_:03}{number:03}")
            wazzup.customer_says(chats[-1], "Хочу в Египет")
            time.sleep(0.1)
        time.sleep(dice.uniform(0.0, 1.0))
        victim.kill()
        wazzup.webhook = f"{other.url}/webhooks/wazzup/{SECRET}"
        time.sleep(1.0)
        victim.start()
    eventually(lambda: all(answered(store, chat) for chat in chats), 60, "somebody was never answered")
    for chat in chats:
        assert len(heard(wazzup, chat)) <= 1, "answered twice"
    states = Counter(row["state"] for row in store.find("messages", [("direction", "eq", "out")], limit=1000))
    assert sum(states.values()) == len(chats)
    assert not store.find("jobs", [("state", "eq", "dead")], order=("seq",))
    told = ticks(store)
    assert len(told) == len(set(told))
    assert 2 <= len(told) <= time.monotonic() - began + 1


def answered(store: Store, chat: str) -> bool:
    """Is an answer out, or shown as unknown because its sending was cut?"""
    rows = store.find("conversations", [("external_chat_id", "eq", chat)], limit=2)
    if len(rows) != 1:
        return False
    out = store.find("messages", [("conversation_id", "eq", rows[0]["id"]), ("direction", "eq", "out")], limit=5)
    return bool(out) and all(row["state"] not in ("queued", "sending") for row in out)


@pytest.mark.slow
def test_the_lease_moves_within_20_seconds(pair: tuple[list[AppProcess], WazzupSandbox], store: Store) -> None:
    """With the leases of production."""
    apps, _ = pair
    for app in apps:
        app.config = "deploy/gunicorn.conf.py"
    apps[0].start()
    first = eventually(lambda: holder(store), 20)
    apps[1].start()
    time.sleep(1.0)
    assert holder(store) == first
    apps[0].kill()
    killed = time.monotonic()
    second = eventually(lambda: (now := holder(store)) != first and now, LEASE_MOVES_S + 5)
    assert time.monotonic() - killed <= LEASE_MOVES_S
    before = len(ticks(store))
    eventually(lambda: len(ticks(store)) > before, 10, f"{second} never ticked")


def test_what_happens_in_one_is_told_in_the_other(pair: tuple[list[AppProcess], WazzupSandbox], store: Store) -> None:
    apps, _ = pair
    for app in apps:
        app.start()
    key, _row = create_key(store, SYSTEM, name="watcher", scopes=["admin"])
    heads = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    told: list[str] = []
    ready = threading.Event()

    def listen() -> None:
        asked = urllib.request.Request(f"{apps[1].url}/api/v1/events", headers=heads)
        with urllib.request.urlopen(asked, timeout=20) as stream:
            ready.set()
            told.extend(line.decode() for line in iter(stream.readline, b"") if line.startswith(b"data:"))

    threading.Thread(target=listen, daemon=True).start()
    assert ready.wait(10)
    body = json.dumps({"name": "Анна Соколова", "phone": "+79001234567", "message": "Хотим в Турцию"}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{apps[0].url}/api/v1/leads", body, heads), timeout=10).close()
    eventually(lambda: any("lead.created" in line for line in told), 5, f"nothing was told: {told}")
