"""How much: budgets (labels.md section 7). A price a night and a price quoted from elsewhere are no budget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from crystalbay.nlp.numbers import BIG_WORDS, value
from crystalbay.nlp.text import Prepared
from crystalbay.nlp.withdrawn import NO_MATTER

# --------------------------------------------------------------------------- one amount

_CURRENCIES = (
    ("USD", r"\$|доллар\w*|долар\w*|бакс\w*|у\.?\s?е\.?(?!\w)|usd|dollars?|bucks"),
    ("EUR", r"€|евро|eur|euros?"),
    ("KZT", r"₸|тенге|теңге\w*|тг|kzt|tenge"),
    ("RUB", r"₽|руб\w*|р(?:\.|(?=[\s,.!?)]|$))|rub\w*|roubles?|rubles?"),
)
_CURRENCY = "|".join(words for _, words in _CURRENCIES)
_THOUSAND = r"тысяч\w*|тыщ\w*|тыс\.?|т\.?\s?р\.?|тр|к|k|thousand|мың|штук\w?(?=\s+(?:руб|бакс|евро))|tysyach\w*"
_MILLION = r"миллион\w*|млн\.?|лям\w*|million|mln|m(?=\s)"
_GROUPED = r"\d{1,3}(?:[ \u00a0.,]\d{3})+(?!\d)"
_FIGURE = rf"{_GROUPED}|\d+(?:[.,]\d{{1,2}})?(?![.,]?\d)"
_HALVES = {
    "полтора": 1.5,
    "полторы": 1.5,
    "полутора": 1.5,
    "пол": 0.5,
    "полу": 0.5,
    "half a": 0.5,
    "half": 0.5,
    "a": 1.0,
}
_WORDS = rf"полтораста|полтор[аы]|полутора|полу?(?=миллион)|half(?: a)?(?=\s+million)|a(?=\s+(?:thousand|million))|{BIG_WORDS}"
_ONE_AMOUNT = re.compile(
    rf"(?<![\w.,№#])(?:(?P<before>{_CURRENCY})\s*)?"
    rf"(?:(?P<figure>{_FIGURE}|{_WORDS})(?:\s*(?P<unit>{_THOUSAND}|{_MILLION})(?!\w))?|(?P<alone>{_MILLION})(?!\w))"
    rf"(?:\s*(?P<after>{_CURRENCY})(?!\w))?"
)
_UNIT_FIRST = re.compile(
    rf"(?<!\w)(?<!\d )(?:тысяч|тыщ)\s+(?:(?:за|до|в|под)\s+|на\s+(?=\d))?(?P<figure>{_FIGURE}|{_WORDS})"
    rf"(?:\s*-\s*(?P<figure2>{_FIGURE}))?(?!\s*(?:{_THOUSAND}|{_MILLION})(?!\w))(?:\s*(?P<after>{_CURRENCY})(?!\w))?"
)
"""«тысяч 200», «тысяч за двести»."""


@dataclass(frozen=True, slots=True)
class _Amount:
    """`unit`: how many ones its word stands for (1: no such word); `words`: anything marks it as money."""

    number: float
    unit: int
    currency: str | None
    start: int
    end: int

    @property
    def marked(self) -> bool:
        return self.unit > 1 or self.currency is not None


def _amounts(text: str) -> Iterator[_Amount]:
    """All that could be an amount, from left to right."""
    taken = 0
    for first in _UNIT_FIRST.finditer(text):
        yield from _plain_amounts(text, taken, first.start())
        taken = first.end()
        for figure in filter(None, (first["figure"], first["figure2"])):
            number = _number(figure)
            if number is not None:
                yield _Amount(number * 1000, 1000, _code(first["after"]), first.start(), first.end())
    yield from _plain_amounts(text, taken, len(text))


def _plain_amounts(text: str, start: int, end: int) -> Iterator[_Amount]:
    before: _Amount | None = None
    for match in _ONE_AMOUNT.finditer(text, start, end):
        number = 1.0 if match["alone"] else _number(match["figure"])
        if number is None:
            continue
        unit = _size(match["alone"] or match["unit"] or "")
        found = _Amount(
            number * unit, unit, _code(match["before"]) or _code(match["after"]), match.start(), match.end()
        )
        if before and before.unit > found.unit > 1 and not text[before.end : found.start].strip():
            found = replace(found, number=before.number + found.number, start=before.start)  # «1 млн 200 тыс»
        elif before:
            yield before
        before = found
    if before:
        yield before


def _number(figure: str) -> float | None:
    if figure in _HALVES:
        return _HALVES[figure]
    if figure == "полтораста":
        return 150
    if re.fullmatch(_GROUPED, figure):
        return float(re.sub(r"\D", "", figure))
    return float(figure.replace(",", ".")) if figure[0].isdigit() else value(figure)


def _size(word: str) -> int:
    if not word:
        return 1
    return 1_000_000 if re.fullmatch(_MILLION, word) else 1000


def _code(sign: str | None) -> str | None:
    return next((code for code, words in _CURRENCIES if sign and re.fullmatch(words, sign)), None)


# --------------------------------------------------------------------------- what is said around it

_LEAST = re.compile(
    r"(?<!\w)(?:от|from|не (?:меньше|менее|дешевле)|минимум|дороже|свыше|at least|more than|starting at|мин\.?)\s+(?:of\s+)?$"
)
_MOST = re.compile(
    r"(?<!\w)(?:до|не (?:дороже|больше|более|выше)|максимум|макс\.?|в пределах|up to|under|max(?:imum)?|within|below|less than|no more than|not more than|do)\s+$"
)
_BUDGET = re.compile(
    r"(?<!\w)(?:бюджет\w*|уложит\w*|рассчитыва\w*|сумм\w*|стоимост\w*|цен[уаы]|ценник\w*|на руках|располага\w+|потра[тч]\w+|"
    r"budget|spend|afford|бюджетіміз)(?:[^.!?;\d\x01]{0,25}[^\w.!?;\x01])?$"
)
_BETWEEN = re.compile(r"(?<!\w)(?:между|between)\s+$")
_TO = re.compile(r"\s*(?:-|до|to)\s*(?:до\s+)?")
_AND = re.compile(r"\s*(?:и|and)\s*")
_BY = re.compile(r"(?<!\w)(?:по|за)\s+$")
_PER_PERSON = re.compile(
    r"(?:на|с|за)\s+(?:одного\s+)?(?:человек\w*|чел\.?(?!\w)|кажд\w+|одного|персону|взрослого)|каждому|с носа|"
    r"per person|per head|(?<!\w)each(?!\w)|(?<!\w)pp(?!\w)|a head|адамға|әр адам\w*"
)
_TOTAL = re.compile(
    r"(?:на|за)\s+(?:дво\w+|тро[ие]\w*|четвер\w+|пятер\w+|всех|все(?:х)?(?!\w)|вс[её](?!\w)|пару|семью|нас(?!\w)|всю \w+)|в сумме|итого|общ(?:ий|ая)|"
    r"in total|total|for (?:two|both|all|everything|the (?:whole )?family|us|the \w+ of us)|барлығына|бәріне|бәрімізге|(?:екеу|үшеу|төртеу)\w*ге"
)
_NIGHTLY = re.compile(r"\s*(?:за|в)\s+(?:ноч|сутки|день)|\s*(?:per|a)\s+(?:night|day)")
_QUOTED = re.compile(
    r"(?:этот|тот|вариант\w*|который|видел\w*|предлага\w+|нашл\w+|нашел|у других|в другом|насчитал\w*|saw|found|offered|quoted)\b[^.!?\x01]{0,30}$"
)
_QUOTED_BEHIND = re.compile(
    r"\s*(?:(?:летал|слетал|ездил|съездил|купил|отдыхал|взял)\w*|на другом|у других|в другом|elsewhere|on another)"
)
_WITHDRAWN = re.compile(
    rf"(?:бюджет\w*|цен(?:а|ы|ник)|стоимость|деньги|по деньгам|сумма|баға|budget|price|money|cost)[^.!?\d]{{0,25}}?{NO_MATTER}"
    r"|(?:не важно|неважно|все равно|без разницы),? сколько (?:стои\w+|будет|выйдет)|люб(?:ая|ые|ой) (?:цен\w+|бюджет)"
    r"|без (?:ограничени\w+|лимит\w+) по (?:бюджету|цене|деньгам)|forget (?:about )?the (?:budget|limit)|(?:no|any) budget(?: limit)?"
    r"|бюджет\w*\s+(?:можно\s+)?(?:убрать|убери\w*|снима\w+|снять)|(?:убрать|убери\w*|снимите|снять)\s+(?:лимит|ограничение|бюджет)"
)
_IN_CURRENCY = re.compile(
    rf"(?:не\s+\w+,?\s+а\s+(?:в\s+)?|име\w+ в виду,?\s+(?:в\s+)?|это\s+(?:в\s+)?|i mean(?:t)?\s+(?:in\s+)?|not \w+,?\s+(?:but\s+)?)(?P<code>{_CURRENCY})(?!\w)|(?P<code2>{_CURRENCY}),?\s+а\s+не\s"
)
"""«не рубли, а доллары»: the currency alone is put right."""

MOST = 10**9
"""More than that is no budget."""

_SMALL = 1000
"""A bare number of roubles or tenge below it means thousands, but for «за 1 рубль»."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What was said of money; `withdrawn`: the limit known before does not count any more."""

    low: float | None = None
    high: float | None = None
    currency: str | None = None
    per: str | None = None
    quote: str = ""
    sure: float = 0.9
    withdrawn: bool = False


def read_budget(text: Prepared, *, asked: bool, known_currency: str | None, language: str) -> Budget | None:
    """The budget of a message. `asked`: our side asked for it, so a bare number is one."""
    if match := _WITHDRAWN.search(text.rest):
        return Budget(withdrawn=True, quote=text.take(match.start(), match.end()))
    amounts = list(_amounts(text.rest))
    corrected = _IN_CURRENCY.search(text.norm)
    right = _code(corrected["code"] or corrected["code2"]) if corrected else None
    default = right or known_currency or {"ru": "RUB", "kk": "KZT"}.get(language)
    for at, first in enumerate(amounts):
        second = amounts[at + 1] if at + 1 < len(amounts) else None
        found = _read(text, first, second, asked=asked, default=default)
        if found:
            return found
    if corrected and known_currency:
        return Budget(currency=right, quote=text.quote(*corrected.span()))
    return None


def _read(text: Prepared, first: _Amount, second: _Amount | None, *, asked: bool, default: str | None) -> Budget | None:
    """The budget that begins with this amount, if it is one."""
    start, before = first.start, text.norm[max(0, first.start - 45) : first.start]
    most, least = _MOST.search(before), _LEAST.search(before)
    second = second if second and _goes_on(text.norm, first, second, before) else None
    end = second.end if second else first.end
    head = _BUDGET.search(before[: (most or least or re.compile("$").search(before)).start()])  # type: ignore[union-attr]
    per, per_end = _per(text.norm, end)
    marked = bool(head or first.marked or (second and second.marked))
    limited = bool(most) or per_end > end or bool(_BY.search(before))
    if not (marked or asked or (limited and _large(first.number))):
        return None
    if _NIGHTLY.match(text.norm, end) or _QUOTED.search(before) or _QUOTED_BEHIND.match(text.norm, end):
        return None
    currency = first.currency or (second.currency if second else None) or default
    low, high = _values(first, second, currency, text.norm[start : first.end])
    if not 0 < low <= MOST or (high is not None and high > MOST):
        return None
    quote = text.take(start, max(end, per_end))
    if high is not None and high > low:
        return Budget(low, high, currency, per, quote, sure=0.85)
    if least and not most:
        return Budget(low, None, currency, per, quote, sure=0.85)
    return Budget(None, low, currency, per, quote, sure=0.95 if first.marked and (head or most) else 0.85)


def _goes_on(norm: str, first: _Amount, second: _Amount, before: str) -> bool:
    """Is the second amount the other end of the same range?"""
    if first.start == second.start:
        return True
    between = norm[first.end : second.start]
    return bool(_TO.fullmatch(between) or (_AND.fullmatch(between) and _BETWEEN.search(before)))


def _values(first: _Amount, second: _Amount | None, currency: str | None, words: str) -> tuple[float, float | None]:
    """Both ends in ones: «150-200 тысяч» has one unit for both, «бюджет 200» of roubles means thousands."""
    low, high = first.number, second.number if second else None
    if second and first.unit == 1 and second.unit > 1 and low < _SMALL:
        low *= second.unit
    small = currency in ("RUB", "KZT") and not re.match(r"1(?!\d)", words)
    if small and first.unit == 1 and low < _SMALL:
        low *= 1000
    if small and high is not None and second and second.unit == 1 and high < _SMALL:
        high *= first.unit if first.unit > 1 else 1000
    return _whole(low), _whole(high) if high is not None else None


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number


def _large(number: float) -> bool:
    """«до 150» is thousands; «до 20» is a day, a floor, an age."""
    return 60 <= number <= 100_000_000


def _per(norm: str, end: int) -> tuple[str | None, int]:
    """«на человека», «на двоих»: close behind the amount, or before it."""
    near = norm[end : end + 25]
    if match := _PER_PERSON.search(near):
        return "person", end + match.end()
    if match := _TOTAL.search(near):
        return "total", end
    if _PER_PERSON.search(norm[max(0, end - 45) : end]):
        return "person", end
    if _TOTAL.search(norm[max(0, end - 60) : end]):
        return "total", end
    return None, end
