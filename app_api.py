"""REST API /api/v1: leads, board, conversations, API keys; OpenAPI 3.1 at /api/openapi.json, browsable at /api/docs.

HTTP only: bodies are checked by their types (crystalbay/api/shapes.py), the use cases are services, errors are
problem documents (crystalbay/api/problems.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, jsonify
from flask.json.provider import JSONProvider

from crystalbay.api.document import docs, spec
from crystalbay.api.guard import Answer, allowed, me, page
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import (
    BoardOut,
    BoardQuery,
    ConversationOut,
    ConversationPage,
    ConversationQuery,
    KeyIn,
    KeyOut,
    KeyPage,
    LeadFilters,
    LeadIn,
    LeadOut,
    LeadPage,
    LeadPatch,
    LeadQuery,
    MessageIn,
    MessageOut,
    MessagePage,
    MoveIn,
    NewKeyOut,
    PageQuery,
)
from crystalbay.errors import Invalid
from crystalbay.services import api_keys, conversations, leads, moves
from crystalbay.store.interface import Row, Where
from crystalbay.web import auth, paging
from crystalbay.web.wiring import context

api = Blueprint("api", __name__, url_prefix="/api/v1")


class OrjsonProvider(JSONProvider):
    """JSON by orjson: times as ISO 8601, several times faster than the standard library."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = self._prepare_response_obj(args, kwargs)
        return Response(orjson.dumps(body), mimetype="application/json")


def init_app(app: Flask) -> None:
    """Register the API and its document. Errors of its routes become problem documents by crystalbay.web.errors."""
    app.json = OrjsonProvider(app)
    auth.csrf.exempt(api)
    auth.csrf.exempt(docs)
    app.register_blueprint(api)
    app.register_blueprint(docs)
    spec.app = app


# --------------------------------------------------------------------------- leads


def lead_filters(query: LeadFilters) -> list[Where]:
    """The conditions that a query names."""
    where: list[Where] = []
    for name in ("status", "stage", "channel", "assignee_id"):
        value = getattr(query, name)
        if value is not None:
            where.append((name, "eq", str(value)))
    if query.q:
        where.append(("search_text", "has", query.q))
    return where


@api.get("/leads")
@allowed("leads:read", "leads", HTTP_200=LeadPage)
def list_leads(query: LeadQuery) -> Answer:
    """List leads

    Newest first; with `order=board` and a status, the cards of that column in board order."""
    where, ctx = lead_filters(query), context()
    present = partial(leads.present_all, ctx.store)
    if query.order == "board":
        if query.status is None:
            raise Invalid("status", "order=board needs a status")
        where = [part for part in where if part[0] != "status"]
        after = paging.numbers(paging.after(query.cursor, 2))
        rows = leads.column_page(ctx, me(), query.status, where, limit=query.limit + 1, after=after)
        return page(rows, query.limit, present, ("position", "id"))
    after = paging.moments(paging.after(query.cursor, 2))
    rows = leads.list_leads(ctx, me(), where, limit=query.limit + 1, after=after)
    return page(rows, query.limit, present, ("created_at", "id"))


@api.post("/leads")
@allowed("leads:write", "leads", HTTP_200=LeadOut, HTTP_201=LeadOut)
def create_lead(json: LeadIn) -> Answer:
    """Make a lead

    201 with the lead; 200 with the lead that is there already for this source and external_id."""
    ctx = context()

    def make(remember: Remember) -> Said:
        lead, made = leads.create(ctx, me().actor, **_fields(json), also=remember)
        return lead, 201 if made else 200

    lead, status = once(ctx.store, key_of_request(me()), make)
    if lead["number"] is None:  # the answer was kept by the commit that numbered the lead
        lead["number"] = leads.read(ctx, me(), lead["id"])["number"]
    return jsonify(lead), status


def _fields(body: LeadIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in LeadIn.model_fields}


@api.get("/leads/<lead_id>")
@allowed("leads:read", "leads", HTTP_200=LeadOut)
def show_lead(lead_id: str) -> Answer:
    """One lead"""
    return jsonify(leads.show(context(), me(), lead_id))


@api.patch("/leads/<lead_id>")
@allowed("leads:write", "leads", HTTP_200=LeadOut)
def patch_lead(lead_id: str, json: LeadPatch) -> Answer:
    """Change fields of a lead

    409 with the current state when the same fields were changed after `version`."""
    given = json.model_fields_set - {"version"}
    if not given:
        raise Invalid("body", "name at least one field to change")
    sets: Row = {}
    for name in given:
        value = getattr(json, name)
        if value is None and name in ("tags", "urgency", "trip"):
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


@api.get("/board")
@allowed("leads:read", "board", HTTP_200=BoardOut)
def show_board(query: BoardQuery) -> Answer:
    """The board

    Every column with its true count, sums by currency and first cards; more by `GET /leads?order=board`."""
    shown = leads.board(context(), me(), lead_filters(query), first=query.first)
    for column in shown.values():
        last = column["leads"][-1] if column["count"] > len(column["leads"]) > 0 else None
        column["next_cursor"] = paging.cursor([last["position"], last["id"]]) if last else None
    return jsonify(shown)


# --------------------------------------------------------------------------- conversations


@api.get("/conversations")
@allowed("conversations:read", "conversations", HTTP_200=ConversationPage)
def list_conversations(query: ConversationQuery) -> Answer:
    """List conversations

    Newest first; of one lead with `lead_id`."""
    where: list[Where] = [("lead_id", "eq", query.lead_id)] if query.lead_id else []
    after = paging.moments(paging.after(query.cursor, 2))
    rows = conversations.list_conversations(context(), me(), where, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [conversations.present(row) for row in shown], ("created_at", "id"))


@api.get("/conversations/<conversation_id>")
@allowed("conversations:read", "conversations", HTTP_200=ConversationOut)
def show_conversation(conversation_id: str) -> Answer:
    """One conversation"""
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))


@api.get("/conversations/<conversation_id>/messages")
@allowed("conversations:read", "conversations", HTTP_200=MessagePage)
def list_messages(conversation_id: str, query: PageQuery) -> Answer:
    """Messages of a conversation

    The newest page first; inside of a page from old to new. `next_cursor` leads to older messages."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = conversations.thread(context(), me(), conversation_id, limit=query.limit + 1, after=after)
    return page(rows, query.limit, _from_old_to_new, ("created_at", "id"))


def _from_old_to_new(rows: Sequence[Row]) -> list[Any]:
    return [conversations.present_message(row) for row in reversed(rows)]


@api.post("/conversations/<conversation_id>/messages")
@allowed("conversations:write", "conversations", HTTP_201=MessageOut)
def send_message(conversation_id: str, json: MessageIn) -> Answer:
    """Answer the customer

    The machine stops in this conversation. Honours `Idempotency-Key`."""
    ctx = context()

    def send(remember: Remember) -> Said:
        return conversations.answer(ctx, me(), conversation_id, json.text, reply_to=json.reply_to, also=remember), 201

    message, status = once(ctx.store, key_of_request(me()), send)
    return jsonify(message), status


@api.post("/conversations/<conversation_id>/takeover")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def take_over(conversation_id: str) -> Answer:
    """Take a conversation over

    After the answer no message of the machine leaves any more."""
    return jsonify(conversations.takeover(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/release")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def release(conversation_id: str) -> Answer:
    """Give a conversation back to the machine"""
    return jsonify(conversations.release(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/read")
@allowed("conversations:write", "conversations", HTTP_200=ConversationOut)
def mark_read(conversation_id: str) -> Answer:
    """Mark a conversation as read"""
    conversations.mark_read(context(), me(), conversation_id)
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))


# --------------------------------------------------------------------------- API keys


@api.get("/api-keys")
@allowed("admin", "api-keys", HTTP_200=KeyPage)
def list_keys(query: PageQuery) -> Answer:
    """List API keys

    Without the keys themselves."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = api_keys.list_keys(context().store, limit=query.limit + 1, after=after)
    return page(rows, query.limit, lambda shown: [api_keys.present(row) for row in shown], ("created_at", "id"))


@api.post("/api-keys")
@allowed("admin", "api-keys", HTTP_201=NewKeyOut)
def create_key(json: KeyIn) -> Answer:
    """Make an API key

    The key is in this answer and nowhere else."""
    key, row = api_keys.create_key(context().store, me().actor, name=json.name, scopes=json.scopes)
    return jsonify(api_keys.present(row) | {"key": key}), 201


@api.delete("/api-keys/<key_id>")
@allowed("admin", "api-keys", HTTP_200=KeyOut)
def revoke_key(key_id: str) -> Answer:
    """Revoke an API key

    It stops working at once."""
    return jsonify(api_keys.present(api_keys.revoke(context().store, me().actor, key_id)))
