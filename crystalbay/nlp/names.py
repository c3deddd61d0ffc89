"""English names of places, for customers who write English: the supplier's and our own names are Russian."""

from __future__ import annotations

from functools import cache

from crystalbay.nlp.gazetteer import built_in

_OTHERWISE = {
    "ОАЭ": "the UAE",
    "США": "the USA",
    "Великобритания": "the UK",
    "Ницца": "Nice",
    "Мальдивы": "the Maldives",
    "Сейшелы": "the Seychelles",
    "Филиппины": "the Philippines",
    "Доминикана": "the Dominican Republic",
    "Ростов-на-Дону": "Rostov-on-Don",
    "Чехия": "Czechia",
}


@cache
def _english() -> dict[str, str]:
    found = {}
    for place, spellings in built_in():
        latin = next((spelling for spelling in spellings if spelling.isascii()), None)
        if latin:
            found[place.name] = latin.replace("*", "").replace("-", " ").title()
    return found | _OTHERWISE


def english(name: str) -> str:
    """«Шарм-эль-Шейх» → "Sharm El Sheikh"; a place that we know no English name of keeps its own."""
    return _english().get(name, name)
