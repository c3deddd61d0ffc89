"""Text as it comes from messengers and goes to them: what a store can hold, phone numbers, cutting to a limit."""

from __future__ import annotations

import math
import re
from typing import Any

# PostgreSQL stores no NUL, and UTF-8 has no lone surrogates; JSON can say both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

_BLANK = "[^\\S\u00a0\u202f]"  # whitespace, but not the no-break spaces inside «312 000 ₽»
_ENDS = (  # the best places to cut, the best first; each pattern ends where the first part ends
    re.compile(rf"(?=\n{_BLANK}*\n)"),
    re.compile(r"(?=\n)"),
    re.compile(rf"[.!?…][»”\"')\]]*(?={_BLANK})"),
)
_GAP = re.compile(rf"(?={_BLANK})")


def storable(value: Any, without: str = "") -> Any:
    """The same JSON without what no store can hold (NUL, lone surrogates, NaN, infinity), and without the keys called
    `without`."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list):
        return [storable(item, without) for item in value]
    if isinstance(value, dict):
        kept = {key: item for key, item in value.items() if not without or key.casefold() != without}
        return {storable(key): storable(item, without) for key, item in kept.items()}
    return value


def e164(text: str) -> str | None:
    """«79161230045» → «+79161230045»; None when no country has numbers of this shape (an inner id, «8 916 …»)."""
    if not re.fullmatch(r"\+?[0-9][0-9\s().-]{5,30}", text):
        return None
    import phonenumbers  # a big table, needed by the process that receives messages only

    try:
        number = phonenumbers.parse("+" + text.lstrip("+"))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def split_text(text: str, limit: int) -> list[str]:
    """Cut `text` into parts of at most `limit` characters, at paragraph, line or sentence ends where there are any.

    A word is cut only when it alone is longer than the limit. Nothing is lost but whitespace at the ends and cuts.
    Characters are counted as UTF-16 units, the larger of the two usual counts: no provider says which is its own.
    """
    parts = []
    rest = text.strip()
    while rest:
        end = _cut(rest, limit)
        parts.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return parts


def _cut(text: str, limit: int) -> int:
    """Where the first part ends: the best end in the second half of what fits, else the last gap, else the limit."""
    fits = _prefix(text, limit)
    if fits == len(text):
        return fits
    window = text[: fits + 1]  # one more, so that an end right at the limit is seen
    for ends in _ENDS:
        cut = max((match.end() for match in ends.finditer(window, fits // 2)), default=0)
        if 0 < cut <= fits:
            return cut
    return max((match.end() for match in _GAP.finditer(window)), default=0) or fits


def _prefix(text: str, limit: int) -> int:
    """How many characters of `text` fit into `limit` UTF-16 units; at least one."""
    head = text[:limit]
    units = 0
    for index, char in enumerate(head):
        units += 2 if char > "\uffff" else 1
        if units > limit:
            return max(index, 1)
    return len(head)
