"""REST API /api/v1: leads, board, conversations, API keys; OpenAPI 3.1 at /api/openapi.json, browsable at /api/docs.

HTTP only: bodies are checked by their types (crystalbay/api/shapes.py), the use cases are services, errors are
problem documents (crystalbay/api/problems.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, g, jsonify, request
from flask.json.provider import JSONProvider
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from crystalbay.api.document import answers, docs, spec
from crystalbay.api.idempotency import key_of_request, made_before
from crystalbay.api.problems import Unauthorized
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
from crystalbay.errors import Conflict, Invalid
from crystalbay.ids import new_id
from crystalbay.services import api_keys, conversations, leads, moves
from crystalbay.services.viewers import Viewer
from crystalbay.store.interface import Row, Where
from crystalbay.web import auth, paging
from crystalbay.web.wiring import context

api = Blueprint("api", __name__, url_prefix="/api/v1")

Answer = Response | tuple[Response, int] | tuple[str, int]
"""What a route answers; plain types, because spectree evaluates the annotations at run time."""

View = Callable[..., Answer]


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


@api.before_request
def json_only() -> None:
    """A body must be JSON by its type and by its text; a broken one is never read as an empty one."""
    if request.method in ("POST", "PATCH") and request.get_data():
        if not request.is_json:
            raise UnsupportedMediaType("send application/json")
        if not isinstance(request.get_json(), dict):
            raise BadRequest("send a JSON object")


def allowed(scope: str) -> Callable[[View], View]:
    """Who may call a route: 401 for nobody, 403 without the right; a session must prove where its writes come from."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Answer:
            viewer = auth.current_viewer()
            if viewer is None:
                raise Unauthorized
            viewer.require(scope)
            auth.check_csrf()
            return view(*args, **kwargs)

        return guarded

    return decorate


def me() -> Viewer:
    """The viewer of a guarded route."""
    viewer: Viewer = g.viewer
    return viewer


def page(rows: Sequence[Row], shown: Sequence[Any], limit: int, order: tuple[str, str]) -> Answer:
    """A page of a list, with the cursor that goes on after its last row."""
    full = len(rows) == limit
    return jsonify({"items": shown, "next_cursor": paging.cursor([rows[-1][name] for name in order]) if full else None})


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
@allowed("leads:read")
@spec.validate(resp=answers(HTTP_200=LeadPage), tags=["leads"])
def list_leads(query: LeadQuery) -> Answer:
    """List leads

    Newest first; with `order=board` and a status, the cards of that column in board order."""
    where, store = lead_filters(query), context().store
    if query.order == "board":
        if query.status is None:
            raise Invalid("status", "order=board needs a status")
        where = [part for part in where if part[0] != "status"]
        after = paging.after(query.cursor, 2)
        rows = leads.column_page(context(), me(), query.status, where, limit=query.limit, after=after)
        return page(rows, leads.present_all(store, rows), query.limit, ("position", "id"))
    after = paging.moments(paging.after(query.cursor, 2))
    rows = leads.list_leads(context(), me(), where, limit=query.limit, after=after)
    return page(rows, leads.present_all(store, rows), query.limit, ("created_at", "id"))


@api.post("/leads")
@allowed("leads:write")
@spec.validate(resp=answers(HTTP_200=LeadOut, HTTP_201=LeadOut), tags=["leads"])
def create_lead(json: LeadIn) -> Answer:
    """Make a lead

    201 with the lead; 200 with the lead that is there already for this source and external_id."""
    key, ctx = key_of_request(me()), context()
    known = made_before(ctx.store, key)
    if known:
        return jsonify(leads.show(ctx, me(), known)), 201
    lead_id = new_id()
    _check_assignee({"assignee_id": json.assignee_id})
    try:
        lead, made = leads.create(
            ctx,
            me().actor,
            **_fields(json),
            lead_id=lead_id,
            also=[key.remember(lead_id)] if key else [],
        )
    except Conflict:
        known = made_before(ctx.store, key)
        if known is None:
            raise
        return jsonify(leads.show(ctx, me(), known)), 201
    return jsonify(lead), 201 if made else 200


def _fields(body: LeadIn) -> dict[str, Any]:
    return {name: getattr(body, name) for name in LeadIn.model_fields}


@api.get("/leads/<lead_id>")
@allowed("leads:read")
@spec.validate(resp=answers(HTTP_200=LeadOut), tags=["leads"])
def show_lead(lead_id: str) -> Answer:
    """One lead"""
    return jsonify(leads.show(context(), me(), lead_id))


@api.patch("/leads/<lead_id>")
@allowed("leads:write")
@spec.validate(resp=answers(HTTP_200=LeadOut), tags=["leads"])
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
    _check_assignee(sets)
    return jsonify(leads.patch(context(), me(), lead_id, json.version, sets))


def _check_assignee(sets: Row) -> None:
    user_id = sets.get("assignee_id")
    if user_id and not context().store.find("users", [("id", "eq", user_id), ("active", "eq", True)], limit=1):
        raise Invalid("assignee_id", "no such active user")


@api.delete("/leads/<lead_id>")
@allowed("admin")
@spec.validate(resp=answers(HTTP_204=None), tags=["leads"])
def delete_lead(lead_id: str) -> Answer:
    """Delete a lead for ever

    With its conversations, messages and offers. Administrators only."""
    leads.delete(context(), me(), lead_id)
    return "", 204


@api.post("/leads/<lead_id>/move")
@allowed("leads:write")
@spec.validate(resp=answers(HTTP_200=LeadOut), tags=["leads"])
def move_lead(lead_id: str, json: MoveIn) -> Answer:
    """Move a card

    To a column or a stage, on top or beside another card. Closing needs an outcome, and a reason when lost (422)."""
    if json.status is None and json.stage is None:
        raise Invalid("status", "name a status or a stage")
    moved = moves.move(context(), me(), lead_id, **{name: getattr(json, name) for name in MoveIn.model_fields})
    return jsonify(moved)


@api.get("/board")
@allowed("leads:read")
@spec.validate(resp=answers(HTTP_200=BoardOut), tags=["board"])
def show_board(query: BoardQuery) -> Answer:
    """The board

    Every column with its true count, sums by currency and first cards; more by `GET /leads?order=board`."""
    shown = leads.board(context(), me(), lead_filters(query), first=query.first)
    for column in shown.values():
        last = column["leads"][-1] if len(column["leads"]) == query.first else None
        column["next_cursor"] = paging.cursor([last["position"], last["id"]]) if last else None
    return jsonify(shown)


# --------------------------------------------------------------------------- conversations


@api.get("/conversations")
@allowed("conversations:read")
@spec.validate(resp=answers(HTTP_200=ConversationPage), tags=["conversations"])
def list_conversations(query: ConversationQuery) -> Answer:
    """List conversations

    Newest first; of one lead with `lead_id`."""
    where: list[Where] = [("lead_id", "eq", query.lead_id)] if query.lead_id else []
    after = paging.moments(paging.after(query.cursor, 2))
    rows = conversations.list_conversations(context(), me(), where, limit=query.limit, after=after)
    return page(rows, [conversations.present(row) for row in rows], query.limit, ("created_at", "id"))


@api.get("/conversations/<conversation_id>")
@allowed("conversations:read")
@spec.validate(resp=answers(HTTP_200=ConversationOut), tags=["conversations"])
def show_conversation(conversation_id: str) -> Answer:
    """One conversation"""
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))


@api.get("/conversations/<conversation_id>/messages")
@allowed("conversations:read")
@spec.validate(resp=answers(HTTP_200=MessagePage), tags=["conversations"])
def list_messages(conversation_id: str, query: PageQuery) -> Answer:
    """Messages of a conversation

    The newest page first; inside of a page from old to new. `next_cursor` leads to older messages."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = conversations.thread(context(), me(), conversation_id, limit=query.limit, after=after)
    shown = [conversations.present_message(row) for row in reversed(rows)]
    return page(rows, shown, query.limit, ("created_at", "id"))


@api.post("/conversations/<conversation_id>/messages")
@allowed("conversations:write")
@spec.validate(resp=answers(HTTP_201=MessageOut), tags=["conversations"])
def send_message(conversation_id: str, json: MessageIn) -> Answer:
    """Answer the customer

    The machine stops in this conversation. Honours `Idempotency-Key`."""
    key, ctx = key_of_request(me()), context()
    known = made_before(ctx.store, key)
    if known is None:
        try:
            sent = conversations.answer(
                ctx,
                me(),
                conversation_id,
                json.text,
                reply_to=json.reply_to,
                also=lambda message_id: [key.remember(message_id)] if key else [],
            )
            return jsonify(sent), 201
        except Conflict:
            known = made_before(ctx.store, key)
            if known is None:
                raise
    return jsonify(conversations.message(ctx, me(), known)), 201


@api.post("/conversations/<conversation_id>/takeover")
@allowed("conversations:write")
@spec.validate(resp=answers(HTTP_200=ConversationOut), tags=["conversations"])
def take_over(conversation_id: str) -> Answer:
    """Take a conversation over

    After the answer no message of the machine leaves any more."""
    return jsonify(conversations.takeover(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/release")
@allowed("conversations:write")
@spec.validate(resp=answers(HTTP_200=ConversationOut), tags=["conversations"])
def release(conversation_id: str) -> Answer:
    """Give a conversation back to the machine"""
    return jsonify(conversations.release(context(), me(), conversation_id))


@api.post("/conversations/<conversation_id>/read")
@allowed("conversations:write")
@spec.validate(resp=answers(HTTP_200=ConversationOut), tags=["conversations"])
def mark_read(conversation_id: str) -> Answer:
    """Mark a conversation as read"""
    conversations.mark_read(context(), me(), conversation_id)
    return jsonify(conversations.present(conversations.read(context(), me(), conversation_id)))


# --------------------------------------------------------------------------- API keys


@api.get("/api-keys")
@allowed("admin")
@spec.validate(resp=answers(HTTP_200=KeyPage), tags=["api-keys"])
def list_keys(query: PageQuery) -> Answer:
    """List API keys

    Without the keys themselves."""
    after = paging.moments(paging.after(query.cursor, 2))
    rows = api_keys.list_keys(context().store, limit=query.limit, after=after)
    return page(rows, [api_keys.present(row) for row in rows], query.limit, ("created_at", "id"))


@api.post("/api-keys")
@allowed("admin")
@spec.validate(resp=answers(HTTP_201=NewKeyOut), tags=["api-keys"])
def create_key(json: KeyIn) -> Answer:
    """Make an API key

    The key is in this answer and nowhere else."""
    key, row = api_keys.create_key(context().store, me().actor, name=json.name, scopes=json.scopes)
    return jsonify(api_keys.present(row) | {"key": key}), 201


@api.delete("/api-keys/<key_id>")
@allowed("admin")
@spec.validate(resp=answers(HTTP_200=KeyOut), tags=["api-keys"])
def revoke_key(key_id: str) -> Answer:
    """Revoke an API key

    It stops working at once."""
    return jsonify(api_keys.present(api_keys.revoke(context().store, me().actor, key_id)))
