"""What to ask next: the one most useful missing thing, never twice in the same words."""

from __future__ import annotations

from typing import Any

from crystalbay.chat.dialogue import Dialogue

_QUESTIONS: dict[str, dict[str, tuple[str, ...]]] = {
    "destination_country": {
        "ru": (
            "Куда хотели бы поехать?",
            "Подскажите, пожалуйста, страну или курорт: Турция, Египет, ОАЭ, Таиланд или что-то другое?",
            "Какое направление посмотреть первым? Можно назвать страну или просто курорт.",
        ),
        "en": (
            "Where would you like to go?",
            "Could you name a country or a resort: Turkey, Egypt, the UAE, Thailand or somewhere else?",
            "Which destination should I check first? A country or just a resort is fine.",
        ),
    },
    "departure_city": {
        "ru": (
            "Из какого города удобно вылетать?",
            "Подскажите, пожалуйста, город вылета: от него зависит цена.",
            "Откуда полетите? Назовите ближайший удобный аэропорт.",
        ),
        "en": (
            "Which city would you like to fly from?",
            "Could you tell me the departure city? The price depends on it.",
            "Where will you fly from? The nearest convenient airport is fine.",
        ),
    },
    "date_from": {
        "ru": (
            "На какие даты смотрим? Можно примерно, например «начало июня».",
            "Когда хотели бы вылететь? Подойдёт и просто месяц.",
            "Подскажите, пожалуйста, месяц или даты поездки.",
        ),
        "en": (
            "What dates are you thinking of? A rough idea such as “early June” is fine.",
            "When would you like to leave? Just the month will do.",
            "Could you tell me the month or the dates of the trip?",
        ),
    },
    "nights_min": {
        "ru": (
            "На сколько ночей?",
            "Сколько ночей планируете: 7, 10 или иначе?",
            "Подскажите, пожалуйста, длительность поездки: неделя, десять ночей?",
        ),
        "en": (
            "For how many nights?",
            "How long would you like to stay: 7 nights, 10, or another number?",
            "Could you tell me the length of the trip: a week, ten nights?",
        ),
    },
    "adults": {
        "ru": (
            "Сколько взрослых поедет и есть ли дети?",
            "Подскажите, пожалуйста, сколько вас: взрослых и детей с возрастом.",
            "Кто едет? Например: «двое взрослых и ребёнок 6 лет».",
        ),
        "en": (
            "How many adults are travelling, and are there any children?",
            "Could you tell me how many of you there are: adults, and children with their ages?",
            "Who is going? For example: “two adults and a child of 6”.",
        ),
    },
    "children": {
        "ru": (
            "Сколько лет детям? От возраста зависит цена.",
            "Подскажите, пожалуйста, возраст каждого ребёнка на день вылета.",
            "Напишите, пожалуйста, возраст детей, например: «5 и 9».",
        ),
        "en": (
            "How old are the children? The price depends on it.",
            "Could you tell me the age of each child on the day of departure?",
            "Please write the children's ages, for example: “5 and 9”.",
        ),
    },
}

ORDER = ("destination_country", "departure_city", "date_from", "nights_min", "adults", "children")
"""Most useful first: without a place nothing can be looked up, without a party only the price is missing."""

MOST_TIMES = 3


def missing(trip: dict[str, Any]) -> list[str]:
    """What a search cannot do without and is not known yet, most useful first."""
    return [slot for slot in ORDER if not _known(trip, slot)]


def _known(trip: dict[str, Any], slot: str) -> bool:
    if slot == "date_from":
        return "date_from" in trip or "date_to" in trip
    if slot == "nights_min":
        return "nights_min" in trip or "nights_max" in trip
    if slot == "destination_country":
        return bool(trip.get("destination_country") or trip.get("hotel_name"))
    if slot == "children":
        return _ages_known(trip)
    return trip.get(slot) is not None


def _ages_known(trip: dict[str, Any]) -> bool:
    """Is the age of every child known? «С детьми» names children without saying how many."""
    children = trip.get("children")
    if children is None:
        return "с детьми" not in trip.get("wishes", [])
    return None not in children


def ask(slot: str, dialogue: Dialogue) -> str | None:
    """The next wording of a question, or None when every wording was used: then a person is needed."""
    times = dialogue.asked.get(slot, 0)
    if times >= MOST_TIMES:
        return None
    dialogue.asked[slot] = times + 1
    dialogue.last_asked = slot
    return _QUESTIONS[slot][dialogue.language][times]


def again(slot: str, dialogue: Dialogue) -> str:
    """The question in the words in which it was asked last."""
    wordings = _QUESTIONS[slot][dialogue.language]
    return wordings[min(max(dialogue.asked.get(slot, 1), 1), len(wordings)) - 1]
