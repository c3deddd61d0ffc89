"""The simulated Telegram hands out updates as the contract says: offsets, conflicts, webhooks; nothing is lost."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from flask import request

from crystalbay.sandbox.server import Fault, SandboxServer
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from tests.unit.test_sandbox_telegram import ANNA, call, control, refusal, result, view

BORIS = 5002
SECRET = "Secret_1"


class Hook(SandboxServer):
    """The bot's side of the webhook: keeps what arrives; faults make it answer badly."""

    name = "hook"

    def reset(self) -> None:
        self.secrets: list[str | None] = []

    def routes(self) -> None:
        self.app.add_url_rule("/hook/<path:part>", view_func=lambda part: "", methods=["POST"], endpoint="hook")
        self.app.before_request(self._keep_secret)

    def _keep_secret(self) -> None:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))

    @property
    def texts(self) -> list[str]:
        return [json.loads(call["body"])["message"]["text"] for call in self.calls]


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[TelegramSandbox, Hook]]:
    with TelegramSandbox() as sandbox, Hook() as hook:
        yield sandbox, hook


@pytest.fixture
def sandbox(servers: tuple[TelegramSandbox, Hook]) -> TelegramSandbox:
    for server in servers:
        requests.post(server.url + "/__reset", timeout=5)
    return servers[0]


@pytest.fixture
def hook(servers: tuple[TelegramSandbox, Hook], sandbox: TelegramSandbox) -> Hook:
    return servers[1]


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


def until_polling(sandbox: TelegramSandbox, calls: int) -> None:
    deadline = time.monotonic() + 5
    while sandbox.polls()["calls"] < calls or not sandbox.polls()["pollers"]:
        assert time.monotonic() < deadline, "nobody polls"
        time.sleep(0.01)


# --------------------------------------------------------------------------- polling


def test_an_offset_confirms_what_is_below_it(sandbox: TelegramSandbox) -> None:
    ids = [sandbox.says(ANNA, text)["updateId"] for text in "абв"]
    assert ids == [ids[0], ids[0] + 1, ids[0] + 2]
    assert texts(result(sandbox, "getUpdates", limit=2)) == ["а", "б"]
    assert sandbox.pending() == 3, "nothing is confirmed by reading"
    assert texts(result(sandbox, "getUpdates", offset=ids[2])) == ["в"]
    assert view(sandbox, "pending") == 1
    assert texts(result(sandbox, "getUpdates", offset=ids[0])) == ["в"], "what is confirmed is gone"
    assert not sandbox.wait_idle(0.01)
    assert result(sandbox, "getUpdates", offset=ids[2] + 1) == []
    assert sandbox.wait_idle(1)


def test_a_negative_offset_keeps_the_newest_only(sandbox: TelegramSandbox) -> None:
    for text in "абв":
        sandbox.says(ANNA, text)
    assert texts(result(sandbox, "getUpdates", offset=-2)) == ["б", "в"]
    assert sandbox.pending() == 2


def test_a_long_poll_ends_with_the_first_update(sandbox: TelegramSandbox) -> None:
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(result, sandbox, "getUpdates", timeout=9)
        until_polling(sandbox, 1)
        sandbox.says(ANNA, "Да")
        assert texts(polling.result(timeout=2)) == ["Да"]


def test_a_second_poller_ends_the_first_ones_wait(sandbox: TelegramSandbox) -> None:
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, sandbox, "getUpdates", timeout=9)
        until_polling(sandbox, 1)
        second = pool.submit(result, sandbox, "getUpdates", timeout=9)
        assert refusal(first.result(timeout=2), 409).startswith(
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
        )
        until_polling(sandbox, 2)
        sandbox.says(ANNA, "Да")
        assert texts(second.result(timeout=2)) == ["Да"]
    assert view(sandbox, "polls") == {"pollers": 0, "conflicts": 1, "calls": 2}


def test_a_poller_that_hung_up_is_no_conflict_and_takes_nothing_along(sandbox: TelegramSandbox) -> None:
    with pytest.raises(requests.Timeout):
        requests.get(f"{sandbox.url}/bot{TOKEN}/getUpdates", params={"timeout": 9}, timeout=0.2)
    assert sandbox.polls()["pollers"] == 0
    sandbox.says(ANNA, "Да")
    assert texts(result(sandbox, "getUpdates")) == ["Да"]
    assert sandbox.polls()["conflicts"] == 0


def test_the_same_offset_waits_when_its_first_request_is_not_answered(sandbox: TelegramSandbox) -> None:
    with pytest.raises(requests.Timeout):
        requests.get(f"{sandbox.url}/bot{TOKEN}/getUpdates", params={"timeout": 9}, timeout=0.1)
    began = time.monotonic()
    assert result(sandbox, "getUpdates") == []
    assert 2.5 < time.monotonic() - began < 4
    assert result(sandbox, "getUpdates") == []
    assert time.monotonic() - began < 4, "once it was answered with nothing, nobody waits"


def test_a_replay_comes_under_its_old_id_once(sandbox: TelegramSandbox) -> None:
    told = sandbox.says(ANNA, "Да")
    result(sandbox, "getUpdates", offset=told["updateId"] + 1)
    sandbox.says(ANNA, "Да", update_id=told["updateId"])
    replayed = result(sandbox, "getUpdates", offset=told["updateId"] + 1)
    assert [update["update_id"] for update in replayed] == [told["updateId"]]
    assert result(sandbox, "getUpdates", offset=told["updateId"] + 1) == []


def test_a_raw_update_comes_as_it_is(sandbox: TelegramSandbox) -> None:
    told = control(sandbox, "say", userId=ANNA, raw={"message": {"poison": True}})
    assert result(sandbox, "getUpdates") == [{"message": {"poison": True}, "update_id": told["updateId"]}]


def test_the_wanted_kinds_are_remembered(sandbox: TelegramSandbox) -> None:
    result(sandbox, "getUpdates", allowed_updates=["message"])
    said = sandbox.says(ANNA, "Да")["messageId"]
    assert sandbox.edits(ANNA, said, "Нет") == {"updateId": None}
    assert result(sandbox, "getWebhookInfo")["allowed_updates"] == ["message"]
    result(sandbox, "getUpdates", allowed_updates=[])
    assert sandbox.edits(ANNA, said, "Нет")["updateId"]


def test_ids_grow_over_a_reset_so_that_a_bot_may_poll_on(sandbox: TelegramSandbox) -> None:
    before = sandbox.says(ANNA, "Да")
    requests.post(sandbox.url + "/__reset", timeout=5)
    after = sandbox.says(ANNA, "Нет")
    assert after["updateId"] > before["updateId"]
    assert after["messageId"] > before["messageId"]
    assert texts(result(sandbox, "getUpdates", offset=before["updateId"] + 1)) == ["Нет"]


# --------------------------------------------------------------------------- webhook


def set_hook(sandbox: TelegramSandbox, hook: Hook, **more: Any) -> None:
    result(sandbox, "setWebhook", url=f"{hook.url}/hook/x", secret_token=SECRET, **more)


def test_a_webhook_gets_what_was_waiting_with_the_secret(sandbox: TelegramSandbox, hook: Hook) -> None:
    sandbox.says(ANNA, "а")
    set_hook(sandbox, hook)
    sandbox.says(ANNA, "б")
    assert sandbox.wait_idle(5)
    assert hook.texts == ["а", "б"]
    assert hook.secrets == [SECRET] * 2
    assert refusal(call(sandbox, "getUpdates"), 409).startswith(
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
    )
    assert sandbox.polls()["conflicts"] == 1


def test_a_webhook_is_repeated_in_order_until_it_is_taken(sandbox: TelegramSandbox, hook: Hook) -> None:
    hook.add_fault(Fault(match="/hook", status=500, times=2))
    set_hook(sandbox, hook)
    for text in "абв":
        sandbox.says(ANNA, text)
    assert sandbox.wait_idle(5)
    assert hook.texts == ["а", "а", "а", "б", "в"]
    info = result(sandbox, "getWebhookInfo")
    assert info["last_error_message"] == "Wrong response from the webhook: 500"
    assert (info["url"], info["pending_update_count"]) == (f"{hook.url}/hook/x", 0)


def test_one_chat_does_not_wait_for_another(sandbox: TelegramSandbox, hook: Hook) -> None:
    hook.add_fault(Fault(match="/hook", delay=1.5))
    set_hook(sandbox, hook)
    sandbox.says(ANNA, "долго")
    deadline = time.monotonic() + 5
    while not hook.calls:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    sandbox.says(ANNA, "потом")
    began = time.monotonic()
    sandbox.says(BORIS, "сразу")
    while "сразу" not in hook.texts:
        assert time.monotonic() < began + 1
        time.sleep(0.01)
    assert sandbox.wait_idle(5)
    assert hook.texts == ["долго", "сразу", "потом"]


def test_nothing_is_lost_between_webhook_and_polling(sandbox: TelegramSandbox, hook: Hook) -> None:
    hook.add_fault(Fault(match="/hook", status=500, times=1000))
    set_hook(sandbox, hook)
    for text in "абв":
        sandbox.says(ANNA, text)
    assert not sandbox.wait_idle(0.3)
    assert call(sandbox, "deleteWebhook").json()["description"] == "Webhook was deleted"
    assert texts(result(sandbox, "getUpdates")) == ["а", "б", "в"]
    result(sandbox, "deleteWebhook", drop_pending_updates=True)
    assert result(sandbox, "getUpdates") == []


def test_a_waiting_poll_ends_when_a_webhook_is_set(sandbox: TelegramSandbox, hook: Hook) -> None:
    with ThreadPoolExecutor(1) as pool:
        polling = pool.submit(call, sandbox, "getUpdates", timeout=9)
        until_polling(sandbox, 1)
        set_hook(sandbox, hook)
        assert "terminated by setWebhook request" in refusal(polling.result(timeout=2), 409)


def test_set_webhook_checks_its_parameters_and_how_often_it_is_called(sandbox: TelegramSandbox, hook: Hook) -> None:
    assert "An HTTPS URL must be provided" in refusal(call(sandbox, "setWebhook", url="http://example.com/"))
    assert "invalid webhook URL" in refusal(call(sandbox, "setWebhook", url="http://[x"))
    refused = call(sandbox, "setWebhook", url="https://example.com/", secret_token="a b")
    assert "unallowed characters" in refusal(refused)
    set_hook(sandbox, hook, max_connections=3)
    answer = call(sandbox, "setWebhook", url=hook.url)
    assert refusal(answer, 429) == "Too Many Requests: retry after 1"
    assert result(sandbox, "getWebhookInfo")["max_connections"] == 3


def test_a_webhook_may_be_set_from_the_start(hook: Hook) -> None:
    with TelegramSandbox(webhook=f"{hook.url}/hook/first", webhook_secret=SECRET) as own:
        own.says(ANNA, "Да")
        assert own.wait_idle(5)
    assert (hook.texts, hook.secrets) == (["Да"], [SECRET])


# --------------------------------------------------------------------------- under load, and as a command


def test_fifty_chats_are_no_problem(sandbox: TelegramSandbox, hook: Hook) -> None:
    set_hook(sandbox, hook)
    chats = range(1, 51)

    def talk(chat: int) -> None:
        for number in range(6):
            sandbox.says(chat, f"{number}")
            result(sandbox, "sendMessage", chat_id=chat, text=f"{number}")

    began = time.monotonic()
    threads = [threading.Thread(target=talk, args=(chat,)) for chat in chats]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.wait_idle(20)
    assert time.monotonic() - began < 15
    got: dict[int, list[str]] = {}
    for posted in hook.calls:
        message = json.loads(posted["body"])["message"]
        got.setdefault(message["chat"]["id"], []).append(message["text"])
    assert got == {chat: [str(number) for number in range(6)] for chat in chats}


def test_the_command_runs_until_it_is_told_to_end() -> None:
    command = [sys.executable, "-m", "crystalbay.sandbox.telegram", "--port", "0", "--token", "7:x", "--username", "b"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = line.split("TELEGRAM_API_URL=")[1].split()[0]
        me = requests.get(f"{address}/bot7:x/getMe", timeout=5).json()["result"]
        assert (me["id"], me["username"]) == (7, "b")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
