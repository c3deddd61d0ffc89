"""What the server does beside its settings: background threads begin after the fork and end with the worker."""

import gc
import os
import signal
import threading
import time
from types import FrameType
from typing import Any

import main

WATCH_S = 0.5


def start_background(worker: Any) -> None:
    """After the fork: job threads, schedule and notifier; event streams end as soon as a stop signal comes."""
    worker.background = main.start(worker.wsgi)
    also_stop_streams(worker)
    end_with_server(worker)
    collect_less_often()


def collect_less_often() -> None:
    """A board is thousands of small objects: by default the collector came dozens of times while one was made.

    What was imported by now lives as long as the worker and is not looked at again. It was a third of a board's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def also_stop_streams(worker: Any) -> None:
    """A stream holds its thread for ever: told to end first, it lets the worker stop in time."""
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        _prepend(sign, worker)


def end_with_server(worker: Any) -> None:
    """Without its server (killed, or out of memory) nobody would ever end a worker that waits for a stream or a job."""
    threading.Thread(target=_follow, args=(worker,), name="server-watch", daemon=True).start()


def _follow(worker: Any) -> None:
    while os.getppid() == worker.ppid:
        time.sleep(WATCH_S)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(worker.cfg.graceful_timeout)
    os._exit(1)


def _prepend(sign: signal.Signals, worker: Any) -> None:
    before = signal.getsignal(sign)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.background.notifier.stop()
        if callable(before):
            before(number, frame)

    signal.signal(sign, stop)


def stop_background(worker: Any) -> None:
    """Running jobs end; what does not end in time is taken up again after its lease."""
    if hasattr(worker, "background"):
        main.stop(worker.background)
