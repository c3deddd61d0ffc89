"""The bridge: a process that fetches updates by long polling and hands each to the application, as Telegram would.

It keeps nothing. An update counts as fetched when the application has answered 2xx, so whatever is killed at whatever
moment, Telegram delivers it again, and the application knows what it has. Updates stay JSON all the way: one that
no library can read is stored like any other. It ends with its parent, by SIGTERM, and by nothing else.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from telegram import Bot
from telegram.error import Conflict, EndPointNotFound, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from crystalbay.telegram.reading import UPDATES

LONG_POLL_S = 25
AT_ONCE = 8
"""Chats whose updates are handed over side by side; those of one chat go one after another."""

BEAT_S, LAST_BEAT_S = 5.0, 1.0
"""How often it says how it is, and how long it tries to say that it ends: the application may be ending, too."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 15.0
CONFLICTS, CONFLICTS_WITHIN_S = 3, 60.0
OUTAGE = 3
BAD_TOKEN = 78
"""The exit code after which nobody starts it again (EX_CONFIG)."""

TOKEN, API, APP, SECRET, PARENT = (
    "TELEGRAM_BOT_TOKEN",
    "TELEGRAM_API_URL",
    "CRYSTALBAY_BRIDGE_URL",
    "CRYSTALBAY_BRIDGE_SECRET",
    "CRYSTALBAY_BRIDGE_PARENT",
)
"""The environment that the supervisor gives it; nothing stands in the arguments, which everybody can read."""

_PR_SET_PDEATHSIG = 1


@dataclass
class Bridge:
    """One run of the bridge. `bot` asks Telegram, `app` the application, whose webhook is at `hook`."""

    bot: Bot
    app: httpx.AsyncClient
    hook: str
    state: str = "starting"
    polled_at: float | None = None
    handled: int = 0
    error: str | None = None
    started_at: float = field(default_factory=time.time)
    _conflicts: list[float] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when its state is worth a beat at once; fetching waits for no beat."""

    async def run(self) -> int:
        """Fetch until cancelled; the exit code when the token is refused."""
        beating = asyncio.create_task(self._beat_for_ever())
        try:
            async with self.bot:
                await self._patiently(self._ask("deleteWebhook", drop_pending_updates=False))
                await self._fetch_for_ever()
        except InvalidToken:
            beating.cancel()  # it is told once
            self.state, self.error = "failed", "Telegram refuses the token"
            say("Telegram refuses the token: check TELEGRAM_BOT_TOKEN")
            await self._beat()
            return BAD_TOKEN
        except asyncio.CancelledError:
            self.state = "stopping"
            with suppress(TimeoutError):
                await asyncio.wait_for(self._beat(), LAST_BEAT_S)
            return 0
        finally:
            beating.cancel()
        raise AssertionError("the bridge fetches for ever")

    # ------------------------------------------------------------------ fetching

    def _ask(self, method: str, read_s: float = 20.0, **given: Any) -> Callable[[], Awaitable[Any]]:
        return lambda: self.bot.do_api_request(method, api_kwargs=given, read_timeout=read_s)

    async def _fetch_for_ever(self) -> None:
        offset = 0
        say("fetching updates")
        while True:
            wait = LONG_POLL_S if self.state == "ready" else 0  # at first, and after trouble, we want to know at once
            ask = self._ask(
                "getUpdates", LONG_POLL_S + 10, offset=offset, timeout=wait, limit=100, allowed_updates=UPDATES
            )
            updates = await self._patiently(ask)
            self.polled_at, self.error = time.time(), None
            if self.state != "ready":
                self.state = "ready"
                self._news.set()
            if updates:
                await self._hand_over(updates)
                offset = max(int(update["update_id"]) for update in updates) + 1
                self.handled += len(updates)

    async def _patiently(self, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Ask until there is an answer, with growing pauses. Raises InvalidToken."""
        pause, tries = FIRST_PAUSE_S, 0
        while True:
            try:
                return await ask()
            except (InvalidToken, EndPointNotFound) as error:  # so the library calls a refused token of a known method
                raise InvalidToken(error.message) from None
            except RetryAfter as error:
                wait = error.retry_after
                pause = wait if isinstance(wait, int | float) else wait.total_seconds()
            except TelegramError as error:
                tries += 1
                self._trouble(error, tries)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def _trouble(self, error: TelegramError, tries: int) -> None:
        """Another poller for some seconds is a deployment, one that stays a mistake that somebody must hear of; several
        other failures in a row are an outage."""
        self.error = type(error).__name__
        if isinstance(error, Conflict):
            now = time.time()
            self._conflicts = [*(at for at in self._conflicts if now - at < CONFLICTS_WITHIN_S), now]
            if len(self._conflicts) >= CONFLICTS:
                self.state = "conflict"
        elif tries >= OUTAGE:
            self.state = "unreachable"
        say(f"Telegram does not answer as hoped: {type(error).__name__}")

    # ------------------------------------------------------------------ handing over

    async def _hand_over(self, updates: list[dict[str, Any]]) -> None:
        """Bring all of a batch to the application: a chat's in their order, several chats side by side."""
        chats: dict[Any, list[dict[str, Any]]] = {}
        for update in updates:
            chats.setdefault(chat_of(update), []).append(update)
        gate = asyncio.Semaphore(AT_ONCE)

        async def one_chat(of_chat: list[dict[str, Any]]) -> None:
            async with gate:
                for update in of_chat:
                    await self._bring(update)

        await asyncio.gather(*(one_chat(of_chat) for of_chat in chats.values()))

    async def _bring(self, update: dict[str, Any]) -> None:
        """Until the application has it safe; it may be restarting."""
        body, pause = json.dumps(update, ensure_ascii=False).encode("utf-8", "surrogatepass"), FIRST_PAUSE_S
        while not await self._safe(body):
            self.state = "waiting"
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)
        if self.state == "waiting":
            self.state = "ready"

    async def _safe(self, body: bytes) -> bool:
        try:
            answer = await self.app.post(self.hook, content=body, headers={"Content-Type": "application/json"})
        except httpx.HTTPError as error:
            self.error = type(error).__name__
            return False
        if answer.is_success:
            return True
        self.error = f"the application answered {answer.status_code}"
        say(self.error)
        return False

    # ------------------------------------------------------------------ how it is

    async def _beat_for_ever(self) -> None:
        while True:
            self._news.clear()
            await self._beat()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), BEAT_S)

    async def _beat(self) -> None:
        """Tell the application; that it does not hear just now is no reason to stop."""
        beat = {
            "state": self.state,
            "pid": os.getpid(),
            "started_at": self.started_at,
            "polled_at": self.polled_at,
            "quiet_s": round(time.time() - (self.polled_at or self.started_at), 1),
            "handled": self.handled,
            "conflicts": len(self._conflicts),
            "error": self.error,
        }
        with suppress(httpx.HTTPError):
            await self.app.post(f"{self.hook}/heartbeat", json=beat)


def chat_of(update: dict[str, Any]) -> Any:
    """What orders updates: the chat they are of; all that has none goes together."""
    for part in update.values():
        if isinstance(part, dict):
            inner = part.get("message") if isinstance(part.get("message"), dict) else part
            chat = inner.get("chat") if isinstance(inner, dict) else None
            if isinstance(chat, dict):
                return chat.get("id")
    return None


def say(line: str) -> None:
    """A line for the log of the application, which reads our output."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


# --------------------------------------------------------------------------- the process


def run() -> int:
    """The process: until SIGTERM, or until the parent is gone. Answers the exit code."""
    given = {name: os.environ.get(name, "") for name in (TOKEN, API, APP, SECRET)}
    missing = [name for name, value in given.items() if not value]
    if missing:
        say(f"the bridge is started by the application; without it these are missing: {', '.join(missing)}")
        return BAD_TOKEN
    if not _bound_to_parent():
        return 0
    warnings.filterwarnings("ignore", "(?s).*retry_after", PTBDeprecationWarning)
    warnings.filterwarnings("ignore", message="Please use 'Bot")  # the library's own methods read updates into objects
    return asyncio.run(_main(given))


def _bound_to_parent() -> bool:
    """Have Linux end us with the thread that started us; False when it is gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    parent = os.environ.get(PARENT)
    return not parent or os.getppid() == int(parent)


async def _main(given: dict[str, str]) -> int:
    limits = httpx.Limits(max_connections=AT_ONCE + 2, max_keepalive_connections=AT_ONCE + 2)
    headers = {"X-Telegram-Bot-Api-Secret-Token": given[SECRET]}
    bot = Bot(given[TOKEN], base_url=f"{given[API].rstrip('/')}/bot", request=HTTPXRequest(4, connect_timeout=10))
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=30) as app:
        work = asyncio.create_task(Bridge(bot, app, given[APP]).run())
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sign, work.cancel)
        orphaned = asyncio.create_task(_until_alone(work))
        try:
            return await work
        except asyncio.CancelledError:
            return 0  # told a second time, while it said that it ends
        finally:
            orphaned.cancel()


async def _until_alone(work: asyncio.Task[int]) -> None:
    """Our standard input is a pipe from the parent: its end means that the parent is gone."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    try:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    except (OSError, ValueError):
        return  # a terminal or a file: somebody started it by hand
    await reader.read()
    work.cancel()
