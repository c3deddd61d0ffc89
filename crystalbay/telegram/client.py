"""The Bot API through python-telegram-bot, called from ordinary threads.

The library is asyncio throughout: one loop in a thread of its own serves all callers of this process. It is started at
the first call, so never before a fork.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import warnings
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import HTTPXRequest
from telegram.warnings import PTBDeprecationWarning

from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.limits import Limiter
from crystalbay.telegram.refusals import refusal

T = TypeVar("T")

CONNECT_S, ANSWER_S, POOL_S = 10.0, 20.0, 5.0
CONNECTIONS = 64
_CALL_S = 60.0
"""Beyond every time limit of the library: a caller never waits for ever."""

BLOCKED, GONE, MIGRATED = "blocked", "gone", "migrated"
"""Codes of errors: the customer lets nothing through; the message is not there (any more); the group has a new id."""

_TOO_LARGE = "request entity too large"

warnings.filterwarnings("ignore", "(?s).*retry_after", PTBDeprecationWarning)  # both of its types are read below
for library in ("httpx", "telegram"):  # more talkative they write every address, and the token is in it
    logging.getLogger(library).setLevel(logging.WARNING)


class Loop:
    """An asyncio loop in a daemon thread, started when it is needed first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Begin a piece of work; its result may be waited for from any thread."""
        return asyncio.run_coroutine_threadsafe(work, self._running())  # type: ignore[return-value]

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True).start()
            return self._loop


class TelegramClient:
    """Synchronous and thread-safe; it repeats nothing by itself. Raises TransientError or PermanentError, no more.

    Their words are Russian, fit for a manager, and never hold the token.
    """

    def __init__(self, url: str, token: str, *, limiter: Limiter) -> None:
        """`url`: the Bot API's host, such as https://api.telegram.org."""
        self._url, self._token = url.rstrip("/"), token
        self.limiter = limiter
        self._loop = Loop()

    def __repr__(self) -> str:
        return f"TelegramClient({self._url!r})"

    @cached_property
    def _bot(self) -> Bot:
        request = HTTPXRequest(
            CONNECTIONS, read_timeout=ANSWER_S, write_timeout=ANSWER_S, connect_timeout=CONNECT_S, pool_timeout=POOL_S
        )
        base, files = f"{self._url}/bot", f"{self._url}/file/bot"
        return Bot(self._token, base_url=base, base_file_url=files, request=request)

    def call(self, ask: Callable[[Bot], Awaitable[T]]) -> T:
        """Ask the Bot API and wait for its answer."""
        waiting = self._loop.start(self._asked(ask))
        try:
            answer = waiting.result(_CALL_S)  # type: ignore[call-arg]
        except TimeoutError:
            waiting.cancel()
            raise TransientError("Telegram не ответил вовремя.", outcome_unknown=True) from None
        if isinstance(answer, ProviderError):
            raise answer
        return answer

    def begin(self, ask: Callable[[Bot], Awaitable[object]]) -> None:
        """Ask without waiting, for what is no loss when it fails: «печатает…»."""
        self._loop.start(self._asked(ask))

    async def _asked(self, ask: Callable[[Bot], Awaitable[T]]) -> T | ProviderError:
        """The answer, or the error of ours: the library's own hold addresses with the token in their causes."""
        try:
            return await ask(self._bot)
        except TelegramError as error:
            return translated(error)

    def file_url(self, file_id: str) -> str:
        """Where a file can be fetched for the next hour. The address holds the token: it is never kept or logged."""
        path = self.call(lambda bot: bot.get_file(file_id)).file_path or ""
        return path if path.startswith(self._url) else f"{self._url}/file/bot{self._token}/{path}"

    def check(self) -> str:
        """Does it work? One line for the operator."""
        me = self.call(lambda bot: bot.get_me())
        hook = self.call(lambda bot: bot.get_webhook_info())
        how = "вебхук зарегистрирован" if hook.url else "вебхука нет: обновления забирает процесс бота"
        waiting = f", ждут доставки: {hook.pending_update_count}" if hook.pending_update_count else ""
        return f"Токен принят, бот @{me.username}; {how}{waiting}."


def translated(error: TelegramError) -> ProviderError:
    """The library's error as one of ours. BadRequest is a NetworkError, too: the order counts."""
    said = error.message
    match error:
        case RetryAfter():
            return TransientError("Telegram просит писать реже.", retry_after=_seconds(error.retry_after))
        case Forbidden():
            code = BLOCKED if "blocked" in said.casefold() or "deactivated" in said.casefold() else None
            return PermanentError(refusal(said), code=code)
        case InvalidToken():
            return PermanentError("Telegram не принимает токен бота: проверьте TELEGRAM_BOT_TOKEN.", code="token")
        case ChatMigrated():
            return PermanentError(refusal(said), code=f"{MIGRATED}:{error.new_chat_id}")
        case Conflict():
            return TransientError("Telegram: у бота два получателя обновлений.", code="conflict")
        case BadRequest():
            code = GONE if "not found" in said.casefold() else said
            return PermanentError(refusal(said), code=code)
        case NetworkError() if _TOO_LARGE in said.casefold():
            return PermanentError(refusal(said))
        case NetworkError():
            unsent = isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
            return TransientError("Telegram не отвечает.", outcome_unknown=not unsent)
        case _:  # it answered, but nobody can read what
            return TransientError("Telegram ответил непонятно.", outcome_unknown=True)


def _seconds(pause: int | timedelta) -> float:
    return pause.total_seconds() if isinstance(pause, timedelta) else float(pause)
