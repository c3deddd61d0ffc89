"""The bridge process by itself: when it does not begin, and that it ends whatever hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import PIPE, STDOUT

import pytest

from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from tests.faults.test_process import deaf_provider
from tests.process import ROOT
from tests.world import eventually


@contextmanager
def bridge(telegram: str, app: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """`python bot.py` as the supervisor starts it."""
    given = {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram,
        "CRYSTALBAY_BRIDGE_URL": f"{app}/webhooks/telegram",
        "CRYSTALBAY_BRIDGE_SECRET": "secret",
        "CRYSTALBAY_BRIDGE_PARENT": str(os.getpid()),
    }
    command = [sys.executable, "bot.py"]
    env = {"PATH": os.environ["PATH"]} | given | more
    with subprocess.Popen(command, cwd=ROOT, env=env, stdin=PIPE, stdout=PIPE, stderr=STDOUT, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    """What it printed until its end."""
    assert process.stdout
    return process.stdout.read()


@contextmanager
def fetching() -> Iterator[tuple[subprocess.Popen[str], TelegramSandbox]]:
    """A bridge that fetches for an application that never answers."""
    with TelegramSandbox() as telegram, deaf_provider() as app, bridge(telegram.api_url, app) as process:
        eventually(lambda: telegram.polls()["pollers"], 20, "nobody fetches")
        yield process, telegram


def test_sigterm_ends_it_soon_and_twice_is_no_error() -> None:
    with fetching() as (process, telegram):
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 3
        assert "Traceback" not in said(process)
        assert telegram.polls()["pollers"] == 0


def test_it_ends_in_the_middle_of_handing_over_and_loses_nothing() -> None:
    with fetching() as (process, telegram):
        telegram.says(5001, "Здравствуйте")
        time.sleep(0.5)  # the application takes it and says nothing
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert telegram.pending() == 1


def test_the_end_of_its_input_ends_it() -> None:
    with fetching() as (process, _):
        assert process.stdin
        process.stdin.close()
        assert process.wait(5) == 0


def test_without_its_parent_it_does_not_begin() -> None:
    with bridge("http://127.0.0.1:9", "http://127.0.0.1:9", CRYSTALBAY_BRIDGE_PARENT="1") as process:
        assert process.wait(20) == 0


@pytest.mark.parametrize("missing", ["TELEGRAM_BOT_TOKEN", "CRYSTALBAY_BRIDGE_URL"])
def test_by_hand_it_says_what_is_missing(missing: str) -> None:
    with bridge("http://127.0.0.1:9", "http://127.0.0.1:9", **{missing: ""}) as process:
        assert process.wait(20) == 78
        assert missing in said(process)


def test_a_refused_token_ends_it_for_good_and_is_not_printed() -> None:
    with (
        TelegramSandbox() as telegram,
        bridge(telegram.api_url, "http://127.0.0.1:9", TELEGRAM_BOT_TOKEN="9:WRONG-TOKEN") as process,
    ):
        assert process.wait(20) == 78
        out = said(process)
        assert "check TELEGRAM_BOT_TOKEN" in out
        assert "WRONG-TOKEN" not in out
