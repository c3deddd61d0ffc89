"""The whole system for tests: the real application on a real port, the sandbox providers, a fixed clock.

A test plays the customer through the sandbox Wazzup24 and sees what the customer sees.
"""

from __future__ import annotations

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

import main
from crystalbay.clock import Clock, ShiftedClock
from crystalbay.config import load
from crystalbay.sandbox.samo import SamoSandbox
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.sandbox.wazzup import WazzupSandbox
from crystalbay.services import users
from crystalbay.services.context import Context
from crystalbay.services.settings import Visibility
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Store
from models import Role

T = TypeVar("T")
MAY_12 = datetime.fromisoformat("2026-05-12T12:00:00+03:00")
SECRET = "hooksecret"
LOGIN, PASSWORD = "admin@crystalbay.example", "correct horse"
STORY = "Здравствуйте! Хотим в Турцию из Москвы вдвоём на 7 ночей в начале июня, бюджет тысяч 250"


@dataclass
class World:
    """A running system. `store` and `ctx` are its own; `wazzup` and `samo` the simulated outside."""

    app: Flask
    url: str
    wazzup: WazzupSandbox
    samo: SamoSandbox
    telegram: TelegramSandbox | None = None
    ctx: Context = field(init=False)

    def __post_init__(self) -> None:
        self.ctx = self.app.extensions["crystalbay"]

    @property
    def store(self) -> Store:
        return self.ctx.store

    def rows(self, table: str, **equal: Any) -> list[Row]:
        order = ("seq",) if table in ("jobs", "activities") else ("created_at", "id")
        return self.store.find(table, [(name, "eq", value) for name, value in equal.items()], order=order, limit=1000)

    def manager(self, role: Role = Role.MANAGER, sees: Visibility = "all") -> Viewer:
        """A user of this role, made at the first call, as a viewer who sees so much."""
        email = f"{role.value}@crystalbay.example"
        known = self.rows("users", email=email)
        user = (
            known[0]
            if known
            else users.create_user(self.store, email=email, name="Алина К.", role=role, password="long enough")
        )
        return users.viewer(user, sees=sees)

    def in_telegram(self, name: str = "Анна", language: str = "ru") -> Telegrammer:
        """Somebody who writes to the bot."""
        return Telegrammer(self, uuid.uuid4().int % 10**9 + 10**6, name, language)

    def customer(self, chat_id: str | None = None, name: str = "Анна Соколова") -> Customer:
        return Customer(self, chat_id or f"7900{uuid.uuid4().int % 10**7:07}", name)


@dataclass
class Customer:
    """Somebody who writes by WhatsApp."""

    world: World
    chat_id: str
    name: str

    def says(self, *texts: str, media: str | None = None) -> list[str]:
        """Write, one message a text (or send a sample file). Answers the provider's message ids."""
        send = self.world.wazzup.customer_says
        if media:
            return [send(self.chat_id, texts[0] if texts else None, name=self.name, media=media)]
        return [send(self.chat_id, text, name=self.name) for text in texts]

    @property
    def answers(self) -> list[str]:
        """What the agency sent, in order."""
        return heard(self.world.wazzup, self.chat_id)

    def hears(self, words: str = "", seconds: float = 30.0, *, after: int = 0) -> str:
        """Wait for an answer that holds `words`, beyond the first `after` ones."""
        return eventually(
            lambda: next((text for text in self.answers[after:] if words.casefold() in text.casefold()), None),
            seconds,
            f"{self.name} did not hear {words!r}; heard: {self.answers}",
        )

    @property
    def conversation(self) -> Row:
        rows = self.world.rows("conversations", external_chat_id=self.chat_id)
        assert len(rows) == 1, f"{len(rows)} conversations"
        return rows[0]

    @property
    def lead(self) -> Row:
        return self.world.rows("leads", id=self.conversation["lead_id"])[0]

    def quiet(self, seconds: float = 15.0) -> None:
        """Wait until nothing is left to do for this conversation."""
        conversation = eventually(lambda: self.world.rows("conversations", external_chat_id=self.chat_id), seconds)[0]

        def idle() -> bool:
            keys = [f"{kind}:{conversation['id']}" for kind in ("process", "deliver")]
            open_jobs = self.world.store.find(
                "jobs", [("key", "in", keys), ("state", "in", ("ready", "running"))], order=("seq",), limit=1
            )
            waits = self.world.rows("conversations", id=conversation["id"])[0]["waiting_for"]
            return not open_jobs and waits is None and self.world.wazzup.delivery.wait_idle(0.0)

        eventually(idle, seconds, "the conversation never became quiet")


@dataclass
class Telegrammer:
    """Somebody with the bot on the telephone: writes, taps, sees what a phone shows."""

    world: World
    user_id: int
    name: str = "Анна"
    language: str = "ru"

    @property
    def phone(self) -> TelegramSandbox:
        assert self.world.telegram
        return self.world.telegram

    def says(self, text: str | None = None, **more: Any) -> dict[str, Any]:
        return self.phone.says(self.user_id, text, name=self.name, language=self.language, **more)

    def taps(self, button: str, message_id: int | None = None) -> dict[str, Any]:
        return self.phone.taps(self.user_id, button, message_id=message_id)

    @property
    def chat(self) -> list[dict[str, Any]]:
        """Everything that the phone shows."""
        return self.phone.chat(self.user_id)

    @property
    def heard(self) -> list[dict[str, Any]]:
        return [message for message in self.chat if message["from"] == "bot"]

    def hears(self, words: str = "", seconds: float = 30.0, *, after: int = 0) -> dict[str, Any]:
        """Wait for a message of the bot that holds `words`, newer than the message `after`."""

        def found() -> dict[str, Any] | None:
            newer = [message for message in self.heard if message["messageId"] > after]
            return next((m for m in newer if words.casefold() in m["text"].casefold()), None)

        try:
            return eventually(found, seconds)
        except AssertionError:
            so_far = [message["text"] for message in self.heard]
            raise AssertionError(f"{self.name} did not hear {words!r}; heard: {so_far}") from None

    def sees(self, button: str, seconds: float = 30.0) -> dict[str, Any]:
        """Wait for a message with such a button."""
        return eventually(
            lambda: next((m for m in reversed(self.heard) if button in labels(m)), None),
            seconds,
            f"{self.name} did not see the button {button!r}; the last ones: {[labels(m) for m in self.heard[-4:]]}",
        )

    @property
    def conversation(self) -> Row:
        rows = self.world.rows("conversations", external_chat_id=str(self.user_id))
        assert len(rows) == 1, f"{len(rows)} conversations"
        return rows[0]

    @property
    def lead(self) -> Row:
        return self.world.rows("leads", id=self.conversation["lead_id"])[0]


def labels(message: dict[str, Any]) -> list[str]:
    """The words on the buttons under a message."""
    return [button["text"] for row in message["buttons"] for button in row]


def heard(wazzup: WazzupSandbox, chat_id: str) -> list[str]:
    """The texts that the agency sent to a chat, in order."""
    return [str(message["text"]) for message in wazzup.chat(chat_id) if message["from"] == "agency"]


def eventually(condition: Callable[[], T | None], seconds: float = 15.0, words: str = "it never happened") -> T:
    """The first true answer of `condition`; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.03)
    raise AssertionError(words)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    folder: Path,
    *,
    clock: Clock | None = None,
    debounce_s: float = 0.3,
    public: bool = False,
    telegram: bool = False,
    telegram_pace_s: float = 0.0,
    **settings: Any,
) -> Iterator[World]:
    """A system with its own sandboxes, in memory unless the settings say otherwise; ended and closed with the block.

    `public`: it knows its address, so providers can fetch files from it. `telegram`: with the bot, whose messages to
    one chat keep a distance of `telegram_pace_s`.
    """
    clock = clock or ShiftedClock(MAY_12)
    port = _free_port()
    with (
        WazzupSandbox() as wazzup,
        SamoSandbox(today=lambda: clock.now().date()) as samo,
        TelegramSandbox() if telegram else nullcontext() as bots,
    ):
        if bots:
            settings = {"telegram_bot_token": TOKEN, "telegram_api_url": bots.api_url} | settings
        wazzup.configure(delivered_after=0.03, read_after=0.1)  # people who read at once: no test waits for them
        server: BaseWSGIServer | None = None
        configured = load(
            _env_file=None,
            **{
                "app_env": "demo",
                "database_url": "" if "supabase_url" in settings else "sqlite://",
                "data_dir": folder,
                "debounce_s": debounce_s,
                "poll_interval_s": 1.0,
                "wazzup_api_url": f"{wazzup.url}/v3",
                "wazzup_api_key": "test-wazzup-key",
                "wazzup_api_secret": SECRET,
                "samo_api_url": f"{samo.url}/export/default.php",
                "samo_oauth_token": "test-samo-token",
                "admin_email": LOGIN,
                "admin_password": PASSWORD,
                "log_level": "WARNING",
                "public_url": f"http://127.0.0.1:{port}" if public else "",
            }
            | settings,
        )
        app = main.create_app(configured, clock=clock, samo_pace_s=0.02)
        server = make_server("127.0.0.1", port, app, threaded=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        wazzup.webhook = f"{url}/webhooks/wazzup/{SECRET}"
        bot = app.extensions["crystalbay"].telegram
        if bot:
            bot.pace_s = telegram_pace_s
        background = main.start(app, lease_s=2.0, renew_s=0.5, address=url)
        try:
            yield World(app, url, wazzup, samo, bots)
        finally:
            main.stop(background)
            server.shutdown()
            app.extensions["crystalbay"].store.close()
