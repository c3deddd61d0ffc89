"""The trip as people read it, and offers for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zlib import crc32

from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.formats import NBSP, Local
from crystalbay.web.views.names import MEALS, Json

_STALE_PRICE = timedelta(minutes=30)


def trip_line(trip: Json, local: Local) -> str:
    """«Турция, 2+1, 10–20 июня, 7–10 ночей»; empty when nothing is known."""
    first, last = _date(trip.get("date_from")), _date(trip.get("date_to"))
    when = formats.date_range(first, last, local.today)
    if first is not None and first == last == local.today + timedelta(days=1):
        when = _("вылет завтра")
    parts = (trip_short(trip), when, formats.nights(trip.get("nights_min"), trip.get("nights_max")))
    return ", ".join(part for part in parts if part)


def trip_short(trip: Json) -> str:
    """«Турция, 2+1», where there is room for no more."""
    place = trip.get("destination_country") or trip.get("destination_resort")
    people = formats.people_short(trip.get("adults"), trip.get("children"))
    return ", ".join(part for part in (place, people) if part)


@dataclass(frozen=True, slots=True)
class TripRow:
    """One thing known about the trip; `quote` are the client's words it came from."""

    label: str
    value: str
    quote: str | None
    by_machine: bool


def trip_rows(trip: Json, evidence: Mapping[str, str], local: Local) -> tuple[TripRow, ...]:
    """The known slots of a TripRequest. `evidence` maps a slot to the quoted words the machine took it from."""
    hotel = (trip.get("hotel_name"), _("от %(stars)s★", stars=trip["stars_min"]) if trip.get("stars_min") else None)
    where = [trip.get("destination_country"), trip.get("destination_resort")]
    others = trip.get("destination_alternatives") or ()
    place = ", ".join(part for part in where if part)
    rows = (
        (_("Куда"), _(" или ").join(filter(None, [place, *others])), ("destination_resort", "destination_country")),
        (_("Откуда"), trip.get("departure_city"), ("departure_city",)),
        (
            _("Когда"),
            formats.date_range(_date(trip.get("date_from")), _date(trip.get("date_to")), local.today),
            ("date_from", "date_to"),
        ),
        (_("Ночей"), _bare_nights(trip), ("nights_min", "nights_max")),
        (_("Кто"), formats.people(trip.get("adults"), trip.get("children")), ("adults", "children")),
        (_("Бюджет"), budget(trip), ("budget_max", "budget_min")),
        (_("Отель"), ", ".join(filter(None, hotel)), ("hotel_name", "stars_min")),
        (_("Питание"), str(MEALS[trip["meal"]]) if trip.get("meal") else "", ("meal",)),
        (_("Пожелания"), _sentence(trip.get("wishes")), ("wishes",)),
        (_("Кроме"), ", ".join(trip.get("excluded") or ()), ("excluded",)),
    )
    return tuple(_trip_row(label, value, slots, evidence) for label, value, slots in rows if value)


def slot_label(slot: str) -> str:
    """What a slot of a TripRequest is called in `trip_rows`; empty for one that has no row."""
    labels = {
        "departure_city": _("Откуда"),
        "hotel_name": _("Отель"),
        "stars_min": _("Отель"),
        "adults": _("Кто"),
        "children": _("Кто"),
        "meal": _("Питание"),
        "wishes": _("Пожелания"),
        "excluded": _("Кроме"),
    }
    topics = {"destination": _("Куда"), "date": _("Когда"), "nights": _("Ночей"), "budget": _("Бюджет")}
    return labels.get(slot) or topics.get(slot.partition("_")[0], "")


def budget(trip: Json) -> str:
    """«до 320 000 ₽», «от 150 000 ₽», «150 000–200 000 ₽», with « на человека» when so said."""
    low, high = trip.get("budget_min"), trip.get("budget_max")
    currency = trip.get("budget_currency") or "RUB"
    if low is not None and high is not None:
        bare, _sign, _rest = formats.money(low, currency).rpartition(NBSP)
        text = f"{bare}\u2060–\u2060{formats.money(high, currency)}"
    elif high is not None:
        text = _("до %(money)s", money=formats.money(high, currency))
    elif low is not None:
        text = _("от %(money)s", money=formats.money(low, currency))
    else:
        return ""
    return _("%(money)s на человека", money=text) if trip.get("budget_per") == "person" else text


def _bare_nights(trip: Json) -> str:
    written = formats.nights(trip.get("nights_min"), trip.get("nights_max"))
    return written.rpartition(NBSP)[0]  # the label already says «Ночей»


def _sentence(words: Sequence[str] | None) -> str:
    text = ", ".join(words or ())
    return text[:1].upper() + text[1:]


def _trip_row(label: str, value: str, slots: Iterable[str], evidence: Mapping[str, str]) -> TripRow:
    quotes = list(dict.fromkeys(evidence[slot] for slot in slots if evidence.get(slot)))
    return TripRow(label, value, f"«{', '.join(quotes)}»" if quotes else None, bool(quotes))


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer. `stale`: the price was fetched more than 30 minutes ago."""

    id: str
    hotel: str
    stars: int
    place: str
    dates: str
    nights: str
    meal: str
    room: str
    people: str
    price: str
    price_age: str
    stale: bool
    image: str


def offer_view(offer: Json, local: Local) -> OfferView:
    """The view of a REST offer (models.Offer as JSON). The picture is a drawn landscape: suppliers give none."""
    fetched = local.at(offer["fetched_at"])
    first, last = _date(offer["check_in"]), _date(offer["check_out"])
    return OfferView(
        id=offer["id"],
        hotel=offer["hotel"],
        stars=offer.get("stars") or 0,
        place=", ".join(part for part in (offer.get("resort"), offer.get("country")) if part),
        dates=formats.date_range(first, last, local.today),
        nights=formats.nights(offer["nights"], offer["nights"]),
        meal=str(MEALS.get(offer["meal"], offer["meal"])),
        room=offer["room"],
        people=formats.people(offer["adults"], [None] * offer.get("children", 0)),
        price=formats.money(offer["price"]["amount"], offer["price"]["currency"]),
        price_age=_("Цена от %(time)s", time=formats.moment(fetched, local)),
        stale=local.now - fetched > _STALE_PRICE,
        image=f"/static/img/place-{crc32(offer['hotel'].encode()) % 4 + 1}.svg",
    )


def _date(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
