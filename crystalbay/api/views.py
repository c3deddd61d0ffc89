"""REST of saved views of the board."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, Page, Staff
from crystalbay.errors import Invalid
from crystalbay.services import views
from crystalbay.web.wiring import context
from models import no_nul, no_turns

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
    no_nul,
    no_turns,
    Field(examples=["Горячие без ответа"]),
]
Query = Annotated[
    str,
    StringConstraints(max_length=views.LONGEST_QUERY),
    no_nul,
    Field(description="The board's address after its question mark", examples=["hot=true&unanswered=true"]),
]


class ViewOut(BaseModel):
    """A saved view."""

    id: str
    version: int
    name: Name
    query: Query
    shared: bool = Field(description="Shown to all users")
    owner: Staff
    mine: bool
    created_at: datetime


class ViewPage(Page[ViewOut]):
    """All of them: there is no next page."""


class ViewIn(Given):
    """A new view."""

    name: Name
    query: Query = ""
    shared: bool = False


class ViewPatch(Given):
    """Fields to set."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Горячие", "shared": False}]})

    name: Name | None = None
    query: Query | None = None
    shared: bool | None = None


@api.get("/views")
@allowed("leads:read", "views", HTTP_200=ViewPage)
def list_views() -> Answer:
    """List saved views

    Your own and those that are shared, by name. Views belong to users: an API key has none (403)."""
    return jsonify({"items": views.list_views(context(), me()), "next_cursor": None})


@api.post("/views")
@allowed("leads:read", "views", HTTP_201=ViewOut)
def create_view(json: ViewIn) -> Answer:
    """Save a view

    Sharing needs the right to change leads."""
    ctx = context()

    def make(remember: Remember) -> Said:
        return views.create(ctx, me(), name=json.name, query=json.query, shared=json.shared, also=remember), 201

    made, status = once(ctx.store, key_of_request(me()), make)
    return jsonify(made), status


@api.patch("/views/<view_id>")
@allowed("leads:read", "views", HTTP_200=ViewOut)
def patch_view(view_id: str, json: ViewPatch) -> Answer:
    """Change a view

    Its owner may; heads and administrators may end its sharing."""
    given = {name: getattr(json, name) for name in json.model_fields_set}
    if not given:
        raise Invalid("body", "name at least one field to change")
    for name, value in given.items():
        if value is None:
            raise Invalid(name, "cannot be null")
    return jsonify(views.change(context(), me(), view_id, given))


@api.delete("/views/<view_id>")
@allowed("leads:read", "views", HTTP_204=None)
def delete_view(view_id: str) -> Answer:
    """Delete a view

    Its owner may; heads and administrators also a shared one."""
    views.delete(context(), me(), view_id)
    return "", 204
