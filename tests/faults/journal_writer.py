"""A process that takes webhooks for ever and says of each one that it acknowledged it: see `run`.

Four senders, each with a chat of its own, who send number after number, and now and then one of theirs again, as
providers do. What is not acknowledged is sent again. The journal is replayed and its jobs are run here as well.
"""

from __future__ import annotations

import itertools
import os
import random
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path

import orjson

import main
from crystalbay.config import Settings, load
from crystalbay.errors import StoreUnavailable
from crystalbay.jobs.recovery import Recovery
from crystalbay.jobs.runner import Runner
from crystalbay.services import inbox, outage
from crystalbay.services.context import Context
from tests.backends import Address

CHATS = [f"7900000000{number}" for number in range(4)]
SENT_AGAIN = 0.1


def settings(address: Address, folder: Path) -> Settings:
    return load(
        _env_file=None, app_env="production", **address.settings, data_dir=folder, log_level="ERROR",
        wazzup_api_key="k", wazzup_api_secret="secret", wazzup_api_url="http://127.0.0.1:9",
    )  # fmt: skip


def body(chat: str, number: int) -> bytes:
    message = {
        "messageId": f"{chat}-{number}", "dateTime": "2026-05-12T09:00:00.000Z", "channelId": "c-1", "isEcho": False,
        "chatType": "whatsapp", "chatId": chat, "type": "text", "text": str(number), "status": "inbound",
        "contact": {"name": "Анна Соколова"},
    }  # fmt: skip
    return orjson.dumps({"messages": [message]})


def send(ctx: Context, chat: str, first: int, told: int) -> None:
    channel = ctx.channels["wazzup"]
    for number in itertools.count(first):
        while True:
            try:
                inbox.receive(ctx, channel, body(chat, number))
                break
            except StoreUnavailable:
                time.sleep(0.01)
        os.write(told, f"{chat} {number}\n".encode())
        if random.random() < SENT_AGAIN:
            inbox.receive(ctx, channel, body(chat, random.randint(first, number)))
        time.sleep(0.03)


def start(ctx: Context) -> tuple[Recovery, Runner]:
    """What brings the journal into the store, and takes it there."""
    kinds = {name: handler for name, handler in main.job_handlers(ctx).items() if name in ("ingest", outage.REPLAYED)}
    runner = Runner(ctx.store, kinds, workers=4, lease_s=1.0, renew_s=0.3).start()
    return Recovery(ctx, runner.owner).start(), runner


def run(address: Address, folder: Path, first: int, acknowledged: Connection) -> None:
    """Work until killed. `acknowledged` gets a line «CHAT NUMBER» for each message, after an empty one."""
    ctx = main.build_context(settings(address, folder))
    start(ctx)
    os.write(acknowledged.fileno(), b"\n")
    for chat in CHATS:
        threading.Thread(target=send, args=(ctx, chat, first, acknowledged.fileno()), daemon=True).start()
    threading.Event().wait()
