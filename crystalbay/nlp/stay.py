"""How long: nights and days (labels.md section 5). Never derived from two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.numbers import SMALL, value
from crystalbay.nlp.text import Prepared

_NIGHTS = r"(?:ноч(?:ей|и|ь|ек|евок|евки)?|nights?|noche[yi]|nochi|түн\w*|н(?=[\s,.]|$))"
_DAYS = r"(?:дн(?:ей|я|ей)|день|денек|дн\.?|days?|dne[yi]|күн\w*)"
_WEEKS = r"(?:недел\w+|weeks?|nedel\w+|апта\w*)"
_N = rf"(?P<a>{SMALL})(?:\s*(?:-|или|or|до|to)\s*(?P<b>{SMALL}))?"
_MINUS_ONE = 1

_INVERTED = re.compile(rf"(?<!\w)(?:{_NIGHTS}|(?P<days>дней|дня))\s+(?:на\s+|так\s+на\s+)?{_N}(?!\w)")
_NIGHTS_SAID = re.compile(
    rf"(?P<limit>от|до|не больше|не более|не меньше|не менее|минимум|at least|up to)?\s*{_N}\s*{_NIGHTS}(?!\w)"
)
_DAYS_SAID = re.compile(rf"(?P<limit>от|до|не больше|не более|at least|up to)?\s*{_N}\s*{_DAYS}(?!\w)")
_NOT_STAY = re.compile(r"(?:через|за|уже|жду|ждем|последн\w+|в течение|in|ago|within|на\s+\d+-?й)\s+$")
_AGO = re.compile(r"\s*(?:назад|позже|раньше|до вылета|ago|later|earlier)")
_WEEKS_SAID: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = (
    (re.compile(r"недел\w*\s*[-,]?\s*(?:или\s+)?(?:две|полторы)(?!\w)|a week or two"), (7, 14)),
    (re.compile(r"полтор\w+ недел\w+"), (10, 10)),
    (re.compile(r"(?:две|пар[ауые]|2|two)(?:-х)?\s*недел\w+|two weeks|2 weeks|fortnight|пару недел\w*"), (14, 14)),
    (re.compile(r"(?:на|for)\s+(?:один\s+)?(?:месяц|a month|one month)(?!\w)|месяцок"), (30, 30)),
)
_MORE_WEEKS = re.compile(rf"(?P<a>{SMALL})\s*{_WEEKS}(?!\w)")
_ONE_WEEK = re.compile(
    r"(?:на|for|хотя бы|примерно|around|about)?\s*(?<!этой )(?<!эту )(?<!следующей )(?:недел(?:ю|ьку|ька|я)|a week|one week|1 week|nedelyu|бір апта\w*)(?!\w)"
)


@dataclass(frozen=True, slots=True)
class Stay:
    """Nights at least and at most; None: not said."""

    low: int | None
    high: int | None
    quote: str
    sure: float = 0.95


def read_stay(text: Prepared) -> Stay | None:
    """The length of stay said. Nights win over days of the same message («10 дней 9 ночей»)."""
    return _counted(text, _NIGHTS_SAID, 0) or _inverted(text) or _weeks(text) or _counted(text, _DAYS_SAID, _MINUS_ONE)


def _counted(text: Prepared, expression: re.Pattern[str], less: int) -> Stay | None:
    for match in expression.finditer(text.rest):
        before = text.norm[max(0, match.start() - 20) : match.start()]
        if _NOT_STAY.search(before) or _AGO.match(text.norm, match.end()):
            continue
        low, high = value(match["a"]), value(match["b"] or match["a"])
        if low is None or high is None or not 1 <= high <= 60:
            continue
        quote = text.take(match.start(), match.end())
        return _limited(match["limit"], low - less, high, quote)
    return None


def _limited(limit: str | None, low: int, high: int, quote: str) -> Stay:
    word = (limit or "").strip()
    if word in ("до", "не больше", "не более", "up to"):
        return Stay(None, high, quote)
    if word in ("от", "не меньше", "не менее", "минимум", "at least"):
        return Stay(low, None, quote)
    return Stay(max(low, 1), high, quote)


def _inverted(text: Prepared) -> Stay | None:
    """«дней на десять», «ночей 9-11»."""
    match = _INVERTED.search(text.rest)
    if not match:
        return None
    low, high = value(match["a"]), value(match["b"] or match["a"])
    if low is None or high is None or not 1 <= high <= 60:
        return None
    quote = text.take(match.start(), match.end())
    return Stay(low - (1 if match["days"] else 0), high, quote)


def _weeks(text: Prepared) -> Stay | None:
    for expression, (low, high) in _WEEKS_SAID:
        match = expression.search(text.rest)
        if match and not _NOT_STAY.search(text.norm[max(0, match.start() - 20) : match.start()]):
            return Stay(low, high, text.take(match.start(), match.end()))
    match = _MORE_WEEKS.search(text.rest)
    if match and _NOT_STAY.search(text.norm[max(0, match.start() - 20) : match.start()]):
        return None
    if match and (count := value(match["a"])) and count <= 8:
        return Stay(7 * count, 7 * count, text.take(match.start(), match.end()))
    match = _ONE_WEEK.search(text.rest)
    if match:
        return Stay(7, 7, text.take(match.start(), match.end()))
    return None
