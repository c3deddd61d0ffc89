"""REST lead creation and webhook acknowledgement against the bare app, at 8 connections, in A B A B rounds.

Also: seconds from start to /readyz, and the memory (PSS) of the web process.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson

from benchmarks.load import Result
from tests.process import ROOT, AppProcess, free_port

THREADS = "240"
SECRET = "benchsecret"


def load(kind: str, port: int, path: str, seconds: float, connections: int, expected: int, *headers: str) -> Result:
    command = [sys.executable, "-m", "benchmarks.load", kind, str(port), path, str(seconds), str(connections)]
    done = subprocess.run([*command, str(expected), *headers], cwd=ROOT, capture_output=True, text=True, check=True)
    return Result(**orjson.loads(done.stdout))


def start_bare(folder: Path, app: str = "benchmarks.bare_app:app") -> tuple[subprocess.Popen[bytes], int]:
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", "1", "--threads", THREADS, "--keep-alive", "5",
            "--log-level", "warning", "-b", f"127.0.0.1:{port}", app,
        ],
        cwd=ROOT,
        env={**os.environ, "BARE_DB": str(folder / "bare.db")},
        start_new_session=True,
    )  # fmt: skip
    return process, port


def start_ours(folder: Path, **settings: str) -> tuple[AppProcess, str, float]:
    """The production configuration on an embedded file; its key; seconds to /readyz."""
    env = {
        "APP_ENV": "production",
        "DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
        "DATA_DIR": str(folder),
        "WAZZUP_API_KEY": "bench",
        "WAZZUP_API_SECRET": SECRET,
        "WAZZUP_API_URL": "http://127.0.0.1:9",
        "LOG_LEVEL": "ERROR",
    } | settings
    made = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "main", "create-api-key", "--name", "bench", "--scopes", "admin"],
        cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    app = AppProcess(env, config="deploy/gunicorn.conf.py")
    began = time.monotonic()
    app.start()
    return app, made.stdout.strip().splitlines()[-1], time.monotonic() - began


def memory_mib(root_pid: int) -> float:
    """PSS of the largest process of a tree: the web worker."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(root_pid)], capture_output=True, text=True).stdout
    sizes = []
    for pid in children.split():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
        sizes += [int(line.split()[1]) / 1024 for line in rollup.splitlines() if line.startswith("Pss:")]
    return max(sizes)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--connections", type=int, default=8)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare, bare_port = start_bare(folder)
        ours, key, ready_s = start_ours(folder)
        try:
            report: dict[str, Any] = {"ready_s": round(ready_s, 2)}
            for kind, bare_path, our_path, expected, headers in (
                ("lead", "/leads", "/api/v1/leads", 201, (f"Authorization=Bearer {key}",)),
                ("wazzup", "/webhook", f"/webhooks/wazzup/{SECRET}", 200, ()),
            ):
                report[kind] = compare(given, kind, bare_port, bare_path, ours.port, our_path, expected, headers)
            assert ours._process
            report["memory_mib"] = round(memory_mib(ours._process.pid), 1)
        finally:
            ours.kill()
            bare.kill()
    print(json.dumps(report, indent=2))
    return 0


def compare(
    given: argparse.Namespace, kind: str, bare_port: int, bare_path: str, our_port: int, our_path: str,
    expected: int, headers: tuple[str, ...],
) -> dict[str, float]:  # fmt: skip
    """Medians over rounds of bare, ours, bare, ours …"""
    pairs = []
    for _ in range(given.rounds):
        reference = load(kind, bare_port, bare_path, given.seconds, given.connections, 201 if kind == "lead" else 200)
        mine = load(kind, our_port, our_path, given.seconds, given.connections, expected, *headers)
        both = f"bare {reference.rate:.0f}/s, {reference.p95_ms:.1f} ms; ours {mine.rate:.0f}/s, {mine.p95_ms:.1f} ms"
        print(f"{kind}: {both}", file=sys.stderr)
        pairs.append((reference, mine))
    return {
        "ratio": round(statistics.median(mine.rate / bare.rate for bare, mine in pairs), 2),
        "p95_times": round(statistics.median(mine.p95_ms / bare.p95_ms for bare, mine in pairs), 2),
        "ours_per_s": round(statistics.median(mine.rate for _, mine in pairs)),
        "bare_per_s": round(statistics.median(bare.rate for bare, _ in pairs)),
        "errors": sum(bare.errors + mine.errors for bare, mine in pairs),
    }


if __name__ == "__main__":
    sys.exit(main())
