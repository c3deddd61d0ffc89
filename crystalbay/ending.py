"""Waiting until this process is told to end."""

from __future__ import annotations

import os
import signal


class Ending:
    """Ctrl+C and SIGTERM from now on, also where a parent has told us to ignore Ctrl+C.

    A pipe, no lock: the system may give the signal to any thread, and the one that waits would go on waiting for its
    lock. What comes before the wait stays in the pipe.
    """

    def __init__(self) -> None:
        self._reader, writer = os.pipe()
        os.set_blocking(writer, False)
        signal.set_wakeup_fd(writer)
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: None)

    def wait(self) -> None:
        os.read(self._reader, 1)
