"""The simulated Wazzup24 keeps the contract: checks, webhooks and their misbehaviour, the phone, the files."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
import requests

from crystalbay.sandbox.wazzup import KEY, WazzupSandbox, channel_id
from tests.unit.wazzup_kit import Receiver, fresh, post, running, spoil

ANNA = "79001112233"
WHATSAPP = channel_id("0001")
HELLO = {"channelId": WHATSAPP, "chatType": "whatsapp", "chatId": ANNA, "text": "Здравствуйте!"}


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


def control(sandbox: WazzupSandbox, action: str, /, **body: Any) -> dict[str, Any]:
    answer = requests.post(f"{sandbox.url}/__{action}", json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def refusal(answer: requests.Response) -> str:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    assert body["status"] == 400
    assert body["requestId"]
    return str(body["error"])


def elements(receiver: Receiver, kind: str) -> list[dict[str, Any]]:
    return [element for body in receiver.bodies for element in body.get(kind, [])]


# --------------------------------------------------------------------------- sending (sections 3 and 4)


def test_an_accepted_message_is_answered_201_with_its_id(sandbox: WazzupSandbox) -> None:
    answer = post(sandbox, "/v3/message", HELLO)
    assert answer.status_code == 201
    assert answer.json() == {"messageId": sandbox.sent()[0]["messageId"], "chatId": ANNA}


def test_the_bearer_key_is_needed(sandbox: WazzupSandbox) -> None:
    assert post(sandbox, "/v3/message", HELLO, key="other").status_code == 401
    assert requests.get(sandbox.api_url + "/channels", timeout=5).status_code == 401
    assert sandbox.sent() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"chatId": 79001112233}, "INVALID_MESSAGE_DATA"),
        ({"chatId": "+79001112233"}, "INVALID_MESSAGE_DATA"),
        ({"chatId": None}, "INVALID_MESSAGE_DATA"),
        ({"chatType": "tgapi"}, "INVALID_MESSAGE_DATA"),
        ({"channelId": None}, "INVALID_MESSAGE_DATA"),
        ({"clearUnanswered": "no"}, "INVALID_MESSAGE_DATA"),
        ({"text": None, "contentUri": "not an address"}, "INVALID_MESSAGE_DATA"),
        ({"text": None}, "MESSAGE_NOTHING_TO_SEND"),
        ({"contentUri": "https://example.com/a.pdf"}, "MESSAGE_ONLY_TEXT_OR_CONTENT"),
        ({"text": " "}, "MESSAGES_TEXT_CAN_NOT_BE_BLANK"),
        ({"text": None, "contentUri": " "}, "MESSAGES_CONTENT_CAN_NOT_BE_BLANK"),
        ({"channelId": "nobody"}, "CHANNEL_NOT_FOUND"),
        ({"chatType": "vk"}, "WRONG_TRANSPORT"),
        ({"text": "я" * 10_001}, "MESSAGE_TEXT_TOO_LONG"),
        ({"channelId": channel_id("0004"), "text": "я" * 1025}, "MESSAGES_TOO_LONG_WABA"),
        ({"channelId": channel_id("0011"), "chatType": "vk", "text": "я" * 1001}, "MESSAGES_TOO_LONG_VK"),
        ({"channelId": channel_id("0014"), "chatType": "viber", "text": "я" * 7000}, "MESSAGES_TOO_LONG_VIBER"),
    ],
)
def test_a_bad_message_is_refused_with_its_code(sandbox: WazzupSandbox, changes: dict[str, Any], code: str) -> None:
    asked = {key: value for key, value in (HELLO | changes).items() if value is not None}
    assert refusal(post(sandbox, "/v3/message", asked)) == code
    assert sandbox.sent() == []


def test_a_body_that_is_no_object_is_refused(sandbox: WazzupSandbox) -> None:
    assert refusal(post(sandbox, "/v3/message", [HELLO])) == "INVALID_MESSAGE_DATA"


def test_the_wrong_fields_are_named(sandbox: WazzupSandbox) -> None:
    answer = post(sandbox, "/v3/message", HELLO | {"chatId": 7, "text": 5})
    assert answer.json()["data"] == {"fields": ["chatId", "text"]}


def test_a_crm_id_is_remembered_for_60_seconds_after_it_was_accepted(sandbox: WazzupSandbox) -> None:
    asked = HELLO | {"crmMessageId": "id-1"}
    with mock.patch.object(sandbox, "monotonic", return_value=1000.0) as clock:
        refused = post(sandbox, "/v3/message", asked | {"chatType": "vk"})
        assert refusal(refused) == "WRONG_TRANSPORT", "a refused message uses up no id"
        assert post(sandbox, "/v3/message", asked).status_code == 201
        clock.return_value = 1059.9
        assert refusal(post(sandbox, "/v3/message", asked)) == "REPEATED_CRM_MESSAGE_ID"
        clock.return_value = 1060.0
        assert post(sandbox, "/v3/message", asked).status_code == 201
    assert len(sandbox.sent()) == 2


def test_no_more_requests_than_the_limit_in_5_seconds(sandbox: WazzupSandbox) -> None:
    control(sandbox, "config", rateLimit=2)
    with mock.patch.object(sandbox, "monotonic", return_value=1000.0) as clock:
        assert [post(sandbox, "/v3/message", HELLO).status_code for _ in range(3)] == [201, 201, 429]
        clock.return_value = 1005.0
        assert post(sandbox, "/v3/message", HELLO).status_code == 201


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("disabled", "CHANNEL_BLOCKED"),
        ("notEnoughMoney", "CHANNEL_NO_MONEY"),
        ("rejected", "CHANNEL_WAPI_REJECTED"),
        ("unauthorized", "MESSAGE_CHANNEL_UNAVAILABLE"),
        ("qr", "MESSAGE_CHANNEL_UNAVAILABLE"),
    ],
)
def test_a_channel_out_of_order_refuses(sandbox: WazzupSandbox, state: str, code: str) -> None:
    control(sandbox, "channel", channelId=WHATSAPP, state=state)
    assert refusal(post(sandbox, "/v3/message", HELLO)) == code


def test_a_blocked_channel_accepts_and_delivers_nothing(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    """Section 0, point 4: only a status webhook tells."""
    sandbox.set_channel(WHATSAPP, "blocked")
    assert post(sandbox, "/v3/message", HELLO).status_code == 201
    assert sandbox.settle()
    assert [status["status"] for status in elements(receiver, "statuses")] == ["error"]
    assert sandbox.chat(ANNA) == []


def test_whatsapp_business_takes_free_text_for_24_hours(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    asked = HELLO | {"channelId": channel_id("0004")}
    post(sandbox, "/v3/message", asked)
    sandbox.customer_says(ANNA, "Добрый день", channel_id=channel_id("0004"))
    post(sandbox, "/v3/message", asked)
    later = sandbox.now() + timedelta(hours=24, minutes=1)
    with mock.patch.object(sandbox, "now", return_value=later):
        post(sandbox, "/v3/message", asked)
    assert sandbox.settle()
    assert [item["error"] for item in sandbox.sent()] == ["24_HOURS_EXCEEDED", None, "24_HOURS_EXCEEDED"]
    failed = [status["error"]["error"] for status in elements(receiver, "statuses") if status["status"] == "error"]
    assert failed == ["24_HOURS_EXCEEDED"] * 2


def test_files_of_this_machine_are_fetched_at_once(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.customer_says(ANNA, media="image")
    picture = sandbox.chat(ANNA)[0]["contentUri"]
    asked = {key: value for key, value in HELLO.items() if key != "text"}
    assert post(sandbox, "/v3/message", asked | {"contentUri": picture}).status_code == 201
    missing = post(sandbox, "/v3/message", asked | {"contentUri": sandbox.url + "/store/nothing/"})
    assert refusal(missing) == "MESSAGE_DOWNLOAD_CONTENT_ERROR"
    spoil(sandbox, match="/store/", status=302, headers={"Location": picture})
    assert refusal(post(sandbox, "/v3/message", asked | {"contentUri": picture})) == "MESSAGE_DOWNLOAD_CONTENT_ERROR"
    spoil(sandbox, match="/store/", status=200, body="x" * (10 * 1024 * 1024 + 1))
    assert refusal(post(sandbox, "/v3/message", asked | {"contentUri": picture})) == "MESSAGES_CONTENT_SIZE_EXCEEDED"


def test_what_is_not_simulated_is_not_there(sandbox: WazzupSandbox) -> None:
    assert post(sandbox, "/v3/contacts", []).status_code == 404


def test_one_user_can_be_asked_for(sandbox: WazzupSandbox) -> None:
    headers = {"Authorization": f"Bearer {KEY}"}
    assert requests.get(sandbox.api_url + "/users/u-7", headers=headers, timeout=5).json()["name"] == "Ольга Менеджер"
    assert requests.get(sandbox.api_url + "/users/u-9", headers=headers, timeout=5).status_code == 404


# --------------------------------------------------------------------------- registration (section 6)


def patch(sandbox: WazzupSandbox, **body: Any) -> requests.Response:
    return requests.patch(
        sandbox.api_url + "/webhooks", json=body, headers={"Authorization": f"Bearer {KEY}"}, timeout=5
    )


def test_an_address_is_probed_before_it_is_registered(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.webhook = ""
    spoil(receiver, match="/webhooks/", status=204)
    refused = patch(sandbox, webhooksUri=receiver.address)
    assert (refused.status_code, refused.json()["error"]) == (400, "testPostNotPassed")
    assert sandbox.webhook == ""
    assert patch(sandbox, webhooksUri=receiver.address).status_code == 200
    assert receiver.bodies == [{"test": True}] * 2
    assert sandbox.webhook == receiver.address


@pytest.mark.parametrize("uri", [None, 5, "", "example.com/hook", "https://", "http://[", "https://a.ru/" + "a" * 200])
def test_what_is_no_address_is_refused(sandbox: WazzupSandbox, uri: Any) -> None:
    assert patch(sandbox, webhooksUri=uri).json()["error"] == "uriNotValid"


@pytest.mark.parametrize("sign", ["&", "#", "+", "%", "?", " "])
def test_an_address_is_cut_at_a_special_sign(sandbox: WazzupSandbox, receiver: Receiver, sign: str) -> None:
    cut, rest = receiver.address[:-1], receiver.address[-1:]
    assert patch(sandbox, webhooksUri=f"{cut}{sign}{rest}").json()["error"] == "testPostNotPassed"
    assert receiver.url + receiver.calls[0]["path"] == cut


def test_switched_off_events_do_not_come(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    switches = {"messagesAndStatuses": False, "channelsUpdates": True}
    assert patch(sandbox, webhooksUri=receiver.address, subscriptions=switches).status_code == 200
    sandbox.customer_says(ANNA, "Добрый день")
    sandbox.set_channel(WHATSAPP, "qr")
    assert sandbox.settle()
    assert [list(body) for body in receiver.bodies] == [["test"], ["channelsUpdates"]]


def test_nothing_is_kept_for_who_registers_later(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.webhook = ""
    sandbox.customer_says(ANNA, "Добрый день")
    assert sandbox.settle()
    sandbox.webhook = receiver.address
    sandbox.customer_says(ANNA, "Есть кто?")
    assert sandbox.settle()
    assert [element["text"] for element in elements(receiver, "messages")] == ["Есть кто?"]


# --------------------------------------------------------------------------- deliveries (section 7)


def test_a_customer_s_message_arrives_as_a_webhook(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    told = control(sandbox, "customer", chatId=ANNA, text="Хотим в Турцию", name="Анна")
    assert sandbox.settle()
    (element,) = elements(receiver, "messages")
    assert element["messageId"] == told["messageId"]
    assert {key: element[key] for key in ("channelId", "chatType", "chatId", "type", "text", "isEcho", "status")} == {
        "channelId": WHATSAPP,
        "chatType": "whatsapp",
        "chatId": ANNA,
        "type": "text",
        "text": "Хотим в Турцию",
        "isEcho": False,
        "status": "inbound",
    }
    assert element["contact"] == {"name": "Анна"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", element["dateTime"])


def test_an_unknown_number_is_its_own_name_and_a_told_name_is_kept(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    for name in (None, "Анна", None):
        sandbox.customer_says(ANNA, "Добрый день", name=name)
    assert sandbox.settle()
    assert [element["contact"]["name"] for element in elements(receiver, "messages")] == [ANNA, "Анна", "Анна"]


def test_deliveries_come_in_order_and_once(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    spoil(receiver, match="/webhooks/", status=500)
    for number in range(10):
        sandbox.customer_says(ANNA, str(number))
    assert sandbox.settle()
    assert [element["text"] for element in elements(receiver, "messages")] == [str(number) for number in range(10)]
    log = requests.get(sandbox.url + "/__deliveries", timeout=5).json()
    assert [delivery["status"] for delivery in log] == [500] + [200] * 9, "a failed delivery is lost by default"


def test_attempts_try_again_until_200(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(attempts=3)
    spoil(receiver, match="/webhooks/", status=503)
    sandbox.customer_says(ANNA, "Добрый день")
    assert sandbox.settle()
    assert [delivery["status"] for delivery in sandbox.delivery.log] == [503, 200]


def test_repeats_and_duplicates(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    control(sandbox, "config", repeats=3, duplicates=True)
    sandbox.customer_says(ANNA, "Добрый день")
    assert sandbox.settle()
    assert [len(body["messages"]) for body in receiver.bodies] == [2, 2, 2]
    assert len({element["messageId"] for element in elements(receiver, "messages")}) == 1


def test_concurrency_delivers_the_repeats_at_once(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(repeats=4, concurrency=True)
    spoil(receiver, match="/webhooks/", delay=0.3, times=4)
    sandbox.customer_says(ANNA, "Добрый день")
    assert sandbox.settle()
    arrived = [call["at"] for call in receiver.calls]
    assert len(arrived) == 4
    assert max(arrived) - min(arrived) < 0.3, "the last came before the first was answered"


def test_what_was_sent_is_delivered_and_read_by_and_by(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(delivered_after=0.05, read_after=0.1)
    message_id = post(sandbox, "/v3/message", HELLO).json()["messageId"]
    assert sandbox.settle()
    statuses = elements(receiver, "statuses")
    assert [(item["messageId"], item["status"]) for item in statuses] == [
        (message_id, "sent"),
        (message_id, "delivered"),
        (message_id, "read"),
    ]
    assert sandbox.chat(ANNA)[0]["status"] == "read"


def test_by_default_delivery_takes_a_moment_and_reading_a_second() -> None:
    options = WazzupSandbox().options
    assert (options.sent_after, options.delivered_after, options.read_after) == (0.0, 0.3, 1.0)


def test_statuses_can_be_switched_off(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(statuses=False)
    post(sandbox, "/v3/message", HELLO)
    assert sandbox.settle()
    assert receiver.bodies == []


def test_own_sends_may_come_back_as_echoes(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(echo_own_sends=True, statuses=False)
    post(sandbox, "/v3/message", HELLO | {"crmMessageId": "id-1"})
    assert sandbox.settle()
    (element,) = elements(receiver, "messages")
    assert (element["isEcho"], element["sentFromApp"], element["text"]) == (True, False, "Здравствуйте!")
    assert "crmMessageId" not in element, "section 0, point 7"


def test_error_codes_may_be_in_snake_case(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.configure(snake_case_errors=True)
    post(sandbox, "/v3/message", HELLO | {"chatId": "89001112233"})
    assert sandbox.settle()
    assert elements(receiver, "statuses")[0]["error"]["error"] == "bad_contact"


def test_the_crm_key_is_sent_only_when_there_is_one(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    sandbox.customer_says(ANNA, "Раз")
    assert sandbox.settle()
    control(sandbox, "config", crmKey="Secret123")
    sandbox.customer_says(ANNA, "Два")
    assert sandbox.settle()
    assert receiver.keys == [None, "Bearer Secret123"]


@pytest.mark.parametrize("wrong", [{"speed": 1}, {"repeats": "3"}, {"repeats": True}, {"statuses": 1}])
def test_a_wrong_option_is_refused_and_changes_nothing(sandbox: WazzupSandbox, wrong: dict[str, Any]) -> None:
    answer = requests.post(sandbox.url + "/__config", json={"attempts": 5} | wrong, timeout=5)
    assert answer.status_code == 400
    assert sandbox.options.attempts == 1


# --------------------------------------------------------------------------- the phone


def test_the_conversation_as_the_customer_sees_it(sandbox: WazzupSandbox) -> None:
    first = control(sandbox, "customer", chatId=ANNA, text="Добрый день")["messageId"]
    sandbox.customer_says("79990000001", "Другой чат")
    second = post(sandbox, "/v3/message", HELLO).json()["messageId"]
    third = control(sandbox, "phone", chatId=ANNA, text="Это Ольга")["messageId"]
    shown = requests.get(sandbox.url + "/__chat", params={"chatId": ANNA}, timeout=5).json()
    assert [(item["from"], item["text"], item["messageId"]) for item in shown] == [
        ("customer", "Добрый день", first),
        ("agency", "Здравствуйте!", second),
        ("agency", "Это Ольга", third),
    ]
    assert set(shown[0]) == {"from", "text", "contentUri", "at", "status", "messageId"}
    (sent,) = requests.get(sandbox.url + "/__sent", timeout=5).json()
    assert sent["messageId"] == second


def test_an_employee_s_answer_is_an_echo(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    control(sandbox, "phone", chatId=ANNA, text="С телефона")
    control(sandbox, "phone", chatId=ANNA, text="Из чата", authorName="Ольга")
    assert sandbox.settle()
    shown = [(e["isEcho"], e["status"], e["sentFromApp"], e.get("authorName")) for e in elements(receiver, "messages")]
    assert shown == [(True, "sent", False, None), (True, "sent", True, "Ольга")]


def test_edits_and_deletions_come_under_the_same_id(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    message_id = sandbox.customer_says(ANNA, "На 12 ночей")
    control(sandbox, "edit", messageId=message_id, text="На 14 ночей")
    assert sandbox.chat(ANNA)[0]["text"] == "На 14 ночей"
    control(sandbox, "delete", messageId=message_id)
    assert sandbox.chat(ANNA) == []
    assert sandbox.settle()
    new, edited, deleted = elements(receiver, "messages")
    assert {new["messageId"], edited["messageId"], deleted["messageId"]} == {message_id}
    assert (new["text"], "isEdited" in new) == ("На 12 ночей", False)
    assert (edited["text"], edited["isEdited"]) == ("На 14 ночей", True)
    assert edited["oldInfo"] == {"oldText": "На 12 ночей"}
    assert (deleted["isDeleted"], "text" in deleted) == (True, False)


def test_a_channel_that_needs_scanning_brings_its_qr_code(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    control(sandbox, "channel", channelId=WHATSAPP, state="qr")
    assert sandbox.settle()
    (update,) = elements(receiver, "channelsUpdates")
    assert (update["channelId"], update["state"]) == (WHATSAPP, "qr")
    assert isinstance(update["timestamp"], int)
    assert update["qr"].startswith("data:image/png")


def test_other_messengers_have_channels_of_their_own(sandbox: WazzupSandbox, receiver: Receiver) -> None:
    for chat_type in ("telegram", "instagram", "vk", "avito", "max", "viber", "whatsgroup"):
        control(sandbox, "customer", chatId="5", text="Привет", chatType=chat_type)
    assert sandbox.settle()
    transports = [sandbox.channels[element["channelId"]]["transport"] for element in elements(receiver, "messages")]
    assert transports == ["tgapi", "instagram", "vk", "avito", "max", "viber", "whatsapp"]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("customer", {}),
        ("customer", {"chatId": 5}),
        ("customer", {"chatId": "5", "chatType": "icq"}),
        ("customer", {"chatId": "5", "channelId": "nobody"}),
        ("customer", {"chatId": "5", "media": "hologram"}),
        ("customer", {"chatId": "5", "colour": "red"}),
        ("edit", {"messageId": "nobody", "text": "x"}),
        ("delete", {"messageId": "nobody"}),
        ("channel", {"channelId": "nobody", "state": "qr"}),
        ("phone", []),
    ],
)
def test_a_wrong_control_says_why(sandbox: WazzupSandbox, name: str, body: Any) -> None:
    answer = requests.post(f"{sandbox.url}/__{name}", json=body, timeout=5)
    assert answer.status_code == 400
    assert answer.text


def test_reset_forgets_everything_but_the_first_address() -> None:
    with WazzupSandbox(webhook="http://127.0.0.1:9/first") as sandbox:
        sandbox.customer_says(ANNA, "Добрый день")
        sandbox.webhook = ""
        sandbox.configure(repeats=7)
        sandbox.channels[WHATSAPP]["state"] = "qr"
        requests.post(sandbox.url + "/__reset", timeout=5)
        assert (sandbox.chat(ANNA), sandbox.options.repeats) == ([], 1)
        assert sandbox.channels[WHATSAPP]["state"] == "active"
        assert sandbox.webhook == "http://127.0.0.1:9/first"


# --------------------------------------------------------------------------- files


def _is_wave(content: bytes) -> bool:
    with wave.open(io.BytesIO(content)) as voice:
        return bool(voice.getnframes())


@pytest.mark.parametrize(
    ("media", "message_type", "mime", "genuine"),
    [
        ("image", "image", "image/png", lambda content: content.startswith(b"\x89PNG\r\n\x1a\n")),
        ("voice", "audio", "audio/wav", _is_wave),
        ("document", "document", "application/pdf", lambda content: content.rstrip().endswith(b"%%EOF")),
        ("sticker", "image", "application/x-tgsticker", lambda content: content.startswith(b"\x1f\x8b")),
        ("contact", "vcard", "text/vcard", lambda content: b"FN:" in content),
    ],
)
def test_a_sent_file_can_really_be_fetched(
    sandbox: WazzupSandbox,
    receiver: Receiver,
    media: str,
    message_type: str,
    mime: str,
    genuine: Callable[[bytes], bool],
) -> None:
    control(sandbox, "customer", chatId=ANNA, media=media, text="подпись")
    assert sandbox.settle()
    (element,) = elements(receiver, "messages")
    assert (element["type"], element["text"]) == (message_type, "подпись")
    assert element["contentUri"].startswith(sandbox.url + "/store/")
    assert "?filename=" in element["contentUri"]
    answer = requests.get(element["contentUri"], timeout=5)
    assert answer.headers["Content-Type"].split(";")[0] == mime
    assert genuine(answer.content)


# --------------------------------------------------------------------------- the command


def test_the_command_serves_until_it_is_interrupted() -> None:
    command = [sys.executable, "-m", "crystalbay.sandbox.wazzup", "--port", "0", "--webhook", "http://127.0.0.1:9/hook"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        told = re.search(r"WAZZUP_API_URL=(\S+) WAZZUP_API_KEY=(\S+)", process.stdout.readline())
        assert told
        headers = {"Authorization": f"Bearer {told[2]}"}
        webhook = requests.get(told[1] + "/webhooks", headers=headers, timeout=5).json()
        assert webhook["webhooksUri"] == "http://127.0.0.1:9/hook"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
