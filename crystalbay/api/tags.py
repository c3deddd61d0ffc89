"""REST of the tags that were ever used."""

from __future__ import annotations

from typing import Annotated

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.shapes import Page, PageQuery
from crystalbay.services import tags
from crystalbay.web import paging
from crystalbay.web.wiring import context


class TagOut(BaseModel):
    name: str = Field(examples=["семья"])


class TagPage(Page[TagOut]):
    pass


class TagQuery(PageQuery):
    q: Annotated[str, StringConstraints(max_length=40)] = Field(default="", description="Words of the name")


@api.get("/tags")
@allowed("leads:read", "tags", HTTP_200=TagPage)
def list_tags(query: TagQuery) -> Answer:
    """Known tags

    All that were ever given to a lead, by name."""
    after = paging.after(query.cursor, 1)
    rows = tags.find(context().store, me(), query.q, limit=query.limit + 1, after=after)
    shown = rows[: query.limit]
    cursor = paging.cursor([shown[-1]["id"]]) if len(rows) > query.limit else None
    return jsonify({"items": [{"name": row["name"]} for row in shown], "next_cursor": cursor})
