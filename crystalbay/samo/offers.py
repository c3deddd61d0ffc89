"""From a SearchTour_PRICES row to an `Offer` (contract section 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from crystalbay.samo import reading
from crystalbay.samo.names import stars_number
from crystalbay.samo.query import Asked
from models import Offer, SearchQuery


def sellable(row: dict[str, Any]) -> bool:
    """Can the agency sell such a tour at all? Not with a flight outside of the package, not without seats both ways."""
    return str(row.get("freightExternal") or "N").upper() != "Y" and reading.seats(row) != "none"


def concrete(row: dict[str, Any]) -> bool:
    """A row of one room, meal and date; a grouped row is only a "from" price."""
    return not reading.flag(row.get("grouped"))


def offer(row: dict[str, Any], query: SearchQuery, asked: Asked, fetched_at: datetime) -> Offer:
    """The row as an offer for the party of `query`. Raises one of `reading.UNREADABLE` when a required field is bad."""
    check_in, nights = reading.day(row["checkIn"]), int(row["nights"])
    claim = str(row["id"])
    if not claim or nights < 1:
        raise ValueError("no claim or no nights")
    price, native_price = reading.prices(row, query.currency)
    availability = reading.worst(reading.rooms(row), reading.seats(row))
    return Offer(
        id=str(uuid4()),
        claim=claim,
        hotel=str(row["hotel"]).strip(),
        hotel_key=int(row["hotelKey"]),
        stars=stars_number(str(row.get("star") or "")),
        resort=str(row.get("town") or ""),
        country=asked.country.name,
        departure_city=asked.departure.name,
        check_in=check_in,
        check_out=reading.day(row["checkOut"]) if row.get("checkOut") else check_in + timedelta(days=nights),
        nights=nights,
        adults=query.adults,
        children=len(query.children),
        room=str(row.get("room") or ""),
        meal=str(row.get("meal") or ""),
        price=price,
        native_price=native_price,
        availability=availability,
        bookable=reading.flag(row.get("bron")) and concrete(row) and availability != "none",
        fetched_at=fetched_at,
    )
