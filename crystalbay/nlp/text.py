"""A message prepared for reading: folded to one spelling, letter for letter, so that every find quotes the original."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from crystalbay.nlp.script import to_cyrillic

LONGEST = 4000
"""Characters that are read; the rest of a longer message is kept and shown, but not understood."""

_TAGS = re.compile(r"<[^<>]{0,200}>")
_FOLD = str.maketrans("ёЁ–—−‑‐“”„«»’`\u00a0\u202f", 'ее-----"""""\'\'  ')
GONE = "\x01"
"""Stands where a find was taken out: it is no letter, no digit and no space."""

_CORRECTED = re.compile(
    r"(?<!\w)не\s+(?P<old>(?:в |на |из |с |за )?[^,.!?;]{1,25}?)\s*,?\s+а\s+(?!не )|,?\s+а\s+не\s+(?P<old2>(?:в |на |из |с )?[\w-]+(?: \d+)?)"
    r"|(?<!\w)not\s+(?P<old3>[^,.!?;]{1,25}?)\s*,?\s+but\s|(?<!\w)(?:вместо|instead of)\s+(?P<old4>(?:\d+[\w-]*\s+)?[\w-]+)"
)


@dataclass
class Prepared:
    """`original` as written; `norm` the same length, lower-case, one kind of dash and quote; `rest` what no topic has
    taken yet. A topic takes what it understood, so that the next one does not read it again.
    """

    original: str
    norm: str
    rest: str = field(init=False)

    def __post_init__(self) -> None:
        self.rest = self.norm
        for match in _CORRECTED.finditer(self.norm):
            group = match.lastgroup or 0
            self.take(*match.span(group))

    def take(self, start: int, end: int) -> str:
        """Take a span out of `rest`; the words of the original that stood there."""
        self.rest = self.rest[:start] + GONE * (end - start) + self.rest[end:]
        return self.quote(start, end)

    def quote(self, start: int, end: int) -> str:
        return self.original[start:end].strip(" ,.;:!?-\n")


def prepare(text: str) -> Prepared:
    """Fold a message. Markup is blanked out: it is never read and never quoted. What was said and taken back at once
    («не двое, а трое», «июнь, а не июль») is not in `rest`.
    """
    original = text[:LONGEST].replace("\x00", " ").replace(GONE, " ")
    original = _TAGS.sub(lambda tag: " " * len(tag.group()), original)
    lowered = "".join(c.lower() if len(c.lower()) == 1 else c for c in original)
    return Prepared(original, to_cyrillic(lowered.translate(_FOLD)))
