"""The clockwork: APScheduler under a lease, so that one process of the deployment ticks.

A tick only adds a job, under a lease of its own for half its interval: two schedulers at the moment of a hand-over add
it once. The store's clock counts both leases, so the clocks of the machines may differ.
"""

from __future__ import annotations

import threading

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from crystalbay.clock import SystemClock
from crystalbay.errors import StoreError
from crystalbay.ids import new_id
from crystalbay.services.context import Context
from crystalbay.services.work import new_job

log = structlog.get_logger(__name__)

LEASE = "scheduler"
FULL_WATCH_S = 180.0
TIDY_S = 3600.0
FOLD_S = 60.0


class Schedule:
    """Takes and renews the lease; ticks while it holds it. `term` tells whether this process is the holder."""

    def __init__(self, ctx: Context, owner: str, *, ttl_s: float = 15.0, renew_s: float = 5.0) -> None:
        self._ctx, self._owner = ctx, owner
        self._ttl_s, self._renew_s = ttl_s, renew_s
        self._stopping = threading.Event()
        self._scheduler: BackgroundScheduler | None = None
        self._thread = threading.Thread(target=self._hold_for_ever, name="lease", daemon=True)
        self._asked_at: float | None = None
        self.term: int | None = None

    def start(self) -> Schedule:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(self._renew_s)
        self._pause()

    def _hold_for_ever(self) -> None:
        while not self._stopping.is_set():
            try:
                self.term = self._ctx.store.take_lease(LEASE, self._owner, self._ttl_s)
            except StoreError as error:
                self.term = None
                self._ctx.reach.failed(error)
                log.warning("schedule.lease_failed", error=str(error))
            if self.term is None:
                self._pause()
            elif self._scheduler is None:
                self._run()
            self._stopping.wait(self._renew_s)

    def _run(self) -> None:
        log.info("schedule.holds_lease", term=self.term)
        scheduler = BackgroundScheduler(
            timezone=self._ctx.settings.timezone,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 30},
        )
        every = self._ctx.settings.poll_interval_s
        scheduler.add_job(self._watch, "interval", seconds=every, id="watch", next_run_time=SystemClock().now())
        scheduler.add_job(self._tidy, "interval", seconds=TIDY_S, id="tidy", jitter=30)
        scheduler.add_job(self._fold, "interval", seconds=FOLD_S, id="fold", jitter=5)
        scheduler.start()
        self._scheduler = scheduler

    def _pause(self) -> None:
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def _watch(self) -> None:
        """The first tick of a holder asks Wazzup24 itself, then one every few minutes does."""
        now = self._ctx.clock.now().timestamp()
        full = self._asked_at is None or now - self._asked_at >= FULL_WATCH_S
        if self._add("watch", self._ctx.settings.poll_interval_s, full=full) and full:
            self._asked_at = now

    def _tidy(self) -> None:
        self._add("tidy", TIDY_S)

    def _fold(self) -> None:
        """No job: it may be done by two at once, and what is left is folded the next time."""
        try:
            self._ctx.store.fold_counts()
        except StoreError as error:
            log.warning("schedule.tick_lost", kind="fold", error=str(error))

    def _add(self, kind: str, every: float, **payload: object) -> bool:
        """False: another scheduler has just added it, or the store is away. The lease's term numbers the ticks."""
        try:
            number = self._ctx.store.take_lease(f"tick:{kind}", new_id(), every / 2)
            if number is not None:
                self._ctx.store.commit([new_job(kind, payload, key=kind, once=f"{kind}:tick {number}")])
        except StoreError as error:
            log.warning("schedule.tick_lost", kind=kind, error=str(error))
            return False
        return number is not None
