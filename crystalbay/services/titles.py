"""One-line titles of trips, for lists and exports."""

from __future__ import annotations

from datetime import date

from models import TripRequest

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def trip_title(trip: TripRequest) -> str:
    """«Турция, Кемер, 2+1, 1–10 июня, 7 ночей»; empty when nothing is known."""
    place = ", ".join(filter(None, (trip.destination_country, trip.destination_resort)))
    return ", ".join(filter(None, (place, _people(trip), _dates(trip.date_from, trip.date_to), _nights(trip))))


def _people(trip: TripRequest) -> str:
    if trip.adults is None:
        return ""
    return f"{trip.adults}+{len(trip.children)}" if trip.children else str(trip.adults)


def _dates(first: date | None, last: date | None) -> str:
    if first and last and first != last:
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{last.day} {_MONTHS[last.month - 1]}"
        return f"{day_name(first)} – {day_name(last)}"
    if first:
        return day_name(first) if last else f"с {day_name(first)}"
    return f"до {day_name(last)}" if last else ""


def day_name(day: date) -> str:
    """«5 июня»."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _nights(trip: TripRequest) -> str:
    low, high = trip.nights_min or trip.nights_max, trip.nights_max or trip.nights_min
    if not low:
        return ""
    return f"{low} ноч." if low == high else f"{low}–{high} ноч."
