"""REST of what happens around a lead: its activities, and who has it open just now."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, portion
from crystalbay.api.shapes import Given, Page, PageQuery
from crystalbay.errors import Invalid
from crystalbay.services import activities, leads, looking
from crystalbay.web import paging
from crystalbay.web.wiring import context


class ActorOut(BaseModel):
    """Who did it. `kind`: customer, bot (the machine), manager, key or system."""

    kind: str
    id: str | None
    name: str | None


class ActivityOut(BaseModel):
    """One act: what happened, by whom, with what changed in `data`."""

    id: str
    kind: str
    lead_id: str | None
    conversation_id: str | None
    message_id: str | None
    actor: ActorOut
    data: dict[str, Any]
    created_at: datetime


class ActivityPage(Page[ActivityOut]):
    pass


class ActivityQuery(PageQuery):
    kind: activities.Group | None = Field(default=None, description="What people or the machine did, was said, changed")


class LookIn(Given):
    """You have the lead open. Say it every ten seconds, and at once when you begin or end typing or leave."""

    typing: bool = False
    left: bool = False


class Looker(BaseModel):
    name: str
    typing: bool


class LookOut(BaseModel):
    """Who else has it open just now."""

    others: list[Looker]


@api.get("/leads/<lead_id>/activities")
@allowed("leads:read", "leads", HTTP_200=ActivityPage)
def list_activities(lead_id: str, query: ActivityQuery) -> Answer:
    """The timeline of a lead

    Newest first."""
    ctx = context()
    leads.read(ctx, me(), lead_id)
    rows = activities.of_lead(
        ctx.store, lead_id, query.limit + 1, group=query.kind, after=_number(paging.after(query.cursor, 1))
    )
    shown = rows[: query.limit]
    goes_on = [str(shown[-1]["seq"])] if len(rows) > query.limit else None
    return portion([activities.present(row) for row in shown], goes_on)


def _number(values: list[Any] | None) -> list[int] | None:
    """A cursor over activities: their number, as text."""
    if values is None:
        return None
    text = values[0]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("cursor", paging.UNCHANGED)
    return [int(text)]


@api.post("/leads/<lead_id>/look")
@allowed("leads:read", "leads", HTTP_200=LookOut)
def look_at_lead(lead_id: str, json: LookIn) -> Answer:
    """Say that you have a lead open

    Answers who else has, in the last 30 seconds; nobody to who has left."""
    return jsonify({"others": looking.look(context(), me(), lead_id, typing=json.typing, left=json.left)})
