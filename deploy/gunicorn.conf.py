"""Production server: one worker with many threads; an event stream holds a thread, so there are plenty.

Start it with `.venv/bin/gunicorn -c deploy/gunicorn.conf.py main:app`. PORT decides where it listens.
"""

import sys
from typing import Any

from crystalbay.config import load
from crystalbay.errors import ConfigError
from deploy.gunicorn_hooks import start_background, stop_background

try:
    bind = f"0.0.0.0:{load().port}"
except ConfigError as error:
    sys.stderr.write(f"Crystal Bay cannot start:\n{error}\n")
    sys.exit(2)
workers = 1
worker_class = "gthread"
threads = 240
timeout = 60
graceful_timeout = 8
keepalive = 5
limit_request_line = 8190  # some 200 ids of leads fit into the address of an export
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    start_background(worker)


def worker_exit(server: Any, worker: Any) -> None:
    stop_background(worker)
