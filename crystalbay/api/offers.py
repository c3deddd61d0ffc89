"""REST of offers: those of a lead, their price of now, and sending some of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, Line, MessageOut, Page, PageQuery, ProblemOut
from crystalbay.chat import picked
from crystalbay.services import conversations, offers
from crystalbay.web import paging
from crystalbay.web.wiring import context
from models import Money, OfferFacts, no_nul


class CheckedPrice(BaseModel):
    """The newest look at the supplier. `price` is null when the tour is not sold any more."""

    id: str
    price: Money | None
    available: bool
    fetched_at: datetime


class OfferOut(OfferFacts):
    """A snapshot of one price; it never changes. `check`: what the supplier said later."""

    lead_id: str
    conversation_id: str
    stale: bool = Field(description="Its newest price is older than 30 minutes")
    check: CheckedPrice | None


class OfferPage(Page[OfferOut]):
    pass


class OfferCheck(BaseModel):
    """What it cost and what it costs. `now` is null when it is not sold any more."""

    offer: OfferOut
    was: Money
    now: Money | None
    available: bool


class OffersIn(Given):
    """Offers to send as one message."""

    offer_ids: list[Line] = Field(min_length=1, max_length=5)
    text: Annotated[str, StringConstraints(max_length=4000), no_nul] | None = Field(
        default=None, description="Your words above them", examples=["Анна, вот что нашлось на ваши даты:"]
    )


@api.get("/leads/<lead_id>/offers")
@allowed("leads:read", "offers", HTTP_200=OfferPage)
def list_offers(lead_id: str, query: PageQuery) -> Answer:
    """Offers of a lead

    Newest first, each with the newest check of its price."""
    ctx = context()
    after = paging.moments(paging.after(query.cursor, 2))
    rows = offers.of_lead(ctx, me(), lead_id, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: offers.present_all(ctx, shown), ("created_at", "id"))


@api.post("/offers/<offer_id>/check")
@allowed("leads:write", "offers", HTTP_200=OfferCheck, HTTP_502=ProblemOut)
def check_offer(offer_id: str) -> Answer:
    """Ask the supplier for the price again

    502 when the supplier does not answer: nothing is known then."""
    ctx = context()
    found = offers.check(ctx, me(), offer_id)
    row = offers.read(ctx, me(), offer_id)
    shown = {
        "offer": offers.present_all(ctx, [row])[0],
        "was": found.was.price.model_dump(mode="json"),
        "now": found.now.price.model_dump(mode="json") if found.available else None,
        "available": found.available,
    }
    return jsonify(shown)


@api.post("/conversations/<conversation_id>/offers")
@allowed("conversations:write", "offers", HTTP_201=MessageOut, HTTP_502=ProblemOut)
def send_offers(conversation_id: str, json: OffersIn) -> Answer:
    """Send offers to the customer

    As one message, in your name. Prices older than 30 minutes are asked for again first; 422 when one has changed or
    is gone, 502 when the supplier does not answer: nothing is sent then. Honours `Idempotency-Key`."""
    ctx = context()

    def send(remember: Remember) -> Said:
        conversation = conversations.read(ctx, me(), conversation_id)
        found = offers.ready(ctx, me(), conversation["lead_id"], json.offer_ids)
        letter = picked.letter(ctx, conversation, found, json.text or "")
        return conversations.answer(ctx, me(), conversation_id, letter, also=remember), 201

    message, status = once(ctx.store, key_of_request(me()), send)
    return jsonify(message), status
