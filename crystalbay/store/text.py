"""What `search_text` columns hold and what is searched in them: the same normal form on both sides."""

from __future__ import annotations

import unicodedata

_FOLD = str.maketrans({"ё": "е"} | dict.fromkeys("*%_\\\0", " "))

INDEXED_LETTERS = 3
"""Shorter words are not in the embedded store's search index."""


def search_text(*parts: str | None) -> str:
    """Casefolded text with ё→е and `* % _ \\` as spaces (SQLite folds ASCII only; `*` is a wildcard over REST).

    So is a zero character, which ends a text in C. NFKC first: Apple's systems write ё and й as two characters each.
    """
    text = " ".join(part for part in parts if part)
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)


def search_words(needle: str) -> list[str]:
    """The words of a needle in the same normal form; all of them must occur."""
    return search_text(needle).split()


def match_words(needle: str) -> str:
    """What the search index is asked: the words of a needle that are long enough, each between quotes; may be empty."""
    return " ".join(
        '"' + word.replace('"', '""') + '"' for word in search_words(needle) if len(word) >= INDEXED_LETTERS
    )
