"""The application as its own processes, to be killed: gunicorn in a session of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass
class AppProcess:
    """`env`: the settings. `kill` ends everything at once, as a power cut would."""

    env: dict[str, str]
    config: str = "tests/faults/gunicorn_fast.py"
    port: int = field(default_factory=lambda: free_port())
    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the server's first process."""
        assert self._process
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, *, wait: bool = True) -> AppProcess:
        command = [sys.executable, "-m", "gunicorn", "-c", self.config, "-b", f"127.0.0.1:{self.port}", "main:app"]
        environment = {**os.environ, "PORT": str(self.port), **self.env, "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                assert self._process
                assert self._process.poll() is None, "the application ended while starting"
                time.sleep(0.03)
        raise AssertionError("the application was never ready")

    def kill(self) -> None:
        """SIGKILL to the whole session: web, jobs, everything."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def terminate(self) -> float:
        """SIGTERM, as a deployment does. Answers how many seconds the end took."""
        assert self._process
        began = time.monotonic()
        self._process.terminate()
        self._process.wait(20)
        return time.monotonic() - began


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
