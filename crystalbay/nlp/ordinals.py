"""Ordinals and numbers that stand for an offer («второй», «вариант 3»), and those that do not («первая линия»)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.ideas import ideas_of
from crystalbay.nlp.words import forms, morphology

LAST = -1
"""The place of «последний»."""

_TOKEN = re.compile(r"\d+(?:-?[а-я]{1,3}|st|nd|rd|th)?(?![\w.,:/]\d|\w)|[^\W\d_]+(?:-[^\W\d_]+)*")
_PLACES = {
    **dict.fromkeys(("первый", "first", "бірінші"), 1),
    **dict.fromkeys(("второй", "second", "екінші"), 2),
    **dict.fromkeys(("третий", "third", "үшінші"), 3),
    **dict.fromkeys(("четвертый", "fourth"), 4),
    **dict.fromkeys(("последний", "last"), LAST),
}
_CARDINALS = {"один": 1, "одно": 1, "one": 1, "два": 2, "two": 2, "три": 3, "three": 3}
_NUMBERED = re.compile(r"(\d{1,2})(?:-?(?:[йяею]|ый|ой|ий|ая|ую|го|ое|ье|му|ом)|st|nd|rd|th)?")
_BEFORE_NUMBER = re.compile(r"(?:[#№]|(?<!\w)(?:номер\w*|вариант\w*|отел\w+|тур|option|number|hotel|no\.?))\s*$")
_NO_MEASURE = re.compile(r"(?<!\w)(?:a|per|с половиной)\s+$")
_NOT = re.compile(r"(?<!\w)(?:не|not|кроме|except)\s+(?:the\s+)?$")
_STANDS_ALONE = frozenset(["OPTION", "CHOOSE", "BOOK", "YES", "LET", "LETS", "THANKS", "FILL", "ORDINAL", "QUESTION", "ME", "THIS", "NOT"])  # fmt: skip
"""Ideas of words that may follow an ordinal which is a choice: "the second please", "the first one is better"."""
_MAY_FOLLOW = frozenset(["and", "or", "is", "are", "looks", "seems", "from", "with", "but", "then"])
_LETTERS = 2
"""«и», «на», «я»: the dictionary knows names of letters by them too."""
_NOT_AFTER = frozenset(["of"])


@dataclass(frozen=True, slots=True)
class Mention:
    """An ordinal or a number of a text; `place`: which it names, from 1 on, or LAST. `rejected`: «не второй»."""

    place: int
    start: int
    end: int
    of_offer: bool
    rejected: bool = False


def ordinals(norm: str) -> list[Mention]:
    """Every ordinal word of folded text, with whether it can stand for an offer."""
    found = []
    tokens = list(_TOKEN.finditer(norm))
    for at, token in enumerate(tokens):
        place = next((_PLACES[form] for form in forms(token.group()) if form in _PLACES), None)
        if place is None:
            continue
        stands = not _NO_MEASURE.search(norm[: token.start()]) and _stands_alone(norm, tokens, at)
        rejected = bool(_NOT.search(norm[: token.start()]))
        found.append(Mention(place, token.start(), token.end(), stands, rejected))
    return found


def numbers(norm: str) -> list[Mention]:
    """Numbers that may stand for an offer: alone, beside «вариант», or before no word that they count."""
    found = []
    tokens = list(_TOKEN.finditer(norm))
    for at, token in enumerate(tokens):
        figure = _NUMBERED.fullmatch(token.group())
        beside = bool(_BEFORE_NUMBER.search(norm[: token.start()]))
        spelled = _CARDINALS.get(token.group()) if beside or len(tokens) <= 2 else None
        place = int(figure[1]) if figure else spelled
        if place is None:
            continue
        stands = beside or _stands_alone(norm, tokens, at)
        rejected = bool(_NOT.search(norm[: token.start()]))
        found.append(Mention(place, token.start(), token.end(), stands, rejected))
    return found


def without_other_ordinals(norm: str) -> str:
    """Folded text, the same length, without the ordinals that say nothing of an offer («на первой линии»)."""
    for mention in ordinals(norm):
        if not mention.of_offer:
            norm = norm[: mention.start] + " " * (mention.end - mention.start) + norm[mention.end :]
    return norm


def _stands_alone(norm: str, tokens: list[re.Match[str]], at: int) -> bool:
    """Is no noun of another kind behind it? Adjectives between are passed over: «первая береговая линия»."""
    for before, token in zip(tokens[at:], tokens[at + 1 : at + 4], strict=False):
        if norm[before.end() : token.start()].strip():
            return True  # a comma or a full stop: the noun would belong to something else
        word = token.group()
        if _is_option(word) or (len(word) <= _LETTERS and not word.isascii()):
            return True
        if word.isascii():
            return _english_may_follow(word)
        readings = morphology().parse(word)
        if readings[0].tag.POS in ("ADJF", "PRTF") and "Apro" not in readings[0].tag:
            if tokens[at].group()[0].isdigit():
                return False  # «2 взрослых»
            continue
        return not any(_agrees(tokens[at].group(), reading) for reading in readings)
    return True


def _is_option(word: str) -> bool:
    return any("OPTION" in ideas_of(form) for form in forms(word))


def _english_may_follow(word: str) -> bool:
    if word in _NOT_AFTER:
        return False
    if word.isdigit() or word in _MAY_FOLLOW:
        return True
    return any(_STANDS_ALONE & ideas_of(form) for form in forms(word))


def _agrees(ordinal: str, noun: object) -> bool:
    """Does an ordinal (or a figure, which counts any noun) belong to a reading of the word behind it?"""
    tag = noun.tag  # type: ignore[attr-defined]
    if tag.POS != "NOUN" or "Geox" in tag or "Name" in tag:
        return False
    if ordinal[0].isdigit():
        return True
    return any(
        reading.tag.case == tag.case
        and reading.tag.number == tag.number
        and (tag.number == "plur" or reading.tag.gender == tag.gender)
        for reading in morphology().parse(ordinal)
        if reading.tag.POS == "ADJF"
    )
