"""REST of leads: made, listed, shown, changed, moved, deleted."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

from flask import jsonify
from pydantic import Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import LeadIn, LeadOut, LeadPage, LeadPatch, MadeLeadOut, MoveIn, PageQuery
from crystalbay.errors import Invalid
from crystalbay.services import board, leads, moves, new_leads
from crystalbay.services.filters import ORDERS, LeadFilters, Sort
from crystalbay.store.interface import By, Row
from crystalbay.web import paging
from crystalbay.web.wiring import context


class LeadQuery(PageQuery, LeadFilters):
    order: Literal["created", "board"] = Field(
        default="created",
        description="`board`: the cards of one column, which `status` or (without it) `stage` names, as the board"
        " shows them",
    )
    sort: Sort | None = Field(default=None, description="`created` unless given; `manual` with order=board")


@api.get("/leads")
@allowed("leads:read", "leads", HTTP_200=LeadPage)
def list_leads(query: LeadQuery) -> Answer:
    """List leads

    Newest first, or sorted; with `order=board` the cards of one column. Leads without a value to sort by come last."""
    ctx = context()
    sort: Sort = query.sort or ("manual" if query.order == "board" else "created")
    order = ORDERS[sort].column
    after = paging.sorted_after(query.cursor, order)
    wanted: dict[str, Any] = {"sort": sort, "limit": query.limit + 1, "after": after}
    if query.order == "board":
        by, name = _column(query)
        rows = board.column_page(ctx, me(), name, query, rules=board.rules_of(ctx), by=by, **wanted)
    else:
        rows = board.list_leads(ctx, me(), query, **wanted)
    return page(rows, query.limit, partial(leads.present_all, ctx.store), (order, "id"))


def _column(query: LeadFilters) -> tuple[By, str]:
    """The one column that is asked for."""
    if query.status and len(query.status) == 1:
        return "status", query.status[0].value
    if query.stage and len(query.stage) == 1 and not query.status:
        return "stage", query.stage[0].value
    raise Invalid("status", "order=board needs one status, or one stage without a status")


@api.post("/leads")
@allowed("leads:write", "leads", alone=True, HTTP_200=LeadOut, HTTP_201=MadeLeadOut)
def create_lead(json: LeadIn) -> Answer:
    """Make a lead

    201 with the lead; 200 with the lead that is there already for this source and external_id, 409 when you may not
    see that one. It joins the customer who has this phone or e-mail; of a customer whom you did not see before the
    answer holds only what you sent. Without an assignee it is nobody's, or yours if you see only your own leads."""
    ctx = context()

    def make(remember: Remember) -> Said:
        lead, made = new_leads.create(ctx, me().actor, **_fields(json), viewer=me(), also=remember)
        return lead, 201 if made else 200

    lead, status = once(ctx.store, key_of_request(me()), make)
    if lead["number"] is None:  # the answer was kept by the commit that numbered the lead
        lead["number"] = leads.own_work(ctx.store, lead["id"])["number"]
    return jsonify(lead), status


def _fields(body: LeadIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in LeadIn.model_fields}


@api.get("/leads/<lead_id>")
@allowed("leads:read", "leads", HTTP_200=LeadOut)
def show_lead(lead_id: str) -> Answer:
    """One lead

    As lists show it. 404 for one that you may not see."""
    return jsonify(leads.show(context(), me(), lead_id))


@api.patch("/leads/<lead_id>")
@allowed("leads:write", "leads", HTTP_200=LeadOut)
def patch_lead(lead_id: str, json: LeadPatch) -> Answer:
    """Change fields of a lead

    409 with the current state when the same fields were changed after `version`. Who gives it away is still answered
    what it is then, and may not see it afterwards."""
    given = json.model_fields_set - {"version"}
    if not given:
        raise Invalid("body", "name at least one field to change")
    sets: Row = {}
    for name in given:
        value = getattr(json, name)
        if value is None and name in ("tags", "urgency", "trip", "confirmed"):
            raise Invalid(name, "cannot be null")
        if name == "trip":
            sets["trip"] = leads.trip_json(value)
        elif name == "value":
            sets["value_minor"] = int(value.amount * 100) if value else None
            sets["value_currency"] = value.currency if value else None
        else:
            sets[name] = value
    leads.assignee(context().store, sets.get("assignee_id"))
    return jsonify(leads.patch(context(), me(), lead_id, json.version, sets))


@api.delete("/leads/<lead_id>")
@allowed("admin", "leads", HTTP_204=None)
def delete_lead(lead_id: str) -> Answer:
    """Delete a lead for ever

    With its conversations, messages and offers. Administrators only."""
    leads.delete(context(), me(), lead_id)
    return "", 204


@api.post("/leads/<lead_id>/move")
@allowed("leads:write", "leads", HTTP_200=LeadOut)
def move_lead(lead_id: str, json: MoveIn) -> Answer:
    """Move a card

    To a column or a stage, on top or beside another card. Closing needs an outcome, and a reason when lost (422)."""
    if json.status is None and json.stage is None:
        raise Invalid("status", "name a status or a stage")
    moved = moves.move(context(), me(), lead_id, **{name: getattr(json, name) for name in MoveIn.model_fields})
    return jsonify(moved)
