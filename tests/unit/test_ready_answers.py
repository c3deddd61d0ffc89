"""Every ready answer on a button is understood as what it stands for, in both languages and on any day of the year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crystalbay.chat.answers import _HELP, _answers
from crystalbay.chat.signals import Signals
from crystalbay.services.taps import _day, _party
from models import Understanding
from nlp_processor import understand

MOSCOW = ZoneInfo("Europe/Moscow")
DAYS = [date(2026, 1, 1) + timedelta(days=13 * step) for step in range(29)]


def heard(text: str, asked: str, today: date, known: dict[str, Any] | None = None) -> Understanding:
    now = datetime(today.year, today.month, today.day, 12, tzinfo=MOSCOW)
    return understand(text, {**(known or {}), "_asked": asked}, now=now)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("slot", ["destination_country", "departure_city"])
def test_places(language: str, slot: str) -> None:
    choices = [choice for choice in _answers(slot, language, DAYS[0]) if choice not in _HELP.values()]
    assert len(choices) == 6
    found = [heard(choice.value, slot, DAYS[0]).slots.get(slot) for choice in choices]
    assert None not in found
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_who_wants_help_has_no_preference(language: str) -> None:
    assert Signals.of(_HELP[language].value).anywhere
    assert "destination_country" not in heard(_HELP[language].value, "destination_country", DAYS[0]).slots


@pytest.mark.parametrize("today", DAYS, ids=str)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_months_are_the_coming_ones(language: str, today: date) -> None:
    firsts = []
    for choice in _answers("date_from", language, today):
        slots = heard(choice.value, "date_from", today).slots
        first, last = (date.fromisoformat(str(slots[name])) for name in ("date_from", "date_to"))
        assert today <= last <= today + timedelta(days=215), choice
        firsts.append((first, last))
    assert firsts == sorted(firsts)
    assert len({last.month for _, last in firsts}) == 6


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nights(language: str) -> None:
    found = [heard(c.value, "nights_min", DAYS[0]).slots for c in _answers("nights_min", language, DAYS[0])]
    assert [(slots["nights_min"], slots["nights_max"]) for slots in found] == [(7, 7), (10, 10), (12, 12), (14, 14)]


@given(
    day=st.dates(date(2026, 5, 13), date(2027, 5, 11)),
    language=st.sampled_from(["ru", "en"]),
)
def test_any_day_of_the_calendar(day: date, language: str) -> None:
    words = _day(day.isoformat(), language)
    assert words
    assert heard(words, "date_from", date(2026, 5, 12)).slots["date_from"] == day.isoformat()


@given(
    adults=st.integers(1, 8),
    ages=st.lists(st.integers(0, 17), max_size=4),
    language=st.sampled_from(["ru", "en"]),
    asked=st.sampled_from(["adults", "children"]),
)
def test_any_party_of_the_steppers(adults: int, ages: list[int], language: str, asked: str) -> None:
    words = _party(f"{adults}:{'.'.join(map(str, ages))}", language)
    assert words
    slots = heard(words, asked, date(2026, 5, 12)).slots
    assert slots["adults"] == adults, words
    assert slots.get("children", []) == ages, words
