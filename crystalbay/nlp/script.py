"""Russian that was typed in Latin letters («hochu v turciyu») or in the wrong keyboard layout («Ghbdtn»).

Both are turned into Cyrillic in place: the text keeps its length, so that positions still point into the original.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crystalbay.nlp.ideas import is_known
from crystalbay.nlp.words import ENGLISH, is_russian

_LAYOUT = str.maketrans(
    "qwertyuiop[]asdfghjkl;'zxcvbnm,.`",
    "йцукенгшщзхъфывапролджэячсмитьбюё",
)
_LAYOUT_WORD = re.compile(r"[a-z\[\];',.`]+")
_LATIN_WORD = re.compile(r"(?<![\w@./-])[a-z]+(?:'[a-z]*)?(?![\w@/-]|\.\w)")
_CYRILLIC = re.compile(r"[а-яё]")
_SOUNDS = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ch", "ч"), ("sh", "ш"), ("ts", "ц"), ("yu", "ю"), ("ju", "ю"),
    ("ya", "я"), ("ja", "я"), ("yo", "е"), ("jo", "е"), ("ye", "е"), ("iy", "ий"), ("yj", "ый"), ("yi", "ый"), ("ij", "ий"), ("a", "а"), ("b", "б"),
    ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"), ("l", "л"),
    ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"), ("f", "ф"), ("h", "х"),
    ("c", "ц"), ("y", "ы"), ("x", "кс"), ("q", "к"), ("'", "ь"),
)  # fmt: skip
_LATIN = dict(_SOUNDS)
_SOUND = re.compile("|".join(re.escape(latin) for latin, _ in _SOUNDS))
_AFTER_VOWEL = re.compile(r"(?<=[аеиоуыэюя])ы")
_SHORT_WORDS = frozenset(["v", "na", "iz", "s", "i", "do", "ot", "za", "po", "k", "mi", "ya", "my", "nas", "u", "ne"])
"""Short Russian words in Latin letters: trusted only beside longer ones."""


def to_cyrillic(norm: str) -> str:
    """Folded text with its Russian words in Cyrillic; English and other text is given back as it is."""
    if _CYRILLIC.search(norm) and not _LATIN_WORD.search(norm):
        return norm
    if not _CYRILLIC.search(norm):
        typed = _other_layout(norm)
        if typed is not None:
            return typed
    return _transliterated(norm)


def _other_layout(norm: str) -> str | None:
    """The text as the Russian layout would have typed it, if that makes words and the text as it stands does not."""
    words = [word for word in _LAYOUT_WORD.findall(norm) if len(word) >= 3]
    if not words or any(is_known(word.strip(",.;'[]`")) for word in words):
        return None
    right = sum(is_russian(_bare(word.translate(_LAYOUT), word)) for word in words)
    return norm.translate(_LAYOUT) if right * 2 > len(words) else None


def _bare(word: str, typed: str) -> str:
    """A comma or dot at the end of a word typed in the wrong layout is mostly a sign, not «б» or «ю»."""
    return word[:-1] if typed[-1] in ",." and not is_russian(word) else word


def _transliterated(norm: str) -> str:
    """Words in Latin letters that are Russian when read aloud, if they outnumber the English ones."""
    russian: list[tuple[re.Match[str], str]] = []
    short: list[tuple[re.Match[str], str]] = []
    english = unknown = 0
    for match in _LATIN_WORD.finditer(norm):
        word = match.group()
        if word in _SHORT_WORDS:
            short.append((match, aloud(word)))
        elif word in ENGLISH or is_known(word):
            english += 1
        elif len(word) > 2 and (spelled := _russian(word)):
            russian.append((match, spelled))
        else:
            unknown += 1
    if (
        len(russian) <= english
        or len(russian) + len(short) < unknown
        or (len(russian) == 1 and not short and len(norm.split()) > 1)
    ):
        return norm
    letters = list(norm)
    for match, word in russian + short:
        letters[match.start() : match.end()] = word.ljust(match.end() - match.start())
    return "".join(letters)


@lru_cache(maxsize=2_000)
def _russian(word: str) -> str | None:
    """A word in Latin letters as Russian, if it is one; soft signs are often left out («skolko», «noyabr»)."""
    plain = aloud(word)
    softened = (plain[:at] + "ь" + plain[at:] for at in range(2, len(plain) + 1) if plain[at - 1] in "лнрстдмб")
    return next((form for form in (plain, *softened) if len(form) <= len(word) and is_russian(form)), None)


def aloud(word: str) -> str:
    """A word in Latin letters spelled in Cyrillic."""
    return _AFTER_VOWEL.sub("й", _SOUND.sub(lambda sound: _LATIN[sound.group()], word))
