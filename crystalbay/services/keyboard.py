"""What somebody meant who typed with the wrong keyboard layout: «bdfyjd» is «иванов»."""

from __future__ import annotations

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_SHIFTED = '~QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>'
_TO_RUSSIAN = str.maketrans(_LATIN + _SHIFTED, _RUSSIAN + _RUSSIAN.upper())
_TO_LATIN = str.maketrans(_RUSSIAN + _RUSSIAN.upper(), _LATIN + _SHIFTED)


def other_layout(text: str) -> str | None:
    """The same keys in the other layout; None where that makes no words: letters of both, or none at all."""
    letters = [letter for letter in text.casefold() if letter.isalpha()]
    if letters and all(letter in _LATIN for letter in letters):
        return text.translate(_TO_RUSSIAN)
    if letters and all(letter in _RUSSIAN for letter in letters):
        return text.translate(_TO_LATIN)
    return None
