"""The parameters of one call to the simulated SAMO-Tour, and what it refuses (contract section 9).

All codes but NO_HOTELS are inventions of this stand-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from crystalbay.sandbox.samo_model import Entry, Model, Party, Tour

LONGEST_WINDOW = 92  # days between CHECKIN_BEG and CHECKIN_END

NO_HOTELS = 2110
BAD_DEPARTURE, BAD_COUNTRY, BAD_DATES, BAD_NIGHTS, BAD_PARTY, BAD_CURRENCY, BAD_VALUE = range(1001, 1008)
UNKNOWN_ACTION = 404


class Refusal(Exception):
    """HTTP 200 with an error inside."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Crash(Exception):
    """HTTP 500 with HTML: what SAMO does when a required parameter is left out."""


class Query:
    """The parameters of one call, checked when asked for: a bad value is a `Refusal`, a missing one a `Crash`."""

    def __init__(self, params: Mapping[str, str], model: Model) -> None:
        self._params, self._model = params, model

    def require(self, *names: str) -> None:
        if not all(self.text(name) for name in names):
            raise Crash

    def text(self, name: str) -> str:
        return self._params.get(name, "").strip()

    def on(self, name: str) -> bool:
        return self.text(name) == "1"

    def number(self, name: str, code: int = BAD_VALUE, default: int | None = None) -> int:
        text = self.text(name)
        if not text and default is not None:
            return default
        try:
            return int(text)
        except ValueError:
            raise Refusal(code, f"Неверное значение {name}") from None

    def ids(self, name: str, code: int = BAD_VALUE) -> set[int]:
        try:
            return {int(part) for part in self.text(name).split(",") if part}
        except ValueError:
            raise Refusal(code, f"Неверное значение {name}") from None

    def departure(self) -> int:
        departure = self.number("TOWNFROMINC", BAD_DEPARTURE)
        if self._model.entry("TOWNFROMS", departure) is None:
            raise Refusal(BAD_DEPARTURE, "Неизвестный город вылета")
        return departure

    def direction(self) -> tuple[int, int]:
        departure, country = self.departure(), self.number("STATEINC", BAD_COUNTRY)
        if self._model.route(departure, country) is None:
            raise Refusal(BAD_COUNTRY, "Страна не обслуживается из этого города")
        return departure, country

    def days(self) -> list[date]:
        first, last = self._day("CHECKIN_BEG"), self._day("CHECKIN_END")
        if not 0 <= (last - first).days <= LONGEST_WINDOW:
            raise Refusal(BAD_DATES, f"Период вылета должен быть от 0 до {LONGEST_WINDOW} дней")
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]

    def _day(self, name: str) -> date:
        text = self.text(name)
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else date(0, 0, 0)
        except ValueError:
            raise Refusal(BAD_DATES, f"Неверная дата {name}") from None

    def nights(self) -> list[int]:
        if self.text("NIGHTS_LIST"):
            return sorted(self.ids("NIGHTS_LIST", BAD_NIGHTS))
        self.require("NIGHTS_FROM", "NIGHTS_TILL")
        first, last = self.number("NIGHTS_FROM", BAD_NIGHTS), self.number("NIGHTS_TILL", BAD_NIGHTS)
        if not 1 <= first <= last <= 90:
            raise Refusal(BAD_NIGHTS, "Неверная продолжительность")
        return list(range(first, last + 1))

    def party(self) -> Party:
        adults, children = self.number("ADULT", BAD_PARTY), self.number("CHILD", BAD_PARTY, default=0)
        try:
            ages = tuple(int(age) for age in self.text("AGES").split(",") if age)
        except ValueError:
            raise Refusal(BAD_PARTY, "Неверный возраст") from None
        if adults < 1 or len(ages) != children or not all(0 <= age <= 17 for age in ages):
            raise Refusal(BAD_PARTY, "Неверный состав туристов")
        return Party(adults, ages)

    def currency(self) -> Entry:
        entry = self._model.entry("CURRENCIES", self.number("CURRENCY", BAD_CURRENCY))
        if entry is None:
            raise Refusal(BAD_CURRENCY, "Неизвестная валюта")
        return entry

    def claim(self) -> tuple[Tour, bool] | None:
        text = self.text("CATCLAIM")
        if not text:
            return None
        claimed = self._model.claimed(text)
        if claimed is None:
            raise Refusal(BAD_VALUE, "Предложение не найдено")
        return claimed
