"""The webhook: updates of one chat in order, of other chats at the same time, each until it is answered with a 2xx."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from crystalbay.sandbox.telegram_request import Params, bad_request, conflict, too_fast
from crystalbay.sandbox.telegram_updates import Update, Updates

_TIMEOUT_S = 30
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_AGAIN_S = 1.0
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (the name of a header)
_SECRET = re.compile(r"[A-Za-z0-9_-]{0,256}")
_AT_HOME = ("127.0.0.1", "localhost", "::1")


@dataclass
class Target:
    """Where updates go; without an address they wait for getUpdates."""

    address: str = ""
    secret: str = ""
    connections: int = 40


class Webhook:
    """Posts what waits in the queue. Its state is guarded by the queue's own condition."""

    def __init__(self, updates: Updates, first: Target) -> None:
        self._updates, self._first = updates, first
        self._changed = updates.changed
        self._busy: set[int] = set()
        self._running = False
        self.clear()

    def clear(self) -> None:
        with self._changed:
            self.target = self._first
            self._set_at = -_AGAIN_S
            self._error: tuple[int, str] | None = None
            self._changed.notify_all()

    def start(self) -> None:
        self._running = True
        threading.Thread(target=self._run, name="sandbox-telegram-webhook", daemon=True).start()

    def stop(self) -> None:
        with self._changed:
            self._running = False
            self._changed.notify_all()

    # ------------------------------------------------------------------ the methods

    def set(self, params: Params) -> str:
        """setWebhook; answers the description. Raises Refusal."""
        target = _read_target(params)
        with self._changed:
            now = time.monotonic()
            if now - self._set_at < _AGAIN_S:
                raise too_fast(1)
            self._set_at = now
            if not target.address:
                return self.delete(params)
            remember_allowed(self._updates, params)
            if params.flag("drop_pending_updates"):
                self._updates.drop()
            already = self.target == target
            self.target, self._error = target, None
            self._updates.end_poll(conflict("terminated by setWebhook request"))
            self._changed.notify_all()
            return "Webhook is already set" if already else "Webhook was set"

    def delete(self, params: Params) -> str:
        """deleteWebhook; answers the description."""
        with self._changed:
            if params.flag("drop_pending_updates"):
                self._updates.drop()
            was = bool(self.target.address)
            self.target = Target()
            self._changed.notify_all()
            return "Webhook was deleted" if was else "Webhook is already deleted"

    def info(self) -> dict[str, Any]:
        """getWebhookInfo."""
        with self._changed:
            told: dict[str, Any] = {"url": self.target.address, "has_custom_certificate": False}
            told["pending_update_count"] = len(self._updates.waiting)
            if self.target.address:
                told |= {"max_connections": self.target.connections, "ip_address": "127.0.0.1"}
                if self._error:
                    told |= {"last_error_date": self._error[0], "last_error_message": self._error[1]}
            if self._updates.allowed:
                told["allowed_updates"] = self._updates.allowed
            return told

    # ------------------------------------------------------------------ the threads

    def _run(self) -> None:
        """Give every chat that has something to hear a thread of its own."""
        with self._changed:
            while self._running:
                for chat in self._ready():
                    self._busy.add(chat)
                    threading.Thread(target=self._tell, args=(chat,), name="sandbox-telegram-hook", daemon=True).start()
                self._changed.wait()

    def _ready(self) -> list[int]:
        if not self.target.address:
            return []
        chats = {update.chat: None for update in self._updates.waiting if update.chat not in self._busy}
        return list(chats)[: max(self.target.connections - len(self._busy), 0)]

    def _tell(self, chat: int) -> None:
        """Post all updates of one chat, one after the other."""
        pause = _FIRST_PAUSE_S
        with requests.Session() as session:
            session.trust_env = False
            while (work := self._next(chat)) is not None:
                update, target = work
                problem = _post(session, target, update)
                if problem is None:
                    self._updates.done(update)
                    pause = _FIRST_PAUSE_S
                    continue
                self._wait_after(problem, target, pause)
                pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _next(self, chat: int) -> tuple[Update, Target] | None:
        """The next update of a chat; when there is none the chat's thread ends, which the dispatcher must see."""
        with self._changed:
            update = next((update for update in self._updates.waiting if update.chat == chat), None)
            if update is not None and self.target.address and self._running:
                return update, self.target
            self._busy.discard(chat)
            self._changed.notify_all()
            return None

    def _wait_after(self, problem: str, target: Target, pause: float) -> None:
        with self._changed:
            self._error = (int(time.time()), problem)
            self._changed.wait_for(lambda: self.target is not target or not self._running, pause)


def remember_allowed(updates: Updates, params: Params) -> None:
    """Telegram keeps the list of wanted kinds until another one comes. Raises Refusal."""
    kinds = params.json("allowed_updates")
    if kinds is None:
        return
    if not isinstance(kinds, list):
        raise bad_request("can't parse allowed updates JSON object")
    with updates.changed:
        updates.allowed = [str(kind) for kind in kinds]


def _read_target(params: Params) -> Target:
    address, secret = params.text("url"), params.text("secret_token")
    try:
        parts = urlsplit(address)
    except ValueError:
        raise bad_request("bad webhook: invalid webhook URL specified") from None
    if address and parts.scheme != "https" and parts.hostname not in _AT_HOME:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    return Target(address, secret, min(max(params.integer("max_connections", 40), 1), 100))


def _post(session: requests.Session, target: Target, update: Update) -> str | None:
    """Post one update; the words of getWebhookInfo when it was not taken."""
    headers = {_SECRET_HEADER: target.secret} if target.secret else {}
    try:
        answer = session.post(
            target.address, json=update.body, headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
        )
    except requests.Timeout:
        return "Read timeout expired"
    except requests.RequestException as error:
        return "Connection refused" if isinstance(error, requests.ConnectionError) else type(error).__name__
    return None if answer.ok and answer.status_code < 300 else f"Wrong response from the webhook: {answer.status_code}"
