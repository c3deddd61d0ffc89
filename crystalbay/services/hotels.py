"""What is known of hotels beside prices: asked once, kept for a month. Without it an offer is shown all the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

from api_integration import HotelFacts
from crystalbay.errors import ProviderError
from crystalbay.services.context import Context
from crystalbay.store.interface import Change, InsertOnce, Row, Update
from models import Offer

KEPT_FOR = timedelta(days=30)


def known(ctx: Context, keys: Iterable[int]) -> dict[int, HotelFacts]:
    """The facts of those hotels that were asked for already."""
    return {int(row["id"]): _facts(row) for row in _rows(ctx, keys)}


def _rows(ctx: Context, keys: Iterable[int]) -> list[Row]:
    ids = sorted({str(key) for key in keys})
    return ctx.store.find("hotels", [("id", "in", ids)], order=("id",), limit=len(ids)) if ids else []


def _facts(row: Row) -> HotelFacts:
    lists = {name: tuple(row["data"].get(name, ())) for name in ("amenities", "photos")}
    return HotelFacts(**row["data"] | lists)


def learn(ctx: Context, offers: Sequence[Offer]) -> list[Change]:
    """Ask the supplier for the hotels of these offers that are not known. What it does not tell is no loss."""
    assert ctx.supplier is not None
    now = ctx.clock.now()
    fresh = {row["id"] for row in _rows(ctx, [o.hotel_key for o in offers]) if now - row["fetched_at"] < KEPT_FOR}
    changes: list[Change] = []
    for key in dict.fromkeys(offer.hotel_key for offer in offers):
        if str(key) in fresh:
            continue
        try:
            data = asdict(ctx.supplier.hotel(key))
        except ProviderError:
            break
        row = {"id": str(key), "data": data, "fetched_at": now}
        changes += [
            InsertOnce("hotels", row, key=("id",)),
            Update("hotels", str(key), {"data": data, "fetched_at": now}),
        ]
    return changes
