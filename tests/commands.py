"""`flask --app main …` as a person runs it: a process of its own with settings of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
_OURS = ("DATABASE_URL", "SUPABASE_", "DATA_DIR", "ADMIN_", "WAZZUP_", "SAMO_", "APP_ENV")


def environment(given: dict[str, str]) -> dict[str, str]:
    """That of this process without settings of the product, and those given."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return kept | {"LOG_LEVEL": "ERROR", "PYTHONUNBUFFERED": "1"} | given


def started(env: dict[str, str], *words: str) -> subprocess.Popen[str]:
    """The command, running; both its outputs are pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "main", *words],
        cwd=ROOT,
        env=environment(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def flask(env: dict[str, str], *words: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """The command, ended; it may not have shown a traceback."""
    running = started(env, *words)
    out, err = running.communicate(timeout=seconds)
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def done(env: dict[str, str], *words: str, seconds: float = 60) -> str:
    """What the command printed; it must have succeeded."""
    ended = flask(env, *words, seconds=seconds)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
