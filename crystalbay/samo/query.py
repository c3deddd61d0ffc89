"""From a `SearchQuery` in words to the parameters of SearchTour_PRICES, or to what the supplier does not have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from crystalbay.errors import PermanentError
from crystalbay.samo import names
from crystalbay.samo.dictionaries import Dictionaries, direction
from crystalbay.samo.reading import Place
from models import SearchQuery

WINDOW_DAYS = 14  # the longest departure window of one call (contract section 5)

What = Literal["departure", "country", "resort", "hotel"]


@dataclass(frozen=True)
class Asked:
    """A search that the supplier can be asked: its parameters without the departure window, and the places meant."""

    departure: Place
    country: Place
    params: dict[str, Any]


@dataclass(frozen=True)
class NotOffered:
    """The supplier has no such thing. `what` is the unknown name, None when a class of stars or meals is missing."""

    what: What | None = None
    alternatives: tuple[str, ...] = ()


def ask(query: SearchQuery, known: Dictionaries) -> Asked | NotOffered:
    """Resolve all names of `query`. Raises PermanentError when the instance does not sell in the currency."""
    departures = known.departures()
    departure = names.named(departures, query.departure_city)
    if departure is None:
        return NotOffered("departure", _names(departures))
    countries = known.countries(departure.id)
    country = names.named(countries, query.country)
    if country is None:
        return NotOffered("country", _names(countries))
    filters = _filters(query, known, departure.id, country.id)
    if isinstance(filters, NotOffered):
        return filters
    params = direction(departure.id, country.id) | _party(query) | filters
    return Asked(departure, country, params | {"CURRENCY": _currency(query, known)})


def country_of_hotel(query: SearchQuery, known: Dictionaries) -> Place | NotOffered:
    """Where the hotel of `query` is, among all countries that are served from its departure city."""
    departures = known.departures()
    departure = names.named(departures, query.departure_city)
    if departure is None:
        return NotOffered("departure", _names(departures))
    hotels: list[Place] = []
    country_of: dict[int, Place] = {}
    for country in known.countries(departure.id):
        there = known.of_direction("HOTELS", departure.id, country.id)
        hotels += there
        country_of |= {hotel.id: country for hotel in there}
    found = names.hotels_named(hotels, query.hotel_name or "")
    if not found:
        return NotOffered("hotel", _names(names.nearest_hotels(hotels, query.hotel_name or "")))
    return country_of[names.nearest_hotels(found, query.hotel_name or "", 1)[0].id]


def windows(first: date, last: date) -> list[tuple[date, date]]:
    """The departure window cut into pieces of at most WINDOW_DAYS days, in order."""
    starts = [first + timedelta(days=offset) for offset in range(0, (last - first).days + 1, WINDOW_DAYS)]
    return [(start, min(last, start + timedelta(days=WINDOW_DAYS - 1))) for start in starts]


def _party(query: SearchQuery) -> dict[str, Any]:
    """COSTMAX is not sent: a customer is told honestly what the nearest price is, also above the budget."""
    children = {"CHILD": len(query.children), "AGES": _ids(query.children)} if query.children else {}
    nights = {"NIGHTS_FROM": query.nights_min, "NIGHTS_TILL": query.nights_max}
    return {"ADULT": query.adults, **children, **nights, "FREIGHT": 1, "FILTER": 1, "SORT": "ASC"}


def _currency(query: SearchQuery, known: Dictionaries) -> int:
    currency = names.named(known.currencies(), query.currency)
    if currency is None:
        raise PermanentError(f"SAMO does not convert prices to {query.currency}: its currencies do not list it")
    return currency.id


def _filters(
    query: SearchQuery, known: Dictionaries, departure_id: int, country_id: int
) -> dict[str, str] | NotOffered:
    """TOWNS, HOTELS, STARS, MEALS as far as the query names them. A named hotel decides alone where it is."""

    def dictionary(action: str) -> list[Place]:
        return known.of_direction(action, departure_id, country_id)

    filters: dict[str, list[Place]] = {}
    if query.resorts:
        filters["TOWNS"] = names.resorts_named(dictionary("TOWNS"), query.resorts)
        if not filters["TOWNS"]:
            return NotOffered("resort", _names(dictionary("TOWNS")))
    if query.hotel_name:
        hotels = dictionary("HOTELS")
        filters["HOTELS"] = _hotels(hotels, query.hotel_name, filters.pop("TOWNS", []))
        if not filters["HOTELS"]:
            return NotOffered("hotel", _names(names.nearest_hotels(hotels, query.hotel_name)))
    if query.stars_min:
        filters["STARS"] = names.stars_from(dictionary("STARS"), query.stars_min)
    if query.meal:
        filters["MEALS"] = names.meals_from(dictionary("MEALS"), query.meal)
    if not all(filters.values()):
        return NotOffered()
    return {name: _ids(place.id for place in places) for name, places in filters.items()}


def _hotels(hotels: list[Place], name: str, resorts: list[Place]) -> list[Place]:
    """The hotels of that name: those in the resorts asked for, or else wherever they are."""
    found = names.hotels_named(hotels, name)
    towns = {resort.id for resort in resorts}
    return [hotel for hotel in found if hotel.parent_id in towns] or found


def _names(places: Iterable[Place]) -> tuple[str, ...]:
    return tuple(place.name for place in places)


def _ids(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
