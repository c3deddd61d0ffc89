"""The live stream in the OpenAPI document: its route is no blueprint of the API's, so the library does not see it."""

from __future__ import annotations

from typing import Any

_DESCRIPTION = """Server-Sent Events.

Each has an id to come back with (header `Last-Event-ID`, or `last_event_id`) and one JSON object as its data:
what happened (`kind`), to which lead, conversation and message, who did it, and the lead and the message as
they are now. You hear of the leads that you may see; `{"kind": "gone", "lead_id"}` says that you do not see one
any more. The dashboard's sessions get `html`, the card and the bubble, and of the lead only its main fields.

Beside them: `begin`, then what you missed, then `live`; `reset`: too much happened, or your id is none of ours, so
read the lists again; `ping` every 15 s; `store`: since when the store is out of reach, or null;
`look`: somebody came to a lead that you have open, left it, or began or ended typing there.
A stream ends when its session or key does.

With `poll=1` the same events come as one JSON answer: ask again every 10 s, with its `last_event_id`. 503: this
process has 200 streams; poll."""

_EVENT = {
    "type": "object",
    "required": ["kind", "seq", "lead_id"],
    "properties": {
        "id": {"type": "string"},
        "seq": {"type": "integer"},
        "kind": {"type": "string", "examples": ["lead.created", "lead.moved", "message.received", "gone"]},
        "lead_id": {"type": ["string", "null"]},
        "conversation_id": {"type": ["string", "null"]},
        "at": {"type": "string", "format": "date-time"},
        "actor": {"type": ["object", "null"], "description": "The colleague who did it: id, name, initials"},
        "fields": {"type": "array", "items": {"type": "string"}, "description": "What of the lead was set"},
        "user_id": {"type": ["string", "null"], "description": "Whom it concerns, when that is one person"},
        "lead": {"anyOf": [{"$ref": "#/components/schemas/LeadOut"}, {"type": "null"}]},
        "message": {"anyOf": [{"$ref": "#/components/schemas/MessageOut"}, {"type": "null"}]},
        "columns": {
            "type": ["object", "null"],
            "description": "Counts of the board's columns when they are news; null: yours are your own, ask the board",
        },
        "later": {"type": "boolean", "description": "A newer event of this lead comes in the same piece"},
        "html": {"type": "object"},
    },
}
_POLLED = {
    "type": "object",
    "required": ["items", "last_event_id", "reset"],
    "properties": {
        "items": {"type": "array", "items": _EVENT},
        "last_event_id": {"type": "string"},
        "reset": {"type": "boolean", "description": "Too much happened, or the id is none of ours: read again"},
    },
    "example": {"items": [], "last_event_id": "1042", "reset": False},
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}


def live_stream() -> dict[str, Any]:
    """The operation GET /api/v1/events."""
    words = {"type": "string", "examples": ["1042"]}
    return {
        "summary": "The live stream",
        "description": _DESCRIPTION,
        "operationId": "events",
        "tags": ["events"],
        "security": [{"key": ["events", "leads:read"]}, {"session": []}],
        "parameters": [
            {
                "name": "Last-Event-ID",
                "in": "header",
                "required": False,
                "schema": words,
                "description": "Go on after it",
            },
            {"name": "last_event_id", "in": "query", "required": False, "schema": words, "description": "The same"},
            {
                "name": "poll",
                "in": "query",
                "required": False,
                "schema": {"type": "string", "enum": ["1"]},
                "description": "What happened since, as one JSON answer",
            },
        ],
        "responses": {
            "200": {
                "description": "The stream, or what happened since",
                "content": {
                    "text/event-stream": {"schema": {"type": "string"}},
                    "application/json": {"schema": _POLLED},
                },
            },
            "401": {"description": "Nobody we know asks", "content": _PROBLEM},
            "403": {"description": "The right is missing", "content": _PROBLEM},
            "503": {"description": "200 streams already, or the store does not answer", "content": _PROBLEM},
        },
    }
