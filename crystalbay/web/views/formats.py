"""How values are written for people: money, dates, people, phones. Russian first; every string is in the catalogue.

Pure functions of their arguments (and of the locale of the request, Russian when there is none). Money is Decimal,
times are aware. U+00A0 stands wherever a line must not break, U+2060 glues an en dash to its numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from crystalbay.nlp.names import english
from crystalbay.web.i18n import _, locale, ngettext

NBSP = "\u00a0"
_DASH = "\u2060–\u2060"
_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "UZS": "сум"}
_SPEAKING_DAYS = 7  # after a week a date says more than «9 дней назад»


@dataclass(frozen=True, slots=True)
class Local:
    """The moment a page is made and the office's zone: what every relative time is measured against."""

    now: datetime
    zone: tzinfo

    @property
    def today(self) -> date:
        """The calendar day in the office."""
        return self.now.astimezone(self.zone).date()

    def at(self, moment: datetime | str) -> datetime:
        """`moment` (aware, or ISO 8601 as REST writes it) on the office's clock."""
        parsed = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return parsed.astimezone(self.zone)


def plural(count: int, forms: str) -> str:
    """«7 ночей» from the catalogue's «ночь|ночи|ночей» (one|few|many; English has one|many)."""
    variants = forms.split("|")
    place = {"one": 0, "few": 1}.get(locale().plural_form(count), len(variants) - 1)
    return f"{number(count)}{NBSP}{variants[min(place, len(variants) - 1)]}"


def number(value: Decimal | int) -> str:
    """1234.5 as «1 234,5»."""
    return _figure(value, None, locale())


@lru_cache(maxsize=2000)
def _figure(value: Decimal | int, pattern: str | None, spoken: Locale) -> str:
    return format_decimal(value, format=pattern, locale=spoken).replace(" ", NBSP).replace("\u202f", NBSP)


def file_size(size: int) -> str:
    """«320 КБ», «4,2 МБ»."""
    if size < 1024 * 1024:
        return _("%(n)s КБ", n=number(max(1, round(size / 1024)))).replace(" ", NBSP)
    megabytes = (Decimal(size) / 1024 / 1024).quantize(Decimal("0.1")).normalize()
    return _("%(n)s МБ", n=number(megabytes)).replace(" ", NBSP)


# --------------------------------------------------------------------------- money


def _with_sign(figure: str, currency: str) -> str:
    return f"{figure}{NBSP}{_SIGNS.get(currency, currency)}"


def money(amount: Decimal | str, currency: str) -> str:
    """«250 000 ₽»; kopecks only when there are any: «1 999,50 €»."""
    value = Decimal(amount)
    pattern = "#,##0" if value == value.to_integral_value() else "#,##0.00"
    return _with_sign(_figure(value, pattern, locale()), currency)


def short_money(amount: Decimal | str, currency: str) -> str:
    """«2,3 млн ₽», «715 тыс. ₽» for column heads; the full value belongs in the tooltip."""
    value = Decimal(amount)
    millions = (value / 1_000_000).quantize(Decimal("0.1"), ROUND_HALF_UP)
    thousands = (value / 1_000).quantize(Decimal("1"), ROUND_HALF_UP)
    if thousands >= 1_000:
        return _with_sign(_("%(n)s млн", n=number(millions.normalize())).replace(" ", NBSP), currency)
    if value >= 1_000:
        return _with_sign(_("%(n)s тыс.", n=number(thousands)).replace(" ", NBSP), currency)
    return money(value, currency)


# --------------------------------------------------------------------------- dates and times


def day(value: date, today: date) -> str:
    """«5 марта»; the year only when it is not the current one."""
    pattern = _("d MMMM") if value.year == today.year else _("d MMMM y")
    return _date(value, pattern, locale())


@lru_cache(maxsize=2000)
def _date(value: date, pattern: str, spoken: Locale) -> str:
    return format_date(value, pattern, locale=spoken).replace(" ", NBSP)


def date_range(first: date | None, last: date | None, today: date) -> str:
    """«10–20 июня», «28 июня – 5 июля», «октябрь», «с 10 июня», «до 20 июня»; nothing known is an empty string."""
    if first is None or last is None:
        if first is not None:
            return _("с %(day)s", day=day(first, today)).replace(" ", NBSP)
        return _("до %(day)s", day=day(last, today)).replace(" ", NBSP) if last is not None else ""
    if first == last:
        return day(first, today)
    if first.day == 1 and (last + timedelta(days=1)).day == 1 and (first.year, first.month) == (last.year, last.month):
        pattern = "LLLL" if first.year == today.year else "LLLL y"
        return _date(first, pattern, locale())
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{_DASH}{day(last, today)}"
    return f"{day(first, first if first.year == last.year else today)}{NBSP}– {day(last, today)}"


def clock(moment: datetime | str, local: Local, *, seconds: bool = False) -> str:
    """«14:07», or to the second «14:06:58»."""
    return local.at(moment).strftime("%H:%M:%S" if seconds else "%H:%M")


def moment(value: datetime | str, local: Local) -> str:
    """When something was, as short as it can be: «14:02», «вчера, 18:20», «1 июня»."""
    then = local.at(value)
    age = (local.today - then.date()).days
    if age == 0:
        return clock(then, local)
    if age == 1:
        return _("вчера, %(time)s", time=clock(then, local))
    return day(then.date(), local.today)


def full_moment(value: datetime | str, local: Local) -> str:
    """For tooltips: «4 июня, 14:02»."""
    then = local.at(value)
    return f"{day(then.date(), local.today)}, {clock(then, local)}"


def day_line(value: datetime | str, local: Local) -> str:
    """The line between two days of a chat: «Сегодня, 4 июня», «Вчера, 3 июня», «1 июня»."""
    then = local.at(value).date()
    written = day(then, local.today)
    if then == local.today:
        return _("Сегодня, %(day)s", day=written)
    if then == local.today - timedelta(days=1):
        return _("Вчера, %(day)s", day=written)
    return written


def relative(value: datetime | str, local: Local) -> str:
    """«только что», «5 минут назад», «вчера в 18:20», «завтра», and the date when it is more than a week away."""
    then = local.at(value)
    minutes = int((local.now - then).total_seconds() // 60)
    days = (local.today - then.date()).days
    if days == 0 and minutes >= 0:
        if minutes == 0:
            return _("только что")
        if minutes < 60:
            return ngettext("%(n)s минуту назад", "%(n)s минут назад", minutes).replace(" ", NBSP, 1)
        return _("сегодня в %(time)s", time=clock(then, local))
    if days == 1:
        return _("вчера в %(time)s", time=clock(then, local))
    if days in (0, -1):
        return _("сегодня в %(time)s", time=clock(then, local)) if days == 0 else _("завтра")
    if 1 < days <= _SPEAKING_DAYS:
        return ngettext("%(n)s день назад", "%(n)s дней назад", days).replace(" ", NBSP, 1)
    return day(then.date(), local.today)


def duration(span: timedelta) -> str:
    """«12 мин», «1 ч 05 мин», «3 дн.»; less than a minute is «1 мин», for nobody waits no time at all."""
    minutes = max(1, int(span.total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s мин", n=minutes).replace(" ", NBSP)
    if minutes < 24 * 60:
        return _("%(h)s ч %(m)02d мин", h=minutes // 60, m=minutes % 60).replace(" ", NBSP)
    return _("%(n)s дн.", n=minutes // (24 * 60)).replace(" ", NBSP)


# --------------------------------------------------------------------------- trips and people


def nights(least: int | None, most: int | None) -> str:
    """«7 ночей», «7–10 ночей», «от 7 ночей», «до 10 ночей»."""
    forms, genitive = _("ночь|ночи|ночей"), _("ночи|ночей|ночей")
    if least is not None and most is not None and least != most:
        return f"{least}{_DASH}{plural(most, forms)}"
    if least is not None and most is not None:
        return plural(least, forms)
    if least is not None:
        return _("от %(nights)s", nights=plural(least, genitive)).replace(" ", NBSP)
    return _("до %(nights)s", nights=plural(most, genitive)).replace(" ", NBSP) if most is not None else ""


def ages(values: Sequence[int]) -> str:
    """«5 лет», «5 и 9 лет», «2, 5 и 9 лет»; a baby is «до года»."""
    if values == [0] or values == (0,):
        return _("до года")
    written = [str(age) for age in values[:-1]]
    last = plural(values[-1], _("год|года|лет"))
    return _("%(first)s и %(last)s", first=", ".join(written), last=last) if written else last


def people(adults: int | None, children: Sequence[int | None] | None) -> str:
    """«2 взрослых и 1 ребёнок (5 лет)», «2 взрослых», «1 взрослый, без детей» is simply «1 взрослый»."""
    grown = plural(adults, _("взрослый|взрослых|взрослых")) if adults else ""
    if not children:
        return grown
    little = plural(len(children), _("ребёнок|ребёнка|детей"))
    known = sorted(age for age in children if age is not None)
    if len(known) == len(children):
        little = f"{little} ({ages(known)})"
    return _("%(adults)s и %(children)s", adults=grown, children=little) if grown else little


def people_short(adults: int | None, children: Sequence[int | None] | None) -> str:
    """«2+1» as it stands on a card."""
    if not adults:
        return ""
    return f"{adults}+{len(children)}" if children else str(adults)


def place(name: str | None) -> str:
    """«Турция» or "Turkey"; nothing known is an empty string."""
    if not name:
        return ""
    return english(name) if locale().language == "en" else name


def phone(e164: str) -> str:
    """«+7 999 123-45-67»; what is no phone number is left as it is."""
    import phonenumbers  # the metadata is large: loaded when the first phone is shown

    try:
        parsed = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL).replace(" ", NBSP)


def initials(name: str) -> str:
    """«АК» of «Алина К.»; the first letters of the first two words."""
    return "".join(word[0] for word in name.split()[:2]).upper()
