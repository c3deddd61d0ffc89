"""REST of suggestions: what the machine would say while a person leads."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask import jsonify
from pydantic import BaseModel, Field, StringConstraints

from crystalbay.api.blueprint import api
from crystalbay.api.guard import Answer, allowed, me
from crystalbay.api.idempotency import Remember, Said, key_of_request, once
from crystalbay.api.shapes import Given, MessageOut, ProblemOut
from crystalbay.services import suggestions
from crystalbay.web.wiring import context
from models import no_nul


class SuggestionOut(BaseModel):
    """What the machine would say. It says nothing by itself."""

    id: str
    version: int
    conversation_id: str
    lead_id: str
    text: str
    state: str = Field(description="open, sent (as it was), taken (in other words), refused or dropped")
    offers: list[dict[str, Any]]
    created_at: datetime


class SuggestionNow(BaseModel):
    suggestion: SuggestionOut | None


class SuggestionSend(Given):
    """How to send it."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000), no_nul] | None = (
        Field(default=None, description="In your words; without it as it is")
    )


class SuggestionRefusal(Given):
    """Why not."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), no_nul] | None = Field(
        default=None, examples=["Не тот отель"]
    )


@api.get("/conversations/<conversation_id>/suggestion")
@allowed("conversations:read", "suggestions", HTTP_200=SuggestionNow)
def show_suggestion(conversation_id: str) -> Answer:
    """What the machine would say now

    Null while it leads itself, while it has nothing to say, and after an answer."""
    row = suggestions.of_conversation(context(), me(), conversation_id)
    return jsonify({"suggestion": suggestions.present(row) if row else None})


@api.post("/suggestions/<suggestion_id>/send")
@allowed("conversations:write", "suggestions", HTTP_201=MessageOut, HTTP_502=ProblemOut)
def send_suggestion(suggestion_id: str, json: SuggestionSend) -> Answer:
    """Send a suggestion

    As your message, as it is or in your words. 422 when it is over: sent, refused, or overtaken by newer words or
    prices. Honours `Idempotency-Key`."""
    ctx = context()

    def send(remember: Remember) -> Said:
        return suggestions.send(ctx, me(), suggestion_id, json.text, also=remember), 201

    message, status = once(ctx.store, key_of_request(me()), send)
    return jsonify(message), status


@api.post("/suggestions/<suggestion_id>/dismiss")
@allowed("conversations:write", "suggestions", HTTP_200=SuggestionOut)
def dismiss_suggestion(suggestion_id: str, json: SuggestionRefusal) -> Answer:
    """Refuse a suggestion

    It is proposed to nobody any more; the reason, if there is one, stays in the timeline."""
    return jsonify(suggestions.present(suggestions.dismiss(context(), me(), suggestion_id, json.reason)))
