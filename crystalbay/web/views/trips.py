"""The trip as people read it, and offers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from zlib import crc32

from crystalbay.chat.words import hotel as hotel_name
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


def trip_title(trip: Json, local: Local) -> str:
    """«Турция, Кемер, 2+1, 10–20 июня, 7 ночей», by which a lead is known in lists; empty when nothing is known."""
    where = [trip.get("destination_country"), trip.get("destination_resort")]
    parts = (
        *(formats.place(name) for name in where if name),
        formats.people_short(trip.get("adults"), trip.get("children")),
        formats.date_range(_date(trip.get("date_from")), _date(trip.get("date_to")), local.today),
        formats.nights(trip.get("nights_min"), trip.get("nights_max")),
    )
    return ", ".join(part for part in parts if part)


def trip_short(trip: Json) -> str:
    """«Турция, 2+1», where there is room for no more."""
    place = formats.place(trip.get("destination_country") or trip.get("destination_resort"))
    people = formats.people_short(trip.get("adults"), trip.get("children"))
    return ", ".join(part for part in (place, people) if part)


@dataclass(frozen=True, slots=True)
class TripRow:
    """One thing known about the trip; `quote` are the client's words it came from.

    `key` names the row, `slots` are those of its slots that are known; `confirmed`: a person looked and agreed (`by`),
    or said so himself (`by_hand`; then nobody is quoted).
    """

    label: str
    value: str
    quote: str | None
    by_machine: bool
    key: str = ""
    slots: tuple[str, ...] = ()
    confirmed: bool = False
    by: str | None = None
    by_hand: bool = False


ROWS = {  # a row of the trip → its slots, the ones that are quoted first
    "where": ("destination_resort", "destination_country", "destination_alternatives"),
    "from": ("departure_city",),
    "when": ("date_from", "date_to"),
    "nights": ("nights_min", "nights_max"),
    "who": ("adults", "children"),
    "budget": ("budget_max", "budget_min", "budget_currency", "budget_per"),
    "hotel": ("hotel_name", "stars_min"),
    "meal": ("meal",),
    "wishes": ("wishes",),
    "excluded": ("excluded",),
}
_BESIDE = frozenset({"budget_currency", "budget_per"})
"""Slots that come with an amount: its words are the row's."""


def row_label(key: str) -> str:
    """What a row of the trip is called."""
    return {
        "where": _("Куда"),
        "from": _("Откуда"),
        "when": _("Когда"),
        "nights": _("Ночей"),
        "who": _("Кто"),
        "budget": _("Бюджет"),
        "hotel": _("Отель"),
        "meal": _("Питание"),
        "wishes": _("Пожелания"),
        "excluded": _("Кроме"),
    }[key]


def trip_rows(
    trip: Json,
    evidence: Mapping[str, str],
    local: Local,
    *,
    confirmed: Collection[str] = (),
    by: Mapping[str, str] | None = None,
    by_hand: Collection[str] = (),
) -> tuple[TripRow, ...]:
    """The known slots of a TripRequest. `evidence` maps a slot to the quoted words the machine took it from, `by` a
    confirmed slot to the person who confirmed it; `by_hand` are those that he set himself."""
    rows = ((key, _written(key, trip, local)) for key in ROWS)
    sources = (evidence, confirmed, by or {}, by_hand)
    return tuple(_trip_row(key, value, trip, *sources) for key, value in rows if value)


def unknown_rows(trip: Json, local: Local) -> tuple[tuple[str, str], ...]:
    """The rows that nothing is known of: (key, label)."""
    return tuple((key, row_label(key)) for key in ROWS if not _written(key, trip, local))


def _written(key: str, trip: Json, local: Local) -> str:
    """The value of a row as people read it; empty when nothing is known."""
    if key == "where":
        where = [trip.get("destination_country"), trip.get("destination_resort")]
        place = ", ".join(formats.place(part) for part in where if part)
        others = map(formats.place, trip.get("destination_alternatives") or ())
        return _(" или ").join(filter(None, [place, *others]))
    if key == "from":
        return formats.place(trip.get("departure_city"))
    if key == "when":
        return formats.date_range(_date(trip.get("date_from")), _date(trip.get("date_to")), local.today)
    if key == "nights":
        return _bare_nights(trip)
    if key == "who":
        return formats.people(trip.get("adults"), trip.get("children"))
    if key == "budget":
        return budget(trip)
    if key == "hotel":
        stars = _("от %(stars)s★", stars=trip["stars_min"]) if trip.get("stars_min") else None
        return ", ".join(filter(None, (trip.get("hotel_name"), stars)))
    if key == "meal":
        return str(MEALS[trip["meal"]]) if trip.get("meal") else ""
    return _sentence(trip.get("wishes")) if key == "wishes" else ", ".join(trip.get("excluded") or ())


def slot_label(slot: str) -> str:
    """What the row of a slot of a TripRequest is called; empty for one that has no row."""
    return next((row_label(key) for key, slots in ROWS.items() if slot in slots), "")


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


def _trip_row(
    key: str,
    value: str,
    trip: Json,
    evidence: Mapping[str, str],
    confirmed: Collection[str],
    by: Mapping[str, str],
    by_hand: Collection[str],
) -> TripRow:
    known = tuple(slot for slot in ROWS[key] if trip.get(slot) not in (None, [], ()))
    sure = bool(known) and all(slot in confirmed for slot in known if slot not in _BESIDE)
    said = not sure or not set(known) & set(by_hand)
    quoted = [slot for slot in known if slot not in _BESIDE and slot not in by_hand and evidence.get(slot)]
    quotes = list(dict.fromkeys(evidence[slot] for slot in quoted)) if said else []
    return TripRow(
        label=row_label(key),
        value=value,
        quote=f"«{', '.join(quotes)}»" if quotes else None,
        by_machine=bool(quotes) and not sure,
        key=key,
        slots=known,
        confirmed=sure,
        by=next((by[slot] for slot in sorted(known, key=lambda slot: slot not in by_hand) if slot in by), None)
        if sure
        else None,
        by_hand=not said,
    )


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer. `stale`: the price was fetched more than 30 minutes ago; `was`: the price before it was checked."""

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
    fetched: str
    available: bool
    was: str | None
    difference: str | None
    dearer: bool


def offer_view(offer: Json, local: Local) -> OfferView:
    """The view of a REST offer (models.Offer as JSON, with its newest `check`). The picture is a drawn landscape:
    suppliers give none."""
    check = offer.get("check") or {}
    fetched = local.at(check.get("fetched_at") or offer["fetched_at"])
    first, last = _date(offer["check_in"]), _date(offer["check_out"])
    was, price = offer["price"], check.get("price") or offer["price"]
    change = Decimal(price["amount"]) - Decimal(was["amount"])
    return OfferView(
        id=offer["id"],
        hotel=hotel_name(offer["hotel"]),
        stars=offer.get("stars") or 0,
        place=", ".join(formats.place(part) for part in (offer.get("resort"), offer.get("country")) if part),
        dates=formats.date_range(first, last, local.today),
        nights=formats.nights(offer["nights"], offer["nights"]),
        meal=str(MEALS.get(offer["meal"], offer["meal"])),
        room=offer["room"],
        people=formats.people(offer["adults"], [None] * offer.get("children", 0)),
        price=formats.money(price["amount"], price["currency"]),
        price_age=_("Цена от %(time)s", time=formats.moment(fetched, local)),
        stale=local.now - fetched > _STALE_PRICE,
        image=f"/static/img/place-{crc32(offer['hotel'].encode()) % 4 + 1}.svg",
        fetched=fetched.isoformat(),
        available=offer.get("availability") != "none" and check.get("available", True),
        was=formats.money(was["amount"], was["currency"]) if change else None,
        difference=formats.money(abs(change), price["currency"]) if change else None,
        dearer=change > 0,
    )


def _date(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value
