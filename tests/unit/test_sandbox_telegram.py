"""The simulated Telegram keeps the contract: what it refuses and sends, people's phones, files, limits."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from crystalbay.sandbox.server import Fault
from crystalbay.sandbox.telegram import TOKEN, TelegramSandbox
from crystalbay.sandbox.wazzup_media import samples

ANNA = 5001
KEYBOARD = {"inline_keyboard": [[{"text": "Турция", "callback_data": "c:TR"}, {"text": "Сайт", "url": "https://a.ru"}]]}
PHOTO = samples()["image"].content


@pytest.fixture(scope="module")
def server() -> Iterator[TelegramSandbox]:
    with TelegramSandbox() as running:
        yield running


@pytest.fixture
def sandbox(server: TelegramSandbox) -> TelegramSandbox:
    requests.post(server.url + "/__reset", timeout=5)
    server.says(ANNA, "Здравствуйте")
    return server


def call(sandbox: TelegramSandbox, method: str, /, **params: Any) -> requests.Response:
    """A call with a JSON body."""
    return requests.post(f"{sandbox.api_url}/bot{TOKEN}/{method}", json=params, timeout=10)


def result(sandbox: TelegramSandbox, method: str, /, **params: Any) -> Any:
    answer = call(sandbox, method, **params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["ok"] is True
    return answer.json()["result"]


def refusal(answer: requests.Response, code: int = 400) -> str:
    body = answer.json()
    assert (answer.status_code, body["ok"], body["error_code"]) == (code, False, code), answer.text
    return str(body["description"])


def control(sandbox: TelegramSandbox, action: str, /, **body: Any) -> Any:
    answer = requests.post(f"{sandbox.url}/__{action}", json=body, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()


def view(sandbox: TelegramSandbox, path: str) -> Any:
    return requests.get(f"{sandbox.url}/__{path}", timeout=5).json()


# --------------------------------------------------------------------------- calls


def test_a_wrong_token_is_401_and_an_unknown_method_404(sandbox: TelegramSandbox) -> None:
    assert refusal(requests.get(f"{sandbox.url}/bot1:x/getMe", timeout=5), 401) == "Unauthorized"
    assert refusal(requests.get(f"{sandbox.url}/file/bot1:x/a", timeout=5), 401) == "Unauthorized"
    assert refusal(call(sandbox, "getTea"), 404) == "Not Found"


def test_a_group_that_has_the_bot_is_there_from_the_start_and_after_a_reset() -> None:
    with TelegramSandbox(group=-1001) as own:
        for _ in range(2):
            assert result(own, "sendMessage", chat_id=-1001, text="Срочно")["chat"]["type"] == "supergroup"
            requests.post(own.url + "/__reset", timeout=5)
        assert refusal(call(own, "sendMessage", chat_id=-1002, text="Срочно")) == "Bad Request: chat not found"


def test_get_me(sandbox: TelegramSandbox) -> None:
    me = result(sandbox, "getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (123456, True, "crystalbay_demo_bot")


def test_parameters_come_as_query_form_multipart_or_json(sandbox: TelegramSandbox) -> None:
    address = f"{sandbox.url}/bot{TOKEN}/sendMessage"
    params = {"chat_id": str(ANNA), "text": "Да", "reply_markup": json.dumps(KEYBOARD)}
    requests.get(address, params=params, timeout=5)
    requests.post(address, data=params, timeout=5)
    requests.post(address, files={name: (None, value) for name, value in params.items()}, timeout=5)
    requests.post(address, json={**params, "reply_markup": KEYBOARD}, timeout=5)
    shown = sandbox.chat(ANNA)[1:]
    assert [message["text"] for message in shown] == ["Да"] * 4
    assert all(message["buttons"][0][0]["data"] == "c:TR" for message in shown)


def test_a_body_that_is_no_json_object_is_refused(sandbox: TelegramSandbox) -> None:
    for body in ("[1]", "{"):
        answer = requests.post(
            f"{sandbox.url}/bot{TOKEN}/getMe", data=body, headers={"Content-Type": "application/json"}, timeout=5
        )
        assert "can't parse" in refusal(answer)


# --------------------------------------------------------------------------- sending


def test_a_message_is_answered_as_telegram_does_and_seen_on_the_phone(sandbox: TelegramSandbox) -> None:
    sent = result(
        sandbox, "sendMessage", chat_id=ANNA, text="<b>7</b> &lt; 8", parse_mode="HTML", reply_markup=KEYBOARD
    )
    assert sent["text"] == "7 < 8"
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert sent["reply_markup"] == KEYBOARD
    assert sent["chat"] == {"id": ANNA, "type": "private", "first_name": "Анна"}
    shown = view(sandbox, f"chat?chatId={ANNA}")[-1]
    assert shown["at"].endswith("+00:00")
    assert {key: shown[key] for key in ("messageId", "from", "text", "html", "kind", "file", "edited", "keyboard")} == {
        "messageId": sent["message_id"],
        "from": "bot",
        "text": "7 < 8",
        "html": "<b>7</b> &lt; 8",
        "kind": "text",
        "file": None,
        "edited": False,
        "keyboard": None,
    }
    assert shown["buttons"] == [
        [{"text": "Турция", "data": "c:TR", "url": None}, {"text": "Сайт", "data": None, "url": "https://a.ru"}]
    ]


def button(**fields: Any) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "Да", **fields}]]}}


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n"}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "я" * 4097}, "message is too long"),
        ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
        ({"chat_id": None}, "chat_id is empty"),
        ({"chat_id": 77}, "chat not found"),
        ({"chat_id": "@somebody"}, "chat not found"),
        ({"parse_mode": "Tea"}, "unsupported parse_mode"),
        (button(callback_data="я" * 33), "BUTTON_DATA_INVALID"),
        (button(callback_data=""), "BUTTON_DATA_INVALID"),
        (button(), "Text buttons are unallowed"),
        (button(url="http://localhost:8000/"), "Wrong HTTP URL"),
        ({"reply_markup": {"inline_keyboard": [[{"text": "x", "url": "a.ru"}]] * 101}}, "reply markup is too long"),
        ({"reply_markup": "[1"}, "can't parse reply markup JSON object"),
        ({"reply_markup": [1]}, "object expected as reply markup"),
        ({"reply_to_message_id": 999_999}, "message to be replied not found"),
    ],
)
def test_a_bad_message_is_refused_in_telegrams_words(
    sandbox: TelegramSandbox, changes: dict[str, Any], description: str
) -> None:
    answer = call(sandbox, "sendMessage", **{"chat_id": ANNA, "text": "Да", **changes})
    assert refusal(answer).startswith("Bad Request: ")
    assert description in refusal(answer)
    assert sandbox.sent() == []


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("a<br>", 'Unsupported start tag "br" at byte offset 1'),
        ("я < 5", "Unclosed start tag at byte offset 3"),
        ("я < 5 >", 'Unsupported start tag "" at byte offset 3'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href>x</a>", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
    ],
)
def test_bad_html_is_refused_with_its_place(sandbox: TelegramSandbox, text: str, description: str) -> None:
    answer = call(sandbox, "sendMessage", chat_id=ANNA, text=text, parse_mode="HTML")
    assert refusal(answer) == f"Bad Request: can't parse entities: {description}"


@pytest.mark.parametrize(
    ("text", "plain", "entities"),
    [
        ("<strong>a</strong><em>б</em>", "aб", [("bold", 0, 1), ("italic", 1, 1)]),
        ("<ins>a</ins><del>a</del><strike>a</strike><s>a</s><u>a</u>", "aaaaa", None),
        ("😀<b>x</b>", "😀x", [("bold", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("&quot;&#8381;&#x41;&amp;amp; &copy; & &ltx", '"₽A&amp; &copy; & &ltx', []),
        ("<tg-spoiler>a</tg-spoiler><span class='tg-spoiler'>b</span>", "ab", [("spoiler", 0, 1), ("spoiler", 1, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", 0, 1)]),
        ('<a href="https://a.ru/?b=1&amp;c=2">b</a>', "b", [("text_link", 0, 1)]),
        ('<a href="nowhere">b</a>', "b", []),
        ('<pre><code class="language-python">x</code></pre>\n\n', "x", None),
    ],
)
def test_good_html_becomes_entities(
    sandbox: TelegramSandbox, text: str, plain: str, entities: list[tuple[str, int, int]] | None
) -> None:
    sent = result(sandbox, "sendMessage", chat_id=ANNA, text=text, parse_mode="html")
    assert sent["text"] == plain
    if entities is not None:
        assert [(e["type"], e["offset"], e["length"]) for e in sent.get("entities", [])] == entities


def test_what_pages_show_keeps_only_attributes_with_a_meaning(sandbox: TelegramSandbox) -> None:
    text = "<b onclick='x()'>a</b><a href='javascript:x()'>b</a><a href='https://a.ru'>c</a> >"
    result(sandbox, "sendMessage", chat_id=ANNA, text=text, parse_mode="HTML")
    assert sandbox.chat(ANNA)[-1]["html"] == '<b>a</b><a>b</a><a href="https://a.ru">c</a> &gt;'


def test_text_is_counted_after_parsing(sandbox: TelegramSandbox) -> None:
    text = "<b>" + "&lt;" * 4096 + "</b>"
    assert len(result(sandbox, "sendMessage", chat_id=ANNA, text=text, parse_mode="HTML")["text"]) == 4096


def test_a_text_without_parse_mode_is_no_html(sandbox: TelegramSandbox) -> None:
    assert result(sandbox, "sendMessage", chat_id=ANNA, text="a < b")["text"] == "a < b"
    assert sandbox.chat(ANNA)[-1]["html"] == "a &lt; b"


def test_who_blocked_the_bot_or_never_wrote_cannot_be_reached(sandbox: TelegramSandbox) -> None:
    control(sandbox, "say", userId=7, text="Всем привет", chatId=-100)
    answer = call(sandbox, "sendMessage", chat_id=7, text="Да")
    assert refusal(answer, 403) == "Forbidden: bot can't initiate conversation with a user"
    assert result(sandbox, "sendMessage", chat_id=-100, text="Да")["chat"]["type"] == "supergroup"
    control(sandbox, "block", userId=ANNA)
    for method in ("sendMessage", "sendChatAction"):
        answer = call(sandbox, method, chat_id=ANNA, text="Да", action="typing")
        assert refusal(answer, 403) == "Forbidden: bot was blocked by the user"
    control(sandbox, "unblock", userId=ANNA)
    result(sandbox, "sendMessage", chat_id=ANNA, text="Да")


def test_flood_limits_are_off_until_they_are_configured(sandbox: TelegramSandbox) -> None:
    for _ in range(40):
        result(sandbox, "sendMessage", chat_id=ANNA, text="Да")
    control(sandbox, "limits", per_chat_s=3.0)
    result(sandbox, "sendMessage", chat_id=ANNA, text="Да")
    answer = call(sandbox, "sendMessage", chat_id=ANNA, text="Да")
    assert refusal(answer, 429) == "Too Many Requests: retry after 3"
    assert answer.json()["parameters"] == {"retry_after": 3}
    assert answer.headers["Retry-After"] == "3"
    control(sandbox, "limits", overall_per_s=2)
    codes = [call(sandbox, "sendMessage", chat_id=ANNA, text="Да").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]


def test_a_fault_after_the_work_is_a_message_whose_answer_was_lost(sandbox: TelegramSandbox) -> None:
    sandbox.add_fault(Fault(match="sendMessage", drop="after"))
    with pytest.raises(requests.ConnectionError):
        call(sandbox, "sendMessage", chat_id=ANNA, text="Да")
    assert [entry["text"] for entry in view(sandbox, "sent")] == ["Да"]


def test_typing_is_shown_until_the_next_message(sandbox: TelegramSandbox) -> None:
    assert "wrong parameter action" in refusal(call(sandbox, "sendChatAction", chat_id=ANNA, action="tea"))
    result(sandbox, "sendChatAction", chat_id=ANNA, action="typing")
    assert view(sandbox, f"state?chatId={ANNA}")["typing"] is True
    result(sandbox, "sendMessage", chat_id=ANNA, text="Да")
    assert sandbox.state(ANNA) == {"typing": False, "action": None, "commands": {}}


# --------------------------------------------------------------------------- editing


def test_edits_change_the_message_and_take_the_keyboard_away(sandbox: TelegramSandbox) -> None:
    sent = result(sandbox, "sendMessage", chat_id=ANNA, text="Куда?", reply_markup=KEYBOARD)
    place = {"chat_id": ANNA, "message_id": sent["message_id"]}
    edited = result(sandbox, "editMessageText", **place, text="Турция")
    assert "reply_markup" not in edited
    assert edited["edit_date"]
    assert "message is not modified" in refusal(call(sandbox, "editMessageText", **place, text="Турция"))
    result(sandbox, "editMessageReplyMarkup", **place, reply_markup=KEYBOARD)
    assert "message is not modified" in refusal(call(sandbox, "editMessageReplyMarkup", **place, reply_markup=KEYBOARD))
    refused = call(sandbox, "editMessageText", **place, text="Да", reply_markup={"keyboard": [["Да"]]})
    assert "inline keyboard expected" in refusal(refused)
    assert "there is no caption" in refusal(call(sandbox, "editMessageCaption", **place, caption="Да"))
    shown = sandbox.chat(ANNA)[-1]
    assert (shown["text"], shown["edited"], shown["buttons"][0][0]["text"]) == ("Турция", True, "Турция")
    result(sandbox, "deleteMessage", **place)
    assert "message to delete not found" in refusal(call(sandbox, "deleteMessage", **place))
    assert len(sandbox.chat(ANNA)) == 1
    assert [entry["method"] for entry in sandbox.sent()] == [
        "sendMessage",
        "editMessageText",
        "editMessageReplyMarkup",
        "deleteMessage",
    ]


def test_only_the_bots_own_messages_can_be_edited_and_only_while_they_are_there(sandbox: TelegramSandbox) -> None:
    own = sandbox.says(ANNA, "Моё")["messageId"]
    sent = result(sandbox, "sendMessage", chat_id=ANNA, text="Куда?")["message_id"]
    answer = call(sandbox, "editMessageText", chat_id=ANNA, message_id=own, text="x")
    assert "message can't be edited" in refusal(answer)
    control(sandbox, "clear", userId=ANNA)
    assert sandbox.chat(ANNA) == []
    answer = call(sandbox, "editMessageText", chat_id=ANNA, message_id=sent, text="x")
    assert refusal(answer) == "Bad Request: message to edit not found"


# --------------------------------------------------------------------------- files


def upload(sandbox: TelegramSandbox, method: str, files: dict[str, Any], **data: Any) -> Any:
    data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in data.items()}
    answer = requests.post(f"{sandbox.url}/bot{TOKEN}/{method}", data=data, files=files, timeout=5)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def test_an_uploaded_photo_is_kept_and_its_file_id_serves_again(sandbox: TelegramSandbox) -> None:
    sent = upload(sandbox, "sendPhoto", {"photo": ("a.bin", PHOTO)}, chat_id=ANNA, caption="Море")
    biggest = sent["photo"][-1]
    assert (biggest["width"], biggest["height"], biggest["file_size"]) == (96, 64, len(PHOTO))
    again = result(sandbox, "sendPhoto", chat_id=ANNA, photo=biggest["file_id"])
    assert again["photo"] == sent["photo"]
    found = result(sandbox, "getFile", file_id=biggest["file_id"])
    assert requests.get(f"{sandbox.url}/file/bot{TOKEN}/{found['file_path']}", timeout=5).content == PHOTO
    shown = sandbox.chat(ANNA)[-2]
    assert (shown["kind"], shown["text"]) == ("photo", "Море")
    answer = requests.get(sandbox.url + shown["file"], timeout=5)
    assert (answer.content, answer.headers["Content-Type"]) == (PHOTO, "image/png")
    place = {"chat_id": ANNA, "message_id": sent["message_id"]}
    assert "there is no text in the message to edit" in refusal(call(sandbox, "editMessageText", **place, text="x"))
    assert result(sandbox, "editMessageCaption", **place, caption="Горы")["caption"] == "Горы"
    media = {"type": "photo", "media": biggest["file_id"], "caption": "Лес"}
    assert result(sandbox, "editMessageMedia", **place, media=media)["caption"] == "Лес"


def test_a_caption_has_1024_characters(sandbox: TelegramSandbox) -> None:
    answer = call(sandbox, "sendPhoto", chat_id=ANNA, photo="x", caption="я" * 1025)
    assert refusal(answer) == "Bad Request: message caption is too long"
    assert "wrong file identifier" in refusal(call(sandbox, "sendPhoto", chat_id=ANNA, photo="x"))
    assert "there is no photo in the request" in refusal(call(sandbox, "sendPhoto", chat_id=ANNA))


def test_a_photo_by_address_is_fetched(sandbox: TelegramSandbox) -> None:
    stored = upload(sandbox, "sendPhoto", {"photo": ("a.png", PHOTO)}, chat_id=ANNA)["photo"][0]["file_id"]
    good = f"{sandbox.url}/__files/{stored}"
    assert result(sandbox, "sendPhoto", chat_id=ANNA, photo=good)["photo"][-1]["width"] == 96
    for bad, words in (
        (f"{sandbox.url}/__files/none", "failed to get HTTP URL content"),
        ("http://127.0.0.1:9/a.png", "failed to get HTTP URL content"),
        (f"{sandbox.url}/__polls", "wrong type of the web page content"),
    ):
        assert words in refusal(call(sandbox, "sendPhoto", chat_id=ANNA, photo=bad))
    media = [{"type": "photo", "media": good}, {"type": "photo", "media": "http://127.0.0.1:9/a.png"}]
    refused = refusal(call(sandbox, "sendMediaGroup", chat_id=ANNA, media=media))
    assert "failed to send message #2" in refused
    assert "failed to get HTTP URL content" in refused


def test_an_album_is_two_to_ten_files(sandbox: TelegramSandbox) -> None:
    media = [{"type": "photo", "media": "attach://a", "caption": "Отель"}, {"type": "photo", "media": "attach://b"}]
    sent = upload(sandbox, "sendMediaGroup", {"a": ("a", PHOTO), "b": ("b", PHOTO)}, chat_id=ANNA, media=media)
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [message["album"] for message in sandbox.chat(ANNA)[1:]] == [sent[0]["media_group_id"]] * 2
    file_id = sent[0]["photo"][0]["file_id"]
    for count, words in ((11, "too many messages to send as an album"), (1, "too few")):
        items = [{"type": "photo", "media": file_id}] * count
        assert words in refusal(call(sandbox, "sendMediaGroup", chat_id=ANNA, media=items))
    mixed = [{"type": "photo", "media": file_id}, {"type": "document", "media": file_id}]
    assert "can't be mixed" in refusal(call(sandbox, "sendMediaGroup", chat_id=ANNA, media=mixed))


def test_a_file_above_20_mb_cannot_be_fetched(sandbox: TelegramSandbox) -> None:
    control(sandbox, "say", userId=ANNA, media="big")
    update = result(sandbox, "getUpdates")[-1]
    file_id = update["message"]["document"]["file_id"]
    assert refusal(call(sandbox, "getFile", file_id=file_id)) == "Bad Request: file is too big"
    assert "wrong file_id" in refusal(call(sandbox, "getFile", file_id="x"))


# --------------------------------------------------------------------------- people


def test_a_person_says_and_the_bot_gets_it(sandbox: TelegramSandbox) -> None:
    body = {"name": "Пётр", "lastName": "Котов", "username": "kotov", "language": "en"}
    told = control(sandbox, "say", userId=9, text="/start src_vk", **body)
    update = result(sandbox, "getUpdates", offset=told["updateId"])[0]
    message = update["message"]
    assert (update["update_id"], message["message_id"], message["text"]) == (
        told["updateId"],
        told["messageId"],
        "/start src_vk",
    )
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    known = {"id": 9, "is_bot": False, "first_name": "Пётр", "last_name": "Котов"}
    assert message["from"] == {**known, "username": "kotov", "language_code": "en"}
    assert message["chat"]["type"] == "private"


@pytest.mark.parametrize("kind", ["photo", "voice", "document", "sticker", "video", "video_note", "audio", "animation"])
def test_people_send_files(sandbox: TelegramSandbox, kind: str) -> None:
    sandbox.says(ANNA, media=kind, caption="Вот", album="a")
    message = result(sandbox, "getUpdates")[-1]["message"]
    assert kind in message
    assert message["caption"] == "Вот"
    assert message["media_group_id"]
    shown = sandbox.chat(ANNA)[-1]
    assert shown["kind"] == kind
    answer = requests.get(sandbox.url + shown["file"], timeout=5)
    assert answer.status_code == 200


def test_a_voice_message_is_opus_in_ogg(sandbox: TelegramSandbox) -> None:
    sandbox.says(ANNA, media="voice")
    answer = requests.get(sandbox.url + sandbox.chat(ANNA)[-1]["file"], timeout=5)
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert (answer.content[:4], answer.content[28:36]) == (b"OggS", b"OpusHead")


def test_a_contact_is_ones_own_or_another_persons(sandbox: TelegramSandbox) -> None:
    keyboard = {"keyboard": [[{"text": "Мой номер", "request_contact": True}, "Нет"]], "one_time_keyboard": True}
    result(sandbox, "sendMessage", chat_id=ANNA, text="Номер?", reply_markup=keyboard)
    assert sandbox.chat(ANNA)[-1]["keyboard"] == [
        [{"text": "Мой номер", "contact": True}, {"text": "Нет", "contact": False}]
    ]
    control(sandbox, "say", userId=ANNA, phone="+79001112233")
    control(sandbox, "say", userId=ANNA, phone="+79001112244", contactOf=8)
    contacts = [update["message"]["contact"] for update in result(sandbox, "getUpdates")[-2:]]
    assert [contact["user_id"] for contact in contacts] == [ANNA, 8]
    assert sandbox.chat(ANNA)[-1]["text"] == "+79001112244"
    assert sandbox.chat(ANNA)[-3]["keyboard"] is None, "used, and for one time only"


def test_a_reply_keyboard_stays_until_it_is_removed(sandbox: TelegramSandbox) -> None:
    result(sandbox, "sendMessage", chat_id=ANNA, text="Да?", reply_markup={"keyboard": [["Да"]]})
    sandbox.says(ANNA, "Да")
    assert sandbox.chat(ANNA)[1]["keyboard"] == [[{"text": "Да", "contact": False}]]
    result(sandbox, "sendMessage", chat_id=ANNA, text="Хорошо", reply_markup={"remove_keyboard": True})
    assert sandbox.chat(ANNA)[1]["keyboard"] is None


def test_a_tap_is_answered_once_it_is_known(sandbox: TelegramSandbox) -> None:
    sent = result(sandbox, "sendMessage", chat_id=ANNA, text="Куда?", reply_markup=KEYBOARD)
    for wanted in ("Турция", "тур", "c:TR"):
        told = control(sandbox, "tap", userId=ANNA, button=wanted)
        query = result(sandbox, "getUpdates", offset=told["updateId"])[0]["callback_query"]
        assert (query["id"], query["data"]) == (told["callbackId"], "c:TR")
        assert query["message"]["message_id"] == sent["message_id"]
    callback = f"callback?id={told['callbackId']}"
    assert view(sandbox, callback) == {"answered": False, "text": None, "alert": False}
    result(sandbox, "answerCallbackQuery", callback_query_id=query["id"], text="Ищу", show_alert=True)
    assert view(sandbox, callback) == {"answered": True, "text": "Ищу", "alert": True}
    assert "query is too old" in refusal(call(sandbox, "answerCallbackQuery", callback_query_id="1"))
    assert "MESSAGE_TOO_LONG" in refusal(
        call(sandbox, "answerCallbackQuery", callback_query_id=query["id"], text="я" * 201)
    )


def test_an_old_button_can_be_pressed(sandbox: TelegramSandbox) -> None:
    old = result(sandbox, "sendMessage", chat_id=ANNA, text="Куда?", reply_markup=KEYBOARD)["message_id"]
    new = result(sandbox, "sendMessage", chat_id=ANNA, text="Куда же?", reply_markup=KEYBOARD)["message_id"]
    sandbox.taps(ANNA, "Турция")
    sandbox.taps(ANNA, "Турция", message_id=old)
    queries = [update["callback_query"] for update in result(sandbox, "getUpdates")[-2:]]
    assert [query["message"]["message_id"] for query in queries] == [new, old]


def test_edits_and_blocks_are_updates(sandbox: TelegramSandbox) -> None:
    said = sandbox.says(ANNA, "В Турцию")["messageId"]
    control(sandbox, "edit", userId=ANNA, messageId=said, text="В Египет")
    control(sandbox, "block", userId=ANNA)
    sandbox.says(ANNA, "Снова я")  # the app lets one write only after the bot is allowed again
    updates = result(sandbox, "getUpdates")[-4:]
    assert updates[0]["edited_message"]["text"] == "В Египет"
    states = [update["my_chat_member"]["new_chat_member"]["status"] for update in updates[1:3]]
    assert states == ["kicked", "member"]
    assert updates[3]["message"]["text"] == "Снова я"
    assert sandbox.chat(ANNA)[1]["edited"] is True


def test_a_reply_carries_what_it_answers(sandbox: TelegramSandbox) -> None:
    first = sandbox.chat(ANNA)[0]["messageId"]
    sent = result(sandbox, "sendMessage", chat_id=ANNA, text="Да", reply_parameters={"message_id": first})
    assert sent["reply_to_message"]["text"] == "Здравствуйте"
    sandbox.says(ANNA, "Ок", reply_to=sent["message_id"])
    assert [message["replyTo"] for message in sandbox.chat(ANNA)] == [None, first, sent["message_id"]]


@pytest.mark.parametrize(
    ("action", "body", "words"),
    [
        ("say", {"userId": "7", "text": "x"}, "userId must be a number"),
        ("say", {"userId": 7}, "needs a text"),
        ("say", {"userId": 7, "media": "tea"}, "no media 'tea'"),
        ("say", {"userId": 7, "tea": 1}, "tea"),
        ("tap", {"userId": ANNA, "button": "x"}, "no button 'x'"),
        ("tap", {"userId": 7, "button": "x"}, "nobody has the id 7"),
        ("edit", {"userId": ANNA, "messageId": 0, "text": "x"}, "has no message 0"),
        ("block", {"userId": 7}, "nobody has the id 7"),
        ("limits", {"per_chat_s": "x"}, "limits are numbers"),
    ],
)
def test_a_wrong_control_call_says_why(sandbox: TelegramSandbox, action: str, body: dict[str, Any], words: str) -> None:
    answer = requests.post(f"{sandbox.url}/__{action}", json=body, timeout=5)
    assert answer.status_code == 400
    assert words in answer.text


# --------------------------------------------------------------------------- the bot's profile


def test_commands_and_descriptions_by_language(sandbox: TelegramSandbox) -> None:
    russian = [{"command": "start", "description": "Начать"}]
    result(sandbox, "setMyCommands", commands=russian, language_code="ru")
    result(sandbox, "setMyCommands", commands=[{"command": "start", "description": "Begin"}])
    assert sandbox.state(ANNA)["commands"] == {"ru": russian, "": [{"command": "start", "description": "Begin"}]}
    assert result(sandbox, "getMyCommands", language_code="ru") == russian
    result(sandbox, "deleteMyCommands", language_code="ru")
    assert result(sandbox, "getMyCommands", language_code="ru") == []
    for command in ({"command": "Старт", "description": "x"}, {"command": "a b", "description": "x"}):
        assert "BOT_COMMAND_INVALID" in refusal(call(sandbox, "setMyCommands", commands=[command]))
    for name, field in (("Description", "description"), ("ShortDescription", "short_description")):
        result(sandbox, f"setMy{name}", **{field: "Туры", "language_code": "ru"})
        result(sandbox, f"setMy{name}", **{field: "Tours"})
        assert result(sandbox, f"getMy{name}", language_code="ru") == {field: "Туры"}
        assert result(sandbox, f"getMy{name}", language_code="de") == {field: "Tours"}


def test_get_chat(sandbox: TelegramSandbox) -> None:
    assert result(sandbox, "getChat", chat_id=ANNA)["first_name"] == "Анна"
    assert "chat not found" in refusal(call(sandbox, "getChat", chat_id=1))


def test_only_the_newest_thousand_calls_are_kept(sandbox: TelegramSandbox) -> None:
    with requests.Session() as session:
        for number in range(1010):
            session.get(f"{sandbox.url}/bot{TOKEN}/getMe", params={"n": number}, timeout=5)
    assert len(sandbox.calls) == 1000
    assert sandbox.calls[-1]["query"] == {"n": "1009"}
