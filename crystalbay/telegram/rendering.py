"""A reply → the parts that say it in Telegram, and a part → HTML. Every text from outside is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from crystalbay.errors import PermanentError
from crystalbay.texts import split_text
from models import Card, OutgoingFile, Part, Reply, TapAct

TEXT_LIMIT, CAPTION_LIMIT = 4000, 1000
"""Telegram counts 4096 and 1024 characters after reading the tags; split_text counts UTF-16 units."""

ALBUM = 10
"""Pictures that stand together in one album (contract section 7)."""

_MB = 1024 * 1024
LARGEST, LARGEST_PHOTO = 50 * _MB, 10 * _MB

LAST_ACTS = ("more", "human")
PHOTOS = ("image/jpeg", "image/png", "image/webp")
"""What is shown as a picture; all other files are documents, sound or video."""


def render(reply: Reply) -> list[Part]:
    """The parts of a reply: its words or its cards, then its files. The last words carry the buttons."""
    for file in reply.files:
        if file.size > LARGEST:
            raise PermanentError(f"{file.name}: Telegram принимает файлы до 50 МБ.")
    words = _cards(reply) if reply.cards else _words(reply)
    return _with_files(reply, words) if reply.files else words


def _words(reply: Reply) -> list[Part]:
    texts = split_text(reply.text, TEXT_LIMIT)
    if not texts:
        return []
    looks = [_look(reply) for _ in texts]
    if reply.replaces:
        looks[0]["replaces"] = reply.replaces
    if reply.no_keyboard:
        looks[-1]["keyboard"] = "remove"
    if reply.asks:
        looks[-1]["asks"] = asdict(reply.asks) | {"children": ["?" if a is None else a for a in reply.asks.children]}
    parts = [Part(text, look=look) for text, look in zip(texts, looks, strict=True)]
    return [*parts[:-1], Part(texts[-1], choices=reply.choices, offers=reply.offers, look=looks[-1])]


def _look(reply: Reply) -> dict[str, Any]:
    return {"language": reply.language}


def _cards(reply: Reply) -> list[Part]:
    """What is said before, a card with buttons for each offer, what is said after; two buttons more at the end."""
    assert reply.cards
    before = _words(Reply(reply.cards.before, language=reply.language, replaces=reply.replaces))
    shown = [_card(card, reply.cards.acts, reply.language) for card in reply.cards.cards]
    after = _words(Reply(reply.cards.after, language=reply.language))
    parts = [*before, *shown, *after]
    if reply.cards.more:
        last = dict(parts[-1].look or {})
        last["acts"] = [*last.get("acts", []), list(LAST_ACTS)]
        parts[-1] = Part(parts[-1].text, offers=parts[-1].offers, look=last)
    return parts


def _card(card: Card, acts: Sequence[TapAct], language: str) -> Part:
    look = {
        "language": language,
        "card": {"title": card.title, "price": card.price, "photo": card.photo},
        "acts": [list(acts)],
    }
    return Part(card.text[:CAPTION_LIMIT], offers=(card.offer,), look=look)


def _with_files(reply: Reply, words: list[Part]) -> list[Part]:
    """Pictures together as albums, every other file by itself; one short text alone is the caption of what follows."""
    photos = [file for file in reply.files if is_photo(file)]
    others = [file for file in reply.files if not is_photo(file)]
    groups = [tuple(photos[first : first + ALBUM]) for first in range(0, len(photos), ALBUM)]
    parts = [Part(files=group, look=_look(reply)) for group in [*groups, *((file,) for file in others)]]
    if len(words) == 1 and len(words[0].text) <= CAPTION_LIMIT and words[0] == Part(words[0].text, look=_look(reply)):
        return [Part(words[0].text, files=parts[0].files, look=_look(reply)), *parts[1:]]
    return [*words, *parts]


def is_photo(file: OutgoingFile) -> bool:
    return file.mime in PHOTOS and file.size <= LARGEST_PHOTO


def html(part: Part) -> str:
    """The part's words; of a card the hotel and the price are bold."""
    card = (part.look or {}).get("card")
    if not card:
        return escape(part.text, quote=False)
    title, price = str(card["title"]), str(card["price"])
    first, _, rest = part.text.partition("\n")
    bold_rest = escape(rest, quote=False).replace(escape(price, quote=False), f"<b>{escape(price, quote=False)}</b>", 1)
    name = f"<b>{escape(title, quote=False)}</b>" if first == title else escape(first, quote=False)
    return f"{name}\n{bold_rest}"
