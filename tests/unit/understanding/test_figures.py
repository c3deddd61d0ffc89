"""What the engine reaches on labelled messages, and what holds for any text at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crystalbay.nlp.model import model
from crystalbay.nlp.text import prepare
from nlp_processor import predict_lines, understand
from scripts import nlp_eval, training_data
from tests.unit.understanding.kit import NOW, slots


@pytest.mark.parametrize(
    ("paths", "messages", "intent", "slot_f1", "exact"),
    [((nlp_eval.DEV,), 160, 0.95, 0.95, 0.85), (nlp_eval.HELD, 280, 0.90, 0.92, 0.75)],
    ids=["development", "held back"],
)
def test_labelled_messages_are_understood(
    paths: tuple[Path, ...], messages: int, intent: float, slot_f1: float, exact: float
) -> None:
    found = nlp_eval.score(nlp_eval.read(*paths))
    assert found.messages == messages
    assert found.share("intent") >= intent
    assert found.slot_f1 >= slot_f1
    assert found.share("exact") >= exact


def test_a_confidence_of_eighty_to_ninety_means_what_it_says() -> None:
    count, right = nlp_eval.score(nlp_eval.read(*nlp_eval.HELD)).calibration(0.8)
    assert count >= 30
    assert 0.75 <= right <= 0.95


def test_the_model_is_of_the_messages_that_lie_beside_it() -> None:
    """When this fails: make train."""
    assert model().sources == training_data.checksum()


def test_no_message_that_is_held_back_was_trained_on() -> None:
    trained = {example.text.casefold() for example in training_data.read()}
    held = {record["text"].casefold() for record in nlp_eval.read(*nlp_eval.HELD, nlp_eval.DEV)}
    assert not {text for text in trained & held if len(text) > 20}


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
SCRAPS = st.lists(
    st.sampled_from(
        ["в Турцию", "с 10", "июня", "до", "200", "тыс", "вдвоём", "дети 5 и", "7 ночей", "+7 999", "123-45-67", "5*",
         "паспорт", "<b>", "бронь", "не", "или", "Hotel", "$", "%", "2+1", "\n", "\x00", "🏖", "a@b.ru", "31.06", "мая"]
    ),
    max_size=40,
).map(" ".join)  # fmt: skip


@given(ANYTHING | SCRAPS)
@settings(max_examples=150, deadline=None)
def test_any_text_is_understood_and_its_evidence_is_in_it(text: str) -> None:
    found, read = understand(text, now=NOW), prepare(text).original  # control characters and markup are blanks there
    assert found.slots.keys() == found.evidence.keys() == found.confidence.keys() - {"intent"}
    for quote in found.evidence.values():
        assert all(part in read for part in quote.split(", "))
    assert all(0 <= sure <= 1 for sure in found.confidence.values())


@given(SCRAPS.filter(bool))
@settings(max_examples=20, deadline=None)
def test_texts_of_twenty_thousand_characters_are_read_in_part(scrap: str) -> None:
    found = understand((scrap + " ") * (20_000 // (len(scrap) + 1)), now=NOW)
    assert found.intent


def test_what_stands_behind_the_first_four_thousand_characters_is_not_read() -> None:
    assert slots("а " * 2000 + "в Турцию") == {}


@given(st.integers(9_000_000_000, 9_999_999_999), st.sampled_from(["+7{}", "8{}", "{}", "8 ({:.3}) {}", "тел. 8{}"]))
@settings(max_examples=60, deadline=None)
def test_what_looks_like_a_phone_is_no_budget(number: int, form: str) -> None:
    digits = str(number)
    said = form.format(digits) if form.count("{") == 1 else f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}"
    assert not slots(f"Перезвоните мне: {said}", "budget_min", "budget_max")


@given(
    st.integers(10, 99), st.integers(10, 99), st.integers(100_000, 999_999), st.sampled_from(["{} {} {}", "{}{} {}"])
)
@settings(max_examples=60, deadline=None)
def test_what_looks_like_a_passport_is_no_budget(series: int, year: int, number: int, form: str) -> None:
    said = form.format(series, year, number)
    for text in (f"паспорт {said}", f"Иванова Анна, {said}", f"серия и номер {said}"):
        assert not slots(text, "budget_min", "budget_max", "phone"), text


@given(st.sampled_from(["b", "script", "img src=x onerror=alert(1)", "a href='x'"]), SCRAPS)
@settings(max_examples=60, deadline=None)
def test_markup_is_never_echoed(tag: str, scrap: str) -> None:
    found = understand(f"<{tag}>{scrap}</{tag.split()[0]}> отель <{tag}>Rixos</b> в Кемер", now=NOW)
    said = json.dumps([found.slots, found.evidence, found.wishes, found.excluded], ensure_ascii=False)
    assert f"<{tag}" not in said


def test_every_line_in_is_a_line_out() -> None:
    lines = ['{"id": 1, "text": "в Турцию", "now": "2026-05-12T12:00:00+03:00", "context": null}', "", "{", "[1]", "null",
             '{"id": "x"}', '{"id": 2, "text": 5, "now": "soon"}', '{"text": "a", "context": [1]}', "\x00", '"text"']  # fmt: skip
    found = [json.loads(line) for line in predict_lines(lines)]
    assert len(found) == len(lines)
    assert found[0]["slots"] == {"destination_country": "Турция"}
    assert all(set(line) == {"id", "intent", "slots", "urgency", "sentiment", "language"} for line in found)
