"""SAMO-Tour client: dictionaries, calendars and prices of one operator (the Online API contract; DESIGN.md rules 6, 8).

It knows the supplier and the domain's words, not Flask, not the store; clock and limiter are given to it. Every method
raises TransientError or PermanentError and nothing else. Dictionaries are kept for 24 hours and calendars for one, all
threads together; prices are not kept here. The token appears in no repr, log line or exception.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import requests

from crystalbay.clock import Clock
from crystalbay.limits import Limiter
from crystalbay.samo import hotels, names, offers, reading
from crystalbay.samo.cache import Cache
from crystalbay.samo.dictionaries import Dictionaries, check_in, understood
from crystalbay.samo.hotels import HotelFacts
from crystalbay.samo.query import Asked, NotOffered, What, ask, country_of_hotel, windows
from crystalbay.samo.reading import Departures, Place
from crystalbay.samo.transport import Budget, Transport
from models import Offer, SearchQuery

__all__ = ["Departures", "HotelFacts", "OnSale", "Place", "SamoClient", "SearchResult"]

log = logging.getLogger(__name__)

PRICES = "SearchTour_PRICES"
CALLS_A_SEARCH = 12  # for one search of a customer, dictionaries and retries included (contract section 3, "Pace")
CALLS_FOR_A_HOTEL = 40  # to look a hotel up in the dictionaries of all countries, once a day
PAGES_A_WINDOW = 10
CHEAPEST_PER_HOTEL = {"PARTITION_PRICE": 32}
CHECK_SECONDS = 60  # /readyz may ask for the state more often than the supplier should hear


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What the supplier has for a query, the cheapest first.

    `unserved` names the part of the query that the supplier does not know, with `alternatives` from its dictionary:
    an answer that the customer can be told, not an error. `complete` is False when the caps on pages and calls left
    some of the period or of the list unseen. `pages` counts the price pages read.
    """

    offers: tuple[Offer, ...]
    fetched_at: datetime
    pages: int
    unserved: What | None = None
    alternatives: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class OnSale:
    """What is sold of a direction near a period: lengths of stay, ascending, and days with seats, in order."""

    nights: tuple[int, ...]
    days: tuple[date, ...]


@dataclass(frozen=True)
class _Rows:
    rows: list[Any]
    pages: int
    complete: bool


class SamoClient:
    """One SAMO instance. Thread-safe.

    `url` is SAMO_API_URL: an address ending in `.php`, a path root, or a bare host (contract section 2).
    """

    def __init__(
        self, url: str, token: str, *, clock: Clock, limiter: Limiter, session: requests.Session | None = None
    ) -> None:
        self._transport = Transport(url, token, clock, limiter, session or requests.Session())
        self._clock = clock
        self._cache = Cache(clock)

    def __repr__(self) -> str:
        return f"SamoClient({self._transport!r})"

    # ------------------------------------------------------------------ dictionaries and calendars

    def departures(self) -> list[Place]:
        """The departure cities."""
        return self._known().departures()

    def countries(self, departure_id: int) -> list[Place]:
        """The countries served from a departure city."""
        return self._known().countries(departure_id)

    def currencies(self) -> list[Place]:
        """The currencies that prices can be converted to."""
        return self._known().currencies()

    def resorts(self, departure_id: int, country_id: int) -> list[Place]:
        """The resorts of a direction; their parents are regions."""
        return self._known().of_direction("TOWNS", departure_id, country_id)

    def hotels(self, departure_id: int, country_id: int) -> list[Place]:
        """The hotels of a direction; their parents are resorts."""
        return self._known().of_direction("HOTELS", departure_id, country_id)

    def meals(self, departure_id: int, country_id: int) -> list[Place]:
        """The board types of a direction."""
        return self._known().of_direction("MEALS", departure_id, country_id)

    def stars(self, departure_id: int, country_id: int) -> list[Place]:
        """The hotel classes of a direction."""
        return self._known().of_direction("STARS", departure_id, country_id)

    def departure_days(self, departure_id: int, country_id: int) -> Departures:
        """Days with departures, and those that have seats."""
        return self._known().departure_days(departure_id, country_id)

    def nights(self, departure_id: int, country_id: int, window: tuple[date, date] | None = None) -> tuple[int, ...]:
        """The lengths of stay on sale, ascending; `window` limits them to departures from its first to its last day."""
        return self._known().nights(departure_id, country_id, window)

    def countries_sold(self, city: str | None = None) -> tuple[str, ...]:
        """Names of the countries served from a city, in the supplier's order; else from its first city."""
        known = self._known(Budget(CALLS_A_SEARCH))
        departures = known.departures()
        start = (names.named(departures, city) if city else None) or next(iter(departures), None)
        return tuple(place.name for place in known.countries(start.id)) if start else ()

    def on_sale(self, query: SearchQuery, around: timedelta) -> OnSale:
        """Lengths of stay that are sold, and departure days within `around` of the period of `query`."""
        asked = ask(query, self._known(Budget(CALLS_A_SEARCH)))
        if isinstance(asked, NotOffered):
            return OnSale((), ())
        first, last = query.date_from - around, query.date_to + around
        days = self.departure_days(asked.departure.id, asked.country.id).with_seats
        lengths = self.nights(asked.departure.id, asked.country.id)
        return OnSale(lengths, tuple(sorted(day for day in days if first <= day <= last)))

    def check(self) -> str:
        """Does the supplier answer? A sentence for `flask check` and /readyz; at most one real call a minute."""
        cities = self._cache.get("check", CHECK_SECONDS, lambda: self._transport.call("SearchTour_TOWNFROMS", {}))
        count = len(understood("SearchTour_TOWNFROMS", reading.items, cities))
        return f"SAMO отвечает, городов вылета: {count}"

    # ------------------------------------------------------------------ prices

    def search(self, query: SearchQuery) -> SearchResult:
        """The cheapest tour of each hotel that fits: a "from" price, never bookable; `expand` gives the real ones.

        A resort may be the name of a region, a hotel name may be in Cyrillic or a little misspelled. `stars_min` and
        `meal` are lower bounds (AI finds UAI too). `budget_max` is not applied: what is nearest above it is worth
        telling. Periods over 14 days are asked for in pieces; without rooms on sale a hotel is left out. With no
        country the named hotel is looked for in all of them.
        """
        fetched_at, budget = self._clock.now(), Budget(CALLS_A_SEARCH)
        asked = self._ask(query, budget)
        if isinstance(asked, NotOffered):
            return SearchResult((), fetched_at, 0, asked.what, asked.alternatives)
        found = self._rows(asked.params | CHEAPEST_PER_HOTEL, windows(query.date_from, query.date_to), budget)
        cheapest: dict[int, Offer] = {}
        for offer in self._offers(found.rows, query, asked, fetched_at):
            if offer.availability != "none":
                cheapest.setdefault(offer.hotel_key, offer.model_copy(update={"bookable": False}))
        return SearchResult(tuple(cheapest.values()), fetched_at, found.pages, complete=found.complete)

    def expand(self, query: SearchQuery, offer: Offer) -> list[Offer]:
        """The concrete tours behind an offer of `search` for the same query (or that tour again), cheapest first.

        Rooms, meals and dates differ; prices and `bookable` are fresh. Empty: it is not on sale any more.
        """
        fetched_at, budget = self._clock.now(), Budget(CALLS_A_SEARCH)
        asked = ask(query.model_copy(update={"country": query.country or offer.country}), self._known(budget))
        if isinstance(asked, NotOffered):
            return []
        claim = {"CATCLAIM": offer.claim, "HOTELS": offer.hotel_key}
        period = [(a, b) for a, b in windows(query.date_from, query.date_to) if a <= offer.check_in <= b]
        rows = self._rows(asked.params | claim, period, budget).rows
        concrete = [row for row in rows if isinstance(row, dict) and offers.concrete(row)]
        found = self._offers(concrete, query, asked, fetched_at)
        return list({one.claim: one for one in found if one.hotel_key == offer.hotel_key}.values())

    # ------------------------------------------------------------------ hotels

    def hotel(self, hotel_key: int) -> HotelFacts:
        """What the supplier tells of a hotel: pictures, address, description. One call; nothing of it is kept here."""
        answer = self._transport.call("Hotels_DETAILS", {"HOTELINC": hotel_key})
        return understood("Hotels_DETAILS", lambda said: hotels.facts(said, hotel_key), answer)

    # ------------------------------------------------------------------ inside

    def _ask(self, query: SearchQuery, budget: Budget) -> Asked | NotOffered:
        """`query` resolved; one that names a hotel and no country gets the hotel's."""
        if query.country:
            return ask(query, self._known(budget))
        country = country_of_hotel(query, self._known(Budget(CALLS_FOR_A_HOTEL)))
        if isinstance(country, NotOffered):
            return country
        return ask(query.model_copy(update={"country": country.name}), self._known(budget))

    def _known(self, budget: Budget | None = None) -> Dictionaries:
        return Dictionaries(lambda action, params: self._transport.call(action, params, budget), self._cache)

    def _rows(self, params: Mapping[str, Any], periods: list[tuple[date, date]], budget: Budget) -> _Rows:
        """The first page of every period, then the second ones, …: the cheapest rows stand on the first pages."""
        rows: list[Any] = []
        pages, complete = 0, True
        waiting = deque((period, 1) for period in periods)
        while waiting and (budget.left > 0 or not pages):
            period, page = waiting.popleft()
            answer = self._transport.call(PRICES, {**params, **check_in(*period), "PRICEPAGE": page}, budget)
            found, total = understood(PRICES, _page, answer)
            pages += 1
            rows += found
            if found and page < min(total, PAGES_A_WINDOW):
                waiting.append((period, page + 1))
            complete = complete and total <= PAGES_A_WINDOW
        return _Rows(rows, pages, complete and not waiting)

    def _offers(self, rows: list[Any], query: SearchQuery, asked: Asked, fetched_at: datetime) -> list[Offer]:
        """Rows that can be read and sold, by price."""
        found, unreadable = reading.readable(
            rows, lambda row: offers.offer(row, query, asked, fetched_at) if offers.sellable(row) else None
        )
        if unreadable:
            log.warning("samo %s: %d of %d rows could not be read", PRICES, unreadable, len(rows))
        return sorted((offer for offer in found if offer), key=lambda offer: offer.price.amount)


def _page(answer: Any) -> tuple[list[Any], int]:
    """The rows of one page, and how many pages there are."""
    return (reading.items(answer.get("prices")), reading.page_count(answer)) if answer else ([], 1)
