"""What tests of the embedded SQLite need besides the store: its file, and other programs on that file."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOLDER = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
raw.execute("begin exclusive")
print("held", flush=True)
sys.stdin.readline()
"""


def url_of(path: Path, wait_s: float | None = None) -> str:
    """The address of a database file; `wait_s`: how long the store shall wait for others' locks."""
    return f"sqlite:///{path}" + (f"?timeout={wait_s}" if wait_s else "")


@contextmanager
def held_by_another_process(path: Path) -> Iterator[None]:
    """Within this block another process holds the file's write lock."""
    command = [sys.executable, "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        try:
            yield
        finally:
            holder.stdin.close()
