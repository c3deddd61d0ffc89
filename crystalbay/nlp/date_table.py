"""The grammar of dates and vague periods: labels.md section 4, one pattern a row of its table, with what it means."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

_MONTH_STEMS = (
    r"январ\w*|янв|january|jan|yanvar\w*|қаңтар\w*",
    r"феврал\w*|февр?|february|feb|fevral\w*|ақпан\w*",
    r"март(?:а|е|у|ом)?|march|mar|marte?|наурыз\w*",
    r"апрел\w*|апр|april|apr|aprel\w*|сәуір\w*",
    r"ма(?:й|я|е|ю|ем)|may|maya|mae|мамыр\w*",
    r"июн\w*|june|jun|iyun\w*|маусым\w*",
    r"июл\w*|july|jul|iyul\w*|шілде\w*",
    r"август\w*|авг|august|aug|avgust\w*|тамыз\w*",
    r"сентябр\w*|сент?|september|sept?|sentyabr\w*|қыркүйек\w*",
    r"октябр\w*|окт|october|oct|oktyabr\w*|қазан\w*",
    r"ноябр\w*|нояб?|november|nov|noyabr\w*|қараша\w*",
    r"декабр\w*|дек|december|dec|dekabr\w*|желтоқсан\w*",
)
MONTH = rf"(?:{'|'.join(_MONTH_STEMS)})(?!\w)\.?"
DAY = r"(?:[0-2]?\d|3[01])(?:-?(?:го|е|ого|му|ое|м)\b|st\b|nd\b|rd\b|th\b)?"
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
ORDINAL = rf"(?:{'|'.join(_ORDINAL_DAYS)})(?:е?го|е|е?му|е?м)(?!\w)"
_YEAR = r"(?:\s*,?\s*(20\d\d)(?:\s*г\w*\.?)?)?"
_BACK = r",?\s*(?:а\s+|и\s+|and\s+)?(?:обратно|назад|возврат|back|return(?:ing)?)\s*(?:-\s*)?"
AND = rf"(?:\s*(?:-|по|до|на|и|to|till|until|through|and)\s*(?:по\s|до\s|the\s)?|{_BACK})"
_WEEKDAYS = (
    r"понедельник\w*|monday", r"вторник\w*|tuesday", r"сред[уые]|wednesday", r"четверг\w*|thursday",
    r"пятниц\w*|friday", r"суббот\w*|saturday", r"воскресень\w*|sunday",
)  # fmt: skip


Reader = Callable[[re.Match[str], date], tuple[date | None, date | None] | None]


def month_number(text: str) -> int | None:
    for number, stems in enumerate(_MONTH_STEMS, 1):
        if re.fullmatch(stems, text.rstrip(".")):
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
    days = _rule_of(match["part"])
    for year in (today.year, today.year + 1):
        first, last = days(_length(year, month))
        if date(year, month, last) >= today:
            return max(date(year, month, first), today), date(year, month, last)
    return None


def _parts(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """«с конца июня до середины июля», «середина-конец сентября»."""
    last_month = month_number(match["month2"])
    first_month = month_number(match["month"]) if match["month"] else last_month
    if first_month is None or last_month is None:
        return None
    first, last = _rule_of(match["part"]), _rule_of(match["part2"])
    for year in (today.year, today.year + 1):
        end_year = year + (last_month < first_month)
        end = date(end_year, last_month, last(_length(end_year, last_month))[1])
        if end >= today:
            return max(date(year, first_month, first(_length(year, first_month))[0]), today), end
    return None


def _rule_of(part: str) -> Callable[[int], tuple[int, int]]:
    return next(rule for words, rule in _PARTS if re.fullmatch(words, part))


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


_SOON_ENOUGH = timedelta(days=92)


def _season(first: tuple[int, int], last: tuple[int, int]) -> Reader:
    """A season; «следующей весной» is the one after a spring that runs or is about to begin."""
    named = _named(first, last)

    def read(match: re.Match[str], today: date) -> tuple[date, date] | None:
        ends = named(match, today)
        if not (ends and match["next"] and ends[0] and ends[1]) or ends[0] - today > _SOON_ENOUGH:
            return ends  # type: ignore[return-value]
        return named(match, ends[1] + timedelta(days=1))  # type: ignore[return-value]

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
    if re.match(r"мес|month|ай", days_or_months):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, _length(year, month)))
    return today + timedelta(days=count * (7 if re.match(r"нед|week|апта", days_or_months) else 1))


_COUNTS = {
    "": 1,
    "пару": 2,
    "две": 2,
    "два": 2,
    "три": 3,
    "a": 1,
    "two": 2,
    "three": 3,
    "a couple of": 2,
    "полторы": 1,
    "бір": 1,
    "екі": 2,
    "үш": 3,
}


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


def soon(_match: re.Match[str], today: date) -> tuple[date, date]:
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


def bare_day(match: re.Match[str], today: date) -> tuple[date, date] | None:
    """«5-го»: the next fifth."""
    found = _next_day(_number(match["a"]), today)
    return (found, found) if found else None


def bare_range(match: re.Match[str], today: date) -> tuple[date, date] | None:
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
    rule = _rule_of(match["part"])
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


_NEXT = r"(?:(?P<next>следующ\w+|next|келесі)\s+)?"
_M, _M2 = rf"(?P<month>{MONTH})", rf"(?P<month2>{MONTH})"
_A, _B = rf"(?P<a>{DAY})", rf"(?P<b>{DAY})"
_FIG1 = r"(?P<a>[0-2]?\d|3[01])[./](?P<m1>0?[1-9]|1[0-2])(?:[./](?P<y1>20\d\d|\d\d))?"
_FIG2 = r"(?P<b>[0-2]?\d|3[01])[./](?P<m2>0?[1-9]|1[0-2])(?:[./](?P<y2>20\d\d|\d\d))?"
_Y = r"(?:\s*,?\s*(?P<year>20\d\d)(?:\s*г(?:ода|\.)?)?)?"

_TABLE: tuple[tuple[str, Reader], ...] = (
    (r"(?:на\s+)(?:8|восьмо\w+) марта", _named((3, 6), (3, 10))),
    (r"(?:на\s+)23 февраля", _named((2, 21), (2, 24))),
    (rf"(?:с\s+|from\s+)?{_FIG1}{AND}{_FIG2}", _range_figures),
    (rf"(?:с\s+|from\s+|between\s+)?{_A}\s+{_M}{AND}{_B}\s+{_M2}", _range_two_months),
    (rf"(?:from\s+|between\s+)?{_M}\s+{_A}{AND}{_M2}\s+{_B}", _range_two_months),
    (rf"{_A}\s+{_M}\s+{_B}\s+{_M2}\s+дейін", _range_two_months),
    (
        rf"(?:с\s+|со\s+|между\s+|from\s+|between\s+|туда\s+)?(?:the\s+)?{_A}{AND}{_B}\s+(?:of\s+)?{_M}{_Y}",
        _range_one_month,
    ),
    (rf"(?:from\s+)?{_M}\s+{_A}{AND}{_B}(?!\s*(?:ноч|night|дн|day))", _range_one_month),
    (
        rf"(?:с\s+|со\s+|from\s+)?{_A}\s+{_M}\s*(?:-|по|до|to|till|until|through)\s*(?:the\s+)?{_B}(?:\s+чис(?:ло|ла|лу))?"
        rf"(?!\s*(?:{MONTH}|ноч|дн|чел|взр|тыс|руб|лет|night|day|people|adult|[./:]\s*\d|\d))",
        _range_to_day,
    ),
    (rf"{_A}\s*(?:или|либо|or)\s*{_B}\s+(?:of\s+)?{_M}{_Y}", _range_one_month),
    (
        rf"(?P<part>{_PART})(?:\s+(?:of\s+)?{_M})?\s*(?:-|до|по|и|или|to|or|till)\s*(?:в\s+|the\s+)?"
        rf"(?P<part2>{_PART})[\s-]+(?:of\s+)?{_M2}",
        _parts,
    ),
    (rf"{_M}\s*,\s*(?P<part>{_PART})(?!\s+(?:of\s+)?(?:{MONTH}|{_SEASON}))", _part_of_month),
    (rf"{_M}\s+(?P<part>басында|ортасында|соңында)", _part_of_month),
    (rf"(?P<part>{_PART})\s+(?:of\s+)?(?P<season>{_SEASON})(?!\w)", _season_part),
    (rf"(?P<part>{_PART})[\s-]+(?:of\s+)?{_M}", _part_of_month),
    (
        rf"(?P<part>{_PART})\s+(?:of\s+)?(?:(?P<next>следующего|next)\s+|(?:этого|this|the)\s+)?(?:месяца|month)",
        _part_of_bare_month,
    ),
    (rf"{_A}\s+(?:of\s+)?{_M}{_Y}", _one_day),
    (rf"{_M}\s+(?:the\s+)?{_A}(?!\s*(?:ноч|night|дн|day|взр|чел|adult))(?![\d.]){_Y}", _one_day),
    (rf"(?:с\s+|со\s+)?(?P<a>{ORDINAL}){AND}(?P<b>{ORDINAL})\s+{_M}{_Y}", _range_one_month),
    (rf"(?P<a>{ORDINAL})\s+{_M}{_Y}", _one_day),
    (rf"{_FIG1}(?![./]?\d)(?!\s*(?:млн|милл|лям|тыс|mln|million|звезд|\*))", _one_figure),
    (r"(?:на\s+)?майски\w*(?: праздник\w*)?|may holidays", _named((5, 1), (5, 11))),
    (
        r"новогодн\w+(?: каникул\w*| праздник\w*)?|нов(?:ый|ого|ому|ым) год\w*|(?<=на )нг|new year\w*(?:'s)?|жаңа жыл\w*",
        _named((12, 29), (1, 8)),
    ),
    (r"весенн\w+ каникул\w*|spring break", _named((3, 21), (3, 31))),
    (r"осенн\w+ каникул\w*", _named((10, 25), (11, 5))),
    (r"ноябрьск\w+(?: праздник\w*)?", _named((11, 1), (11, 5))),
    (r"июньск\w+ праздник\w*|(?<=на )июньск(?:ие|их)(?!\s+(?:дат|тур|числ))", _named((6, 11), (6, 14))),
    (r"бархатн\w+(?: сезон\w*)?", _named((9, 1), (10, 15))),
    (r"послезавтра|day after tomorrow", _days_ahead(2)),
    (r"завтра(?:шн\w+)?|tomorrow|ертең", _days_ahead(1)),
    (
        r"(?:через|in)\s+(?P<count>\d{1,2}|пару|две|два|три|полторы|a couple of|a|two|three)?\s*"
        r"(?P<unit>дн\w+|день|недел\w+|месяц\w*|days?|weeks?|months?)",
        _after,
    ),
    (r"(?P<count>\d{1,2}|бір|екі|үш)\s+(?P<unit>күн|апта|ай)(?:нан|нен|дан|ден|тан|тен)?\s+(?:кейін|соң)", _after),
    (r"(?:на\s+)?эт(?:а|ой|у) недел\w|this week|осы апта\w*", _this_week),
    (r"(?:на\s+)?следующ\w+ недел\w|next week|келесі апта\w*", _next_week),
    (r"(?:в\s+|на\s+)?(?:эти\s+|ближайш\w+\s+)?(?P<next>следующ\w+ |next )?(?:выходн\w+|weekend)", _weekend),
    (r"(?:в\s+)?этом месяце|this month", _this_month),
    (r"(?:в\s+)?следующ\w+ месяц\w*|next month|келесі ай\w*", _next_month),
    (r"на днях|ближайш\w+ (?:дат\w+|врем\w+|дн\w+)|в ближайшее время|soon(?:est)?", soon),
    (rf"(?:во?|на|on|next|this|в эту|в ближайшую)\s+(?P<day>{'|'.join(_WEEKDAYS)})(?!\w)", _weekday),
    (rf"{_M}\s*(?:-|или|и|по|до|,|/|or|and|to)\s*{_M2}", _months),
    (rf"(?<![\w]){_M}{_Y}", _month),
    (rf"{_NEXT}(?:лет[оаеу](?:м)?(?!\w)|(?<!\d-)(?<!\d )летн\w+|summer|жаз(?:да|ғы)?(?!\w))", _season((6, 1), (8, 31))),
    (rf"{_NEXT}(?:осен[ьи]ю?(?!\w)|autumn|күз(?:де|гі)(?!\w))", _season((9, 1), (11, 30))),
    (rf"{_NEXT}(?:зим(?:а|ы|е|у|ой)(?!\w)|winter|қыс(?:та|қы)(?!\w))", _season((12, 1), (2, 29))),
    (rf"{_NEXT}(?:весн(?:а|ы|е|у|ой)(?!\w)|spring|көктем(?:де|гі)(?!\w))", _season((3, 1), (5, 31))),
    (rf"(?:с\s+|со\s+)?(?P<a>{DAY}|{ORDINAL}){AND}(?P<b>{DAY}|{ORDINAL})\s+чис(?:ло|ла|лу|лах)", bare_range),
    (rf"(?P<a>{DAY}|{ORDINAL})\s+чис(?:ло|ла|лу|лах)", bare_day),
    (r"чис(?:ла|ел)\s+(?P<a>[0-2]?\d|3[01])", bare_day),
    (
        rf"(?:from\s+|between\s+)?(?:the\s+)?(?P<a>{DAY}){AND}(?P<b>(?:[0-2]?\d|3[01])(?:st|nd|rd|th))(?=\s*(?:[,.!?]|$))",
        bare_range,
    ),
    (r"(?:the\s+)?(?P<a>(?:[0-2]?\d|3[01])(?:st|nd|rd|th))(?=\s*(?:[,.!?]|$))", bare_day),
    (r"(?P<a>[0-2]?\d|3[01])-?(?:го|е)(?!\w)(?!\s*(?:турист|человек|ребен|взросл|чел))", bare_day),
)
PATTERNS = tuple((re.compile(rf"(?<![\w.,/])(?:{pattern})(?![\w])"), reader) for pattern, reader in _TABLE)
