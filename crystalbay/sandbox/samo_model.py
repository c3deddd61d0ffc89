"""What the simulated SAMO-Tour sells: the demo catalogue, its calendar and its price model (contract section 8).

Hotels, airlines, ids and prices are invented. Everything follows from the catalogue, the seed and today's date.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CATALOGUE = Path(__file__).parent / "data" / "samo_catalog.json"
SEED = "1"  # with it the model gives the prices of the contract's examples
CALENDAR_DAYS = 400  # departures from tomorrow on; the contract's own stand-in had 300

Entry = dict[str, Any]


@dataclass(frozen=True)
class Party:
    adults: int
    ages: tuple[int, ...] = ()

    @property
    def children(self) -> int:
        """Those of two years and more; younger ones are infants."""
        return sum(age >= 2 for age in self.ages)

    @property
    def infants(self) -> int:
        return len(self.ages) - self.children


@dataclass(frozen=True)
class Tour:
    """One combination on sale, by ids. `native` is the price in the country's own currency, whole units."""

    departure: int
    country: int
    hotel: int
    room: int
    meal: int
    check_in: date
    nights: int
    party: Party
    native: int

    @property
    def check_out(self) -> date:
        return self.check_in + timedelta(days=self.nights)


class Model:
    """The catalogue with its calendar and prices. `today` is asked anew at every question."""

    def __init__(self, today: Callable[[], date], seed: str = SEED) -> None:
        self.catalogue: dict[str, Any] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
        self.today = today
        self._seed = seed
        self._by_id: dict[str, dict[int, Entry]] = {
            name: {entry["id"]: entry for entry in entries}
            for name, entries in self.catalogue.items()
            if isinstance(entries, list)
        }

    def entry(self, dictionary: str, id: int) -> Entry | None:
        return self._by_id[dictionary].get(id)

    def known(self, dictionary: str, id: int) -> Entry:
        """The entry, which must be there."""
        return self._by_id[dictionary][id]

    def of_country(self, dictionary: str, country: int) -> list[Entry]:
        return [entry for entry in self.catalogue[dictionary] if entry["stateKey"] == country]

    def route(self, departure: int, country: int) -> Entry | None:
        """Weekdays and nights of a direction, None when it is not served."""
        found: Entry | None = self.catalogue["xRoutes"].get(str(departure), {}).get(str(country))
        return found

    # ------------------------------------------------------------------ calendar

    def valid(self, departure: int, country: int) -> str:
        """The calendar from today on: 0 no departure, 1 without seats, 2 and 3 with seats, 7 not available."""
        return "".join(self._day(departure, country, self.today() + timedelta(days=n)) for n in range(CALENDAR_DAYS))

    def _day(self, departure: int, country: int, day: date) -> str:
        route = self.route(departure, country)
        if not route or not self._sold(day) or day.weekday() not in route["weekdays"]:
            return "0"
        if self.chance("closed", departure, country, day) < 0.02:
            return "7"
        return {"N": "1", "F": "3", "Y": "2"}[self.outward(departure, country, day)]

    def _sold(self, day: date) -> bool:
        return 1 <= (day - self.today()).days < CALENDAR_DAYS

    def outward(self, departure: int, country: int, day: date) -> str:
        """Seats of the flight out: Y, F or N."""
        return _letter(self.chance("out", departure, country, day), none=0.1, few=0.3)

    def homeward(self, departure: int, country: int, day: date) -> str:
        """Seats of the flight back: Y, F or N."""
        return _letter(self.chance("back", departure, country, day), none=0.05, few=0.2)

    def seats(self, tour: Tour) -> tuple[str, str]:
        """Seats of both flights of a tour."""
        there = self.outward(tour.departure, tour.country, tour.check_in)
        return there, self.homeward(tour.departure, tour.country, tour.check_out)

    def rooms(self, tour: Tour) -> str:
        """Rooms of the hotel: Y, F, R (on request) or N (sold out)."""
        chance = self.chance("rooms", tour.hotel, tour.room, tour.check_in, tour.nights)
        return "R" if 0.04 <= chance < 0.12 else _letter(chance, none=0.04, few=0.3)

    # ------------------------------------------------------------------ prices

    def chance(self, *parts: object) -> float:
        """h(parts) of the contract: 0..1, the same for the same parts."""
        text = "|".join((self._seed, *map(str, parts)))
        return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) / 2**48

    def tours(
        self,
        departure: int,
        country: int,
        hotels: list[Entry],
        days: list[date],
        nights: list[int],
        party: Party,
    ) -> Iterator[Tour]:
        """Everything on sale for these days and lengths, whether rooms and seats are left or not."""
        route = self.route(departure, country)
        lengths = [number for number in nights if route and number in route["nights"]]
        on_sale = [day for day in days if self._day(departure, country, day) not in "07"]
        for hotel in hotels:
            for room in self._fitting(hotel, party):
                for meal in hotel["xMeals"]:
                    for day in on_sale:
                        for number in lengths:
                            tour = Tour(departure, country, hotel["id"], room, meal, day, number, party, 0)
                            yield self.priced(tour)

    def _fitting(self, hotel: Entry, party: Party) -> list[int]:
        beds = party.adults + party.children
        return [room for room in hotel["xRooms"] if beds <= self.known("ROOMS", room)["xMaxPax"]]

    def priced(self, tour: Tour) -> Tour:
        """The tour with its native price (contract section 8, "demo price model")."""
        country = self.known("STATES", tour.country)
        hotel = self.known("HOTELS", tour.hotel)
        factor = self.known("ROOMS", tour.room)["xFactor"] * self.known("MEALS", tour.meal)["xFactor"]
        season = country["xSeason"][tour.check_in.month - 1]
        stay = hotel["xRateUsd"] * factor * season * _occupancy(tour.party) * tour.nights
        leg = 0.9 + 0.2 * self.chance("leg", tour.departure, tour.country)
        heads = tour.party.adults + 0.9 * tour.party.children + 0.1 * tour.party.infants
        flight = country["xFlightUsd"] * leg * heads
        jitter = self.chance("jit", tour.departure, tour.hotel, tour.room, tour.meal, tour.check_in, tour.nights)
        dollars = (stay + flight) * (0.93 + 0.14 * jitter)
        return replace(tour, native=round(dollars * self._rate(country["xCurrency"])))

    def converted(self, tour: Tour, currency: Entry) -> int:
        """The price in another currency, whole units."""
        native: str = self.known("STATES", tour.country)["xCurrency"]
        per_dollar: float = currency["xPerUsd"]
        return round(tour.native * (per_dollar / self._rate(native)))

    def currency(self, iso: str) -> Entry:
        found: Entry = next(entry for entry in self.catalogue["CURRENCIES"] if entry["currencyISO"] == iso)
        return found

    def _rate(self, iso: str) -> float:
        rate: float = self.currency(iso)["xPerUsd"]
        return rate

    # ------------------------------------------------------------------ claims

    def claim(self, tour: Tour, currency: int, grouped: bool) -> str:
        """The opaque id of a price row, CATCLAIM."""
        ages = ",".join(map(str, tour.party.ages))
        where = (tour.departure, tour.country, tour.hotel, tour.room, tour.meal)
        when = (f"{tour.check_in:%Y%m%d}", tour.nights, tour.party.adults, ages, currency)
        body = ".".join(map(str, (*where, *when, "G" if grouped else "C")))
        return base64.urlsafe_b64encode(f"{body}.{self._sign(body)}".encode()).decode().rstrip("=")

    def claimed(self, claim: str) -> tuple[Tour, bool] | None:
        """The tour behind a claim, and whether it is a group; None when this server never gave such a claim."""
        try:
            text = base64.urlsafe_b64decode(claim + "=" * (-len(claim) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        body, _, signature = text.rpartition(".")
        if signature != self._sign(body):
            return None
        departure, country, hotel, room, meal, day, nights, adults, ages, _, kind = body.split(".")
        party = Party(int(adults), tuple(int(age) for age in ages.split(",") if age))
        ids = (int(departure), int(country), int(hotel), int(room), int(meal))
        return self.priced(Tour(*ids, date.fromisoformat(day), int(nights), party, 0)), kind == "G"

    def _sign(self, body: str) -> str:
        return hashlib.sha256(f"{self._seed}|claim|{body}".encode()).hexdigest()[:8]


def _occupancy(party: Party) -> float:
    if party.adults == 1 and not party.children:
        return 0.8
    small = sum(2 <= age <= 11 for age in party.ages)
    return 1 + 0.3 * max(0, party.adults - 2) + 0.15 * small + 0.3 * (party.children - small)


def _letter(chance: float, *, none: float, few: float) -> str:
    return "N" if chance < none else "F" if chance < few else "Y"
