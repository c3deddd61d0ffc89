"""Destinations that no table has: a place name of the dictionary behind «в», «на» or «до» («в Зимбабве»)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.departures import NO_CITY, titled
from crystalbay.nlp.text import GONE, Prepared
from crystalbay.nlp.words import is_russian, morphology

_TO = re.compile(r"(?<![\w-])(?P<to>в|во|на|до)\s+(?P<name>[а-яё]+(?:-[а-яё]+)*)(?![\w-])")
_CASES = {"в": ("accs", "loct"), "во": ("accs", "loct"), "на": ("accs", "loct"), "до": ("gent",)}
_LIVES = re.compile(r"(?:жив[уеё]\w*|прожива\w+|работа\w+|живете|родил\w+|прописан\w*|офис\w*|были|был|была|отдыхал\w*|летал\w*|ездил\w*)[^.,;!?\x01]{0,25}$")  # fmt: skip
"""«живём в Твери», «были в Исландии»: no place to travel to."""


@dataclass(frozen=True, slots=True)
class Destination:
    name: str
    start: int
    end: int


def read_unlisted(text: Prepared) -> Destination | None:
    """The first place of the dictionary that is travelled to and in no table of ours; its Russian nominative."""
    for match in _TO.finditer(text.rest):
        if GONE in match.group() or _LIVES.search(text.norm[max(0, match.start() - 45) : match.start()]):
            continue
        capital = text.original[match.start("name")].isupper()
        name = _nominative(match["name"], _CASES[match["to"]], capital=capital)
        if name and name not in NO_CITY:
            return Destination(titled(name), match.start("name"), match.end("name"))
    return None


def _nominative(word: str, cases: tuple[str, ...], *, capital: bool) -> str | None:
    """An everyday word that may also name a place («в мире») counts only when nothing likelier is known of it."""
    if not is_russian(word):
        return None
    readings = morphology().parse(word)
    if not capital and not any(kind in readings[0].tag for kind in ("Geox", "Name")):
        return None
    for reading in readings:
        if "Geox" in reading.tag and reading.tag.case in cases:
            nominative = reading.inflect({"nomn"})
            return str(nominative.word if nominative else reading.normal_form)
    return None
