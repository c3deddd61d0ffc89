"""What `search_text` columns hold and what is searched in them: the same normal form on both sides."""

from __future__ import annotations

import unicodedata

_FOLD = str.maketrans({"ё": "е", "*": " ", "%": " ", "_": " ", "\\": " "})


def search_text(*parts: str | None) -> str:
    """Casefolded text with ё→е and `* % _ \\` as spaces (SQLite folds ASCII only; `*` is a wildcard over REST).

    NFKC first: Apple's systems write ё and й as two characters each.
    """
    text = " ".join(part for part in parts if part)
    return unicodedata.normalize("NFKC", text).casefold().translate(_FOLD)


def search_words(needle: str) -> list[str]:
    """The words of a needle in the same normal form; all of them must occur."""
    return search_text(needle).split()
