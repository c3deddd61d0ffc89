"""Numbers in digits and in words, in Russian, English and a little Kazakh."""

from __future__ import annotations

import re

_ONES = {
    1: "один одна одного одной одну одним one a an бір",
    2: "два две двух двое двоих двум двумя two екі",
    3: "три трех трое троих трем тремя three үш",
    4: "четыре четырех четверо четверых четырем четырьмя four төрт",
    5: "пять пяти пятеро пятерых пятью five бес",
    6: "шесть шести шестеро шестерых шестью six алты",
    7: "семь семи семеро семерых seven жеті",
    8: "восемь восьми восьмеро eight сегіз",
    9: "девять девяти девятеро nine тоғыз",
    10: "десять десяти десяток ten он",
    11: "одиннадцать одиннадцати eleven",
    12: "двенадцать двенадцати twelve",
    13: "тринадцать тринадцати thirteen",
    14: "четырнадцать четырнадцати fourteen",
    15: "пятнадцать пятнадцати fifteen",
    16: "шестнадцать шестнадцати sixteen",
    17: "семнадцать семнадцати seventeen",
    18: "восемнадцать восемнадцати eighteen",
    19: "девятнадцать девятнадцати nineteen",
    20: "двадцать двадцати twenty",
    30: "тридцать тридцати thirty",
    40: "сорок сорока forty",
    50: "пятьдесят пятидесяти fifty",
    60: "шестьдесят шестидесяти sixty",
    70: "семьдесят семидесяти seventy",
    80: "восемьдесят восьмидесяти eighty",
    90: "девяносто девяноста ninety",
    100: "сто ста hundred",
    200: "двести двухсот",
    300: "триста трехсот",
    400: "четыреста четырехсот",
    500: "пятьсот пятисот",
    600: "шестьсот шестисот",
    700: "семьсот семисот",
    800: "восемьсот восьмисот",
    900: "девятьсот девятисот",
}
WORDS = {word: number for number, words in _ONES.items() for word in words.split()}
_WORD = "|".join(sorted((word for word in WORDS if len(word) > 2), key=len, reverse=True))
_TENS = "|".join(word for word, number in WORDS.items() if number in range(20, 100))
SMALL = rf"(?<!\w)(?:\d{{1,2}}|(?:{_TENS})[ -](?:{_WORD})|(?:{_WORD})(?!\w))"
"""A number up to 99, as digits or words: for nights, people, ages. «семь-восемь» is two numbers."""
BIG_WORDS = rf"(?<!\w)(?:{_WORD})(?:\s(?:{_WORD})){{0,3}}"
"""Any number in words: for money."""


def value(text: str) -> int | None:
    """The number that a text of digits or number words says; None when it is no number."""
    text = text.strip()
    if text.isdigit():
        return int(text)
    parts = [WORDS.get(part) for part in re.split(r"[\s-]+", text) if part]
    if not parts or None in parts:
        return None
    return sum(part for part in parts if part is not None)
