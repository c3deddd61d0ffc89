"""How much: budgets (labels.md section 7). A price a night and a quoted price are no budget."""

from __future__ import annotations

import re
from dataclasses import dataclass

from crystalbay.nlp.numbers import BIG_WORDS, value
from crystalbay.nlp.text import Prepared

_CURRENCIES = (
    ("USD", r"\$|доллар\w*|долар\w*|бакс\w*|у\.?\s?е\.?|usd|dollars?|bucks"),
    ("EUR", r"€|евро|eur|euros?"),
    ("KZT", r"₸|тенге|теңге\w*|тг|kzt|tenge"),
    ("RUB", r"₽|руб\w*|р(?:\.|(?=[\s,.!?)]|$))|rub\w*|roubles?|rubles?"),
)
_CURRENCY = "|".join(f"(?P<{code}>{words})" for code, words in _CURRENCIES)
_ANY_CURRENCY = "|".join(words for _, words in _CURRENCIES)
_THOUSAND = r"(?:тысяч\w*|тыщ\w*|тыс\.?|т\.?\s?р\.?|тр|к|k|thousand|мың)"
_MILLION = r"(?:миллион\w*|млн\.?|лям\w*|million|mln|m(?=\s))"
_FIGURE = r"\d{1,3}(?:[ \u00a0]\d{3})+|\d+(?:[.,]\d{1,2})?"
_AMOUNT = rf"(?:{_FIGURE}|полтора|пол(?:у)?(?=миллион)|(?=миллион|million){_MILLION}|{BIG_WORDS})"
_LIMIT = r"(?:до|не дороже|не больше|не более|максимум|макс\.?|в пределах|около|примерно|где-то|порядка|up to|under|max|within|around|about|below|от|from|дороже)"
_BUDGET = r"(?:бюджет\w*|уложит\w*|рассчитыва\w*|сумм\w*|budget|spend|бюджетіміз|на руках|стоимост\w*|цен[уаы]|готов\w* потратить)"

_PHRASE = re.compile(
    rf"(?P<head>{_BUDGET}[\s:-]*(?:у нас |примерно |около |где-то |до |от |of |is |в |- |на \w+ )*)?"
    rf"(?P<limit>{_LIMIT}\s+)?(?:(?P<cur1>[$€₽]|евро|доллар\w*|usd|eur|eur(?:o|os)|тенге)\s*)?"
    rf"(?P<a>{_AMOUNT})(?:\s*(?P<unit1>{_THOUSAND}|{_MILLION})(?!\w))?"
    rf"(?:\s*(?:-|до|to)\s*(?P<b>{_FIGURE}))?"
    rf"(?:\s*(?P<unit>{_THOUSAND}|{_MILLION})(?!\w))?"
    rf"(?:\s*(?:{_CURRENCY})(?!\w))?"
)
_INVERTED = re.compile(
    rf"(?P<limit>{_LIMIT}\s+)?(?:тысяч|тыщ)\s+(?:за\s+|до\s+|в\s+)?(?P<a>{_FIGURE}|{BIG_WORDS})(?:\s*-\s*(?P<b>{_FIGURE}))?(?:\s*(?:{_CURRENCY})(?!\w))?"
)
_PER_PERSON = re.compile(
    r"(?:на|с|за)\s+(?:одного\s+)?(?:человек\w*|чел\.?|каждого|одного|персону)|каждому|с носа|per person|each|pp(?!\w)|a head"
)
_TOTAL = re.compile(
    r"(?:на|за)\s+(?:дво\w+|тро[ие]\w*|четвер\w+|всех|все(?:х)?|вс[её]|пару|семью|нас|всю \w+)|в сумме|итого|in total|total|for (?:two|both|all|everything|the family)|на всё"
)
MOST = 10**9
"""More than that is no budget."""

_ONE = re.compile(r"(?<!\d)1\s*(?:рубл\w*|roubles?|rubles?|тенге|tenge)")
"""«за 1 рубль» is one rouble; every other number below 1000 means thousands (labels.md section 7)."""
_NIGHTLY = re.compile(r"\s*(?:за|в)\s+(?:ноч|сутки)|\s*(?:per|a)\s+night")
_BY = re.compile(r"(?<!\w)по\s+$")
_QUOTED = re.compile(
    r"(?:этот|тот|вариант\w*|который|видел\w*|предлага\w+|нашл\w+|у других|в другом|saw|found|offered)\b[^.!?\x01]{0,30}$"
)
_WITHDRAWN = re.compile(
    r"(?:не важно|неважно|все равно|без разницы),? сколько (?:стои\w+|будет|выйдет)|(?:бюджет\w*|по деньгам|budget)[^.!?]{0,25}(?:гибк\w+|flexible|unlimited|does not matter|doesn't matter|no limit|no object)|forget (?:about )?the (?:budget|limit)|бюджет\w*\s+(?:можно\s+)?(?:не важ\w+|неваж\w+|убрать|убери\w*|снима\w+|без огранич\w+|люб\w+|не огранич\w+)"
    r"|(?:люб\w+ цен\w+|цен\w+ (?:не важ\w+|люб\w+)|без ограничени\w+ по (?:бюджету|цене))|money is no object|budget (?:is )?(?:not|no|doesn't)"
)


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
    for expression in (_INVERTED, _PHRASE):
        for match in expression.finditer(text.rest):
            found = _read(match, text, asked, known_currency, language, inverted=expression is _INVERTED)
            if found:
                return found
    return None


def _read(
    match: re.Match[str], text: Prepared, asked: bool, known: str | None, language: str, *, inverted: bool
) -> Budget | None:
    parts = match.groupdict()
    start, end = match.span()
    if start and text.norm[start - 1].isalnum() and not parts.get("cur1"):
        return None
    currency = _currency(parts)
    unit = parts.get("unit") or parts.get("unit1") or ("тыс" if inverted else "")
    limit = (parts.get("limit") or "").strip()
    per, per_end = _per(text, end)
    marked = bool(parts.get("head") or currency or unit or re.fullmatch(_MILLION, parts["a"]))
    limited = limit in ("до", "не дороже", "не больше", "не более", "максимум", "up to", "under", "max")
    if not (marked or asked or ((limited or per_end > end or _BY.search(text.norm[:start])) and _large(parts["a"]))):
        return None
    if _NIGHTLY.match(text.norm, end) or _QUOTED.search(text.norm[max(0, start - 45) : start]):
        return None
    currency = currency or known or {"ru": "RUB", "kk": "KZT"}.get(language)
    thousands = not unit and currency in ("RUB", "KZT") and not _ONE.search(match.group())
    low, high = (_amount(figure, unit, thousands) for figure in (parts["a"], parts.get("b") or ""))
    if low is None or not 0 < low <= MOST or (high is not None and high > MOST):
        return None
    quote = text.take(start, max(end, per_end))
    if high is not None and high > low:
        return Budget(low, high, currency, per, quote)
    if limit in ("от", "from", "дороже"):
        return Budget(low, None, currency, per, quote)
    return Budget(None, low, currency, per, quote, sure=0.95 if marked else 0.8)


def _large(figure: str) -> bool:
    """«до 150» is thousands; «до 20» is a day, a floor, an age."""
    digits = re.sub(r"\D", "", figure)
    return digits.isdigit() and 60 <= int(digits) <= 100_000_000


def _currency(parts: dict[str, str | None]) -> str | None:
    sign = (parts.get("cur1") or "").strip()
    if sign:
        return next(code for code, words in _CURRENCIES if re.fullmatch(words, sign))
    return next((code for code, _ in _CURRENCIES if parts.get(code)), None)


def _amount(figure: str, unit: str, thousands: bool) -> float | None:
    figure = figure.strip()
    if not figure:
        return None
    number: float | None
    if re.fullmatch(_MILLION, figure):
        return 1_000_000
    if figure == "полтора":
        number = 1.5
    elif figure in ("пол", "полу"):
        number = 0.5
    elif figure[0].isdigit():
        number = float(re.sub(r"[ \u00a0]", "", figure).replace(",", "."))
    else:
        number = value(figure)
    if number is None:
        return None
    if re.match(_MILLION, unit):
        number *= 1_000_000
    elif unit or (thousands and number < 1000):
        number *= 1000
    return int(number) if number == int(number) else number


def _per(text: Prepared, end: int) -> tuple[str | None, int]:
    """«на человека», «на двоих»: close behind the amount."""
    near = text.norm[end : end + 25]
    if match := _PER_PERSON.search(near):
        return "person", end + match.end()
    if match := _TOTAL.search(near):
        return "total", end
    if _PER_PERSON.search(text.norm[max(0, end - 45) : end]):
        return "person", end
    if _TOTAL.search(text.norm[max(0, end - 60) : end]):
        return "total", end
    return None, end
