"""Everything is killed at random moments of the main story and started again: one lead, no offer twice, no loss."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.wazzup import WazzupSandbox
from crystalbay.store.interface import Row, Store
from tests.backends import SHARED, Address, backend_address
from tests.process import AppProcess
from tests.world import SECRET, eventually, heard

ROUNDS, ROUNDS_ON_A_SERVER = 10, 5
_OFFERS = "★"


@pytest.fixture(params=SHARED)
def address(request: pytest.FixtureRequest) -> Iterator[Address]:
    with backend_address(request) as address:
        yield address


@pytest.mark.slow
def test_kills_at_any_moment_lose_nothing_and_double_nothing(tmp_path: Path, address: Address) -> None:
    moments = random.Random(20261125)
    rounds = ROUNDS_ON_A_SERVER if address.dsn else ROUNDS
    with closing(address.open()) as store, WazzupSandbox() as wazzup, SamoSandbox() as samo:
        app = AppProcess(_settings(tmp_path, address, wazzup, samo))
        wazzup.webhook = f"{app.url}/webhooks/wazzup/{SECRET}"
        wazzup.options.change({"attempts": 200})
        when = (datetime.now(UTC) + timedelta(days=40)).strftime("%d.%m")
        try:
            for number in range(rounds):
                app.start()
                chat = f"790011100{number:02}"
                wazzup.customer_says(chat, f"Хотим в Турцию из Москвы вдвоём на 7 ночей около {when}")
                time.sleep(moments.uniform(0.0, 4.0))
                app.kill()
                app.start()
                eventually(lambda chat=chat: _settled(store, chat), 40, f"round {number}: never settled")  # type: ignore[misc]
                app.kill()
            for number in range(rounds):
                _check(store, wazzup, f"790011100{number:02}")
            assert not store.find("jobs", [("state", "eq", "dead")], order=("seq",))
        finally:
            app.kill()


def _settings(folder: Path, address: Address, wazzup: WazzupSandbox, samo: SamoSandbox) -> dict[str, str]:
    return address.environment | {
        "APP_ENV": "development",
        "DATA_DIR": str(folder),
        "DEBOUNCE_S": "0.3",
        "WAZZUP_API_URL": f"{wazzup.url}/v3",
        "WAZZUP_API_KEY": "test-wazzup-key",
        "WAZZUP_API_SECRET": SECRET,
        "SAMO_API_URL": samo.php_url,
        "SAMO_OAUTH_TOKEN": "test-samo-token",
        "LOG_LEVEL": "ERROR",
    }


def _settled(store: Store, chat: str) -> bool:
    """The customer has the offers, or a send that was cut is shown as unknown; and nothing is left to do."""
    rows = store.find("conversations", [("external_chat_id", "eq", chat)], limit=5)
    if not rows:
        return False
    out = _messages(store, rows[0], "out")
    said = any(_OFFERS in row["text"] and row["state"] not in ("queued", "sending") for row in out)
    waiting = store.find("jobs", [("state", "in", ("ready", "running"))], order=("seq",), limit=50)
    mine = [job for job in waiting if job["kind"] in ("process", "deliver", "search", "wake")]
    return said and not mine


def _messages(store: Store, conversation: Row, direction: str) -> list[Row]:
    where = [("conversation_id", "eq", conversation["id"]), ("direction", "eq", direction)]
    return store.find("messages", where, limit=100)  # type: ignore[arg-type]


def _check(store: Store, wazzup: WazzupSandbox, chat: str) -> None:
    conversations = store.find("conversations", [("external_chat_id", "eq", chat)], limit=5)
    assert len(conversations) == 1
    leads = store.find("leads", [("customer_id", "eq", conversations[0]["customer_id"])], limit=5)
    assert len(leads) == 1
    assert leads[0]["stage"] == "tour_selection"
    inbound = _messages(store, conversations[0], "in")
    assert [row["state"] for row in inbound] == ["processed"]
    offers = [text for text in heard(wazzup, chat) if _OFFERS in text]
    assert len(offers) <= 1, "the customer got the offers twice"
    out = [row for row in _messages(store, conversations[0], "out") if _OFFERS in row["text"]]
    assert len(out) == 1
    assert offers or out[0]["state"] == "unknown"
    assert inbound[0]["id"] in {
        answered for row in _messages(store, conversations[0], "out") for answered in row["answers"]
    }
