"""Production server: one worker with many threads; an event stream holds a thread, so there are plenty.

Start it with `.venv/bin/gunicorn -c deploy/gunicorn.conf.py main:app`. PORT decides where it listens.
"""

import signal
from types import FrameType
from typing import Any

import main
from crystalbay.config import load

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
    """After the fork: start the background threads, and end the event streams as soon as SIGTERM comes."""
    worker.background = main.start(worker.wsgi)
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _also_stop_streams(sign, worker)


def _also_stop_streams(sign: signal.Signals, worker: Any) -> None:
    before = signal.getsignal(sign)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.background.notifier.stop()
        if callable(before):
            before(number, frame)

    signal.signal(sign, stop)


def worker_exit(server: Any, worker: Any) -> None:
    """Let running jobs end; what does not end in time is taken up again after its lease."""
    if hasattr(worker, "background"):
        main.stop(worker.background)
