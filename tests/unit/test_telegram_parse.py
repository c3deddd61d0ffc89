"""Updates of Telegram → events: every kind that people cause, and those that no library can read."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.telegram import buttons
from models import (
    Attachment,
    ChatBlocked,
    Contact,
    KeyboardTurned,
    MessageEdited,
    MessageReceived,
    Pressed,
    StaffPressed,
    Tap,
    Unreadable,
)
from tests.unit.telegram_kit import (
    ANNA,
    BOT,
    CHAT,
    DATE,
    GROUP,
    MANAGERS,
    NOW,
    PRIVATE,
    USER,
    body_of,
    channel_of,
    message,
    press,
    read,
    the_event,
)

MESSAGE_ID = str(uuid.UUID(int=2**100 + 7))
POLL = {"id": "1", "question": "Куда?", "options": [], "total_voter_count": 0, "type": "regular"} | dict.fromkeys(
    ("is_closed", "is_anonymous", "allows_multiple_answers", "allows_revoting", "members_only"), False
)
FILE = {"file_id": "BQACAgIAAx0", "file_unique_id": "u1", "file_size": 4242}


# --------------------------------------------------------------------------- words


def test_a_text_with_all_that_is_known_of_its_writer() -> None:
    assert the_event(message=message(text="Хотим в Турцию")) == MessageReceived(
        external_id=f"123456:{ANNA}:77",
        chat=CHAT,
        sent_at=NOW,
        text="Хотим в Турцию",
        contact=Contact(name="Анна Соколова", username="anna"),
        sender=str(ANNA),
        language="ru",
    )


def test_a_writer_without_last_name_username_and_language() -> None:
    event = the_event(message=message(text="Да", **{"from": {"id": ANNA, "is_bot": False, "first_name": "А" * 300}}))
    assert event.contact == Contact(name="А" * 200)
    assert event.language is None


@pytest.mark.parametrize(
    ("text", "payload"),
    [("/start", ""), ("/start vk_june", "vk_june"), ("/START  m_Ab-9 ", "m_Ab-9"), ("/start a b", "a b")],
)
def test_start_is_a_command_and_its_payload_stands_beside(text: str, payload: str) -> None:
    event = the_event(message=message(text=text, entities=[{"type": "bot_command", "offset": 0, "length": 6}]))
    assert (event.text, event.payload) == ("/start", payload)


@pytest.mark.parametrize("text", ["/search", "/startle me", "старт /start x", "/help now"])
def test_other_words_keep_what_follows_them(text: str) -> None:
    event = the_event(message=message(text=text))
    assert (event.text, event.payload) == (text, "")


def test_a_reply_names_the_message_that_it_answers() -> None:
    quoted = {"message_id": 40, "from": BOT, "chat": PRIVATE, "date": DATE, "text": "Куда?"}
    assert the_event(message=message(text="Туда", reply_to_message=quoted)).reply_to == f"123456:{ANNA}:40"


def test_an_edit_of_a_text_and_of_a_caption() -> None:
    edited = message(text="В Египет", edit_date=DATE + 5)
    assert the_event(edited_message=edited) == MessageEdited(f"123456:{ANNA}:77", CHAT, "В Египет")
    assert the_event(edited_message=message(caption="Паспорт", photo=[photo(90)])).text == "Паспорт"
    in_group = the_event(edited_message=message(text="Привет", chat=MANAGERS))
    assert (in_group.chat.chat_type, in_group.text) == (MANAGERS["type"], "Привет"), "a reply in other words"
    assert read(edited_message=message(text="Привет", chat=MANAGERS | {"id": -5})) == []


# --------------------------------------------------------------------------- files, places, cards


def photo(width: int) -> dict[str, Any]:
    return {"file_id": f"photo-{width}", "file_unique_id": f"u{width}", "width": width, "height": width}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"photo": [photo(90), photo(320), photo(1280)]}, Attachment("image", "telegram:photo-1280")),
        ({"voice": FILE | {"duration": 3}}, Attachment("audio", "telegram:BQACAgIAAx0")),
        (
            {"audio": FILE | {"duration": 3, "file_name": "song.mp3"}},
            Attachment("audio", "telegram:BQACAgIAAx0", "song.mp3"),
        ),
        (
            {"document": FILE | {"file_name": "п" * 300 + ".pdf"}},
            Attachment("document", "telegram:BQACAgIAAx0", "п" * 200),
        ),
        ({"document": FILE}, Attachment("document", "telegram:BQACAgIAAx0")),
        (
            {"video": FILE | {"width": 1, "height": 1, "duration": 1, "file_name": "a.mp4"}},
            Attachment("video", "telegram:BQACAgIAAx0", "a.mp4"),
        ),
        ({"video_note": FILE | {"length": 240, "duration": 3}}, Attachment("video", "telegram:BQACAgIAAx0")),
        (
            {"animation": FILE | {"width": 1, "height": 1, "duration": 1}, "document": FILE},
            Attachment("video", "telegram:BQACAgIAAx0"),
        ),
        (
            {"sticker": FILE | {"type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}},
            Attachment("sticker", "telegram:BQACAgIAAx0"),
        ),
        (
            {"location": {"latitude": 55.75, "longitude": 37.61}},
            Attachment("geo", "https://yandex.ru/maps/?pt=37.61,55.75&z=15"),
        ),
        (
            {"venue": {"location": {"latitude": 36.8, "longitude": 30.7}, "title": "Отель", "address": "Кемер"}},
            Attachment("geo", "https://yandex.ru/maps/?pt=30.7,36.8&z=15"),
        ),
        (
            {"contact": {"phone_number": "+79160000000", "first_name": "Ирина", "last_name": "П.", "user_id": 1}},
            Attachment("contact", name="Ирина П. +79160000000"),
        ),
        (
            {"contact": {"phone_number": "+79160000000", "first_name": "Ирина"}},
            Attachment("contact", name="Ирина  +79160000000"),
        ),
    ],
)
def test_what_is_sent_beside_words(fields: dict[str, Any], expected: Attachment) -> None:
    event = the_event(message=message(**fields))
    assert event.attachments == (expected,)
    assert (event.text, event.note, event.contact.phone) == ("", None, None)


def test_a_file_with_its_caption() -> None:
    event = the_event(message=message(caption="Мой паспорт", photo=[photo(90)]))
    assert (event.text, event.attachments) == ("Мой паспорт", (Attachment("image", "telegram:photo-90"),))


def test_each_picture_of_an_album_is_a_message_that_names_it() -> None:
    events = [
        the_event(message=message(message_id=number, photo=[photo(90)], media_group_id="1357", caption=words))
        for number, words in ((77, "Первая"), (78, None))
    ]
    assert [event.album for event in events] == ["1357", "1357"]
    assert [event.text for event in events] == ["Первая", ""]


@pytest.mark.parametrize("number", ["+79001112233", "79001112233", "89001112233", "+7 900 111-22-33"])
def test_the_own_number_is_a_proven_one(number: str) -> None:
    event = the_event(message=message(contact={"phone_number": number, "first_name": "Анна", "user_id": ANNA}))
    assert (event.text, event.contact.phone) == ("+79001112233", "+79001112233")
    assert (event.attachments, event.note) == ((), None)


def test_an_own_number_that_no_country_has_is_a_card_for_a_person() -> None:
    event = the_event(message=message(contact={"phone_number": "12", "first_name": "Анна", "user_id": ANNA}))
    assert event.contact.phone is None
    assert event.attachments == (Attachment("contact", name="Анна  12"),)


@pytest.mark.parametrize(
    "fields",
    [
        {"poll": POLL},
        {"dice": {"emoji": "🎲", "value": 3}},
        {"text": "  "},
        {"a_kind_of_next_year": {"x": 1}},
    ],
)  # fmt: skip
def test_what_is_seen_in_the_app_only_becomes_a_note(fields: dict[str, Any]) -> None:
    event = the_event(message=message(**fields))
    assert event.note
    assert "только в приложении Telegram" in event.note
    assert event.answerable


# --------------------------------------------------------------------------- buttons


@pytest.mark.parametrize(
    ("act", "value"),
    [
        ("answer", "2"),
        ("day", "2026-06-12"),
        ("people", "2:5.9"),
        ("want", ""),
        ("details", ""),
        ("more", ""),
        ("human", ""),
        ("back", ""),
        ("restart", ""),
    ],
)
def test_a_press_is_a_message_with_what_the_button_does(act: Any, value: str) -> None:
    event = the_event(callback_query=press(buttons.data(act, MESSAGE_ID, value)))
    assert event == MessageReceived(
        external_id="123456:press:9001",
        chat=CHAT,
        sent_at=NOW,
        contact=Contact(name="Анна Соколова", username="anna"),
        tap=Tap(act, MESSAGE_ID, value),
        pressed=Pressed("9001", CHAT, f"123456:{ANNA}:41"),
        sender=str(ANNA),
        language="ru",
    )


def test_a_press_under_a_message_that_is_too_old_to_be_shown() -> None:
    old = {"message_id": 41, "chat": PRIVATE, "date": 0}
    event = the_event(callback_query=press(buttons.data("want", MESSAGE_ID), message=old))
    assert event.tap == Tap("want", MESSAGE_ID)
    assert event.pressed == Pressed("9001", CHAT, f"123456:{ANNA}:41")
    assert event.sent_at == NOW


def test_a_turned_page_is_no_message() -> None:
    where = Pressed("9001", CHAT, f"123456:{ANNA}:41")
    turned = the_event(callback_query=press(buttons.page(MESSAGE_ID, "2026-07")))
    assert turned == KeyboardTurned(where, MESSAGE_ID, "2026-07")
    assert the_event(callback_query=press(buttons.DEAD)) == KeyboardTurned(where, "", "x")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "a",
        "a:b",
        "z:AAAAAAAAAAAAAAAAAAAAAA:",
        "a::1",
        "a:короткий:1",
        "w:AAAAAAAAAAAAAAAAAAAAAA:<b>",
        "Турция",
        "a" * 64,
    ],
)
def test_what_none_of_our_buttons_holds_is_only_answered(forged: str) -> None:
    event = the_event(callback_query=press(forged))
    assert isinstance(event, KeyboardTurned)
    assert event.message_id == ""


def test_a_press_without_data_or_message_is_no_event_or_only_answered() -> None:
    no_data = press("x")
    del no_data["data"]
    assert isinstance(the_event(callback_query=no_data | {"game_short_name": "tetris"}), KeyboardTurned)
    no_message = press("x")
    del no_message["message"]
    assert read(callback_query=no_message | {"inline_message_id": "1"}) == []


def test_a_button_of_the_office() -> None:
    held = buttons.staff("take", MESSAGE_ID)
    under = {"message_id": 5, "from": BOT, "chat": MANAGERS, "date": DATE, "text": "Срочно"}
    event = the_event(callback_query=press(held, message=under))
    assert isinstance(event, StaffPressed)
    assert (event.sender, event.data, event.pressed.chat.chat_id) == (str(ANNA), held, str(GROUP))
    assert buttons.read_staff(held) == ("take", MESSAGE_ID)


@pytest.mark.parametrize("held", ["s", "s:take", "s:take:", "s:take:!!", "s::AAAA"])
def test_a_forged_button_of_the_office_names_nothing(held: str) -> None:
    assert buttons.read_staff(held) is None


@given(st.text(max_size=64))
def test_anything_can_be_held_by_a_press(held: str) -> None:
    (event,) = channel_of().parse(body_of(callback_query=press(held)))
    assert isinstance(event, KeyboardTurned | MessageReceived | StaffPressed)


# --------------------------------------------------------------------------- who lets us in, and groups


def membership(status: str, **where: Any) -> dict[str, Any]:
    fields = {"kicked": {"until_date": 0}}.get(status, {})
    new = {"user": BOT, "status": status, **fields}
    old = {"user": BOT, "status": "member"}
    return {"chat": PRIVATE, "from": USER, "date": DATE, "old_chat_member": old, "new_chat_member": new} | where


def test_a_customer_stops_the_bot_and_lets_it_in_again() -> None:
    assert the_event(my_chat_member=membership("kicked")) == ChatBlocked(CHAT, blocked=True, at=NOW)
    assert the_event(my_chat_member=membership("member")) == ChatBlocked(CHAT, blocked=False, at=NOW)
    assert read(my_chat_member=membership("kicked", chat=MANAGERS)) == []


def test_of_groups_only_the_managers_one_is_heard_and_never_answered_as_a_customer() -> None:
    event = the_event(message=message(text="Беру", chat=MANAGERS))
    assert (event.chat.chat_type, event.chat.chat_id, event.answerable) == ("supergroup", str(GROUP), False)
    assert event.sender == str(ANNA)
    other = MANAGERS | {"id": -1002}
    assert read(message=message(text="Всем привет", chat=other)) == []
    assert read(message=message(text="Всем привет", chat={"id": -5, "type": "group", "title": "x"})) == []
    under = {"message_id": 5, "from": BOT, "chat": other, "date": DATE, "text": "?"}
    assert read(callback_query=press(buttons.data("want", MESSAGE_ID), message=under)) == []


def test_a_message_without_a_writer_and_kinds_that_were_not_asked_for_are_nothing() -> None:
    anonymous = message(text="x", chat=MANAGERS)
    del anonymous["from"]
    assert read(message=anonymous) == []
    assert read(channel_post=message(text="x")) == []
    assert read(something_new={"x": 1}) == []
    assert read() == []


# --------------------------------------------------------------------------- poison


@pytest.mark.parametrize(
    "update",
    [
        {"message": 5},
        {"message": {"message_id": 1}},
        {"message": message(text="x", chat="home")},
        {"message": message(text="x", date="yesterday")},
        {"message": message(text="x", date=10**18)},
        {"message": message(text={"bold": "x"})},
        {"message": message(photo=7)},
        {"message": message(text="x", **{"from": {"id": 1, "is_bot": False}})},
        {"callback_query": {"id": "1"}},
        {"my_chat_member": {"chat": PRIVATE}},
        {"edited_message": []},
    ],
)
def test_an_update_that_no_library_can_read_is_kept_as_it_came(update: dict[str, Any]) -> None:
    events = read(**update)
    assert len(events) <= 1
    for event in events:
        assert isinstance(event, Unreadable)
        assert event.reason.startswith("update: ")
        assert len(event.reason) <= 300
        assert {name: event.raw[name] for name in update} == update


def test_an_update_without_its_number_is_unreadable() -> None:
    (event,) = channel_of().parse(json.dumps({"message": message(text="x")}).encode())
    assert isinstance(event, Unreadable)


def test_what_no_store_can_hold_is_replaced() -> None:
    body = body_of(message=message(text="а\x00б\ud83dв", **{"from": USER | {"first_name": "\x00Анна\udfff"}}))
    for held in (body, json.dumps(json.loads(body), ensure_ascii=True).encode()):
        (event,) = channel_of().parse(held)
        assert isinstance(event, MessageReceived)
        assert event.text == "а\ufffdб\ufffdв"
        assert event.contact.name == "\ufffdАнна\ufffd Соколова"


@pytest.mark.parametrize(
    "body", [b"", b"nope", b"[]", b'"text"', b"7", b"null", b"\xff\xfe", b'{"a":', b"[" * 100_000, b"{" + b" " * 10]
)
def test_what_is_no_json_object_is_refused_with_a_value_error(body: bytes) -> None:
    channel = channel_of()
    with pytest.raises(ValueError):  # noqa: PT011  (the words are the JSON reader's)
        channel.parse(body)


def test_nested_too_deeply_is_no_crash() -> None:
    deep = b'{"update_id":1,"message":' + b'{"reply_to_message":' * 900 + b"{}" + b"}" * 900 + b"}"
    for event in channel_of().parse(deep):
        assert isinstance(event, Unreadable)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*message(), "text", "id"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["message", "edited_message", "callback_query", "my_chat_member"]), _JSON)
def test_no_update_breaks_the_reader(kind: str, held: Any) -> None:
    """Whatever one field of an update holds, it is an event or kept as unreadable."""
    for update in (
        {kind: held},
        {kind: message(text=held)},
        {kind: message(chat=held)},
        {kind: press("x") | {"from": held}},
    ):
        for event in channel_of().parse(body_of(**update)):
            assert event


# --------------------------------------------------------------------------- whom it believes


def test_the_secret_of_the_webhook() -> None:
    channel = channel_of()
    assert channel.verify("hook-secret")
    for wrong in ("", "hook-secre", "hook-secrets", "секрет", "\udcff"):
        assert not channel.verify(wrong)
