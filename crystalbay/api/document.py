"""The OpenAPI 3.1 document, made from the routes' types by spectree, and the page to browse it."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from pydantic import TypeAdapter, ValidationError
from spectree import Response as Answers
from spectree import SecurityScheme, SpecTree
from spectree.models import InType, SecureType, SecuritySchemeData
from spectree.plugins.base import Context
from spectree.plugins.flask_plugin import FlaskPlugin
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from crystalbay.api.idempotency import LONGEST
from crystalbay.api.problems import BadBody, field_errors
from crystalbay.api.shapes import ImportBody, ProblemOut

docs = Blueprint("docs", __name__)

_TITLE = "Crystal Bay"
_INTRODUCTION = """Leads, the board and conversations of the agency.

Machines send `Authorization: Bearer cb_…`; the dashboard uses its session and the header `X-CSRFToken`.
A key needs the scope that stands at each call, and to change what is there the scope to read it too.
Lists are pages: follow `next_cursor` until it is null. POSTs that create or send honour `Idempotency-Key`.
Errors are problem documents (RFC 9457). `GET /api/v1/events` is the live stream."""


class CheckedRequests(FlaskPlugin):
    """Requests are validated once; answers are not validated a second time at run time (tests do it)."""

    def request_validation(self, request: Any, query: Any, json: Any, form: Any, headers: Any, cookies: Any) -> None:
        """The query and the body as their types. Raises BadBody, or what `json_body` raises."""
        try:
            found = query.model_validate(request.args.to_dict()) if query else None
            body = json.model_validate(_object(json_body())) if json else None
        except ValidationError as error:
            raise BadBody(field_errors(error)) from None
        request.context = Context(found, body, None, None, None)

    def validate_response(
        self, resp: Any, resp_model: Any, skip_validation: bool, force_resp_serialize: bool
    ) -> tuple[Response, None]:
        return make_response(resp), None


def json_body() -> Any:
    """The request's body, which must be JSON by its type and its text: a broken one is never read as an empty one."""
    if not request.is_json:
        raise UnsupportedMediaType("send application/json")
    try:
        return orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"the body is no valid JSON: {error}") from None


def _object(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise BadRequest("send a JSON object")
    return body


def _plain_name(model: type[Any]) -> str:
    return re.sub(r"\W+", "_", model.__name__)


spec = SpecTree(
    "flask",
    backend=CheckedRequests,
    naming_strategy=_plain_name,
    nested_naming_strategy=lambda _parent, child: child,
    annotations=True,
    title=_TITLE,
    version="1",
    description=_INTRODUCTION,
    openapi_version="3.1.0",
    mode="strict",
    security_schemes=[
        SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer")),
        SecurityScheme(
            name="session", data=SecuritySchemeData(type=SecureType.API_KEY, name="session", field_in=InType.COOKIE)
        ),
    ],
    security=[{"key": []}, {"session": []}],
)


def answers(**models: Any) -> Answers:
    """The answers of a route: its own, and the problems that every route may give."""
    problems: dict[str, Any] = dict.fromkeys(
        ("HTTP_400", "HTTP_401", "HTTP_403", "HTTP_404", "HTTP_409", "HTTP_413", "HTTP_415", "HTTP_422", "HTTP_503"),
        ProblemOut,
    )
    return Answers(**(problems | models))


@docs.get("/api/openapi.json")
def openapi() -> ResponseReturnValue:
    return jsonify(document())


@cache
def document() -> dict[str, Any]:
    """The document, with what the library does not know: types of errors, idempotency keys, imports, the stream."""
    found: dict[str, Any] = deepcopy(spec.spec)
    for path, operations in found["paths"].items():
        for operation in operations.values():
            _name_problems(operation)
        if path in _KEYED:
            operations["post"].setdefault("parameters", []).append(_KEY_HEADER)
    _describe_import(found)
    found["paths"]["/api/v1/events"] = {"get": _events()}
    return found


_KEYED = ("/api/v1/leads", "/api/v1/conversations/{conversation_id}/messages", "/api/v1/import/leads")
_KEY_HEADER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Yours, one for each request: a repeat with the same key and body is answered the same and does"
    " nothing twice, for two days; with another body it is refused (422).",
    "schema": {"type": "string", "maxLength": LONGEST},
}


def _name_problems(operation: dict[str, Any]) -> None:
    for status, described in operation.get("responses", {}).items():
        content = described.get("content", {})
        if status >= "400" and "application/json" in content:
            content["application/problem+json"] = content.pop("application/json")


def _describe_import(found: dict[str, Any]) -> None:
    """Its route checks row by row, so the library sees no body."""
    schema = TypeAdapter(ImportBody).json_schema(ref_template="#/components/schemas/{model}")
    known = found["components"]["schemas"]
    known.update({name: part for name, part in schema.pop("$defs").items() if name not in known})
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    found["paths"]["/api/v1/import/leads"]["post"]["requestBody"] = body


def _events() -> dict[str, Any]:
    header = {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}}
    return {
        "summary": "The live stream",
        "description": "Server-Sent Events: each has an id to come back with and JSON data; `event: reset` means that"
        " lists must be read again, `event: ping` comes every 15 s, `event: store` says since when the store is out of"
        " reach, or null when it is back. 503: too many streams; poll the board.",
        "operationId": "events",
        "tags": ["events"],
        "parameters": [header],
        "responses": {
            "200": {"description": "The stream", "content": {"text/event-stream": {"schema": {"type": "string"}}}}
        }
        | {
            status: {"description": words}
            for status, words in (("401", "Nobody"), ("403", "No right"), ("503", "Full"))
        },
    }


@docs.get("/api/docs")
def browse() -> ResponseReturnValue:
    """The document as a page. Its viewer sets inline styles, so this page alone may have them."""
    answer = make_response(render_template("api_docs.html"))
    answer.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self';"
        " frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    return answer


def is_api(path: str | None = None) -> bool:
    """Is this a request for the API, whose errors are problem documents?"""
    return (path or request.path).startswith("/api/")
