"""Days that cannot be travelled on: «31 июня» is in no calendar, «10 января 2025 года» is over.

They make no slot (labels.md section 4); the dialogue tells the customer why.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from crystalbay.nlp.contacts import read_contacts
from crystalbay.nlp.date_table import MONTH, month_number
from crystalbay.nlp.text import GONE, Prepared, prepare

_YEAR = r"(?:\s*,?\s*(?P<year>20\d\d)(?:\s*г(?:ода|\.)?)?)?"
_DAY = r"(?P<day>\d{1,2})(?:-?(?:го|е|ого)|st|nd|rd|th)?"
_SAID = (
    re.compile(rf"(?<![\w.,/-]){_DAY}\s+(?:of\s+)?(?P<month>{MONTH}){_YEAR}"),
    re.compile(rf"(?<!\w)(?P<month>{MONTH})\s+{_DAY}(?![\w.]){_YEAR}"),
    re.compile(r"(?<![\w.,/])(?P<day>\d{1,2})[./](?P<month>\d{1,2})(?:[./](?P<year>20\d\d|\d\d))?(?![\w/]|\.\d)"),
    re.compile(rf"(?<!\w)(?P<month>{MONTH})\s+(?P<year>20\d\d)(?:\s*г(?:ода|\.)?)?"),
)
_NO_TRIP = re.compile(r"(?:родил\w*|рожден\w*|паспорт\w*|действ\w+|срок\w*|born|passport|valid|были|летали|отдыхали|ездили|were|went)[^.!?]{0,30}$")  # fmt: skip

Why = Literal["past", "impossible"]


@dataclass(frozen=True, slots=True)
class NoDay:
    """A day that a customer named and why it is none; `days`: how many the month has, for an impossible one."""

    said: str
    why: Why
    month: int
    days: int


def impossible_day(said: str, today: date) -> NoDay | None:
    """The first day of a message that is over or in no calendar; None when there is none."""
    text = prepare(said)
    read_contacts(text, None)  # «12.05.1988» beside a passport, and telephone numbers, are no days of travel
    for expression in _SAID:
        for match in expression.finditer(text.rest):
            found = _no_day(text, match, today)
            if found and not _NO_TRIP.search(text.norm[: match.start()]):
                return found
    return None


def _no_day(text: Prepared, match: re.Match[str], today: date) -> NoDay | None:
    parts = match.groupdict()
    month = int(parts["month"]) if parts["month"].isdigit() else month_number(parts["month"])
    if month is None or not 1 <= month <= 12 or GONE in match.group():
        return None
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0) if parts.get("year") else None
    length = calendar.monthrange(year or 2028, month)[1]  # without a year 29 February is a day
    day = int(parts["day"]) if parts.get("day") else length
    quote = text.quote(match.start(), match.end())
    if not 1 <= day <= length:
        return NoDay(quote, "impossible", month, length) if day <= 31 else None
    return NoDay(quote, "past", month, length) if year and date(year, month, day) < today else None
