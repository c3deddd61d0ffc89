"""The production server with short leases, so that a killed process is followed soon: for fault tests only."""

from typing import Any

import main
from deploy.gunicorn_hooks import also_stop_streams

worker_class = "gthread"
workers = 1
threads = 40
timeout = 60
graceful_timeout = 4
accesslog = None
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    worker.background = main.start(worker.wsgi, lease_s=1.5, renew_s=0.4)
    also_stop_streams(worker)


def worker_exit(server: Any, worker: Any) -> None:
    main.stop(worker.background)
