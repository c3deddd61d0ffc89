"""What the supplier tells of a hotel beside its prices (contract section 6). The texts are HTML: tags are taken out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from crystalbay.samo.reading import items

_TAG = re.compile(r"<[^<>]{0,500}>")
_LONGEST = 600
_MOST = 10


@dataclass(frozen=True, slots=True)
class HotelFacts:
    """What is known of a hotel; what the supplier leaves out is empty. `photos` are web addresses."""

    key: int
    address: str = ""
    about: str = ""
    location: str = ""
    transfer: str = ""
    amenities: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()


def facts(answer: Any, hotel_key: int) -> HotelFacts:
    """The facts of an answer; none of another hotel's, nor of an empty one. Raises ValueError for another form."""
    if not answer:
        return HotelFacts(hotel_key)
    if not isinstance(answer, dict):
        raise ValueError("an object was expected")
    if str(answer.get("id")) != str(hotel_key):
        return HotelFacts(hotel_key)
    named = (item.get("name") for item in items(answer.get("attributes")) if isinstance(item, dict))
    links = (item.get("url") for item in items(answer.get("photos")) if isinstance(item, dict))
    return HotelFacts(
        key=hotel_key,
        address=_text(answer.get("address")),
        about=_text(answer.get("description")),
        location=_text(answer.get("location")),
        transfer=_text(answer.get("transfer")),
        amenities=tuple(_text(name) for name in named if name)[:_MOST],
        photos=tuple(link for link in links if isinstance(link, str) and _on_the_web(link))[:_MOST],
    )


def _text(value: Any) -> str:
    """Plain words of HTML, cut at the end of a sentence where that is near."""
    if not isinstance(value, str):
        return ""
    words = " ".join(unescape(_TAG.sub(" ", value)).split())
    if len(words) <= _LONGEST:
        return words
    whole = words[:_LONGEST].rpartition(". ")[0]
    return f"{whole}." if whole else words[:_LONGEST]


def _on_the_web(link: str) -> bool:
    parts = urlsplit(link)
    return parts.scheme in ("http", "https") and bool(parts.hostname)
