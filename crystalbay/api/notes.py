"""REST of notes: what colleagues tell each other beside a lead's chat."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, Page, PageQuery
from crystalbay.services import notes
from crystalbay.web import paging
from crystalbay.web.wiring import context
from models import no_nul

NoteText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000),
    no_nul,
    Field(examples=["Просит место у окна"]),
]


class Author(BaseModel):
    """Who wrote it: a user or an API key."""

    id: str | None
    name: str | None


class NoteOut(BaseModel):
    """A note on a lead. It is never sent to the customer."""

    id: str
    version: int
    lead_id: str
    text: str
    author: Author
    created_at: datetime
    edited_at: datetime | None


class NotePage(Page[NoteOut]):
    pass


class NoteIn(Given):
    """A new note."""

    text: NoteText


class NotePatch(Given):
    """The note in other words."""

    text: NoteText
    version: int | None = Field(default=None, ge=1, description="The one that you saw; 409 when it changed since")


@api.get("/leads/<lead_id>/notes")
@allowed("leads:read", "notes", HTTP_200=NotePage)
def list_notes(lead_id: str, query: PageQuery) -> Answer:
    """Notes on a lead

    Newest first."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = notes.of_lead(context(), me(), lead_id, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [notes.present(row) for row in shown], ("created_at", "id"))


@api.post("/leads/<lead_id>/notes")
@allowed("leads:write", "notes", HTTP_201=NoteOut)
def add_note(lead_id: str, json: NoteIn) -> Answer:
    """Note something on a lead

    Colleagues who may see the lead read it; no customer ever does. Honours `Idempotency-Key`."""
    ctx = context()

    def make(remember: Remember) -> Said:
        return notes.add(ctx, me(), lead_id, json.text, also=remember), 201

    note, status = once(ctx.store, key_of_request(me()), make)
    return jsonify(note), status


@api.patch("/notes/<note_id>")
@allowed("leads:write", "notes", HTTP_200=NoteOut)
def change_note(note_id: str, json: NotePatch) -> Answer:
    """Change a note

    By its author or an administrator."""
    return jsonify(notes.change(context(), me(), note_id, json.text, json.version))


@api.delete("/notes/<note_id>")
@allowed("leads:write", "notes", HTTP_204=None)
def delete_note(note_id: str) -> Answer:
    """Delete a note

    By its author or an administrator. That one was deleted stays in the timeline, its words do not."""
    notes.delete(context(), me(), note_id)
    return "", 204
