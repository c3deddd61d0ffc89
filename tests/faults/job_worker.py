"""A job-running process for the kill test: python -m tests.faults.job_worker STORE_URL KEY."""

from __future__ import annotations

import sys
import threading
import time

from crystalbay.jobs.runner import Handler, Runner
from crystalbay.services.activities import activity
from crystalbay.services.viewers import SYSTEM
from crystalbay.services.work import Job
from crystalbay.store import open_store
from crystalbay.store.interface import Change


def work(job: Job) -> list[Change]:
    """Some milliseconds of work, and an effect that is committed with the job's end."""
    time.sleep(0.01)
    return [activity("worked", SYSTEM, key=job.key, n=job.payload["n"], attempt=job.attempts)]


def main() -> None:
    store = open_store(sys.argv[1], key=sys.argv[2])
    Runner(store, {"count": Handler(work)}, workers=4, lease_s=1.0, renew_s=0.3).start()
    print("running", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
