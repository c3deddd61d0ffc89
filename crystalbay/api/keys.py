"""REST of API keys: what machines sign in with."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import jsonify
from pydantic import BaseModel, Field

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.shapes import Given, Line, Page, PageQuery
from crystalbay.services import api_keys
from crystalbay.services.viewers import SCOPES
from crystalbay.web import paging
from crystalbay.web.wiring import context


class KeyOut(BaseModel):
    id: str
    name: str = Field(examples=["Сайт"])
    hint: str = Field(description="The key's last four characters", examples=["a1f3"])
    scopes: list[str] = Field(examples=[["leads:read", "leads:write"]])
    created_at: datetime
    revoked_at: datetime | None


class NewKeyOut(KeyOut):
    key: str = Field(description="Shown only here; it begins with cb_", examples=["cb_…a1f3"])


class KeyPage(Page[KeyOut]):
    pass


class KeyIn(Given):
    name: Line = Field(examples=["Сайт"])
    scopes: list[Literal[SCOPES]] = Field(min_length=1, max_length=20)  # type: ignore[valid-type]


@api.get("/api-keys")
@allowed("admin", "api-keys", HTTP_200=KeyPage)
def list_keys(query: PageQuery) -> Answer:
    """List API keys

    Newest first, revoked ones too, without the keys themselves."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = api_keys.list_keys(context().store, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [api_keys.present(row) for row in shown], ("created_at", "id"))


@api.post("/api-keys")
@allowed("admin", "api-keys", HTTP_201=NewKeyOut)
def create_key(json: KeyIn) -> Answer:
    """Make an API key

    The key is in this answer and nowhere else, so a repeat makes another one: `Idempotency-Key` is not honoured."""
    key, row = api_keys.create_key(context().store, me().actor, name=json.name, scopes=json.scopes)
    return jsonify(api_keys.present(row) | {"key": key}), 201


@api.delete("/api-keys/<key_id>")
@allowed("admin", "api-keys", HTTP_200=KeyOut)
def revoke_key(key_id: str) -> Answer:
    """Revoke an API key

    It stops working at once; the row stays."""
    return jsonify(api_keys.present(api_keys.revoke(context().store, me().actor, key_id)))
