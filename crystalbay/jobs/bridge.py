"""The supervisor of the Telegram bridge: one process of the deployment keeps one bridge process running.

Who holds the lease runs it. It is started again with growing pauses, stopped when the lease is lost, and ends with us:
the thread that starts it lives as long as the process does, for Linux binds a child to the thread.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

from crystalbay.errors import StoreError
from crystalbay.services import bridge_watch
from crystalbay.services.context import Context

log = structlog.get_logger(__name__)

LEASE = "telegram"
TTL_S, RENEW_S, LOOK_S = 12.0, 4.0, 1.0
"""A bridge whose machine is gone is replaced within 12 s and a second or two for the start."""

LONGEST_PAUSE_S, GOOD_LIFE_S = 60.0, 300.0
PATIENCE_S = 8.0
"""How long a bridge may take to end before it is killed."""

SILENT_S = 40.0
BAD_TOKEN = 78
_OF_THE_SYSTEM = ("PATH", "LANG", "SSL_CERT_FILE", "HTTPS_PROXY", "NO_PROXY")
"""All of our environment that the bridge gets: the other secrets are none of its business."""

ROOT = Path(__file__).parents[2]


class Supervisor:
    """`address`: where this process's own web server listens, such as http://127.0.0.1:8000."""

    def __init__(
        self, ctx: Context, owner: str, address: str, *, ttl_s: float = TTL_S, renew_s: float = RENEW_S
    ) -> None:
        self._ctx, self._owner, self._address = ctx, owner, address
        self._ttl_s, self._renew_s = ttl_s, renew_s
        self._stopping = threading.Event()
        self._child: subprocess.Popen[str] | None = None
        self._renewed_at = float("-inf")
        self._started_at = 0.0
        self._not_before = 0.0
        self._deaths = 0
        self._refused = False
        self._thread = threading.Thread(target=self._supervise, name="bridge", daemon=True)

    def start(self) -> Supervisor:
        self._thread.start()
        return self

    def stop(self) -> None:
        """End the bridge and let another process have the lease at once."""
        self._stopping.set()
        self._thread.join(PATIENCE_S + 4.0)

    @property
    def pid(self) -> int | None:
        """Of the bridge that runs here, if one does."""
        return self._child.pid if self._child and self._child.poll() is None else None

    def _supervise(self) -> None:
        while not self._stopping.is_set():
            try:
                self._once()
            except Exception:
                log.exception("bridge.supervisor_broke")
            self._stopping.wait(min(LOOK_S, self._renew_s))
        self._end()
        self._give_back()

    def _once(self) -> None:
        if self._holds():
            self._look_after()
        elif self._child:
            log.warning("bridge.lease_lost")
            self._end()

    # ------------------------------------------------------------------ the lease

    def _holds(self) -> bool:
        """Is the lease ours? While the store is away it is ours until it would have run out."""
        now = time.monotonic()
        if now - self._renewed_at < self._renew_s:
            return True
        try:
            term = self._ctx.store.take_lease(LEASE, self._owner, self._ttl_s)
        except StoreError as error:
            self._ctx.reach.failed(error)
            return now - self._renewed_at < self._ttl_s - self._renew_s
        self._renewed_at = now if term is not None else float("-inf")
        return term is not None

    def _give_back(self) -> None:
        if self._renewed_at == float("-inf"):
            return
        try:
            self._ctx.store.take_lease(LEASE, self._owner, 0.0)
        except StoreError as error:
            log.info("bridge.lease_kept", error=str(error))

    # ------------------------------------------------------------------ the child

    def _look_after(self) -> None:
        if self._child is None:
            if time.monotonic() >= self._not_before and not self._refused:
                self._begin()
        elif self._child.poll() is not None:
            self._died(self._child.returncode)
        elif self._silent():
            log.warning("bridge.silent")
            self._end()
            self._pause()

    def _begin(self) -> None:
        from bot import hook_secret  # the library is here already: a bot is configured

        settings = self._ctx.settings
        token = settings.telegram_bot_token.get_secret_value()
        given = {
            "TELEGRAM_BOT_TOKEN": token,
            "TELEGRAM_API_URL": settings.telegram_api_url,
            "CRYSTALBAY_BRIDGE_URL": f"{self._address}/webhooks/telegram",
            "CRYSTALBAY_BRIDGE_SECRET": hook_secret(token, settings.telegram_webhook_secret.get_secret_value()),
            "CRYSTALBAY_BRIDGE_PARENT": str(os.getpid()),
        }
        system = {name: os.environ[name] for name in _OF_THE_SYSTEM if name in os.environ}
        self._child = subprocess.Popen(
            [sys.executable, "bot.py"],
            cwd=ROOT,
            env=system | given,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started_at = time.monotonic()
        threading.Thread(target=_log_lines, args=(self._child,), name="bridge-log", daemon=True).start()
        log.info("bridge.started", pid=self._child.pid)

    def _died(self, code: int) -> None:
        self._child = None
        if code == BAD_TOKEN:
            self._refused = True
            log.error("bridge.token_refused")
            return
        log.warning("bridge.died", code=code)
        self._pause()

    def _pause(self) -> None:
        """Quick deaths wait longer and longer; a good life is forgotten."""
        lived = time.monotonic() - self._started_at
        self._deaths = 0 if lived > GOOD_LIFE_S else self._deaths + 1
        longest = min(2.0 ** (self._deaths - 1), LONGEST_PAUSE_S) if self._deaths else 0.0
        self._not_before = time.monotonic() + longest * random.uniform(0.8, 1.2)  # noqa: S311

    def _silent(self) -> bool:
        """Has it not said for long how it is, though the store could have kept it?"""
        if time.monotonic() - self._started_at < SILENT_S or self._ctx.reach.since is not None:
            return False
        try:
            rows = self._ctx.store.find("health", [("id", "eq", bridge_watch.BRIDGE)], order=("id",), limit=1)
        except StoreError:
            return False
        return not rows or (self._ctx.clock.now() - rows[0]["at"]).total_seconds() > SILENT_S

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _log_lines(child: subprocess.Popen[str]) -> None:
    """The child's lines join our log."""
    assert child.stdout
    for line in child.stdout:
        log.info("bridge.says", line=line.rstrip()[:1000])
