"""When: a small grammar of dates and vague periods (labels.md section 4, one entry a row of its table)."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from crystalbay.nlp.text import GONE, Prepared

_MONTH_STEMS = (
    r"январ\w*|january|jan|yanvar\w*|қаңтар\w*",
    r"феврал\w*|february|feb|fevral\w*|ақпан\w*",
    r"март(?:а|е|у|ом)?|march|mar|marte?|наурыз\w*",
    r"апрел\w*|april|apr|aprel\w*|сәуір\w*",
    r"ма(?:й|я|е|ю|ем)|may|maya|mae|мамыр\w*",
    r"июн\w*|june|jun|iyun\w*|маусым\w*",
    r"июл\w*|july|jul|iyul\w*|шілде\w*",
    r"август\w*|august|aug|avgust\w*|тамыз\w*",
    r"сентябр\w*|september|sept?|sentyabr\w*|қыркүйек\w*",
    r"октябр\w*|october|oct|oktyabr\w*|қазан\w*",
    r"ноябр\w*|november|nov|noyabr\w*|қараша\w*",
    r"декабр\w*|december|dec|dekabr\w*|желтоқсан\w*",
)
MONTH = rf"(?:{'|'.join(_MONTH_STEMS)})(?!\w)"
_DAY = r"(?:[0-2]?\d|3[01])(?:-?(?:го|е|ого|му|ое|м)\b|st\b|nd\b|rd\b|th\b)?"
_ORDINALS = (
    "перво", "второ", "треть", "четверто", "пято", "шесто", "седьмо", "восьмо", "девято", "десято", "одиннадцато",
    "двенадцато", "тринадцато", "четырнадцато", "пятнадцато", "шестнадцато", "семнадцато", "восемнадцато",
    "девятнадцато", "двадцато",
)  # fmt: skip
_ORDINAL_DAYS = (
    {f"двадцать {stem}": 20 + number for number, stem in enumerate(_ORDINALS[:9], 1)}
    | {"тридцать перво": 31, "тридцато": 30}
    | {stem: number for number, stem in enumerate(_ORDINALS, 1)}
)
_ORDINAL = rf"(?:{'|'.join(_ORDINAL_DAYS)})(?:го|е|му|м)(?!\w)"
_YEAR = r"(?:\s*,?\s*(20\d\d)(?:\s*г\w*\.?)?)?"
_AND = r"\s*(?:-|по|до|на|и|to|till|until|through|обратно|назад|and)\s*(?:по\s|до\s|the\s)?"
_WEEKDAYS = (
    r"понедельник\w*|monday", r"вторник\w*|tuesday", r"сред[уые]|wednesday", r"четверг\w*|thursday",
    r"пятниц\w*|friday", r"суббот\w*|saturday", r"воскресень\w*|sunday",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """`first` or `last` is None when only the other end was said. `start_only`: «с 10 июня»."""

    first: date | None
    last: date | None
    start: int
    end: int
    start_only: bool = False
    sure: float = 0.95


Reader = Callable[[re.Match[str], date], tuple[date | None, date | None] | None]


def month_number(text: str) -> int | None:
    for number, stems in enumerate(_MONTH_STEMS, 1):
        if re.fullmatch(stems, text):
            return number
    return None


def _length(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def _make(day: int, month: int, year: int | None, today: date) -> date | None:
    """The day in the year said, or its next occurrence. An impossible or past explicit date is None."""
    if year is not None:
        return _valid(year, month, day, today)
    found = _valid(today.year, month, day, today)
    return found or _valid(today.year + 1, month, day, today)


def _valid(year: int, month: int, day: int, today: date) -> date | None:
    if not 1 <= month <= 12 or not 1 <= day <= _length(year, month):
        return None
    found = date(year, month, day)
    return found if found >= today else None


def _number(text: str) -> int:
    """The day that «5», «5-го» or «двадцать пятого» names."""
    figures = re.match(r"\d+", text)
    return int(figures.group()) if figures else next(n for stem, n in _ORDINAL_DAYS.items() if text.startswith(stem))


def _month_period(month: int, first: int, last: int, today: date, year: int | None = None) -> tuple[date, date]:
    """Days `first`..`last` of the month's next occurrence; one still running begins today. last 31: to its end."""
    for when in (year,) if year else (today.year, today.year + 1):
        end = date(when, month, min(last, _length(when, month)))
        if end >= today or year:
            return max(date(when, month, min(first, _length(when, month))), today) if end >= today else date(
                when, month, first
            ), end
    raise AssertionError("a month always comes again")


# --------------------------------------------------------------------------- parts of a month


_PARTS: tuple[tuple[str, Callable[[int], tuple[int, int]]], ...] = (
    (r"начал[оаеу]|в начале|early|beginning of|start of|nachal[eo]|басында", lambda n: (1, 10)),
    (r"середин[аеуы]|mid|middle of|ортасында", lambda n: (11, 20)),
    (r"кон(?:ец|ца|це|цу)|late|end of|the end of|kontse|соңында", lambda n: (21, n)),
    (r"перв(?:ая|ую|ой|ом|ые|ых) половин[аеуы]|first half of", lambda n: (1, 15)),
    (r"втор(?:ая|ую|ой) половин[аеуы]|second half of", lambda n: (16, n)),
    (r"перв(?:ые|ых) чис(?:ла|лах|ел)|first days of", lambda n: (1, 5)),
    (r"последн(?:ие|их) чис(?:ла|лах|ел)|last days of", lambda n: (n - 4, n)),
    (r"перв(?:ая|ую|ой) недел[яюеи]|first week of", lambda n: (1, 7)),
    (r"втор(?:ая|ую|ой) недел[яюеи]|second week of", lambda n: (8, 14)),
    (r"треть(?:я|ю|ей) недел[яюеи]|third week of", lambda n: (15, 21)),
    (r"последн(?:яя|юю|ей) недел[яюеи]|last week of", lambda n: (n - 6, n)),
)
_PART = "|".join(f"(?:{words})" for words, _ in _PARTS)


def _part_of_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = month_number(match["month"])
    if month is None:
        return None
    days = next(rule for words, rule in _PARTS if re.fullmatch(words, match["part"]))
    for year in (today.year, today.year + 1):
        first, last = days(_length(year, month))
        if date(year, month, last) >= today:
            return max(date(year, month, first), today), date(year, month, last)
    return None


# --------------------------------------------------------------------------- named periods


def _named(first: tuple[int, int], last: tuple[int, int]) -> Reader:
    """A period by (month, day) of both ends; an end before the start is in the next year; one that runs began today."""

    def read(_match: re.Match[str], today: date) -> tuple[date, date]:
        for year in (today.year - 1, today.year, today.year + 1):
            begin = date(year, *first)
            wraps = last < first
            end_year = year + 1 if wraps else year
            end = date(end_year, last[0], min(last[1], _length(end_year, last[0])))
            if end >= today:
                return max(begin, today), end
        raise AssertionError("a season always comes again")

    return read


def _season_part(match: re.Match[str], today: date) -> tuple[date, date] | None:
    months = next(m for stems, m in _SEASON_MONTHS if re.fullmatch(stems, match["season"]))
    part = match["part"]
    place = 0 if re.match(r"нач|в нач|early|beg|start", part) else 1 if re.match(r"сер|mid", part) else 2
    return _month_period(months[place], 1, 31, today)


_SEASON_MONTHS = (
    (r"лет[оаеуом]+|summer", (6, 7, 8)),
    (r"осен[ьиью]+|autumn|fall", (9, 10, 11)),
    (r"зим[аыеуой]+|winter", (12, 1, 2)),
    (r"весн[аыеуой]+|spring", (3, 4, 5)),
)
_SEASON = "|".join(stems for stems, _ in _SEASON_MONTHS)


def _offset(days_or_months: str, count: int, today: date) -> date:
    if re.match(r"мес|month", days_or_months):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, _length(year, month)))
    return today + timedelta(days=count * (7 if re.match(r"нед|week", days_or_months) else 1))


_COUNTS = {"": 1, "пару": 2, "две": 2, "два": 2, "три": 3, "a": 1, "two": 2, "three": 3, "a couple of": 2, "полторы": 1}


def _after(match: re.Match[str], today: date) -> tuple[date, date]:
    said = (match["count"] or "").strip()
    day = _offset(match["unit"], int(said) if said.isdigit() else _COUNTS.get(said, 1), today)
    return day, day


def _weekday(match: re.Match[str], today: date) -> tuple[date, date] | None:
    for number, stems in enumerate(_WEEKDAYS):
        if re.fullmatch(stems, match["day"]):
            day = today + timedelta(days=(number - today.weekday() - 1) % 7 + 1)
            return day, day
    return None


def _weekend(match: re.Match[str], today: date) -> tuple[date, date]:
    saturday = today + timedelta(days=(5 - today.weekday()) % 7)
    if today.weekday() == 6:
        saturday = today - timedelta(days=1)
    if match["next"]:
        saturday += timedelta(days=7)
    return max(saturday, today), saturday + timedelta(days=1)


def _this_week(_match: re.Match[str], today: date) -> tuple[date, date]:
    return today, today + timedelta(days=6 - today.weekday())


def _next_week(_match: re.Match[str], today: date) -> tuple[date, date]:
    monday = today + timedelta(days=7 - today.weekday())
    return monday, monday + timedelta(days=6)


def _this_month(_match: re.Match[str], today: date) -> tuple[date, date]:
    return today, today.replace(day=_length(today.year, today.month))


def _next_month(_match: re.Match[str], today: date) -> tuple[date, date]:
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return date(year, month, 1), date(year, month, _length(year, month))


def _days_ahead(days: int) -> Reader:
    return lambda _match, today: (today + timedelta(days=days), today + timedelta(days=days))


def _soon(_match: re.Match[str], today: date) -> tuple[date, date]:
    return today, today + timedelta(days=7)


# --------------------------------------------------------------------------- days


def _range_one_month(match: re.Match[str], today: date) -> tuple[date | None, date | None] | None:
    month = month_number(match["month"])
    if month is None:
        return None
    year = int(match["year"]) if match.groupdict().get("year") else None
    return _ends(_number(match["a"]), month, _number(match["b"]), month, year, today)


def _range_to_day(match: re.Match[str], today: date) -> tuple[date | None, date | None] | None:
    """«с 5 июня по 15-е», «с 28 июня по 5-е»: the last day is of the same month or of the next."""
    month = month_number(match["month"])
    if month is None:
        return None
    a, b = _number(match["a"]), _number(match["b"])
    return _ends(a, month, b, month if b >= a else month % 12 + 1, None, today)


def _range_two_months(match: re.Match[str], today: date) -> tuple[date | None, date | None] | None:
    first, last = month_number(match["month"]), month_number(match["month2"])
    if first is None or last is None:
        return None
    return _ends(_number(match["a"]), first, _number(match["b"]), last, None, today)


def _range_figures(match: re.Match[str], today: date) -> tuple[date | None, date | None] | None:
    years = [_year(match[name]) for name in ("y1", "y2")]
    year = years[0] or years[1]
    return _ends(int(match["a"]), int(match["m1"]), int(match["b"]), int(match["m2"]), year, today)


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _ends(a: int, m1: int, b: int, m2: int, year: int | None, today: date) -> tuple[date | None, date | None] | None:
    """Both ends of a range; an impossible or past end is dropped, the valid one kept."""
    first = _make(a, m1, year, today)
    if year is None and first is None and 1 <= m1 <= 12 and a <= 31:
        first = None
    last = _make(b, m2, year, today)
    if first and last and last < first and year is None:
        if (m2, b) >= (m1, a):  # the range runs now: it is the current one
            first = today
        else:
            last = _valid(first.year + 1, m2, b, today)
    return (first, last) if first or last else None


def _one_day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = month_number(match["month"])
    if month is None:
        return None
    day = _make(_number(match["a"]), month, _year(match.groupdict().get("year")), today)
    return (day, day) if day else None


def _one_figure(match: re.Match[str], today: date) -> tuple[date, date] | None:
    day = _make(int(match["a"]), int(match["m1"]), _year(match["y1"]), today)
    return (day, day) if day else None


def _bare_day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """«5-го»: the next fifth."""
    found = _next_day(_number(match["a"]), today)
    return (found, found) if found else None


def _bare_range(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """«с 5 по 15 числа»: the next fifth, and the fifteenth that follows it."""
    first = _next_day(_number(match["a"]), today)
    last = _next_day(_number(match["b"]), first) if first else None
    return (first, last) if first and last else None


def _next_day(number: int, today: date) -> date | None:
    for ahead in range(13):
        year, month = divmod(today.month - 1 + ahead, 12)
        found = _valid(today.year + year, month + 1, number, today)
        if found:
            return found
    return None


def _part_of_bare_month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """«в конце месяца», «в начале следующего месяца»."""
    year, month = divmod(today.month - 1 + bool(match["next"]), 12)
    year, month = today.year + year, month + 1
    rule = next(rule for words, rule in _PARTS if re.fullmatch(words, match["part"]))
    first, last = rule(_length(year, month))
    if date(year, month, last) < today:
        return None if match["next"] else _part_after(rule, month, year, today)
    return max(date(year, month, first), today), date(year, month, last)


def _part_after(rule: Callable[[int], tuple[int, int]], month: int, year: int, today: date) -> tuple[date, date]:
    year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    first, last = rule(_length(year, month))
    return max(date(year, month, first), today), date(year, month, last)


def _months(match: re.Match[str], today: date) -> tuple[date, date] | None:
    first, last = month_number(match["month"]), month_number(match["month2"])
    if first is None or last is None:
        return None
    begin, end = _month_period(first, 1, 31, today)
    for year in (begin.year, begin.year + 1):
        stop = date(year, last, _length(year, last))
        if stop >= end:
            return begin, stop
    return None


def _month(match: re.Match[str], today: date) -> tuple[date, date] | None:
    month = month_number(match["month"])
    if month is None:
        return None
    year = int(match["year"]) if match["year"] else None
    if year and date(year, month, _length(year, month)) < today:
        return None
    return _month_period(month, 1, 31, today, year)


_M, _M2 = rf"(?P<month>{MONTH})", rf"(?P<month2>{MONTH})"
_A, _B = rf"(?P<a>{_DAY})", rf"(?P<b>{_DAY})"
_FIG1 = r"(?P<a>[0-2]?\d|3[01])[./](?P<m1>0?[1-9]|1[0-2])(?:[./](?P<y1>20\d\d|\d\d))?"
_FIG2 = r"(?P<b>[0-2]?\d|3[01])[./](?P<m2>0?[1-9]|1[0-2])(?:[./](?P<y2>20\d\d|\d\d))?"
_Y = r"(?:\s*,?\s*(?P<year>20\d\d)(?:\s*г(?:ода|\.)?)?)?"

_TABLE: tuple[tuple[str, Reader], ...] = (
    (r"(?:на\s+)(?:8|восьмо\w+) марта", _named((3, 6), (3, 10))),
    (r"(?:на\s+)23 февраля", _named((2, 21), (2, 24))),
    (rf"(?:с\s+|from\s+)?{_FIG1}{_AND}{_FIG2}", _range_figures),
    (rf"(?:с\s+|from\s+)?{_A}\s+{_M}{_AND}{_B}\s+{_M2}", _range_two_months),
    (
        rf"(?:с\s+|со\s+|между\s+|from\s+|between\s+|туда\s+)?(?:the\s+)?{_A}{_AND}{_B}\s+(?:of\s+)?{_M}{_Y}",
        _range_one_month,
    ),
    (rf"(?:from\s+)?{_M}\s+{_A}{_AND}{_B}(?!\s*(?:ноч|night|дн|day))", _range_one_month),
    (
        rf"(?:с\s+|со\s+|from\s+)?{_A}\s+{_M}\s*(?:-|по|до|to|till|until|through)\s*(?:the\s+)?{_B}(?:\s+чис(?:ло|ла|лу))?"
        rf"(?!\s*(?:{MONTH}|ноч|дн|чел|взр|тыс|руб|лет|night|day|people|adult|[./:]\s*\d|\d))",
        _range_to_day,
    ),
    (rf"{_A}\s*(?:или|либо|or)\s*{_B}\s+(?:of\s+)?{_M}{_Y}", _range_one_month),
    (rf"(?P<part>{_PART})\s+(?:of\s+)?(?P<season>{_SEASON})(?!\w)", _season_part),
    (rf"(?P<part>{_PART})\s+(?:of\s+)?{_M}", _part_of_month),
    (
        rf"(?P<part>{_PART})\s+(?:of\s+)?(?:(?P<next>следующего|next)\s+|(?:этого|this|the)\s+)?(?:месяца|month)",
        _part_of_bare_month,
    ),
    (rf"{_A}\s+(?:of\s+)?{_M}{_Y}", _one_day),
    (rf"{_M}\s+(?:the\s+)?{_A}(?!\s*(?:ноч|night|дн|day|взр|чел|adult))(?![\d.]){_Y}", _one_day),
    (rf"(?:с\s+|со\s+)?(?P<a>{_ORDINAL}){_AND}(?P<b>{_ORDINAL})\s+{_M}{_Y}", _range_one_month),
    (rf"(?P<a>{_ORDINAL})\s+{_M}{_Y}", _one_day),
    (_FIG1, _one_figure),
    (r"(?:на\s+)?майски\w*(?: праздник\w*)?|may holidays", _named((5, 1), (5, 11))),
    (
        r"новогодн\w+(?: каникул\w*| праздник\w*)?|нов(?:ый|ого|ому|ым) год\w*|new year\w*(?:'s)?|жаңа жыл\w*",
        _named((12, 29), (1, 8)),
    ),
    (r"весенн\w+ каникул\w*|spring break", _named((3, 21), (3, 31))),
    (r"осенн\w+ каникул\w*", _named((10, 25), (11, 5))),
    (r"ноябрьск\w+(?: праздник\w*)?", _named((11, 1), (11, 5))),
    (r"июньск\w+ праздник\w*", _named((6, 11), (6, 14))),
    (r"бархатн\w+(?: сезон\w*)?", _named((9, 1), (10, 15))),
    (r"послезавтра|day after tomorrow", _days_ahead(2)),
    (r"завтра(?:шн\w+)?|tomorrow|ертең", _days_ahead(1)),
    (
        r"(?:через|in)\s+(?P<count>\d{1,2}|пару|две|два|три|полторы|a couple of|a|two|three)?\s*"
        r"(?P<unit>дн\w+|день|недел\w+|месяц\w*|days?|weeks?|months?)",
        _after,
    ),
    (r"(?:на\s+)?эт(?:ой|у) недел\w|this week", _this_week),
    (r"(?:на\s+)?следующ\w+ недел\w|next week|келесі апта\w*", _next_week),
    (r"(?:в\s+|на\s+)?(?:эти\s+|ближайш\w+\s+)?(?P<next>следующ\w+ |next )?(?:выходн\w+|weekend)", _weekend),
    (r"(?:в\s+)?этом месяце|this month", _this_month),
    (r"(?:в\s+)?следующ\w+ месяц\w*|next month", _next_month),
    (r"на днях|ближайш\w+ (?:дат\w+|врем\w+|дн\w+)|в ближайшее время|soon(?:est)?", _soon),
    (rf"(?:во?|на|on|в эту|в ближайшую)\s+(?P<day>{'|'.join(_WEEKDAYS)})(?!\w)", _weekday),
    (rf"{_M}\s*(?:-|или|и|,|/|or|and|to)\s*{_M2}", _months),
    (rf"(?<![\w]){_M}{_Y}", _month),
    (r"лет[оаеу](?:м)?(?!\w)|летн\w+|summer", _named((6, 1), (8, 31))),
    (r"осен[ьи]ю?(?!\w)|autumn", _named((9, 1), (11, 30))),
    (r"зим(?:а|ы|е|у|ой)(?!\w)|winter", _named((12, 1), (2, 29))),
    (r"весн(?:а|ы|е|у|ой)(?!\w)|spring", _named((3, 1), (5, 31))),
    (rf"(?:с\s+|со\s+)?(?P<a>{_DAY}|{_ORDINAL}){_AND}(?P<b>{_DAY}|{_ORDINAL})\s+чис(?:ло|ла|лу|лах)", _bare_range),
    (rf"(?P<a>{_DAY}|{_ORDINAL})\s+чис(?:ло|ла|лу|лах)", _bare_day),
    (r"чис(?:ла|ел)\s+(?P<a>[0-2]?\d|3[01])", _bare_day),
    (
        rf"(?:from\s+|between\s+)?(?:the\s+)?(?P<a>{_DAY}){_AND}(?P<b>(?:[0-2]?\d|3[01])(?:st|nd|rd|th))(?=\s*(?:[,.!?]|$))",
        _bare_range,
    ),
    (r"(?:the\s+)?(?P<a>(?:[0-2]?\d|3[01])(?:st|nd|rd|th))(?=\s*(?:[,.!?]|$))", _bare_day),
    (r"(?P<a>[0-2]?\d|3[01])-?(?:го|е)(?!\w)(?!\s*(?:турист|человек|ребен|взросл|чел))", _bare_day),
)
_COMPILED = tuple((re.compile(rf"(?<![\w.,/])(?:{pattern})(?![\w])"), reader) for pattern, reader in _TABLE)

_ABOUT = re.compile(
    r"(?:около|примерно|где-то|ориентировочно|в районе|плюс-минус|приблизительно|around|about|approximately)"
    r"\s+(?:с\s+|на\s+)?$"
)
_PLUS_MINUS = re.compile(r"\s*,?\s*(?:\+-|\+/-|±|плюс-минус)\s*(\d)")
_FROM_ONLY = re.compile(r"(?:^|[\s,.])(?:с|со|от|начиная с|from|starting|since)\s+$")
_AFTER_ONLY = re.compile(r"(?:после|after|не раньше|позже)\s+$")
_UNTIL = re.compile(
    r"(?:до|не позже|не позднее|к|вернуться к|вернуться до|быть дома к|по|until|till|before|by|no later than)\s+$"
)
_I_ANSWER = (
    r"(?:напиш|отпиш|сообщ|отвеч|ответ|скаж|реш|подума|определ)(?:у|ю|ем|им)(?:сь|ся)?(?!\w)|верн(?:усь|емся) к вам|дам знать|let you know|"
    r"(?:will|'ll) (?:write|answer|decide|call|think)"
)
_NO_TRIP = re.compile(
    rf"(?:родил\w*|рожден\w*|(?<!\w)д\.?\s?р\.?(?!\w)|{_I_ANSWER}|паспорт\w*|действ\w+|срок\w*|born|passport|valid|позвон\w+|перезвон\w+|набер\w+|созвон\w+|звон\w+|работ\w+|открыт\w*|офис\w*|office|open|close\w*|phone me|ring me|call us|"
    r"оплат\w+|заплач\w*|call me|pay)[^.!?\x01]{0,30}$"
)
_BIRTHDAY = re.compile(
    r"\s*(?:ему|ей|им|мне|сыну|дочке|дочери|ребенку|he|she)?\s*(?:уже\s+|как раз\s+)?"
    r"(?:исполн\w+|стукнет|turns?(?!\w)|will (?:be|turn) \d|будет\s+(?:\d+(?!\s*(?:ноч|дн|чел))|\w+ (?:лет|год)))"
)
"""«в июне исполнится 6»: a day of birth, not a trip."""
_ANSWERED_THEN = re.compile(rf"\s*(?:(?:я|мы|вам|we|i)\s+)?(?:{_I_ANSWER}|(?:по|пере|со)звон\w+)")
"""«завтра напишу»: the day to answer."""
_BIRTHDAY_IN = re.compile(r"исполн\w+\s+(?:\w+\s+(?:лет|года?)\s+)?(?:в\s+)?$")
_MOVES = r"(?:перен[оеё]с\w*|сдвин\w+|измен\w+|поменя\w+|замен\w+|move|change|reschedule|switch|postpone)"
_INSTEAD = re.compile(
    rf"(?<!\w)(?:{_MOVES}|хотя нет|нет,? (?:лучше|давайте)|точнее|вернее|wait,? no|actually|or rather)(?!\w)"
)
_MOVED_TO = re.compile(rf"{_MOVES}[^.!?]{{0,30}}$")
_SHIFT = re.compile(
    r"(?:сдви\w+|перенес\w+|подвин\w+|move|shift)\s+[^.!?]{0,15}?на\s+(?P<n>\d{1,2}|день|недел\w+|пару дней)\s*"
    r"(?P<unit>дн\w*|недел\w*|days?|weeks?)?\s*(?P<way>позже|вперед|попозже|раньше|пораньше|назад|later|earlier)?"
)


def read_periods(text: Prepared, today: date, begins: date | None = None) -> list[Period]:
    """All trip periods said, in order of the text; what was read is taken.

    `begins`: the day from which a day of no month («с 5 числа») is looked for, when it is not today.
    """
    periods: list[Period] = []
    for expression, reader in _COMPILED:
        for match in expression.finditer(text.rest):
            if GONE in text.rest[match.start() : match.end()]:
                continue
            before = text.norm[max(0, match.start() - 45) : match.start()]
            if _no_trip(text, match, before):
                text.take(match.start(), match.end())
                continue
            ends = reader(match, begins or today if reader in (_bare_day, _bare_range) else today)
            text.take(match.start(), match.end())
            if ends and _MOVED_TO.search(before) and re.search(r"\d\s*(?:на|to)\s", match.group()):
                ends = ends[1], ends[1]  # «перенесите с 5 на 12 июля»: the new day alone
            if ends:
                periods.append(_qualified(text, match, ends, before, today))
    return sorted(periods, key=lambda period: period.start)


def _no_trip(text: Prepared, match: re.Match[str], before: str) -> bool:
    """A day of birth, of a passport, to call or to answer."""
    if _NO_TRIP.search(before) or _BIRTHDAY_IN.search(before):
        return True
    return bool(_BIRTHDAY.match(text.norm, match.end()) or _ANSWERED_THEN.match(text.norm, match.end()))


_ANSWER_RANGE = re.compile(
    rf"(?<![\w.,/])(?:с\s+|со\s+|from\s+)?(?:the\s+)?(?P<a>{_DAY}|{_ORDINAL}){_AND}(?P<b>{_DAY}|{_ORDINAL})(?![\w.,/]\d|\w)"
)
_ANSWER_DAY = re.compile(
    rf"(?<![\w.,/+-])(?P<a>{_DAY}|{_ORDINAL})(?![\w.,/+-]\d|\w)"
    r"(?!\s*(?:взр|чел|дет|реб|ноч|дн|нед|тыс|руб|лет|год|зв|adult|night|day|week|kid|child|people|person|star|\*))"
)


_ANSWER_SOON = re.compile(r"ближайш\w+|(?:как можно )?(?:скорее|быстрее|раньше)|поскорее|asap|as soon as possible")


def read_bare_days(text: Prepared, today: date, begins: date) -> Period | None:
    """«с 5», «10-20», «после десятого»: days of no month, as an answer to our question for the dates."""
    answers = ((_ANSWER_RANGE, _bare_range), (_ANSWER_DAY, _bare_day), (_ANSWER_SOON, _soon))
    for expression, reader in answers:
        match = expression.search(text.rest)
        ends = reader(match, begins) if match else None
        if match and ends:
            before = text.norm[max(0, match.start() - 45) : match.start()]
            period = _qualified(text, match, ends, before, today)
            text.take(match.start(), match.end())
            return period
    return None


def _qualified(
    text: Prepared, match: re.Match[str], ends: tuple[date | None, date | None], before: str, today: date
) -> Period:
    """«около 20 февраля», «с 10 июня», «до 20 июня»: the word before a day changes what it means."""
    first, last = ends
    start, end = match.start(), match.end()
    single = first is not None and first == last
    if not single or first is None:
        begins = re.match(r"(?:с|со|from)\s", match.group())
        return Period(first, last, start, end, sure=0.9 if begins else 0.95)
    spread = _PLUS_MINUS.match(text.norm, end)
    if spread:
        wide = timedelta(days=int(spread[1]))
        return Period(max(first - wide, today), first + wide, start, spread.end())
    if _ABOUT.search(before) and not re.search(r"(?:с|from)\s+$", before):
        return Period(max(first - timedelta(days=3), today), first + timedelta(days=3), start, end, sure=0.85)
    if _UNTIL.search(before):
        return Period(None, last, start, end)
    if _AFTER_ONLY.search(before):
        return Period(first, None, start, end)
    if _FROM_ONLY.search(before):
        return Period(first, None, start, end, start_only=True)
    return Period(first, last, start, end)


def read_shift(
    text: Prepared, known: tuple[date | None, date | None]
) -> tuple[date | None, date | None, int, int] | None:
    """«сдвиньте на 3 дня позже»: the dates known before, moved."""
    match = _SHIFT.search(text.rest)
    if not match or not (known[0] or known[1]):
        return None
    said, unit = match["n"], match["unit"] or match["n"]
    count = int(said) if said.isdigit() else 2 if said.startswith("пару") else 1
    days = count * (7 if unit.startswith(("недел", "week")) else 1)
    back = (match["way"] or "").startswith(("раньше", "пораньше", "назад", "earlier"))
    delta = timedelta(days=-days if back else days)
    text.take(match.start(), match.end())
    return (
        known[0] + delta if known[0] else None,
        known[1] + delta if known[1] else None,
        match.start(),
        match.end(),
    )


def joined(periods: list[Period], text: Prepared, *, with_stay: bool) -> Period | None:
    """One period of all: adjoining ones («конец мая или начало июня») are joined, «с … до …» is put together."""
    if not periods:
        return None
    periods = _last_word(periods, text)
    whole = periods[0]
    for nxt in periods[1:]:
        between = text.norm[whole.end : nxt.start]
        near = len(between) < 25
        if whole.first and not whole.last and nxt.last and near:
            whole = Period(whole.first, nxt.last, whole.start, nxt.end)
        elif whole.first and whole.last and nxt.first and nxt.last and near and _touch(whole, nxt):
            whole = Period(min(whole.first, nxt.first), max(whole.last, nxt.last), whole.start, nxt.end, sure=0.9)
        elif (
            whole.first == whole.last
            and nxt.first
            and nxt.first == nxt.last
            and re.search("обратно|назад|return|back", between)
        ):
            whole = Period(whole.first, nxt.last, whole.start, nxt.end)
    if whole.start_only and with_stay:
        whole = Period(whole.first, whole.first, whole.start, whole.end)
    return whole


def _last_word(periods: list[Period], text: Prepared) -> list[Period]:
    """Of «не сможем в июне, перенесите на июль» and «на майские… хотя нет, на 5 июня» only what was said last."""
    for match in _INSTEAD.finditer(text.norm):
        after = [period for period in periods if period.start >= match.start()]
        if after:
            periods = after
    return periods


def _touch(a: Period, b: Period) -> bool:
    if not (a.first and a.last and b.first and b.last):
        return False
    return abs((b.first - a.last).days) <= 1 or abs((a.first - b.last).days) <= 1 or (b.first <= a.last <= b.last)
