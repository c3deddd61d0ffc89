"""Production server: one worker with many threads; an event stream holds a thread, so there are plenty.

Start it with `.venv/bin/gunicorn -c deploy/gunicorn.conf.py main:app`. PORT decides where it listens.
"""

from typing import Any

from crystalbay.config import load
from deploy.gunicorn_hooks import start_background, stop_background

bind = f"0.0.0.0:{load().port}"
workers = 1
worker_class = "gthread"
threads = 240
timeout = 60
graceful_timeout = 8
keepalive = 5
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    start_background(worker)


def worker_exit(server: Any, worker: Any) -> None:
    stop_background(worker)
