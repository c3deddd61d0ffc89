"""REST of the one search box."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.services import search
from crystalbay.store.interface import Row
from crystalbay.web.i18n import _
from crystalbay.web.views import formats
from crystalbay.web.views.cards import customer_name
from crystalbay.web.views.names import STAGE_NAMES
from crystalbay.web.views.trips import trip_title
from crystalbay.web.wiring import context, local
from models import Stage


class FoundOut(BaseModel):
    """One result, in words for a person."""

    id: str
    title: str = Field(examples=["Иванова Анна"])
    subtitle: str = Field(examples=["№ 214 · Турция, 2+1, 10–20 июня · Подбор тура"])
    url: str


class GroupOut(BaseModel):
    kind: Literal["leads", "customers"]
    items: list[FoundOut]


class SearchOut(BaseModel):
    """Groups without results are left out."""

    corrected: str | None = Field(description="What was looked for instead: the other keyboard layout")
    groups: list[GroupOut]


class SearchQuery(BaseModel):
    q: Annotated[str, StringConstraints(max_length=200)] = Field(
        description="Words, a lead's number, a phone or its last digits", examples=["иванов"]
    )
    limit: int = Field(default=8, ge=1, le=20, description="Results a group")


@api.get("/search")
@allowed("leads:read", "search", HTTP_200=SearchOut)
def search_all(query: SearchQuery) -> Answer:
    """Search

    Leads and customers that you may see: by name, phone, e-mail, trip, beginnings of words first. Words that are
    nowhere are looked for as typed with the other keyboard layout."""
    found = search.search(context(), me(), query.q, limit=query.limit)
    groups = [
        {"kind": "leads", "items": [_lead(lead) for lead in found.leads]},
        {"kind": "customers", "items": [_customer(customer) for customer in found.customers]},
    ]
    return jsonify({"corrected": found.corrected, "groups": [group for group in groups if group["items"]]})


def _lead(lead: dict[str, Any]) -> dict[str, str]:
    state = _("в архиве") if lead["archived"] else str(STAGE_NAMES[Stage(lead["stage"])])
    parts = (f"№{formats.NBSP}{lead['number']}", trip_title(lead["trip"], local()), state)
    return {"id": lead["id"], "title": customer_name(lead), "subtitle": _joined(*parts), "url": f"/leads/{lead['id']}"}


def _customer(customer: search.Customer) -> dict[str, str]:
    row: Row = customer.row
    phone = formats.phone(row["phone"]) if row["phone"] else ""
    title = row["name"] or phone or row["email"] or _("Без имени")
    contacts = [text for text in (phone, row["email"]) if text and text != title]
    return {"id": row["id"], "title": title, "subtitle": _joined(*contacts), "url": f"/leads/{customer.lead_id}"}


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
