"""Searches: one row a set of parameters, so that all who want the same wait for one call of the supplier.

pending → done | failed; a result is fresh for ten minutes (SAMO contract section 3), then the next asker renews it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from crystalbay.errors import PermanentError, ProviderError
from crystalbay.services import hotels
from crystalbay.services.activities import activity
from crystalbay.services.context import Context, Supplier
from crystalbay.services.viewers import BOT
from crystalbay.services.work import new_job, process_job
from crystalbay.store.interface import Change, InsertOnce, Require, Row, Update
from models import Currency, Offer, SearchQuery, TripRequest

FRESH_FOR = timedelta(minutes=10)
SHOWN = 3
LONGEST_WINDOW = timedelta(days=31)
AROUND = timedelta(days=7)
"""How far beside the dates asked for a customer may find it worth to look when there is nothing on them."""
MOST_EXPANDED = 5
"""Hotels whose concrete rows are read at most: each costs a call, and the supplier takes one a second."""


@dataclass(frozen=True)
class Findings:
    """What a finished search can say. `over_budget`: nothing fits, these are the nearest.

    `nights_sold` and `days_sold`: what is on sale near a search that found nothing.
    """

    offers: tuple[Offer, ...]
    hotels_found: int
    over_budget: bool
    unserved: str | None
    alternatives: tuple[str, ...]
    nights_sold: tuple[int, ...] = ()
    days_sold: tuple[date, ...] = ()


# --------------------------------------------------------------------------- from a trip to a query


def query_of(trip: TripRequest, today: date, *, there_and_back: bool = False) -> SearchQuery | None:
    """The search that a trip asks for, or None while something is missing that no search can do without.

    `there_and_back`: the trip's two dates are the day it begins and the day it ends, not a window for its beginning.
    """
    if not (trip.departure_city and (trip.destination_country or trip.hotel_name) and trip.adults):
        return None
    nights = (trip.nights_min or trip.nights_max, trip.nights_max or trip.nights_min)
    window = _departure_window(trip, nights[0], today, there_and_back)
    if nights[0] is None or nights[1] is None or window is None:
        return None
    if trip.children and None in trip.children:
        return None
    same_country = [] if trip.destination_resort is None else [trip.destination_resort]
    return SearchQuery(
        departure_city=trip.departure_city,
        country=trip.destination_country or "",
        resorts=tuple(same_country),
        hotel_name=trip.hotel_name,
        date_from=window[0],
        date_to=window[1],
        nights_min=nights[0],
        nights_max=nights[1],
        adults=trip.adults,
        children=tuple(age for age in trip.children or () if age is not None),
        stars_min=trip.stars_min,
        meal=trip.meal,
        currency=_currency(trip),
        budget_max=_total_budget(trip),
    )


def nearby(query: SearchQuery, found: Findings | None, today: date) -> SearchQuery:
    """A search beside `query`: a week more on both sides, and the lengths of stay that are sold next to its own."""
    first = max(query.date_from - AROUND, today + timedelta(days=1))
    last = min(query.date_to + AROUND, first + LONGEST_WINDOW - timedelta(days=1))
    low, high = max(query.nights_min - 3, 1), query.nights_max + 3
    sold = found.nights_sold if found else ()
    if sold and not any(low <= nights <= high for nights in sold):
        low = high = min(sold, key=lambda nights: abs(nights - query.nights_min))
    return query.model_copy(
        update={"date_from": first, "date_to": max(first, last), "nights_min": low, "nights_max": high}
    )


def countries(ctx: Context, city: str | None) -> tuple[str, ...]:
    """The countries that the supplier sells from a city; none when there is no supplier or it does not answer."""
    try:
        return ctx.supplier.countries_sold(city) if ctx.supplier else ()
    except ProviderError:
        return ()


def _departure_window(
    trip: TripRequest, nights: int | None, today: date, there_and_back: bool
) -> tuple[date, date] | None:
    """The days on which the trip may begin, from tomorrow on."""
    first, last = trip.date_from, trip.date_to
    if first is None and last is None:
        return None
    if there_and_back and first and last and (last - first).days == nights:
        last = first
    elif first is None and last and nights:
        last -= timedelta(days=nights)
        first = max(today, last - timedelta(days=7))
    first = max(first or today, today + timedelta(days=1))
    last = last or first + timedelta(days=7)
    last = min(last, first + LONGEST_WINDOW - timedelta(days=1))
    return (first, last) if first <= last else None


def _currency(trip: TripRequest) -> Currency:
    return trip.budget_currency or "RUB"


def _total_budget(trip: TripRequest) -> Any:
    if trip.budget_max is None or trip.budget_per != "person":
        return trip.budget_max
    return trip.budget_max * ((trip.adults or 1) + len(trip.children or ()))


def key_of(query: SearchQuery) -> str:
    """What two equal searches share."""
    return hashlib.sha256(query.model_dump_json().encode()).hexdigest()[:40]


# --------------------------------------------------------------------------- asking


def findings(ctx: Context, query: SearchQuery) -> Findings | None:
    """The answer to a search if a fresh one is there. Raises PermanentError when the search has just failed."""
    row = _row(ctx, key_of(query))
    if row is None or row["state"] == "pending" or not _fresh(ctx, row):
        return None
    if row["state"] == "failed":
        raise PermanentError(row["error"] or "the search failed")
    found = row["result"]
    return Findings(
        offers=tuple(Offer.model_validate(offer) for offer in found["offers"]),
        hotels_found=found["hotels_found"],
        over_budget=found["over_budget"],
        unserved=found["unserved"],
        alternatives=tuple(found["alternatives"]),
        nights_sold=tuple(found.get("nights_sold", ())),
        days_sold=tuple(date.fromisoformat(day) for day in found.get("days_sold", ())),
    )


def is_running(ctx: Context, key: str) -> bool:
    """Is this search under way?"""
    row = _row(ctx, key)
    return row is not None and row["state"] == "pending"


def ask(ctx: Context, query: SearchQuery, lead_id: str) -> list[Change]:
    """The changes that start a search, or join the one that is running.

    They hold the row as `pending`: a search that ends meanwhile makes them conflict, so no waiting asker is overlooked.
    """
    key = key_of(query)
    row = _row(ctx, key)
    if row is None:
        fresh: Row = {"id": key, "query": query.model_dump(mode="json"), "state": "pending", "generation": 1}
        started: list[Change] = [InsertOnce("searches", fresh, key=("id",), now={"created_at": 0.0}), _job(key, 1)]
    elif row["state"] == "pending":
        started = []
    else:
        generation = row["generation"] + 1
        again = {"state": "pending", "generation": generation, "error": None}
        started = [Update("searches", key, again, expect={"generation": row["generation"]}), _job(key, generation)]
    said = activity("search.started", BOT, lead_id=lead_id, country=query.country)
    return [*started, Require("searches", key, {"state": "pending"}), said]


def _job(key: str, generation: int) -> Change:
    return new_job("search", {"search": key}, key=f"search:{key}", once=f"search:{key}:{generation}")


def _row(ctx: Context, key: str) -> Row | None:
    rows = ctx.store.find("searches", [("id", "eq", key)], limit=1)
    return rows[0] if rows else None


def _fresh(ctx: Context, row: Row) -> bool:
    if row["state"] == "failed":
        return bool(ctx.clock.now() - row["fetched_at"] < timedelta(seconds=60))
    return bool(ctx.clock.now() - row["fetched_at"] < FRESH_FOR)


# --------------------------------------------------------------------------- the search job


def run(ctx: Context, key: str) -> list[Change]:
    """Call the supplier and answer the changes that keep its result and wake the conversations that wait."""
    row = _row(ctx, key)
    if row is None or row["state"] != "pending":
        return []
    if ctx.supplier is None:
        raise PermanentError("no supplier is configured")
    query = SearchQuery.model_validate(row["query"])
    found = ctx.supplier.search(query)
    candidates, over_budget = pick(found.offers, query)
    real = _concrete(ctx, query, candidates)
    pictures = any(channel.buttons for channel in ctx.channels.values())
    result = {
        "offers": [offer.model_dump(mode="json") for offer in real],
        "hotels_found": len(found.offers),
        "over_budget": over_budget,
        "unserved": found.unserved,
        "alternatives": list(found.alternatives),
    }
    if not found.offers and found.unserved is None:
        result |= _on_sale(ctx.supplier, query)
    sets = {"state": "done", "result": result, "fetched_at": found.fetched_at, "error": None}
    return [*(hotels.learn(ctx, real) if pictures else []), *_ended(row, sets)]


def _on_sale(supplier: Supplier, query: SearchQuery) -> Row:
    """What is sold near a search that found nothing: a search that succeeded does not fail for want of it."""
    try:
        sold = supplier.on_sale(query, AROUND)
    except ProviderError:
        return {}
    return {"nights_sold": sold.nights, "days_sold": [day.isoformat() for day in sold.days]}


def failed(ctx: Context, key: str, error: str) -> list[Change]:
    """The search is given up: those who wait get a person."""
    row = _row(ctx, key)
    if row is None or row["state"] != "pending":
        return []
    return _ended(row, {"state": "failed", "error": error[:500], "fetched_at": ctx.clock.now()})


def _ended(row: Row, sets: Row) -> list[Change]:
    wake = new_job("wake", {"search": row["id"]}, once=f"wake:{row['id']}:{row['generation']}")
    guard = {"state": "pending", "generation": row["generation"]}
    return [Update("searches", row["id"], sets, expect=guard), wake, activity("search.done", BOT, state=sets["state"])]


def wake(ctx: Context, key: str) -> list[Change]:
    """A job for each conversation that waits for this search."""
    row = _row(ctx, key)
    waiting = ctx.store.find("conversations", [("waiting_for", "eq", key)], limit=1000)
    generation = row["generation"] if row else 0
    return [process_job(asker["id"], f"{asker['id']}:{key}:{generation}") for asker in waiting]


def _concrete(ctx: Context, query: SearchQuery, candidates: Sequence[Offer]) -> list[Offer]:
    """The real cheapest rows of the first hotels that still have one; a grouped row is only a price «from»."""
    assert ctx.supplier is not None
    real: list[Offer] = []
    for candidate in candidates[:MOST_EXPANDED]:
        rows = ctx.supplier.expand(query, candidate)
        if rows:
            real.append(min(rows, key=lambda offer: offer.price.amount))
        if len(real) == SHOWN:
            break
    return sorted(real, key=lambda offer: offer.price.amount)


def pick(found: Sequence[Offer], query: SearchQuery) -> tuple[list[Offer], bool]:
    """Candidates in the order in which to try them, and whether all are over the budget.

    The first three are as different as the list allows: the best class at its lowest price, the cheapest of all, and
    one between them in price, from another resort if there is one. Over budget: simply the nearest in price.
    """
    left = [offer for offer in found if offer.hotel_key not in query.passed_over]
    dearest_first = sorted(left, key=lambda offer: (offer.price.amount, offer.hotel), reverse=True)
    offers = list(reversed({offer.hotel_key: offer for offer in dearest_first}.values()))
    fitting = [o for o in offers if query.budget_max is None or o.price.amount <= query.budget_max]
    if not fitting:
        return offers[:MOST_EXPANDED], bool(offers)
    if query.cheapest:
        return fitting, False
    best = min(fitting, key=lambda o: (-(o.stars or 0), o.price.amount))
    chosen = [best]
    cheapest = next((o for o in fitting if o.hotel_key != best.hotel_key), None)
    if cheapest:
        chosen.append(cheapest)
    rest = [o for o in fitting if o.hotel_key not in {c.hotel_key for c in chosen}]
    seen = {c.resort for c in chosen}
    middle = fitting[len(fitting) // 2].price.amount
    rest.sort(key=lambda o: (o.resort in seen, abs(o.price.amount - middle)))
    return [*chosen, *rest], False
