"""One claimer a process hands claimed job rows to worker threads; a lease and the attempt number guard every effect.

A handler reads what it needs, perhaps calls a provider, and answers the changes to commit; the runner commits them
together with the end of the job. When somebody else changed what the handler had read (Conflict), it runs again.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from crystalbay.errors import Conflict, PermanentError, StoreError, StoreUnavailable, TransientError
from crystalbay.services.work import Job, Postpone
from crystalbay.store.interface import Change, Store

log = structlog.get_logger(__name__)

LONGEST_PAUSE_S = 15 * 60
GIVE_WAY_S = 0.25
CLAIM_IN_CROWD = 2
RERUNS = 20
"""How often a handler runs again because its reads were overtaken, before it counts as a failure."""


def _nothing(_job: Job, _error: str) -> list[Change]:
    return []


@dataclass(frozen=True)
class Handler:
    """What runs a kind of job: `run` answers the changes; `died` those to make when the last attempt failed.

    `failures`: attempts before it is dead. `pause_s`: the first pause, doubled each time. `at_once`: most that run at
    the same time in one process (None: as many as there are workers).
    """

    run: Callable[[Job], list[Change]]
    died: Callable[[Job, str], list[Change]] = _nothing
    failures: int = 8
    pause_s: float = 1.0
    at_once: int | None = None


@dataclass
class Runner:
    store: Store
    handlers: Mapping[str, Handler]
    workers: int = 16
    lease_s: float = 15.0
    renew_s: float = 5.0
    crowded: Callable[[], bool] = lambda: False
    owner: str = field(default_factory=lambda: f"process-{uuid.uuid4()}")

    def __post_init__(self) -> None:
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._held: dict[str, int] = {}
        self._lock = threading.Lock()
        self._busy = 0
        self._gates = {k: threading.BoundedSemaphore(h.at_once) for k, h in self.handlers.items() if h.at_once}
        self._pool = ThreadPoolExecutor(self.workers, thread_name_prefix="job")
        self._threads = [
            threading.Thread(target=self._claim_for_ever, name="job-claimer", daemon=True),
            threading.Thread(target=self._renew_for_ever, name="job-leases", daemon=True),
        ]

    # ------------------------------------------------------------------ life

    def start(self) -> Runner:
        self.store.on_commit("jobs", self._wake.set)
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, patience_s: float = 4.0) -> None:
        """Claim no more and let running jobs end; what does not end in time is claimed again after its lease."""
        self._stopping.set()
        self._wake.set()
        for thread in self._threads:
            thread.join(patience_s)
        self._pool.shutdown(wait=False, cancel_futures=True)
        deadline = threading.Event()
        for _ in range(int(patience_s / 0.05)):
            if not self._busy:
                break
            deadline.wait(0.05)

    @property
    def idle(self) -> bool:
        """Nothing is running in this process just now."""
        return self._busy == 0

    # ------------------------------------------------------------------ claiming

    def _claim_for_ever(self) -> None:
        while not self._stopping.is_set():
            pause = 1.0
            try:
                pause = self._claim_once(CLAIM_IN_CROWD if self._crowd_stays() else self.workers)
            except StoreError as error:
                log.warning("jobs.claim_failed", error=str(error))
            self._wake.wait(pause)
            self._wake.clear()

    def _crowd_stays(self) -> bool:
        """While requests crowd in, wait before claiming: acknowledging comes before thinking. True: they still do."""
        until = time.monotonic() + GIVE_WAY_S
        while self.crowded():
            if time.monotonic() > until or self._stopping.wait(0.02):
                return True
        return False

    def _claim_once(self, at_most: int) -> float:
        """Claim up to the number of free workers; the seconds to sleep, 50 ms at least (blocked heads look due)."""
        free = min(self.workers - self._busy, at_most)
        if free <= 0:
            return 1.0
        rows, wait = self.store.claim_jobs(self.owner, free, self.lease_s)
        for row in rows:
            job = Job.of(row, self.lease_s)
            with self._lock:
                self._held[job.id] = job.attempts
                self._busy += 1
            self._pool.submit(self._work, job)
        return min(max(wait if wait is not None else 1.0, 0.05), 1.0)

    def _renew_for_ever(self) -> None:
        while not self._stopping.wait(self.renew_s):
            with self._lock:
                held = list(self._held.items())
            try:
                ours = set(self.store.renew_jobs(self.owner, held, self.lease_s))
            except StoreError as error:
                log.warning("jobs.renew_failed", error=str(error))
                continue
            for job_id in {job_id for job_id, _ in held} - ours:
                log.info("jobs.lease_lost", job_id=job_id)

    # ------------------------------------------------------------------ working

    def _work(self, job: Job) -> None:
        structlog.contextvars.bind_contextvars(job_id=job.id, job_kind=job.kind)
        try:
            self._run(job)
        except StoreError as error:
            log.warning("jobs.not_finished", error=str(error))
        finally:
            structlog.contextvars.clear_contextvars()
            with self._lock:
                self._held.pop(job.id, None)
                self._busy -= 1
            self._wake.set()

    def _run(self, job: Job) -> None:
        handler = self.handlers.get(job.kind)
        if handler is None:
            self._end(job, "dead", [], f"no handler for {job.kind}")
            return
        gate = self._gates.get(job.kind)
        if gate and not gate.acquire(blocking=False):
            self._return(job, 0.3)
            return
        try:
            self._attempt(job, handler)
        except Postpone as later:
            self._return(job, later.seconds)
        except PermanentError as error:
            self._died(job, handler, str(error))
        except TransientError as error:
            self._failed(job, handler, str(error), error.retry_after)
        except (StoreUnavailable, Conflict):
            raise
        except Exception as error:
            log.exception("jobs.handler_broke")
            self._failed(job, handler, f"{type(error).__name__}: {error}", None)
        finally:
            if gate:
                gate.release()

    def _attempt(self, job: Job, handler: Handler) -> None:
        """Run and commit; again when the world moved between reading and committing."""
        for _ in range(RERUNS):
            try:
                self.store.commit([job.finish(), *handler.run(job)])
            except Conflict as conflict:
                if conflict.table == "jobs":
                    raise
                continue
            return
        raise TransientError(f"overtaken {RERUNS} times")

    def _failed(self, job: Job, handler: Handler, error: str, retry_after: float | None) -> None:
        failures = job.failures + 1
        if failures >= handler.failures:
            self._died(job, handler, error)
            return
        pause = retry_after or min(handler.pause_s * 2 ** (failures - 1), LONGEST_PAUSE_S) * random.uniform(0.8, 1.2)  # noqa: S311
        log.info("jobs.again", error=error, failures=failures, pause_s=round(pause, 2))
        self._return(job, pause, failures=failures, last_error=error[:1000])

    def _died(self, job: Job, handler: Handler, error: str) -> None:
        log.error("jobs.dead", error=error)
        self._end(job, "dead", handler.died(job, error), error)

    def _end(self, job: Job, state: str, changes: list[Change], error: str) -> None:
        self.store.commit([job.finish(state, last_error=error[:1000]), *changes])

    def _return(self, job: Job, seconds: float, **changes: object) -> None:
        self.store.commit([job.again(seconds, **changes)])
