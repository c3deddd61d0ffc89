"""Which of the offers shown a customer means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from models import Offer

_CHEAPER = re.compile(r"дешев|подешевле|дорог|бюджетн|экономн|cheap|expensive|less money")
_ORDINALS = (("перв", "first", "бірінші"), ("втор", "second", "екінші"), ("трет", "third", "үшінші"))
_CARDINALS = (("1", "один", "one"), ("2", "два", "two"), ("3", "три", "three"))


def chosen_offers(text: str, shown: Sequence[Offer]) -> list[Offer]:
    """Which of the offers shown a text names: by the hotel's name, by ordinal («второй»), or by number."""
    by_name = named_hotels(text, shown)
    if by_name:
        return by_name
    words = _folded(text).split()
    ordinals = [any(word.startswith(marks) for word in words) for marks in _ORDINALS]
    cardinals = [any(word in marks for word in words) for marks in _CARDINALS]
    named = ordinals if any(ordinals) else cardinals
    return [offer for offer, is_named in zip(shown, named, strict=False) if is_named]


def named_hotels(text: str, shown: Sequence[Offer]) -> list[Offer]:
    """The offers shown whose hotels a text names."""
    return [offer for offer in shown if f" {_folded(offer.hotel)} " in f" {_folded(text)} "]


def _folded(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())


def wants_cheaper(text: str) -> bool:
    """«Есть подешевле?»"""
    return bool(_CHEAPER.search(text.casefold()))
