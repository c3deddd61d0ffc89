"""When: the trip's dates, from the periods that a message names (date_table.py) and the words around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from crystalbay.nlp.date_table import AND, DAY, ORDINAL, PATTERNS, bare_day, bare_range, soon
from crystalbay.nlp.numbers import value
from crystalbay.nlp.text import GONE, Prepared


@dataclass(frozen=True, slots=True)
class Period:
    """`first` or `last` is None when only the other end was said. `start_only`: «с 10 июня»."""

    first: date | None
    last: date | None
    start: int
    end: int
    start_only: bool = False
    sure: float = 0.95


_ABOUT = re.compile(
    r"(?:около|примерно|где-то|ориентировочно|в районе|плюс[- ]минус|приблизительно|around|about|approximately)"
    r"\s+(?:числа\s+)?(?:с\s+|на\s+)?(?:the\s+)?$"
)
_PLUS_MINUS = re.compile(
    r"\s*,?\s*(?:\+-|\+/-|±|плюс[- ]минус|give or take)(?:\s*(?P<count>\d|пар[ау]|a couple|two|день|a day))?"
)
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
    r"оплат\w+|оплач\w+|заплач\w*|call me|pay)[^.!?\x01]{0,30}$"
)
_BIRTHDAY = re.compile(
    r"\s*(?:ему|ей|им|мне|сыну|дочке|дочери|ребенку|he|she)?\s*(?:уже\s+|как раз\s+)?"
    r"(?:исполн\w+|стукнет|turns?(?!\w)|will (?:be|turn) \d|будет\s+(?:\d+(?!\s*(?:ноч|дн|чел))|\w+ (?:лет|год)))"
)
"""«в июне исполнится 6»: a day of birth, not a trip."""
_ANSWERED_THEN = re.compile(rf"\s*(?:(?:я|мы|вам|we|i)\s+)?(?:{_I_ANSWER}|(?:по|пере|со)звон\w+)")
"""«завтра напишу»: the day to answer."""
_NEGATED = re.compile(r"(?<!\w)(?:не|кроме|not|except)\s+(?:в\s+|на\s+|in\s+|on\s+)?$")
"""«не в июле»."""
_OFFICE_THEN = re.compile(r"\s+(?:\w+\s+)?(?:офис\w*|работа\w+|открыт\w*|is the office|are you open|open)(?!\w)")
"""«в субботу офис работает?»"""
_BIRTHDAY_IN = re.compile(r"исполн\w+\s+(?:\w+\s+(?:лет|года?)\s+)?(?:в\s+)?$")
_MOVES = r"(?:перен[оеё]с\w*|сдвин\w+|измен\w+|поменя\w+|замен\w+|move|change|reschedule|switch|postpone)"
_INSTEAD = re.compile(
    rf"(?<!\w)(?:{_MOVES}|хотя нет|нет,? (?:лучше|давайте)|точнее|вернее|wait,? no|actually|or rather)(?!\w)"
)
_MOVED_TO = re.compile(rf"{_MOVES}[^.!?]{{0,30}}$")
_WAY = r"позже|вперед|попозже|раньше|пораньше|назад|later|earlier"
_SHIFT_COUNT = r"(?P<n>\d{1,2}|пар[ау]|две|два|три|a couple of|a|one|two|three)?\s*(?P<unit>день|дн\w+|денек|недел\w+|days?|weeks?)"
_SHIFT = re.compile(
    rf"(?:сдви\w+|перенес\w+|подвин\w+|move|shift)\s+[^.!?]{{0,15}}?(?:на|by)\s+{_SHIFT_COUNT}(?:\s*(?P<way>{_WAY}))?(?!\w)"
    rf"|(?:на\s+)?{_SHIFT_COUNT.replace('<n>', '<n2>').replace('<unit>', '<unit2>')}\s+(?P<way2>{_WAY})(?!\w)"
)


def read_periods(text: Prepared, today: date, begins: date | None = None) -> list[Period]:
    """All trip periods said, in order of the text; what was read is taken.

    `begins`: the day from which a day of no month («с 5 числа») is looked for, when it is not today.
    """
    periods: list[Period] = []
    for expression, reader in PATTERNS:
        for match in expression.finditer(text.rest):
            if GONE in text.rest[match.start() : match.end()]:
                continue
            before = text.norm[max(0, match.start() - 45) : match.start()]
            if _no_trip(text, match, before):
                text.take(match.start(), match.end())
                continue
            ends = reader(match, begins or today if reader in (bare_day, bare_range) else today)
            text.take(match.start(), match.end())
            if ends and _MOVED_TO.search(before) and re.search(r"\d\s*(?:на|to)\s", match.group()):
                ends = ends[1], ends[1]  # «перенесите с 5 на 12 июля»: the new day alone
            if ends:
                periods.append(_qualified(text, match, ends, before, today))
    return sorted(periods, key=lambda period: period.start)


def _no_trip(text: Prepared, match: re.Match[str], before: str) -> bool:
    """A day of birth, of a passport, to call or to answer."""
    if _NO_TRIP.search(before) or _BIRTHDAY_IN.search(before) or _NEGATED.search(before):
        return True
    behind = (_BIRTHDAY, _ANSWERED_THEN, _OFFICE_THEN)
    return any(said.match(text.norm, match.end()) for said in behind)


_ANSWER_RANGE = re.compile(
    rf"(?<![\w.,/])(?:с\s+|со\s+|from\s+)?(?:the\s+)?(?P<a>{DAY}|{ORDINAL}){AND}(?P<b>{DAY}|{ORDINAL})(?![\w.,/]\d|\w)"
)
_ANSWER_DAY = re.compile(
    rf"(?<![\w.,/+-])(?P<a>{DAY}|{ORDINAL})(?![\w.,/+-]\d|\w)"
    r"(?!\s*(?:взр|чел|дет|реб|ноч|дн|нед|тыс|руб|лет|год|зв|adult|night|day|week|kid|child|people|person|star|\*))"
)


_ANSWER_SOON = re.compile(r"ближайш\w+|(?:как можно )?(?:скорее|быстрее|раньше)|поскорее|asap|as soon as possible")


def read_bare_days(text: Prepared, today: date, begins: date) -> Period | None:
    """«с 5», «10-20», «после десятого»: days of no month, as an answer to our question for the dates."""
    answers = ((_ANSWER_RANGE, bare_range), (_ANSWER_DAY, bare_day), (_ANSWER_SOON, soon))
    for expression, reader in answers:
        match = expression.search(text.rest)
        ends = reader(match, begins) if match else None
        if match and ends:
            before = text.norm[max(0, match.start() - 45) : match.start()]
            period = _qualified(text, match, ends, before, today)
            text.take(match.start(), match.end())
            return period
    return None


_SPREAD = {"": 3, "пара": 2, "пару": 2, "a couple": 2, "two": 2, "день": 1, "a day": 1}


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
        wide = timedelta(days=_SPREAD.get(said := spread["count"] or "", 0) or int(said))
        return Period(max(first - wide, today), first + wide, start, spread.end())
    if _ABOUT.search(before) and not re.search(r"(?<!\w)(?:с|from)\s+$", before):
        return Period(max(first - timedelta(days=3), today), first + timedelta(days=3), start, end, sure=0.85)
    if _UNTIL.search(before):
        return Period(None, last, start, end)
    if _AFTER_ONLY.search(before):
        return Period(first, None, start, end)
    if _FROM_ONLY.search(before):
        return Period(first, None, start, end, start_only=True)
    return Period(first, last, start, end)


_COUNTS = {"пару": 2, "пара": 2, "a couple of": 2}


def read_shift(
    text: Prepared, known: tuple[date | None, date | None]
) -> tuple[date | None, date | None, int, int] | None:
    """«сдвиньте на 3 дня позже»: the dates known before, moved."""
    match = _SHIFT.search(text.rest)
    if not match or not (known[0] or known[1]):
        return None
    said, unit = match["n"] or match["n2"] or "", match["unit"] or match["unit2"]
    count = _COUNTS.get(said) or value(said) or 1
    days = count * (7 if unit.startswith(("недел", "week")) else 1)
    back = (match["way"] or match["way2"] or "").startswith(("раньше", "пораньше", "назад", "earlier"))
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
