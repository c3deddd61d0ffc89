"""The client of the Bot API against the simulated Telegram: what each failure means, and where the token never is."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from bot import BLOCKED, GONE, TelegramChannel, TelegramClient, hook_secret
from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.ids import new_id
from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.telegram import client as client_module
from models import MessageReceived, OutgoingPart, Part, Pressed
from tests.unit.telegram_kit import ANNA, CHAT, channel_of, client_of
from tests.world import eventually

SECRET_PART = TOKEN.partition(":")[2]


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: TelegramSandbox) -> TelegramSandbox:
    requests.post(server.url + "/__reset", timeout=5)
    server.says(ANNA, "Здравствуйте")
    return server


@pytest.fixture
def channel(sandbox: TelegramSandbox) -> TelegramChannel:
    return channel_of(sandbox.api_url)


def spoil(sandbox: TelegramSandbox, **fault: Any) -> None:
    sandbox.add_fault(Fault("/sendMessage", **fault))


def failed(code: int, description: str, **parameters: Any) -> dict[str, Any]:
    body = {"ok": False, "error_code": code, "description": description}
    return {"status": code, "body": body | ({"parameters": parameters} if parameters else {})}


def send(channel: TelegramChannel, text: str = "Привет") -> str | None:
    return channel.send(OutgoingPart(CHAT, Part(text), new_id(), by_machine=True))


def problem(channel: TelegramChannel) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        send(channel)
    return caught.value


def unknown(error: ProviderError) -> bool:
    assert isinstance(error, TransientError)
    return error.outcome_unknown


def heard(sandbox: TelegramSandbox) -> list[str]:
    return [message["text"] for message in sandbox.chat(ANNA) if message["from"] == "bot"]


# --------------------------------------------------------------------------- what surely was not sent


def test_too_fast_says_when_to_come_again(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    spoil(sandbox, **failed(429, "Too Many Requests: retry after 7", retry_after=7))
    error = problem(channel)
    assert not unknown(error)
    assert isinstance(error, TransientError)
    assert error.retry_after == 7
    assert heard(sandbox) == []
    assert send(channel)


def test_a_customer_who_blocked_us_is_known_as_such(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    sandbox.blocks(ANNA)
    error = problem(channel)
    assert isinstance(error, PermanentError)
    assert error.code == BLOCKED
    assert "заблокировал" in str(error)


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (failed(403, "Forbidden: user is deactivated"), BLOCKED, "удалён"),
        (failed(403, "Forbidden: bot can't initiate conversation with a user"), None, "нажать «Старт»"),
        (failed(403, "Forbidden: bot was kicked from the supergroup chat"), None, "исключили"),
        (failed(400, "Bad Request: chat not found"), GONE, "не знает такого чата"),
        (failed(400, "Bad Request: message is too long"), "Message is too long", "длинный"),
        (failed(400, "Bad Request: SOMETHING_NEW"), "Something_new", "Something_new"),
        (
            failed(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1009),
            "migrated:-1009",
            "-1009",
        ),
        (failed(401, "Unauthorized"), "token", "TELEGRAM_BOT_TOKEN"),
        (failed(413, "Request Entity Too Large"), None, "большой файл"),
        ({"status": 413, "body": "<html>nginx</html>"}, None, "большой файл"),
    ],
)
def test_what_will_not_work_by_trying_again(
    channel: TelegramChannel, sandbox: TelegramSandbox, answer: dict[str, Any], code: str | None, words: str
) -> None:
    spoil(sandbox, **answer)
    error = problem(channel)
    assert isinstance(error, PermanentError)
    assert error.code == code
    assert words in str(error)


def test_words_that_cannot_be_parsed_are_sent_as_they_are(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    spoil(sandbox, **failed(400, "Bad Request: can't parse entities: Unsupported start tag"))
    assert send(channel, "a < b")
    assert heard(sandbox) == ["a < b"]


def test_another_poller_is_no_reason_to_give_up(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    spoil(sandbox, **failed(409, "Conflict: terminated by other getUpdates request"))
    error = problem(channel)
    assert not unknown(error)
    assert error.code == "conflict"


def test_a_refused_connection_is_surely_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert not unknown(problem(channel_of(f"http://127.0.0.1:{port}")))


def test_a_name_that_nobody_knows_is_surely_nothing() -> None:
    assert not unknown(problem(channel_of("http://telegram.invalid")))


# --------------------------------------------------------------------------- what nobody can tell


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_error_of_the_server_leaves_it_open(channel: TelegramChannel, sandbox: TelegramSandbox, status: int) -> None:
    spoil(sandbox, **failed(status, "Internal Server Error"))
    assert unknown(problem(channel))
    spoil(sandbox, status=status, body="<html>nginx</html>")
    assert unknown(problem(channel))


def test_a_cut_before_the_work_looks_like_one_after_it(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    spoil(sandbox, drop="before")
    assert unknown(problem(channel))
    assert heard(sandbox) == []
    spoil(sandbox, drop="after")
    assert unknown(problem(channel))
    assert heard(sandbox) == ["Привет"], "it was sent, and nothing sends it again"


def test_an_answer_that_is_no_json_leaves_it_open(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    spoil(sandbox, status=200, body="<html>welcome</html>")
    assert unknown(problem(channel))


def test_who_does_not_answer_in_time_leaves_it_open(sandbox: TelegramSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ANSWER_S", 0.3)
    spoil(sandbox, delay=1.5)
    began = time.monotonic()
    assert unknown(problem(channel_of(sandbox.api_url)))
    assert time.monotonic() - began < 1.4
    eventually(lambda: heard(sandbox) == ["Привет"], words="it was sent after all")


def test_a_call_never_waits_for_ever(sandbox: TelegramSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "_CALL_S", 0.3)
    spoil(sandbox, delay=1.5)
    assert unknown(problem(channel_of(sandbox.api_url)))
    eventually(lambda: heard(sandbox) == ["Привет"], words="it was sent after all")


def test_nothing_is_repeated_by_itself(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    for fault in ({"status": 502}, {"drop": "before"}, failed(429, "Too Many Requests", retry_after=1)):
        before = len(sandbox.calls)
        spoil(sandbox, **fault)
        problem(channel)
        assert len(sandbox.calls) == before + 1


# --------------------------------------------------------------------------- what is no loss


def test_a_press_that_is_too_old_and_a_page_that_stands_already_are_no_errors(
    channel: TelegramChannel, sandbox: TelegramSandbox
) -> None:
    sent = send(channel)
    assert sent
    channel.acknowledge("unknown", "Слишком поздно")
    for _ in range(2):
        channel.turn(Pressed("unknown", CHAT, sent), new_id(), {"asks": {"slot": "adults"}}, (), "p2:5")
    channel.turn(Pressed("unknown", CHAT, f"123456:{ANNA}:999"), new_id(), {"asks": {"slot": "adults"}}, (), "p2:5")
    assert heard(sandbox) == ["Привет"]
    assert sandbox.chat(ANNA)[-1]["buttons"][0][1]["text"] == "2 взрослых"


def test_an_answered_question_keeps_its_answer_and_loses_its_buttons(
    channel: TelegramChannel, sandbox: TelegramSandbox
) -> None:
    sent = send(channel, "Куда <летим>?")
    assert sent
    for _ in range(2):
        channel.settle(Pressed("unknown", CHAT, sent), "Куда <летим>?", "В Турцию & Грецию")
    channel.settle(Pressed("unknown", CHAT, f"123456:{ANNA}:999"), "Куда?", "В Турцию")
    (text,) = heard(sandbox)
    assert text.startswith("Куда <летим>?")
    assert text.endswith("В Турцию & Грецию")
    assert sandbox.chat(ANNA)[-1]["buttons"] == []


def test_typing_waits_for_nobody_and_fails_quietly(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    channel.typing(CHAT)
    eventually(lambda: sandbox.state(ANNA)["typing"], 5, "not typing")
    sandbox.add_fault(Fault("/sendChatAction", delay=2.0))
    began = time.monotonic()
    channel.typing(CHAT)
    channel_of().typing(CHAT)
    assert time.monotonic() - began < 0.5


# --------------------------------------------------------------------------- files of customers


def test_a_file_of_a_customer_is_fetched_from_where_it_says(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    sandbox.says(ANNA, media="document")
    updates = requests.get(f"{sandbox.api_url}/bot{TOKEN}/getUpdates", timeout=5).json()["result"]
    (event,) = channel.parse(json.dumps(updates[-1]).encode())
    assert isinstance(event, MessageReceived)
    (file,) = event.attachments
    assert file.url
    assert requests.get(channel.file_url(file.url), timeout=5).content.startswith(b"%PDF")
    with pytest.raises(PermanentError):
        channel.file_url("telegram:nothing")
    with pytest.raises(PermanentError):
        channel.file_url("https://elsewhere.example/a.pdf")


def test_a_file_that_is_too_large_says_what_to_do(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    sandbox.add_fault(Fault("/getFile", **failed(400, "Bad Request: file is too big")))
    with pytest.raises(PermanentError, match="20 МБ"):
        channel.file_url("telegram:any")


# --------------------------------------------------------------------------- the token


def test_the_token_is_in_no_error_and_no_log(
    channel: TelegramChannel, sandbox: TelegramSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[dict[str, Any]] = [
        failed(429, "Too Many Requests", retry_after=1),
        failed(403, "Forbidden: x"),
        failed(400, "Bad Request: x"),
        failed(401, "Unauthorized"),
        failed(404, "Not Found"),
        {"status": 502, "body": "<html>"},
        {"status": 200, "body": "<html>"},
        {"drop": "before"},
    ]
    caplog.set_level(logging.DEBUG)
    said = [repr(channel), repr(channel.client), str(channel.client)]
    for fault in faults:
        spoil(sandbox, **fault)
        said += everything(problem(channel))
    said += everything(problem(channel_of("http://127.0.0.1:9")))
    said += everything(problem(TelegramChannel(client_of(sandbox.url, f"9:{SECRET_PART}-X"), "9:x", "s")))
    own = [
        record for record in caplog.records if not record.name.startswith("werkzeug")
    ]  # the simulated Telegram itself
    said += [record.getMessage() + str(record.exc_info) for record in own]
    assert len(said) > 20
    for line in said:
        assert SECRET_PART not in line


def everything(error: BaseException) -> list[str]:
    """All that may be printed of an error, with those behind it."""
    return [str(error), repr(error), "".join(traceback.format_exception(error, chain=True))]


def test_the_secret_of_the_webhook_follows_from_the_token_unless_it_is_given() -> None:
    assert hook_secret(TOKEN) == hook_secret(TOKEN)
    assert hook_secret(TOKEN) != hook_secret("9:other")
    assert SECRET_PART not in hook_secret(TOKEN)
    assert hook_secret(TOKEN, "given") == "given"


# --------------------------------------------------------------------------- many at once, and the bot itself


def test_many_threads_share_one_loop(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    threads = [threading.Thread(target=send, args=(channel, f"№ {number}")) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(heard(sandbox)) == sorted(f"№ {number}" for number in range(40))
    assert len([thread for thread in threading.enumerate() if thread.name == "telegram"]) >= 1


def test_check_says_how_updates_come(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    assert channel.client.check() == (
        "Токен принят, бот @crystalbay_demo_bot; вебхука нет: обновления забирает процесс бота, ждут доставки: 1."
    )
    channel.register("https://crm.example.com/webhooks/telegram")
    assert "вебхук зарегистрирован" in channel.client.check()
    state = channel.webhook_state()
    assert (state["address"], state["waiting"]) == ("https://crm.example.com/webhooks/telegram", 1)


def test_the_bot_introduces_itself_in_both_languages(channel: TelegramChannel, sandbox: TelegramSandbox) -> None:
    assert channel.introduce() == "crystalbay_demo_bot"
    commands = sandbox.state(ANNA)["commands"]
    names = ["search", "offers", "manager", "language", "help", "cancel", "delete_me"]
    assert [command["command"] for command in commands["ru"]] == names
    assert [command["command"] for command in commands["en"]] == names
    assert commands[""] == commands["ru"]
    assert commands["ru"] != commands["en"]


def test_a_wrong_token_is_said_as_such(sandbox: TelegramSandbox) -> None:
    with pytest.raises(PermanentError, match="TELEGRAM_BOT_TOKEN"):
        client_of(sandbox.api_url, "9:wrong").check()


def test_making_a_client_starts_nothing() -> None:
    before = threading.active_count()
    TelegramClient("http://127.0.0.1:9", TOKEN, limiter=client_of("http://x").limiter)
    assert threading.active_count() == before
