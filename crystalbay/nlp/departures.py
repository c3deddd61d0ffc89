"""Departure cities that no table has: any place name of the dictionary behind «из», any name as an answer to us."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.date_table import month_number
from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.script import aloud
from crystalbay.nlp.text import GONE, Prepared
from crystalbay.nlp.words import ENGLISH, is_russian, morphology

_WORD = r"[^\W\d_]+(?:[-'][^\W\d_]+)*"
_FROM = re.compile(
    rf"(?<![\w-])(?:из|from|out of|вылет[:,]?|departing)\s+(?:(?:города?|аэропорта?|г\.|the city of)\s*)?(?P<a>{_WORD})(?:\s+(?P<b>{_WORD}))?"
)
_ONE_OF = re.compile(
    r"(?:выб[ие]р\w+|од(?:ин|на|но|ного|ну)|кто|что|котор\w+|какой|какие|какая|любой|никто|некоторые|нибудь|самый|самое|самая|one|any|some|which)\s+$"
)
"""«что из дешёвого», «один из отелей»: of several, and from nowhere."""
NO_CITY = frozenset(
    ["европа", "азия", "сибирь", "америка", "африка", "урал", "волга", "кавказ", "дон", "россия", "украина", "земля", "май", "рим", "подмосковье",
     "приморье", "забайкалье", "заполярье", "поволжье", "прибалтика", "скандинавия", "кубань", "ставрополье", "татарстан",
     "башкирия", "башкортостан", "якутия", "чувашия", "мордовия", "удмуртия", "бурятия", "югра", "ямал", "чукотка"]
)  # fmt: skip
"""Names of the dictionary that are too wide, or something else, to be a city or a country."""
_POLITE = r"(?:да|ну|а|мы|я|наверное|наверно|лучше|можно|удобно|удобнее|скорее всего|город\w*|аэропорт\w*|г\.?|вылет\w*|вылета\w+|лет\w+|полет\w+|едем|будем|планируем|хотим|хочу|хотелось бы|живем|живу|это|только|пожалуйста|спасибо|здравствуйте|добрый день|we|i|we're|i'm|are|am|will|flying|fly|leaving|departing|departure|the|city|of|probably|please|it's)"
_NOWHERE = frozenset(["anywhere", "everywhere", "somewhere", "nowhere", "whatever", "wherever", "home"])
_POLITELY = re.compile(rf"{_POLITE}(?!\w)[\s,:.]*")
_PREPOSITION = re.compile(r"(?:из|с|со|от|from|out of)\s+(?:(?:города?|г\.|аэропорта?)\s*)?")
_AFTER_NAME = re.compile(
    r"[\s,]*(?:пожалуйста|наверное|спасибо|обл\w*|область|край|please|city|airport|thanks?)?[\s.!,)]*"
)
_SEGMENT = re.compile(r"[^,;\n()!]+")
_NAME = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,2}}")
_LIKE_A_TOWN = re.compile(r"(?:ск|цк|град|бург|город|поль|о|ь|е|и|ы|а|ий|ой)$")
_SMALL_PARTS = frozenset(["на", "де", "дель", "эль", "ла", "of", "de", "la"])


@dataclass(frozen=True, slots=True)
class City:
    name: str
    start: int
    end: int
    sure: float


def read_city(text: Prepared, *, asked: bool) -> City | None:
    """The city that the message leaves from. `asked`: it answers our question for it."""
    for match in _FROM.finditer(text.rest):
        if _ONE_OF.search(text.norm[: match.start()]):
            continue
        city = _behind_from(match)
        if city:
            return city
    return _answer(text) if asked else None


def _behind_from(match: re.Match[str]) -> City | None:
    first, second = match["a"], match["b"]
    if second and (name := _two_words(first, second)):
        return City(name, match.start("a"), match.end("b"), 0.85)
    name = place_name(first, ("gent",))
    return City(name, match.start("a"), match.end("a"), 0.85) if name else None


def place_name(word: str, cases: tuple[str, ...] = ("gent", "nomn")) -> str | None:
    """The nominative of a town that the dictionary knows by this word, in Russian or in Latin letters."""
    if word.isascii():
        if word in ENGLISH or is_known(word) or month_number(word) is not None or len(word) < 4:
            return None
        word, cases = aloud(word), ("nomn",)
        soft = place_name(word + "ь", cases) if word[-1:] in "лнрстдмбв" else None
        if soft:
            return soft
    for reading in morphology().parse(word):
        if "Geox" in reading.tag and reading.tag.case in cases and is_russian(word):
            nominative = reading.inflect({"nomn"})
            name = str(nominative.word if nominative else reading.normal_form)
            return None if name in NO_CITY else titled(name)
    return None


def _two_words(first: str, second: str) -> str | None:
    """«из Верхней Пышмы»: an adjective and a place name, both in the nominative."""
    adjective = next((r for r in morphology().parse(first) if "ADJF" in r.tag and r.tag.case == "gent"), None)
    noun = next((r for r in morphology().parse(second) if "Geox" in r.tag and r.tag.case == "gent"), None)
    if adjective is None or noun is None or not is_russian(second):
        return None
    number = noun.tag.number or "sing"
    kind = {"nomn", number} | ({noun.tag.gender} if number == "sing" and noun.tag.gender else set())
    fitting, place = adjective.inflect(kind), noun.inflect({"nomn", number})
    return titled(f"{fitting.word} {place.word}") if fitting and place else None


def titled(name: str) -> str:
    """Capital letters as in a name: «Комсомольск-на-Амуре»."""
    return re.sub(r"[^\W\d_]+", lambda part: part[0] if part[0] in _SMALL_PARTS else part[0].capitalize(), name)


def _answer(text: Prepared) -> City | None:
    """A bare name. What no dictionary has is taken as said, when nothing else was said."""
    if "?" in text.norm or GONE in text.rest:
        return None
    named = [found for segment in _SEGMENT.finditer(text.norm) if (found := _named(text.norm, segment))]
    for match, _ in named:
        name = _known_answer(match.group())
        if name:
            return City(name, match.start(), match.end(), 0.9)
    if len(named) != 1 or len(text.norm.split()) > 6:
        return None
    match, behind_from = named[0]
    said = _as_said(match.group(), text.original[match.start() : match.end()], behind_from=behind_from)
    return City(said, match.start(), match.end(), 0.6) if said else None


def _named(norm: str, segment: re.Match[str]) -> tuple[re.Match[str], bool] | None:
    """The name between polite words, and whether a preposition stands before it."""
    at, end = segment.start() + len(segment.group()) - len(segment.group().lstrip()), segment.end()
    while polite := _POLITELY.match(norm, at, end):
        at = polite.end()
    preposition = _PREPOSITION.match(norm, at, end)
    name = _NAME.match(norm, preposition.end() if preposition else at, end)
    whole = name and _AFTER_NAME.fullmatch(norm, name.end(), end)
    return (name, preposition is not None) if name and whole else None


def _known_answer(said: str) -> str | None:
    words = said.split()
    if len(words) == 1:
        return "Семей" if said == "семей" else place_name(said)
    return _two_words(words[0], words[1]) if len(words) == 2 else None


def _as_said(said: str, original: str, *, behind_from: bool) -> str | None:
    """A name of no dictionary; everyday words («любого», «не знаю») are none."""
    words = said.split()
    if _NOWHERE.intersection(words) or any(
        word in ENGLISH or is_known(word) or is_russian(word) or month_number(word) is not None for word in words
    ):
        return None
    cyrillic = bool(re.search("[а-яё]", said))
    capital = original[:1] != original[:1].lower() or original.lower() == original.upper()
    if not (behind_from or capital or (cyrillic and len(words) == 1 and len(said) > 3 and _LIKE_A_TOWN.search(said))):
        return None
    if cyrillic and behind_from and len(words) == 1:
        return titled(_nominative(said))
    return original if original != original.lower() else titled(said)


def _nominative(word: str) -> str:
    """The likeliest nominative of an unknown town in the genitive: «из Гадюкина»."""
    if re.search(r"(?:ов|ев|ин|ын)а$", word):
        return word[:-1] + "о"
    for reading in morphology().parse(word):
        if reading.tag.POS == "NOUN" and reading.tag.case == "gent" and reading.tag.number == "sing":
            return str(reading.normal_form)
    return word
