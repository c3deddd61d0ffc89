"""Telegram: updates a second through bridge, store and brain against the same bridge into the bare app; the memory of
the bridge; and how long a customer waits for a reply at fifty chats at once.

python -m benchmarks.bench_telegram [--updates 2000] [--chats 50] [--seconds 30]
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import intelligent_chat_processor as brain
import main as product
from benchmarks.bench_intake import start_bare
from bot import hook_secret
from crystalbay.config import load
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.services import inbox
from crystalbay.store import open_store
from tests.process import ROOT, AppProcess

MEMORY_CEILING_MB = 90
FLOOR = 0.4
"""Updates a second into our inbox, as a share of those into a bare table: ours parses, finds and writes six rows."""
WORDS = "Спасибо!"
"""It is answered at once: no question, no search, no manager."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--chats", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--rounds", type=int, default=2)
    given = parser.parse_args()
    bare, ours, memory, thought = [], [], [], []
    for _ in range(given.rounds):
        bare.append(_into_bare_app(given.updates, given.chats))
        stored, processed, megabytes = _into_ours(given.updates, given.chats)
        ours.append(stored)
        thought.append(processed)
        memory.append(megabytes)
    ratio = statistics.median(ours) / statistics.median(bare)
    waits = _waits(given.chats, given.seconds)
    report = {
        "bare_updates_per_s": [round(rate) for rate in bare],
        "stored_updates_per_s": [round(rate) for rate in ours],
        "stored_and_answered_per_s": [round(rate) for rate in thought],
        "ratio": round(ratio, 2),
        "floor": FLOOR,
        "bridge_mb": round(max(memory), 1),
        "bridge_mb_ceiling": MEMORY_CEILING_MB,
        "reply_s": waits,
        "an_update_goes_to": _shares(given.chats),
    }
    print(json.dumps(report, indent=2, ensure_ascii=False))
    return 0 if ratio >= FLOOR and max(memory) < MEMORY_CEILING_MB else 1


# --------------------------------------------------------------------------- through the bridge


def _written(telegram: TelegramSandbox, updates: int, chats: int) -> None:
    for number in range(updates):
        telegram.says(9_000_000 + number % chats, WORDS)


def _drained(telegram: TelegramSandbox, updates: int) -> float:
    """Updates a second, from the first batch that was taken to the last."""
    while telegram.pending() == updates:
        time.sleep(0.005)
    began, left = time.monotonic(), telegram.pending()
    while telegram.pending():
        time.sleep(0.005)
    return left / (time.monotonic() - began)


def _into_bare_app(updates: int, chats: int) -> float:
    with tempfile.TemporaryDirectory() as folder, TelegramSandbox() as telegram:
        _written(telegram, updates, chats)
        server, port = start_bare(Path(folder))
        time.sleep(1.5)
        environment = {
            **os.environ,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.api_url,
            "CRYSTALBAY_BRIDGE_URL": f"http://127.0.0.1:{port}/webhook",
            "CRYSTALBAY_BRIDGE_SECRET": hook_secret(TOKEN),
        }
        bridge = subprocess.Popen(
            [sys.executable, "bot.py"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        try:
            return _drained(telegram, updates)
        finally:
            bridge.terminate()
            bridge.wait()
            server.terminate()
            server.wait()


@contextmanager
def _ours(telegram: TelegramSandbox, **more: str) -> Iterator[tuple[AppProcess, Path]]:
    with tempfile.TemporaryDirectory() as folder:
        env = {
            "APP_ENV": "production",
            "DATABASE_URL": f"sqlite:///{folder}/ours.db",
            "DATA_DIR": folder,
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.api_url,
            "LOG_LEVEL": "ERROR",
        } | more
        app = AppProcess(env, config="deploy/gunicorn.conf.py")
        try:
            yield app, Path(folder)
        finally:
            app.kill()


def _into_ours(updates: int, chats: int) -> tuple[float, float, float]:
    """Updates stored a second, stored and answered a second, and the memory of the bridge (PSS) in MB."""
    with TelegramSandbox() as telegram, _ours(telegram, DEBOUNCE_S="0.5") as (app, folder):
        _written(telegram, updates, chats)
        app.start()
        began = time.monotonic()
        stored = _drained(telegram, updates)
        with closing(open_store(f"sqlite:///{folder}/ours.db")) as store:
            while store.find("messages", [("state", "eq", "received")], limit=1):
                time.sleep(0.05)
        answered = updates / (time.monotonic() - began)
        return stored, answered, _bridge_mb(app)


def _bridge_mb(app: AppProcess) -> float:
    found = subprocess.run(["pgrep", "-f", "bot.py"], capture_output=True, text=True, check=False).stdout.split()
    sizes = []
    for pid in found:
        if f":{app.port}/".encode() in Path(f"/proc/{pid}/environ").read_bytes():
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
            sizes += [int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")]
    return max(sizes)


# --------------------------------------------------------------------------- how long a customer waits


def _waits(chats: int, seconds: float) -> dict[str, Any]:
    """From an update to its reply, without the debounce (0 here), at chats that each write every few seconds."""
    with TelegramSandbox() as telegram, _ours(telegram, DEBOUNCE_S="0") as (app, _folder):
        app.start()
        users = range(8_000_000, 8_000_000 + chats)
        until = time.monotonic() + seconds
        people = [threading.Thread(target=_person, args=(telegram, user, until)) for user in users]
        for person in people:
            person.start()
        for person in people:
            person.join()
        time.sleep(2.0)
        took = sorted(wait for user in users for wait in _waits_of(telegram.chat(user)))
    return {
        "replies": len(took),
        "per_s": round(len(took) / seconds, 1),
        "p50": round(statistics.median(took), 3),
        "p95": round(took[int(len(took) * 0.95)], 3),
        "largest": round(took[-1], 3),
    }


def _person(telegram: TelegramSandbox, user: int, until: float) -> None:
    dice = random.Random(user)
    time.sleep(dice.uniform(0, 3))
    while time.monotonic() < until:
        telegram.says(user, WORDS)
        time.sleep(dice.uniform(2.0, 4.0))


def _waits_of(chat: list[dict[str, Any]]) -> list[float]:
    """The time from each message to the first of ours behind it."""
    waits, asked = [], None
    for message in chat:
        at = datetime.fromisoformat(message["at"]).timestamp()
        if message["from"] == "user":
            asked = asked or at
        elif asked:
            waits.append(at - asked)
            asked = None
    return waits


# --------------------------------------------------------------------------- where the time goes


def _shares(chats: int) -> dict[str, float]:
    """Which room of the house an update spends its time in, from the webhook's body to the queued answer."""
    with tempfile.TemporaryDirectory() as folder:
        settings = load(
            _env_file=None,
            app_env="development",
            database_url=f"sqlite:///{folder}/profile.db",
            data_dir=Path(folder),
            telegram_bot_token=TOKEN,
            telegram_api_url="http://127.0.0.1:9",
            debounce_s=0,
        )
        ctx = product.build_context(settings)
        bodies = [_body(number, chats) for number in range(400)]

        def work() -> None:
            for body in bodies:
                inbox.receive(ctx, ctx.channels["telegram"], body)
                talk = ctx.store.find("conversations", [("process_queued", "eq", True)], limit=1)[0]
                ctx.store.commit(brain.process(ctx, talk["id"], ctx.clock.now()))

        return _profiled(work)


def _body(number: int, chats: int) -> bytes:
    user = {"id": 9_000_000 + number % chats, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
    chat = {"id": user["id"], "type": "private", "first_name": "Анна"}
    message = {"message_id": number + 1, "date": 1_780_000_000 + number, "chat": chat, "from": user, "text": WORDS}
    return json.dumps({"update_id": number, "message": message}).encode()


def _profiled(work: Callable[[], None]) -> dict[str, float]:
    profile = cProfile.Profile()
    profile.runcall(work)
    stats: Any = pstats.Stats(profile)
    spent: Counter[str] = Counter()
    for (file, _line, _name), (_, _, own, _, callers) in stats.stats.items():
        if _room(file):
            spent[_room(file)] += own
        else:
            for (caller, _, _), (_, _, part, _) in callers.items():
                spent[_room(caller) or "inside libraries"] += part
    total = sum(spent.values())
    return {name: round(seconds / total, 2) for name, seconds in spent.most_common(8)}


def _room(file: str) -> str:
    """crystalbay/store/sqlite.py → store; python-telegram-bot by its name; "" for other libraries."""
    parts = Path(file).parts
    if "telegram" in parts and "site-packages" in parts:
        return "python-telegram-bot"
    if "crystalbay" in parts:
        return parts[parts.index("crystalbay") + 1].removesuffix(".py")
    return ""


if __name__ == "__main__":
    sys.exit(main())
