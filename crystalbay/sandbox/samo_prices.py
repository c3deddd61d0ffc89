"""SearchTour_PRICES of the simulated SAMO-Tour: from parameters to rows (contract section 5)."""

from __future__ import annotations

from itertools import groupby

from crystalbay.sandbox.samo_model import Entry, Model, Tour
from crystalbay.sandbox.samo_query import BAD_VALUE, NO_HOTELS, Query, Refusal

CHEAPEST_PER_HOTEL = 32  # bit of PARTITION_PRICE


class Prices:
    """Searches what the model sells."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def rows(self, query: Query) -> list[Entry]:
        """All rows over all pages, sorted and grouped as asked. Raises what `Query` raises, and NO_HOTELS."""
        currency = query.currency()
        tours = sorted(self._on_sale(query, currency), key=_by_price)
        grouped = bool(query.number("PARTITION_PRICE", default=0) & CHEAPEST_PER_HOTEL)
        if grouped:
            tours = [next(same) for _, same in groupby(sorted(tours, key=_by_hotel), key=_by_hotel)]
        tours.sort(key=_by_price, reverse=query.text("SORT").upper() == "DESC")
        return [self._row(tour, currency, grouped) for tour in tours]

    def _on_sale(self, query: Query, currency: Entry) -> list[Tour]:
        departure, country = query.direction()
        hotels = self._hotels(query, country)
        tours = self._model.tours(departure, country, hotels, query.days(), query.nights(), query.party())
        meals, claim = query.ids("MEALS"), query.claim()
        least, most = query.number("COSTMIN", default=0), query.number("COSTMAX", default=10**12)
        return [
            tour
            for tour in tours
            if (not meals or tour.meal in meals)
            and (claim is None or _belongs(tour, *claim))
            and least <= self._model.converted(tour, currency) <= most
            and self._available(tour, query)
        ]

    def _available(self, tour: Tour, query: Query) -> bool:
        """Stop sales, seats and instant confirmation, as far as the query asks for them."""
        rooms = self._model.rooms(tour)
        stopped = query.on("FILTER") and rooms == "N"
        slow = query.on("MOMENT_CONFIRM") and rooms in "RN"
        grounded = query.on("FREIGHT") and "N" in self._model.seats(tour)
        return not (stopped or slow or grounded)

    def _hotels(self, query: Query, country: int) -> list[Entry]:
        towns, hotels, stars, meals = (query.ids(name) for name in ("TOWNS", "HOTELS", "STARS", "MEALS"))
        programme = query.number("TOURINC", default=0)
        if programme and programme not in {tour["id"] for tour in self._model.of_country("TOURS", country)}:
            raise Refusal(BAD_VALUE, "Неизвестная программа тура")
        found = [
            hotel
            for hotel in self._model.of_country("HOTELS", country)
            if (not towns or hotel["townKey"] in towns)
            and (not hotels or hotel["id"] in hotels)
            and (not stars or hotel["starKey"] in stars)
            and (not meals or meals & set(hotel["xMeals"]))
        ]
        if not found:
            raise Refusal(NO_HOTELS, "По заданным условиям отели не найдены")
        return found

    def _row(self, tour: Tour, currency: Entry, grouped: bool) -> Entry:
        hotel, room = self._model.known("HOTELS", tour.hotel), self._model.known("ROOMS", tour.room)
        programme = self._model.of_country("TOURS", tour.country)[0]
        native = self._model.currency(self._model.known("STATES", tour.country)["xCurrency"])
        seats_in, seats_out = self._model.seats(tour)
        rooms, converted = self._model.rooms(tour), self._model.converted(tour, currency)
        party = tour.party
        return {
            "id": self._model.claim(tour, currency["id"], grouped),
            "checkIn": f"{tour.check_in:%Y%m%d}",
            "checkOut": f"{tour.check_out:%Y%m%d}",
            "nights": tour.nights,
            "adult": party.adults,
            "child": party.children,
            "infant": party.infants,
            "packetType": 0,
            "tour": programme["name"],
            "tourAlt": programme["nameAlt"],
            "tourKey": programme["id"],
            "programType": programme["type"],
            "programTypeKey": programme["typeKey"],
            "townFromKey": tour.departure,
            "stateKey": tour.country,
            "town": hotel["town"],
            "townKey": hotel["townKey"],
            "hotel": hotel["name"],
            "hotelKey": tour.hotel,
            "star": hotel["star"],
            "starKey": hotel["starKey"],
            "room": room["name"],
            "roomKey": tour.room,
            "htPlace": f"{party.adults}ADL" + (f"+{party.children}CHD" if party.children else ""),
            "htPlaceKey": 10 * party.adults + party.children,
            "meal": self._model.known("MEALS", tour.meal)["name"],
            "mealKey": tour.meal,
            "price": str(tour.native),
            "currency": native["currencyISO"],
            "currencyKey": native["id"],
            "convertedPrice": f"{converted:,} {currency['currencyISO']}".replace(",", " "),
            "convertedPriceNumber": converted,
            "hotelAvailability": rooms,
            "freights": {"econom": {"in": seats_in, "out": seats_out}, "business": {"in": "N", "out": "N"}},
            "freightExternal": "N",
            "bron": int(rooms != "N" and "N" not in (seats_in, seats_out)),
            "grouped": int(grouped),
            "spo": f"SPO-{tour.country}-{tour.check_in:%m%d}",
            "note": "",
            "transportCodeKey": 1,
        }


def _by_hotel(tour: Tour) -> int:
    return tour.hotel


def _by_price(tour: Tour) -> tuple[object, ...]:
    return tour.native, tour.check_in, tour.hotel, tour.room, tour.meal, tour.nights


def _belongs(tour: Tour, claimed: Tour, grouped: bool) -> bool:
    """A group's claim stands for all tours of its hotel that the search finds, a concrete one for itself."""
    return tour.hotel == claimed.hotel if grouped else tour == claimed
