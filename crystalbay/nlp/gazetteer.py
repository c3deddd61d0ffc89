"""Finding places in a text: every known spelling (place_names.py, and the supplier's at run time), and names for typos."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from crystalbay.nlp.cities import SPELLED, declined
from crystalbay.nlp.place_names import (
    ALSO_DEPARTURES,
    COUNTRIES,
    DEPARTURES,
    OTHER_COUNTRIES,
    OTHER_RESORTS,
    RESORTS,
)
from crystalbay.nlp.words import morphology


@dataclass(frozen=True, slots=True)
class Place:
    """`kind`: country, resort or departure; `country` of a resort; `flies`: flights leave from it."""

    name: str
    kind: str
    country: str | None = None
    flies: bool = False


@dataclass(frozen=True, eq=False)
class Places:
    """Names that the supplier's dictionaries add at run time. Compared by identity: keep one object, not many equal ones.

    `resorts`: resort → country; `hotels`: hotel → (resort or None, country).
    """

    departures: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    resorts: Mapping[str, str] = field(default_factory=dict)
    hotels: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)


def _lines(table: str) -> list[tuple[str, list[str]]]:
    pairs = (line.split(":", 1) for line in table.splitlines() if line)
    return [(name.strip(), spellings.split()) for name, spellings in pairs]


def built_in() -> list[tuple[Place, list[str]]]:
    """All places of the tables with their spellings."""
    entries = [(Place(name, "country"), spellings) for name, spellings in _lines(COUNTRIES + OTHER_COUNTRIES)]
    for name, spellings in _lines(RESORTS + OTHER_RESORTS):
        country, resort = (part.strip() for part in name.split("|"))
        entries.append((Place(resort, "resort", country, resort in ALSO_DEPARTURES), spellings))
    cities = _lines(DEPARTURES + SPELLED) + declined()
    return entries + [(Place(name, "departure", None, True), spellings) for name, spellings in cities]


def _written_out(place: Place, spellings: list[str]) -> set[str]:
    """Case forms of a name of one word, and its Latin spellings: what a typing error is compared with."""
    latin = {spelling.rstrip("*") for spelling in spellings if spelling.isascii() and "-" not in spelling}
    name = place.name.casefold().replace("ё", "е")
    if not name.isalpha():
        return latin | {name}
    lexeme = morphology().parse(name)[0].lexeme
    return latin | {name} | {str(form.word).replace("ё", "е") for form in lexeme if len(form.word) >= 5}


def _pattern(spelling: str) -> str:
    """A spelling as a regular expression over folded text."""
    parts = [
        re.escape(part[:-1]) + r"\w{0,4}" if part.endswith("*") else re.escape(part) for part in spelling.split("-")
    ]
    return r"\.?[\s-]?".join(parts)


_WORD = re.compile(r"\w+")


def _by_letter(spelled: list[tuple[str, Place]]) -> dict[str, tuple[re.Pattern[str], list[Place]]]:
    """First letter → an expression with a group for each spelling, and the places of the groups."""
    by_letter: dict[str, list[tuple[str, Place]]] = {}
    for spelling, place in sorted(spelled, key=lambda pair: -len(pair[0])):
        by_letter.setdefault(spelling[0], []).append((spelling, place))
    return {
        letter: (
            re.compile("(?:" + "|".join(f"({_pattern(spelling)})" for spelling, _ in pairs) + r")(?!\w)"),
            [place for _, place in pairs],
        )
        for letter, pairs in by_letter.items()
    }


class Gazetteer:
    """All known spellings: plain words in a table, the others, the longest first, in one expression for each first
    letter; and names for typos.
    """

    def __init__(self, extra: Places | None = None) -> None:
        entries = built_in()
        known = {place.name for place, _ in entries}
        entries += [(place, [place.name.casefold()]) for place in _extra(extra) if place.name not in known]
        self.hotels = dict(extra.hotels) if extra else {}
        self._places = [place for place, _ in entries]
        self._plain: dict[str, Place] = {}
        patterns: list[tuple[str, Place]] = []
        self.forms: dict[str, dict[str, Place]] = {}
        for place, spellings in entries:
            for spelling in spellings:
                if _WORD.fullmatch(spelling):
                    self._plain.setdefault(spelling, place)
                else:
                    patterns.append((spelling, place))
            for form in _written_out(place, spellings):
                self.forms.setdefault(form[0], {})[form] = place
        self._by_letter = _by_letter(patterns)

    def find(self, text: str) -> list[tuple[int, int, Place]]:
        """Every place named in folded text: (start, end, place), in order."""
        found: list[tuple[int, int, Place]] = []
        gone = 0
        for word in _WORD.finditer(text):
            start = word.start()
            if start < gone or (start and text[start - 1] == "-" and start - 1 != gone):
                continue  # «юго-восток»; but «Москва-Анталья» is two places
            place, end = self._plain.get(word.group()), word.end()
            expression, places = self._by_letter.get(text[start], (None, []))
            match = expression.match(text, start) if expression else None
            if match and (place is None or match.end() > end):
                place, end = places[(match.lastindex or 1) - 1], match.end()
            if place:
                found.append((start, end, place))
                gone = end
        return found

    def resort(self, name: str) -> Place | None:
        return next((place for place in self._places if place.name == name and place.kind == "resort"), None)

    def without_places(self, text: str) -> str:
        """Folded text with the names of places blanked out."""
        for start, end, _ in self.find(text):
            text = text[:start] + " " * (end - start) + text[end:]
        return text


@lru_cache(maxsize=2)
def gazetteer(extra: Places | None = None) -> Gazetteer:
    """The gazetteer with the supplier's names; built once for each `extra`."""
    return Gazetteer(extra)


def _extra(extra: Places | None) -> list[Place]:
    if extra is None:
        return []
    found = [Place(name, "country") for name in extra.countries]
    found += [Place(name, "resort", country) for name, country in extra.resorts.items()]
    return found + [Place(name, "departure", None, True) for name in extra.departures]
