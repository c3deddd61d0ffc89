"""Which of the offers shown a customer means."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from crystalbay.nlp.gazetteer import gazetteer
from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.ordinals import LAST, Mention, numbers, ordinals
from crystalbay.nlp.text import prepare
from crystalbay.nlp.words import ENGLISH
from models import Offer

_OF_ANY_HOTEL = frozenset(["hotel", "resort", "spa", "beach", "bay", "the", "by", "and", "de", "club", "park", "city"])
_CYRILLIC = re.compile("[а-яё]")


def chosen_offers(text: str, shown: Sequence[Offer]) -> list[Offer]:
    """Which of the offers shown a text names: by the hotel's name, by ordinal («второй»), or by number."""
    by_name = named_hotels(text, shown)
    if by_name:
        return by_name
    norm = prepare(text).norm
    said = [mention for mention in ordinals(norm) if mention.of_offer]
    said = said or [mention for mention in numbers(norm) if mention.of_offer]
    places = {_place(mention, len(shown)) for mention in said if not mention.rejected}
    return [offer for place, offer in enumerate(shown, 1) if place in places]


def _place(mention: Mention, last: int) -> int:
    return last if mention.place == LAST else mention.place


def puts_right(text: str) -> bool:
    """«Не второй, а третий»: a no that is a choice."""
    return any(mention.rejected for mention in ordinals(prepare(text).norm))


def beyond(text: str, shown: Sequence[Offer]) -> bool:
    """Does a text name a number that no offer has («4» of three)?"""
    return any(mention.of_offer and mention.place > len(shown) for mention in numbers(prepare(text).norm))


def named_hotels(text: str, shown: Sequence[Offer]) -> list[Offer]:
    """The offers shown whose hotels a text names, wholly or by words that no other of them has («Side Sunrise»)."""
    said = _folded(text)
    whole = [offer for offer in shown if f" {_folded(offer.hotel)} " in f" {said} "]
    return whole or [offer for offer in shown if _partly_named(offer, said.split(), shown)]


def _partly_named(offer: Offer, said: list[str], shown: Sequence[Offer]) -> bool:
    """Words that only this hotel has: two in a row, or one that is neither a place nor an everyday word."""
    name = _folded(offer.hotel).split()
    others = {word for other in shown if other is not offer for word in _folded(other.hotel).split()}
    own = {word for word in name if word not in others | _OF_ANY_HOTEL and not gazetteer().find(word)}
    spoken = own.intersection(said)
    in_russian = any(_CYRILLIC.search(word) for word in said)
    if any(in_russian or not (word in ENGLISH or is_known(word)) for word in spoken):
        return True
    pairs = set(pairwise(name))
    return any(pair in pairs and own.intersection(pair) for pair in pairwise(said))


def _folded(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
