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
    """«Шарм-эль-Шейх» → "Sharm El Sheikh"; of a place that we know no English name of, the parts that we know, the
    others in Latin letters: «Пхукет - Патонг» → "Phuket - Patong"."""
    return _english().get(name) or " - ".join(_english().get(part) or _latin(part) for part in name.split(" - "))


_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "ie",
            "y",
            "",
            "e",
            "iu",
            "ia",
        ],
        strict=True,
    )
)
"""Letters as in passports (ICAO Doc 9303)."""


def _latin(name: str) -> str:
    written = "".join(_LETTERS.get(letter, letter) for letter in name.lower())
    return written.title() if written != name.lower() else name
