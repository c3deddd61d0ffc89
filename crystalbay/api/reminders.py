"""REST of reminders: on a lead, and those of a person."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page, portion
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, Line, Page, PageQuery, Version
from crystalbay.errors import Invalid
from crystalbay.services import reminders
from crystalbay.web import paging
from crystalbay.web.wiring import context
from models import Moment, no_nul, no_turns

Due = Annotated[Moment, Field(examples=["2026-06-04T14:00:00+03:00"], description="With its time zone")]
ReminderText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=500),
    no_nul,
    no_turns,
    Field(examples=["Перезвонить насчёт визы"]),
]


class ReminderUser(BaseModel):
    id: str
    name: str | None


class ReminderOut(BaseModel):
    """A reminder on a lead, for one user."""

    id: str
    version: int
    lead_id: str
    user: ReminderUser
    text: str
    due_at: datetime
    done_at: datetime | None
    source: str = Field(description="`manual`: a person made it")
    created_at: datetime


class ReminderPage(Page[ReminderOut]):
    pass


class ReminderIn(Given):
    """A new reminder."""

    due_at: Due
    text: ReminderText = ""
    user_id: Line | None = Field(default=None, description="Who is reminded; without it you are")


class ReminderPatch(Given):
    """What to set; `version` is the one you saw."""

    version: Version
    due_at: Due | None = None
    text: ReminderText | None = None
    done: bool | None = None
    user_id: Line | None = None


class ReminderQuery(PageQuery):
    user_id: str | None = Field(default=None, max_length=64, description="Whose; `me` for your own")
    done: bool | None = None


@api.get("/leads/<lead_id>/reminders")
@allowed("leads:read", "reminders", HTTP_200=ReminderPage)
def list_lead_reminders(lead_id: str, query: PageQuery) -> Answer:
    """Reminders on a lead

    By their time, also those that are done."""
    ctx = context()
    after = paging.moments(paging.after(query.cursor, 2))
    rows = reminders.of_lead(ctx, me(), lead_id, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: reminders.present_all(ctx.store, shown), ("due_at", "id"))


@api.post("/leads/<lead_id>/reminders")
@allowed("leads:write", "reminders", HTTP_201=ReminderOut)
def add_reminder(lead_id: str, json: ReminderIn) -> Answer:
    """Remind somebody of a lead

    At its time the user is told by a notice. Honours `Idempotency-Key`."""
    ctx = context()

    def make(remember: Remember) -> Said:
        made = reminders.add(
            ctx, me(), lead_id, due_at=json.due_at, text=json.text, user_id=json.user_id, also=remember
        )
        return made, 201

    reminder, status = once(ctx.store, key_of_request(me()), make)
    return jsonify(reminder), status


@api.get("/reminders")
@allowed("leads:read", "reminders", HTTP_200=ReminderPage)
def list_reminders(query: ReminderQuery) -> Answer:
    """Reminders on all leads

    By their time; of one user with `user_id`. A page may be short while `next_cursor` goes on."""
    ctx = context()
    after = paging.moments(paging.after(query.cursor, 2))
    user_id = me().id if query.user_id == "me" else query.user_id
    rows, goes_on = reminders.page(ctx, me(), user_id=user_id, done=query.done, limit=query.limit, after=after)
    return portion(reminders.present_all(ctx.store, rows), goes_on)


@api.patch("/reminders/<reminder_id>")
@allowed("leads:write", "reminders", HTTP_200=ReminderOut)
def change_reminder(reminder_id: str, json: ReminderPatch) -> Answer:
    """Change a reminder, or tick it off

    A changed time moves the notice, a done one tells nothing; `done: false` takes the tick back."""
    sets = {name: getattr(json, name) for name in json.model_fields_set - {"version"}}
    empty = next((name for name, value in sets.items() if value is None), None)
    if empty or not sets:
        raise Invalid(empty or "body", "cannot be null" if empty else "name at least one field to change")
    return jsonify(reminders.change(context(), me(), reminder_id, json.version, sets))


@api.delete("/reminders/<reminder_id>")
@allowed("leads:write", "reminders", HTTP_204=None)
def delete_reminder(reminder_id: str) -> Answer:
    """Delete a reminder

    The lead's `next_action_at` becomes the time of the next open one."""
    reminders.delete(context(), me(), reminder_id)
    return "", 204
