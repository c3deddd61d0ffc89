"""REST of canned replies: one's own and shared ones."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, Page, PageQuery, Version
from crystalbay.errors import Invalid
from crystalbay.services import canned
from crystalbay.web import paging
from crystalbay.web.wiring import context
from models import no_nul, no_turns

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    no_nul,
    no_turns,
    Field(examples=["Документы на визу"]),
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    no_nul,
    Field(
        examples=["{{имя}}, здравствуйте! Пришлите, пожалуйста, фото паспорта."],
        description="With blanks that the dashboard fills: {{имя}} {{менеджер}} {{направление}} {{даты}} {{цена}}",
    ),
]


class CannedOut(BaseModel):
    """A canned reply. `shared`: for all; else your own."""

    id: str
    version: int
    title: str
    text: str
    shared: bool
    created_at: datetime


class CannedPage(Page[CannedOut]):
    pass


class CannedIn(Given):
    """A new canned reply. Shared ones are kept by heads and administrators."""

    title: Title
    text: Text
    shared: bool = False


class CannedPatch(Given):
    """What to set; `version` is the one you saw."""

    version: Version
    title: Title | None = None
    text: Text | None = None
    shared: bool | None = None


@api.get("/canned-replies")
@allowed("conversations:read", "canned-replies", alone=True, HTTP_200=CannedPage)
def list_canned_replies(query: PageQuery) -> Answer:
    """Canned replies

    Your own and the shared ones."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = canned.list_replies(context(), me(), limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [canned.present(row) for row in shown], ("created_at", "id"))


@api.post("/canned-replies")
@allowed("conversations:write", "canned-replies", alone=True, HTTP_201=CannedOut)
def add_canned_reply(json: CannedIn) -> Answer:
    """Keep a canned reply

    Honours `Idempotency-Key`."""
    ctx = context()

    def make(remember: Remember) -> Said:
        return canned.add(ctx, me(), title=json.title, text=json.text, shared=json.shared, also=remember), 201

    reply, status = once(ctx.store, key_of_request(me()), make)
    return jsonify(reply), status


@api.patch("/canned-replies/<reply_id>")
@allowed("conversations:write", "canned-replies", alone=True, HTTP_200=CannedOut)
def change_canned_reply(reply_id: str, json: CannedPatch) -> Answer:
    """Change a canned reply

    One of your own, or one for all if you may write those. Blanks in double braces are filled when it is used."""
    sets = {name: getattr(json, name) for name in json.model_fields_set - {"version"}}
    empty = next((name for name, value in sets.items() if value is None), None)
    if empty or not sets:
        raise Invalid(empty or "body", "cannot be null" if empty else "name at least one field to change")
    return jsonify(canned.change(context(), me(), reply_id, json.version, sets))


@api.delete("/canned-replies/<reply_id>")
@allowed("conversations:write", "canned-replies", alone=True, HTTP_204=None)
def delete_canned_reply(reply_id: str) -> Answer:
    """Delete a canned reply

    What was sent with it stays as it was sent."""
    canned.delete(context(), me(), reply_id)
    return "", 204
