"""Reading of SAMO-Tour answers: pure functions from decoded JSON to values. Contract sections 4 and 5.

The instances differ: ids come as strings, lists in {"items": …}, optional fields are missing. A reader takes all of
that, and raises ValueError for what cannot be understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal, TypeVar, get_args

from models import Currency, Money

T = TypeVar("T")
Availability = Literal["available", "on_request", "none"]

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError)
"""What goes wrong when an answer has another form than the contract says."""

_CENT = Decimal("0.01")
_MONEY_TEXT = re.compile(r"(\d[\d\s]*)(?:[.,](\d{1,2}))?\s*([A-Za-z]{3})")
_LETTERS = frozenset("YFRN")
_WITH_DEPARTURE, _WITH_SEATS = frozenset("1235"), frozenset("235")
_WORST_FIRST: tuple[Availability, ...] = ("none", "on_request", "available")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of a dictionary: a departure city, a country, a resort, a hotel, a meal, a star class, a currency.

    `iso` is the country's or currency's code, `alias` another name (the three-letter code, the currency's alias).
    The parent is the country of a departure city, the region of a resort, the resort of a hotel.
    """

    id: int
    name: str
    name_alt: str = ""
    iso: str = ""
    alias: str = ""
    parent_id: int | None = None
    parent: str = ""
    star: str = ""


@dataclass(frozen=True, slots=True)
class Departures:
    """The calendar of one direction: days with a departure, and those of them that have seats. Empty: closed."""

    days: frozenset[date]
    with_seats: frozenset[date]


def items(answer: Any) -> list[Any]:
    """A list, whether it came bare, in {"items": …}, or as nothing (null, false, "")."""
    inner = answer.get("items") if isinstance(answer, dict) else answer
    if not inner:
        return []
    if not isinstance(inner, list):
        raise ValueError("a list was expected")
    return inner


def readable(rows: list[Any], read: Callable[[Any], T]) -> tuple[list[T], int]:
    """What could be read of `rows`, and how many could not: one odd row must not hide the others."""
    read_rows: list[T] = []
    for row in rows:
        try:
            read_rows.append(read(row))
        except UNREADABLE:
            continue
    return read_rows, len(rows) - len(read_rows)


def place(row: dict[str, Any]) -> Place:
    """A dictionary row. Which of the optional fields there are depends on the dictionary (section 4)."""
    parent_id = _first(row, "stateFromKey", "regionKey", "townKey")
    return Place(
        id=int(row["id"]),
        name=str(row["name"]).strip(),
        name_alt=str(row.get("nameAlt") or "").strip(),
        iso=str(_first(row, "stateISO", "currencyISO") or ""),
        alias=str(_first(row, "stateISO3", "alias") or ""),
        parent_id=None if parent_id is None else int(parent_id),
        parent=str(_first(row, "stateFromName", "region", "town") or ""),
        star=str(row.get("star") or ""),
    )


def day(text: Any) -> date:
    """YYYYMMDD or YYYY-MM-DD."""
    return date.fromisoformat(str(text).strip())


def departures(answer: Any) -> Departures:
    """SearchTour_CHECKIN: one character a day from `start`; an empty or missing `valid` means a closed direction."""
    answer = answer or {}
    valid = str(answer.get("valid") or "")
    if not valid:
        return Departures(frozenset(), frozenset())
    start = day(answer["start"])

    def coded(codes: frozenset[str]) -> frozenset[date]:
        return frozenset(start + timedelta(days=number) for number, code in enumerate(valid) if code in codes)

    return Departures(coded(_WITH_DEPARTURE), coded(_WITH_SEATS))


def nights(answer: Any) -> tuple[int, ...]:
    """SearchTour_NIGHTS: `places` (nights with seats) when there are any, else `nights`; or a bare list."""
    if isinstance(answer, dict) and not answer.get("items"):
        answer = answer.get("places") or answer.get("nights")
    return tuple(sorted({int(_first(row, "nights", "id") if isinstance(row, dict) else row) for row in items(answer)}))


def availability(letters: Any) -> Availability:
    """1 to 8 letters, Y free, F few, R on request, N none: any N (or nothing) is none, else any R is on request."""
    text = str(letters or "").strip().upper()
    if not text or not set(text) <= _LETTERS or "N" in text:
        return "none"
    return "on_request" if "R" in text else "available"


def worst(*states: Availability) -> Availability:
    """A tour is as available as the least available of its parts."""
    return min(states, key=_WORST_FIRST.index)


def flag(value: Any) -> bool:
    """1/0, "1"/"0", true/false."""
    return str(value).strip().casefold() in ("1", "true")


def amount(value: Any) -> Decimal:
    """A positive sum, "790.00" or 1222, exact to the cent. Raises ValueError for anything else."""
    try:
        number = Decimal(str(value).strip())
        cents = number.quantize(_CENT, ROUND_HALF_UP)
    except InvalidOperation:
        raise ValueError(f"no sum: {value!r}") from None
    if not number.is_finite() or cents <= 0:
        raise ValueError(f"no sum: {value!r}")
    return cents


def money(value: Any, currency: Any) -> Money:
    """A sum in one of the product's currencies. Raises ValueError for another currency."""
    code = str(currency).strip().upper()
    if code not in get_args(Currency):
        raise ValueError(f"unknown currency {code!r}")
    return Money.model_validate({"amount": amount(value), "currency": code})


def money_text(text: str) -> Money:
    """`convertedPrice`: "84 617.00 RUB", digits grouped by any kind of space, "." or "," before one or two decimals."""
    found = _MONEY_TEXT.fullmatch(text.strip())
    if not found:
        raise ValueError(f"no money: {text!r}")
    whole, cents, currency = found.groups()
    return money(f"{''.join(whole.split())}.{cents or '0'}", currency)


def prices(row: dict[str, Any], asked: Currency) -> tuple[Money, Money]:
    """The price in the currency asked for, and the native one. Without a converted price the native one is both."""
    native = money(row["price"], row["currency"])
    number, text = row.get("convertedPriceNumber"), row.get("convertedPrice")
    if text:
        stated = money_text(str(text))
        return (stated if number is None else money(number, stated.currency)), native
    return (native if number is None else money(number, asked)), native


def seats(row: dict[str, Any]) -> Availability:
    """The worse of the outward and the return flight in economy. What the supplier does not say does not exclude."""
    econom = (row.get("freights") or {}).get("econom") or {}
    return worst("available", *(availability(econom[leg]) for leg in ("in", "out") if leg in econom))


def rooms(row: dict[str, Any]) -> Availability:
    """Rooms in the hotel; a row that does not say is to be asked for."""
    return availability(row["hotelAvailability"]) if "hotelAvailability" in row else "on_request"


def page_count(answer: dict[str, Any]) -> int:
    """`pager.total`, which counts pages; the pager may be missing or empty."""
    pager = answer.get("pager")
    return int(pager.get("total") or 1) if isinstance(pager, dict) else 1


def _first(row: dict[str, Any], *names: str) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)
