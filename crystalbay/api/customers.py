"""REST of customers: found, shown, corrected, merged and taken apart, exported and erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.notes import NoteOut
from crystalbay.api.offers import OfferOut
from crystalbay.api.reminders import ReminderOut
from crystalbay.api.shapes import (
    ConversationOut,
    Email,
    Given,
    LeadOut,
    Line,
    MessageOut,
    Other,
    Page,
    PageQuery,
    Phone,
    Version,
)
from crystalbay.api.timeline import ActivityOut
from crystalbay.errors import Invalid
from crystalbay.services import (
    customer_cards,
    customer_edits,
    customer_export,
    duplicates,
    erasing,
    merging,
    separating,
)
from crystalbay.services.merging import Whose
from crystalbay.web import paging
from crystalbay.web.wiring import context
from models import Stage, Status


class Identity(BaseModel):
    """By what he is known: a phone, an e-mail, an account of a messenger. Nobody else has the same one."""

    id: str
    kind: str = Field(examples=["phone"])
    value: str = Field(examples=["+79991234567"])


class LeadRef(BaseModel):
    """One of his leads that you may see."""

    id: str
    number: int
    title: str
    trip: dict[str, Any] = Field(description="What is known of the trip, as a lead has it")
    stage: Stage
    status: Status
    archived: bool
    created_at: datetime


class MergeOut(BaseModel):
    """Somebody who was merged into him; `undone_at` when the two were taken apart again."""

    id: str
    merged: Other
    by: str | None
    at: datetime
    undone_at: datetime | None


class CustomerOut(BaseModel):
    """One person with all that he writes by. `erased_at`: his personal data is gone."""

    id: str
    version: int
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    identities: list[Identity]
    leads: list[LeadRef] = Field(description="The newest first, at most 1,000")
    merges: list[MergeOut] = Field(description="The newest first")
    created_at: datetime
    erased_at: datetime | None


class CustomerPage(Page[CustomerOut]):
    pass


class PossibleDuplicate(BaseModel):
    id: str
    name: str | None
    phone: str | None
    email: str | None
    created_at: datetime


class Duplicate(BaseModel):
    """Somebody who may be the same person, and why."""

    customer: PossibleDuplicate
    reasons: list[Literal["phone", "email", "name_and_trip"]]


class DuplicatePage(Page[Duplicate]):
    pass


class ExportOut(CustomerOut):
    """All that is kept of him, as the other calls show it."""

    exported_at: datetime
    leads: list[LeadOut]  # type: ignore[assignment]
    conversations: list[ConversationOut]
    messages: list[MessageOut]
    notes: list[NoteOut]
    reminders: list[ReminderOut]
    offers: list[OfferOut]
    activities: list[ActivityOut]


class CustomerQuery(PageQuery):
    q: str | None = Field(
        default=None, max_length=200, description="Words of the name, the phone or the e-mail", examples=["соколова"]
    )


class CustomerPatch(Given):
    """Fields to set; `version` is the one you saw. Newer changes of other fields do not hinder."""

    version: Version
    name: Line | None = None
    phone: Phone | None = Field(default=None, examples=["+7 999 123-45-67"])
    email: Email | None = Field(default=None, examples=["anna@example.com"])


class Picked(Given):
    """Whose value is kept; of what is not named this customer's own, or the other's when he has none."""

    name: Whose | None = None
    phone: Whose | None = None
    email: Whose | None = None


class MergeIn(Given):
    other_id: Line = Field(description="Who is merged into this customer")
    fields: Picked = Field(default_factory=Picked, examples=[{"name": "own", "phone": "other"}])


class UnmergeIn(Given):
    merge_id: Line = Field(description="From the customer's `merges`")


@api.get("/customers")
@allowed("leads:read", "customers", HTTP_200=CustomerPage)
def list_customers(query: CustomerQuery) -> Answer:
    """List customers

    Newest first. You see a customer when you see one of his leads; if you do not see all leads, a page may be short
    or empty and go on: follow `next_cursor`."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows, last = customer_cards.page(context(), me(), query.q, limit=query.limit, after=after)
    items = customer_cards.present(context(), me(), rows)
    return jsonify({"items": items, "next_cursor": paging.cursor(last) if last else None})


@api.get("/customers/<customer_id>")
@allowed("leads:read", "customers", HTTP_200=CustomerOut)
def show_customer(customer_id: str) -> Answer:
    """One customer

    Of one who was merged into another, that other: look at the `id` of the answer."""
    return jsonify(customer_cards.show(context(), me(), customer_id))


@api.patch("/customers/<customer_id>")
@allowed("leads:write", "customers", HTTP_200=CustomerOut)
def patch_customer(customer_id: str, json: CustomerPatch) -> Answer:
    """Correct name, phone or e-mail

    A new phone or e-mail takes the place of the one before, also as what he is known by. 409 with the current state
    when the same fields were changed after `version`; 422 when the phone or e-mail is in use: `other` is the customer
    who has it, if you may see him, and then merge the two instead."""
    sets = {name: getattr(json, name) for name in json.model_fields_set - {"version"}}
    if not sets:
        raise Invalid("body", "name at least one field to change")
    return jsonify(customer_edits.patch(context(), me(), customer_id, json.version, sets))


@api.get("/customers/<customer_id>/duplicates")
@allowed("leads:read", "customers", HTTP_200=DuplicatePage)
def list_duplicates(customer_id: str) -> Answer:
    """Who may be the same person

    The same phone however it is written, the same e-mail, or the same name with a trip to the same country on the same
    day. Suggestions only, at most ten."""
    return jsonify({"items": duplicates.suggested(context(), me(), customer_id), "next_cursor": None})


@api.post("/customers/<customer_id>/merge")
@allowed("leads:write", "customers", HTTP_200=CustomerOut)
def merge_customers(customer_id: str, json: MergeIn) -> Answer:
    """Merge another customer into this one

    All that the other is known by, his chats and leads become this one's, and can be given back. Of two open leads the
    newer catches what he begins anew, the other stays on the board. Asked twice, it is done once."""
    picked = json.fields.model_dump(exclude_none=True)
    return jsonify(merging.merge(context(), me(), customer_id, json.other_id, picked))


@api.post("/customers/<customer_id>/unmerge")
@allowed("leads:write", "customers", HTTP_200=CustomerOut)
def unmerge_customers(customer_id: str, json: UnmergeIn) -> Answer:
    """Take merged customers apart

    What the merge moved goes back, as far as it is still here; what came since stays. Asked twice, it is done once."""
    return jsonify(separating.unmerge(context(), me(), customer_id, json.merge_id))


@api.get("/customers/<customer_id>/export")
@allowed("conversations:read", "customers", HTTP_200=ExportOut)
def export_customer(customer_id: str) -> Answer:
    """All that is kept of a customer

    A JSON file with his identities, leads, messages, notes, offers and what happened, of the leads that you see."""
    answer = jsonify(customer_export.exported(context(), me(), customer_id))
    answer.headers.set("Content-Disposition", "attachment", filename=f"customer-{customer_id}.json")
    return answer


@api.delete("/customers/<customer_id>")
@allowed("admin", "customers", HTTP_204=None)
def erase_customer(customer_id: str) -> Answer:
    """Erase a customer's personal data for ever

    Name, contacts, chats, texts and files are gone; leads stay for the counts, with nobody's name. Whoever writes again
    is a new customer. Administrators only; it cannot be undone."""
    erasing.erase(context(), me(), customer_id)
    return "", 204
