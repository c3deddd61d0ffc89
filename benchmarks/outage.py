"""The store is away for a minute while customers go on writing, then it is back: what became of every message.

    python -m benchmarks.outage [--store embedded|postgres|supabase] [--away 60] [--rate 20]

The production server in processes of its own, the simulated Wazzup24 and SAMO beside it. Each customer writes twice,
half a second apart. The embedded store goes away by another program's lock, the others by a crash of PostgreSQL.
Figures: messages sent, acknowledged (answered 200), refused, stored; lost = acknowledged and not stored; doubled =
stored twice, or an answer sent twice; misplaced = customers whose words are in the wrong order; customers and how many
were answered; seconds from the return of the store until all was stored, and until all were answered.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from crystalbay.sandbox.postgres import Cluster
from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.wazzup import WazzupSandbox
from crystalbay.store.interface import Row, Store
from tests.faults.outages import Place, embedded, on_postgres, on_supabase
from tests.postgres import open_folder
from tests.process import AppProcess

SECRET = "benchsecret"
APART_S = 0.5
AROUND_S = 3.0
"""Customers write also for this long before and after the outage."""

WORDS = ("Здравствуйте!", "Хотим в Турцию вдвоём")
PATIENCE_S = 600.0


@contextmanager
def store_place(name: str, folder: Path) -> Iterator[Place]:
    with ExitStack() as opened:
        if name == "embedded":
            yield embedded(folder)
            return
        cluster = opened.enter_context(Cluster(opened.enter_context(open_folder())))
        made = on_postgres if name == "postgres" else on_supabase
        yield opened.enter_context(made(cluster))


@contextmanager
def server(place: Place, folder: Path) -> Iterator[tuple[AppProcess, WazzupSandbox]]:
    with WazzupSandbox() as wazzup, SamoSandbox() as samo:
        environment = {
            "APP_ENV": "development",
            "DATA_DIR": str(folder),
            "WAZZUP_API_URL": f"{wazzup.url}/v3",
            "WAZZUP_API_KEY": "test-wazzup-key",
            "WAZZUP_API_SECRET": SECRET,
            "SAMO_API_URL": samo.php_url,
            "SAMO_OAUTH_TOKEN": "test-samo-token",
            "LOG_LEVEL": "ERROR",
        } | place.address.environment
        app = AppProcess(environment, config="deploy/gunicorn.conf.py").start()
        wazzup.options.change({"statuses": False, "rate_limit": 1_000_000})
        wazzup.webhook = f"{app.url}/webhooks/wazzup/{SECRET}"
        try:
            yield app, wazzup
        finally:
            app.terminate()


@dataclass
class Customers:
    """People who write, `rate` messages a second, until they are told to stop."""

    wazzup: WazzupSandbox
    rate: float
    chats: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        pause, later = len(WORDS) / self.rate, []
        began = time.monotonic()
        while not self._stop.is_set():
            chat = f"79{len(self.chats):09}"
            self.chats.append(chat)
            self.wazzup.customer_says(chat, WORDS[0], name=f"Клиент {chat[-4:]}")
            later.append((time.monotonic() + APART_S, chat))
            while later and later[0][0] <= time.monotonic():
                self.wazzup.customer_says(later.pop(0)[1], WORDS[1])
            self._stop.wait(max(0.0, began + len(self.chats) * pause - time.monotonic()))
        for _due, chat in later:
            self.wazzup.customer_says(chat, WORDS[1])

    @contextmanager
    def writing(self) -> Iterator[None]:
        thread = threading.Thread(target=self.write)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()


def seconds_until(condition: Callable[[], bool], began: float) -> float | None:
    """Seconds from `began` until the condition held; None when it never did."""
    while time.monotonic() - began < PATIENCE_S:
        if condition():
            return round(time.monotonic() - began, 1)
        time.sleep(0.25)
    return None


def every(store: Store, table: str) -> list[Row]:
    found: list[Row] = []
    while page := store.find(table, limit=1000, after=[found[-1]["created_at"], found[-1]["id"]] if found else None):
        found += page
    return found


def measure(place: Place, folder: Path, away_s: float, rate: float) -> dict[str, Any]:
    with server(place, folder) as (app, wazzup):
        customers = Customers(wazzup, rate)
        with customers.writing():
            time.sleep(AROUND_S)
            with place.away():
                time.sleep(away_s)
                waiting = requests.get(f"{app.url}/readyz", timeout=60).json()["parts"]["journal"]["waiting"]
            back = time.monotonic()
            store = place.address.open()
            before = acknowledged(wazzup)
            stored_s = seconds_until(lambda: before <= stored(store), back)
            time.sleep(AROUND_S)
        sent = len(customers.chats) * len(WORDS)
        wazzup.delivery.wait_idle(PATIENCE_S)
        answered_s = seconds_until(lambda: len(answered(wazzup, customers)) == len(customers.chats), back)
        taken = acknowledged(wazzup)
        seconds_until(lambda: taken <= stored(store), time.monotonic())
        figures = verdict(every(store, "messages"), every(store, "conversations"), taken)
        store.close()
        return {
            "sent": sent,
            "acknowledged": len(taken),
            "refused": sent - len(taken),
            "waited_in_the_journal": waiting,
            **figures,
            "customers": len(customers.chats),
            "answered": len(answered(wazzup, customers)),
            "answers_doubled": sum(doubled(wazzup, chat) for chat in customers.chats),
            "seconds_until_stored": stored_s,
            "seconds_until_answered": answered_s,
        }


def acknowledged(wazzup: WazzupSandbox) -> set[str]:
    """The ids of messages whose webhook was answered 200."""
    return {post["body"]["messages"][0]["messageId"] for post in wazzup.delivery.log if post["status"] == 200}


def stored(store: Store) -> set[str]:
    return {row["external_id"] for row in store.find("messages", [("direction", "eq", "in")], limit=100_000)}


def answered(wazzup: WazzupSandbox, customers: Customers) -> list[str]:
    return [chat for chat in customers.chats if any(said["from"] == "agency" for said in wazzup.chat(chat))]


def doubled(wazzup: WazzupSandbox, chat: str) -> int:
    said = Counter(message["text"] for message in wazzup.chat(chat) if message["from"] == "agency")
    return sum(times - 1 for times in said.values())


def verdict(messages: list[Row], conversations: list[Row], taken: set[str]) -> dict[str, Any]:
    inbound = [row for row in messages if row["direction"] == "in"]
    times = Counter(row["external_id"] for row in inbound)
    words: dict[str, list[str]] = {row["id"]: [] for row in conversations}
    for row in inbound:
        words[row["conversation_id"]].append(row["text"])
    return {
        "stored": len(inbound),
        "lost": len(taken - times.keys()),
        "doubled": sum(n - 1 for n in times.values())
        + len(conversations)
        - len({c["chat_key"] for c in conversations}),
        "misplaced": sum(said != [text for text in WORDS if text in said] for said in words.values()),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", choices=("embedded", "postgres", "supabase"), default="embedded")
    parser.add_argument("--away", type=float, default=60.0, help="seconds")
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, store_place(given.store, Path(name)) as place:
        figures = measure(place, Path(name), given.away, given.rate)
    print(json.dumps({"store": given.store, "away_s": given.away, "rate": given.rate} | figures, indent=2))
    whole = figures["lost"] == figures["doubled"] == figures["misplaced"] == figures["answers_doubled"] == 0
    return 0 if whole and figures["answered"] == figures["customers"] else 1


if __name__ == "__main__":
    sys.exit(main())
