"""Two languages: everything that people read is in the catalogue, is translated, and keeps its values."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from crystalbay.services.notices import Notice
from crystalbay.web import i18n, sentences
from crystalbay.web.views import formats
from crystalbay.web.views.formats import Local
from crystalbay.web.views.names import REASONS
from crystalbay.web.views.notices import notice_text
from scripts import make_translations as catalogue

CYRILLIC = re.compile("[А-Яа-яЁё]")
VALUES = re.compile(r"%\(\w+\)\S*?[sd]|\{\w+\}")
OWN_NAMES = ("Русский", "По-русски")
"""A language calls itself in its own words, whichever is spoken."""

BLANKS = ("имя", "менеджер", "направление", "даты", "цена")
"""Blanks of ready answers are written into texts for clients: they are data."""

ROOT = catalogue.ROOT
CALL = re.compile(r"""\b_l?\(\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
LITERAL = re.compile(r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""")


def test_the_files_are_what_the_sources_say_and_nothing_is_untranslated() -> None:
    """When this fails: make translations, and translate what it prints."""
    assert catalogue.update(check=True) == []


@pytest.mark.parametrize(("language", "domain"), [("en", "messages"), ("ru", "errors")])
def test_a_translation_keeps_the_values_and_the_forms(language: str, domain: str) -> None:
    for message in catalogue.read(language, domain):
        source, text = str(message.id), str(message.string)
        if not source or message.pluralizable:
            continue
        if domain == "messages":
            assert set(VALUES.findall(source)) == set(VALUES.findall(text)), source
            assert (source[0] == " ", source[-1] == " ") == (text[0] == " ", text[-1] == " "), source
            assert not CYRILLIC.search(re.sub("Имя|Телефон|Почта|Пожелания", "", text)), text
        else:
            assert set(VALUES.findall(text)) <= set(VALUES.findall(source)), source
        if source.count("|") == 2 and domain == "messages":
            assert text.count("|") == 1, f"one|many: {text}"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_a_template_has_no_words_beside_the_catalogue(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.S)
    left = CALL.sub("", text)
    for known in (*OWN_NAMES, *(f'"{blank}"' for blank in BLANKS)):
        left = left.replace(known, "")
    assert not CYRILLIC.search(left), [line.strip() for line in left.splitlines() if CYRILLIC.search(line)]


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_takes_its_sentences_from_the_catalogue(path: Path) -> None:
    code = re.sub(r"^\s*//.*$|\s//\s.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
    code = re.sub(r"/(?![/*\s])(?:[^/\\\n]|\\.)+/[a-z]*", "", code)  # patterns know what people write
    words = [literal for literal in LITERAL.findall(code) if CYRILLIC.search(literal) and len(literal) > 4]
    assert [word for word in words if word.strip("\"'`") not in OWN_NAMES] == []


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("no such lead", "Такого лида нет. Возможно, его объединили с другим"),
        ("String should have at most 40 characters", "Знаков может быть не больше 40"),
        ("Input should be less than or equal to 200", "Должно быть не больше 200"),
        ("a sentence that nobody wrote", "a sentence that nobody wrote"),
    ],
)
def test_errors_are_said_in_russian_with_their_values(sentence: str, shown: str) -> None:
    assert sentences.said(sentence, "ru") == shown
    assert sentences.said(sentence, "en") == sentence


# --------------------------------------------------------------------------- what is asked for is there

LOCAL = Local(datetime(2026, 6, 4, 15, 0, tzinfo=UTC), UTC)
MINUTES = (*range(62), 90, 300, 900, 1500, 3000, 4400, 5800, 7300, 8700, 10_100, 20_000, -5, -700, -1500, -5000)


def _spoken() -> Iterator[str]:
    """Values in words, as many kinds of them as there are forms."""
    for minutes in MINUTES:
        then = LOCAL.now - timedelta(minutes=minutes)
        yield from (formats.relative(then, LOCAL), formats.moment(then, LOCAL), formats.day_line(then, LOCAL))
        yield from (formats.full_moment(then, LOCAL), formats.duration(timedelta(minutes=minutes)))
    day = LOCAL.today
    for first, last in itertools.product((None, day, day.replace(day=1), date(2027, 1, 1)), repeat=2):
        yield formats.date_range(first, last, day)
    for n in (1, 2, 5, 11, 21, 100):
        yield from (formats.nights(n, n), formats.nights(n, None), formats.nights(None, n), formats.nights(1, n + 1))
        yield from (formats.people(n, [0]), formats.people(n, [1, n]), formats.people(None, [None] * n))
        yield from (formats.file_size(n * 10**4), formats.file_size(n * 10**7), formats.money(str(n), "RUB"))
        yield from (formats.short_money(str(n * 10**3), "USD"), formats.short_money(str(n * 10**6), "EUR"))


def test_values_are_said_in_english_without_a_russian_word() -> None:
    with Flask(__name__).app_context(), i18n.speaking("en"):
        assert [text for text in _spoken() if CYRILLIC.search(text)] == []


WHO: dict[str, object] = {"name": "Anna", "number": 7}
TOLD: tuple[tuple[str, dict[str, object], str], ...] = (
    ("message", WHO, "Anna: 2 новых сообщения"),
    ("assigned", WHO, "Вам назначен лид: Anna"),
    ("assigned", {"name": None, "number": 7}, "Вам назначен лид: лид № 7"),
    ("assigned", {"count": 1, "by": "Alina"}, "Вам назначен лид. Назначил: Alina"),
    ("assigned", {"count": 2, "by": "Alina"}, "Вам назначены лиды: 2. Назначил: Alina"),
    ("assigned", {"count": 2, "was": "Alina"}, "Вам переданы лиды: 2. Прежний ответственный: Alina"),
    ("reminder", WHO | {"text": "call"}, "Напоминание: call · Anna"),
    ("reminder", WHO | {"text": ""}, "Напоминание: Anna"),
    ("lockout", {"email": "a@b.c", "minutes": 15, "tries": 10}, "Вход для a@b.c закрыт на 15 мин: 10 неверных"),
    ("integration", {"state": "not_registered", "error": "tls"}, "Wazzup24 не принял наш адрес"),
    ("integration", {"state": "no_address"}, "PUBLIC_URL не задан"),
    ("integration", {"state": "foreign_address"}, "В Wazzup24 записан чужой адрес"),
    ("integration", {"state": "switched_off"}, "В Wazzup24 выключены сообщения"),
    (
        "integration",
        {"state": "account", "account": "telegram 7", "account_state": "qr"},
        "Канал не работает. telegram",
    ),
    ("integration", {"state": "bot_token"}, "Telegram не принимает токен бота"),
    ("integration", {"state": "bot_token", "error": "tls"}, "Бот Telegram не настроен: tls"),
    ("integration", {"state": "bot_conflict"}, "Сообщения бота забирает другая программа"),
    ("integration", {"state": "loss", "at": "2026-06-04T10:00:00+00:00"}, "В Wazzup24 есть сообщение от 4\u00a0июня"),
    *((kind, WHO, f"{words}: Anna") for kind, words in REASONS.items()),
)


@pytest.mark.parametrize(("kind", "data", "russian"), TOLD)
def test_a_notice_is_said_in_the_language_of_who_reads_it(kind: str, data: dict[str, object], russian: str) -> None:
    notice = Notice("n", kind, "", False, None, True, False, LOCAL.now, count=2, data=data)
    with Flask(__name__).app_context(), i18n.speaking("ru"):
        assert notice_text(notice, LOCAL).replace("2\u00a0н", "2 н").startswith(str(russian))
    with Flask(__name__).app_context(), i18n.speaking("en"):
        said = notice_text(notice, LOCAL)
    assert said
    assert not CYRILLIC.search(said)


def test_how_long_ago_it_was_has_its_forms() -> None:
    said = [formats.relative(LOCAL.now - timedelta(minutes=n), LOCAL).replace("\u00a0", " ") for n in (1, 2, 5, 21)]
    assert said == ["1 минуту назад", "2 минуты назад", "5 минут назад", "21 минуту назад"]


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in catalogue.sources("crystalbay", *(path.name for path in ROOT.glob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in catalogue.KEYWORDS:
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_text_that_is_looked_up_is_a_literal_of_the_catalogue() -> None:
    ids = [message.id for message in catalogue.read("en", "messages")]
    known = {one for found in ids for one in (found if isinstance(found, tuple) else (found,))}
    wrong = []
    for place, call in _calls():
        asked = catalogue.asked(call)
        texts = [part.value for part in asked if isinstance(part, ast.Constant)]
        if len(texts) != len(asked) or not known.issuperset(texts):
            wrong.append(f"{place}: {ast.unparse(call)}")
    for path in (ROOT / "templates").rglob("*.html"):
        wrong += [f"{path.name}: {call}" for call in re.findall(r"\b_\(\s*[^\"'\s)][^)]*\)", path.read_text())]
    assert wrong == []
