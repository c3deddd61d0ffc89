"""A tiny language of rules over words: what an intent looks like, in one readable line.

    "CANCEL BOOKED"        both in one sentence, in any order
    "NOT>WORK AMENITY"     WORK follows NOT within three words, and AMENITY somewhere in the sentence
    "CALL -NOT"            CALL, and no NOT in the sentence
    "LOSE LUGGAGE|PAPERS"  either of the last two
    "= GREET FILL"         the whole message consists of these and nothing else (the first at least once)

CAPITALS name an idea of ideas.py, small letters a dictionary form, @names a fact about the message (`@known`: the
dialogue knows something of the trip; `@asked:offer`; `@hotel_name`: a slot was found …).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crystalbay.nlp.ideas import ideas_of
from crystalbay.nlp.words import forms, sentences

_REACH = 3
"""Words that a `>` may span: «не очень хорошо работает»."""


@lru_cache(maxsize=3_000)
def _meaning(word: str) -> frozenset[str]:
    found = forms(word)
    return found.union(*(ideas_of(form) for form in found))


@dataclass(frozen=True, slots=True)
class _Term:
    """A chain of alternatives: «A|B>C»."""

    chain: tuple[frozenset[str], ...]
    negated: bool

    def holds(self, sentence: list[frozenset[str]], everything: frozenset[str]) -> bool:
        if any(step.isdisjoint(everything) for step in self.chain):
            return False
        return len(self.chain) == 1 or any(self._follows(sentence, 0, at) for at in range(len(sentence)))

    def _follows(self, sentence: list[frozenset[str]], step: int, at: int) -> bool:
        if self.chain[step].isdisjoint(sentence[at]):
            return False
        if step + 1 == len(self.chain):
            return True
        return any(
            self._follows(sentence, step + 1, later) for later in range(at + 1, min(at + 1 + _REACH, len(sentence)))
        )


class Rules:
    """Rules of one intent, one a line; a line may end in a comment after `#`."""

    def __init__(self, lines: str) -> None:
        self._rules: list[list[_Term]] = []
        self._whole: list[tuple[str, frozenset[str]]] = []
        for line in lines.strip().splitlines():
            words = line.split("#")[0].split()
            if words and words[0] == "=":
                self._whole.append((words[1], frozenset(words[1:])))
            elif words:
                self._rules.append([_term(word) for word in words])

    def match(self, message: Message) -> bool:
        return any(message.only(first, allowed) for first, allowed in self._whole) or any(
            all(term.holds(sentence, everything) is not term.negated for term in rule)
            for sentence, everything in message.sentences
            for rule in self._rules
        )


def _term(word: str) -> _Term:
    negated = word.startswith("-")
    return _Term(tuple(frozenset(step.split("|")) for step in word.removeprefix("-").split(">")), negated)


class Message:
    """A message as rules see it: per sentence the meanings of its words, and facts that hold for all of it."""

    def __init__(self, norm: str, facts: Iterable[str]) -> None:
        self.facts = frozenset(f"@{fact}" for fact in facts)
        self.words = [word for sentence in sentences(norm) for word in sentence if word != "?"]
        self.sentences = [_sentence(words, self.facts) for words in sentences(norm)]

    def only(self, first: str, allowed: frozenset[str]) -> bool:
        """Does every word mean one of `allowed`, and at least one means `first`?"""
        meanings = [_meaning(word) for word in self.words]
        return bool(meanings) and all(allowed & m for m in meanings) and any(first in m for m in meanings)

    def any(self, idea: str) -> bool:
        return any(idea in everything for _, everything in self.sentences)


def _sentence(words: list[str], facts: frozenset[str]) -> tuple[list[frozenset[str]], frozenset[str]]:
    meanings = [_meaning(word) for word in words]
    return meanings, facts.union(*meanings)
