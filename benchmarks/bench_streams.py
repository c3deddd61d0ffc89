"""What open streams cost, and how soon a message is seen: lead creation with 50 streams against none, and the way from
a webhook to 200 open dashboards, busy and idle.

The streams are followed by processes of their own, as browsers would: signed in, with cards in Russian.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests

from benchmarks.bench_board import LOGIN, sign_in
from benchmarks.bench_intake import SECRET, load, start_ours
from benchmarks.load import wazzup
from tests.process import ROOT, AppProcess

FEW, MANY = 50, 200
FLOOR, CEILING_S = 0.8, 1.5
MESSAGES = 40
"""Webhooks whose way is measured; one each 0.3 s."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ours, key, _ = start_ours(Path(name), **LOGIN)
        try:
            cookie = sign_in(ours.url)
            report = {
                "intake_with_50_streams": _intake(ours, key, cookie, given.rounds, given.seconds),
                "seen_idle": _seen(ours, cookie, 1),
                "seen_with_200_streams": _seen(ours, cookie, MANY),
            }
        finally:
            ours.kill()
    print(json.dumps(report, indent=2))
    return 0


# --------------------------------------------------------------------------- what streams cost


def _intake(ours: AppProcess, key: str, cookie: str, rounds: int, seconds: float) -> dict[str, float]:
    """Medians over rounds of lead creation without streams, then with 50."""
    bearer = f"Authorization=Bearer {key}"
    pairs = []
    for _ in range(rounds):
        alone = load("lead", ours.port, "/api/v1/leads", seconds, 8, 201, bearer)
        with following(ours.url, cookie, FEW, "takes"):
            followed = load("lead", ours.port, "/api/v1/leads", seconds, 8, 201, bearer)
        assert not alone.errors + followed.errors
        print(f"alone {alone.rate:.0f}/s, with {FEW} streams {followed.rate:.0f}/s", file=sys.stderr)
        pairs.append((alone.rate, followed.rate))
    return {
        "ratio": round(statistics.median(followed / alone for alone, followed in pairs), 2),
        "floor": FLOOR,
        "alone_per_s": round(statistics.median(alone for alone, _ in pairs)),
    }


@contextmanager
def following(url: str, cookie: str, streams: int, how: str = "looks") -> Iterator[subprocess.Popen[str]]:
    """Another process that follows so many streams and says when each began."""
    command = [sys.executable, "-m", "benchmarks.follow", url, cookie, str(streams), how]
    follower = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert follower.stdout
    try:
        assert follower.stdout.readline().strip() == "ready", "the streams did not begin"
        yield follower
    finally:
        follower.kill()
        follower.wait()


# --------------------------------------------------------------------------- how soon it is seen


def _seen(ours: AppProcess, cookie: str, streams: int) -> dict[str, float]:
    """Seconds from sending a new client's webhook until the last of the streams has the card with his name."""
    sent: dict[str, float] = {}
    heard: dict[str, list[float]] = {}
    with following(ours.url, cookie, streams) as follower:
        listener = threading.Thread(target=_listen, args=(follower, heard), daemon=True)
        listener.start()
        for number in range(MESSAGES):
            mark = f"метка{time.time_ns()}"
            body = (
                wazzup(number)
                .decode()
                .replace("Анна Соколова", mark)
                .replace('"7900', f'"79{time.time_ns() % 10**6:06}')
            )
            sent[mark] = time.time()
            answer = requests.post(f"{ours.url}/webhooks/wazzup/{SECRET}", data=body.encode(), timeout=10)
            assert answer.status_code == 200, f"{number}: {answer.status_code}"
            time.sleep(0.3)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not all(len(heard.get(mark, ())) == streams for mark in sent):
            time.sleep(0.1)
    missing = [mark for mark in sent if len(heard.get(mark, ())) < streams]
    last = sorted(max(heard[mark]) - began for mark, began in sent.items() if mark not in missing)
    assert not missing, f"{len(missing)} messages were not heard by all of {streams} streams"
    return {
        "p50_s": round(statistics.median(last), 3),
        "p95_s": round(last[int(len(last) * 0.95)], 3),
        "ceiling_p95_s": CEILING_S,
    }


def _listen(follower: subprocess.Popen[str], heard: dict[str, list[float]]) -> None:
    assert follower.stdout
    for line in follower.stdout:
        mark, _, at = line.strip().partition(" ")
        heard.setdefault(mark, []).append(float(at))


if __name__ == "__main__":
    sys.exit(main())
