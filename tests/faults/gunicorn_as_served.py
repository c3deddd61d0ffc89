"""The production server with fewer threads: the leases are those of production."""

from typing import Any

import main

worker_class = "gthread"
workers = 1
threads = 40
timeout = 60
graceful_timeout = 4
accesslog = None
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    worker.background = main.start(worker.wsgi)


def worker_exit(server: Any, worker: Any) -> None:
    main.stop(worker.background)
