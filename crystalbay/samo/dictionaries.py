"""The supplier's dictionaries and calendars, kept for as long as the contract allows (section 3, "Pace")."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from crystalbay.errors import PermanentError
from crystalbay.samo import reading
from crystalbay.samo.cache import Cache
from crystalbay.samo.reading import Departures, Place

log = logging.getLogger(__name__)

T = TypeVar("T")
Call = Callable[[str, Mapping[str, Any]], Any]

DAY, HOUR = 24 * 3600, 3600  # seconds


class Dictionaries:
    """Reads through `cache`; `call` makes the real calls. Raises TransientError or PermanentError."""

    def __init__(self, call: Call, cache: Cache) -> None:
        self._call, self._cache = call, cache

    def departures(self) -> list[Place]:
        return self._places("SearchTour_TOWNFROMS", {})

    def countries(self, departure_id: int) -> list[Place]:
        return self._places("SearchTour_STATES", {"TOWNFROMINC": departure_id})

    def currencies(self) -> list[Place]:
        return self._places("SearchTour_CURRENCIES", {})

    def of_direction(self, action: str, departure_id: int, country_id: int) -> list[Place]:
        """The dictionary `action` (TOWNS, HOTELS, MEALS, STARS) of one departure and country."""
        return self._places(f"SearchTour_{action}", direction(departure_id, country_id))

    def departure_days(self, departure_id: int, country_id: int) -> Departures:
        params = direction(departure_id, country_id)
        return self._kept("SearchTour_CHECKIN", params, HOUR, reading.departures)

    def nights(self, departure_id: int, country_id: int, window: tuple[date, date] | None) -> tuple[int, ...]:
        params = direction(departure_id, country_id) | (check_in(*window) if window else {})
        return self._kept("SearchTour_NIGHTS", params, HOUR, reading.nights)

    def _places(self, action: str, params: Mapping[str, Any]) -> list[Place]:
        return list(self._kept(action, params, DAY, lambda answer: _read_places(action, answer)))

    def _kept(self, action: str, params: Mapping[str, Any], seconds: float, read: Callable[[Any], T]) -> T:
        key = (action, *sorted(params.items()))
        return self._cache.get(key, seconds, lambda: understood(action, read, self._call(action, params)))


def direction(departure_id: int, country_id: int) -> dict[str, Any]:
    """The parameters of a departure city and a country."""
    return {"TOWNFROMINC": departure_id, "STATEINC": country_id}


def check_in(first: date, last: date) -> dict[str, Any]:
    """The parameters of a departure window, both days included."""
    return {"CHECKIN_BEG": f"{first:%Y%m%d}", "CHECKIN_END": f"{last:%Y%m%d}"}


def understood(action: str, read: Callable[[Any], T], answer: Any) -> T:
    """What `read` makes of the answer. Raises PermanentError when the answer has an unknown form."""
    try:
        return read(answer)
    except reading.UNREADABLE as error:
        raise PermanentError(f"SAMO answered {action} in an unknown form ({type(error).__name__})") from None


def _read_places(action: str, answer: Any) -> list[Place]:
    rows = reading.items(answer)
    places, unreadable = reading.readable(rows, reading.place)
    if unreadable:
        log.warning("samo %s: %d of %d entries could not be read", action, unreadable, len(rows))
    if rows and not places:
        raise ValueError("no entry could be read")
    return places
