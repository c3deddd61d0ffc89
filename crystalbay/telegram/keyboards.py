"""The buttons under a message: ready answers, a calendar, steppers for people, offers, the customer's own number.

A keyboard follows from the message's row alone: its id, its ready answers and its `look`. Pages of the calendar and the
steppers hold their whole state in their buttons, so that any process can turn them, also after a restart.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from crystalbay.telegram import buttons
from crystalbay.telegram.buttons import MOST_ADULTS, MOST_CHILDREN, read_people
from crystalbay.telegram.words import BUTTONS, MONTHS, WEEKDAYS
from models import Choice, TapAct

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None
_Rows = list[list[InlineKeyboardButton]]

NOTHING = "·"
"""On a cell that holds nothing: a space alone is no label everywhere."""
MONTHS_AHEAD = 12
_FIRST_AGE = 7
_WIDE = 14
"""Letters of a label from which on it gets half of the width instead of a third."""
PEOPLE = "p"
"""Begins the view of the steppers: "p2:5.9" is two adults and children of 5 and 9; "?" an age not yet known."""


@dataclass(frozen=True, slots=True)
class Under:
    """The message that buttons are made for."""

    message_id: str
    look: dict[str, Any]
    choices: Sequence[Choice]
    today: date

    @property
    def language(self) -> str:
        return str(self.look.get("language", "ru"))

    @property
    def asks(self) -> dict[str, Any]:
        return dict(self.look.get("asks") or {})

    def word(self, name: str) -> str:
        return BUTTONS[self.language][name]

    def button(self, act: TapAct, value: str = "", label: str = "") -> InlineKeyboardButton:
        held = buttons.data(act, self.message_id, value)
        return InlineKeyboardButton(label or self.word(act), callback_data=held)

    def turn(self, label: str, view: str) -> InlineKeyboardButton:
        return InlineKeyboardButton(label, callback_data=buttons.page(self.message_id, view))


def keyboard(under: Under) -> Markup:
    """What stands under a message when it is sent."""
    if under.look.get("keyboard") == "remove":
        return ReplyKeyboardRemove()
    if under.asks.get("slot") == "phone":
        own = KeyboardButton(under.word("phone"), request_contact=True)
        return ReplyKeyboardMarkup([[own]], resize_keyboard=True, one_time_keyboard=True)
    rows = [*_offers(under), *_answers(under), *_steps(under)]
    return InlineKeyboardMarkup(rows) if rows else None


def turned(under: Under, view: str) -> InlineKeyboardMarkup | None:
    """The keyboard on another page; None for a view that there is not."""
    if view == "":
        rows = _answers(under)
    elif view.startswith(PEOPLE):
        people = read_people(view.removeprefix(PEOPLE))
        rows = _steppers(under, *people) if people else []
    else:
        month = _month(view, under.today)
        rows = _calendar(under, month) if month else []
    return InlineKeyboardMarkup([*rows, *_steps(under)]) if rows else None


# --------------------------------------------------------------------------- offers and answers


def _offers(under: Under) -> _Rows:
    acts: Sequence[Sequence[TapAct]] = under.look.get("acts") or ()
    return [[under.button(act) for act in row] for row in acts]


def _answers(under: Under) -> _Rows:
    """Ready answers, and what the question's slot has beside them."""
    slot = under.asks.get("slot")
    if slot in ("adults", "children"):
        ages = [None if age == "?" else age for age in under.asks.get("children", ())]
        return _steppers(under, int(under.asks.get("adults", 2)), ages)
    made = [under.button("answer", str(place), choice.label) for place, choice in enumerate(under.choices)]
    across = 2 if any(len(choice.label) > _WIDE for choice in under.choices) else 3
    rows = [made[first : first + across] for first in range(0, len(made), across)]
    if slot == "date_from":
        rows.append([under.turn(under.word("day"), f"{under.today:%Y-%m}")])
    return rows


def _steps(under: Under) -> _Rows:
    """One step back, and back to the beginning: under every question."""
    if not under.asks or under.asks.get("slot") == "offer":
        return []
    back = [under.button("back")] if under.asks.get("back") else []
    return [[*back, under.button("restart")]]


# --------------------------------------------------------------------------- the calendar


def _month(view: str, today: date) -> date | None:
    """The first day of a month that the calendar has: from this one on, a year ahead."""
    if not re.fullmatch(r"\d{4}-\d\d", view):
        return None
    year, month = (int(part) for part in view.split("-"))
    ahead = (year - today.year) * 12 + month - today.month
    return date(year, month, 1) if 1 <= month <= 12 and 0 <= ahead <= MONTHS_AHEAD else None


def _calendar(under: Under, month: date) -> _Rows:
    name = f"{MONTHS[under.language][month.month - 1]} {month.year}"
    rows = [[_neighbour(under, month, -1, "«"), _dead(name), _neighbour(under, month, 1, "»")]]
    rows.append([_dead(name) for name in WEEKDAYS[under.language]])
    for week in calendar.Calendar().monthdatescalendar(month.year, month.month):
        if any(_is_open(day, month, under.today) for day in week):
            rows.append([_day(under, day, month) for day in week])
    return [*rows, [under.turn(under.word("months"), "")]]


def _neighbour(under: Under, month: date, step: int, sign: str) -> InlineKeyboardButton:
    number = month.year * 12 + month.month - 1 + step
    other = _month(f"{number // 12}-{number % 12 + 1:02}", under.today)
    return under.turn(sign, f"{other:%Y-%m}") if other else _dead(NOTHING)


def _is_open(day: date, month: date, today: date) -> bool:
    return day.month == month.month and day > today


def _day(under: Under, day: date, month: date) -> InlineKeyboardButton:
    if not _is_open(day, month, under.today):
        return _dead(NOTHING)
    return under.button("day", day.isoformat(), str(day.day))


def _dead(label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data=buttons.DEAD)


# --------------------------------------------------------------------------- the steppers


def _state(adults: int, ages: Sequence[int | None]) -> str:
    return f"{adults}:{'.'.join('?' if age is None else str(age) for age in ages)}"


def _steppers(under: Under, adults: int, ages: Sequence[int | None]) -> _Rows:
    """A row for the adults, one for the children, and one for the age of each child."""
    adults, ages = min(max(adults, 1), MOST_ADULTS), list(ages)[:MOST_CHILDREN]
    now = _state(adults, ages)
    rows = [
        _stepper(under, _grown(adults, under.language), [(n, ages) for n in (adults - 1, adults + 1)]),
        _stepper(under, _kids(len(ages), under.language), [(adults, kids) for kids in (ages[:-1], [*ages, None])], now),
    ]
    for place, age in enumerate(ages):
        around = (_FIRST_AGE - 1, _FIRST_AGE) if age is None else (age - 1, age + 1)
        others = [(adults, [*ages[:place], other, *ages[place + 1 :]]) for other in around]
        rows.append(_stepper(under, _age(place, age, under), others))
    if None not in ages:
        rows.append([under.button("people", now, under.word("done"))])
    return rows


def _stepper(
    under: Under, label: str, sides: Sequence[tuple[int, Sequence[int | None]]], now: str = ""
) -> list[InlineKeyboardButton]:
    """− what it is now +"""
    left, right = (_side(under, sign, _state(*side), now) for sign, side in zip("−+", sides, strict=True))
    return [left, _dead(label), right]


def _side(under: Under, sign: str, state: str, now: str) -> InlineKeyboardButton:
    """A button to another party; one that leads nowhere is dead."""
    return _dead(NOTHING) if state == now or read_people(state) is None else under.turn(sign, PEOPLE + state)


def _grown(number: int, language: str) -> str:
    if language == "en":
        return f"{number} adult{'s' if number != 1 else ''}"
    return f"{number} {'взрослый' if number == 1 else 'взрослых'}"


def _kids(number: int, language: str) -> str:
    if language == "en":
        return "no children" if not number else f"{number} child{'ren' if number != 1 else ''}"
    words = {0: "без детей", 1: "1 ребёнок", 2: "2 ребёнка", 3: "3 ребёнка", 4: "4 ребёнка"}
    return words[number]


def _age(place: int, age: int | None, under: Under) -> str:
    if age is None:
        return f"{place + 1}: {under.word('age')}"
    if under.language == "en":
        return f"{place + 1}: under 1" if age == 0 else f"{place + 1}: {age} y. o."
    return f"{place + 1}: до года" if age == 0 else f"{place + 1}: {age} {_years(age)}"


def _years(age: int) -> str:
    if 11 <= age <= 14 or age % 10 == 0 or age % 10 > 4:
        return "лет"
    return "год" if age % 10 == 1 else "года"
