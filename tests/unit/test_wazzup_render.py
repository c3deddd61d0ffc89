"""What Wazzup24's channel makes of a reply, whom it believes, how long texts are cut (contract sections 1 and 3)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.errors import PermanentError
from crystalbay.sandbox.wazzup import WazzupSandbox, channel_id
from crystalbay.texts import split_text
from models import Asks, Chat, Choice, OutgoingFile, OutgoingPart, Part, Reply
from tests.unit.wazzup_kit import SECRET, client_of, offline_channel
from wazzup_integration import WazzupChannel

LIMITS = {
    "whatsgroup": 10_000,
    "telegram": 4096,
    "telegroup": 4096,
    "max": 4096,
    "maxgroup": 4096,
    "instagram": 1000,
    "vk": 1000,
    "avito": 1000,
    "viber": 6999,
}


def chat_of(chat_type: str, account: str = "c-1") -> Chat:
    return Chat("wazzup", chat_type, account, chat_type, "79001112233")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --------------------------------------------------------------------------- verify


def test_only_our_secret_opens_the_webhook() -> None:
    channel = offline_channel()
    assert channel.verify(SECRET)
    assert [
        wrong for wrong in ("", "secret123", SECRET + "x", SECRET[:-1], "пароль", "\ud83d") if channel.verify(wrong)
    ] == []


def test_without_a_secret_nobody_is_believed() -> None:
    assert not offline_channel(secret="").verify("")
    assert not offline_channel(secret="").verify(SECRET)


# --------------------------------------------------------------------------- render


def test_a_short_reply_is_one_part() -> None:
    assert offline_channel().render(chat_of("whatsapp"), Reply("Здравствуйте!")) == [Part("Здравствуйте!")]


def test_choices_are_lines_at_the_end() -> None:
    reply = Reply("Когда летим?\n", choices=(Choice("В июне", "june"), Choice("В июле", "july")))
    part = Part("Когда летим?\n\n• В июне\n• В июле", choices=reply.choices)
    assert offline_channel().render(chat_of("vk"), reply) == [part]


def test_the_shortcuts_of_a_question_are_left_to_its_words() -> None:
    reply = Reply("Когда летим?", choices=(Choice("В июне", "в июне"),), asks=Asks("date_from"))
    assert [part.text for part in offline_channel().render(chat_of("vk"), reply)] == ["Когда летим?"]


def test_an_empty_reply_is_no_part() -> None:
    assert offline_channel().render(chat_of("vk"), Reply(" \n")) == []


@pytest.mark.parametrize(("chat_type", "limit"), LIMITS.items())
def test_parts_keep_the_limit_of_their_messenger(chat_type: str, limit: int) -> None:
    text = "Хороший отель у моря. " * 1000
    parts = offline_channel().render(chat_of(chat_type), Reply(text))
    assert len(parts) == -(-len(text) // (limit // 22 * 22))
    assert max(units(part.text) for part in parts) <= limit
    assert all(part.text.endswith("моря.") for part in parts)


def test_whatsapp_business_takes_shorter_texts_than_whatsapp() -> None:
    reply = Reply("Хороший отель у моря. " * 200)
    with WazzupSandbox() as sandbox:
        channel = WazzupChannel(client_of(sandbox.api_url), SECRET)
        assert len(channel.render(chat_of("whatsapp", channel_id("0001")), reply)) == 1
        business = channel.render(chat_of("whatsapp", channel_id("0004")), reply)
        assert len(business) == 5
        assert max(units(part.text) for part in business) <= 1024
        assert [call["path"] for call in sandbox.calls] == ["/v3/channels"], "the transports are asked for once"


def test_when_the_transport_cannot_be_learnt_the_smaller_limit_is_kept() -> None:
    parts = offline_channel().render(chat_of("whatsapp"), Reply("Хороший отель у моря. " * 200))
    assert max(units(part.text) for part in parts) <= 1024


def test_a_part_is_a_text_or_a_file() -> None:
    file = OutgoingFile("f", "https://example.com/a.pdf", "a.pdf", "application/pdf", 9)
    for part in (Part(), Part("text", files=(file,))):
        with pytest.raises(PermanentError):
            offline_channel().send(OutgoingPart(chat_of("vk"), part, "id-1", by_machine=True))


# --------------------------------------------------------------------------- files (contract section 3)


def file(mime: str, megabytes: float = 0.1) -> OutgoingFile:
    return OutgoingFile("f", "https://crm.example/f/f/x", "Договор", mime, int(megabytes * 1024 * 1024))


def test_files_follow_the_words_each_as_a_part_without_a_caption() -> None:
    first, second = file("application/pdf"), file("image/png")
    parts = offline_channel().render(chat_of("telegram"), Reply("Вот документы", files=(first, second)))
    assert parts == [Part("Вот документы"), Part(files=(first,)), Part(files=(second,))]
    assert offline_channel().render(chat_of("vk"), Reply("", files=(first,))) == [Part(files=(first,))]


@pytest.mark.parametrize(
    ("chat_type", "mime", "megabytes", "taken"),
    [
        ("whatsapp", "application/pdf", 10, True),
        ("whatsapp", "application/pdf", 10.1, False),
        ("viber", "video/mp4", 10.1, False),
        ("instagram", "image/jpeg", 8, True),
        ("instagram", "image/jpeg", 8.1, False),
        ("instagram", "image/webp", 1, False),
        ("instagram", "application/pdf", 1, False),
        ("telegram", "image/png", 5, True),
        ("telegram", "image/png", 5.1, False),
        ("telegram", "video/mp4", 9, True),
        ("max", "image/png", 9, True),
    ],
)
def test_each_messenger_has_its_limits(chat_type: str, mime: str, megabytes: float, taken: bool) -> None:
    reply = Reply("Вот", files=(file(mime, megabytes),))
    if taken:
        assert len(offline_channel().render(chat_of(chat_type), reply)) == 2
    else:
        with pytest.raises(PermanentError, match="Договор: "):
            offline_channel().render(chat_of(chat_type), reply)


def test_whatsapp_business_takes_smaller_pictures_than_whatsapp() -> None:
    with WazzupSandbox() as sandbox:
        channel = WazzupChannel(client_of(sandbox.api_url), SECRET)
        large = Reply("", files=(file("image/png", 6),))
        assert len(channel.render(chat_of("whatsapp", channel_id("0001")), large)) == 1
        with pytest.raises(PermanentError):
            channel.render(chat_of("whatsapp", channel_id("0004")), large)


# --------------------------------------------------------------------------- split


def test_a_paragraph_end_is_the_best_place_to_cut() -> None:
    text = "Первый абзац. Ещё слова.\n\nВторой абзац. И ещё много слов."
    assert split_text(text, 40) == ["Первый абзац. Ещё слова.", "Второй абзац. И ещё много слов."]


def test_then_a_line_end_then_a_sentence_end_then_a_gap() -> None:
    assert split_text("Одна строка\nдругая строка. Конец", 22) == ["Одна строка", "другая строка. Конец"]
    assert split_text("Первое предложение! Второе предложение", 30) == ["Первое предложение!", "Второе предложение"]
    assert split_text("слово слово слово", 12) == ["слово слово", "слово"]


def test_no_part_is_tiny_for_the_sake_of_a_paragraph() -> None:
    text = "Да.\n\nПервое предложение! Второе предложение"
    assert split_text(text, 30) == ["Да.\n\nПервое предложение!", "Второе предложение"]


def test_a_cut_right_at_the_limit_leaves_the_whole_word() -> None:
    assert split_text("слово слово", 5) == ["слово", "слово"]


def test_a_price_is_not_torn_at_its_no_break_space() -> None:
    assert split_text("цена 312\u00a0000\u00a0₽ за", 12) == ["цена", "312\u00a0000\u00a0₽ за"]


def test_an_emoji_counts_double_and_is_never_torn() -> None:
    assert split_text("😈" * 5, 4) == ["😈😈", "😈😈", "😈"]


TEXTS = st.text(st.sampled_from("аб. !\n\n\u00a0😈…»") | st.characters(exclude_categories=["Cs"]), max_size=120)


@given(TEXTS, st.integers(2, 40))
def test_nothing_is_lost_moved_or_too_long(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(part and part == part.strip() and units(part) <= limit for part in parts)
    rest = text
    for part in parts:
        gap, found, rest = rest.partition(part)
        assert found, "in order and unchanged"
        assert not gap.strip(), "only whitespace between the parts"
    assert not rest.strip()


@given(st.lists(st.text("абв", min_size=1, max_size=10), max_size=30), st.integers(10, 40))
def test_no_word_is_cut_that_fits(words: list[str], limit: int) -> None:
    parts = split_text(" ".join(words), limit)
    assert [word for part in parts for word in re.split(r"\s+", part)] == words
