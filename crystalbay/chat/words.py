"""How the assistant writes values to customers: money, dates, nights, people, in Russian or English.

Languages other than English are answered in Russian: the agency's customers read it (DESIGN.md, the brain).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from crystalbay.nlp.names import english
from models import Money, Offer

NBSP = "\u00a0"
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸"}
_FORMS: dict[str, dict[str, tuple[str, ...]]] = {
    "ru": {
        "night": ("ночь", "ночи", "ночей"),
        "adult": ("взрослый", "взрослых", "взрослых"),
        "child": ("ребёнок", "ребёнка", "детей"),
        "hotel": ("отель", "отеля", "отелей"),
    },
    "en": {
        "night": ("night", "nights"),
        "adult": ("adult", "adults"),
        "child": ("child", "children"),
        "hotel": ("hotel", "hotels"),
    },
}
_MEALS = {
    "ru": {
        "RO": "без питания",
        "BB": "завтраки",
        "HB": "завтраки и ужины",
        "FB": "трёхразовое питание",
        "AI": "всё включено",
        "UAI": "ультра всё включено",
    },
    "en": {
        "RO": "room only",
        "BB": "breakfast",
        "HB": "breakfast and dinner",
        "FB": "full board",
        "AI": "all inclusive",
        "UAI": "ultra all inclusive",
    },
}


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(language)


def count(n: int, what: str, language: str) -> str:
    """«7 ночей», «1 ребёнок», "2 adults"."""
    forms = _FORMS[language][what]
    place = {"one": 0, "few": 1}.get(_locale(language).plural_form(n), len(forms) - 1)
    return f"{n}{NBSP}{forms[min(place, len(forms) - 1)]}"


def money(value: Money, language: str) -> str:
    """«187 400 ₽», "$1,250"; kopecks only when there are any."""
    whole = value.amount == value.amount.to_integral_value()
    figure = format_decimal(value.amount, format="#,##0" if whole else "#,##0.00", locale=_locale(language))
    if language == "en":
        return f"{_SIGNS[value.currency]}{figure}"
    return f"{figure.replace(' ', NBSP)}{NBSP}{_SIGNS[value.currency]}"


def place(name: str, language: str) -> str:
    """«Турция» or "Turkey"."""
    return english(name) if language == "en" else name


def either(names: Sequence[str], language: str) -> str:
    """«Турция, Египет или ОАЭ»."""
    *first, last = names
    return f"{', '.join(first)} {'или' if language == 'ru' else 'or'} {last}" if first else last


def nights(low: int, high: int, language: str) -> str:
    return count(high, "night", language) if low == high else f"{low}–{count(high, 'night', language)}"


def lengths(sold: Sequence[int], language: str) -> str:
    """Lengths of stay, ascending: «5–14 ночей», «7, 10 и 14 ночей»."""
    if len(sold) == 1 or sold[-1] - sold[0] == len(sold) - 1:
        return nights(sold[0], sold[-1], language)
    both = "и" if language == "ru" else "and"
    return f"{', '.join(map(str, sold[:-1]))} {both} {count(sold[-1], 'night', language)}"


def people(adults: int, children: int, language: str) -> str:
    """«2 взрослых и 1 ребёнок»."""
    grown = count(adults, "adult", language)
    if not children:
        return grown
    return f"{grown} {'и' if language == 'ru' else 'and'} {count(children, 'child', language)}"


def for_whom(offer: Offer, language: str) -> str:
    """For whom the price is: «за двоих», «за всех: 2 взрослых и 1 ребёнок»."""
    if language == "ru" and not offer.children and offer.adults <= 2:
        return "за двоих" if offer.adults == 2 else "за одного"
    who = people(offer.adults, offer.children, language)
    return f"за всех: {who}" if language == "ru" else f"for {who}"


def dates(first: date, last: date, language: str) -> str:
    """«3–10 июня», «28 июня – 5 июля»."""
    pattern = "d MMMM" if language == "ru" else "d MMM"
    end = format_date(last, pattern, locale=_locale(language))
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}".replace(" ", NBSP) if first != last else end.replace(" ", NBSP)
    start = format_date(first, pattern, locale=_locale(language))
    return f"{start} – {end}".replace(" ", NBSP)


def meal(code: str, language: str) -> str:
    """«всё включено»; a supplier's own code that we do not know is written as it is."""
    return _MEALS[language].get(code.strip().upper(), code)


def hotel(name: str) -> str:
    """A hotel's name without the capitals of the supplier's lists."""
    return name.title() if name.isupper() else name


def stars(number: int | None) -> str:
    return f" {number}★" if number else ""


def moment(when: datetime, today: date, language: str) -> str:
    """When somebody answers: «14:30», «завтра, 26 ноября, 9:15»."""
    clock = f"{when.hour}:{when.minute:02d}"
    if when.date() == today:
        return clock
    day = format_date(when.date(), "d MMMM" if language == "ru" else "d MMM", locale=_locale(language))
    return f"{day}, {clock}"


def zone(when: datetime, language: str) -> str:
    """The zone of a time, in a word: «мск», "Moscow time" or «UTC+5»."""
    if str(when.tzinfo) == "Europe/Moscow":
        return "мск" if language == "ru" else "Moscow time"
    offset = when.utcoffset()
    hours = (offset.total_seconds() if offset else 0) / 3600
    return f"UTC{hours:+g}"
