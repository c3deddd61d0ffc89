"""How long: nights and days (labels.md section 5). Never derived from two dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.numbers import SMALL, value
from crystalbay.nlp.text import Prepared

_NIGHTS = r"(?:ноч(?:ей|и|ь|ек|евок|евки)?|nights?|noche[yi]|nochi|түн\w*|н(?=[\s,.]|$))"
_DAYS = r"(?:дн(?:ей|я|ей)|день|денек|дн\.?|days?|dne[yi]|күн\w*)"
_WEEKS = r"(?:недел\w+|weeks?|nedel\w+|апта\w*)"
_N = rf"(?<![\w.,+±])(?<!\+-)(?<!/-)(?P<a>{SMALL})(?:\s*(?:-|или|or|до|to)\s*(?P<b>{SMALL}))?"
_LIVING = r"(?:взр|чел|дет|реб|adult|kid|people|person|тыс|руб|лет)"
_MINUS_ONE = 1
_MOST = ("до", "не больше", "не более", "не дольше", "максимум", "up to", "max", "no more than", "at most")
_LEAST = ("от", "не меньше", "не менее", "минимум", "хотя бы", "at least", "from", "minimum", "min")
_LIMIT = "|".join((*_MOST, *_LEAST))

_INVERTED = re.compile(
    rf"(?<!\w)(?:{_NIGHTS}|(?P<days>дней|дня))\s+(?:на\s+|так\s+на\s+|(?P<limit>{_LIMIT})\s+)?{_N}(?!\w)(?!\s*{_LIVING})"
)
_NIGHTS_SAID = re.compile(rf"(?:(?<!\w)(?P<limit>{_LIMIT})\s+)?{_N}\s*-?{_NIGHTS}(?!\w)")
_DAYS_SAID = re.compile(rf"(?:(?<!\w)(?P<limit>{_LIMIT})\s+)?{_N}\s*-?{_DAYS}(?!\w)")
_NOT_STAY = re.compile(
    r"(?:через|за|уже|жду|ждем|последн\w+|втор\w+|трет\w+|в течение|in|ago|within|every|per|last|next|this|previous|"
    r"на\s+\d+-?й)\s+$"
)
_SHIFTED = re.compile(r"(?:сдви|перен|подви|отлож|move|shift|postpone)[^.!?\x01]{0,22}$")
_AGO = re.compile(
    r"\s*(?:кейін|соң|назад|позже|раньше|до вылета|до поездки|ago|later|earlier|before|без ответа|without)"
)
_WEEKS_SAID: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = (
    (
        re.compile(
            r"недел[яюи]\w*\s*[-,]\s*две(?!\w)|недел\w+ или две(?!\w)|(?:одна|one)(?:-|\s*(?:или|or)\s*)(?:две|two)\s+(?:недел\w+|weeks)|a week or two"
        ),
        (7, 14),
    ),
    (re.compile(r"недел[яюи]\w*\s*(?:[-,]|или)\s*полторы(?!\w)"), (7, 10)),
    (re.compile(r"полтор\w+ недел\w+|недел[ьи]\w* полторы"), (10, 10)),
    (
        re.compile(
            r"недел[ьи]\w* (?:на )?(?:две|2)(?!\w)|(?:две|пар[ауые]|2|two)(?:-х)?\s*недел\w+|two weeks|2 weeks|fortnight|пару недел\w*"
        ),
        (14, 14),
    ),
    (re.compile(r"(?:на|for)\s+(?:один\s+)?(?:месяц|a month|one month)(?!\w)|месяцок"), (30, 30)),
)
_WEEK_OR_MORE = re.compile(
    rf"(?<!\w)(?:недел[юяи]|недельк[ау]|a week)\s*(?:или|-|либо|or|to)\s*(?P<b>{SMALL})\s*(?:{_NIGHTS}|{_DAYS})(?!\w)"
)
"""«неделя или 10 дней»."""
_MORE_WEEKS = re.compile(rf"(?<![\w.,])(?P<a>{SMALL})\s*{_WEEKS}(?!\w)")
_ONE_WEEK = re.compile(
    r"(?:(?<!\w)(?:на|for|хотя бы|примерно|around|about)\s+)?(?<!этой )(?<!эту )(?<!эта )(?<!следующей )(?<!следующая )(?<!следующую )(?<!первая )(?<!первую )(?<!вторая )(?<!вторую )(?<!третья )(?<!третью )(?<!последняя )(?<!последнюю )(?<!first )(?<!second )(?<!last )(?<!\w)"
    r"(?:недел(?:ю|ьку|ька|я)|a (?:\w+ )?week|one week|1 week|week(?= (?:in|at|to|for|somewhere))|nedelyu|бір апта\w*)(?!\w)"
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
    if match := _WEEK_OR_MORE.search(text.rest):
        count = value(match["b"])
        if count and 7 < count <= 60:
            return Stay(7, count, text.take(match.start(), match.end()))
    return _counted(text, _NIGHTS_SAID, 0) or _inverted(text) or _weeks(text) or _counted(text, _DAYS_SAID, _MINUS_ONE)


def _not_stay(text: Prepared, match: re.Match[str]) -> bool:
    """«через 10 дней», «за неделю до вылета», «жду 3 дня», «на 3 дня позже» are no length of stay."""
    before = text.norm[max(0, match.start() - 25) : match.start()]
    return bool(_NOT_STAY.search(before) or _SHIFTED.search(before) or _AGO.match(text.norm, match.end()))


def _counted(text: Prepared, expression: re.Pattern[str], less: int) -> Stay | None:
    for match in expression.finditer(text.rest):
        if _not_stay(text, match):
            continue
        low, high = value(match["a"]), value(match["b"] or match["a"])
        if low is None or high is None or not 1 <= high <= 60:
            continue
        quote = text.take(match.start(), match.end())
        return _limited(match["limit"], low - less, high, quote, ranged=bool(match["b"]))
    return None


def _limited(limit: str | None, low: int, high: int, quote: str, *, ranged: bool) -> Stay:
    """«от 7» is a minimum, «до 10» a maximum, «от 9 до 12» both."""
    word = "" if ranged else (limit or "").strip()
    if word in _MOST:
        return Stay(None, high, quote)
    if word in _LEAST:
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
    return _limited(match["limit"], low - (1 if match["days"] else 0), high, quote, ranged=bool(match["b"]))


def read_bare_stay(text: Prepared) -> Stay | None:
    """«десять», «7-10», «не больше семи», «месяц» after our question for the nights."""
    figures = list(re.finditer(rf"{SMALL}(?!\w)(?!\s*{_LIVING})", text.rest))
    if not figures:
        month = re.search(r"(?<!\w)(?:месяц|a month)(?!\w)", text.rest)
        return Stay(30, 30, text.take(month.start(), month.end()), 0.9) if month else None
    counts = [number for match in figures if (number := value(match.group())) and number <= 60]
    if not 1 <= len(counts) <= 2 or len(counts) < len(figures):
        return None
    limit = re.search(rf"(?<!\w)({_LIMIT})\s+$", text.norm[: figures[0].start()])
    return _limited(
        limit[1] if limit else None, min(counts), max(counts), text.original.strip(), ranged=len(counts) > 1
    )


def _weeks(text: Prepared) -> Stay | None:
    for expression, (low, high) in _WEEKS_SAID:
        match = expression.search(text.rest)
        if match and not _not_stay(text, match):
            return Stay(low, high, text.take(match.start(), match.end()))
    match = _MORE_WEEKS.search(text.rest)
    if match and _not_stay(text, match):
        return None
    if match and (count := value(match["a"])) and count <= 8:
        return Stay(7 * count, 7 * count, text.take(match.start(), match.end()))
    match = _ONE_WEEK.search(text.rest)
    if match and not _not_stay(text, match):
        return Stay(7, 7, text.take(match.start(), match.end()))
    return None
