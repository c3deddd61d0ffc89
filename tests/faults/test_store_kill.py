"""The file keeps every commit that was acknowledged: through kills at any moment, and through a full disk."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crystalbay.store import open_store

ROOT = Path(__file__).parents[2]
KILLS = 50


@contextmanager
def writer(path: Path, first: int) -> Iterator[subprocess.Popen[str]]:
    """A writing process; it is killed at the end of the block."""
    command = [sys.executable, "-m", "tests.faults.store_writer", f"sqlite:///{path}", str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "writing\n"
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def check(path: Path, acknowledged: set[int]) -> set[int]:
    """All acknowledged numbers are there, whole, counted once, and the file is sound. All numbers that are there."""
    store = open_store(f"sqlite:///{path}")
    leads = [int(row["external_id"]) for row in store.find("leads", order=("id",), limit=1_000_000)]
    told = [row["data"]["n"] for row in store.find("activities", order=("seq",), limit=1_000_000)]
    assert acknowledged <= set(leads)
    assert sorted(leads) == sorted(told), "a lead and its activity are one commit"
    assert len(leads) == len(set(leads))
    assert store.board([], 1)["new"].count == len(leads)
    store.close()
    assert sqlite3.connect(path).execute("pragma integrity_check").fetchone() == ("ok",)
    return set(leads)


@pytest.mark.slow
def test_fifty_kills_lose_no_acknowledged_commit(tmp_path: Path) -> None:
    path, dice = tmp_path / "store.db", random.Random()
    acknowledged: set[int] = set()
    for kill in range(KILLS):
        with writer(path, first=kill * 1_000_000) as process:
            assert process.stdout
            lines = [process.stdout.readline() for _ in range(dice.randint(1, 200))]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        acknowledged |= {int(line) for line in lines if line.endswith("\n")}
        if kill % 10 == 9:
            check(path, acknowledged)
    assert len(acknowledged) > KILLS


@pytest.mark.slow
def test_a_full_disk_refuses_commits_and_keeps_its_word(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with writer(path, first=0) as process:
        lines = read_until(process, refused=False)
        order(process, "full")
        lines += read_until(process, refused=True)
        order(process, "room")
        lines += read_until(process, refused=False)
    refused = {int(line.split()[1]) for line in lines if line.startswith("refused")}
    found = check(path, {int(line) for line in lines if not line.startswith("refused")})
    assert not refused & found


def order(process: subprocess.Popen[str], words: str) -> None:
    assert process.stdin
    process.stdin.write(f"{words}\n")
    process.stdin.flush()


def read_until(process: subprocess.Popen[str], *, refused: bool, times: int = 50) -> list[str]:
    """What the writer says until so many commits in a row were refused, or were not."""
    assert process.stdout
    lines: list[str] = []
    in_a_row = 0
    while in_a_row < times:
        lines.append(process.stdout.readline())
        assert lines[-1], "the writer ended"
        in_a_row = in_a_row + 1 if lines[-1].startswith("refused") is refused else 0
    return lines
