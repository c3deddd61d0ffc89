"""Text limits of the messengers behind Wazzup24 and the cutting of long replies (contract section 3)."""

from __future__ import annotations

import re

_LIMITS = {
    "whatsapp": 10_000,
    "whatsgroup": 10_000,
    "telegram": 4096,
    "telegroup": 4096,
    "max": 4096,
    "maxgroup": 4096,
    "instagram": 1000,
    "vk": 1000,
    "avito": 1000,
    "viber": 6999,
}
WABA_LIMIT = 1024
"""The documentation contradicts itself for WhatsApp Business (550, 1024, 4096); the contract settles on this one."""

_BLANK = "[^\\S\u00a0\u202f]"  # whitespace, but not the no-break spaces inside «312 000 ₽»
_ENDS = (  # the best places to cut, the best first; each pattern ends where the first part ends
    re.compile(rf"(?=\n{_BLANK}*\n)"),
    re.compile(r"(?=\n)"),
    re.compile(rf"[.!?…][»”\"')\]]*(?={_BLANK})"),
)
_GAP = re.compile(rf"(?={_BLANK})")


def text_limit(chat_type: str) -> int:
    """The longest text one message may hold; the smallest known limit for a chat type that is not known."""
    return _LIMITS.get(chat_type, min(_LIMITS.values()))


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
