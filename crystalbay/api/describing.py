"""What the OpenAPI document says beyond the routes' types: the order of its parts, errors, pages, keys, examples."""

from __future__ import annotations

from typing import Any

from crystalbay.api.examples import Examples
from crystalbay.api.idempotency import LONGEST

PROBLEM = "application/problem+json"

TAGS = {
    "leads": "What somebody asks for, from the first word to the end of the trip.",
    "board": "The columns with true counts and sums, and the first cards of each.",
    "bulk": "Many leads at once, and undoing it.",
    "export": "Leads as a file.",
    "search": "Leads and customers by what people remember of them.",
    "views": "Saved views of the board.",
    "tags": "The tags that are in use.",
    "customers": "One person with all that he writes by: merged, taken apart, exported, erased.",
    "conversations": "Chats with customers: reading, answering, taking over and giving back.",
    "suggestions": "What the machine would say while a person leads.",
    "offers": "Tours that were found for a lead, and their prices now.",
    "notes": "What colleagues tell each other; no customer ever reads it.",
    "reminders": "What is to be done on a lead, by whom and when.",
    "canned-replies": "Texts that are said often.",
    "notices": "What the bell tells.",
    "import": "Leads from outside systems, answered row by row, also while the store is out of reach.",
    "events": "What happens, as it happens.",
    "users": "Colleagues, oneself, and the sessions.",
    "settings": "How the office works with its board.",
    "api-keys": "What machines sign in with.",
}
"""The parts of the document in the order in which they are read."""

_RETRY = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}, "example": 10}}
_ERRORS: dict[str, tuple[str, dict[str, Any]]] = {
    "400": ("The body is no JSON, or a session did not prove where the request comes from",
            {"title": "Bad Request", "detail": "the body is no valid JSON: line 1, column 10"}),
    "401": ("Nobody is signed in, or the key is not valid", {"title": "Sign in or send a key"}),
    "403": ("The key or the role lacks the right",
            {"title": "Not allowed", "detail": "this needs the right leads:write"}),
    "404": ("No such thing, or you may not see it", {"title": "Not found", "detail": "no such lead"}),
    "409": ("Somebody else changed the same meanwhile: `current` is what it is now, `changed` who did what",
            {"title": "Changed by somebody else meanwhile", "current": {"id": "01a215a5", "version": 4},
             "changed": {"by": "Мария Иванова", "at": "2026-05-12T09:00:00Z", "fields": ["stage"]}}),
    "413": ("The body is too large", {"title": "Request Entity Too Large", "detail": "at most 1000 rows at once"}),
    "415": ("The body is of another type", {"title": "Unsupported Media Type", "detail": "send application/json"}),
    "422": ("Some fields or parameters are wrong, each is named with what is allowed",
            {"title": "Some fields are wrong",
             "errors": [{"field": "email", "message": "give an e-mail address, for example anna@example.com"}]}),
    "429": ("Too many tries", {"title": "Too many tries", "detail": "too many tries; the next one in 30 s"}),
    "502": ("The supplier does not answer",
            {"title": "The supplier does not answer", "detail": "try again in a minute"}),
    "503": ("The store is out of reach: nothing was confirmed, repeat it",
            {"title": "The store does not answer", "detail": "Nothing was confirmed. Repeat it in 10 s"}),
}  # fmt: skip
"""What each error means, and a problem document of it."""

_OF_ITS_OWN: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {
    ("create_lead", "409"): (
        "A lead with this source and external_id is there already, and you may not see it",
        {"title": "It is there already", "detail": "there is already a lead with this source and external_id"},
    ),
}
"""Errors that mean something else in one operation."""

_HEADERS: dict[str, dict[str, Any]] = {
    "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "example": 'Bearer realm="Crystal Bay"'}},
    "429": _RETRY,
    "503": _RETRY,
}
_PARAMETERS = {
    "limit": "How many at most",
    "cursor": "Where to go on: `next_cursor` of the page before",
    "status": "Columns, separated by commas",
    "stage": "Stages, separated by commas",
    "channel": "Channels, separated by commas",
    "assignee_id": "Users, separated by commas; also `me` and `none`",
    "tag": "Tags, separated by commas",
    "created_from": "Made on this day or later",
    "created_to": "Made on this day or earlier",
    "trip_from": "The trip begins on this day or later",
    "trip_to": "The trip begins on this day or earlier",
    "value_from": "Worth at least so much",
    "value_to": "Worth at most so much",
    "hot": "Only hot leads",
    "unanswered": "Only those where the customer waits for an answer",
    "overdue": "Only those with something overdue",
    "archived": "Only archived leads, or only the others",
    "closed_days": "Closed leads of so many days",
    "sort": "In which order",
    "lead_id": "Only of this lead",
    "ids": "These leads, separated by commas",
    "done": "Only those that are done, or only the others",
    "active": "Only those who may sign in, or only the others",
}
"""Words for parameters that say nothing themselves."""

_EVENT = 'id: 1042\ndata: {"kind": "lead.moved", "seq": 1042, "lead_id": "01a215a5-e54f-712a-8c0a-c99501ab11fa"}\n\n'
_KEYED = (
    "/api/v1/leads",
    "/api/v1/leads/bulk",
    "/api/v1/leads/{lead_id}/notes",
    "/api/v1/leads/{lead_id}/reminders",
    "/api/v1/canned-replies",
    "/api/v1/conversations/{conversation_id}/messages",
    "/api/v1/conversations/{conversation_id}/offers",
    "/api/v1/messages/{message_id}/resend",
    "/api/v1/suggestions/{suggestion_id}/send",
    "/api/v1/import/leads",
    "/api/v1/uploads",
    "/api/v1/views",
)
"""POSTs that honour the header."""

_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Yours, one for each request: a repeat with the same key and body is answered the same and does"
    " nothing twice, for two days; with another body it is refused (422).",
    "schema": {"type": "string", "maxLength": LONGEST},
    "example": "5f0c7a1e-order-77",
}


def describe(found: dict[str, Any]) -> None:
    """Complete a document that was made from the routes alone."""
    examples = Examples(found["components"]["schemas"])
    for path, operations in found["paths"].items():
        if path in _KEYED:
            operations["post"].setdefault("parameters", []).append(_KEY_HEADER)
        for method, operation in operations.items():
            _errors(path, method, operation)
            _examples(operation, examples)
            for parameter in operation.get("parameters", ()):
                parameter["description"] = parameter.get("description") or _words(parameter)
    used = {tag for operations in found["paths"].values() for one in operations.values() for tag in one["tags"]}
    found["tags"] = [{"name": name, "description": words} for name, words in TAGS.items() if name in used]
    found["tags"] += [{"name": name} for name in sorted(used - TAGS.keys())]


def _words(parameter: dict[str, Any]) -> str:
    name = parameter["name"]
    return f"Which {name.removesuffix('_id')}" if parameter["in"] == "path" else _PARAMETERS.get(name, "")


def _errors(path: str, method: str, operation: dict[str, Any]) -> None:
    """Errors that this operation cannot give go, the others are problem documents with an example each."""
    answers = operation["responses"]
    for status in _impossible(path, method, operation):
        answers.pop(status, None)
    for status, usual in _ERRORS.items():
        if status not in answers:
            continue
        words, problem = _OF_ITS_OWN.get((operation["operationId"], status), usual)
        known = answers[status].get("content", {}).get("application/json") or {"schema": _PROBLEM}
        body = {"type": "about:blank", "status": int(status), "request_id": "01a215a5-e54f-712a-8c0a-c99501ab11fa"}
        answers[status] = {"description": words, "content": {PROBLEM: known | {"example": body | problem}}}
        if status in _HEADERS:
            answers[status]["headers"] = _HEADERS[status]


_PROBLEM = {"$ref": "#/components/schemas/ProblemOut"}


def _impossible(path: str, method: str, operation: dict[str, Any]) -> set[str]:
    gone: set[str] = set()
    if "requestBody" not in operation:
        gone |= {"413", "415"}
    if method == "get":
        gone |= {"400", "409"}
    if "{" not in path and "lead_id" not in {parameter["name"] for parameter in operation.get("parameters", ())}:
        gone |= {"404", "409"} if method != "post" else {"404"}
    return gone


def _examples(operation: dict[str, Any], examples: Examples) -> None:
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        if kind == "application/json":
            body.setdefault("example", examples.body(body["schema"]))
    for status, answer in operation["responses"].items():
        for kind, body in answer.get("content", {}).items():
            if kind == "application/json" and status < "400":
                body.setdefault("example", examples.answer(body["schema"]))
            elif kind == "text/event-stream":
                body.setdefault("example", _EVENT)
