"""Offers of a lead: immutable snapshots of the supplier's prices. A price that is asked for again is a new snapshot
that names the old one; one that is gone is a snapshot that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from crystalbay.errors import Conflict, Invalid, NotFound, ProviderError, TransientError
from crystalbay.ids import new_id
from crystalbay.services import belongings, leads
from crystalbay.services.activities import activity
from crystalbay.services.context import Context
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Insert, Require, Row, Where
from models import Offer, SearchQuery

GOOD_FOR = timedelta(minutes=30)
"""How long a price may be told to a customer without asking for it again."""

JUST_NOW = timedelta(seconds=20)
"""A price of so lately is not asked for again: two people pressed, or one pressed twice."""

MOST_AT_ONCE = 5
_MOST_CHECKS = 500
_UNKNOWN = "no such offer"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a new look at the supplier found: the offer as it was, and as it is; `now.availability` "none": gone."""

    was: Offer
    now: Offer

    @property
    def available(self) -> bool:
        return self.now.availability != "none"


# --------------------------------------------------------------------------- reading


def of_lead(
    ctx: Context, viewer: Viewer, lead_id: str, *, limit: int = 30, after: Sequence[Any] | None = None
) -> list[Row]:
    """A page of the lead's offers, newest first, without later checks of them; `after` is (created_at, id)."""
    leads.read(ctx, viewer, lead_id)
    first: list[Where] = [("lead_id", "eq", lead_id), ("check_of", "eq", None)]
    return ctx.store.find("offers", first, limit=limit, after=after, desc=True)


def as_told(rows: Sequence[Row]) -> list[Row]:
    """Of newest first: the newest selection first, each in the order in which the client was told it."""
    selections = groupby(rows, key=lambda row: row["message_id"])
    return [row for _message, told in selections for row in reversed(list(told))]


def read(ctx: Context, viewer: Viewer, offer_id: str) -> Row:
    """The row of an offer whose lead the viewer may see: of a later check, the offer itself."""
    return _first(ctx, belongings.read(ctx, viewer, "offers", offer_id, _UNKNOWN)[0])


def present_all(ctx: Context, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Offers as REST shows them, each with its newest check; a supplier's opaque claim stays inside."""
    checks = _newest_checks(ctx, rows)
    return [present(ctx, row, checks.get(row["id"])) for row in rows]


def present(ctx: Context, row: Row, check: Row | None) -> dict[str, Any]:
    shown = {name: value for name, value in row["data"].items() if name != "claim"}
    newest = check or row
    return shown | {
        "lead_id": row["lead_id"],
        "conversation_id": row["conversation_id"],
        "stale": ctx.clock.now() - newest["fetched_at"] > GOOD_FOR,
        "check": _shown_check(check) if check else None,
    }


def _shown_check(row: Row) -> dict[str, Any]:
    available = row["data"]["availability"] != "none"
    price = row["data"]["price"] if available else None
    return {"id": row["id"], "price": price, "available": available, "fetched_at": row["fetched_at"]}


def _newest_checks(ctx: Context, rows: Sequence[Row]) -> dict[str, Row]:
    """The newest check of each of these offers of one lead."""
    if not rows:
        return {}
    where: list[Where] = [("lead_id", "eq", rows[0]["lead_id"]), ("check_of", "in", [row["id"] for row in rows])]
    found = ctx.store.find("offers", where, limit=_MOST_CHECKS, desc=True)
    return {row["check_of"]: row for row in reversed(found)}


# --------------------------------------------------------------------------- asking for the price again


def check(ctx: Context, viewer: Viewer, offer_id: str) -> Checked:
    """Ask the supplier for the price of an offer again.

    Raises Invalid when that cannot be asked, TransientError when the supplier does not tell.
    """
    viewer.require("leads:write")
    row, lead = belongings.read(ctx, viewer, "offers", offer_id, _UNKNOWN)
    return _checked(ctx, viewer, _first(ctx, row), lead)


def _first(ctx: Context, row: Row) -> Row:
    """The offer itself, when the row is a later check of it."""
    return ctx.store.find("offers", [("id", "eq", row["check_of"])], limit=1)[0] if row["check_of"] else row


def _checked(ctx: Context, viewer: Viewer, first: Row, lead: Row) -> Checked:
    newest = _newest_checks(ctx, [first]).get(first["id"], first)
    was = Offer.model_validate(newest["data"])
    if ctx.clock.now() - was.fetched_at < JUST_NOW:
        return Checked(Offer.model_validate(first["data"]), was)
    now = _asked(ctx, was, lead)
    row: Row = {
        "id": now.id,
        "lead_id": first["lead_id"],
        "conversation_id": first["conversation_id"],
        "check_of": first["id"],
        "data": now.model_dump(mode="json"),
        "fetched_at": now.fetched_at,
    }
    result = Checked(was, now)
    said = activity(
        "offer.checked",
        viewer.actor,
        lead_id=first["lead_id"],
        offer_id=first["id"],
        hotel=was.hotel,
        was=was.price.model_dump(mode="json"),
        now=now.price.model_dump(mode="json") if result.available else None,
    )
    try:
        ctx.store.commit([Require("offers", first["id"]), Insert("offers", row, now={"created_at": 0.0}), said])
    except Conflict:
        raise NotFound(_UNKNOWN) from None
    return result


def _asked(ctx: Context, offer: Offer, lead: Row) -> Offer:
    """The offer with the supplier's price of now; with availability "none" when it does not sell it any more."""
    gone = offer.model_copy(
        update={"id": new_id(), "availability": "none", "bookable": False, "fetched_at": ctx.clock.now()}
    )
    if offer.check_in <= ctx.local_now().date():
        return gone
    if ctx.supplier is None:
        raise Invalid("offer", "the tour search is not connected: no price can be checked")
    query = _query(offer, lead)
    try:
        tours = ctx.supplier.expand(query, offer)
    except ProviderError as error:
        raise TransientError(f"{offer.hotel}: the tour search does not answer, so the price is not known") from error
    found = [
        tour
        for tour in tours
        if (tour.check_in, tour.nights, tour.room, tour.meal) == (offer.check_in, offer.nights, offer.room, offer.meal)
        and tour.availability != "none"
    ]
    if not found:
        return gone
    return min(found, key=lambda tour: tour.price.amount).model_copy(update={"id": new_id()})


def _query(offer: Offer, lead: Row) -> SearchQuery:
    """The search for just this tour. An offer knows how many children travel; their ages are the lead's.

    Raises Invalid when the lead tells other ages than the offer was made for: its price would be of another party.
    """
    ages = lead["trip"].get("children") or []
    if offer.children and (len(ages) != offer.children or None in ages):
        raise Invalid("offer", "cannot be checked: other people travel, or the age of a child is not known")
    return SearchQuery(
        departure_city=offer.departure_city,
        country=offer.country,
        date_from=offer.check_in,
        date_to=offer.check_in,
        nights_min=offer.nights,
        nights_max=offer.nights,
        adults=offer.adults,
        children=tuple(ages) if offer.children else (),
        currency=offer.price.currency,
    )


# --------------------------------------------------------------------------- before they are sent


def ready(ctx: Context, viewer: Viewer, lead_id: str, ids: Sequence[str]) -> tuple[Offer, ...]:
    """The offers as they may be told to the lead's customer now: those older than 30 minutes are asked for again.

    Raises Invalid for what belongs to another lead, is gone, or costs something else than the viewer sees: nothing is
    sent then. Raises TransientError when the supplier does not tell.
    """
    lead = leads.read(ctx, viewer, lead_id)
    if not 0 < len(ids) <= MOST_AT_ONCE or len(set(ids)) != len(ids):
        raise Invalid("offer_ids", f"one to {MOST_AT_ONCE} offers, each once")
    where: list[Where] = [("lead_id", "eq", lead_id), ("id", "in", list(ids))]
    rows = {row["id"]: row for row in ctx.store.find("offers", where, limit=MOST_AT_ONCE)}
    if missing := next((offer_id for offer_id in ids if offer_id not in rows), None):
        raise Invalid("offer_ids", f"this lead has no offer {missing}")
    return tuple(_ready(ctx, viewer, _first(ctx, rows[offer_id]), lead) for offer_id in ids)


def _ready(ctx: Context, viewer: Viewer, first: Row, lead: Row) -> Offer:
    newest = _newest_checks(ctx, [first]).get(first["id"], first)
    offer = Offer.model_validate(newest["data"])
    if offer.availability == "none":
        raise Invalid("offer_ids", f"{offer.hotel}: this tour is no longer on sale")
    if ctx.clock.now() - offer.fetched_at <= GOOD_FOR:
        return offer
    found = _checked(ctx, viewer, first, lead)
    if not found.available:
        raise Invalid("offer_ids", f"{offer.hotel}: this tour is no longer on sale")
    if found.now.price != offer.price:
        raise Invalid("offer_ids", f"{offer.hotel}: the price has changed, look at the new one and send again")
    return found.now
