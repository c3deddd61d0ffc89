"""Ready answers to questions, for channels with buttons: words that the customer could have written himself."""

from __future__ import annotations

from datetime import date
from typing import cast

from babel.dates import get_month_names

from crystalbay.chat import words
from crystalbay.chat.dialogue import asks_for
from crystalbay.chat.questions import ORDER, missing
from crystalbay.chat.turn import Turn
from models import Asks, Choice, Slot

_COUNTRIES = ("Турция", "Египет", "ОАЭ", "Таиланд", "Вьетнам", "Мальдивы")
_CITIES = ("Москва", "Санкт-Петербург", "Казань", "Екатеринбург", "Новосибирск", "Самара")
_NIGHTS = (7, 10, 12, 14)
_MONTHS_SHOWN = 6
_ENOUGH_DAYS = 8
"""A month with fewer days left is no answer to «когда»."""

_IN_MONTH = (
    "в январе", "в феврале", "в марте", "в апреле", "в мае", "в июне",
    "в июле", "в августе", "в сентябре", "в октябре", "в ноябре", "в декабре",
)  # fmt: skip
_HELP = {
    "ru": Choice("Помогите выбрать", "Посоветуйте, куда поехать"),
    "en": Choice("Help me choose", "Please suggest a destination"),
}
_YES_NO: dict[str, dict[str, tuple[Choice, Choice]]] = {
    "restart": {
        "ru": (Choice("Продолжить", "Продолжить"), Choice("Начать заново", "Да, начать заново")),
        "en": (Choice("Go on", "Continue"), Choice("Start again", "Yes, start again")),
    },
    "delete": {
        "ru": (Choice("Оставить", "Оставить"), Choice("Удалить мои данные", "Да, удалить мои данные")),
        "en": (Choice("Keep", "Keep"), Choice("Delete my data", "Yes, delete my data")),
    },
}
NEARBY = {
    "ru": (Choice("Да, посмотреть рядом", "Да"), Choice("Позвать человека", "Позовите менеджера")),
    "en": (Choice("Yes, look nearby", "Yes"), Choice("Call a person", "Call a manager, please")),
}
"""When nothing was found on the days that were asked for."""

LANGUAGES = (Choice("Русский", "Русский"), Choice("English", "English"))


def ask(turn: Turn, slot: str, text: str) -> None:
    """Say a question, with its ready answers."""
    trip, dialogue = turn.trip, turn.dialogue
    children = trip.get("children")
    if children is None and "с детьми" in (trip.get("wishes") or []):
        children = [None]
    asks = Asks(cast(Slot, slot), trip.get("adults") or 2, tuple(children or ()), back=step_before(turn) is not None)
    turn.say(text, choices=_answers(slot, dialogue.language, turn.ctx.local_now().date()), asks=asks)


def step_before(turn: Turn) -> str | None:
    """The slot to which «назад» leads: the question that was answered last, else the last of what free words told."""
    if turn.dialogue.trail:
        return turn.dialogue.trail[-1]
    gaps = missing(turn.trip)
    known = [slot for slot in ORDER if slot not in gaps and slot != "children" and asks_for(turn.trip)]
    return known[-1] if known else None


def decide(turn: Turn, what: str, text: str) -> None:
    """Say something that needs a yes or a no."""
    turn.say(text, choices=_YES_NO[what][turn.dialogue.language])


def _answers(slot: str, language: str, today: date) -> tuple[Choice, ...]:
    if slot == "destination_country":
        return (*_places(_COUNTRIES, language), _HELP[language])
    if slot == "departure_city":
        return _places(_CITIES, language)
    if slot == "date_from":
        return _months(language, today)
    if slot == "nights_min":
        lengths = (words.count(nights, "night", language).replace(words.NBSP, " ") for nights in _NIGHTS)
        return tuple(Choice(length, length) for length in lengths)
    return ()


def _places(names: tuple[str, ...], language: str) -> tuple[Choice, ...]:
    return tuple(Choice(words.place(name, language), words.place(name, language)) for name in names)


def _months(language: str, today: date) -> tuple[Choice, ...]:
    """The coming months; «в июне» alone is the next June."""
    first = today.month - 1 if _days_left(today) >= _ENOUGH_DAYS else today.month
    return tuple(_month(place % 12, language) for place in range(first, first + _MONTHS_SHOWN))


def _days_left(today: date) -> int:
    following = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return (following - today).days


def _month(place: int, language: str) -> Choice:
    name = get_month_names("wide", "stand-alone", language)[place + 1]
    return Choice(name.capitalize(), _IN_MONTH[place] if language == "ru" else f"in {name}")
