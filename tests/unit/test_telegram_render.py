"""What Telegram's channel makes of a reply, and how it stands on the customer's phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from bot import TelegramChannel
from crystalbay.errors import NotFound, PermanentError, StoreUnavailable, TransientError
from crystalbay.ids import new_id
from crystalbay.sandbox.server import Fault, SandboxServer
from crystalbay.sandbox.telegram import TelegramSandbox
from crystalbay.sandbox.wazzup_media import samples
from crystalbay.telegram.rendering import html
from models import Asks, Card, Cards, Choice, Money, Offer, OutgoingFile, OutgoingPart, Part, Reply
from tests.unit.telegram_kit import ANNA, CHAT, NOW, SECRET, channel_of

PNG = samples()["image"].content
MB = 1024 * 1024


class Pictures(SandboxServer):
    """Where the photos of hotels are."""

    name = "pictures"

    def routes(self) -> None:
        self.app.add_url_rule("/hotel.png", view_func=lambda: (PNG, 200, {"Content-Type": "image/png"}))


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[TelegramSandbox, Pictures]]:
    with TelegramSandbox() as telegram, Pictures() as pictures:
        yield telegram, pictures


@pytest.fixture
def phone(servers: tuple[TelegramSandbox, Pictures]) -> TelegramSandbox:
    requests.post(servers[0].url + "/__reset", timeout=5)
    servers[0].says(ANNA, "Здравствуйте")
    return servers[0]


@pytest.fixture
def channel(phone: TelegramSandbox) -> TelegramChannel:
    return channel_of(phone.api_url)


@pytest.fixture
def photo(servers: tuple[TelegramSandbox, Pictures]) -> str:
    return f"{servers[1].url}/hotel.png"


def render(reply: Reply) -> list[Part]:
    return channel_of().render(CHAT, reply)


def out(part: Part, **more: Any) -> OutgoingPart:
    contents = more.pop("contents", {})
    return OutgoingPart(CHAT, part, new_id(), by_machine=True, read=lambda file_id: contents.get(file_id, PNG), **more)


def shown(channel: TelegramChannel, phone: TelegramSandbox, reply: Reply, **more: Any) -> list[dict[str, Any]]:
    """What the phone shows of a reply after all of its parts were sent."""
    for part in channel.render(CHAT, reply):
        channel.send(out(part, **more))
    return [message for message in phone.chat(ANNA) if message["from"] == "bot"]


def offer(hotel: str) -> Offer:
    price = Money(amount=Decimal(250000), currency="RUB")
    return Offer(
        id="o-1",
        hotel=hotel,
        hotel_key=1,
        stars=5,
        resort="Кемер",
        country="Турция",
        departure_city="Москва",
        check_in=date(2026, 6, 1),
        check_out=date(2026, 6, 8),
        nights=7,
        adults=2,
        children=0,
        room="Standard",
        meal="AI",
        price=price,
        native_price=price,
        availability="available",
        bookable=True,
        fetched_at=NOW - timedelta(minutes=1),
        claim="opaque",
    )


def card(title: str = "RIXOS <SUNGATE> & SPA", photo: str | None = None, line: str = "1 июня, 7 ночей") -> Card:
    return Card(offer(title), title, (line,), "250 000 ₽", "за двоих", photo)


def file(mime: str = "image/png", name: str = "a.png", size: int = 1000, file_id: str = "f-1") -> OutgoingFile:
    return OutgoingFile(file_id, "https://crm.example/f/1", name, mime, size)


# --------------------------------------------------------------------------- words


def test_a_text_is_a_part() -> None:
    assert render(Reply("Добрый день!")) == [Part("Добрый день!", look={"language": "ru"})]
    assert render(Reply(" \n")) == []


def test_a_long_text_is_cut_at_sentences_and_the_last_part_has_the_buttons() -> None:
    reply = Reply("Хороший отель у моря. " * 400, choices=(Choice("Да", "да"),), asks=Asks("adults"))
    parts = render(reply)
    assert len(parts) == 3
    assert all(len(part.text) <= 4000 and part.text.endswith("моря.") for part in parts)
    assert [bool(part.choices) for part in parts] == [False, False, True]
    assert ["asks" in (part.look or {}) for part in parts] == [False, False, True]


def test_telegram_takes_every_part_of_a_long_text(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    texts = [message["text"] for message in shown(channel, phone, Reply("Отель <у моря> & сад 😈. " * 500))]
    assert len(texts) > 2
    assert "".join(texts).replace(" ", "") == ("Отель <у моря> & сад 😈. " * 500).replace(" ", "")


def test_what_is_asked_stands_in_the_look_as_plain_data() -> None:
    asks = Asks("children", adults=2, children=(5, None), back=True)
    (part,) = render(Reply("Сколько лет детям?", asks=asks, language="en"))
    asked = {"slot": "children", "adults": 2, "children": [5, "?"], "back": True}
    assert part.look == {"language": "en", "asks": asked}


def test_only_the_first_part_takes_the_place_of_another_message() -> None:
    parts = render(Reply("Хороший отель у моря. " * 400, replaces="m-1"))
    assert [(part.look or {}).get("replaces") for part in parts] == ["m-1", None, None]


def test_the_phone_shows_words_buttons_and_the_message_that_is_answered(
    channel: TelegramChannel, phone: TelegramSandbox
) -> None:
    asked = phone.says(ANNA, "А сколько стоит?")["messageId"]
    reply = Reply('a < b & c > d «e» "f" <b>не жирно</b>', choices=(Choice("Да <3", "да"),))
    message = shown(channel, phone, reply, reply_to=f"123456:{ANNA}:{asked}")[-1]
    assert message["text"] == reply.text
    assert message["html"] == 'a &lt; b &amp; c &gt; d «e» "f" &lt;b&gt;не жирно&lt;/b&gt;'
    assert message["replyTo"] == asked
    assert message["buttons"][0][0]["text"] == "Да <3"


def test_a_quoted_message_that_is_gone_does_not_hinder(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    (message,) = shown(channel, phone, Reply("Ответ"), reply_to=f"123456:{ANNA}:999")
    assert message["replyTo"] is None


def test_a_keyboard_that_shares_the_number_comes_and_goes(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    asking = shown(channel, phone, Reply("Ваш телефон?", asks=Asks("phone")))[-1]
    assert asking["keyboard"] == [[{"text": "Поделиться номером", "contact": True}]]
    assert asking["buttons"] == []
    shown(channel, phone, Reply("Спасибо!", no_keyboard=True))
    assert all(message["keyboard"] is None for message in phone.chat(ANNA))


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200))
def test_no_text_makes_html(text: str) -> None:
    for part in (Part(text), *render(Reply("", cards=Cards("", (card(text, line=text),))))):
        bare = html(part).replace("<b>", "").replace("</b>", "")
        assert "<" not in bare
        assert ">" not in bare
        assert bare.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "").count("&") == 0


# --------------------------------------------------------------------------- cards


def test_cards_stand_between_the_words_and_the_last_message_offers_more() -> None:
    cards = Cards("Вот что нашлось:", (card("ONE"), card("TWO")), after="Какой нравится?")
    before, one, two, after = render(Reply("всё словами", cards=cards, replaces="m-1"))
    assert (before.text, after.text) == ("Вот что нашлось:", "Какой нравится?")
    assert (before.look or {})["replaces"] == "m-1"
    assert [part.offers[0].hotel for part in (one, two)] == ["ONE", "TWO"]
    assert (one.look or {})["acts"] == [["want", "details"]]
    assert (after.look or {})["acts"] == [["more", "human"]]
    assert one.text == "ONE\n1 июня, 7 ночей\n250 000 ₽ за двоих"


def test_without_words_behind_them_the_last_card_offers_more() -> None:
    *_, last = render(Reply("x", cards=Cards("Вот:", (card(), card()))))
    assert (last.look or {})["acts"] == [["want", "details"], ["more", "human"]]
    assert last.offers
    (only,) = render(Reply("x", cards=Cards("", (card(),), more=False)))
    assert (only.look or {})["acts"] == [["want", "details"]]


def test_a_card_on_the_phone_has_its_photo_bold_name_and_price(
    channel: TelegramChannel, phone: TelegramSandbox, photo: str
) -> None:
    message = shown(channel, phone, Reply("x", cards=Cards("", (card(photo=photo),))))[-1]
    assert message["kind"] == "photo"
    assert message["html"] == ("<b>RIXOS &lt;SUNGATE&gt; &amp; SPA</b>\n1 июня, 7 ночей\n<b>250 000 ₽</b> за двоих")
    assert requests.get(phone.url + message["file"], timeout=5).content == PNG
    assert [[button["text"] for button in row] for row in message["buttons"]] == [
        ["Хочу этот", "Подробнее"],
        ["Ещё варианты", "Позвать человека"],
    ]


@pytest.mark.parametrize("bad", ["/missing.png", "/__calls"])
def test_a_photo_that_telegram_cannot_fetch_leaves_the_words(
    channel: TelegramChannel, phone: TelegramSandbox, photo: str, bad: str
) -> None:
    message = shown(channel, phone, Reply("x", cards=Cards("", (card(photo=photo.replace("/hotel.png", bad)),))))[-1]
    assert message["kind"] == "text"
    assert message["text"].startswith("RIXOS <SUNGATE> & SPA\n")
    assert message["buttons"]


def test_a_card_is_cut_to_what_a_caption_holds(channel: TelegramChannel, phone: TelegramSandbox, photo: str) -> None:
    long = card(photo=photo, line="Много & слов <о море>. " * 80)
    message = shown(channel, phone, Reply("x", cards=Cards("", (long,))))[-1]
    assert message["kind"] == "photo"
    assert len(message["text"]) == 1000


# --------------------------------------------------------------------------- files


def test_a_short_text_is_the_caption_of_the_file_and_is_said_once(
    channel: TelegramChannel, phone: TelegramSandbox
) -> None:
    reply = Reply("Договор <№ 5> & счёт", files=(file("application/pdf", "Договор.pdf"),))
    (part,) = channel.render(CHAT, reply)
    assert (part.text, part.files) == (reply.text, reply.files)
    (message,) = shown(channel, phone, reply)
    assert (message["kind"], message["fileName"], message["text"]) == ("document", "Договор.pdf", reply.text)


def test_a_long_text_and_one_with_buttons_stand_before_the_files() -> None:
    for reply in (
        Reply("д" * 1001, files=(file(),)),
        Reply("Да?", files=(file(),), choices=(Choice("Да", "да"),)),
        Reply("Сколько вас?", files=(file(),), asks=Asks("adults")),
        Reply("Готово", files=(file(),), replaces="m-1"),
        Reply("Готово", files=(file(),), no_keyboard=True),
    ):
        words, files = render(reply)
        assert (words.text, words.files) == (reply.text, ())
        assert (files.text, files.files) == ("", reply.files)
    assert [part.files for part in render(Reply("", files=(file(),)))] == [(file(),)]


def test_pictures_stand_together_and_other_files_alone(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    photos = tuple(file(file_id=f"p-{number}") for number in range(12))
    reply = Reply("Фото отеля", files=(file("application/pdf", "a.pdf", file_id="d"), *photos))
    assert [len(part.files) for part in render(reply)] == [10, 2, 1]
    messages = shown(channel, phone, reply)
    assert [message["kind"] for message in messages] == ["photo"] * 12 + ["document"]
    albums = [message["album"] for message in messages]
    assert len(set(albums[:10])) == 1
    assert len(set(albums[10:12])) == 1
    assert albums[0] != albums[10]
    assert [message["text"] for message in messages[:2]] == ["Фото отеля", ""]


@pytest.mark.parametrize(
    ("mime", "size", "kind"),
    [
        ("image/jpeg", 1000, "photo"),
        ("image/jpeg", 10 * MB + 1, "document"),
        ("image/gif", 1000, "document"),
        ("audio/ogg", 1000, "voice"),
        ("audio/mpeg", 1000, "audio"),
        ("video/mp4", 1000, "video"),
        ("application/pdf", 1000, "document"),
    ],
)
def test_how_each_kind_of_file_goes(
    channel: TelegramChannel, phone: TelegramSandbox, mime: str, size: int, kind: str
) -> None:
    (message,) = shown(channel, phone, Reply("Вот", files=(file(mime, "file.bin", size),)))
    assert (message["kind"], message["text"]) == (kind, "Вот")


def test_what_is_larger_than_telegram_takes_is_refused_with_its_name() -> None:
    render(Reply("Вот", files=(file("video/mp4", "a.mp4", 50 * MB),)))
    with pytest.raises(PermanentError, match=r"отпуск\.mp4: .*50 МБ"):
        render(Reply("Вот", files=(file(), file("video/mp4", "отпуск.mp4", 50 * MB + 1))))


def test_a_file_that_is_gone_or_out_of_reach_is_surely_not_sent(
    channel: TelegramChannel, phone: TelegramSandbox
) -> None:
    part = Part(files=(file(),))
    for raised, expected in ((NotFound("x"), PermanentError), (StoreUnavailable("x"), TransientError)):

        def read(_: str, raised: Exception = raised) -> bytes:
            raise raised

        with pytest.raises(expected) as caught:
            channel.send(OutgoingPart(CHAT, part, new_id(), by_machine=True, read=read))
        assert not getattr(caught.value, "outcome_unknown", False)
    assert not [message for message in phone.chat(ANNA) if message["from"] == "bot"]


# --------------------------------------------------------------------------- in the place of another message


def test_a_part_takes_the_place_of_another(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    first = channel.send(out(Part("Ищу туры…")))
    again = channel.send(out(Part("Нашлось <три>"), replaces=first))
    assert again == first
    (message,) = [message for message in phone.chat(ANNA) if message["from"] == "bot"]
    assert (message["text"], message["edited"]) == ("Нашлось <три>", True)
    assert channel.send(out(Part("Нашлось <три>"), replaces=first)) == first, "so it stands there already"


def test_what_cannot_take_its_place_is_sent(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    first = channel.send(out(Part("Ищу туры…")))
    keyboard = channel.send(out(Part("Ваш телефон?", look={"asks": {"slot": "phone"}}), replaces=first))
    assert keyboard != first, "no edit brings a keyboard in the place of the letters"
    phone.clears(ANNA)
    assert channel.send(out(Part("Нашлось"), replaces=first)) not in (first, keyboard)
    assert [message["text"] for message in phone.chat(ANNA)] == ["Нашлось"]


def test_words_of_ours_are_changed_and_taken_back(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    sent = channel.send(out(Part("Вылет в 9:00")))
    assert sent
    channel.edit(CHAT, sent, new_id(), Part("Вылет в <10:00>"))
    assert phone.chat(ANNA)[-1]["text"] == "Вылет в <10:00>"
    channel.delete(CHAT, sent)
    channel.delete(CHAT, sent)
    assert phone.chat(ANNA)[-1]["from"] == "user"
    with pytest.raises(PermanentError, match="нельзя изменить"):
        channel.edit(CHAT, sent, new_id(), Part("Вылет в 11:00"))


def test_the_caption_of_a_file_is_changed(channel: TelegramChannel, phone: TelegramSandbox) -> None:
    part = Part("Счёт", files=(file("application/pdf", "a.pdf"),))
    sent = channel.send(out(part))
    assert sent
    channel.edit(CHAT, sent, new_id(), Part("Новый & счёт", files=part.files))
    assert phone.chat(ANNA)[-1]["text"] == "Новый & счёт"


def test_html_that_telegram_cannot_read_still_brings_the_words(
    channel: TelegramChannel, phone: TelegramSandbox
) -> None:
    description = 'Bad Request: can\'t parse entities: Unsupported start tag "x" at byte offset 0'
    body = {"ok": False, "error_code": 400, "description": description}
    phone.add_fault(Fault("/sendMessage", status=400, body=body))
    channel.send(out(Part("a < b")))
    assert phone.chat(ANNA)[-1]["text"] == "a < b"


def test_the_secret_is_not_shown(channel: TelegramChannel) -> None:
    assert SECRET not in repr(channel)
