"""The thread that waits for the store: it notices the return, does what had to wait, and replays the journal."""

from __future__ import annotations

import threading

import structlog

from crystalbay.errors import StoreUnavailable
from crystalbay.services import outage
from crystalbay.services.context import Context

log = structlog.get_logger(__name__)

RETRY_S = 0.5
"""Between two tries to reach the store."""
LOOK_S = 1.0
"""How often the journal is looked at for what another process put there."""
TAKEN_S = 0.05
"""How often it is asked whether the replayed events were taken."""


class Recovery:
    """One a process; of those that share a journal one replays at a time, each when it comes to it."""

    def __init__(self, ctx: Context, owner: str) -> None:
        self._ctx, self._owner = ctx, owner
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="recovery", daemon=True)

    def start(self) -> Recovery:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._ctx.reach.noticed.set()
        self._thread.join(5.0)

    def _work(self) -> None:
        noticed = self._ctx.reach.noticed
        while not self._stopping.is_set():
            noticed.clear()
            try:
                self._once()
            except StoreUnavailable as error:
                self._ctx.reach.lost(error)
                self._stopping.wait(RETRY_S)
                continue
            except Exception:
                log.exception("recovery.broken")
                self._stopping.wait(LOOK_S)
                continue
            noticed.wait(LOOK_S)

    def _once(self) -> None:
        if self._ctx.reach.since is not None or self._ctx.reach.doubted:
            outage.probe(self._ctx, self._owner)
            self._ctx.reach.back()
        if self._ctx.journal.waits:
            with self._ctx.journal.replaying() as mine:
                while mine and self._ctx.journal.waits and not self._stopping.is_set():
                    self._replay()

    def _replay(self) -> None:
        """One batch; when there is none, an end of the journal as soon as what it held was taken."""
        journal = self._ctx.journal
        batch = journal.read()
        if batch.entries or batch.damaged:
            journal.advance(batch, outage.store(self._ctx, batch))
        elif outage.taken(self._ctx):
            journal.clear(batch.end)
        else:
            self._stopping.wait(TAKEN_S)
