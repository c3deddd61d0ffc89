"""The client of Wazzup24 against the simulated provider over real HTTP, section by section of the contract."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from unittest import mock

import pytest
import requests

from crystalbay.errors import PermanentError, ProviderError, TransientError
from crystalbay.sandbox.wazzup import KEY, WazzupSandbox, channel_id
from models import Chat, MessageState, OutgoingFile, OutgoingPart, Part
from tests.unit.wazzup_kit import Receiver, client_of, fresh, offline_channel, running, spoil
from tests.world import eventually
from wazzup_integration import WazzupChannel, WazzupClient, WebhookState

WHATSAPP = channel_id("0001")
ANNA = "79001112233"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[WazzupSandbox, Receiver]]:
    with running() as pair:
        yield pair


@pytest.fixture
def sandbox(servers: tuple[WazzupSandbox, Receiver]) -> WazzupSandbox:
    return fresh(*servers)


@pytest.fixture
def receiver(servers: tuple[WazzupSandbox, Receiver], sandbox: WazzupSandbox) -> Receiver:
    return servers[1]


@pytest.fixture
def client(sandbox: WazzupSandbox) -> WazzupClient:
    return client_of(sandbox.api_url)


def say(client: WazzupClient, crm_id: str = "id-1", text: str = "Здравствуйте!") -> str | None:
    return client.send_text(WHATSAPP, "whatsapp", ANNA, text, crm_id, clear_unanswered=False)


# --------------------------------------------------------------------------- sections 1 and 4: keys and errors


def test_a_wrong_key_is_final(sandbox: WazzupSandbox) -> None:
    with pytest.raises(PermanentError, match="WAZZUP_API_KEY"):
        client_of(sandbox.api_url, "wrong").channels()


def test_a_sidecar_key_cannot_do_everything(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    sandbox.configure(sidecar=True)
    assert say(client)
    for forbidden in (client.users, lambda: client.unanswered("u-7")):
        with pytest.raises(PermanentError, match="недоступна с данным ключом") as caught:
            forbidden()
        assert caught.value.code == "FORBIDDEN"


def test_what_is_not_there_is_final(client: WazzupClient) -> None:
    with pytest.raises(PermanentError, match="404"):
        client.unanswered("u-7/../nobody")


def test_too_many_requests_wait_for_the_next_window(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    with mock.patch.object(sandbox, "monotonic", return_value=1000.0):
        for _ in range(500):
            client.channels()
        with pytest.raises(TransientError) as caught:
            say(client)
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after <= 5
    assert not caught.value.outcome_unknown
    with mock.patch.object(sandbox, "monotonic", return_value=1005.0):
        assert say(client), "the next window lets the same message through"


@pytest.mark.parametrize(("header", "pause"), [("2", 2), ("0", 0), ("soon", 5), ("-1", 5), ("100000", 300)])
def test_retry_after_is_believed_within_reason(
    client: WazzupClient, sandbox: WazzupSandbox, header: str, pause: float
) -> None:
    spoil(sandbox, match="/v3/message", status=429, headers={"Retry-After": header})
    with pytest.raises(TransientError) as caught:
        say(client)
    assert caught.value.retry_after == pause


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_a_server_error_nobody_knows_whether_it_went_out(
    client: WazzupClient, sandbox: WazzupSandbox, status: int
) -> None:
    spoil(sandbox, match="/v3/message", status=status, body="<html>")
    with pytest.raises(TransientError) as caught:
        say(client)
    assert caught.value.outcome_unknown
    spoil(sandbox, match="/v3/channels", status=status)
    with pytest.raises(TransientError) as caught:
        client.channels()
    assert not caught.value.outcome_unknown, "a question may be asked again"


@pytest.mark.parametrize(("drop", "went_out"), [("before", 0), ("after", 1)])
def test_a_cut_connection_leaves_the_outcome_unknown(
    client: WazzupClient, sandbox: WazzupSandbox, drop: str, went_out: int
) -> None:
    spoil(sandbox, match="/v3/message", drop=drop)
    with pytest.raises(TransientError) as caught:
        say(client)
    assert caught.value.outcome_unknown
    assert len(sandbox.sent()) == went_out
    repeated = say(client)
    assert len(sandbox.sent()) == 1, "the same id within 60 s goes out once"
    assert (repeated is None) is (went_out == 1), "None: accepted before, its id is not told"


def test_a_time_out_leaves_the_outcome_unknown(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    spoil(sandbox, match="/v3/message", delay=0.5)
    with mock.patch("crystalbay.wazzup.transport.TIMEOUTS", (5, 0.1)), pytest.raises(TransientError) as caught:
        say(client)
    assert caught.value.outcome_unknown
    eventually(lambda: len(sandbox.sent()) == 1)  # late, and not in the midst of the next test


def test_a_refused_connection_has_sent_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        client = client_of(f"http://127.0.0.1:{free.getsockname()[1]}/v3")
        with pytest.raises(TransientError) as caught:
            say(client)
    assert not caught.value.outcome_unknown


def test_a_connection_that_never_came_has_sent_nothing() -> None:
    session = mock.create_autospec(requests.Session, instance=True)
    session.request.side_effect = requests.ConnectTimeout()
    client = WazzupClient("http://192.0.2.1/v3", KEY, limiter=mock.Mock(), session=session)
    with pytest.raises(TransientError) as caught:
        say(client)
    assert not caught.value.outcome_unknown


def test_nothing_is_repeated_by_itself(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    spoil(sandbox, match="/v3/message", status=503, times=5)
    with pytest.raises(TransientError):
        say(client)
    assert [call["path"] for call in sandbox.calls] == ["/v3/message"]


@pytest.mark.parametrize("code", ["REPEATED_CRM_MESSAGE_ID", "repeatedCrmMessageId", "repeated_crm_message_id"])
def test_a_repeat_is_a_success_in_every_spelling(client: WazzupClient, sandbox: WazzupSandbox, code: str) -> None:
    spoil(sandbox, match="/v3/message", status=400, body={"error": code, "data": {"crmMessageId": "id-1"}})
    assert say(client) is None


@pytest.mark.parametrize("body", ["", "null", "[]", '{"error": null}', '{"error": {"code": "SPAM"}}', "<html>", "{"])
def test_a_refusal_with_any_body_is_final_and_told_in_words(
    client: WazzupClient, sandbox: WazzupSandbox, body: str
) -> None:
    spoil(sandbox, match="/v3/message", status=400, body=body)
    with pytest.raises(PermanentError, match=r"[а-я]{3}"):
        say(client)


def test_a_redirect_is_not_followed(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    spoil(sandbox, match="/v3/message", status=302, headers={"Location": sandbox.api_url + "/channels"})
    with pytest.raises(PermanentError):
        say(client)
    assert len(sandbox.calls) == 1


def test_success_without_json_is_accepted_under_an_unknown_id(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    spoil(sandbox, match="/v3/message", status=201, body="ok")
    assert say(client) is None


def test_a_question_answered_with_nonsense_may_be_asked_again(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    for match, ask in (("/channels", client.channels), ("/webhooks", client.webhook), ("/users", client.users)):
        spoil(sandbox, match=match, status=200, body="<html>login</html>")
        with pytest.raises(TransientError):
            ask()


@pytest.mark.parametrize(
    "key",
    ["0123456789abcdef0123456789abcdef", "ключ-с-кириллицей", "with\nnewline", "\udc80surrogate"],
    ids=["usual", "cyrillic", "newline", "surrogate"],
)
def test_the_key_is_never_told(sandbox: WazzupSandbox, caplog: pytest.LogCaptureFixture, key: str) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(sandbox.api_url, key)
    spoil(sandbox, match="/v3/channels", status=400, body={"error": key, "description": f"bad key {key}"})
    with pytest.raises(ProviderError) as caught:
        client.channels()
    error: BaseException | None = caught.value
    told = [repr(client), repr(vars(client)), caplog.text]
    while error is not None:
        told.append(f"{error!r} {vars(error)}")
        error = error.__cause__ or error.__context__
    for word in (key, repr(key)[1:-1]):
        assert not [text for text in told if word in text]


def test_the_limiter_is_asked_before_every_call(sandbox: WazzupSandbox) -> None:
    limiter = mock.Mock()
    limiter.wait.side_effect = TransientError("later", retry_after=3)
    with pytest.raises(TransientError, match="later"):
        WazzupClient(sandbox.api_url, KEY, limiter=limiter).channels()
    assert sandbox.calls == []


# --------------------------------------------------------------------------- section 2: channels


def test_channels_with_their_states(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    sandbox.set_channel(WHATSAPP, "openElsewhere")
    accounts = {account.channel_id: account for account in client.channels()}
    assert (accounts[WHATSAPP].transport, accounts[WHATSAPP].plain_id) == ("whatsapp", "79865784457")
    assert not accounts[WHATSAPP].active
    assert accounts[channel_id("0004")].transport == "wapi"
    assert accounts[channel_id("0004")].active


def test_a_state_is_active_in_any_spelling(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    items: list[Any] = [{"channelId": "c-1", "state": "ACTIVE"}, {"channelId": "c-2"}, {}, None, "x"]
    spoil(sandbox, match="/v3/channels", status=200, body=items)
    assert [(account.channel_id, account.active) for account in client.channels()] == [("c-1", True), ("c-2", False)]


# --------------------------------------------------------------------------- section 3: sending


def test_a_text_reaches_the_customer(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    message_id = say(client)
    (seen,) = sandbox.chat(ANNA)
    assert (seen["from"], seen["text"], seen["messageId"]) == ("agency", "Здравствуйте!", message_id)


def test_a_file_reaches_the_customer(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    sandbox.customer_says(ANNA, media="document")
    uri = sandbox.chat(ANNA)[0]["contentUri"]
    assert client.send_file(WHATSAPP, "whatsapp", ANNA, uri, "id-1", clear_unanswered=True)
    assert sandbox.chat(ANNA)[1]["contentUri"] == uri


@pytest.mark.parametrize(
    ("channel", "chat_type", "chat_id", "text", "code"),
    [
        ("0001", "whatsapp", "+79001112233", "да", "INVALID_MESSAGE_DATA"),
        ("0001", "whatsapp", "", "да", "INVALID_MESSAGE_DATA"),
        ("0001", "vk", "1", "да", "WRONG_TRANSPORT"),
        ("9999", "whatsapp", ANNA, "да", "CHANNEL_NOT_FOUND"),
        ("0001", "whatsapp", ANNA, "  ", "MESSAGES_TEXT_CAN_NOT_BE_BLANK"),
        ("0001", "whatsapp", ANNA, "я" * 10_001, "MESSAGE_TEXT_TOO_LONG"),
        ("0002", "telegram", "5", "я" * 4097, "MESSAGES_TOO_LONG_TELEGRAM"),
        ("0003", "instagram", "kate", "я" * 1001, "MESSAGES_TOO_LONG_INSTAGRAM"),
        ("0004", "whatsapp", ANNA, "я" * 1025, "MESSAGES_TOO_LONG_WABA"),
    ],
)
def test_what_is_refused_is_final_with_its_code(
    client: WazzupClient, sandbox: WazzupSandbox, channel: str, chat_type: str, chat_id: str, text: str, code: str
) -> None:
    with pytest.raises(PermanentError, match=r"[а-я]{3}") as caught:
        client.send_text(channel_id(channel), chat_type, chat_id, text, "id-1", clear_unanswered=False)
    assert caught.value.code == code
    assert sandbox.sent() == []


@pytest.mark.parametrize(
    ("state", "code", "words"),
    [
        ("disabled", "CHANNEL_BLOCKED", "отключён"),
        ("notEnoughMoney", "CHANNEL_NO_MONEY", "деньги"),
        ("qr", "MESSAGE_CHANNEL_UNAVAILABLE", "не на связи"),
    ],
)
def test_a_channel_out_of_order_is_said_in_words(
    client: WazzupClient, sandbox: WazzupSandbox, state: str, code: str, words: str
) -> None:
    sandbox.set_channel(WHATSAPP, state)
    with pytest.raises(PermanentError, match=words) as caught:
        say(client)
    assert caught.value.code == code


def test_the_channel_sends_under_the_outbox_id_and_leaves_the_red_counter(sandbox: WazzupSandbox) -> None:
    channel = WazzupChannel(client_of(sandbox.api_url), "secret")
    chat = Chat("wazzup", "whatsapp", WHATSAPP, "whatsapp", ANNA)
    first = channel.send(OutgoingPart(chat, Part("Подобрал три тура"), "part-1", by_machine=True))
    channel.send(
        OutgoingPart(
            chat,
            Part(files=(OutgoingFile("f", "https://example.com/a.pdf", "a.pdf", "application/pdf", 10),)),
            "part-2",
            by_machine=False,
        )
    )
    sent = sandbox.sent()
    assert sent[0]["messageId"] == first
    assert [(item["crmMessageId"], item["text"], item["contentUri"], item["clearUnanswered"]) for item in sent] == [
        ("part-1", "Подобрал три тура", None, False),
        ("part-2", None, "https://example.com/a.pdf", True),
    ]
    assert channel.send(OutgoingPart(chat, Part("Подобрал три тура"), "part-1", by_machine=True)) is None


def test_a_message_that_never_arrives_is_told_by_its_status(
    client: WazzupClient, sandbox: WazzupSandbox, receiver: Receiver
) -> None:
    sandbox.configure(snake_case_errors=True)
    message_id = client.send_text(WHATSAPP, "whatsapp", "89001112233", "да", "id-1", clear_unanswered=False)
    assert sandbox.settle()
    (event,) = offline_channel().parse(receiver.calls[0]["body"].encode())
    assert (event.external_id, event.state) == (message_id, MessageState.FAILED)  # type: ignore[union-attr]
    assert "адресата" in event.error  # type: ignore[union-attr, operator]


# --------------------------------------------------------------------------- section 5: people


def test_users_in_either_form(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    assert [(user.id, user.name) for user in client.users()] == [("u-2", "Иван Старший"), ("u-7", "Ольга Менеджер")]
    page = [{"id": f"u-{n}", "name": "Имя"} for n in range(100)]
    spoil(sandbox, match="/v3/users?offset", status=200, body={"count": 101, "data": [{"id": "u-100"}]})
    spoil(sandbox, match="/v3/users", status=200, body={"count": 101, "data": page})
    assert [user.id for user in client.users()] == [f"u-{n}" for n in range(101)]


def test_the_unanswered_counter(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    assert (client.unanswered("u-7").count, client.unanswered("u-7").last_message_at) == (0, None)
    before = datetime.now(UTC)
    sandbox.customer_says(ANNA, "Добрый день")
    counter = client.unanswered("u-7")
    assert (counter.count, counter.kind) == (1, "red")
    assert counter.last_message_at is not None
    assert abs((counter.last_message_at - before).total_seconds()) < 5
    say(client)
    assert client.unanswered("u-7").count == 1, "an automatic reply leaves it burning"
    client.send_text(WHATSAPP, "whatsapp", ANNA, "Ответ", "id-2", clear_unanswered=True)
    assert client.unanswered("u-7").count == 0
    assert client.unanswered("u-2").count == 0, "who has no role reads 0"


# --------------------------------------------------------------------------- section 6: webhooks


def test_registration_passes_the_probe_and_sets_all_switches(
    client: WazzupClient, sandbox: WazzupSandbox, receiver: Receiver
) -> None:
    sandbox.webhook = ""
    sandbox.subscriptions["contactsAndDealsCreation"] = True
    client.register_webhook(receiver.address)
    assert receiver.bodies == [{"test": True}]
    assert client.webhook() == WebhookState(
        address=receiver.address,
        messages_and_statuses=True,
        contacts_and_deals_creation=False,
        channels_updates=True,
        template_status=False,
    )


@pytest.mark.parametrize("status", [204, 301, 404, 500])
def test_registration_needs_exactly_200_and_may_be_tried_again(
    client: WazzupClient, sandbox: WazzupSandbox, receiver: Receiver, status: int
) -> None:
    sandbox.webhook = ""
    spoil(receiver, match="/webhooks/", status=status)
    with pytest.raises(TransientError, match="не получил ответа 200") as caught:
        client.register_webhook(receiver.address)
    assert caught.value.code == "TEST_POST_NOT_PASSED"
    assert client.webhook().address == ""
    client.register_webhook(receiver.address)
    assert client.webhook().address == receiver.address


@pytest.mark.parametrize(
    "uri",
    [
        "https://example.com/webhooks/wazzup/" + "a" * 200,
        "https://example.com/webhooks/wazzup?token=SecretWord",
        "https://example.com/webhooks/wazzup/Secret%20Word",
        "https://example.com/webhooks/wazzup/SecretWord&x",
        "https://example.com/webhooks/wazzup/SecretWord#x",
        "https://example.com/webhooks/wazzup/Secret+Word",
        "https://example.com/webhooks/wazzup/Secret Word",
        "https://example.com/webhooks/wazzup/Secret-Word",
        "https://example.com/webhooks/wazzup/СекретСлово",
        "https://example.com/webhooks/wazzup/SecretWord\n",
        "ftp://example.com/webhooks/wazzup/SecretWord",
        "https://example.com/webhooks/wazzup/",
        "https://example.com",
        "",
    ],
)
def test_an_address_that_wazzup_would_cut_is_not_even_sent(
    client: WazzupClient, sandbox: WazzupSandbox, uri: str
) -> None:
    with pytest.raises(PermanentError, match="вебхука") as caught:
        client.register_webhook(uri)
    assert "Word" not in str(caught.value), "our secret is not quoted"
    assert sandbox.calls == []


@pytest.mark.parametrize("template_key", ["templateStatus", "wabaTemplatesStatus"])
@pytest.mark.parametrize(("on", "off"), [(True, False), ("true", "false"), ("True", None)])
def test_switches_are_read_in_every_form(
    client: WazzupClient, sandbox: WazzupSandbox, template_key: str, on: Any, off: Any
) -> None:
    switches = {"messagesAndStatuses": on, "contactsAndDealsCreation": off, template_key: on}
    spoil(
        sandbox, match="/v3/webhooks", status=200, body={"webhooksUri": "https://a.example", "subscriptions": switches}
    )
    assert client.webhook() == WebhookState(
        address="https://a.example",
        messages_and_statuses=True,
        contacts_and_deals_creation=False,
        channels_updates=False,
        template_status=True,
    )


# --------------------------------------------------------------------------- check


def test_check_tells_the_operator_what_works(client: WazzupClient, sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.set_channel(WHATSAPP, "qr")
    sandbox.webhook = ""
    assert "whatsapp 79865784457: нужно отсканировать QR-код" in client.check()
    assert "вебхук не зарегистрирован" in client.check()
    sandbox.webhook = receiver.address
    assert "вебхук зарегистрирован." in client.check()
    assert receiver.address not in client.check(), "the address holds our secret"
    sandbox.subscriptions["messagesAndStatuses"] = False
    assert "сообщения в нём выключены" in client.check()


def test_the_client_waits_for_no_answer_longer_than_its_time_outs(client: WazzupClient, sandbox: WazzupSandbox) -> None:
    spoil(sandbox, match="/v3/channels", delay=2)
    began = time.monotonic()
    with mock.patch("crystalbay.wazzup.transport.TIMEOUTS", (0.2, 0.2)), pytest.raises(TransientError):
        client.channels()
    assert time.monotonic() - began < 1.5
