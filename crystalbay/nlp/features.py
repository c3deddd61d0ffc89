"""What a message looks like to the model of intents: a list of short names, each for one thing that was seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from zlib import crc32

from crystalbay.nlp.ideas import ideas_of
from crystalbay.nlp.words import forms, lemma, sentences

_PARTS = (3, 4, 5)
"""Letters of the parts of a word that are looked at, its edges counted."""

_LONGEST = 60
"""Words of a message that count: what is wanted is said early."""

_MARKS = re.compile(r"[!?]+|\.{3}|[)(]{2,}|[^\w\s.,!?;:()«»\"'/\-–—+*%№#@$€₽₸]")


def features(norm: str, facts: Iterable[str], table: str) -> list[str]:
    """Names of what is in a folded message, each once. `facts`: what holds for it (intents.Clues.facts); `table`: what
    the table of rules takes it for."""
    found = {f"table {table}", *(f"fact {fact}" for fact in facts)}
    words = [word for sentence in sentences(norm) for word in sentence][:_LONGEST]
    found.update(_of_words(words))
    found.update(f"mark {mark[0]}" for mark in _MARKS.findall(norm))
    found.add(f"words {min(len(words), 12) if len(words) < 6 else len(words) // 6 * 6}")
    return sorted(found)


def _of_words(words: list[str]) -> Iterator[str]:
    plain = [_plain(word) for word in words]
    for word, name in zip(words, plain, strict=True):
        yield f"word {name}"
        yield from _of_word(word)
    edged = ["<", *plain, ">"]
    yield from (f"pair {one} {two}" for one, two in pairwise(edged))
    yield from (f"gap {one} {two}" for one, two in zip(plain, plain[2:], strict=False))
    ideas = [sorted(_ideas(word)) for word in words]
    for at, mine in enumerate(ideas):
        for one in mine:
            yield f"idea {one}"
            yield from (f"ideas {one} {two}" for near in ideas[at + 1 : at + 4] for two in near)


@lru_cache(maxsize=3_000)
def _plain(word: str) -> str:
    """The dictionary form of a word; numbers by how many digits they have."""
    return f"{len(word)}#" if word.isdigit() else lemma(word)


@lru_cache(maxsize=3_000)
def _of_word(word: str) -> tuple[str, ...]:
    """Parts of a word, by which its relatives and misspelt forms are known."""
    if word.isdigit() or len(word) < 3:
        return ()
    edged = f"<{word}>"
    return tuple(f"part {edged[at : at + size]}" for size in _PARTS for at in range(len(edged) - size + 1))


@lru_cache(maxsize=3_000)
def _ideas(word: str) -> frozenset[str]:
    return frozenset().union(*(ideas_of(form) for form in forms(word)))


def bucket(feature: str, buckets: int) -> int:
    """Where the model keeps what it knows of a feature."""
    return crc32(feature.encode()) % buckets
